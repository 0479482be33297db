# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Rules derived from the kernel's: each is a few inferences, or one lemma proved once and instantiated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from kernel.normal import ring
from kernel.ops import (
    BVADD,
    CONCAT,
    EXTRACT,
    SIGN_EXTEND,
    concat,
    conj,
    eq,
    false,
    implies,
    is_const,
    ite,
    mask,
    number,
    true,
    value_of,
)
from kernel.rules import ANF, CONG, EQ_MP, EVAL, INST, MP, REFL, RING, SYM, TRANS
from kernel.sorts import BOOL, BV, Sort
from kernel.term import Op, Term, Var, mk
from kernel.thm import Thm
from symsim.blast import blast
from symsim.canonical import sum_term


@cache
def TRUTH() -> Thm:
    """⊢ true"""
    same = eq(true, true)
    return EQ_MP(EVAL(same), REFL(true))


def EQT_ELIM(th: Thm) -> Thm:
    """Γ ⊢ p = true  gives  Γ ⊢ p"""
    return EQ_MP(SYM(th), TRUTH())


@cache
def _eqt() -> Thm:
    p = Var("p", BOOL)
    return EQT_ELIM(ANF(implies(p, eq(p, true)), true))


def EQT_INTRO(th: Thm) -> Thm:
    """Γ ⊢ p  gives  Γ ⊢ p = true"""
    return MP(INST(_eqt(), {Var("p", BOOL): th.concl}), th)


def EQF_INTRO(th: Thm) -> Thm:
    """Γ ⊢ ¬p  gives  Γ ⊢ p = false"""
    p = th.concl.args[0]
    return MP(EQT_ELIM(ANF(implies(th.concl, eq(p, false)), true)), th)


@cache
def _ex_falso() -> Thm:
    p, q = Var("p", BOOL), Var("q", BOOL)
    return blast(implies(~p, implies(p, q)))


def EX_FALSO(th: Thm, q: Term) -> Thm:
    """Γ ⊢ ¬p  gives  Γ ⊢ p ⇒ q"""
    return MP(INST(_ex_falso(), {Var("p", BOOL): th.concl.args[0], Var("q", BOOL): q}), th)


def TAUT(p: Term) -> Thm:
    """⊢ p  for a propositional tautology whose XOR-of-AND form is small"""
    return EQT_ELIM(ANF(p, true))


def GROUND(p: Term) -> Thm:
    """⊢ p  for a ground p that is true"""
    return EQT_ELIM(EVAL(p))


def BY_RING(th: Thm, goal: Term) -> Thm:
    """Γ ⊢ r(a, …)  gives  Γ ⊢ r(b, …), the goal, whose arguments are equal to the theorem's as polynomials"""
    pairs = enumerate(zip(th.concl.args, goal.args, strict=True))
    changes = {i: RING(a, b) for i, (a, b) in pairs if a is not b}
    return EQ_MP(CONG(th.concl, changes), th) if changes else th


def CHAIN(first: Thm | None, second: Thm | None) -> Thm | None:
    """TRANS where either side may be missing."""
    if first is None:
        return second
    return first if second is None else TRANS(first, second)


@cache
def CONJ_N(n: int) -> Thm:
    """⊢ p0 ⇒ … ⇒ pn−1 ⇒ p0 ∧ … ∧ pn−1"""
    ps = [Var(f"p{i}", BOOL) for i in range(n)]
    goal = conj(*ps)
    for p in reversed(ps):
        goal = implies(p, goal)
    return blast(goal)


def CONJ(ths: Iterable[Thm]) -> Thm:
    """Γi ⊢ pi  give  ∪Γi ⊢ p0 ∧ … ∧ pn"""
    parts = list(ths)
    if len(parts) == 1:
        return parts[0]
    th = INST(CONJ_N(len(parts)), {Var(f"p{i}", BOOL): p.concl for i, p in enumerate(parts)})
    for p in parts:
        th = MP(th, p)
    return th


@cache
def _conjunct(n: int, i: int) -> Thm:
    ps = [Var(f"p{k}", BOOL) for k in range(n)]
    return blast(implies(conj(*ps), ps[i]))


def CONJUNCT(th: Thm, i: int) -> Thm:
    """Γ ⊢ p0 ∧ … ∧ pn  gives  Γ ⊢ pi"""
    ps = th.concl.args
    mapping = {Var(f"p{k}", BOOL): p for k, p in enumerate(ps)}
    return MP(INST(_conjunct(len(ps), i), mapping), th)


@cache
def _select(sort: Sort, value: int) -> Thm:
    a, b = Var("a", sort), Var("b", sort)
    return blast(eq(ite(true if value else false, a, b), a if value else b))


def SELECT(t: Term) -> Thm:
    """⊢ ite(true, a, b) = a, or ⊢ ite(false, a, b) = b"""
    condition, a, b = t.args
    lemma = _select(t.sort, condition.params[0])
    return INST(lemma, {Var("a", t.sort): a, Var("b", t.sort): b})


@cache
def _same_branches(sort: Sort) -> Thm:
    a, c = Var("a", sort), Var("c", BOOL)
    return blast(eq(ite(c, a, a), a))


def SAME_BRANCHES(t: Term) -> Thm:
    """⊢ ite(c, a, a) = a"""
    return INST(_same_branches(t.sort), {Var("a", t.sort): t.args[1], Var("c", BOOL): t.args[0]})


@cache
def _truncated(op: Op, width: int, high: int, count: int) -> Thm:
    xs = [Var(f"x{k}", BV(width)) for k in range(count)]
    return blast(eq(mk(op, (), tuple(xs))[high:0], mk(op, (), tuple([x[high:0] for x in xs]))))


def TRUNCATED(t: Term) -> Thm:
    """⊢ (a + b + …)[h:0] = a[h:0] + b[h:0] + …, and the same for products, differences, negatives"""
    (total,) = t.args
    lemma = _truncated(total.op, total.width, t.params[0], len(total.args))
    return INST(lemma, {Var(f"x{k}", total.sort): x for k, x in enumerate(total.args)})


@cache
def _cleared_low_bits(width: int, low: int) -> Thm:
    x = Var("x", BV(width))
    shifted = x << number(low, width)
    return ANF(concat(shifted[width - 1 : low], number(0, low)), shifted)


def ALIGNED_SUM(t: Term) -> Thm | None:
    """⊢ x[w−1:k] ∥ 0 = x, for a sum x all of whose terms are multiples of 2^k; None for other terms

    >>> a, b = Var("a", BV(64)), Var("b", BV(64))
    >>> total = a * 16 + b * 48
    >>> ALIGNED_SUM(concat(total[63:4], number(0, 4))).rhs is total
    True
    """
    if t.op is not CONCAT or len(t.args) != 2 or not is_const(t.args[1]) or value_of(t.args[1]) or t.args[0].op is not EXTRACT:
        return None
    total, low = t.args[0].args[0], t.args[1].width
    if total.op is not BVADD or total.width != t.width or t.args[0].params != (t.width - 1, low):
        return None
    form = ring(total)
    if any(c & mask(low) for c in form.values()):
        return None
    shifted = sum_term({m: c >> low for m, c in form.items()}, t.width) << number(low, t.width)
    th = INST(_cleared_low_bits(t.width, low), {Var("x", t.sort): shifted.args[0]})
    same = RING(total, shifted)
    slices = CONG(t, {0: CONG(t.args[0], {0: same})})
    return TRANS(TRANS(slices, th), SYM(same))


@cache
def _disjoint_sum(width: int) -> Thm:
    a, b = Var("a", BV(width)), Var("b", BV(width))
    return blast(implies(eq(a & b, 0), eq(a + b, a ^ b)))


def DISJOINT_SUM(a: Term, b: Term) -> Thm:
    """⊢ a + b = a ⊕ b, for words whose XOR-of-AND forms have no bit in common"""
    th = INST(_disjoint_sum(a.width), {Var("a", a.sort): a, Var("b", b.sort): b})
    apart = th.concl.args[0]
    return MP(th, ANF(*apart.args))


@cache
def _sign_copies(op: Op, params: tuple[int, ...], width: int, amount: int) -> Thm:
    x = Var("x", BV(width))
    args = (x,) if op is SIGN_EXTEND else (x, number(amount, width))
    t = mk(op, params, args)
    kept = x if op is SIGN_EXTEND else x[width - 1 : min(amount, width - 1)]
    return blast(eq(t, concat(*[x[width - 1]] * (t.width - kept.width), kept)))


def SIGN_COPIES(t: Term) -> Thm:
    """⊢ a extended by its sign, or shifted right by a constant with it = a ∥ of copies of the top bit and what is left of a"""
    (x, *amount) = t.args
    lemma = _sign_copies(t.op, t.params, x.width, amount[0].params[0] if amount else 0)
    return INST(lemma, {Var("x", x.sort): x})


def _variables(widths: tuple[int, ...]) -> list[Term]:
    return [Var(f"x{k}", BV(w)) for k, w in enumerate(widths)]


def _cut_out(parts: Sequence[Term], high: int, low: int) -> Term:
    """Bits high … low of a concatenation, as slices of its parts."""
    out, start = [], 0
    for p in reversed(parts):
        first, last = max(low - start, 0), min(high - start, p.width - 1)
        if first <= last:
            out.append(p if last - first + 1 == p.width else p[last:first])
        start += p.width
    return concat(*reversed(out))


@cache
def _extract_concat(widths: tuple[int, ...], high: int, low: int) -> Thm:
    xs = _variables(widths)
    return ANF(concat(*xs)[high:low], _cut_out(xs, high, low))


def EXTRACT_CONCAT(t: Term) -> Thm:
    """⊢ (a ∥ b ∥ …)[h:l] = the slices of a, b, … that make it up"""
    parts = t.args[0].args
    lemma = _extract_concat(tuple([p.width for p in parts]), *t.params)
    return INST(lemma, {Var(f"x{k}", p.sort): p for k, p in enumerate(parts)})


@cache
def _flat_concat(widths: tuple[tuple[int, ...], ...]) -> Thm:
    xs = _variables(tuple([w for group in widths for w in group]))
    rest = iter(xs)
    groups = [concat(*[next(rest) for _ in group]) for group in widths]
    return ANF(concat(*groups), concat(*xs))


def FLAT_CONCAT(t: Term) -> Thm:
    """⊢ a ∥ (b ∥ c) ∥ … = a ∥ b ∥ c ∥ …"""
    groups = [a.args if a.op is CONCAT else (a,) for a in t.args]
    lemma = _flat_concat(tuple([tuple([p.width for p in g]) for g in groups]))
    parts = [p for g in groups for p in g]
    return INST(lemma, {Var(f"x{k}", p.sort): p for k, p in enumerate(parts)})


def KNOWN_PART(t: Term, known: Thm) -> Thm | None:
    """Γ ⊢ x[h:l] = c  gives  Γ ⊢ x[m:k] = its part of c, for h ≥ m and k ≥ l; None for other slices"""
    (high, low), (top, bottom) = known.lhs.params, t.params
    if not high >= top >= bottom >= low:
        return None
    part = known.lhs[top - low : bottom - low]
    th = TRANS(ANF(t, part), CONG(part, {0: known}))
    return TRANS(th, EVAL(th.rhs))


def FLIPPED_OFFSET(t: Term, known: Mapping[Term, Thm]) -> Thm | None:
    """Γ ⊢ x[h:0] = 0  gives  Γ ⊢ (x + c) ⊕ k = x + (c ⊕ k), for k < 2^(h + 1); None for other terms, or where no such x is known"""
    total, k = t.args[0], t.args[-1]
    if len(t.args) != 2 or total.op is not BVADD or len(total.args) != 2 or not is_const(k) or not is_const(total.args[1]):
        return None
    x, c = total.args
    aligned = known.get(x)
    if aligned is None or value_of(aligned.rhs) or aligned.lhs.params[1] or value_of(k) >> aligned.rhs.width:
        return None
    return MP(blast(implies(aligned.concl, eq(t, x + (value_of(c) ^ value_of(k))))), aligned)
