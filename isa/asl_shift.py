# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Shifts of elements, and the fields of the shifts by an immediate."""

from __future__ import annotations

from isa.asl import ASR, LSR, part
from isa.asl_vector import Saturated, is_scalar
from isa.dsl import undefined_if
from isa.encoding import Fields
from kernel.ops import ashr, eq, ite, mask, number, slt, zext
from kernel.term import Term

IMMEDIATE = {
    "esize": "log2(immh)",
    "right": "(16 << log2(immh)) - immh:immb",
    "left": "immh:immb - (8 << log2(immh))",
}
"""How a shift by an immediate writes its elements' size (log2 of bytes) and its amount."""


def ShiftElementSize(f: Fields) -> int:
    """The bits of the elements, from the highest set bit of immh."""
    return 4 << f.immh.bit_length()


def RightShiftAmount(f: Fields) -> int:
    """The amount of a shift right: 1 to the elements' size."""
    return 2 * ShiftElementSize(f) - (f.immh << 3 | f.immb)


def LeftShiftAmount(f: Fields) -> int:
    """The amount of a shift left: 0 to the elements' size minus 1."""
    return (f.immh << 3 | f.immb) - ShiftElementSize(f)


def undefined_if_doubleword_alone(f: Fields) -> None:
    """UNDEFINED for a vector of one doubleword."""
    undefined_if(not is_scalar(f) and f.immh >= 0b1000 and f.Q == 0)


def undefined_if_not_scalar_doubleword(f: Fields) -> None:
    """UNDEFINED in a scalar form for anything but a doubleword."""
    undefined_if(is_scalar(f) and f.immh < 0b1000)


def RShr(x: Term, shift: int, *, unsigned: bool, rounding: bool) -> Term:
    """x shifted right by a constant; with rounding, the last bit that leaves is added. The sum does not overflow."""
    shifted = (LSR if unsigned else ASR)(x, shift)
    return shifted + zext(part(x, shift - 1, shift - 1), x.width) if rounding else shifted


def RShrReg(x: Term, shift: Term, *, unsigned: bool, rounding: bool) -> Term:
    """x shifted right by -shift bits, 1 to 128, where the 8-bit shift is negative; rounded as RShr does."""
    amount = zext(-shift, x.width)
    shifted = x >> amount if unsigned else ashr(x, amount)
    if not rounding:
        return shifted
    # The complement is one less than the negative.
    before = zext(~shift, x.width)
    last = x >> before if unsigned else ashr(x, before)
    return shifted + zext(last[0], x.width)


def SaturatedLSL(x: Term, amount: Term, *, unsigned: bool) -> Saturated:
    """x shifted left, by any amount in the width of x; the nearest value that fits."""
    shifted = x << amount
    back = shifted >> amount if unsigned else ashr(shifted, amount)
    overflow = ~eq(back, x)
    if unsigned:
        limit = number(mask(x.width), x.width)
    else:
        high = mask(x.width - 1)
        limit = ite(slt(x, 0), number(~high, x.width), number(high, x.width))
    return ite(overflow, limit, shifted), overflow
