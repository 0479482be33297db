# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Inequalities among multiples follow from those of the factors, and from nothing less."""

from __future__ import annotations

import pytest

from kernel.ops import eq, mask, number, slt, ule, ult
from kernel.rules import ASSUME
from kernel.sorts import BV
from kernel.term import Term, Var
from symsim.blast import Falsified
from symsim.facts import Facts
from symsim.multiples import BY_MULTIPLES

i, q, r = (Var(name, BV(64)) for name in "iqr")
BYTES = q * 80 + r * 16
KNOWN = [ASSUME(ult(i + 1, q)), ASSUME(ult(i, q)), ASSUME(ule(q, ((1 << 59) - 5) // 5)), ASSUME(ult(r, 5))]


@pytest.mark.parametrize(
    "goal",
    [
        ule(i * 80 + 144, BYTES),
        ule(number(16, 64), BYTES - i * 80 - 144),
        ~slt(BYTES - i * 80 - 80, number(64, 64)),
        ule(i * 5, (1 << 60) - 1),
        ~eq(i * 5 + 4, mask(64)),
    ],
    ids=str,
)
def test_multiples_are_in_the_order_of_their_factors(goal: Term) -> None:
    facts = Facts(KNOWN)
    th = BY_MULTIPLES(goal, KNOWN, facts.prove)
    assert th.concl is goal
    assert th.hyps <= {known.concl for known in KNOWN}


@pytest.mark.parametrize("left_out", [0, 2])
def test_without_an_order_or_a_bound_nothing_follows(left_out: int) -> None:
    known = [th for k, th in enumerate(KNOWN) if k != left_out]
    with pytest.raises(Falsified):
        BY_MULTIPLES(ule(i * 80 + 144, BYTES), known, Facts(known).prove)


def test_what_is_one_block_too_far_is_falsified_by_a_state() -> None:
    with pytest.raises(Falsified) as falsified:
        Facts(KNOWN).prove(ule(i * 80 + 176, BYTES))
    model = falsified.value.model
    assert model[i] * 80 + 176 > model[q] * 80 + model[r] * 16


def test_other_forms_of_an_order() -> None:
    known = [ASSUME(~ule(q, i)), ASSUME(~ult(number(1 << 50, 64), q))]
    goal = ult(i * 48, q * 48)
    assert BY_MULTIPLES(goal, known, Facts(known).prove).concl is goal


def test_a_goal_without_multiples_is_left_to_others() -> None:
    with pytest.raises(Falsified):
        BY_MULTIPLES(ule(i, q), KNOWN, Facts(KNOWN).prove)
