# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Moves of floating-point values (Arm ARM, C4.1 "Conversion between floating-point and integer", "Floating-point
data-processing (1 source)", "Floating-point immediate" and "Floating-point conditional select")."""

from __future__ import annotations

from isa.asl import ConditionHolds
from isa.asl_vector import SetVpart, VFPExpandImm, Vpart
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine, low
from kernel.ops import ite, zext

WIDTHS = {0b00: 32, 0b01: 64, 0b11: 16}
"""The bits of a floating-point value, by the field ftype."""


def move_register(f: Fields, m: Machine) -> None:
    width = WIDTHS[f.ftype]
    m.V[f.Rd, width] = m.V[f.Rn, width]


@instruction(encoding="0 0 0 11110 ftype:2=00|01 1 000000 10000 Rn:5 Rd:5", syntax="fmov <Fd>, <Fn>")
def fmov_register(f: Fields, m: Machine) -> None:
    """Copy a single- or double-precision register (FMOV register)."""
    move_register(f, m)


@instruction(
    encoding="0 0 0 11110 ftype:2=11 1 000000 10000 Rn:5 Rd:5", syntax="fmov <Fd>, <Fn>", features=("FEAT_FP16",)
)
def fmov_register_half(f: Fields, m: Machine) -> None:
    """Copy a half-precision register (FMOV register)."""
    move_register(f, m)


def move_immediate(f: Fields, m: Machine) -> None:
    undefined_if(f.imm5 != 0)
    width = WIDTHS[f.ftype]
    m.V[f.Rd, width] = VFPExpandImm(f.imm8, width)


@instruction(encoding="0 0 0 11110 ftype:2=00|01 1 imm8:8 100 imm5:5 Rd:5", syntax="fmov <Fd>, #<fp:imm8>")
def fmov_immediate(f: Fields, m: Machine) -> None:
    """A single- or double-precision number with an 8-bit encoding (FMOV scalar, immediate)."""
    move_immediate(f, m)


@instruction(
    encoding="0 0 0 11110 ftype:2=11 1 imm8:8 100 imm5:5 Rd:5",
    syntax="fmov <Fd>, #<fp:imm8>",
    features=("FEAT_FP16",),
)
def fmov_immediate_half(f: Fields, m: Machine) -> None:
    """A half-precision number with an 8-bit encoding (FMOV scalar, immediate)."""
    move_immediate(f, m)


def conditional_select(f: Fields, m: Machine) -> None:
    width = WIDTHS[f.ftype]
    m.V[f.Rd, width] = ite(ConditionHolds(m, f.cond), m.V[f.Rn, width], m.V[f.Rm, width])


@instruction(encoding="0 0 0 11110 ftype:2=00|01 1 Rm:5 cond:4 11 Rn:5 Rd:5", syntax="fcsel <Fd>, <Fn>, <Fm>, <cond>")
def fcsel(f: Fields, m: Machine) -> None:
    """One of two single- or double-precision registers, by a condition on the flags (FCSEL)."""
    conditional_select(f, m)


@instruction(
    encoding="0 0 0 11110 ftype:2=11 1 Rm:5 cond:4 11 Rn:5 Rd:5",
    syntax="fcsel <Fd>, <Fn>, <Fm>, <cond>",
    features=("FEAT_FP16",),
)
def fcsel_half(f: Fields, m: Machine) -> None:
    """One of two half-precision registers, by a condition on the flags (FCSEL)."""
    conditional_select(f, m)


def move_general(f: Fields, m: Machine) -> None:
    width, datasize = WIDTHS[f.ftype], 64 if f.sf else 32
    if f.to_vector:
        m.V[f.Rd, width] = low(m.X[f.Rn, datasize], width)
    else:
        m.X[f.Rd, datasize] = zext(m.V[f.Rn, width], datasize)


@instruction(
    encoding="sf:1 0 0 11110 ftype:2=00|01 1 00 11 to_vector:1 000000 Rn:5 Rd:5",
    syntax=("fmov <Fd>, <Rn> if to_vector", "fmov <Rd>, <Fn>"),
)
def fmov_general(f: Fields, m: Machine) -> None:
    """Copy a general register to a vector register or back, 32 or 64 bits (FMOV general)."""
    undefined_if(f.sf != f.ftype)
    move_general(f, m)


@instruction(
    encoding="sf:1 0 0 11110 ftype:2=11 1 00 11 to_vector:1 000000 Rn:5 Rd:5",
    syntax=("fmov <Fd>, <Rn> if to_vector", "fmov <Rd>, <Fn>"),
    features=("FEAT_FP16",),
)
def fmov_general_half(f: Fields, m: Machine) -> None:
    """Copy the low 16 bits of a general register to a vector register, or back with zeros above (FMOV general)."""
    move_general(f, m)


@instruction(
    encoding="1 0 0 11110 10 1 01 11 to_vector:1 000000 Rn:5 Rd:5",
    syntax=("fmov <Vd>.d[<1>], <Xn> if to_vector", "fmov <Xd>, <Vn>.d[<1>]"),
)
def fmov_general_top(f: Fields, m: Machine) -> None:
    """Copy a general register to the high half of a vector register, keeping the low half, or back (FMOV general)."""
    if f.to_vector:
        SetVpart(m, f.Rd, 1, m.X[f.Rn])
    else:
        m.X[f.Rd] = Vpart(m, f.Rn, 1)
