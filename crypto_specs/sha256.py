# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""SHA-256 and SHA-224 (FIPS 180-4), in the order of the standard's sections.

Words are 32 bits. A hash value is the 256-bit string H0 || … || H7, a block the 512-bit string M0 || … || M15, as in the standard.
"""

from __future__ import annotations

from math import isqrt

from crypto_specs.message import block_of, pad
from kernel.evaluate import evaluate
from kernel.ops import app, concat, number, ror
from kernel.sorts import BV, MEM
from kernel.term import Term, Var
from kernel.theory import DEFINE, DEFINE_REC

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


def primes(count: int) -> list[int]:
    """The first primes."""
    found: list[int] = []
    n = 2
    while len(found) < count:
        if all(n % p for p in found):
            found.append(n)
        n += 1
    return found


def cube_root_fraction(n: int, bits: int) -> int:
    """The first bits of the fractional part of the cube root of n."""
    target, root = n << 3 * bits, 0
    for k in range(bits + 8, -1, -1):
        if (root + (1 << k)) ** 3 <= target:
            root += 1 << k
    return root & ((1 << bits) - 1)


def square_root_fraction(n: int, bits: int) -> int:
    """The first bits of the fractional part of the square root of n."""
    return isqrt(n << 2 * bits) & ((1 << bits) - 1)


K = tuple(cube_root_fraction(p, 32) for p in primes(64))

# 5.3.2, 5.3.3 Initial hash values: of the square roots of the first eight primes, and of the ninth to sixteenth


def _string(words: list[int]) -> int:
    value = 0
    for w in words:
        value = value << 32 | w
    return value


IV_256 = _string([square_root_fraction(p, 32) for p in primes(8)])
IV_224 = _string([square_root_fraction(p, 64) & 0xFFFF_FFFF for p in primes(16)[8:]])

# 6.2.2 The hash computation of one block


def schedule(block: Term) -> list[Term]:
    """Step 1: the message schedule W0 … W63."""
    W = [block[511 - 32 * t : 480 - 32 * t] for t in range(16)]
    for t in range(16, 64):
        W.append(sigma1(W[t - 2]) + W[t - 7] + sigma0(W[t - 15]) + W[t - 16])
    return W


def compress(value: Term, block: Term) -> Term:
    """Steps 1 to 4: the next hash value."""
    W = schedule(block)
    H = [value[255 - 32 * k : 224 - 32 * k] for k in range(8)]
    a, b, c, d, e, f, g, h = H
    for t in range(64):
        T1 = h + Sigma1(e) + Ch(e, f, g) + K[t] + W[t]
        T2 = Sigma0(a) + Maj(a, b, c)
        a, b, c, d, e, f, g, h = T1 + T2, a, b, c, d + T1, e, f, g
    return concat(*[x + y for x, y in zip((a, b, c, d, e, f, g, h), H, strict=True)])


# The constants of the logic: one block, and the blocks of a message in memory

_value, _block = Var("value", BV(256)), Var("block", BV(512))
_i, _memory, _address = Var("i", BV(64)), Var("memory", MEM), Var("address", BV(64))
_rec = Var("previous", BV(256))

COMPRESS = DEFINE("SHA256_compress", (_value, _block), compress(_value, _block))


def sha256_compress(value: Term, block: Term) -> Term:
    """The compression function as a constant of the logic: 256 and 512 bits to 256."""
    return app("SHA256_compress", BV(256), value, block)


BLOCKS = DEFINE_REC(
    "SHA256_blocks",
    _i,
    (_value, _memory, _address),
    _value,
    _rec,
    sha256_compress(_rec, block_of(_memory, _address + (_i << 6), BLOCK)),
)


def sha256_blocks(count: Term, value: Term, memory: Term, address: Term) -> Term:
    """The hash value after `count` blocks, which lie in memory from the address on, starting from `value`."""
    return app("SHA256_blocks", BV(256), count, value, memory, address)


def digest(message: bytes, initial: int = IV_256) -> bytes:
    """6.2 SHA-256 of a message of whole bytes (6.3: SHA-224 with IV_224, truncated to 28 bytes by the caller)."""
    value = initial
    padded = pad(message, BLOCK, 8)
    body = COMPRESS.rhs
    for k in range(0, len(padded), BLOCK):
        value = evaluate(body, {_value: value, _block: int.from_bytes(padded[k : k + BLOCK])})
    return value.to_bytes(32)


def sha256(message: bytes) -> bytes:
    """SHA-256 of a message."""
    return digest(message)


def sha224(message: bytes) -> bytes:
    """SHA-224 of a message."""
    return digest(message, IV_224)[:28]
