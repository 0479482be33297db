# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A small writer of ELF files and of what they are packed in, so that tests need neither a network nor a toolchain."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
from dataclasses import dataclass, field

RELOCATABLE, EXECUTABLE, SHARED = 1, 2, 3
WRITE, ALLOC, EXEC, TLS, COMPRESSED = 1, 2, 4, 0x400, 0x800
PROGBITS, SYMTAB, STRTAB, RELA, NOBITS, REL, DYNSYM, RELR = 1, 2, 3, 4, 8, 9, 11, 19
NOTYPE, OBJECT, FUNC, SECTION, TLS_SYMBOL = 0, 1, 2, 3, 6
LOCAL, GLOBAL, WEAK = 0, 1, 2
UNDEFINED, ABSOLUTE, COMMON = "", "*ABS*", "*COMMON*"
PF_X, PF_W, PF_R = 1, 2, 4

_SPECIAL = {UNDEFINED: 0, ABSOLUTE: 0xFFF1, COMMON: 0xFFF2}


@dataclass
class _Section:
    name: str
    data: bytes
    type: int
    flags: int
    address: int
    alignment: int
    size: int
    link: int = 0
    info: int = 0
    entry_size: int = 0
    segment_flags: int | None = None
    offset: int = 0


@dataclass
class ElfBuilder:
    """Collects sections, symbols and relocations; sections are named uniquely, and symbols that relocations use too.

    In a linked file every allocated section is loaded by a segment of its own; addresses equal to file offsets keep
    the two apart: give addresses from 0x1000 on, in increasing order.
    """

    kind: int = RELOCATABLE
    machine: int = 183
    table: int = SYMTAB
    sections: list[_Section] = field(default_factory=list)
    symbols: list[tuple[str, str, int, int, int, int]] = field(default_factory=list)
    relocations: dict[str, list[tuple[int, int, str, int]]] = field(default_factory=dict)

    def section(
        self,
        name: str,
        data: bytes = b"",
        flags: int = ALLOC,
        type: int = PROGBITS,
        address: int = 0,
        alignment: int = 4,
        size: int | None = None,
        segment_flags: int | None = None,
    ) -> None:
        size = len(data) if size is None else size
        self.sections.append(_Section(name, data, type, flags, address, alignment, size, segment_flags=segment_flags))

    def symbol(
        self, name: str, section: str, value: int = 0, size: int = 0, type: int = FUNC, binding: int = GLOBAL
    ) -> None:
        self.symbols.append((name, section, value, size, type, binding))

    def relocate(self, section: str, offset: int, number: int, symbol: str, addend: int = 0) -> None:
        self.relocations.setdefault(section, []).append((offset, number, symbol, addend))

    def build(self) -> bytes:
        sections = [_Section("", b"", 0, 0, 0, 0, 0), *self.sections]
        numbers = _SPECIAL | {section.name: index for index, section in enumerate(sections) if section.name}
        symbols = [("", UNDEFINED, 0, 0, NOTYPE, LOCAL), *sorted(self.symbols, key=lambda row: row[5] != LOCAL)]
        index_of = {row[0]: index for index, row in enumerate(symbols)}
        symbol_table = len(sections)
        names, positions = _strings([row[0] for row in symbols])
        body = b"".join(
            struct.pack("<IBBHQQ", positions[name], binding << 4 | kind, 0, numbers[section], value, size)
            for name, section, value, size, kind, binding in symbols
        )
        local = sum(row[5] == LOCAL for row in symbols)
        table_name, strings_name = (".symtab", ".strtab") if self.table == SYMTAB else (".dynsym", ".dynstr")
        sections.append(_Section(table_name, body, self.table, 0, 0, 8, len(body), symbol_table + 1, local, 24))
        sections.append(_Section(strings_name, names, STRTAB, 0, 0, 1, len(names)))
        for target, rows in self.relocations.items():
            body = b"".join(
                struct.pack("<QQq", offset, index_of[symbol] << 32 | number, addend)
                for offset, number, symbol, addend in rows
            )
            info = numbers[target] if self.kind == RELOCATABLE else 0
            sections.append(_Section(f".rela{target}", body, RELA, 0, 0, 8, len(body), symbol_table, info, 24))
        names, positions = _strings([*(section.name for section in sections), ".shstrtab"])
        sections.append(_Section(".shstrtab", names, STRTAB, 0, 0, 1, len(names)))
        return self._write(sections, positions)

    def _write(self, sections: list[_Section], positions: dict[str, int]) -> bytes:
        loaded = [s for s in sections if s.flags & ALLOC] if self.kind != RELOCATABLE else []
        out = bytearray(64 + 56 * len(loaded))
        for section in sections[1:]:
            if section in loaded and section.type != NOBITS:
                out.extend(bytes(section.address - len(out)))
            section.offset = len(out)
            out.extend(section.data)
            out.extend(bytes(-len(out) % 8))
        headers_at = len(out)
        for s in sections:
            place = (s.address, s.offset, s.size, s.link, s.info, s.alignment, s.entry_size)
            out += struct.pack("<IIQQQQIIQQ", positions[s.name], s.type, s.flags, *place)
        for number, s in enumerate(loaded):
            flags = PF_R | PF_X * bool(s.flags & EXEC) | PF_W * bool(s.flags & WRITE)
            flags = flags if s.segment_flags is None else s.segment_flags
            row = (1, flags, s.offset, s.address, s.address, len(s.data), s.size, 1)
            struct.pack_into("<IIQQQQQQ", out, 64 + 56 * number, *row)
        ident = b"\x7fELF\2\1\1".ljust(16, b"\0")
        segments_at = 64 if loaded else 0
        struct.pack_into(
            "<16sHHIQQQIHHHHHH", out, 0,
            ident, self.kind, self.machine, 1, 0, segments_at, headers_at, 0, 64, 56, len(loaded), 64, len(sections),
            len(sections) - 1,
        )  # fmt: skip
        return bytes(out)


def _strings(names: list[str]) -> tuple[bytes, dict[str, int]]:
    table, positions = bytearray(b"\0"), {"": 0}
    for name in names:
        if name not in positions:
            positions[name] = len(table)
            table += name.encode() + b"\0"
    return bytes(table), positions


def words(*values: int) -> bytes:
    """32-bit instruction words as they lie in memory."""
    return struct.pack(f"<{len(values)}I", *values)


def ar(members: dict[str, bytes], bsd: bool = False) -> bytes:
    """An `ar` archive, whose names of more than 15 characters are kept in GNU's way, or in BSD's."""
    long_names = b"".join(name.encode() + b"/\n" for name in members if len(name) > 15)
    out = b"!<arch>\n" + _ar_member(b"/", b"\0\0\0\0")
    if long_names and not bsd:
        out += _ar_member(b"//", long_names)
    for name, data in members.items():
        if len(name) <= 15:
            out += _ar_member(name.encode() + b"/", data)
        elif bsd:
            out += _ar_member(f"#1/{len(name) + 4}".encode(), name.encode() + bytes(4) + data)
        else:
            out += _ar_member(b"/%d" % long_names.index(name.encode() + b"/\n"), data)
    return out


def _ar_member(name: bytes, data: bytes) -> bytes:
    return b"%-16s%-12d%-6d%-6d%-8s%-10d`\n" % (name, 0, 0, 0, b"100644", len(data)) + data + b"\n" * (len(data) % 2)


def deb(members: dict[str, bytes], compression: str = "xz") -> bytes:
    """A Debian package that installs these files."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=f"w:{compression}") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(f"./{name}")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("./usr/lib/link.a")
        link.type, link.linkname = tarfile.SYMTYPE, "elsewhere"
        tar.addfile(link)
    data_name = "data.tar" + (f".{compression}" if compression else "")
    parts = {"debian-binary": b"2.0\n", "control.tar": b"", data_name: packed.getvalue()}
    return b"!<arch>\n" + b"".join(_ar_member(name.encode(), data) for name, data in parts.items())


def wheel(members: dict[str, bytes]) -> bytes:
    """A wheel, with a directory entry and a file that is no ELF file beside these members."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("package/", b"")
        archive.writestr("package/__init__.py", b"")
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()
