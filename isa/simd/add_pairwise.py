# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Sums inside a vector (Arm ARM, C4.1 "Advanced SIMD three same", "scalar pairwise", "two-register miscellaneous" and
"across lanes")."""

from __future__ import annotations

import operator
from functools import reduce

from isa.asl import Elems
from isa.asl_vector import Int, adjacent_pairs
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine, joined


@instruction(
    encoding="0 Q:1 0 01110 size:2 1 Rm:5 10111 1 Rn:5 Rd:5",
    syntax="addp <Vd>.<T>, <Vn>.<T>, <Vm>.<T>",
)
def add_pairwise(f: Fields, m: Machine) -> None:
    """The sums of each two adjacent elements of two vectors (ADDP vector)."""
    undefined_if(f.size == 3 and f.Q == 0)
    esize, datasize = 8 << f.size, 64 << f.Q
    m.V[f.Rd, datasize] = joined([a + b for a, b in adjacent_pairs(m, datasize, esize, f.Rn, f.Rm)])


@instruction(encoding="01 0 11110 size:2 11000 11011 10 Rn:5 Rd:5", syntax="addp <Dd>, <Vn>.2d")
def add_pairwise_scalar(f: Fields, m: Machine) -> None:
    """The sum of the two doublewords of a vector (ADDP scalar)."""
    undefined_if(f.size != 3)
    m.V[f.Rd, 64] = reduce(operator.add, Elems(m.V[f.Rn], 64))


@instruction(
    encoding="0 Q:1 U:1 01110 size:2 10000 00 accumulate:1 10 10 Rn:5 Rd:5",
    syntax="[U:s|u]ad[accumulate:dl|al]p <Vd>.<T:size + 1,Q>, <Vn>.<T>",
)
def add_long_pairwise(f: Fields, m: Machine) -> None:
    """The wide sums of each two adjacent elements, added to the destination or not (SADDLP, UADDLP, SADALP, UADALP)."""
    undefined_if(f.size == 3)
    esize, wide, datasize = 8 << f.size, 16 << f.size, 64 << f.Q
    result = []
    for d, (a, b) in zip(Elems(m.V[f.Rd, datasize], wide), adjacent_pairs(m, datasize, esize, f.Rn), strict=True):
        total = Int(a, wide, unsigned=f.U == 1) + Int(b, wide, unsigned=f.U == 1)
        result.append(d + total if f.accumulate else total)
    m.V[f.Rd, datasize] = joined(result)


@instruction(encoding="0 Q:1 0 01110 size:2 11000 11011 10 Rn:5 Rd:5", syntax="addv <Fd>, <Vn>.<T>")
def add_across(f: Fields, m: Machine) -> None:
    """The sum of all elements (ADDV)."""
    undefined_if(f.size == 3 or (f.size == 2 and f.Q == 0))
    esize = 8 << f.size
    m.V[f.Rd, esize] = reduce(operator.add, Elems(m.V[f.Rn, 64 << f.Q], esize))


@instruction(
    encoding="0 Q:1 U:1 01110 size:2 11000 00011 10 Rn:5 Rd:5",
    syntax="[U:s|u]addlv <Fd:size + 1>, <Vn>.<T>",
)
def add_long_across(f: Fields, m: Machine) -> None:
    """The wide sum of all elements (SADDLV, UADDLV)."""
    undefined_if(f.size == 3 or (f.size == 2 and f.Q == 0))
    esize, wide = 8 << f.size, 16 << f.size
    elements = [Int(x, wide, unsigned=f.U == 1) for x in Elems(m.V[f.Rn, 64 << f.Q], esize)]
    m.V[f.Rd, wide] = reduce(operator.add, elements)
