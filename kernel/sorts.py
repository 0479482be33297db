# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The sorts of the logic: Bool, bit vectors, memories, traces and tuples of these."""

from __future__ import annotations


class Sort:
    """A sort; interned, so that two equal sorts are one object.

    kind is "Bool", "BV", "Mem", "Trace" or "Tuple"; width is the number of bits of a BV (1 for Bool, otherwise 0);
    items are the sorts of a tuple's components.
    """

    __slots__ = ("items", "kind", "width")

    kind: str
    width: int
    items: tuple[Sort, ...]

    def __repr__(self) -> str:
        """The sort as certificates write it.

        >>> TupleSort(BV(64), BOOL)
        (Tuple (BV 64) Bool)
        """
        if self.kind == "BV":
            return f"(BV {self.width})"
        if self.kind == "Tuple":
            return "(Tuple " + " ".join(map(repr, self.items)) + ")"
        return self.kind


_TABLE: dict[tuple[str, int, tuple[Sort, ...]], Sort] = {}


def _intern(kind: str, width: int, items: tuple[Sort, ...] = ()) -> Sort:
    key = (kind, width, items)
    sort = _TABLE.get(key)
    if sort is None:
        sort = Sort()
        sort.kind, sort.width, sort.items = key
        _TABLE[key] = sort
    return sort


BOOL = _intern("Bool", 1)
MEM = _intern("Mem", 0)
TRACE = _intern("Trace", 0)


MAX_WIDTH = 1 << 20  # bits; the memory rules need areas that don't wrap round 2^64 onto themselves


def BV(width: int) -> Sort:
    """Bit vectors of 1 to MAX_WIDTH bits; ValueError otherwise."""
    if type(width) is not int or not 1 <= width <= MAX_WIDTH:
        raise ValueError(f"a bit vector has 1 to {MAX_WIDTH} bits, not {width}")
    return _intern("BV", width)


def TupleSort(*items: Sort) -> Sort:
    """Tuples with components of the given sorts."""
    return _intern("Tuple", 0, items)
