# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A counterexample as a C program (see from_state.py): it runs the code from the state and looks at what the promise is about.

    cc -o test test.c && ./test

It ends with status 1 if the code does what the counterexample says, 0 if it does what the specification says, and 3 if the
state's addresses can't be had.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from symsim.concrete import ADDRESSES, Block, Machine, Outcome, State
from symsim.counterexample import Counterexample
from symsim.from_state import c_program, c_state
from symsim.program import Program

_GAP = 64  # bytes between two parts of the image that become one piece
_USER = 1 << 48
"""Addresses from here on are the kernel's."""

_PARTS = (Path(__file__).parent / "counterexample.c").read_text(encoding="utf-8")


def c_test(found: Counterexample, program: Program) -> str | None:
    """The C program; None where one run shows nothing (constant time, accesses that do not fault) or the addresses are the kernel's."""
    failure = found.failure
    components = {**found.state.components, "pc": (found.base + program.symbol(found.symbol).address) % ADDRESSES}
    outcome = Machine(program).run(State(found.state.components, found.state.blocks, found.base), program.symbol(found.symbol).address)
    if found.other is not None or not (failure.place or outcome.fault):
        return None
    pieces = [*_image(program, outcome), *found.state.blocks]
    if any(piece.address + len(piece.data) > _USER for piece in pieces) or components["x30"] >= _USER:
        return None
    is_memory = failure.place.startswith("0x")
    data = [
        *_pieces(pieces),
        c_state("before", components, components["pc"], sum(components[flag] << 3 - k for k, flag in enumerate("nzcv"))),
        f"static const uint64_t link_address = {components['x30']:#x};",
        f"static const int wanted_register = {_register_number(failure.place) if failure.place and not is_memory else -1};",
        f"static const uint64_t wanted_address = {failure.place if is_memory else '0'};",
        f"static const uint64_t wanted = 0x{failure.wanted[-16:] or '0'};",
    ]
    about = [f"{found.contract}: {found.symbol} of {found.path.rpartition('/')[2]}", f"not kept: {failure.promise}", failure.where]
    return c_program(about, _PARTS.replace("@DATA@", "\n".join(data)))


def _image(program: Program, outcome: Outcome) -> Iterator[Block]:
    """The parts of the program that the run executed or read."""
    base = outcome.start.base
    ranges = [(e.address - base, e.size) for e in outcome.events if e.kind == "branch"] + outcome.image_reads
    merged: list[list[int]] = []
    for address, size in sorted(set(ranges)):
        if merged and address <= merged[-1][1] + _GAP:
            merged[-1][1] = max(merged[-1][1], address + size)
        else:
            merged.append([address, address + size])
    for start, end in merged:
        section = program.section_at(start)
        if section is not None:
            first = start - section.address
            name = "code" if section.executable else "constants"
            yield Block(name, base + start, section.data[first : end - section.address])


def _pieces(pieces: Iterable[Block]) -> Iterator[str]:
    rows = []
    for k, piece in enumerate(pieces):
        lines = [", ".join(map(str, piece.data[at : at + 24])) for at in range(0, len(piece.data), 24)]
        yield f"static const unsigned char piece_{k}[] = {{\n    " + ",\n    ".join(lines) + "\n};"
        rows.append(f"    {{{piece.address:#x}, sizeof piece_{k}, piece_{k}, {int(piece.name == 'code')}}},")
    yield "static const struct piece pieces[] = {\n" + "\n".join(rows) + "\n};"


def _register_number(name: str) -> int:
    """x0 to x30 are 0 to 30, sp is 31, the low halves of vectors are from 32 on."""
    return 31 if name == "sp" else int(name[1:]) + (32 if name[0] == "v" else 0)
