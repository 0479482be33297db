# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Hashes that fold a compression function over the blocks of a padded message, as constants of the logic."""

from __future__ import annotations

from collections.abc import Callable

from crypto_specs.defined import Defined, Recursive
from crypto_specs.memory import Memory
from crypto_specs.message import block_of
from kernel.evaluate import evaluate
from kernel.ops import number
from kernel.sorts import BV, MEM
from kernel.term import Term, Var


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
        sort = BV(value_bits)
        value, block, previous = Var("value", sort), Var("block", BV(8 * block_bytes)), Var("previous", sort)
        i, memory, address = Var("i", BV(64)), Var("memory", MEM), Var("address", BV(64))
        here = address + (i << block_bytes.bit_length() - 1)
        self.compress = Defined(f"{name}_compress", (value, block), compress(value, block))
        """The compression function: a hash value and a block to the next hash value."""
        step = self.compress(previous, block_at(memory, here, block_bytes))
        self.blocks = Recursive(f"{name}_blocks", i, (value, memory, address), value, previous, step)
        """(count, value, memory, address): the hash value after the blocks in memory from the address on, starting from `value`."""

    def fold(self, initial: int, count: int, padded: bytes) -> int:
        """The hash value after `count` blocks of a padded message."""
        memory = Var("memory", MEM)
        folded = self.blocks(number(count, 64), number(initial, self.blocks.sort.width), memory, number(0, 64))
        value: int = evaluate(folded, {memory: Memory({0: padded})})
        return value
