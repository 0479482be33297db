# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Carry-less products opened, and the algebra of GHASH's field that follows from it."""

from random import Random

import pytest

from crypto_specs.gcm import multiply
from kernel.evaluate import evaluate
from kernel.ops import clmul, eq, number, zext
from kernel.rules import ANF
from kernel.sorts import BV
from kernel.term import Term, Var, free_vars
from kernel.thm import KernelError
from symsim.carryless import BY_CONSTANT, EXPANDED, ORDERED, SWAPPED
from symsim.proofs import gf128
from symsim.simplify import Simplifier

X, Y = Var("x8", BV(8)), Var("y5", BV(5))
A, B, C = (Var(name, BV(128)) for name in "abc")


@pytest.mark.parametrize("theorem", [EXPANDED, SWAPPED])
def test_a_product_is_what_it_is_opened_to(theorem) -> None:  # type: ignore[no-untyped-def]
    th = theorem(clmul(X, Y))
    assert not th.hyps
    random = Random(1)
    for _ in range(50):
        at = {X: random.getrandbits(8), Y: random.getrandbits(5)}
        assert evaluate(th.lhs, at) == evaluate(th.rhs, at)


def test_a_product_by_a_constant_is_a_sum_of_shifts() -> None:
    assert BY_CONSTANT(clmul(X, number(0b101, 5))).rhs is zext(X, 13) << 0 ^ (zext(X, 13) << 2)
    simplifier = Simplifier()
    for product in (clmul(X, number(0b101, 5)), clmul(number(0b101, 5), X)):
        same = simplifier.normalize(eq(product, zext(X, 13) ^ (zext(X, 13) << 2)))
        assert same.rhs is number(1, 1) or same.rhs.params == (1,)
    assert simplifier.normalize(clmul(X, number(0, 5))).rhs is number(0, 13)


def test_factors_of_one_width_are_ordered() -> None:
    p, q = Var("p", BV(8)), Var("q", BV(8))
    older, younger = sorted((p, q), key=lambda t: t.id)
    assert ORDERED(clmul(older, younger)) is None
    swapped = ORDERED(clmul(younger, older))
    assert swapped is not None
    assert swapped.rhs is clmul(older, younger)
    assert Simplifier().normalize(clmul(p, q) ^ clmul(q, p)).rhs is number(0, 16)


def test_without_opening_the_products_differ() -> None:
    p, q = Var("p", BV(8)), Var("q", BV(8))
    with pytest.raises(KernelError, match="differ"):
        ANF(clmul(p, q), clmul(q, p))


@pytest.mark.parametrize(
    ("law", "left", "right"),
    [
        (gf128.COMMUTATIVE, multiply(A, B), multiply(B, A)),
        (gf128.LINEAR_LEFT, multiply(A ^ B, C), multiply(A, C) ^ multiply(B, C)),
        (gf128.LINEAR_RIGHT, multiply(A, B ^ C), multiply(A, B) ^ multiply(A, C)),
        (gf128.ASSOCIATIVE, multiply(multiply(A, B), C), multiply(A, multiply(B, C))),
    ],
)
def test_the_laws_of_the_field(law, left: Term, right: Term) -> None:  # type: ignore[no-untyped-def]
    th = law()
    assert th.concl is eq(left, right)
    assert not th.hyps
    assert not th.oracles
    assert free_vars(th.concl) <= {A, B, C}


def test_what_is_no_law_has_another_form() -> None:
    with pytest.raises(KernelError, match="differ"):
        gf128.by_selections(multiply(A ^ B, C), multiply(A, C) ^ multiply(B, B))
    with pytest.raises(KernelError, match="differ"):
        gf128.by_selections(multiply(A, B), multiply(A, A))
