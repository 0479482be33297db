# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The memory rules against memories that are functions: near each other, overlapping by a byte, and around 2^64."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model import Memory, counterexample, true_cases
from strategies import seeds

from kernel.arrays import (
    READ_PART,
    READ_WRITE_IN,
    READ_WRITE_OUT,
    WRITE_READ,
    WRITE_WRITE_IN,
    WRITE_WRITE_OUT,
    Apart,
    offset,
)
from kernel.evaluate import evaluate
from kernel.ops import BVADD, eq, number, read, ule, write
from kernel.rules import ASSUME
from kernel.sorts import BV, MEM
from kernel.term import Term, Var, mk
from kernel.thm import KernelError, Thm

m = Var("m", MEM)
a, b, c = (Var(name, BV(64)) for name in "abc")
TOP = 1 << 64

sizes = st.integers(1, 9)
near = st.integers(-10, 10)


def address(root: Term, distance: int, spelling: int) -> Term:
    """root + distance, in one of several spellings of the same sum."""
    return [
        root + distance,
        distance + root,
        mk(BVADD, (), (number(distance - 7, 64), root, number(7, 64))),
        mk(BVADD, (), (root, number(TOP - 1, 64), number(distance + 1, 64))),
    ][spelling % 4]


def word(size: int, name: str) -> Term:
    """A variable of that many bytes."""
    return Var(f"{name}{size}", BV(8 * size))


def sound(th: Thm, seed: int) -> bool:
    """Whether no values were found that refute the theorem."""
    return counterexample(th, seed, tries=12) is None


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([a, number(0, 64), number(TOP - 3, 64), a + b]), near, near, sizes, sizes, seeds)
def test_inside(root: Term, d: int, e: int, n: int, k: int, seed: int) -> None:
    """Areas that begin a constant apart: what is inside is accepted, everything else refused, and what is accepted holds."""
    if root is a + b:
        first, second = mk(BVADD, (), (a, b, number(d, 64))), mk(BVADD, (), (a, number(e, 64), b))
    else:
        first, second = address(root, d, seed), address(root, e, seed >> 2)
    inside = d <= e <= d + n - k
    written = write(m, first, word(n, "v"))
    for use in (
        lambda: READ_PART(read(m, second, k), first, n),
        lambda: READ_WRITE_IN(read(written, second, k)),
        lambda: WRITE_WRITE_IN(write(written, second, word(k, "w"))),
    ):
        if inside:
            assert sound(use(), seed)
        else:
            with pytest.raises(KernelError, match="is not inside"):
                use()
    assert sound(WRITE_READ(m, first, n), seed)


def apart(n: int, k: int) -> Apart:
    """[a, a + n) and [b, b + k) are disjoint, by assumption."""
    return Apart(a, n, b, k, ASSUME(ule(number(n, 64), b - a)), ASSUME(ule(number(k, 64), a - b)))


@settings(max_examples=150, deadline=None)
@given(sizes, sizes, st.integers(-1, 6), st.integers(-1, 6), sizes, sizes, seeds)
def test_apart(n: int, k: int, d: int, e: int, written: int, other: int, seed: int) -> None:
    """A write in [a, a + n) and another access in [b, b + k): accepted exactly when both are inside."""
    fits = 0 <= d <= n - written and 0 <= e <= k - other
    stored = write(m, address(a, d, seed), word(written, "v"))
    there = address(b, e, seed >> 2)
    for rule, t in (
        (READ_WRITE_OUT, read(stored, there, other)),
        (WRITE_WRITE_OUT, write(stored, there, word(other, "w"))),
    ):
        if fits:
            assert sound(rule(t, apart(n, k)), seed)
        else:
            with pytest.raises(KernelError, match="is not inside"):
                rule(t, apart(n, k))


def test_the_premises_say_disjoint() -> None:
    """For all areas of up to four bytes at all distances up to eight, on both sides of 2^64."""
    for n in range(1, 5):
        for k in range(1, 5):
            premises = apart(n, k)
            for base in (0, 3, TOP - 2):
                for distance in range(-8, 9):
                    values = {a: base, b: base + distance & TOP - 1}
                    said = all(evaluate(th.concl, values) for th in (premises.after, premises.before))
                    one = {base + i & TOP - 1 for i in range(n)}
                    other = {base + distance + i & TOP - 1 for i in range(k)}
                    assert said == one.isdisjoint(other), (n, k, base, distance)


def test_theorems_about_areas_apart_are_not_empty() -> None:
    th = READ_WRITE_OUT(read(write(m, a, word(2, "v")), b, 1), apart(2, 1))
    assert true_cases(th, tries=100) > 20
    unsound = eq(read(write(m, a, word(2, "v")), b, 1), read(m, b, 1))
    assert counterexample(ASSUME(ule(number(2, 64), b - a)), tries=5) is None
    chosen = random.Random(1)
    hits = 0
    for _ in range(50):
        at = chosen.getrandbits(64)
        values = {m: Memory(1), a: at, b: at + 1 & TOP - 1, word(2, "v"): chosen.getrandbits(16)}
        hits += not evaluate(unsound, values)
    assert hits > 40


def test_offsets() -> None:
    assert offset(a + 5, a) == 5
    assert offset(a, a + 5) == TOP - 5
    assert offset(number(3, 64), number(TOP - 2, 64)) == 5
    assert offset(mk(BVADD, (), (number(1, 64), a, number(2, 64), b)), a + b) == 3
    assert offset(number(1, 64) + number(2, 64), number(0, 64)) == 3
    for t, base in ((a + b, b + a), (a, b), (a + a, a), (a - 1, a), ((a + 1) + 1, a), (a, number(0, 64)), (a * 1, a)):
        with pytest.raises(KernelError, match="is not a constant away from"):
            offset(t, base)


def test_the_model_is_a_memory() -> None:
    memory = Memory(3)
    other = memory.write(TOP - 1, 2, 0xABCD)
    assert (other.byte(TOP - 1), other.byte(0)) == (0xCD, 0xAB)
    assert other.read(TOP - 1, 2) == 0xABCD
    assert other != memory
    assert other.write(TOP - 1, 2, memory.read(TOP - 1, 2)) == memory
    assert len({memory.byte(i) for i in range(300)}) > 100
