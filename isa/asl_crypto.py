# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Arm's shared functions of the cryptographic instructions (Arm ARM, J1 "shared/functions/crypto").

The manual spells out some loops inside the instructions; those that several instructions share are functions here too.
A word is 32 bits; byte 0 or word 0 of a vector is the least significant one.
"""

from __future__ import annotations

from collections.abc import Callable

from isa.asl import LSL, LSR, ROL, ROR, Elems
from isa.asl_sbox import AESInvSbox, AESSbox
from isa.machine import joined
from kernel.ops import concat, number
from kernel.term import Term

Bytes = list[Term]

# AES: the state as its 16 bytes, column after column


def AESSubBytes(state: Bytes) -> Bytes:
    """AES's substitution of every byte."""
    return [AESSbox(byte) for byte in state]


def AESInvSubBytes(state: Bytes) -> Bytes:
    """The inverse substitution of every byte."""
    return [AESInvSbox(byte) for byte in state]


def AESShiftRows(state: Bytes) -> Bytes:
    """Row r moved r columns to the left."""
    return [state[(i + 4 * (i % 4)) % 16] for i in range(16)]


def AESInvShiftRows(state: Bytes) -> Bytes:
    """Row r moved r columns to the right."""
    return [state[(i - 4 * (i % 4)) % 16] for i in range(16)]


def AESMixColumns(state: Bytes) -> Bytes:
    """Each column times 3x^3 + x^2 + x + 2 modulo x^4 + 1."""
    return [byte for c in range(0, 16, 4) for byte in _mixed(state[c : c + 4])]


def AESInvMixColumns(state: Bytes) -> Bytes:
    """Each column times 11x^3 + 13x^2 + 9x + 14 modulo x^4 + 1."""
    return [byte for c in range(0, 16, 4) for byte in _unmixed(state[c : c + 4])]


def FFmul02(b: Term) -> Term:
    """The byte times x modulo x^8 + x^4 + x^3 + x + 1."""
    carry, zero = b[7], number(0, 1)
    return LSL(b, 1) ^ concat(zero, zero, zero, carry, carry, zero, carry, carry)


def _mixed(a: Bytes) -> Bytes:
    """Row r: 2 a[r] + 3 a[r+1] + a[r+2] + a[r+3], rows modulo 4."""
    two = [FFmul02(b) for b in a]
    three = [x ^ b for x, b in zip(two, a, strict=True)]
    return [two[r] ^ three[r - 3] ^ a[r - 2] ^ a[r - 1] for r in range(4)]


def _unmixed(a: Bytes) -> Bytes:
    """Row r: 14 a[r] + 11 a[r+1] + 13 a[r+2] + 9 a[r+3], rows modulo 4."""
    two = [FFmul02(b) for b in a]
    four = [FFmul02(b) for b in two]
    eight = [FFmul02(b) for b in four]
    nine = [x ^ b for x, b in zip(eight, a, strict=True)]
    eleven = [x ^ b for x, b in zip(nine, two, strict=True)]
    thirteen = [x ^ b for x, b in zip(nine, four, strict=True)]
    fourteen = [x ^ y ^ z for x, y, z in zip(eight, four, two, strict=True)]
    return [fourteen[r] ^ eleven[r - 3] ^ thirteen[r - 2] ^ nine[r - 1] for r in range(4)]


# SHA-1 and SHA-256


def SHAchoose(x: Term, y: Term, z: Term) -> Term:
    """y where x has ones, z where it has zeros."""
    return ((y ^ z) & x) ^ z


def SHAmajority(x: Term, y: Term, z: Term) -> Term:
    """Each bit as two of the three have it."""
    return (x & y) | ((x | y) & z)


def SHAparity(x: Term, y: Term, z: Term) -> Term:
    """The parity of each bit."""
    return x ^ y ^ z


def SHA1hash(X: Term, Y: Term, W: Term, function: Callable[[Term, Term, Term], Term]) -> Term:
    """Four rounds of SHA-1 on the state a, b, c, d in X and e in Y; W has the schedule plus constants.

    Gives the new X.
    """
    x, y = Elems(X, 32), Y
    for w in Elems(W, 32):
        y = y + ROL(x[0], 5) + function(x[1], x[2], x[3]) + w
        x, y = [y, x[0], ROL(x[1], 30), x[2]], x[3]
    return joined(x)


def SHAhashSIGMA0(x: Term) -> Term:
    """The rotations of SHA-256's a."""
    return ROR(x, 2) ^ ROR(x, 13) ^ ROR(x, 22)


def SHAhashSIGMA1(x: Term) -> Term:
    """The rotations of SHA-256's e."""
    return ROR(x, 6) ^ ROR(x, 11) ^ ROR(x, 25)


def SHA256hash(X: Term, Y: Term, W: Term, *, part1: bool) -> Term:
    """Four rounds of SHA-256 on the state a, b, c, d in X and e, f, g, h in Y; W has the schedule plus constants.

    Gives the new X for part 1, the new Y otherwise.
    """
    x, y = Elems(X, 32), Elems(Y, 32)
    for w in Elems(W, 32):
        t = y[3] + SHAhashSIGMA1(y[0]) + SHAchoose(y[0], y[1], y[2]) + w
        x3 = t + x[3]
        y3 = t + SHAhashSIGMA0(x[0]) + SHAmajority(x[0], x[1], x[2])
        x, y = [y3, *x[:3]], [x3, *y[:3]]
    return joined(x if part1 else y)


def SHA256sigma0(x: Term) -> Term:
    """The small sigma 0 of SHA-256's message schedule."""
    return ROR(x, 7) ^ ROR(x, 18) ^ LSR(x, 3)


def SHA256sigma1(x: Term) -> Term:
    """The small sigma 1 of SHA-256's message schedule."""
    return ROR(x, 17) ^ ROR(x, 19) ^ LSR(x, 10)
