# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Branches to the address in a register (Arm ARM C4.1 "Unconditional branch (register)")."""

from __future__ import annotations

from isa.dsl import instruction
from isa.encoding import Fields
from isa.machine import Machine


@instruction(
    encoding="1101011 0 0 opc:2!=11 11111 000000 Rn:5 00000",
    aliases=("ret if opc == 2 and Rn == 30",),
    syntax="[opc:br|blr|ret] <Xn>",
)
def unconditional_branch_register(f: Fields, m: Machine) -> None:
    """Branch to, call, or return to the address in a register (BR, BLR, RET)."""
    target = m.X[f.Rn]
    if f.opc == 0b01:
        m.X[30] = m.PC + 4
    m.BranchTo(target, indirect=True)
