# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""AES against FIPS 197's examples and the `cryptography` package."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from references import encrypted

from crypto_specs import aes, gf2
from crypto_specs.aes import AES
from crypto_specs.errors import NotDefined
from kernel.evaluate import evaluate
from kernel.ops import number
from kernel.sorts import BV
from kernel.term import Term, Var

BYTE, BLOCK, KEY = Var("byte", BV(8)), Var("block", BV(128)), Var("key", BV(128))
PLAIN = bytes.fromhex("00112233445566778899aabbccddeeff")

KEYS = st.sampled_from((16, 24, 32)).flatmap(lambda n: st.binary(min_size=n, max_size=n))
BLOCKS = st.binary(min_size=16, max_size=16)
WORDS = st.integers(0, (1 << 128) - 1)


def value(term: Term, at: int) -> int:
    """The value of a term in BYTE or BLOCK."""
    result: int = evaluate(term, {BYTE: at, BLOCK: at})
    return result


def test_field_arithmetic_of_section_4() -> None:
    assert value(aes.times(BYTE, 0x13), 0x57) == 0xFE
    assert value(gf2.product(BYTE, number(0x83, 8), aes.MODULUS), 0x57) == 0xC1
    assert [value(aes.xTimes(BYTE), b) for b in (0x57, 0xAE, 0x47, 0x8E)] == [0xAE, 0x47, 0x8E, 0x07]


@given(st.integers(0, 255), st.integers(1, 255))
@settings(max_examples=50, deadline=None)
def test_both_ways_to_multiply_agree(b: int, c: int) -> None:
    assert value(aes.times(BYTE, c), b) == value(gf2.product(BYTE, number(c, 8), aes.MODULUS), b)


def test_inverse_is_the_inverse() -> None:
    one = gf2.product(BYTE, aes.inverse(BYTE), aes.MODULUS)
    assert [value(one, b) for b in range(256)] == [0] + [1] * 255


def test_substitution_is_a_permutation_and_has_its_inverse() -> None:
    box = [value(aes.SubByte(BYTE), b) for b in range(256)]
    assert (box[0x00], box[0x53], box[0xFF]) == (0x63, 0xED, 0x16)
    assert sorted(box) == list(range(256))
    assert [value(aes.InvSubByte(BYTE), s) for s in box] == list(range(256))


@given(WORDS)
@settings(max_examples=25, deadline=None)
def test_inverse_steps_undo_the_steps(block: int) -> None:
    assert value(aes.InvShiftRows(aes.ShiftRows(BLOCK)), block) == block
    assert value(aes.InvMixColumns(aes.MixColumns(BLOCK)), block) == block
    assert value(aes.InvSubBytes(aes.SubBytes(BLOCK)), block) == block


def test_first_round_of_appendix_b() -> None:
    start = 0x193DE3BEA0F4E22B9AC68D2AE9F84808
    assert value(aes.SubBytes(BLOCK), start) == 0xD42711AEE0BF98F1B8B45DE51E415230
    assert value(aes.ShiftRows(BLOCK), 0xD42711AEE0BF98F1B8B45DE51E415230) == 0xD4BF5D30E0B452AEB84111F11E2798E5
    assert value(aes.MixColumns(BLOCK), 0xD4BF5D30E0B452AEB84111F11E2798E5) == 0x046681E5E0CB199A48F8D37A2806264C
    key = number(0xA0FAFE1788542CB123A339392A6C7605, 128)
    assert value(aes.Round(BLOCK, key), start) == 0xA49C7FF2689F352B6B5BEA43026A5049


@pytest.mark.parametrize(
    ("key", "last_word"),
    [
        ("2b7e151628aed2a6abf7158809cf4f3c", 0xB6630CA6),
        ("8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", 0x01002202),
        ("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", 0x706C631E),
    ],
)
def test_key_expansion_of_appendix_a(key: str, last_word: int) -> None:
    raw = bytes.fromhex(key)
    expanded = AES[8 * len(raw)].expand(raw)
    schedule = evaluate(expanded, {})
    assert schedule & 0xFFFFFFFF == last_word
    assert schedule >> expanded.width - 8 * len(raw) == int.from_bytes(raw)


def test_example_of_appendix_b() -> None:
    key = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
    assert (
        aes.encrypt(key, bytes.fromhex("3243f6a8885a308d313198a2e0370734")).hex() == "3925841d02dc09fbdc118597196a0b32"
    )


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (16, "69c4e0d86a7b0430d8cdb78070b4c55a"),
        (24, "dda97ca4864cdfe06eaf70a0ec0d7191"),
        (32, "8ea2b7ca516745bfeafc49904b496089"),
    ],
)
def test_examples_with_each_key_size(length: int, expected: str) -> None:
    key = bytes(range(length))
    assert aes.encrypt(key, PLAIN).hex() == expected
    assert aes.decrypt(key, bytes.fromhex(expected)) == PLAIN


@given(KEYS, BLOCKS)
@settings(max_examples=12, deadline=None)
def test_agrees_with_cryptography(key: bytes, block: bytes) -> None:
    assert aes.encrypt(key, block) == encrypted(key, "ECB", block)


@given(KEYS, BLOCKS)
@settings(max_examples=8, deadline=None)
def test_three_ciphers_agree(key: bytes, block: bytes) -> None:
    cipher = AES[8 * len(key)]
    encrypted = aes.encrypt(key, block)
    schedule = evaluate(cipher.KeyExpansionEIC(number(int.from_bytes(key), cipher.bits)), {})
    equivalent = cipher.EqInvCipher(BLOCK, number(schedule, cipher.schedule.width))
    assert aes.decrypt(key, encrypted) == block
    assert evaluate(equivalent, {BLOCK: int.from_bytes(encrypted)}) == int.from_bytes(block)


@pytest.mark.parametrize(
    ("name", "changed"),
    [("ShiftRows", lambda state: state), ("MixColumns", aes.InvMixColumns), ("SubBytes", aes.InvSubBytes)],
)
def test_a_wrong_step_is_noticed(name: str, changed: object, monkeypatch: pytest.MonkeyPatch) -> None:
    def one_round() -> Term:
        return aes.MixColumns(aes.ShiftRows(aes.SubBytes(BLOCK))) ^ KEY

    at = {BLOCK: 0x193DE3BEA0F4E22B9AC68D2AE9F84808, KEY: 5}
    assert evaluate(one_round(), at) == evaluate(aes.Round(BLOCK, KEY), at)
    monkeypatch.setattr(aes, name, changed)
    assert evaluate(one_round(), at) != evaluate(aes.Round(BLOCK, KEY), at)


def test_a_wrong_modulus_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert value(aes.affine(aes.inverse(BYTE)), 0x53) == 0xED
    monkeypatch.setattr(aes, "MODULUS", 0x11D)
    assert value(aes.affine(aes.inverse(BYTE)), 0x53) != 0xED


@pytest.mark.parametrize("length", [0, 15, 17, 33])
def test_other_keys_are_not_defined(length: int) -> None:
    with pytest.raises(NotDefined, match=rf"not {length}$"):
        aes.encrypt(bytes(length), PLAIN)


def test_other_blocks_are_not_defined() -> None:
    with pytest.raises(NotDefined, match=r"not 15$"):
        aes.decrypt(bytes(16), bytes(15))
