# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""From a word to its instruction class: a tree of tests on bits, built from the encodings.

Two encodings that share a word are an error when the tree is built, so the order of definition never matters.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import combinations
from typing import NamedTuple

import isa
from isa.dsl import REGISTRY, InstructionClass
from isa.encoding import DefinitionError, Encoding, Fields


class Decoded(NamedTuple):
    """A word understood: its instruction class and its fields."""

    instruction: InstructionClass
    fields: Fields


class Leaf(NamedTuple):
    """An encoding and the class it belongs to."""

    encoding: Encoding
    instruction: InstructionClass


class Switch(NamedTuple):
    """A test of the bits of `mask`: `children` by `word & mask`."""

    mask: int
    children: dict[int, Switch | list[Leaf]]


class Decoder:
    """The decoder of some instruction classes. Raises DefinitionError if two of them share a word."""

    def __init__(self, classes: Iterable[InstructionClass]) -> None:
        leaves = [Leaf(encoding, instruction) for instruction in classes for encoding in instruction.encodings]
        self._root = tree(leaves, 0)

    def decode(self, word: int) -> Decoded | None:
        """The class and fields of a 32-bit word, or None if no class has it."""
        node: Switch | list[Leaf] | None = self._root
        while isinstance(node, Switch):
            node = node.children.get(word & node.mask)
        for encoding, instruction in node or ():
            if encoding.matches(word):
                return Decoded(instruction, Fields(encoding, word))
        return None


def tree(leaves: list[Leaf], tested: int) -> Switch | list[Leaf]:
    """The tests that tell the encodings apart, given that the bits of `tested` are settled."""
    mask = best_test([leaf.encoding.mask & ~tested for leaf in leaves]) if len(leaves) > 1 else 0
    if mask == 0:
        check_disjoint(leaves)
        return leaves
    keys = {leaf.encoding.value & mask for leaf in leaves}
    if any(mask & ~leaf.encoding.mask for leaf in leaves):
        keys = {0, mask}  # a single bit, and some encodings go both ways
    groups: dict[int, list[Leaf]] = {key: [] for key in keys}
    for leaf in leaves:
        for key, group in groups.items():
            if not (key ^ leaf.encoding.value) & leaf.encoding.mask & mask:
                group.append(leaf)
    return Switch(mask, {key: tree(group, tested | mask) for key, group in groups.items()})


def check_disjoint(leaves: list[Leaf]) -> None:
    """Raise DefinitionError if two encodings share a word; any two that do meet in the list that this word leads to."""
    for one, other in combinations(leaves, 2):
        witness = one.encoding.overlap(other.encoding)
        if witness is not None:
            names = f"{one.instruction.name} and {other.instruction.name}"
            raise DefinitionError(f"{names} overlap: both match {witness:#010x}")


def best_test(masks: list[int]) -> int:
    """The bits that all encodings fix; or else the one bit that most of them do."""
    common = 0xFFFF_FFFF
    for mask in masks:
        common &= mask
    if common:
        return common
    counts = [sum(mask >> bit & 1 for mask in masks) for bit in range(32)]
    return 1 << counts.index(max(counts)) if any(counts) else 0


@cache
def decoder() -> Decoder:
    """The decoder of all instruction classes of the package."""
    isa.load_all()
    return Decoder(REGISTRY)


def decode(word: int) -> Decoded | None:
    """The class and fields of a 32-bit word, or None if there are no semantics for it yet."""
    return decoder().decode(word)


def disassemble(word: int, address: int = 0) -> str:
    """The word in assembly language; `.inst` and the word if no class has it or can write it."""
    decoded = decode(word)
    text = decoded.instruction.disassemble(decoded.fields, address) if decoded else None
    return text or f".inst {word:#010x}"
