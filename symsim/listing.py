# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Words as text: the disassembly that the instruction classes define, and a general disassembler's for words without semantics."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import capstone  # type: ignore[import-untyped]

from isa.decode import disassemble
from isa.dsl import Undefined, Unpredictable, Unsupported
from isa.meaning import meaning
from isa.profiles import Profile
from symsim.image import Symbol
from symsim.program import Program

_PLACE = re.compile(r"^(?:b|bl|b\.\w+|cbn?z|tbn?z|adr|ldr|ldrsw|prfm) [^\[]*#(0x[0-9a-f]+)$")
"""An instruction whose last operand is an address."""
_PAGE = re.compile(r"^adrp (x\d+), #(0x[0-9a-f]+)$")
_IN_PAGE = re.compile(r"[ \[](x\d+), #(\w+)\]?$")
"""An instruction that ends with a register and an offset from it."""


@cache
def problem(word: int, cpu: Profile | None = None) -> str | None:
    """Why a word has no semantics, on a processor or on one with every feature; None if it has."""
    try:
        if cpu is not None:
            cpu.check(word)
        meaning(word)
    except (Undefined, Unpredictable, Unsupported) as error:
        return str(error)
    return None


def text(word: int, address: int = 0) -> str:
    """The word in assembly language."""
    own = disassemble(word, address)
    if not own.startswith(".inst"):
        return own
    for instruction in _capstone().disasm(word.to_bytes(4, "little"), address):
        return f"{instruction.mnemonic} {instruction.op_str}".strip()
    return own


def listing(program: Program, symbol: Symbol, cpu: Profile | None = None) -> Iterator[str]:
    """The lines of a function: address, word, text, and the symbol of the address in it. Data is shown as such."""
    section = program.section_at(symbol.address)
    end = min(symbol.end, section.end) if section else symbol.address
    names = {
        s.address: s.name for found in program.symbols.values() for s in found if symbol.address <= s.address < end
    }
    yield f"{symbol.name}: {program.path}"
    pages: dict[str, int] = {}
    for address in range(symbol.address, end - 3, 4):
        word = program.word(address)
        if address in names and names[address] != symbol.name:
            yield f"{names[address]}:"
        if program.data_in_code(address):
            yield f"  {address:#10x}  {word:08x}    .word {word:#010x}"
            continue
        line = text(word, address)
        target = _target(line, pages)
        comment = "" if target is None else f"  // {program.name_of(target)}"
        yield f"  {address:#10x}  {word:08x}  {' ' if problem(word, cpu) is None else '?'} {line}{comment}"


def _target(line: str, pages: dict[str, int]) -> int | None:
    """The address that an instruction refers to, alone or together with the ADRP before it."""
    if found := _PAGE.match(line):
        pages[found[1]] = int(found[2], 16)
    elif found := _PLACE.match(line):
        return int(found[1], 16)
    elif (found := _IN_PAGE.search(line)) and found[1] in pages:
        return pages.pop(found[1]) + int(found[2], 0)
    return None


@cache
def _capstone() -> capstone.Cs:
    return capstone.Cs(capstone.CS_ARCH_AARCH64 if hasattr(capstone, "CS_ARCH_AARCH64") else capstone.CS_ARCH_ARM64, 0)
