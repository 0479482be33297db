# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The specification's recursive functions beside the program: opening one step of them, and naming by them what the program has."""

from __future__ import annotations

from kernel.normal import TooLarge, anf
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


def cut_step(cut: Cut, k: int, simplifier: Simplifier) -> Thm:
    """⊢ value(k) = …, one application opened; both sides normal"""
    value = cut.value(k)
    parameters = cut.definition.lhs.args
    th = INST(cut.definition, {x: t for x, t in zip(parameters, value.args, strict=True) if x is not t})
    return TRANS(normal_left(th, simplifier), simplifier.normalize(th.rhs))


def UNFOLD(t: Term, definition: Thm) -> Thm:
    """⊢ t = t′, where every application of the defined constant in t is opened"""
    f = definition.lhs
    uses = [s for s in postorder((t,)) if s.op is f.op and s.params == f.params]
    return REPLACE(t, {s: INST(definition, dict(zip(f.args, s.args, strict=True))) for s in uses})


Form = frozenset[tuple[tuple[int, ...], int]]
Lanes = dict[Form, Thm]
"""By the XOR-of-AND form of a lane: ⊢ a term of that form = the lane of the specification's value."""


def _form(t: Term) -> Form | None:
    try:
        return frozenset(anf(t).items())
    except TooLarge:
        return None


def named_lanes(step: Thm, cut: Cut, simplifier: Simplifier) -> Lanes:
    """From ⊢ value = n: for each lane of value, what it is in n and its name"""
    out: Lanes = {}
    value = step.lhs
    for low in range(0, value.width, cut.lane):
        lane = value[low + cut.lane - 1 : low] if value.width > cut.lane else value
        same = CONG(lane, {0: step}) if lane is not value else step
        same = CHAIN(same, simplifier.conversion(same.rhs)) or same
        form = _form(same.rhs)
        if form is not None:
            out[form] = SYM(same)
    return out


def _named(t: Term, lanes: Lanes) -> Thm | None:
    form = _form(t)
    name = lanes.get(form) if form else None
    if name is None or name.lhs is t:
        return name
    return TRANS(ANF(t, name.lhs), name)


def name_lanes(t: Term, lanes: Lanes, width: int, simplifier: Simplifier) -> Thm | None:
    """⊢ t = t′, where the parts of t that equal a lane are named by it; None where there is none"""
    if t.sort.kind != "BV" or t.width % width:
        return None
    if t.width == width:
        return _named(t, lanes)
    parts = [t[low : low - width + 1] for low in range(t.width - 1, 0, -width)]
    named: dict[int, Thm] = {}
    for k, part in enumerate(parts):
        normal = simplifier.normalize(part)
        lane = _named(normal.rhs, lanes)
        if lane is not None:
            named[k] = TRANS(normal, lane)
    if not named:
        return None
    split = concat(*parts)
    th = TRANS(ANF(t, split), CONG(split, named))
    return CHAIN(th, simplifier.conversion(th.rhs))
