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
from kernel.thm import KernelError, Thm
from symsim.errors import ArmsymError
from symsim.kept_proofs import KeptProofs, key_of
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


_kept: KeptProofs | None = None
LARGE = 300
"""Clauses: fewer are no work for a solver."""
WORTH_KEEPING = 0.02
"""Seconds that the solver took."""


def keep_proofs_in(kept: KeptProofs | None) -> None:
    """Look there for proofs from now on before the solver is asked, and keep there what it finds."""
    global _kept  # noqa: PLW0603  (as the proved goals, it is the process's)
    _kept = kept


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
            thm = _by_kept_proof(goal, cnf) or _by_solver(goal, cnf, conflicts)
        _PROVED[goal] = thm
        EFFORT[goal] = Effort(perf_counter() - since, len(cnf.clauses))
    return thm


def _by_solver(goal: Term, cnf: Cnf, conflicts: int) -> Thm:
    since = perf_counter()
    answer = solve(cnf.clauses, conflicts)
    if not isinstance(answer, Refuted):
        values = {atom: sum(1 << i for i, x in enumerate(bits) if x in answer.true) for atom, bits in cnf.atoms.items()}
        raise Falsified(goal, values)
    if _kept is not None and perf_counter() - since > WORTH_KEEPING:
        _kept.keep(key_of(cnf.clauses), answer.steps)
    return BLAST(goal, cnf.digest(), answer.steps)


def _by_kept_proof(goal: Term, cnf: Cnf) -> Thm | None:
    if _kept is None or len(cnf.clauses) < LARGE:
        return None
    steps = _kept.steps(key_of(cnf.clauses))
    if steps is None:
        return None
    try:
        return BLAST(goal, cnf.digest(), steps)
    except KernelError:  # not what was kept
        return None
