# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""SHA-256 and SHA-224 (FIPS 180-4), in the order of the standard's sections.

Words are 32 bits. A hash value is the 256-bit string H0 || … || H7, a block the 512-bit string M0 || … || M15, as in the standard.
"""

from __future__ import annotations

from crypto_specs.constants import cube_root_fraction, primes, square_root_fraction, string
from crypto_specs.iterated import IteratedHash
from crypto_specs.message import pad, words_of
from kernel.ops import concat, ror
from kernel.term import Term

BLOCK = 64  # bytes


# 4.1.2 SHA-224 and SHA-256 functions


def Ch(x: Term, y: Term, z: Term) -> Term:
    """(4.2) y where x is 1, z where x is 0."""
    return (x & y) ^ (~x & z)


def Maj(x: Term, y: Term, z: Term) -> Term:
    """(4.3) The majority of the bits."""
    return (x & y) ^ (x & z) ^ (y & z)


def Sigma0(x: Term) -> Term:
    """(4.4)"""
    return ror(x, 2) ^ ror(x, 13) ^ ror(x, 22)


def Sigma1(x: Term) -> Term:
    """(4.5)"""
    return ror(x, 6) ^ ror(x, 11) ^ ror(x, 25)


def sigma0(x: Term) -> Term:
    """(4.6)"""
    return ror(x, 7) ^ ror(x, 18) ^ (x >> 3)


def sigma1(x: Term) -> Term:
    """(4.7)"""
    return ror(x, 17) ^ ror(x, 19) ^ (x >> 10)


# 4.2.2 Constants: the first 32 bits of the fractional parts of the cube roots of the first 64 primes

K = tuple(cube_root_fraction(p, 32) for p in primes(64))

# 5.3.2, 5.3.3 Initial hash values: of the square roots of the first eight primes, and of the ninth to sixteenth

IV_256 = string([square_root_fraction(p, 32) for p in primes(8)], 32)
IV_224 = string([square_root_fraction(p, 64) & 0xFFFF_FFFF for p in primes(16)[8:]], 32)

# 6.2.2 The hash computation of one block


def schedule(block: Term) -> list[Term]:
    """Step 1: the message schedule W0 … W63."""
    W = words_of(block, 32)
    for t in range(16, 64):
        W.append(sigma1(W[t - 2]) + W[t - 7] + sigma0(W[t - 15]) + W[t - 16])
    return W


def compress(value: Term, block: Term) -> Term:
    """Steps 1 to 4: the next hash value."""
    W = schedule(block)
    H = words_of(value, 32)
    a, b, c, d, e, f, g, h = H
    for t in range(64):
        T1 = h + Sigma1(e) + Ch(e, f, g) + K[t] + W[t]
        T2 = Sigma0(a) + Maj(a, b, c)
        a, b, c, d, e, f, g, h = T1 + T2, a, b, c, d + T1, e, f, g
    return concat(*[x + y for x, y in zip((a, b, c, d, e, f, g, h), H, strict=True)])


# The constants of the logic: one block, and the blocks of a message in memory

SHA256 = IteratedHash("SHA256", 256, BLOCK, compress)
sha256_compress, sha256_blocks = SHA256.compress, SHA256.blocks
COMPRESS, BLOCKS = sha256_compress.definition, sha256_blocks.equations


def digest(message: bytes, initial: int = IV_256) -> bytes:
    """6.2 SHA-256 of a message of whole bytes (6.3: SHA-224 with IV_224, truncated to 28 bytes by the caller)."""
    padded = pad(message, BLOCK, 8)
    return SHA256.fold(initial, len(padded) // BLOCK, padded).to_bytes(32)


def sha256(message: bytes) -> bytes:
    """SHA-256 of a message."""
    return digest(message)


def sha224(message: bytes) -> bytes:
    """SHA-224 of a message."""
    return digest(message, IV_224)[:28]
