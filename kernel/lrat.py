# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A strict checker of LRAT proofs: reverse unit propagation only, hints in order, nothing forgiven.

A step is (id, literals, hints); ids grow strictly. Each hint but the last must become unit under the negated clause and the units so
far, the last one must become empty. RAT steps, unknown hints and anything left over are refused. After Cruz-Filipe, Heule, Hunt,
Kaufmann and Schneider-Kamp, "Efficient certified RAT verification" (CADE 2017).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Step = tuple[int, tuple[int, ...], tuple[int, ...]]


class LratError(ValueError):
    """The proof does not refute the clauses; the message names the step."""


def check(clauses: Sequence[tuple[int, ...]], steps: Iterable[Step]) -> None:
    """Check that the steps derive the empty clause from `clauses` (numbered from 1); LratError otherwise."""
    known = {i: frozenset(c) for i, c in enumerate(clauses, 1)}
    last = len(clauses)
    refuted = False
    for number, literals, hints in steps:
        if refuted:
            raise LratError(f"step {number} follows the empty clause")
        if number <= last:
            raise LratError(f"step {number} comes after step {last}")
        last = number
        clause = frozenset(literals)
        if 0 in clause:
            raise LratError(f"step {number} has a literal 0")
        false = set(clause)
        conflict = False
        for hint in hints:
            if conflict:
                raise LratError(f"step {number} goes on after its conflict, with hint {hint}")
            premise = known.get(hint)
            if premise is None:
                raise LratError(f"step {number} uses clause {hint}, which is not there")
            rest = premise - false
            if len(rest) > 1:
                raise LratError(f"step {number}: hint {hint} is not unit")
            if rest:
                false.add(-next(iter(rest)))
            else:
                conflict = True
        if not conflict:
            raise LratError(f"step {number} does not reach a conflict")
        known[number] = clause
        refuted = not clause
    if not refuted:
        raise LratError("the proof ends without the empty clause")
