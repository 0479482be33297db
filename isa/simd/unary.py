# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Functions of one element (Arm ARM, C4.1 "Advanced SIMD two-register miscellaneous" and its scalar form)."""

from __future__ import annotations

from isa.asl import BitCount, CountLeadingSignBits, CountLeadingZeroBits, Elems
from isa.asl_vector import Abs, DataSize, Int, SatQ, is_scalar, lanes, saturated_vector
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine, joined
from kernel.ops import eq, ite


@instruction(
    encoding=(
        "0 Q:1 negate:1 01110 size:2 10000 01011 10 Rn:5 Rd:5",
        "01 negate:1 scalar:1=1 1110 size:2 10000 01011 10 Rn:5 Rd:5",
    ),
    syntax=("[negate:abs|neg] <Dd>, <Dn> if scalar", "[negate:abs|neg] <Vd>.<T>, <Vn>.<T>"),
)
def absolute_negate(f: Fields, m: Machine) -> None:
    """Absolute values or negatives (ABS, NEG vector)."""
    undefined_if(f.size != 3 if is_scalar(f) else f.size == 3 and f.Q == 0)
    esize = 8 << f.size
    datasize = DataSize(f, esize)
    m.V[f.Rd, datasize] = joined([-x if f.negate else Abs(x) for x in Elems(m.V[f.Rn, datasize], esize)])


@instruction(
    encoding=(
        "0 Q:1 negate:1 01110 size:2 10000 00111 10 Rn:5 Rd:5",
        "01 negate:1 scalar:1=1 1110 size:2 10000 00111 10 Rn:5 Rd:5",
    ),
    syntax=("sq[negate:abs|neg] <Fd>, <Fn> if scalar", "sq[negate:abs|neg] <Vd>.<T>, <Vn>.<T>"),
)
def saturating_absolute_negate(f: Fields, m: Machine) -> None:
    """Absolute values or negatives, saturating (SQABS, SQNEG)."""
    undefined_if(not is_scalar(f) and f.size == 3 and f.Q == 0)
    esize = 8 << f.size
    datasize = DataSize(f, esize)
    results = []
    for x in Elems(m.V[f.Rn, datasize], esize):
        # Only the most negative number has no opposite; it is the complement of the greatest.
        overflow = eq(x, 1 << (esize - 1))
        results.append((ite(overflow, ~x, -x if f.negate else Abs(x)), overflow))
    m.V[f.Rd, datasize] = saturated_vector(m, results)


@instruction(
    encoding=(
        "0 Q:1 U:1 01110 size:2 10000 00011 10 Rn:5 Rd:5",
        "01 U:1 scalar:1=1 1110 size:2 10000 00011 10 Rn:5 Rd:5",
    ),
    syntax=("[U:su|us]qadd <Fd>, <Fn> if scalar", "[U:su|us]qadd <Vd>.<T>, <Vn>.<T>"),
)
def saturating_accumulate(f: Fields, m: Machine) -> None:
    """Add unsigned elements to a signed destination, or signed ones to an unsigned one, saturating (SUQADD, USQADD)."""
    undefined_if(not is_scalar(f) and f.size == 3 and f.Q == 0)
    esize, unsigned = 8 << f.size, f.U == 1
    datasize = DataSize(f, esize)
    results = []
    for d, n in lanes(m, datasize, esize, f.Rd, f.Rn):
        total = Int(d, esize + 2, unsigned=unsigned) + Int(n, esize + 2, unsigned=not unsigned)
        results.append(SatQ(total, esize, unsigned=unsigned))
    m.V[f.Rd, datasize] = saturated_vector(m, results)


@instruction(
    encoding="0 Q:1 zeros:1 01110 size:2 10000 00100 10 Rn:5 Rd:5",
    syntax="cl[zeros:s|z] <Vd>.<T>, <Vn>.<T>",
)
def count_leading_vector(f: Fields, m: Machine) -> None:
    """Count the zeros above the highest 1, or the bits that equal the top bit below it (CLZ, CLS vector)."""
    undefined_if(f.size == 3)
    datasize = 64 << f.Q
    count = CountLeadingZeroBits if f.zeros else CountLeadingSignBits
    m.V[f.Rd, datasize] = joined([count(x) for x in Elems(m.V[f.Rn, datasize], 8 << f.size)])


@instruction(encoding="0 Q:1 0 01110 size:2 10000 00101 10 Rn:5 Rd:5", syntax="cnt <Vd>.<T>, <Vn>.<T>")
def count_ones(f: Fields, m: Machine) -> None:
    """Count the ones in each byte (CNT)."""
    undefined_if(f.size != 0)
    datasize = 64 << f.Q
    m.V[f.Rd, datasize] = joined([BitCount(x) for x in Elems(m.V[f.Rn, datasize], 8)])


@instruction(encoding="0 Q:1 1 01110 00 10000 00101 10 Rn:5 Rd:5", syntax="mvn <Vd>.<T:0,Q>, <Vn>.<T:0,Q>")
def not_vector(f: Fields, m: Machine) -> None:
    """Invert all bits (NOT vector; the alias MVN)."""
    m.V[f.Rd, 64 << f.Q] = ~m.V[f.Rn, 64 << f.Q]
