# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Cases made from the encodings: words of an instruction class, with states that exercise them.

Nothing here knows an instruction, but for what marks an address and what looks at the mark: fields and what they may hold come
from the encodings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import combinations, cycle, islice, product
from math import prod
from random import Random

from conformance.model import accesses, predict, step
from conformance.state import SLOT, WINDOW_BASE, WINDOW_SIZE, Case, FaultKind
from conformance.states import state
from isa.decode import decode
from isa.dsl import REGISTRY, InstructionClass, Undefined, Unpredictable, Unsupported
from isa.encoding import Encoding, Field
from isa.meaning import meaning
from isa.state import INDEX, VARIABLES

EXHAUSTIVE = 512
"""Up to so many settings of the fields that are no registers, all are used; otherwise chosen values, pair by pair."""

STATES = 8
"""States in which each word runs."""

NEIGHBOURS = 1 / 8
"""How many words bring along one that differs in a bit which the encoding fixes, if that is undefined."""

BARREN, WORTH = 2000, 100
"""A class has no more cases after so many words without one, and so many more for each case that it had."""

EXCLUSIVES = {
    "load_exclusive_register": "marks",
    "load_exclusive_pair": "marks",
    "store_exclusive_register": "depends",
    "store_exclusive_pair": "depends",
}
"""By name, not by what the semantics do with the monitor: they are what is tested."""

REGISTER_FIELD = re.compile(r"R[a-z]\d?")
LAST, ZR_OR_SP = 30, 31


def register_fields(encoding: Encoding) -> list[str]:
    """The fields that number a register."""
    return [f.name for f in encoding.layout.values() if f.width == 5 and REGISTER_FIELD.fullmatch(f.name)]


def patterns(fields: list[str]) -> list[dict[str, int]]:
    """How the registers of a word may coincide: fields of one group get one register, 30 and 31 are those, others differ.

    A third or so of the patterns has them all different. In a pair that begins with 30, the second is 31.
    """
    found: list[dict[str, int]] = [{}] * (1 + len(fields))
    found += [{a: 0, b: 0} for a, b in combinations(fields, 2)]
    found += [{a: number} for a in fields for number in (ZR_OR_SP, LAST)]
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
        chosen[name] = group if group in (ZR_OR_SP, LAST) else numbers[group]
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
        found += list(_related(random, encoding, others))
    random.shuffle(found)
    return found


def _related(random: Random, encoding: Encoding, fields: list[Field]) -> Iterator[dict[str, int]]:
    """Fields of one width next to one another in value: what compares or subtracts them turns over there."""
    for a, b in combinations([field for field in fields if field.width > 3], 2):
        if a.width == b.width:
            for distance in (-2, -1, 0, 1, 2) * 4:
                x = random.choice(allowed_values(encoding, a))
                if x + distance in allowed_values(encoding, b):
                    yield {a.name: x, b.name: x + distance}


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


def cases(instruction: InstructionClass, random: Random) -> Iterator[Case]:
    """Cases of one class without end; words on which the semantics say nothing are passed over.

    An undefined word runs in one state. A word that has to do with the exclusive monitor runs alone and in sequences.
    """
    if instruction.kind == "unsupported":
        return
    patience = BARREN
    for word in words(instruction, random):
        found = list(_cases_of(word, random))
        yield from found
        patience += WORTH * len(found) - 1
        if patience < 0:
            return


def _cases_of(word: int, random: Random) -> Iterator[Case]:
    if random.random() < NEIGHBOURS:
        yield from _undefined_neighbour(word, random)
    try:
        step(word)
    except Undefined:
        yield from _cases((word,), random, 1)
    except (Unpredictable, Unsupported):
        return
    else:
        yield from _cases((word,), random, STATES)
        for sequence in _sequences(word, random):
            for case in _cases(sequence, random, STATES // 2):
                if predict(case).fault.kind is not FaultKind.NOT_RUN:
                    yield case


def _cases(chosen: tuple[int, ...], random: Random, count: int) -> Iterator[Case]:
    for _ in range(count):
        found = state(random, chosen)
        if found is not None:
            yield Case(chosen, found)


def _undefined_neighbour(word: int, random: Random) -> Iterator[Case]:
    decoded = decode(word)
    if decoded is None:
        return
    neighbour = random.choice(neighbours(word, decoded.fields.encoding))
    try:
        meaning(neighbour)
    except Undefined:
        yield from _cases((neighbour,), random, 1)
    except (Unpredictable, Unsupported):
        pass


def exclusive_role(word: int) -> str:
    """What the word has to do with the exclusive monitor: it marks an area, depends on the mark, or perhaps does nothing
    but clear it; an empty string otherwise."""
    changes = dict(meaning(word))
    decoded = decode(word)
    if decoded is not None and (role := EXCLUSIVES.get(decoded.instruction.name)):
        return role
    falls_through = changes.pop(INDEX["pc"]) is VARIABLES[INDEX["pc"]] + 4
    return "clears" if falls_through and not changes.keys() - {INDEX["monitor"]} else ""


@cache
def exclusive_encodings(role: str) -> list[Encoding]:
    """The encodings whose words have the role."""
    found = []
    for instruction in REGISTRY:
        for encoding in instruction.encodings if instruction.kind == "instruction" else ():
            word = encoding.sample(Random(0), **dict(zip(register_fields(encoding), range(5), strict=False)))
            try:
                if exclusive_role(word) == role:
                    found.append(encoding)
            except (Undefined, Unpredictable, Unsupported):
                pass
    return found


def _sequences(word: int, random: Random) -> Iterator[tuple[int, ...]]:
    """The word among others with which it shares the exclusive monitor: they access as many bytes at the same base."""
    role = exclusive_role(word)
    if role == "depends":
        for marker in _partners(word, "marks", random):
            yield (marker, word)
            yield (marker, word, word)
    elif role == "clears":
        dependent = random.choice(exclusive_encodings("depends")).sample(random)
        yield from ((marker, word, dependent) for marker in islice(_partners(dependent, "marks", random), 1))


def _partners(word: int, role: str, random: Random) -> Iterator[int]:
    decoded = decode(word)
    if decoded is None or "Rn" not in decoded.fields:
        return
    base = decoded.fields.Rn
    for encoding in exclusive_encodings(role):
        for _ in range(4):
            partner = encoding.sample(random, Rn=base)
            try:
                fits = accesses(partner).sizes == accesses(word).sizes[:1]
                keeps_base = not any(INDEX[name] in meaning(partner) for name in accesses(word).registers)
            except (Undefined, Unpredictable, Unsupported):
                continue
            if fits and keeps_base:
                yield partner
