# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""SM3 (GB/T 32905-2016), in the order of the standard's sections.

Words are 32 bits. A hash value is the 256-bit string A || … || H, a block the 512-bit string of its words, as in the standard.
"""

from __future__ import annotations

from crypto_specs.constants import string
from crypto_specs.defined import Defined
from crypto_specs.iterated import IteratedHash
from crypto_specs.message import pad, words_of
from crypto_specs.sha1 import ROTL
from crypto_specs.sha256 import Ch, Maj
from kernel.ops import concat, number
from kernel.sorts import BV
from kernel.term import Term, Var

BLOCK = 64  # bytes

# 4.1 Initial value

IV = string(
    (
        0x7380_166F, 0x4914_B2B9, 0x1724_42D7, 0xDA8A_0600,
        0xA96F_30BC, 0x1631_38AA, 0xE38D_EE4D, 0xB0FB_0E4E,
    ),
    32,
)  # fmt: skip

# 4.2 Constants


def T(j: int) -> int:
    """The constant of round j."""
    return 0x79CC_4519 if j < 16 else 0x7A87_9D8A


# 4.3 Boolean functions


def FF(j: int, x: Term, y: Term, z: Term) -> Term:
    """FF_j: the parity, and from round 16 on the majority."""
    return x ^ y ^ z if j < 16 else Maj(x, y, z)


def GG(j: int, x: Term, y: Term, z: Term) -> Term:
    """GG_j: the parity, and from round 16 on the choice."""
    return x ^ y ^ z if j < 16 else Ch(x, y, z)


# 4.4 Permutations


def P0(x: Term) -> Term:
    """The permutation of the compression function."""
    return x ^ ROTL(x, 9) ^ ROTL(x, 17)


def P1(x: Term) -> Term:
    """The permutation of the message expansion."""
    return x ^ ROTL(x, 15) ^ ROTL(x, 23)


# 5.3.2 Message expansion; what each of its words is made of, as a constant of the logic

_w16, _w13, _w9, _w6, _w3 = (Var(f"w{k}", BV(32)) for k in (16, 13, 9, 6, 3))

ExpandedWord = Defined(
    "SM3_expanded_word", (_w16, _w13, _w9, _w6, _w3), P1(_w16 ^ _w9 ^ ROTL(_w3, 15)) ^ ROTL(_w13, 7) ^ _w6
)
"""The word after these, which are so many places before it."""


def expansion(block: Term) -> tuple[list[Term], list[Term]]:
    """The words W0 … W67 and W'0 … W'63."""
    W = words_of(block, 32)
    for j in range(16, 68):
        W.append(ExpandedWord(W[j - 16], W[j - 13], W[j - 9], W[j - 6], W[j - 3]))
    return W, [W[j] ^ W[j + 4] for j in range(64)]


# 5.3.3 Compression function


def compress(value: Term, block: Term) -> Term:
    """CF: the next hash value."""
    W, W1 = expansion(block)
    V = words_of(value, 32)
    A, B, C, D, E, F, G, H = V
    for j in range(64):
        SS1 = ROTL(ROTL(A, 12) + E + ROTL(number(T(j), 32), j % 32), 7)
        SS2 = SS1 ^ ROTL(A, 12)
        TT1 = FF(j, A, B, C) + D + SS2 + W1[j]
        TT2 = GG(j, E, F, G) + H + SS1 + W[j]
        A, B, C, D, E, F, G, H = TT1, A, ROTL(B, 9), C, P0(TT2), E, ROTL(F, 19), G
    return concat(*[x ^ y for x, y in zip((A, B, C, D, E, F, G, H), V, strict=True)])


# The constants of the logic: one block, and the blocks of a message in memory

SM3 = IteratedHash("SM3", 256, BLOCK, compress)
sm3_compress, sm3_blocks = SM3.compress, SM3.blocks
COMPRESS, BLOCKS = sm3_compress.definition, sm3_blocks.equations


def sm3(message: bytes) -> bytes:
    """SM3 of a message of whole bytes."""
    padded = pad(message, BLOCK, 8)
    return SM3.fold(IV, len(padded) // BLOCK, padded).to_bytes(32)
