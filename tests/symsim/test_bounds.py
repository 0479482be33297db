# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Inequalities between sums that do not wrap: what follows is proved without a solver's search, what does not is not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.evaluate import evaluate
from kernel.ops import eq, ite, number, slt, ule, ult, zext
from kernel.rules import ASSUME
from kernel.sorts import BV
from kernel.term import Term, Var
from symsim.bounds import Bounds
from symsim.farkas import CONSTANT, multiples

i, n, q, r, x, y = (Var(name, BV(64)) for name in "inqrxy")
v, w = Var("v", BV(32)), Var("w", BV(32))
MOST = (1 << 60) - 1
ROUNDS = [ule(q, MOST // 5 - 1), ult(r, number(5, 64)), ult(i, q)]
HALF = [ule(q, (MOST >> 1) // 5 - 1), ult(r, number(5, 64))]
BYTES = (q * 5 + r) * 16
ONE = ite(eq(w, 0), number(0, 64), number(1, 64))


def bounds(*facts: Term) -> Bounds:
    return Bounds(map(ASSUME, facts))


@pytest.mark.parametrize(
    ("facts", "goal"),
    [
        (ROUNDS, ule((i * 5 + 4) * 16, BYTES)),
        (ROUNDS, ule(number(16, 64), BYTES - (i * 5 + 4) * 16)),
        ([*ROUNDS, ult(i + 1, q)], ult((i * 5 + 9) * 16, BYTES)),
        ([*ROUNDS, ult(i + 1, q)], ule(number(80, 64), BYTES - i * 80 - 80)),
        ([ult(i, n)], ~eq(i, n)),
        ([ult(i, n), ult(i + 1, n), ule(n, MOST >> 2)], ~eq((i - n) * 64 + 64, 0)),
        ([ult(i, n)], ~eq(n, 0)),
        ([~eq(n, 0)], ult(n - 1, n)),
        ([~ule(n, i)], ule(i + 1, n)),
        ([~ult(n, i), ule(n, i)], eq(i, n)),
        ([], ule(zext(w, 64) * 64, 1 << 40)),
        ([ult(w, 8), ~ult(w, 5)], ult(number(4, 32), w)),
        ([ult(w, 8), ~ule(w, 6)], eq(w, 7)),
        ([ult(w, 8), ~eq(w, 7), eq(i, zext(w, 64) + 9)], ult(i, number(16, 64))),
        ([eq(x, y)], ule(x, y)),
        ([ult(i, n) & ult(n, x)], ~(ule(x, i) & eq(x, y)) & ~~ult(i, x)),
        ([~~ult(i, n)], ~eq(n, i)),
        (HALF, ~slt(BYTES, number(-80, 64))),
        ([*HALF, ~slt(BYTES - 80, number(0, 64))], ule(BYTES - 80, BYTES)),
        ([ult(r, number(5, 64))], slt(r * 16 - 80, 0)),
        ([ule(n, 1 << 40), slt(n - 64, 0)], ult(n, number(64, 64))),
        ([~eq(n, 0), ule(q * 5, n - ONE), ule(q, MOST // 5)], ule(q * 5, n)),
        ([], ule(ONE, number(1, 64))),
        ([ule(i, n), ~eq(n, i)], ult(i, n)),
        ([ule(q * 5, n), ult(n - q * 5, number(3, 64)), ~eq(n, q * 5), ~eq(n, q * 5 + 1), ule(n, MOST), ule(q, MOST)], eq(n, q * 5 + 2)),
        ([~eq(n, i), ult(i - 1, n), ~eq(i, 0)], ult(i, n)),
        ([~eq(x, (1 << 64) - 1)], ult(x, x + 1)),
        ([ule(x * 3, y), ule(y, 1 << 40), ule(x, 1 << 40)], ule(x, y)),
        ([ule(n, MOST >> 2), ule(number(32, 64), n * 16)], ule(number(2, 64), n)),  # half of it by 16 times the goal
        ([ule(q, MOST // 10), ~eq(q * 80 + 16, 0), ult(x, q * 5 + 1)], ule(number(16, 64), q * 80 + 38 - x * 16)),
        ([~eq(i, (1 << 64) - 1), ult(i + 1, n), ule(n, MOST >> 2)], ~eq((i - n) * 64 + 64, 0)),
    ],
)
def test_what_follows_is_proved_from_the_facts(facts: list[Term], goal: Term) -> None:
    th = bounds(*facts).prove(goal)
    assert th is not None and th.concl is goal
    assert th.hyps <= set(facts)


@pytest.mark.parametrize(
    ("facts", "goal"),
    [
        (ROUNDS, ule((i * 5 + 5) * 16, BYTES - 16)),
        (ROUNDS[1:], ule(i * 80, BYTES)),  # the number of bytes may wrap
        ([ule(n, i)], ult(n, i)),
        ([ult(i, n)], ule(i * 2, n * 2)),  # twice n may wrap
        ([], ule(zext(w, 64), 1 << 31)),
        ([~eq(n, 1)], ~eq(n, 0)),
        ([], ult(x, x + 1)),
        ([ult(x, n)], slt(x, n)),
        ([ult(i, n)], ult(i, n) & ult(i, x)),
        ([ult(i, n)], ~(ult(i, n) & ult(i, x))),
        ([ule(n, MOST >> 2), ule(number(32, 64), n * 16)], ule(number(3, 64), n)),
        ([ule(q, MOST // 10), ult(x, q * 5 + 1)], ule(number(39, 64), q * 80 + 38 - x * 16)),
        ([ule(q * 5, n - ONE)], ule(q * 5, n)),  # nothing may be taken away from 0
        ([~eq(n, 0), ule(q * 5, n - ONE)], ule(q * 5 + 1, n)),
        ([ule(q * 5, n), ult(n - q * 5, number(3, 64)), ~eq(n, q * 5 + 1), ule(n, MOST), ule(q, MOST)], eq(n, q * 5 + 2)),
        (ROUNDS, ~slt(BYTES, number(-80, 64))),  # so many bytes may be negative
        ([], ule(w, v)),
        ([ult(w, 8)], ult(w + 1, number(9, 32))),  # no sums of shorter words
        ([slt(w, 8)], ult(w, 8)),
    ],
)
def test_what_does_not_follow_is_not(facts: list[Term], goal: Term) -> None:
    assert bounds(*facts).prove(goal) is None


def test_facts_may_need_later_ones_to_be_understood() -> None:
    known = bounds(ult(i + 1, n)).extended([ASSUME(ult(i, n))])
    assert known.prove(ult(i + 1, n)) is not None


def test_parts_of_a_fact_may_need_later_ones_as_well() -> None:
    known = bounds(ult(i + 1, n) & ~~ult(x, y)).extended([ASSUME(ult(i, n))])
    assert known.prove(ult(i + 1, n) & ult(x, y)) is not None


def test_a_parent_learns_nothing_from_its_child() -> None:
    parent = bounds(ult(i, n))
    assert parent.extended([ASSUME(ult(n, x))]).prove(ult(i, x)) is not None
    assert parent.prove(ult(i, x)) is None


FORMS = st.dictionaries(st.sampled_from(["x", "y", "z", CONSTANT]), st.integers(-6, 6))


@given(FORMS, st.lists(FORMS, max_size=5))
@settings(deadline=None)
def test_multiples_add_up(goal: dict[str | None, int], known: list[dict[str | None, int]]) -> None:
    found = multiples(goal, known)
    if found is not None:
        k, factors = found
        assert k > 0 and all(factor >= 0 for factor in factors)
        for key in ("x", "y", "z"):
            assert k * goal.get(key, 0) == sum(m * f.get(key, 0) for m, f in zip(factors, known, strict=True))
        assert k * goal.get(CONSTANT, 0) >= sum(m * f.get(CONSTANT, 0) for m, f in zip(factors, known, strict=True))


@given(st.lists(FORMS, min_size=1, max_size=5), st.lists(st.integers(0, 3), min_size=5, max_size=5), st.integers(0, 3))
@settings(deadline=None)
def test_a_sum_of_multiples_is_found(known: list[dict[str | None, int]], factors: list[int], rest: int) -> None:
    goal = {CONSTANT: rest}
    for k, form in zip(factors, known, strict=False):
        for key, c in form.items():
            goal[key] = goal.get(key, 0) + k * c
    assert multiples(goal, known) is not None


@given(st.lists(st.integers(0, 8), min_size=3, max_size=3), st.lists(st.integers(0, 3), min_size=6, max_size=6))
@settings(deadline=None, max_examples=50)
def test_what_is_proved_holds(values: list[int], c: list[int]) -> None:
    known = bounds(ult(i, n), ule(n, 1000), ult(x, i))
    goal = ule(i * c[0] + x * c[1] + c[2], n * c[3] + x * c[4] + c[5])
    state = dict(zip((x, i, n), sorted(values), strict=True))
    if known.prove(goal) is not None and evaluate(ult(i, n), state) and evaluate(ult(x, i), state):
        assert evaluate(goal, state)
