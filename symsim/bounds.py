# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Inequalities between sums that do not wrap, by arithmetic on integers instead of SAT: sizes, distances, numbers of rounds.

A 64-bit word is taken as the integer that it is, in 128 bits, where sums and multiples of such do not wrap. What is known is kept in the
form ⊢ F = zext(u): the sum F is not negative. A sum of multiples of these is not negative either, and for what follows from inequalities
that way, symsim/farkas.py finds the multiples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce

from kernel.ops import (
    AND,
    EQ,
    NOT,
    implies,
    mask,
    number,
    ule,
    ult,
    zext,
)
from kernel.rules import CONG, EQ_MP, INST, MP, REFL, RING, SYM, TRANS
from kernel.sorts import BV
from kernel.term import Term
from kernel.thm import Thm
from symsim.derived import CONJ, CONJUNCT, TAUT
from symsim.farkas import CONSTANT, multiples
from symsim.integers import (
    COMPARISONS,
    ENDS,
    SIGNED,
    WIDE,
    WORD,
    A,
    B,
    C,
    D,
    Form,
    Known,
    S,
    U,
    V,
    apart,
    atoms_of,
    balanced,
    differ_by,
    difference,
    distances,
    divided,
    from_distances,
    is_a_word,
    less_by,
    opened_by,
    readings,
    sum_of,
    summed,
    times,
    to_distance,
    truncated,
    widened,
    word_of,
)


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
        same = widened(goal)
        if same is not None:
            th = self._prove(same.rhs)
            return th and EQ_MP(SYM(same), th)
        negated, p = (True, goal.args[0]) if goal.op is NOT else (False, goal)
        if p.op not in COMPARISONS or p.args[0].sort is not BV(WORD):
            return None
        if p.op is EQ and negated:
            return self._different(*p.args)
        between = [self._distance(*d, p.op in SIGNED) for d in distances(goal)]
        if None in between:
            return None
        slack = {v: th.rhs.args[0] for v, th in zip((U, V), between, strict=False) if th}
        th = INST(from_distances(p.op, negated), {A: p.args[0], B: p.args[1], **slack})
        return reduce(MP, filter(None, between), th)

    # What is known

    def _take_in(self) -> None:
        """Learn what the new facts say; of some it can be told only when others about the same words are known."""
        while self._new:
            before = len(self._known)
            self._left += [th for th in self._new if not self._learn(th)]
            words = {x for form, _ in self._known[before:] for x in form if x is not CONSTANT}
            self._new = [th for th in self._left if not words.isdisjoint(atoms_of(th.concl))]
            self._left = [th for th in self._left if words.isdisjoint(atoms_of(th.concl))]

    def _learn(self, fact: Thm) -> bool:
        """Whether the fact is taken in, or of no use here."""
        p = fact.concl
        negated, q = (True, p.args[0]) if p.op is NOT else (False, p)
        if negated and q.op is EQ and q.args[1] not in ENDS and q.args[0].sort is BV(WORD):
            less = self._parted(fact)
            return less is not None and self._learn(less)
        for k, (low, high, gap) in enumerate(distances(p)):
            left, right = self._integer(low, q.op in SIGNED), self._integer(high, q.op in SIGNED)
            if left is None or right is None:
                return False
            other = q.args[1] if q.args[1] in ENDS else B
            th = MP(INST(to_distance(q.op, negated, other, k), {A: q.args[0], B: q.args[1]}), fact)
            form = difference(right[0], left[0], gap)
            self._known.append((form, TRANS(opened_by(form, th.lhs, left[1], right[1]), th)))
        return True

    def _parted(self, fact: Thm) -> Thm | None:
        """Γ ⊢ a < b  or  Γ ⊢ b < a, from Δ ⊢ a ≠ b, where it is known which of the two is not larger"""
        a, b = fact.concl.args[0].args
        for k, (low, high) in enumerate(((a, b), (b, a))):
            th = self._prove(ule(low, high))
            if th is not None:
                return MP(MP(INST(less_by(k), {A: a, B: b}), th), fact)
        return None

    def _integer(self, t: Term, signed: bool) -> Known | None:
        """The form of a word as an integer, and Γ ⊢ its extension = the form's sum. None where it is not known that it does not wrap."""
        known = self._integers.get((t, signed))
        if known is None:
            for form in readings(t):
                th = self._unwrapped(t, form, signed)
                if th is not None:
                    known = self._integers[t, signed] = form, th
                    break
        return known

    def _unwrapped(self, t: Term, form: Form, signed: bool) -> Thm | None:
        if form == {t: 1} and not signed:
            return REFL(zext(t, WIDE))
        least, most = (-1 << WORD - 1, mask(WORD - 1)) if signed else (0, mask(WORD))
        low, high = self._not_negative(difference(form, {}, least)), self._not_negative(difference({CONSTANT: most}, form, 0))
        if low is None or high is None:
            return None
        s = sum_of(form)
        whole = INST(is_a_word(signed), {S: s, U: low.rhs.args[0], V: high.rhs.args[0]})
        whole = MP(whole, TRANS(RING(s - least, low.lhs), low))
        whole = MP(whole, TRANS(RING(number(most, WIDE) - s, high.lhs), high))
        return SYM(TRANS(whole, CONG(whole.rhs, {0: truncated(form, t)})))

    # What follows

    def _not_negative(self, form: Form) -> Thm | None:
        """Γ ⊢ the form's sum = zext(u), u of 96 bits"""
        known = self._about(form)
        found = multiples(form, [f for f, _ in known])
        if found is None:
            return None
        k, factors = found
        th = summed(times(k, form), zip(factors, known, strict=True))
        return th if k == 1 or th is None else divided(k, form, th)

    def _about(self, form: Form) -> list[Known]:
        """What is known of the form's atoms, and of those that are in it with them; and that all of these are words."""
        atoms = {x for x in form if x is not CONSTANT}
        left, chosen = self._known, []
        while more := [fact for fact in left if not atoms.isdisjoint(fact[0])]:
            left = [fact for fact in left if atoms.isdisjoint(fact[0])]
            chosen += more
            atoms |= {x for known, _ in more for x in known if x is not CONSTANT}
        return chosen + [fact for x in sorted(atoms, key=lambda x: x.id) for fact in word_of(x)]

    def _distance(self, low: Term, high: Term, gap: int, signed: bool) -> Thm | None:
        """Γ ⊢ high − low − gap = zext(v), v of 96 bits, the two words extended"""
        left, right = self._integer(low, signed), self._integer(high, signed)
        if left is None or right is None:
            return None
        form = difference(right[0], left[0], gap)
        th = self._not_negative(form)
        return th and TRANS(SYM(opened_by(form, apart(low, high, gap, signed), left[1], right[1])), th)

    def _different(self, a: Term, b: Term) -> Thm | None:
        """Γ ⊢ a ≠ b, where one is less than the other after what is taken away on one side is added on the other"""
        c, d = balanced(a, b)
        for k, (low, high) in enumerate(((c, d), (d, c))):
            less = self._prove(ult(low, high))
            if less is not None:
                lemma = INST(differ_by(k), {A: a, B: b, C: c, D: d})
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
        same = widened(p)
        yield fact if same is None else EQ_MP(same, fact)
