# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Replacing equals in a term, and discharging hypotheses that are known."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import TYPE_CHECKING

from kernel.rules import CONG, DISCH, EQ_MP, MP, REFL
from kernel.term import Term, mk
from kernel.thm import Thm

if TYPE_CHECKING:
    from symsim.facts import Facts


def outside(t: Term, known: Container[Term]) -> Iterator[Term]:
    """The subterms that are not known, each after its arguments; what only the known ones are made of is passed over. The caller may add
    to the known ones as it goes."""
    seen: set[Term] = set()
    stack = [t]
    while stack:
        s = stack[-1]
        if s in seen or s in known:
            stack.pop()
            continue
        missing = [a for a in s.args if a not in seen and a not in known]
        if missing:
            stack.extend(missing)
            continue
        stack.pop()
        seen.add(s)
        yield s


def replaced(t: Term, mapping: Mapping[Term, Term]) -> Term:
    """The term with subterms replaced."""
    done = dict(mapping)
    for s in outside(t, done):
        args = tuple([done[a] for a in s.args])
        done[s] = s if args == s.args else mk(s.op, s.params, args)
    return done[t]


def REPLACE(t: Term, equations: Mapping[Term, Thm]) -> Thm:
    """⊢ t = t′, where each subterm that is the left side of an equation has become its right side, outermost left sides first."""
    done: dict[Term, Thm | None] = dict(equations)
    for s in outside(t, done):
        changes = {i: th for i, a in enumerate(s.args) if (th := done[a]) is not None}
        done[s] = CONG(s, changes) if changes else None
    return done[t] or REFL(t)


def REWRITE(th: Thm, equations: Mapping[Term, Thm]) -> Thm:
    """Γ ⊢ p  gives  Γ′ ⊢ p′ by REPLACE in the conclusion."""
    same = REPLACE(th.concl, equations)
    return th if same.rhs is th.concl else EQ_MP(same, th)


def DISCHARGE(th: Thm, facts: Facts) -> Thm:
    """Γ, p ⊢ q  gives  Γ ∪ Δ ⊢ q, for every hypothesis p that the facts prove from Δ and that is not given with them"""
    for h in sorted(th.hyps - facts.given, key=lambda t: t.id):
        th = MP(DISCH(h, th), facts.prove(h))
    return th
