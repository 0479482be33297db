# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Hashes that fold a compression function over the blocks of a padded message, as constants of the logic."""

from __future__ import annotations

from collections.abc import Callable

from crypto_specs.memory import Memory
from crypto_specs.message import block_of
from kernel.evaluate import evaluate
from kernel.ops import app, number
from kernel.sorts import BV, MEM
from kernel.term import Term, Var
from kernel.theory import DEFINE, DEFINE_REC


class IteratedHash:
    """The constants NAME_compress(value, block) and NAME_blocks(i, value, memory, address), and their defining theorems.

    A block has a power of two of bytes; `block_at(memory, address, bytes)` says how the standard reads it.
    """

    def __init__(
        self,
        name: str,
        value_bits: int,
        block_bytes: int,
        compress: Callable[[Term, Term], Term],
        block_at: Callable[[Term, Term, int], Term] = block_of,
    ) -> None:
        self.name, self.sort = name, BV(value_bits)
        value, block, previous = Var("value", self.sort), Var("block", BV(8 * block_bytes)), Var("previous", self.sort)
        i, memory, address = Var("i", BV(64)), Var("memory", MEM), Var("address", BV(64))
        here = address + (i << block_bytes.bit_length() - 1)
        self.COMPRESS = DEFINE(f"{name}_compress", (value, block), compress(value, block))
        step = self.compress(previous, block_at(memory, here, block_bytes))
        self.BLOCKS = DEFINE_REC(f"{name}_blocks", i, (value, memory, address), value, previous, step)

    def compress(self, value: Term, block: Term) -> Term:
        """The compression function as a constant of the logic: a hash value and a block to the next hash value."""
        return app(f"{self.name}_compress", self.sort, value, block)

    def blocks(self, count: Term, value: Term, memory: Term, address: Term) -> Term:
        """The hash value after `count` blocks, which lie in memory from the address on, starting from `value`."""
        return app(f"{self.name}_blocks", self.sort, count, value, memory, address)

    def fold(self, initial: int, count: int, padded: bytes) -> int:
        """The hash value after `count` blocks of a padded message."""
        memory = Var("memory", MEM)
        folded = self.blocks(number(count, 64), number(initial, self.sort.width), memory, number(0, 64))
        value: int = evaluate(folded, {memory: Memory({0: padded})})
        return value
