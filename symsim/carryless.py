# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Carry-less products as sums of shifts. To the rule ANF a product is an atom; these theorems open it."""

from __future__ import annotations

from functools import cache

from kernel.ops import BVXOR, clmul, concat, eq, is_const, number, zext
from kernel.rules import ANF, INST, SYM, TRANS
from kernel.sorts import BV
from kernel.term import Term, Var, mk
from kernel.thm import Thm
from symsim.blast import blast


def repeated(bit: Term, width: int) -> Term:
    """The bit in each of `width` places: an AND with it selects."""
    return concat(*[bit] * width)


def total(parts: list[Term]) -> Term:
    """The XOR of all of them, as one application."""
    return parts[0] if len(parts) == 1 else mk(BVXOR, (), tuple(parts))


@cache
def _expanded(width: int, other: int) -> Thm:
    x, y = Var("x", BV(width)), Var("y", BV(other))
    wide = zext(x, width + other)
    rows = [repeated(y[k], width + other) & (wide << k if k else wide) for k in range(other)]
    return blast(eq(clmul(x, y), total(rows)))


def EXPANDED(t: Term) -> Thm:
    """⊢ clmul(a, b) = the sum, over the bits of b, of a shifted where the bit is set"""
    a, b = t.args
    return INST(_expanded(a.width, b.width), {Var("x", a.sort): a, Var("y", b.sort): b})


@cache
def _by_constant(width: int, factor: Term) -> Thm:
    x = Var("x", BV(width))
    size = width + factor.width
    shifts = [zext(x, size) << k for k in range(factor.width) if factor.params[0] >> k & 1]
    return blast(eq(clmul(x, factor), total(shifts) if shifts else number(0, size)))


@cache
def _swapped(width: int, other: int) -> Thm:
    product = clmul(Var("x", BV(width)), Var("y", BV(other)))
    there, back = EXPANDED(product), EXPANDED(clmul(*reversed(product.args)))
    return TRANS(TRANS(there, ANF(there.rhs, back.rhs)), SYM(back))


def SWAPPED(t: Term) -> Thm:
    """⊢ clmul(a, b) = clmul(b, a)"""
    a, b = t.args
    return INST(_swapped(a.width, b.width), {Var("x", a.sort): a, Var("y", b.sort): b})


def BY_CONSTANT(t: Term) -> Thm:
    """⊢ clmul(a, c) = the sum of a shifted by the places of the ones in c, a constant"""
    a, factor = t.args
    return INST(_by_constant(a.width, factor), {Var("x", a.sort): a})


def ORDERED(t: Term) -> Thm | None:
    """⊢ clmul(a, b) = a sum of shifts where a factor is a constant, the product of the older factor and the younger where neither is;
    None where that is how it stands"""
    a, b = t.args
    if is_const(b):
        return BY_CONSTANT(t)
    if is_const(a) or (b.id < a.id and a.width == b.width):
        swapped = SWAPPED(t)
        return TRANS(swapped, BY_CONSTANT(swapped.rhs)) if is_const(a) else swapped
    return None
