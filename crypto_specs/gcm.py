# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""GHASH and GCM (SP 800-38D), in the order of the standard's sections.

A block is a 128-bit string x0 x1 … x127; as a polynomial, x0 is the coefficient of 1, x127 that of x^127.
"""

from __future__ import annotations

from crypto_specs import gf2
from crypto_specs.aes import BLOCK
from crypto_specs.defined import Defined, Recursive
from crypto_specs.errors import need
from crypto_specs.memory import Memory
from crypto_specs.modes import as_block, block_in, counter_block, ctr, modes_for
from kernel.evaluate import evaluate
from kernel.ops import concat, eq, ite, number
from kernel.sorts import BV, MEM
from kernel.term import Term, Var

_x, _y, _value, _h, _previous = (Var(name, BLOCK) for name in ("x", "y", "value", "h", "previous"))
_i, _memory, _address = Var("i", BV(64)), Var("memory", MEM), Var("address", BV(64))

# 6.2 Incrementing function


def inc32(block: Term) -> Term:
    """The block with its last 32 bits, as a number, incremented modulo 2^32."""
    return counter_block(block, number(1, 64))


# 6.3 Multiplication operation on blocks

R = 0b1110_0001 << 120
"""The string 11100001 || 0^120."""


def shift_and_add(X: Term, Y: Term) -> Term:
    """Algorithm 1: X • Y, by the bits of X."""
    zero = number(0, 128)
    Z, V = zero, Y
    for i in range(128):
        Z = ite(eq(X[127 - i], 1), Z ^ V, Z)
        V = ite(eq(V[0], 1), V >> 1 ^ R, V >> 1)
    return Z


multiply = Defined("GF128_multiply", (_x, _y), shift_and_add(_x, _y))
"""X • Y."""

power = Recursive("GF128_power", _i, (_x,), number(1 << 127, 128), _previous, multiply(_previous, _x))
"""(i, X): X^i, the product of i times X."""

MODULUS = 1 << 128 | 0x87
"""x^128 + x^7 + x^2 + x + 1, of which R holds the terms below x^128"""


def reflected(block: Term) -> Term:
    """The bits in the other order: polynomials as a carry-less product takes them."""
    return concat(*[block[k] for k in range(128)])


def polynomial_product(X: Term, Y: Term) -> Term:
    """X • Y as the product of two polynomials modulo another one."""
    return reflected(gf2.product(reflected(X), reflected(Y), MODULUS))


multiply_polynomials = Defined("GF128_multiply_polynomials", (_x, _y), polynomial_product(_x, _y))
"""X • Y, as the product of two polynomials modulo another one."""

# 6.4 GHASH function

ghash_blocks = Recursive(
    "GHASH_blocks",
    _i,
    (_value, _h, _memory, _address),
    _value,
    _previous,
    multiply(_previous ^ block_in(_memory, _address, _i), _h),
)
"""(count, value, H, memory, address): Algorithm 2 over the blocks in memory from the address on, starting from `value`."""


def ghash(H: Term, data: bytes) -> bytes:
    """GHASH_H of whole blocks."""
    folded = ghash_blocks(number(len(data) // 16, 64), number(0, 128), H, _memory, number(0, 64))
    result: int = evaluate(folded, {_memory: Memory({0: data})})
    return result.to_bytes(16)


# 6.5 GCTR function: CTR mode, with inc32

gctr = ctr

# 7 GCM specification


def _to_blocks(data: bytes) -> bytes:
    return data + bytes(-len(data) % 16)


def _lengths(a: bytes, b: bytes) -> bytes:
    return (8 * len(a)).to_bytes(8) + (8 * len(b)).to_bytes(8)


def _incremented(block: bytes) -> bytes:
    result: int = evaluate(inc32(as_block(block)), {})
    return result.to_bytes(16)


def _start(key: bytes, iv: bytes) -> tuple[Term, bytes]:
    """Steps 1 and 2: H and J0."""
    aes = modes_for(key).aes
    need(len(iv) > 0, "GCM takes an initialization vector of at least one byte")
    H = number(evaluate(aes.Cipher(number(0, 128), aes.expand(key)), {}), 128)
    J0 = iv + (1).to_bytes(4) if len(iv) == 12 else ghash(H, _to_blocks(iv) + _lengths(b"", iv))
    return H, J0


def _tag(key: bytes, H: Term, J0: bytes, ciphertext: bytes, additional: bytes) -> bytes:
    hashed = ghash(H, _to_blocks(additional) + _to_blocks(ciphertext) + _lengths(additional, ciphertext))
    return gctr(key, J0, hashed)


def gcm_encrypt(key: bytes, iv: bytes, plaintext: bytes, additional: bytes = b"") -> tuple[bytes, bytes]:
    """7.1 GCM-AE: the ciphertext, and a tag of 16 bytes."""
    H, J0 = _start(key, iv)
    ciphertext = gctr(key, _incremented(J0), plaintext)
    return ciphertext, _tag(key, H, J0, ciphertext, additional)


def gcm_decrypt(key: bytes, iv: bytes, ciphertext: bytes, tag: bytes, additional: bytes = b"") -> bytes | None:
    """7.2 GCM-AD: the plaintext, or None (the standard's FAIL) where the tag, of 16 bytes, is not that of the ciphertext."""
    H, J0 = _start(key, iv)
    if tag != _tag(key, H, J0, ciphertext, additional):
        return None
    return gctr(key, _incremented(J0), ciphertext)
