# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What is known of the numbers in play (sizes, bounds, disjointness), and proving consequences of it by SAT."""

from __future__ import annotations

from kernel.ops import conj, implies
from kernel.rules import ASSUME, MP
from kernel.term import Term, free_vars
from kernel.thm import Thm
from symsim.blast import blast
from symsim.derived import CONJ


class Facts:
    """A growing list of theorems Γ ⊢ p over bit vectors."""

    def __init__(self, known: list[Thm] | None = None) -> None:
        self.known = list(known or ())
        self._proved: dict[Term, Thm] = {th.concl: th for th in self.known}

    def extended(self, *more: Thm) -> Facts:
        """These facts and more."""
        return Facts([*self.known, *more])

    def assume(self, p: Term) -> Thm:
        """Add the hypothesis p."""
        th = ASSUME(p)
        self.known.append(th)
        self._proved[p] = th
        return th

    def prove(self, goal: Term) -> Thm:
        """Γ ⊢ goal. Raises Falsified with a model where the facts do not give it, SolverGaveUp where that is not found out."""
        th = self._proved.get(goal)
        if th is None:
            relevant = self._relevant(goal)
            if relevant:
                both = CONJ(relevant)
                th = MP(blast(implies(conj(*[r.concl for r in relevant]), goal)), both)
            else:
                th = blast(goal)
            self._proved[goal] = th
        return th

    def _relevant(self, goal: Term) -> list[Thm]:
        """The facts that share a variable with the goal."""
        variables = free_vars(goal)
        return [th for th in self.known if free_vars(th.concl) & variables]
