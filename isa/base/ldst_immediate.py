# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Load and store a general register at a base plus an immediate (Arm ARM, C4.1 "Load/store register (...)")."""

from __future__ import annotations

from isa.asl import SignExtend
from isa.asl_memory import PREFETCH_NAMES, AddressAdd, BaseAddress, DecodeAccess, LoadStoreGeneral
from isa.dsl import instruction, undefined_if, unpredictable_if
from isa.encoding import Fields
from isa.machine import Machine

POST_INDEX = 0b01
WHERE = {"wide": "(size==3, size==3, 1, 0)[opc]", "signed_word": "opc==2 and size==2"}


def _is_prefetch(f: Fields) -> bool:
    return f.size == 0b11 and f.opc == 0b10


@instruction(
    encoding="size:2 111 0 01 opc:2 imm12:12 Rn:5 Rt:5",
    syntax=(
        f"prfm {PREFETCH_NAMES}, [<Xn|SP>(, #<imm12 << 3>)] if size==3 and opc==2",
        "prfm #<Rt>, [<Xn|SP>(, #<imm12 << 3>)] if size==3 and opc==2",
        "[opc:str|ldr|ldrs|ldrs][size:b|h||](signed_word?w) <Rt:wide>, [<Xn|SP>(, #<imm12 << size>)]",
    ),
    where=WHERE,
)
def load_store_unsigned_offset(f: Fields, m: Machine) -> None:
    """Load or store a register at a base plus a scaled unsigned offset (LDR, STR, LDRB, LDRSW, ... immediate).

    A prefetch (PRFM) is a hint: it accesses nothing, so it is neither in the trace nor checked.
    """
    if _is_prefetch(f):
        return
    access = DecodeAccess(f.size, f.opc)
    address = AddressAdd(BaseAddress(m, f.Rn), f.imm12 << f.size)
    LoadStoreGeneral(m, f.Rt, address, access)


@instruction(
    encoding="size:2 111 0 00 opc:2 0 imm9:9 index:2=01|11 Rn:5 Rt:5",
    syntax=(
        "[opc:str|ldr|ldrs|ldrs][size:b|h||](signed_word?w) <Rt:wide>, [<Xn|SP>], #<signed(imm9)> if index==1",
        "[opc:str|ldr|ldrs|ldrs][size:b|h||](signed_word?w) <Rt:wide>, [<Xn|SP>, #<signed(imm9)>]!",
    ),
    where=WHERE,
)
def load_store_indexed(f: Fields, m: Machine) -> None:
    """Load or store a register and move the base by a signed offset, after or before (LDR, STR, ... with writeback)."""
    undefined_if(_is_prefetch(f))
    access = DecodeAccess(f.size, f.opc)
    unpredictable_if(f.Rn == f.Rt and f.Rn != 31)
    base = BaseAddress(m, f.Rn)
    moved = AddressAdd(base, SignExtend(f.imm9, 9))
    LoadStoreGeneral(m, f.Rt, base if f.index == POST_INDEX else moved, access)
    m.XSP[f.Rn] = moved


@instruction(
    encoding="size:2 111 0 00 opc:2 0 imm9:9 00 Rn:5 Rt:5",
    syntax=(
        f"prfum {PREFETCH_NAMES}, [<Xn|SP>(, #<signed(imm9)>)] if size==3 and opc==2",
        "prfum #<Rt>, [<Xn|SP>(, #<signed(imm9)>)] if size==3 and opc==2",
        "[opc:stur|ldur|ldurs|ldurs][size:b|h||](signed_word?w) <Rt:wide>, [<Xn|SP>(, #<signed(imm9)>)]",
    ),
    where=WHERE,
)
def load_store_unscaled(f: Fields, m: Machine) -> None:
    """Load or store a register at a base plus a signed offset in bytes (LDUR, STUR, LDURB, ...; the hint PRFUM)."""
    if _is_prefetch(f):
        return
    access = DecodeAccess(f.size, f.opc)
    address = AddressAdd(BaseAddress(m, f.Rn), SignExtend(f.imm9, 9))
    LoadStoreGeneral(m, f.Rt, address, access)


@instruction(
    encoding="size:2 111 0 00 opc:2 0 imm9:9 10 Rn:5 Rt:5",
    syntax="[opc:sttr|ldtr|ldtrs|ldtrs][size:b|h||](signed_word?w) <Rt:wide>, [<Xn|SP>(, #<signed(imm9)>)]",
    where=WHERE,
)
def load_store_unprivileged(f: Fields, m: Machine) -> None:
    """Load or store a register with the access rights of EL0 (LDTR, STTR, ...), the only ones there are here."""
    undefined_if(_is_prefetch(f))
    access = DecodeAccess(f.size, f.opc)
    address = AddressAdd(BaseAddress(m, f.Rn), SignExtend(f.imm9, 9))
    LoadStoreGeneral(m, f.Rt, address, access)
