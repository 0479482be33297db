# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A routine to step through: a loop, the stack, a table of constants, a call."""

from __future__ import annotations

from collections.abc import Mapping

from elf_builder import ALLOC, EXEC, SHARED, ElfBuilder, words

START = 0x1000
CODE = {
    "str x0, [sp, #-0x10]!": 0xF81F0FE0,
    "str x30, [sp, #8]": 0xF90007FE,
    "adr x5, #0x1100": 0x100007C5,
    "ldr w6, [x5, #4]": 0xB94004A6,
    "add x0, x0, x1": 0x8B010000,
    "sub x2, x2, #1": 0xD1000442,
    "cbnz x2, #0x1010": 0xB5FFFFC2,
    "bl #0x1038": 0x94000007,
    "str x0, [x3]": 0xF9000060,
    "ldr w4, [sp, #4]": 0xB94007E4,
    "ldp x7, x30, [sp], #0x10": 0xA8C17BE7,
    "and w1, w1, w1": 0x0A010021,
    "ret": 0xD65F03C0,
    "nop": 0xD503201F,
    "add x0, x0, #7": 0x91001C00,
}
LOOP, CALL, SUBROUTINE = START + 0x10, START + 0x1C, START + 0x38


def routine(code: Mapping[str, int] = CODE) -> bytes:
    """An ELF file with `routine` and the subroutine `seven` that it calls."""
    elf = ElfBuilder(SHARED)
    elf.section(".text", words(*code.values(), code["ret"]), ALLOC | EXEC, address=START)
    elf.section(".rodata", bytes(range(64)), ALLOC, address=0x1100)
    elf.symbol("routine", ".text", START, SUBROUTINE - START)
    elf.symbol("seven", ".text", SUBROUTINE, 8)
    return elf.build()
