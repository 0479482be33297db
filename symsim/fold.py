# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The specification's recursive functions beside the program: opening one step of them."""

from __future__ import annotations

from kernel.normal import ring
from kernel.ops import eq, is_const, number, value_of
from kernel.rules import CONG, INST, MP, SYM, TRANS
from kernel.term import Term, postorder
from kernel.thm import Thm
from symsim.contract import Fold, Output
from symsim.errors import ArmsymError
from symsim.facts import Facts
from symsim.output import Stored
from symsim.path import MEM, Path
from symsim.rewrite import REPLACE
from symsim.simplify import Simplifier

MOST_ROUNDS = 16
"""Steps of the specification between the last round of a loop that was proved by induction and the end."""


class NotMatched(ArmsymError):
    """The specification's recursion does not end where the program does, as far as is known."""


def normal_left(equation: Thm, simplifier: Simplifier) -> Thm:
    """Γ ⊢ s = t  gives  Γ ⊢ s′ = t, s′ the normal form of s"""
    left = simplifier.conversion(equation.lhs)
    simplifier.memo.pop(equation.lhs, None)  # it is to be rewritten further once the equation is a fact
    return equation if left is None else TRANS(SYM(left), equation)


def as_rewrite(equation: Thm, simplifier: Simplifier) -> Thm:
    """Γ ⊢ s = t  gives  Γ ⊢ s′ = t′, where the arguments of s′ and all of t′ are normal: fit to rewrite s by, whatever it is to others"""
    arguments = {i: th for i, a in enumerate(equation.lhs.args) if (th := simplifier.conversion(a)) is not None}
    th = TRANS(SYM(CONG(equation.lhs, arguments)), equation) if arguments else equation
    right = simplifier.conversion(th.rhs)
    return th if right is None else TRANS(th, right)


def fold_start(fold: Fold | Output, zero: Term, simplifier: Simplifier) -> Thm:
    """⊢ value(0) = …, both sides normal"""
    value = fold.value(zero)
    th = INST(fold.zero, {x: t for x, t in zip(fold.zero.lhs.args, value.args, strict=True) if x is not t})
    return TRANS(normal_left(th, simplifier), simplifier.normalize(th.rhs))


def fold_step(fold: Fold | Output, k: Term, facts: Facts, simplifier: Simplifier) -> Thm:
    """Γ ⊢ value(k + 1) = …, the specification's step opened; both sides normal"""
    th = INST(fold.successor, {fold.counter: k})
    general = th.concl.args[1].args[0]
    th = INST(th, {x: t for x, t in zip(general.args[1:], fold.value(k).args[1:], strict=True) if x is not t})
    th = MP(th, facts.prove(th.concl.args[0]))
    for definition in fold.unfold:
        th = TRANS(th, UNFOLD(th.rhs, definition))
    return TRANS(normal_left(th, simplifier), simplifier.normalize(th.rhs))


def open_fold(fold: Fold | Output, known: Term, total: Term, path: Path) -> None:
    """Let the path's simplifier rewrite value(total) to what it is in terms of value(known), and value(0) to its base.

    Raises NotMatched where the facts do not give how far the two are apart.
    """
    simplifier, facts = path.simplifier, path.facts
    rounds = rounds_between(known, total, path)
    if is_const(known) and not value_of(known):
        simplifier.add_fact(fold_start(fold, known, simplifier))
    for k in range(rounds):
        simplifier.add_fact(fold_step(fold, known + k, facts, simplifier))
    reached = known + rounds
    if ring(reached) != ring(simplifier.normalize(total).rhs):
        same = CONG(fold.value(total), {0: facts.prove(eq(total, reached))})
        simplifier.add_fact(normal_left(TRANS(same, simplifier.normalize(same.rhs)), simplifier))


def open_output(stored: Stored, total: Term, path: Path) -> None:
    """The same for an output whose first blocks are in the memory that the path's is written over."""
    base, _ = path.simplifier.memory.base(path.state[MEM])
    known = stored.count_of(base)
    open_fold(stored.output, number(0, 64) if known is None else known, total, path)


def rounds_between(known: Term, total: Term, path: Path) -> int:
    """The number k, at most MOST_ROUNDS, with total = known + k. Raises NotMatched where the facts do not give it."""
    form = ring(path.simplifier.normalize(total - known).rhs)
    fixed = not set(form) - {()}
    for k in range(MOST_ROUNDS + 1):
        if fixed and k == form.get((), 0):
            return k
        if not fixed and path.facts.gives(eq(total, known + k)):
            return k
    raise NotMatched(f"{total} is not known to be {known} and at most {MOST_ROUNDS} more")


def UNFOLD(t: Term, definition: Thm) -> Thm:
    """⊢ t = t′, where every application of the defined constant in t is opened"""
    f = definition.lhs
    uses = [s for s in postorder((t,)) if s.op is f.op and s.params == f.params]
    return REPLACE(t, {s: INST(definition, dict(zip(f.args, s.args, strict=True))) for s in uses})
