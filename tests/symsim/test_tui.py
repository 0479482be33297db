# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
from __future__ import annotations

import asyncio
import multiprocessing
import os
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from screens import rows
from stepping_routine import routine

from symsim import Session
from symsim.corpus import object_spec
from symsim.errors import NotAvailable
from symsim.program import Program

pytest.importorskip("textual", reason="the extra [tui] is not installed")
from textual.pilot import Pilot

from symsim.tui.app import Tui
from symsim.tui.command_line import CommandLine

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests/golden/tui"
Act = Callable[[Tui, "Pilot[None]"], Awaitable[None]]


def session() -> Session:
    """The routine at its start."""
    return Session.of(Program.from_bytes(routine(), "routine.so"), "routine")


def drive(act: Act, size: tuple[int, int] = (80, 24), about: Session | None = None) -> Tui:
    """The view, after somebody did something with it."""
    app = Tui(about or session())

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await act(app, pilot)

    asyncio.run(run())
    return app


async def press(app: Tui, pilot: Pilot[None], *keys: str) -> None:
    """Press keys, and wait for what they begin."""
    for key in keys:
        await pilot.press(key)
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()


async def enter(app: Tui, pilot: Pilot[None], line: str) -> None:
    """Type a command."""
    await pilot.press("colon")
    app.query_one(CommandLine).value = line
    await press(app, pilot, "enter")


def screen(app: Tui) -> str:
    """What is on the screen."""
    return "\n".join(rows(app.export_screenshot())) + "\n"


def golden(name: str, seen: str) -> None:
    """Compare with a screen that a reviewer has seen; ARMSYM_UPDATE_GOLDEN=1 writes it."""
    file = GOLDEN / f"{name}.txt"
    if os.environ.get("ARMSYM_UPDATE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(seen)
    assert seen == file.read_text()


def test_the_screen_has_all_five_sides_of_a_session() -> None:
    async def act(app: Tui, pilot: Pilot[None]) -> None:
        await press(app, pilot, "l", "s")
        await enter(app, pilot, "goal x0 == x1@0 + x0@0")
        golden("routine", screen(app))

    drive(act)


def picture(name: str, app: Tui) -> None:
    """Compare the text on a picture of the documentation with the screen; ARMSYM_UPDATE_GOLDEN=1 draws it again."""
    file = ROOT / "docs" / f"{name}.svg"
    if os.environ.get("ARMSYM_UPDATE_GOLDEN"):
        fonts = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)  # they would come from the network
        file.write_text(fonts.sub("", app.export_screenshot(title="armsym tui")) + "\n")
    assert rows(file.read_text()) == rows(app.export_screenshot())


def test_the_pictures_in_the_documentation_are_what_a_person_sees() -> None:
    try:
        object_spec("openssl-4.0.3")
    except NotAvailable as error:
        pytest.skip(f"the corpus is not there: {error}")
    # In a process of its own: sums are written in the order in which their terms came into the world.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as fresh:
        fresh.submit(compare_pictures).result()


def compare_pictures() -> None:
    about = Session.open("openssl-4.0.3", "sha256_block_armv8")

    async def act(app: Tui, pilot: Pilot[None]) -> None:
        await press(app, pilot, "l")
        await enter(app, pilot, "until sha256_block_armv8+0x50")
        await enter(app, pilot, "show v0.s[3]")
        await press(app, pilot, "escape")
        picture("tui-stepping", app)
        await enter(app, pilot, "until return")
        await enter(app, pilot, "take not")
        await enter(app, pilot, "goal x2 == x2@0 - 1 && x1 == x1@0 + 0x40")
        picture("tui-proving", app)

    drive(act, (110, 32), about)


def test_the_keys_of_a_debugger_move_the_same_session() -> None:
    async def act(app: Tui, pilot: Pilot[None]) -> None:
        at = app.session.where
        await press(app, pilot, "f7", "s")
        assert at() == "routine+0x8  adr x5, #0x1100"
        await press(app, pilot, "b")
        assert at() == "routine+0x4  str x30, [sp, #8]"
        await press(app, pilot, "l")
        assert at() == "routine+0x10  add x0, x0, x1"
        await press(app, pilot, "r")
        assert "depends on x2@0 - 1 == 0" in screen(app)
        await press(app, pilot, "t")
        assert at() == "routine+0x1c  bl #0x1038"
        await press(app, pilot, "f8")
        assert at() == "routine+0x20  str x0, [x3]"
        assert app.session.script().splitlines()[:3] == ["s.step(1)", "s.step(1)", "s.back(1)"]

    drive(act)


def test_enter_on_a_line_sets_a_breakpoint_and_takes_it_away() -> None:
    async def act(app: Tui, pilot: Pilot[None]) -> None:
        await press(app, pilot, "down", "down", "enter")
        assert [b.text for b in app.session.breakpoints] == ["at routine+0x8"]
        assert "!" in next(row for row in rows(app.export_screenshot()) if "adr x5" in row)
        await press(app, pilot, "r")
        assert app.session.where().startswith("routine+0x8")
        await press(app, pilot, "enter")
        assert app.session.breakpoints == []

    drive(act)


def test_the_command_line_takes_the_commands_of_the_repl() -> None:
    async def act(app: Tui, pilot: Pilot[None]) -> None:
        await pilot.press("colon", *"step", "space", "5")
        await press(app, pilot, "enter")
        assert app.session.where().startswith("routine+0x14")
        await enter(app, pilot, "show x0 + 1")
        assert "Formula of x0 + 1" in screen(app)
        assert "x0@0 + x1@0 + 1" in screen(app)
        await enter(app, pilot, "stepp")
        assert "unknown command 'stepp'; is it step" in screen(app)
        await press(app, pilot, "up", "up", "enter")
        assert "x0@0 + x1@0 + 1" in screen(app)
        await enter(app, pilot, "lemma bad (a:8, b:8): a + b == a | b")
        assert "false, for instance where a = " in screen(app)
        await enter(app, pilot, "lemma good (a:8, b:8): (a & b) + (a | b) == a + b")
        await enter(app, pilot, "blast")
        assert "no goals are left: qed" in screen(app)
        await enter(app, pilot, "qed")
        assert list(app.session.lemmas) == ["good"]
        await enter(app, pilot, "quit")
        assert not app.is_running

    drive(act)


def test_the_cursor_among_the_registers_chooses_the_formula() -> None:
    async def act(app: Tui, pilot: Pilot[None]) -> None:
        await press(app, pilot, "l", "tab", "tab")
        assert app.focused is not None
        assert app.focused.border_title == "Registers"
        await press(app, pilot, "home")
        assert "Formula of x5" in screen(app)
        await press(app, pilot, "down")
        assert "Formula of x6" in screen(app)
        assert "0x7060504" in screen(app)

    drive(act)


def test_the_keys_are_told_and_can_be_put_away() -> None:
    async def act(app: Tui, pilot: Pilot[None]) -> None:
        await press(app, pilot, "question_mark")
        assert "a command of the REPL" in screen(app)
        await press(app, pilot, "escape")
        assert "the listing" not in screen(app)

    drive(act)


@pytest.mark.parametrize("size", [(79, 24), (80, 23), (20, 5)])
def test_a_small_terminal_is_told_so_and_loses_nothing(size: tuple[int, int]) -> None:
    async def act(app: Tui, pilot: Pilot[None]) -> None:
        await press(app, pilot, "s")
        assert app.session.where().startswith("routine+0x4")
        assert "80×24 characters" in screen(app)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "80×24 characters" not in screen(app)
        assert "routine+0x4  str x30, [sp, #8]" in screen(app)

    drive(act, size)


def test_an_interrupt_stops_what_is_under_way() -> None:
    async def act(app: Tui, pilot: Pilot[None]) -> None:
        started = asyncio.Event()
        loop = asyncio.get_running_loop()

        def endless(line: str) -> bool:
            loop.call_soon_threadsafe(started.set)
            try:
                while True:
                    pass
            except KeyboardInterrupt:
                app.shell.say("interrupted; everything is as it was")
            return False

        app.shell.execute = endless  # type: ignore[method-assign]
        before = app.session.now
        await pilot.press("s", "s")
        await started.wait()
        while "at work: step" not in screen(app):
            await pilot.pause(0.1)
        await press(app, pilot, "ctrl+c")
        assert "interrupted; everything is as it was" in screen(app)
        assert app.session.now is before

    drive(act)


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "symsim.cli", "tui", *arguments],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=ROOT, env={**os.environ, **environment}, check=False,
    )  # fmt: skip


def test_without_a_terminal_the_repl_is_named() -> None:
    done = command("routine.so", "routine")
    assert done.returncode == 2
    assert done.stderr == "armsym: tui needs a terminal; armsym repl also works in a pipe\n"


def test_it_starts_on_a_terminal_and_leaves_it(tmp_path: Path) -> None:
    pexpect = pytest.importorskip("pexpect", reason="pexpect has the terminal")
    file = tmp_path / "routine.so"
    file.write_bytes(routine())
    child = pexpect.spawn(
        sys.executable, ["-m", "symsim.cli", "tui", str(file), "routine"],
        cwd=str(ROOT), env={**os.environ, "TERM": "xterm-256color"}, encoding="utf-8", timeout=120, dimensions=(24, 80),
    )  # fmt: skip
    child.expect_exact("Registers")
    child.send("q")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_without_textual_it_says_what_to_install(tmp_path: Path) -> None:
    pexpect = pytest.importorskip("pexpect", reason="pexpect has the terminal")
    (tmp_path / "textual").mkdir()
    (tmp_path / "textual/__init__.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'textual'\", name='textual')\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)]), "TERM": "dumb"}
    arguments = ["-m", "symsim.cli", "tui", "routine.so", "routine"]
    child = pexpect.spawn(sys.executable, arguments, cwd=str(ROOT), env=environment, encoding="utf-8", timeout=60)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 3
    assert "pip install 'armsym[tui]'" in child.before
