# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Linear inequalities over the integers: how one follows from others, as a sum of multiples of them (Farkas's lemma).

Numbers only: whoever asks makes a theorem of the multiples that are found. The search is the first phase of the simplex method, in
fractions, with Bland's rule, for systems of some ten inequalities.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import Final

CONSTANT: Final = None
"""The key of the constant in a form; others are those of what the form is linear in."""
Form = Mapping[Hashable, int]

MOST_PIVOTS = 200


def multiples(goal: Form, known: Sequence[Form]) -> tuple[int, list[int]] | None:
    """A number k > 0, and numbers λ ≥ 0, one for each known form, with k · goal = Σ λ · known + c, where c ≥ 0 is a constant: the goal is
    nowhere negative where the known forms are not. None where there are none, as far as is found.

    >>> multiples({"x": 16, "y": -16, None: 3}, [{"x": 1, "y": -1}, {"y": 1}])
    (1, [16, 0])
    >>> multiples({"x": 1, None: 1}, [{"x": 2, None: -1}])
    (2, [1])
    >>> multiples({"x": 1, None: -1}, [{"x": 2, None: -1}]) is None
    True
    """
    keys = dict.fromkeys(key for form in (goal, *known) for key in form if key is not CONSTANT)
    table = [[f.get(key, 0) for f in (*known, goal)] for key in keys]
    table = [[-a for a in row] if row[-1] < 0 else row for row in table]
    spare = [f.get(CONSTANT, 0) for f in (*known, goal)]
    values = _solved(table, spare)
    if values is None:
        return None
    k = lcm(*[x.denominator for x in values])
    return k, [int(k * x) for x in values]


def _solved(table: list[list[int]], spare: list[int]) -> list[Fraction] | None:
    """Values x ≥ 0 with Σ row[j] · x[j] = row[-1] in each row of the table, and Σ spare[j] · x[j] ≤ spare[-1].

    First what is missing in the rows is made smaller and smaller, then what is to spare larger, until there is enough. A row may be
    multiplied by a positive number at any time.
    """
    width = len(spare) - 1
    basis: list[int | None] = [None] * len(table)  # the variable of each row; none yet: row[-1] is missing
    for _ in range(MOST_PIVOTS):
        missing = [row for row, b in zip(table, basis, strict=True) if b is None]
        lacking = any(row[-1] for row in missing)
        if not lacking and spare[-1] >= 0:
            return _read_off(table, basis, width)
        gains = map(sum, zip(*missing, strict=True)) if lacking else (-a for a in spare)
        entering = next((j for j, gain in zip(range(width), gains, strict=False) if gain > 0 and j not in basis), None)
        if entering is None:
            return None
        rows = [k for k, row in enumerate(table) if row[entering] > 0]
        if not lacking:  # what is missing in a row stays nothing: it gets a variable, whatever the sign
            idle = [k for k, b in enumerate(basis) if b is None and table[k][entering]]
            rows = idle or rows
            table[:] = [[-a for a in row] if k in idle and row[entering] < 0 else row for k, row in enumerate(table)]
        if not rows:  # it may be as large as it takes
            return None if lacking else _read_off(table, basis, width, entering, Fraction(spare[-1], spare[entering]))
        leaving = min(rows, key=lambda k: (Fraction(table[k][-1], table[k][entering]), -1 if basis[k] is None else basis[k]))
        pivot, basis[leaving] = table[leaving], entering
        table[:] = [row if row is pivot else _without(row, pivot, entering) for row in table]
        spare = _without(spare, pivot, entering)
    return None


def _read_off(
    table: list[list[int]], basis: list[int | None], width: int, other: int = 0, amount: Fraction = Fraction(0)
) -> list[Fraction]:
    """The values of the variables of the rows, where one other has that value and all else is 0."""
    values = [Fraction(0)] * width
    if amount:
        values[other] = amount
    for row, b in zip(table, basis, strict=True):
        if b is not None:
            values[b] = (row[-1] - row[other] * amount) / row[b]
    return values


def _without(row: list[int], pivot: list[int], entering: int) -> list[int]:
    """The row times a positive number, less a multiple of the pivot, so that it has no entering variable."""
    factor, scale = row[entering], pivot[entering]
    if not factor:
        return row
    new = [scale * a - factor * b for a, b in zip(row, pivot, strict=True)]
    common = gcd(*new)
    return [a // common for a in new] if common > 1 else new
