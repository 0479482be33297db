# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Branches to a label: always, on the flags, on a register, on one bit.

Arm ARM C4.1 "Unconditional branch (immediate)", "Conditional branch (immediate)", "Compare and branch (immediate)",
"Test and branch (immediate)".
"""

from __future__ import annotations

from isa.asl import ConditionHolds, SignExtend
from isa.dsl import instruction
from isa.encoding import Fields
from isa.machine import Machine
from kernel.ops import eq


@instruction(
    encoding="op:1 00101 imm26:26",
    syntax="b[op:|l] #<pc + signed(imm26) * 4>",
)
def unconditional_branch_immediate(f: Fields, m: Machine) -> None:
    """Branch, or call with the return address in X30 (B, BL)."""
    if f.op:
        m.X[30] = m.PC + 4
    m.BranchTo(m.PC + SignExtend(f.imm26, 26) * 4)


def _branch_on_condition(f: Fields, m: Machine) -> None:
    target = m.PC + SignExtend(f.imm19, 19) * 4
    if f.cond >= 0b1110:
        m.BranchTo(target)
    else:
        m.BranchIf(ConditionHolds(m, f.cond), target)


@instruction(
    encoding="0101010 0 imm19:19 0 cond:4",
    syntax="b.<cond> #<pc + signed(imm19) * 4>",
)
def conditional_branch_immediate(f: Fields, m: Machine) -> None:
    """Branch if a condition holds on the flags (B.cond)."""
    _branch_on_condition(f, m)


@instruction(
    encoding="0101010 0 imm19:19 1 cond:4",
    syntax="bc.<cond> #<pc + signed(imm19) * 4>",
    features=("FEAT_HBC",),
)
def branch_consistent_conditionally(f: Fields, m: Machine) -> None:
    """Branch if a condition holds, hinting that it will the next time if it does now (BC.cond)."""
    _branch_on_condition(f, m)


@instruction(
    encoding="sf:1 011010 op:1 imm19:19 Rt:5",
    syntax="cb[op:z|nz] <Rt>, #<pc + signed(imm19) * 4>",
)
def compare_and_branch_immediate(f: Fields, m: Machine) -> None:
    """Branch if a register is zero, or is not (CBZ, CBNZ)."""
    zero = eq(m.X[f.Rt, 64 if f.sf else 32], 0)
    m.BranchIf(~zero if f.op else zero, m.PC + SignExtend(f.imm19, 19) * 4)


@instruction(
    encoding="b5:1 011011 op:1 b40:5 imm14:14 Rt:5",
    syntax="tb[op:z|nz] <Rt:b5>, #<b5:b40>, #<pc + signed(imm14) * 4>",
)
def test_and_branch_immediate(f: Fields, m: Machine) -> None:
    """Branch if a bit of a register is zero, or is not (TBZ, TBNZ)."""
    tested = m.X[f.Rt][f.b5 << 5 | f.b40]
    m.BranchIf(eq(tested, f.op), m.PC + SignExtend(f.imm14, 14) * 4)
