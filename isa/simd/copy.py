# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Move elements between vectors and general registers (Arm ARM, C4.1 "Advanced SIMD copy" and its scalar form)."""

from __future__ import annotations

from isa.asl import Elem, Replicate, SetElem
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine
from kernel.ops import sext, zext

WHERE = {"size": "lowest(imm5)", "index": "imm5 >> lowest(imm5) + 1"}


def ElementSize(f: Fields) -> int:
    """log2 of the element's bytes, from the lowest set bit of imm5."""
    undefined_if(f.imm5 & 0b1111 == 0)
    return (f.imm5 & -f.imm5).bit_length() - 1


@instruction(
    encoding=("0 Q:1 0 01110000 imm5:5 0 0000 1 Rn:5 Rd:5", "01 0 scalar:1=1 1110000 imm5:5 0 0000 1 Rn:5 Rd:5"),
    syntax=("dup <Vd>.<T:size,Q>, <Vn>.<E:size>[<index>]", "mov <Fd:size>, <Vn>.<E:size>[<index>] if scalar"),
    where=WHERE,
)
def dup_element(f: Fields, m: Machine) -> None:
    """Copy an element to all elements, or to a scalar register (DUP element; the scalar form's alias MOV)."""
    size = ElementSize(f)
    undefined_if("Q" in f and size == 3 and f.Q == 0)
    index, esize = f.imm5 >> size + 1, 8 << size
    datasize = 64 << f.Q if "Q" in f else esize
    m.V[f.Rd, datasize] = Replicate(Elem(m.V[f.Rn], index, esize), datasize)


@instruction(
    encoding="0 Q:1 0 01110000 imm5:5 0 0001 1 Rn:5 Rd:5",
    syntax="dup <Vd>.<T:size,Q>, <Rn:size == 3>",
    where=WHERE,
)
def dup_general(f: Fields, m: Machine) -> None:
    """Copy the low bits of a general register to all elements (DUP general)."""
    size = ElementSize(f)
    undefined_if(size == 3 and f.Q == 0)
    m.V[f.Rd, 64 << f.Q] = Replicate(Elem(m.X[f.Rn], 0, 8 << size), 64 << f.Q)


@instruction(
    encoding="0 Q:1 0 01110000 imm5:5 0 01 U:1 1 1 Rn:5 Rd:5",
    syntax="[U:s|u]mov <Rd:Q>, <Vn>.<E:size>[<index>]",
    aliases=("mov <Rd:Q>, <Vn>.<E:size>[<index>] if U and size == 2 + Q",),
    where=WHERE,
)
def move_element_to_general(f: Fields, m: Machine) -> None:
    """Copy an element to a general register, sign- or zero-extended (SMOV, UMOV; the alias MOV)."""
    size = ElementSize(f)
    # Each size but one has a single register width; SMOV of a byte or halfword has two.
    allowed = (size == 3) == (f.Q == 1) if f.U else size < 2 + f.Q
    undefined_if(not allowed)
    element = Elem(m.V[f.Rn], f.imm5 >> size + 1, 8 << size)
    datasize = 32 << f.Q
    m.X[f.Rd, datasize] = (zext if f.U else sext)(element, datasize)


@instruction(
    encoding="01 0 01110000 imm5:5 0 0011 1 Rn:5 Rd:5",
    syntax="mov <Vd>.<E:size>[<index>], <Rn:size == 3>",
    where=WHERE,
)
def insert_general(f: Fields, m: Machine) -> None:
    """Replace an element by the low bits of a general register (INS general; the alias MOV)."""
    size = ElementSize(f)
    m.V[f.Rd] = SetElem(m.V[f.Rd], f.imm5 >> size + 1, Elem(m.X[f.Rn], 0, 8 << size))


@instruction(
    encoding="01 1 01110000 imm5:5 0 imm4:4 1 Rn:5 Rd:5",
    syntax="mov <Vd>.<E:size>[<index>], <Vn>.<E:size>[<imm4 >> lowest(imm5)>]",
    where=WHERE,
)
def insert_element(f: Fields, m: Machine) -> None:
    """Replace an element by an element of another vector (INS element; the alias MOV)."""
    size = ElementSize(f)
    element = Elem(m.V[f.Rn], f.imm4 >> size, 8 << size)
    m.V[f.Rd] = SetElem(m.V[f.Rd], f.imm5 >> size + 1, element)
