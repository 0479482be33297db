# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Terms from the kernel's normal forms: one readable term for each polynomial, the same whatever it was computed from."""

from __future__ import annotations

from itertools import pairwise

from kernel.normal import Poly, factor_parts
from kernel.ops import (
    BVADD,
    BVAND,
    BVMUL,
    BVXOR,
    concat,
    eq,
    false,
    is_const,
    ite,
    mask,
    number,
    ror,
    true,
    zext,
)
from kernel.sorts import BOOL, Sort
from kernel.term import Term, by_id, mk


def sum_term(form: Poly, width: int) -> Term:
    """A sum of products modulo 2^width: monomials by age, the constant last."""
    parts = []
    for monomial in sorted(form):
        if monomial:
            key = (monomial, form[monomial])
            product = _PRODUCTS.get(key)
            if product is None:
                product = _PRODUCTS[key] = _product(*key, width)
            parts.append(product)
    constant = form.get((), 0)
    if constant or not parts:
        parts.append(number(constant, width))
    return parts[0] if len(parts) == 1 else mk(BVADD, (), tuple(parts))


_PRODUCTS: dict[tuple[tuple[int, ...], int], Term] = {}


def _product(monomial: tuple[int, ...], coefficient: int, width: int) -> Term:
    factors = [by_id(i) for i in monomial]
    if coefficient >> (width - 1) and coefficient != 1:
        return -_multiple(factors, -coefficient & mask(width), width)
    return _multiple(factors, coefficient, width)


def _multiple(factors: list[Term], coefficient: int, width: int) -> Term:
    if coefficient != 1:
        factors = [*factors, number(coefficient, width)]
    return factors[0] if len(factors) == 1 else mk(BVMUL, (), tuple(factors))


def bits_term(form: Poly, sort: Sort) -> Term:
    """An XOR of ANDs of slices: what covers the whole word first, then the rest segment by segment."""
    width, full = sort.width, mask(sort.width)
    if not form:
        return number(0, width) if sort is not BOOL else false
    if sort is BOOL:
        return _bool_term(form)
    whole: list[Term] = []
    rest: list[tuple[tuple[int, ...], int]] = []
    inverted = False
    for m in sorted(form):
        bits = form[m]
        if bits != full:
            rest.append((m, bits))
        elif m:
            slices = [_slice(f, 0, width) for f in m]
            whole.append(slices[0] if len(slices) == 1 else mk(BVAND, (), tuple(slices)))
        else:
            inverted = True
    if rest:
        whole.append(_segments(rest, width))
    if not whole:
        return number(full, width)
    result = whole[0] if len(whole) == 1 else mk(BVXOR, (), tuple(whole))
    return ~result if inverted else result


def _bool_term(form: Poly) -> Term:
    parts = [_conjunction(m) for m in sorted(form) if m]
    if not parts:
        return true
    result = parts[0]
    for p in parts[1:]:
        result = result ^ p
    return ~result if () in form else result


def _conjunction(m: tuple[int, ...]) -> Term:
    atoms = [by_id(factor_parts(f)[0]) for f in m]
    bools = [
        a if a.sort is BOOL else eq(a if a.width == 1 else a[factor_parts(f)[1]], 1) for a, f in zip(atoms, m, strict=True)
    ]
    result = bools[0]
    for b in bools[1:]:
        result = result & b
    return result


def _slice(factor: int, low: int, size: int) -> Term:
    """Bits low … low + size − 1 of a word that reads the factor's atom from its offset on."""
    atom_id, offset = factor_parts(factor)
    atom = by_id(atom_id)
    if atom.sort is BOOL:
        return ite(atom, number(mask(size), size), number(0, size))
    if atom.width == 1:
        return atom if size == 1 else ite(eq(atom, 1), number(mask(size), size), number(0, size))
    start = (low + offset) % atom.width
    if start + size <= atom.width:
        return atom if size == atom.width else atom[start + size - 1 : start]
    if size == atom.width:
        return ror(atom, start)
    pieces, at = [], start  # the atom again and again
    while size:
        piece = min(size, atom.width - at)
        pieces.append(atom if piece == atom.width else atom[at + piece - 1 : at])
        at, size = 0, size - piece
    return concat(*reversed(pieces))


def _segments(rest: list[tuple[tuple[int, ...], int]], width: int) -> Term:
    shifted = _as_shift(rest, width)
    if shifted is not None:
        return shifted
    cuts = {0, width}
    for m, bits in rest:
        edges = (bits ^ bits << 1) & mask(width)
        while edges:
            low = edges & -edges
            cuts.add(low.bit_length() - 1)
            edges ^= low
        for f in m:
            atom_id, offset = factor_parts(f)
            span = by_id(atom_id).width
            if span > 1:
                cuts.update(k for k in range(span - offset, width, span) if bits >> (k - 1) & 3 == 3)
    edges_sorted = sorted(cuts)
    pieces: list[Term] = []
    for low, high in pairwise(edges_sorted):
        here = [m for m, bits in rest if bits >> low & 1]
        pieces.append(_piece(here, low, high - low))
    return _join(pieces)


def _piece(monomials: list[tuple[int, ...]], low: int, size: int) -> Term:
    parts = []
    inverted = False
    for m in monomials:
        if not m:
            inverted = True
            continue
        slices = [_slice(f, low, size) for f in m]
        parts.append(slices[0] if len(slices) == 1 else mk(BVAND, (), tuple(slices)))
    if not parts:
        return number(mask(size) if inverted else 0, size)
    result = parts[0] if len(parts) == 1 else mk(BVXOR, (), tuple(parts))
    return ~result if inverted else result


def _join(pieces: list[Term]) -> Term:
    """The pieces, least significant first, constants fused; zeros on top become an extension."""
    fused: list[Term] = []
    for p in pieces:
        if fused and is_const(p) and is_const(fused[-1]):
            q = fused.pop()
            fused.append(number(p.params[0] << q.width | q.params[0], p.width + q.width))
        else:
            fused.append(p)
    if len(fused) > 1 and is_const(fused[-1]) and fused[-1].params[0] == 0:
        top = fused.pop()
        body = concat(*reversed(fused))
        return zext(body, body.width + top.width)
    return concat(*reversed(fused))


def _as_shift(rest: list[tuple[tuple[int, ...], int]], width: int) -> Term | None:
    """The rest as one atom shifted by a constant, where it is that."""
    if len(rest) != 1 or len(rest[0][0]) != 1:
        return None
    (factor,), bits = rest[0]
    atom_id, offset = factor_parts(factor)
    atom = by_id(atom_id)
    if atom.width != width or atom.sort is BOOL or width == 1:
        return None
    if bits == mask(width - offset):
        return atom >> number(offset, width)
    if bits == mask(width) ^ mask(width - offset):
        return shifted_left(atom, width - offset)
    return None


def shifted_left(x: Term, amount: int) -> Term:
    """x shifted left by a constant: a multiple, but for sums, which are not multiplied out."""
    return x << number(amount, x.width) if x.op is BVADD else mk(BVMUL, (), (x, number(1 << amount, x.width)))
