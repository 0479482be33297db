# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""armsym verify: what it says of what is proved, refuted and open, and what it keeps."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import ROOT, complaint, run, shell
from sum_routine import ENTRY, RET, STORE, SUM, code, script

pytestmark = pytest.mark.usefixtures("cache")


def test_verify_proves_and_says_what(proved_sum: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    directory, done = proved_sum
    assert done.returncode == 0
    assert done.stdout.startswith("tiny/sum: proved\n  the sum of two numbers\n  For all states in which\n")
    assert "    - cell and the code are disjoint,\n" in done.stdout
    assert f"sum (3 instructions at {ENTRY:#x}) comes to its end" in done.stdout
    assert "    - the cell holds the result,\n" in done.stdout
    [certificate] = (directory / "out").iterdir()
    assert f"  certificate  {certificate}\n" in done.stdout
    assert "\x1b" not in done.stdout
    assert done.stderr.startswith("tiny/sum: load\n")
    assert "Traceback" not in done.stderr


def test_verify_answers_from_the_store(proved_sum: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    directory, _ = proved_sum
    asked = ("verify", directory / "proof.py", "--object", directory / "sum.o", "--json")
    again = shell(*asked, ARMSYM_CACHE=str(directory / "cache"))
    assert again.returncode == 0
    assert again.stderr == ""
    record = json.loads(again.stdout)
    assert (record["status"], record["stored"]) == ("proved", True)
    assert Path(record["certificate"]).parent == directory / "cache" / "certificates"
    assert Path(record["certificate"]).is_file()
    forced = shell(*asked, "--no-store", ARMSYM_CACHE=str(directory / "cache"))
    assert json.loads(forced.stdout)["stored"] is False


LIGHT = """
import sys
from symsim.cli import main
try:
    main()
finally:
    heavy = {"z3", "pysmt", "unicorn", "capstone", "isa", "kernel.term", "elftools", "rich"} & set(sys.modules)
    print("loaded:", sorted(heavy))
"""


def test_an_answer_from_the_store_loads_nothing_heavy(catalogue: Path, sum_o: Path, in_process: None) -> None:
    script(catalogue / "sums.py")
    assert run("verify", "tiny/sum", "--object", sum_o).exit_code == 0
    patch = f"import symsim.catalogue, pathlib; symsim.catalogue._SCRIPTS = pathlib.Path({str(catalogue)!r})\n"
    command = [sys.executable, "-c", patch + LIGHT, "verify", "tiny/sum", "--object", str(sum_o)]
    variables = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=variables, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "known from before" in done.stdout
    assert "loaded: []" in done.stdout


def test_a_script_of_a_user_does_not_stand_in_for_the_catalogues(
    tmp_path: Path, catalogue: Path, sum_o: Path, in_process: None
) -> None:
    script(catalogue / "sums.py", 'CONTRACT = contract("tiny/sum", result=x)')
    assert run("verify", script(tmp_path / "own.py"), "--object", sum_o).exit_code == 0
    result = run("verify", "tiny/sum", "--object", sum_o)
    assert result.exit_code == 1
    assert "tiny/sum: refuted" in result.stdout


def test_two_scripts_of_the_catalogue_with_one_routine(catalogue: Path, sum_o: Path) -> None:
    script(catalogue / "one.py")
    script(catalogue / "two.py")
    result = run("verify", "tiny/sum", "--object", sum_o)
    assert result.exit_code == 2
    assert "one.py has 'tiny/sum' too" in complaint(result)


def test_verify_refutes_and_repeats_it(tmp_path: Path, sum_o: Path, in_process: None) -> None:
    proof = script(tmp_path / "proof.py", 'CONTRACT = contract("tiny/sum", result=x - y)')
    result = run("verify", proof, "--object", sum_o)
    assert result.exit_code == 1
    assert result.stdout.startswith("tiny/sum: refuted\n")
    assert "not kept:      the cell holds the result" in result.stdout
    found = re.search(r"run it again armsym (.*)", result.stdout)
    assert found is not None
    again = run(*found[1].split())
    assert again.exit_code == 1
    assert "not kept:      the cell holds the result" in again.stdout
    # The same state is none against other code.
    (tmp_path / "difference.o").write_bytes(code(0xCB020021, STORE, RET))
    mended = run(*found[1].split(), "--object", tmp_path / "difference.o")
    assert mended.exit_code == 0
    assert "code and standard agree" in mended.stdout


def test_verify_of_many_goes_on_after_a_failure_and_ends_with_a_table(
    tmp_path: Path, sum_o: Path, in_process: None
) -> None:
    contracts = (
        'CONTRACTS = (contract("tiny/good"), contract("tiny/wrong", result=x), '
        'contract("tiny/none", {"never": eq(x, 1) & eq(x, 2)}))'
    )
    result = run("verify", script(tmp_path / "proof.py", contracts), "--object", sum_o)
    assert result.exit_code == 1
    table = result.stdout.partition("routine ")[2]
    assert re.search(r"^tiny/good +proved +✓ +–( +✓){5} +[0-9.]+ s +[0-9.,]+ MB$", table, re.MULTILINE)
    assert re.search(r"^tiny/wrong +refuted", table, re.MULTILINE)
    assert re.search(r"^tiny/none +open .*no known state: never", table, re.MULTILINE)
    assert re.search(r"\n1 proved, 1 refuted, 1 open; [0-9.]+ s in all, at most [0-9.,]+ MB at a time; .*\n$", table)


def test_a_symbol_that_a_build_lacks_is_named_and_open_and_the_rest_goes_on(
    tmp_path: Path, sum_o: Path, in_process: None
) -> None:
    contracts = (
        "from dataclasses import replace\nCONTRACTS = (replace(contract('tiny/a'), symbol='sun'), contract('tiny/b'))"
    )
    result = run("verify", script(tmp_path / "proof.py", contracts), "--object", sum_o)
    assert result.exit_code == 1
    table = result.stdout.partition("routine ")[2]
    assert re.search(r"^tiny/a +open .* no symbol 'sun'", table, re.MULTILINE)
    assert re.search(r"^tiny/b +proved", table, re.MULTILINE)


def test_verify_in_json_is_one_object_a_line(tmp_path: Path, sum_o: Path, in_process: None) -> None:
    contracts = 'CONTRACTS = (contract("tiny/good"), contract("tiny/wrong", result=x))'
    result = run("verify", script(tmp_path / "proof.py", contracts), "--object", sum_o, "--json", "--jobs", "1")
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert {record["routine"]: record["status"] for record in records} == {
        "tiny/good": "proved",
        "tiny/wrong": "refuted",
    }


def test_verify_with_another_symbol(tmp_path: Path, in_process: None) -> None:
    (tmp_path / "other.o").write_bytes(code(*SUM, symbol="other"))
    proof = script(tmp_path / "proof.py")
    assert run("verify", proof, "--object", tmp_path / "other.o", "--symbol", "other").exit_code == 0
    assert "no symbol 'sum'" in complaint(run("verify", proof, "--object", tmp_path / "other.o"))
