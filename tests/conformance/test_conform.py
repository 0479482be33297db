# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The conformance command: what it shows, writes and repeats, and what it says when it can't."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pretender import Pretender, adds_one, example

import conformance.conform as conform_module
from conformance.case_file import mismatch_record, read_case
from conformance.compare import compare
from conformance.conform import main_conform, main_replay
from conformance.model import predict
from conformance.state import NO_FAULT, WINDOW_BASE, Case, Fault, FaultKind, Outcome
from isa.profiles import profile


@pytest.fixture
def pretend(monkeypatch: pytest.MonkeyPatch) -> Callable[[Pretender], None]:
    return lambda target: monkeypatch.setattr(conform_module, "open_target", lambda spec: target)


def test_the_command_agrees_and_writes_lines_and_a_page(
    pretend: Callable[[Pretender], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend(Pretender())
    assert main_conform("pretender", 60, 3, ["extract", "bitfield"], out=tmp_path / "out") == 0
    shown = capsys.readouterr().out
    assert "seed 3" in shown
    assert "60 tests of 2 of 2 classes" in shown
    lines = [json.loads(line) for line in (tmp_path / "out" / "pretender.jsonl").read_text().splitlines()]
    assert [line["type"] for line in lines] == ["class", "class", "run"]
    assert (lines[-1]["tests"], lines[-1]["status"], lines[-1]["seed"]) == (60, 0, 3)
    pretend(Pretender(name="other<1>"))
    assert main_conform("other", 60, 3, ["extract"], out=tmp_path / "out") == 0
    html = (tmp_path / "out" / "index.html").read_text()
    assert "<td>bitfield</td>" in html
    assert "other&lt;1&gt;" in html
    assert "other<1>" not in html


def test_the_command_shrinks_and_writes_mismatches(
    pretend: Callable[[Pretender], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend(Pretender(adds_one))
    assert main_conform("pretender", 300, 1, ["add_sub_shifted_register"], out=tmp_path) == 1
    shown = capsys.readouterr().out
    path = tmp_path / "add_sub_shifted_register-1.json"
    assert str(path) in shown
    assert "x3 is" in shown
    case = read_case(path)
    assert case.state["x3"] == 1
    assert f"{case.words[0]:08x}" in path.with_suffix(".c").read_text()
    assert main_replay("pretender", path) == 1
    pretend(Pretender())
    assert main_replay("pretender", path) == 0
    assert "agree" in capsys.readouterr().out


def test_the_command_speaks_json(
    pretend: Callable[[Pretender], None],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    pretend(Pretender(adds_one))
    assert main_conform("pretender", 300, 1, ["add_sub_shifted_register"], json=True) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["type"] for line in lines] == ["mismatch", "class", "run"]
    assert lines[0]["differences"].keys() == {"x3"}
    assert (tmp_path / "conform-mismatches" / "add_sub_shifted_register-1.json").exists()
    assert main_replay("pretender", tmp_path / "conform-mismatches" / "add_sub_shifted_register-1.json", json=True) == 1
    [line] = capsys.readouterr().out.splitlines()
    assert json.loads(line)["status"] == 1


def test_a_mismatch_with_a_processor_is_repeated_with_it(
    pretend: Callable[[Pretender], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a72 = profile("cortex-a72+nocrypto")
    pretend(Pretender())
    assert main_conform("pretender", 20, 1, ["sha256_hash_update"], out=tmp_path, cpu=a72) == 1
    shown = capsys.readouterr().out
    assert "against cortex-a72+nocrypto, seed 1" in shown
    path = tmp_path / "sha256_hash_update-1.json"
    assert f"--target pretender --cpu cortex-a72+nocrypto --replay {path}" in shown
    assert json.loads(path.read_text())["cpu"] == "cortex-a72+nocrypto"
    assert main_replay("pretender", path, cpu=a72) == 1
    assert main_replay("pretender", path) == 0


def test_a_recorded_run_is_repeated_without_its_target(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names, file = ["extract", "add_sub_shifted_register"], tmp_path / "board"
    with monkeypatch.context() as patch:
        patch.setattr(conform_module, "open_target", lambda spec: Pretender(adds_one))
        assert main_conform("pretender", 400, 1, names, out=tmp_path / "one", record=file) == 1
        first = capsys.readouterr().out
        assert main_conform("pretender", 400, 1, names, record=file) == 2
        assert "File exists" in capsys.readouterr().err
    assert main_conform(f"replay:{file}", 400, 1, names, out=tmp_path / "two") == 1
    again = capsys.readouterr().out
    assert "recording of a pretender" in again
    mismatches = [next(line for line in text.splitlines() if " tests of 2 " in line) for text in (first, again)]
    assert [line.split("; ")[1] for line in mismatches] == [mismatches[0].split("; ")[1]] * 2
    assert main_conform(f"replay:{file}", 400, 2, ["extract"]) == 3, "other cases were not recorded"


def test_a_recording_cut_short_is_no_pass(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "board"
    with monkeypatch.context() as patch:
        patch.setattr(conform_module, "open_target", lambda spec: Pretender())
        assert main_conform("pretender", 50, 1, ["extract"], record=file) == 0
    assert main_conform(f"replay:{file}", 50, 1, ["extract"]) == 0
    capsys.readouterr()
    file.write_bytes(file.read_bytes()[:-300])
    assert main_conform(f"replay:{file}", 50, 1, ["extract"]) == 3
    shown = capsys.readouterr().out
    assert "; 0 mismatches" in shown and " of those asked for; it is damaged at byte " in shown
    assert main_conform(f"replay:{file}", 50, 1, ["extract"], json=True) == 3
    assert "damaged" in json.loads(capsys.readouterr().out.splitlines()[-1])["incomplete"]


def test_a_recording_is_explained_as_what_was_recorded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def stores_512(case: Case) -> Outcome:
        after = predict(case)
        return (
            after if after.fault.kind is not FaultKind.NONE else Outcome(after.state.store(WINDOW_BASE, b"."), NO_FAULT)
        )

    for name, status in (("qemu", 0), ("ssh:board", 1)):
        file = tmp_path / name
        with monkeypatch.context() as patch:
            patch.setattr(conform_module, "open_target", lambda spec, name=name: Pretender(stores_512, name))
            assert main_conform(name, 50, 1, ["zero_block"], out=tmp_path / "out", record=file) == status
        assert main_conform(f"replay:{file}", 50, 1, ["zero_block"], out=tmp_path / "out") == status
        assert ("explained by qemu-zeroes-512-bytes" in capsys.readouterr().out) == (status == 0)


def test_a_seed_is_drawn_and_shown(pretend: Callable[[Pretender], None], capsys: pytest.CaptureFixture[str]) -> None:
    pretend(Pretender())
    seeds = set()
    for _ in range(2):
        assert main_conform("pretender", 10, None, ["extract"], json=True) == 0
        seeds.add(json.loads(capsys.readouterr().out.splitlines()[-1])["seed"])
    assert len(seeds) == 2


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("pretender", 0), 2, "at least one test"),
        (("pretender", 10, 1, ["nothing_of_this_name"]), 2, "no instruction class is called"),
        (("abacus", 10), 2, "abacus"),
        (("replay:/nowhere/at/all", 10), 2, "/nowhere/at/all"),
        (("qemu:/nowhere/qemu", 10), 3, "/nowhere/qemu"),
    ],
)
def test_bad_input_and_absent_targets(
    arguments: tuple, status: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main_conform(*arguments) == status
    assert message in capsys.readouterr().err


def test_a_directory_that_can_not_be_made_is_said_so(
    pretend: Callable[[Pretender], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend(Pretender())
    (tmp_path / "file").write_text("")
    assert main_conform("pretender", 10, 1, ["extract"], out=tmp_path / "file" / "out") == 2
    assert "file/out" in capsys.readouterr().err


def test_lines_that_are_no_run_are_said_so(
    pretend: Callable[[Pretender], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend(Pretender())
    (tmp_path / "old.jsonl").write_text('{"type": "class"}\n')
    assert main_conform("pretender", 10, 1, ["extract"], out=tmp_path) == 2
    assert "old.jsonl" in capsys.readouterr().err


def test_a_lost_target_still_reports(pretend: Callable[[Pretender], None], capsys: pytest.CaptureFixture[str]) -> None:
    pretend(Pretender(dies_after=15))
    assert main_conform("pretender", 30, 1, ["extract", "bitfield"]) == 3
    shown = capsys.readouterr().out
    assert "15 tests" in shown
    assert "incomplete: the pretender is gone" in shown


def test_a_replay_of_what_was_not_run_is_no_pass(
    pretend: Callable[[Pretender], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case, ours = example()
    mismatch = compare(case, Outcome(ours.state.edit(x7=1), ours.fault))
    assert mismatch is not None
    (tmp_path / "case.json").write_text(json.dumps(mismatch_record(mismatch, "x", 1)))
    pretend(Pretender(lambda case: Outcome(case.state, Fault(FaultKind.NOT_RUN))))
    assert main_replay("pretender", tmp_path / "case.json") == 3
    assert "has not run it" in capsys.readouterr().out
