# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Addresses relative to the program counter (Arm ARM C4.1 "PC-rel. addressing")."""

from __future__ import annotations

from isa.asl import SignExtend
from isa.dsl import instruction
from isa.encoding import Fields
from isa.machine import Machine
from kernel.ops import concat, number


@instruction(
    encoding="op:1 immlo:2 10000 immhi:19 Rd:5",
    syntax=(
        "adr <Xd>, #<pc + signed(immhi:immlo)> if not op",
        "adrp <Xd>, #<(pc & ~0xfff) + signed(immhi:immlo) * 4096>",
    ),
)
def pc_rel_addressing(f: Fields, m: Machine) -> None:
    """Address of a label, or of the 4 KiB page of a label (ADR, ADRP)."""
    imm = SignExtend(f.immhi << 2 | f.immlo, 21)
    if f.op:
        page = concat(m.PC[63:12], number(0, 12))
        m.X[f.Rd] = page + (imm << 12)
    else:
        m.X[f.Rd] = m.PC + imm
