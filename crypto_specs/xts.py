# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""XTS-AES with ciphertext stealing (SP 800-38E, which takes it from IEEE 1619), in the order of IEEE 1619's sections.

Blocks are 128-bit strings. The data units are whole blocks and a tail of 0 to 15 bytes; the numbers of blocks are terms, the length of a
tail is not. The schedules that decrypt are those of EqInvCipher.
"""

from __future__ import annotations

from collections.abc import Callable

from crypto_specs import gf2
from crypto_specs.aes import AES, BLOCK, Aes
from crypto_specs.defined import Defined, Recursive
from crypto_specs.errors import need
from crypto_specs.memory import Memory
from crypto_specs.message import byte_string
from crypto_specs.modes import BYTES, as_block, block_in
from crypto_specs.stored import stored_blocks
from kernel.evaluate import evaluate
from kernel.ops import concat, number, read, write
from kernel.sorts import BV, MEM
from kernel.term import Term, Var

_tweak, _previous = Var("tweak", BLOCK), Var("previous", BLOCK)
_memory, _input, _output = Var("memory", MEM), Var("input", BV(64)), Var("output", BV(64))

# 5.2 Multiplication by a primitive element: a block is a polynomial whose lowest coefficients are in its first byte

MODULUS = 1 << 128 | 0x87
"""x^128 + x^7 + x^2 + x + 1"""


def times_alpha(block: Term) -> Term:
    """The block times x."""
    return byte_string(gf2.times_x(byte_string(block), MODULUS))


tweak_after = Recursive("XTS_tweak", Var("i", BV(64)), (_tweak,), _tweak, _previous, times_alpha(_previous))
"""(j, tweak): the tweak times x^j."""


class Xts:
    """XTS with one key size.

    The constants encrypt_blocks and decrypt_blocks (count, schedule, tweak, memory, input, output) are the memory with `count` blocks of
    the result from `output` on. A tweak is that of the first block: first_tweak (unit, schedule), the encryption of the data unit's
    number with the second key.
    """

    def __init__(self, aes: Aes) -> None:
        self.aes = aes
        unit, schedule = Var("unit", BLOCK), Var("schedule", aes.schedule)
        self.first_tweak = Defined(f"{aes.name}_XTS_first_tweak", (unit, schedule), aes.Cipher(unit, schedule))
        self.encrypt_blocks = self._blocks("encrypt", aes.Cipher)
        self.decrypt_blocks = self._blocks("decrypt", aes.EqInvCipher)

    def _blocks(self, direction: str, cipher: Defined) -> Recursive:
        def processed(i: Term, schedule: Term, tweak: Term, memory: Term, address: Term) -> Term:
            return byte_string(self.block(cipher, schedule, tweak_after(i, tweak), block_in(memory, address, i)))

        parameters = (Var("schedule", self.aes.schedule), _tweak)
        return stored_blocks(f"{self.aes.name}_XTS_{direction}", BYTES, parameters, (_input,), processed)

    @staticmethod
    def block(cipher: Defined, schedule: Term, tweak: Term, block: Term) -> Term:
        """5.3.1, 5.4.1 One block, with its own tweak."""
        return cipher(block ^ tweak, schedule) ^ tweak

    # 5.3.2 Encryption and 5.4.2 decryption of a data unit: `count` whole blocks and a tail

    def encrypt(
        self, tail: int, count: Term, schedule: Term, tweak: Term, memory: Term, source: Term, output: Term
    ) -> Term:
        """The memory with the encrypted data unit; with a tail (1 to 15 bytes) there is at least one whole block."""
        if tail == 0:
            return self.encrypt_blocks(count, schedule, tweak, memory, source, output)
        before = self.encrypt_blocks(count - 1, schedule, tweak, memory, source, output)
        end = self.encrypted_end(tail, count, schedule, tweak, memory, source)
        return write(write(before, output + (count - 1 << 4), byte_string(end[0])), output + (count << 4), byte_string(end[1]))

    def decrypt(
        self, tail: int, count: Term, schedule: Term, tweak: Term, memory: Term, source: Term, output: Term
    ) -> Term:
        """The memory with the decrypted data unit."""
        if tail == 0:
            return self.decrypt_blocks(count, schedule, tweak, memory, source, output)
        before = self.decrypt_blocks(count - 1, schedule, tweak, memory, source, output)
        end = self.decrypted_end(tail, count, schedule, tweak, memory, source)
        return write(write(before, output + (count - 1 << 4), byte_string(end[0])), output + (count << 4), byte_string(end[1]))

    def encrypted_end(
        self, tail: int, count: Term, schedule: Term, tweak: Term, memory: Term, source: Term
    ) -> tuple[Term, Term]:
        """The last whole block of the encrypted data unit, and its tail."""
        tweaks = tweak_after(count - 1, tweak), tweak_after(count, tweak)
        return self._stolen(self.aes.Cipher, tail, count, schedule, tweaks, memory, source)

    def decrypted_end(
        self, tail: int, count: Term, schedule: Term, tweak: Term, memory: Term, source: Term
    ) -> tuple[Term, Term]:
        """The last whole block of the decrypted data unit, and its tail: the last two tweaks are used in the other order."""
        tweaks = tweak_after(count, tweak), tweak_after(count - 1, tweak)
        return self._stolen(self.aes.EqInvCipher, tail, count, schedule, tweaks, memory, source)

    def _stolen(
        self,
        cipher: Defined,
        tail: int,
        count: Term,
        schedule: Term,
        tweaks: tuple[Term, Term],
        memory: Term,
        source: Term,
    ) -> tuple[Term, Term]:
        """Process the last whole block: its first bytes are the new tail, its others fill the old tail up to a block, which is
        processed in its place."""
        bits = 8 * tail
        CC = self.block(cipher, schedule, tweaks[0], block_in(memory, source, count - 1))
        old_tail = [read(memory, source + (count << 4) + k, 1) for k in range(tail)]
        PP = concat(*old_tail, CC[127 - bits : 0])
        return self.block(cipher, schedule, tweaks[1], PP), CC[127 : 128 - bits]


XTS = {bits: Xts(AES[bits]) for bits in (128, 256)}


def _run(key: bytes, unit: bytes, data: bytes, decrypt: bool) -> bytes:
    half = len(key) // 2
    need(len(key) in (32, 64), f"an XTS key has 32 or 64 bytes, not {len(key)}")
    need(len(data) >= BYTES, f"XTS takes at least 16 bytes, not {len(data)}")
    xts, out = XTS[8 * half], 1 << 63
    aes = xts.aes
    tweak = number(evaluate(xts.first_tweak(as_block(unit), aes.expand(key[half:])), {}), 128)
    schedule = aes.expand_eic(key[:half]) if decrypt else aes.expand(key[:half])
    function: Callable[..., Term] = xts.decrypt if decrypt else xts.encrypt
    count = number(len(data) // BYTES, 64)
    result = function(len(data) % BYTES, count, schedule, tweak, _memory, number(0, 64), number(out, 64))
    memory: Memory = evaluate(result, {_memory: Memory({0: data})})
    return memory.load(out, len(data))


def xts_encrypt(key: bytes, unit: bytes, data: bytes) -> bytes:
    """XTS-AES encryption of a data unit of at least 16 bytes, with both keys in a row; `unit` is its number, in 16 bytes."""
    return _run(key, unit, data, decrypt=False)


def xts_decrypt(key: bytes, unit: bytes, data: bytes) -> bytes:
    """XTS-AES decryption of a data unit."""
    return _run(key, unit, data, decrypt=True)
