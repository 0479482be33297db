# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Sums and differences of elements (Arm ARM, C4.1 "Advanced SIMD three same" and its scalar form)."""

from __future__ import annotations

from isa.asl import Elems
from isa.asl_vector import DataSize, is_scalar
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine, joined


@instruction(
    encoding=(
        "0 Q:1 U:1 01110 size:2 1 Rm:5 10000 1 Rn:5 Rd:5",
        "01 U:1 scalar:1=1 1110 size:2 1 Rm:5 10000 1 Rn:5 Rd:5",
    ),
    syntax=("[U:add|sub] <Vd>.<T>, <Vn>.<T>, <Vm>.<T>", "[U:add|sub] <Dd>, <Dn>, <Dm> if scalar"),
)
def add_sub_vector(f: Fields, m: Machine) -> None:
    """Add or subtract elements (ADD, SUB vector)."""
    undefined_if(f.size != 3 if is_scalar(f) else f.size == 3 and f.Q == 0)
    esize = 8 << f.size
    datasize = DataSize(f, esize)
    pairs = zip(Elems(m.V[f.Rn, datasize], esize), Elems(m.V[f.Rm, datasize], esize), strict=True)
    m.V[f.Rd, datasize] = joined([a - b if f.U else a + b for a, b in pairs])
