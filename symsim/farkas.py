# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Linear inequalities over the integers: how one follows from others, as a sum of multiples of them (Farkas's lemma).

Numbers only: whoever asks makes a theorem of the multiples that are found. The search is the first phase of the simplex method, in
fractions, with Bland's rule, for systems of some ten inequalities.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from typing import Final

CONSTANT: Final = None
"""The key of the constant in a form; others are those of what the form is linear in."""
Form = Mapping[Hashable, int]

MOST_PIVOTS = 200


def multiples(goal: Form, known: Sequence[Form]) -> list[int] | None:
    """The numbers λ ≥ 0, one for each known form, with goal = Σ λ · known + c, where c ≥ 0 is a constant: the goal is nowhere negative
    where the known forms are not. None where there are none in integers, as far as is found.

    >>> multiples({"x": 16, "y": -16, None: 3}, [{"x": 1, "y": -1}, {"y": 1}])
    [16, 0]
    >>> multiples({"x": 1, None: -1}, [{"x": 2, None: -1}]) is None
    True
    """
    keys = dict.fromkeys(key for form in (goal, *known) for key in form if key is not CONSTANT)
    table = [[Fraction(f.get(key, 0)) for f in (*known, goal)] for key in keys]
    table = [[-a for a in row] if row[-1] < 0 else row for row in table]
    spare = [Fraction(f.get(CONSTANT, 0)) for f in (*known, goal)]
    values = _solved(table, spare)
    return [int(x) for x in values] if values is not None and all(x.denominator == 1 for x in values) else None


def _solved(table: list[list[Fraction]], spare: list[Fraction]) -> list[Fraction] | None:
    """Values x ≥ 0 with Σ row[j] · x[j] = row[-1] in each row of the table, and Σ spare[j] · x[j] ≤ spare[-1].

    First what is missing in the rows is made smaller and smaller, then what is to spare larger, until there is enough.
    """
    width = len(spare) - 1
    basis: list[int | None] = [None] * len(table)  # the variable of each row; none yet: row[-1] is missing
    for _ in range(MOST_PIVOTS):
        missing = [row for row, b in zip(table, basis, strict=True) if b is None]
        lacking = any(row[-1] for row in missing)
        if not lacking and spare[-1] >= 0:
            values = [Fraction(0)] * width
            for row, b in zip(table, basis, strict=True):
                if b is not None:
                    values[b] = row[-1]
            return values
        gains = [sum(row[j] for row in missing) if lacking else -spare[j] for j in range(width)]
        entering = next((j for j, gain in enumerate(gains) if gain > 0 and j not in basis), None)
        if entering is None:
            return None
        ratios = [
            (row[-1] / row[entering], -1 if basis[k] is None else basis[k], k) for k, row in enumerate(table) if row[entering] > 0
        ]
        if not ratios:
            return None
        leaving = min(ratios)[2]
        pivot = table[leaving] = [a / table[leaving][entering] for a in table[leaving]]
        basis[leaving] = entering
        table[:] = [row if row is pivot else _without(row, pivot, entering) for row in table]
        spare = _without(spare, pivot, entering)
    return None


def _without(row: list[Fraction], pivot: list[Fraction], entering: int) -> list[Fraction]:
    factor = row[entering]
    return [a - factor * b for a, b in zip(row, pivot, strict=True)] if factor else row
