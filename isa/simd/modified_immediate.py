# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Vectors from an immediate (Arm ARM, C4.1 "Advanced SIMD modified immediate")."""

from __future__ import annotations

from isa.asl_vector import AdvSIMDExpandImm, VFPExpandImm, replicated
from isa.dsl import instruction, unallocated, undefined_if
from isa.encoding import Fields
from isa.machine import Machine
from kernel.ops import number

WHERE = {
    "imm8": "abc:defgh",
    "words": "cmode >> 3 == 0",
    "halfwords": "cmode >> 2 == 0b10",
    "update": "cmode & 1",
    "word_shift": "8 * (cmode >> 1)",
    "halfword_shift": "8 * (cmode >> 1 & 1)",
}


@instruction(
    encoding="0 Q:1 op:1 0111100000 abc:3 cmode:4 01 defgh:5 Rd:5",
    syntax=(
        "[op:orr|bic] <Vd>.<T:2,Q>, #<imm8>(, lsl #<word_shift>) if words and update",
        "[op:movi|mvni] <Vd>.<T:2,Q>, #<imm8>(, lsl #<word_shift>) if words",
        "[op:orr|bic] <Vd>.<T:1,Q>, #<imm8>(, lsl #<halfword_shift>) if halfwords and update",
        "[op:movi|mvni] <Vd>.<T:1,Q>, #<imm8>(, lsl #<halfword_shift>) if halfwords",
        "[op:movi|mvni] <Vd>.<T:2,Q>, #<imm8>, msl #<8 << (cmode & 1)> if cmode >> 1 == 0b110",
        "fmov <Vd>.<T:2 + op,Q>, #<fp:imm8> if cmode == 0b1111",
        "movi <Vd>.<T:0,Q>, #<imm8> if op == 0",
        "movi <Vd>.2d, #<bytemask(imm8)> if Q",
        "movi <Dd>, #<bytemask(imm8)>",
    ),
    where=WHERE,
)
def move_immediate_vector(f: Fields, m: Machine) -> None:
    """Set elements to an immediate or its inverse, or set or clear its bits in them (MOVI, MVNI, FMOV, ORR, BIC)."""
    undefined_if(f.op == 1 and f.cmode == 0b1111 and f.Q == 0)
    datasize = 64 << f.Q
    imm64 = AdvSIMDExpandImm(f.op, f.cmode, f.abc << 5 | f.defgh)
    imm = imm64 << 64 | imm64
    if f.cmode < 0b1100 and f.cmode & 1:
        operand = m.V[f.Rd, datasize]
        m.V[f.Rd, datasize] = operand & ~imm if f.op else operand | imm
    else:
        inverted = f.op == 1 and f.cmode < 0b1110
        m.V[f.Rd, datasize] = number(~imm if inverted else imm, datasize)


@instruction(
    encoding="0 Q:1 0 0111100000 abc:3 1111 11 defgh:5 Rd:5",
    syntax="fmov <Vd>.<T:1,Q>, #<fp:imm8>",
    where=WHERE,
    features=("FEAT_FP16",),
)
def fmov_immediate_vector_half(f: Fields, m: Machine) -> None:
    """Set all elements to a half-precision number with an 8-bit encoding (FMOV vector, immediate)."""
    imm64 = replicated(VFPExpandImm(f.abc << 5 | f.defgh, 16), 16)
    m.V[f.Rd, 64 << f.Q] = number(imm64 << 64 | imm64, 64 << f.Q)


unallocated(
    name="modified_immediate_unallocated",
    encoding=(
        "0 x 0 0111100000 xxx cmode:4!=1111 11 xxxxx xxxxx",
        "0 x 1 0111100000 xxx xxxx 11 xxxxx xxxxx",
    ),
)
