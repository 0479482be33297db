# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What instructions do is what a reviewer has read: the golden files of `tests/golden/isa`, one for each class.

After a change of semantics, `ARMSYM_UPDATE_GOLDEN=1 python -m pytest tests/isa/test_golden.py` writes them anew, and the difference is what
there is to review. A new class needs a file with a line `; 0b020020` for each word to show.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from golden import MOST_NODES, effect, golden, layout, text, words

import isa
from isa.decode import decode
from isa.dsl import REGISTRY, InstructionClass
from kernel.sorts import BV
from kernel.term import Var

FOLDER = Path(__file__).parents[1] / "golden" / "isa"
isa.load_all()
CLASSES = [c for c in REGISTRY if c.kind == "instruction"]


@pytest.mark.parametrize("instruction", CLASSES, ids=lambda c: c.name)
def test_a_class_does_what_its_golden_file_says(instruction: InstructionClass) -> None:
    path = FOLDER / f"{instruction.name}.smt2"
    assert path.exists(), f"write lines such as `; 0b020020` into {path}, then set ARMSYM_UPDATE_GOLDEN=1"
    said = path.read_text()
    chosen = words(said)
    assert chosen, f"{path} names no word"
    for word in chosen:
        decoded = decode(word)
        assert decoded is not None, f"{word:08x} is no instruction"
        assert decoded.instruction is instruction, f"{word:08x} is of the class {decoded.instruction.name}"
    done = golden(chosen)
    if os.environ.get("ARMSYM_UPDATE_GOLDEN"):
        path.write_text(done)
    else:
        assert done == said, f"{path} says otherwise"


def test_a_golden_file_belongs_to_a_class() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == {c.name for c in CLASSES}


def test_golden_files_are_for_reading() -> None:
    for path in FOLDER.iterdir():
        said = path.read_text()
        assert len(said) < 6000, path
        assert said.count("\n") <= 120, path


def test_the_words_of_a_file_are_those_of_its_headers() -> None:
    assert words("; 0b020020  add w0, w1, w2\n(= x0' x1)\n\n; d503201f\n") == [0x0B020020, 0xD503201F]
    assert words(" ; 0b020020\n; 0b02002\n(= x0' #x0b020020)\n") == []
    assert words(golden([0x8B020020, 0xD503201F])) == [0x8B020020, 0xD503201F]


def test_a_word_shows_the_components_that_it_changes() -> None:
    assert golden([0x8B020020]) == "; 8b020020  add x0, x1, x2\n(= x0' (bvadd x1 x2))\n"
    assert effect(0xD503201F) == ""
    assert effect(0xD61F0020).startswith("(= pc' x1)\n(= trace' (log trace ")
    assert effect(0x00000000) == "Undefined: UNDEFINED\n"
    assert effect(0xD4000001).startswith("Unsupported: ")


def test_another_meaning_is_another_text() -> None:
    a, b = golden([0x8B020020]), golden([0xCB020020])
    assert a.splitlines()[1] != b.splitlines()[1]


def test_a_large_term_is_shown_by_size_and_digest() -> None:
    x = Var("x", BV(8))
    small, large = x, x
    for i in range(MOST_NODES):
        large = (large ^ x) + i
    assert text(small + 1) == "(bvadd x #x01)"
    assert re.fullmatch(r"<\d+ nodes, SHA-256 [0-9a-f]{64}>", text(large))
    assert text(large) != text(large + 1)


def test_long_lines_are_broken_and_say_the_same() -> None:
    def squeezed(line: str) -> str:
        return re.sub(r"\s+", " ", line).replace("( ", "(")

    for path in FOLDER.iterdir():
        for block in path.read_text().split("\n\n"):
            equations = re.split(r"\n(?=\(=\s)", block.strip())[1:]
            for equation in equations:
                flat = squeezed(equation)
                assert layout(flat) == equation
                assert squeezed(layout(flat)) == flat, path
