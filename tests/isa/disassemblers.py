# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Other people's disassemblers, to compare ours with."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import capstone
import pytest

CAPSTONE = capstone.Cs(capstone.CS_ARCH_ARM64, capstone.CS_MODE_ARM)
OBJDUMP = "aarch64-linux-gnu-objdump"


def capstone_text(word: int, address: int) -> str | None:
    """The word as capstone writes it, or None if capstone does not know it or all of its operands."""
    for _, _, mnemonic, operands in CAPSTONE.disasm_lite(word.to_bytes(4, "little"), address):
        return None if operands.startswith(",") else f"{mnemonic} {operands}".strip()
    return None


def objdump_texts(words: Sequence[int], address: int, directory: Path) -> list[str]:
    """The words, which follow each other in memory, as objdump writes them."""
    if shutil.which(OBJDUMP) is None:
        pytest.skip(f"{OBJDUMP} is not installed")
    image = directory / "words.bin"
    image.write_bytes(b"".join(word.to_bytes(4, "little") for word in words))
    options = ["-D", "-z", "-b", "binary", "-m", "aarch64", f"--adjust-vma={address}"]
    listing = subprocess.run([OBJDUMP, *options, image], capture_output=True, text=True, check=True).stdout
    lines = [line.split("\t", 2) for line in listing.splitlines() if line.count("\t") >= 2]
    assert len(lines) == len(words)
    return [line[2] for line in lines]
