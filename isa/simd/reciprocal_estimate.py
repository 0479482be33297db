# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Estimates of reciprocals of fixed-point numbers (Arm ARM, C4.1 "Advanced SIMD two-register miscellaneous")."""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt

from isa.asl import Elems, part
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine, joined
from kernel.ops import concat, eq, ite, number, zext
from kernel.term import Term


def RecipEstimate(a: int) -> int:
    """1/a: 256 to 511 stands for 0.5 to 1, and the result's 256 to 511 for 1 to 2."""
    return ((1 << 19) // (2 * a + 1) + 1) // 2


def RecipSqrtEstimate(a: int) -> int:
    """1/sqrt(a): 128 to 511 stands for 0.25 to 1, and the result's 256 to 511 for 1 to 2."""
    middle = 2 * a + 1 if a < 256 else 2 * (a // 2 * 2 + 1)
    return (isqrt(((1 << 28) - 1) // middle) + 1) // 2


RECIPROCALS = [0] * 256 + [RecipEstimate(a) for a in range(256, 512)]
RECIPROCAL_ROOTS = [0] * 128 + [RecipSqrtEstimate(a) for a in range(128, 512)]


def entry(table: Sequence[int], index: Term) -> Term:
    """The entry of a table of 16-bit numbers at an index."""
    bits = number(sum(value << 16 * i for i, value in enumerate(table)), 16 * len(table))
    return (bits >> concat(zext(index, bits.width - 4), number(0, 4)))[15:0]


def UnsignedRecipEstimate(x: Term) -> Term:
    """1/x for x from 0.5 up, 31 fraction bits in the result and 32 in x; all ones below that."""
    estimate = entry(RECIPROCALS, part(x, 31, 23))
    return ite(eq(part(x, 31, 31), 0), number(-1, 32), concat(estimate[8:0], number(0, 23)))


def UnsignedRSqrtEstimate(x: Term) -> Term:
    """1/sqrt(x) for x from 0.25 up, 31 fraction bits in the result and 32 in x; all ones below that."""
    estimate = entry(RECIPROCAL_ROOTS, part(x, 31, 23))
    return ite(eq(part(x, 31, 30), 0), number(-1, 32), concat(estimate[8:0], number(0, 23)))


@instruction(
    encoding="0 Q:1 root:1 01110 1 sz:1 10000 11100 10 Rn:5 Rd:5",
    syntax="ur[root:ecp|sqrt]e <Vd>.<T:2,Q>, <Vn>.<T:2,Q>",
)
def reciprocal_estimate(f: Fields, m: Machine) -> None:
    """Estimate the reciprocals, or the reciprocal square roots, of unsigned fractions (URECPE, URSQRTE)."""
    undefined_if(f.sz == 1)
    datasize = 64 << f.Q
    estimate = UnsignedRSqrtEstimate if f.root else UnsignedRecipEstimate
    m.V[f.Rd, datasize] = joined([estimate(x) for x in Elems(m.V[f.Rn, datasize], 32)])
