# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Shift elements by amounts in another vector (Arm ARM, C4.1 "Advanced SIMD three same" and its scalar form)."""

from __future__ import annotations

from isa.asl import part
from isa.asl_shift import RShrReg, SaturatedLSL
from isa.asl_vector import DataSize, is_scalar, lanes, saturated_vector
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine, joined
from kernel.ops import ite, slt, zext


@instruction(
    encoding=(
        "0 Q:1 U:1 01110 size:2 1 Rm:5 010 R:1 0 1 Rn:5 Rd:5",
        "01 U:1 scalar:1=1 1110 size:2 1 Rm:5 010 R:1 0 1 Rn:5 Rd:5",
    ),
    syntax=("[U:s|u](R?r)shl <Vd>.<T>, <Vn>.<T>, <Vm>.<T>", "[U:s|u](R?r)shl <Dd>, <Dn>, <Dm> if scalar"),
)
def shift_register(f: Fields, m: Machine) -> None:
    """Shift left by an element's low byte, right where that is negative (SSHL, USHL; rounding: SRSHL, URSHL)."""
    undefined_if(f.size != 3 if is_scalar(f) else f.size == 3 and f.Q == 0)
    esize = 8 << f.size
    datasize = DataSize(f, esize)
    result = []
    for x, y in lanes(m, datasize, esize, f.Rn, f.Rm):
        shift = part(y, 7, 0)
        right = RShrReg(x, shift, unsigned=f.U == 1, rounding=f.R == 1)
        result.append(ite(slt(shift, 0), right, x << zext(shift, esize)))
    m.V[f.Rd, datasize] = joined(result)


@instruction(
    encoding=(
        "0 Q:1 U:1 01110 size:2 1 Rm:5 010 R:1 1 1 Rn:5 Rd:5",
        "01 U:1 scalar:1=1 1110 size:2 1 Rm:5 010 R:1 1 1 Rn:5 Rd:5",
    ),
    syntax=("[U:s|u]q(R?r)shl <Vd>.<T>, <Vn>.<T>, <Vm>.<T>", "[U:s|u]q(R?r)shl <Fd>, <Fn>, <Fm> if scalar"),
)
def saturating_shift_register(f: Fields, m: Machine) -> None:
    """Shift left by an element's low byte, saturating, or right where it is negative (SQSHL, UQSHL, SQRSHL, UQRSHL)."""
    undefined_if(not is_scalar(f) and f.size == 3 and f.Q == 0)
    esize, unsigned = 8 << f.size, f.U == 1
    datasize = DataSize(f, esize)
    results = []
    for x, y in lanes(m, datasize, esize, f.Rn, f.Rm):
        shift = part(y, 7, 0)
        right = RShrReg(x, shift, unsigned=unsigned, rounding=f.R == 1)
        left, overflow = SaturatedLSL(x, zext(shift, esize), unsigned=unsigned)
        results.append((ite(slt(shift, 0), right, left), ~slt(shift, 0) & overflow))
    m.V[f.Rd, datasize] = saturated_vector(m, results)
