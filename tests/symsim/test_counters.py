# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Loops that take several blocks in a round, with values that every round makes anew, tails that select an address, and a head that an
inner loop shares."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest
from counter_routine import CODE, LAST_COUNTER, THREES, N, contract, program, wraps_at_64

from kernel.ops import ite, number, ule, ult
from kernel.term import Term, free_vars
from symsim.contract import Contract, Loop
from symsim.errors import ArmsymError, BadInput
from symsim.prove import Proved, RoutineProof
from symsim.refute import search
from symsim.witness import check_witness

NUMBER = count()


def prove(contract: Contract, code: tuple[int, ...] = CODE) -> Proved:
    """A proof under a name of its own: the constants of a theory are named after the contract."""
    return RoutineProof(replace(contract, name=f"tiny/counted_{next(NUMBER)}"), program(code), ()).prove()


@pytest.mark.parametrize("in_place", [False, True])
def test_any_number_of_blocks_three_in_a_round(in_place: bool) -> None:
    c = contract(in_place=in_place)
    assert check_witness(c, program()).counterexample is None
    thm = prove(c).thm
    assert not thm.hyps and THREES not in free_vars(thm.concl)


def test_a_count_by_cases() -> None:
    several = contract(loops={0: Loop(ite(ult(N, 6), number(1, 64), THREES))})
    assert not prove(several).thm.hyps


def test_a_counter_that_does_not_wrap_is_refuted() -> None:
    wrong = contract(wraps_at_64)
    assert check_witness(wrong, program()).counterexample is not None
    assert search(wrong, program(), ()) is not None
    with pytest.raises(ArmsymError):
        prove(wrong)


def test_a_counter_made_wrong_after_the_first_round_is_not_proved() -> None:
    code = list(CODE)
    second = len(code) - 1 - code[::-1].index(LAST_COUNTER)
    code[second] += 1 << 10  # add w10, w4, #3
    assert check_witness(contract(), program(tuple(code))).counterexample is not None
    with pytest.raises(ArmsymError):
        prove(contract(), tuple(code))


@pytest.mark.parametrize(("dividend", "divisor"), [(N, 2), (N, 4), (N + 3, 3)])
def test_other_quotients_do_not_count_its_rounds(dividend: Term, divisor: int) -> None:
    with pytest.raises(ArmsymError):
        prove(contract(quotients={THREES: (dividend, divisor)}))


def test_no_promise_speaks_of_a_quotient() -> None:
    with pytest.raises(BadInput, match="threes"):
        prove(contract(requires={**contract().requires, "few": ule(THREES, 10)}))


def test_a_quotient_of_what_is_not_public_counts_no_rounds() -> None:
    given = contract()
    with pytest.raises(BadInput, match="not public: n"):
        prove(replace(given, public=tuple([x for x in given.public if x is not N])))
