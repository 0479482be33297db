# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Atomic memory operations (Arm ARM, C4.1 "Atomic memory operations", "Compare and swap", "Compare and swap pair").

To one thread each is a load and a store. The addresses have to be aligned, as on processors without FEAT_LSE2.
"""

from __future__ import annotations

from collections.abc import Callable

from isa.asl_memory import BaseAddress, CheckAlignment
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine
from kernel.ops import concat, eq, ite, slt, ult, zext
from kernel.term import Term

OPERATIONS: tuple[Callable[[Term, Term], Term], ...] = (
    lambda data, value: data + value,
    lambda data, value: data & ~value,
    lambda data, value: data ^ value,
    lambda data, value: data | value,
    lambda data, value: ite(slt(value, data), data, value),
    lambda data, value: ite(slt(data, value), data, value),
    lambda data, value: ite(ult(value, data), data, value),
    lambda data, value: ite(ult(data, value), data, value),
)
"""What is stored, from what was there and the operand, by opc: ADD, CLR, EOR, SET, SMAX, SMIN, UMAX, UMIN."""
NAMES = "[opc:add|clr|eor|set|smax|smin|umax|umin]"


def MemAtomic(m: Machine, n: int, size: int, update: Callable[[Term], Term]) -> Term:
    """Load `size` bytes from the address in X[n] or SP, store what `update` makes of them, give what was there."""
    address = BaseAddress(m, n)
    CheckAlignment(m, address, size)
    data = m.Mem[address, size]
    m.Mem[address, size] = update(data)
    return data


def _set_register(m: Machine, t: int, data: Term) -> None:
    width = max(32, data.width)
    m.X[t, width] = zext(data, width)


@instruction(
    encoding="size:2 111 0 00 A:1 R:1 1 Rs:5 0 opc:3 00 Rn:5 Rt:5",
    aliases=(f"st{NAMES}[R:|l][size:b|h||] <Rs:size == 3>, [<Xn|SP>] if A == 0 and Rt == 31",),
    syntax=f"ld{NAMES}[A:|a][R:|l][size:b|h||] <Rs:size == 3>, <Rt:size == 3>, [<Xn|SP>]",
    features=("FEAT_LSE",),
)
def atomic_memory_operation(f: Fields, m: Machine) -> None:
    """Load a register and store what another one makes of it (LDADD, LDCLR, LDEOR, LDSET, LDSMAX, ...; STADD, ...)."""
    value = m.X[f.Rs, 8 << f.size]
    _set_register(m, f.Rt, MemAtomic(m, f.Rn, 1 << f.size, lambda data: OPERATIONS[f.opc](data, value)))


@instruction(
    encoding="size:2 111 0 00 A:1 R:1 1 Rs:5 1 000 00 Rn:5 Rt:5",
    syntax="swp[A:|a][R:|l][size:b|h||] <Rs:size == 3>, <Rt:size == 3>, [<Xn|SP>]",
    features=("FEAT_LSE",),
)
def swap(f: Fields, m: Machine) -> None:
    """Load a register and store another one (SWP, SWPB, SWPH, ...)."""
    value = m.X[f.Rs, 8 << f.size]
    _set_register(m, f.Rt, MemAtomic(m, f.Rn, 1 << f.size, lambda data: value))


@instruction(
    encoding="size:2 001000 1 A:1 1 Rs:5 R:1 11111 Rn:5 Rt:5",
    syntax="cas[A:|a][R:|l][size:b|h||] <Rs:size == 3>, <Rt:size == 3>, [<Xn|SP>]",
    features=("FEAT_LSE",),
)
def compare_and_swap(f: Fields, m: Machine) -> None:
    """Store a register where another one equals what is there; load what was there (CAS, CASB, CASH, ...).

    Where they differ what was there is stored back, so the area has to be writable in any case.
    """
    width = 8 << f.size
    comparevalue, newvalue = m.X[f.Rs, width], m.X[f.Rt, width]
    data = MemAtomic(m, f.Rn, 1 << f.size, lambda data: ite(eq(data, comparevalue), newvalue, data))
    _set_register(m, f.Rs, data)


@instruction(
    encoding="0 wide:1 001000 0 A:1 1 Rs:5 R:1 11111 Rn:5 Rt:5",
    syntax="casp[A:|a][R:|l] <Rs:wide>, <R(Rs + 1):wide>, <Rt:wide>, <R(Rt + 1):wide>, [<Xn|SP>]",
    features=("FEAT_LSE",),
)
def compare_and_swap_pair(f: Fields, m: Machine) -> None:
    """Compare and swap with pairs of registers, in one access of 8 or 16 bytes (CASP, CASPA, CASPL, CASPAL)."""
    undefined_if(f.Rs & 1 == 1 or f.Rt & 1 == 1)
    width = 64 if f.wide else 32
    comparevalue = concat(m.X[f.Rs + 1, width], m.X[f.Rs, width])
    newvalue = concat(m.X[f.Rt + 1, width], m.X[f.Rt, width])
    data = MemAtomic(m, f.Rn, width // 4, lambda data: ite(eq(data, comparevalue), newvalue, data))
    m.X[f.Rs, width], m.X[f.Rs + 1, width] = data[width - 1 : 0], data[2 * width - 1 : width]
