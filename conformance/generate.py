# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Cases made from the encodings: words of an instruction class, and states that exercise them.

Nothing here knows an instruction. Fields come from the encoding; which registers a word looks at, which memory it
accesses and where it may branch come from its meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import combinations, cycle, product
from math import prod
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
    Case,
    State,
)
from isa.dsl import InstructionClass, Undefined, Unpredictable, Unsupported
from isa.encoding import Encoding, Field
from isa.meaning import meaning
from isa.state import INDEX
from kernel.ops import mask
from kernel.term import free_vars

EXHAUSTIVE = 512
"""Up to so many settings of the fields that are no registers, all are used; otherwise chosen values, pair by pair."""

REGISTER_FIELD = re.compile(r"R[a-z]\d?")
ZR_OR_SP = 31
PAGE = 0x1000
FPSR_BITS = 0x0800_009F  # QC, IDC, IXC, UFC, OFC, DZC, IOC
FPCR_BITS = 0x07C0_0000  # AHP, DN, FZ, RMode
POSITIVE = (1 << 55) - 1
"""Addresses below 2^55: a tagged one, or one of the upper half, means different things to different systems."""

_MASKS = {width: mask(width) for width in (8, 16, 32, 64, 128)}


# Values: 40 % corners, 30 % random density of ones, 30 % uniform.


def value(random: Random, width: int) -> int:
    """A value of 64 or 128 bits; corners are per element of a random size."""
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


# Words


def register_fields(encoding: Encoding) -> list[str]:
    """The fields that number a register."""
    return [f.name for f in encoding.layout.values() if f.width == 5 and REGISTER_FIELD.fullmatch(f.name)]


def patterns(fields: list[str]) -> list[dict[str, int]]:
    """How the registers of a word may coincide: fields of one number get one register, 31 is 31, others differ."""
    found: list[dict[str, int]] = [{}]
    found += [{a: 0, b: 0} for a, b in combinations(fields, 2)]
    found += [{a: ZR_OR_SP} for a in fields]
    if len(fields) > 2:
        found.append(dict.fromkeys(fields, 0))
    if len(fields) > 1:
        found.append(dict.fromkeys(fields, ZR_OR_SP))
    return found


def registers(random: Random, fields: list[str], pattern: dict[str, int]) -> dict[str, int]:
    """Register numbers for the fields that coincide as the pattern says."""
    numbers = random.sample(range(31), len(fields) + 1)
    chosen = {name: numbers[i + 1] for i, name in enumerate(fields)}
    for name, group in pattern.items():
        chosen[name] = ZR_OR_SP if group == ZR_OR_SP else numbers[group]
    return chosen


def chosen_values(random: Random, encoding: Encoding, field: Field) -> list[int]:
    """Values of a field to pair with others': all of a small field; otherwise ends, middle, a power of two, others.

    A field wide enough is a distance from the PC in words: some of its values lead into the window.
    """
    allowed = allowed_values(encoding, field)
    if len(allowed) <= 16:
        return list(allowed)
    top = (1 << field.width) - 1
    near = {0, 1, 2, 3, top, top - 1, top >> 1, (top >> 1) + 1, 1 << random.randrange(field.width)}
    near |= {random.randrange(top) for _ in range(4)}
    if field.width > 16:
        near |= {(WINDOW_BASE - SLOT + random.randrange(WINDOW_SIZE)) // 4 for _ in range(20)}
    return sorted(near & set(allowed)) if len(allowed) <= top else sorted(near)


def allowed_values(encoding: Encoding, field: Field) -> range | list[int]:
    """The values that the encoding admits for a field."""
    fixed = encoding.mask >> field.lo & (1 << field.width) - 1
    if fixed:
        return [encoding.value >> field.lo & (1 << field.width) - 1]
    for constraint in encoding.constraints:
        if constraint.field == field:
            return sorted(constraint.allowed)
    return range(1 << field.width)


def settings(random: Random, encoding: Encoding) -> list[dict[str, int]]:
    """Settings of the fields that are no registers, in random order: all, or enough for every pair of chosen values."""
    names = set(register_fields(encoding))
    others = [field for field in encoding.layout.values() if field.name not in names]
    if prod(len(allowed_values(encoding, f)) for f in others) <= EXHAUSTIVE:
        found = [
            dict(zip([f.name for f in others], values, strict=True))
            for values in product(*[allowed_values(encoding, f) for f in others])
        ]
    else:
        few = {f.name: chosen_values(random, encoding, f) for f in others}
        found = [{a: x, b: y} for a, b in combinations(few, 2) for x, y in product(few[a], few[b])]
        found = found or [{a: x} for a in few for x in few[a]]
    random.shuffle(found)
    return found


def words(instruction: InstructionClass, random: Random) -> Iterator[int]:
    """Words of a class without end: its encodings in turn, each running through its settings and register patterns."""
    sources = [_words_of(encoding, random) for encoding in instruction.encodings]
    while True:
        for source in sources:
            yield next(source)


def _words_of(encoding: Encoding, random: Random) -> Iterator[int]:
    fields = register_fields(encoding)
    pattern = cycle(patterns(fields))
    while True:
        for setting in settings(random, encoding):
            fixed = setting | registers(random, fields, next(pattern))
            try:
                yield encoding.sample(random, **fixed)
            except ValueError:  # a register that the encoding excludes
                yield encoding.sample(random, **setting)


def neighbours(word: int, encoding: Encoding) -> list[int]:
    """The words that differ from this one in one bit that the encoding fixes."""
    return [word ^ 1 << bit for bit in range(32) if encoding.mask >> bit & 1]


# States


class Needs(NamedTuple):
    """What a state has to look after for a word: the registers that it looks at, its accesses, and the registers that
    hold the target of its branch."""

    reads: tuple[str, ...]
    accesses: Accesses
    targets: tuple[str, ...]


@cache
def needs(word: int) -> Needs:
    """Raises Undefined, Unpredictable or Unsupported as the word does."""
    reads = step(word).reads
    pc = meaning(word)[INDEX["pc"]]
    names = [x.params[0] for x in free_vars(pc)]
    targets = tuple(sorted(name for name in names if name in LAYOUT)) if "pc" not in names else ()
    order = tuple(name for name in LAYOUT if name in reads and name[0] in "xvs")
    return Needs(order, accesses(word), targets)


def random_registers(random: Random, reads: tuple[str, ...]) -> bytearray:
    """A packed record: values of the three kinds in the registers that matter, uniform ones elsewhere."""
    record = bytearray(random.randbytes(REGISTERS_SIZE))
    for name in reads:
        at, size = LAYOUT[name]
        record[at : at + size] = value(random, 8 * size).to_bytes(size, "little")
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
    """Whether [address, +size) is clear of the code, canonical and untagged. It may overlap the window's ends."""
    return address + size < POSITIVE and not CODE_BASE - PAGE < address < CODE_BASE + CODE_SIZE + PAGE


def branch_target(random: Random) -> int:
    """Mostly a word of the code area; sometimes any aligned address that is neither tagged nor in the upper half."""
    if random.random() < 0.7:
        return CODE_BASE + 4 * random.randrange(CODE_SIZE // 4)
    return random.choice((random.getrandbits(54) & ~3, 0, WINDOW_BASE))


def state(random: Random, word: int) -> State | None:
    """A state in which to run the word, or None where its accesses could not be placed.

    Raises Unpredictable or Unsupported as the word does; an undefined word may run in any state.
    """
    try:
        need = needs(word)
    except Undefined:
        return State(bytes(random_registers(random, ())))
    record = random_registers(random, need.reads)
    for name in need.targets:
        put(record, name, branch_target(random))
    if need.accesses and not place(random, record, need.accesses):
        return None
    mem = random.randbytes(64) if need.accesses else b""
    at = 0
    if need.accesses:
        at = min(max(0, need.accesses.span(record).address - WINDOW_BASE), WINDOW_SIZE - len(mem))
    return State(bytes(record), at, mem)


def cases(instruction: InstructionClass, random: Random, states_per_word: int = 4) -> Iterator[Case]:
    """Cases of one class without end; words on which the semantics say nothing are passed over."""
    barren = 0
    for word in words(instruction, random):
        made = 0
        try:
            meaning(word)
            count = states_per_word
        except Undefined:
            count = 1
        except (Unpredictable, Unsupported):
            count = 0
        for _ in range(count):
            found = state(random, word)
            if found is not None:
                made += 1
                yield Case((word,), found)
        barren = 0 if made else barren + 1
        if barren > 2000:
            return
