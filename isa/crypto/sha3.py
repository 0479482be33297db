# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The vector operations of SHA-3 (Arm ARM, C4.1 "Cryptographic four-register" and neighbours)."""

from __future__ import annotations

from isa.asl import ROL, ROR, Elems
from isa.dsl import instruction
from isa.encoding import Fields
from isa.machine import Machine, joined


@instruction(
    encoding="11001110 000 Rm:5 0 Ra:5 Rn:5 Rd:5",
    syntax="eor3 <Vd>.16b, <Vn>.16b, <Vm>.16b, <Va>.16b",
    features=("FEAT_SHA3",),
)
def three_way_exclusive_or(f: Fields, m: Machine) -> None:
    """The XOR of three vectors (EOR3)."""
    m.V[f.Rd] = m.V[f.Rn] ^ m.V[f.Rm] ^ m.V[f.Ra]


@instruction(
    encoding="11001110 001 Rm:5 0 Ra:5 Rn:5 Rd:5",
    syntax="bcax <Vd>.16b, <Vn>.16b, <Vm>.16b, <Va>.16b",
    features=("FEAT_SHA3",),
)
def bit_clear_and_exclusive_or(f: Fields, m: Machine) -> None:
    """The XOR of a vector and another one with the bits of a third cleared (BCAX)."""
    m.V[f.Rd] = m.V[f.Rn] ^ (m.V[f.Rm] & ~m.V[f.Ra])


@instruction(
    encoding="11001110 011 Rm:5 1 0 00 11 Rn:5 Rd:5",
    syntax="rax1 <Vd>.2d, <Vn>.2d, <Vm>.2d",
    features=("FEAT_SHA3",),
)
def rotate_and_exclusive_or(f: Fields, m: Machine) -> None:
    """The XOR of a vector and another one whose doublewords are rotated left by 1 (RAX1)."""
    m.V[f.Rd] = m.V[f.Rn] ^ joined([ROL(x, 1) for x in Elems(m.V[f.Rm], 64)])


@instruction(
    encoding="11001110 100 Rm:5 imm6:6 Rn:5 Rd:5",
    syntax="xar <Vd>.2d, <Vn>.2d, <Vm>.2d, #<imm6>",
    features=("FEAT_SHA3",),
)
def exclusive_or_and_rotate(f: Fields, m: Machine) -> None:
    """The XOR of two vectors, its doublewords rotated right by a constant (XAR)."""
    m.V[f.Rd] = joined([ROR(x, f.imm6) for x in Elems(m.V[f.Rm] ^ m.V[f.Rn], 64)])
