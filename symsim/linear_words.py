# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Words that are linear over GF(2) and can be undone, such as Sigma0: from a value back to the argument, bit by bit.

A word of memory taken byte by byte is no atom to XOR: its rotations fall into pieces, which no pattern fits. The inverse finds it.
"""

from __future__ import annotations

from itertools import groupby

from kernel.normal import anf, factor_parts
from kernel.ops import concat
from kernel.sorts import BOOL
from kernel.term import Term, by_id

Source = tuple[int, int]
"""An atom by its id, and one of its bits."""


class Inverse:
    """How to undo a function of one word. Raises ValueError if it is not linear, or not one to one."""

    def __init__(self, body: Term) -> None:
        width = body.width
        rows = []
        for i, sources in enumerate(_sources(body)):
            rows.append((sum(1 << bit for _, bit in sources), 1 << i))
        for column in range(width):
            pivot = next((k for k in range(column, width) if rows[k][0] >> column & 1), None)
            if pivot is None:
                raise ValueError("not one to one")
            rows[column], rows[pivot] = rows[pivot], rows[column]
            left, right = rows[column]
            for k, (a, b) in enumerate(rows):
                if k != column and a >> column & 1:
                    rows[k] = (a ^ left, b ^ right)
        self._rows = [[i for i in range(width) if right >> i & 1] for _, right in rows]

    def argument(self, t: Term) -> Term | None:
        """What the function makes t of, if it is bits of atoms, each of them once; None otherwise, also where t is just that itself."""
        try:
            outputs = _sources(t)
        except ValueError:
            return None
        if sum(map(len, outputs)) < 2 * t.width:
            return None
        found: list[Source] = []
        for row in self._rows:
            bit: frozenset[Source] = frozenset()
            for i in row:
                bit ^= outputs[i]
            if len(bit) != 1:
                return None
            found += bit
        return _word(found)


def _sources(t: Term) -> list[frozenset[Source]]:
    """For each bit, the lowest first, the bits that it is the XOR of. Raises ValueError if it is none."""
    out: list[set[Source]] = [set() for _ in range(t.width)]
    for monomial, bits in anf(t).items():
        if len(monomial) != 1:
            raise ValueError("not linear")
        atom_id, offset = factor_parts(monomial[0])
        atom = by_id(atom_id)
        if atom.sort is BOOL:
            raise ValueError("a condition")
        for i in range(t.width):
            if bits >> i & 1:
                out[i].add((atom_id, (i + offset) % atom.width))
    return [frozenset(sources) for sources in out]


def _word(bits: list[Source]) -> Term:
    """The value of these bits, the lowest first."""
    runs = groupby(enumerate(bits), key=lambda item: (item[1][0], item[1][1] - item[0]))
    pieces = []
    for (atom_id, _), run in runs:
        places = [bit for _, (_, bit) in run]
        atom = by_id(atom_id)
        pieces.append(atom[places[-1] : places[0]] if len(places) < atom.width else atom)
    return concat(*reversed(pieces))
