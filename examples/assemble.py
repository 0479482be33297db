# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""An object file from the instruction words that stand beside the source, for those without an assembler for AArch64.

`python assemble.py SOURCE.s OBJECT.o` is `aarch64-linux-gnu-as SOURCE.s -o OBJECT.o` for a source of one function that is all
`.text`, each instruction with its word in a comment.
"""

from __future__ import annotations

import re
import struct
import sys
from pathlib import Path

_NULL = (0,) * 10
_PROGBITS, _SYMTAB, _STRTAB = 1, 2, 3
_ALLOC_EXEC, _GLOBAL_FUNC, _AARCH64, _RELOCATABLE = 6, 0x12, 183, 1


def words(source: str) -> list[int]:
    """The words of a source, in its order."""
    return [int(word, 16) for word in re.findall(r"// ([0-9a-f]{8})\b", source)]


def object_file(name: str, code: bytes) -> bytes:
    """A relocatable ELF file in which the code is the global function of that name."""
    names = b"\0.text\0.symtab\0.strtab\0" + name.encode() + b"\0"
    symbol = struct.pack("<IBBHQQ", names.index(name.encode()), _GLOBAL_FUNC, 0, 1, 0, len(code))
    body = [code, bytes(24) + symbol, names]
    places = [64 + sum(len(part) + -len(part) % 8 for part in body[:k]) for k in range(4)]
    sections = [
        _NULL,
        (names.index(b".text"), _PROGBITS, _ALLOC_EXEC, 0, places[0], len(code), 0, 0, 4, 0),
        (names.index(b".symtab"), _SYMTAB, 0, 0, places[1], 48, 3, 1, 8, 24),
        (names.index(b".strtab"), _STRTAB, 0, 0, places[2], len(names), 0, 0, 1, 0),
    ]
    identity = b"\x7fELF\2\1\1".ljust(16, b"\0")
    numbers = (_RELOCATABLE, _AARCH64, 1, 0, 0, places[3], 0, 64, 0, 0, 64, len(sections), 3)
    header = identity + struct.pack("<HHIQQQIHHHHHH", *numbers)
    padded = b"".join(part + bytes(-len(part) % 8) for part in body)
    return header + padded + b"".join(struct.pack("<IIQQQQIIQQ", *section) for section in sections)


def main() -> None:
    """Read the source, write the object."""
    source = Path(sys.argv[1]).read_text(encoding="utf-8")
    function = re.search(r"\.global\s+(\w+)", source)
    if function is None:
        sys.exit(f"{sys.argv[1]}: no function in it is .global")
    Path(sys.argv[2]).write_bytes(object_file(function[1], struct.pack(f"<{len(words(source))}I", *words(source))))


if __name__ == "__main__":
    main()
