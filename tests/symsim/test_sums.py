# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Sums whose words stay apart."""

from __future__ import annotations

import pytest

from kernel.ops import concat, eq, ule, ult, zext
from kernel.rules import ASSUME
from kernel.sorts import BV
from kernel.term import Term, Var
from kernel.thm import Thm
from symsim.blast import blast
from symsim.facts import Facts
from symsim.simplify import Simplifier

a, b = Var("a", BV(32)), Var("b", BV(32))
x, i, n = (Var(name, BV(64)) for name in "xin")


def simplifier(*known: Term) -> Simplifier:
    facts, out = Facts(list(map(ASSUME, known))), Simplifier()

    def consequence(goal: Term) -> Thm | None:
        return facts.prove(goal) if facts.gives(goal) else None

    out.consequence = consequence
    return out


def test_a_word_and_multiples_of_what_is_above_it_stand_side_by_side() -> None:
    th = simplifier().normalize(zext(a, 64) + (zext(b, 64) + x) * (1 << 32))
    assert th.rhs is concat(b + x[31:0], a) and not th.hyps


@pytest.mark.parametrize("other", [x * (1 << 31), x, zext(b, 64)])
def test_words_that_overlap_stay_a_sum(other: Term) -> None:
    t = zext(a, 64) + other
    normal = simplifier().normalize(t).rhs
    assert normal.op.name == "bvadd" and blast(eq(t, normal))


def test_the_upper_word_of_a_counter_that_does_not_wrap() -> None:
    block, room = concat(a, b) + i, ule(zext(b, 64) + n, 1 << 32)
    s = simplifier(room, ult(i, n), ule(n, 1 << 32))
    for t, upper in ((block[63:32], a), (block >> 32, zext(a, 64)), (block[47:32], a[15:0])):
        th = s.normalize(t)
        assert th.rhs is upper and room in th.hyps


def test_the_upper_word_of_a_counter_that_may_wrap() -> None:
    s = simplifier(ule(zext(b, 64) + n, 1 << 32), ult(i, n), ule(n, 1 << 32))
    for t in ((concat(a, b) + (i + 1))[63:32], (concat(a, b) + i)[63:31], (concat(a, b) + x)[63:32]):
        assert s.normalize(t).rhs.args[0].op.name == "bvadd"
