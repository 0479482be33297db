# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The smallest routine to verify, *p = x + y, as an object, and proof scripts for it as users write them."""

from __future__ import annotations

from pathlib import Path

from elf_builder import ALLOC, EXEC, ElfBuilder, words

from symsim.image import BASE

ADD, ADD_TWICE, STORE, RET = 0x8B020021, 0x8B020421, 0xF9000001, 0xD65F03C0
"""add x1, x1, x2; add x1, x1, x2, lsl #1; str x1, [x0]; ret"""
SUM = (ADD, STORE, RET)
ENTRY = BASE

SCRIPT = """
from kernel.ops import eq, number, read, ule
from kernel.sorts import BV
from kernel.term import Var
from symsim.contract import MEMORY, Contract, Region

p, x, y = (Var(name, BV(64)) for name in ("p", "x", "y"))


def contract(name, requires={{}}, witness=1, result=x + y):
    return Contract(
        name=name,
        symbol="sum",
        summary="the sum of two numbers",
        arguments={{"x0": p, "x1": x, "x2": y}},
        regions=(Region("cell", p, 8, writable=True),),
        requires=requires,
        ensures=lambda memory: {{"the cell holds the result": eq(read(memory, p, 8), result)}},
        public=(p,),
        witness={{p: 0x10000, x: witness, y: 2}},
        stack=0,
    )


{contracts}
"""


def script(path: Path, contracts: str = 'CONTRACT = contract("tiny/sum")') -> Path:
    """A proof script with these contracts."""
    path.write_text(SCRIPT.format(contracts=contracts))
    return path


def code(*values: int, symbol: str = "sum") -> bytes:
    """A relocatable with these words as the routine."""
    elf = ElfBuilder()
    elf.section(".text", words(*values), ALLOC | EXEC)
    elf.symbol(symbol, ".text", 0, 4 * len(values))
    return elf.build()
