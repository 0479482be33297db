# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""SHA-512, SHA-384, SHA-512/224 and SHA-512/256 (FIPS 180-4), in the order of the standard's sections.

Words are 64 bits. A hash value is the 512-bit string H0 || … || H7, a block the 1024-bit string M0 || … || M15, as in the standard.
"""

from __future__ import annotations

from crypto_specs.constants import cube_root_fraction, primes, square_root_fraction, string
from crypto_specs.iterated import IteratedHash
from crypto_specs.message import pad, words_of
from crypto_specs.sha256 import Ch, Maj
from kernel.ops import concat, ror
from kernel.term import Term

BLOCK = 128  # bytes


# 4.1.3 SHA-384, SHA-512, SHA-512/224 and SHA-512/256 functions; Ch (4.8) and Maj (4.9) are SHA-256's, on wider words


def Sigma0(x: Term) -> Term:
    """(4.10)"""
    return ror(x, 28) ^ ror(x, 34) ^ ror(x, 39)


def Sigma1(x: Term) -> Term:
    """(4.11)"""
    return ror(x, 14) ^ ror(x, 18) ^ ror(x, 41)


def sigma0(x: Term) -> Term:
    """(4.12)"""
    return ror(x, 1) ^ ror(x, 8) ^ (x >> 7)


def sigma1(x: Term) -> Term:
    """(4.13)"""
    return ror(x, 19) ^ ror(x, 61) ^ (x >> 6)


# 4.2.3 Constants: the first 64 bits of the fractional parts of the cube roots of the first 80 primes

K = tuple(cube_root_fraction(p, 64) for p in primes(80))

# 5.3.4, 5.3.5 Initial hash values: of the square roots of the ninth to sixteenth prime, and of the first eight

IV_384 = string([square_root_fraction(p, 64) for p in primes(16)[8:]], 64)
IV_512 = string([square_root_fraction(p, 64) for p in primes(8)], 64)

# 6.4.2 The hash computation of one block


def schedule(block: Term) -> list[Term]:
    """Step 1: the message schedule W0 … W79."""
    W = words_of(block, 64)
    for t in range(16, 80):
        W.append(sigma1(W[t - 2]) + W[t - 7] + sigma0(W[t - 15]) + W[t - 16])
    return W


def compress(value: Term, block: Term) -> Term:
    """Steps 1 to 4: the next hash value."""
    W = schedule(block)
    H = words_of(value, 64)
    a, b, c, d, e, f, g, h = H
    for t in range(80):
        T1 = h + Sigma1(e) + Ch(e, f, g) + K[t] + W[t]
        T2 = Sigma0(a) + Maj(a, b, c)
        a, b, c, d, e, f, g, h = T1 + T2, a, b, c, d + T1, e, f, g
    return concat(*[x + y for x, y in zip((a, b, c, d, e, f, g, h), H, strict=True)])


# The constants of the logic: one block, and the blocks of a message in memory

SHA512 = IteratedHash("SHA512", 512, BLOCK, compress)
sha512_compress, sha512_blocks = SHA512.compress, SHA512.blocks
COMPRESS, BLOCKS = sha512_compress.definition, sha512_blocks.equations


def digest(message: bytes, initial: int = IV_512) -> bytes:
    """6.4 SHA-512 of a message of whole bytes; 6.5 to 6.7 start from another value, and their callers truncate."""
    padded = pad(message, BLOCK, 16)
    return SHA512.fold(initial, len(padded) // BLOCK, padded).to_bytes(64)


# 5.3.6 The initial hash values of SHA-512/t: the name's hash, from SHA-512's initial value XOR a5a5…


def initial_value(t: int) -> int:
    """The initial hash value of SHA-512/t, by the IV generation function."""
    flipped = IV_512 ^ string([0xA5A5_A5A5_A5A5_A5A5] * 8, 64)
    return int.from_bytes(digest(f"SHA-512/{t}".encode(), flipped))


def sha512(message: bytes) -> bytes:
    """SHA-512 of a message."""
    return digest(message)


def sha384(message: bytes) -> bytes:
    """SHA-384 of a message."""
    return digest(message, IV_384)[:48]


def sha512_256(message: bytes) -> bytes:
    """SHA-512/256 of a message."""
    return digest(message, initial_value(256))[:32]


def sha512_224(message: bytes) -> bytes:
    """SHA-512/224 of a message."""
    return digest(message, initial_value(224))[:28]
