# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""An AArch64 ELF file as an image of memory: sections at addresses, relocations resolved, symbols.

The tables are read with `struct` and every offset is checked. A general reader needs seconds for the 58,000 symbols
of a large shared object and may follow the links of a damaged file without end; pyelftools lends its names and numbers.
Sources: the System V ABI (gABI), chapters 4 and 5; ELF for the Arm 64-bit Architecture (AAELF64), sections 5.5 to 5.7.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from elftools.elf.constants import SH_FLAGS
from elftools.elf.enums import ENUM_E_MACHINE, ENUM_RELOC_TYPE_AARCH64

from symsim.errors import BadInput
from symsim.image import BASE, EXTERN, MOST_PATCHED, PAGE, Image, Section, Symbol

_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_SECTION = struct.Struct("<IIQQQQIIQQ")
_SEGMENT = struct.Struct("<IIQQQQQQ")
_SYMBOL = struct.Struct("<IBBHQQ")
_RELA = struct.Struct("<QQq")
_RELR = struct.Struct("<Q")

_MACHINES = {number: name for name, number in ENUM_E_MACHINE.items()}
_RELOCATIONS = {number: name for name, number in ENUM_RELOC_TYPE_AARCH64.items()}
_KINDS = {1: "relocatable", 2: "executable", 3: "shared object"}
_BINDINGS = {0: "LOCAL", 1: "GLOBAL", 2: "WEAK"}
_PROGBITS, _SYMTAB, _STRTAB, _SHT_RELA, _NOBITS, _SHT_REL, _DYNSYM, _SHT_RELR = 1, 2, 3, 4, 8, 9, 11, 19
_SHT_ANDROID_REL, _SHT_ANDROID_RELA = 0x60000001, 0x60000002
_UNDEFINED, _ABSOLUTE, _COMMON = 0, 0xFFF1, 0xFFF2
STT_NOTYPE, STT_FUNC, STT_SECTION, STT_FILE, STT_TLS, STT_IFUNC = 0, 2, 3, 4, 6, 10
_LOAD, _PF_X, _PF_W = 1, 1, 2
_NONE = (0, 256)  # R_AARCH64_NONE, as it is and as it was
_ADDRESSES = (1 << 64) - 1


class _Header(NamedTuple):
    name: str
    type: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    alignment: int
    entry_size: int


class _Segment(NamedTuple):
    type: int
    flags: int
    offset: int
    address: int
    physical: int
    in_file: int
    in_memory: int
    alignment: int

    def holds(self, section: _Header) -> bool:
        """Whether mapping this segment puts the contents of the section at its address."""
        start = section.address - self.address
        if section.type == _NOBITS:
            return 0 <= start <= start + section.size <= self.in_memory
        return 0 <= start <= start + section.size <= self.in_file and start == section.offset - self.offset


class _RawSymbol(NamedTuple):
    name: str
    info: int
    other: int
    section: int
    value: int
    size: int


def read_image(data: bytes, path: str) -> Image:
    """The memory image of the ELF file with contents `data`; `path` names it in messages.

    Raises `BadInput` when it is damaged, for another machine, or relocated in a way armsym does not know.
    """
    file = ElfFile(data, path)
    return _relocatable(file) if file.kind == "relocatable" else _linked(file)


def defined_names(data: bytes, path: str) -> set[str]:
    """The names an ELF file defines, local ones included. Raises `BadInput` as `read_image` does."""
    return {raw.name for raw in ElfFile(data, path).symbols() if raw.section != _UNDEFINED}


def printable(name: str) -> str:
    """A name out of a file, as one can show it in a line: what controls a terminal is escaped."""
    return name if name.isprintable() else name.encode("unicode_escape").decode()


class ElfFile:
    """The tables of an ELF file; no access leaves the bytes that are there."""

    def __init__(self, data: bytes, path: str) -> None:
        self.data, self.path = data, path
        if not data.startswith(b"\x7fELF"):
            raise self.bad("not an ELF file")
        header = next(self._table(_HEADER, 0, _HEADER.size, "the ELF header"))
        ident, kind, machine = header[:3]
        self._segments_at, sections_at = header[5:7]
        segment_size, self._segment_count, section_size, section_count, names_index = header[9:]
        if ident[4] != 2:
            raise self.bad("a 32-bit ELF file; armsym reads 64-bit AArch64")
        if ident[5] != 1:
            raise self.bad("a big-endian ELF file; armsym reads little-endian AArch64")
        if machine != ENUM_E_MACHINE["EM_AARCH64"]:
            raise self.bad(f"an ELF file for {_MACHINES.get(machine, f'machine {machine}')}, not for AArch64")
        if kind not in _KINDS:
            raise self.bad(f"ELF type {kind} is neither a relocatable, nor an executable, nor a shared object")
        if not section_count:
            raise self.bad("no section headers; armsym needs them to tell code from data")
        if section_size != _SECTION.size or (self._segment_count and segment_size != _SEGMENT.size):
            raise self.bad("header tables with entries of an unknown size: damaged")
        self.kind = _KINDS[kind]
        rows = list(self._table(_SECTION, sections_at, section_count * section_size, "the section header table"))
        if names_index >= section_count:
            raise self.bad(f"the names of sections should be in section {names_index} of {section_count}: damaged")
        names = self._bytes(rows[names_index][4], rows[names_index][5], "the table of section names")
        self.headers = [_Header(self._string(names, row[0], "a section"), *row[1:]) for row in rows]
        tables = [index for index, header in enumerate(self.headers) if header.type in (_SYMTAB, _DYNSYM)]
        # A stripped file keeps only the dynamic linker's table.
        self.symbol_table = min(tables, key=lambda index: self.headers[index].type, default=None)

    def bad(self, problem: str) -> BadInput:
        return BadInput(f"{self.path}: {problem}")

    def occupying(self) -> Iterator[tuple[int, _Header]]:
        """The sections that take up memory, with their numbers; thread-local zeroes take none."""
        for index, header in enumerate(self.headers):
            if header.flags & SH_FLAGS.SHF_ALLOC and not (header.type == _NOBITS and header.flags & SH_FLAGS.SHF_TLS):
                if header.flags & SH_FLAGS.SHF_COMPRESSED:
                    raise self.bad(f"section {header.name} is compressed; decompress it with objcopy")
                yield index, header

    def contents(self, header: _Header) -> bytes:
        return b"" if header.type == _NOBITS else self._bytes(header.offset, header.size, f"section {header.name}")

    def entries(self, entry: struct.Struct, header: _Header) -> Iterator[tuple[Any, ...]]:
        return self._table(entry, header.offset, header.size, f"section {header.name}")

    def symbols(self) -> list[_RawSymbol]:
        if self.symbol_table is None:
            return []
        table = self.headers[self.symbol_table]
        if table.link >= len(self.headers) or self.headers[table.link].type != _STRTAB:
            raise self.bad(f"section {table.name} has no table of names: damaged")
        names, string = self.contents(self.headers[table.link]), self._string
        return [_RawSymbol(string(names, row[0], "a symbol"), *row[1:]) for row in self.entries(_SYMBOL, table)]

    def segments(self) -> list[_Segment]:
        size = self._segment_count * _SEGMENT.size
        rows = self._table(_SEGMENT, self._segments_at, size, "the program header table")
        return [_Segment(*row) for row in rows if row[0] == _LOAD]

    def _bytes(self, offset: int, size: int, what: str) -> bytes:
        if offset + size > len(self.data):
            raise self.bad(f"{what} lies outside the file: truncated or damaged")
        return self.data[offset : offset + size]

    def _table(self, entry: struct.Struct, offset: int, size: int, what: str) -> Iterator[tuple[Any, ...]]:
        if size % entry.size:
            raise self.bad(f"{what} has {size} bytes, no multiple of {entry.size}: damaged")
        return entry.iter_unpack(self._bytes(offset, size, what))

    def _string(self, table: bytes, offset: int, what: str) -> str:
        end = table.find(b"\0", offset)
        if end < 0:
            raise self.bad(f"the name of {what} lies outside its table: damaged")
        return printable(table[offset:end].decode("utf-8", "backslashreplace"))


def _linked(file: ElfFile) -> Image:
    """A linked file is mapped by its segments, so its sections are believed only where those agree."""
    sections: dict[int, Section] = {}
    segments = file.segments()
    for index, header in file.occupying():
        segment = next((segment for segment in segments if segment.holds(header)), None)
        if segment is None:
            raise file.bad(f"no segment loads section {header.name} at {header.address:#x}: damaged")
        may_execute, may_write = bool(segment.flags & _PF_X), bool(segment.flags & _PF_W)
        sections[index] = _section(file, header, header.address, may_execute, may_write)
    fixed = [section for section in sections.values() if section.constant]
    patched = [
        (place, place + MOST_PATCHED)
        for place in _dynamic_places(file)
        if any(section.address < place + MOST_PATCHED and place < section.end for section in fixed)
    ]
    return _image(file, sections, file.symbols(), {}, patched)


def _dynamic_places(file: ElfFile) -> Iterator[int]:
    """The addresses at which the dynamic loader writes."""
    for header in file.headers:
        if header.type in (_SHT_REL, _SHT_ANDROID_REL, _SHT_ANDROID_RELA):
            raise file.bad(f"section {header.name} holds relocations of a form armsym does not read")
        if header.type == _SHT_RELA:
            yield from (place for place, _, _ in file.entries(_RELA, header))
        if header.type == _SHT_RELR:
            base = 0
            for (entry,) in file.entries(_RELR, header):
                if entry & 1:  # a bitmap of the next 63 words
                    yield from (base + 8 * bit for bit in range(63) if entry >> (bit + 1) & 1)
                    base += 63 * 8
                else:
                    yield entry
                    base = entry + 8


def _relocatable(file: ElfFile) -> Image:
    """Lay out code, constants, variables, externals and GOT, each from a page boundary on, and resolve relocations."""
    groups: dict[tuple[bool, bool], list[tuple[int, _Header]]] = {}
    for index, header in file.occupying():
        is_data, is_writable = not header.flags & SH_FLAGS.SHF_EXECINSTR, bool(header.flags & SH_FLAGS.SHF_WRITE)
        groups.setdefault((is_data, is_writable), []).append((index, header))
    sections: dict[int, Section] = {}
    end = BASE
    for group in sorted(groups):
        end = _align(end, PAGE)
        for index, header in groups[group]:
            if header.alignment & (header.alignment - 1) or header.alignment > BASE:
                raise file.bad(f"section {header.name} has alignment {header.alignment:#x}: damaged")
            sections[index] = _section(file, header, _align(end, header.alignment or 1), True, False)
            end = sections[index].end
    symbols = file.symbols()
    start = end = _align(end, PAGE)
    externals: dict[int, int] = {}
    for index, raw in enumerate(symbols):
        if raw.name and raw.section in (_UNDEFINED, _COMMON):
            externals[index] = end
            end += _align(max(raw.size, 1), PAGE)
    if externals:
        sections[-1] = Section(EXTERN, start, end - start, b"", executable=False, writable=True, constant=False)
    patched = _resolve(file, sections, symbols, externals, got=end)
    return _image(file, sections, symbols, externals, patched)


def _section(file: ElfFile, header: _Header, address: int, may_execute: bool, may_write: bool) -> Section:
    writable = may_write or bool(header.flags & SH_FLAGS.SHF_WRITE)
    executable = may_execute and bool(header.flags & SH_FLAGS.SHF_EXECINSTR)
    constant = header.type == _PROGBITS and not writable
    return Section(header.name, address, header.size, file.contents(header), executable, writable, constant)


def _align(address: int, alignment: int) -> int:
    return (address + alignment - 1) & -alignment


def _image(
    file: ElfFile,
    sections: Mapping[int, Section],
    raw_symbols: list[_RawSymbol],
    externals: Mapping[int, int],
    patched: list[tuple[int, int]],
) -> Image:
    """The image of sections known by their numbers (externals: -1, GOT: -2)."""
    ordered = tuple(sorted((section for section in sections.values() if section.size), key=lambda s: s.address))
    for below, above in pairwise(ordered):
        if below.end > above.address:
            raise file.bad(f"sections {below.name} and {above.name} overlap at {above.address:#x}: damaged")
    if ordered and ordered[-1].end > 1 << 64:
        raise file.bad(f"section {ordered[-1].name} ends beyond the address space: damaged")
    symbols: list[Symbol] = []
    mapping: list[tuple[int, bool]] = []
    for index, raw in enumerate(raw_symbols):
        section = sections.get(-1 if index in externals else raw.section)
        kind, binding = raw.info & 15, _BINDINGS.get(raw.info >> 4, "GLOBAL")
        if section is None or not raw.name or kind in (STT_SECTION, STT_FILE, STT_TLS):
            continue
        # Values count from the section in a relocatable, and are addresses in a linked file.
        address = externals.get(index, raw.value + (section.address if file.kind == "relocatable" else 0))
        if raw.name in ("$x", "$d") or raw.name.startswith(("$x.", "$d.")):
            if section.executable:
                mapping.append((address, raw.name[1] == "d"))
            continue
        is_label = kind == STT_NOTYPE and binding != "LOCAL" and section.executable
        is_function = kind in (STT_FUNC, STT_IFUNC) or is_label
        symbols.append(Symbol(raw.name, address, raw.size, binding, section.name, is_function))
    mapping.sort(key=lambda mark: mark[0])
    return Image(file.kind, ordered, _extended(symbols, ordered), tuple(mapping), tuple(sorted(patched)))


def _extended(symbols: list[Symbol], sections: tuple[Section, ...]) -> tuple[Symbol, ...]:
    """The symbols; functions without a size reach to the next symbol, or to the end of the section."""
    starts = {symbol.address for symbol in symbols if not symbol.is_label}
    ends = sorted(starts | {section.end for section in sections})

    def extended(symbol: Symbol) -> Symbol:
        following = bisect_right(ends, symbol.address)
        if symbol.size or not symbol.is_function or following == len(ends):
            return symbol
        return symbol._replace(size=ends[following] - symbol.address)

    return tuple(map(extended, symbols))


def _resolve(
    file: ElfFile, sections: dict[int, Section], symbols: list[_RawSymbol], externals: Mapping[int, int], got: int
) -> list[tuple[int, int]]:
    """Patch the sections, and add a GOT if they need one. Returns the ranges that received absolute addresses."""
    slots: dict[int, int] = {}
    patched: list[tuple[int, int]] = []
    for header in file.headers:
        section = sections.get(header.info)
        if section is None or header.type not in (_SHT_REL, _SHT_RELA):
            continue
        if header.type == _SHT_REL or header.link != file.symbol_table:
            raise file.bad(f"section {header.name} holds relocations of a form armsym does not read")
        contents = bytearray(section.data)
        for offset, info, addend in file.entries(_RELA, header):
            number, index = info & 0xFFFFFFFF, info >> 32
            if number in _NONE:
                continue
            where = f"relocation {_RELOCATIONS.get(number, f'type {number}')} at {section.name}+{offset:#x}"
            how = _TYPES.get(number)
            if how is None:
                raise file.bad(f"{where} is of a type armsym can't resolve; link the object and give the result")
            if offset + how.size > len(contents) or index >= len(symbols):
                raise file.bad(f"{where} lies outside its section, or names no symbol: damaged")
            target = _target(symbols[index], externals.get(index), sections)
            if target is None:
                raise file.bad(f"{where} needs the address of '{symbols[index].name}', which has none")
            target, place = (target + addend) & _ADDRESSES, section.address + offset
            if how.via_got:
                target = got + 8 * slots.setdefault(target, len(slots))
            value = how.value(target, place, got)
            if not how.fits(value):
                problem = "out of reach or misaligned"
                raise file.bad(f"{where} can't encode {value:#x} for '{symbols[index].name}': {problem}")
            word = int.from_bytes(contents[offset : offset + how.size], "little")
            contents[offset : offset + how.size] = how.insert(word, value).to_bytes(how.size, "little")
            if how.value is _absolute:
                patched.append((place, place + how.size))
        sections[header.info] = section._replace(data=bytes(contents))
    if slots:
        data = b"".join(target.to_bytes(8, "little") for target in slots)
        sections[-2] = Section(".got", got, len(data), data, executable=False, writable=False, constant=False)
    return patched


def _target(symbol: _RawSymbol, external: int | None, sections: Mapping[int, Section]) -> int | None:
    """The address of a symbol of a relocatable."""
    if external is not None:
        return external
    if symbol.section in sections:
        return sections[symbol.section].address + symbol.value
    return symbol.value if symbol.section == _ABSOLUTE else None


def _absolute(target: int, place: int, got: int) -> int:
    return target


def _relative(target: int, place: int, got: int) -> int:
    return target - place


def _pages(target: int, place: int, got: int) -> int:
    return (target & -PAGE) - (place & -PAGE)


def _page_offset(target: int, place: int, got: int) -> int:
    return target & (PAGE - 1)


def _from_got(target: int, place: int, got: int) -> int:
    return target - got


def _signed(bits: int) -> range:
    return range(-(1 << (bits - 1)), 1 << (bits - 1))


def _either(bits: int) -> range:
    return range(-(1 << (bits - 1)), 1 << bits)


class _Type(NamedTuple):
    """How relocations of one type change the bytes at their place."""

    name: str
    value: Callable[[int, int, int], int]
    """From target, place and start of the GOT."""
    fields: tuple[tuple[int, int], ...]
    """(lowest bit, width) of the fields that take the value, its low bits first."""
    low: int = 0
    """The bits of the value below this one must be 0 and are not encoded."""
    reach: range | None = None
    """What the value may be; None: its high bits are cut off."""
    size: int = 4
    """Bytes at the place."""
    via_got: bool = False
    """The target is the GOT slot of the symbol instead of the symbol."""

    def fits(self, value: int) -> bool:
        return (self.reach is None or value in self.reach) and not value & ((1 << self.low) - 1)

    def insert(self, word: int, value: int) -> int:
        value >>= self.low
        for lowest, width in self.fields:
            mask = (1 << width) - 1
            word = word & ~(mask << lowest) | (value & mask) << lowest
            value >>= width
        return word


_IMM12, _IMM14, _IMM19, _IMM26 = ((10, 12),), ((5, 14),), ((5, 19),), ((0, 26),)
_ADR = ((29, 2), (5, 19))

# AAELF64, sections 5.7.3 to 5.7.9; the numbers are those of ELF64.
_TYPES = {
    257: _Type("ABS64", _absolute, ((0, 64),), size=8),
    258: _Type("ABS32", _absolute, ((0, 32),), reach=_either(32)),
    260: _Type("PREL64", _relative, ((0, 64),), size=8),
    261: _Type("PREL32", _relative, ((0, 32),), reach=_either(32)),
    273: _Type("LD_PREL_LO19", _relative, _IMM19, 2, _signed(21)),
    274: _Type("ADR_PREL_LO21", _relative, _ADR, 0, _signed(21)),
    275: _Type("ADR_PREL_PG_HI21", _pages, _ADR, 12, _signed(33)),
    276: _Type("ADR_PREL_PG_HI21_NC", _pages, _ADR, 12),
    277: _Type("ADD_ABS_LO12_NC", _page_offset, _IMM12),
    278: _Type("LDST8_ABS_LO12_NC", _page_offset, _IMM12),
    279: _Type("TSTBR14", _relative, _IMM14, 2, _signed(16)),
    280: _Type("CONDBR19", _relative, _IMM19, 2, _signed(21)),
    282: _Type("JUMP26", _relative, _IMM26, 2, _signed(28)),
    283: _Type("CALL26", _relative, _IMM26, 2, _signed(28)),
    284: _Type("LDST16_ABS_LO12_NC", _page_offset, _IMM12, 1),
    285: _Type("LDST32_ABS_LO12_NC", _page_offset, _IMM12, 2),
    286: _Type("LDST64_ABS_LO12_NC", _page_offset, _IMM12, 3),
    299: _Type("LDST128_ABS_LO12_NC", _page_offset, _IMM12, 4),
    309: _Type("GOT_LD_PREL19", _relative, _IMM19, 2, _signed(21), via_got=True),
    311: _Type("ADR_GOT_PAGE", _pages, _ADR, 12, _signed(33), via_got=True),
    312: _Type("LD64_GOT_LO12_NC", _page_offset, _IMM12, 3, via_got=True),
    313: _Type("LD64_GOTPAGE_LO15", _from_got, _IMM12, 3, range(1 << 15), via_got=True),
    314: _Type("PLT32", _relative, ((0, 32),), reach=_signed(32)),
}
