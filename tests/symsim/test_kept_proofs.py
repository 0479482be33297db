# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Proofs of the solver that are kept between runs: found again, and not believed."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.bitblast import Cnf
from kernel.ops import eq
from kernel.sorts import BV
from kernel.term import Term, Var
from symsim import blast as blasting
from symsim.blast import blast, keep_proofs_in
from symsim.kept_proofs import KeptProofs, key_of
from symsim.solvers.cadical import TALLY
from symsim.store import Store


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(blasting, "WORTH_KEEPING", 0)
    monkeypatch.setattr(blasting, "LARGE", 0)
    monkeypatch.setattr(blasting, "_PROVED", {})  # as in another process
    opened = Store(tmp_path / "store.sqlite")
    keep_proofs_in(KeptProofs(opened))
    yield opened
    keep_proofs_in(None)
    opened.close()


def summed(name: str) -> Term:
    x, y = Var(f"{name}_x", BV(12)), Var(f"{name}_y", BV(12))
    return eq((x & y) + (x | y), x + y)


def test_a_proof_is_found_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first = blast(summed("a"))
    monkeypatch.setattr(blasting, "_PROVED", {})
    calls = TALLY.calls
    again = blast(summed("a"))
    assert again is not first and again.data == first.data
    assert calls == TALLY.calls


def test_a_proof_serves_a_goal_of_the_same_shape(store: Store) -> None:
    blast(summed("b"))
    calls = TALLY.calls
    assert blast(summed("c")).concl is summed("c")
    assert calls == TALLY.calls


@pytest.mark.parametrize("kept", [b"", b"nothing", zlib.compress(b"1 2 3"), zlib.compress(b"9999 0 1 2 0\n")])
def test_what_is_no_proof_is_not_believed(store: Store, kept: bytes) -> None:
    goal = summed("d")
    store.keep_proof(key_of(Cnf(goal).clauses), kept)
    calls = TALLY.calls
    assert blast(goal).concl is goal
    assert calls + 1 == TALLY.calls


def test_a_goal_that_is_false_stays_false(store: Store) -> None:
    x = Var("e", BV(24))
    steps = blast(summed("e")).data[2]
    wrong = eq(x + 1, x)
    KeptProofs(store).keep(key_of(Cnf(wrong).clauses), steps)
    with pytest.raises(blasting.Falsified):
        blast(wrong)
