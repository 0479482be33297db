# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""SHA-1 (Arm ARM, C4.1 "Cryptographic three-register SHA", "Cryptographic two-register SHA")."""

from __future__ import annotations

from isa.asl import ROL, Elems
from isa.asl_crypto import SHA1hash, SHAchoose, SHAmajority, SHAparity
from isa.dsl import instruction
from isa.encoding import Fields
from isa.machine import Machine, joined
from kernel.ops import concat

FUNCTIONS = (SHAchoose, SHAparity, SHAmajority)


@instruction(
    encoding="01011110 00 0 Rm:5 0 0 opcode:2!=11 00 Rn:5 Rd:5",
    syntax="sha1[opcode:c|p|m] <Qd>, <Sn>, <Vm>.4s",
    features=("FEAT_SHA1",),
)
def sha1_hash_update(f: Fields, m: Machine) -> None:
    """Four rounds of SHA-1 with choose, parity or majority (SHA1C, SHA1P, SHA1M)."""
    m.V[f.Rd] = SHA1hash(m.V[f.Rd], m.V[f.Rn, 32], m.V[f.Rm], FUNCTIONS[f.opcode])


@instruction(
    encoding="01011110 00 10100 00000 10 Rn:5 Rd:5",
    syntax="sha1h <Sd>, <Sn>",
    features=("FEAT_SHA1",),
)
def sha1_fixed_rotate(f: Fields, m: Machine) -> None:
    """A word rotated left by 30, the e of SHA-1 four rounds on (SHA1H)."""
    m.V[f.Rd, 32] = ROL(m.V[f.Rn, 32], 30)


@instruction(
    encoding="01011110 00 0 Rm:5 0 011 00 Rn:5 Rd:5",
    syntax="sha1su0 <Vd>.4s, <Vn>.4s, <Vm>.4s",
    features=("FEAT_SHA1",),
)
def sha1_schedule_update_0(f: Fields, m: Machine) -> None:
    """The XOR of the words 16, 14 and 8 before, for four words of SHA-1's schedule (SHA1SU0)."""
    operand1, operand2, operand3 = m.V[f.Rd], m.V[f.Rn], m.V[f.Rm]
    m.V[f.Rd] = concat(operand2[63:0], operand1[127:64]) ^ operand1 ^ operand3


@instruction(
    encoding="01011110 00 10100 00001 10 Rn:5 Rd:5",
    syntax="sha1su1 <Vd>.4s, <Vn>.4s",
    features=("FEAT_SHA1",),
)
def sha1_schedule_update_1(f: Fields, m: Machine) -> None:
    """The XOR with the words 3 before and the rotation, for four words of SHA-1's schedule (SHA1SU1)."""
    operand1, operand2 = Elems(m.V[f.Rd], 32), Elems(m.V[f.Rn], 32)
    T = [*[a ^ b for a, b in zip(operand1[:3], operand2[1:], strict=True)], operand1[3]]
    # Word 3 of the schedule depends on word 0, which this instruction makes: hence the double rotation.
    m.V[f.Rd] = joined([ROL(T[0], 1), ROL(T[1], 1), ROL(T[2], 1), ROL(T[3], 1) ^ ROL(T[0], 2)])
