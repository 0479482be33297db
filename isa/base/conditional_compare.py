# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Comparison under a condition (Arm ARM C4.1 "Conditional compare (register)", "Conditional compare (immediate)")."""

from __future__ import annotations

from isa.asl import ConditionHolds
from isa.base.add_sub import AddSub
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine
from kernel.ops import ite, number


@instruction(
    encoding=(
        "sf:1 op:1 S:1 11010010 Rm:5 cond:4 0 o2:1 Rn:5 o3:1 nzcv:4",
        "sf:1 op:1 S:1 11010010 imm5:5 cond:4 1 o2:1 Rn:5 o3:1 nzcv:4",
    ),
    syntax=(
        "ccm[op:n|p] <Rn>, <Rm>, #<nzcv>, <cond>",
        "ccm[op:n|p] <Rn>, #<imm5>, #<nzcv>, <cond>",
    ),
)
def conditional_compare(f: Fields, m: Machine) -> None:
    """Set the flags by a comparison if a condition holds, otherwise to a constant (CCMN, CCMP)."""
    undefined_if(f.S == 0 or f.o2 == 1 or f.o3 == 1)
    datasize = 64 if f.sf else 32
    operand2 = number(f.imm5, datasize) if "imm5" in f else m.X[f.Rm, datasize]
    _, compared = AddSub(m.X[f.Rn, datasize], operand2, subtract=bool(f.op))
    if f.cond >= 0b1110:
        m.NZCV = compared
        return
    condition = ConditionHolds(m, f.cond)
    for i, (flag, value) in enumerate(zip("nzcv", compared, strict=True)):
        m.set(flag, ite(condition, value, number(f.nzcv >> 3 - i & 1, 1)))
