# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""64-bit words as the integers that they are: sums with integer coefficients, in 128 bits, where sums and multiples of words do not wrap.

A comparison says that a distance between two integers is not negative, and is said by that; each lemma is proved once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, reduce

from kernel.normal import TooLarge, ring
from kernel.ops import (
    BVSLE,
    BVSLT,
    BVULE,
    BVULT,
    EQ,
    ITE,
    NOT,
    ZERO_EXTEND,
    eq,
    implies,
    is_const,
    ite,
    mask,
    number,
    sext,
    ule,
    ult,
    value_of,
    zext,
)
from kernel.rules import CONG, EVAL, INST, MP, REFL, RING, SYM, TRANS
from kernel.sorts import BOOL, BV
from kernel.term import Op, Term, Var, by_id, mk
from kernel.thm import Thm
from symsim.blast import blast
from symsim.canonical import sum_term
from symsim.farkas import CONSTANT
from symsim.rewrite import REPLACE

WORD, WIDE, SLACK, REST = 64, 128, 96, 80
"""Bits of words, of integers, of what sums of multiples may come to, and of the constant in these."""

COMPARISONS = (BVULE, BVULT, BVSLE, BVSLT, EQ)
SIGNED, _STRICT = (BVSLE, BVSLT), (BVULT, BVSLT)

Form = dict[Term | None, int]
"""Integer coefficients of 64-bit atoms, and the constant."""
Known = tuple[Form, Thm]
"""A form, and a theorem about its sum."""

ENDS = number(0, WORD), number(mask(WORD), WORD)
A, B, C, D = (Var(name, BV(WORD)) for name in "abcd")
U, V, T, S = Var("u", BV(SLACK)), Var("v", BV(SLACK)), Var("t", BV(SLACK)), Var("s", BV(WIDE))
FAR = 1 << REST - 2
"""No sum that is looked at is farther from 0, if it is divided."""


def widened(p: Term) -> Thm | None:
    """⊢ p = the comparison of the words as words of 64 bits, for an unsigned comparison of shorter ones"""
    q = p.args[0] if p.op is NOT else p
    if q.op not in COMPARISONS or q.op in SIGNED or q.args[0].sort.kind != "BV" or q.args[0].width >= WORD:
        return None
    a, b = q.args
    same = INST(_extended(q.op, a.width), {Var("a", a.sort): a, Var("b", a.sort): b})
    constants = {k: EVAL(x) for k, x in enumerate(same.rhs.args) if is_const(x.args[0])}
    same = TRANS(same, CONG(same.rhs, constants)) if constants else same
    return same if q is p else CONG(p, {0: same})


def distances(p: Term) -> Iterator[tuple[Term, Term, int]]:
    """The (low, high, gap) for which the comparison says low + gap ≤ high; none for what says nothing of that kind."""
    negated, p = (True, p.args[0]) if p.op is NOT else (False, p)
    if p.op not in COMPARISONS or p.args[0].sort is not BV(WORD):
        return
    a, b = p.args
    if p.op is EQ:
        if not negated:
            yield a, b, 0
            yield b, a, 0
        elif b in ENDS:
            yield (b, a, 1) if b is ENDS[0] else (a, b, 1)
    elif negated:
        yield b, a, int(p.op not in _STRICT)
    else:
        yield a, b, int(p.op in _STRICT)


def summed(form: Form, factors: Iterable[tuple[int, Known]]) -> Thm | None:
    """Γ ⊢ the form's sum = zext(u), u of 96 bits, as it is a sum of multiples of what is not negative, and a constant. None for a sum that
    is not, or may be longer."""
    used = [(k, *fact) for k, fact in factors if k]
    rest = form.get(CONSTANT, 0) - sum(k * f.get(CONSTANT, 0) for k, f, _ in used)
    if rest < 0 or rest >> REST - 1 or sum(k for k, _, _ in used) >> SLACK - WORD - 1:
        return None
    words = {Var(f"x{j}", BV(WORD)): th.rhs.args[0] for j, (_, _, th) in enumerate(used)}
    constant = number(rest, REST)
    total = INST(_multiples(tuple([k for k, _, _ in used])), {**words, Var("rest", BV(REST)): constant})
    sums = {th.rhs: SYM(th) for _, _, th in used} | {zext(constant, WIDE): EVAL(zext(constant, WIDE))}
    opened = REPLACE(total.lhs, sums)
    return TRANS(TRANS(RING(sum_of(form), opened.rhs), SYM(opened)), total)


def divided(k: int, form: Form, th: Thm) -> Thm | None:
    """From Γ ⊢ k times the form's sum = zext(u), where that does not wrap: Γ ⊢ the form's sum = zext(v), v of 96 bits"""
    above, below = difference(form, {}, -FAR), difference({CONSTANT: FAR}, form, 0)
    ends = [summed(f, _least(f)) for f in (above, below)]
    if None in ends or k.bit_length() > WIDE - REST - 1:
        return None
    s = sum_of(form)
    lemma = INST(_quotient(k), {S: s, **{v: e.rhs.args[0] for v, e in zip((U, V), ends, strict=True) if e}, T: th.rhs.args[0]})
    parts = zip((s + FAR, FAR - s, s * k), (*filter(None, ends), th), strict=True)
    return reduce(MP, [TRANS(RING(t, e.lhs), e) for t, e in parts], lemma)


def _least(form: Form) -> Iterator[tuple[int, Known]]:
    """The multiples of what all words are, which the form, but for its constant, is at least."""
    for x, c in form.items():
        if x is not CONSTANT:
            yield abs(c), word_of(x)[c < 0]


# Forms and their sums


def readings(t: Term) -> Iterator[Form]:
    """The integers that a word may be: small coefficients of either sign; where something is subtracted, perhaps from 2^64."""
    try:
        form = ring(t)
    except TooLarge:
        return
    if any(len(m) > 1 for m in form):
        yield {t: 1}
        return
    atoms: Form = {by_id(m[0]): _signed(c) for m, c in form.items() if m}
    constant = _signed(form.get((), 0))
    wraps = any(c < 0 for c in (constant, *atoms.values()))
    for c in (constant, constant + (1 << WORD)) if wraps else (constant,):
        yield {**atoms, CONSTANT: c} if c else atoms


def _signed(c: int) -> int:
    return c - (c >> WORD - 1 << WORD)


def difference(a: Form, b: Form, gap: int) -> Form:
    """a − b − gap"""
    return {x: c for x in {**a, **b, CONSTANT: 0} if (c := a.get(x, 0) - b.get(x, 0) - (gap if x is CONSTANT else 0))}


def times(k: int, form: Form) -> Form:
    return form if k == 1 else {x: k * c for x, c in form.items()}


def sum_of(form: Form) -> Term:
    """The form as a sum of integers."""
    return sum_term({() if x is CONSTANT else (zext(x, WIDE).id,): c & mask(WIDE) for x, c in form.items()}, WIDE)


def apart(low: Term, high: Term, gap: int, signed: bool) -> Term:
    extend = sext if signed else zext
    return extend(high, WIDE) - extend(low, WIDE) - number(gap, WIDE)


def opened_by(form: Form, distance: Term, left: Thm, right: Thm) -> Thm:
    """⊢ the form's sum = high − low − gap, from what the two words are as integers"""
    opened = REPLACE(distance, {left.lhs: left, right.lhs: right})
    return TRANS(RING(sum_of(form), opened.rhs), SYM(opened))


def balanced(a: Term, b: Term) -> tuple[Term, Term]:
    """Words c, d with a − b = c − d and positive coefficients."""
    form = {m: _signed(c) for m, c in ring(a - b).items()}
    positive, negative = {m: c for m, c in form.items() if c > 0}, {m: -c for m, c in form.items() if c < 0}
    return sum_term(positive, WORD), sum_term(negative, WORD)


@cache
def atoms_of(p: Term) -> frozenset[Term]:
    """What the words in a comparison are sums of."""
    q = p.args[0] if p.op is NOT else p
    words = q.args if q.op in COMPARISONS and q.args[0].sort is BV(WORD) else ()
    return frozenset(x for t in words for form in readings(t) for x in form if x is not CONSTANT)


@cache
def word_of(x: Term) -> tuple[Known, Known]:
    """0 ≤ x, and x ≤ the largest word; or, where a shorter one was extended or one of two constants is selected, the largest of these."""
    th = _top_of_selection(x) if x.op is ITE and all(map(is_const, x.args[1:])) else _top_of_word(x)
    form: Form = {x: -1, CONSTANT: value_of(th.lhs.args[0])}
    return ({x: 1}, REFL(zext(x, WIDE))), (form, TRANS(RING(sum_of(form), th.lhs), th))


def _top_of_word(x: Term) -> Thm:
    inner = x.args[0] if x.op is ZERO_EXTEND else x
    return INST(_top(inner.width), {Var("y", inner.sort): inner})


def _top_of_selection(x: Term) -> Thm:
    condition, a, b = x.args
    top = max(value_of(a), value_of(b))
    p = Var("p", BOOL)
    return INST(_selected(p, a, b, top), {p: condition})


# Lemmas, each proved once


@cache
def to_distance(op: Op, negated: bool, b: Term, which: int) -> Thm:
    """⊢ comparison of a and b ⇒ the distance between them in 128 bits is that in 64 bits"""
    p = _comparison(op, negated, b)
    low, high, gap = list(distances(p))[which]
    return blast(implies(p, eq(apart(low, high, gap, op in SIGNED), zext(high - low - gap, WIDE))))


@cache
def from_distances(op: Op, negated: bool) -> Thm:
    """⊢ a distance is not negative ⇒ … ⇒ comparison of a and b"""
    p = _comparison(op, negated, B)
    premises = [eq(apart(*d, op in SIGNED), zext(v, WIDE)) for d, v in zip(distances(p), (U, V), strict=False)]
    return blast(reduce(lambda goal, premise: implies(premise, goal), reversed(premises), p))


def _comparison(op: Op, negated: bool, b: Term) -> Term:
    p = mk(op, (), (A, b))
    return ~p if negated else p


@cache
def _extended(op: Op, width: int) -> Thm:
    """⊢ a comparison of shorter words = that of the words extended"""
    a, b = Var("a", BV(width)), Var("b", BV(width))
    return blast(eq(mk(op, (), (a, b)), mk(op, (), (zext(a, WORD), zext(b, WORD)))))


@cache
def less_by(which: int) -> Thm:
    """⊢ a ≤ b ⇒ a ≠ b ⇒ a < b; the same for b ≤ a"""
    low, high = (B, A) if which else (A, B)
    return blast(implies(ule(low, high), implies(~eq(A, B), ult(low, high))))


@cache
def differ_by(which: int) -> Thm:
    """⊢ a − b = c − d ⇒ c < d ⇒ a ≠ b; the same for d < c"""
    less = ult(D, C) if which else ult(C, D)
    return blast(implies(eq(A - B, C - D), implies(less, ~eq(A, B))))


@cache
def is_a_word(signed: bool) -> Thm:
    """⊢ s − least = zext(u) ⇒ most − s = zext(v) ⇒ s = the extension of its low 64 bits"""
    least, most = (-1 << WORD - 1, mask(WORD - 1)) if signed else (0, mask(WORD))
    whole = eq(S, (sext if signed else zext)(S[WORD - 1 : 0], WIDE))
    return blast(implies(eq(S - least, zext(U, WIDE)), implies(eq(number(most, WIDE) - S, zext(V, WIDE)), whole)))


@cache
def _top(width: int) -> Thm:
    """⊢ (2^width − 1) − y = the complement of y, for a word that y is, or is extended to"""
    y = Var("y", BV(width))
    x, other = (y, ~y) if width == WORD else (zext(y, WORD), zext(~y, WORD))
    return blast(eq(number(mask(width), WIDE) - zext(x, WIDE), zext(other, WIDE)))


@cache
def _selected(p: Term, a: Term, b: Term, top: int) -> Thm:
    """⊢ top − the one of two words that p selects, where top is the larger one = another word"""
    x = ite(p, a, b)
    return blast(eq(number(top, WIDE) - zext(x, WIDE), zext(number(top, WORD) - x, WIDE)))


@cache
def _multiples(factors: tuple[int, ...]) -> Thm:
    """⊢ a sum of multiples of words, and a constant = the extension of its low 96 bits"""
    total = zext(Var("rest", BV(REST)), WIDE)
    for j, k in enumerate(factors):
        total = total + zext(Var(f"x{j}", BV(WORD)), WIDE) * k
    return blast(eq(total, zext(total[SLACK - 1 : 0], WIDE)))


@cache
def _quotient(k: int) -> Thm:
    """⊢ s + far = zext(u) ⇒ far − s = zext(v) ⇒ k · s = zext(t) ⇒ s = the extension of its low 96 bits"""
    within = [eq(S + FAR, zext(U, WIDE)), eq(FAR - S, zext(V, WIDE)), eq(S * k, zext(T, WIDE))]
    return blast(reduce(lambda goal, premise: implies(premise, goal), reversed(within), eq(S, zext(S[SLACK - 1 : 0], WIDE))))


@cache
def _low_bits(coefficients: tuple[int, ...]) -> Thm:
    """⊢ the low 64 bits of a sum of multiples of words as integers = the sum in 64 bits"""
    rest = Var("rest", BV(WIDE))
    total, word = rest, rest[WORD - 1 : 0]
    for j, c in enumerate(coefficients):
        x = Var(f"x{j}", BV(WORD))
        if c > 0:
            total, word = total + zext(x, WIDE) * c, word + x * c
        else:
            total, word = total - zext(x, WIDE) * -c, word - x * -c
    return blast(eq(total[WORD - 1 : 0], word))


def truncated(form: Form, t: Term) -> Thm:
    """⊢ the low 64 bits of the form's sum = t"""
    atoms = [x for x in form if x is not CONSTANT]
    rest = number(form.get(CONSTANT, 0), WIDE)
    words = {Var(f"x{j}", BV(WORD)): x for j, x in enumerate(atoms)}
    th = INST(_low_bits(tuple([form[x] for x in atoms])), {**words, Var("rest", BV(WIDE)): rest})
    low = rest[WORD - 1 : 0]
    whole = CONG(sum_of(form)[WORD - 1 : 0], {0: RING(sum_of(form), th.lhs.args[0])})
    th = TRANS(TRANS(whole, th), REPLACE(th.rhs, {low: EVAL(low)}))
    return TRANS(th, RING(th.rhs, t))
