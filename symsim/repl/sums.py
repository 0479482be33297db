# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Sums as a person wants to see them: small ones in normal form, larger ones as they came about."""

from __future__ import annotations

from kernel.ops import BVADD, BVMUL, BVNEG, BVSUB
from kernel.term import Term
from kernel.thm import Thm
from symsim.simplify import Simplifier

SUMMANDS = 12
"""A sum of more is left as it stands."""


def keep_sums_small(simplifier: Simplifier) -> None:
    """Let a simplifier flatten small sums only: over hundreds of instructions sums of sums would grow beyond reading."""

    def small(t: Term) -> Thm | None:
        return None if _summands(t) > SUMMANDS else simplifier.flat_sum(t)

    simplifier.rewrites |= dict.fromkeys((BVADD, BVSUB, BVNEG, BVMUL), small)


_SUMMANDS: dict[Term, int] = {}


def _summands(root: Term) -> int:
    """How many summands a sum has when those that are sums are opened, and so on."""
    stack = [root]
    while stack:
        t = stack[-1]
        inner = t.args if t.op in (BVADD, BVSUB, BVNEG, BVMUL) else ()
        missing = [a for a in inner if a not in _SUMMANDS]
        stack.extend(missing)
        if not missing:
            _SUMMANDS[stack.pop()] = max(1, sum(_SUMMANDS[a] for a in inner))
    return _SUMMANDS[root]
