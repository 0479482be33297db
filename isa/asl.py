# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Arm's shared functions, under Arm's names (Arm ARM, DDI 0487, J1 "Shared Pseudocode").

Widths, positions and shift amounts that an encoding fixes are Python ints; values are terms.
"""

from __future__ import annotations

import operator
from functools import reduce

from isa.dsl import undefined_if
from isa.machine import Machine, joined
from kernel.ops import EXTRACT, ashr, concat, eq, ite, number, ror, sext, true, zext
from kernel.term import Term

SHIFT = ("LSL", "LSR", "ASR", "ROR")
EXTEND = ("UXTB", "UXTH", "UXTW", "UXTX", "SXTB", "SXTH", "SXTW", "SXTX")

Flags = tuple[Term, Term, Term, Term]


def bit(condition: Term) -> Term:
    """A Bool as one bit."""
    return ite(condition, number(1, 1), number(0, 1))


def IsZeroBit(x: Term) -> Term:
    """1 where all bits of x are 0, otherwise 0."""
    return bit(eq(x, 0))


def Bits(value: int, width: int) -> str:
    """The low bits of an int in the manual's notation, to match against its patterns."""
    return format(value & ((1 << width) - 1), f"0{width}b")


def SignExtend(value: int, width: int) -> int:
    """An immediate field of `width` bits as a signed int."""
    return value - (1 << width) if value >> (width - 1) & 1 else value


def AddWithCarry(x: Term, y: Term, carry_in: Term | int) -> tuple[Term, Flags]:
    """x + y + carry_in and its flags: negative, zero, carry out, signed overflow. carry_in is one bit."""
    n = x.width
    carry = number(carry_in, 1) if isinstance(carry_in, int) else carry_in
    no_carry = carry is number(0, 1)
    result = x + y if no_carry else x + y + zext(carry, n)
    wide_u = zext(x, n + 1) + zext(y, n + 1)
    wide_s = sext(x, n + 1) + sext(y, n + 1)
    if not no_carry:
        wide_u, wide_s = wide_u + zext(carry, n + 1), wide_s + zext(carry, n + 1)
    return result, (result[n - 1], IsZeroBit(result), wide_u[n], wide_s[n] ^ wide_s[n - 1])


def LSL(x: Term, amount: int) -> Term:
    """x shifted left by a constant."""
    return x << number(amount, x.width) if amount else x


def LSR(x: Term, amount: int) -> Term:
    """x shifted right by a constant, zeros moving in."""
    return x >> number(amount, x.width) if amount else x


def ASR(x: Term, amount: int) -> Term:
    """x shifted right by a constant, copies of its top bit moving in."""
    return ashr(x, number(amount, x.width)) if amount else x


def ROR(x: Term, amount: int) -> Term:
    """x rotated right by a constant."""
    return ror(x, amount)


def ROL(x: Term, amount: int) -> Term:
    """x rotated left by a constant."""
    return ror(x, x.width - amount)


def ShiftReg(x: Term, shift_type: str, amount: int) -> Term:
    """x shifted by a constant, as an instruction's shift field says."""
    return {"LSL": LSL, "LSR": LSR, "ASR": ASR, "ROR": ROR}[shift_type](x, amount)


def ExtendReg(x: Term, extend_type: str, shift: int, width: int) -> Term:
    """The low 8, 16, 32 or 64 bits of x extended to `width` bits, then shifted left."""
    length = min({"B": 8, "H": 16, "W": 32, "X": 64}[extend_type[-1]], width)
    part = x[length - 1 : 0] if length < x.width else x
    extended = (sext if extend_type[0] == "S" else zext)(part, width)
    return LSL(extended, shift)


def DecodeBitMasks(immN: int, imms: int, immr: int, width: int) -> int:
    """The mask of a logical immediate (the manual's wmask), as an int of `width` bits.

    UNDEFINED where the fields encode no mask.
    """
    length = (immN << 6 | imms ^ 0b111111).bit_length() - 1
    undefined_if(length < 1)
    esize = 1 << length
    undefined_if(width < esize)
    levels = esize - 1
    undefined_if(imms & levels == levels)
    S, R = imms & levels, immr & levels
    welem = (1 << (S + 1)) - 1
    rotated = (welem >> R | welem << (esize - R)) & ((1 << esize) - 1)
    return rotated * sum(1 << i for i in range(0, width, esize))


def ConditionHolds(m: Machine, cond: int) -> Term:
    """The condition of a 4-bit field on the flags; 1111 always holds, as 1110 does."""
    n, z, c, v = (eq(flag, 1) for flag in m.NZCV)
    result = (z, c, n, v, c & ~z, ~(n ^ v), ~(n ^ v) & ~z, true)[cond >> 1]
    return ~result if cond & 1 and cond != 0b1111 else result


def part(x: Term, hi: int, lo: int) -> Term:
    """x<hi:lo>; a part of a part is taken from the whole, so that terms stay flat."""
    if x.op is EXTRACT:
        x, hi, lo = x.args[0], hi + x.params[1], lo + x.params[1]
    return x if hi - lo + 1 == x.width else x[hi:lo]


def Elem(vector: Term, e: int, size: int) -> Term:
    """Element e, of `size` bits, of a vector."""
    return part(vector, size * e + size - 1, size * e)


def Elems(vector: Term, size: int) -> list[Term]:
    """All elements, element 0 first."""
    return [Elem(vector, e, size) for e in range(vector.width // size)]


def SetElem(vector: Term, e: int, value: Term) -> Term:
    """The vector with element e, of the value's width, replaced."""
    elements = Elems(vector, value.width)
    elements[e] = value
    return joined(elements)


def Replicate(x: Term, width: int) -> Term:
    """Copies of x up to `width` bits."""
    return concat(*[x] * (width // x.width))


def Reverse(x: Term, size: int) -> Term:
    """The elements of `size` bits in opposite order."""
    return concat(*Elems(x, size)) if x.width > size else x


def CountLeadingZeroBits(x: Term) -> Term:
    """The number of zeros above the highest 1, in the width of x."""
    result = number(x.width, x.width)
    for i in range(x.width):
        result = ite(eq(part(x, i, i), 1), number(x.width - 1 - i, x.width), result)
    return result


def CountLeadingSignBits(x: Term) -> Term:
    """The number of bits right below the top one that equal it, in the width of x."""
    top = x.width - 1
    return zext(CountLeadingZeroBits(part(x, top, 1) ^ part(x, top - 1, 0)), x.width)


def BitCount(x: Term) -> Term:
    """The number of ones, in the width of x."""
    return reduce(operator.add, [zext(one, x.width) for one in Elems(x, 1)])
