# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The verdict on a word is what its meaning raises: every function decides before it touches the machine."""

from __future__ import annotations

from random import Random

import pytest

import isa
from isa.decode import Decoded
from isa.dsl import REGISTRY, InstructionClass, Registry, Undefined, Unpredictable, Unsupported, undefined_if
from isa.encoding import Fields
from isa.machine import Machine
from isa.meaning import meaning
from isa.verdict import Verdict, verdict, verdict_of
from kernel.ops import number

isa.load_all()

SAMPLES = 60


def raised(word: int) -> Verdict:
    try:
        meaning(word)
    except Undefined:
        return Verdict.UNDEFINED
    except Unpredictable:
        return Verdict.UNPREDICTABLE
    except Unsupported:
        return Verdict.UNSUPPORTED
    return Verdict.DEFINED


@pytest.mark.parametrize("instruction", [c for c in REGISTRY if c.kind == "instruction"], ids=lambda c: c.name)
def test_the_verdict_is_what_the_meaning_raises(instruction: InstructionClass) -> None:
    random = Random(instruction.name)
    for encoding in instruction.encodings:
        for _ in range(SAMPLES):
            word = encoding.sample(random) ^ random.choice((0, encoding.should_mask & -encoding.should_mask))
            assert verdict(word) == raised(word), hex(word)


def test_words_of_each_verdict() -> None:
    assert verdict(0x8B020020) is Verdict.DEFINED  # add x0, x1, x2
    assert verdict(0x00000000) is Verdict.UNDEFINED  # udf #0
    assert verdict(0xA8C10400) is Verdict.UNPREDICTABLE  # ldp x0, x1, [x0], #16
    assert verdict(0x04000000) is Verdict.UNSUPPORTED  # SVE
    assert verdict(0x0D4186F8) is Verdict.UNSUPPORTED  # ldap1 {v24.d}[0], [x23]
    assert verdict(0x0D418EF8) is Verdict.UNDEFINED
    assert verdict_of(None) is Verdict.UNSUPPORTED


def test_a_function_that_decides_too_late_is_judged_defined() -> None:
    classes = Registry()

    @classes.instruction(encoding="0" * 27 + " Rd:5", syntax="late")
    def late(f: Fields, m: Machine) -> None:
        m.X[f.Rd] = number(0, 64)
        undefined_if(True)

    (instruction,) = classes
    assert verdict_of(Decoded(instruction, instruction.encodings[0].fields(0))) is Verdict.DEFINED
