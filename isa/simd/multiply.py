# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Products as wide as the elements (Arm ARM, C4.1 "Advanced SIMD three same", "three-register extension", "vector x
indexed element" and their scalar forms)."""

from __future__ import annotations

from isa.asl import Elems
from isa.asl_multiply import BY_ELEMENT, ELEMENT, DoublingHigh, DoublingHighAccumulate, IsMultiplied, Multipliers
from isa.asl_vector import DataSize, lanes, saturated_vector
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine, joined
from kernel.ops import clmul


@instruction(
    encoding=(
        "0 Q:1 0 01110 size:2 1 Rm:5 10011 1 Rn:5 Rd:5",
        "0 Q:1 0 01111 size:2 L:1 M:1 Rm:4 1000 H:1 0 Rn:5 Rd:5",
    ),
    syntax=(f"mul <Vd>.<T>, <Vn>.<T>, {ELEMENT}", "mul <Vd>.<T>, <Vn>.<T>, <Vm>.<T>"),
    where=BY_ELEMENT,
)
def multiply_vector(f: Fields, m: Machine) -> None:
    """Multiply elements (MUL vector and by element)."""
    undefined_if(not IsMultiplied(f))
    esize, datasize = 8 << f.size, 64 << f.Q
    pairs = zip(Elems(m.V[f.Rn, datasize], esize), Multipliers(f, m, datasize), strict=True)
    m.V[f.Rd, datasize] = joined([a * b for a, b in pairs])


@instruction(
    encoding=(
        "0 Q:1 subtract:1 01110 size:2 1 Rm:5 10010 1 Rn:5 Rd:5",
        "0 Q:1 1 01111 size:2 L:1 M:1 Rm:4 0 subtract:1 00 H:1 0 Rn:5 Rd:5",
    ),
    syntax=(
        f"ml[subtract:a|s] <Vd>.<T>, <Vn>.<T>, {ELEMENT}",
        "ml[subtract:a|s] <Vd>.<T>, <Vn>.<T>, <Vm>.<T>",
    ),
    where=BY_ELEMENT,
)
def multiply_accumulate_vector(f: Fields, m: Machine) -> None:
    """Multiply elements and add the products to the destination, or subtract them (MLA, MLS vector and by element)."""
    undefined_if(not IsMultiplied(f))
    esize, datasize = 8 << f.size, 64 << f.Q
    pairs = zip(lanes(m, datasize, esize, f.Rd, f.Rn), Multipliers(f, m, datasize), strict=True)
    m.V[f.Rd, datasize] = joined([d - a * b if f.subtract else d + a * b for (d, a), b in pairs])


@instruction(encoding="0 Q:1 1 01110 size:2 1 Rm:5 10011 1 Rn:5 Rd:5", syntax="pmul <Vd>.<T>, <Vn>.<T>, <Vm>.<T>")
def polynomial_multiply(f: Fields, m: Machine) -> None:
    """Multiply bytes as polynomials over GF(2), without reduction; the low halves of the products (PMUL)."""
    undefined_if(f.size != 0)
    datasize = 64 << f.Q
    m.V[f.Rd, datasize] = joined([clmul(a, b)[7:0] for a, b in lanes(m, datasize, 8, f.Rn, f.Rm)])


@instruction(
    encoding=(
        "0 Q:1 R:1 01110 size:2 1 Rm:5 10110 1 Rn:5 Rd:5",
        "01 R:1 scalar:1=1 1110 size:2 1 Rm:5 10110 1 Rn:5 Rd:5",
        "0 Q:1 0 01111 size:2 L:1 M:1 Rm:4 110 R:1 H:1 0 Rn:5 Rd:5",
        "01 0 scalar:1=1 1111 size:2 L:1 M:1 Rm:4 110 R:1 H:1 0 Rn:5 Rd:5",
    ),
    syntax=(
        f"sq(R?r)dmulh <Fd>, <Fn>, {ELEMENT} if scalar",
        "sq(R?r)dmulh <Fd>, <Fn>, <Fm> if scalar",
        f"sq(R?r)dmulh <Vd>.<T>, <Vn>.<T>, {ELEMENT}",
        "sq(R?r)dmulh <Vd>.<T>, <Vn>.<T>, <Vm>.<T>",
    ),
    where=BY_ELEMENT,
)
def multiply_doubling_high(f: Fields, m: Machine) -> None:
    """The upper halves of the doubled products, saturating (SQDMULH; rounding: SQRDMULH; vector and by element)."""
    undefined_if(f.size in (0, 3))
    esize = 8 << f.size
    datasize = DataSize(f, esize)
    pairs = zip(Elems(m.V[f.Rn, datasize], esize), Multipliers(f, m, datasize), strict=True)
    m.V[f.Rd, datasize] = saturated_vector(m, [DoublingHigh(a, b, rounding=f.R == 1) for a, b in pairs])


@instruction(
    encoding=(
        "0 Q:1 1 01110 size:2 0 Rm:5 1000 S:1 1 Rn:5 Rd:5",
        "01 1 scalar:1=1 1110 size:2 0 Rm:5 1000 S:1 1 Rn:5 Rd:5",
        "0 Q:1 1 01111 size:2 L:1 M:1 Rm:4 11 S:1 1 H:1 0 Rn:5 Rd:5",
        "01 1 scalar:1=1 1111 size:2 L:1 M:1 Rm:4 11 S:1 1 H:1 0 Rn:5 Rd:5",
    ),
    syntax=(
        f"sqrdml[S:a|s]h <Fd>, <Fn>, {ELEMENT} if scalar",
        "sqrdml[S:a|s]h <Fd>, <Fn>, <Fm> if scalar",
        f"sqrdml[S:a|s]h <Vd>.<T>, <Vn>.<T>, {ELEMENT}",
        "sqrdml[S:a|s]h <Vd>.<T>, <Vn>.<T>, <Vm>.<T>",
    ),
    where=BY_ELEMENT,
    features=("FEAT_RDM",),
)
def multiply_accumulate_doubling_high(f: Fields, m: Machine) -> None:
    """Add the doubled products to the destination as an upper half, or subtract them, rounded and saturating (SQRDMLAH,
    SQRDMLSH; vector and by element)."""
    undefined_if(f.size in (0, 3))
    esize = 8 << f.size
    datasize = DataSize(f, esize)
    pairs = zip(lanes(m, datasize, esize, f.Rd, f.Rn), Multipliers(f, m, datasize), strict=True)
    results = [DoublingHighAccumulate(d, a, b, subtract=f.S == 1) for (d, a), b in pairs]
    m.V[f.Rd, datasize] = saturated_vector(m, results)
