# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A routine that masks n blocks of 8 bytes with a 32-bit counter and a key of two words, three blocks in a round and then one or two:
out[j] = in[j] ^ (counter + j + key[0] + key[1]). The loop over the key shares its head with the one over the blocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from elf_builder import ALLOC, EXEC, SHARED, ElfBuilder, words

from crypto_specs.stored import stored_blocks
from kernel.ops import eq, read, ule, zext
from kernel.sorts import BV
from kernel.term import Term, Var
from symsim.contract import INDEX_VARIABLE, MEMORY, Contract, Loop, Output, Region
from symsim.program import Program

CODE = (
    0x2A0403E8,  # mov w8, w4
    0x11000489,  # add w9, w4, #1
    0x1100088A,  # add w10, w4, #2
    0xAA0303E7,  # mov x7, x3
    0x52800046,  # mov w6, #2
    0xF1000C5F,  # cmp x2, #3
    0x54000323,  # b.lo tail
    0xD1000C42,  # sub x2, x2, #3
    0xF84084EB,  # head: ldr x11, [x7], #8
    0x8B0B0108,  # add x8, x8, x11
    0x8B0B0129,  # add x9, x9, x11
    0x8B0B014A,  # add x10, x10, x11
    0x710004C6,  # subs w6, w6, #1
    0x54FFFF61,  # b.ne head
    0xA8C1342C,  # ldp x12, x13, [x1], #16
    0xF840842E,  # ldr x14, [x1], #8
    0xCA08018C,  # eor x12, x12, x8
    0xCA0901AD,  # eor x13, x13, x9
    0xCA0A01CE,  # eor x14, x14, x10
    0xA881340C,  # stp x12, x13, [x0], #16
    0xF800840E,  # str x14, [x0], #8
    0x11000C84,  # add w4, w4, #3
    0x2A0403E8,  # mov w8, w4
    0x11000489,  # add w9, w4, #1
    0x1100088A,  # add w10, w4, #2
    0xAA0303E7,  # mov x7, x3
    0x52800046,  # mov w6, #2
    0xF1000C42,  # subs x2, x2, #3
    0x54FFFD82,  # b.hs head
    0xB1000C42,  # adds x2, x2, #3
    0x54000220,  # b.eq done
    0xF84084EB,  # tail: ldr x11, [x7], #8
    0x8B0B0108,  # add x8, x8, x11
    0x8B0B0129,  # add x9, x9, x11
    0x710004C6,  # subs w6, w6, #1
    0x54FFFF81,  # b.ne tail
    0xF100045F,  # cmp x2, #1
    0xD280010F,  # mov x15, #8
    0x9A8F03EF,  # csel x15, xzr, x15, eq
    0x8B0F002F,  # add x15, x1, x15
    0xF940002C,  # ldr x12, [x1]
    0xF94001ED,  # ldr x13, [x15]
    0xCA08018C,  # eor x12, x12, x8
    0xCA0901AD,  # eor x13, x13, x9
    0xF900000C,  # str x12, [x0]
    0x54000040,  # b.eq done
    0xF900040D,  # str x13, [x0, #8]
    0xD65F03C0,  # done: ret
)
LAST_COUNTER = 0x1100088A  # add w10, w4, #2

OUT, IN, KEY, N, THREES = (Var(name, BV(64)) for name in ("out", "inp", "key", "n", "threes"))
COUNTER = Var("counter", BV(32))
_first, _second, _input = Var("first", BV(64)), Var("second", BV(64)), Var("input", BV(64))


def wraps_at_32(c: Term, j: Term) -> Term:
    """The counter as the routine counts."""
    return zext(c + j[31:0], 64)


def wraps_at_64(c: Term, j: Term) -> Term:
    """The counter of another routine."""
    return zext(c, 64) + j


def program(code: tuple[int, ...] = CODE) -> Program:
    """The routine `counted` of these words."""
    elf = ElfBuilder(SHARED)
    elf.section(".text", words(*code), ALLOC | EXEC, address=0x1000)
    elf.symbol("counted", ".text", 0x1000, 4 * len(code))
    return Program.from_bytes(elf.build(), "counter.so")


def contract(counted: Callable[[Term, Term], Term] = wraps_at_32, in_place: bool = False, **changes: Any) -> Contract:
    """The contract of `counted`."""
    source = OUT if in_place else IN

    def block(j: Term, c: Term, first: Term, second: Term, memory: Term, address: Term) -> Term:
        return read(memory, address + (j << 3), 8) ^ (counted(c, j) + first + second)

    masked = stored_blocks(f"{counted.__name__}_blocks", 8, (COUNTER, _first, _second), (_input,), block)
    whole = read(MEMORY, KEY, 16)
    key = whole[63:0], whole[127:64]
    output = Output(
        label="block j of the output is masked",
        base=OUT,
        unit=8,
        count=N,
        block=lambda j: block(j, COUNTER, *key, MEMORY, source),
        value=lambda c: masked(c, COUNTER, *key, MEMORY, source, OUT),
        zero=masked.equations[0],
        successor=masked.equations[1],
        counter=INDEX_VARIABLE,
    )
    inputs = () if in_place else (Region("input", IN, N << 3, unit=8),)
    plain = Contract(
        name="tiny/counted",
        symbol="counted",
        summary="",
        arguments={"x0": OUT, "x1": source, "x2": N, "x3": KEY, "x4": zext(COUNTER, 64)},
        regions=(*inputs, Region("output", OUT, N << 3, writable=True, unit=8), Region("key", KEY, 16)),
        requires={"there is a block": ~eq(N, 0), "the length in bytes fits 64 bits": ule(N, (1 << 61) - 1)},
        ensures=lambda memory: {},
        public=(OUT, KEY, N) if in_place else (OUT, IN, KEY, N),
        witness={OUT: 0x1_0000, IN: 0x2_0000, KEY: 0x3_0000, N: 8, COUNTER: 0xFFFF_FFFE},
        quotients={THREES: (N, 3)},
        loops={0: Loop(THREES)},
        stack=0,
        output=output,
    )
    return replace(plain, **changes)
