# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Sums of products of bytes (Arm ARM, C4.1 "Advanced SIMD three-register extension" and "vector x indexed element")."""

from __future__ import annotations

import operator
from functools import reduce

from isa.asl import Elem, Elems
from isa.asl_vector import Int
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine, joined
from kernel.term import Term

ELEMENT = {"vm": "Rm + (M << 4)", "index": "H:L"}


def DotProduct(accumulator: Term, a: Term, b: Term, *, unsigned_a: bool, unsigned_b: bool) -> Term:
    """A word plus the products of the bytes of a and b."""
    pairs = zip(Elems(a, 8), Elems(b, 8), strict=True)
    products = [Int(x, 32, unsigned=unsigned_a) * Int(y, 32, unsigned=unsigned_b) for x, y in pairs]
    return reduce(operator.add, products, accumulator)


def second_words(f: Fields, m: Machine, datasize: int) -> list[Term]:
    """The words of V[Rm], or one of its words for all in a by-element form."""
    if "H" in f:
        return [Elem(m.V[f.M << 4 | f.Rm], f.H << 1 | f.L, 32)] * (datasize // 32)
    return Elems(m.V[f.Rm, datasize], 32)


def dot_products(f: Fields, m: Machine, *, unsigned_a: bool, unsigned_b: bool) -> None:
    """The dot products of the words of V[Rn] and of the second words, added to V[Rd]."""
    datasize = 64 << f.Q
    triples = zip(
        Elems(m.V[f.Rd, datasize], 32), Elems(m.V[f.Rn, datasize], 32), second_words(f, m, datasize), strict=True
    )
    m.V[f.Rd, datasize] = joined(
        [DotProduct(d, a, b, unsigned_a=unsigned_a, unsigned_b=unsigned_b) for d, a, b in triples]
    )


@instruction(
    encoding=(
        "0 Q:1 U:1 01110 size:2 0 Rm:5 10010 1 Rn:5 Rd:5",
        "0 Q:1 U:1 01111 size:2 L:1 M:1 Rm:4 1110 H:1 0 Rn:5 Rd:5",
    ),
    syntax=(
        "[U:s|u]dot <Vd>.<T:2,Q>, <Vn>.<T:0,Q>, <V(vm)>.4b[<index>]",
        "[U:s|u]dot <Vd>.<T:2,Q>, <Vn>.<T:0,Q>, <Vm>.<T:0,Q>",
    ),
    where=ELEMENT,
    features=("FEAT_DotProd",),
)
def dot_product(f: Fields, m: Machine) -> None:
    """Dot products of four bytes each, signed or unsigned (SDOT, UDOT vector and by element)."""
    undefined_if(f.size != 2)
    dot_products(f, m, unsigned_a=f.U == 1, unsigned_b=f.U == 1)


@instruction(
    encoding=(
        "0 Q:1 0 01110 10 0 Rm:5 10011 1 Rn:5 Rd:5",
        "0 Q:1 0 01111 us:1 0 L:1 M:1 Rm:4 1111 H:1 0 Rn:5 Rd:5",
    ),
    syntax=(
        "[us:su|us]dot <Vd>.<T:2,Q>, <Vn>.<T:0,Q>, <V(vm)>.4b[<index>]",
        "usdot <Vd>.<T:2,Q>, <Vn>.<T:0,Q>, <Vm>.<T:0,Q>",
    ),
    where=ELEMENT,
    features=("FEAT_I8MM",),
)
def dot_product_mixed(f: Fields, m: Machine) -> None:
    """Dot products of four bytes each, one side unsigned (USDOT vector and by element, SUDOT by element)."""
    unsigned_a = "us" not in f or f.us == 1
    dot_products(f, m, unsigned_a=unsigned_a, unsigned_b=not unsigned_a)


@instruction(
    encoding="01 U:1 01110 10 0 Rm:5 1010 B:1 1 Rn:5 Rd:5",
    syntax="[U:B:s|us|u|-]mmla <Vd>.4s, <Vn>.16b, <Vm>.16b",
    features=("FEAT_I8MM",),
)
def matrix_multiply(f: Fields, m: Machine) -> None:
    """Add the product of a 2x8 matrix of bytes and a transposed one to a 2x2 matrix of words (SMMLA, UMMLA, USMMLA)."""
    undefined_if(f.U == 1 and f.B == 1)
    unsigned_a, unsigned_b = f.U == 1 or f.B == 1, f.U == 1
    rows, columns = Elems(m.V[f.Rn], 64), Elems(m.V[f.Rm], 64)
    result = []
    for e, d in enumerate(Elems(m.V[f.Rd], 32)):
        a, b = rows[e // 2], columns[e % 2]
        result.append(DotProduct(d, a, b, unsigned_a=unsigned_a, unsigned_b=unsigned_b))
    m.V[f.Rd] = joined(result)
