# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A memory with few bytes in it, on which terms with reads and writes are evaluated."""

from __future__ import annotations

from collections.abc import Mapping

ADDRESSES = 1 << 64


class Memory:
    """A byte at each 64-bit address, zero where none is given; accesses are little-endian and wrap at 2^64. Immutable."""

    __slots__ = ("bytes",)

    def __init__(self, contents: Mapping[int, bytes]) -> None:
        """The memory with each of the strings from its address on."""
        self.bytes = {(a + i) % ADDRESSES: byte for a, data in contents.items() for i, byte in enumerate(data)}

    def load(self, address: int, size: int) -> bytes:
        """The `size` bytes from the address on."""
        return bytes([self.bytes.get((address + i) % ADDRESSES, 0) for i in range(size)])

    def read(self, address: int, size: int) -> int:
        """The `size` bytes from the address on, as an unsigned little-endian number."""
        return int.from_bytes(self.load(address, size), "little")

    def write(self, address: int, size: int, value: int) -> Memory:
        """The memory with the `size` bytes of the number stored from the address on."""
        memory = Memory({address: value.to_bytes(size, "little")})
        memory.bytes = {**self.bytes, **memory.bytes}
        return memory
