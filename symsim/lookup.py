# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Functions of a few bits, by their values: lookups in constant tables, and what code computes from a single byte."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, reduce
from operator import xor
from typing import NamedTuple

from kernel.ops import (
    APP,
    BVLSHR,
    BVXOR,
    CONCAT,
    EXTRACT,
    READ,
    VAR,
    ZERO_EXTEND,
    concat,
    eq,
    is_const,
    mask,
    number,
)
from kernel.rules import ANF, CONG, INST, SYM, TRANS
from kernel.sorts import BV
from kernel.term import Term, Var, mk
from kernel.thm import Thm
from symsim.blast import blast
from symsim.derived import CHAIN
from symsim.evaluation import value
from symsim.rewrite import replaced

Conversion = Callable[[Term], Thm | None]
Byte = tuple[Term, int]
"""The byte of an opaque term from a bit on."""
INDEX_BITS = 8
NO_TERMS: frozenset[Term] = frozenset()
_BYTE = Var("byte", BV(8))


def is_lookup(t: Term) -> bool:
    """Whether a term shifts a constant table by an amount that is not known."""
    return t.op is BVLSHR and is_const(t.args[0]) and not is_const(t.args[1])


def AFFINE_LOOKUP(t: Term) -> Thm | None:
    """⊢ t = t′, for a slice of a lookup that is an affine function of its index; None for others"""
    parts = _index(t.args[0].args[1])
    if sum(p.width for p in parts) > (INDEX_BITS if len(parts) == 1 else INDEX_BITS // 2):
        return None  # of an S-box with a split index single bits may be affine: it would no longer be seen as one
    variables = {p: Var(f"index_{k}", p.sort) for k, p in enumerate(parts)}
    lemma = _affine(replaced(t, variables), tuple(variables.values()))
    return lemma and INST(lemma, {x: p for p, x in variables.items()})


def _index(amount: Term) -> list[Term]:
    """The parts of a shift's amount that are not constant."""
    if amount.op is ZERO_EXTEND:
        amount = amount.args[0]
    parts = amount.args if amount.op is CONCAT else (amount,)
    return [p for p in dict.fromkeys(parts) if not is_const(p)]


@cache
def _affine(t: Term, variables: tuple[Term, ...]) -> Thm | None:
    """⊢ t = c ⊕ (the columns where the variables have a 1), for a t over the variables that is that"""
    bits = [x[k] for x in variables for k in range(x.width)]
    table = []
    for i in range(1 << len(bits)):
        values, rest = {}, i
        for x in variables:
            values[x], rest = rest & mask(x.width), rest >> x.width
        table.append(value(t, values))
    columns = [table[1 << k] ^ table[0] for k in range(len(bits))]
    if any(v != reduce(xor, [c for k, c in enumerate(columns) if i >> k & 1], table[0]) for i, v in enumerate(table)):
        return None
    rows = [
        reduce(xor, [b for b, c in zip(bits, columns, strict=True) if c >> i & 1], number(table[0] >> i & 1, 1))
        for i in range(t.width)
    ]
    return blast(eq(t, concat(*reversed(rows))))


class Cone(NamedTuple):
    """The opaque terms, and slices of them, that a term is made of; the byte that they are all part of, if any; and whether there are
    lookups on the way."""

    leaves: frozenset[Term]
    source: Byte | None
    looks_up: bool


class ByteFunctions:
    """Functions of one byte that have names: what code computes from a byte of an opaque term, by lookups, is one of them if it has
    the same 256 values. `definitions` are ⊢ f(b) = …"""

    def __init__(self, definitions: Iterable[Thm]) -> None:
        self._by_values = {_values(d.rhs, d.lhs.args[0]): d for d in definitions}
        self._lemmas: dict[Term, Thm | None] = {}
        self._cones: dict[Term, Cone] = {}

    def conversion(self, t: Term, normalize: Conversion) -> Thm | None:
        """⊢ t = t′, for a normal byte t, in which summands that make up a function of a byte are replaced by it; None where there
        are none. `normalize` is the simplifier's conversion."""
        parts = t.args if t.op is BVXOR else (t,)
        by_source: dict[Byte, list[Term]] = {}
        for part in parts:
            cone = self._cone(part)
            if cone.source is not None:
                by_source.setdefault(cone.source, []).append(part)
        for source, summands in by_source.items():
            looked_up = any(self._cone(part).looks_up for part in summands)
            th = self._function(source, summands, normalize) if looked_up else None
            if th is not None:
                rest = [p for p in parts if p not in summands]
                if not rest:
                    return CHAIN(th, normalize(th.rhs))
                split = mk(BVXOR, (), (th.lhs, *rest))
                th = TRANS(ANF(t, split), CONG(split, {0: th}))
                return CHAIN(th, normalize(th.rhs))
        return None

    def _function(self, source: Byte, summands: list[Term], normalize: Conversion) -> Thm | None:
        """⊢ the sum of the summands = f(source)"""
        term = summands[0] if len(summands) == 1 else mk(BVXOR, (), tuple(summands))
        atom, low = source
        leaves = NO_TERMS.union(*(self._cone(part).leaves for part in summands))
        pattern = replaced(term, {leaf: _slice(leaf, low) for leaf in leaves})
        if pattern not in self._lemmas:
            definition = self._by_values.get(_values(pattern, _BYTE))
            self._lemmas[pattern] = definition and _same(pattern, definition)
        lemma = self._lemmas[pattern]
        if lemma is None:
            return None
        here = INST(lemma, {_BYTE: atom if atom.width == 8 else atom[low + 7 : low]})
        left, right = normalize(here.lhs), normalize(term)
        if (left.rhs if left else here.lhs) is not (right.rhs if right else term):
            return None
        back = SYM(left) if left else None
        return TRANS(CHAIN(right, back), here) if right or back else here

    def _cone(self, t: Term) -> Cone:
        if t not in self._cones:
            self._cones[t] = _cone(t)
        return self._cones[t]


@cache
def byte_functions(definitions: tuple[Thm, ...]) -> ByteFunctions:
    """The functions that these define, with all that was found out about them."""
    return ByteFunctions(definitions)


def _values(t: Term, x: Term) -> tuple[int, ...]:
    return tuple(value(t, {x: k}) for k in range(256))


def _same(pattern: Term, definition: Thm) -> Thm:
    """⊢ pattern = f(byte)"""
    named = INST(definition, {definition.lhs.args[0]: _BYTE})
    return TRANS(blast(eq(pattern, named.rhs)), SYM(named))


_OPAQUE = (APP, READ, VAR)


def _is_leaf(t: Term) -> bool:
    return t.op in _OPAQUE or (t.op is EXTRACT and t.args[0].op in _OPAQUE)


def _cone(t: Term) -> Cone:
    leaves, looks_up = set(), False
    seen, stack = {t}, [t]
    while stack:
        s = stack.pop()
        if _is_leaf(s):
            leaves.add(s)
            continue
        looks_up |= is_lookup(s)
        for a in s.args:
            if a not in seen and not is_const(a):
                seen.add(a)
                stack.append(a)
    sources = {_byte_of(leaf) for leaf in leaves}
    return Cone(frozenset(leaves), sources.pop() if len(sources) == 1 else None, looks_up)


def _byte_of(leaf: Term) -> Byte | None:
    if leaf.op is not EXTRACT:
        return (leaf, 0) if leaf.width == 8 else None
    high, low = leaf.params
    return (leaf.args[0], low & ~7) if low & ~7 == high & ~7 else None


def _slice(leaf: Term, low: int) -> Term:
    return _BYTE[leaf.params[0] - low : leaf.params[1] - low] if leaf.op is EXTRACT else _BYTE

