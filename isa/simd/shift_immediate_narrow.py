# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Shifts by an immediate into narrower or wider elements (Arm ARM, C4.1 "Advanced SIMD shift by immediate" and its
scalar form). The forms with a 2 use the upper half of the narrow vector."""

from __future__ import annotations

from isa.asl import LSL, Elems, part
from isa.asl_shift import IMMEDIATE, LeftShiftAmount, RightShiftAmount, RShr, ShiftElementSize
from isa.asl_vector import Int, SatQ, SetNarrow, UnsignedSatQ, Vpart, WideElements, saturated_vector
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine, joined

NARROW = "<Vd>.<T:esize,Q>, <Vn>.<T:esize + 1,1>, #<right>"
SCALAR = "<F(Rd):esize>, <F(Rn):esize + 1>, #<right>"


@instruction(
    encoding="0 Q:1 0 011110 immh:4!=0000 immb:3 1000 rounding:1 1 Rn:5 Rd:5",
    syntax=f"(rounding?r)shrn[Q:|2] {NARROW}",
    where=IMMEDIATE,
)
def shift_right_narrow(f: Fields, m: Machine) -> None:
    """Shift right and keep the low halves, rounded or not (SHRN, RSHRN)."""
    undefined_if(f.immh >= 0b1000)
    esize, shift = ShiftElementSize(f), RightShiftAmount(f)
    result = []
    for element in WideElements(f, m, f.Rn, 2 * esize):
        # What a carry out of the top would change is cut off.
        x = element + (1 << (shift - 1)) if f.rounding else element
        result.append(part(x, shift + esize - 1, shift))
    SetNarrow(f, m, f.Rd, joined(result))


@instruction(
    encoding=(
        "0 Q:1 U:1 011110 immh:4!=0000 immb:3 1001 rounding:1 1 Rn:5 Rd:5",
        "01 U:1 scalar:1=1 11110 immh:4!=0000 immb:3 1001 rounding:1 1 Rn:5 Rd:5",
    ),
    syntax=(f"[U:s|u]q(rounding?r)shrn {SCALAR} if scalar", f"[U:s|u]q(rounding?r)shrn[Q:|2] {NARROW}"),
    where=IMMEDIATE,
)
def saturating_shift_right_narrow(f: Fields, m: Machine) -> None:
    """Shift right, rounded or not, and saturate to half the width (SQSHRN, UQSHRN, SQRSHRN, UQRSHRN)."""
    undefined_if(f.immh >= 0b1000)
    esize, shift, unsigned = ShiftElementSize(f), RightShiftAmount(f), f.U == 1
    results = []
    for element in WideElements(f, m, f.Rn, 2 * esize):
        shifted = RShr(element, shift, unsigned=unsigned, rounding=f.rounding == 1)
        results.append(SatQ(Int(shifted, 2 * esize + 1, unsigned=unsigned), esize, unsigned=unsigned))
    SetNarrow(f, m, f.Rd, saturated_vector(m, results))


@instruction(
    encoding=(
        "0 Q:1 1 011110 immh:4!=0000 immb:3 1000 rounding:1 1 Rn:5 Rd:5",
        "01 1 scalar:1=1 11110 immh:4!=0000 immb:3 1000 rounding:1 1 Rn:5 Rd:5",
    ),
    syntax=(f"sq(rounding?r)shrun {SCALAR} if scalar", f"sq(rounding?r)shrun[Q:|2] {NARROW}"),
    where=IMMEDIATE,
)
def saturating_shift_right_unsigned_narrow(f: Fields, m: Machine) -> None:
    """Shift signed elements right and saturate to unsigned ones of half the width (SQSHRUN; rounding: SQRSHRUN)."""
    undefined_if(f.immh >= 0b1000)
    esize, shift = ShiftElementSize(f), RightShiftAmount(f)
    results = []
    for element in WideElements(f, m, f.Rn, 2 * esize):
        shifted = RShr(element, shift, unsigned=False, rounding=f.rounding == 1)
        results.append(UnsignedSatQ(shifted, esize))
    SetNarrow(f, m, f.Rd, saturated_vector(m, results))


@instruction(
    encoding="0 Q:1 U:1 011110 immh:4!=0000 immb:3 10100 1 Rn:5 Rd:5",
    syntax="[U:s|u]shll[Q:|2] <Vd>.<T:esize + 1,1>, <Vn>.<T:esize,Q>, #<left>",
    where=IMMEDIATE,
)
def shift_left_long(f: Fields, m: Machine) -> None:
    """Extend to twice the width, then shift left (SSHLL, USHLL; with amount 0 the aliases SXTL, UXTL)."""
    undefined_if(f.immh >= 0b1000)
    esize, shift = ShiftElementSize(f), LeftShiftAmount(f)
    elements = Elems(Vpart(m, f.Rn, f.Q), esize)
    m.V[f.Rd] = joined([LSL(Int(x, 2 * esize, unsigned=f.U == 1), shift) for x in elements])
