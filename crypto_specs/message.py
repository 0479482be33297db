# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Messages as the standards see them: bit strings, most significant bit first, padded to whole blocks (FIPS 180-4, 5.1)."""

from __future__ import annotations

from typing import Literal

from kernel.ops import concat, read, zext
from kernel.term import Term


def pad(message: bytes, block: int, length_bytes: int, order: Literal["big", "little"] = "big") -> bytes:
    """The message, a 1 bit, zeros, and its length in bits (modulo its size), up to a multiple of `block` bytes."""
    length = (8 * len(message) % (1 << 8 * length_bytes)).to_bytes(length_bytes, order)
    zeros = -(len(message) + 1 + length_bytes) % block
    return message + b"\x80" + bytes(zeros) + length


def byte_string(value: Term) -> Term:
    """The bytes of a little-endian number as a bit string: the byte at the lowest address comes first; its own inverse."""
    return concat(*[value[8 * k + 7 : 8 * k] for k in range(value.width // 8)])


def block_of(memory: Term, address: Term, size: int) -> Term:
    """The `size` bytes in memory from the address on, as a bit string."""
    return byte_string(read(memory, address, size))


def words_in_order(value: Term, width: int) -> Term:
    """The little-endian words of a number, as a string in the order of their addresses; it is its own inverse."""
    return concat(*[value[k + width - 1 : k] for k in range(0, value.width, width)])


def words_of(string: Term, width: int) -> list[Term]:
    """The words of a bit string, the first one most significant."""
    return [string[k + width - 1 : k] for k in range(string.width - width, -1, -width)]


def byte_of(block: Term, j: Term) -> Term:
    """Byte j of a block that is a little-endian number, for a j below its size."""
    return (block >> zext(j << 3, block.width))[7:0]
