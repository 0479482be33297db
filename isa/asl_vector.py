# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Arm's shared functions for vectors of integers, and what the encodings of Advanced SIMD have in common.

A scalar form of a class has a field `scalar` in its encoding, a vector form has `Q`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from isa.asl import Elem, Elems, part
from isa.encoding import Fields
from isa.machine import Machine, joined
from kernel.ops import concat, disj, ite, mask, number, sext, slt, ult, zext
from kernel.term import Term

Lanes = Iterator[tuple[Term, ...]]

Saturated = tuple[Term, Term]
"""A result, and whether it is not the exact one."""

QC = 1 << 27
"""The bit of FPSR that stays set once a result has been saturated."""


def is_scalar(f: Fields) -> bool:
    """Whether the form works on one element and not on vectors."""
    return "scalar" in f


def DataSize(f: Fields, esize: int) -> int:
    """The bits of the operands: 64 or 128 as Q says; one element in a scalar form."""
    return esize if is_scalar(f) else 64 << f.Q


def lanes(m: Machine, datasize: int, esize: int, *registers: int) -> Lanes:
    """Element 0 of each of the registers, then element 1 of each, and so on."""
    return zip(*[Elems(m.V[register, datasize], esize) for register in registers], strict=True)


def adjacent_pairs(m: Machine, datasize: int, esize: int, *registers: int) -> Lanes:
    """Elements 0 and 1, then 2 and 3, and so on, of the first register, then of the others."""
    elements = [element for register in registers for element in Elems(m.V[register, datasize], esize)]
    return zip(elements[0::2], elements[1::2], strict=True)


def LongSize(f: Fields) -> int:
    """The bits of operands with elements twice as wide as `size` says: 128, or one element in a scalar form."""
    return 16 << f.size if is_scalar(f) else 128


def NarrowElements(f: Fields, m: Machine, n: int) -> list[Term]:
    """The elements in the half of a register that Q chooses; the lowest element in a scalar form."""
    esize = 8 << f.size
    return [m.V[n, esize]] if is_scalar(f) else Elems(Vpart(m, n, f.Q), esize)


def Vpart(m: Machine, n: int, half: int) -> Term:
    """The low (0) or high (1) 64 bits of a vector register."""
    return Elem(m.V[n], half, 64)


def SetVpart(m: Machine, n: int, half: int, value: Term) -> None:
    """Write the high half of a vector register (1), keeping the low one; or the low half (0), clearing the high one."""
    if half:
        m.V[n] = concat(value, m.V[n, 64])
    else:
        m.V[n, 64] = value


def WideElements(f: Fields, m: Machine, n: int, esize: int) -> list[Term]:
    """All elements of a register; the lowest one in a scalar form."""
    return Elems(m.V[n, esize if is_scalar(f) else 128], esize)


def SetNarrow(f: Fields, m: Machine, n: int, value: Term) -> None:
    """Write a narrow result to the half of a register that Q chooses; to the register in a scalar form."""
    if is_scalar(f):
        m.V[n, value.width] = value
    else:
        SetVpart(m, n, f.Q, value)


def Int(x: Term, width: int, *, unsigned: bool) -> Term:
    """An element's value as `width` bits: zero-extended or sign-extended."""
    return (zext if unsigned else sext)(x, width)


def Ones(condition: Term, width: int) -> Term:
    """All ones where the condition holds, otherwise all zeros: the result of a comparison."""
    return ite(condition, number(mask(width), width), number(0, width))


def Abs(x: Term) -> Term:
    """The absolute value of a signed element; the most negative one is its own."""
    return ite(slt(x, 0), -x, x)


def AbsDiff(a: Term, b: Term, *, unsigned: bool) -> Term:
    """|a - b|, exact as an unsigned number."""
    return ite((ult if unsigned else slt)(a, b), b - a, a - b)


def SignedSatQ(x: Term, width: int) -> Saturated:
    """A signed x as `width` bits, signed: the nearest value that fits."""
    high, low = mask(width - 1), -1 << (width - 1)
    above, below = slt(number(high, x.width), x), slt(x, number(low, x.width))
    return ite(above, number(high, width), ite(below, number(low, width), part(x, width - 1, 0))), above | below


def UnsignedSatQ(x: Term, width: int) -> Saturated:
    """A signed x as `width` bits, unsigned: the nearest value that fits."""
    high = mask(width)
    above, below = slt(number(high, x.width), x), slt(x, number(0, x.width))
    return ite(above, number(high, width), ite(below, number(0, width), part(x, width - 1, 0))), above | below


def SatQ(x: Term, width: int, *, unsigned: bool) -> Saturated:
    """A signed x as `width` bits, unsigned or signed: the nearest value that fits."""
    return (UnsignedSatQ if unsigned else SignedSatQ)(x, width)


def saturated_vector(m: Machine, results: Iterable[Saturated]) -> Term:
    """The vector of the results, element 0 first. FPSR.QC is set where one of them is not exact."""
    elements, saturated = zip(*results, strict=True)
    fpsr = m.get("fpsr")
    m.set("fpsr", ite(disj(*saturated), fpsr | QC, fpsr))
    return joined(elements)


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
