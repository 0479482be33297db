# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""SM4 (Arm ARM, C4.1 "Cryptographic two-register SHA 512" and "three-register SHA 512", where these stand)."""

from __future__ import annotations

from functools import reduce
from operator import xor

from isa.asl import ROL, Elems
from isa.asl_sbox import Sbox
from isa.dsl import instruction
from isa.encoding import Fields
from isa.machine import Machine, joined
from kernel.term import Term


@instruction(
    encoding="11001110 110 00000 1000 01 Rn:5 Rd:5",
    syntax="sm4e <Vd>.4s, <Vn>.4s",
    features=("FEAT_SM4",),
)
def sm4_encode(f: Fields, m: Machine) -> None:
    """Four rounds of SM4 (SM4E)."""
    m.V[f.Rd] = _rounds(m.V[f.Rd], m.V[f.Rn], (2, 10, 18, 24))


@instruction(
    encoding="11001110 011 Rm:5 1 1 00 10 Rn:5 Rd:5",
    syntax="sm4ekey <Vd>.4s, <Vn>.4s, <Vm>.4s",
    features=("FEAT_SM4",),
)
def sm4_key(f: Fields, m: Machine) -> None:
    """Four round keys of SM4 (SM4EKEY)."""
    m.V[f.Rd] = _rounds(m.V[f.Rn], m.V[f.Rm], (13, 23))


def _rounds(state: Term, keys: Term, rotations: tuple[int, ...]) -> Term:
    """Four words more: the oldest one XORed with the others substituted and spread by the rotations."""
    words = Elems(state, 32)
    for key in Elems(keys, 32):
        substituted = joined([Sbox(byte) for byte in Elems(words[3] ^ words[2] ^ words[1] ^ key, 8)])
        spread = reduce(xor, [ROL(substituted, amount) for amount in rotations], substituted)
        words = [*words[1:], spread ^ words[0]]
    return joined(words)
