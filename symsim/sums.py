# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Sums whose words stay apart: two words put together by adding, and a word that a small number is added to without a carry out of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from kernel.normal import ring
from kernel.ops import CONCAT, VAR, ZERO_EXTEND, concat, eq, implies, mask, ule, zext
from kernel.rules import CONG, INST, MP, RING, TRANS
from kernel.sorts import BV
from kernel.term import Term, Var, by_id
from kernel.thm import Thm
from symsim.blast import blast
from symsim.canonical import sum_term


@cache
def _two_words(low: int, width: int) -> Thm:
    a, b = Var("a", BV(low)), Var("b", BV(width))
    return blast(eq(zext(a, width) + b * (1 << low), concat(b[width - low - 1 : 0], a)))


def TWO_WORDS(t: Term) -> Thm | None:
    """⊢ a + 2^k · b + … = (b + …) ∥ a, for a word a of k bits and multiples of 2^k; None for other sums"""
    form = ring(t)
    words = [by_id(m[0]) for m, c in form.items() if c == 1 and len(m) == 1 and by_id(m[0]).op is ZERO_EXTEND]
    for x in words:
        (a,) = x.args
        rest = {m: c for m, c in form.items() if m != (x.id,)}
        if rest and not any(c & mask(a.width) for c in rest.values()):
            b = sum_term({m: c >> a.width for m, c in rest.items()}, t.width)
            th = INST(_two_words(a.width, t.width), {Var("a", a.sort): a, Var("b", t.sort): b})
            return TRANS(RING(t, th.lhs), th)
    return None


@cache
def _no_carry(width: int, high: int, low: int) -> Thm:
    a, b, n = Var("a", BV(width - low)), Var("b", BV(low)), Var("n", BV(width))
    fits = ule(n, mask(low)), ule(zext(b, width) + n, mask(low))
    kept = eq((concat(a, b) + n)[high:low], a[high - low : 0])
    return blast(implies(fits[0], implies(fits[1], kept)))


def NO_CARRY(t: Term, consequence: Callable[[Term], Thm | None]) -> Thm | None:
    """⊢ (a ∥ b + n)[h:l] = a[h−l:0], for l bits b, where b + n fits into them; None for other slices, or where that is not known

    n is made of variables and constants, as numbers of bytes and blocks are: of other sums it is not even asked.
    """
    (total,), (high, low) = t.args, t.params
    words = [x for x in total.args if x.op is CONCAT]
    if len(words) != 1 or any(by_id(i).op is not VAR for m in ring(total - words[0]) for i in m):
        return None
    parts = words[0].args
    upper = next((k for k in range(1, len(parts)) if sum(p.width for p in parts[k:]) == low), None)
    if upper is None:
        return None
    a, b, n = concat(*parts[:upper]), concat(*parts[upper:]), sum_term(ring(total - words[0]), total.width)
    names = Var("a", a.sort), Var("b", b.sort), Var("n", n.sort)
    th = INST(_no_carry(total.width, high, low), dict(zip(names, (a, b, n), strict=True)))
    for _ in range(2):
        premise = consequence(th.concl.args[0])
        if premise is None:
            return None
        th = MP(th, premise)
    same = CONG(t, {0: RING(total, th.lhs.args[0])})
    return TRANS(same, th)
