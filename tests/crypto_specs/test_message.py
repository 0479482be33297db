# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Padding, the order of bytes and words, and the memory that specifications are evaluated on."""

from hypothesis import given
from hypothesis import strategies as st

from crypto_specs.memory import Memory
from crypto_specs.message import block_of, byte_string, pad, words_in_order, words_of
from kernel.evaluate import evaluate
from kernel.ops import number
from kernel.sorts import BV, MEM
from kernel.term import Var

X, MEMORY = Var("x", BV(128)), Var("memory", MEM)


@given(st.binary(max_size=200), st.sampled_from((64, 128)))
def test_padding_is_undone_by_its_length(message: bytes, block: int) -> None:
    padded = pad(message, block, block // 8)
    length = int.from_bytes(padded[-block // 8 :]) // 8
    assert len(padded) % block == 0
    assert len(padded) - len(message) <= block + block // 8
    assert padded[:length] == message
    assert padded[length : -block // 8].rstrip(b"\0") == b"\x80"


def test_the_length_has_an_order() -> None:
    assert pad(b"abc", 64, 8)[-8:] == bytes(7) + b"\x18"
    assert pad(b"abc", 64, 8, "little")[-8:] == b"\x18" + bytes(7)


@given(st.integers(0, (1 << 128) - 1))
def test_orders_of_bytes_and_words(x: int) -> None:
    words = [evaluate(w, {X: x}) for w in words_of(X, 32)]
    reordered = evaluate(words_in_order(X, 32), {X: x})
    assert words == [x >> k & 0xFFFFFFFF for k in (96, 64, 32, 0)]
    assert [reordered >> k & 0xFFFFFFFF for k in (0, 32, 64, 96)] == words
    assert evaluate(byte_string(X), {X: x}) == int.from_bytes(x.to_bytes(16, "little"))


def test_a_block_begins_with_the_byte_at_the_lowest_address() -> None:
    block = block_of(MEMORY, number(100, 64), 4)
    assert evaluate(block, {MEMORY: Memory({99: bytes(range(10))})}) == 0x01020304


def test_memory_wraps_and_stays_as_it_was() -> None:
    memory = Memory({(1 << 64) - 2: b"\x01\x02\x03\x04"})
    changed = memory.write((1 << 64) - 1, 2, 0xBBAA)
    assert memory.read((1 << 64) - 2, 4) == 0x04030201
    assert changed.read((1 << 64) - 2, 4) == 0x04BBAA01
    assert memory.load(0, 2) == b"\x03\x04"
    assert memory.read(50, 3) == 0
