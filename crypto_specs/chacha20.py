# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""ChaCha20 (RFC 8439), in the order of its sections.

Words are 32 bits, and little-endian in memory. Keys, nonces, states and blocks are strings of words as numbers, the first word most
significant: words_in_order makes them of what lies in memory.
"""

from __future__ import annotations

from crypto_specs.constants import string
from crypto_specs.defined import Defined
from crypto_specs.errors import need
from crypto_specs.message import byte_of, words_in_order, words_of
from crypto_specs.stored import output_of, stored_blocks
from kernel.ops import concat, number, read, ror
from kernel.sorts import BV
from kernel.term import Term, Var

BLOCK = 64  # bytes
STATE = BV(512)

# 2.1 The ChaCha quarter round


def rotl(x: Term, n: int) -> Term:
    """x <<< n."""
    return ror(x, -n)


def quarter_round(a: Term, b: Term, c: Term, d: Term) -> tuple[Term, Term, Term, Term]:
    """The four words after a quarter round."""
    a = a + b
    d = rotl(d ^ a, 16)
    c = c + d
    b = rotl(b ^ c, 12)
    a = a + b
    d = rotl(d ^ a, 8)
    c = c + d
    b = rotl(b ^ c, 7)
    return a, b, c, d


# 2.2, 2.3 The ChaCha20 block function: 10 times 8 quarter rounds, of columns and of diagonals

QUARTERS = (
    (0, 4, 8, 12),
    (1, 5, 9, 13),
    (2, 6, 10, 14),
    (3, 7, 11, 15),
    (0, 5, 10, 15),
    (1, 6, 11, 12),
    (2, 7, 8, 13),
    (3, 4, 9, 14),
)

CONSTANTS = string((0x6170_7865, 0x3320_646E, 0x7962_2D32, 0x6B20_6574), 32)


def eight_quarter_rounds(state: Term) -> Term:
    """2.3.1 inner_block: a column round and a diagonal round."""
    words = words_of(state, 32)
    for places in QUARTERS:
        for place, word in zip(places, quarter_round(*[words[k] for k in places]), strict=True):
            words[place] = word
    return concat(*words)


_state, _key, _counter, _nonce = Var("state", STATE), Var("key", BV(256)), Var("counter", BV(32)), Var("nonce", BV(96))

inner_block = Defined("ChaCha20_inner_block", (_state,), eight_quarter_rounds(_state))
"""Two rounds of a state."""


def block_function(key: Term, counter: Term, nonce: Term) -> Term:
    """2.3 The rounds, and the addition of the words they started from."""
    initial = concat(number(CONSTANTS, 128), key, counter, nonce)
    state = initial
    for _ in range(10):
        state = inner_block(state)
    return concat(*[x + y for x, y in zip(words_of(state, 32), words_of(initial, 32), strict=True)])


chacha20_block = Defined("ChaCha20_block", (_key, _counter, _nonce), block_function(_key, _counter, _nonce))
"""(key, counter, nonce): a state of 16 words, which the key stream has in this order, each little-endian."""

# 2.4 The ChaCha20 encryption algorithm


def key_stream(i: Term, key: Term, counter: Term, nonce: Term) -> Term:
    """Block i of the key stream, as a little-endian number; the counter is one of 32 bits and wraps."""
    return words_in_order(chacha20_block(key, counter + i[31:0], nonce), 32)


def _encrypted(i: Term, key: Term, counter: Term, nonce: Term, memory: Term, address: Term) -> Term:
    return read(memory, address + (i << 6), BLOCK) ^ key_stream(i, key, counter, nonce)


encrypt_blocks = stored_blocks("ChaCha20_encrypt", BLOCK, (_key, _counter, _nonce), (Var("input", BV(64)),), _encrypted)
"""(count, key, counter, nonce, memory, input, output): the memory with `count` blocks of the result from `output` on."""


def _rest(j: Term, key: Term, counter: Term, nonce: Term, i: Term, memory: Term, address: Term) -> Term:
    return read(memory, address + j, 1) ^ byte_of(key_stream(i, key, counter, nonce), j)


_i = Var("block", BV(64))
encrypt_rest = stored_blocks("ChaCha20_encrypt_rest", 1, (_key, _counter, _nonce, _i), (Var("input", BV(64)),), _rest)
"""(count, key, counter, nonce, i, memory, input, output): the memory with `count` bytes, less than a block, of the result from `output` on,
for which the input is added to block i of the key stream."""


def _words(data: bytes) -> Term:
    return number(
        string((int.from_bytes(data[k : k + 4], "little") for k in range(0, len(data), 4)), 32), 8 * len(data)
    )


def chacha20(key: bytes, counter: int, nonce: bytes, data: bytes) -> bytes:
    """ChaCha20 encryption or decryption of any number of bytes: of the last block of the key stream, the first bytes are used."""
    need(len(key) == 32, f"a ChaCha20 key has 32 bytes, not {len(key)}")
    need(len(nonce) == 12, f"a ChaCha20 nonce has 12 bytes, not {len(nonce)}")
    parameters = _words(key), number(counter, 32), _words(nonce)
    blocks, rest = divmod(len(data), BLOCK)
    whole = output_of(encrypt_blocks, BLOCK, parameters, data[: BLOCK * blocks])
    return whole + output_of(encrypt_rest, 1, (*parameters, number(blocks, 64)), data[len(data) - rest :])
