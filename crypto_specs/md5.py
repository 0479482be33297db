# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""MD5 (RFC 1321), in the order of its sections.

Words are 32 bits, and little-endian in memory. A hash value is the 128-bit string A || B || C || D of the four words as numbers, a block
the 512-bit string X[0] || … || X[15].
"""

from __future__ import annotations

from math import sin

from crypto_specs.constants import string
from crypto_specs.iterated import IteratedHash
from crypto_specs.message import pad, words_in_order, words_of
from crypto_specs.sha1 import ROTL
from kernel.ops import concat, read
from kernel.term import Term

BLOCK = 64  # bytes

# 3.3 Initialize MD buffer

IV = string((0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476), 32)

# 3.4 Process message in 16-word blocks


def F(x: Term, y: Term, z: Term) -> Term:
    """y where x is 1, z where x is 0."""
    return (x & y) | (~x & z)


def G(x: Term, y: Term, z: Term) -> Term:
    """x where z is 1, y where z is 0."""
    return (x & z) | (y & ~z)


def H(x: Term, y: Term, z: Term) -> Term:
    """The parity of the bits."""
    return x ^ y ^ z


def I(x: Term, y: Term, z: Term) -> Term:  # noqa: E743  (the name in the RFC)
    """The RFC's fourth function."""
    return y ^ (x | ~z)


T = tuple(int(abs(sin(i)) * (1 << 32)) for i in range(1, 65))
"""The table: T[i − 1] is the RFC's T[i]."""

# A round is 16 operations [abcd k s i]: its function, the word k = k0 + step · j modulo 16 of operation j, and the four shifts s in turn
ROUNDS = (
    (F, 0, 1, (7, 12, 17, 22)),
    (G, 1, 5, (5, 9, 14, 20)),
    (H, 5, 3, (4, 11, 16, 23)),
    (I, 0, 7, (6, 10, 15, 21)),
)


def compress(value: Term, block: Term) -> Term:
    """The four rounds, and the addition of the value they started from."""
    X = words_of(block, 32)
    AA, BB, CC, DD = words_of(value, 32)
    a, b, c, d = AA, BB, CC, DD
    for i in range(64):
        function, first, step, shifts = ROUNDS[i // 16]
        t = a + function(b, c, d) + X[(first + step * i) % 16] + T[i]
        a, b, c, d = d, b + ROTL(t, shifts[i % 4]), b, c
    return concat(a + AA, b + BB, c + CC, d + DD)


# The constants of the logic: one block, and the blocks of a message in memory


def block_at(memory: Term, address: Term, size: int) -> Term:
    """2. Bytes make words with the low-order byte first."""
    return words_in_order(read(memory, address, size), 32)


MD5 = IteratedHash("MD5", 128, BLOCK, compress, block_at)
md5_compress, md5_blocks = MD5.compress, MD5.blocks
COMPRESS, BLOCKS = md5_compress.definition, md5_blocks.equations


def md5(message: bytes) -> bytes:
    """3.5 MD5 of a message of whole bytes: A, B, C, D, each low-order byte first."""
    padded = pad(message, BLOCK, 8, "little")
    value = MD5.fold(IV, len(padded) // BLOCK, padded)
    return b"".join((value >> k & 0xFFFF_FFFF).to_bytes(4, "little") for k in (96, 64, 32, 0))
