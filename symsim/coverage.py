# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Which instructions of an object have semantics, function by function.

What is written by hand is what is looked at first. In a linked file the name of a compiler's source stands above the code
that came from it, and where an assembler left none, the linker put the name of the object file. A relocatable is taken for
hand-written if it names no source and has no unwinding tables, which compilers make and archives keep.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from isa.decode import decode
from isa.profiles import Profile
from symsim.elf import STT_FILE, STT_FUNC, ElfFile
from symsim.errors import BadInput
from symsim.listing import problem, text
from symsim.program import Program, read_files

Progress = Callable[[str], None]

_ASSEMBLED = re.compile(r"\.(o|oS|s|S|asm)$")
_UNWINDING = ".eh_frame"


@dataclass
class Coverage:
    """The instruction words of a function, or of many: those of the Scalable Vector Extension, which is left out as a whole, and of
    the others those that have semantics on a processor, and how often the rest occurs by mnemonic, and why it has none.

    `handwritten_only` tells whether what compilers made was left out.
    """

    object: str
    function: str
    cpu: Profile | None = None
    words: int = 0
    sve: int = 0
    covered: int = 0
    missing: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, str] = field(default_factory=dict)
    handwritten_only: bool = False

    @property
    def share(self) -> float:
        """The part of the words outside SVE that has semantics; 1.0 is all."""
        others = self.words - self.sve
        return self.covered / others if others else 1.0

    def count(self, word: int) -> None:
        """One more word."""
        self.words += 1
        if is_sve(word):
            self.sve += 1
        elif (reason := problem(word, self.cpu)) is None:
            self.covered += 1
        else:
            mnemonic = text(word).partition(" ")[0]
            self.missing[mnemonic] += 1
            self.reasons.setdefault(mnemonic, reason)


def is_sve(word: int) -> bool:
    """Whether the word lies in the encoding space of the Scalable Vector Extension."""
    decoded = decode(word)
    return decoded is not None and "FEAT_SVE" in decoded.instruction.features


def coverage(
    spec: str, everything: bool, total: Coverage, progress: Progress = lambda message: None
) -> Iterator[Coverage]:
    """Each function of the objects that a spec leads to, hand-written or all, on the processor of `total`, which counts every
    word once.

    Where nothing is known to be hand-written, everything is looked at. Raises `BadInput`.
    """
    objects = list(_read(spec))
    written = {} if everything else {path: found for path, data in objects if (found := handwritten(data, path))}
    total.handwritten_only = bool(written)
    for path, data in objects:
        names = written.get(path)
        if written and names is None:
            continue
        progress(path)
        program = Program.from_bytes(data, path)
        # Of several names for one function, the last says most.
        functions = {(s.address, s.size): s for s in program.functions() if names is None or s.name in names}
        counted: set[int] = set()
        for symbol in functions.values():
            function = Coverage(path, symbol.name, total.cpu)
            for address, word in program.instructions(symbol):
                function.count(word)
                if address not in counted:
                    counted.add(address)
                    total.count(word)
            yield function


def handwritten(data: bytes, path: str) -> set[str]:
    """The names of the functions of an ELF file that no compiler made. Raises `BadInput` for a damaged file."""
    file = ElfFile(data, path)
    source = ""
    functions: list[tuple[int, int, str]] = []
    marks: list[tuple[int, int, bool]] = []
    for raw in file.symbols():
        if raw.info & 15 == STT_FILE:
            source = raw.name
        elif raw.name == "$x":
            marks.append((raw.section, raw.value, not source or bool(_ASSEMBLED.search(source))))
        elif raw.info & 15 == STT_FUNC:
            functions.append((raw.section, raw.value, raw.name))
    if file.kind == "relocatable":
        is_compiled = bool(source) or any(header.name == _UNWINDING for header in file.headers)
        return set() if is_compiled else {name for section, _, name in functions if section}
    marks.sort()
    names = set()
    for section, value, name in functions:
        index = bisect_right(marks, (section, value, True)) - 1
        if index >= 0 and marks[index][0] == section and marks[index][2]:
            names.add(name)
    return names


def _read(spec: str) -> Iterator[tuple[str, bytes]]:
    """The files that a spec leads to, those of an archive that are no ELF files left out."""
    _, objects = read_files(spec)
    if not objects:
        raise BadInput(f"{spec}: no ELF file in it")
    yield from (found for found in objects if len(objects) == 1 or found[1].startswith(b"\x7fELF"))
