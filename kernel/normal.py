# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Two normal forms that decide equalities SAT is bad at: polynomials over Z/2^n, and over GF(2) bit by bit.

Both are computed over the shared DAG and remembered. Whatever is not interpreted is an atom, so the forms are always sound: equal
forms mean equal terms; different forms mean nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from kernel.ops import (
    AND,
    BITS,
    BOOLEAN,
    BVADD,
    BVAND,
    BVLSHR,
    BVMUL,
    BVNEG,
    BVNOT,
    BVOR,
    BVSHL,
    BVSUB,
    BVXOR,
    CONCAT,
    EQ,
    EXTRACT,
    IMPLIES,
    ITE,
    NOT,
    OR,
    ROTATE_RIGHT,
    XOR,
    ZERO_EXTEND,
    is_const,
    mask,
)
from kernel.term import Op, Term

LIMIT = 20_000  # monomials; a larger form is refused rather than computed for minutes

Monomial = tuple[int, ...]
Poly = dict[Monomial, int]
Form = Mapping[Monomial, int]  # read-only: it is what the rules remember


KEPT = 1 << 15
"""Forms of terms to remember; when there are more, all are forgotten, and made again for terms that are still in use."""


class TooLarge(ValueError):
    """A normal form outgrew LIMIT."""


def _walk(root: Term, memo: dict[Term, Poly], rules: dict[Op, Callable[[Term, dict[Term, Poly]], Poly | None]]) -> Poly:
    stack = [root]
    while stack:
        t = stack[-1]
        if t in memo:
            stack.pop()
            continue
        rule = rules.get(t.op)
        if rule is None:
            memo[t] = {_atom(t): _full(t)}
            stack.pop()
            continue
        missing = [a for a in t.args if a not in memo and a.sort.width]
        if missing:
            stack.extend(missing)
            continue
        stack.pop()
        form = rule(t, memo)
        memo[t] = {_atom(t): _full(t)} if form is None else form
    return memo[root]


# Sums of products modulo 2^n. A monomial is the sorted tuple of its atoms' ids, a form maps monomials to coefficients that are
# not zero modulo 2^n.

RING: dict[Term, Poly] = {}


def ring(t: Term) -> Form:
    """The polynomial of a bit-vector term over Z/2^width; bvnot x is -1 - x, a shift left by a constant a product."""
    return MappingProxyType(RING.get(t) or _ring_walk(t))


def _ring_walk(root: Term) -> Poly:
    if len(RING) > KEPT:
        RING.clear()
    stack = [root]
    while stack:
        t = stack[-1]
        if t in RING:
            stack.pop()
            continue
        op = t.op
        if op not in _RING_OPS or (op is BVSHL and not is_const(t.args[1])):
            RING[t] = ({(): t.params[0]} if t.params[0] else {}) if op is BITS else {(t.id,): 1}
            stack.pop()
            continue
        missing = [a for a in t.args if a not in RING]
        if missing:
            stack.extend(missing)
            continue
        stack.pop()
        RING[t] = _ring_node(t, [RING[a] for a in t.args])
    return RING[root]


_RING_OPS = frozenset((BVADD, BVSUB, BVNEG, BVNOT, BVMUL, BVSHL))


def _ring_node(t: Term, forms: list[Poly]) -> Poly:
    op, modulus = t.op, mask(t.width)
    if op is BVADD:
        return _combine([(f, 1) for f in forms], 0, modulus)
    if op is BVSUB:
        return _combine([(forms[0], 1), (forms[1], -1)], 0, modulus)
    if op is BVNEG:
        return _combine([(forms[0], -1)], 0, modulus)
    if op is BVNOT:
        return _combine([(forms[0], -1)], -1, modulus)
    if op is BVSHL:
        amount = t.args[1].params[0]
        return _combine([(forms[0], 1 << amount)], 0, modulus) if amount < t.width else {}
    product = forms[0]
    for form in forms[1:]:
        out: Poly = {}
        for m, c in product.items():
            for n, d in form.items():
                key = tuple(sorted(m + n))
                out[key] = out.get(key, 0) + c * d & modulus
            if len(out) > LIMIT:
                raise TooLarge(f"a product of over {LIMIT} monomials")
        product = {m: c for m, c in out.items() if c}
    return product


def _combine(parts: list[tuple[Poly, int]], constant: int, modulus: int) -> Poly:
    longest = max(range(len(parts)), key=lambda i: (parts[i][1] == 1, len(parts[i][0])))
    out: Poly = {}
    if parts[longest][1] == 1:
        out = dict(parts[longest][0])
        parts = parts[:longest] + parts[longest + 1 :]
    for form, k in parts:
        for m, c in form.items():
            total = out.get(m, 0) + k * c & modulus
            if total:
                out[m] = total
            else:
                out.pop(m, None)
    total = out.get((), 0) + constant & modulus
    if total:
        out[()] = total
    else:
        out.pop((), None)
    return out


# Sums (XOR) of products (AND), bit by bit. A factor names an atom's bits from an offset on: in bit i of the result it stands for bit
# (i + offset) mod width of the atom, so a one-bit atom stands for itself in every bit. A form maps a monomial (the sorted tuple of its
# factors; () is 1) to the mask of the result's bits in which it occurs.

ANF: dict[Term, Poly] = {}
_OFFSET = 20  # bits; wider atoms are refused
_OFFSETS = mask(_OFFSET)


def anf(t: Term) -> Form:
    """The XOR-of-AND form of a bit-vector or Bool term, bit by bit."""
    if t in ANF:
        return MappingProxyType(ANF[t])
    if len(ANF) > KEPT:
        ANF.clear()
    return MappingProxyType(_walk(t, ANF, _ANF_RULES))


_WIDTH: dict[int, int] = {}


def _atom(t: Term) -> Monomial:
    if t.width >> _OFFSET:
        raise TooLarge(f"a term of {t.width} bits")
    _WIDTH[t.id] = t.width
    return (t.id << _OFFSET,)


def _full(t: Term) -> int:
    return mask(t.width)


def factor_parts(factor: int) -> tuple[int, int]:
    """A factor's atom (its id) and offset."""
    return factor >> _OFFSET, factor & _OFFSETS


def _moved(m: Monomial, by: int) -> Monomial:
    """The monomial with `by` added to its offsets."""
    if not m or not by:
        return m
    if len(m) == 1:
        atom = m[0] >> _OFFSET
        return (atom << _OFFSET | ((m[0] & _OFFSETS) + by) % _WIDTH[atom],)
    out = set()
    for factor in m:
        atom = factor >> _OFFSET
        out.add(atom << _OFFSET | ((factor & _OFFSETS) + by) % _WIDTH[atom])
    return tuple(sorted(out))


def _add_into(out: Poly, m: Monomial, bits: int) -> None:
    total = out.get(m, 0) ^ bits
    if total:
        out[m] = total
    else:
        out.pop(m, None)


def _xor(forms: list[Poly]) -> Poly:
    longest = max(range(len(forms)), key=lambda i: len(forms[i]))
    out = dict(forms[longest])
    for i, form in enumerate(forms):
        if i != longest:
            for m, bits in form.items():
                _add_into(out, m, bits)
    return out


def _product(a: Poly, b: Poly) -> Poly:
    out: Poly = {}
    for m, bits in a.items():
        for n, others in b.items():
            both = bits & others
            if both:
                _add_into(out, m if m == n or not n else n if not m else tuple(sorted({*m, *n})), both)
        if len(out) > LIMIT:
            raise TooLarge(f"a product of over {LIMIT} monomials")
    return out


def _not(form: Poly, width: int) -> Poly:
    return _xor([form, {(): mask(width)}])


def _placed(out: Poly, form: Poly, low: int, high: int, to: int) -> None:
    """Bits low..high of the form, XORed into `out` from bit `to` on."""
    window = mask(high - low + 1)
    for m, bits in form.items():
        piece = bits >> low & window
        if piece:
            _add_into(out, _moved(m, low - to), piece << to)


def _constant(t: Term, memo: dict[Term, Poly]) -> Poly:
    return {(): t.params[0]} if t.params[0] else {}


def _xors(t: Term, memo: dict[Term, Poly]) -> Poly:
    return _xor([memo[a] for a in t.args])


def _ands(t: Term, memo: dict[Term, Poly]) -> Poly:
    product = memo[t.args[0]]
    for a in t.args[1:]:
        product = _product(product, memo[a])
    return product


def _ors(t: Term, memo: dict[Term, Poly]) -> Poly:
    product = _not(memo[t.args[0]], t.width)
    for a in t.args[1:]:
        product = _product(product, _not(memo[a], t.width))
    return _not(product, t.width)


def _nots(t: Term, memo: dict[Term, Poly]) -> Poly:
    return _not(memo[t.args[0]], t.width)


def _implies(t: Term, memo: dict[Term, Poly]) -> Poly:
    p, q = memo[t.args[0]], memo[t.args[1]]
    return _not(_product(p, _not(q, 1)), 1)


def _equal(t: Term, memo: dict[Term, Poly]) -> Poly | None:
    if t.args[0].width != 1:
        return None
    return _not(_xor([memo[t.args[0]], memo[t.args[1]]]), 1)


def _ite(t: Term, memo: dict[Term, Poly]) -> Poly | None:
    if t.width != 1:
        return None
    c, a, b = (memo[x] for x in t.args)
    return _xor([_product(c, a), _product(_not(c, 1), b)])


def _extract(t: Term, memo: dict[Term, Poly]) -> Poly:
    out: Poly = {}
    _placed(out, memo[t.args[0]], t.params[1], t.params[0], 0)
    return out


def _concat(t: Term, memo: dict[Term, Poly]) -> Poly:
    out: Poly = {}
    low = t.width
    for a in t.args:
        low -= a.width
        _placed(out, memo[a], 0, a.width - 1, low)
    return out


def _zero_extend(t: Term, memo: dict[Term, Poly]) -> Poly:
    return memo[t.args[0]]


def _rotate(t: Term, memo: dict[Term, Poly]) -> Poly:
    k, out = t.params[0], Poly()
    _placed(out, memo[t.args[0]], k, t.width - 1, 0)
    if k:
        _placed(out, memo[t.args[0]], 0, k - 1, t.width - k)
    return out


def _shift(t: Term, memo: dict[Term, Poly]) -> Poly | None:
    if not is_const(t.args[1]):
        return None
    amount, out = t.args[1].params[0], Poly()
    if amount < t.width:
        if t.op is BVSHL:
            _placed(out, memo[t.args[0]], 0, t.width - 1 - amount, amount)
        else:
            _placed(out, memo[t.args[0]], amount, t.width - 1, 0)
    return out


def _multiple(t: Term, memo: dict[Term, Poly]) -> Poly | None:
    factor = t.args[-1].params[0] if len(t.args) == 2 and t.args[1].op is BITS else 0
    if not factor or factor & (factor - 1):
        return None
    amount, out = factor.bit_length() - 1, Poly()
    _placed(out, memo[t.args[0]], 0, t.width - 1 - amount, amount)
    return out


_ANF_RULES: dict[Op, Callable[[Term, dict[Term, Poly]], Poly | None]] = {
    BITS: _constant,
    BOOLEAN: _constant,
    BVXOR: _xors,
    XOR: _xors,
    BVAND: _ands,
    AND: _ands,
    BVOR: _ors,
    OR: _ors,
    BVNOT: _nots,
    NOT: _nots,
    IMPLIES: _implies,
    EQ: _equal,
    ITE: _ite,
    EXTRACT: _extract,
    CONCAT: _concat,
    ZERO_EXTEND: _zero_extend,
    ROTATE_RIGHT: _rotate,
    BVSHL: _shift,
    BVLSHR: _shift,
    BVMUL: _multiple,
}
