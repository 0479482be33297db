# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Inequalities between sums that do not wrap, by arithmetic on integers instead of SAT: sizes, distances, numbers of rounds.

A 64-bit word is taken as the integer that it is, in 128 bits, where sums and multiples of such do not wrap. What is known is kept in the
form ⊢ F = zext(u): the sum F is not negative. A sum of multiples of these is not negative either, and for what follows from inequalities
that way, symsim/farkas.py finds the multiples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, reduce

from kernel.normal import TooLarge, ring
from kernel.ops import (
    AND,
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
from kernel.rules import CONG, EQ_MP, EVAL, INST, MP, REFL, RING, SYM, TRANS
from kernel.sorts import BOOL, BV
from kernel.term import Op, Term, Var, by_id, mk
from kernel.thm import Thm
from symsim.blast import blast
from symsim.canonical import sum_term
from symsim.derived import CONJ, CONJUNCT, TAUT
from symsim.farkas import CONSTANT, multiples
from symsim.rewrite import REPLACE

WORD, WIDE, SLACK, REST = 64, 128, 96, 80
"""Bits of words, of integers, of what sums of multiples may come to, and of the constant in these."""

_COMPARISONS = (BVULE, BVULT, BVSLE, BVSLT, EQ)
_SIGNED, _STRICT = (BVSLE, BVSLT), (BVULT, BVSLT)

Form = dict[Term | None, int]
"""Integer coefficients of 64-bit atoms, and the constant."""
Known = tuple[Form, Thm]
"""A form, and a theorem about its sum."""

_ENDS = number(0, WORD), number(mask(WORD), WORD)
_A, _B, _C, _D = (Var(name, BV(WORD)) for name in "abcd")
_U, _V, _T, _S = Var("u", BV(SLACK)), Var("v", BV(SLACK)), Var("t", BV(SLACK)), Var("s", BV(WIDE))
FAR = 1 << REST - 2
"""No sum that is looked at is farther from 0, if it is divided."""


class Bounds:
    """What facts say of integers. `prove` finds Γ ⊢ goal by sums of multiples of these, or None: then nothing is known of the goal."""

    def __init__(self, facts: Iterable[Thm] = ()) -> None:
        self._known: list[Known] = []
        self._integers: dict[tuple[Term, bool], Known] = {}
        self._new = [piece for th in facts for piece in _pieces(th)]
        self._left: list[Thm] = []

    def extended(self, more: Iterable[Thm]) -> Bounds:
        """These facts and more."""
        self._take_in()
        other = Bounds(more)
        other._known, other._integers, other._left = list(self._known), dict(self._integers), list(self._left)
        return other

    def prove(self, goal: Term) -> Thm | None:
        """Γ ⊢ goal, for comparisons of 64-bit words, and what is put together of them."""
        self._take_in()
        return self._prove(goal)

    def _prove(self, goal: Term) -> Thm | None:
        if goal.op is AND:
            parts = list(map(self._prove, goal.args))
            return None if None in parts else CONJ(filter(None, parts))
        if goal.op is NOT and goal.args[0].op in (NOT, AND):
            simpler = goal.args[0].args if goal.args[0].op is NOT else [~p for p in goal.args[0].args]
            th = next(filter(None, map(self._prove, simpler)), None)
            return th and MP(TAUT(implies(th.concl, goal)), th)
        same = _widened(goal)
        if same is not None:
            th = self._prove(same.rhs)
            return th and EQ_MP(SYM(same), th)
        negated, p = (True, goal.args[0]) if goal.op is NOT else (False, goal)
        if p.op not in _COMPARISONS or p.args[0].sort is not BV(WORD):
            return None
        if p.op is EQ and negated:
            return self._different(*p.args)
        between = [self._distance(*d, p.op in _SIGNED) for d in distances(goal)]
        if None in between:
            return None
        slack = {v: th.rhs.args[0] for v, th in zip((_U, _V), between, strict=False) if th}
        th = INST(_from_distances(p.op, negated), {_A: p.args[0], _B: p.args[1], **slack})
        return reduce(MP, filter(None, between), th)

    # What is known

    def _take_in(self) -> None:
        """Learn what the new facts say; of some it can be told only when others about the same words are known."""
        while self._new:
            before = len(self._known)
            self._left += [th for th in self._new if not self._learn(th)]
            words = {x for form, _ in self._known[before:] for x in form if x is not CONSTANT}
            self._new = [th for th in self._left if not words.isdisjoint(_atoms(th.concl))]
            self._left = [th for th in self._left if words.isdisjoint(_atoms(th.concl))]

    def _learn(self, fact: Thm) -> bool:
        """Whether the fact is taken in, or of no use here."""
        p = fact.concl
        negated, q = (True, p.args[0]) if p.op is NOT else (False, p)
        if negated and q.op is EQ and q.args[1] not in _ENDS and q.args[0].sort is BV(WORD):
            less = self._apart(fact)
            return less is not None and self._learn(less)
        for k, (low, high, gap) in enumerate(distances(p)):
            left, right = self._integer(low, q.op in _SIGNED), self._integer(high, q.op in _SIGNED)
            if left is None or right is None:
                return False
            other = q.args[1] if q.args[1] in _ENDS else _B
            th = MP(INST(_to_distance(q.op, negated, other, k), {_A: q.args[0], _B: q.args[1]}), fact)
            form = _difference(right[0], left[0], gap)
            self._known.append((form, TRANS(_opened(form, th.lhs, left[1], right[1]), th)))
        return True

    def _apart(self, fact: Thm) -> Thm | None:
        """Γ ⊢ a < b  or  Γ ⊢ b < a, from Δ ⊢ a ≠ b, where it is known which of the two is not larger"""
        a, b = fact.concl.args[0].args
        for k, (low, high) in enumerate(((a, b), (b, a))):
            th = self._prove(ule(low, high))
            if th is not None:
                return MP(MP(INST(_less(k), {_A: a, _B: b}), th), fact)
        return None

    def _integer(self, t: Term, signed: bool) -> Known | None:
        """The form of a word as an integer, and Γ ⊢ its extension = the form's sum. None where it is not known that it does not wrap."""
        known = self._integers.get((t, signed))
        if known is None:
            for form in _readings(t):
                th = self._unwrapped(t, form, signed)
                if th is not None:
                    known = self._integers[t, signed] = form, th
                    break
        return known

    def _unwrapped(self, t: Term, form: Form, signed: bool) -> Thm | None:
        if form == {t: 1} and not signed:
            return REFL(zext(t, WIDE))
        least, most = (-1 << WORD - 1, mask(WORD - 1)) if signed else (0, mask(WORD))
        low, high = self._not_negative(_difference(form, {}, least)), self._not_negative(_difference({CONSTANT: most}, form, 0))
        if low is None or high is None:
            return None
        s = _sum(form)
        whole = INST(_is_a_word(signed), {_S: s, _U: low.rhs.args[0], _V: high.rhs.args[0]})
        whole = MP(whole, TRANS(RING(s - least, low.lhs), low))
        whole = MP(whole, TRANS(RING(number(most, WIDE) - s, high.lhs), high))
        return SYM(TRANS(whole, CONG(whole.rhs, {0: _truncated(form, t)})))

    # What follows

    def _not_negative(self, form: Form) -> Thm | None:
        """Γ ⊢ the form's sum = zext(u), u of 96 bits"""
        known = self._about(form)
        found = multiples(form, [f for f, _ in known])
        if found is None:
            return None
        k, factors = found
        th = _total(_times(k, form), zip(factors, known, strict=True))
        return th if k == 1 or th is None else _divided(k, form, th)

    def _about(self, form: Form) -> list[Known]:
        """What is known of the form's atoms, and of those that are in it with them; and that all of these are words."""
        atoms = {x for x in form if x is not CONSTANT}
        left, chosen = self._known, []
        while more := [fact for fact in left if not atoms.isdisjoint(fact[0])]:
            left = [fact for fact in left if atoms.isdisjoint(fact[0])]
            chosen += more
            atoms |= {x for known, _ in more for x in known if x is not CONSTANT}
        return chosen + [fact for x in sorted(atoms, key=lambda x: x.id) for fact in _word(x)]

    def _distance(self, low: Term, high: Term, gap: int, signed: bool) -> Thm | None:
        """Γ ⊢ high − low − gap = zext(v), v of 96 bits, the two words extended"""
        left, right = self._integer(low, signed), self._integer(high, signed)
        if left is None or right is None:
            return None
        form = _difference(right[0], left[0], gap)
        th = self._not_negative(form)
        return th and TRANS(SYM(_opened(form, _apart(low, high, gap, signed), left[1], right[1])), th)

    def _different(self, a: Term, b: Term) -> Thm | None:
        """Γ ⊢ a ≠ b, where one is less than the other after what is taken away on one side is added on the other"""
        c, d = _balanced(a, b)
        for k, (low, high) in enumerate(((c, d), (d, c))):
            less = self._prove(ult(low, high))
            if less is not None:
                lemma = INST(_differ(k), {_A: a, _B: b, _C: c, _D: d})
                return MP(MP(lemma, RING(a - b, c - d)), less)
        return None


def _pieces(fact: Thm) -> Iterator[Thm]:
    """What is put together in a fact."""
    p = fact.concl
    if p.op is AND:
        for k in range(len(p.args)):
            yield from _pieces(CONJUNCT(fact, k))
    elif p.op is NOT and p.args[0].op is NOT:
        yield from _pieces(MP(TAUT(implies(p, p.args[0].args[0])), fact))
    else:
        same = _widened(p)
        yield fact if same is None else EQ_MP(same, fact)


def _widened(p: Term) -> Thm | None:
    """⊢ p = the comparison of the words as words of 64 bits, for an unsigned comparison of shorter ones"""
    q = p.args[0] if p.op is NOT else p
    if q.op not in _COMPARISONS or q.op in _SIGNED or q.args[0].sort.kind != "BV" or q.args[0].width >= WORD:
        return None
    a, b = q.args
    same = INST(_extended(q.op, a.width), {Var("a", a.sort): a, Var("b", a.sort): b})
    constants = {k: EVAL(x) for k, x in enumerate(same.rhs.args) if is_const(x.args[0])}
    same = TRANS(same, CONG(same.rhs, constants)) if constants else same
    return same if q is p else CONG(p, {0: same})


def distances(p: Term) -> Iterator[tuple[Term, Term, int]]:
    """The (low, high, gap) for which the comparison says low + gap ≤ high; none for what says nothing of that kind."""
    negated, p = (True, p.args[0]) if p.op is NOT else (False, p)
    if p.op not in _COMPARISONS or p.args[0].sort is not BV(WORD):
        return
    a, b = p.args
    if p.op is EQ:
        if not negated:
            yield a, b, 0
            yield b, a, 0
        elif b in _ENDS:
            yield (b, a, 1) if b is _ENDS[0] else (a, b, 1)
    elif negated:
        yield b, a, int(p.op not in _STRICT)
    else:
        yield a, b, int(p.op in _STRICT)


def _total(form: Form, factors: Iterable[tuple[int, Known]]) -> Thm | None:
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
    return TRANS(TRANS(RING(_sum(form), opened.rhs), SYM(opened)), total)


def _divided(k: int, form: Form, th: Thm) -> Thm | None:
    """From Γ ⊢ k times the form's sum = zext(u), where that does not wrap: Γ ⊢ the form's sum = zext(v), v of 96 bits"""
    above, below = _difference(form, {}, -FAR), _difference({CONSTANT: FAR}, form, 0)
    ends = [_total(f, _least(f)) for f in (above, below)]
    if None in ends or k.bit_length() > WIDE - REST - 1:
        return None
    s = _sum(form)
    lemma = INST(_quotient(k), {_S: s, **{v: e.rhs.args[0] for v, e in zip((_U, _V), ends, strict=True) if e}, _T: th.rhs.args[0]})
    parts = zip((s + FAR, FAR - s, s * k), (*filter(None, ends), th), strict=True)
    return reduce(MP, [TRANS(RING(t, e.lhs), e) for t, e in parts], lemma)


def _least(form: Form) -> Iterator[tuple[int, Known]]:
    """The multiples of what all words are, which the form, but for its constant, is at least."""
    for x, c in form.items():
        if x is not CONSTANT:
            yield abs(c), _word(x)[c < 0]


# Forms and their sums


def _readings(t: Term) -> Iterator[Form]:
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


def _difference(a: Form, b: Form, gap: int) -> Form:
    """a − b − gap"""
    return {x: c for x in {**a, **b, CONSTANT: 0} if (c := a.get(x, 0) - b.get(x, 0) - (gap if x is CONSTANT else 0))}


def _times(k: int, form: Form) -> Form:
    return form if k == 1 else {x: k * c for x, c in form.items()}


def _sum(form: Form) -> Term:
    """The form as a sum of integers."""
    return sum_term({() if x is CONSTANT else (zext(x, WIDE).id,): c & mask(WIDE) for x, c in form.items()}, WIDE)


def _apart(low: Term, high: Term, gap: int, signed: bool) -> Term:
    extend = sext if signed else zext
    return extend(high, WIDE) - extend(low, WIDE) - number(gap, WIDE)


def _opened(form: Form, apart: Term, left: Thm, right: Thm) -> Thm:
    """⊢ the form's sum = high − low − gap, from what the two words are as integers"""
    opened = REPLACE(apart, {left.lhs: left, right.lhs: right})
    return TRANS(RING(_sum(form), opened.rhs), SYM(opened))


def _balanced(a: Term, b: Term) -> tuple[Term, Term]:
    """Words c, d with a − b = c − d and positive coefficients."""
    form = {m: _signed(c) for m, c in ring(a - b).items()}
    positive, negative = {m: c for m, c in form.items() if c > 0}, {m: -c for m, c in form.items() if c < 0}
    return sum_term(positive, WORD), sum_term(negative, WORD)


@cache
def _atoms(p: Term) -> frozenset[Term]:
    """What the words in a comparison are sums of."""
    q = p.args[0] if p.op is NOT else p
    words = q.args if q.op in _COMPARISONS and q.args[0].sort is BV(WORD) else ()
    return frozenset(x for t in words for form in _readings(t) for x in form if x is not CONSTANT)


@cache
def _word(x: Term) -> tuple[Known, Known]:
    """0 ≤ x, and x ≤ the largest word; or, where a shorter one was extended or one of two constants is selected, the largest of these."""
    th = _top_of_selection(x) if x.op is ITE and all(map(is_const, x.args[1:])) else _top_of_word(x)
    form: Form = {x: -1, CONSTANT: value_of(th.lhs.args[0])}
    return ({x: 1}, REFL(zext(x, WIDE))), (form, TRANS(RING(_sum(form), th.lhs), th))


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
def _to_distance(op: Op, negated: bool, b: Term, which: int) -> Thm:
    """⊢ comparison of a and b ⇒ the distance between them in 128 bits is that in 64 bits"""
    p = _comparison(op, negated, b)
    low, high, gap = list(distances(p))[which]
    return blast(implies(p, eq(_apart(low, high, gap, op in _SIGNED), zext(high - low - gap, WIDE))))


@cache
def _from_distances(op: Op, negated: bool) -> Thm:
    """⊢ a distance is not negative ⇒ … ⇒ comparison of a and b"""
    p = _comparison(op, negated, _B)
    premises = [eq(_apart(*d, op in _SIGNED), zext(v, WIDE)) for d, v in zip(distances(p), (_U, _V), strict=False)]
    return blast(reduce(lambda goal, premise: implies(premise, goal), reversed(premises), p))


def _comparison(op: Op, negated: bool, b: Term) -> Term:
    p = mk(op, (), (_A, b))
    return ~p if negated else p


@cache
def _extended(op: Op, width: int) -> Thm:
    """⊢ a comparison of shorter words = that of the words extended"""
    a, b = Var("a", BV(width)), Var("b", BV(width))
    return blast(eq(mk(op, (), (a, b)), mk(op, (), (zext(a, WORD), zext(b, WORD)))))


@cache
def _less(which: int) -> Thm:
    """⊢ a ≤ b ⇒ a ≠ b ⇒ a < b; the same for b ≤ a"""
    low, high = (_B, _A) if which else (_A, _B)
    return blast(implies(ule(low, high), implies(~eq(_A, _B), ult(low, high))))


@cache
def _differ(which: int) -> Thm:
    """⊢ a − b = c − d ⇒ c < d ⇒ a ≠ b; the same for d < c"""
    less = ult(_D, _C) if which else ult(_C, _D)
    return blast(implies(eq(_A - _B, _C - _D), implies(less, ~eq(_A, _B))))


@cache
def _is_a_word(signed: bool) -> Thm:
    """⊢ s − least = zext(u) ⇒ most − s = zext(v) ⇒ s = the extension of its low 64 bits"""
    least, most = (-1 << WORD - 1, mask(WORD - 1)) if signed else (0, mask(WORD))
    whole = eq(_S, (sext if signed else zext)(_S[WORD - 1 : 0], WIDE))
    return blast(implies(eq(_S - least, zext(_U, WIDE)), implies(eq(number(most, WIDE) - _S, zext(_V, WIDE)), whole)))


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
    within = [eq(_S + FAR, zext(_U, WIDE)), eq(FAR - _S, zext(_V, WIDE)), eq(_S * k, zext(_T, WIDE))]
    return blast(reduce(lambda goal, premise: implies(premise, goal), reversed(within), eq(_S, zext(_S[SLACK - 1 : 0], WIDE))))


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


def _truncated(form: Form, t: Term) -> Thm:
    """⊢ the low 64 bits of the form's sum = t"""
    atoms = [x for x in form if x is not CONSTANT]
    rest = number(form.get(CONSTANT, 0), WIDE)
    words = {Var(f"x{j}", BV(WORD)): x for j, x in enumerate(atoms)}
    th = INST(_low_bits(tuple([form[x] for x in atoms])), {**words, Var("rest", BV(WIDE)): rest})
    low = rest[WORD - 1 : 0]
    whole = CONG(_sum(form)[WORD - 1 : 0], {0: RING(_sum(form), th.lhs.args[0])})
    th = TRANS(TRANS(whole, th), REPLACE(th.rhs, {low: EVAL(low)}))
    return TRANS(th, RING(th.rhs, t))
