# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Instructions that compute a function of the specification are named by it, and others are not."""

from __future__ import annotations

import pytest

from crypto_specs.aes import MixColumns, ShiftRows, SubBytes
from crypto_specs.defined import Defined
from crypto_specs.message import byte_string
from isa.decode import disassemble
from isa.meaning import meaning
from isa.state import INDEX
from kernel.ops import eq
from kernel.sorts import BV
from kernel.term import Var
from symsim.contract import Idiom
from symsim.idioms import Idioms, NotTheSame, same
from symsim.proofs.aes_halves import BACKWARD, FORWARD, Halves

AESE, AESMC, AESD, AESIMC, EOR = 0x4E2848A3, 0x4E286863, 0x4E2858A3, 0x4E287863, 0x6E251C63
"""With v3 as destination, and v5 as the other operand."""
V3, V5 = Var("v3", BV(128)), Var("v5", BV(128))


@pytest.mark.parametrize(("halves", "first", "second"), [(FORWARD, AESE, AESMC), (BACKWARD, AESD, AESIMC)])
def test_the_instructions_compute_the_halves_of_a_round(halves: Halves, first: int, second: int) -> None:
    assert disassemble(first, 0).endswith("v3.16b, v5.16b")
    idioms = Idioms(halves.idioms())
    value = meaning(first)[INDEX["v3"]]
    th = idioms.name(value)
    assert th is not None and th.concl is eq(value, byte_string(halves.first(byte_string(V3 ^ V5)))) and not th.hyps
    value = meaning(second)[INDEX["v3"]]
    th = idioms.name(value)
    assert th is not None and th.concl is eq(value, byte_string(halves.second(byte_string(V3))))


def test_other_instructions_have_no_name() -> None:
    idioms = Idioms(FORWARD.idioms())
    for word in (EOR, AESD, AESIMC):
        assert idioms.name(meaning(word)[INDEX["v3"]]) is None


def test_a_function_that_is_nearly_the_instructions_is_no_name_for_it() -> None:
    state = Var("state", BV(128))
    unshifted = Defined("test_mixing_of_shifted_rows", (state,), MixColumns(ShiftRows(state)))
    idiom = Idiom((state,), byte_string(unshifted(byte_string(state))), (unshifted.definition,))
    assert Idioms([idiom]).name(meaning(AESMC)[INDEX["v3"]]) is None
    with pytest.raises(NotTheSame):
        same(SubBytes(state), ShiftRows(SubBytes(state)), ())
