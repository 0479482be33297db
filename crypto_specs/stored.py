# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Functions from memories to memories that store one block after the other, as constants of the logic."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from crypto_specs.defined import Recursive
from kernel.ops import number, write
from kernel.sorts import BV, MEM
from kernel.term import Term, Var


def stored_blocks(name: str, size: int, parameters: Sequence[Term], block: Callable[..., Term]) -> Recursive:
    """The constant NAME(i, parameters…, memory, output): the memory in which, from `output` on, the first i blocks are stored.

    `block(i, parameters…, memory)` is block i, as the little-endian number of `size` bytes that a store takes; it reads the memory of
    the start.
    """
    i, memory, output, previous = Var("i", BV(64)), Var("memory", MEM), Var("output", BV(64)), Var("previous", MEM)
    step = write(previous, output + i * number(size, 64), block(i, *parameters, memory))
    return Recursive(name, i, (*parameters, memory, output), memory, previous, step)
