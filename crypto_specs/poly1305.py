# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Poly1305 (RFC 8439, 2.5).

An accumulator is a number below P, in 130 bits; r and s have 128 bits. Bytes are little-endian numbers.
"""

from __future__ import annotations

from crypto_specs.defined import Defined, Recursive
from crypto_specs.errors import need
from crypto_specs.memory import Memory
from kernel.evaluate import evaluate
from kernel.ops import number, read, urem, zext
from kernel.sorts import BV, MEM
from kernel.term import Term, Var

BLOCK = 16  # bytes
P = (1 << 130) - 5

# 2.5.1 The Poly1305 algorithms in pseudocode

CLAMP = 0x0FFF_FFFC_0FFF_FFFC_0FFF_FFFC_0FFF_FFFF


def clamp(r: Term) -> Term:
    """r with the bits cleared that the RFC wants to be zero."""
    return r & CLAMP


def accumulate(accumulator: Term, number_: Term, r: Term) -> Term:
    """((a + n) r) modulo P, where n is a block's bytes and a 1 on top, in at most 129 bits; no sum or product here reaches 2^256."""
    wide = (zext(accumulator, 256) + zext(number_, 256)) * zext(r, 256)
    return urem(wide, number(P, 256))[129:0]


_accumulator, _previous, _r = Var("accumulator", BV(130)), Var("previous", BV(130)), Var("r", BV(128))
_i, _memory, _address, _number = Var("i", BV(64)), Var("memory", MEM), Var("address", BV(64)), Var("number", BV(129))

poly1305_step = Defined("Poly1305_step", (_accumulator, _number, _r), accumulate(_accumulator, _number, _r))
"""(accumulator, number, r): one block, as a number of 129 bits."""

poly1305_blocks = Recursive(
    "Poly1305_blocks",
    _i,
    (_accumulator, _r, _memory, _address),
    _accumulator,
    _previous,
    poly1305_step(_previous, zext(read(_memory, _address + (_i << 4), BLOCK), 129) | 1 << 128, _r),
)
"""(count, accumulator, r, memory, address): the accumulator after `count` whole blocks, r being clamped."""


def finish(accumulator: Term, s: Term) -> Term:
    """The tag: (a + s) modulo 2^128."""
    return accumulator[127:0] + s


def poly1305(key: bytes, message: bytes) -> bytes:
    """The tag, of 16 bytes, of a message under a one-time key of 32 bytes; NotDefined for others."""
    need(len(key) == 32, f"a Poly1305 key has 32 bytes, not {len(key)}")
    r = clamp(number(int.from_bytes(key[:16], "little"), 128))
    s = number(int.from_bytes(key[16:], "little"), 128)
    whole = number(len(message) // BLOCK, 64)
    accumulator = poly1305_blocks(whole, number(0, 130), r, _memory, number(0, 64))
    rest = message[len(message) // BLOCK * BLOCK :]
    if rest:
        accumulator = poly1305_step(accumulator, number(int.from_bytes(rest + b"\x01", "little"), 129), r)
    tag: int = evaluate(finish(accumulator, s), {_memory: Memory({0: message})})
    return tag.to_bytes(16, "little")
