# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Proving Boolean goals by SAT, and reading counterexamples back from models."""

from __future__ import annotations

from collections.abc import Mapping

from kernel.bitblast import Cnf
from kernel.rules import BLAST
from kernel.term import Term
from kernel.thm import Thm
from symsim.errors import ArmsymError
from symsim.solvers.cadical import Refuted, solve


class Falsified(ArmsymError):
    """The goal fails; `model` gives each atom (variable or opaque subterm) a value under which it does."""

    def __init__(self, goal: Term, model: Mapping[Term, int]) -> None:
        super().__init__("the goal is false: " + ", ".join(f"{a} = {v:#x}" for a, v in list(model.items())[:6]))
        self.goal = goal
        self.model = dict(model)


_PROVED: dict[Term, Thm] = {}


def blast(goal: Term, conflicts: int = 200_000) -> Thm:
    """⊢ goal, by SAT. Raises Falsified with a model, or SolverGaveUp."""
    thm = _PROVED.get(goal)
    if thm is None:
        cnf = Cnf(goal)
        if cnf.trivial:
            thm = BLAST(goal, "", ())
        else:
            answer = solve(cnf.clauses, conflicts)
            if not isinstance(answer, Refuted):
                values = {
                    atom: sum(1 << i for i, x in enumerate(bits) if x in answer.true) for atom, bits in cnf.atoms.items()
                }
                raise Falsified(goal, values)
            thm = BLAST(goal, cnf.digest(), answer.steps)
        _PROVED[goal] = thm
    return thm
