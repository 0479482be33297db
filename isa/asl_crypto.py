# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Arm's shared functions of the hash instructions (Arm ARM, J1 "shared/functions/crypto").

Words are 32 bits, the vectors of SHA-256 four words.
"""

from __future__ import annotations

from isa.asl import LSR, ROR, Elems
from isa.machine import joined
from kernel.term import Term


def SHAchoose(x: Term, y: Term, z: Term) -> Term:
    """y where x has ones, z where it has zeros."""
    return ((y ^ z) & x) ^ z


def SHAmajority(x: Term, y: Term, z: Term) -> Term:
    """Each bit as two of the three have it."""
    return (x & y) | ((x | y) & z)


def SHAparity(x: Term, y: Term, z: Term) -> Term:
    """The parity of each bit."""
    return x ^ y ^ z


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
