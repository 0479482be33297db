# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Proving Boolean goals by SAT, and reading counterexamples back from models."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import NamedTuple

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


class Effort(NamedTuple):
    """What it took to prove a goal."""

    seconds: float
    clauses: int


_PROVED: dict[Term, Thm] = {}
EFFORT: dict[Term, Effort] = {}
"""Of the goals that were proved in this process."""


def blast(goal: Term, conflicts: int = 200_000) -> Thm:
    """⊢ goal, by SAT. Raises Falsified with a model, or SolverGaveUp."""
    thm = _PROVED.get(goal)
    if thm is None:
        since = perf_counter()
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
        EFFORT[goal] = Effort(perf_counter() - since, len(cnf.clauses))
    return thm
