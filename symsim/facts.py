# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What is known of the numbers in play (sizes, bounds, disjointness), and proving consequences of it by SAT."""

from __future__ import annotations

from kernel.ops import implies
from kernel.rules import ASSUME, EQ_MP, MP, SYM
from kernel.term import Term, free_vars
from kernel.thm import Thm
from symsim.blast import Falsified, blast
from symsim.derived import CONJ
from symsim.factored import FACTORED, WITH_FACTORS
from symsim.solvers.cadical import SolverGaveUp


class Facts:
    """A growing list of theorems Γ ⊢ p over bit vectors. `given` are the hypotheses that need no proof: theirs, and others."""

    def __init__(self, known: list[Thm] | None = None, given: frozenset[Term] = frozenset()) -> None:
        self.known = list(known or ())
        self.given = given.union(*(th.hyps for th in self.known))
        self._proved: dict[Term, Thm] = {th.concl: th for th in self.known}

    def extended(self, *more: Thm) -> Facts:
        """These facts and more."""
        return Facts([*self.known, *more], self.given)

    def assume(self, p: Term) -> Thm:
        """Add the hypothesis p."""
        th = ASSUME(p)
        self.known.append(th)
        self.given |= th.hyps
        self._proved[p] = th
        return th

    def prove(self, goal: Term) -> Thm:
        """Γ ⊢ goal. Raises Falsified with a model where the facts do not give it, SolverGaveUp where that is not found out."""
        th = self._proved.get(goal)
        if th is None:
            same = FACTORED(goal)
            th = self._prove(same.rhs)
            th = self._proved[goal] = th if same.rhs is goal else EQ_MP(SYM(same), th)
        return th

    def gives(self, goal: Term) -> bool:
        """Whether the facts are found to give the goal."""
        try:
            self.prove(goal)
        except (Falsified, SolverGaveUp):
            return False
        return True

    def _prove(self, goal: Term) -> Thm:
        """First from the facts about nothing but the goal's variables, then from all that share one with it, and so on."""
        variables = free_vars(goal)
        chosen = [th for th in self.known if free_vars(th.concl) <= variables]
        while True:
            try:
                if not chosen:
                    return blast(goal)
                both = CONJ(WITH_FACTORS(th) for th in chosen)
                return MP(blast(implies(both.concl, goal)), both)
            except Falsified:
                more = [th for th in self.known if free_vars(th.concl) & variables]
                if len(more) == len(chosen):
                    raise
                chosen = more
                variables = variables.union(*(free_vars(th.concl) for th in chosen))
