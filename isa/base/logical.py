# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Bitwise logic: with an immediate bit mask, and with a shifted register.

Arm ARM C4.1 "Logical (immediate)", "Logical (shifted register)".
"""

from __future__ import annotations

from isa.asl import SHIFT, DecodeBitMasks, IsZeroBit, ShiftReg
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine
from kernel.ops import number
from kernel.term import Term


def _combined(opc: int, x: Term, y: Term) -> Term:
    """The AND, ORR, EOR or ANDS of the field opc."""
    return x | y if opc == 0b01 else x ^ y if opc == 0b10 else x & y


def _set_flags(m: Machine, result: Term) -> None:
    m.NZCV = (result[result.width - 1], IsZeroBit(result), number(0, 1), number(0, 1))


@instruction(
    encoding="sf:1 opc:2 100100 N:1 immr:6 imms:6 Rn:5 Rd:5",
    where={
        "mask": "bitmask(N:imms, immr, 32 << sf)",
        "signed_if_64": "mask - (mask >> 63 << 64)",
        "signed_mask": "mask - (mask >> (32 << sf) - 1 << (32 << sf))",
    },
    aliases=(
        "tst <Rn>, #<signed_if_64> if opc == 3 and Rd == 31",
        "mov <Rd|SP>, #<signed_mask> if opc == 1 and Rn == 31",
    ),
    syntax=("[opc:and|orr|eor] <Rd|SP>, <Rn>, #<mask>", "ands <Rd>, <Rn>, #<signed_if_64>"),
)
def logical_immediate(f: Fields, m: Machine) -> None:
    """Bitwise operation with a repeated, rotated run of ones (AND, ORR, EOR, ANDS; TST, MOV)."""
    undefined_if(f.sf == 0 and f.N != 0)
    datasize = 64 if f.sf else 32
    imm = DecodeBitMasks(f.N, f.imms, f.immr, datasize)
    result = _combined(f.opc, m.X[f.Rn, datasize], number(imm, datasize))
    if f.opc == 0b11:
        _set_flags(m, result)
        m.X[f.Rd, datasize] = result
    else:
        m.XSP[f.Rd, datasize] = result


@instruction(
    encoding="sf:1 opc:2 01010 shift:2 N:1 Rm:5 imm6:6 Rn:5 Rd:5",
    aliases=(
        "tst <Rn>, <Rm>(, [shift:lsl|lsr|asr|ror] #<imm6>) if opc == 3 and N == 0 and Rd == 31",
        "mov <Rd>, <Rm> if opc == 1 and N == 0 and Rn == 31 and shift:imm6 == 0",
        "mvn <Rd>, <Rm>(, [shift:lsl|lsr|asr|ror] #<imm6>) if opc == 1 and N and Rn == 31",
    ),
    syntax="[opc:N:and|bic|orr|orn|eor|eon|ands|bics] <Rd>, <Rn>, <Rm>(, [shift:lsl|lsr|asr|ror] #<imm6>)",
)
def logical_shifted_register(f: Fields, m: Machine) -> None:
    """Bitwise operation with a shifted, possibly inverted register.

    AND, BIC, ORR, ORN, EOR, EON, ANDS, BICS; TST, MOV, MVN.
    """
    undefined_if(f.sf == 0 and f.imm6 >= 32)
    datasize = 64 if f.sf else 32
    operand2 = ShiftReg(m.X[f.Rm, datasize], SHIFT[f.shift], f.imm6)
    if f.N:
        operand2 = ~operand2
    # ORR with the zero register is how MOV is written: a copy stays free of operations.
    copies = f.opc == 0b01 and f.Rn == 31
    result = operand2 if copies else _combined(f.opc, m.X[f.Rn, datasize], operand2)
    if f.opc == 0b11:
        _set_flags(m, result)
    m.X[f.Rd, datasize] = result
