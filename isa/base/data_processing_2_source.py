# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Data processing with two source registers: division and shifts (Arm ARM C4.1 "Data-processing (2 source)")."""

from __future__ import annotations

from isa.dsl import instruction
from isa.encoding import Fields
from isa.machine import Machine
from kernel.ops import ashr, eq, ite, number, udiv
from kernel.term import Term


def DivideUnsigned(x: Term, y: Term) -> Term:
    """x / y rounded down; 0 where y is 0, unlike SMT-LIB's all ones."""
    return ite(eq(y, 0), number(0, x.width), udiv(x, y))


def DivideSigned(x: Term, y: Term) -> Term:
    """x / y rounded towards zero, of signed numbers; 0 where y is 0. The least number divided by -1 is itself."""
    top = x.width - 1
    x_negative, y_negative = eq(x[top], 1), eq(y[top], 1)
    quotient = DivideUnsigned(ite(x_negative, -x, x), ite(y_negative, -y, y))
    return ite(x_negative ^ y_negative, -quotient, quotient)


def ShiftVariable(x: Term, shift_type: int, amount: Term) -> Term:
    """x shifted or rotated by an amount modulo its width, a power of two; shift_type as in SHIFT of isa/asl.py."""
    amount = amount & (x.width - 1)
    if shift_type == 0b11:
        return x >> amount | x << (-amount & (x.width - 1))
    return (x << amount, x >> amount, ashr(x, amount))[shift_type]


@instruction(
    encoding="sf:1 0 0 11010110 Rm:5 00001 o1:1 Rn:5 Rd:5",
    syntax="[o1:u|s]div <Rd>, <Rn>, <Rm>",
)
def divide(f: Fields, m: Machine) -> None:
    """Divide unsigned or signed numbers, rounding towards zero (UDIV, SDIV)."""
    datasize = 64 if f.sf else 32
    operand1, operand2 = m.X[f.Rn, datasize], m.X[f.Rm, datasize]
    m.X[f.Rd, datasize] = DivideSigned(operand1, operand2) if f.o1 else DivideUnsigned(operand1, operand2)


@instruction(
    encoding="sf:1 0 0 11010110 Rm:5 0010 op2:2 Rn:5 Rd:5",
    syntax="[op2:lsl|lsr|asr|ror] <Rd>, <Rn>, <Rm>",
)
def shift_variable(f: Fields, m: Machine) -> None:
    """Shift or rotate by a register, modulo the width (LSLV, LSRV, ASRV, RORV)."""
    datasize = 64 if f.sf else 32
    m.X[f.Rd, datasize] = ShiftVariable(m.X[f.Rn, datasize], f.op2, m.X[f.Rm, datasize])
