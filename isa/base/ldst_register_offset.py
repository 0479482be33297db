# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Load and store a general register at a base plus a register, and load one from near the instruction.

Arm ARM, C4.1 "Load/store register (register offset)" and "Load register (literal)".
"""

from __future__ import annotations

from isa.asl import SignExtend
from isa.asl_memory import (
    PREFETCH_NAMES,
    REGISTER_OFFSET,
    AddressAdd,
    BaseAddress,
    DecodeAccess,
    ExtendedOffset,
    LoadStoreGeneral,
)
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine


@instruction(
    encoding="size:2 111 0 00 opc:2 1 Rm:5 option:3 S:1 10 Rn:5 Rt:5",
    syntax=(
        f"prfm {PREFETCH_NAMES}, {REGISTER_OFFSET} if size==3 and opc==2",
        f"prfm #<Rt>, {REGISTER_OFFSET} if size==3 and opc==2",
        f"[opc:str|ldr|ldrs|ldrs][size:b|h||](opc==2 and size==2?w) <Rt:wide>, {REGISTER_OFFSET}",
    ),
    where={"wide": "(size==3, size==3, 1, 0)[opc]", "scale": "size"},
)
def load_store_register_offset(f: Fields, m: Machine) -> None:
    """Load or store a register at a base plus an extended, possibly scaled register (LDR, STR, LDRB, ... register).

    A prefetch (PRFM) is a hint: it accesses nothing.
    """
    undefined_if(f.option & 0b010 == 0)
    if f.size == 0b11 and f.opc == 0b10:
        return
    access = DecodeAccess(f.size, f.opc)
    offset = ExtendedOffset(m, f.Rm, f.option, f.size if f.S else 0)
    LoadStoreGeneral(m, f.Rt, BaseAddress(m, f.Rn) + offset, access)


@instruction(
    encoding="opc:2 011 0 00 imm19:19 Rt:5",
    syntax=(
        "ldr <Rt:opc>, #<pc + signed(imm19) * 4> if opc < 2",
        "ldrsw <Xt>, #<pc + signed(imm19) * 4> if opc == 2",
        f"prfm {PREFETCH_NAMES}, #<pc + signed(imm19) * 4>",
        "prfm #<Rt>, #<pc + signed(imm19) * 4>",
    ),
)
def load_literal(f: Fields, m: Machine) -> None:
    """Load a register from an address relative to the instruction (LDR, LDRSW literal; the hint PRFM)."""
    if f.opc == 0b11:
        return
    access = DecodeAccess(*((0b10, 0b01), (0b11, 0b01), (0b10, 0b10))[f.opc])
    LoadStoreGeneral(m, f.Rt, AddressAdd(m.PC, SignExtend(f.imm19, 19) * 4), access)
