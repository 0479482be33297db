# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Maximum and minimum, of pairs and across a vector (Arm ARM, C4.1 "Advanced SIMD three same" and "across lanes")."""

from __future__ import annotations

from functools import reduce

from isa.asl import Elems
from isa.asl_vector import adjacent_pairs, lanes
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine, joined
from kernel.ops import ite, sle, ule
from kernel.term import Term


def extreme(f: Fields, a: Term, b: Term) -> Term:
    """The greater of two elements, or the lesser, as the fields `min` and U say."""
    holds = (ule if f.U else sle)(a, b)
    return ite(holds, a, b) if f.min else ite(holds, b, a)


@instruction(
    encoding="0 Q:1 U:1 01110 size:2 1 Rm:5 0110 min:1 1 Rn:5 Rd:5",
    syntax="[U:s|u][min:max|min] <Vd>.<T>, <Vn>.<T>, <Vm>.<T>",
)
def max_min_vector(f: Fields, m: Machine) -> None:
    """The greater or the lesser elements of two vectors (SMAX, UMAX, SMIN, UMIN)."""
    undefined_if(f.size == 3)
    esize, datasize = 8 << f.size, 64 << f.Q
    m.V[f.Rd, datasize] = joined([extreme(f, a, b) for a, b in lanes(m, datasize, esize, f.Rn, f.Rm)])


@instruction(
    encoding="0 Q:1 U:1 01110 size:2 1 Rm:5 1010 min:1 1 Rn:5 Rd:5",
    syntax="[U:s|u][min:max|min]p <Vd>.<T>, <Vn>.<T>, <Vm>.<T>",
)
def max_min_pairwise(f: Fields, m: Machine) -> None:
    """The greater or the lesser of each two adjacent elements (SMAXP, UMAXP, SMINP, UMINP)."""
    undefined_if(f.size == 3)
    esize, datasize = 8 << f.size, 64 << f.Q
    m.V[f.Rd, datasize] = joined([extreme(f, a, b) for a, b in adjacent_pairs(m, datasize, esize, f.Rn, f.Rm)])


@instruction(
    encoding="0 Q:1 U:1 01110 size:2 11000 min:1 1010 10 Rn:5 Rd:5",
    syntax="[U:s|u][min:max|min]v <Fd>, <Vn>.<T>",
)
def max_min_across(f: Fields, m: Machine) -> None:
    """The greatest or the least element of a vector (SMAXV, UMAXV, SMINV, UMINV)."""
    undefined_if(f.size == 3 or (f.size == 2 and f.Q == 0))
    esize = 8 << f.size
    m.V[f.Rd, esize] = reduce(lambda a, b: extreme(f, a, b), Elems(m.V[f.Rn, 64 << f.Q], esize))
