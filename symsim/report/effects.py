# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What an instruction does, on one line: registers, lanes and stores as an assembly programmer writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from isa.decode import disassemble
from isa.meaning import meaning
from isa.state import NAMES
from kernel.ops import CONCAT, ITE, WRITE, ZERO_EXTEND, concat, number
from kernel.term import Term, free_vars
from symsim.explain import counted, one_line, size
from symsim.machine_theory import MachineTheory

_GHOSTS = ("pc", "trace", "safe", "policy", "monitor")
_LANES = {8: "b", 16: "h", 32: "s", 64: "d"}
_BUDGET = 24
_READABLE, _COUNTED = 400, 1000  # nodes of a value that is perhaps shown, and up to which they are counted
_FOLD = "⟨"
_VECTOR_BITS = re.compile(r"(v\d+)\[(\d+):(\d+)\]")
_LOW_WORD = re.compile(r"x(\d+)\[31:0\]")


def effects(theory: MachineTheory, address: int) -> list[str]:
    """What the instruction at an address of the program makes of any state."""
    transition, changed = theory.transition(address)
    after = {NAMES[i]: transition.rhs.args[i] for i in changed}
    mnemonic = disassemble(theory.words[address], address).partition(" ")[0]
    written = {NAMES[i]: t for i, t in meaning(theory.words[address]).items()}
    lines = [
        _shorter(_assignment(n, t, mnemonic), _assignment(n, written[n], mnemonic))
        for n, t in after.items()
        if n not in (*_GHOSTS, *"nzcv", "mem")
    ]
    if "mem" in after:
        lines += [
            f"mem[{_words(place)}, {value.width // 8}] = {_words(value)}" for place, value in stores(after["mem"])
        ]
    flags = "".join(n for n in "nzcv" if n in after)
    if flags:
        lines.append(f"{flags} set")
    if after["pc"].op is ITE:
        lines.append(f"taken if {_words(after['pc'].args[0])}")
    return lines


def _shorter(normal: str, written: str) -> str:
    """The normal form in writing, or the instruction's meaning as it is written down where that is shorter and does not count the pc."""
    is_better = len(written) < len(normal) and "pc" not in written and "[31:0]" not in written
    return written if is_better else normal


def stores(memory: Term) -> list[tuple[Term, Term]]:
    """The (address, value) pairs that a memory was made with, the first one first."""
    found = []
    while memory.op is WRITE:
        found.append((memory.args[1], memory.args[2]))
        memory = memory.args[0]
    return found[::-1]


def value(t: Term, names: Mapping[Term, str]) -> str:
    """The value in writing; one that is too large to read, by its size and what it depends on."""
    if size(t, _READABLE) <= _READABLE:
        text = one_line(t, names, 20)
        if text.count(_FOLD) <= 1:
            return text
    inputs = sorted({names.get(x, str(x.params[0])) for x in free_vars(t)})
    shown = ", ".join(inputs[:6]) + (", …" if len(inputs) > 6 else "")
    return f"{counted(t, _COUNTED)} nodes over {shown}"


def _assignment(name: str, t: Term, mnemonic: str) -> str:
    if t.op is ZERO_EXTEND and name[0] == "x" and t.args[0].width == 32:
        return f"w{name[1:]} = {_words(t.args[0])}"
    lanes = _by_lanes(t) if name[0] == "v" else None
    if lanes is not None:
        width, text = lanes
        return f"{name}.{_LANES[width]}[i] = {text}"
    text = _words(t)
    if _FOLD in text:
        inputs = sorted({str(x.params[0]) for x in free_vars(t)})
        return f"{name} = {mnemonic}({', '.join(inputs)})"
    return f"{name} = {text}"


def _words(t: Term) -> str:
    return _LOW_WORD.sub(r"w\1", one_line(t, None, _BUDGET))


def _by_lanes(t: Term) -> tuple[int, str] | None:
    """The width of lanes that all hold the same formula of the same lanes elsewhere, and that formula."""
    parts = t.args[0] if t.op is ZERO_EXTEND else t
    if parts.op is not CONCAT:
        return None
    pieces = (number(0, t.width - parts.width), *parts.args) if parts is not t else parts.args
    for width in _LANES:
        lanes = list(_grouped(pieces, width))
        if len(lanes) * width != t.width or any(lane.width != width for lane in lanes):
            continue
        top = len(lanes) - 1
        texts = {_relative(one_line(lane, None, _BUDGET), width, top - k) for k, lane in enumerate(lanes)}
        if len(texts) == 1 and _FOLD not in (text := texts.pop()) and not _VECTOR_BITS.search(text):
            return width, text
    return None


def _grouped(pieces: tuple[Term, ...], width: int) -> Iterator[Term]:
    """The pieces put together to lanes, as far as their ends are ends of lanes."""
    held: list[Term] = []
    for piece in pieces:
        held.append(piece)
        size = sum(p.width for p in held)
        if size >= width:
            yield concat(*held) if len(held) > 1 else held[0]
            held = []
    if held:
        yield concat(*held) if len(held) > 1 else held[0]


def _relative(text: str, width: int, lane: int) -> str:
    """The text with bits of vectors inside the lane counted from its start."""

    def one(found: re.Match[str]) -> str:
        high, low = int(found[2]) - width * lane, int(found[3]) - width * lane
        if low < 0 or high >= width:
            return found[0]
        part = "" if (high, low) == (width - 1, 0) else f"[{high}:{low}]"
        return f"{found[1]}.{_LANES[width]}[i]{part}"

    return _VECTOR_BITS.sub(one, text)
