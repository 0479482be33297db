# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Folds that no memory holds, and loops that are proved once, before all cases: out[j] = in[j] ^ (key rotated j times), and x6 = tail.

The routine branches on the tail before its loop and after it."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from word_routine import FIRST_KEY, IN, INPUT, KEY, OUT, N, word_contract, word_program

from crypto_specs.defined import Recursive
from crypto_specs.stored import stored_blocks
from kernel.ops import concat, read, zext
from kernel.sorts import BV
from kernel.term import Var
from symsim.contract import INDEX_VARIABLE, Contract, Fold, Loop
from symsim.errors import ArmsymError
from symsim.program import Program
from symsim.prove import RoutineProof
from symsim.witness import check_witness

CODE = (
    0xF9400064,  # ldr x4, [x3]
    0xF10008BF,  # cmp x5, #2
    0x54000043,  # b.lo head
    0xD503201F,  # nop
    0xF8408429,  # head: ldr x9, [x1], #8
    0xCA040129,  # eor x9, x9, x4
    0xF8008409,  # str x9, [x0], #8
    0x93C41C84,  # ror x4, x4, #7
    0xF1000442,  # subs x2, x2, #1
    0x54FFFF61,  # b.ne head
    0xD2800006,  # mov x6, #0
    0xB4000045,  # cbz x5, done
    0xAA0503E6,  # mov x6, x5
    0xD65F03C0,  # done: ret
)
BY_NINE = 0x93C42484  # ror x4, x4, #9
TAIL, _first, _previous = Var("tail", BV(2)), Var("first", BV(64)), Var("previous_key", BV(64))
NUMBER = count()


def keys(turn: int) -> Recursive:
    """The keys, each the one before rotated right by so many bits."""
    rotated = concat(_previous[turn - 1 : 0], _previous[63:turn])
    return Recursive(f"keys_turned_by_{turn}", INDEX_VARIABLE, (_first,), _first, _previous, rotated)


KEYS = keys(7)
STORED = stored_blocks(
    "words_with_keys",
    8,
    (_first,),
    (INPUT,),
    lambda j, first, memory, address: read(memory, address + (j << 3), 8) ^ KEYS(j, first),
)


def program(code: tuple[int, ...] = CODE) -> Program:
    """The routine `turned` of these words."""
    return word_program("turned", code)


def contract(whole: bool = True, fold: Recursive = KEYS, **changes: Any) -> Contract:
    """The contract of `turned`."""
    own: dict[str, Any] = {
        "arguments": {"x0": OUT, "x1": IN, "x2": N, "x3": KEY, "x5": zext(TAIL, 64)},
        "results": {"x6": zext(TAIL, 64)},
        "public": (OUT, IN, KEY, N, TAIL),
        "witness": {OUT: 0x1_0000, IN: 0x2_0000, KEY: 0x3_0000, N: 3, TAIL: 2},
        "loops": {0: Loop(N, Fold(lambda i: fold(i, FIRST_KEY), *fold.equations, INDEX_VARIABLE), whole=whole)},
        "cases": {TAIL: tuple(range(4))},
    }
    return word_contract("turned", lambda j, word: word ^ KEYS(j, FIRST_KEY), STORED, **(own | changes))


def proof(given: Contract, code: tuple[int, ...] = CODE) -> RoutineProof:
    """A proof under a name of its own: the constants of a theory are named after the contract."""
    return RoutineProof(replace(given, name=f"tiny/turned_{next(NUMBER)}"), program(code), ())


@pytest.mark.parametrize(("whole", "loops"), [(True, 2), (False, 3)])
def test_a_loop_comes_before_all_cases_or_in_each(whole: bool, loops: int) -> None:
    assert check_witness(contract(), program()).counterexample is None
    given = proof(contract(whole))
    thm = given.prove().thm
    assert not thm.hyps
    assert len(given.journal.loops) == loops


def test_another_recursion_is_not_what_the_register_goes_through() -> None:
    with pytest.raises(ArmsymError):
        proof(contract(fold=keys(9))).prove()


def test_a_register_that_goes_another_way_is_not_followed() -> None:
    code = (*CODE[:7], BY_NINE, *CODE[8:])
    assert check_witness(contract(), program(code)).counterexample is not None
    with pytest.raises(ArmsymError):
        proof(contract(), code).prove()


def test_what_is_selected_after_the_loop_is_looked_at_in_every_case() -> None:
    code = (*CODE[:10], 0xD2800026, *CODE[11:])  # mov x6, #1
    wrong = contract(witness={**contract().witness, TAIL: 0})
    assert check_witness(wrong, program(code)).counterexample is not None
    with pytest.raises(ArmsymError):
        proof(contract(), code).prove()
