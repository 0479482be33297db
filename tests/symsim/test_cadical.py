# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The solver, asked in slices: its proofs go on from one to the next, an interrupt in the middle harms nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kernel.bitblast import Cnf
from kernel.lrat import check
from kernel.ops import eq
from kernel.sorts import BV
from kernel.term import Var
from symsim.solvers import cadical
from symsim.solvers.cadical import Refuted, SolverGaveUp, solve

INTERRUPTED = """
import os, signal, threading
from test_cadical import products_commute
from symsim.solvers.cadical import solve

threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    solve(products_commute(14).clauses)
except KeyboardInterrupt:
    solve(products_commute(5).clauses)
    print("goes on")
"""


def products_commute(width: int) -> Cnf:
    x, y = (Var(name, BV(width)) for name in "xy")
    return Cnf(eq(x * y, y * x))


def test_a_proof_goes_on_from_slice_to_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cadical, "_SLICE", 20)
    cnf = products_commute(6)
    answer = solve(cnf.clauses)
    assert isinstance(answer, Refuted)
    check(cnf.clauses, answer.steps)


@pytest.mark.parametrize("conflicts", [1, 45])
def test_the_budget_is_that_of_all_slices(monkeypatch: pytest.MonkeyPatch, conflicts: int) -> None:
    monkeypatch.setattr(cadical, "_SLICE", 20)
    with pytest.raises(SolverGaveUp, match=f"no answer within {conflicts} conflicts"):
        solve(products_commute(8).clauses, conflicts)


def test_an_interrupt_leaves_the_process_whole() -> None:
    done = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, cwd=Path(__file__).parent, check=False)
    assert (done.returncode, done.stdout) == (0, "goes on\n"), done.stderr
