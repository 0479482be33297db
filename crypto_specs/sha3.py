# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The sponge construction, SHA-3 and SHAKE (FIPS 202, 4 to 6), in the order of the standard's sections.

Rates are in bytes. Strings and states are as in keccak.py: bit 0 is the least significant one of the byte at the lowest address.
"""

from __future__ import annotations

from crypto_specs.defined import Recursive
from crypto_specs.keccak import WIDTH, keccak_f1600
from crypto_specs.memory import Memory
from crypto_specs.message import byte_of
from crypto_specs.stored import stored_blocks
from kernel.evaluate import evaluate
from kernel.ops import number, read, zext
from kernel.sorts import BV, MEM
from kernel.term import Term, Var

_STATE = BV(WIDTH)
_i, _state, _previous = Var("i", BV(64)), Var("state", _STATE), Var("previous", _STATE)
_memory, _address = Var("memory", MEM), Var("address", BV(64))

RATES = (72, 104, 136, 144, 168)
"""The rates of SHA3-512, SHA3-384, SHA3-256 and SHAKE256, SHA3-224, SHAKE128."""

# 4 The sponge construction, Algorithm 8. Steps 4 to 6 absorb the blocks of a padded message that lies in memory:


def absorb_block(state: Term, memory: Term, address: Term, rate: int) -> Term:
    """Step 6: f(S XOR (P_i || 0^c))."""
    return keccak_f1600(state ^ zext(read(memory, address, rate), WIDTH))


ABSORB = {
    rate: Recursive(
        f"Keccak_absorb_{rate}",
        _i,
        (_state, _memory, _address),
        _state,
        _previous,
        absorb_block(_previous, _memory, _address + _i * number(rate, 64), rate),
    )
    for rate in RATES
}
"""ABSORB[rate](count, state, memory, address): the state after the blocks in memory from the address on, starting from `state`."""

# Steps 7 to 10 squeeze: block i of the output is the first bytes of the state after i permutations

iterate = Recursive("Keccak_iterate", _i, (_state,), _state, _previous, keccak_f1600(_previous))
"""(count, state): the state after `count` permutations."""


def squeezed_block(rate: int, i: Term, state: Term) -> Term:
    """Block i of the output from `state`, as a little-endian number."""
    return iterate(i, state)[8 * rate - 1 : 0]


def _squeeze(rate: int) -> Recursive:
    def block(i: Term, state: Term, memory: Term) -> Term:
        return squeezed_block(rate, i, state)

    return stored_blocks(f"Keccak_squeeze_{rate}", rate, (_state,), (), block)


SQUEEZE = {rate: _squeeze(rate) for rate in RATES}
"""SQUEEZE[rate](count, state, memory, output): the memory with the first `count` blocks of the output stored."""


def _squeeze_rest(rate: int) -> Recursive:
    def byte(j: Term, state: Term, i: Term, memory: Term) -> Term:
        return byte_of(squeezed_block(rate, i, state), j)

    return stored_blocks(f"Keccak_squeeze_rest_{rate}", 1, (_state, Var("block", BV(64))), (), byte)


SQUEEZE_REST = {rate: _squeeze_rest(rate) for rate in RATES}
"""SQUEEZE_REST[rate](count, state, i, memory, output): the memory with the first `count` bytes of block i stored."""

# 5.1 Padding, 5.2 Keccak[c]: messages and outputs of whole bytes


def pad10_1(message: bytes, rate: int, suffix: int) -> bytes:
    """The message, its suffix (whose bits include the first 1 of the padding), zeros, and a last 1, up to whole blocks."""
    padded = bytearray(message + bytes((suffix,)))
    padded += bytes(-len(padded) % rate)
    padded[-1] |= 0x80
    return bytes(padded)


def sponge(message: bytes, rate: int, suffix: int, length: int) -> bytes:
    """The first `length` bytes that the sponge gives for the message."""
    padded = pad10_1(message, rate, suffix)
    zero, count = number(0, 64), number(len(padded) // rate, 64)
    absorbed = ABSORB[rate](count, number(0, WIDTH), _memory, zero)
    state = evaluate(absorbed, {_memory: Memory({0: padded})})
    blocks, rest = (number(n, 64) for n in divmod(length, rate))
    squeezed = SQUEEZE[rate](blocks, number(state, WIDTH), _memory, zero)
    squeezed = SQUEEZE_REST[rate](rest, number(state, WIDTH), blocks, squeezed, blocks * rate)
    memory: Memory = evaluate(squeezed, {_memory: Memory({})})
    return memory.load(0, length)


# 6.1 SHA-3 hash functions: the suffix is 01; 6.2 extendable-output functions: it is 1111

SHA3_SUFFIX, SHAKE_SUFFIX = 0b110, 0b11111


def sha3_224(message: bytes) -> bytes:
    """SHA3-224 of a message."""
    return sponge(message, 144, SHA3_SUFFIX, 28)


def sha3_256(message: bytes) -> bytes:
    """SHA3-256 of a message."""
    return sponge(message, 136, SHA3_SUFFIX, 32)


def sha3_384(message: bytes) -> bytes:
    """SHA3-384 of a message."""
    return sponge(message, 104, SHA3_SUFFIX, 48)


def sha3_512(message: bytes) -> bytes:
    """SHA3-512 of a message."""
    return sponge(message, 72, SHA3_SUFFIX, 64)


def shake128(message: bytes, length: int) -> bytes:
    """The first `length` bytes of SHAKE128 of a message."""
    return sponge(message, 168, SHAKE_SUFFIX, length)


def shake256(message: bytes, length: int) -> bytes:
    """The first `length` bytes of SHAKE256 of a message."""
    return sponge(message, 136, SHAKE_SUFFIX, length)
