# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Arm's shared functions for vectors of integers, and what the encodings of Advanced SIMD have in common.

A scalar form of a class has a field `scalar` in its encoding, a vector form has `Q`.
"""

from __future__ import annotations

from collections.abc import Sequence

from isa.asl import ASR, LSR, part
from isa.encoding import Fields
from isa.machine import Machine
from kernel.ops import disj, ite, mask, number, sext, slt, zext
from kernel.term import Term

QC = 1 << 27
"""The bit of FPSR that stays set once a result has been saturated."""

Saturated = tuple[Term, Term]
"""A result, and whether it is not the exact one."""


def is_scalar(f: Fields) -> bool:
    """Whether the form works on one element and not on vectors."""
    return "scalar" in f


def DataSize(f: Fields, esize: int) -> int:
    """The bits of the operands: 64 or 128 as Q says; one element in a scalar form."""
    return esize if is_scalar(f) else 64 << f.Q


def Int(x: Term, width: int, *, unsigned: bool) -> Term:
    """An element's value as `width` bits: zero-extended or sign-extended."""
    return (zext if unsigned else sext)(x, width)


def Ones(condition: Term, width: int) -> Term:
    """All ones where the condition holds, otherwise all zeros: a comparison's result."""
    return ite(condition, number(mask(width), width), number(0, width))


def RShr(x: Term, shift: int, *, unsigned: bool, rounding: bool) -> Term:
    """x shifted right by a constant; with rounding, the last bit that leaves is added. The sum does not overflow."""
    shifted = (LSR if unsigned else ASR)(x, shift)
    return shifted + zext(part(x, shift - 1, shift - 1), x.width) if rounding and shift else shifted


def SignedSatQ(x: Term, width: int) -> Saturated:
    """A signed x as `width` bits, signed: the nearest value that fits."""
    high, low = mask(width - 1), -1 << (width - 1)
    above, below = slt(number(high, x.width), x), slt(x, number(low, x.width))
    return ite(above, number(high, width), ite(below, number(low, width), x[width - 1 : 0])), above | below


def UnsignedSatQ(x: Term, width: int) -> Saturated:
    """A signed x as `width` bits, unsigned: the nearest value that fits."""
    high = mask(width)
    above, below = slt(number(high, x.width), x), slt(x, number(0, x.width))
    return ite(above, number(high, width), ite(below, number(0, width), x[width - 1 : 0])), above | below


def SatQ(x: Term, width: int, *, unsigned: bool) -> Saturated:
    """A signed x as `width` bits, unsigned or signed: the nearest value that fits."""
    return (UnsignedSatQ if unsigned else SignedSatQ)(x, width)


def SetQC(m: Machine, saturated: Sequence[Term]) -> None:
    """Set FPSR.QC where one of the results has been saturated."""
    fpsr = m.get("fpsr")
    m.set("fpsr", ite(disj(*saturated), fpsr | QC, fpsr))


def AdvSIMDExpandImm(op: int, cmode: int, imm8: int) -> int:
    """The 64 bits that the fields of a modified immediate stand for."""
    if cmode < 0b1000:
        return replicated(imm8 << 8 * (cmode >> 1), 32)
    if cmode < 0b1100:
        return replicated(imm8 << 8 * (cmode >> 1 & 1), 16)
    if cmode < 0b1110:
        ones = 16 if cmode & 1 else 8
        return replicated(imm8 << ones | mask(ones), 32)
    if cmode == 0b1111:
        width = 64 if op else 32
        return replicated(VFPExpandImm(imm8, width), width)
    return sum(0xFF << 8 * i for i in range(8) if imm8 >> i & 1) if op else replicated(imm8, 8)


def VFPExpandImm(imm8: int, width: int) -> int:
    """The floating-point number of 16, 32 or 64 bits that the 8-bit immediate of FMOV stands for."""
    exponent_bits = {16: 5, 32: 8, 64: 11}[width]
    fraction_bits = width - exponent_bits - 1
    sign, bit6, low = imm8 >> 7, imm8 >> 6 & 1, imm8 & 0b111111
    repeated = (mask(exponent_bits - 3) if bit6 else 0) | (1 - bit6) << (exponent_bits - 3)
    return sign << (width - 1) | repeated << (fraction_bits + 2) | low << (fraction_bits - 4)


def replicated(value: int, width: int) -> int:
    """64 bits made of copies of a `width`-bit value."""
    return value * (mask(64) // mask(width))
