# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""CaDiCaL with LRAT proofs, through python-sat's embedded solver.

The calls that switch proofs on are only half public in python-sat, so they live here alone. The proof is trimmed backwards: what the
empty clause does not need is dropped. The kernel checks the rest.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

import pysolvers
from pysat.solvers import Cadical195

from kernel.lrat import Step
from symsim.errors import ArmsymError
from symsim.solvers import lrat_text

_SLICE = 5_000
"""Conflicts in a row, of up to so many clauses; of more clauses, each of which costs more, fewer. A second or so."""
_SMALL = 20_000


class SolverGaveUp(ArmsymError):
    """The conflict budget ran out: nothing was learnt."""


@dataclass(frozen=True)
class Refuted:
    """The clauses have no model, and this is why."""

    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Satisfied:
    """A model: the set of variables that are true."""

    true: frozenset[int]


@dataclass
class Tally:
    """What was asked of the solver in this process."""

    calls: int = 0


TALLY = Tally()


def solve(clauses: Sequence[tuple[int, ...]], conflicts: int = 200_000) -> Refuted | Satisfied:
    """Decide the clauses. They are free of duplicate and opposite literals, with at most one unit, the last (see kernel/bitblast.py):
    otherwise the solver's proof would count clauses differently. SolverGaveUp past that number of conflicts."""
    TALLY.calls += 1
    with tempfile.TemporaryFile(buffering=1 << 20) as file:
        solver = Cadical195()
        try:
            solver.configure({"lrat": 1, "binary": 0})
            capsule = pysolvers.cadical195_tracepr(solver.cadical, file)
            for clause in clauses:
                pysolvers.cadical195_add_cl(solver.cadical, clause)
            if _answer(solver, conflicts, _SLICE * _SMALL // max(_SMALL, len(clauses))) is None:
                raise SolverGaveUp(f"no answer within {conflicts} conflicts ({len(clauses)} clauses)")
            if solver.get_status():
                return Satisfied(frozenset(x for x in solver.get_model() or () if x > 0))
            pysolvers.flushpr(capsule)
            file.seek(0)
            return Refuted(trim(lrat_text.parse(file.read().decode())))
        finally:
            solver.delete()


def _answer(solver: Cadical195, conflicts: int, at_once: int) -> bool | None:
    """Solve in slices of so many conflicts, between which Python hears of an interrupt. In the main thread python-sat would jump out of
    the solver at one, and leave its memory in a state that ends the process; so it is told that this is another thread."""
    while conflicts > 0 and solver.get_status() is None:
        solver.conf_budget(min(conflicts, at_once))
        conflicts -= at_once
        answer = pysolvers.cadical195_solve_lim(solver.cadical, [], 0)
        solver.status = None if answer == 0 else answer > 0
    status: bool | None = solver.get_status()
    return status


def trim(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps that the first empty clause needs, in order."""
    last = next((i for i, step in enumerate(steps) if not step[1]), len(steps) - 1)
    needed = {steps[last][0]} if steps else set()
    kept = []
    for step in reversed(steps[: last + 1]):
        if step[0] in needed:
            kept.append(step)
            needed.update(step[2])
    return tuple(reversed(kept))
