# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""SHA-1, SHA-512 and its truncations, SM3 and MD5 against the standards' examples and hashlib."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto_specs import md5, sha1, sha512, sm3
from crypto_specs.constants import string
from crypto_specs.iterated import IteratedHash
from kernel.evaluate import evaluate
from kernel.sorts import BV
from kernel.term import Var

TWO_BLOCKS = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
LONGER = (
    b"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"
)

# FIPS 180-4's examples (NIST's example values), GB/T 32905's A.1 and A.2, RFC 1321's A.5
PUBLISHED = [
    (sha1.sha1, b"abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    (sha1.sha1, TWO_BLOCKS, "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
    (sha512.sha512, b"abc", "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"),
    (sha512.sha512, LONGER, "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018"
     "501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909"),
    (sha512.sha384, b"abc", "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"),
    (sha512.sha512_224, b"abc", "4634270f707b6a54daae7530460842e20e37ed265ceee9a43e8924aa"),
    (sha512.sha512_256, b"abc", "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23"),
    (sm3.sm3, b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
    (sm3.sm3, b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    (md5.md5, b"", "d41d8cd98f00b204e9800998ecf8427e"),
    (md5.md5, b"message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
    (md5.md5, b"1234567890" * 8, "57edf4a22be3c955ac49da2e2107b67a"),
]  # fmt: skip

HASHES: list[tuple[Callable[[bytes], bytes], str]] = [
    (sha1.sha1, "sha1"),
    (sha512.sha512, "sha512"),
    (sha512.sha384, "sha384"),
    (sha512.sha512_224, "sha512_224"),
    (sha512.sha512_256, "sha512_256"),
    (sm3.sm3, "sm3"),
    (md5.md5, "md5"),
]


def reference(name: str, message: bytes) -> bytes:
    """hashlib's digest; skips where this build of Python has no such hash."""
    try:
        return hashlib.new(name, message, usedforsecurity=False).digest()
    except ValueError:
        pytest.skip(f"hashlib has no {name} here")


@pytest.mark.parametrize(("hash_", "message", "expected"), PUBLISHED)
def test_published_examples(hash_: Callable[[bytes], bytes], message: bytes, expected: str) -> None:
    assert hash_(message).hex() == expected


@pytest.mark.parametrize(("hash_", "name"), HASHES)
@pytest.mark.parametrize("length", [0, 55, 56, 63, 64, 111, 112, 127, 128, 257])
def test_every_way_of_padding(hash_: Callable[[bytes], bytes], name: str, length: int) -> None:
    message = bytes(range(length % 256)) + bytes(length - length % 256)
    assert hash_(message) == reference(name, message)


@pytest.mark.parametrize(("hash_", "name"), HASHES)
@settings(max_examples=15, deadline=None)
@given(message=st.binary(max_size=300))
def test_agrees_with_hashlib(hash_: Callable[[bytes], bytes], name: str, message: bytes) -> None:
    assert hash_(message) == reference(name, message)


def test_computed_constants_are_the_standards() -> None:
    assert (sha512.K[0], sha512.K[79]) == (0x428A2F98D728AE22, 0x6C44198C4A475817)
    assert sha512.IV_512 >> 448 == 0x6A09E667F3BCC908
    assert sha512.IV_384 & (1 << 64) - 1 == 0x47B5481DBEFA4FA4
    assert sha512.initial_value(224) >> 448 == 0x8C3D37C819544DA2
    assert sha512.initial_value(256) >> 448 == 0x22312194FC2BF72C
    assert (md5.T[0], md5.T[63]) == (0xD76AA478, 0xEB86D391)


@pytest.mark.parametrize("hash_", [sha1.SHA1, sha512.SHA512, sm3.SM3, md5.MD5])
def test_no_block_leaves_the_value(hash_: IteratedHash) -> None:
    assert hash_.fold(12345, 0, b"") == 12345


@pytest.mark.parametrize(
    ("module", "name", "changed"),
    [
        (sha1, "K", (*sha1.K[:3], sha1.K[3] ^ 1)),
        (sha512, "K", (*sha512.K[:79], sha512.K[79] ^ 1)),
        (sm3, "T", lambda j: 0x79CC4519 if j < 17 else 0x7A879D8A),
        (md5, "T", (*md5.T[:63], md5.T[63] ^ 1)),
        (md5, "ROUNDS", (*md5.ROUNDS[:3], (md5.I, 0, 9, (6, 10, 15, 21)))),
    ],
)
def test_a_wrong_constant_is_noticed(module: Any, name: str, changed: object, monkeypatch: pytest.MonkeyPatch) -> None:
    value, block = module.COMPRESS.lhs.args
    at = {value: 1 << value.width - 1 | 1, block: string(range(block.width // 8), 8)}
    right = evaluate(module.compress(value, block), at)
    assert right == evaluate(module.COMPRESS.rhs, at)
    monkeypatch.setattr(module, name, changed)
    assert evaluate(module.compress(value, block), at) != right


def test_the_order_of_bytes_matters() -> None:
    block, value = Var("block", BV(512)), Var("value", BV(128))
    swapped = int.from_bytes(bytes(range(64)), "little")
    values = [
        evaluate(md5.md5_compress(value, block), {value: md5.IV, block: x}) for x in (string(range(64), 8), swapped)
    ]
    assert values[0] != values[1]
