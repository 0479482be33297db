# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""LRAT proofs as text, a line for each step: number, literals, 0, hints, 0."""

from __future__ import annotations

from collections.abc import Iterable

from kernel.lrat import Step


def parse(text: str) -> list[Step]:
    """The steps in the text; what it says of deleted clauses is passed over. ValueError for what is no proof.

    >>> parse("4 -1 0 1 2 0\\n4 d 1 0\\n5 0 3 4 0\\n")
    [(4, (-1,), (1, 2)), (5, (), (3, 4))]
    """
    steps = []
    for line in text.splitlines():
        words = line.split()
        if words[1:2] == ["d"]:
            continue
        numbers = list(map(int, words))
        end = numbers.index(0, 1)
        steps.append((numbers[0], tuple(numbers[1:end]), tuple(numbers[end + 1 : -1])))
    return steps


def text(steps: Iterable[Step]) -> str:
    """The steps as text.

    >>> text([(4, (-1,), (1, 2)), (5, (), (3, 4))])
    '4 -1 0 1 2 0\\n5 0 3 4 0\\n'
    """
    return "".join([" ".join(map(str, (number, *literals, 0, *hints, 0))) + "\n" for number, literals, hints in steps])
