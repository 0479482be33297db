# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A case in a file, as data and as a C test."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from pretender import STR_X0_X1, example

from conformance.c_test import c_test
from conformance.case_file import mismatch_record, read_case
from conformance.compare import compare
from conformance.model import predict
from conformance.state import WINDOW_BASE, Case, Fault, FaultKind, Outcome, State
from symsim.errors import BadInput


def test_a_case_is_read_as_it_was_written(tmp_path: Path) -> None:
    case, ours = example()
    mismatch = compare(case, Outcome(ours.state.edit(x7=1), ours.fault))
    assert mismatch is not None
    record = mismatch_record(mismatch, "pretender", 5)
    assert record["disassembly"] == ["str x0, [x1]"]
    path = tmp_path / "case.json"
    path.write_text(json.dumps(record))
    assert read_case(path) == case


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"format": "armsym-case-1"}',
        '{"format": "armsym-case-2", "words": [], "state": {}, "memory": {"bytes": ""}}',
        '{"format": "armsym-case-1", "words": ["zz"], "state": {}, "memory": {"bytes": ""}}',
        '{"format": "armsym-case-1", "words": ["0"], "state": {"x40": "0x1"}, "memory": {"bytes": ""}}',
        '{"format": "armsym-case-1", "words": [], "state": {}, "memory": {"bytes": ""}}',
        '{"format": "armsym-case-1", "words": ["0"], "state": {}, "memory": {"bytes": "00", "address": "0x0"}}',
    ],
)
def test_other_files_are_no_cases(tmp_path: Path, text: str) -> None:
    path = tmp_path / "case.json"
    path.write_text(text)
    with pytest.raises(BadInput, match=r"case\.json"):
        read_case(path)


def test_a_missing_case_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="No such file"):
        read_case(tmp_path / "absent.json")


def compiled(tmp_path: Path, case: Case, ours: Outcome) -> subprocess.CompletedProcess[str]:
    compiler, emulator = shutil.which("aarch64-linux-gnu-gcc"), shutil.which("qemu-aarch64")
    if compiler is None or emulator is None:
        pytest.skip("aarch64-linux-gnu-gcc and qemu-aarch64 are needed")
    source, program = tmp_path / "case.c", tmp_path / "case"
    source.write_text(c_test(case, ours))
    subprocess.run([compiler, "-static", "-Wall", "-Wextra", "-Werror", "-o", program, source], check=True)
    return subprocess.run([emulator, program], capture_output=True, text=True, check=False)


def test_the_c_test_agrees_with_the_semantics(tmp_path: Path) -> None:
    done = compiled(tmp_path, *example())
    assert (done.returncode, done.stdout) == (0, "the machine does what the semantics say\n")


def test_the_c_test_shows_what_differs(tmp_path: Path) -> None:
    case, ours = example()
    wrong = Outcome(ours.state.edit(x2=7, v5=1 << 64).store(WINDOW_BASE + 1, b"?"), ours.fault)
    done = compiled(tmp_path, case, wrong)
    assert done.returncode == 1
    assert "x2 is 0x0, the semantics say 0x7\n" in done.stdout
    assert "high half of v5 is 0x0, the semantics say 0x1\n" in done.stdout
    assert "byte of the window 1 is 0x79, the semantics say 0x3f\n" in done.stdout


def test_the_c_test_knows_faults(tmp_path: Path) -> None:
    case = Case((STR_X0_X1,), State.of(x1=WINDOW_BASE - 4))
    done = compiled(tmp_path, case, predict(case))
    assert done.returncode == 0, done.stdout
    done = compiled(tmp_path, case, Outcome(case.state, Fault(FaultKind.ALIGNMENT)))
    assert (done.returncode, "it ends with MEMORY, the semantics say ALIGNMENT" in done.stdout) == (1, True)
