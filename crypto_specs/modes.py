# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The modes ECB, CBC and CTR of AES (SP 800-38A), in the order of the standard's sections.

Blocks are 128-bit strings, and lie in memory one after the other; block 0 is the standard's first. The schedules that decrypt are
those of EqInvCipher, which FIPS 197 (5.3.5) allows for the inverse cipher.
"""

from __future__ import annotations

from crypto_specs.aes import AES, BLOCK, Aes, aes_for
from crypto_specs.defined import Recursive
from crypto_specs.errors import need
from crypto_specs.memory import Memory
from crypto_specs.message import block_of, byte_string
from crypto_specs.stored import output_of, stored_blocks
from kernel.evaluate import evaluate
from kernel.ops import concat, number
from kernel.sorts import BV, MEM
from kernel.term import Term, Var

BYTES = 16

_i, _memory, _input = Var("i", BV(64)), Var("memory", MEM), Var("input", BV(64))
_iv, _previous = Var("iv", BLOCK), Var("previous", BLOCK)


def block_in(memory: Term, address: Term, i: Term) -> Term:
    """Block i of those in memory from the address on."""
    return block_of(memory, address + (i << 4), BYTES)


# 6.5, B.1 The counters of CTR mode: the standard incrementing function on the last 32 bits


def counter_block(first: Term, i: Term) -> Term:
    """The first counter block incremented i times: the last 32 bits count, modulo 2^32, and carry nothing over."""
    return concat(first[127:32], first[31:0] + i[31:0])


# 6.2 The block that is added to block i when CBC decrypts: the one before it, and the iv for the first

cbc_previous = Recursive("CBC_previous", _i, (_iv, _memory, _input), _iv, _previous, block_in(_memory, _input, _i))
"""(i, iv, memory, input): the iv for 0, and block i of the input for i + 1."""


class Modes:
    """The modes with one key size, as constants of the logic.

    ecb_encrypt, ecb_decrypt (count, schedule, memory, input, output), cbc_encrypt, cbc_decrypt (count, schedule, iv, …) and ctr
    (count, schedule, first counter block, …) are the memory with `count` blocks of the result from `output` on;
    cbc_chain (count, schedule, iv, memory, input) is the last of `count` blocks that CBC encrypts, and the iv for none.
    """

    def __init__(self, aes: Aes) -> None:
        self.aes = aes
        schedule = Var("schedule", aes.schedule)

        # 6.1 The electronic codebook mode

        def ecb_encrypted(i: Term, w: Term, memory: Term, address: Term) -> Term:
            return byte_string(aes.Cipher(block_in(memory, address, i), w))

        def ecb_decrypted(i: Term, dw: Term, memory: Term, address: Term) -> Term:
            return byte_string(aes.EqInvCipher(block_in(memory, address, i), dw))

        self.ecb_encrypt = stored_blocks(f"{aes.name}_ECB_encrypt", BYTES, (schedule,), (_input,), ecb_encrypted)
        self.ecb_decrypt = stored_blocks(f"{aes.name}_ECB_decrypt", BYTES, (schedule,), (_input,), ecb_decrypted)

        # 6.2 The cipher block chaining mode

        self.cbc_chain = Recursive(
            f"{aes.name}_CBC_chain",
            _i,
            (schedule, _iv, _memory, _input),
            _iv,
            _previous,
            aes.Cipher(block_in(_memory, _input, _i) ^ _previous, schedule),
        )

        def cbc_encrypted(i: Term, w: Term, iv: Term, memory: Term, address: Term) -> Term:
            return byte_string(self.cbc_chain(i + 1, w, iv, memory, address))

        def cbc_decrypted(i: Term, dw: Term, iv: Term, memory: Term, address: Term) -> Term:
            return byte_string(aes.EqInvCipher(block_in(memory, address, i), dw) ^ cbc_previous(i, iv, memory, address))

        self.cbc_encrypt = stored_blocks(f"{aes.name}_CBC_encrypt", BYTES, (schedule, _iv), (_input,), cbc_encrypted)
        self.cbc_decrypt = stored_blocks(f"{aes.name}_CBC_decrypt", BYTES, (schedule, _iv), (_input,), cbc_decrypted)

        # 6.5 The counter mode

        def ctr_processed(i: Term, w: Term, first: Term, memory: Term, address: Term) -> Term:
            return byte_string(block_in(memory, address, i) ^ aes.Cipher(counter_block(first, i), w))

        first = Var("counter", BLOCK)
        self.ctr = stored_blocks(f"{aes.name}_CTR", BYTES, (schedule, first), (_input,), ctr_processed)


MODES = {bits: Modes(aes) for bits, aes in AES.items()}


def modes_for(key: bytes) -> Modes:
    """The modes with such a key."""
    return MODES[aes_for(key).bits]


def _whole(data: bytes) -> bytes:
    need(len(data) % BYTES == 0, f"this mode takes whole blocks of 16 bytes, not {len(data)} bytes")
    return data


def as_block(block: bytes) -> Term:
    """A block as a term; NotDefined unless it has 16 bytes."""
    need(len(block) == BYTES, f"a block has 16 bytes, not {len(block)}")
    return number(int.from_bytes(block), 128)


def ecb_encrypt(key: bytes, data: bytes) -> bytes:
    """6.1 ECB encryption."""
    modes = modes_for(key)
    return output_of(modes.ecb_encrypt, BYTES, (modes.aes.expand(key),), _whole(data))


def ecb_decrypt(key: bytes, data: bytes) -> bytes:
    """6.1 ECB decryption."""
    modes = modes_for(key)
    return output_of(modes.ecb_decrypt, BYTES, (modes.aes.expand_eic(key),), _whole(data))


def cbc_encrypt(key: bytes, iv: bytes, data: bytes) -> bytes:
    """6.2 CBC encryption, one step of the chain after the other."""
    modes = modes_for(key)
    schedule, chain, out = modes.aes.expand(key), as_block(iv), b""
    memory = Memory({0: _whole(data)})
    for at in range(0, len(data), BYTES):
        step = modes.cbc_chain(number(1, 64), schedule, chain, _memory, number(at, 64))
        chain = number(evaluate(step, {_memory: memory}), 128)
        out += evaluate(chain, {}).to_bytes(BYTES)
    return out


def cbc_decrypt(key: bytes, iv: bytes, data: bytes) -> bytes:
    """6.2 CBC decryption."""
    modes = modes_for(key)
    return output_of(modes.cbc_decrypt, BYTES, (modes.aes.expand_eic(key), as_block(iv)), _whole(data))


def ctr(key: bytes, counter: bytes, data: bytes) -> bytes:
    """6.5 CTR encryption or decryption of any number of bytes: of the last key stream block, the first bytes are used."""
    modes = modes_for(key)
    padded = data + bytes(-len(data) % BYTES)
    return output_of(modes.ctr, BYTES, (modes.aes.expand(key), as_block(counter)), padded)[: len(data)]
