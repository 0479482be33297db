# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Common factors taken out of sums, for SAT: one product k · (n − i) is a hundred times easier than the difference of two."""

from __future__ import annotations

from kernel.normal import TooLarge, ring
from kernel.ops import BVADD, BVMUL, BVNEG, BVSUB, number
from kernel.rules import EQ_MP, REFL, RING
from kernel.term import Term, postorder
from kernel.thm import Thm
from symsim.canonical import sum_term
from symsim.rewrite import REPLACE

_SUMS = frozenset((BVADD, BVSUB, BVNEG, BVMUL))


def FACTORED(p: Term) -> Thm:
    """⊢ p = p′, where in each sum the atoms that have a coefficient in common, but for its sign, are one product

    >>> from kernel.sorts import BV
    >>> from kernel.term import Var
    >>> from kernel.ops import ule
    >>> older, newer = Var("older", BV(64)), Var("newer", BV(64))
    >>> FACTORED(ule(older, newer * 72 - older * 72)).rhs
    (bvule older (bvmul (bvadd (bvneg older) newer) #x0000000000000048))
    """
    found: dict[Term, Thm] = {}
    todo, seen = [p], {p}
    while todo:
        t = todo.pop()
        if t.op in _SUMS:
            factored = _factored(t)
            if factored is not None:
                found[t] = RING(t, factored)
            continue
        fresh = [a for a in t.args if a not in seen]
        seen.update(fresh)
        todo += fresh
    same = REPLACE(p, found)
    return same if _products(same.rhs) <= _products(p) else REFL(p)  # sums may have had products in common


def _products(p: Term) -> int:
    return sum(t.op is BVMUL for t in postorder((p,)))


def WITH_FACTORS(th: Thm) -> Thm:
    """Γ ⊢ p  gives  Γ ⊢ p′ by FACTORED"""
    same = FACTORED(th.concl)
    return th if same.rhs is th.concl else EQ_MP(same, th)


def _factored(t: Term) -> Term | None:
    """The sum with common factors taken out; None where there are none."""
    try:
        form = dict(ring(t))
    except TooLarge:
        return None
    groups: dict[int, dict[tuple[int, ...], int]] = {}
    for monomial, coefficient in form.items():
        factor = min(coefficient, -coefficient & (1 << t.width) - 1)
        if len(monomial) == 1 and factor > 1:
            groups.setdefault(factor, {})[monomial] = 1 if factor == coefficient else -1 & (1 << t.width) - 1
    groups = {factor: group for factor, group in groups.items() if len(group) > 1}
    if not groups:
        return None
    parts = [sum_term(group, t.width) * number(factor, t.width) for factor, group in groups.items()]
    rest = {m: c for m, c in form.items() if not any(m in group for group in groups.values())}
    total = parts[0]
    for part in [*parts[1:], *([sum_term(rest, t.width)] if rest else [])]:
        total = total + part
    return total
