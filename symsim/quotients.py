# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Quotients by constants, for loops that take several values in a round: variables with bounds in a proof, x // k in its theorem.

Sums and products of a variable are what the normal forms know; a division's circuit is met once, in the lemma that it keeps its bounds.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from kernel.ops import conj, mask, number, udiv, ule, ult
from kernel.rules import DISCH, INST, MP
from kernel.sorts import BV
from kernel.term import Term, Var
from kernel.thm import Thm
from symsim.blast import blast


def bounds(q: Term, x: Term, k: int) -> Term:
    """q is the number of times that k goes into x."""
    return conj(ule(q, mask(x.width) // k), ule(q * k, x), ult(x - q * k, number(k, x.width)))


@cache
def _kept(width: int, k: int) -> Thm:
    """⊢ bounds(x // k, x, k)"""
    x = Var("x", BV(width))
    return blast(bounds(udiv(x, number(k, width)), x, k))


def ELIMINATE(th: Thm, quotients: Mapping[Term, tuple[Term, int]]) -> Thm:
    """Γ, bounds(q, x, k) ⊢ p  gives  Γ ⊢ p with x // k for q, for each of the quotients; one may be of another before it"""
    for q, (x, k) in reversed(quotients.items()):
        th = DISCH(bounds(q, x, k), th)
        th = MP(INST(th, {q: udiv(x, number(k, x.width))}), INST(_kept(x.width, k), {Var("x", x.sort): x}))
    return th
