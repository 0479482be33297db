# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from stepping_routine import routine

from symsim import corpus
from symsim.errors import ArmsymError, BadInput
from symsim.program import Program
from symsim.serve import MOST_SESSIONS, TimeLimit, Tools, time_limit

ROOT = Path(__file__).parents[2]
SHA256 = "sha256_block_armv8"


@pytest.fixture
def tools(tmp_path: Path) -> Tools:
    (tmp_path / "routine.so").write_bytes(routine())
    return Tools(tmp_path)


@pytest.fixture
def session(tools: Tools) -> str:
    return str(tools.open("routine.so", "routine")["session"])


def test_a_driver_steps_looks_and_decides(tools: Tools, session: str) -> None:
    answer = tools.until(session, "return")
    assert answer["fork"] == "x2@0 - 1 == 0"
    assert "depends on" in answer["stopped"]
    assert answer["changed"]["x0"] == "x0@0 + x1@0"
    assert tools.take(session, True)["where"].startswith("routine+0x1c")
    assert tools.why(session, "x0")["instructions"] == ["routine+0x10: add x0, x0, x1"]
    assert tools.show(session, "x0 + 1")["inputs"] == ["x0@0", "x1@0"]
    assert tools.value(session, "x0", {"x0@0": 1, "x1@0": 2}) == {"value": "0x3"}
    assert tools.sat(session, "x1 == 5") == {"satisfiable": True, "values": ["x1@0 = 0x5"]}
    assert tools.equal(session, "x0", "x1")["equal"] is False
    assert tools.state(session)["conditions"] == ["x2@0 - 1 == 0"]
    assert tools.next(session)["where"].startswith("routine+0x20")
    json.dumps([tools.state(session), tools.listing(session), tools.back(session, 4)])


def test_the_kernel_decides(tools: Tools, session: str, tmp_path: Path) -> None:
    wrong = tools.lemma(session, "bad", "a:8, b:8", "a + b == a | b")
    assert wrong["counterexample"]["sides"]
    tools.step(session, 5)
    assert len(tools.goal(session, "x0 == x1@0 + x0@0 && x2 == x2@0")["goals"]) == 1
    assert len(tools.tactic(session, "split")["goals"]) == 2
    tools.tactic(session, "simplify")
    for arguments, message in (
        (("qed",), "no tactic 'qed'"),
        (("unfold",), "unfold: missing a required argument: 'name'"),
        (("blast", "x0"), "blast: too many positional arguments"),
        (("rewrite", "halves", "forwards"), "the detail is \"backwards\""),
        (("rewrite", "halves", "backwards"), "no theorem 'halves'"),
    ):
        with pytest.raises(ArmsymError, match=message):
            tools.tactic(session, *arguments)
    assert tools.tactic(session, "simplify")["ready"]
    assert "run_routine" in tools.qed(session, "claim.cert")["theorem"]
    check = [sys.executable, "-m", "kernel.replay", str(tmp_path / "claim.cert")]
    assert subprocess.run(check, cwd=ROOT, capture_output=True, check=False).returncode == 0


def test_a_driver_sees_what_goals_rest_on_and_generalizes(tools: Tools, session: str) -> None:
    tools.assume(session, "x1 < 5")
    goals = tools.goal(session, "x1 + x2 == x2 + x1")
    assert goals["given"] == ["x1@0 < 5"]
    general = tools.tactic(session, "generalize", "x1@0", "any")
    assert general["goals"][0]["claim"] == "any + x2@0 == x2@0 + any"
    assert tools.tactic(session, "blast")["ready"]


def test_a_driver_goes_round_a_loop_and_forgets_a_register(tools: Tools, session: str) -> None:
    tools.set(session, "x2", "3")
    tools.until(session, "loop")
    assert tools.unroll(session, 2)["where"].startswith("routine+0x10")
    assert tools.show(session, "x2")["formula"] == "1"
    with pytest.raises(BadInput, match="rounds"):
        tools.unroll(session, 0)
    assert tools.havoc(session, "x2")["changed"] == {"x2": "any_x2_1"}
    assert tools.state(session)["stores"][0] == {"address": "sp@0 - 8", "bytes": 8, "value": "x30@0"}


@pytest.mark.parametrize("name", ["../secret.so", "/etc/passwd", "link.so", "a/../../b"])
def test_files_outside_the_root_are_refused(tools: Tools, session: str, tmp_path: Path, name: str) -> None:
    (tmp_path / "link.so").symlink_to("/etc/passwd")
    with pytest.raises(BadInput, match="outside the directory"):
        tools.open(name, "routine")
    tools.goal(session, "x0 == x0")
    with pytest.raises(BadInput, match="outside the directory"):
        tools.tactic(session, "simplify")
        tools.qed(session, name)


def test_scripts_are_no_contracts(tools: Tools, tmp_path: Path) -> None:
    script = tmp_path / "evil.py"
    script.write_text("raise SystemExit('run')")
    with pytest.raises(BadInput, match="no routine"):
        tools.open("routine.so", "routine", str(script))


def test_sessions_steps_and_time_are_limited(tools: Tools, session: str) -> None:
    with pytest.raises(BadInput, match="1 to 10000 steps"):
        tools.step(session, 1_000_000)
    with pytest.raises(BadInput, match="no session 's99'"):
        tools.state("s99")
    for _ in range(MOST_SESSIONS - 1):
        tools.open("routine.so", "routine")
    with pytest.raises(BadInput, match="close one"):
        tools.open("routine.so", "routine")
    tools.close(session)
    tools.open("routine.so", "routine")
    with pytest.raises(TimeLimit), time_limit(1):
        while True:
            time.sleep(0.01)


def openssl(directory: Path) -> str:
    """A copy of the corpus's object in a directory, and its name there."""
    try:
        file, colon, member = corpus.object_spec("openssl-4.0.3").partition(":")
        Program.load(f"{file}{colon}{member}", SHA256)
    except ArmsymError as error:
        pytest.skip(f"the corpus is not there: {error}")
    shutil.copy(file, directory)
    return f"{Path(file).name}{colon}{member}"


def test_a_driver_proves_about_sha256_by_the_protocol(tmp_path: Path) -> None:
    pytest.importorskip("mcp", reason="the extra [mcp] is not installed")
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    spec = openssl(tmp_path)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    arguments = ["-m", "symsim.cli", "serve", "--root", str(tmp_path)]
    parameters = StdioServerParameters(command=sys.executable, args=arguments, cwd=str(ROOT), env=environment)

    async def drive() -> str:
        async with stdio_client(parameters) as (reading, writing), ClientSession(reading, writing) as client:
            await client.initialize()

            async def ask(tool: str, **arguments: Any) -> Any:
                if tool != "open":
                    arguments["session"] = "s1"
                answer = await client.call_tool(tool, arguments)
                return json.loads(answer.content[0].text)

            await ask("open", object=spec, function=SHA256)
            head = await ask("until", target="loop")
            assert head["where"].startswith(f"{SHA256}+0x14")
            assert (await ask("why", register="v0"))["instructions"] == [f"{SHA256}+0x8: ld1 {{v0.4s, v1.4s}}, [x0]"]
            assert (await ask("until", target="return"))["fork"] == "x2@0 - 1 == 0"
            assert (await ask("take", holds=False))["where"] == head["where"]
            assert "v4" in (await ask("step"))["changed"]
            assert (await ask("back"))["where"] == head["where"]
            assert (await ask("show", formula="x2"))["formula"] == "x2@0 - 1"
            wrong = await ask("lemma", name="bad", parameters="a:32, b:32", claim="a + b == a | b")
            assert wrong["counterexample"]["sides"][0] != wrong["counterexample"]["sides"][1]
            await ask("lemma", name="halves", parameters="a:32, b:32", claim="(a & b) + (a | b) == a + b")
            assert (await ask("tactic", name="blast"))["ready"]
            assert (await ask("qed"))["theorem"] == "(a & b) + (a | b) == a + b"
            await ask("goal", claim="x2 == x2@0 - 1 && x1 == x1@0 + 0x40")
            assert (await ask("tactic", name="simplify"))["ready"]
            assert (await ask("qed", certificate="claim.cert"))["hypotheses"]
            return str((await ask("script"))["script"])

    script = asyncio.run(asyncio.wait_for(drive(), 120))
    certificate = tmp_path / "claim.cert"
    check = [sys.executable, "-m", "kernel.replay", str(certificate)]
    assert "accepted" in subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    statement = certificate.read_bytes()
    certificate.unlink()
    (tmp_path / "claim.py").write_text(script)
    subprocess.run([sys.executable, "claim.py"], cwd=tmp_path, env=environment, check=True)
    assert certificate.read_bytes() == statement


def test_the_protocol_on_standard_input_and_output(tools: Tools) -> None:
    pytest.importorskip("mcp", reason="the extra [mcp] is not installed")
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    program = "import sys; from symsim.serve import command; command(['--root', sys.argv[1]])"
    parameters = StdioServerParameters(command=sys.executable, args=["-c", program, str(tools.root)], cwd=str(ROOT))

    async def drive() -> list[Any]:
        async with stdio_client(parameters) as (reading, writing), ClientSession(reading, writing) as client:
            await client.initialize()
            listed = await client.list_tools()
            opened = await client.call_tool("open", {"object": "routine.so", "function": "routine"})
            stepped = await client.call_tool("step", {"session": "s1", "count": 3})
            failed = await client.call_tool("open", {"object": "../x", "function": "routine"})
            return [listed, opened, stepped, failed]

    listed, opened, stepped, failed = asyncio.run(asyncio.wait_for(drive(), 60))
    assert {"open", "step", "goal", "tactic", "qed"} <= {t.name for t in listed.tools}
    assert json.loads(opened.content[0].text)["session"] == "s1"
    assert json.loads(stepped.content[0].text)["where"] == "routine+0xc  ldr w6, [x5, #4]"
    assert "outside the directory" in failed.content[0].text
