# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Polynomials over GF(2): bit k of a bit vector, or of an int, is the coefficient of x^k."""

from __future__ import annotations

from functools import reduce
from operator import xor

from kernel.ops import clmul, concat, number, zext
from kernel.term import Term


def multiple(p: Term, factor: int, width: int) -> Term:
    """p times a known polynomial, of which the lowest `width` bits are kept: a sum of shifts."""
    wide = zext(p, width)
    return reduce(xor, [wide << k if k else wide for k in range(factor.bit_length()) if factor >> k & 1])


def remainder(p: Term, modulus: int) -> Term:
    """p modulo a polynomial of degree n, in n bits: x^n is the rest of the modulus, as often as it takes."""
    n = modulus.bit_length() - 1
    rest = modulus ^ 1 << n
    while p.width > n:
        high, low = p[p.width - 1 : n], p[n - 1 : 0]
        width = max(n, high.width + rest.bit_length() - 1)
        p = multiple(high, rest, width) ^ zext(low, width)
    return p


def product(a: Term, b: Term, modulus: int) -> Term:
    """a b modulo a polynomial."""
    exact = clmul(a, b)
    return remainder(exact[exact.width - 2 : 0], modulus)


def times_x(a: Term, modulus: int) -> Term:
    """a x modulo a polynomial of degree the width of a."""
    return remainder(concat(a, number(0, 1)), modulus)
