# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What is known of the numbers in play (sizes, bounds, disjointness), and proving consequences of it by SAT."""

from __future__ import annotations

from collections.abc import Mapping

from kernel.evaluate import evaluate
from kernel.ops import NOT, conj, eq, implies
from kernel.rules import ASSUME, EQ_MP, MP, SYM
from kernel.term import Term, free_vars
from kernel.thm import Thm
from symsim.blast import Falsified, blast
from symsim.bounds import Bounds
from symsim.derived import CONJ, TAUT
from symsim.factored import FACTORED, WITH_FACTORS
from symsim.models import Model
from symsim.solvers.cadical import SolverGaveUp

MODELS = 24
"""States to keep, the latest first."""
NEAR = 16
"""Values of a variable that are tried in a known state."""


class Facts:
    """A growing list of theorems Γ ⊢ p over bit vectors. `given` are the hypotheses that need no proof: theirs, and others."""

    def __init__(self, known: list[Thm] | None = None, given: frozenset[Term] = frozenset()) -> None:
        self.known = list(known or ())
        self.given = given.union(*(th.hyps for th in self.known))
        self._proved: dict[Term, Thm] = {th.concl: th for th in self.known}
        self._bounds = Bounds(self.known)
        self._models: list[Model] = []

    def extended(self, *more: Thm) -> Facts:
        """These facts and more."""
        other = Facts([*self.known, *more], self.given)
        other._bounds = self._bounds.extended(more)
        other._proved = self._proved | other._proved
        other._models = [m for m in self._models if all(m.satisfies(th.concl) for th in more)]
        return other

    def assume(self, p: Term) -> Thm:
        """Add the hypothesis p."""
        th = ASSUME(p)
        self.known.append(th)
        self.given |= th.hyps
        self._proved[p] = th
        self._bounds = self._bounds.extended([th])
        self._models = [m for m in self._models if m.satisfies(p)]
        return th

    def prove(self, goal: Term) -> Thm:
        """Γ ⊢ goal. Raises Falsified with a model where the facts do not give it, SolverGaveUp where that is not found out."""
        th = self._proved.get(goal)
        if th is None and goal.op is NOT and goal.args[0].op is NOT:
            p = goal.args[0].args[0]
            th = self._proved[goal] = MP(TAUT(implies(p, goal)), self.prove(p))
        if th is None:
            same = FACTORED(goal)
            th = self._prove(same.rhs)
            th = self._proved[goal] = th if same.rhs is goal else EQ_MP(SYM(same), th)
        return th

    def found(self, goal: Term) -> Thm | None:
        """Γ ⊢ goal, if that was proved already."""
        return self._proved.get(goal)

    def gives(self, goal: Term) -> bool:
        """Whether the facts are found to give the goal."""
        try:
            self.prove(goal)
        except (Falsified, SolverGaveUp):
            return False
        return True

    def number(self, t: Term) -> int | None:
        """The number that the facts give for a term; None where they give none. Any state in which they hold shows which it can be."""
        value = 0
        try:
            self.prove(eq(t, value))
        except Falsified as falsified:
            value = evaluate(t, dict.fromkeys(free_vars(t), 0) | falsified.model)
        except SolverGaveUp:
            return None
        return value if self.gives(eq(t, value)) else None

    def _prove(self, goal: Term) -> Thm:
        """As sums of inequalities; or by SAT, first from the facts about nothing but the goal's variables, then from all that share one
        with it, and so on. Not at all where a state is known in which the facts hold and the goal does not."""
        for model in self._models:
            if not model.satisfies(goal):
                raise Falsified(goal, model.values)
        th = self._bounds.prove(goal)
        if th is not None:
            return th
        self._look_nearby(goal)
        variables = free_vars(goal)
        chosen = [th for th in self.known if free_vars(th.concl) <= variables]
        while True:
            try:
                if not chosen:
                    return blast(goal)
                both = CONJ(WITH_FACTORS(th) for th in chosen)
                return MP(blast(implies(both.concl, goal)), both)
            except Falsified as falsified:
                more = [th for th in self.known if free_vars(th.concl) & variables]
                if len(more) == len(chosen):
                    self._keep(falsified.model)
                    raise
                chosen = more
                variables = variables.union(*(free_vars(th.concl) for th in chosen))

    def _look_nearby(self, goal: Term) -> None:
        """Raise Falsified where a known state, but for the value of a short variable, is one in which the goal does not hold."""
        short = sorted([x for x in free_vars(goal) if 1 << x.width <= NEAR], key=lambda x: x.id)
        for x in short if self._models else ():
            for value in range(1 << x.width):
                other = self._models[0].overlaid({x: value})
                if not other.satisfies(goal) and all(other.satisfies(th.concl) for th in self.known):
                    self._models = [other, *self._models[: MODELS - 1]]
                    raise Falsified(goal, other.values)

    def _keep(self, values: Mapping[Term, int]) -> None:
        """Keep a model of the facts that bear on a goal, with values from another one for what the others are about."""
        if self.known and not self._models and (any_state := self._model()) is not None:
            self._models.append(any_state)
        for base in self._models[-1:] or [Model({})]:
            model = base.overlaid(values)
            if all(model.satisfies(th.concl) for th in self.known):
                self._models = [model, *self._models[: MODELS - 1]]

    def _model(self) -> Model | None:
        """A state in which all facts hold, if one is found."""
        try:
            blast(~conj(*[WITH_FACTORS(th).concl for th in self.known]))
        except Falsified as falsified:
            return Model(falsified.model)
        except SolverGaveUp:
            pass
        return None
