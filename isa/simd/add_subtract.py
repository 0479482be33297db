# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Sums and differences of elements (Arm ARM, C4.1 "Advanced SIMD three same" and its scalar form)."""

from __future__ import annotations

from isa.asl_vector import AbsDiff, DataSize, Int, SatQ, is_scalar, lanes, saturated_vector
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine, joined


@instruction(
    encoding=(
        "0 Q:1 U:1 01110 size:2 1 Rm:5 10000 1 Rn:5 Rd:5",
        "01 U:1 scalar:1=1 1110 size:2 1 Rm:5 10000 1 Rn:5 Rd:5",
    ),
    syntax=("[U:add|sub] <Vd>.<T>, <Vn>.<T>, <Vm>.<T>", "[U:add|sub] <Dd>, <Dn>, <Dm> if scalar"),
)
def add_sub_vector(f: Fields, m: Machine) -> None:
    """Add or subtract elements (ADD, SUB vector)."""
    undefined_if(f.size != 3 if is_scalar(f) else f.size == 3 and f.Q == 0)
    esize = 8 << f.size
    datasize = DataSize(f, esize)
    pairs = lanes(m, datasize, esize, f.Rn, f.Rm)
    m.V[f.Rd, datasize] = joined([a - b if f.U else a + b for a, b in pairs])


@instruction(
    encoding=(
        "0 Q:1 U:1 01110 size:2 1 Rm:5 00 op:1 01 1 Rn:5 Rd:5",
        "01 U:1 scalar:1=1 1110 size:2 1 Rm:5 00 op:1 01 1 Rn:5 Rd:5",
    ),
    syntax=(
        "[U:s|u]q[op:add|sub] <Vd>.<T>, <Vn>.<T>, <Vm>.<T>",
        "[U:s|u]q[op:add|sub] <Fd>, <Fn>, <Fm> if scalar",
    ),
)
def saturating_add_sub(f: Fields, m: Machine) -> None:
    """Add or subtract elements, saturating (SQADD, UQADD, SQSUB, UQSUB)."""
    undefined_if(not is_scalar(f) and f.size == 3 and f.Q == 0)
    esize, unsigned = 8 << f.size, f.U == 1
    datasize = DataSize(f, esize)
    results = []
    for pair in lanes(m, datasize, esize, f.Rn, f.Rm):
        a, b = (Int(x, esize + 2, unsigned=unsigned) for x in pair)
        results.append(SatQ(a - b if f.op else a + b, esize, unsigned=unsigned))
    m.V[f.Rd, datasize] = saturated_vector(m, results)


@instruction(
    encoding="0 Q:1 U:1 01110 size:2 1 Rm:5 000 rounding:1 0 1 Rn:5 Rd:5",
    syntax="[U:s|u](rounding?r)hadd <Vd>.<T>, <Vn>.<T>, <Vm>.<T>",
)
def halving_add(f: Fields, m: Machine) -> None:
    """Half of the sum of elements, rounded down or to the nearest (SHADD, UHADD, SRHADD, URHADD)."""
    undefined_if(f.size == 3)
    esize, datasize = 8 << f.size, 64 << f.Q
    result = []
    for pair in lanes(m, datasize, esize, f.Rn, f.Rm):
        a, b = (Int(x, esize + 1, unsigned=f.U == 1) for x in pair)
        total = a + b + 1 if f.rounding else a + b
        result.append(total[esize:1])
    m.V[f.Rd, datasize] = joined(result)


@instruction(
    encoding="0 Q:1 U:1 01110 size:2 1 Rm:5 00100 1 Rn:5 Rd:5",
    syntax="[U:s|u]hsub <Vd>.<T>, <Vn>.<T>, <Vm>.<T>",
)
def halving_subtract(f: Fields, m: Machine) -> None:
    """Half of the difference of elements, rounded down (SHSUB, UHSUB)."""
    undefined_if(f.size == 3)
    esize, datasize = 8 << f.size, 64 << f.Q
    result = []
    for pair in lanes(m, datasize, esize, f.Rn, f.Rm):
        a, b = (Int(x, esize + 1, unsigned=f.U == 1) for x in pair)
        result.append((a - b)[esize:1])
    m.V[f.Rd, datasize] = joined(result)


@instruction(
    encoding="0 Q:1 U:1 01110 size:2 1 Rm:5 0111 ac:1 1 Rn:5 Rd:5",
    syntax="[U:s|u]ab[ac:d|a] <Vd>.<T>, <Vn>.<T>, <Vm>.<T>",
)
def absolute_difference(f: Fields, m: Machine) -> None:
    """Absolute difference of elements, added to the destination or not (SABD, UABD, SABA, UABA)."""
    undefined_if(f.size == 3)
    esize, datasize = 8 << f.size, 64 << f.Q
    result = []
    for a, b, d in lanes(m, datasize, esize, f.Rn, f.Rm, f.Rd):
        difference = AbsDiff(a, b, unsigned=f.U == 1)
        result.append(d + difference if f.ac else difference)
    m.V[f.Rd, datasize] = joined(result)
