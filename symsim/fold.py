# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The specification's recursive functions beside the program: opening one step of them, and naming by them what the program has."""

from __future__ import annotations

from kernel.ops import concat
from kernel.rules import ANF, CONG, INST, MP, SYM, TRANS
from kernel.term import Term, postorder
from kernel.thm import Thm
from symsim.contract import Cut, Fold
from symsim.derived import CHAIN
from symsim.facts import Facts
from symsim.rewrite import REPLACE
from symsim.simplify import Simplifier


def normal_left(equation: Thm, simplifier: Simplifier) -> Thm:
    """Γ ⊢ s = t  gives  Γ ⊢ s′ = t, s′ the normal form of s"""
    left = simplifier.conversion(equation.lhs)
    return equation if left is None else TRANS(SYM(left), equation)


def fold_start(fold: Fold, zero: Term, simplifier: Simplifier) -> Thm:
    """⊢ value(0) = …, both sides normal"""
    value = fold.value(zero)
    th = INST(fold.zero, {x: t for x, t in zip(fold.zero.lhs.args, value.args, strict=True) if x is not t})
    return TRANS(normal_left(th, simplifier), simplifier.normalize(th.rhs))


def fold_step(fold: Fold, k: Term, facts: Facts, simplifier: Simplifier) -> Thm:
    """Γ ⊢ value(k + 1) = …, the specification's step opened; both sides normal"""
    th = INST(fold.successor, {fold.counter: k})
    general = th.concl.args[1].args[0]
    th = INST(th, {x: t for x, t in zip(general.args[1:], fold.value(k).args[1:], strict=True) if x is not t})
    th = MP(th, facts.prove(th.concl.args[0]))
    for definition in fold.unfold:
        th = TRANS(th, UNFOLD(th.rhs, definition))
    return TRANS(normal_left(th, simplifier), simplifier.normalize(th.rhs))


def UNFOLD(t: Term, definition: Thm) -> Thm:
    """⊢ t = t′, where every application of the defined constant in t is opened"""
    f = definition.lhs
    uses = [s for s in postorder((t,)) if s.op is f.op and s.params == f.params]
    return REPLACE(t, {s: INST(definition, dict(zip(f.args, s.args, strict=True))) for s in uses})


def named_lanes(step: Thm, cut: Cut, simplifier: Simplifier) -> dict[Term, Thm]:
    """From ⊢ value = n: for each lane, the normal form of its place in n, and ⊢ that form = the lane of value"""
    out = {}
    value = step.lhs
    for low in range(0, value.width, cut.lane):
        lane = value[low + cut.lane - 1 : low] if value.width > cut.lane else value
        same = CONG(lane, {0: step}) if lane is not value else step
        same = CHAIN(same, simplifier.conversion(same.rhs)) or same
        out[same.rhs] = SYM(same)
    return out


def name_lanes(t: Term, lanes: dict[Term, Thm], width: int, simplifier: Simplifier) -> Thm | None:
    """⊢ t = t′, where the parts of t that equal a lane are named by it; None where there is none"""
    whole = lanes.get(t)
    if whole is not None or t.sort.kind != "BV" or t.width <= width or t.width % width:
        return whole
    parts = [t[low + width - 1 : low] for low in range(0, t.width, width)]
    parts.reverse()
    named: dict[int, Thm] = {}
    for k, part in enumerate(parts):
        normal = simplifier.normalize(part)
        lane = lanes.get(normal.rhs)
        if lane is not None:
            named[k] = TRANS(normal, lane)
    if not named:
        return None
    split = concat(*parts)
    th = TRANS(ANF(t, split), CONG(split, named))
    return CHAIN(th, simplifier.conversion(th.rhs))
