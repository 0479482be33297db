# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""docs/trust.md: its commands run as they stand, and what it exports convinces others."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zlib
from hashlib import sha256
from pathlib import Path

import pytest
import z3
from commands import ROOT, blocks, run, workplace

from kernel.lrat import LratError, check

BLOCKS = blocks("docs/trust.md", "sh")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the page's commands were run, up to the export of goals."""
    folder = workplace(tmp_path_factory.mktemp("audit"))
    for block in BLOCKS[:4]:
        ended = run(block, folder)
        (folder / "printed").open("a").write(ended.stdout)
        assert ended.returncode == 0, ended
    return folder


def test_the_commands_print_what_the_page_says(place: Path) -> None:
    printed = (place / "printed").read_text()
    assert "small.cert: accepted" in printed
    assert "oracles: none" in printed
    assert "the same: 9 instruction words, 8 bytes of constants" in printed
    assert re.search(r"^\d+ goals, statement SHA-256 [0-9a-f]{64}$", printed, re.MULTILINE)


def test_the_checker_alone_says_what_armsym_says(place: Path) -> None:
    reports = [json.loads(line) for line in (place / "printed").read_text().splitlines() if line.startswith("{")]
    (report,) = reports
    assert report["accepted"]
    assert report["statement_sha256"] in zlib.decompress((place / "small.cert").read_bytes()).decode()


def exported(place: Path) -> list[Path]:
    """The exported files of clauses."""
    found = sorted((place / "goals").glob("*.cnf"))
    assert len(found) > 10
    return found


def numbers(path: Path) -> list[list[int]]:
    """The lines of a file as numbers, but for a line that begins with `p`."""
    return [[int(word) for word in line.split()] for line in path.read_text().splitlines() if not line.startswith("p")]


def test_exported_clauses_are_those_that_the_certificate_names(place: Path) -> None:
    named = {words[3] for words in map(str.split, zlib.decompress((place / "small.cert").read_bytes()).decode().splitlines())
             if words[:2] == ["I", "BLAST"]}  # fmt: skip
    for path in exported(place):
        assert sha256(path.read_bytes()).hexdigest() in named


def test_exported_proofs_refute_exported_clauses(place: Path) -> None:
    for path in exported(place):
        clauses = [tuple(clause[:-1]) for clause in numbers(path)]
        steps = [
            (n, tuple(rest[: (cut := rest.index(0))]), tuple(rest[cut + 1 : -1]))
            for n, *rest in numbers(path.with_suffix(".lrat"))
        ]
        check(clauses, steps)
        with pytest.raises(LratError):
            check(clauses[:-1], steps)


def test_an_smt_solver_agrees(place: Path) -> None:
    for path in exported(place):
        solver = z3.Solver()
        solver.from_file(str(path.with_suffix(".smt2")))
        assert solver.check() == z3.unsat


def test_a_verified_checker_agrees(place: Path) -> None:
    program = shutil.which("cake_lpr")
    if program is None:
        pytest.skip("cake_lpr is not installed")
    for path in exported(place):
        said = subprocess.run([program, path, path.with_suffix(".lrat")], capture_output=True, text=True, check=False)
        assert said.stdout == "s VERIFIED UNSAT\n", path


def test_a_refused_certificate_is_not_exported(place: Path) -> None:
    text = zlib.decompress((place / "small.cert").read_bytes())
    (place / "bad.cert").write_bytes(zlib.compress(text.replace(b"\nI TRANS ", b"\nI MP ", 1)))
    ended = run("python docs/export_goals.py bad.cert nothing", place)
    assert ended.returncode == 1
    assert re.match(r"bad.cert: refused: line \d+, inference \d+, MP: ", ended.stderr)
    assert not (place / "nothing").exists()


def test_clauses_within_python(place: Path) -> None:
    ended = run(BLOCKS[4], place)
    header, goal = ended.stdout.splitlines()
    assert re.fullmatch(r"p cnf \d+ \d+ [0-9a-f]{64}", header)
    assert goal == "(assert (not (bvule (bvand x y) x)))"
    assert len(BLOCKS) == 5


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", (ROOT / "docs/trust.md").read_text()):
        assert (ROOT / "docs" / target).exists(), target
