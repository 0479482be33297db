# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The cryptographic instructions: against Unicorn, and put together to whole functions with published answers."""

from __future__ import annotations

import hashlib
from itertools import count, islice

import pytest
from harness import check

import isa
from isa.asl_sbox import AES_INVERSE_TABLE, AES_TABLE, SM4_TABLE
from isa.compile import compile_terms, executor
from isa.dsl import REGISTRY, InstructionClass, Undefined
from isa.meaning import meaning
from isa.state import INDEX, NAMES
from kernel.ops import APP, app
from kernel.sorts import BV
from kernel.term import Var, postorder

isa.load_all()

CLASSES = [c for c in REGISTRY if c.group == "crypto" and c.kind == "instruction"]
WORD = 0xFFFF_FFFF


@pytest.mark.parametrize("instruction", CLASSES, ids=lambda c: c.name)
def test_agrees_with_unicorn(instruction: InstructionClass) -> None:
    assert check(instruction.name, samples=300) == 300


@pytest.mark.parametrize("name", ["aes_unallocated", "sha_unallocated", "cryptographic_128_bit_unallocated"])
def test_unallocated_words_are_undefined_in_unicorn(name: str) -> None:
    assert check(name, samples=300) == 300


@pytest.mark.parametrize("neighbour", [0x4E68_4820, 0x4E28_8820, 0x5E10_7020, 0x5E28_3820, 0xCE60_CC20, 0xCEC0_8820])
def test_a_word_next_to_an_instruction_is_undefined(neighbour: int) -> None:
    with pytest.raises(Undefined):
        meaning(neighbour)


# Substitution tables


@pytest.mark.parametrize(
    ("name", "table"), [("AESSbox", AES_TABLE), ("AESInvSbox", AES_INVERSE_TABLE), ("SM4Sbox", SM4_TABLE)]
)
def test_a_substitution_is_its_table(name: str, table: bytes) -> None:
    x = Var("x", BV(8))
    substitution = compile_terms((app(name, BV(8), x),), (x,))
    assert bytes(substitution((i,))[0] for i in range(256)) == table
    assert sorted(table) == list(range(256))


def test_the_inverse_table_is_the_inverse() -> None:
    assert [AES_INVERSE_TABLE[entry] for entry in AES_TABLE] == list(range(256))


def test_a_substitution_stays_a_constant_in_the_meaning() -> None:
    word = REGISTRY["aes_round"].encodings[0].assemble(D=0, Rn=1, Rd=0)
    applied = [t for t in postorder(meaning(word).values()) if t.op is APP]
    assert [t.params[0] for t in applied] == ["AESSbox"] * 16


# Whole functions, one instruction after the other on vector registers


class Vectors:
    """Vector registers, and the instructions that work on them."""

    def __init__(self) -> None:
        self.components: list[int] = [0] * len(NAMES)

    def __getitem__(self, n: int) -> int:
        return self.components[INDEX[f"v{n}"]]

    def __setitem__(self, n: int, value: int) -> None:
        self.components[INDEX[f"v{n}"]] = value

    def run(self, name: str, d: int, n: int, m: int | None = None, a: int | None = None, **fields: int) -> None:
        """Run the instruction of a class with these registers and fields."""
        registers = {"Rd": d, "Rn": n, "Rm": m, "Ra": a}
        fields |= {field: number for field, number in registers.items() if number is not None}
        word = REGISTRY[name].encodings[0].assemble(**fields)
        self.components = executor(word).apply(self.components)


def vector(words: list[int], width: int = 32) -> int:
    """Words as a vector, the first one least significant."""
    return sum(word << width * i for i, word in enumerate(words))


def words_of(value: int, width: int = 32) -> list[int]:
    return [value >> at & (1 << width) - 1 for at in range(0, 128, width)]


def padded(message: bytes, block: int) -> list[int]:
    """A short message as the big-endian words of one block of SHA-1, SHA-2 or SM3."""
    data = message + b"\x80" + bytes(block - 9 - len(message)) + (8 * len(message)).to_bytes(8, "big")
    size = block // 16
    return [int.from_bytes(data[i : i + size], "big") for i in range(0, block, size)]


def digest(words: list[int], size: int) -> bytes:
    return b"".join(word.to_bytes(size, "big") for word in words)


def root(value: int, degree: int) -> int:
    """The integer part of a root."""
    low, high = 0, 1 << value.bit_length() // degree + 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**degree <= value else (low, middle - 1)
    return low


def primes() -> list[int]:
    return list(islice((n for n in count(2) if all(n % d for d in range(2, n))), 80))


def fractions(degree: int, width: int, number: int) -> list[int]:
    """The first bits of the fractional parts of the roots of the first primes: SHA-2's constants."""
    return [root(p << degree * width, degree) % (1 << width) for p in primes()[:number]]


def test_sha1_of_abc() -> None:
    v = Vectors()
    initial = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0]
    w = padded(b"abc", 64)
    v[0], v[1] = vector(initial[:4]), initial[4]
    v[4], v[5], v[6], v[7] = (vector(w[i : i + 4]) for i in range(0, 16, 4))
    for i in range(20):
        k = (0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6)[i // 5]
        w0, w1, w2, w3 = (4 + (i + j) % 4 for j in range(4))
        v[2] = vector([word + k & WORD for word in words_of(v[w0])])
        v.run("sha1_fixed_rotate", 3, 0)
        v.run("sha1_hash_update", 0, 1, 2, opcode=(0, 1, 2, 1)[i // 5])
        v[1] = v[3]
        v.run("sha1_schedule_update_0", w0, w1, w2)
        v.run("sha1_schedule_update_1", w0, w3)
    result = [x + y & WORD for x, y in zip(initial, [*words_of(v[0]), v[1]], strict=True)]
    assert digest(result, 4) == hashlib.sha1(b"abc").digest()


def test_sha256_of_abc() -> None:
    v = Vectors()
    initial, k = fractions(2, 32, 8), fractions(3, 32, 64)
    w = padded(b"abc", 64)
    v[0], v[1] = vector(initial[:4]), vector(initial[4:])
    v[4], v[5], v[6], v[7] = (vector(w[i : i + 4]) for i in range(0, 16, 4))
    for i in range(16):
        w0, w1, w2, w3 = (4 + (i + j) % 4 for j in range(4))
        v[2] = vector([word + constant & WORD for word, constant in zip(words_of(v[w0]), k[4 * i :], strict=False)])
        v[3] = v[0]
        v.run("sha256_hash_update", 0, 1, 2, P=0)
        v.run("sha256_hash_update", 1, 3, 2, P=1)
        v.run("sha256_schedule_update_0", w0, w1)
        v.run("sha256_schedule_update_1", w0, w2, w3)
    result = [x + y & WORD for x, y in zip(initial, words_of(v[0]) + words_of(v[1]), strict=True)]
    assert digest(result, 4) == hashlib.sha256(b"abc").digest()


def test_sha512_of_abc() -> None:
    ones = (1 << 64) - 1
    v = Vectors()
    initial, k = fractions(2, 64, 8), fractions(3, 64, 80)
    w = padded(b"abc", 128)
    ab, cd, ef, gh = (initial[i : i + 2] for i in range(0, 8, 2))
    for i in range(8):
        v[8 + i] = vector(w[2 * i : 2 * i + 2], 64)
    for i in range(40):
        w0, w1, w4, w5, w7 = (8 + (i + j) % 8 for j in (0, 1, 4, 5, 7))
        schedule = [x + y & ones for x, y in zip(words_of(v[w0], 64), k[2 * i : 2 * i + 2], strict=True)]
        v[0] = vector([gh[0] + schedule[1] & ones, gh[1] + schedule[0] & ones], 64)
        v[1], v[2] = vector([ef[1], gh[0]], 64), vector([cd[1], ef[0]], 64)
        v.run("sha512_hash_update_part_1", 0, 1, 2)
        sums = words_of(v[0], 64)
        v[1], v[2] = vector(cd, 64), vector(ab, 64)
        v.run("sha512_hash_update_part_2", 0, 1, 2)
        ab, cd, ef, gh = words_of(v[0], 64), ab, [x + y & ones for x, y in zip(cd, sums, strict=True)], ef
        v[1] = vector([words_of(v[w4], 64)[1], words_of(v[w5], 64)[0]], 64)
        v.run("sha512_schedule_update_0", w0, w1)
        v.run("sha512_schedule_update_1", w0, w7, 1)
    result = [x + y & ones for x, y in zip(initial, [*ab, *cd, *ef, *gh], strict=True)]
    assert digest(result, 8) == hashlib.sha512(b"abc").digest()


def rotated(word: int, amount: int) -> int:
    return (word << amount % 32 | word >> -amount % 32) & WORD


def test_sm3_of_abc() -> None:
    """GB/T 32905-2016, example 1."""
    v = Vectors()
    initial = [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E]
    w = padded(b"abc", 64)
    for i in range(0, 52, 4):
        for n, at in enumerate((i + 7, i, i + 12, i + 10, i + 3)):
            v[n] = vector(w[at : at + 4])
        v.run("sm3_part_w1", 0, 1, 2)
        v.run("sm3_part_w2", 0, 3, 4)
        w += words_of(v[0])
    v[0], v[1] = vector(initial[3::-1]), vector(initial[:3:-1])
    for j in range(64):
        late = int(j >= 16)
        v[2] = rotated(0x7A879D8A if late else 0x79CC4519, j) << 96
        v[3] = w[j]
        v[4] = w[j] ^ w[j + 4]
        v.run("sm3_ss1", 5, 0, 2, 1)
        v.run("sm3_tt1", 0, 5, 4, B=late, imm2=0)
        v.run("sm3_tt2", 1, 5, 3, B=late, imm2=0)
    result = [x ^ y for x, y in zip(initial, words_of(v[0])[::-1] + words_of(v[1])[::-1], strict=True)]
    answer = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert digest(result, 4).hex() == answer


def test_sm4_of_the_standards_example() -> None:
    """GB/T 32907-2016, example 1: the key encrypts itself."""
    v = Vectors()
    text = [0x01234567, 0x89ABCDEF, 0xFEDCBA98, 0x76543210]
    fk = [0xA3B1BAC6, 0x56AA3350, 0x677D9197, 0xB27022DC]
    ck = [int.from_bytes([(4 * i + j) * 7 & 0xFF for j in range(4)], "big") for i in range(32)]
    v[0], v[1] = vector([x ^ y for x, y in zip(text, fk, strict=True)]), vector(text)
    for i in range(0, 32, 4):
        v[2] = vector(ck[i : i + 4])
        v.run("sm4_key", 0, 0, 2)
        v.run("sm4_encode", 1, 0)
    assert digest(words_of(v[1])[::-1], 4).hex() == "681edf34d206965e86b3e94f536e4246"


# FIPS 197, appendix A.1, and the example of appendix B.
SCHEDULE = bytes.fromhex("""
    2b7e151628aed2a6abf7158809cf4f3c a0fafe1788542cb123a339392a6c7605 f2c295f27a96b9435935807a7359f67f
    3d80477d4716fe3e1e237e446d7a883b ef44a541a8525b7fb671253bdb0bad00 d4d1c6f87c839d87caf2b8bc11f915bc
    6d88a37a110b3efddbf98641ca0093fd 4e54f70e5f5fc9f384a64fb24ea6dc4f ead27321b58dbad2312bf5607f8d292f
    ac7766f319fadc2128d12941575c006e d014f9a8c9ee2589e13f0cc8b6630ca6
""")
ROUND_KEYS = [int.from_bytes(SCHEDULE[i : i + 16], "little") for i in range(0, 176, 16)]
PLAINTEXT = int.from_bytes(bytes.fromhex("3243f6a8885a308d313198a2e0370734"), "little")
CIPHERTEXT = int.from_bytes(bytes.fromhex("3925841d02dc09fbdc118597196a0b32"), "little")


def test_aes_encrypts_as_in_fips_197() -> None:
    v = Vectors()
    v[0] = PLAINTEXT
    for i in range(10):
        v[1] = ROUND_KEYS[i]
        v.run("aes_round", 0, 1, D=0)
        if i < 9:
            v.run("aes_mix_columns", 0, 0, D=0)
    assert v[0] ^ ROUND_KEYS[10] == CIPHERTEXT


def test_aes_decrypts_with_the_equivalent_inverse_cipher_of_fips_197() -> None:
    v = Vectors()
    v[0] = CIPHERTEXT
    for i in range(10, 0, -1):
        v[1] = ROUND_KEYS[i]
        if i < 10:
            v.run("aes_mix_columns", 0, 0, D=1)
            v.run("aes_mix_columns", 1, 1, D=1)
        v.run("aes_round", 0, 1, D=1)
    assert v[0] ^ ROUND_KEYS[0] == PLAINTEXT


def test_sha3s_operations_on_chosen_bits() -> None:
    v = Vectors()
    high, low = 1 << 127, 1 << 63
    v[1], v[2], v[3] = high | low, 1 << 64 | 1, 1
    v.run("rotate_and_exclusive_or", 0, 2, 1)
    assert v[0] == 0  # each top bit comes round to bit 0 of its own doubleword
    v.run("exclusive_or_and_rotate", 0, 1, 2, imm6=63)
    assert v[0] == 3 << 64 | 3
    v.run("bit_clear_and_exclusive_or", 0, 1, 2, 3)
    assert v[0] == high | low | 1 << 64
    v.run("three_way_exclusive_or", 0, 1, 2, 3)
    assert v[0] == high | low | 1 << 64
