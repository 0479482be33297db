# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Load and store one SIMD&FP register: the addressing modes of the general registers, sizes 1 to 16 bytes.

Arm ARM, C4.1 "Load/store register (...)" and "Load register (literal)", with V = 1.
"""

from __future__ import annotations

from isa.asl import SignExtend
from isa.asl_memory import REGISTER_OFFSET, AddressAdd, BaseAddress, ExtendedOffset, LoadStoreVector
from isa.dsl import instruction, unallocated, undefined_if
from isa.encoding import Fields
from isa.machine import Machine
from kernel.term import Term

POST_INDEX = 0b01
WHERE = {"scale": "(opc >> 1) * 4 + size"}


def _scale(f: Fields) -> int:
    """The size of the access, as log2 of bytes: B, H, S, D, Q."""
    scale = (f.opc >> 1) << 2 | f.size
    undefined_if(scale > 4)
    return scale


def _load_store(f: Fields, m: Machine, address: Term, scale: int) -> None:
    LoadStoreVector(m, f.Rt, address, 1 << scale, load=f.opc & 1 == 1)


@instruction(
    encoding="size:2 111 1 01 opc:2 imm12:12 Rn:5 Rt:5",
    syntax="[opc & 1:str|ldr] <Ft:scale>, [<Xn|SP>(, #<imm12 << scale>)]",
    where=WHERE,
)
def load_store_vector_unsigned_offset(f: Fields, m: Machine) -> None:
    """Load or store a SIMD&FP register at a base plus a scaled unsigned offset (LDR, STR immediate)."""
    scale = _scale(f)
    _load_store(f, m, AddressAdd(BaseAddress(m, f.Rn), f.imm12 << scale), scale)


@instruction(
    encoding="size:2 111 1 00 opc:2 0 imm9:9 index:2=01|11 Rn:5 Rt:5",
    syntax=(
        "[opc & 1:str|ldr] <Ft:scale>, [<Xn|SP>], #<signed(imm9)> if index == 1",
        "[opc & 1:str|ldr] <Ft:scale>, [<Xn|SP>, #<signed(imm9)>]!",
    ),
    where=WHERE,
)
def load_store_vector_indexed(f: Fields, m: Machine) -> None:
    """Load or store a SIMD&FP register and move the base, after or before (LDR, STR with post- or pre-index)."""
    scale = _scale(f)
    base = BaseAddress(m, f.Rn)
    moved = AddressAdd(base, SignExtend(f.imm9, 9))
    _load_store(f, m, base if f.index == POST_INDEX else moved, scale)
    m.XSP[f.Rn] = moved


@instruction(
    encoding="size:2 111 1 00 opc:2 0 imm9:9 00 Rn:5 Rt:5",
    syntax="[opc & 1:stur|ldur] <Ft:scale>, [<Xn|SP>(, #<signed(imm9)>)]",
    where=WHERE,
)
def load_store_vector_unscaled(f: Fields, m: Machine) -> None:
    """Load or store a SIMD&FP register at a base plus a signed offset in bytes (LDUR, STUR)."""
    scale = _scale(f)
    _load_store(f, m, AddressAdd(BaseAddress(m, f.Rn), SignExtend(f.imm9, 9)), scale)


@instruction(
    encoding="size:2 111 1 00 opc:2 1 Rm:5 option:3 S:1 10 Rn:5 Rt:5",
    syntax=f"[opc & 1:str|ldr] <Ft:scale>, {REGISTER_OFFSET}",
    where=WHERE,
)
def load_store_vector_register_offset(f: Fields, m: Machine) -> None:
    """Load or store a SIMD&FP register at a base plus an extended, possibly scaled register (LDR, STR register)."""
    undefined_if(f.option & 0b010 == 0)
    scale = _scale(f)
    offset = ExtendedOffset(m, f.Rm, f.option, scale if f.S else 0)
    _load_store(f, m, BaseAddress(m, f.Rn) + offset, scale)


@instruction(
    encoding="opc:2!=11 011 1 00 imm19:19 Rt:5",
    syntax="ldr <Ft:opc + 2>, #<pc + signed(imm19) * 4>",
)
def load_vector_literal(f: Fields, m: Machine) -> None:
    """Load 4, 8 or 16 bytes from an address relative to the instruction into a SIMD&FP register (LDR literal)."""
    LoadStoreVector(m, f.Rt, AddressAdd(m.PC, SignExtend(f.imm19, 19) * 4), 4 << f.opc, load=True)


unallocated(
    name="load_store_vector_unallocated",
    encoding=(
        "11 011 1 00 xxxxxxxxxxxxxxxxxxxxxxxx",
        "xx 111 1 00 xx 0 xxxxxxxxx 10 xxxxxxxxxx",
    ),
)
