# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""States in which a word has something to do: telling values, accesses in reach of the window, branches that land.

Which registers matter, what is accessed and what a branch depends on is told from the word's meaning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from random import Random
from typing import NamedTuple

from conformance.model import Accesses, accesses, step
from conformance.state import (
    CODE_BASE,
    CODE_SIZE,
    LAYOUT,
    REGISTERS_SIZE,
    SLOT,
    WINDOW_BASE,
    WINDOW_SIZE,
    State,
)
from isa.dsl import Undefined
from isa.meaning import meaning
from isa.state import INDEX
from kernel.ops import mask
from kernel.term import free_vars

PAGE = 0x1000
MEMORY_SIZE = 64
"""Bytes of the window, from the lowest address accessed on, that differ from the background."""
FPSR_BITS = 0x0800_009F  # QC, IDC, IXC, UFC, OFC, DZC, IOC
FPCR_BITS = 0x07C0_0000  # AHP, DN, FZ, RMode
FREE = 0x100_0000
"""So far around the code area, targets map nothing but that and the window."""
MISALIGNED_SP = 1 / 64
POSITIVE = mask(55)
"""Addresses below 2^55: a tagged one, or one of the upper half, means different things to different systems."""

_USED = max(at + size for at, size in LAYOUT.values())
_MASKS = {width: mask(width) for width in (8, 16, 32, 64, 128)}


def value(random: Random, width: int) -> int:
    """A value of 64 or 128 bits: 40 % corners, 30 % random density of ones, 30 % uniform."""
    kind = random.random()
    if kind < 0.4:
        return corner(random, width)
    if kind < 0.7:
        return dense(random, width)
    return random.getrandbits(width)


def corner(random: Random, width: int) -> int:
    """Elements of 8 bits and more, each next to zero, its greatest signed value, or a single bit; often all alike."""
    size = random.choice((8, 16, 32, 64, width))
    element = _corner_element(random, size)
    result = element
    alike = random.random() < 0.5
    for _ in range(width // size - 1):
        result = result << size | (element if alike else _corner_element(random, size))
    return result


def _corner_element(random: Random, size: int) -> int:
    near = random.choice((0, 0, 1 << size - 1, 1 << random.randrange(size)))
    return near + random.choice((0, 0, -1, 1)) & _MASKS[size]


def dense(random: Random, width: int) -> int:
    """Ones with a probability from 1/8 to 7/8."""
    bits = random.getrandbits(width)
    for _ in range(random.randrange(3)):
        other = random.getrandbits(width)
        bits = bits & other if random.getrandbits(1) else bits | other
    return bits


class Needs(NamedTuple):
    """What a state has to look after for a word: the registers that it looks at, its accesses, the registers that hold
    the target of its branch, and the bits that a general register may have because it goes to FPCR or FPSR."""

    reads: tuple[str, ...]
    accesses: Accesses
    targets: tuple[str, ...]
    status: int


@cache
def needs(word: int) -> Needs:
    """Raises Undefined, Unpredictable or Unsupported as the word does."""
    reads = step(word).reads
    pc = meaning(word)[INDEX["pc"]]
    names = [x.params[0] for x in free_vars(pc)]
    targets = tuple(sorted(name for name in names if name in LAYOUT)) if "pc" not in names else ()
    order = tuple(name for name in LAYOUT if name in reads and name[0] in "xvs")
    changes = meaning(word)
    status = FPCR_BITS if INDEX["fpcr"] in changes else FPSR_BITS if INDEX["fpsr"] in changes else mask(64)
    return Needs(order, accesses(word), targets, status)


def random_registers(random: Random, reads: Sequence[str]) -> bytearray:
    """A packed record: values of the three kinds in the registers that matter, uniform ones elsewhere.

    In some records a few registers point into the window even if they should not matter: a real access would show.
    """
    record = bytearray(random.randbytes(_USED)) + bytes(REGISTERS_SIZE - _USED)
    for name in reads:
        at, size = LAYOUT[name]
        record[at : at + size] = value(random, 8 * size).to_bytes(size, "little")
    for _ in range(random.choice((0, 0, 0, 3))):
        put(record, f"x{random.randrange(31)}", WINDOW_BASE + random.randrange(WINDOW_SIZE))
    put(record, "pc", SLOT if random.random() < 0.8 else CODE_BASE + 4 * random.randrange(CODE_SIZE // 4 - 8))
    put(record, "nzcv", random.getrandbits(4) << 28)
    put(record, "fpcr", random.getrandbits(32) & FPCR_BITS if random.random() < 0.1 else 0)
    put(record, "fpsr", random.getrandbits(32) & FPSR_BITS)
    if "sp" not in reads:
        put(record, "sp", WINDOW_BASE + 16 * random.randrange(WINDOW_SIZE // 16))
    return record


def get(record: bytes | bytearray, name: str) -> int:
    """A register of a packed record."""
    at, size = LAYOUT[name]
    return int.from_bytes(record[at : at + size], "little")


def put(record: bytearray, name: str, number: int) -> None:
    """Replace a register of a packed record."""
    at, size = LAYOUT[name]
    record[at : at + size] = number.to_bytes(size, "little")


def place(random: Random, record: bytearray, word: Accesses) -> bool:
    """Change the registers that make the addresses so that the accesses are of interest; false if that fails.

    Mostly into the window: aligned, misaligned, straddling a page, at an end; sometimes across an end or far outside.
    """
    if not word.registers:
        return settled(word, record, False) or settled(word, record, True)
    target, faulting = landing(random, word.span(record).size)
    names = list(word.registers)
    random.shuffle(names)
    if "sp" in names:
        put(record, "sp", WINDOW_BASE + 16 * random.randrange(WINDOW_SIZE // 16))
    for name in names:
        if name != "sp" and len(names) > 1 and random.getrandbits(1):
            put(record, name, random.getrandbits(random.choice((1, 6, 32, 64))))
    for name in names:
        old = get(record, name)
        moved = old + target - word.span(record).address & _MASKS[64]
        for candidate in (moved, *_fractions(target)):
            put(record, name, candidate & ~15 if name == "sp" else candidate)
            if settled(word, record, faulting):
                return True
        put(record, name, old)
    return settled(word, record, faulting)


def _fractions(target: int) -> Iterator[int]:
    """Values x for which x + (x << s), with the whole or the low half of x shifted, is near the target."""
    low, high = target & _MASKS[32], target & ~_MASKS[32]
    for k in (2, 3, 5, 9, 17):
        yield target // k
        yield high | low // k


def landing(random: Random, size: int) -> tuple[int, bool]:
    """An address to access, and whether it is meant to fault."""
    kind = random.random()
    last = WINDOW_SIZE - size
    if kind < 0.45:
        return WINDOW_BASE + 16 * random.randrange(8, WINDOW_SIZE // 16 - 8), False
    if kind < 0.7:
        return WINDOW_BASE + random.randrange(64, WINDOW_SIZE - 192), False
    if kind < 0.8:
        return WINDOW_BASE + PAGE * random.randrange(1, WINDOW_SIZE // PAGE) - random.randrange(1, size + 1), False
    if kind < 0.93:
        return WINDOW_BASE + random.choice((0, 1, last, last - 1, last & -16)), False
    beyond = (WINDOW_BASE - random.randrange(1, 17), WINDOW_BASE + last + random.randrange(1, 17))
    return random.choice((*beyond, random.getrandbits(54) & ~_MASKS[32], 0)), True


def settled(word: Accesses, record: bytearray, faulting: bool) -> bool:
    """Whether the accesses are where they may be: all in the window, or, if meant to fault, all clear of the code."""
    areas = word.at(record)
    if not faulting:
        return all(area.in_window for area in areas)
    return all(area.in_window or nowhere(area.address, area.size) for area in areas)


def nowhere(address: int, size: int) -> bool:
    """Whether [address, +size) is canonical, untagged, and clear of the code and of what targets map for themselves."""
    if abs(address - CODE_BASE) < FREE:
        return not CODE_BASE - PAGE < address < CODE_BASE + CODE_SIZE
    return address + size < POSITIVE and not CODE_BASE >> 1 < address < CODE_BASE << 2


def branch_target(random: Random) -> int:
    """Mostly a word of the code area; sometimes any aligned address that is neither tagged nor in the upper half."""
    if random.random() < 0.7:
        return CODE_BASE + 4 * random.randrange(CODE_SIZE // 4)
    return random.choice((random.getrandbits(54) & ~3, 0, WINDOW_BASE))


def state(random: Random, words: Sequence[int]) -> State | None:
    """A state in which to run the words, or None where the accesses of the first could not be placed.

    Raises Unpredictable or Unsupported as the words do; an undefined word may run in any state.
    """
    try:
        need = needs(words[0])
        reads = {name for word in words for name in needs(word).reads}
    except Undefined:
        return State(bytes(random_registers(random, ())))
    record = random_registers(random, sorted(reads))
    for name in need.targets:
        put(record, name, branch_target(random))
    for name in need.reads if need.status != mask(64) else ():
        if name[0] == "x":
            put(record, name, get(record, name) & need.status)
    if not need.accesses:
        return State(bytes(record))
    if not place(random, record, need.accesses):
        return None
    span = need.accesses.span(record)
    mem = memory(random, record, sorted(reads.difference(need.accesses.registers)), span.size)
    at = min(max(0, span.address - WINDOW_BASE), WINDOW_SIZE - len(mem))
    if "sp" in need.accesses.registers and random.random() < MISALIGNED_SP:
        put(record, "sp", get(record, "sp") + random.randrange(1, 16) & _MASKS[64])
    return State(bytes(record), at, mem)


def memory(random: Random, record: bytearray, reads: Sequence[str], size: int) -> bytes:
    """What lies where a word accesses `size` bytes.

    Sometimes what a register that it reads holds, or two in a row: a compare and swap looks for that.
    """
    if random.getrandbits(1):
        filled = random.randbytes(MEMORY_SIZE)
    else:
        filled = b"".join(value(random, 128).to_bytes(16, "little") for _ in range(MEMORY_SIZE // 16))
    general = [name for name in reads if name[0] == "x"]
    if not general or random.getrandbits(1):
        return filled
    at, width = LAYOUT[random.choice(general)]
    echo = bytes(record[at : at + 2 * width])
    if random.getrandbits(1):
        half = max(1, size // 2)
        echo = echo[:half] + echo[width : width + half]
    return (echo + filled)[:MEMORY_SIZE]
