# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The driver of agents against agents that misbehave, the spec of every target, and building the agent."""

from __future__ import annotations

import os
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from conformance import agent_build, unicorn_target
from conformance.agent_target import AgentTarget
from conformance.state import Case, Fault, FaultKind, State
from conformance.target import TargetLost, open_target
from symsim.errors import ArmsymError, BadInput, NotAvailable

PROJECT = Path(__file__).parents[2]

# An agent that adds one to x0 until it meets its bad word; its argument is what it does then, or instead of a greeting.
AGENT = """
import os, sys, time
from conformance.state import FaultKind
from conformance.wire import CASE, HEADER, VERSION, Hello, Result, pack_response, unpack_cases

manner, marker = sys.argv[1:]
source, sink = sys.stdin.buffer, sys.stdout.buffer
if manner == "silent":
    time.sleep(60)
if manner == "garbage":
    sink.write(b"Welcome to this board, please behave well here.\\n")
    sys.exit()
if manner == "quits":
    sys.exit("no licence found")
if manner == "once" and os.path.exists(marker):
    sys.exit("gone for good")
open(marker, "w").close()
hello = Hello(VERSION + (manner == "version"), 65536 if manner == "pages" else 4096, 1 << 6, 0, 4, 0)
sink.write(hello.pack())
sink.flush()
while header := source.read(HEADER.size):
    _, count, heap_size, _ = HEADER.unpack(header)
    cases = list(unpack_cases(count, source.read(count * CASE.size), source.read(heap_size)))
    if any(case.words[0] == 0xBAD for case in cases):
        if manner == "hangs":
            time.sleep(60)
        if manner == "truncates":
            sink.write(pack_response([])[:7])
        if manner == "confuses":
            sink.write(pack_response([]))
            sink.flush()
            continue
        sys.exit("struck by a bad word")
    results = [Result(case.state.edit(x0=case.state["x0"] + 1).registers, 0, None, 0, b"") for case in cases]
    sink.write(pack_response(results))
    sink.flush()
"""


def agent(tmp_path: Path, manner: str, start_seconds: float = 10) -> AgentTarget:
    command = [sys.executable, "-c", AGENT, manner, str(tmp_path / "started")]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    return AgentTarget(
        "fake", "a fake", command, environment=environment, start_seconds=start_seconds, case_seconds=0.05
    )


def cases(count: int, bad: tuple[int, ...] = ()) -> list[Case]:
    return [Case((0xBAD if i in bad else 0x91000400,), State.of(x0=i)) for i in range(count)]


def test_batches_keep_their_order(tmp_path: Path) -> None:
    with agent(tmp_path, "well") as target:
        assert target.features == {"FEAT_SHA256"}
        assert [outcome.state["x0"] for outcome in target.run(cases(600))] == list(range(1, 601))
        assert target.run([]) == []


@pytest.mark.parametrize("manner", ["dies", "truncates", "confuses"])
def test_the_case_that_kills_is_reported_and_the_rest_goes_on(tmp_path: Path, manner: str) -> None:
    with agent(tmp_path, manner) as target:
        outcomes = target.run(cases(20, bad=(3, 17)))
    killed = [i for i, outcome in enumerate(outcomes) if outcome.fault.kind is FaultKind.KILLED]
    assert killed == [3, 17]
    assert [outcomes[i].state["x0"] for i in killed] == killed
    assert all(outcomes[i].state["x0"] == i + 1 for i in range(20) if i not in killed)
    remark = "something else than outcomes" if manner == "confuses" else "struck by a bad word"
    assert remark in outcomes[3].fault.detail


def test_the_case_that_hangs_the_target_is_reported(tmp_path: Path) -> None:
    with agent(tmp_path, "hangs") as target:
        good, hung = target.run(cases(2, bad=(1,)))
    assert good.fault == Fault(FaultKind.NONE)
    assert hung.fault == Fault(FaultKind.KILLED, None, "no answer in time")


def test_a_target_that_stays_away_keeps_the_results_so_far(tmp_path: Path) -> None:
    with agent(tmp_path, "once") as target, pytest.raises(TargetLost, match=r"fake.*gone for good") as caught:
        target.run(cases(300, bad=(290,)))
    assert [outcome.state["x0"] for outcome in caught.value.outcomes] == list(range(1, 257))
    assert caught.value.exit_code == 3


def test_a_closed_target_runs_nothing(tmp_path: Path) -> None:
    target = agent(tmp_path, "well")
    target.close()
    target.close()
    with pytest.raises(NotAvailable, match="closed"):
        target.run(cases(1))


@pytest.mark.parametrize(
    ("manner", "message"),
    [
        ("version", "version 2 of the protocol, this is 1: build the agent again"),
        ("pages", "pages of 65536 bytes"),
        ("garbage", "not a vector agent's hello"),
        ("quits", "no licence found"),
        ("silent", "no answer in time"),
    ],
)
def test_an_agent_that_can_not_be_talked_to(tmp_path: Path, manner: str, message: str) -> None:
    with pytest.raises(NotAvailable, match=message):
        agent(tmp_path, manner, start_seconds=0.5 if manner == "silent" else 10)


def test_a_program_that_is_not_there() -> None:
    with pytest.raises(NotAvailable, match="/nowhere/agent: No such file"):
        AgentTarget("fake", "a fake", ["/nowhere/agent"])


@pytest.mark.parametrize(
    ("spec", "kind", "message"),
    [
        ("", BadInput, "no target is called ''"),
        ("vax", BadInput, "no target is called 'vax'"),
        ("unicorn:x", BadInput, "takes nothing"),
        ("qemu:/nowhere/qemu", NotAvailable, "no program /nowhere/qemu"),
        ("qemu:/bin/true", NotAvailable, "qemu:/bin/true: ended with status 0"),
        ("replay:", BadInput, "needs a file"),
        ("replay:/nowhere/file", BadInput, "No such file"),
        ("ssh:", BadInput, "needs a destination"),
        ("ssh:-oProxyCommand=x", BadInput, "not a destination"),
        ("gdb:", BadInput, "gdb:HOST:PORT"),
        ("gdb:localhost", BadInput, "gdb:HOST:PORT"),
        ("gdb:localhost:http", BadInput, "gdb:HOST:PORT"),
        ("gdb:localhost:99999", BadInput, "gdb:HOST:PORT"),
        ("gdb:127.0.0.1:1", NotAvailable, "refused"),
    ],
)
def test_specs_that_open_nothing(spec: str, kind: type[ArmsymError], message: str) -> None:
    if spec == "qemu:/bin/true":
        built()
    with pytest.raises(kind, match=message):
        open_target(spec)


def test_without_unicorn(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(unicorn_target, "version", absent)
    with pytest.raises(NotAvailable, match="package unicorn is not installed"):
        open_target("unicorn")


def built() -> Path:
    try:
        return agent_build.build()
    except NotAvailable as error:
        pytest.skip(str(error))


def test_a_build_is_cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built()
    monkeypatch.setenv("ARMSYM_CACHE", str(tmp_path))
    first = agent_build.build()
    assert first.is_relative_to(tmp_path) and first.read_bytes()[:4] == b"\x7fELF"
    monkeypatch.setenv(agent_build.COMPILER_VARIABLE, "false")
    assert agent_build.build() == first


def test_a_build_without_a_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARMSYM_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(agent_build, "find_spec", lambda name: None)
    with pytest.raises(NotAvailable, match="install gcc-aarch64-linux-gnu"):
        agent_build.build()


def test_a_build_with_a_failing_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARMSYM_CACHE", str(tmp_path))
    monkeypatch.setenv(agent_build.COMPILER_VARIABLE, "false --really")
    with pytest.raises(NotAvailable, match=r"`false --really.* agent.c .* fails: status 1"):
        agent_build.build()
    monkeypatch.setenv(agent_build.COMPILER_VARIABLE, "no-such-compiler")
    with pytest.raises(NotAvailable, match="no-such-compiler"):
        agent_build.build()
    assert not list(tmp_path.iterdir())
