# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The checker and the kernel, which share no code, agree on random terms: values, circuits, forms, substitution."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import pytest
from certificates import certificate, check
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.bitblast import Cnf
from kernel.normal import TooLarge, anf, ring
from kernel.ops import (
    app,
    ashr,
    clmul,
    concat,
    conj,
    disj,
    eq,
    implies,
    ite,
    number,
    proj,
    read,
    ror,
    sext,
    sle,
    slt,
    tuple_,
    udiv,
    ule,
    ult,
    urem,
    write,
    zext,
)
from kernel.replay import CIRCUITS, EVALUATE, FALSE, OPERATORS, TRUE, Forms, Reader, Refused, circuit, dimacs_digest
from kernel.rules import ASSUME, EVAL, INST, REFL
from kernel.sorts import BOOL, BV, MEM, Sort
from kernel.term import OPS, Op, Term, Var, postorder, substitute
from kernel.theory import DECLARE

MOST_BITS = 12
ADDRESS = Var("a", BV(64))
MEMORY = Var("m", MEM)

binary: list[Callable[[Term, Term], Term]] = [
    lambda a, b: a & b,
    lambda a, b: a | b,
    lambda a, b: a ^ b,
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: a << b,
    lambda a, b: a >> b,
    udiv,
    urem,
    ashr,
]
orders: list[Callable[[Term, Term], Term]] = [ult, ule, slt, sle, eq]


class Choice(NamedTuple):
    """What one step of building a term takes: an operation and ways to pick its operands."""

    operation: int
    a: int
    b: int
    c: int
    k: int


def _pick(terms: list[Term], choice: int) -> Term:
    """One of the terms; every other choice takes one of the last three, so that terms grow deep."""
    return terms[choice // 2 % len(terms)] if choice % 2 else terms[-1 - choice // 2 % min(3, len(terms))]


def _apply(choice: Choice, words: list[Term], bools: list[Term], opaque: bool) -> Term:
    """A new term from the pool."""
    a, any_word = _pick(words, choice.a), _pick(words, choice.b)
    same = [t for t in words if t.sort is a.sort]
    b, c = _pick(same, choice.b), _pick(same, choice.c)
    p, q, r = _pick(bools, choice.a), _pick(bools, choice.b), _pick(bools, choice.c)
    k = choice.k
    low = k % a.width
    made: list[Callable[[], Term]] = [
        *[lambda f=f: f(a, b) for f in binary],
        *[lambda f=f: f(a, b) for f in orders],
        lambda: ~a,
        lambda: -a,
        lambda: a * number(1 << k % a.width, a.width),
        lambda: a << number(k, a.width),
        lambda: a >> number(k, a.width),
        lambda: a[min(low + k // 3, a.width - 1) : low],
        lambda: ror(a, k),
        lambda: zext(a, a.width + k % 4),
        lambda: sext(a, a.width + k % 4),
        lambda: concat(a, any_word),
        lambda: clmul(a, any_word),
        lambda: ite(p, a, b),
        lambda: ~p,
        lambda: conj(p, q, r),
        lambda: disj(p, q, r),
        lambda: p ^ q,
        lambda: implies(p, q),
        lambda: eq(p, q),
        lambda: ite(p, q, r),
        lambda: app("opaque", BV(4), p) if opaque else c,
        lambda: read(ite(p, MEMORY, write(MEMORY, ADDRESS, number(k, 16))), ADDRESS, 1) if opaque else c,
        lambda: proj(ite(p, tuple_(a, p), tuple_(b, q)), k % 2) if opaque else c,
        lambda: eq(tuple_(a, p), tuple_(b, q)) if opaque else p,
    ]
    t = made[choice.operation % len(made)]()
    return t if t.width <= MOST_BITS else t[MOST_BITS - 1 : 0]


DECLARE("opaque", [BOOL], BV(4))
numbers = st.integers(0, 10**4)
narrow, small, wide = st.integers(1, 3), st.integers(1, 6), st.integers(1, 12)
choices = st.lists(st.builds(Choice, *[numbers] * 5), min_size=1, max_size=14)


@st.composite
def pools(draw: st.DrawFn, opaque: bool = False, widths: st.SearchStrategy[int] = small) -> list[Term]:
    """Terms of bits, the later ones made of the earlier."""
    width = draw(widths)
    words = [Var("x", BV(width)), Var("y", BV(width)), number(draw(numbers), width), Var("u", BV(1))]
    bools = [Var("p", BOOL), Var("q", BOOL)]
    pool = [*words, *bools]
    for choice in draw(choices):
        t = _apply(choice, words, bools, opaque)
        (bools if t.sort is BOOL else words).append(t)
        pool.append(t)
    return pool


def replayed(t: Term) -> tuple[Reader, int]:
    """The checker's copy of a term."""
    reader = check(certificate(REFL(t)))
    return reader, reader.terms.nodes[reader.proof.concls[0]][1]


def test_the_same_operators() -> None:
    assert set(OPERATORS) == set(OPS)
    assert {name for name, op in OPS.items() if op.circuit} == set(CIRCUITS)
    assert set(EVALUATE) == {name for name, op in OPS.items() if op.evaluate} - {"read", "write", "tuple", "proj"}


@settings(max_examples=200, deadline=None)
@given(pools(opaque=True))
def test_the_same_circuits(pool: list[Term]) -> None:
    goal = pool[-1] if pool[-1].sort is BOOL else eq(pool[-1], pool[-1].width)
    cnf = Cnf(goal)
    reader, t = replayed(goal)
    made, output = circuit(reader.terms, t)
    assert (output == TRUE) == cnf.trivial
    if not cnf.trivial:
        clauses = made.clauses if output == FALSE else [*made.clauses, (-output,)]
        assert clauses == cnf.clauses
        assert dimacs_digest(made.variables, clauses) == cnf.digest()


@settings(max_examples=200, deadline=None)
@given(pools(widths=wide), numbers)
def test_the_same_values(pool: list[Term], seed: int) -> None:
    t = pool[-1]
    variables = [s for s in postorder((t,)) if s.op is OPS["var"]]
    closed = {x: constant(seed * 7919 >> i, x.sort) for i, x in enumerate(variables)}
    assert check(certificate(EVAL(substitute(t, closed)))).proved


def constant(value: int, sort: Sort) -> Term:
    """The value as a constant of the sort."""
    return number(value, sort.width) if sort is not BOOL else eq(number(value, 1), 1)


OPERANDS = {name: op for name, op in OPS.items() if op.circuit and name not in ("bool", "bv")}


@pytest.mark.parametrize("op", OPERANDS.values(), ids=OPERANDS)
def test_the_same_values_at_small_widths(op: Op) -> None:
    """Every operator on all values of two words of one to three bits."""
    parameters = {"extract": [(1, 0), (2, 1), (1, 1)], "zero_extend": [(0,), (3,)], "sign_extend": [(0,), (3,)]}
    for width in (1, 2, 3):
        for params in parameters.get(op.name, [(k,) for k in range(width)] if op.name == "rotate_right" else [()]):
            for count in (1, 2, 3):
                _compare(op, params, width, count)


def _compare(op: Op, params: tuple[int, ...], width: int, count: int) -> None:
    for sorts in ([width] * count, [0] * count, [0, *[width] * (count - 1)]):
        operator = OPERATORS[op.name]
        fits = operator.least <= count <= operator.most and operator.sort(check_terms, params, tuple(sorts)) is not None
        kernel_sorts = tuple([BV(s) if s else BOOL for s in sorts])
        try:
            sort = op.typing(params, kernel_sorts)
        except TypeError:
            assert not fits
            continue
        assert fits
        stub = Stub(params, tuple([Stub(width=s or 1) for s in sorts]), sort.width)
        for joint in range(1 << sum(s or 1 for s in sorts)):
            values, rest = [], joint
            for s in sorts:
                values.append(rest & ((1 << (s or 1)) - 1))
                rest >>= s or 1
            own = EVALUATE[op.name](values, params, [s or 1 for s in sorts], sort.width)
            assert own == op.evaluate(stub, values), (op, params, values)


class Stub(NamedTuple):
    """As much of a term as an operator's evaluation looks at."""

    params: tuple[int, ...] = ()
    args: tuple[object, ...] = ()
    width: int = 1


check_terms = Reader().terms


@settings(max_examples=200, deadline=None)
@given(pools(widths=narrow))
def test_the_same_normal_forms(pool: list[Term]) -> None:
    """The last term against others of its sort, and against sums of two."""
    t = pool[-1]
    others = [u for u in pool if u.sort is t.sort][-6:]
    others += [u ^ v if t.sort is BOOL else u + v for u, v in pairwise(others)]
    reader, _ = replayed(tuple_(t, *others))
    own, *theirs = reader.terms.arguments(reader.terms.nodes[reader.proof.concls[0]][1])
    forms = Forms(reader.terms)
    for other, its in zip(others, theirs, strict=True):
        for kernel, same, applies in ((anf, forms.same_anf, True), (ring, forms.same_ring, t.sort is not BOOL)):
            if applies:
                try:
                    expected = kernel(t) == kernel(other)
                except TooLarge:
                    continue
                assert same(own, its) == expected


@settings(max_examples=60, deadline=None)
@given(pools(widths=narrow))
def test_normal_forms_are_sound(pool: list[Term]) -> None:
    """Terms that the checker calls equal have equal values under all assignments."""
    t = pool[-1]
    others = [u for u in pool[:-1] if u.sort is t.sort][-4:]
    variables = sorted({s for u in (t, *others) for s in postorder((u,)) if s.op is OPS["var"]}, key=lambda s: s.id)
    total = sum(x.width for x in variables)
    reader, _ = replayed(tuple_(t, *others))
    own, *theirs = reader.terms.arguments(reader.terms.nodes[reader.proof.concls[0]][1])
    forms = Forms(reader.terms)
    for other, its in zip(others, theirs, strict=True):
        if not (forms.same_anf(own, its) or (t.sort is not BOOL and forms.same_ring(own, its))):
            continue
        for joint in range(1 << total):
            values, rest = {}, joint
            for x in variables:
                values[x] = constant(rest & ((1 << x.width) - 1), x.sort)
                rest >>= x.width
            assert EVAL(substitute(t, values)).rhs is EVAL(substitute(other, values)).rhs


@settings(max_examples=100, deadline=None)
@given(pools(opaque=True), st.lists(numbers, min_size=6, max_size=6))
def test_the_same_substitution(pool: list[Term], picks: list[int]) -> None:
    t = pool[-1]
    variables = sorted({s for s in postorder((t,)) if s.op is OPS["var"] and s.width}, key=lambda s: s.id)
    mapping = {}
    for x, pick in zip(variables, picks, strict=False):
        same = [u for u in pool if u.sort is x.sort]
        if same:
            mapping[x] = same[pick % len(same)]
    thm = INST(INST(ASSUME(eq(t, t)), mapping), mapping)
    assert check(certificate(thm)).proved


def test_too_large_forms_are_refused_not_computed() -> None:
    product = Var("x0", BV(1)) ^ Var("x1", BV(1))
    for i in range(1, 18):
        product = product & (Var(f"x{2 * i}", BV(1)) ^ Var(f"x{2 * i + 1}", BV(1)))
    reader, t = replayed(product)
    with pytest.raises(Refused, match="a normal form of over"):
        Forms(reader.terms).same_anf(t, t)
    with pytest.raises(TooLarge):
        anf(product)
