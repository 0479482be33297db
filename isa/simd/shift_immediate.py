# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Shifts by an immediate that keep the elements' size (Arm ARM, C4.1 "Advanced SIMD shift by immediate" and its scalar
form)."""

from __future__ import annotations

from isa.asl import LSL, Elems, part
from isa.asl_shift import (
    IMMEDIATE,
    LeftShiftAmount,
    RightShiftAmount,
    RShr,
    SaturatedLSL,
    ShiftElementSize,
    undefined_if_doubleword_alone,
    undefined_if_not_scalar_doubleword,
)
from isa.asl_vector import DataSize, lanes, saturated_vector
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine, joined
from kernel.ops import concat, ite, number, slt

VECTOR = "<Vd>.<T:esize,Q>, <Vn>.<T:esize,Q>"


@instruction(
    encoding=(
        "0 Q:1 U:1 011110 immh:4!=0000 immb:3 00 rounding:1 accumulate:1 0 1 Rn:5 Rd:5",
        "01 U:1 scalar:1=1 11110 immh:4!=0000 immb:3 00 rounding:1 accumulate:1 0 1 Rn:5 Rd:5",
    ),
    syntax=(
        "[U:s|u](rounding?r)s[accumulate:hr|ra] <Dd>, <Dn>, #<right> if scalar",
        f"[U:s|u](rounding?r)s[accumulate:hr|ra] {VECTOR}, #<right>",
    ),
    where=IMMEDIATE,
)
def shift_right_immediate(f: Fields, m: Machine) -> None:
    """Shift right, rounded or not, added to the destination or not (SSHR, SRSHR, SSRA, SRSRA; USHR, ...)."""
    undefined_if_not_scalar_doubleword(f)
    undefined_if_doubleword_alone(f)
    esize, shift = ShiftElementSize(f), RightShiftAmount(f)
    datasize = DataSize(f, esize)
    result = []
    for d, n in lanes(m, datasize, esize, f.Rd, f.Rn):
        shifted = RShr(n, shift, unsigned=f.U == 1, rounding=f.rounding == 1)
        result.append(d + shifted if f.accumulate else shifted)
    m.V[f.Rd, datasize] = joined(result)


@instruction(
    encoding=(
        "0 Q:1 1 011110 immh:4!=0000 immb:3 01000 1 Rn:5 Rd:5",
        "01 1 scalar:1=1 11110 immh:4!=0000 immb:3 01000 1 Rn:5 Rd:5",
    ),
    syntax=("sri <Dd>, <Dn>, #<right> if scalar", f"sri {VECTOR}, #<right>"),
    where=IMMEDIATE,
)
def shift_right_insert(f: Fields, m: Machine) -> None:
    """Shift right; the bits that would be zeros are kept from the destination (SRI)."""
    undefined_if_not_scalar_doubleword(f)
    undefined_if_doubleword_alone(f)
    esize, shift = ShiftElementSize(f), RightShiftAmount(f)
    datasize = DataSize(f, esize)
    result = []
    for d, n in lanes(m, datasize, esize, f.Rd, f.Rn):
        kept = part(d, esize - 1, esize - shift)
        result.append(concat(kept, part(n, esize - 1, shift)) if shift < esize else kept)
    m.V[f.Rd, datasize] = joined(result)


@instruction(
    encoding=(
        "0 Q:1 insert:1 011110 immh:4!=0000 immb:3 01010 1 Rn:5 Rd:5",
        "01 insert:1 scalar:1=1 11110 immh:4!=0000 immb:3 01010 1 Rn:5 Rd:5",
    ),
    syntax=("s[insert:hl|li] <Dd>, <Dn>, #<left> if scalar", f"s[insert:hl|li] {VECTOR}, #<left>"),
    where=IMMEDIATE,
)
def shift_left_immediate(f: Fields, m: Machine) -> None:
    """Shift left; the bits that would be zeros may be kept from the destination (SHL, SLI)."""
    undefined_if_not_scalar_doubleword(f)
    undefined_if_doubleword_alone(f)
    esize, shift = ShiftElementSize(f), LeftShiftAmount(f)
    datasize = DataSize(f, esize)
    result = []
    for d, n in lanes(m, datasize, esize, f.Rd, f.Rn):
        if f.insert and shift:
            result.append(concat(part(n, esize - 1 - shift, 0), part(d, shift - 1, 0)))
        else:
            result.append(LSL(n, shift))
    m.V[f.Rd, datasize] = joined(result)


@instruction(
    encoding=(
        "0 Q:1 U:1 011110 immh:4!=0000 immb:3 011 op:1 0 1 Rn:5 Rd:5",
        "01 U:1 scalar:1=1 11110 immh:4!=0000 immb:3 011 op:1 0 1 Rn:5 Rd:5",
    ),
    syntax=(
        "[op:U:-|sqshlu|sqshl|uqshl] <F(Rd):esize>, <F(Rn):esize>, #<left> if scalar",
        f"[op:U:-|sqshlu|sqshl|uqshl] {VECTOR}, #<left>",
    ),
    where=IMMEDIATE,
)
def saturating_shift_left_immediate(f: Fields, m: Machine) -> None:
    """Shift left, saturating; SQSHLU's operand is signed and its result unsigned (SQSHL, UQSHL, SQSHLU immediate)."""
    undefined_if(f.op == 0 and f.U == 0)
    undefined_if_doubleword_alone(f)
    esize, unsigned = ShiftElementSize(f), f.U == 1
    datasize = DataSize(f, esize)
    amount = number(LeftShiftAmount(f), esize)
    results = []
    for n in Elems(m.V[f.Rn, datasize], esize):
        result, saturated = SaturatedLSL(n, amount, unsigned=unsigned)
        if f.op == 0:
            result, saturated = ite(slt(n, 0), number(0, esize), result), slt(n, 0) | saturated
        results.append((result, saturated))
    m.V[f.Rd, datasize] = saturated_vector(m, results)
