# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The ways through a routine, put together: one theorem with a number of steps and a trace that depend on conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kernel.ops import app, ite, number
from kernel.rules import ASSUME, CASES, CONG, EQ_MP, EVAL, INST, MP, SYM, TRANS
from kernel.sorts import BV, TRACE
from kernel.term import Term, Var
from kernel.theory import DEFINE, DEFINE_REC
from kernel.thm import Thm
from symsim.derived import EQF_INTRO, EQT_INTRO, GROUND, SELECT
from symsim.errors import ArmsymError
from symsim.rewrite import REPLACE

Promised = Callable[[Term, Term], Term]
"""What is promised after so many steps, with such a trace."""
_WHICH = Var("which_way", BV(64))


@dataclass(frozen=True)
class Way:
    """One way through: under the conditions, `thm` is Γ ⊢ promised(count, trace)."""

    conditions: tuple[Term, ...]
    count: Term
    trace: Term
    thm: Thm


def merged(ways: Iterable[Way], promised: Promised, tag: str, public: tuple[Term, ...]) -> Thm:
    """Γ ⊢ promised(count, trace of the public values), from all ways, two that a condition tells apart side by side"""
    stack: list[Way] = []
    merges = 0
    for way in ways:
        stack.append(way)
        while len(stack) > 1 and _siblings(stack[-2], stack[-1]):
            second, first = stack.pop(), stack.pop()
            stack.append(_merge(first, second, promised, f"way_{tag}_{merges}", public))
            merges += 1
    if len(stack) != 1 or stack[0].conditions:
        raise ArmsymError(f"{len(stack)} ways through the routine do not make up all of it")
    way = stack[0]
    named = SYM(DEFINE(f"trace_of_{tag}", public, way.trace))
    *_, traced = way.thm.concl.args
    last = len(way.thm.concl.args) - 1
    return EQ_MP(CONG(way.thm.concl, {last: CONG(traced, {1: named})}), way.thm)


def _siblings(a: Way, b: Way) -> bool:
    if not a.conditions or not b.conditions or a.conditions[:-1] != b.conditions[:-1]:
        return False
    return a.conditions[-1] is ~b.conditions[-1] or b.conditions[-1] is ~a.conditions[-1]


def _merge(a: Way, b: Way, promised: Promised, name: str, public: tuple[Term, ...]) -> Way:
    yes, no = (b, a) if a.conditions[-1] is ~b.conditions[-1] else (a, b)
    condition = yes.conditions[-1]
    count = ite(condition, yes.count, no.count)
    # Traces have no `ite`: a recursive function has one of them at 0 and the other at 1.
    at_0, above = DEFINE_REC(name, _WHICH, public, no.trace, Var("some_trace", TRACE), yes.trace)
    one, zero = number(1, 64), number(0, 64)
    at_1 = INST(above, {_WHICH: zero})
    at_1 = MP(at_1, GROUND(at_1.concl.args[0]))
    at_1 = TRANS(SYM(CONG(at_1.lhs, {0: EVAL(zero + 1)})), at_1)
    which = ite(condition, one, zero)
    trace = app(name, TRACE, which, *public)

    def moved(way: Way, known: Thm, traced: Thm) -> Thm:
        def chosen(t: Term) -> Thm:
            th = CONG(t, {0: known})
            return TRANS(th, SELECT(th.rhs))

        seen = TRANS(CONG(trace, {0: chosen(which)}), traced)
        same = REPLACE(promised(count, trace), {count: chosen(count), trace: seen})
        return EQ_MP(SYM(same), way.thm)

    first = moved(yes, EQT_INTRO(ASSUME(condition)), at_1)
    second = moved(no, EQF_INTRO(ASSUME(~condition)), at_0)
    return Way(yes.conditions[:-1], count, trace, CASES(condition, first, second))
