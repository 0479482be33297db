# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""ChaCha20 against RFC 8439's examples and the `cryptography` package."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from references import chacha20 as reference

from crypto_specs import chacha20 as spec
from crypto_specs.errors import NotDefined
from crypto_specs.memory import Memory
from kernel.evaluate import evaluate
from kernel.ops import number
from kernel.sorts import BV, MEM
from kernel.term import Term, Var

STATE, MEMORY = Var("state", BV(512)), Var("memory", MEM)
KEY = bytes(range(32))


def test_quarter_round_of_2_1_1() -> None:
    words = [number(w, 32) for w in (0x11111111, 0x01020304, 0x9B8D6F43, 0x01234567)]
    after = [evaluate(w, {}) for w in spec.quarter_round(*words)]
    assert after == [0xEA2A92F4, 0xCB1CF8CE, 0x4581472E, 0x5881C4BB]


def test_block_of_2_3_2() -> None:
    stream = spec.chacha20(KEY, 1, bytes.fromhex("000000090000004a00000000"), bytes(64))
    assert stream.hex() == (
        "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
        "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e"
    )


def test_encryption_of_2_4_2() -> None:
    text = (
        b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
        b"sunscreen would be it."
    )
    ciphertext = spec.chacha20(KEY, 1, bytes.fromhex("000000000000004a00000000"), text)
    assert ciphertext[:16].hex() == "6e2e359a2568f98041ba0728dd0d6981"
    assert ciphertext[-2:].hex() == "874d"


@given(
    st.binary(min_size=32, max_size=32),
    st.integers(0, 2**32 - 8),
    st.binary(min_size=12, max_size=12),
    st.binary(max_size=200),
)
@settings(max_examples=25, deadline=None)
def test_agrees_with_cryptography(key: bytes, counter: int, nonce: bytes, data: bytes) -> None:
    assert spec.chacha20(key, counter, nonce, data) == reference(key, counter, nonce, data)


def test_the_counter_wraps_at_32_bits() -> None:
    wrapped = spec.chacha20(KEY, 2**32 - 1, bytes(12), bytes(128))[64:]
    assert wrapped == spec.chacha20(KEY, 0, bytes(12), bytes(64))


def test_output_may_take_the_place_of_input() -> None:
    data = bytes(range(128))
    parameters = (number(1, 256), number(2, 32), number(3, 96))
    outputs = []
    for place in (0, 256):
        function = spec.encrypt_blocks(number(2, 64), *parameters, MEMORY, number(0, 64), number(place, 64))
        outputs.append(evaluate(function, {MEMORY: Memory({0: data})}).load(place, 128))
    assert outputs[0] == outputs[1] != data


@pytest.mark.parametrize(
    ("name", "changed"),
    [("QUARTERS", (*spec.QUARTERS[:7], (3, 4, 9, 15))), ("rotl", lambda x, n: x)],
)
def test_a_wrong_round_is_noticed(name: str, changed: object, monkeypatch: pytest.MonkeyPatch) -> None:
    def rounds() -> Term:
        return spec.eight_quarter_rounds(STATE)

    at = {STATE: 3**300 % (1 << 512)}
    right = evaluate(spec.inner_block(STATE), at)
    assert evaluate(rounds(), at) == right
    monkeypatch.setattr(spec, name, changed)
    assert evaluate(rounds(), at) != right


@pytest.mark.parametrize(("key", "nonce"), [(16, 12), (32, 8)])
def test_other_lengths_are_not_defined(key: int, nonce: int) -> None:
    with pytest.raises(NotDefined, match=rf"not {16 if key == 16 else 8}$"):
        spec.chacha20(bytes(key), 0, bytes(nonce), b"")
