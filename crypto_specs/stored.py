# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Functions from memories to memories that store one block after the other, as constants of the logic."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from crypto_specs.defined import Recursive
from crypto_specs.memory import Memory
from kernel.evaluate import evaluate
from kernel.ops import number, write
from kernel.sorts import BV, MEM
from kernel.term import Term, Var

_MEMORY, _OUTPUT = Var("memory", MEM), Var("output", BV(64))


def stored_blocks(
    name: str, size: int, parameters: Sequence[Term], sources: Sequence[Term], block: Callable[..., Term]
) -> Recursive:
    """The constant NAME(i, parameters…, memory, sources…, output): the memory with the first i blocks stored from `output` on.

    `block(i, parameters…, memory, sources…)` is block i, as the little-endian number of `size` bytes that a store takes. It reads the
    memory of the start, so that output may take the place of input.
    """
    i, previous = Var("i", BV(64)), Var("previous", MEM)
    here = _OUTPUT + i * number(size, 64)
    step = write(previous, here, block(i, *parameters, _MEMORY, *sources))
    return Recursive(name, i, (*parameters, _MEMORY, *sources, _OUTPUT), _MEMORY, previous, step)


def output_of(function: Recursive, size: int, parameters: Sequence[Term], data: bytes) -> bytes:
    """What a constant of stored_blocks with one source makes of the data, whole blocks of `size` bytes."""
    source, output = number(0, 64), number(1 << 63, 64)
    stored = function(number(len(data) // size, 64), *parameters, _MEMORY, source, output)
    memory: Memory = evaluate(stored, {_MEMORY: Memory({0: data})})
    return memory.load(1 << 63, len(data))
