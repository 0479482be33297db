# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Multiplication, with addition or subtraction (Arm ARM C4.1 "Data-processing (3 source)")."""

from __future__ import annotations

from isa.dsl import instruction
from isa.encoding import Fields
from isa.machine import Machine
from kernel.ops import sext, zext


@instruction(
    encoding="sf:1 00 11011 000 Rm:5 o0:1 Ra:5 Rn:5 Rd:5",
    aliases=("m[o0:ul|neg] <Rd>, <Rn>, <Rm> if Ra == 31",),
    syntax="m[o0:add|sub] <Rd>, <Rn>, <Rm>, <Ra>",
)
def multiply_add(f: Fields, m: Machine) -> None:
    """Add a product to a register, or subtract it (MADD, MSUB; MUL, MNEG)."""
    datasize = 64 if f.sf else 32
    product = m.X[f.Rn, datasize] * m.X[f.Rm, datasize]
    if f.Ra == 31:
        m.X[f.Rd, datasize] = -product if f.o0 else product
    else:
        addend = m.X[f.Ra, datasize]
        m.X[f.Rd, datasize] = addend - product if f.o0 else addend + product


@instruction(
    encoding="1 00 11011 U:1 01 Rm:5 o0:1 Ra:5 Rn:5 Rd:5",
    aliases=("[U:s|u]m[o0:ul|neg]l <Xd>, <Wn>, <Wm> if Ra == 31",),
    syntax="[U:s|u]m[o0:add|sub]l <Xd>, <Wn>, <Wm>, <Xa>",
)
def multiply_add_long(f: Fields, m: Machine) -> None:
    """Add the 64-bit product of two words to a register, or subtract it (SMADDL, SMSUBL, UMADDL, UMSUBL)."""
    extend = zext if f.U else sext
    product = extend(m.X[f.Rn, 32], 64) * extend(m.X[f.Rm, 32], 64)
    if f.Ra == 31:
        m.X[f.Rd] = -product if f.o0 else product
    else:
        m.X[f.Rd] = m.X[f.Ra] - product if f.o0 else m.X[f.Ra] + product


@instruction(
    encoding="1 00 11011 U:1 10 Rm:5 0 (11111) Rn:5 Rd:5",
    syntax="[U:s|u]mulh <Xd>, <Xn>, <Xm>",
)
def multiply_high(f: Fields, m: Machine) -> None:
    """The upper half of the 128-bit product (SMULH, UMULH)."""
    extend = zext if f.U else sext
    m.X[f.Rd] = (extend(m.X[f.Rn], 128) * extend(m.X[f.Rm], 128))[127:64]
