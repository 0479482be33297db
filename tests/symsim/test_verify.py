# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sum_routine import ADD, ADD_TWICE, ENTRY, RET, STORE, SUM, code, script

from kernel.thm import KernelError
from symsim import attempt as attempt_module
from symsim import catalogue
from symsim.attempt import attempt
from symsim.catalogue import Routine
from symsim.errors import ArmsymError, BadInput
from symsim.processes import Limits, Processes, Unfinished
from symsim.result import OPEN, PROVED, REFUTED, Job, Result
from symsim.store import Store, sha256_of
from symsim.verify import Question, keep, recall, replayed, verify

pytestmark = pytest.mark.usefixtures("cache")

ROOT = Path(__file__).parents[2]


def quiet(*_: str) -> None:
    pass


@pytest.fixture
def question(tmp_path: Path) -> Question:
    (tmp_path / "sum.o").write_bytes(code(*SUM))
    return Question(str(tmp_path / "sum.o"))


def routine(tmp_path: Path, contracts: str = 'CONTRACT = contract("tiny/sum")') -> Routine:
    """A routine of a script of its own."""
    path = script(tmp_path / f"proof_{len(list(tmp_path.iterdir()))}.py", contracts)
    return catalogue.of_script(path)[0]


def job(tmp_path: Path, contracts: str = 'CONTRACT = contract("tiny/sum")', *words: int, symbol: str = "") -> Job:
    (tmp_path / "job.o").write_bytes(code(*(words or SUM)))
    return Job(routine(tmp_path, contracts), str(tmp_path / "job.o"), symbol, 0, tmp_path / "draft", tmp_path / "found")


def all_of(question: Question, *routines: Routine, jobs: int = 1) -> list[Result]:
    return [result for _, result in verify(routines, question, question.object, jobs, quiet)]


# One routine, from object to certificate


@pytest.fixture(scope="module")
def proved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Question, Routine, Result]:
    directory = tmp_path_factory.mktemp("proved")
    (directory / "sum.o").write_bytes(code(*SUM))
    question = Question(str(directory / "sum.o"), out=directory / "out")
    asked = routine(directory)
    [result] = all_of(question, asked)
    return question, asked, result


def test_what_is_proved_has_a_certificate_that_was_replayed(proved: tuple[Question, Routine, Result]) -> None:
    question, _, result = proved
    assert (result.status, result.exit_code, result.detail) == (PROVED, 0, "")
    assert (result.symbol, result.address, result.instructions) == ("sum", ENTRY, 3)
    assert "the cell holds the result" in result.ensures
    assert "cell and the code are disjoint" in result.requires
    assert Path(result.certificate).parent == question.out
    assert result.certificate_sha256 == sha256_of(Path(result.certificate))
    report = replayed(Path(result.certificate), Processes())
    assert report["statement_sha256"] == result.statement_sha256
    assert [p["label"] for p in report["premises"]] == result.requires
    assert [p["label"] for p in report["conclusion"]] == result.ensures
    assert report["about"]["object_sha256"] == result.object_sha256 == sha256_of(Path(question.object))
    assert set(result.seconds) == {"load", "witness", "search", "prove", "write", "replay"}
    assert result.lemmas > 0 and result.longest_lemma > 0
    assert result.peak_memory > 1e6


def test_no_drafts_are_left(proved: tuple[Question, Routine, Result]) -> None:
    question, _, result = proved
    assert question.out is not None
    assert [path.name for path in question.out.iterdir()] == [Path(result.certificate).name]


def test_a_result_is_plain_data(proved: tuple[Question, Routine, Result]) -> None:
    _, _, result = proved
    assert Result.of_record(json.loads(json.dumps(result.record()))) == result
    assert Result.of_record({**result.record(), "more": 1}) is None
    assert Result.of_record({}) is None


# Attempts


def test_a_wrong_contract_is_refuted_with_a_state(tmp_path: Path) -> None:
    asked = job(tmp_path, 'CONTRACT = contract("tiny/sum", result=x - y)')
    result = attempt(asked, quiet)
    assert (result.status, result.exit_code) == (REFUTED, 1)
    assert "the cell holds the result" in result.detail
    assert Path(result.counterexample).parent == asked.counterexamples
    assert json.loads(Path(result.counterexample).read_text())["contract"] == "tiny/sum"
    assert not asked.draft.exists()


def test_wrong_code_is_refuted(tmp_path: Path) -> None:
    assert attempt(job(tmp_path, 'CONTRACT = contract("tiny/sum")', ADD_TWICE, STORE, RET), quiet).status == REFUTED


def test_what_is_false_in_one_of_2_to_the_64_states_is_not_proved_and_named(tmp_path: Path) -> None:
    rare = 'from kernel.ops import ite\nCONTRACT = contract("tiny/sum", result=ite(eq(x, 0x123456789ABCDEF), x, x + y))'
    result = attempt(job(tmp_path, rare), quiet)
    assert (result.status in (OPEN, REFUTED), result.exit_code) == (True, 1)
    assert "the cell holds the result" in result.detail


def test_another_symbol_can_be_meant(tmp_path: Path) -> None:
    asked = job(tmp_path, symbol="other_name")
    (tmp_path / "job.o").write_bytes(code(*SUM, symbol="other_name"))
    result = attempt(asked, quiet)
    assert (result.status, result.symbol) == (PROVED, "other_name")
    assert result.file_name() == f"tiny-sum-other_name-{result.object_sha256[:8]}"


def test_an_instruction_without_semantics_leaves_it_open_and_is_named(tmp_path: Path) -> None:
    result = attempt(job(tmp_path, 'CONTRACT = contract("tiny/sum")', ADD, 0x04A0E3E5, STORE, RET), quiet)
    assert (result.status, result.exit_code) == (OPEN, 1)
    assert "sum+0x4 (0x10004): cntw x5 (0x04a0e3e5)" in result.detail


def test_an_undefined_instruction_is_a_counterexample(tmp_path: Path) -> None:
    assert attempt(job(tmp_path, 'CONTRACT = contract("tiny/sum")', ADD, 0, STORE, RET), quiet).status == REFUTED


def test_a_branch_on_a_secret_is_refuted(tmp_path: Path) -> None:
    over_the_next_if_x2_is_0 = 0xB4000042
    result = attempt(job(tmp_path, 'CONTRACT = contract("tiny/sum")', over_the_next_if_x2_is_0, ADD, STORE, RET), quiet)
    assert result.status == REFUTED
    assert "depend on public values only" in result.detail


@pytest.mark.parametrize(
    ("contracts", "message"),
    [
        ('CONTRACT = contract("tiny/sum", {"x is small": ule(x, 5)}, witness=6)', "no known state: x is small"),
        ('CONTRACT = contract("tiny/sum", {"nothing": eq(x, 1) & eq(x, 2)})', "no known state: nothing"),
    ],
)
def test_a_contract_that_no_state_satisfies_is_bad_input(tmp_path: Path, contracts: str, message: str) -> None:
    result = attempt(job(tmp_path, contracts), quiet)
    assert (result.status, result.exit_code) == (OPEN, 2)
    assert message in result.detail


def test_a_missing_symbol_is_bad_input(tmp_path: Path) -> None:
    result = attempt(job(tmp_path, symbol="summ"), quiet)
    assert (result.status, result.exit_code) == (OPEN, 2)
    assert "no symbol 'summ'; there is sum" in result.detail


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (KernelError("MP: no"), "internal error: KernelError: MP: no"),
        (ZeroDivisionError("oh"), "internal error: ZeroDivisionError: oh"),
        (MemoryError(), "out of memory"),
        (ArmsymError("open: a = b"), "open: a = b"),
    ],
)
def test_any_error_of_the_prover_leaves_the_routine_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, detail: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(attempt_module, "RoutineProof", fail)
    monkeypatch.setattr(attempt_module, "search", lambda *_: None)
    result = attempt(job(tmp_path), quiet)
    assert (result.status, result.exit_code, result.detail) == (OPEN, 1, detail)


# Processes


def in_worker(tmp_path: Path, action: str) -> Routine:
    """A routine whose script does something when it is loaded in a worker."""
    lines = f"import multiprocessing, os, signal, sys, time\nif multiprocessing.parent_process():\n    {action}\n"
    return routine(tmp_path, f'{lines}CONTRACT = contract("tiny/sum")')


def test_the_time_limit_ends_a_routine_and_leaves_nothing(tmp_path: Path, question: Question) -> None:
    question = replace(question, limits=Limits(1.5))
    [result] = all_of(question, in_worker(tmp_path, "time.sleep(600)"))
    assert (result.status, result.exit_code) == (OPEN, 1)
    assert result.detail == "no end within the time limit of 1.5 s (at: load)"
    assert list(question.certificates.iterdir()) == []


@pytest.mark.parametrize(
    ("action", "cause"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "died of SIGKILL, perhaps for want of memory"),
        ("os._exit(3)", "died with exit status 3"),
    ],
)
def test_a_worker_that_dies_takes_nothing_else_with_it(
    tmp_path: Path, question: Question, action: str, cause: str
) -> None:
    bad, good = in_worker(tmp_path, action), routine(tmp_path, 'CONTRACT = contract("tiny/good")')
    results = {result.routine: result for result in all_of(question, bad, good, jobs=2)}
    assert results["tiny/good"].status == PROVED
    assert results["tiny/sum"].status == OPEN
    assert cause in results["tiny/sum"].detail


def echo(argument: str, say: Callable[[str], None]) -> str:
    say("working")
    return argument.upper()


def test_a_call_in_a_process_answers_and_is_heard() -> None:
    heard: list[str] = []
    assert Processes().call(echo, "a", Limits(60), heard.append) == "A"
    assert heard == ["working"]


def hoard(amount: int, say: Callable[[str], None]) -> str:
    say("hoarding")
    held = bytearray(os.urandom(1000)) * (amount // 1000)
    time.sleep(30)
    return str(len(held))


def test_a_memory_limit_ends_a_call_and_says_what_it_did() -> None:
    message = r"more than the memory limit of 300 MB \(at: hoarding\)"
    with pytest.raises(Unfinished, match=message):
        Processes().call(hoard, 500_000_000, Limits(memory=300_000_000), quiet)
    assert Processes().call(echo, "a", Limits(60, 300_000_000), quiet) == "A"


def test_a_routine_past_the_memory_limit_is_open_and_the_rest_goes_on(tmp_path: Path, question: Question) -> None:
    question = replace(question, limits=Limits(memory=20_000_000))
    result, other = all_of(question, routine(tmp_path), routine(tmp_path))
    assert (result.status, result.exit_code, other.status) == (OPEN, 1, OPEN)
    assert result.detail.startswith("more than the memory limit of 20 MB")


def test_nothing_starts_after_the_stop() -> None:
    processes = Processes()
    processes.stop()
    with pytest.raises(Unfinished, match="interrupted"):
        processes.call(echo, "a", Limits(60), quiet)
    with pytest.raises(Unfinished, match="interrupted"):
        processes.run([sys.executable, "-c", ""])


def command_line(*arguments: str | Path, **extra: Any) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "symsim.cli", *map(str, arguments)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment, **extra)


def children(marker: str) -> list[str]:
    """The processes that have the marker among their variables."""
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            if marker.encode() in (directory / "environ").read_bytes():
                found.append((directory / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc to see which processes are left")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_command_leaves_no_processes(
    tmp_path: Path, question: Question, monkeypatch: pytest.MonkeyPatch, how: signal.Signals
) -> None:
    marker = f"ARMSYM_TEST_{how.name}={tmp_path}"
    monkeypatch.setenv(*marker.split("="))
    asked = in_worker(tmp_path, "time.sleep(600)")
    # Python leaves SIGINT ignored if its parent did, as shells do for what runs in the background.
    process = command_line(
        "verify", asked.script, "--object", question.object,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    assert process.stderr is not None
    assert process.stderr.readline() == "tiny/sum: load\n"
    process.send_signal(how)
    _, complaint = process.communicate(timeout=60)
    if how == signal.SIGINT:
        assert process.returncode == 130
        assert complaint.strip() == "armsym: interrupted; what was finished is kept"
        assert list(question.certificates.iterdir()) == []
    deadline = time.monotonic() + 30
    while children(marker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert children(marker) == []


# The replay


def test_a_proof_that_the_checker_refuses_is_not_proved(
    tmp_path: Path, question: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Processes, "call", forged)
    [result] = all_of(question, routine(tmp_path))
    assert (result.status, result.exit_code) == (OPEN, 1)
    assert "not accepted by the checker" in result.detail
    assert "not a zlib stream" in result.detail
    assert list(question.certificates.iterdir()) == []


def forged(self: Processes, function: object, asked: Job, limit: object, say: object) -> Result:
    """A worker that says *proved* and leaves a file that is no certificate."""
    asked.draft.write_bytes(b"proved, believe me")
    return Result(asked.routine.name, asked.routine.proof, PROVED, exit_code=0, statement_sha256="0" * 64)


def test_a_certificate_of_another_statement_is_not_taken(
    tmp_path: Path, question: Question, proved: tuple[Question, Routine, Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def exchanged(self: Processes, function: object, asked: Job, limit: object, say: object) -> Result:
        asked.draft.write_bytes(Path(proved[2].certificate).read_bytes())
        return Result(asked.routine.name, asked.routine.proof, PROVED, exit_code=0, statement_sha256="0" * 64)

    monkeypatch.setattr(Processes, "call", exchanged)
    [result] = all_of(question, routine(tmp_path))
    assert result.status == OPEN
    assert "states something else" in result.detail


def test_a_checker_that_fails_has_not_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "replay.py"
    broken.write_text("raise ValueError('out of order')")
    monkeypatch.setattr("symsim.verify.REPLAY", broken)
    with pytest.raises(ArmsymError, match="the checker failed: ValueError: out of order"):
        replayed(tmp_path / "any", Processes())


# The store


@pytest.fixture
def kept(proved: tuple[Question, Routine, Result]) -> tuple[Store, Question, Routine, Result]:
    store = Store()
    question, asked, result = proved
    keep(store, question, asked, result)
    return store, question, asked, result


def test_a_proof_is_recalled(kept: tuple[Store, Question, Routine, Result]) -> None:
    store, question, asked, result = kept
    assert recall(store, question, asked) == replace(result, stored=True)


def test_a_recalled_certificate_goes_where_it_is_asked_for(
    tmp_path: Path, kept: tuple[Store, Question, Routine, Result]
) -> None:
    store, question, asked, result = kept
    again = recall(store, replace(question, out=tmp_path / "elsewhere"), asked)
    assert again is not None
    assert Path(again.certificate) == tmp_path / "elsewhere" / Path(result.certificate).name
    assert sha256_of(Path(again.certificate)) == result.certificate_sha256


def change_script(question: Question, asked: Routine, result: Result) -> None:
    asked.script.write_text(asked.script.read_text() + "\n")


def change_object(question: Question, asked: Routine, result: Result) -> None:
    Path(question.object).write_bytes(code(*SUM, RET))


def damage_certificate(question: Question, asked: Routine, result: Result) -> None:
    Path(result.certificate).write_bytes(Path(result.certificate).read_bytes()[:-1])


def lose_certificate(question: Question, asked: Routine, result: Result) -> None:
    Path(result.certificate).unlink()


@pytest.mark.parametrize("change", [change_script, change_object, damage_certificate, lose_certificate])
def test_what_has_changed_is_not_recalled(
    tmp_path: Path,
    kept: tuple[Store, Question, Routine, Result],
    change: Callable[[Question, Routine, Result], None],
) -> None:
    store, question, asked, result = kept
    copy = tmp_path / "copy.o"
    copy.write_bytes(Path(question.object).read_bytes())
    own = Routine(asked.name, tmp_path / "own.py")
    own.script.write_text(asked.script.read_text())
    certificate = tmp_path / "own.cert"
    certificate.write_bytes(Path(result.certificate).read_bytes())
    question, result = Question(str(copy), out=tmp_path), replace(result, certificate=str(certificate))
    keep(store, question, own, result)
    assert recall(store, question, own) is not None
    change(question, own, result)
    assert recall(store, Question(str(copy), out=tmp_path), own) is None


@pytest.mark.parametrize("status", [OPEN, REFUTED])
def test_only_proofs_are_recalled(kept: tuple[Store, Question, Routine, Result], status: str) -> None:
    store, question, asked, result = kept
    keep(store, question, asked, replace(result, status=status))
    assert recall(store, question, asked) is None


def test_another_symbol_is_another_question(kept: tuple[Store, Question, Routine, Result]) -> None:
    store, question, asked, _ = kept
    assert recall(store, replace(question, symbol="other"), asked) is None


def test_a_directory_that_can_not_be_made_is_bad_input(tmp_path: Path, question: Question) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BadInput, match="out: Not a directory"):
        all_of(replace(question, out=tmp_path / "file" / "out"), routine(tmp_path))
