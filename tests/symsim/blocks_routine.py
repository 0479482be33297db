# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A routine with output of any length, out[j] = in[j] ^ mask for n blocks of 16 bytes, and its contract, disjoint and in place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from elf_builder import ALLOC, EXEC, SHARED, ElfBuilder, words

from crypto_specs.stored import stored_blocks
from kernel.ops import eq, read, ule
from kernel.sorts import BV
from kernel.term import Var
from symsim.contract import INDEX_VARIABLE, MEMORY, Contract, Loop, Output, Region
from symsim.program import Program

TEXT = 0x1000
LOAD_MASK, LOAD, EOR, STORE, COUNT_DOWN, AGAIN, RET = (
    0x4C407061,  # ld1 {v1.16b}, [x3]
    0x4CDF7020,  # ld1 {v0.16b}, [x1], #16
    0x6E211C00,  # eor v0.16b, v0.16b, v1.16b
    0x4C9F7000,  # st1 {v0.16b}, [x0], #16
    0xF1000442,  # subs x2, x2, #1
    0x54FFFF81,  # b.ne to the load
    0xD65F03C0,
)
GOOD = (LOAD_MASK, LOAD, EOR, STORE, COUNT_DOWN, AGAIN, RET)

OUT, IN, MASK, N = (Var(name, BV(64)) for name in ("out", "inp", "mask", "n"))
_mask, _i = Var("mask_value", BV(128)), Var("input", BV(64))
masked = stored_blocks(
    "masked_blocks", 16, (_mask,), (_i,), lambda i, mask, memory, address: read(memory, address + (i << 4), 16) ^ mask
)


def program(*code: int) -> Program:
    """The routine `masked` of these words."""
    elf = ElfBuilder(SHARED)
    elf.section(".text", words(*code), ALLOC | EXEC, address=TEXT)
    elf.symbol("masked", ".text", TEXT, 4 * len(code))
    return Program.from_bytes(elf.build(), "blocks.so")


def contract(in_place: bool = False, **changes: Any) -> Contract:
    """The contract of `masked`; what is in memory is secret."""
    source, mask = OUT if in_place else IN, read(MEMORY, MASK, 16)
    size = N << 4
    output = Output(
        label="block j of the output is block j of the input ^ mask",
        base=OUT,
        unit=16,
        count=N,
        block=lambda j: read(MEMORY, source + (j << 4), 16) ^ mask,
        value=lambda c: masked(c, mask, MEMORY, source, OUT),
        zero=masked.equations[0],
        successor=masked.equations[1],
        counter=INDEX_VARIABLE,
    )
    inputs = () if in_place else (Region("input", IN, size, unit=16),)
    plain = Contract(
        name="tiny/masked_in_place" if in_place else "tiny/masked",
        symbol="masked",
        summary="",
        arguments={"x0": OUT, "x1": source, "x2": N, "x3": MASK},
        regions=(*inputs, Region("output", OUT, size, writable=True, unit=16), Region("mask", MASK, 16)),
        requires={"there is a block": ~eq(N, 0), "the length in bytes fits 64 bits": ule(N, (1 << 60) - 1)},
        ensures=lambda memory: {},
        public=(OUT, MASK, N) if in_place else (OUT, IN, MASK, N),
        witness={OUT: 0x1_0000, IN: 0x2_0000, MASK: 0x3_0000, N: 3},
        loops={0: Loop(N)},
        stack=0,
        output=output,
    )
    return replace(plain, **changes)
