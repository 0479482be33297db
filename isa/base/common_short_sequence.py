# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The instructions of FEAT_CSSC: absolute value, counts of bits, minimum and maximum.

Arm ARM C4.1 "Data-processing (1 source)", "Data-processing (2 source)", "Min/max (immediate)".
"""

from __future__ import annotations

from isa.asl import BitCount, CountLeadingZeroBits, Reverse, SignExtend
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine
from kernel.ops import eq, ite, number, sle, ule
from kernel.term import Term


def MinMax(opc: int, x: Term, y: Term) -> Term:
    """The maximum (opc 00 signed, 01 unsigned) or minimum (10 signed, 11 unsigned)."""
    not_greater = ule(x, y) if opc & 1 else sle(x, y)
    return ite(not_greater, x, y) if opc & 2 else ite(not_greater, y, x)


@instruction(
    encoding=(
        "sf:1 1 0 11010110 00000 00 opcode:4=0110|0111 Rn:5 Rd:5",
        "sf:1 1 0 11010110 00000 00 opcode:4=1000 Rn:5 Rd:5",
    ),
    syntax="[opcode:-|-|-|-|-|-|ctz|cnt|abs] <Rd>, <Rn>",
    features=("FEAT_CSSC",),
)
def count_or_absolute(f: Fields, m: Machine) -> None:
    """Count trailing zeros, count ones, or take the absolute value (CTZ, CNT, ABS)."""
    datasize = 64 if f.sf else 32
    operand = m.X[f.Rn, datasize]
    if f.opcode == 0b0110:
        result = CountLeadingZeroBits(Reverse(operand, 1))
    elif f.opcode == 0b0111:
        result = BitCount(operand)
    else:
        result = ite(eq(operand[datasize - 1], 1), -operand, operand)
    m.X[f.Rd, datasize] = result


@instruction(
    encoding="sf:1 0 0 11010110 Rm:5 0110 opc:2 Rn:5 Rd:5",
    syntax="[opc:smax|umax|smin|umin] <Rd>, <Rn>, <Rm>",
    features=("FEAT_CSSC",),
)
def min_max_register(f: Fields, m: Machine) -> None:
    """The greater or lesser of two registers (SMAX, UMAX, SMIN, UMIN)."""
    datasize = 64 if f.sf else 32
    m.X[f.Rd, datasize] = MinMax(f.opc, m.X[f.Rn, datasize], m.X[f.Rm, datasize])


@instruction(
    encoding="sf:1 op:1 S:1 1000111 opc:4 imm8:8 Rn:5 Rd:5",
    syntax=(
        "[opc:smax|-|smin] <Rd>, <Rn>, #<signed(imm8)>",
        "[opc:-|umax|-|umin] <Rd>, <Rn>, #<imm8>",
    ),
    features=("FEAT_CSSC",),
)
def min_max_immediate(f: Fields, m: Machine) -> None:
    """The greater or lesser of a register and an immediate (SMAX, UMAX, SMIN, UMIN)."""
    undefined_if(f.op == 1 or f.S == 1 or f.opc > 0b0011)
    datasize = 64 if f.sf else 32
    imm = f.imm8 if f.opc & 1 else SignExtend(f.imm8, 8)
    m.X[f.Rd, datasize] = MinMax(f.opc, m.X[f.Rn, datasize], number(imm, datasize))
