# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Definitions and induction: what they say is true of the functions that they define, and a name keeps its meaning."""

from __future__ import annotations

from random import Random

import pytest
from certificates import blast, induction
from model import Memory, counterexample

from kernel.evaluate import evaluate
from kernel.ops import app, eq, implies, mask, number, proj, read, tuple_, ule
from kernel.rules import ASSUME, CONG, DISCH, EVAL, INST, MP, REFL, RING, SYM, TRANS
from kernel.sorts import BOOL, BV, MEM, TupleSort
from kernel.term import Term, Var
from kernel.theory import DECLARE, DEFINE, DEFINE_PROGRAM, DEFINE_REC, INDUCT, definition_of, introduction
from kernel.thm import KernelError, Thm

x, y, r = (Var(name, BV(8)) for name in "xyr")
u = Var("u", BV(1))
a, b, m = Var("a", BV(64)), Var("b", BV(64)), Var("m", MEM)
s = Var("s", TupleSort(BV(8), BV(64), MEM))


def test_definition() -> None:
    th = DEFINE("triple", [x], x * 3)
    assert th.concl is eq(app("triple", BV(8), x), x * 3)
    assert not th.hyps
    assert evaluate(app("triple", BV(8), number(100, 8)), {}) == 44
    assert counterexample(th) is None
    assert DEFINE("triple", (x,), x * 3).concl is th.concl
    assert introduction("triple") == ("DEFINE", (x,), x * 3)
    assert definition_of(th.lhs.params) == ((x,), x * 3)


def test_a_meaning_is_kept_after_a_refusal() -> None:
    DEFINE("kept", [x], x)
    for attempt in (
        lambda: DEFINE("kept", [x], x + 1),
        lambda: DEFINE("kept", [y], y),
        lambda: DEFINE("kept", [a], a),
        lambda: DECLARE("kept", [BV(8)], BV(8)),
        lambda: DEFINE_REC("kept", x, [], number(0, 8), r, r),
    ):
        with pytest.raises(KernelError, match="kept is already introduced with another meaning"):
            attempt()
    assert introduction("kept") == ("DEFINE", (x,), x)
    assert definition_of(("kept", (BV(64),), BV(64))) is None


def test_parameters_are_the_theory_s_own() -> None:
    parameters = [x, y]
    DEFINE("own", parameters, x - y)
    parameters.reverse()
    assert introduction("own") == ("DEFINE", (x, y), x - y)
    sorts = [BV(8)]
    DECLARE("own_sorts", sorts, BOOL)
    sorts.append(BV(64))
    assert introduction("own_sorts") == ("DECLARE", (BV(8),), BOOL)


def test_constants_without_parameters() -> None:
    assert DEFINE("eleven", [], number(11, 8)).concl is eq(app("eleven", BV(8)), 11)
    assert counterexample(DEFINE("thirty_three", [], app("triple", BV(8), app("eleven", BV(8))))) is None


def doubling() -> tuple[Thm, Thm]:
    """sum_to(x, y) = y + 0 + 1 + … + (x − 1)."""
    return DEFINE_REC("sum_to", x, [y], y, r, r + x)


def test_recursion() -> None:
    zero, successor = doubling()
    here, there = (app("sum_to", BV(8), t, y) for t in (x, x + 1))
    assert zero.concl is eq(app("sum_to", BV(8), number(0, 8), y), y)
    assert successor.concl is implies(~eq(x, 255), eq(there, here + x))
    assert not zero.hyps | successor.hyps
    for i in range(0, 256, 5):
        values = {x: i, y: 3 * i & 255}
        assert evaluate(zero.concl, values)
        assert evaluate(successor.concl, values)


def test_recursion_needs_its_guard() -> None:
    """Without it, sum_to(0) would be a step from sum_to(255) as well."""
    _, successor = doubling()
    unguarded = successor.concl.args[1]
    assert not evaluate(unguarded, {x: 255, y: 7})
    assert all(evaluate(unguarded, {x: i, y: 7}) for i in (0, 1, 100, 254))


def test_recursion_over_one_bit() -> None:
    _, successor = DEFINE_REC("flip", u, [], number(5, 8), r, ~r)
    assert successor.concl.args[0] is ~eq(u, 1)
    assert [evaluate(app("flip", BV(8), number(i, 1)), {}) for i in (0, 1)] == [5, 250]


def test_recursion_over_another_s_values() -> None:
    """A step may use constants that were there before, and parameters that are memories."""
    doubling()
    zero, successor = DEFINE_REC("sum_of_sums", x, [m, a], read(m, a, 1), r, r + app("sum_to", BV(8), x, read(m, a, 1)))
    chosen = Random(5)
    for th in (zero, successor):
        for _ in range(5):
            assert evaluate(th.concl, {x: chosen.randrange(40), a: chosen.getrandbits(64), m: Memory(1)})


def test_program() -> None:
    transitions = {4: tuple_(proj(s, 0), a + 8, proj(s, 2)), 8: s}
    steps = DEFINE_PROGRAM("two_steps", a, s, 1, transitions)
    step = app("two_steps", s.sort, a, s)
    assert {address: th.concl for address, th in steps.items()} == {
        address: implies(eq(proj(s, 1), a + address), eq(step, t)) for address, t in transitions.items()
    }
    assert all(not th.hyps for th in steps.values())
    transitions[12] = s
    assert [address for address, _ in introduction("two_steps")[4]] == [4, 8]


def test_two_addresses_are_never_one_program_counter() -> None:
    """What makes a program a definition: the premises of its equations exclude each other for every base."""
    first, second = DEFINE_PROGRAM("far", a, s, 1, {0: s, 2**64 - 1: tuple_(proj(s, 0), a, proj(s, 2))}).values()
    for base in (0, 1, 2**64 - 1, 0x7BF3C0):
        for pc in (base, base - 1, base + 1):
            values = {a: base, s: (0, pc & mask(64), 0)}
            assert not (evaluate(first.concl.args[0], values) and evaluate(second.concl.args[0], values))


def test_a_mapping_of_transitions_is_read_once() -> None:
    """A transition can't be exchanged for another one after it was looked at."""

    class TwoFaced(dict[int, Term]):
        asked = 0

        def items(self):  # type: ignore[no-untyped-def,override]
            self.asked += 1
            return [(4, s)] if self.asked == 1 else [(4, tuple_(x, b, m))]

    for th in DEFINE_PROGRAM("two_faced", a, s, 1, TwoFaced({4: s})).values():
        assert th.concl.args[1].args[1] is s


def test_induction() -> None:
    th = induction()
    assert not th.hyps
    assert th.concl is eq(app("twice", BV(8), x), x + x)
    assert counterexample(th) is None


def test_induction_reaches_the_end() -> None:
    """x ≤ 255 for all x: the step from 255 is never taken."""
    claim = ule(x, 255)
    base = blast(ule(number(0, 8), 255))
    step = MP(DISCH(claim, blast(ule(x + 1, 255))), ASSUME(claim))
    th = INDUCT(x, claim, base, step)
    assert th.concl is claim
    assert not th.hyps


def test_induction_keeps_what_does_not_mention_its_variable() -> None:
    claim = eq(x, x)
    under = ASSUME(ule(y, 3))
    base = MP(DISCH(under.concl, REFL(number(0, 8))), under)
    step = REFL(x + 1)
    for h in (claim, ~eq(x, 255), implies(under.concl, claim)):
        step = MP(DISCH(h, step), ASSUME(h))
    with pytest.raises(KernelError, match="x is free in the hypothesis"):
        INDUCT(x, claim, base, step)
    step = MP(DISCH(implies(under.concl, claim), step), DISCH(under.concl, REFL(x)))
    assert INDUCT(x, claim, base, step).hyps == {under.concl}


def test_unfolding() -> None:
    """sum_to(2, y) = y + 0 + 1, by two steps from the definition."""
    zero, successor = doubling()
    known = zero
    for i in range(2):
        step = INST(successor, {x: number(i, 8)})
        step = MP(step, blast(step.concl.args[0]))
        step = TRANS(step, CONG(step.rhs, {0: known}))
        known = TRANS(CONG(app("sum_to", BV(8), number(i + 1, 8), y), {0: SYM(EVAL(step.lhs.args[0]))}), step)
    assert known.lhs is app("sum_to", BV(8), number(2, 8), y)
    assert TRANS(known, RING(known.rhs, y + 1)).rhs is y + 1
    assert counterexample(known) is None
