# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Decoders that other people wrote, behind one call: words in, assembly language out.

capstone is a Python package that is always there. binutils is `aarch64-linux-gnu-objdump`, and llvm a shared library
libLLVM of version 15 or later, which ARMSYM_LIBLLVM names or the system keeps among its libraries.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import capstone

from symsim.errors import BadInput, NotAvailable

OBJDUMP = "aarch64-linux-gnu-objdump"
LLVM_VERSIONS = range(25, 14, -1)


class OtherDecoder(Protocol):
    """A decoder: `name` is what known issues call it, `description` has its version.

    A `relative` one writes the targets of branches as distances.
    """

    name: str
    description: str
    relative: bool

    def texts(self, words: Sequence[int], address: int) -> list[str | None]:
        """The words, the first at the address and the others behind it, in assembly language; None for no instruction."""
        ...


def little_endian(words: Sequence[int]) -> bytes:
    """The words as they lie in memory."""
    return b"".join(word.to_bytes(4, "little") for word in words)


class Capstone:
    """Capstone, in this process."""

    name = "capstone"
    relative = False

    def __init__(self) -> None:
        self.description = f"capstone {capstone.__version__}"
        self._engine = capstone.Cs(capstone.CS_ARCH_ARM64, capstone.CS_MODE_ARM)
        self._engine.skipdata = True  # goes on behind a word it does not know, which it writes as .byte

    def texts(self, words: Sequence[int], address: int) -> list[str | None]:
        """See OtherDecoder. An operand that capstone has no name for leaves a comma in front, and no text to compare with."""
        return [
            None if mnemonic == ".byte" or operands.startswith(",") else f"{mnemonic} {operands}".rstrip()
            for _, _, mnemonic, operands in self._engine.disasm_lite(little_endian(words), address)
        ]


class Binutils:
    """GNU objdump, run once for each call."""

    name = "binutils"
    relative = False

    def __init__(self) -> None:
        program = shutil.which(OBJDUMP)
        if program is None:
            raise NotAvailable(f"{OBJDUMP} is not installed: it comes with the binutils for aarch64-linux-gnu")
        self._program = program
        version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
        self.description = version.partition("\n")[0]

    def texts(self, words: Sequence[int], address: int) -> list[str | None]:
        options = ["-D", "-z", "-b", "binary", "-m", "aarch64", f"--adjust-vma={address:#x}"]
        with tempfile.NamedTemporaryFile() as image:
            image.write(little_endian(words))
            image.flush()
            done = subprocess.run(
                [self._program, *options, image.name], capture_output=True, text=True, check=False, env={"LC_ALL": "C"}
            )
        lines = [line.split("\t", 2)[2] for line in done.stdout.splitlines() if line.count("\t") >= 2]
        if len(lines) != len(words):
            raise NotAvailable(f"{OBJDUMP} wrote {len(lines)} lines for {len(words)} words: {done.stderr.strip()}")
        return [None if "undefined" in line or line.startswith(".inst") else line.replace("\t", " ") for line in lines]


class Llvm:
    """LLVM's disassembler of all extensions, through its C interface."""

    name = "llvm"
    relative = True

    def __init__(self) -> None:
        chosen = os.environ.get("ARMSYM_LIBLLVM")
        found = [chosen] if chosen else [ctypes.util.find_library(f"LLVM-{n}") for n in LLVM_VERSIONS]
        path = next(filter(None, found), None)
        if path is None:
            raise NotAvailable("no libLLVM is installed; ARMSYM_LIBLLVM may name one")
        try:
            library = ctypes.CDLL(path)
            for part in ("TargetInfo", "TargetMC", "Disassembler"):
                getattr(library, f"LLVMInitializeAArch64{part}")()
            create = library.LLVMCreateDisasmCPUFeatures
            self._decode = library.LLVMDisasmInstruction
        except (OSError, AttributeError) as error:
            raise NotAvailable(f"{path} is no LLVM library for AArch64: {error}") from None
        self.description = f"LLVM, {Path(path).name}"
        create.restype = ctypes.c_void_p
        create.argtypes = [ctypes.c_char_p] * 3 + [ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
        self._context = create(b"aarch64-linux-gnu", b"", b"+all", None, 0, None, None)
        self._decode.restype = ctypes.c_size_t
        self._decode.argtypes = [
            ctypes.c_void_p,
            ctypes.c_char_p,
            *[ctypes.c_uint64] * 2,
            ctypes.c_char_p,
            ctypes.c_size_t,
        ]
        if not self._context:
            raise NotAvailable(f"{path} has no disassembler for AArch64")

    def texts(self, words: Sequence[int], address: int) -> list[str | None]:
        buffer = ctypes.create_string_buffer(256)
        found: list[str | None] = []
        for i, word in enumerate(words):
            known = self._decode(self._context, word.to_bytes(4, "little"), 4, address + 4 * i, buffer, len(buffer))
            found.append(buffer.value.decode().strip().replace("\t", " ") if known else None)
        return found


DECODERS: dict[str, type[Capstone] | type[Binutils] | type[Llvm]] = {
    decoder.name: decoder for decoder in (Capstone, Binutils, Llvm)
}


def open_decoder(name: str) -> OtherDecoder:
    """The decoder of that name. Raises BadInput if there is none, and NotAvailable if it can't be started here."""
    if name not in DECODERS:
        raise BadInput(f"no decoder is called {name!r}: {', '.join(DECODERS)}")
    return DECODERS[name]()
