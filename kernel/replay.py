# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The independent checker: reads certificates (FORMAT.md), recomputes every conclusion, and prints what was proved.

    python -m kernel.replay FILE... [--json] [--full]

It shares no code with the kernel and needs the standard library alone, so it also runs as a plain script. From top to
bottom: terms, evaluation, the normal forms, circuits, LRAT, definitions, the rules, the lines of a file, the statement
as text, the command.

Sorts and terms are ints. A sort is n for BV n, 0 for Bool, and negative for Mem, Trace and the tuples. A term is an
index into lists; its node is the tuple (operator, parameters…, arguments…), and equal nodes have one index.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import shutil
import signal
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from hashlib import sha256
from operator import itemgetter
from typing import Any, BinaryIO, NamedTuple

MAX_WIDTH = 1 << 20  # bits of a bit vector
MAX_TEXT = 1 << 32  # bytes of a decompressed certificate
MAX_LINE = 1 << 24  # bytes of a line that is still unfinished
MAX_MONOMIALS = 1 << 16  # in one product of two normal forms
MAX_GATES = 1 << 26  # gates asked for in one circuit
MAX_REMEMBERED = 1 << 22  # monomials, or steps of templates, that are kept for later use

Node = tuple[Any, ...]


class CertificateError(ValueError):
    """The certificate is refused; the message names the line, the inference with its rule, and the reason."""


class Refused(Exception):
    """The reason alone, on its way to where the line is known."""


# Terms

BOOL, MEM, TRACE, FIRST_TUPLE = 0, -1, -2, -3
ANY = 1 << 30
Parts = Callable[[int], Sequence[int]]  # the terms to visit before a term


class Operator(NamedTuple):
    """How many parameters a node has, the least and the most arguments, and its sort; None where they don't fit."""

    parameters: int
    least: int
    most: int
    sort: Callable[[Terms, tuple[Any, ...], tuple[int, ...]], int | None]


class Terms:
    """All terms of a certificate, hashed, with their sorts."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.sorts: list[int] = []
        self.index: dict[Node, int] = {}
        self.names: set[int] = set()  # the variables
        self.constants: dict[str, tuple[tuple[int, ...], int]] = {}  # the sorts of their arguments and their sort
        self._tuples: list[tuple[int, ...]] = []
        self._tuple_sorts: dict[tuple[int, ...], int] = {}

    def tuple_sort(self, items: tuple[int, ...]) -> int:
        """The sort of tuples with components of these sorts."""
        sort = self._tuple_sorts.get(items)
        if sort is None:
            sort = self._tuple_sorts[items] = FIRST_TUPLE - len(self._tuples)
            self._tuples.append(items)
        return sort

    def items(self, sort: int) -> tuple[int, ...]:
        """The sorts of a tuple's components; none for another sort."""
        return self._tuples[FIRST_TUPLE - sort] if sort <= FIRST_TUPLE else ()

    def intern(self, *node: Any) -> int:
        """The term with this node; Refused where it has no sort."""
        t = self.index.get(node)
        if t is None:
            t = self.add(node, self._sort(node))
            if node[0] == "var":
                self.names.add(t)
        return t

    def add(self, node: Node, sort: int) -> int:
        """A new term, its sort known."""
        t = self.index[node] = len(self.nodes)
        self.nodes.append(node)
        self.sorts.append(sort)
        return t

    def _sort(self, node: Node) -> int:
        operator = OPERATORS[node[0]]
        cut = operator.parameters + 1
        sorts = tuple([self.sorts[a] for a in node[cut:]])
        if operator.least <= len(sorts) <= operator.most:
            sort = operator.sort(self, node[1:cut], sorts)
            if sort is not None:
                if sort > MAX_WIDTH:
                    raise Refused(f"{node[0]} gives more than {MAX_WIDTH} bits")
                return sort
        parameters = [str(p) if isinstance(p, str) or p >> 64 == 0 else "…" for p in node[:cut]]
        raise Refused(f"ill-typed: {' '.join([*parameters, *(f'({self.sort_name(s)})' for s in sorts)])[:200]}")

    def sort_name(self, sort: int) -> str:
        """The sort as text; tuples by their number of components."""
        if sort > 0:
            return f"BV {sort}"
        return ("Bool", "Mem", "Trace")[-sort] if sort > FIRST_TUPLE else f"Tuple of {len(self.items(sort))}"

    def arguments(self, t: int) -> tuple[int, ...]:
        """The arguments of a term."""
        node = self.nodes[t]
        return node[OPERATORS[node[0]].parameters + 1 :]

    def bits(self, t: int) -> int:
        """The number of bits of a Bool or bit-vector term."""
        return self.sorts[t] or 1

    def number(self, value: int, sort: int) -> int:
        """The constant of that value, modulo 2^width."""
        return self.intern("bv", value & ones(sort), sort) if sort else self.intern("bool", value)

    def value(self, t: int) -> int | None:
        """The value of a constant; None for another term."""
        node = self.nodes[t]
        return node[1] if node[0] in ("bv", "bool") else None

    def below(self, roots: Iterable[int], known: Collection[int], parts: Parts) -> Iterator[int]:
        """The roots and all parts of parts that are not in `known`, each once, parts first and from left to right."""
        seen: set[int] = set()
        stack = list(roots)[::-1]
        while stack:
            t = stack.pop()
            if t < 0:
                yield ~t
            elif t not in seen and t not in known:
                seen.add(t)
                stack.append(~t)
                stack.extend(parts(t)[::-1])

    def variables(self, roots: Iterable[int]) -> set[int]:
        """The variables of some terms."""
        return self.names.intersection(self.below(roots, (), self.arguments))


def ones(width: int) -> int:
    """2^width − 1."""
    return (1 << width) - 1


def _fixed(sort: int | None) -> Callable[[Terms, tuple[Any, ...], tuple[int, ...]], int | None]:
    """Arguments of one bit-vector sort; the result is that sort, or the one given."""

    def typing(terms: Terms, p: tuple[Any, ...], s: tuple[int, ...]) -> int | None:
        first = s[0]
        fits = first > 0 and s.count(first) == len(s)
        return (first if sort is None else sort) if fits else None

    return typing


def _bool_sort(terms: Terms, p: tuple[Any, ...], s: tuple[int, ...]) -> int | None:
    return None if any(s) else BOOL


def _widths_added(terms: Terms, p: tuple[Any, ...], s: tuple[int, ...]) -> int | None:
    return sum(s) if min(s) > 0 else None


def _app_sort(terms: Terms, p: tuple[Any, ...], s: tuple[int, ...]) -> int | None:
    sorts, result = terms.constants[p[0]]
    return result if sorts == s else None


def _proj_sort(terms: Terms, p: tuple[Any, ...], s: tuple[int, ...]) -> int | None:
    items = terms.items(s[0])
    return items[p[0]] if p[0] < len(items) else None


def _write_sort(terms: Terms, p: tuple[Any, ...], s: tuple[int, ...]) -> int | None:
    return MEM if s[:2] == (MEM, 64) and s[2] > 0 and s[2] % 8 == 0 else None


_words, _compared = _fixed(None), _fixed(BOOL)
OPERATORS: dict[str, Operator] = {
    "var": Operator(2, 0, 0, lambda terms, p, s: p[1]),
    "bool": Operator(1, 0, 0, lambda terms, p, s: BOOL if p[0] < 2 else None),
    "bv": Operator(2, 0, 0, lambda terms, p, s: p[1] if 0 < p[1] <= MAX_WIDTH and not p[0] >> p[1] else None),
    "app": Operator(1, 0, ANY, _app_sort),
    "not": Operator(0, 1, 1, _bool_sort),
    "and": Operator(0, 1, ANY, _bool_sort),
    "or": Operator(0, 1, ANY, _bool_sort),
    "xor": Operator(0, 2, 2, _bool_sort),
    "=>": Operator(0, 2, 2, _bool_sort),
    "=": Operator(0, 2, 2, lambda terms, p, s: BOOL if s[0] == s[1] else None),
    "ite": Operator(0, 3, 3, lambda terms, p, s: s[1] if s[0] == BOOL and s[1] == s[2] else None),
    **dict.fromkeys(("bvnot", "bvneg"), Operator(0, 1, 1, _words)),
    **dict.fromkeys(("bvand", "bvor", "bvxor", "bvadd", "bvmul"), Operator(0, 2, ANY, _words)),
    **dict.fromkeys(("bvsub", "bvudiv", "bvurem", "bvshl", "bvlshr", "bvashr"), Operator(0, 2, 2, _words)),
    **dict.fromkeys(("bvult", "bvule", "bvslt", "bvsle"), Operator(0, 2, 2, _compared)),
    "concat": Operator(0, 2, ANY, _widths_added),
    "extract": Operator(2, 1, 1, lambda terms, p, s: p[0] - p[1] + 1 if p[1] <= p[0] < s[0] else None),
    "zero_extend": Operator(1, 1, 1, lambda terms, p, s: s[0] + p[0] if s[0] > 0 else None),
    "sign_extend": Operator(1, 1, 1, lambda terms, p, s: s[0] + p[0] if s[0] > 0 else None),
    "rotate_right": Operator(1, 1, 1, lambda terms, p, s: s[0] if p[0] < s[0] else None),
    "clmul": Operator(0, 2, 2, _widths_added),
    "read": Operator(1, 2, 2, lambda terms, p, s: 8 * p[0] if s == (MEM, 64) and p[0] else None),
    "write": Operator(0, 3, 3, _write_sort),
    "tuple": Operator(0, 0, ANY, lambda terms, p, s: terms.tuple_sort(s)),
    "proj": Operator(1, 1, 1, _proj_sort),
}


class Template:
    """Terms prepared for substitution: a program that makes them again from what stands for their variables.

    Slots hold terms: first the variables and the closed subterms, then one slot for each open subterm, in post-order.
    """

    def __init__(self, terms: Terms, roots: Sequence[int], closed: set[int]) -> None:
        self._terms = terms
        inner: dict[int, None] = {}
        self._slots: dict[int, int] = {}
        self._start: list[int] = []
        for t in terms.below(roots, closed, terms.arguments):
            if t in terms.names:
                self._leaf(t)
            elif any(a in inner or a in self._slots for a in terms.arguments(t)):
                inner[t] = None
            else:
                closed.add(t)
        for used in (roots, *map(terms.arguments, inner)):
            for t in used:
                if t not in inner and t not in self._slots:
                    self._leaf(t)
        where = dict(self._slots)
        for t in inner:
            where[t] = len(where)
        self.steps: list[tuple[Node, Callable[[list[int]], tuple[int, ...]], int]] = []
        for t in inner:
            cut = OPERATORS[terms.nodes[t][0]].parameters + 1
            picked = [where[a] for a in terms.nodes[t][cut:]]
            self.steps.append((terms.nodes[t][:cut], _picker(picked), terms.sorts[t]))
        self._results = [where[r] for r in roots]

    def _leaf(self, t: int) -> None:
        self._slots[t] = len(self._start)
        self._start.append(t)

    def with_(self, mapping: dict[int, int]) -> list[int]:
        """The terms with variables replaced, all at once. The sorts agree: the caller has seen to it."""
        values = self._start.copy()
        for x, t in mapping.items():
            slot = self._slots.get(x)
            if slot is not None:
                values[slot] = t
        find, add, append = self._terms.index.get, self._terms.add, values.append
        for head, pick, sort in self.steps:
            node = head + pick(values)
            found = find(node)
            append(add(node, sort) if found is None else found)
        return [values[i] for i in self._results]


def _picker(slots: list[int]) -> Callable[[list[int]], tuple[int, ...]]:
    if len(slots) == 1:
        (slot,) = slots
        return lambda values: (values[slot],)
    return itemgetter(*slots)


# Evaluation: (values of the arguments, parameters, bits of the arguments, bits of the result)


def _signed_order(v: Sequence[int], width: int) -> tuple[int, int]:
    """The two values with their sign bits flipped: their unsigned order is the signed order of the values."""
    top = 1 << (width - 1)
    return v[0] ^ top, v[1] ^ top


def _shift_right_signed(v: Sequence[int], width: int) -> int:
    by = min(v[1], width)
    sign_bits = ones(by) << (width - by) if v[0] >> (width - 1) else 0
    return v[0] >> by | sign_bits


def _joined(v: Sequence[int], widths: Sequence[int]) -> int:
    out = 0
    for x, w in zip(v, widths, strict=True):
        out = (out << w) + x
    return out


def _carryless(x: int, y: int) -> int:
    product = 0
    for i in range(y.bit_length()):
        if y >> i & 1:
            product ^= x << i
    return product


EVALUATE: dict[str, Callable[[Sequence[int], tuple[int, ...], Sequence[int], int], int]] = {
    "bool": lambda v, p, s, w: p[0],
    "bv": lambda v, p, s, w: p[0],
    "not": lambda v, p, s, w: v[0] ^ 1,
    "and": lambda v, p, s, w: min(v),
    "or": lambda v, p, s, w: max(v),
    "xor": lambda v, p, s, w: v[0] ^ v[1],
    "=>": lambda v, p, s, w: 1 - v[0] | v[1],
    "=": lambda v, p, s, w: int(v[0] == v[1]),
    "ite": lambda v, p, s, w: v[2 - v[0]],
    "bvnot": lambda v, p, s, w: ones(w) - v[0],
    "bvneg": lambda v, p, s, w: -v[0] % (1 << w),
    "bvand": lambda v, p, s, w: reduce(lambda a, b: a & b, v),
    "bvor": lambda v, p, s, w: reduce(lambda a, b: a | b, v),
    "bvxor": lambda v, p, s, w: reduce(lambda a, b: a ^ b, v),
    "bvadd": lambda v, p, s, w: sum(v) % (1 << w),
    "bvmul": lambda v, p, s, w: reduce(lambda a, b: a * b % (1 << w), v),
    "bvsub": lambda v, p, s, w: (v[0] - v[1]) % (1 << w),
    "bvudiv": lambda v, p, s, w: v[0] // v[1] if v[1] else ones(w),
    "bvurem": lambda v, p, s, w: v[0] % v[1] if v[1] else v[0],
    "bvshl": lambda v, p, s, w: (v[0] << min(v[1], w)) % (1 << w),
    "bvlshr": lambda v, p, s, w: v[0] >> min(v[1], w),
    "bvashr": lambda v, p, s, w: _shift_right_signed(v, w),
    "bvult": lambda v, p, s, w: int(v[0] < v[1]),
    "bvule": lambda v, p, s, w: int(v[0] <= v[1]),
    "bvslt": lambda v, p, s, w: int(_signed_order(v, s[0])[0] < _signed_order(v, s[0])[1]),
    "bvsle": lambda v, p, s, w: int(_signed_order(v, s[0])[0] <= _signed_order(v, s[0])[1]),
    "concat": lambda v, p, s, w: _joined(v, s),
    "extract": lambda v, p, s, w: (v[0] >> p[1]) % (1 << w),
    "zero_extend": lambda v, p, s, w: v[0],
    "sign_extend": lambda v, p, s, w: v[0] + (ones(p[0]) << s[0] if v[0] >> (s[0] - 1) else 0),
    "rotate_right": lambda v, p, s, w: v[0] >> p[0] | v[0] % (1 << p[0]) << (w - p[0]),
    "clmul": lambda v, p, s, w: _carryless(v[0], v[1]),
}


def evaluate(terms: Terms, root: int) -> int:
    """The value of a closed term of bits."""
    values: dict[int, int] = {}
    for t in terms.below([root], (), terms.arguments):
        node, arguments = terms.nodes[t], terms.arguments(t)
        rule = EVALUATE.get(node[0])
        if rule is None or any(terms.sorts[a] < 0 for a in arguments):
            raise Refused(f"{brief(terms, t)} has no value")
        values[t] = rule([values[a] for a in arguments], node[1:], [terms.bits(a) for a in arguments], terms.bits(t))
    return values[root]


# Normal forms: equal forms mean equal terms

Polynomial = dict[tuple[int, ...], int]  # sorted atoms → coefficient, none of them zero
Monomial = frozenset[int]  # factors: an atom's number times 2^21 plus an offset
BitForm = dict[Monomial, int]  # monomial → the mask of the bits it occurs in, none of them zero
_OFFSET = 21
_ONE: Monomial = frozenset()

_RING = frozenset(("bvadd", "bvsub", "bvneg", "bvmul", "bvnot"))
_ANF = frozenset((
    *("bvxor", "xor", "bvand", "and", "bvor", "or", "bvnot", "not", "=>"),
    *("extract", "concat", "zero_extend", "rotate_right"),
))  # fmt: skip


class Forms:
    """Polynomials over Z/2^n (`ring`) and over GF(2) bit by bit (`anf`), each computed once for a term."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._rings: dict[int, Polynomial] = {}
        self._anfs: dict[int, BitForm] = {}
        self._kept = 0

    def same_ring(self, a: int, b: int) -> bool:
        """Whether two bit vectors of one width are equal as polynomials in their atoms."""
        self._forget()
        for t in self._terms.below([a, b], self._rings, self._ring_parts):
            form = self._rings[t] = self._ring(t)
            self._kept += len(form)
        return self._rings[a] == self._rings[b]

    def same_anf(self, a: int, b: int) -> bool:
        """Whether two terms of one width are, bit by bit, equal as XORs of ANDs of their atoms' bits."""
        self._forget()
        for t in self._terms.below([a, b], self._anfs, self._anf_parts):
            form = self._anfs[t] = self._anf(t)
            self._kept += len(form)
        return self._anfs[a] == self._anfs[b]

    def _forget(self) -> None:
        if self._kept > MAX_REMEMBERED:
            self._rings.clear()
            self._anfs.clear()
            self._kept = 0

    def _ring_parts(self, t: int) -> tuple[int, ...]:
        node = self._terms.nodes[t]
        if node[0] in _RING:
            return node[1:]
        return node[1:2] if node[0] == "bvshl" and self._terms.value(node[2]) is not None else ()

    def _ring(self, t: int) -> Polynomial:
        name, *parts = self._terms.nodes[t]
        modulo = ones(self._terms.sorts[t])
        if not self._ring_parts(t):
            value = self._terms.value(t)
            return {(t,): 1} if value is None else {(): value} if value else {}
        forms = [self._rings[a] for a in self._ring_parts(t)]
        if name == "bvmul":
            return reduce(lambda f, g: _times(f, g, modulo), forms)
        if name == "bvadd":
            return _weighted([(f, 1) for f in forms], 0, modulo)
        if name == "bvsub":
            return _weighted([(forms[0], 1), (forms[1], -1)], 0, modulo)
        if name == "bvshl":
            amount = min(self._terms.nodes[parts[1]][1], self._terms.sorts[t])
            return _weighted([(forms[0], 1 << amount)], 0, modulo)
        return _weighted([(forms[0], -1)], -1 if name == "bvnot" else 0, modulo)

    def _anf_parts(self, t: int) -> tuple[int, ...]:
        terms = self._terms
        node = terms.nodes[t]
        name = node[0]
        if name in _ANF:
            return terms.arguments(t)
        if name in ("bvshl", "bvlshr", "bvmul"):
            return node[1:2] if self._amount(node) is not None else ()
        if name == "=":
            return node[1:] if terms.sorts[node[1]] in (BOOL, 1) else ()
        return node[1:] if name == "ite" and terms.sorts[t] in (BOOL, 1) else ()

    def _amount(self, node: Node) -> int | None:
        """How far a shift, or a product with a power of two, moves its first argument; None where that varies."""
        value = self._terms.value(node[2])
        if node[0] != "bvmul" or value is None:
            return value
        return value.bit_length() - 1 if len(node) == 3 and value.bit_count() == 1 else None

    def _anf(self, t: int) -> BitForm:
        terms = self._terms
        node, parts, width = terms.nodes[t], self._anf_parts(t), terms.bits(t)
        every = ones(width)
        name = node[0]
        if not parts:
            value = terms.value(t)
            return {frozenset((t << _OFFSET,)): every} if value is None else {_ONE: value} if value else {}
        forms = [self._anfs[a] for a in parts]
        if name in ("bvxor", "xor"):
            return _sum(forms)
        if name in ("bvand", "and"):
            return reduce(_and, forms)
        if name in ("bvor", "or"):
            return _flipped(reduce(_and, [_flipped(f, every) for f in forms]), every)
        if name in ("bvnot", "not"):
            return _flipped(forms[0], every)
        if name == "=>":
            return _flipped(_and(forms[0], _flipped(forms[1], every)), every)
        if name == "=":
            return _flipped(_sum(forms), every)
        if name == "ite":
            return _sum([_and(forms[0], forms[1]), _and(_flipped(forms[0], every), forms[2])])
        if name == "zero_extend":
            return forms[0]
        out: BitForm = {}
        if name == "extract":
            self._place(out, forms[0], node[2], width, 0)
        elif name == "concat":
            at = width
            for part, form in zip(parts, forms, strict=True):
                at -= terms.sorts[part]
                self._place(out, form, 0, terms.sorts[part], at)
        elif name == "rotate_right":
            self._place(out, forms[0], node[1], width - node[1], 0)
            self._place(out, forms[0], 0, node[1], width - node[1])
        else:
            amount = min(self._amount(node) or 0, width)
            low, at = (amount, 0) if name == "bvlshr" else (0, amount)
            self._place(out, forms[0], low, width - amount, at)
        return out

    def _place(self, out: BitForm, form: BitForm, low: int, count: int, at: int) -> None:
        """Add `count` bits of a form, those from `low` on, to `out`, from bit `at` on."""
        window = ones(count) << low
        move = low - at
        for monomial, mask in form.items():
            bits = mask & window
            if bits:
                moved = monomial if not move else self._moved(monomial, move)
                _toggle(out, moved, bits >> move if move >= 0 else bits << -move)

    def _moved(self, monomial: Monomial, by: int) -> Monomial:
        factors = []
        for f in monomial:
            atom, offset = f >> _OFFSET, f & ones(_OFFSET)
            factors.append(atom << _OFFSET | (offset + by) % self._terms.bits(atom))
        return frozenset(factors)


def _weighted(parts: list[tuple[Polynomial, int]], constant: int, modulo: int) -> Polynomial:
    """constant + the sum of weight · polynomial."""
    if parts[0][1] == 1:
        out, parts = dict(parts[0][0]), parts[1:]
    else:
        out = {}
    one: Polynomial = {(): 1}
    for form, weight in [*parts, (one, constant)]:
        for monomial, k in form.items():
            total = (out.get(monomial, 0) + weight * k) & modulo
            if total:
                out[monomial] = total
            else:
                out.pop(monomial, None)
    return out


def _times(f: Polynomial, g: Polynomial, modulo: int) -> Polynomial:
    out: Counter[tuple[int, ...]] = Counter()
    for m, k in f.items():
        for n, l in g.items():
            out[tuple(sorted(m + n))] += k * l
    product = {m: k & modulo for m, k in out.items() if k & modulo}
    return _bounded(product)


def _bounded(product: dict[Any, int]) -> dict[Any, int]:
    if len(product) > MAX_MONOMIALS:
        raise Refused(f"a normal form of over {MAX_MONOMIALS} monomials")
    return product


def _toggle(out: BitForm, monomial: Monomial, mask: int) -> None:
    left = out.get(monomial, 0) ^ mask
    if left:
        out[monomial] = left
    else:
        del out[monomial]


def _sum(forms: list[BitForm]) -> BitForm:
    ordered = sorted(forms, key=len)
    out = dict(ordered.pop())
    for form in ordered:
        for monomial, mask in form.items():
            _toggle(out, monomial, mask)
    return out


def _flipped(form: BitForm, every: int) -> BitForm:
    return _sum([form, {_ONE: every}])


def _and(f: BitForm, g: BitForm) -> BitForm:
    out: BitForm = {}
    for m, a in f.items():
        for n, b in g.items():
            if a & b:
                _toggle(out, m | n, a & b)
    return _bounded(out)


# Circuits: literals are ints, negative for the complement

TRUE = 1 << 60
FALSE = -TRUE
Bits = list[int]


class Circuit:
    """A CNF that grows with every gate that is made; a gate asked for again is not made again."""

    def __init__(self) -> None:
        self.clauses: list[tuple[int, ...]] = []
        self.variables = 0
        self._made: dict[tuple[str, int, int, int], int] = {}

    def fresh(self) -> int:
        """A new variable."""
        self.variables += 1
        return self.variables

    def _gate(self, kind: str, a: int, b: int, c: int, clauses: tuple[tuple[int, ...], ...]) -> int:
        """The gate's variable. Its clauses are written with indices: ±1 is the variable, ±2 ±3 ±4 are a, b, c."""
        key = (kind, a, b, c)
        out = self._made.get(key)
        if out is None:
            out = self._made[key] = self.fresh()
            pins = (0, out, a, b, c, -c, -b, -a, -out)
            self.clauses += [tuple([pins[i] for i in clause]) for clause in clauses]
        return out

    def and_(self, a: int, b: int) -> int:
        if a == FALSE or b == FALSE or a == -b:
            return FALSE
        if a == TRUE or a == b:
            return b
        if b == TRUE:
            return a
        return self._gate("and", min(a, b), max(a, b), 0, ((-1, 2), (-1, 3), (1, -2, -3)))

    def or_(self, a: int, b: int) -> int:
        return -self.and_(-a, -b)

    def xor(self, a: int, b: int) -> int:
        for one, other in ((a, b), (b, a)):
            if one in (TRUE, FALSE):
                return -other if one == TRUE else other
        if abs(a) == abs(b):
            return FALSE if a == b else TRUE
        low, high = sorted((abs(a), abs(b)))
        out = self._gate("xor", low, high, 0, ((-1, 2, 3), (-1, -2, -3), (1, -2, 3), (1, 2, -3)))
        return out if (a > 0) == (b > 0) else -out

    def mux(self, c: int, a: int, b: int) -> int:
        if c == TRUE or a == b:
            return a
        if c == FALSE:
            return b
        if a in (TRUE, FALSE):
            return self.or_(c, b) if a == TRUE else self.and_(-c, b)
        if b in (TRUE, FALSE):
            return self.or_(-c, a) if b == TRUE else self.and_(c, a)
        if a == -b:
            return self.xor(c, b)
        if c < 0:
            c, a, b = -c, b, a
        return self._gate("mux", c, a, b, ((-1, -2, 3), (-1, 2, 4), (1, -2, -3), (1, 2, -4)))

    def majority(self, a: int, b: int, c: int) -> int:
        a, b, c = sorted((a, b, c))
        if a == FALSE:
            return self.and_(b, c)
        if c == TRUE:
            return self.or_(a, b)
        if b in (a, c):
            return b
        if -a in (b, c):
            return c if b == -a else b
        if b == -c:
            return a
        return self._gate("maj", a, b, c, ((-1, 2, 3), (-1, 2, 4), (-1, 3, 4), (1, -2, -3), (1, -2, -4), (1, -3, -4)))

    def add(self, x: Bits, y: Bits, carry: int = FALSE) -> Bits:
        """The sum modulo 2^width."""
        out = []
        for a, b in zip(x, y, strict=True):
            half = self.xor(a, b)
            out.append(self.xor(half, carry))
            carry = self.majority(a, b, carry)
        return out

    def less(self, x: Bits, y: Bits) -> int:
        carry = TRUE
        for a, b in zip(x, y, strict=True):
            carry = self.majority(a, -b, carry)
        return -carry

    def equal(self, x: Bits, y: Bits) -> int:
        same = TRUE
        for a, b in zip(x, y, strict=True):
            same = self.and_(same, -self.xor(a, b))
        return same

    def shift(self, x: Bits, amount: Bits, fill: int, left: bool) -> Bits:
        for k, bit in enumerate(amount):
            moved_in = [fill] * min(1 << k, len(x))
            moved = [*moved_in, *x][: len(x)] if left else [*x, *moved_in][-len(x) :]
            x = [self.mux(bit, m, old) for m, old in zip(moved, x, strict=True)]
        return x

    def multiply(self, x: Bits, y: Bits) -> Bits:
        total = [FALSE] * len(x)
        for i, bit in enumerate(y):
            row = [FALSE] * i + [self.and_(x[j], bit) for j in range(len(x) - i)]
            total = self.add(total, row)
        return total

    def divide(self, x: Bits, y: Bits) -> tuple[Bits, Bits]:
        quotient, rest, divisor = [FALSE] * len(x), [FALSE] * len(x), [*y, FALSE]
        for i in reversed(range(len(x))):
            trial = [x[i], *rest]
            quotient[i] = -self.less(trial, divisor)
            difference = self.add(trial, [-b for b in divisor], TRUE)
            rest = [self.mux(quotient[i], d, t) for d, t in zip(difference, trial, strict=True)][:-1]
        return quotient, rest

    def carryless(self, x: Bits, y: Bits) -> Bits:
        out = [FALSE] * (len(x) + len(y))
        for i, b in enumerate(y):
            for j, a in enumerate(x):
                out[i + j] = self.xor(out[i + j], self.and_(a, b))
        return out


def _gates(kind: str) -> Callable[[Circuit, list[Bits], tuple[int, ...], int], Bits]:
    """A gate over each column of the arguments' bits, folded from the left."""

    def build(c: Circuit, b: list[Bits], p: tuple[int, ...], w: int) -> Bits:
        gate: Callable[[int, int], int] = getattr(c, kind)
        return [reduce(gate, column) for column in zip(*b, strict=True)]

    return build


def _flip_top(x: Bits) -> Bits:
    return [*x[:-1], -x[-1]]


def _negated(x: Bits) -> Bits:
    return [-a for a in x]


# (circuit, bits of the arguments, parameters, width of the result) → bits of the result
CIRCUITS: dict[str, Callable[[Circuit, list[Bits], tuple[int, ...], int], Bits]] = {
    **dict.fromkeys(("bool", "bv"), lambda c, b, p, w: [TRUE if p[0] >> i & 1 else FALSE for i in range(w)]),
    **dict.fromkeys(("not", "bvnot"), lambda c, b, p, w: _negated(b[0])),
    **dict.fromkeys(("and", "bvand"), _gates("and_")),
    **dict.fromkeys(("or", "bvor"), _gates("or_")),
    **dict.fromkeys(("xor", "bvxor"), _gates("xor")),
    "=>": lambda c, b, p, w: [c.or_(-b[0][0], b[1][0])],
    "=": lambda c, b, p, w: [c.equal(b[0], b[1])],
    "ite": lambda c, b, p, w: [c.mux(b[0][0], x, y) for x, y in zip(b[1], b[2], strict=True)],
    "bvadd": lambda c, b, p, w: reduce(c.add, b),
    "bvsub": lambda c, b, p, w: c.add(b[0], _negated(b[1]), TRUE),
    "bvneg": lambda c, b, p, w: c.add([FALSE] * w, _negated(b[0]), TRUE),
    "bvmul": lambda c, b, p, w: reduce(c.multiply, b),
    "bvudiv": lambda c, b, p, w: c.divide(b[0], b[1])[0],
    "bvurem": lambda c, b, p, w: c.divide(b[0], b[1])[1],
    "bvshl": lambda c, b, p, w: c.shift(b[0], b[1], FALSE, True),
    "bvlshr": lambda c, b, p, w: c.shift(b[0], b[1], FALSE, False),
    "bvashr": lambda c, b, p, w: c.shift(b[0], b[1], b[0][-1], False),
    "bvult": lambda c, b, p, w: [c.less(b[0], b[1])],
    "bvule": lambda c, b, p, w: [-c.less(b[1], b[0])],
    "bvslt": lambda c, b, p, w: [c.less(_flip_top(b[0]), _flip_top(b[1]))],
    "bvsle": lambda c, b, p, w: [-c.less(_flip_top(b[1]), _flip_top(b[0]))],
    "concat": lambda c, b, p, w: [bit for word in reversed(b) for bit in word],
    "extract": lambda c, b, p, w: b[0][p[1] : p[0] + 1],
    "zero_extend": lambda c, b, p, w: b[0] + [FALSE] * p[0],
    "sign_extend": lambda c, b, p, w: b[0] + b[0][-1:] * p[0],
    "rotate_right": lambda c, b, p, w: b[0][p[0] :] + b[0][: p[0]],
    "clmul": lambda c, b, p, w: c.carryless(b[0], b[1]),
}
_QUADRATIC = frozenset(("bvmul", "bvudiv", "bvurem", "bvshl", "bvlshr", "bvashr", "clmul"))


def circuit(terms: Terms, goal: int) -> tuple[Circuit, int]:
    """The circuit of a Bool term and its output literal; what has no circuit becomes new variables."""

    def parts(t: int) -> tuple[int, ...]:
        arguments = terms.arguments(t)
        return arguments if terms.nodes[t][0] in CIRCUITS and all(terms.sorts[a] >= 0 for a in arguments) else ()

    made = Circuit()
    bits: dict[int, Bits] = {}
    asked = 0
    for t in terms.below([goal], (), parts):
        node, inputs = terms.nodes[t], parts(t)
        build = CIRCUITS.get(node[0])
        if build is None or len(inputs) != len(terms.arguments(t)):
            bits[t] = [made.fresh() for _ in range(terms.bits(t))]
            continue
        words = [bits[a] for a in inputs]
        asked += sum(map(len, words)) * (len(words[0]) if node[0] in _QUADRATIC else 1)
        if asked > MAX_GATES:
            raise Refused(f"a circuit of over {MAX_GATES} gates")
        bits[t] = build(made, words, node[1:], terms.bits(t))
    return made, bits[goal][0]


def dimacs_digest(variables: int, clauses: Sequence[tuple[int, ...]]) -> str:
    """SHA-256 of a CNF's DIMACS text."""
    hashed = sha256(f"p cnf {variables} {len(clauses)}\n".encode())
    for start in range(0, len(clauses), 4096):
        lines = [" ".join(map(str, clause)) + " 0\n" for clause in clauses[start : start + 4096]]
        hashed.update("".join(lines).encode())
    return hashed.hexdigest()


class Lrat:
    """A refutation under way: clauses by number, and whether the empty one is among them."""

    def __init__(self, clauses: Sequence[tuple[int, ...]]) -> None:
        self._known = dict(enumerate(map(frozenset, clauses), 1))
        self._last = len(clauses)
        self.refuted = False

    def step(self, words: list[int]) -> None:
        """Check `id lit… 0 hint… 0` by reverse unit propagation, and keep its clause."""
        if words.count(0) != 2 or words[-1] != 0 or words[0] <= self._last:
            raise Refused(f"an LRAT step is `id lit… 0 hint… 0` with an id above {self._last}")
        if self.refuted:
            raise Refused("a step after the empty clause")
        number = self._last = words[0]
        cut = words.index(0)
        clause = frozenset(words[1:cut])
        false = set(clause)
        known = self._known
        hints = iter(words[cut + 1 : -1])
        for hint in hints:
            if hint not in known:
                raise Refused(f"step {number}: there is no clause {hint}")
            free = known[hint] - false
            if not free:
                break
            (literal, *others) = free
            if others:
                raise Refused(f"step {number}: clause {hint} is not unit")
            false.add(-literal)
        else:
            raise Refused(f"step {number}: its hints end without a conflict")
        if next(hints, None) is not None:
            raise Refused(f"step {number}: hints after the conflict")
        self._known[number] = clause
        self.refuted = not clause


# Definitions


@dataclass(frozen=True)
class Definition:
    """How a constant was introduced.

    The parameters of DEFINE_REC begin with the recursion's variable, those of DEFINE_PROGRAM are base and state. `body`
    is also the value at 0, `before` stands in `step` for the value before, `cases` are the transitions by address.
    """

    kind: str
    name: str
    sorts: tuple[int, ...]
    result: int
    parameters: tuple[int, ...] = ()
    body: int | None = None
    before: int | None = None
    step: int | None = None
    component: int = 0
    cases: dict[int, int] = field(default_factory=dict)

    def bodies(self) -> list[int]:
        """All terms of the right sides."""
        return [t for t in (self.body, self.step, *self.cases.values()) if t is not None]


# The rules


class Proof:
    """Theorems by number, each a set of hypotheses (by number: there are few distinct ones) and a conclusion.

    The methods in capitals are the rules of FORMAT.md: from operands to a pair (hypotheses, conclusion).
    """

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.definitions: list[Definition] = []
        self.hyps: list[int] = []
        self.concls: list[int] = []
        self.sets: list[frozenset[int]] = [frozenset()]
        self._set_numbers: dict[frozenset[int], int] = {frozenset(): 0}
        self._unions: dict[tuple[int, int], int] = {}
        self._forms = Forms(terms)
        self._closed: set[int] = set()
        self._projected: dict[int, int] = {}
        self._templates: dict[int, Template | None] = {}
        self._template_steps = 0

    # Hypotheses, equations, substitution

    def set_number(self, hyps: frozenset[int]) -> int:
        """The number of a set of hypotheses."""
        number = self._set_numbers.setdefault(hyps, len(self.sets))
        if number == len(self.sets):
            self.sets.append(hyps)
        return number

    def union(self, i: int, j: int) -> int:
        """The number of the union of two sets."""
        if i == j or not j:
            return i
        if not i:
            return j
        both = self._unions.get((i, j))
        if both is None:
            both = self._unions[i, j] = self.set_number(self.sets[i] | self.sets[j])
        return both

    def check_premise(self, p: int) -> None:
        """Refused unless there is an inference of that number."""
        if p >= len(self.concls):
            raise Refused(f"there is no inference {p} yet")

    def _both(self, p: int, q: int) -> int:
        return self.union(self.hyps[p], self.hyps[q])

    def _without(self, p: int, *gone: int) -> int:
        number = self.hyps[p]
        hyps = self.sets[number]
        return self.set_number(hyps.difference(gone)) if not hyps.isdisjoint(gone) else number

    def _sides(self, p: int, symbol: str = "=") -> tuple[int, int]:
        node = self.terms.nodes[self.concls[p]]
        if node[0] != symbol:
            raise Refused(f"premise {p} does not have the form a {symbol} b: {self._show(self.concls[p])}")
        return node[1], node[2]

    def _equation(self, a: int, b: int) -> tuple[int, int]:
        return 0, self.terms.intern("=", a, b)

    def _bool(self, t: int) -> int:
        if self.terms.sorts[t] != BOOL:
            raise Refused(f"{self._show(t)} is not Bool")
        return t

    def _not_max(self, x: int) -> int:
        terms = self.terms
        return terms.intern("not", terms.intern("=", x, terms.number(-1, terms.sorts[x])))

    def _replace(self, t: int, x: int, by: int) -> int:
        return Template(self.terms, [t], self._closed).with_({x: by})[0]

    def _show(self, t: int) -> str:
        return brief(self.terms, t)

    # Equality

    def REFL(self, t: int) -> tuple[int, int]:
        """⊢ t = t"""
        return self._equation(t, t)

    def SYM(self, p: int) -> tuple[int, int]:
        """Γ ⊢ a = b  gives  Γ ⊢ b = a"""
        a, b = self._sides(p)
        return self.hyps[p], self.terms.intern("=", b, a)

    def TRANS(self, p: int, q: int) -> tuple[int, int]:
        """Γ ⊢ a = b  and  Δ ⊢ b = c  give  Γ ∪ Δ ⊢ a = c"""
        a, b = self._sides(p)
        also_b, c = self._sides(q)
        if b != also_b:
            raise Refused(f"the middle terms differ: {self._show(b)} and {self._show(also_b)}")
        return self._both(p, q), self.terms.intern("=", a, c)

    def CONG(self, t: int, changes: list[int]) -> tuple[int, int]:
        """Γi ⊢ ai = bi for some arguments ai of t  give  ∪Γi ⊢ t = t with those replaced"""
        terms = self.terms
        arguments = terms.arguments(t)
        new = list(terms.nodes[t])
        head = len(new) - len(arguments)
        positions = changes[::2]
        if len(changes) % 2 or len(set(positions)) < len(positions):
            raise Refused("the changes are pairs of a position, each once, and a premise")
        hyps = 0
        for i, p in zip(positions, changes[1::2], strict=True):
            self.check_premise(p)
            a, b = self._sides(p)
            if i >= len(arguments) or arguments[i] != a:
                raise Refused(f"argument {i} of {self._show(t)} is not {self._show(a)}")
            new[head + i] = b
            hyps = self.union(hyps, self.hyps[p])
        return hyps, terms.intern("=", t, terms.intern(*new))

    def EQ_MP(self, p: int, q: int) -> tuple[int, int]:
        """Γ ⊢ c = d  and  Δ ⊢ c  give  Γ ∪ Δ ⊢ d"""
        c, d = self._sides(p)
        if c != self.concls[q]:
            raise Refused(f"the equation is about {self._show(c)}, the theorem says {self._show(self.concls[q])}")
        return self._both(p, q), d

    # Logic

    def ASSUME(self, t: int) -> tuple[int, int]:
        """{t} ⊢ t"""
        return self.set_number(frozenset((self._bool(t),))), t

    def DISCH(self, p: int, t: int) -> tuple[int, int]:
        """Γ ⊢ q  gives  Γ − {t} ⊢ t ⇒ q"""
        return self._without(p, t), self.terms.intern("=>", t, self.concls[p])

    def MP(self, p: int, q: int) -> tuple[int, int]:
        """Γ ⊢ c ⇒ d  and  Δ ⊢ c  give  Γ ∪ Δ ⊢ d"""
        c, d = self._sides(p, "=>")
        if c != self.concls[q]:
            raise Refused(f"the implication needs {self._show(c)}, the theorem says {self._show(self.concls[q])}")
        return self._both(p, q), d

    def INST(self, p: int, pairs: list[int]) -> tuple[int, int]:
        """Γ ⊢ q  gives  Γ[t/x] ⊢ q[t/x], variables x, all at once"""
        terms = self.terms
        variables, replacements = pairs[::2], pairs[1::2]
        mapping = dict(zip(variables, replacements, strict=False))
        if 2 * len(mapping) != len(pairs) or not terms.names.issuperset(variables):
            raise Refused("the data are pairs of a variable, each once, and a term")
        if [terms.sorts[x] for x in variables] != [terms.sorts[t] for t in replacements]:
            raise Refused("a variable and the term in its place differ in sort")
        concl, *hyps = self._template(p).with_(mapping)
        return self.set_number(frozenset(hyps)), concl

    def _template(self, p: int) -> Template:
        """The theorem p as a template; kept from its second use on, for most theorems are instantiated once."""
        template = self._templates.get(p)
        if template is None:
            template = Template(self.terms, [self.concls[p], *self.sets[self.hyps[p]]], self._closed)
            if p in self._templates:
                self._template_steps += len(template.steps)
                if self._template_steps > MAX_REMEMBERED:
                    self._templates.clear()
                    self._template_steps = len(template.steps)
                self._templates[p] = template
            else:
                self._templates[p] = None
        return template

    def CASES(self, p: int, q: int, t: int) -> tuple[int, int]:
        """Γ ⊢ c  and  Δ ⊢ c  give  (Γ − {t}) ∪ (Δ − {¬t}) ⊢ c"""
        if self.concls[p] != self.concls[q]:
            raise Refused(f"the conclusions differ: {self._show(self.concls[p])} and {self._show(self.concls[q])}")
        hyps = self.union(self._without(p, self._bool(t)), self._without(q, self.terms.intern("not", t)))
        return hyps, self.concls[p]

    # Computation

    def EVAL(self, t: int) -> tuple[int, int]:
        """⊢ t = its value"""
        return self._equation(t, self.terms.number(evaluate(self.terms, t), self.terms.sorts[t]))

    def RING(self, a: int, b: int) -> tuple[int, int]:
        """⊢ a = b  for equal polynomials"""
        if self.terms.sorts[a] != self.terms.sorts[b] or self.terms.sorts[a] <= 0:
            raise Refused("the two terms are not bit vectors of one width")
        if not self._forms.same_ring(a, b):
            raise Refused(f"the polynomials of {self._show(a)} and {self._show(b)} differ")
        return self._equation(a, b)

    def ANF(self, a: int, b: int) -> tuple[int, int]:
        """⊢ a = b  for equal XORs of ANDs"""
        if self.terms.sorts[a] != self.terms.sorts[b] or self.terms.sorts[a] < 0:
            raise Refused("the two terms are not bit vectors of one width or Bools")
        if not self._forms.same_anf(a, b):
            raise Refused(f"the forms of {self._show(a)} and {self._show(b)} differ")
        return self._equation(a, b)

    def refutation(self, t: int, digest: str) -> Lrat | None:
        """What BLAST has to refute; None when the circuit of t is constant true."""
        made, output = circuit(self.terms, self._bool(t))
        if output == TRUE:
            return None
        clauses = made.clauses if output == FALSE else [*made.clauses, (-output,)]
        own = dimacs_digest(made.variables, clauses)
        if own != digest:
            raise Refused(f"the proof is about the CNF {digest[:64]}, the goal's is {own}")
        return Lrat(clauses)

    # Memories and tuples

    def _apart(self, a: int) -> tuple[tuple[int, ...], int]:
        """An address as the terms and the constant that it is the sum of."""
        terms = self.terms
        addends = terms.arguments(a) if terms.nodes[a][0] == "bvadd" else (a,)
        constants = [terms.value(x) for x in addends]
        rest = tuple([x for x, value in zip(addends, constants, strict=True) if value is None])
        return rest, sum([value for value in constants if value is not None])

    def _offset(self, b: int, size: int, a: int, room: int) -> int:
        """The d with b = a + d, where `size` bytes from b on are inside `room` bytes from a on."""
        (rest_a, sum_a), (rest_b, sum_b) = self._apart(a), self._apart(b)
        if rest_a != rest_b:
            raise Refused(f"{self._show(b)} and {self._show(a)} are not a constant apart")
        d = (sum_b - sum_a) % (1 << 64)
        if d + size > room:
            raise Refused(f"{size} bytes at offset {d} are not inside {room} bytes")
        return d

    def _over_write(self, t: int, kind: str) -> tuple[int, int, int, int, int]:
        """For a read of, or a write to, write(m, a, v): m, a, v, and t's own address and size in bytes."""
        terms = self.terms
        node = terms.nodes[t]
        memory = terms.arguments(t)[0] if node[0] == kind else None
        if memory is None or terms.nodes[memory][0] != "write":
            raise Refused(f"{self._show(t)} is no {kind} over a write")
        m, a, v = terms.nodes[memory][1:]
        b, size = (node[3], node[1]) if kind == "read" else (node[2], terms.sorts[node[3]] // 8)
        return m, a, v, b, size

    def _disjoint(self, p: int, q: int, a: int, n: int, b: int, k: int) -> int:
        """The hypotheses of p: n ≤ b − a, and q: k ≤ a − b."""
        terms = self.terms
        for premise, size, base, other in ((p, n, a, b), (q, k, b, a)):
            if not 0 < size < 1 << 63:
                raise Refused(f"an area of {size} bytes")
            wanted = terms.intern("bvule", terms.number(size, 64), terms.intern("bvsub", other, base))
            if self.concls[premise] != wanted:
                raise Refused(f"premise {premise} is not {self._show(wanted)}")
        return self._both(p, q)

    def _slice(self, t: int, high: int, low: int) -> int:
        return self.terms.intern("extract", high, low, t)

    def READ_PART(self, t: int, a: int, n: int) -> tuple[int, int]:
        """⊢ read(m, a + d, k) = bytes d … d + k − 1 of read(m, a, n)"""
        terms = self.terms
        node = terms.nodes[t]
        if node[0] != "read":
            raise Refused(f"{self._show(t)} is no read")
        k, m, b = node[1:]
        whole = terms.intern("read", n, m, a)
        d = self._offset(b, k, a, n)
        return self._equation(t, self._slice(whole, 8 * (d + k) - 1, 8 * d))

    def READ_WRITE_IN(self, t: int) -> tuple[int, int]:
        """⊢ read(write(m, a, v), a + d, k) = bytes d … d + k − 1 of v"""
        _, a, v, b, k = self._over_write(t, "read")
        d = self._offset(b, k, a, self.terms.sorts[v] // 8)
        return self._equation(t, self._slice(v, 8 * (d + k) - 1, 8 * d))

    def READ_WRITE_OUT(self, p: int, q: int, t: int, a: int, n: int, b: int, k: int) -> tuple[int, int]:
        """Γ ⊢ n ≤ b − a  and  Δ ⊢ k ≤ a − b  give  Γ ∪ Δ ⊢ read(write(m, a′, v), b′, size) = read(m, b′, size)
        where v is written inside [a, a + n) and read inside [b, b + k)"""
        m, at, v, here, size = self._over_write(t, "read")
        hyps = self._disjoint(p, q, a, n, b, k)
        self._offset(at, self.terms.sorts[v] // 8, a, n)
        self._offset(here, size, b, k)
        return hyps, self.terms.intern("=", t, self.terms.intern("read", size, m, here))

    def WRITE_WRITE_IN(self, t: int) -> tuple[int, int]:
        """⊢ write(write(m, a, v), a + d, w) = write(m, a, v with w in its bytes from d on)"""
        terms = self.terms
        m, a, v, b, size = self._over_write(t, "write")
        width = terms.sorts[v]
        low = 8 * self._offset(b, size, a, width // 8)
        high = low + 8 * size
        parts = [
            *([self._slice(v, width - 1, high)] if high < width else []),
            terms.nodes[t][3],
            *([self._slice(v, low - 1, 0)] if low else []),
        ]
        value = terms.intern("concat", *parts) if len(parts) > 1 else parts[0]
        return self._equation(t, terms.intern("write", m, a, value))

    def WRITE_WRITE_OUT(self, p: int, q: int, t: int, a: int, n: int, b: int, k: int) -> tuple[int, int]:
        """Γ ⊢ n ≤ b − a  and  Δ ⊢ k ≤ a − b  give
        Γ ∪ Δ ⊢ write(write(m, a′, v), b′, w) = write(write(m, b′, w), a′, v)
        where v is written inside [a, a + n) and w inside [b, b + k)"""
        terms = self.terms
        m, at, v, here, size = self._over_write(t, "write")
        hyps = self._disjoint(p, q, a, n, b, k)
        self._offset(at, terms.sorts[v] // 8, a, n)
        self._offset(here, size, b, k)
        inner = terms.intern("write", m, here, terms.nodes[t][3])
        return hyps, terms.intern("=", t, terms.intern("write", inner, at, v))

    def WRITE_READ(self, m: int, a: int, n: int) -> tuple[int, int]:
        """⊢ write(m, a, read(m, a, n)) = m"""
        return self._equation(self.terms.intern("write", m, a, self.terms.intern("read", n, m, a)), m)

    def PROJ_TUPLE(self, t: int) -> tuple[int, int]:
        """⊢ t = t with every component of a tuple that is written out, or comes to be, replaced by that argument"""
        terms, done = self.terms, self._projected
        for s in terms.below([t], done, terms.arguments):
            node, arguments = terms.nodes[s], terms.arguments(s)
            new = tuple([done[a] for a in arguments])
            if node[0] == "proj" and terms.nodes[new[0]][0] == "tuple":
                done[s] = terms.arguments(new[0])[node[1]]
            else:
                done[s] = s if new == arguments else terms.intern(*node[: len(node) - len(new)], *new)
        return self._equation(t, done[t])

    def TUPLE_EXT(self, t: int) -> tuple[int, int]:
        """⊢ t = the tuple of its components"""
        if self.terms.sorts[t] > FIRST_TUPLE:
            raise Refused(f"{self._show(t)} is no tuple")
        parts = [self.terms.intern("proj", i, t) for i in range(len(self.terms.items(self.terms.sorts[t])))]
        return self._equation(t, self.terms.intern("tuple", *parts))

    # Definitions, induction

    def _definition(self, number: int, kind: str) -> Definition:
        if number >= len(self.definitions) or self.definitions[number].kind != kind:
            raise Refused(f"definition {number} is no {kind}")
        return self.definitions[number]

    def DEFINE(self, d: int) -> tuple[int, int]:
        """⊢ f(x, …) = body"""
        f = self._definition(d, "DEFINE")
        return self._equation(self.terms.intern("app", f.name, *f.parameters), f.bodies()[0])

    def DEFINE_REC(self, d: int, part: int) -> tuple[int, int]:
        """⊢ f(0, p, …) = base  (part 0)  or  ⊢ x ≠ max ⇒ f(x + 1, p, …) = step with f(x, p, …)  (part 1)"""
        terms = self.terms
        f = self._definition(d, "DEFINE_REC")
        x, *parameters = f.parameters
        width = terms.sorts[x]
        if part == 0 and f.body is not None:
            return self._equation(terms.intern("app", f.name, terms.number(0, width), *parameters), f.body)
        if part != 1 or f.step is None or f.before is None:
            raise Refused(f"a recursion has parts 0 and 1, not {part}")
        here = terms.intern("app", f.name, x, *parameters)
        there = terms.intern("app", f.name, terms.intern("bvadd", x, terms.number(1, width)), *parameters)
        equation = terms.intern("=", there, self._replace(f.step, f.before, here))
        return 0, terms.intern("=>", self._not_max(x), equation)

    def DEFINE_PROGRAM(self, d: int, address: int) -> tuple[int, int]:
        """⊢ pc(s) = base + a ⇒ f(base, s) = the transition at a"""
        terms = self.terms
        f = self._definition(d, "DEFINE_PROGRAM")
        if address not in f.cases:
            raise Refused(f"{f.name} has no transition at {address:#x}")
        base, state = f.parameters
        counter = terms.intern("proj", f.component, state)
        here = terms.intern("=", counter, terms.intern("bvadd", base, terms.number(address, 64)))
        step = terms.intern("=", terms.intern("app", f.name, base, state), f.cases[address])
        return 0, terms.intern("=>", here, step)

    def INDUCT(self, p: int, q: int, x: int, t: int) -> tuple[int, int]:
        """Γ ⊢ P[0]  and  Δ ⊢ P[x + 1]  give  Γ ∪ (Δ − {P, x ≠ max}) ⊢ P, x not free in what is left of Γ and Δ"""
        terms = self.terms
        width = terms.sorts[x]
        if x not in terms.names or width <= 0:
            raise Refused(f"{self._show(x)} is no bit-vector variable")
        if self.concls[p] != self._replace(t, x, terms.number(0, width)):
            raise Refused(f"premise {p} is not the property at 0")
        if self.concls[q] != self._replace(t, x, terms.intern("bvadd", x, terms.number(1, width))):
            raise Refused(f"premise {q} is not the property at {self._show(x)} + 1")
        hyps = self.union(self.hyps[p], self._without(q, t, self._not_max(x)))
        if x in terms.variables(self.sets[hyps]):
            raise Refused(f"{self._show(x)} is free in the hypotheses")
        return hyps, t


# The line of each rule but BLAST: p an inference, t a term, n a number; P position, inference, …; T variable, term, …
RULES: dict[str, str] = {
    "REFL": "t", "SYM": "p", "TRANS": "pp", "CONG": "tP", "EQ_MP": "pp",
    "ASSUME": "t", "DISCH": "pt", "MP": "pp", "INST": "pT", "CASES": "ppt",
    "EVAL": "t", "RING": "tt", "ANF": "tt",
    "READ_PART": "ttn", "READ_WRITE_IN": "t", "READ_WRITE_OUT": "ppttntn",
    "WRITE_WRITE_IN": "t", "WRITE_WRITE_OUT": "ppttntn", "WRITE_READ": "ttn",
    "PROJ_TUPLE": "t", "TUPLE_EXT": "t",
    "DEFINE": "n", "DEFINE_REC": "nn", "DEFINE_PROGRAM": "nn", "INDUCT": "pptt",
}  # fmt: skip


# The lines of a file


def decompressed(source: BinaryIO) -> Iterator[bytes]:
    """The text of a zlib stream, in pieces; Refused for damage, for data after its end, and for too long a text."""
    inflate = zlib.decompressobj()
    total = 0
    try:
        while not inflate.eof:
            data = inflate.unconsumed_tail or source.read(1 << 16)
            piece = inflate.decompress(data, 1 << 20)
            if not data and not piece and not inflate.eof:
                raise Refused("the compressed data end too early")
            total += len(piece)
            if total > MAX_TEXT:
                raise Refused(f"a text of over {MAX_TEXT} bytes")
            yield piece
    except zlib.error as error:
        raise Refused(f"not a zlib stream: {error}") from None
    if inflate.unused_data or source.read(1):
        raise Refused("there are data after the end of the compressed text")


def text_lines(pieces: Iterable[bytes]) -> Iterator[str]:
    """The lines of a text, without their ends."""
    rest = b""
    for piece in pieces:
        data = rest + piece
        whole = data.rfind(b"\n") + 1
        rest = data[whole:]
        if len(rest) > MAX_LINE:
            raise Refused(f"a line of over {MAX_LINE} bytes")
        try:
            text = data[:whole].decode()
        except UnicodeDecodeError as error:
            yield from data[: error.start].decode().split("\n")[:-1]
            raise Refused("the text is not UTF-8") from None
        yield from text.split("\n")[:-1]
    if rest:
        raise Refused("the last line has no end")


def _numbers(words: Sequence[str], signed: bool = False) -> list[int]:
    """Words as numbers in decimal, natural ones or with a sign."""
    digits = "".join(words)
    if signed:
        digits = digits.replace("-", "")
    try:
        if (digits.isdigit() and digits.isascii()) or not words:
            return [int(w) for w in words]
    except ValueError:  # an empty word, a sign in the middle, or thousands of digits
        pass
    raise Refused(f"not numbers in decimal: {brief_text(' '.join(words))}")


def _name(word: str) -> str:
    if word.split() != [word]:
        raise Refused(f"not a name: '{brief_text(word)}'")
    return word


def _counted(numbers: list[int], before: int, each: int, more: int) -> tuple[list[int], list[int]]:
    """Numbers of which one counts groups of those that follow: the numbers before it, and those after it."""
    if len(numbers) <= before or len(numbers) != before + 1 + each * numbers[before] + more:
        raise Refused("the definition has too few or too many numbers")
    return numbers[:before], numbers[before + 1 :]


_HEX = re.compile(r"[0-9a-fA-F]+")
Handlers = dict[str, Callable[[list[str]], None]]


class Reader:
    """Takes the lines of a certificate one by one; `expected` says which may come next, by their first words."""

    def __init__(self) -> None:
        self.terms = Terms()
        self.proof = Proof(self.terms)
        self.about: dict[str, Any] = {}
        self.digest = ""
        self.statement: tuple[int, tuple[int, ...]] | None = None
        self.proved = False
        self.count = 0
        self.rules: Counter[str] = Counter()
        self.steps = 0
        self._hash = sha256()
        self._sorts: list[int] = []
        self._terms: list[int] = []
        self._goal = 0
        self._lrat: Lrat | None = None
        self._steps_left = 0
        self._line: list[str] = []
        self._operands = {rule: (kinds, getattr(self.proof, rule)) for rule, kinds in RULES.items()}
        self._definition_kinds = {
            "DECLARE": self._declared,
            "DEFINE": self._defined,
            "DEFINE_REC": self._recursion,
            "DEFINE_PROGRAM": self._program,
        }
        shared: Handlers = {"S": self._sort_line, "T": self._term_line, "D": self._definition_line}
        self._statement_lines: Handlers = {**shared, "Q": self._statement_line}
        self._proof_lines: Handlers = {**shared, "I": self._inference_line, "E": self._last_line}
        self.expected: Handlers = {"armsym": self._magic_line}

    def read(self, lines: Iterator[str]) -> None:
        """Check all lines; CertificateError where one is refused."""
        try:
            for line in lines:
                self.count += 1
                words = line.split(" ")
                handle = self.expected.get(words[0])
                if handle is None:
                    wanted = ", ".join(self.expected) or "nothing"
                    raise Refused(f"a line '{brief_text(words[0])}' can't stand here, but {wanted}")
                self._line = words
                handle(words)
                self._line = []
                if self.statement is None:
                    self._hash.update(f"{line}\n".encode())
            if not self.proved:
                raise Refused(f"the file ends where {', '.join(self.expected)} should follow")
        except Refused as reason:
            raise CertificateError(f"line {self.count}{self._place()}: {reason}") from None

    def _place(self) -> str:
        """What the line at hand would have introduced."""
        kind, word, name = (*map(brief_text, self._line[:3]), "", "", "")[:3]
        if kind == "S":
            return f", sort {len(self._sorts)}"
        if kind == "T":
            return f", term {len(self._terms)}, {word}"
        if kind == "D":
            return f", definition {len(self.proof.definitions)}, {name}"
        rule = {"I": word, "L": "BLAST"}.get(kind)
        return f", inference {len(self.proof.concls)}, {rule}" if rule is not None else ""

    def _magic_line(self, words: list[str]) -> None:
        if words != ["armsym", "certificate", "1"]:
            raise Refused("not an `armsym certificate 1`")
        self.expected = {"A": self._about_line}

    def _about_line(self, words: list[str]) -> None:
        try:
            about = json.loads(" ".join(words[1:]), parse_float=str, parse_constant=str)
            json.dumps([about])  # nested so deep that it could not be printed?
        except (ValueError, RecursionError) as error:
            raise Refused(f"not JSON: {error}") from None
        if not isinstance(about, dict):
            raise Refused("the JSON is no object")
        self.about = about
        self.expected = self._statement_lines

    def _sort(self, number: int) -> int:
        if number >= len(self._sorts):
            raise Refused(f"there is no sort {number} yet")
        return self._sorts[number]

    def _term(self, number: int) -> int:
        if number >= len(self._terms):
            raise Refused(f"there is no term {number} yet")
        return self._terms[number]

    def _all_terms(self, numbers: Sequence[int]) -> list[int]:
        if numbers:
            self._term(max(numbers))
        return [self._terms[n] for n in numbers]

    def _sort_line(self, words: list[str]) -> None:
        kind, numbers = " ".join(words[1:2]), _numbers(words[2:])
        if kind == "BV" and len(numbers) == 1 and 0 < numbers[0] <= MAX_WIDTH:
            self._sorts.append(numbers[0])
        elif kind == "Tuple":
            self._sorts.append(self.terms.tuple_sort(tuple(map(self._sort, numbers))))
        elif kind in ("Bool", "Mem", "Trace") and not numbers:
            self._sorts.append({"Bool": BOOL, "Mem": MEM, "Trace": TRACE}[kind])
        else:
            raise Refused(f"no such sort: {brief_text(' '.join(words[1:]))} (a BV has 1 to {MAX_WIDTH} bits)")

    def _term_line(self, words: list[str]) -> None:
        name = "".join(words[1:2])
        operator = OPERATORS.get(name)
        if operator is None:
            raise Refused("there is no such operator")
        least = operator.parameters + (3 if name == "app" else 2)
        if len(words) < least or (operator.most == 0 and len(words) > least):
            raise Refused("parameters are missing, or too many")
        if name == "bv":
            if not _HEX.fullmatch(words[2]):
                raise Refused(f"not a hexadecimal number: {brief_text(words[2])}")
            node = [name, int(words[2], 16), *_numbers(words[3:])]
        elif name == "var":
            node = [name, _name(words[2]), *map(self._sort, _numbers(words[3:]))]
        elif name == "app":
            sort, *arguments = _numbers(words[3:])
            constant = self.terms.constants.get(words[2])
            if constant is None or constant[1] != self._sort(sort):
                raise Refused(f"there is no constant {brief_text(words[2])} of that sort yet")
            node = [name, words[2], *self._all_terms(arguments)]
        else:
            numbers = _numbers(words[2:])
            cut = operator.parameters
            node = [name, *numbers[:cut], *self._all_terms(numbers[cut:])]
        self._terms.append(self.terms.intern(*node))

    def _definition_line(self, words: list[str]) -> None:
        kind, name = (*words[1:3], "", "")[:2]
        if _name(name) in self.terms.constants:
            raise Refused("this constant is introduced already")
        parse = self._definition_kinds.get(kind)
        if parse is None:
            raise Refused(f"no such kind of definition: {brief_text(kind)}")
        definition = parse(name, _numbers(words[3:]))
        self.proof.definitions.append(definition)
        self.terms.constants[name] = definition.sorts, definition.result

    def _declared(self, name: str, numbers: list[int]) -> Definition:
        _, (*arguments, result) = _counted(numbers, 0, 1, 1)
        return Definition("DECLARE", name, tuple(map(self._sort, arguments)), self._sort(result))

    def _defined(self, name: str, numbers: list[int]) -> Definition:
        _, operands = _counted(numbers, 0, 1, 1)
        *parameters, body = self._all_terms(operands)
        self._check_parameters(parameters)
        self._check_free([body], parameters)
        sorts = self.terms.sorts
        return Definition("DEFINE", name, tuple([sorts[x] for x in parameters]), sorts[body], tuple(parameters), body)

    def _recursion(self, name: str, numbers: list[int]) -> Definition:
        (x,), operands = _counted(numbers, 1, 1, 3)
        *others, base, before, step = self._all_terms(operands)
        parameters = [self._term(x), *others]
        self._check_parameters([*parameters, before])
        self._check_free([base], others)
        self._check_free([step], [*parameters, before])
        sorts = self.terms.sorts
        if sorts[parameters[0]] <= 0 or not sorts[base] == sorts[before] == sorts[step]:
            raise Refused("recursion is over a bit vector, and its base, its step and its result have one sort")
        domain = tuple([sorts[p] for p in parameters])
        return Definition("DEFINE_REC", name, domain, sorts[base], tuple(parameters), base, before, step)

    def _program(self, name: str, numbers: list[int]) -> Definition:
        (b, s, component), triples = _counted(numbers, 3, 3, 0)
        base, state = self._term(b), self._term(s)
        sort = self.terms.sorts[state]
        self._check_parameters([base, state])
        items = self.terms.items(sort)
        if self.terms.sorts[base] != 64 or component >= len(items) or items[component] != 64:
            raise Refused("a program has a 64-bit base and a state with a 64-bit program counter")
        addresses = triples[1::3]
        cases = dict(zip(addresses, self._all_terms(triples[2::3]), strict=True))
        if set(triples[::3]) - {2} or len(cases) < len(addresses) or any(a >> 64 for a in addresses):
            raise Refused("a case is `2 address term`, with 64-bit addresses that differ")
        if any(self.terms.sorts[t] != sort for t in cases.values()):
            raise Refused("a transition is not a state")
        self._check_free(cases.values(), [base, state])
        return Definition("DEFINE_PROGRAM", name, (64, sort), sort, (base, state), component=component, cases=cases)

    def _check_parameters(self, parameters: list[int]) -> None:
        if len(set(parameters)) < len(parameters) or not self.terms.names.issuperset(parameters):
            raise Refused("the parameters are not distinct variables")

    def _check_free(self, bodies: Iterable[int], allowed: list[int]) -> None:
        loose = self.terms.variables(bodies).difference(allowed)
        if loose:
            raise Refused(f"free in the definition: {brief(self.terms, min(loose))}")

    def _statement_line(self, words: list[str]) -> None:
        if len(words) < 2:
            raise Refused("the conclusion is missing")
        conclusion, *hypotheses = self._all_terms(_numbers(words[1:]))
        if any(self.terms.sorts[t] != BOOL for t in (conclusion, *hypotheses)):
            raise Refused("a statement is made of Bool terms")
        if len(set(hypotheses)) < len(hypotheses):
            raise Refused("a hypothesis stands there twice")
        self._hash.update(f"{' '.join(words)}\n".encode())
        self.statement = conclusion, tuple(hypotheses)
        self.expected = {"H": self._digest_line}

    def _digest_line(self, words: list[str]) -> None:
        self.digest = self._hash.hexdigest()
        if words[1:] != [self.digest]:
            raise Refused(f"the statement's SHA-256 is {self.digest}, not {brief_text(' '.join(words[1:]))}")
        self.expected = self._proof_lines

    def _inference_line(self, words: list[str]) -> None:
        rule = "".join(words[1:2])
        if rule == "BLAST":
            self._blast(words)
            return
        found = self._operands.get(rule)
        if found is None:
            raise Refused("there is no such rule")
        kinds, infer = found
        numbers = _numbers(words[2:])
        if len(numbers) != len(kinds) and not (kinds[-1] in "PT" and len(numbers) >= len(kinds) - 1):
            raise Refused(f"the rule does not take {len(numbers)} numbers")
        operands: list[Any] = []
        for i, kind in enumerate(kinds):
            if kind == "t":
                operands.append(self._term(numbers[i]))
            elif kind == "n":
                operands.append(numbers[i])
            elif kind == "p":
                self.proof.check_premise(numbers[i])
                operands.append(numbers[i])
            else:
                operands.append(self._all_terms(numbers[i:]) if kind == "T" else numbers[i:])
        self._conclude(rule, *infer(*operands))

    def _conclude(self, rule: str, hyps: int, conclusion: int) -> None:
        self.proof.hyps.append(hyps)
        self.proof.concls.append(conclusion)
        self.rules[rule] += 1

    def _blast(self, words: list[str]) -> None:
        if len(words) != 5:
            raise Refused("the line is `I BLAST term digest steps`")
        number, self._steps_left = _numbers([words[2], words[4]])
        self._goal = self._term(number)
        self._lrat = self.proof.refutation(self._goal, words[3])
        if self._lrat is None and self._steps_left:
            raise Refused("the circuit is constant true: no steps follow")
        if self._lrat is not None and not self._steps_left:
            raise Refused("the refutation has no steps")
        if self._steps_left:
            self.expected = {"L": self._step_line}
        else:
            self._conclude("BLAST", 0, self._goal)

    def _step_line(self, words: list[str]) -> None:
        if self._lrat is None:
            raise Refused("no BLAST awaits a step")
        self._lrat.step(_numbers(words[1:], signed=True))
        self.steps += 1
        self._steps_left -= 1
        if not self._steps_left:
            if not self._lrat.refuted:
                raise Refused("the refutation ends without the empty clause")
            self._conclude("BLAST", 0, self._goal)
            self._lrat = None
            self.expected = self._proof_lines

    def _last_line(self, words: list[str]) -> None:
        numbers = _numbers(words[1:])
        if len(numbers) != 1:
            raise Refused("the last line is `E inference`")
        (p,) = numbers
        self.proof.check_premise(p)
        conclusion, hypotheses = self.statement or (None, ())
        if self.proof.concls[p] != conclusion:
            raise Refused(f"inference {p} proves {brief(self.terms, self.proof.concls[p])}, not the statement")
        own = self.proof.sets[self.proof.hyps[p]]
        if own != set(hypotheses):
            extra = [brief(self.terms, t) for t in sorted(own.symmetric_difference(hypotheses))]
            raise Refused(f"inference {p} and the statement differ in the hypotheses {', '.join(extra[:3])}")
        self.proved = True
        self.expected = {}


# The statement as text

_PLAIN_NAME = re.compile(r"[A-Za-z_~!@$%^&*+=<>/.-][A-Za-z0-9_~!@$%^&*+=<>/.:?#-]*")
_WORDS = frozenset((*OPERATORS, "true", "false", "let", "let*", "in", "as", "_"))
_HEIGHT = 10  # levels of a term before a let
_SHORT = 16  # characters that are rather repeated than named
_FOLD = 120  # nodes of a term that are shown


def brief_text(text: str) -> str:
    """A piece of the input for a message: short, and printable whatever it holds."""
    return printable(text if len(text) <= 64 else f"{text[:64]}…")


def printable(text: str) -> str:
    """The text with all that could move a cursor or reorder a line written as escapes."""
    return "".join([c if c.isprintable() else c.encode("unicode_escape").decode() for c in text])


@dataclass(frozen=True)
class Layout:
    """A term as one line, and as the lines' parts: its head and its arguments."""

    flat: str
    head: str = ""
    parts: tuple[Layout, ...] = ()

    def lines(self, indent: int, width: int) -> list[str]:
        """The term in lines. Nesting is at most _HEIGHT levels: what is deeper was given a name."""
        if not self.parts or indent + len(self.flat) <= width:
            return [" " * indent + self.flat]
        out = [" " * indent + f"({self.head}"]
        filling = True
        for part in self.parts:
            if filling and not part.parts and len(out[-1]) + len(part.flat) < width:
                out[-1] += f" {part.flat}"
            else:
                out += part.lines(indent + 2, width)
                filling = not part.parts
        out[-1] += ")"
        return out


class Printer:
    """Terms as S-expressions in which no name can be taken for something else.

    A name that is not plain, or is a word of the notation, stands between bars. A variable with the name of another
    one, or of a constant, stands with its sort. Tuple sorts are numbered. A component has a name only where no constant
    has it.
    """

    def __init__(self, terms: Terms, components: Sequence[object] = (), fold: int = _FOLD) -> None:
        self._terms = terms
        self._fold = fold
        self._common: set[str] = set()
        self.tuples: list[int] = []
        self.used: set[int] = set()  # components that were printed by name
        names = [c if isinstance(c, str) and c.isascii() and c.isidentifier() else "" for c in components]
        taken = _WORDS.union(terms.constants)
        self.components = ["" if c in taken or names.count(c) > 1 else c for c in names]

    def scope(self, roots: Sequence[int]) -> list[int]:
        """The variables of the terms that are printed next, which belong together."""
        nodes = self._terms.nodes
        variables = sorted(self._terms.variables(roots), key=lambda x: nodes[x][1:])
        names = Counter([nodes[x][1] for x in variables])
        self._common = {name for name, count in names.items() if count > 1 or name in self._terms.constants}
        return variables

    def sort(self, sort: int) -> str:
        """The sort, as an S-expression."""
        if sort > 0:
            return f"(BV {sort})"
        if sort > FIRST_TUPLE:
            return self._terms.sort_name(sort)
        if sort not in self.tuples:
            self.tuples.append(sort)
        return f"Tuple{self.tuples.index(sort) + 1}"

    def sort_legend(self) -> list[str]:
        """What the numbered tuple sorts are; equal neighbours are counted."""
        out = []
        for sort in self.tuples:  # grows while the items of its members are printed
            runs: list[list[Any]] = []
            for item in self._terms.items(sort):
                if runs and runs[-1][0] == item:
                    runs[-1][1] += 1
                else:
                    runs.append([item, 1])
            text = ", ".join([f"{count} × {self.sort(s)}" if count > 1 else self.sort(s) for s, count in runs])
            out.append(f"{self.sort(sort)} = {text or 'no components'}")
        return out

    def symbol(self, name: str) -> str:
        """A name of the certificate's."""
        if _PLAIN_NAME.fullmatch(name) and name not in _WORDS:
            return name
        return "|" + name.encode("unicode_escape").decode().replace("|", "\\|") + "|"

    def head(self, t: int) -> str:
        """The operator with its parameters, or the leaf."""
        node = self._terms.nodes[t]
        name, sort = node[0], self._terms.sorts[t]
        if name == "bv":
            text = f"#x{node[1]:0{sort // 4}x}" if sort % 4 == 0 else f"#b{node[1]:0{sort}b}"
            return text if len(text) <= 66 or self._fold == ANY else f"{text[:18]}…{text[-16:]}"
        if name == "bool":
            return "true" if node[1] else "false"
        if name == "var":
            symbol = self.symbol(node[1])
            return f"(as {symbol} {self.sort(sort)})" if node[1] in self._common else symbol
        if name == "app":
            return self.symbol(node[1])
        if name == "proj" and len(self._terms.items(self._terms.sorts[node[2]])) == len(self.components):
            component = self.components[node[1]]
            if component:
                self.used.add(node[1])
                return component
        parameters = node[1 : OPERATORS[name].parameters + 1]
        return f"(_ {name} {' '.join(map(str, parameters))})" if parameters else name

    def _unfold(self, root: int, shown: set[int]) -> None:
        """Add the root and the terms nearest to it, as many as are not folded."""
        shown.add(root)
        queue = [root]
        left = self._fold
        for t in queue:
            for a in self._terms.arguments(t):
                if left and a not in shown:
                    shown.add(a)
                    queue.append(a)
                    left -= 1

    def layouts(self, roots: Sequence[int]) -> list[tuple[list[tuple[str, Layout]], Layout]]:
        """Each root with the subterms that are named where it is printed. Later roots use the names of earlier ones."""
        terms = self._terms
        shown: set[int] = set()
        orders: list[list[int]] = []
        for root in roots:
            self._unfold(root, shown)

        def parts(t: int) -> tuple[int, ...]:
            return terms.arguments(t) if t in shown else ()

        before: set[int] = set()
        for root in roots:
            orders.append(list(terms.below([root], before, parts)))
            before.update(orders[-1])
        uses = Counter(roots)
        for t in before:
            uses.update(parts(t))
        done: dict[int, tuple[Layout, int]] = {}
        out = []
        count = 0
        for root, order in zip(roots, orders, strict=True):
            named = []
            for t in order:
                layout, height = self._layout(t, [done[a] for a in parts(t)])
                tall = height >= _HEIGHT and t != root
                if height and (tall or (uses[t] > 1 and len(layout.flat) > _SHORT)):
                    count += 1
                    named.append((f"?{count}", layout))
                    layout, height = Layout(f"?{count}"), 0
                done[t] = layout, height
            out.append((named, done[root][0]))
        return out

    def _layout(self, t: int, parts: Sequence[tuple[Layout, int]]) -> tuple[Layout, int]:
        head = self.head(t)
        if not parts:
            return Layout(f"({head} …)" if self._terms.arguments(t) else head), 0
        flat = " ".join([head, *(part.flat for part, _ in parts)])
        return Layout(f"({flat})", head, tuple([part for part, _ in parts])), 1 + max(height for _, height in parts)

    def blocks(self, roots: Sequence[int], indent: int, width: int) -> list[list[str]]:
        """Each root in lines that fit the width where they can."""
        out = []
        for named, whole in self.layouts(roots):
            lines: list[str] = []
            for name, layout in named:
                first, *others = layout.lines(indent + 9, width)
                lines += [f"{' ' * indent}{'   ' if lines else 'let'} {name} = {first.strip()}", *others]
            first, *others = whole.lines(indent + 4 if named else indent, width)
            lines += [f"{' ' * indent}{'in  ' if named else ''}{first.strip()}", *others]
            out.append(lines)
        return out

    def text(self, root: int) -> str:
        """The term in one line."""
        ((named, whole),) = self.layouts([root])
        lets = " ".join([f"({name} {layout.flat})" for name, layout in named])
        return f"(let* ({lets}) {whole.flat})" if named else whole.flat


def brief(terms: Terms, t: int) -> str:
    """A term for a message: its top alone."""
    text = Printer(terms, fold=6).text(t)
    return text if len(text) <= 120 else f"{text[:120]}…"


class Summary:
    """What an accepted certificate proves, for people and for programs."""

    def __init__(self, reader: Reader, seconds: float, full: bool) -> None:
        self._reader, self._terms, self._seconds, self._full = reader, reader.terms, seconds, full
        conclusion, hypotheses = reader.statement or (0, ())
        components, labels = reader.about.get("components"), reader.about.get("labels")
        fold = ANY if full else _FOLD
        self._printer = Printer(self._terms, components if isinstance(components, list) else (), fold)
        labels = labels if isinstance(labels, dict) else {}
        premises, goal = list(hypotheses), conclusion
        while self._terms.nodes[goal][0] == "=>":
            _, premise, goal = self._terms.nodes[goal]
            premises.append(premise)
        self._roots = [*premises, goal]
        self._premises = self._labelled(premises, labels.get("hyps"))
        self._conclusions = self._labelled([goal], labels.get("concl"))
        self._definitions = self._used()

    def _labelled(self, roots: Sequence[int], labels: object) -> list[tuple[str, int]]:
        """The conjuncts of some terms, or the terms themselves, with their labels where there is one for each."""
        conjuncts: list[int] = []
        for t in roots:
            conjuncts += self._terms.arguments(t) if self._terms.nodes[t][0] == "and" else (t,)
        for parts in (conjuncts, roots):
            if isinstance(labels, list) and len(labels) == len(parts):
                return [(printable(str(label)), t) for label, t in zip(labels, parts, strict=True)]
        return [("", t) for t in conjuncts]

    def _mentioned(self, roots: Iterable[int], seen: set[int]) -> set[str]:
        """The constants in some terms, but for those in terms that were seen before."""
        names = set()
        for t in self._terms.below(roots, seen, self._terms.arguments):
            seen.add(t)
            if self._terms.nodes[t][0] == "app":
                names.add(self._terms.nodes[t][1])
        return names

    def _used(self) -> list[Definition]:
        """The definitions that the statement mentions, directly or not, in their order."""
        definitions = self._reader.proof.definitions
        by_name = {d.name: d for d in definitions}
        seen: set[int] = set()
        used, queue = set(), self._roots
        while queue:
            used |= self._mentioned(queue, seen)
            queue = [t for name in used for t in by_name[name].bodies() if t not in seen]
        return [d for d in definitions if d.name in used]

    def _meanings(self) -> list[Definition]:
        """The meanings of instructions that programs alone mention: they are counted, not printed."""
        if self._full:
            return []
        others = [d for d in self._definitions if d.kind != "DEFINE_PROGRAM" and not d.name.startswith("insn_")]
        elsewhere = self._mentioned([*self._roots, *(t for d in others for t in d.bodies())], set())
        return [d for d in self._definitions if d.name.startswith("insn_") and d.name not in elsewhere]

    def _title(self, d: Definition) -> list[str]:
        """A definition's left side, with its sorts, and how much it is."""
        printer = self._printer
        printer.scope([*d.parameters, *d.bodies()])
        sorts = [printer.sort(s) for s in d.sorts]
        if d.parameters:
            sorts = [f"({printer.head(x)} {s})" for x, s in zip(d.parameters, sorts, strict=True)]
        words = [printer.symbol(d.name), *sorts, f": {printer.sort(d.result)}"]
        if d.kind == "DECLARE":
            return [*words, "(nothing is known of it)"]
        if d.cases:
            words.append(f"({len(d.cases):,} addresses, {min(d.cases):#x} to {max(d.cases):#x})")
        return words if self._equations(d) else [*words, f"({self._size(d):,} terms)"]

    def _equations(self, d: Definition) -> list[tuple[str, int]]:
        """The right sides of a definition, if they are short, each with what it is equal to."""
        if not self._full and (self._size(d) > _FOLD // 2 or d.kind == "DEFINE_PROGRAM"):
            return []
        out = [("at 0" if d.step is not None else "", d.body)] if d.body is not None else []
        if d.step is not None and d.before is not None:
            x, r = (self._printer.head(t) for t in (d.parameters[0], d.before))
            out.append((f"at {x} + 1, {r} being the value at {x}", d.step))
        return out + [(f"at {address:#x}", t) for address, t in sorted(d.cases.items())]

    def _size(self, d: Definition) -> int:
        return sum(1 for _ in self._terms.below(d.bodies(), (), self._terms.arguments))

    def lines(self, width: int) -> list[str]:
        """The report for a terminal of that width."""
        printer, reader = self._printer, self._reader
        told = {key: value for key, value in reader.about.items() if key not in ("labels", "components")}
        about = [f"    {printable(key)}: {printable(str(value))[:400]}" for key, value in told.items()]
        variables = [f"{printer.head(x)} : {printer.sort(self._terms.sorts[x])}" for x in printer.scope(self._roots)]
        statement = self._statement_lines(width)
        definitions = self._definition_lines(width)
        named = [f"proj {i} = {printer.components[i]}" for i in sorted(printer.used)]
        counts = [f"{rule} {n:,}" for rule, n in reader.rules.most_common()]
        inferences, terms = len(reader.proof.concls), len(self._terms.nodes)
        return [
            *_section("about (the certificate's own words, like all labels; unchecked)", about),
            *_section("for all", _filled(variables, 4, width)),
            *statement,
            *_section("where", definitions),
            *_section("sorts", [f"    {line}" for line in printer.sort_legend()]),
            *_section("components, as the certificate names them", _filled(named, 4, width)),
            "  proof",
            f"    oracles: none; hypotheses: {len((reader.statement or (0, ()))[1])}",
            f"    statement SHA-256: {reader.digest}",
            f"    {inferences:,} inferences, {terms:,} terms, {reader.steps:,} LRAT steps; {self._seconds:.2f} s",
            *_filled(counts, 4, width),
        ]

    def _statement_lines(self, width: int) -> list[str]:
        blocks = iter(self._printer.blocks([t for _, t in (*self._premises, *self._conclusions)], 8, width))
        out = []
        for word, conjuncts in (("if", self._premises), ("then", self._conclusions)):
            out += [f"  {word}"] if conjuncts else []
            for number, (label, t) in enumerate(conjuncts, 1):
                first, *others = next(blocks)
                out += [f"    {number}. {label}", first] if label else [f"{f'    {number}.':<7} {first.strip()}"]
                out += others
                if any("…" in line for line in (first, *others)):
                    size = sum(1 for _ in self._terms.below([t], (), self._terms.arguments))
                    out.append(f"        … {size:,} terms; --full prints them")
        return out

    def _definition_lines(self, width: int) -> list[str]:
        out = []
        meanings = self._meanings()
        for d in self._definitions:
            if d not in meanings:
                out += _filled(self._title(d), 4, width, " ")
                equations = self._equations(d)
                blocks = self._printer.blocks([t for _, t in equations], 8, width)
                for (label, _), block in zip(equations, blocks, strict=True):
                    out += [*([f"      {label}"] if label else []), *block]
        if meanings:
            out.append(
                f"    {len(meanings)} meanings of instructions, insn_…, {sum(map(self._size, meanings)):,} terms"
            )
        return out

    def as_json(self) -> dict[str, Any]:
        """The report as one JSON object."""
        printer, reader = self._printer, self._reader
        definitions = []
        for d in self._definitions:
            entry: dict[str, Any] = {
                "name": d.name,
                "kind": d.kind,
                "title": " ".join(self._title(d)),
                "terms": self._size(d),
            }
            if d.kind == "DEFINE_PROGRAM":
                entry["addresses"] = sorted(d.cases)
            entry["equations"] = [{"of": label, "term": printer.text(t)} for label, t in self._equations(d)]
            definitions.append(entry)
        variables = [[printer.head(x), printer.sort(self._terms.sorts[x])] for x in printer.scope(self._roots)]
        return {
            "about": reader.about,
            "statement_sha256": reader.digest,
            "variables": variables,
            "hypotheses": len((reader.statement or (0, ()))[1]),
            "premises": [{"label": label, "term": printer.text(t)} for label, t in self._premises],
            "conclusion": [{"label": label, "term": printer.text(t)} for label, t in self._conclusions],
            "definitions": definitions,
            "components": {printer.components[i]: i for i in sorted(printer.used)},
            "sorts": printer.sort_legend(),
            "oracles": [],
            "lines": reader.count,
            "terms": len(self._terms.nodes),
            "inferences": len(reader.proof.concls),
            "rules": dict(reader.rules.most_common()),
            "lrat_steps": reader.steps,
            "seconds": round(self._seconds, 3),
        }


def _section(title: str, lines: list[str]) -> list[str]:
    return [f"  {title}", *lines] if lines else []


def _filled(words: Sequence[str], indent: int, width: int, gap: str = "  ") -> list[str]:
    """Words in lines of at most that width where they fit."""
    out: list[str] = []
    for word in words:
        if out and len(out[-1]) + len(gap) + len(word) <= width:
            out[-1] += gap + word
        else:
            out.append(" " * indent + word)
    return out


# The command


def replay(source: BinaryIO) -> Reader:
    """Check one certificate; CertificateError where it is refused."""
    reader = Reader()
    try:
        reader.read(text_lines(decompressed(source)))
    except MemoryError:
        raise CertificateError(f"line {reader.count}: not enough memory") from None
    return reader


def replay_file(path: str, full: bool = False) -> Summary:
    """Check the certificate in a file; CertificateError where it is refused, OSError where it can't be read."""
    start = time.perf_counter()
    with open(path, "rb") as source:
        reader = replay(source)
    return Summary(reader, time.perf_counter() - start, full)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; exit status 0 if all certificates are accepted, 1 if one is refused, 2 if one can't be read."""
    parser = argparse.ArgumentParser(prog="replay", description="Check certificates and print what they prove.")
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument("--full", action="store_true", help="print the statement and all its definitions in full")
    options = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    width = max(shutil.get_terminal_size((120, 24)).columns, 40)
    status = 0
    for path in options.files:
        result: dict[str, Any] = {"file": path, "accepted": False}
        try:
            summary = replay_file(path, options.full)
            result |= {"accepted": True, **summary.as_json()}
            lines = [f"{printable(path)}: accepted", *summary.lines(width)]
        except CertificateError as error:
            status = max(status, 1)
            result["reason"], lines = str(error), [f"{printable(path)}: refused: {error}"]
        except OSError as error:
            status = 2
            result["unreadable"], lines = str(error.strerror), [f"{printable(path)}: {error.strerror}"]
        print(json.dumps(result) if options.json else "\n".join(lines))
    return status


if __name__ == "__main__":
    for name in ("SIGINT", "SIGPIPE"):  # end quietly when interrupted, or when the reader of the output has gone
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    sys.exit(main())
