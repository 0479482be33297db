# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A program with some of its words replaced: what its proofs and searches say of nearly the same code."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from symsim.program import Program


def with_words(program: Program, words: Mapping[int, int]) -> Program:
    """The program with other 32-bit words at these addresses; its hash is that of the old one and the words.

    Raises `BadInput` for an address where no instruction can be.
    """
    changed = {address: word for address, word in sorted(words.items()) if program.word(address) != word}
    if not changed:
        return program
    sections = []
    for section in program.sections:
        inside = {a: w for a, w in changed.items() if section.address <= a < section.end}
        data = bytearray(section.data)
        for address, word in inside.items():
            offset = address - section.address
            data[offset : offset + 4] = word.to_bytes(4, "little")
        sections.append(section._replace(data=bytes(data)))
    listed = ", ".join(f"{address:#x}: {word:#010x}" for address, word in changed.items())
    sha256 = hashlib.sha256(f"{program.sha256} with {listed}".encode()).hexdigest()
    image = replace(program.image, sections=tuple(sections))
    return replace(program, path=f"{program.path} with {listed}", sha256=sha256, image=image)
