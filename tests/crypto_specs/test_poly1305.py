# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Poly1305 against RFC 8439's examples and the `cryptography` package."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from references import poly1305 as reference

from crypto_specs import poly1305 as spec
from crypto_specs.errors import NotDefined
from kernel.evaluate import evaluate
from kernel.ops import number


def test_example_of_2_5_2() -> None:
    key = bytes.fromhex("85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b")
    assert spec.poly1305(key, b"Cryptographic Forum Research Group").hex() == "a8061dc1305136c6c22b8baf0c0127a9"


@pytest.mark.parametrize(
    ("r", "s", "blocks", "tag"),
    [
        (2, 0, ["ff" * 16], 3),  # A.3, vector 7: the sum reaches 2^130 − 5
        (2, (1 << 128) - 1, ["02" + "00" * 15], 3),  # vector 8: s carries out of 128 bits
        (1, 0, ["ff" * 16, "f0" + "ff" * 15, "11" + "00" * 15], 5),  # vector 9
        (1, 0, ["ff" * 16, "fb" + "fe" * 15, "01" * 16], 0),  # vector 10: the sum is P
    ],
)
def test_corners_of_the_reduction(r: int, s: int, blocks: list[str], tag: int) -> None:
    key = r.to_bytes(16, "little") + s.to_bytes(16, "little")
    assert int.from_bytes(spec.poly1305(key, bytes.fromhex("".join(blocks))), "little") == tag


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=100))
@settings(max_examples=40, deadline=None)
def test_agrees_with_cryptography(key: bytes, message: bytes) -> None:
    assert spec.poly1305(key, message) == reference(key, message)


@pytest.mark.parametrize("bit", [28, 31, 32, 33, 63, 127])
def test_clamped_bits_do_not_matter_and_others_do(bit: int) -> None:
    key = bytearray(range(32))
    tag = spec.poly1305(bytes(key), b"message")
    key[bit // 8] ^= 1 << bit % 8
    assert evaluate(spec.clamp(number(1 << bit, 128)), {}) == 0
    assert spec.poly1305(bytes(key), b"message") == tag
    key[0] ^= 1
    assert spec.poly1305(bytes(key), b"message") != tag


def test_the_length_of_the_last_block_matters() -> None:
    assert spec.poly1305(bytes(range(32)), b"ab") != spec.poly1305(bytes(range(32)), b"ab\x00")


def test_other_keys_are_not_defined() -> None:
    with pytest.raises(NotDefined, match="32 bytes, not 31"):
        spec.poly1305(bytes(31), b"")
