# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A model of the logic: memories as functions, values for variables, and whether a theorem holds under them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from typing import Any

from kernel.evaluate import evaluate
from kernel.sorts import MEM, Sort
from kernel.term import Term, free_vars
from kernel.thm import Thm


class Memory:
    """Bytes at 64-bit addresses: those that were stored, and under them bytes that follow from a seed."""

    def __init__(self, seed: int, stored: Mapping[int, int] | None = None) -> None:
        self.seed = seed
        self.stored = dict(stored or {})

    def _before(self, address: int) -> int:
        return (address * 0x9E3779B97F4A7C15 + self.seed * 0xBF58476D1CE4E5B9 ^ address >> 7) >> 13 & 255

    def byte(self, address: int) -> int:
        """The byte at an address, which wraps."""
        address &= 0xFFFF_FFFF_FFFF_FFFF
        return self.stored.get(address, self._before(address))

    def read(self, address: int, size: int) -> int:
        """`size` bytes, little-endian."""
        return sum(self.byte(address + i) << 8 * i for i in range(size))

    def write(self, address: int, size: int, value: int) -> Memory:
        """Another memory, with the value's bytes at the address."""
        new = {(address + i) & 0xFFFF_FFFF_FFFF_FFFF: value >> 8 * i & 255 for i in range(size)}
        return Memory(self.seed, self.stored | new)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Memory):
            return NotImplemented
        touched = self.stored.keys() | other.stored.keys()
        return self.seed == other.seed and all(self.byte(i) == other.byte(i) for i in touched)

    def __hash__(self) -> int:
        return self.seed


def value(sort: Sort, chosen: random.Random) -> Any:
    """A value of the sort, more often than not near an edge."""
    if sort is MEM:
        return Memory(chosen.getrandbits(2))
    if sort.kind == "Tuple":
        return tuple([value(item, chosen) for item in sort.items])
    width = sort.width
    near = chosen.choice((0, 1 << width - 1, 1 << width)) + chosen.randint(-12, 12)
    return chosen.choice((near, chosen.getrandbits(width), chosen.getrandbits(min(3, width)))) & ((1 << width) - 1)


def assignment(terms: Iterable[Term], chosen: random.Random) -> dict[Term, Any]:
    """Values for the variables of the terms; now and then two variables of one sort are equal or near each other."""
    values: dict[Term, Any] = {}
    variables = sorted({x for t in terms for x in free_vars(t)}, key=lambda x: x.id)
    for x in variables:
        others = [values[o] for o in values if o.sort is x.sort and x.sort.kind == "BV"]
        if others and chosen.random() < 0.5:
            values[x] = chosen.choice(others) + chosen.choice((0, chosen.randint(-9, 9))) & ((1 << x.width) - 1)
        else:
            values[x] = value(x.sort, chosen)
    return values


def holds(hyps: Iterable[Term], concl: Term, values: Mapping[Term, Any]) -> bool:
    """Whether the conclusion is true or a hypothesis is not."""
    return bool(evaluate(concl, values)) or not all(evaluate(h, values) for h in hyps)


def counterexample(th: Thm, seed: int = 0, tries: int = 40) -> dict[Term, Any] | None:
    """Values under which the theorem is false, if some are found."""
    chosen = random.Random(seed)
    for _ in range(tries):
        values = assignment([*th.hyps, th.concl], chosen)
        if not holds(th.hyps, th.concl, values):
            return values
    return None


def true_cases(th: Thm, seed: int = 0, tries: int = 40) -> int:
    """Under how many values all hypotheses hold: 0 would make a test of the theorem an empty one."""
    chosen = random.Random(seed)
    rows = [assignment([*th.hyps, th.concl], chosen) for _ in range(tries)]
    return sum(all(evaluate(h, values) for h in th.hyps) for values in rows)
