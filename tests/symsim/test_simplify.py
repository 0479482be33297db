# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Normal forms of what has no XOR-of-AND form of its own, and rules about one application or about all."""

import pytest

from crypto_specs.defined import Defined
from kernel.ops import ashr, concat, eq, ite, number, sext
from kernel.rules import ASSUME, INST
from kernel.sorts import BV
from kernel.term import Var
from symsim.fold import as_rewrite
from symsim.memory import Memory
from symsim.simplify import Simplifier, is_general

X, Y = Var("x", BV(8)), Var("y", BV(8))
twice = Defined("test_simplify_twice", (X,), X + X)


def test_copies_of_a_sign_are_bits_like_others() -> None:
    top = X[7]
    normal = Simplifier().normalize
    assert normal(sext(X, 10)).rhs is normal(concat(top, top, X)).rhs
    assert normal(ashr(X, 2)).rhs is normal(concat(top, top, X[7:2])).rhs
    assert normal(ashr(X, 9)).rhs is normal(concat(*[top] * 8)).rhs
    assert normal(ashr(X, Y)).rhs is ashr(X, Y)


def test_a_rule_is_about_all_applications_or_about_one() -> None:
    assert is_general(twice.definition)
    assert not is_general(INST(twice.definition, {X: number(3, 8)}))
    assert not is_general(INST(twice.definition, {X: X ^ Y}))


@pytest.mark.parametrize("argument", [X ^ Y, Y ^ X])
def test_a_fact_comes_before_the_rule(argument) -> None:  # type: ignore[no-untyped-def]
    simplifier = Simplifier()
    simplifier.add_rule(twice.definition)
    fact = ASSUME(eq(twice(argument), Y))
    simplifier.add_fact(as_rewrite(fact, simplifier))
    assert simplifier.normalize(twice(X ^ Y)).rhs is Y
    assert simplifier.normalize(twice(X)).rhs is simplifier.normalize(X + X).rhs


@pytest.mark.parametrize(("known", "flipped", "changes"), [(0, 0x30, True), (0, 0x1000, False), (1, 0x30, False), (None, 0x30, False)])
def test_low_bits_of_an_aligned_address_flip_in_its_offset(known: int | None, flipped: int, changes: bool) -> None:
    base = Var("aligned_base", BV(64))
    simplifier = Simplifier()
    if known is not None:
        simplifier.add_fact(ASSUME(eq(base[11:0], known)))
    th = simplifier.normalize((base + 0x5520) ^ flipped)
    assert (th.rhs is base + (0x5520 ^ flipped)) is changes
    assert len(th.hyps) == int(changes)


def with_memory() -> Simplifier:
    simplifier = Simplifier()
    Memory(simplifier, [], lambda a, b: pytest.fail("no areas"))
    return simplifier


def test_what_does_not_contain_a_condition_is_taken_over() -> None:
    parent, child = with_memory(), with_memory()
    p, one, other = eq(X, 3), ite(eq(X, 3), X, Y), (X + Y) + (X + 1)
    known = parent.conversion(other)
    assert parent.normalize(one).rhs is one
    child.inherit(parent, {p})
    child.assume_true(ASSUME(p))
    assert child.conversion(other) is known
    assert child.normalize(one).rhs is X and child.normalize(one + Y).rhs is child.normalize(X + Y).rhs
    assert parent.normalize(one).rhs is one


def test_a_later_fact_comes_before_what_was_taken_over() -> None:
    parent, child = with_memory(), with_memory()
    assert parent.normalize(twice(X)).rhs is twice(X)
    child.inherit(parent, ())
    child.add_fact(ASSUME(eq(twice(X), Y)))
    grandchild = with_memory()
    grandchild.inherit(child, ())
    assert [s.normalize(twice(X)).rhs for s in (parent, child, grandchild)] == [twice(X), Y, Y]


def test_a_grandchild_knows_the_conditions_of_both() -> None:
    parent, child, grandchild = with_memory(), with_memory(), with_memory()
    p, q = eq(X, 3), eq(Y, 4)
    both = ite(p, ite(q, X, Y), Y)
    parent.normalize(both)
    child.inherit(parent, {p})
    child.assume_true(ASSUME(p))
    grandchild.inherit(child, {q})
    grandchild.assume_true(ASSUME(q))
    assert grandchild.normalize(both).rhs is X
