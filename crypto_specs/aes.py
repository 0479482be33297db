# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""AES-128, AES-192 and AES-256 (FIPS 197), in the order of the standard's sections.

A block is the 128-bit string in0 || … || in15 of its bytes; byte r + 4 c is s[r, c] of the state. A key schedule is the string
w[0] || w[1] || … of its 4 (Nr + 1) words of 32 bits.
"""

from __future__ import annotations

from functools import reduce
from operator import xor

from crypto_specs import gf2
from crypto_specs.defined import Defined
from crypto_specs.errors import need
from crypto_specs.message import words_of
from kernel.evaluate import evaluate
from kernel.ops import concat, number, ror
from kernel.sorts import BV
from kernel.term import Term, Var

BLOCK = BV(128)

# 4 Mathematical preliminaries

MODULUS = 0x11B
"""(4.3) m(x) = x^8 + x^4 + x^3 + x + 1"""


def xTimes(b: Term) -> Term:
    """(4.5) The byte times {02}."""
    return gf2.times_x(b, MODULUS)


def times(b: Term, c: int) -> Term:
    """4.2 The product of a byte and a known one, by repeated xTimes."""
    powers = [b]
    while len(powers) < c.bit_length():
        powers.append(xTimes(powers[-1]))
    return reduce(xor, [power for k, power in enumerate(powers) if c >> k & 1])


def inverse(b: Term) -> Term:
    """4.4 The multiplicative inverse, and {00} for {00}: b^254, by (4.11)."""

    def square(x: Term) -> Term:
        return gf2.product(x, x, MODULUS)

    b2 = square(b)
    b3 = gf2.product(b2, b, MODULUS)
    b12 = square(square(b3))
    b14 = gf2.product(b12, b2, MODULUS)
    b15 = gf2.product(b12, b3, MODULUS)
    b240 = square(square(square(square(b15))))
    return gf2.product(b240, b14, MODULUS)


def matrix_product(rows: tuple[int, int, int, int], column: list[Term]) -> list[Term]:
    """4.3 The product of the matrix whose row r is the given one rotated right by r, and a column of four bytes."""
    out = []
    for r in range(4):
        a, b, c, d = (times(column[k], rows[(k - r) % 4]) for k in range(4))
        out.append(a ^ b ^ c ^ d)
    return out


# 5.1 Cipher()

# 5.1.1 SubBytes(): the inverse, then an affine map. The substitution of a byte is a constant of the logic.

_byte = Var("b", BV(8))


def affine(b: Term) -> Term:
    """(5.3) Bit i is the sum of bits i, i + 4, i + 5, i + 6, i + 7 modulo 8, and of bit i of {63}."""
    return b ^ ror(b, 4) ^ ror(b, 5) ^ ror(b, 6) ^ ror(b, 7) ^ 0x63


SubByte = Defined("SubByte", (_byte,), affine(inverse(_byte)))
"""SBox(): 8 bits to 8."""


def SubBytes(state: Term) -> Term:
    """(5.2) The substitution of every byte of a block, or of a word."""
    return concat(*[SubByte(b) for b in words_of(state, 8)])


def ShiftRows(state: Term) -> Term:
    """5.1.2 s'[r, c] = s[r, (c + r) mod 4]."""
    s = words_of(state, 8)
    return concat(*[s[(i + 4 * (i % 4)) % 16] for i in range(16)])


def _columns(state: Term, rows: tuple[int, int, int, int]) -> Term:
    s = words_of(state, 8)
    return concat(*[b for c in range(0, 16, 4) for b in matrix_product(rows, s[c : c + 4])])


def MixColumns(state: Term) -> Term:
    """5.1.3 Each column times the matrix of {02}, {03}, {01}, {01}."""
    return _columns(state, (0x02, 0x03, 0x01, 0x01))


def AddRoundKey(state: Term, key: Term) -> Term:
    """5.1.4 The sum with a round key."""
    return state ^ key


# 5.3 InvCipher(): the inverses of these


def InvShiftRows(state: Term) -> Term:
    """5.3.1 s'[r, c] = s[r, (c − r) mod 4]."""
    s = words_of(state, 8)
    return concat(*[s[(i - 4 * (i % 4)) % 16] for i in range(16)])


def inverse_affine(b: Term) -> Term:
    """The inverse of (5.3): bit i is the sum of bits i + 2, i + 5, i + 7 modulo 8, and of bit i of {05}."""
    return ror(b, 2) ^ ror(b, 5) ^ ror(b, 7) ^ 0x05


InvSubByte = Defined("InvSubByte", (_byte,), inverse(inverse_affine(_byte)))
"""InvSBox(): 8 bits to 8."""


def InvSubBytes(state: Term) -> Term:
    """5.3.2 The inverse substitution of every byte."""
    return concat(*[InvSubByte(b) for b in words_of(state, 8)])


def InvMixColumns(state: Term) -> Term:
    """5.3.3 Each column times the matrix of {0e}, {0b}, {0d}, {09}."""
    return _columns(state, (0x0E, 0x0B, 0x0D, 0x09))


# The rounds of Algorithms 1, 3 and 4, of a state and a round key, as constants of the logic; a cipher's last round is shorter

_state, _key = Var("state", BLOCK), Var("key", BLOCK)

Round = Defined("AES_round", (_state, _key), AddRoundKey(MixColumns(ShiftRows(SubBytes(_state))), _key))
LastRound = Defined("AES_last_round", (_state, _key), AddRoundKey(ShiftRows(SubBytes(_state)), _key))
InvRound = Defined("AES_inv_round", (_state, _key), InvMixColumns(AddRoundKey(InvSubBytes(InvShiftRows(_state)), _key)))
InvLastRound = Defined("AES_inv_last_round", (_state, _key), AddRoundKey(InvSubBytes(InvShiftRows(_state)), _key))
EqInvRound = Defined(
    "AES_eq_inv_round", (_state, _key), AddRoundKey(InvMixColumns(InvShiftRows(InvSubBytes(_state))), _key)
)
EqInvLastRound = Defined("AES_eq_inv_last_round", (_state, _key), AddRoundKey(InvShiftRows(InvSubBytes(_state)), _key))


def round_keys(schedule: Term) -> list[Term]:
    """The round keys of a key schedule, the first one first."""
    return words_of(schedule, 128)


def Cipher(state: Term, schedule: Term) -> Term:
    """Algorithm 1."""
    first, *middle, last = round_keys(schedule)
    state = AddRoundKey(state, first)
    for key in middle:
        state = Round(state, key)
    return LastRound(state, last)


def InvCipher(state: Term, schedule: Term) -> Term:
    """Algorithm 3."""
    last, *middle, first = round_keys(schedule)
    state = AddRoundKey(state, first)
    for key in reversed(middle):
        state = InvRound(state, key)
    return InvLastRound(state, last)


def EqInvCipher(state: Term, schedule: Term) -> Term:
    """Algorithm 4: the schedule is that of KeyExpansionEIC."""
    last, *middle, first = round_keys(schedule)
    state = AddRoundKey(state, first)
    for key in reversed(middle):
        state = EqInvRound(state, key)
    return EqInvLastRound(state, last)


# 5.2 KeyExpansion()


def RotWord(word: Term) -> Term:
    """(5.10) [a1, a2, a3, a0]."""
    return ror(word, 24)


def Rcon(j: int) -> int:
    """5.2 The round constant [{02}^(j−1), {00}, {00}, {00}]."""
    power: int = evaluate(times(number(1, 8), 1 << j - 1), {})
    return power << 24


def KeyExpansion(key: Term) -> Term:
    """Algorithm 2, for a key of 4, 6 or 8 words."""
    w = words_of(key, 32)
    Nk = len(w)
    for i in range(Nk, 4 * (Nk + 7)):
        temp = w[i - 1]
        if i % Nk == 0:
            temp = SubBytes(RotWord(temp)) ^ Rcon(i // Nk)
        elif Nk > 6 and i % Nk == 4:
            temp = SubBytes(temp)
        w.append(w[i - Nk] ^ temp)
    return concat(*w)


def KeyExpansionEIC(key: Term) -> Term:
    """Algorithm 5: the schedule of EqInvCipher has InvMixColumns applied to all round keys but the first and the last."""
    first, *middle, last = round_keys(KeyExpansion(key))
    return concat(first, *map(InvMixColumns, middle), last)


class Aes:
    """AES with a key of 128, 192 or 256 bits: its ciphers, of a block and a key schedule, and key expansions, as constants of the logic."""

    def __init__(self, bits: int) -> None:
        self.bits, self.rounds = bits, bits // 32 + 6
        self.schedule = BV(128 * (self.rounds + 1))
        block, schedule, key = Var("block", BLOCK), Var("schedule", self.schedule), Var("key", BV(bits))
        self.name = f"AES_{bits}"
        self.KeyExpansion = Defined(f"{self.name}_KeyExpansion", (key,), KeyExpansion(key))
        self.KeyExpansionEIC = Defined(f"{self.name}_KeyExpansionEIC", (key,), KeyExpansionEIC(key))
        self.Cipher = Defined(f"{self.name}_Cipher", (block, schedule), Cipher(block, schedule))
        self.InvCipher = Defined(f"{self.name}_InvCipher", (block, schedule), InvCipher(block, schedule))
        self.EqInvCipher = Defined(f"{self.name}_EqInvCipher", (block, schedule), EqInvCipher(block, schedule))

    def expand(self, key: bytes) -> Term:
        """The key schedule of a key, as a number."""
        return self._expanded(self.KeyExpansion, key)

    def expand_eic(self, key: bytes) -> Term:
        """The key schedule of EqInvCipher for a key, as a number."""
        return self._expanded(self.KeyExpansionEIC, key)

    def _expanded(self, expansion: Defined, key: bytes) -> Term:
        return number(evaluate(expansion(number(int.from_bytes(key), self.bits)), {}), self.schedule.width)


AES = {bits: Aes(bits) for bits in (128, 192, 256)}


def aes_for(key: bytes) -> Aes:
    """The AES that takes such a key; NotDefined unless it has 16, 24 or 32 bytes."""
    need(8 * len(key) in AES, f"an AES key has 16, 24 or 32 bytes, not {len(key)}")
    return AES[8 * len(key)]


def _on_block(cipher: Defined, schedule: Term, block: bytes) -> bytes:
    need(len(block) == 16, f"an AES block has 16 bytes, not {len(block)}")
    result: int = evaluate(cipher(number(int.from_bytes(block), 128), schedule), {})
    return result.to_bytes(16)


def encrypt(key: bytes, block: bytes) -> bytes:
    """AES of a block of 16 bytes, with a key of 16, 24 or 32; NotDefined for others."""
    aes = aes_for(key)
    return _on_block(aes.Cipher, aes.expand(key), block)


def decrypt(key: bytes, block: bytes) -> bytes:
    """The block whose AES is `block`."""
    aes = aes_for(key)
    return _on_block(aes.InvCipher, aes.expand(key), block)
