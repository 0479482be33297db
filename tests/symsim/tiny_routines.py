# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Routines of a few instructions in an ELF file, and the contract that the good ones keep: out[0] = in[0] ^ mask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from elf_builder import ALLOC, EXEC, OBJECT, SHARED, WRITE, ElfBuilder, words

from kernel.ops import eq, read
from kernel.sorts import BV
from kernel.term import Term, Var
from symsim.contract import MEMORY, Contract, Region
from symsim.program import Program

TEXT, TABLE, VARIABLE = 0x1000, 0x2000, 0x3000
TABLE_BYTES = bytes(range(256))

CODE = {
    "ldr x3, [x1]": 0xF9400023,
    "ldr x4, [x1]": 0xF9400024,
    "ldr x4, [x1, #8]": 0xF9400424,
    "ldr x4, [x1, #0x10]": 0xF9400824,
    "ldr x4, [x1, #0x2000]": 0xF9500024,
    "eor x3, x3, x2": 0xCA020063,
    "orr x3, x3, x2": 0xAA020063,
    "eor x4, x4, x2": 0xCA020084,
    "eor x4, x4, #0x5555555555555555": 0xD200F084,
    "str x3, [x0]": 0xF9000003,
    "str x3, [x0, #8]": 0xF9000403,
    "str x3, [x1]": 0xF9000023,
    "str x3, [x4]": 0xF9000083,
    "ret": 0xD65F03C0,
    "ret x4": 0xD65F0080,
    "br x4": 0xD61F0080,
    "mov x4, #0": 0xD2800004,
    "mov x19, x3": 0xAA0303F3,
    "movi v8.16b, #0": 0x4F00E408,
    "movi v7.16b, #0": 0x4F00E407,
    "cbz x3, #8": 0xB4000043,
    "cbz x4, #8": 0xB4000044,
    "nop": 0xD503201F,
    "and x4, x3, #8": 0x927D0064,
    "ldrb w4, [x1, x4]": 0x38646824,
    "ldrb w4, [x4]": 0x39400084,
    "ldr w4, [x4]": 0xB9400084,
    "ldr x5, [x4, #0x20]": 0xF9401085,
    "ldr x5, [x4, #0x88]": 0xF9404485,
    "b #0": 0x14000000,
    "udf #0": 0,
    "brk #0": 0xD4200000,
    "svc #0": 0xD4000001,
    "sub sp, sp, #0x10": 0xD10043FF,
    "str x3, [sp, #-0x10]!": 0xF81F0FE3,
    "ldr x3, [sp], #0x10": 0xF84107E3,
    "cmp x4, #0": 0xF100009F,
    "cset x4, eq": 0x9A9F17E4,
    "eor x3, x3, x4": 0xCA040063,
    "adds x4, x3, x2": 0xAB020064,
    "mov v1.16b, v0.16b": 0x4EA01C01,
}
GOOD = ("ldr x3, [x1]", "eor x3, x3, x2", "str x3, [x0]", "ret")


def adr_x4(place: int, target: int) -> int:
    """The word of `adr x4, target` at a place."""
    distance = target - place
    return 0x10000004 | (distance & 3) << 29 | (distance >> 2 & 0x7FFFF) << 5


def program(*code: str | int) -> Program:
    """The routine `mask` of these instructions (text or words), in a library that also has a `table` of the bytes 0 to 255 and a
    variable `switch`."""
    elf = ElfBuilder(SHARED)
    elf.section(".text", words(*[CODE[c] if isinstance(c, str) else c for c in code]), ALLOC | EXEC, address=TEXT)
    elf.section(".rodata", TABLE_BYTES, address=TABLE)
    elf.section(".data", bytes(16), ALLOC | WRITE, address=VARIABLE)
    elf.symbol("mask", ".text", TEXT, 4 * len(code))
    elf.symbol("table", ".rodata", TABLE, 256, OBJECT)
    elf.symbol("switch", ".data", VARIABLE, 8, OBJECT)
    return Program.from_bytes(elf.build(), "tiny.so")


OUT, IN, MASK = (Var(name, BV(64)) for name in ("out", "in", "mask"))


def ensures(memory: Term) -> Mapping[str, Term]:
    return {"out is in ^ mask": eq(read(memory, OUT, 8), read(MEMORY, IN, 8) ^ MASK)}


def contract(**changes: Any) -> Contract:
    """The contract of `mask`; the mask and what is in memory are secret."""
    plain = Contract(
        name="tiny/mask",
        symbol="mask",
        summary="",
        arguments={"x0": OUT, "x1": IN, "x2": MASK},
        regions=(Region("out", OUT, 8, writable=True), Region("in", IN, 16)),
        requires={},
        ensures=ensures,
        public=(OUT, IN),
        witness={OUT: 0x1_0000, IN: 0x2_0000, MASK: 0x1234_5678_9ABC_DEF0},
        stack=32,
    )
    return replace(plain, **changes)
