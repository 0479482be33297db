# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""SHA-512 (Arm ARM, C4.1 "Cryptographic three-register SHA 512", "Cryptographic two-register SHA 512").

A vector holds two words of 64 bits, `high` above `low`.
"""

from __future__ import annotations

from isa.asl import LSR, ROR, Elems
from isa.dsl import instruction
from isa.encoding import Fields
from isa.machine import Machine, joined
from kernel.term import Term


@instruction(
    encoding="11001110 011 Rm:5 1 0 00 00 Rn:5 Rd:5",
    syntax="sha512h <Qd>, <Qn>, <Vm>.2d",
    features=("FEAT_SHA512",),
)
def sha512_hash_update_part_1(f: Fields, m: Machine) -> None:
    """Two rounds of SHA-512, the part with Ch and the large sigma 1 (SHA512H)."""
    x_low, x_high = Elems(m.V[f.Rn], 64)
    y_low, y_high = Elems(m.V[f.Rm], 64)
    w_low, w_high = Elems(m.V[f.Rd], 64)
    high = ((y_high & x_low) ^ (~y_high & x_high)) + _large_sigma_1(y_high) + w_high
    tmp = high + y_low
    low = ((tmp & y_high) ^ (~tmp & x_low)) + _large_sigma_1(tmp) + w_low
    m.V[f.Rd] = joined([low, high])


@instruction(
    encoding="11001110 011 Rm:5 1 0 00 01 Rn:5 Rd:5",
    syntax="sha512h2 <Qd>, <Qn>, <Vm>.2d",
    features=("FEAT_SHA512",),
)
def sha512_hash_update_part_2(f: Fields, m: Machine) -> None:
    """Two rounds of SHA-512, the part with Maj and the large sigma 0 (SHA512H2)."""
    x_low, _ = Elems(m.V[f.Rn], 64)
    y_low, y_high = Elems(m.V[f.Rm], 64)
    w_low, w_high = Elems(m.V[f.Rd], 64)
    high = ((x_low & y_high) ^ (x_low & y_low) ^ (y_high & y_low)) + _large_sigma_0(y_low) + w_high
    low = ((high & y_low) ^ (high & y_high) ^ (y_high & y_low)) + _large_sigma_0(high) + w_low
    m.V[f.Rd] = joined([low, high])


@instruction(
    encoding="11001110 110 00000 1000 00 Rn:5 Rd:5",
    syntax="sha512su0 <Vd>.2d, <Vn>.2d",
    features=("FEAT_SHA512",),
)
def sha512_schedule_update_0(f: Fields, m: Machine) -> None:
    """The part of two words of SHA-512's schedule that depends on the words 15 and 16 before (SHA512SU0)."""
    w_low, w_high = Elems(m.V[f.Rd], 64)
    x_low, _ = Elems(m.V[f.Rn], 64)
    m.V[f.Rd] = joined([w_low + _small_sigma_0(w_high), w_high + _small_sigma_0(x_low)])


@instruction(
    encoding="11001110 011 Rm:5 1 0 00 10 Rn:5 Rd:5",
    syntax="sha512su1 <Vd>.2d, <Vn>.2d, <Vm>.2d",
    features=("FEAT_SHA512",),
)
def sha512_schedule_update_1(f: Fields, m: Machine) -> None:
    """The rest of two words of SHA-512's schedule: the words 2 and 7 before (SHA512SU1)."""
    words = zip(Elems(m.V[f.Rd], 64), Elems(m.V[f.Rn], 64), Elems(m.V[f.Rm], 64), strict=True)
    m.V[f.Rd] = joined([w + _small_sigma_1(x) + y for w, x, y in words])


def _large_sigma_0(x: Term) -> Term:
    return ROR(x, 28) ^ ROR(x, 34) ^ ROR(x, 39)


def _large_sigma_1(x: Term) -> Term:
    return ROR(x, 14) ^ ROR(x, 18) ^ ROR(x, 41)


def _small_sigma_0(x: Term) -> Term:
    return ROR(x, 1) ^ ROR(x, 8) ^ LSR(x, 7)


def _small_sigma_1(x: Term) -> Term:
    return ROR(x, 19) ^ ROR(x, 61) ^ LSR(x, 6)
