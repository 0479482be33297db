# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Moves of a 16-bit immediate into one half word of a register (Arm ARM C4.1 "Move wide (immediate)")."""

from __future__ import annotations

from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine, joined
from kernel.ops import number


@instruction(
    encoding="sf:1 opc:2 100101 hw:2 imm16:16 Rd:5",
    where={"imm": "imm16 << 16 * hw", "sign": "imm >> (32 << sf) - 1"},
    aliases=(
        "mov <Rd>, #<imm - (sign << (32 << sf))> if opc == 2 and (imm16 or hw == 0)",
        "mov <Rd>, #<~imm + (sign << (32 << sf))> if opc == 0 and (imm16 or hw == 0) and (sf or imm16 != 0xffff)",
    ),
    syntax="mov[opc:n|-|z|k] <Rd>, #<imm16>(, lsl #<16 * hw>)",
)
def move_wide_immediate(f: Fields, m: Machine) -> None:
    """Move a shifted 16-bit immediate, its complement, or only those 16 bits (MOVZ, MOVN, MOVK; MOV)."""
    undefined_if(f.opc == 0b01)
    undefined_if(f.sf == 0 and f.hw >= 2)
    datasize = 64 if f.sf else 32
    if f.opc == 0b11:
        halves = [m.X[f.Rd, datasize][16 * i + 15 : 16 * i] for i in range(datasize // 16)]
        halves[f.hw] = number(f.imm16, 16)
        m.X[f.Rd, datasize] = joined(halves)
    else:
        imm = f.imm16 << 16 * f.hw
        m.X[f.Rd, datasize] = number(imm if f.opc else ~imm, datasize)
