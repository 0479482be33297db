# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Keccak-f[1600], SHA-3 and SHAKE against the standard's examples and hashlib."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto_specs import keccak, sha3
from crypto_specs.keccak import keccak_f1600, keccak_round, lanes, state_of
from kernel.evaluate import evaluate
from kernel.ops import number
from kernel.sorts import BV
from kernel.term import Term, Var

STATE = Var("state", BV(1600))
HASHES = [sha3.sha3_224, sha3.sha3_256, sha3.sha3_384, sha3.sha3_512]
EXTENDABLE = [(sha3.shake128, hashlib.shake_128), (sha3.shake256, hashlib.shake_256)]


def test_the_permutation_of_zero() -> None:
    """The first lanes after one and two permutations, from the Keccak team's intermediate values."""
    once = evaluate(keccak_f1600(STATE), {STATE: 0})
    twice = evaluate(sha3.iterate(number(2, 64), STATE), {STATE: 0})
    assert once & (1 << 64) - 1 == 0xF1258F7940E1DDE7
    assert once >> 24 * 64 == 0xEAF1FF7B5CECA249
    assert twice & (1 << 64) - 1 == 0x2D5C954DF96ECB3C


def test_computed_constants_are_the_standards() -> None:
    assert keccak.RC[:3] == (0x1, 0x8082, 0x800000000000808A)
    assert keccak.RC[23] == 0x8000000080008008
    row = [keccak.OFFSETS[x, 2] for x in (3, 4, 0, 1, 2)]
    assert row == [153 % 64, 231 % 64, 3, 10, 171 % 64]  # the third row of Table 2


def test_published_examples() -> None:
    assert sha3.sha3_256(b"").hex() == "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a"
    assert sha3.sha3_224(b"abc").hex() == "e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf"
    assert sha3.shake128(b"", 32).hex() == "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26"
    assert sha3.shake256(b"", 32).hex() == "46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f"


@pytest.mark.parametrize("hash_", HASHES)
@pytest.mark.parametrize("length", [71, 72, 103, 104, 135, 136, 143, 144, 300])
def test_every_way_of_padding(hash_: Callable[[bytes], bytes], length: int) -> None:
    assert hash_(bytes(length)) == hashlib.new(hash_.__name__, bytes(length)).digest()


@pytest.mark.parametrize("hash_", HASHES)
@settings(max_examples=10, deadline=None)
@given(message=st.binary(max_size=300))
def test_agrees_with_hashlib(hash_: Callable[[bytes], bytes], message: bytes) -> None:
    assert hash_(message) == hashlib.new(hash_.__name__, message).digest()


@pytest.mark.parametrize(("function", "reference"), EXTENDABLE)
@settings(max_examples=10, deadline=None)
@given(message=st.binary(max_size=300), length=st.integers(0, 500))
def test_extendable_output_agrees_with_hashlib(
    function: Callable[[bytes, int], bytes],
    reference: Callable[[bytes], Any],
    message: bytes,
    length: int,
) -> None:
    assert function(message, length) == reference(message).digest(length)


@given(st.integers(0, (1 << 1600) - 1))
@settings(max_examples=10, deadline=None)
def test_lanes_are_the_state_and_pi_rearranges_them(value: int) -> None:
    assert evaluate(state_of(lanes(STATE)), {STATE: value}) == value
    A = lanes(STATE)
    moved = keccak.pi(A)
    assert set(moved.values()) == set(A.values())
    assert moved[0, 1] is A[3, 0]


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("OFFSETS", {**keccak.OFFSETS, (4, 4): 15}),
        ("rotated", lambda lane, offset: lane),
        ("chi", lambda A: A),
    ],
)
def test_a_wrong_step_is_noticed(name: str, changed: object, monkeypatch: pytest.MonkeyPatch) -> None:
    def one_round() -> Term:
        step = keccak.iota(keccak.chi(keccak.pi(keccak.rho(keccak.theta(lanes(STATE))))), number(1, 64))
        return state_of(step)

    value = {STATE: 3**1000 % (1 << 1600)}
    right = evaluate(keccak_round(STATE, number(1, 64)), value)
    assert evaluate(one_round(), value) == right
    monkeypatch.setattr(keccak, name, changed)
    assert evaluate(one_round(), value) != right


def test_a_wrong_suffix_is_noticed() -> None:
    assert sha3.sponge(b"abc", 136, 0x01, 32) != sha3.sha3_256(b"abc")  # Keccak before the standard
