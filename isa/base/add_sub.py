# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Addition and subtraction: of an immediate, a shifted register, an extended register, and with carry.

Arm ARM C4.1 "Add/subtract (immediate)", "(shifted register)", "(extended register)", "(with carry)".
"""

from __future__ import annotations

from isa.asl import EXTEND, SHIFT, AddWithCarry, ExtendReg, Flags, IsZeroBit, ShiftReg, bit
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine
from kernel.ops import number, slt, ule
from kernel.term import Term


def AddSub(x: Term, y: Term, *, subtract: bool) -> tuple[Term, Flags]:
    """AddWithCarry(x, y, 0), or AddWithCarry(x, NOT(y), 1) written as a difference and comparisons.

    The carry of x - y says that there was no borrow, y ≤ x; and N differs from V exactly where x < y as signed numbers.
    """
    if not subtract:
        return AddWithCarry(x, y, 0)
    result = x - y
    negative = result[x.width - 1]
    return result, (negative, IsZeroBit(result), bit(ule(y, x)), negative ^ bit(slt(x, y)))


@instruction(
    encoding="sf:1 op:1 S:1 100010 sh:1 imm12:12 Rn:5 Rd:5",
    aliases=(
        "mov <Rd|SP>, <Rn|SP> if op:S:sh:imm12 == 0 and (Rd == 31 or Rn == 31)",
        "[op:cmn|cmp] <Rn|SP>, #<imm12>(, lsl #<sh * 12>) if S and Rd == 31",
    ),
    syntax=(
        "[op:add|sub] <Rd|SP>, <Rn|SP>, #<imm12>(, lsl #<sh * 12>) if not S",
        "[op:adds|subs] <Rd>, <Rn|SP>, #<imm12>(, lsl #<sh * 12>)",
    ),
)
def add_sub_immediate(f: Fields, m: Machine) -> None:
    """Add or subtract an immediate (ADD, ADDS, SUB, SUBS; MOV to or from SP, CMP, CMN)."""
    datasize = 64 if f.sf else 32
    imm = number(f.imm12 << 12 if f.sh else f.imm12, datasize)
    result, nzcv = AddSub(m.XSP[f.Rn, datasize], imm, subtract=bool(f.op))
    if f.S:
        m.NZCV = nzcv
        m.X[f.Rd, datasize] = result
    else:
        m.XSP[f.Rd, datasize] = result


@instruction(
    encoding="sf:1 op:1 S:1 01011 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5",
    aliases=(
        "[op:cmn|cmp] <Rn>, <Rm>(, [shift:lsl|lsr|asr] #<imm6>) if S and Rd == 31",
        "neg[S:|s] <Rd>, <Rm>(, [shift:lsl|lsr|asr] #<imm6>) if op and Rn == 31",
    ),
    syntax="[op:add|sub][S:|s] <Rd>, <Rn>, <Rm>(, [shift:lsl|lsr|asr] #<imm6>)",
)
def add_sub_shifted_register(f: Fields, m: Machine) -> None:
    """Add or subtract a register and a shifted register (ADD, ADDS, SUB, SUBS; CMP, CMN, NEG, NEGS)."""
    undefined_if(f.shift == 0b11)
    undefined_if(f.sf == 0 and f.imm6 >= 32)
    datasize = 64 if f.sf else 32
    operand2 = ShiftReg(m.X[f.Rm, datasize], SHIFT[f.shift], f.imm6)
    result, nzcv = AddSub(m.X[f.Rn, datasize], operand2, subtract=bool(f.op))
    if f.S:
        m.NZCV = nzcv
    m.X[f.Rd, datasize] = result


@instruction(
    encoding="sf:1 op:1 S:1 01011 00 1 Rm:5 option:3 imm3:3 Rn:5 Rd:5",
    where={"wide": "sf and option & 3 == 3", "plain": "option == 2 + sf"},
    aliases=(
        "[op:cmn|cmp] <Rn|SP>, <Rm:wide>(, lsl #<imm3>) if S and Rd == 31 and plain and Rn == 31",
        "[op:cmn|cmp] <Rn|SP>, <Rm:wide>, [option:uxtb|uxth|uxtw|uxtx|sxtb|sxth|sxtw|sxtx](imm3? #<imm3>)"
        " if S and Rd == 31",
        "[op:add|sub] <Rd|SP>, <Rn|SP>, <Rm:wide>(, lsl #<imm3>) if not S and plain and (Rd == 31 or Rn == 31)",
        "[op:adds|subs] <Rd>, <Rn|SP>, <Rm:wide>(, lsl #<imm3>) if S and plain and Rn == 31",
    ),
    syntax=(
        "[op:add|sub] <Rd|SP>, <Rn|SP>, <Rm:wide>,"
        " [option:uxtb|uxth|uxtw|uxtx|sxtb|sxth|sxtw|sxtx](imm3? #<imm3>) if not S",
        "[op:adds|subs] <Rd>, <Rn|SP>, <Rm:wide>, [option:uxtb|uxth|uxtw|uxtx|sxtb|sxth|sxtw|sxtx](imm3? #<imm3>)",
    ),
)
def add_sub_extended_register(f: Fields, m: Machine) -> None:
    """Add or subtract a register, possibly SP, and an extended register (ADD, ADDS, SUB, SUBS; CMP, CMN)."""
    undefined_if(f.imm3 > 4)
    datasize = 64 if f.sf else 32
    operand2 = ExtendReg(m.X[f.Rm, datasize], EXTEND[f.option], f.imm3, datasize)
    result, nzcv = AddSub(m.XSP[f.Rn, datasize], operand2, subtract=bool(f.op))
    if f.S:
        m.NZCV = nzcv
        m.X[f.Rd, datasize] = result
    else:
        m.XSP[f.Rd, datasize] = result


@instruction(
    encoding="sf:1 op:1 S:1 11010000 Rm:5 000000 Rn:5 Rd:5",
    aliases=("ngc[S:|s] <Rd>, <Rm> if op and Rn == 31",),
    syntax="[op:adc|sbc][S:|s] <Rd>, <Rn>, <Rm>",
)
def add_sub_with_carry(f: Fields, m: Machine) -> None:
    """Add with carry, or subtract with borrow (ADC, ADCS, SBC, SBCS; NGC, NGCS)."""
    datasize = 64 if f.sf else 32
    operand2 = m.X[f.Rm, datasize]
    if f.op:
        operand2 = ~operand2
    result, nzcv = AddWithCarry(m.X[f.Rn, datasize], operand2, m.get("c"))
    if f.S:
        m.NZCV = nzcv
    m.X[f.Rd, datasize] = result
