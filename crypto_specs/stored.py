# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Functions from memories to memories that store one block after the other, as constants of the logic."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kernel.ops import app, number, write
from kernel.sorts import BV, MEM
from kernel.term import Term, Var
from kernel.theory import DEFINE_REC


class StoredBlocks:
    """The constant NAME(i, parameters…, memory, output): the memory in which, from `output` on, the first i blocks are stored.

    `block(i, parameters…, memory)` is block i, as the little-endian number that a store takes; it reads the memory of the start.
    STORES are the defining theorems of the recursion.
    """

    def __init__(self, name: str, size: int, parameters: Sequence[Term], block: Callable[..., Term]) -> None:
        i, memory, output, previous = Var("i", BV(64)), Var("memory", MEM), Var("output", BV(64)), Var("previous", MEM)
        self.name, self.size, self.block = name, size, block
        step = write(previous, output + i * number(size, 64), block(i, *parameters, memory))
        self.STORES = DEFINE_REC(name, i, (*parameters, memory, output), memory, previous, step)

    def __call__(self, count: Term, *arguments: Term) -> Term:
        """The memory after `count` blocks; the arguments are the parameters, the memory of the start and the output's address."""
        return app(self.name, MEM, count, *arguments)
