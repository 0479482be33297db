# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What is common to small routines that store n words, each made of the word of the input at its place and a key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from elf_builder import ALLOC, EXEC, SHARED, ElfBuilder, words

from crypto_specs.defined import Recursive
from kernel.ops import eq, read, ule
from kernel.sorts import BV
from kernel.term import Term, Var
from symsim.contract import INDEX_VARIABLE, MEMORY, Contract, Output, Region
from symsim.program import Program

OUT, IN, KEY, N, INPUT = (Var(name, BV(64)) for name in ("out", "inp", "key", "n", "input"))
FIRST_KEY = read(MEMORY, KEY, 8)


def word_program(symbol: str, code: tuple[int, ...]) -> Program:
    """The routine of this name and these words."""
    elf = ElfBuilder(SHARED)
    elf.section(".text", words(*code), ALLOC | EXEC, address=0x1000)
    elf.symbol(symbol, ".text", 0x1000, 4 * len(code))
    return Program.from_bytes(elf.build(), f"{symbol}.so")


def word_contract(symbol: str, made: Callable[[Term, Term], Term], stored: Recursive, **more: Any) -> Contract:
    """x0 to x3 are the output, the input, their length in words and the key; word j of the output is made of j and word j of the input."""
    output = Output(
        label="word j of the output is made of word j of the input",
        base=OUT,
        unit=8,
        count=N,
        block=lambda j: made(j, read(MEMORY, IN + (j << 3), 8)),
        value=lambda c: stored(c, FIRST_KEY, MEMORY, IN, OUT),
        zero=stored.equations[0],
        successor=stored.equations[1],
        counter=INDEX_VARIABLE,
    )
    plain: dict[str, Any] = {
        "arguments": {"x0": OUT, "x1": IN, "x2": N, "x3": KEY},
        "public": (OUT, IN, KEY, N),
        "witness": {OUT: 0x1_0000, IN: 0x2_0000, KEY: 0x3_0000, N: 3},
        "stack": 0,
    }
    return Contract(
        name=f"tiny/{symbol}",
        symbol=symbol,
        summary="",
        regions=(
            Region("input", IN, N << 3, unit=8),
            Region("output", OUT, N << 3, writable=True, unit=8),
            Region("key", KEY, 8),
        ),
        requires={"there is a word": ~eq(N, 0), "the length in bytes fits 64 bits": ule(N, (1 << 61) - 1)},
        ensures=lambda memory: {},
        output=output,
        **(plain | more),
    )
