# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What follows from facts, what does not, and that the states kept for that are states in which all facts hold."""

from __future__ import annotations

import pytest

from kernel.ops import READ, conj, eq, number, read, ule, ult, zext
from kernel.rules import ASSUME
from kernel.sorts import BV, MEM
from kernel.term import Var
from symsim.blast import Falsified
from symsim.facts import Facts
from symsim.models import Model
from symsim.solvers.cadical import TALLY

x, y, z = (Var(name, BV(64)) for name in "xyz")
memory = Var("memory", MEM)


def facts() -> Facts:
    return Facts([ASSUME(ule(x, 10)), ASSUME(ule(y, x)), ASSUME(eq(read(memory, z, 4), 7))])


def test_what_follows_is_proved_whatever_states_are_kept() -> None:
    known = facts()
    assert not known.gives(eq(x, 0)) and not known.gives(~eq(x, 0))
    assert known.prove(ule(y, 10)).hyps <= known.given


def test_what_is_false_in_a_state_that_was_met_asks_no_solver() -> None:
    known = facts()
    assert not known.gives(eq(x, 100))
    calls = TALLY.calls
    assert not known.gives(eq(x, 101)) and not known.gives(eq(read(memory, z, 4), 8))
    assert calls == TALLY.calls


def test_a_state_that_a_further_fact_excludes_is_forgotten() -> None:
    known = facts()
    assert not known.gives(eq(x, 100))
    narrower = known.extended(ASSUME(ule(number(10, 64), x)))
    assert narrower.gives(eq(x, 10)) and not known.gives(eq(x, 10))


def test_the_state_that_is_told_satisfies_every_fact() -> None:
    known = facts()
    for goal in (ult(y, x), ule(x, y), ult(z, 5), eq(x, 9)):
        with pytest.raises(Falsified) as raised:
            known.prove(goal)
        model = Model(raised.value.model)
        assert model.satisfies(~goal) and model.satisfies(conj(ule(x, 10), ule(y, x)))


def test_contradictory_facts_give_anything() -> None:
    known = Facts([ASSUME(ult(x, y)), ASSUME(ult(y, x))])
    assert not known.gives(eq(z, 1))
    assert known.gives(eq(x, 1))


def test_atoms_are_what_has_no_circuit() -> None:
    held = read(memory, z, 4)
    assert held.op is READ
    model = Model({held: 3})
    assert model.satisfies(eq(held, 3)) and model.satisfies(eq(y, 0))
    assert model.overlaid({held: 4}).satisfies(eq(held, 4))


def test_a_state_next_to_a_known_one_asks_no_solver() -> None:
    tail = Var("tail", BV(4))
    known = Facts([ASSUME(ule(zext(tail, 64), y)), ASSUME(~eq(tail, 3)), ASSUME(ule(number(12, 64), y))])
    assert not known.gives(eq(z, 100))
    calls = TALLY.calls
    assert not known.gives(eq(tail * tail, 4)) and not known.gives(~eq(tail * tail, 4))
    assert known.gives(~eq(tail, 3)) and calls == TALLY.calls


def test_what_was_proved_is_found_again() -> None:
    known = facts()
    assert known.found(ule(y, 10)) is None
    assert known.prove(ule(y, 10)) is known.found(ule(y, 10))
    assert known.found(ule(x, 10)) is not None and known.found(ule(x, 9)) is None
