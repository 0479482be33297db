# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""SHA-256 against the standard's examples and hashlib."""

import hashlib

from hypothesis import given, settings
from hypothesis import strategies as st

from crypto_specs import sha256 as spec

ABC_256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
ABC_224 = "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"


def test_constants_are_the_standards() -> None:
    assert (spec.K[0], spec.K[63]) == (0x428A2F98, 0xC67178F2)
    assert spec.IV_256 >> 224 == 0x6A09E667
    assert spec.IV_224 & 0xFFFFFFFF == 0xBEFA4FA4


def test_published_examples() -> None:
    assert spec.sha256(b"abc").hex() == ABC_256
    assert spec.sha224(b"abc").hex() == ABC_224
    two_blocks = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
    assert spec.sha256(two_blocks).hex() == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=200))
def test_agrees_with_hashlib(message: bytes) -> None:
    assert spec.sha256(message) == hashlib.sha256(message).digest()
    assert spec.sha224(message) == hashlib.sha224(message).digest()


def test_a_wrong_constant_is_noticed() -> None:
    assert spec.digest(b"abc", spec.IV_256 ^ 1).hex() != ABC_256
