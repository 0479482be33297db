# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from stepping_routine import CODE, routine

from symsim import Session, blast, corpus
from symsim.errors import ArmsymError
from symsim.program import Program
from symsim.repl.command import read_commands
from symsim.repl.shell import Quit, Shell, completions
from symsim.solvers.cadical import SolverGaveUp

ROOT = Path(__file__).parents[2]
SHA256 = "sha256_block_armv8"


@pytest.fixture
def shell() -> Shell:
    console = Console(file=io.StringIO(), force_terminal=False, width=200)
    return Shell(Session.of(Program.from_bytes(routine(), "routine.so"), "routine"), console)


def told(shell: Shell, *lines: str) -> str:
    """What the shell prints for the lines."""
    file = shell.console.file = io.StringIO()
    for line in lines:
        shell.execute(line)
    return file.getvalue()


def test_the_help_names_every_command_and_each_has_one(shell: Shell) -> None:
    text = told(shell, "help")
    for name in shell.names():
        assert f"  {name}" in text
        assert told(shell, f"help {name}").startswith(name)


def test_steps_show_what_changed_and_where_it_is(shell: Shell) -> None:
    assert told(shell, "step 4").splitlines() == [
        "  x5 = base + 0x1100",
        "  x6 = 0x7060504",
        "  sp = sp@0 - 0x10",
        "4 states on",
        "→ routine+0x10  add x0, x0, x1",
    ]
    assert told(shell, "back") == "→ routine+0xc  ldr w6, [x5, #4]\n"


def test_the_listing_marks_the_line_loops_and_breakpoints(shell: Shell) -> None:
    text = told(shell, "break seven", "until loop", "list 20")
    assert "→*" in text
    assert any(line.startswith("  !") and "seven" in line for line in text.splitlines())


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("stepp", "unknown command 'stepp'; is it step"),
        ("xyzzy", "help lists them"),
        ("show x0 + x33", "     ^ unknown name 'x33'"),
        ("show", "show which formula?"),
        ("step -1", "'-1' is no count"),
        ("until nowhere", "no symbol 'nowhere'"),
        ("set x0", "set NAME = FORMULA"),
        ("set x99 = 1", "no register 'x99'"),
        ("value x0", "no value for x0@0"),
        ("value x0 given x0@0", "write NAME = NUMBER"),
        ("equal? x0", "two formulas with a comma"),
        ("blast", "no proof is under way"),
        ("qed", "no proof is under way"),
        ("take", "depends on no condition"),
        ("take maybe", "take, or take not"),
        ("over", "by the invariant of a contract"),
        ("prove", "prove needs a contract"),
        ("lemma x", "lemma NAME"),
        ("script /nonexistent/file", "No such file or directory"),
        ("unbreak 3", "there are 0 breakpoints"),
        ("goal x0 == mem", "one side is a value of 64 bits, the other a memory"),
        ("why x99", "no register 'x99'"),
        ("show ?3", "no such part was folded"),
        ("show x0[70:3]", "a value of 64 bits has bits 63:0"),
        ("rewrite a sideways", "rewrite LEMMA, or rewrite LEMMA backwards"),
    ],
)
def test_bad_input_is_told_and_changes_nothing(shell: Shell, line: str, message: str) -> None:
    before = (shell.session.now, shell.session.script())
    assert message in told(shell, line)
    assert not shell.execute(line)
    assert (shell.session.now, shell.session.script()) == before


def test_an_interrupt_leaves_the_state(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    told(shell, "step 2")
    before = shell.session.now

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(type(before.path), "step", interrupted)
    assert told(shell, "step").endswith("interrupted; everything is as it was\n")
    assert shell.session.now is before
    monkeypatch.undo()
    monkeypatch.setattr(shell.session, "stopped", interrupted)
    assert told(shell, "run").endswith("interrupted; the states so far stay\n")
    assert shell.session.now.executed == before.address
    assert shell.session.script().splitlines()[-1] == "s.step(1)"


def test_completion_offers_commands_names_and_lemmas(shell: Shell) -> None:
    told(shell, "lemma comm (a:8, b:8): a + b == b + a", "simplify", "qed")
    assert list(completions(shell, "unt")) == ["until"]
    assert "x3@0" in completions(shell, "show x1 + x3")
    assert list(completions(shell, "rewrite c")) == ["comm"]


def test_proofs_by_commands(shell: Shell) -> None:
    told(shell, "step 5", "goal x0 == x1@0 + x0@0 && x5 == base + 0x1100")
    text = told(shell, "split", "simplify", "goals", "undo", "simplify", "simplify", "qed")
    assert "2 goals" in text
    assert "no goals are left: qed" in text
    assert text.splitlines()[-2].startswith("⊢ ")
    assert "false, for instance where a = " in told(shell, "lemma bad (a:8): a == a + 1")
    assert "no proof is under way" in told(shell, "goals")
    assert "no proof is under way" in told(shell, "goal x0 == x1", "abandon", "goals")


@pytest.mark.parametrize(
    ("tactic", "message"),
    [
        ("unfold", "unfold which constant?"),
        ("unfold nothing", "unfold: nothing does not occur in the goal"),
        ("rewrite", "rewrite by which lemma?"),
        ("use", "use which lemma?"),
        ("exact halves", "no theorem 'halves'; there is none yet"),
        ("induct", "induct over which variable?"),
        ("induct x0 + 1", "is no bit-vector variable"),
        ("split", "the goal is no conjunction; give a condition"),
        ("intro", "the goal is no implication"),
        ("generalize x0", "generalize FORMULA as NAME"),
        ("generalize x7 as any", "the goal does not have this subterm"),
        ("qed", "not proved yet: 1 goal"),
    ],
)
def test_a_tactic_that_does_not_apply_says_why_and_leaves_the_goal(shell: Shell, tactic: str, message: str) -> None:
    goal = told(shell, "goal x0 == x1")
    assert message in told(shell, tactic)
    assert told(shell, "goals") == goal


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["set x2 = 1", "until seven", "back", "next"], "→ routine+0x20  str x0, [x3]"),
        (["set x2 = 1", "break writes x3", "break writes w4", "run"], "stopped: writes w4"),
        (["secret x0@0", "break reads secret", "run"], "stopped: reads secret: x0 depends on x0@0"),
        (["set x2 = 3", "until loop", "unroll 2", "show x2"], "→ routine+0x10  add x0, x0, x1\n1"),
        (["step 5", "diff"], "  x0: x0@0  →  x0@0 + x1@0"),
        (["step 2", "memory"], "  mem[sp@0 - 8, 8] = x30@0\n  mem[sp@0 - 0x10, 8] = x0@0"),
        (["until loop", "run", "take", "path"], "  x2@0 - 1 == 0"),
        (["assume x1 < 5", "sat? x1 == 7"], "it never holds here"),
        (["sat? x1 + 1 == 7"], "it holds where x1@0 = 0x6"),
        (["step 5", "value x0 given x0@0 = 5, x1@0 = 0x10"], "0x15"),
        (["equal? x0 + x1, x1 + x0"], "proved"),
        (["equal? x0 & x1, x0"], "false, for instance where x0@0 = "),
        (["havoc x0", "show x0"], "any_x0_1"),
        (["set x0 = 0x1000", "show x0 + 1"], "0x1001"),
        (["let sum = x0 + x1", "step 5", "show x0 ^ x3"], "sum"),
        (["show v3.4s[2]"], "v3@0[95:64]"),
        (["show nzcv"], "n@0 ++ z@0 ++ c@0 ++ v@0"),
        (["size x0 + x1", "inputs x0 + x1", "size x0"], "3 nodes\nx0@0, x1@0\n1 node\n"),
        (["show rev(w6)", "step 4", "show rev(w6)"], "rev(x6@0[31:0])\n  x5 = base + 0x1100"),
        (["assume x1 < 5", "goal x1 < 6"], "1 goal, where\n  x1@0 < 5\n1.\n⊢ x1@0 < 6"),
        (["take", "step 2", "take"], "depends on no condition\n  sp = sp@0 - 0x10\n2 states on\n→ routine+0x8  adr x5, #0x1100\nthe next"),
        (["until return"], "7 states on\n→ routine+0x10 or routine+0x1c\nthe next step depends on x2@0 - 1 == 0\ntake: "),
        (["simplify x0 - x0"], "0"),
        (["goal x0 < 5 => x0 < 6", "intro", "split x0 == 4", "undo", "blast", "qed"], "where t1 = run_routine"),
    ],
)
def test_what_can_be_asked_at_the_prompt(shell: Shell, lines: list[str], expected: str) -> None:
    assert expected in told(shell, *lines)


def test_quit_ends_a_pipe_and_failures_its_status(shell: Shell) -> None:
    assert read_commands(shell, iter(["step", "# a comment", "", "quit", "nonsense"])) == 0
    assert read_commands(shell, iter(["nonsense", "step"])) == 1
    with pytest.raises(Quit):
        shell.execute("quit")


def run(*arguments: str, lines: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, commands from a pipe."""
    return subprocess.run(
        [sys.executable, "-m", "symsim.cli", "repl", *arguments],
        input=lines, capture_output=True, text=True, cwd=ROOT, env={**os.environ, **environment}, timeout=120, check=False,
    )  # fmt: skip


def test_a_pipe_gets_plain_text_and_the_status(tmp_path: Path) -> None:
    file = tmp_path / "routine.so"
    file.write_bytes(routine())
    done = run(str(file), "routine", lines="step\nshow sp\nnonsense\n")
    assert done.returncode == 1
    assert "\x1b" not in done.stdout
    assert "sp@0 - 0x10" in done.stdout
    assert "Traceback" not in done.stderr


def test_missing_objects_and_functions_are_one_line(tmp_path: Path) -> None:
    file = tmp_path / "routine.so"
    file.write_bytes(routine())
    for arguments, message in [
        ((str(file), "routin"), "there is routine"),
        ((str(tmp_path / "none.so"), "f"), "no such file"),
    ]:
        done = run(*arguments)
        assert done.returncode == 2
        assert message in done.stderr
        assert len(done.stderr.splitlines()) == 1


def openssl() -> str:
    """The object of the corpus, if it is there."""
    try:
        spec = corpus.object_spec("openssl-4.0.3")
        Program.load(spec, SHA256)
    except ArmsymError as error:
        pytest.skip(f"the corpus is not there: {error}")
    return spec


def test_a_closed_pipe_ends_it_quietly(tmp_path: Path) -> None:
    file = tmp_path / "routine.so"
    file.write_bytes(routine())
    child = subprocess.Popen(
        [sys.executable, "-m", "symsim.cli", "repl", str(file), "routine"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    assert child.stdin is not None and child.stdout is not None and child.stderr is not None
    child.stdout.close()
    child.stdin.write("help\nlist 40\n" * 1000)
    child.stdin.close()
    assert child.stderr.read() == ""
    assert child.wait() == 1
    child.stderr.close()


def test_an_instruction_without_semantics_is_named_and_the_state_stays(shell: Shell) -> None:
    words = dict(CODE)
    words["adr x5, #0x1100"] = 0xD4000001  # svc #0
    session = Session.of(Program.from_bytes(routine(words), "routine.so"), "routine")
    other = Shell(session, shell.console)
    assert told(other, "step 2").endswith("routine+0x8  svc #0\n")
    before = session.now
    assert "svc #0 (0xd4000001)" in told(other, "step")
    assert session.now is before
    assert told(other, "back").endswith("str x30, [sp, #8]\n")


def test_a_solver_that_gives_up_leaves_the_goal(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def gives_up(*_: Any) -> None:
        raise SolverGaveUp("after 200000 conflicts")

    told(shell, "lemma hard (a:64, b:64): (a + b) * (a - b) == a * a - b * b")
    monkeypatch.setattr(blast, "solve", gives_up)
    assert "after 200000 conflicts" in told(shell, "blast")
    assert "1 goal" in told(shell, "goals")


def test_colours_only_where_they_are_wanted(shell: Shell) -> None:
    def printed(**environment: str) -> str:
        file = io.StringIO()
        plain = Console(file=file, force_terminal=True, width=80, _environ={"TERM": "xterm-256color", **environment})
        Shell(shell.session, plain).execute("nonsense")
        return file.getvalue()

    assert "\x1b[31m" in printed()
    assert "\x1b" not in printed(NO_COLOR="1")
    assert "\x1b" not in printed(TERM="dumb")


def test_a_narrow_terminal_loses_no_words(tmp_path: Path) -> None:
    file = tmp_path / "routine.so"
    file.write_bytes(routine())
    terminal = Terminal(tmp_path, str(file), "routine", dimensions=(5, 20))
    terminal.say("step 4")
    assert "x6 = 0x7060504" in terminal.child.before.replace("\r\n", "")
    terminal.say("nonsense", "help lists them")
    assert terminal.quit() == 0


class Terminal:
    """The prompt on a terminal of its own, driven as a person does."""

    def __init__(self, home: Path, spec: str, function: str, *, dimensions: tuple[int, int] = (50, 250)) -> None:
        pexpect = pytest.importorskip("pexpect", reason="pexpect drives the prompt")
        self.silence, self.eof = pexpect.TIMEOUT, pexpect.EOF
        self.environment = {**os.environ, "HOME": str(home), "TERM": "dumb", "NO_COLOR": "1"}
        self.child = pexpect.spawn(
            sys.executable, ["-m", "symsim.cli", "repl", spec, function],
            cwd=str(ROOT), env=self.environment, encoding="utf-8", timeout=120, dimensions=dimensions,
        )  # fmt: skip
        self.child.expect_exact("armsym> ")

    def say(self, line: str, *expected: str) -> None:
        """Type a line, and wait for the texts and the next prompt."""
        self.child.sendline(line)
        for text in expected:
            self.child.expect_exact(text)
        self.child.expect_exact("armsym> ")

    def interrupt(self, line: str) -> None:
        """Type a line and ^C, again where it came before the line was read."""
        self.child.sendline(line)
        for _ in range(60):
            if self.child.expect_exact(["interrupted; everything is as it was", self.silence], timeout=1) == 0:
                break
            self.child.sendintr()
        self.settle()

    def settle(self) -> None:
        """Wait for a prompt at which nothing is under way: a ^C too many takes the line that is being typed with it."""
        for k in range(60):
            self.child.sendline(f"size 8'{k}")
            if self.child.expect_exact(["1 node", self.silence], timeout=2) == 0:
                break
        self.child.expect_exact("armsym> ")

    def quit(self) -> int:
        """Leave; the exit status."""
        self.child.sendline("quit")
        self.child.expect(self.eof)
        self.child.close()
        return int(self.child.exitstatus)


def test_an_interrupted_solver_leaves_the_proof(tmp_path: Path) -> None:
    file = tmp_path / "routine.so"
    file.write_bytes(routine())
    terminal = Terminal(tmp_path, str(file), "routine")
    terminal.say("step 2", "→ routine+0x8")
    terminal.say("lemma hard (a:64, b:64): (a + b) * (a - b) == a * a - b * b", "1 goal")
    terminal.interrupt("blast")
    terminal.say("goals", "1 goal", "(a + b) * (a - b)")
    terminal.say("where", "→ routine+0x8")
    terminal.say("simplify", "no goals are left")
    assert terminal.quit() == 0


def test_a_person_steps_through_sha256_and_proves(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, openssl(), SHA256)
    certificate, script = tmp_path / "claim.cert", tmp_path / "claim.py"
    say = terminal.say
    say("until loop", "→ sha256_block_armv8+0x14")
    say("why v0", "ld1 {v0.4s, v1.4s}, [x0]")
    say("until return", "depends on x2@0 - 1 == 0")
    say("take not", "→ sha256_block_armv8+0x14")
    say("show x2", "x2@0 - 1")
    say("step", "v4 = mem@0[")
    say("back", "→ sha256_block_armv8+0x14")
    say("nonsense", "unknown command")
    say("lemma bad (a:32, b:32): a + b == a | b", "false, for instance where a = ")
    say("lemma halves (a:32, b:32): (a & b) + (a | b) == a + b", "1 goal")
    say("blast", "no goals are left")
    say("qed", "⊢ (a & b) + (a | b) == a + b")
    say("goal x2 == x2@0 - 1 && x1 == x1@0 + 0x40", "1 goal")
    say("simplify", "no goals are left")
    say(f"qed {certificate}", "certificate:")
    say(f"script {script}")
    say("where", "→ sha256_block_armv8+0x14")
    assert terminal.quit() == 0
    assert (tmp_path / ".local/state/armsym/history").read_text().count("+until loop") == 1

    check = [sys.executable, "-m", "kernel.replay", str(certificate)]
    assert "accepted" in subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    statement = certificate.read_bytes()
    certificate.unlink()
    again = {**terminal.environment, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, str(script)], cwd=ROOT, env=again, check=True)
    assert certificate.read_bytes() == statement
