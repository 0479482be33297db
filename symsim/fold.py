# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The specification's recursive functions beside the program: opening one step of them."""

from __future__ import annotations

from kernel.rules import CONG, INST, MP, SYM, TRANS
from kernel.term import Term, postorder
from kernel.thm import Thm
from symsim.contract import Fold
from symsim.facts import Facts
from symsim.rewrite import REPLACE
from symsim.simplify import Simplifier


def normal_left(equation: Thm, simplifier: Simplifier) -> Thm:
    """Γ ⊢ s = t  gives  Γ ⊢ s′ = t, s′ the normal form of s"""
    left = simplifier.conversion(equation.lhs)
    return equation if left is None else TRANS(SYM(left), equation)


def as_rewrite(equation: Thm, simplifier: Simplifier) -> Thm:
    """Γ ⊢ s = t  gives  Γ ⊢ s′ = t′, where the arguments of s′ and all of t′ are normal: fit to rewrite s by, whatever it is to others"""
    arguments = {i: th for i, a in enumerate(equation.lhs.args) if (th := simplifier.conversion(a)) is not None}
    th = TRANS(SYM(CONG(equation.lhs, arguments)), equation) if arguments else equation
    right = simplifier.conversion(th.rhs)
    return th if right is None else TRANS(th, right)


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
