# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""SM3 (Arm ARM, C4.1 "Cryptographic three-register, imm2" and neighbours). Vectors are four words of 32 bits."""

from __future__ import annotations

from isa.asl import ROL, Elem, Elems
from isa.asl_crypto import SHAchoose, SHAmajority, SHAparity
from isa.dsl import instruction
from isa.encoding import Fields
from isa.machine import Machine, joined
from kernel.ops import concat, number
from kernel.term import Term


@instruction(
    encoding="11001110 010 Rm:5 0 Ra:5 Rn:5 Rd:5",
    syntax="sm3ss1 <Vd>.4s, <Vn>.4s, <Vm>.4s, <Va>.4s",
    features=("FEAT_SM3",),
)
def sm3_ss1(f: Fields, m: Machine) -> None:
    """SS1 of a round of SM3, in the top word; the others become zero (SM3SS1)."""
    n, addend1, addend2 = (Elem(m.V[r], 3, 32) for r in (f.Rn, f.Rm, f.Ra))
    m.V[f.Rd] = concat(ROL(ROL(n, 12) + addend1 + addend2, 7), number(0, 96))


@instruction(
    encoding="11001110 010 Rm:5 10 imm2:2 0 B:1 Rn:5 Rd:5",
    syntax="sm3tt1[B:a|b] <Vd>.4s, <Vn>.4s, <Vm>.s[<imm2>]",
    features=("FEAT_SM3",),
)
def sm3_tt1(f: Fields, m: Machine) -> None:
    """The first half of the state after a round of SM3: rounds 0-15 (SM3TT1A), rounds 16-63 (SM3TT1B)."""
    d, ss1, w = Elems(m.V[f.Rd], 32), Elem(m.V[f.Rn], 3, 32), Elem(m.V[f.Rm], f.imm2, 32)
    mixed = (SHAmajority if f.B else SHAparity)(d[3], d[2], d[1])
    ss2 = ss1 ^ ROL(d[3], 12)
    m.V[f.Rd] = joined([d[1], ROL(d[2], 9), d[3], mixed + d[0] + ss2 + w])


@instruction(
    encoding="11001110 010 Rm:5 10 imm2:2 1 B:1 Rn:5 Rd:5",
    syntax="sm3tt2[B:a|b] <Vd>.4s, <Vn>.4s, <Vm>.s[<imm2>]",
    features=("FEAT_SM3",),
)
def sm3_tt2(f: Fields, m: Machine) -> None:
    """The second half of the state after a round of SM3: rounds 0-15 (SM3TT2A), rounds 16-63 (SM3TT2B)."""
    d, ss1, w = Elems(m.V[f.Rd], 32), Elem(m.V[f.Rn], 3, 32), Elem(m.V[f.Rm], f.imm2, 32)
    mixed = (SHAchoose if f.B else SHAparity)(d[3], d[2], d[1])
    tt2 = mixed + d[0] + ss1 + w
    m.V[f.Rd] = joined([d[1], ROL(d[2], 19), d[3], tt2 ^ ROL(tt2, 9) ^ ROL(tt2, 17)])


@instruction(
    encoding="11001110 011 Rm:5 1 1 00 00 Rn:5 Rd:5",
    syntax="sm3partw1 <Vd>.4s, <Vn>.4s, <Vm>.4s",
    features=("FEAT_SM3",),
)
def sm3_part_w1(f: Fields, m: Machine) -> None:
    """The part of four words of SM3's schedule that depends on the words 16, 9 and 3 before (SM3PARTW1)."""
    w, operand3 = Elems(m.V[f.Rd] ^ m.V[f.Rn], 32), Elems(m.V[f.Rm], 32)
    result = [_permuted(w[i] ^ ROL(operand3[i + 1], 15)) for i in range(3)]
    # The word 3 before the last one is the first one, which this instruction makes.
    result.append(_permuted(w[3] ^ ROL(result[0], 15)))
    m.V[f.Rd] = joined(result)


@instruction(
    encoding="11001110 011 Rm:5 1 1 00 01 Rn:5 Rd:5",
    syntax="sm3partw2 <Vd>.4s, <Vn>.4s, <Vm>.4s",
    features=("FEAT_SM3",),
)
def sm3_part_w2(f: Fields, m: Machine) -> None:
    """The rest of four words of SM3's schedule: the words 6 and 13 before (SM3PARTW2)."""
    tmp = [n ^ ROL(w, 7) for n, w in zip(Elems(m.V[f.Rn], 32), Elems(m.V[f.Rm], 32), strict=True)]
    result = [d ^ word for d, word in zip(Elems(m.V[f.Rd], 32), tmp, strict=True)]
    result[3] = result[3] ^ _permuted(ROL(tmp[0], 15))
    m.V[f.Rd] = joined(result)


def _permuted(x: Term) -> Term:
    """SM3's permutation P1 of a word."""
    return x ^ ROL(x, 15) ^ ROL(x, 23)
