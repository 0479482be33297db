# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Products twice as wide as the elements (Arm ARM, C4.1 "Advanced SIMD three different", "vector x indexed element" and
their scalar forms). The forms with a 2 use the upper halves of the vectors."""

from __future__ import annotations

from isa.asl import Elems
from isa.asl_multiply import BY_ELEMENT, ELEMENT, DoublingProduct, IsMultiplied, LongMultipliers, LongProduct
from isa.asl_vector import LongSize, NarrowElements, SignedSatQ, Vpart, saturated_vector
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine, joined
from kernel.ops import clmul, sext

VECTOR = "<Vd>.<T:size + 1,1>, <Vn>.<T>"
SCALAR = "<Fd:size + 1>, <Fn>"


@instruction(
    encoding=(
        "0 Q:1 U:1 01110 size:2 1 Rm:5 1100 00 Rn:5 Rd:5",
        "0 Q:1 U:1 01111 size:2 L:1 M:1 Rm:4 1010 H:1 0 Rn:5 Rd:5",
    ),
    syntax=(
        f"[U:s|u]mull[Q:|2] {VECTOR}, {ELEMENT}",
        f"[U:s|u]mull[Q:|2] {VECTOR}, <Vm>.<T>",
    ),
    where=BY_ELEMENT,
)
def multiply_long(f: Fields, m: Machine) -> None:
    """Multiply elements (SMULL, UMULL vector and by element)."""
    undefined_if(not IsMultiplied(f))
    pairs = zip(NarrowElements(f, m, f.Rn), LongMultipliers(f, m), strict=True)
    m.V[f.Rd] = joined([LongProduct(a, b, unsigned=f.U == 1) for a, b in pairs])


@instruction(
    encoding=(
        "0 Q:1 U:1 01110 size:2 1 Rm:5 10 subtract:1 0 00 Rn:5 Rd:5",
        "0 Q:1 U:1 01111 size:2 L:1 M:1 Rm:4 0 subtract:1 10 H:1 0 Rn:5 Rd:5",
    ),
    syntax=(
        f"[U:s|u]ml[subtract:a|s]l[Q:|2] {VECTOR}, {ELEMENT}",
        f"[U:s|u]ml[subtract:a|s]l[Q:|2] {VECTOR}, <Vm>.<T>",
    ),
    where=BY_ELEMENT,
)
def multiply_accumulate_long(f: Fields, m: Machine) -> None:
    """Multiply elements and add the products to the destination, or subtract them (SMLAL, UMLAL, SMLSL, UMLSL)."""
    undefined_if(not IsMultiplied(f))
    accumulators = Elems(m.V[f.Rd], 16 << f.size)
    result = []
    for d, a, b in zip(accumulators, NarrowElements(f, m, f.Rn), LongMultipliers(f, m), strict=True):
        product = LongProduct(a, b, unsigned=f.U == 1)
        result.append(d - product if f.subtract else d + product)
    m.V[f.Rd] = joined(result)


@instruction(
    encoding=(
        "0 Q:1 0 01110 size:2 1 Rm:5 1101 00 Rn:5 Rd:5",
        "01 0 scalar:1=1 1110 size:2 1 Rm:5 1101 00 Rn:5 Rd:5",
        "0 Q:1 0 01111 size:2 L:1 M:1 Rm:4 1011 H:1 0 Rn:5 Rd:5",
        "01 0 scalar:1=1 1111 size:2 L:1 M:1 Rm:4 1011 H:1 0 Rn:5 Rd:5",
    ),
    syntax=(
        f"sqdmull {SCALAR}, {ELEMENT} if scalar",
        f"sqdmull {SCALAR}, <Fm> if scalar",
        f"sqdmull[Q:|2] {VECTOR}, {ELEMENT}",
        f"sqdmull[Q:|2] {VECTOR}, <Vm>.<T>",
    ),
    where=BY_ELEMENT,
)
def multiply_doubling_long(f: Fields, m: Machine) -> None:
    """Multiply elements and double the products, saturating (SQDMULL vector and by element)."""
    undefined_if(f.size in (0, 3))
    pairs = zip(NarrowElements(f, m, f.Rn), LongMultipliers(f, m), strict=True)
    m.V[f.Rd, LongSize(f)] = saturated_vector(m, [DoublingProduct(a, b) for a, b in pairs])


@instruction(
    encoding=(
        "0 Q:1 0 01110 size:2 1 Rm:5 10 subtract:1 1 00 Rn:5 Rd:5",
        "01 0 scalar:1=1 1110 size:2 1 Rm:5 10 subtract:1 1 00 Rn:5 Rd:5",
        "0 Q:1 0 01111 size:2 L:1 M:1 Rm:4 0 subtract:1 11 H:1 0 Rn:5 Rd:5",
        "01 0 scalar:1=1 1111 size:2 L:1 M:1 Rm:4 0 subtract:1 11 H:1 0 Rn:5 Rd:5",
    ),
    syntax=(
        f"sqdml[subtract:a|s]l {SCALAR}, {ELEMENT} if scalar",
        f"sqdml[subtract:a|s]l {SCALAR}, <Fm> if scalar",
        f"sqdml[subtract:a|s]l[Q:|2] {VECTOR}, {ELEMENT}",
        f"sqdml[subtract:a|s]l[Q:|2] {VECTOR}, <Vm>.<T>",
    ),
    where=BY_ELEMENT,
)
def multiply_accumulate_doubling_long(f: Fields, m: Machine) -> None:
    """Add the doubled products to the destination, or subtract them, saturating twice (SQDMLAL, SQDMLSL vector and by
    element)."""
    undefined_if(f.size in (0, 3))
    wide = 16 << f.size
    accumulators = Elems(m.V[f.Rd, LongSize(f)], wide)
    results = []
    for d, a, b in zip(accumulators, NarrowElements(f, m, f.Rn), LongMultipliers(f, m), strict=True):
        product, product_saturated = DoublingProduct(a, b)
        accumulator, addend = sext(d, wide + 1), sext(product, wide + 1)
        result, saturated = SignedSatQ(accumulator - addend if f.subtract else accumulator + addend, wide)
        results.append((result, product_saturated | saturated))
    m.V[f.Rd, LongSize(f)] = saturated_vector(m, results)


@instruction(
    encoding="0 Q:1 0 01110 size:2!=11 1 Rm:5 1110 00 Rn:5 Rd:5",
    syntax="pmull[Q:|2] <Vd>.8h, <Vn>.<T:0,Q>, <Vm>.<T:0,Q>",
)
def polynomial_multiply_long(f: Fields, m: Machine) -> None:
    """Multiply bytes as polynomials over GF(2) (PMULL, PMULL2 of bytes)."""
    undefined_if(f.size != 0)
    pairs = zip(NarrowElements(f, m, f.Rn), NarrowElements(f, m, f.Rm), strict=True)
    m.V[f.Rd] = joined([clmul(a, b) for a, b in pairs])


@instruction(
    encoding="0 Q:1 0 01110 11 1 Rm:5 1110 00 Rn:5 Rd:5",
    syntax="pmull[Q:|2] <Vd>.1q, <Vn>.<T:3,Q>, <Vm>.<T:3,Q>",
    features=("FEAT_PMULL",),
)
def polynomial_multiply_long_doubleword(f: Fields, m: Machine) -> None:
    """Multiply doublewords as polynomials over GF(2) (PMULL, PMULL2 of doublewords)."""
    m.V[f.Rd] = clmul(Vpart(m, f.Rn, f.Q), Vpart(m, f.Rm, f.Q))
