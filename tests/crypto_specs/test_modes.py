# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""ECB, CBC, CTR and XTS against the standards' examples and the `cryptography` package."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from references import encrypted

from crypto_specs import aes, modes, xts
from crypto_specs.errors import NotDefined
from crypto_specs.memory import Memory
from crypto_specs.modes import MODES, counter_block
from kernel.evaluate import evaluate
from kernel.ops import number
from kernel.sorts import BV, MEM
from kernel.term import Var

KEYS = {
    128: bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c"),
    192: bytes.fromhex("8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b"),
    256: bytes.fromhex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"),
}
PLAIN = bytes.fromhex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51")
IV = bytes(range(16))
COUNTER = bytes(range(0xF0, 0x100))

MEMORY = Var("memory", MEM)
SIZES = st.sampled_from((16, 24, 32))
DATA = st.integers(0, 3).flatmap(lambda n: st.binary(min_size=16 * n, max_size=16 * n))
BLOCK = st.binary(min_size=16, max_size=16)


def key_of(size: int) -> bytes:
    """Some key of that size."""
    return KEYS[256][:size]


# The first two blocks of SP 800-38A, appendix F


@pytest.mark.parametrize(
    ("bits", "expected"),
    [
        (128, "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf"),
        (192, "bd334f1d6e45f25ff712a214571fa5cc974104846d0ad3ad7734ecb3ecee4eef"),
        (256, "f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870"),
    ],
)
def test_ecb_examples(bits: int, expected: str) -> None:
    assert modes.ecb_encrypt(KEYS[bits], PLAIN).hex() == expected
    assert modes.ecb_decrypt(KEYS[bits], bytes.fromhex(expected)) == PLAIN


@pytest.mark.parametrize(
    ("bits", "expected"),
    [
        (128, "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"),
        (192, "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a"),
        (256, "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"),
    ],
)
def test_cbc_examples(bits: int, expected: str) -> None:
    assert modes.cbc_encrypt(KEYS[bits], IV, PLAIN).hex() == expected
    assert modes.cbc_decrypt(KEYS[bits], IV, bytes.fromhex(expected)) == PLAIN


@pytest.mark.parametrize(
    ("bits", "expected"),
    [
        (128, "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"),
        (192, "1abc932417521ca24f2b0459fe7e6e0b090339ec0aa6faefd5ccc2c6f4ce8e94"),
        (256, "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"),
    ],
)
def test_ctr_examples(bits: int, expected: str) -> None:
    assert modes.ctr(KEYS[bits], COUNTER, PLAIN).hex() == expected
    assert modes.ctr(KEYS[bits], COUNTER, PLAIN[:21]).hex() == expected[:42]


@given(SIZES, DATA)
@settings(max_examples=6, deadline=None)
def test_ecb_agrees_and_is_undone(size: int, data: bytes) -> None:
    ciphertext = modes.ecb_encrypt(key_of(size), data)
    assert ciphertext == encrypted(key_of(size), "ECB", data)
    assert modes.ecb_decrypt(key_of(size), ciphertext) == data


@given(SIZES, BLOCK, DATA)
@settings(max_examples=6, deadline=None)
def test_cbc_agrees_and_is_undone(size: int, iv: bytes, data: bytes) -> None:
    ciphertext = modes.cbc_encrypt(key_of(size), iv, data)
    assert ciphertext == encrypted(key_of(size), "CBC", data, iv)
    assert modes.cbc_decrypt(key_of(size), iv, ciphertext) == data


@given(SIZES, BLOCK, st.binary(max_size=50))
@settings(max_examples=8, deadline=None)
def test_ctr_agrees_where_the_counter_does_not_wrap(size: int, counter: bytes, data: bytes) -> None:
    assume(int.from_bytes(counter[12:]) < 2**32 - 4)
    assert modes.ctr(key_of(size), counter, data) == encrypted(key_of(size), "CTR", data, counter)


def test_the_counter_wraps_at_32_bits() -> None:
    first, i = Var("first", BV(128)), Var("i", BV(64))
    start = 0xAA << 120 | 0xFFFFFFFE
    counters = [evaluate(counter_block(first, i), {first: start, i: k}) for k in (0, 1, 2, 1 << 32)]
    assert counters == [start, start + 1, 0xAA << 120, start]
    key, counter = KEYS[128], bytes(12) + b"\xff" * 4
    assert modes.ctr(key, counter, bytes(32))[16:] == aes.encrypt(key, bytes(16))
    assert modes.ctr(key, counter, bytes(32)) != encrypted(key, "CTR", bytes(32), counter)  # it carries on


@pytest.mark.parametrize("name", ["ecb_encrypt", "ecb_decrypt", "cbc_encrypt", "cbc_decrypt", "ctr"])
def test_output_may_take_the_place_of_input(name: str) -> None:
    cipher = MODES[128]
    function, schedule = getattr(cipher, name), cipher.aes.expand(KEYS[128])
    parameters = (schedule,) if name.startswith("ecb") else (schedule, number(77, 128))
    at = {MEMORY: Memory({0: PLAIN})}

    def run(output: int, count: int) -> bytes:
        there = number(output, 64)
        memory = evaluate(function(number(count, 64), *parameters, MEMORY, number(0, 64), there), at)
        return bytes(memory.load(output, 32))

    apart = run(64, 2)
    assert run(0, 2) == apart
    assert run(0, 1) == apart[:16] + PLAIN[16:]


def test_cbc_chain_is_its_last_block() -> None:
    cipher = MODES[128]
    at = {MEMORY: Memory({0: PLAIN})}
    iv, zero = number(int.from_bytes(IV), 128), number(0, 64)
    chain = [cipher.cbc_chain(number(n, 64), cipher.aes.expand(KEYS[128]), iv, MEMORY, zero) for n in (0, 2)]
    assert evaluate(chain[0], at) == int.from_bytes(IV)
    assert evaluate(chain[1], at) == 0x5086CB9B507219EE95DB113A917678B2


def test_cbc_decryption_adds_the_iv_and_then_the_block_before() -> None:
    at = {MEMORY: Memory({0: PLAIN})}
    iv, zero = number(int.from_bytes(IV), 128), number(0, 64)
    before = [evaluate(modes.cbc_previous(number(n, 64), iv, MEMORY, zero), at) for n in range(3)]
    assert before == [int.from_bytes(block) for block in (IV, PLAIN[:16], PLAIN[16:32])]


@pytest.mark.parametrize("function", [modes.ecb_encrypt, modes.ecb_decrypt])
def test_ecb_takes_whole_blocks(function: object) -> None:
    with pytest.raises(NotDefined, match="whole blocks of 16 bytes, not 17 bytes"):
        function(KEYS[128], bytes(17))  # type: ignore[operator]


def test_an_initialization_vector_is_a_block() -> None:
    with pytest.raises(NotDefined, match="16 bytes, not 15"):
        modes.cbc_encrypt(KEYS[128], bytes(15), bytes(16))


# XTS: vectors 1 and 15 of IEEE 1619, annex B


def test_xts_examples() -> None:
    expected = "917cf69ebd68b2ec9b9fe9a3eadda692cd43d2f59598ed858c02c2652fbf922e"
    assert xts.xts_encrypt(bytes(32), bytes(16), bytes(32)).hex() == expected
    key = bytes.fromhex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0bfbebdbcbbbab9b8b7b6b5b4b3b2b1b0")
    unit = bytes.fromhex("9a78563412") + bytes(11)
    stolen = bytes.fromhex("6c1625db4671522d3d7599601de7ca09ed")
    assert xts.xts_encrypt(key, unit, bytes(range(17))) == stolen
    assert xts.xts_decrypt(key, unit, stolen) == bytes(range(17))


@given(st.sampled_from((32, 64)), BLOCK, st.binary(min_size=16, max_size=40))
@settings(max_examples=6, deadline=None)
def test_xts_agrees_and_is_undone(size: int, unit: bytes, data: bytes) -> None:
    key = bytes(range(size))
    ciphertext = xts.xts_encrypt(key, unit, data)
    assert ciphertext == encrypted(key, "XTS", data, unit)
    assert xts.xts_decrypt(key, unit, ciphertext) == data


def test_the_tweak_is_multiplied_by_x() -> None:
    tweak = Var("tweak", BV(128))

    def after(count: int, value: int) -> int:
        result: int = evaluate(xts.tweak_after(number(count, 64), tweak), {tweak: value})
        return result

    one, top = 1 << 120, 0x80  # the first byte of a block is 01; its last byte is 80
    assert after(0, one) == one
    assert after(7, one) == 0x80 << 120
    assert after(8, one) == 1 << 112
    assert after(1, top) == 0x87 << 120


@pytest.mark.parametrize(("key", "data"), [(48, 32), (16, 32), (32, 15)])
def test_xts_refuses_other_lengths(key: int, data: int) -> None:
    with pytest.raises(NotDefined, match=rf"not {15 if data == 15 else key}$"):
        xts.xts_encrypt(bytes(key), bytes(16), bytes(data))


def test_tweaks_in_the_wrong_order_are_noticed() -> None:
    """Decryption with stealing uses the last two tweaks in the order that encryption does not."""
    key, data = bytes(range(32)), bytes(range(40))
    whole = xts.xts_decrypt(key, bytes(16), xts.xts_encrypt(key, bytes(16), data)[:32])
    assert whole[:16] == data[:16]
    assert whole[16:] != data[16:32]
