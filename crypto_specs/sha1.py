# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""SHA-1 (FIPS 180-4), in the order of the standard's sections.

Words are 32 bits. A hash value is the 160-bit string H0 || … || H4, a block the 512-bit string M0 || … || M15, as in the standard.
"""

from __future__ import annotations

from crypto_specs.constants import string
from crypto_specs.iterated import IteratedHash
from crypto_specs.message import pad, words_of
from crypto_specs.sha256 import Ch, Maj
from kernel.ops import concat, ror
from kernel.term import Term

BLOCK = 64  # bytes


# 3.2 Operations on words


def ROTL(x: Term, n: int) -> Term:
    """x rotated left by n bits."""
    return ror(x, x.width - n)


# 4.1.1 SHA-1 functions


def Parity(x: Term, y: Term, z: Term) -> Term:
    """The parity of the bits."""
    return x ^ y ^ z


def f(t: int, x: Term, y: Term, z: Term) -> Term:
    """(4.1)"""
    return (Ch, Parity, Maj, Parity)[t // 20](x, y, z)


# 4.2.1 SHA-1 constants, one for each 20 rounds

K = (0x5A82_7999, 0x6ED9_EBA1, 0x8F1B_BCDC, 0xCA62_C1D6)

# 5.3.1 Initial hash value

IV = string((0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0), 32)

# 6.1.2 The hash computation of one block


def schedule(block: Term) -> list[Term]:
    """Step 1: the message schedule W0 … W79."""
    W = words_of(block, 32)
    for t in range(16, 80):
        W.append(ROTL(W[t - 3] ^ W[t - 8] ^ W[t - 14] ^ W[t - 16], 1))
    return W


def compress(value: Term, block: Term) -> Term:
    """Steps 1 to 4: the next hash value."""
    W = schedule(block)
    H = words_of(value, 32)
    a, b, c, d, e = H
    for t in range(80):
        T = ROTL(a, 5) + f(t, b, c, d) + e + K[t // 20] + W[t]
        a, b, c, d, e = T, a, ROTL(b, 30), c, d
    return concat(*[x + y for x, y in zip((a, b, c, d, e), H, strict=True)])


# The constants of the logic: one block, and the blocks of a message in memory

SHA1 = IteratedHash("SHA1", 160, BLOCK, compress)
sha1_compress, sha1_blocks = SHA1.compress, SHA1.blocks
COMPRESS, BLOCKS = sha1_compress.definition, sha1_blocks.equations


def sha1(message: bytes) -> bytes:
    """SHA-1 of a message of whole bytes."""
    padded = pad(message, BLOCK, 8)
    return SHA1.fold(IV, len(padded) // BLOCK, padded).to_bytes(20)
