# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A program as it lies in memory: sections at addresses, symbols, and what is code, data or left to the loader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

PAGE = 0x1000
BASE = 0x10000
"""Where a relocatable is laid out: low addresses stay unmapped, so that a null pointer is no address of the program."""
EXTERN = "*EXTERN*"
"""The section where the undefined symbols of a relocatable get an address, a page each; what it holds is unknown."""
MOST_PATCHED = 16
"""The bytes a dynamic relocation writes at most (a TLS descriptor)."""


class Section(NamedTuple):
    """A range of addresses the program occupies, and the bytes the file puts there (none for zeroes and externals)."""

    name: str
    address: int
    size: int
    data: bytes
    executable: bool
    writable: bool
    constant: bool
    """Its bytes are those of the file whenever the program runs, except where relocations say otherwise."""

    @property
    def end(self) -> int:
        return self.address + self.size


class Symbol(NamedTuple):
    """A named address. A function to which the file gives no size extends to the next symbol that is no mere label."""

    name: str
    address: int
    size: int
    binding: str
    section: str
    is_function: bool

    @property
    def end(self) -> int:
        return self.address + self.size

    @property
    def is_label(self) -> bool:
        """Whether it marks a place, such as the head of a loop, rather than names a thing."""
        return not self.is_function and not self.size and self.binding == "LOCAL"


@dataclass(frozen=True)
class Image:
    """What an ELF file puts in memory."""

    kind: str
    """'relocatable', 'executable' or 'shared object'."""
    sections: tuple[Section, ...]
    """In the order of their addresses, without overlap."""
    symbols: tuple[Symbol, ...]
    mapping: tuple[tuple[int, bool], ...]
    """In executable sections, where data begins (True, $d) and where code does (False, $x), in that order too."""
    patched: tuple[tuple[int, int], ...]
    """Ranges of constant sections whose bytes the linker or the dynamic loader decides, in the order of addresses."""
