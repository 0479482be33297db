# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The specification's recursive functions beside the program: opening one step of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from kernel.normal import ring
from kernel.ops import APP, eq, is_const, number, value_of
from kernel.rules import CONG, INST, MP, SYM, TRANS
from kernel.term import Term, postorder
from kernel.thm import Thm
from symsim.contract import Cuts, Fold, Grouping, Output
from symsim.errors import ArmsymError
from symsim.facts import Facts
from symsim.memory import Unresolved
from symsim.output import Stored, progress
from symsim.path import MEM, Path
from symsim.rewrite import REPLACE
from symsim.simplify import Simplifier

MOST_ROUNDS = 256
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


def _grouping(fold: Fold | Output) -> Grouping | None:
    return fold.grouping if isinstance(fold, Fold) else None


def fold_step(fold: Fold | Output, k: Term, facts: Facts, simplifier: Simplifier, size: int = 1) -> Thm:
    """Γ ⊢ value(k + size) = …, the specification's steps opened; both sides normal"""
    grouping = _grouping(fold)
    th = INST(fold.successor if grouping is None else grouping.equation(size), {fold.counter: k})
    general = th.concl.args[1].args[0]
    th = INST(th, {x: t for x, t in zip(general.args[1:], fold.value(k).args[1:], strict=True) if x is not t})
    th = MP(th, facts.prove(th.concl.args[0]))
    for definition in fold.unfold:
        th = TRANS(th, UNFOLD(th.rhs, definition))
    return TRANS(normal_left(th, simplifier), simplifier.normalize(th.rhs))


def fold_round(fold: Fold, known: Term, facts: Facts, simplifier: Simplifier) -> Thm:
    """Γ ⊢ the value after a round of the loop = …, in terms of value(known) before it; the simplifier gets to know it, and those between"""
    sizes = (1,) * fold.stride if fold.grouping is None else (fold.stride,)
    return _taken(fold, known, sizes, facts, simplifier)[-1]


def _taken(fold: Fold | Output, known: Term, sizes: Iterable[int], facts: Facts, simplifier: Simplifier) -> list[Thm]:
    """Let the simplifier rewrite the values that come after value(known), in groups of these sizes; the equations."""
    out = []
    for size in sizes:
        out.append(fold_step(fold, known, facts, simplifier, size))
        simplifier.add_fact(out[-1])
        known = known + size
    return out


def open_fold(fold: Fold | Output, known: Term, total: Term, path: Path) -> None:
    """Let the path's simplifier rewrite value(total) to what it is in terms of value(known), and value(0) to its base.

    Raises NotMatched where the facts do not give how far the two are apart.
    """
    simplifier, facts, grouping = path.simplifier, path.facts, _grouping(fold)
    known = simplifier.normalize(known).rhs
    rounds = rounds_between(known, total, path)
    if is_const(known) and not value_of(known):
        simplifier.add_fact(fold_start(fold, known, simplifier))
    _taken(fold, known, (1,) * rounds if grouping is None else grouping.groups(rounds), facts, simplifier)
    reached = known + rounds
    if ring(reached) != ring(simplifier.normalize(total).rhs):
        same = CONG(fold.value(total), {0: facts.prove(eq(total, reached))})
        simplifier.add_fact(normal_left(TRANS(same, simplifier.normalize(same.rhs)), simplifier))


def open_output(stored: Stored, total: Term, path: Path) -> None:
    """The same for an output, and those that it goes on from, whose first blocks are in the memory that the path's is written over."""
    base, _ = path.simplifier.memory.base(path.state[MEM])
    known = stored.count_of(base)
    if known is None and stored.before is not None:
        open_output(stored.before, stored.before.output.count, path)
    open_fold(stored.output, number(0, 64) if known is None else known, total, path)


def blocks_ahead(stored: Sequence[Stored], cuts: Cuts, path: Path) -> tuple[Term, ...]:
    """What the next blocks of an output go through: of each, the last applications of the constants of the cuts, if need be in its
    normal form. None of a block for which it is not known that its input is there."""
    constants = {d.lhs.params for d in cuts.definitions}
    now, first = progress(stored, path.state[MEM], path.simplifier)
    out: list[Term] = []
    for j in range(now.output.ahead):
        block = now.output.block(first + j)
        for definition in now.output.unfold:
            block = UNFOLD(block, definition).rhs
        try:
            out += _last_of(constants, block) or _last_of(constants, path.simplifier.normalize(block).rhs)
        except Unresolved:
            break
    return tuple(out)


def _last_of(constants: Collection[tuple[Any, ...]], t: Term) -> list[Term]:
    """The applications of the constants that are inside no other one."""
    out: list[Term] = []
    seen, todo = {t}, [t]
    while todo:
        s = todo.pop()
        if s.op is APP and s.params in constants:
            out.append(s)
            continue
        todo += [a for a in s.args if a not in seen]
        seen.update(s.args)
    return out


def rounds_between(known: Term, total: Term, path: Path) -> int:
    """The number k, at most MOST_ROUNDS, with total = known + k. Raises NotMatched where the facts do not give it."""
    between = path.simplifier.normalize(total - known).rhs
    rounds = value_of(between) if is_const(between) else path.facts.number(between)
    if rounds is None or rounds > MOST_ROUNDS:
        raise NotMatched(f"{total} is not known to be {known} and at most {MOST_ROUNDS} more")
    return rounds


def UNFOLD(t: Term, definition: Thm) -> Thm:
    """⊢ t = t′, where every application of the defined constant in t is opened"""
    f = definition.lhs
    uses = [s for s in postorder((t,)) if s.op is f.op and s.params == f.params]
    return REPLACE(t, {s: INST(definition, dict(zip(f.args, s.args, strict=True))) for s in uses})
