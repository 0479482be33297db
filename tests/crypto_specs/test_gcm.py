# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""GHASH and GCM against published test cases and the `cryptography` package."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from references import gcm as reference

from crypto_specs import gcm
from crypto_specs.errors import NotDefined
from crypto_specs.gcm import multiply, multiply_polynomials
from kernel.evaluate import evaluate
from kernel.ops import number
from kernel.sorts import BV
from kernel.term import Term, Var

X, Y, Z = (Var(name, BV(128)) for name in "xyz")
VALUES = st.integers(0, (1 << 128) - 1)
H = 0x66E94BD4EF8A2C3B884CFA59CA342B2E
ONE = 1 << 127


def product(x: int, y: int) -> int:
    """x • y."""
    result: int = evaluate(multiply(X, Y), {X: x, Y: y})
    return result


def test_multiplication_of_test_case_2() -> None:
    assert product(0x0388DACE60B6A392F328C2B971B2FE78, H) == 0x5E2EC746917062882C85B0685353DEB7


@given(VALUES, VALUES)
@settings(max_examples=30, deadline=None)
def test_both_ways_to_multiply_agree(x: int, y: int) -> None:
    at = {X: x, Y: y}
    assert evaluate(multiply_polynomials(X, Y), at) == evaluate(multiply(X, Y), at)


@given(VALUES, VALUES, VALUES)
@settings(max_examples=20, deadline=None)
def test_multiplication_is_a_fields(x: int, y: int, z: int) -> None:
    assert product(x, y) == product(y, x)
    assert product(x, y ^ z) == product(x, y) ^ product(x, z)
    assert product(product(x, y), z) == product(x, product(y, z))
    assert product(x, ONE) == x


def test_powers_are_repeated_products() -> None:
    powers = [evaluate(gcm.power(number(i, 64), X), {X: H}) for i in range(4)]
    assert powers == [ONE, H, product(H, H), product(product(H, H), H)]


def test_reduction_takes_x127_times_x_to_r() -> None:
    assert product(1, ONE >> 1) == gcm.R


def test_ghash_of_test_case_2() -> None:
    data = bytes.fromhex("0388dace60b6a392f328c2b971b2fe7800000000000000000000000000000080")
    assert gcm.ghash(number(H, 128), data).hex() == "f38cbb1ad69223dcc3457ae5b6b0f885"
    assert gcm.ghash(number(H, 128), b"") == bytes(16)


@pytest.mark.parametrize(("low", "after"), [(0, 1), (0xFFFFFFFF, 0), (0xFFFFFFFE, 0xFFFFFFFF)])
def test_inc32_keeps_the_first_96_bits(low: int, after: int) -> None:
    high = 0xFFFFFFFFFFFFFFFFFFFFFFFF << 32
    assert evaluate(gcm.inc32(X), {X: high | low}) == high | after


def test_published_cases() -> None:
    assert gcm.gcm_encrypt(bytes(16), bytes(12), b"") == (b"", bytes.fromhex("58e2fccefa7e3061367f1d57a4e7455a"))
    ciphertext, tag = gcm.gcm_encrypt(bytes(16), bytes(12), bytes(16))
    assert (ciphertext.hex(), tag.hex()) == ("0388dace60b6a392f328c2b971b2fe78", "ab6e47d42cec13bdf53a67b21257bddf")
    plain = bytes.fromhex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    )
    additional = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    key, iv = bytes.fromhex("feffe9928665731c6d6a8f9467308308"), bytes.fromhex("cafebabefacedbaddecaf888")
    assert gcm.gcm_encrypt(key, iv, plain, additional)[1].hex() == "5bc94fbc3221a5db94fae95ae7121a47"


@given(
    st.sampled_from((16, 24, 32)),
    st.one_of(st.binary(min_size=12, max_size=12), st.binary(min_size=8, max_size=20)),
    st.binary(max_size=40),
    st.binary(max_size=20),
)
@settings(max_examples=8, deadline=None)
def test_agrees_with_cryptography(size: int, iv: bytes, plain: bytes, additional: bytes) -> None:
    key = bytes(range(size))
    ciphertext, tag = gcm.gcm_encrypt(key, iv, plain, additional)
    assert ciphertext + tag == reference(key, iv, plain, additional)


def test_decryption_fails_unless_the_tag_is_right() -> None:
    key, iv, plain = bytes(16), bytes(12), b"some text"
    ciphertext, tag = gcm.gcm_encrypt(key, iv, plain, b"more")
    wrong = bytes([tag[0] ^ 1]) + tag[1:]
    assert gcm.gcm_decrypt(key, iv, ciphertext, tag, b"more") == plain
    assert gcm.gcm_decrypt(key, iv, ciphertext, wrong, b"more") is None
    assert gcm.gcm_decrypt(key, iv, ciphertext, tag, b"less") is None


def test_no_initialization_vector_is_not_defined() -> None:
    with pytest.raises(NotDefined, match="at least one byte"):
        gcm.gcm_encrypt(bytes(16), b"", b"")


def test_a_wrong_polynomial_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def differs(term: Term) -> bool:
        return bool(evaluate(term, {X: H, Y: H}) != product(H, H))

    assert not differs(gcm.shift_and_add(X, Y))
    assert not differs(gcm.polynomial_product(X, Y))
    monkeypatch.setattr(gcm, "R", gcm.R ^ 1 << 120)
    monkeypatch.setattr(gcm, "MODULUS", gcm.MODULUS ^ 1 << 7)
    assert differs(gcm.shift_and_add(X, Y))
    assert differs(gcm.polynomial_product(X, Y))
