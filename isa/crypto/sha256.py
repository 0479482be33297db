# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""SHA-256 (Arm ARM, C4.1 "Cryptographic three-register SHA", "Cryptographic two-register SHA")."""

from __future__ import annotations

from isa.asl import Elems
from isa.asl_crypto import SHA256hash, SHA256sigma0, SHA256sigma1
from isa.dsl import instruction
from isa.encoding import Fields
from isa.machine import Machine, joined


@instruction(
    encoding="01011110 00 0 Rm:5 0 10 P:1 00 Rn:5 Rd:5",
    syntax="sha256h[P:|2] <Qd>, <Qn>, <Vm>.4s",
    features=("FEAT_SHA256",),
)
def sha256_hash_update(f: Fields, m: Machine) -> None:
    """Four rounds of SHA-256: the first half of the state (SHA256H) or the second (SHA256H2)."""
    d, n, w = m.V[f.Rd], m.V[f.Rn], m.V[f.Rm]
    m.V[f.Rd] = SHA256hash(n, d, w, part1=False) if f.P else SHA256hash(d, n, w, part1=True)


@instruction(
    encoding="01011110 00 10100 00010 10 Rn:5 Rd:5",
    syntax="sha256su0 <Vd>.4s, <Vn>.4s",
    features=("FEAT_SHA256",),
)
def sha256_schedule_update_0(f: Fields, m: Machine) -> None:
    """The part of four words of SHA-256's schedule that depends on the words 15 and 16 before (SHA256SU0)."""
    operand1, operand2 = Elems(m.V[f.Rd], 32), Elems(m.V[f.Rn], 32)
    T = [*operand1[1:], operand2[0]]
    m.V[f.Rd] = joined([SHA256sigma0(elt) + word for elt, word in zip(T, operand1, strict=True)])


@instruction(
    encoding="01011110 00 0 Rm:5 0 110 00 Rn:5 Rd:5",
    syntax="sha256su1 <Vd>.4s, <Vn>.4s, <Vm>.4s",
    features=("FEAT_SHA256",),
)
def sha256_schedule_update_1(f: Fields, m: Machine) -> None:
    """The rest of four words of SHA-256's schedule: the words 2 and 7 before (SHA256SU1)."""
    operand1, operand2, operand3 = Elems(m.V[f.Rd], 32), Elems(m.V[f.Rn], 32), Elems(m.V[f.Rm], 32)
    T0 = [*operand2[1:], operand3[0]]
    result = [SHA256sigma1(operand3[e + 2]) + operand1[e] + T0[e] for e in (0, 1)]
    # Words 2 and 3 of the schedule follow from words 0 and 1, which have just been made.
    result += [SHA256sigma1(result[e - 2]) + operand1[e] + T0[e] for e in (2, 3)]
    m.V[f.Rd] = joined(result)
