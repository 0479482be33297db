# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""GHASH's multiplication (SP 800-38D, 6.3) by carry-less products of machine words.

A block's first bit is the coefficient of 1 and the machine's highest, so the product of two blocks as the machine multiplies them lacks a
factor x. Code makes up for it beforehand: it keeps H x⁻¹ in the place of H.
"""

from __future__ import annotations

from functools import cache

from crypto_specs.defined import Defined
from crypto_specs.gcm import multiply
from kernel.ops import clmul, concat, number, ror
from kernel.rules import ANF, INST, SYM, TRANS
from kernel.term import Term, Var
from kernel.thm import Thm
from symsim.fold import UNFOLD
from symsim.proofs.gf128 import BITS, BLOCK, TIMES_X, by_selections

_a, _b, _h = (Var(name, BLOCK) for name in "abh")

def divided_by_x(h: Term) -> Term:
    """H x⁻¹: every coefficient moves one place, and the first one, that of 1, becomes that of x⁻¹ = 1 + x + x^6 + x^127."""
    first = h[BITS - 1]
    return ror(h, BITS - 1) ^ concat(first, first, number(0, 4), first, number(0, BITS - 7))


over_x = Defined("GF128_over_x", (_h,), divided_by_x(_h))
"""H x⁻¹."""


def product(a: Term, b: Term) -> Term:
    """The 256 bits of a carry-less product, by Karatsuba's three products of half the size."""
    high, low = clmul(a[127:64], b[127:64]), clmul(a[63:0], b[63:0])
    middle = clmul(a[127:64] ^ a[63:0], b[127:64] ^ b[63:0]) ^ high ^ low
    zero = number(0, 64)
    return concat(high, low) ^ concat(zero, middle, zero)


def reduced(p: Term) -> Term:
    """256 bits modulo x^128 + x^7 + x^2 + x + 1, the highest being the coefficient of 1: x^128 is 1 + x + x^2 + x^7, and so is what
    that carries out, once more."""
    rest = concat(p[127:0], number(0, 7))
    once = rest ^ rest >> 1 ^ rest >> 2 ^ rest >> 7
    out = concat(once[6:0], number(0, 121))
    return p[255:128] ^ once[134:7] ^ out ^ out >> 1 ^ out >> 2 ^ out >> 7


def _opened(t: Term) -> Thm:
    """⊢ t = t′, with H x⁻¹ opened"""
    return UNFOLD(t, over_x.definition)


def _equal(left: Term, right: Term) -> Thm:
    """⊢ left = right, by selections with H x⁻¹ opened"""
    first, second = _opened(left), _opened(right)
    return TRANS(TRANS(first, by_selections(first.rhs, second.rhs)), SYM(second))


@cache
def OVER_X() -> Thm:
    """⊢ (H x⁻¹) x = H"""
    th = TIMES_X(over_x(_h))
    opened = _opened(th.rhs)
    return TRANS(TRANS(th, opened), ANF(opened.rhs, _h))


@cache
def BY_WORDS() -> Thm:
    """⊢ a • b = the machine's product of a and b x⁻¹, reduced"""
    return _equal(multiply(_a, _b), reduced(product(_a, over_x(_b))))


@cache
def PREPARED() -> Thm:
    """⊢ (a • b) x⁻¹ = the machine's product of a x⁻¹ and b x⁻¹, reduced"""
    moved = _equal(over_x(multiply(_a, _b)), multiply(over_x(_a), _b))
    return TRANS(moved, INST(BY_WORDS(), {_a: over_x(_a)}))
