# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What the loads and stores share: base addresses, offsets, and the sizes that their fields stand for."""

from __future__ import annotations

from typing import NamedTuple

from isa.asl import EXTEND, LSL, ExtendReg
from isa.dsl import undefined_if
from isa.machine import Machine
from kernel.ops import eq, sext, zext
from kernel.term import Term

PREFETCH_NAMES = "[Rt>>3:pld|pli|pst|-]l[Rt>>1&3:1|2|3|-][Rt&1:keep|strm]"
"""The prefetch operations in a syntax row; the others are written as numbers."""
REGISTER_OFFSET = "[<Xn|SP>, <Rm:option & 1>(option != 3 or S?, [option:-|-|uxtw|lsl|-|-|sxtw|sxtx](S? #<scale>))]"
"""The address of a register form in a syntax row; `scale` is the shift."""


class Access(NamedTuple):
    """What a load or store does with a general register: `size` in bytes, the register's width in bits."""

    size: int
    width: int
    store: bool
    signed: bool


def BaseAddress(m: Machine, n: int) -> Term:
    """The address in X[n], or in the stack pointer, which has to be aligned (64 bits)."""
    if n == 31:
        m.CheckSPAlignment()
    return m.XSP[n]


def AddressAdd(base: Term, offset: int) -> Term:
    """base + offset; the base itself where the offset is 0."""
    return base + offset if offset else base


def ExtendedOffset(m: Machine, index: int, option: int, shift: int) -> Term:
    """The offset of the register forms: X[index], whole or extended from a word, shifted left (64 bits); bit 1 of
    `option` is set."""
    if option & 1:
        return LSL(m.X[index], shift)
    return ExtendReg(m.X[index], EXTEND[option], shift, 64)


def CheckAlignment(m: Machine, address: Term, size: int) -> None:
    """An access that has to be aligned faults where its address is no multiple of `size`, a power of two."""
    if size > 1:
        m.require(eq(address[size.bit_length() - 2 : 0], 0))


def DecodeAccess(size: int, opc: int) -> Access:
    """The access of the fields size and opc of the general register forms, prefetches excluded.

    UNDEFINED where the register would not be wider than what is sign-extended into it.
    """
    signed = opc >= 0b10
    undefined_if(signed and size + (opc & 1) > 0b10)
    width = (64 if opc == 0b10 else 32) if signed else max(32, 8 << size)
    return Access(1 << size, width, opc == 0b00, signed)


def LoadStoreGeneral(m: Machine, t: int, address: Term, access: Access) -> None:
    """Load X[t] from the address, extended to the register's width, or store its low bytes there."""
    if access.store:
        m.Mem[address, access.size] = m.X[t, 8 * access.size]
    else:
        data = m.Mem[address, access.size]
        m.X[t, access.width] = (sext if access.signed else zext)(data, access.width)


def LoadStoreVector(m: Machine, t: int, address: Term, size: int, *, load: bool) -> None:
    """Load V[t] from `size` bytes, clearing the rest of it, or store its low bytes."""
    if load:
        m.V[t, 8 * size] = m.Mem[address, size]
    else:
        m.Mem[address, size] = m.V[t, 8 * size]
