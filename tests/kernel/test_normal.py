# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The normal forms mean what their terms mean, tell no two equal ones apart that they should not, and stay what they are."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import reduce

import pytest
from hypothesis import given, settings
from model import assignment
from strategies import pool, seeds, sizes

from kernel.evaluate import evaluate
from kernel.normal import LIMIT, TooLarge, anf, factor_parts, ring
from kernel.ops import BVMUL, clmul, concat, disj, eq, implies, ite, mask, number, ror, sext, ult, zext
from kernel.rules import ANF, RING
from kernel.sorts import BOOL, BV, MEM
from kernel.term import Term, Var, by_id, mk
from kernel.thm import KernelError

x, y, z, w = (Var(name, BV(32)) for name in "xyzw")
a, b, c, d = (Var(name, BV(16)) for name in "abcd")
p, q, r = (Var(name, BOOL) for name in "pqr")
u, v = Var("u", BV(1)), Var("v", BV(1))


def ring_value(t: Term, values: dict[Term, int]) -> int:
    """What the polynomial of a term is worth, its atoms evaluated."""
    total = 0
    for monomial, coefficient in ring(t).items():
        assert 0 < coefficient <= mask(t.width)
        assert list(monomial) == sorted(monomial)
        assert all(by_id(i).sort is t.sort for i in monomial)
        total += coefficient * reduce(lambda n, i: n * evaluate(by_id(i), values), monomial, 1)
    return total & mask(t.width)


def anf_value(t: Term, values: dict[Term, int]) -> int:
    """What the bitwise form of a term is worth, its atoms evaluated."""
    total = 0
    for monomial, bits in anf(t).items():
        assert 0 < bits <= mask(t.width)
        assert list(monomial) == sorted(set(monomial))
        word = bits
        for factor in monomial:
            number_, offset = factor_parts(factor)
            atom = by_id(number_)
            assert offset < atom.width
            value = evaluate(atom, values)
            word &= sum((value >> (i + offset) % atom.width & 1) << i for i in range(t.width))
        total ^= word
    return total


@settings(max_examples=150, deadline=None)
@given(seeds, sizes)
def test_a_polynomial_means_its_term(seed: int, size: int) -> None:
    terms = [t for t in pool(seed, size, (1, 5, 8), arithmetic=True) if t.sort is not BOOL]
    chosen = random.Random(seed)
    for t in terms[-4:]:
        try:
            ring(t)
        except TooLarge:
            continue
        for _ in range(5):
            values = assignment(terms, chosen)
            assert ring_value(t, values) == evaluate(t, values)


@settings(max_examples=150, deadline=None)
@given(seeds, sizes)
def test_a_bitwise_form_means_its_term(seed: int, size: int) -> None:
    terms = pool(seed, size, (1, 2, 5, 8, 70))
    chosen = random.Random(seed)
    for t in terms[-4:]:
        try:
            anf(t)
        except TooLarge:
            continue
        for _ in range(3):
            values = assignment(terms, chosen)
            assert anf_value(t, values) == evaluate(t, values)


@settings(max_examples=50, deadline=None)
@given(seeds, sizes)
def test_equal_forms_are_equal_values(seed: int, size: int) -> None:
    """At widths where terms are often equal by chance."""
    terms = pool(seed, size + 15, (1, 2), arithmetic=seed % 2 == 0)
    chosen = random.Random(seed)
    rows = [assignment(terms, chosen) for _ in range(12)]
    for sort in (BOOL, BV(1), BV(2)):
        same = [t for t in terms if t.sort is sort][-12:]
        for t in same:
            for other in same:
                for rule in (RING, ANF):
                    try:
                        rule(t, other)
                    except KernelError:
                        continue
                    assert all(evaluate(t, values) == evaluate(other, values) for values in rows)


def shifted_rotation(t: Term, k: int) -> Term:
    """A rotation to the right, by shifts."""
    return t >> k | t << t.width - k


def byte(t: Term, i: int) -> Term:
    """Byte i, 0 the least significant."""
    return t[8 * i + 7 : 8 * i]


def swapped_by_masks(t: Term) -> Term:
    """The bytes of a 32-bit word in the opposite order, two at a time."""
    t = (t & 0x00FF00FF) << 8 | (t & 0xFF00FF00) >> 8
    return t << 16 | t >> 16


def karatsuba(t: Term, s: Term) -> Term:
    """The product of 16-bit words in 32 bits, by three products of halves."""
    low_t, low_s = (zext(f[7:0], 32) for f in (t, s))
    high_t, high_s = (zext(f[15:8], 32) for f in (t, s))
    low, high = low_t * low_s, high_t * high_s
    middle = (low_t + high_t) * (low_s + high_s) - low - high
    return (high << 16) + (middle << 8) + low


def schoolbook(t: Term, s: Term) -> Term:
    """The same by four products."""
    low_t, low_s = (zext(f[7:0], 32) for f in (t, s))
    high_t, high_s = (zext(f[15:8], 32) for f in (t, s))
    return low_t * low_s + (low_t * high_s << 8) + (high_t * low_s << 8) + (high_t * high_s << 16)


POLYNOMIALS: dict[str, tuple[Term, Term]] = {
    "distributivity": ((x + y) * (z + w), x * z + x * w + y * z + y * w),
    "difference of squares": ((x + y) * (x - y), x * x - y * y),
    "commutativity": (x * y * z, z * (y * x)),
    "sums in another order": (x + (y + (z + w)), ((w + y) + z) + x),
    "negation": (-(x - y), y - x),
    "complement": (~x + 1, -x),
    "complement of a sum": (~(x + y), ~x - y),
    "complement twice": (~~x, x),
    "shift": (x << 5, x * 32),
    "shift beyond": (x << 32, number(0, 32)),
    "shift of a sum": ((x + y) << 31, (x << 31) - (y << 31)),
    "coefficients modulo 2^n": (mk(BVMUL, (), (x, number(1 << 31, 32), number(2, 32))), number(0, 32)),
    "cancellation": (x * y - y * x + 7, number(7, 32)),
    "Karatsuba": (karatsuba(a, b), schoolbook(a, b)),
    "power": ((x + 1) * (x + 1) * (x + 1), x * x * x + x * x * 3 + x * 3 + 1),
    "one bit": (u * u + u + u, u * u),
    "atoms": ((x ^ y) + (x & y) - (x ^ y), x & y),
}

BITWISE: dict[str, tuple[Term, Term]] = {
    "Ch with ⊕": ((x & y) ^ (~x & z), z ^ (x & (y ^ z))),
    "Ch with ∨": ((x & y) | (~x & z), z ^ (x & (y ^ z))),
    "Maj with ∨": ((x & y) ^ (x & z) ^ (y & z), (x & y) | (z & (x | y))),
    "Maj by Ch": ((x & y) ^ (x & z) ^ (y & z), ((x ^ y) & z) ^ (x & y)),
    "Maj by differences": (y ^ ((x ^ y) & (y ^ z)), (x & y) ^ (x & z) ^ (y & z)),
    "de Morgan": (~(x & y), ~x | ~y),
    "absorption": (x | (x & y), x),
    "rotation by shifts": (ror(x, 7), shifted_rotation(x, 7)),
    "rotation by slices": (ror(x, 7), concat(x[6:0], x[31:7])),
    "rotations add up": (ror(ror(x, 20), 15), ror(x, 3)),
    "Σ0 by one rotation less": (ror(x, 2) ^ ror(x, 13) ^ ror(x, 22), ror(ror(ror(x, 9) ^ x, 11) ^ x, 2)),
    "byte swap by masks": (swapped_by_masks(x), concat(*[byte(x, i) for i in range(4)])),
    "byte swap by rotations": ((ror(x, 8) & 0xFF00FF00) | (ror(x, 24) & 0x00FF00FF), swapped_by_masks(x)),
    "halves": (concat(x[31:16], x[15:0]), x),
    "slice of a concatenation": (concat(x, y)[47:16], concat(x[15:0], y[31:16])),
    "slice of zeros": (zext(a, 32)[31:16], number(0, 16)),
    "shift out and in": (x >> 8 << 8, x & 0xFFFFFF00),
    "shift beyond": (x >> 32, x << 40),
    "times a power of two": (x * 256, x << 8),
    "mask by shifts": (x << 24 >> 24, zext(x[7:0], 32)),
    "exclusive or of itself": (x ^ y ^ x ^ number(5, 32), y ^ 5),
    "one-bit choice": (ite(p, u, v), ite(~p, v, u)),
    "choice as a sum": (ite(eq(u, 1), v, u), u & v),
    "implication": (implies(p, q), ~p | q),
    "contraposition": (implies(p, q), implies(~q, ~p)),
    "equality of Bools": (eq(p, q), ~(p ^ q)),
    "equality of bits": (eq(u, v), eq(u ^ v, number(0, 1))),
    "cases": ((p & q) ^ (~p & q), q),
    "disjunction of three": (disj(p, q, r), ~(~p & ~q & ~r)),
    "Bool choice": (ite(p, q, r), (p & q) | (~p & r)),
    "atoms by bits": ((x + y)[7:0] ^ (x + y)[15:8], (x + y)[15:8] ^ zext((x + y)[7:0], 8)),
    "a product of carry-less words": (clmul(a, b)[31:8], zext(clmul(a, b), 40)[31:8]),
}


@pytest.mark.parametrize("name", POLYNOMIALS)
def test_ring_decides(name: str) -> None:
    left, right = POLYNOMIALS[name]
    assert RING(left, right).concl is eq(left, right)


@pytest.mark.parametrize("name", BITWISE)
def test_anf_decides(name: str) -> None:
    left, right = BITWISE[name]
    assert ANF(left, right).concl is eq(left, right)


def off_by_one(t: Term) -> Term:
    """Another value than the term's."""
    return ~t if t.sort is BOOL else t ^ 1 if t.width > 1 else ~t


@pytest.mark.parametrize("name", BITWISE)
def test_anf_tells_apart(name: str) -> None:
    left, right = BITWISE[name]
    with pytest.raises(KernelError, match="the forms differ"):
        ANF(left, off_by_one(right))


@pytest.mark.parametrize("name", POLYNOMIALS)
def test_ring_tells_apart(name: str) -> None:
    left, right = POLYNOMIALS[name]
    with pytest.raises(KernelError, match="the polynomials differ"):
        RING(left, right + 1)


@pytest.mark.parametrize("form", [ring, anf])
def test_forms_are_read_only(form: Callable[[Term], dict[tuple[int, ...], int]]) -> None:
    """They are what the rules remember: a form emptied by its reader would prove x = 0."""
    fresh = Var("read_only", BV(8))
    for attack in (lambda f: f.clear(), lambda f: f.pop((), 0), lambda f: f.update({}), lambda f: f.__setitem__((), 1)):
        with pytest.raises((AttributeError, TypeError)):
            attack(form(fresh))
    with pytest.raises(KernelError, match="differ"):
        (RING if form is ring else ANF)(fresh, number(0, 8))


def test_what_is_not_interpreted_is_an_atom() -> None:
    two, memory = Var("x", BV(2)), Var("m", MEM)
    words = (x + y, sext(a, 32), clmul(a, b), x >> y, ite(eq(x, y), x, y), mk(BVMUL, (), (x, x, number(2, 32))))
    bools = (eq(x, y), eq(two, ~two), eq(memory, memory), ult(two, two))
    for t in (*words, ite(p, two, two), *bools):
        ((monomial, bits),) = anf(t).items()
        assert [factor_parts(f) for f in monomial] == [(t.id, 0)]
        assert bits == mask(t.width)
    for t in (x & y, zext(a, 32), x >> 1, x << y):
        assert dict(ring(t)) == {(t.id,): 1}


@pytest.mark.parametrize("form", [ring, anf])
def test_a_form_that_was_forgotten_is_made_again(
    form: Callable[[Term], dict[tuple[int, ...], int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kernel.normal.KEPT", 4)
    x = Var("forgotten", BV(64))
    terms = [(x << k) + 1 if form is ring else (x << k) ^ 1 for k in range(1, 20)]
    forms = [dict(form(t)) for t in terms]
    assert [dict(form(t)) for t in terms] == forms


def test_growth_is_stopped_early() -> None:
    """Well before all of LIMIT² products are made."""

    def sum_of(names: str, count: int) -> Term:
        return reduce(lambda s, i: s + Var(f"{names}{i}", BV(32)), range(1, count), Var(f"{names}0", BV(32)))

    square = sum_of("s", 150) * sum_of("s", 150)
    assert len(ring(square)) < LIMIT
    with pytest.raises(KernelError, match="RING: a product of over 20000 monomials"):
        RING(square * square, x)
