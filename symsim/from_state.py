# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Programs in C for AArch64 Linux that begin in a given state of the machine; they need nothing but a C compiler.

What is in memory, and what is looked at in the end, are parts that the user of this module writes: `prepare_memory()`, and
`differs_at_end(signal, context, vectors)`, the exit status. Where memory can't be had it is 3. TPIDR_EL0, which the C library needs, stays
as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

_PROGRAM = (Path(__file__).parent / "from_state.c").read_text(encoding="utf-8")


class Registers(Protocol):
    """What registers hold, by name."""

    def __getitem__(self, name: str, /) -> int: ...


def c_program(about: Iterable[str], *parts: str) -> str:
    """The program, with lines for its reader, and its parts: the states, `before` among them, and the two functions."""
    comment = "\n".join(f"   {_plain(line)}" for line in about if line)
    return _PROGRAM.replace("@ABOUT@", comment).replace("@PARTS@", "\n".join(parts).strip())


def c_state(name: str, held: Registers, pc: int, nzcv: int) -> str:
    """A state as a constant of the program; of its flags the number."""
    general = ", ".join(hex(held[f"x{i}"]) for i in range(31))
    halves = (divmod(held[f"v{i}"], 1 << 64) for i in range(32))
    vectors = ", ".join(f"{{{low:#x}, {high:#x}}}" for high, low in halves)
    return f"""static const struct state {name} = {{
    .x = {{{general}}},
    .sp = {held["sp"]:#x}, .pc = {pc:#x},
    .nzcv = {nzcv << 28:#x}, .fpcr = {held["fpcr"]:#x}, .fpsr = {held["fpsr"]:#x},
    .v = {{{vectors}}},
}};"""


def _plain(text: str) -> str:
    """Text that can't end a comment."""
    return text.replace("*/", "* /").encode("ascii", "replace").decode()
