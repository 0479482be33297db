# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Taking common factors out of sums changes no value, and is what makes distances in blocks easy for SAT."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kernel.evaluate import evaluate
from kernel.ops import BVMUL, eq, number, ule, ult
from kernel.rules import ASSUME
from kernel.sorts import BV
from kernel.term import Term, Var, postorder
from symsim.blast import Falsified
from symsim.factored import FACTORED, WITH_FACTORS
from symsim.facts import Facts

NAMES = [Var(name, BV(64)) for name in "abc"]
i, n, r = (Var(name, BV(64)) for name in "inr")


def products(t: Term) -> int:
    return sum(s.op is BVMUL for s in postorder((t,)))


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from([1, -1, 3, -3, 72, -72, 1 << 63])), min_size=1, max_size=6), st.data())
def test_values_stay(parts: list[tuple[Term, int]], data: st.DataObject) -> None:
    total = number(5, 64)
    for x, k in parts:
        total = total + x * (k & (1 << 64) - 1)
    p = ule(total, NAMES[0] * 3 - NAMES[1] * 3)
    same = FACTORED(p)
    assert same.lhs is p
    assert products(same.rhs) <= products(p)
    values = {x: data.draw(st.integers(0, (1 << 64) - 1)) for x in NAMES}
    assert evaluate(same.rhs, values) == evaluate(p, values)


def test_one_product_for_two() -> None:
    same = FACTORED(ult(n * 136 - i * 136 + r, 136))
    assert products(same.rhs) == 1


def test_products_that_two_sums_share_stay() -> None:
    a, b, _ = NAMES
    p = ule(number(5, 64) + a * 1 + a * 3 + b * 3, a * 3 - b * 3)
    assert FACTORED(p).rhs is p


def test_a_formula_without_common_factors_stays() -> None:
    th = ASSUME(ule(n * 136, i * 72 + r))
    assert WITH_FACTORS(th) is th


def test_distances_in_blocks() -> None:
    left = n * 136 + r - i * 136
    facts = Facts([ASSUME(ult(i, n + 1)), ASSUME(ule(n, 1 << 56)), ASSUME(ult(r, 136)), ASSUME(ult(left, 136))])
    assert facts.prove(eq(n, i)).concl is eq(n, i)
    try:
        facts.prove(eq(r, 0))
    except Falsified as error:
        assert error.model
    else:
        raise AssertionError("r may be anything below 136")
