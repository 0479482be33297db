# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The walk-through in examples/ is kept true: its commands do what it says, its excerpts are the script's, its words the assembler's."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from commands import ROOT, blocks, run

EXAMPLES = ROOT / "examples"
PAGE = "examples/README.md"
OBJECT, PROOF, CHECK, WRONG, AGAIN, LEAK = blocks(PAGE, "sh")
SOURCES = sorted(EXAMPLES.glob("*.s"))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A copy of the directory, with the object made."""
    folder = tmp_path / "examples"
    shutil.copytree(EXAMPLES, folder)
    ended = run(OBJECT, folder)
    assert ended.returncode == 0, ended
    assert "ldrb w5, [x1], #1" in ended.stdout
    return folder


@pytest.mark.parametrize("text", blocks(PAGE, "python"))
def test_an_excerpt_is_what_the_script_says(text: str) -> None:
    assert text in (EXAMPLES / "differ.py").read_text()


def test_the_routine_is_proved_and_the_certificate_is_of_its_code(place: Path) -> None:
    ended = run(PROOF + CHECK, place)
    assert ended.returncode == 0, ended
    assert "mine/differ: proved" in ended.stdout
    assert "seen has all bits in which a and b differ," in ended.stdout
    assert "the same: 9 instruction words" in ended.stdout
    assert "(bvor previous" in ended.stdout, "the definition of differences"


def test_the_wrong_one_is_refuted_and_its_state_is_none_for_the_right_one(place: Path) -> None:
    ended = run(WRONG, place)
    assert ended.returncode == 1, ended
    assert "not kept:      seen has all bits in which a and b differ" in ended.stdout
    assert not list(place.glob("*.cert"))
    again = run(AGAIN, place)
    assert (again.returncode, "code and standard agree" in again.stdout) == (0, True), again


def test_the_leak_is_refuted(place: Path) -> None:
    ended = run(LEAK, place)
    assert ended.returncode == 1, ended
    assert "not kept:      the accesses and branches depend on public values only" in ended.stdout


def test_without_a_byte_it_stays_open(place: Path) -> None:
    script = place / "differ.py"
    script.write_text(script.read_text().replace('{"there is a byte": ~eq(n, 0)}', "{}"))
    ended = run(PROOF, place)
    assert ended.returncode == 1, ended
    assert "the access to 1 bytes at a is in no area of the contract" in ended.stdout


def test_a_fold_that_is_left_out_leaves_the_result_open(place: Path) -> None:
    script = place / "differ.py"
    text, count = re.subn(r"Loop\(n, Fold\(.*\)\)", "Loop(n)", script.read_text())
    script.write_text(text)
    ended = run(PROOF, place)
    assert (count, ended.returncode) == (1, 1), ended
    assert "left: seen has all bits in which a and b differ: open:" in ended.stdout


@pytest.mark.parametrize("name", ["address", "i", "base", "part_size"])
def test_an_argument_with_a_name_that_every_theorem_uses_is_refused(place: Path, name: str) -> None:
    script = place / "differ.py"
    script.write_text(script.read_text().replace('Var("n", BV(64))', f'Var("{name}", BV(64))'))
    ended = run(PROOF, place)
    assert ended.returncode == 2, ended
    assert f"mine/differ: no argument can be called '{name}'" in ended.stderr


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_the_words_are_what_an_assembler_makes_of_the_source(source: Path, tmp_path: Path) -> None:
    assembler, objcopy = (shutil.which(f"aarch64-linux-gnu-{name}") for name in ("as", "objcopy"))
    if assembler is None or objcopy is None:
        pytest.skip("no assembler for AArch64 (binutils-aarch64-linux-gnu)")
    theirs, ours = tmp_path / "theirs.o", tmp_path / "ours.o"
    subprocess.run([assembler, source, "-o", theirs], check=True)
    assert run(f"python {EXAMPLES / 'assemble.py'} {source} {ours}", tmp_path).returncode == 0
    texts = []
    for path in (theirs, ours):
        subprocess.run([objcopy, "-O", "binary", "-j", ".text", path, path.with_suffix(".bin")], check=True)
        texts.append(path.with_suffix(".bin").read_bytes())
    assert texts[0] == texts[1] and len(texts[0]) >= 36
