# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Replacing equals in a term, and discharging hypotheses that are known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kernel.rules import CONG, DISCH, EQ_MP, MP, REFL
from kernel.term import Term, postorder
from kernel.thm import Thm

if TYPE_CHECKING:
    from symsim.facts import Facts


def REPLACE(t: Term, equations: Mapping[Term, Thm]) -> Thm:
    """⊢ t = t′, where each subterm that is the left side of an equation has become its right side, outermost left sides first."""
    done: dict[Term, Thm | None] = dict(equations)
    for s in postorder((t,)):
        if s in done:
            continue
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
