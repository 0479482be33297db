# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
from __future__ import annotations

from crypto_specs.defined import Defined
from kernel.ops import concat, ror
from kernel.sorts import BV
from kernel.term import Term, Var
from symsim.contract import Cuts
from symsim.cuts import CutPoints
from symsim.simplify import Simplifier
from symsim.unknowns import Unknowns

WORD = BV(32)
x, y, a, b = (Var(name, WORD) for name in "xyab")
mixed = Defined("test_cuts_mixed", (x, y), x ^ ror(y, 7) ^ 0x1234)
chosen = Defined("test_cuts_chosen", (x, y), (x & y) ^ (~x & ror(y, 3)))


def points(function: Defined, specification: Term) -> tuple[CutPoints, Simplifier]:
    simplifier = Simplifier()
    return CutPoints(Cuts((function.definition,), 32), specification, simplifier, Unknowns()), simplifier


def named(cuts: CutPoints, simplifier: Simplifier, value: Term) -> Term | None:
    value = simplifier.normalize(value).rhs
    th = cuts.name(value, simplifier)
    if th is None:
        return None
    assert th.lhs is value and not th.hyps
    return th.rhs


def test_what_a_step_comes_to_is_named_however_it_was_computed() -> None:
    once = mixed(a, b)
    cuts, simplifier = points(mixed, once)
    assert named(cuts, simplifier, ror(ror(a, 3) ^ ror(b, 10), 29) ^ 0x1234) is once
    assert named(cuts, simplifier, a ^ ror(b, 7) ^ 0x1235) is None
    assert named(cuts, simplifier, a + ror(b, 7)) is None
    assert named(cuts, simplifier, (a ^ ror(b, 7) ^ 0x1234)[15:0]) is None


def test_lanes_of_a_longer_word() -> None:
    first, second = mixed(a, b), mixed(b, a)
    cuts, simplifier = points(mixed, concat(first, second))
    vector = concat(a, b, b ^ ror(a, 7) ^ 0x1234, a ^ ror(b, 7) ^ 0x1234)
    assert named(cuts, simplifier, vector) is concat(a, b, second, first)
    assert named(cuts, simplifier, concat(a, b, b, a)) is None


def test_a_step_after_another_is_named_over_it() -> None:
    first = mixed(a, b)
    second = mixed(b, first)
    cuts, simplifier = points(mixed, second)
    assert named(cuts, simplifier, a ^ ror(b, 7) ^ 0x1234) is first
    assert named(cuts, simplifier, b ^ ror(first, 7) ^ 0x1234) is second


def test_two_linear_steps_at_once() -> None:
    first = mixed(a, b)
    second = mixed(b, first)
    third = mixed(first, second)
    opened = a ^ ror(b, 7) ^ 0x1234
    cuts, simplifier = points(mixed, third)
    assert named(cuts, simplifier, b ^ ror(opened, 7) ^ 0x1234) is second
    assert named(cuts, simplifier, first ^ ror(second, 7) ^ 0x1234) is None, "the first step was not met yet"
    assert named(cuts, simplifier, opened ^ ror(second, 7) ^ 0x1234) is third


def test_steps_that_are_not_linear_are_met_one_by_one() -> None:
    def choice(x: Term, y: Term) -> Term:
        return (x & y) ^ (~x & ror(y, 3))

    first = chosen(a, b)
    second = chosen(first, b)
    cuts, simplifier = points(chosen, second)
    assert named(cuts, simplifier, choice(choice(a, b), b)) is None
    assert named(cuts, simplifier, choice(a, b)) is first
    assert named(cuts, simplifier, choice(first, b)) is second


def test_paths_that_part_meet_them_on_their_own() -> None:
    first = chosen(a, b)
    second = chosen(first, b)
    cuts, simplifier = points(chosen, second)
    other = cuts.copy()
    assert named(cuts, simplifier, (a & b) ^ (~a & ror(b, 3))) is first
    value = (first & b) ^ (~first & ror(b, 3))
    assert named(other, simplifier, value) is None
    assert named(cuts, simplifier, value) is second


def test_a_lane_that_another_one_is_made_of_is_met_before_it() -> None:
    first = x + y
    words = Defined("test_cuts_words", (x, y), concat(first, ror(y ^ first, 8)))
    block = words(a, b)
    cuts, simplifier = points(words, block)
    assert named(cuts, simplifier, ror(b ^ (a + b), 8)) is block[31:0], "before the first lane was named"
    upper = named(cuts, simplifier, b + a)
    assert upper is block[63:32]
    assert named(cuts, simplifier, ror(b ^ upper, 8)) is block[31:0]
    assert named(cuts, simplifier, ror(b ^ upper, 9)) is None
