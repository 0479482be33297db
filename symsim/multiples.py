# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Inequalities among multiples, for SAT: 80 · i and 80 · q are numbers of their own, of which is known what follows from i < q.

Whether 80 · i + 144 ≤ 80 · q + 16 · r takes SAT seconds because of the products. That the products are in the order of their factors
is one lemma for each multiplier; with it, sums and comparisons are all that is left.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from functools import cache

from kernel.normal import TooLarge, ring
from kernel.ops import BVADD, BVMUL, BVNEG, BVSUB, NOT, conj, implies, mask, number, ule, ult
from kernel.rules import EQ_MP, INST, MP, RING, SYM
from kernel.sorts import BV
from kernel.term import Op, Term, Var
from kernel.thm import Thm
from symsim.blast import Falsified, blast
from symsim.canonical import sum_term
from symsim.derived import CONJ
from symsim.rewrite import REPLACE, replaced
from symsim.solvers.cadical import SolverGaveUp

_SUMS = frozenset((BVADD, BVSUB, BVNEG, BVMUL))
_WORD = BV(64)
_A, _B = Var("a", _WORD), Var("b", _WORD)
_SHAPES = {"a < b": ult(_A, _B), "not b <= a": ~ule(_B, _A), "a <= b": ule(_A, _B), "not b < a": ~ult(_B, _A)}
_STRICT = ("a < b", "not b <= a")
Order = tuple[str, Term, Term]
"""The shape of an inequality, the lesser side, and the greater one."""
Multiple = tuple[int, int]
"""The number of a term, and what it is multiplied by."""
LARGEST = 1 << 32
"""Coefficients from here on are taken for negative ones."""


def BY_MULTIPLES(goal: Term, known: Iterable[Thm], prove: Callable[[Term], Thm]) -> Thm:
    """Γ ⊢ goal, from what the inequalities among the known theorems say of the multiples in the goal. `prove` is asked for bounds.
    Raises Falsified where they are not enough, or there are no multiples."""
    spread = _spread(goal)
    wanted = _multiples(spread.rhs)
    if all(factor == 1 for _, factor in wanted):
        raise Falsified(goal, {})
    consequences = _consequences(list(known), wanted, prove)
    both = CONJ(consequences) if consequences else None
    whole = spread.rhs if both is None else implies(both.concl, spread.rhs)
    products = sorted((t for t in _inside(whole) if t.op is BVMUL), key=lambda t: t.id)
    names = {t: Var(f"multiple_{k}", t.sort) for k, t in enumerate(products)}
    th = INST(blast(replaced(whole, names)), {x: t for t, x in names.items()})
    return EQ_MP(SYM(spread), th if both is None else MP(th, both))


def _consequences(known: list[Thm], wanted: set[Multiple], prove: Callable[[Term], Thm]) -> list[Thm]:
    """What the inequalities say of the multiples that are wanted, and of those that come in with them."""
    orders = [(th, order) for th in known if (order := _order(th.concl)) is not None]
    out: list[Thm] = []
    tried: set[tuple[Thm, int]] = set()
    while True:
        before = len(tried)
        for th, order in orders:
            coefficients = [(m[0], c) for end in order[1:] for m, c in ring(end).items() if m]
            for factor in sorted({f // c for atom, c in coefficients for t, f in wanted if t == atom and f % c == 0}):
                if (th, factor) not in tried:
                    tried.add((th, factor))
                    more = _times(th, order, factor, prove)
                    if more is not None:
                        out.append(more)
                        wanted |= _multiples(more.concl)
        if len(tried) == before:
            return out


def _times(th: Thm, order: Order, factor: int, prove: Callable[[Term], Thm]) -> Thm | None:
    """Γ ⊢ what an inequality says of so many times its two sides; None where the greater one may be too large for that"""
    if factor != 1:
        shape, a, b = order
        try:
            small = prove(ule(b, mask(64) // factor))
        except (Falsified, SolverGaveUp):
            return None
        th = MP(MP(INST(_multiplied(shape, factor), {_A: a, _B: b}), th), small)
    return EQ_MP(_spread(th.concl), th)


def _order(p: Term) -> Order | None:
    """An inequality of 64-bit sums of single terms with small coefficients."""
    for shape, there in _SHAPES.items():
        same = p.op is there.op and (p.op is not NOT or p.args[0].op is there.args[0].op)
        if same:
            ends = p.args[0].args if p.op is NOT else p.args
            a, b = ends if (there.args[0] if p.op is NOT else there).args[0] is _A else ends[::-1]
            if a.sort is _WORD and all(_is_small(t) for t in (a, b)):
                return shape, a, b
    return None


def _is_small(t: Term) -> bool:
    try:
        return all(not m or (len(m) == 1 and c < LARGEST) for m, c in ring(t).items())
    except TooLarge:
        return False


@cache
def _multiplied(shape: str, factor: int) -> Thm:
    """⊢ a < b ⇒ b ≤ max / c ⇒ c · a ≤ c · b − c ∧ c ≤ c · b, or the same of ≤, without c"""
    room, there = ule(_B, mask(64) // factor), _SHAPES[shape]
    if shape in _STRICT:
        here = conj(ule(_A * factor, _B * factor - factor), ule(number(factor, 64), _B * factor))
    else:
        here = ule(_A * factor, _B * factor)
    return blast(implies(there, implies(room, here)))


def _spread(p: Term) -> Thm:
    """⊢ p = p′, where every sum is multiplied out"""
    found: dict[Term, Thm] = {}
    for t in _inside(p, _SUMS):
        if t.op in _SUMS:
            try:
                found[t] = RING(t, sum_term(ring(t), t.width))
            except TooLarge:
                continue
    return REPLACE(p, found)


def _multiples(p: Term) -> set[Multiple]:
    """The multiples in a formula whose sums are multiplied out."""
    out: set[Multiple] = set()
    for t in _inside(p, _SUMS):
        if t.sort is _WORD:
            try:
                form = ring(t)
            except TooLarge:
                continue
            out |= {(m[0], min(c, -c & mask(64))) for m, c in form.items() if len(m) == 1}
    return out


def _inside(p: Term, closed: Container[Op] = frozenset((BVMUL,))) -> list[Term]:
    """The subterms, without what is inside of those with the closed operators."""
    out, seen = [p], {p}
    for t in out:
        if t.op not in closed:
            fresh = [a for a in t.args if a not in seen]
            seen.update(fresh)
            out += fresh
    return out
