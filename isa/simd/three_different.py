# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Sums and differences wider, or narrower, than their operands (Arm ARM, C4.1 "Advanced SIMD three different").

The forms with a 2 use the upper half of the narrow vectors.
"""

from __future__ import annotations

from isa.asl import Elems
from isa.asl_vector import AbsDiff, Int, NarrowElements, SetVpart, lanes
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine, joined
from kernel.ops import zext

WIDE = "<T:size + 1,1>"


@instruction(
    encoding="0 Q:1 U:1 01110 size:2 1 Rm:5 00 subtract:1 wide:1 00 Rn:5 Rd:5",
    syntax=(
        f"[U:s|u][subtract:add|sub]w[Q:|2] <Vd>.{WIDE}, <Vn>.{WIDE}, <Vm>.<T> if wide",
        f"[U:s|u][subtract:add|sub]l[Q:|2] <Vd>.{WIDE}, <Vn>.<T>, <Vm>.<T>",
    ),
)
def add_sub_long(f: Fields, m: Machine) -> None:
    """Add or subtract narrow elements, the first one narrow or wide (SADDL, UADDL, SADDW, UADDW, SSUBL, SSUBW, ...)."""
    undefined_if(f.size == 3)
    esize = 16 << f.size
    operand1 = Elems(m.V[f.Rn], esize) if f.wide else NarrowElements(f, m, f.Rn)
    result = []
    for pair in zip(operand1, NarrowElements(f, m, f.Rm), strict=True):
        a, b = (Int(x, esize, unsigned=f.U == 1) for x in pair)
        result.append(a - b if f.subtract else a + b)
    m.V[f.Rd] = joined(result)


@instruction(
    encoding="0 Q:1 rounding:1 01110 size:2 1 Rm:5 01 subtract:1 0 00 Rn:5 Rd:5",
    syntax=f"(rounding?r)[subtract:add|sub]hn[Q:|2] <Vd>.<T>, <Vn>.{WIDE}, <Vm>.{WIDE}",
)
def add_sub_high_narrow(f: Fields, m: Machine) -> None:
    """The upper halves of sums or differences, rounded or not (ADDHN, SUBHN, RADDHN, RSUBHN)."""
    undefined_if(f.size == 3)
    esize = 8 << f.size
    result = []
    for a, b in lanes(m, 128, 2 * esize, f.Rn, f.Rm):
        total = a - b if f.subtract else a + b
        if f.rounding:
            total = total + (1 << (esize - 1))
        result.append(total[2 * esize - 1 : esize])
    SetVpart(m, f.Rd, f.Q, joined(result))


@instruction(
    encoding="0 Q:1 U:1 01110 size:2 1 Rm:5 01 op:1 1 00 Rn:5 Rd:5",
    syntax=f"[U:s|u]ab[op:a|d]l[Q:|2] <Vd>.{WIDE}, <Vn>.<T>, <Vm>.<T>",
)
def absolute_difference_long(f: Fields, m: Machine) -> None:
    """Absolute differences of narrow elements, added to the destination or not (SABAL, UABAL, SABDL, UABDL)."""
    undefined_if(f.size == 3)
    esize = 16 << f.size
    pairs = zip(NarrowElements(f, m, f.Rn), NarrowElements(f, m, f.Rm), strict=True)
    result = [zext(AbsDiff(a, b, unsigned=f.U == 1), esize) for a, b in pairs]
    if f.op == 0:
        result = [d + difference for d, difference in zip(Elems(m.V[f.Rd], esize), result, strict=True)]
    m.V[f.Rd] = joined(result)
