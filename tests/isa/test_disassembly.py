# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Every instruction class of the package is written as capstone writes it; `-k NAME` tests one class."""

from __future__ import annotations

from random import Random

import pytest
from disassemblers import capstone_text

import isa
from isa.dsl import REGISTRY, InstructionClass, Undefined, Unpredictable, Unsupported
from isa.meaning import meaning
from isa.syntax_spelling import same_disassembly

ADDRESS = 0x4000_0000
SAMPLES = 200

isa.load_all()


def has_meaning(word: int) -> bool:
    try:
        meaning(word)
    except (Undefined, Unpredictable, Unsupported):
        return False
    return True


@pytest.mark.parametrize("instruction", [c for c in REGISTRY if c.kind == "instruction"], ids=lambda c: c.name)
def test_a_class_is_written_as_capstone_writes_it(instruction: InstructionClass) -> None:
    random = Random(instruction.name)
    compared, mismatches = 0, []
    for encoding in instruction.encodings:
        for _ in range(SAMPLES):
            word = encoding.sample(random)
            ours, theirs = instruction.disassemble(encoding.fields(word), ADDRESS), capstone_text(word, ADDRESS)
            if theirs is None:
                continue
            compared += 1
            # Capstone writes words that are undefined or unpredictable, too; there the spelling is nobody's concern.
            if (ours is None or not same_disassembly(ours, theirs)) and has_meaning(word):
                mismatches.append(f"{word:#010x} is '{ours}', for capstone '{theirs}'")
    assert not mismatches, "\n".join(mismatches[:10])
    if not compared:
        pytest.skip("capstone knows none of the words")
