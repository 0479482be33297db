# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A program: the words, data and symbols of one ELF file, wherever it is packed.

A file is named by a path, followed by the members to descend into, each after a colon:
`libssl-dev.deb:libcrypto.a:libcrypto-lib-sha256-armv8.o`. A member may be shortened to the end of its path.
"""

from __future__ import annotations

import difflib
import hashlib
import io
import tarfile
import zipfile
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from symsim.elf import defined_names, printable, read_image
from symsim.errors import BadInput
from symsim.image import EXTERN, MOST_PATCHED, Image, Section, Symbol

_LARGEST = 1 << 30
"""Bytes above which a packed member is taken for a damaged one, or a trap."""
_MAGICS = (b"\x7fELF", b"!<arch>\n", b"!<thin>\n", b"PK\3\4")
_TARS = ("data.tar", "data.tar.gz", "data.tar.bz2", "data.tar.xz")


@dataclass(frozen=True, eq=False)
class Program:
    """One ELF file as it lies in memory. Addresses are those of the file, or of `elf.BASE` on for a relocatable."""

    path: str
    """The file, and the members after a colon each."""
    sha256: str
    """Of the ELF file, in hexadecimal."""
    container_sha256: str
    """Of the outermost file; the same where the ELF file is not packed."""
    image: Image = field(repr=False)
    symbols: Mapping[str, tuple[Symbol, ...]] = field(repr=False)
    """By name; local names may stand for several. Externals of a relocatable are among them."""

    @staticmethod
    def load(spec: str, symbol: str | None = None) -> Program:
        """The program that `spec` names: a file, or `file:member`, or `file:member:member`.

        Where several ELF files answer to it, `symbol` chooses the one that defines it. Raises `BadInput`.
        """
        container, files = read_files(spec)
        path, data = _choose(files, spec, symbol)
        return Program.from_bytes(data, path, container)

    @staticmethod
    def from_bytes(data: bytes, path: str, container: bytes | None = None) -> Program:
        """The program of an ELF file with contents `data`, called `path`, packed in `container`. Raises `BadInput`."""
        image = read_image(data, path)
        symbols: dict[str, list[Symbol]] = {}
        for symbol in image.symbols:
            symbols.setdefault(symbol.name, []).append(symbol)
        sha256 = hashlib.sha256(data).hexdigest()
        container_sha256 = sha256 if container is None else hashlib.sha256(container).hexdigest()
        by_name = MappingProxyType({name: tuple(found) for name, found in symbols.items()})
        return Program(path, sha256, container_sha256, image, by_name)

    @property
    def kind(self) -> str:
        """'relocatable', 'executable' or 'shared object'."""
        return self.image.kind

    @property
    def sections(self) -> tuple[Section, ...]:
        """What is mapped, in the order of addresses."""
        return self.image.sections

    def section_at(self, address: int) -> Section | None:
        """The section that occupies an address."""
        index = bisect_right(self._starts, address) - 1
        return self.sections[index] if index >= 0 and address < self.sections[index].end else None

    def symbol(self, name: str) -> Symbol:
        """The code of that name; `name@0x1234` tells symbols of one name apart.

        Raises `BadInput` when there is none or more than one, or when it is not in an executable section.
        """
        found = self._unique(name)
        section = self.section_at(found.address)
        if section is None or not section.executable:
            raise BadInput(f"{self.path}: '{name}' is in {found.section}, which is not executable")
        if found.address % 4:
            raise BadInput(f"{self.path}: '{name}' is at {found.address:#x}, where no instruction can be")
        return found

    def address_of(self, name: str) -> int:
        """The address of a symbol, be it code, data or external. Raises `BadInput` as `symbol` does."""
        return self._unique(name).address

    def word(self, address: int) -> int:
        """The 32-bit instruction word at an address. Raises `BadInput` outside executable sections."""
        section = self.section_at(address)
        offset = address - section.address if section else 0
        if section is None or not section.executable or address % 4 or offset + 4 > len(section.data):
            raise BadInput(f"{self.path}: {self.name_of(address)} ({address:#x}) holds no instruction")
        return int.from_bytes(section.data[offset : offset + 4], "little")

    def data(self, address: int, n: int) -> bytes:
        """The n bytes at an address when the program starts, before the dynamic loader has changed any.

        Raises `BadInput` where they are not all in one section, or external.
        """
        section = self.section_at(address)
        if section is None or n < 0 or address + n > section.end or section.name == EXTERN:
            raise BadInput(f"{self.path}: nothing is known of the {n} bytes at {self.name_of(address)} ({address:#x})")
        offset = address - section.address
        return section.data[offset : offset + n].ljust(n, b"\0")

    def constant(self, address: int, n: int) -> bytes | None:
        """The n bytes at an address if they are the same whenever the program runs, otherwise None.

        They are when the section is read-only and neither linker nor dynamic loader decides them.
        """
        section = self.section_at(address)
        if section is None or not section.constant or n < 0 or address + n > section.end:
            return None
        patched = self.image.patched
        near = patched[bisect_left(patched, (address - MOST_PATCHED, 0)) : bisect_left(patched, (address + n, 0))]
        return None if any(end > address for _, end in near) else self.data(address, n)

    def is_writable(self, address: int) -> bool:
        """Whether the program maps the address for writing; nothing is known of what is there while it runs."""
        section = self.section_at(address)
        return section is not None and section.writable

    def data_in_code(self, address: int) -> bool:
        """Whether the file marks an address of an executable section as data ($d)."""
        section = self.section_at(address)
        index = bisect_right(self._marks, address) - 1
        if section is None or not section.executable or index < 0 or self._marks[index] < section.address:
            return False
        return self.image.mapping[index][1]

    def functions(self) -> Iterator[Symbol]:
        """The functions in the order of addresses; two names of one address come one after the other."""
        for symbol in self._by_address:
            section = self.section_at(symbol.address)
            if symbol.is_function and section is not None and section.executable:
                yield symbol

    def instructions(self, symbol: Symbol) -> Iterator[tuple[int, int]]:
        """The (address, word) pairs within the extent of a symbol, without what the file marks as data."""
        section = self.section_at(symbol.address)
        end = min(symbol.end, section.end) if section else 0
        for address in range(symbol.address, end - 3, 4):
            if not self.data_in_code(address):
                yield address, self.word(address)

    def name_of(self, address: int) -> str:
        """An address as people read it, such as `sha256_block_armv8+0x10`."""
        section = self.section_at(address)
        if section is None:
            return f"{address:#x}"
        index = bisect_right(self._by_address, address, key=lambda symbol: symbol.address) - 1
        symbol = self._by_address[index] if index >= 0 else None
        name, start = section.name, section.address
        if symbol is not None and symbol.address >= section.address:
            name, start = symbol.name, symbol.address
        return name if address == start else f"{name}+{address - start:#x}"

    @cached_property
    def _starts(self) -> list[int]:
        return [section.address for section in self.sections]

    @cached_property
    def _marks(self) -> list[int]:
        return [address for address, _ in self.image.mapping]

    @cached_property
    def _by_address(self) -> list[Symbol]:
        """The symbols that are no mere labels; of one address, the name that says most comes last."""
        symbols = [symbol for symbol in self.image.symbols if not symbol.is_label]
        return sorted(symbols, key=lambda s: (s.address, s.is_function, s.binding != "LOCAL", s.name))

    def _unique(self, name: str) -> Symbol:
        plain, _, place = name.partition("@0x")
        found = self.symbols.get(plain, ())
        if not found:
            raise BadInput(f"{self.path}: no symbol '{plain}'{_near(plain, self.symbols)}")
        chosen = [symbol for symbol in found if not place or f"{symbol.address:x}" == place.lower()]
        # What other files mean by a name is the symbol that is exported.
        chosen = [symbol for symbol in chosen if symbol.binding != "LOCAL"] or chosen
        if len({symbol.address for symbol in chosen}) != 1:
            listed = _listed([f"{symbol.name}@{symbol.address:#x}" for symbol in found])
            raise BadInput(f"{self.path}: '{name}' is not one symbol; say which: {listed}")
        return max(chosen, key=lambda symbol: symbol.is_function)


class _Member(NamedTuple):
    name: str
    read: Callable[[], bytes]


def read_files(spec: str) -> tuple[bytes, list[tuple[str, bytes]]]:
    """The outermost file that `spec` names, and with their paths the files it leads to: itself, the members named, or all ELF files
    packed in it. Raises `BadInput`."""
    file, inner = _split(spec)
    try:
        contents = file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror}") from error
    return contents, _unpacked(str(file), contents, inner)


def _split(spec: str) -> tuple[Path, str]:
    """The file a spec begins with, as long as can be for file names that hold colons, and the members after it."""
    ends = [len(spec), *(index for index in range(len(spec) - 1, 0, -1) if spec[index] == ":")]
    for end in ends:
        try:
            if Path(spec[:end]).is_file():
                return Path(spec[:end]), spec[end + 1 :]
        except (OSError, ValueError) as error:
            raise BadInput(f"{spec}: {error}") from error
    raise BadInput(f"{spec}: no such file")


def _choose(objects: list[tuple[str, bytes]], spec: str, symbol: str | None) -> tuple[str, bytes]:
    """The one of several ELF files that is meant."""
    if not objects:
        raise BadInput(f"{spec}: no ELF file in it")
    if len(objects) == 1:
        return objects[0]
    if symbol is None:
        raise BadInput(f"{spec}: {len(objects)} ELF files answer to this; name a member: {_members_of(objects)}")
    name = symbol.partition("@0x")[0]
    defining = [(p, data) for p, data in objects if name.encode() + b"\0" in data and name in defined_names(data, p)]
    if not defining:
        near = _near(name, set().union(*(defined_names(data, path) for path, data in objects)))
        raise BadInput(f"{spec}: none of its {len(objects)} ELF files defines '{name}'{near}")
    if len(defining) > 1:
        raise BadInput(f"{spec}: '{name}' is defined by several members; name one: {_members_of(defining)}")
    return defining[0]


def _unpacked(path: str, data: bytes, inner: str) -> list[tuple[str, bytes]]:
    """The files with their full paths: the one itself, those `inner` names, or all ELF files packed in it."""
    found: list[tuple[str, bytes]] = []
    pending = [(path, data, inner)]
    while pending:
        path, data, inner = pending.pop()
        members = _members(path, data)
        if members is None:
            if inner:
                raise BadInput(f"{path}: it is no archive, wheel or package, so there is no member '{inner}' in it")
            found.append((path, data))
            continue
        name, _, rest = inner.partition(":")
        chosen = [member for member in members if member.name == name] if name else members
        chosen = chosen or [member for member in members if member.name.endswith("/" + name)]
        if name and not chosen:
            raise BadInput(f"{path}: no member '{name}'{_near(name, [member.name for member in members])}")
        for member in reversed(chosen):
            contents = member.read()
            if name or contents.startswith(_MAGICS):
                pending.append((f"{path}:{member.name}", contents, rest))
    return found


def _members(path: str, data: bytes) -> list[_Member] | None:
    """What an archive, a Debian package or a wheel holds; None for a file that is none of them."""
    if data.startswith(b"!<thin>\n"):
        raise BadInput(f"{path}: a thin archive only points to its members; give the member itself")
    if data.startswith(b"!<arch>\n"):
        members = _ar_members(path, data)
        return _deb_members(path, members) if members[:1] and members[0].name == "debian-binary" else members
    return _zip_members(path, data) if data.startswith(b"PK\3\4") else None


def _ar_members(path: str, data: bytes) -> list[_Member]:
    """The members of an `ar` archive, with GNU's or BSD's long names; their symbol indexes are left out."""
    members: list[_Member] = []
    long_names = b""
    at = 8
    while at < len(data):
        header = data[at : at + 60]
        name, size = header[:16].rstrip(), header[48:58].strip()
        at += 60
        if header[58:] != b"`\n" or not size.isdigit() or at + int(size) > len(data):
            raise BadInput(f"{path}: the archive is truncated or damaged at offset {at - 60:#x}")
        body = data[at : at + int(size)]
        at += len(body) + len(body) % 2
        if name == b"//":
            long_names = body
            continue
        if name in (b"/", b"/SYM64/") or name.startswith(b"__.SYMDEF"):
            continue
        if name.startswith(b"#1/") and name[3:].isdigit():
            length = int(name[3:])
            name, body = body[:length].rstrip(b"\0"), body[length:]
        elif name.startswith(b"/") and name[1:].isdigit():
            name = long_names[int(name[1:]) :].partition(b"\n")[0]
        shown = printable(name.removesuffix(b"/").decode("utf-8", "backslashreplace"))
        members.append(_Member(shown, partial(bytes, body)))
    return members


def _deb_members(path: str, parts: list[_Member]) -> list[_Member]:
    """The files a Debian package installs."""
    part = next((part for part in parts if part.name.startswith("data.tar")), None)
    if part is None or part.name not in _TARS:
        packing = part.name if part else "no data.tar"
        raise BadInput(f"{path}: a package with {packing}; unpack it with dpkg-deb -x and give the file itself")
    members: list[_Member] = []
    left = _LARGEST
    with _standard_reader(path), tarfile.open(fileobj=io.BytesIO(part.read())) as tar:
        for info in tar:
            left -= info.size
            contents = tar.extractfile(info) if info.isreg() and left >= 0 else None
            if contents is not None:
                members.append(_Member(printable(info.name.removeprefix("./")), partial(bytes, contents.read())))
    if left < 0:
        raise BadInput(f"{path}: more than {_LARGEST} bytes when unpacked")
    return members


def _zip_members(path: str, data: bytes) -> list[_Member]:
    """The files of a wheel."""
    with _standard_reader(path):
        archive = zipfile.ZipFile(io.BytesIO(data))
        names = [info.filename for info in archive.infolist() if not info.is_dir()]

    def read(name: str) -> bytes:
        where = f"{path}:{printable(name)}"
        with _standard_reader(where), archive.open(name) as member:
            contents = member.read(_LARGEST + 1)
            if len(contents) > _LARGEST:
                raise BadInput(f"{where}: more than {_LARGEST} bytes when unpacked")
            return contents

    return [_Member(printable(name), partial(read, name)) for name in names]


@contextmanager
def _standard_reader(path: str) -> Iterator[None]:
    """The standard library's readers let exceptions of many kinds escape when a file is damaged: all become one."""
    try:
        yield
    except BadInput:
        raise
    except Exception as error:
        raise BadInput(f"{path}: truncated or damaged: {' '.join(str(error).split())}") from error


def _listed(names: list[str], most: int = 8) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _members_of(objects: list[tuple[str, bytes]]) -> str:
    return _listed([path.rpartition(":")[2] for path, _ in objects])


def _near(name: str, names: Collection[str]) -> str:
    """The end of a sentence on an absent name: those that look like it."""
    containing = sorted((other for other in names if name and name in other), key=len)[:5]
    near = containing or difflib.get_close_matches(name, names, 5)
    return f"; there is {_listed(near)}" if near else ""
