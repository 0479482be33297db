# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Rewriting to normal forms, by theorems: `normalize(t)` is ⊢ t = t′, remembered for every subterm.

Arithmetic becomes sums of products, everything else on bits an XOR of ANDs of slices; ground terms are evaluated, facts are used as
rewrites, memories are the business of the reader and writer that the owner plugs in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

from kernel.arrays import PROJ_TUPLE
from kernel.normal import TooLarge, anf, ring
from kernel.ops import (
    AND,
    APP,
    BITS,
    BVADD,
    BVAND,
    BVASHR,
    BVLSHR,
    BVMUL,
    BVNEG,
    BVNOT,
    BVOR,
    BVSHL,
    BVSUB,
    BVXOR,
    CLMUL,
    CONCAT,
    EQ,
    EXTRACT,
    IMPLIES,
    ITE,
    NOT,
    OR,
    PROJ,
    ROTATE_RIGHT,
    SIGN_EXTEND,
    TUPLE,
    VAR,
    XOR,
    ZERO_EXTEND,
    is_const,
    mask,
    value_of,
    zext,
)
from kernel.rules import ANF, CONG, EVAL, INST, REFL, RING, TRANS
from kernel.sorts import BOOL
from kernel.term import Op, Term, mk
from kernel.thm import Thm
from symsim.canonical import bits_term, sum_term
from symsim.carryless import ORDERED
from symsim.derived import (
    ALIGNED_SUM,
    CHAIN,
    DISJOINT_SUM,
    EQF_INTRO,
    EQT_INTRO,
    EXTRACT_CONCAT,
    FLAT_CONCAT,
    FLIPPED_OFFSET,
    KNOWN_PART,
    SAME_BRANCHES,
    SELECT,
    SIGN_COPIES,
    TRUNCATED,
)
from symsim.lookup import AFFINE_LOOKUP, is_lookup
from symsim.sums import NO_CARRY, TWO_WORDS

if TYPE_CHECKING:
    from symsim.memory import Memory

Rewrite = Callable[[Term], Thm | None]

MONOMIALS = 96
"""A bitwise form with more monomials than this is left as it stands; linear ones may be longer."""
LINEAR = 500


class Older:
    """What was simplified before some conditions were known."""

    def __init__(self, memo: Mapping[Term, Thm | None], conditions: Collection[Term]) -> None:
        self.memo, self.conditions = memo, conditions
        self._tainted, self._clean = set(conditions), set[Term]()

    def is_clean(self, root: Term) -> bool:
        """Whether the term contains none of the conditions."""
        clean, tainted = self._clean, self._tainted
        stack = [root]
        while stack:
            t = stack[-1]
            if t in clean or t in tainted:
                stack.pop()
            elif not tainted.isdisjoint(t.args):
                tainted.add(t)
                stack.pop()
            elif missing := [a for a in t.args if a not in clean]:
                stack.extend(missing)
            else:
                clean.add(t)
                stack.pop()
        return root in clean


class Simplifier:
    """A memo of normal forms under some facts. `rewrites` are extra head rewrites by operator, for terms whose arguments are
    normal; they return ⊢ t = t′ with t′ normal, or None. `consequence` proves what is known of numbers."""

    def __init__(self) -> None:
        self.memo: dict[Term, Thm | None] = {}
        self._older: list[Older] = []
        self._own: set[Term] = set()
        self.facts: dict[Term, Thm] = {}
        self.known_bits: dict[Term, Thm] = {}
        self.rewrites: dict[Op, Rewrite] = {}
        self.rules: dict[tuple[Any, ...], Thm] = {}
        self.memory: Memory
        self.consequence: Callable[[Term], Thm | None] = lambda goal: None

    def inherit(self, parent: Simplifier, conditions: Collection[Term]) -> None:
        """Take over what a parent with fewer facts has simplified, when asked for it, but for what contains one of the new conditions."""
        self._older = [Older(parent.memo, conditions), *[Older(o.memo, {*o.conditions, *conditions}) for o in parent._older]]
        self._own = set(parent._own)
        self.facts.update(parent.facts)
        self.known_bits.update(parent.known_bits)
        self.memory.inherit(parent.memory)

    def _takes_over(self, t: Term) -> bool:
        """Whether an older memo has the term, and knows all that is known of it now; then so does this one."""
        if t in self._own:
            return False
        for older in self._older:
            if t in older.memo:
                th = older.memo[t]
                if older.is_clean(t) and (th is None or older.is_clean(th.rhs)):
                    self.memo[t] = th
                    return True
                return False
        return False

    def add_fact(self, equation: Thm) -> None:
        """Rewrite the left side, a normal term, to the right side from now on. What was normalized before stays as it is."""
        self.facts[equation.lhs] = equation
        self.memo.pop(equation.lhs, None)
        self._own.add(equation.lhs)
        if equation.lhs.op is EXTRACT and is_const(equation.rhs):
            self.known_bits[equation.lhs.args[0]] = equation

    def assume_true(self, th: Thm) -> None:
        """Use Γ ⊢ p, for a normal p, as p = true (or, for ¬q, as q = false)."""
        self.add_fact(EQT_INTRO(th))
        if th.concl.op is NOT:
            self.add_fact(EQF_INTRO(th))

    def normalize(self, t: Term) -> Thm:
        """⊢ t = t′, t′ normal."""
        return self.conversion(t) or REFL(t)

    def conversion(self, root: Term) -> Thm | None:
        """As `normalize`, None where the term is normal already."""
        memo = self.memo
        stack = [root]
        while stack:
            t = stack[-1]
            if t in memo or (self._older and self._takes_over(t)):
                stack.pop()
                continue
            missing = [a for a in t.args if a not in memo]
            if missing:
                stack.extend(missing)
                continue
            stack.pop()
            changes = {i: th for i, a in enumerate(t.args) if (th := memo[a]) is not None}
            if not changes:
                memo[t] = self._head(t)
                continue
            inner = CONG(t, changes)
            u = inner.rhs
            if u not in memo and not (self._older and self._takes_over(u)):
                memo[u] = self._head(u)
            memo[t] = CHAIN(inner, memo[u])
        return memo[root]

    def _head(self, t: Term) -> Thm | None:
        """Rewrite at the root of a term with normal arguments; the result is normal."""
        fact = self.facts.get(t)
        if fact is None:
            fact = self._rewrite(t)
        if fact is not None:
            self.memo.setdefault(fact.rhs, None)
        return fact

    def head_conversion(self, th: Thm | None, t: Term) -> Thm | None:
        """Continue th: … = t by the head rewriting of t, whose arguments are normal."""
        return CHAIN(th, self.memo[t] if t in self.memo else self._head(t))

    def onward(self, th: Thm) -> Thm:
        """Continue by normalizing the right side."""
        return CHAIN(th, self.conversion(th.rhs)) or th

    def _rewrite(self, t: Term) -> Thm | None:
        op = t.op
        if not t.args:
            return None
        if op is APP and t.params in self.rules:
            return self._rule(t, self.rules[t.params])
        special = self.rewrites.get(op)
        if special is not None:
            return special(t)
        if op.evaluate is not None and t.sort.width and all(map(is_const, t.args)):
            return EVAL(t)
        handler = _HANDLERS.get(op)
        return handler(self, t) if handler is not None else None

    def add_rule(self, equation: Thm) -> None:
        """Rewrite every application of the constant f by ⊢ f(x, …) = t, x, … variables: a definition to open, or a lemma."""
        self.rules[equation.lhs.params] = equation

    def _rule(self, t: Term, rule: Thm) -> Thm:
        return self.onward(INST(rule, {x: a for x, a in zip(rule.lhs.args, t.args, strict=True) if x is not a}))

    def flat_sum(self, t: Term) -> Thm | None:
        """⊢ t = a sum of products of normal terms that are no sums"""
        try:
            new = sum_term(ring(t), t.width)
        except TooLarge:
            return None
        th = None if new is t else RING(t, new)
        if new.op is not BVADD:
            return th
        words = TWO_WORDS(new)
        return CHAIN(th, self._disjoint(new) if words is None else self.onward(words))

    def _disjoint(self, t: Term) -> Thm | None:
        """Merge two summands that have no bit in common into their XOR: code adds the halves of a selection where a standard selects."""
        products = [x for x in t.args if x.op is BVAND]
        for a in products:
            for b in t.args:
                if b is not a and (b.op is BVAND or b.op is BVXOR) and not anf(a & b):
                    return self._merged(t, a, b)
        return None

    def _merged(self, t: Term, a: Term, b: Term) -> Thm:
        rest = [x for x in t.args if x is not a and x is not b]
        pair = DISJOINT_SUM(a, b)
        if not rest:
            th = RING(t, a + b)
            return self.onward(TRANS(th, pair))
        split = mk(BVADD, (), (a + b, *rest))
        return self.onward(TRANS(RING(t, split), CONG(split, {0: pair})))

    def _slice(self, t: Term) -> Thm | None:
        """The commonest cases of `_bits` at once: a slice of an atom is normal, a W register read back is what was written."""
        x = t.args[0]
        if x in self.known_bits and t.op is EXTRACT and (th := KNOWN_PART(t, self.known_bits[x])) is not None:
            return th
        if x.op is CONCAT and t.op is EXTRACT:
            return self._part(t)
        if x.op is BVADD and t.op is EXTRACT and t.params[1] and (kept := NO_CARRY(t, self.consequence)) is not None:
            return self.onward(kept)
        if is_lookup(x):
            th = AFFINE_LOOKUP(t)
            return th and self.onward(th)
        if x.op is ZERO_EXTEND and t.op is EXTRACT and t.params == (x.args[0].width - 1, 0):
            return ANF(t, x.args[0]) if x.args[0].op not in _BITWISE else self._bits(t)
        if x.op is BVMUL and t.op is EXTRACT and t.params == (31, 0) and (word := _multiple_of_word(t)) is not None:
            return self.onward(ANF(t, word))
        one_bit, whole = x.width == 1 or t.width == 1, t.op is EXTRACT and t.width == x.width
        if x.op in _BITWISE or one_bit or whole or (x.op is BVADD and t.op is EXTRACT):
            return self._bits(t)
        return None

    def _part(self, t: Term) -> Thm:
        """A slice of a concatenation is made of slices of its parts; no other part is looked at."""
        th = EXTRACT_CONCAT(t)
        parts = th.rhs.args if th.rhs.op is CONCAT else ()
        changes = {k: step for k, p in enumerate(parts) if (step := self.conversion(p)) is not None}
        if changes:
            th = TRANS(th, CONG(th.rhs, changes))
        elif th.rhs not in self.memo and not parts:
            th = CHAIN(th, self.conversion(th.rhs)) or th
        # A part of a longer word may have its summands in another order than it has on its own.
        return (CHAIN(th, self._bits(th.rhs)) or th) if th.rhs.op in _BITWISE else th

    def _bits(self, t: Term) -> Thm | None:
        try:
            form = anf(t)
        except TooLarge:
            return None
        if len(form) > MONOMIALS and (len(form) > LINEAR or any(len(m) > 1 for m in form)):
            return FLAT_CONCAT(t) if any(a.op is CONCAT for a in t.args) and t.op is CONCAT else None
        new = bits_term(form, t.sort)
        th = None if new is t else ANF(t, new)
        if new.op is EXTRACT and new.params[1] == 0 and _is_word(new):
            th = CHAIN(th, self._truncated(new))
        elif new.op is CONCAT:
            th = CHAIN(th, ALIGNED_SUM(new))
        elif new.op is BVXOR:
            th = CHAIN(th, FLIPPED_OFFSET(new, self.known_bits))
        return th

    def _truncated(self, t: Term) -> Thm:
        """The low bits of a sum are the sum of the low bits, and so for multiples."""
        first = TRUNCATED(t)
        changes = {i: th for i, part in enumerate(first.rhs.args) if (th := self.conversion(part)) is not None}
        th = TRANS(first, CONG(first.rhs, changes)) if changes else first
        return CHAIN(th, self._rewrite(th.rhs)) or th

    def _carryless(self, t: Term) -> Thm | None:
        """Products by constants are sums of shifts, others stay, their factors by age."""
        th = ORDERED(t)
        return th if th is None or th.rhs.op is CLMUL else self.onward(th)

    def _shift_right(self, t: Term) -> Thm | None:
        x, amount = t.args
        if not is_const(amount):
            return None
        low = value_of(amount)
        if x.op is BVADD and 0 < low < x.width and (kept := NO_CARRY(x[x.width - 1 : low], self.consequence)) is not None:
            th = ANF(t, zext(kept.lhs, x.width))
            return self.onward(TRANS(th, CONG(th.rhs, {0: kept})))
        return self._bits(t)

    def _signed(self, t: Term) -> Thm | None:
        if t.op is BVASHR and not is_const(t.args[1]):
            return None
        return self.onward(SIGN_COPIES(t))

    def _shift_left(self, t: Term) -> Thm | None:
        if not is_const(t.args[1]) or t.args[0].op is BVADD:
            return None
        return self.flat_sum(t)

    def _logic(self, t: Term) -> Thm | None:
        """Constants and repetitions go; a formula of several atoms keeps its shape."""
        if len(t.args) > 8:
            return None
        try:
            form = anf(t)
        except TooLarge:
            return None
        if len(form) > 2 or any(len(m) > 1 for m in form):
            return None
        new = bits_term(form, t.sort)
        return None if new is t else ANF(t, new)

    def _equal(self, t: Term) -> Thm | None:
        a, b = t.args
        if a is b:
            return EQT_INTRO(REFL(a))
        return self._logic(t) if a.width == 1 else None

    def _ite(self, t: Term) -> Thm | None:
        if is_const(t.args[0]):
            return SELECT(t)
        if t.args[1] is t.args[2]:
            return SAME_BRANCHES(t)
        return self._logic(t) if t.sort is BOOL else None

    def _proj(self, t: Term) -> Thm | None:
        return PROJ_TUPLE(t) if t.args[0].op is TUPLE else None


def is_general(rule: Thm) -> bool:
    """Whether the rule f(x, …) = t is about all applications of f: its arguments are variables, no two the same."""
    args = rule.lhs.args
    return all(x.op is VAR for x in args) and len(set(args)) == len(args)


def _is_word(low_bits: Term) -> bool:
    """Whether to push a truncation inside: that of a sum or multiple for W registers, of a sum for the alignment of addresses; not for
    slices that are parts of rotations."""
    total = low_bits.args[0]
    if total.op is not BVADD:
        return total.op in (BVMUL, BVNEG) and total.width == 64 and low_bits.width == 32
    an_address = len(total.args) == 2 and is_const(total.args[1])
    return total.width == 64 and (low_bits.width == 32 or (low_bits.width <= 12 and an_address))


def _multiple_of_word(t: Term) -> Term | None:
    """The lower word of a multiple by a power of two, as a multiple of the lower word: so it keeps to sums."""
    x, *factors = t.args[0].args
    if len(factors) != 1 or not is_const(factors[0]) or value_of(factors[0]).bit_count() != 1:
        return None
    return x[t.params[0] : 0] * (value_of(factors[0]) & mask(t.width))


_BITWISE = frozenset(
    (BITS, BVNOT, BVAND, BVOR, BVXOR, CONCAT, EXTRACT, ZERO_EXTEND, ROTATE_RIGHT, BVSHL, BVLSHR, BVMUL, ITE)
)
"""What ANF may look into."""

_HANDLERS: dict[Op, Callable[[Simplifier, Term], Thm | None]] = {
    **dict.fromkeys((BVADD, BVSUB, BVNEG, BVMUL), Simplifier.flat_sum),
    **dict.fromkeys((BVNOT, BVAND, BVOR, BVXOR, CONCAT), Simplifier._bits),
    **dict.fromkeys((EXTRACT, ZERO_EXTEND, ROTATE_RIGHT), Simplifier._slice),
    CLMUL: Simplifier._carryless,
    BVSHL: Simplifier._shift_left,
    BVLSHR: Simplifier._shift_right,
    **dict.fromkeys((BVASHR, SIGN_EXTEND), Simplifier._signed),
    **dict.fromkeys((NOT, AND, OR, XOR, IMPLIES), Simplifier._logic),
    EQ: Simplifier._equal,
    ITE: Simplifier._ite,
    PROJ: Simplifier._proj,
}
