# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The LRAT checkers, the kernel's and the other one, accept refutations, and none of clauses that can be satisfied."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from strategies import seeds

from kernel.lrat import LratError, Step, check
from kernel.replay import Lrat, Refused
from symsim.solvers.cadical import Refuted, solve

Clauses = list[tuple[int, ...]]

SQUARE: Clauses = [(1, 2), (1, -2), (-1, 2), (-1, -2)]


def satisfiable(clauses: Clauses) -> bool:
    """By trying all values."""
    variables = sorted({abs(literal) for clause in clauses for literal in clause})
    for values in product((False, True), repeat=len(variables)):
        true = {v if value else -v for v, value in zip(variables, values, strict=True)}
        if all(true.intersection(clause) for clause in clauses):
            return True
    return False


def checked_again(clauses: Clauses, steps: Sequence[Step]) -> bool:
    """Whether the certificate checker takes these steps for a refutation."""
    other = Lrat(clauses)
    try:
        for number, literals, hints in steps:
            other.step([number, *literals, 0, *hints, 0])
    except Refused:
        return False
    return other.refuted


def refused(clauses: Clauses, steps: Sequence[Step]) -> bool:
    """Whether the checkers say no; they have to agree."""
    try:
        check(clauses, steps)
    except LratError:
        assert not checked_again(clauses, steps)
        return True
    assert checked_again(clauses, steps)
    return False


def test_accepts() -> None:
    assert not refused(SQUARE, [(5, (1,), (1, 2)), (6, (), (5, 3, 4))])
    assert not refused(SQUARE, [(50, (1,), (1, 2)), (60, (2, 2, -2), (3, 1)), (61, (), (50, 3, 4))])
    assert not refused([(1,), (-1,)], [(3, (), (1, 2))])
    assert not refused([(1, 1, 1), (-1, -1)], [(3, (), (2, 1))])


def test_an_empty_clause_among_the_clauses() -> None:
    assert not refused([(1, 2), ()], [(3, (), (2,))])
    assert refused([(1, 2), ()], [])


def test_no_clauses_no_refutation() -> None:
    assert refused([], [])
    assert refused([], [(1, (), ())])
    assert refused([], [(1, (1, -1), ()), (2, (), (1,))])


def test_a_tautology_helps_nobody() -> None:
    """It may be derived, by a clause that it makes empty, but does not propagate."""
    clauses: Clauses = [(1, 2)]
    assert not satisfiable([*clauses, (-1,), (-2,)])
    assert refused(clauses, [(2, (1, -1), (1,)), (3, (), (2,))])
    assert refused(clauses, [(2, (1, 2, -2), (1,)), (3, (-1,), (2,)), (4, (), (3, 1))])


def random_clauses(chosen: random.Random) -> Clauses:
    """Clauses of up to three literals over few variables: near the point where they stop being satisfiable."""
    count = chosen.randint(2, 6)
    return [
        tuple({chosen.choice((1, -1)) * chosen.randint(1, count) for _ in range(chosen.randint(1, 3))})
        for _ in range(chosen.randint(count, 4 * count))
    ]


def random_steps(clauses: Clauses, chosen: random.Random) -> list[Step]:
    """Steps that resolve known clauses now and then, and otherwise make things up; the last one is the empty clause."""
    known = dict(enumerate(clauses, 1))
    steps: list[Step] = []
    for number in range(len(clauses) + 1, len(clauses) + 12):
        one, other = chosen.choice(list(known)), chosen.choice(list(known))
        pivots = [literal for literal in known[one] if -literal in known[other]]
        drop = {pivots[0], -pivots[0]} if pivots else set()
        literals = {*known[one], *known[other]} - drop
        if chosen.random() < 0.3:
            literals.discard(chosen.choice((*literals, 0)))
        steps.append((number, tuple(literals), (one, other)))
        known[number] = tuple(literals)
    hints = tuple(chosen.sample(list(known), min(len(known), 6)))
    return [*steps, (steps[-1][0] + 1, (), hints)]


@settings(max_examples=200, deadline=None)
@given(seeds)
def test_never_refutes_what_can_be_satisfied(seed: int) -> None:
    chosen = random.Random(seed)
    clauses = random_clauses(chosen)
    if satisfiable(clauses):
        for _ in range(5):
            steps = random_steps(clauses, chosen)
            assert refused(clauses, steps)
            assert refused(clauses, steps[:-1])


def proof(clauses: Clauses) -> tuple[Step, ...] | None:
    """A refutation by the solver."""
    answer = solve(clauses)
    return tuple(answer.steps) if isinstance(answer, Refuted) else None


@settings(max_examples=100, deadline=None)
@given(seeds)
def test_a_proof_is_about_its_clauses(seed: int) -> None:
    """A solver's proof is accepted, and is refused once the clauses are changed so that they can be satisfied."""
    chosen = random.Random(seed)
    clauses = [*dict.fromkeys(random_clauses(chosen))]
    clauses = [c for c in clauses if not {-literal for literal in c} & {*c} and len(c) > 1]
    clauses += [(7, 8), (7, -8), (-7, 8), (-7, -8)]
    steps = proof(clauses)
    assert steps is not None
    assert not refused(clauses, steps)
    for i, clause in enumerate(clauses):
        for literal in clause:
            weaker = [*clauses[:i], (-literal, *(o for o in clause if o != literal)), *clauses[i + 1 :]]
            if satisfiable(weaker):
                assert refused(weaker, steps)


@pytest.mark.parametrize("at", [0, 1])
def test_a_proof_without_one_of_its_steps(at: int) -> None:
    steps: list[Step] = [(5, (1,), (1, 2)), (6, (), (5, 3, 4))]
    assert refused(SQUARE, [step for i, step in enumerate(steps) if i != at])
