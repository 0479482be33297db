# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Instruction encodings: the 32-bit diagrams of the Arm manual, written as one line of text.

`"sf:1 op:1 S:1 01011 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5"` reads from bit 31 down to bit 0. The notation is
described in docs/instruction-syntax.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from random import Random
from typing import NamedTuple, NoReturn


class DefinitionError(Exception):
    """An instruction class is wrongly defined: its encoding, its syntax, or its place among the others."""


class Field(NamedTuple):
    """A named run of `width` bits whose lowest is bit `lo` of the word."""

    name: str
    lo: int
    width: int

    @property
    def mask(self) -> int:
        """The field's bits of the word."""
        return (1 << self.width) - 1 << self.lo

    def of(self, word: int) -> int:
        """The field's value in `word`, unsigned."""
        return word >> self.lo & (1 << self.width) - 1


class Constraint(NamedTuple):
    """A field of a word that matches must hold one of the values `allowed`."""

    field: Field
    allowed: frozenset[int]


class Fields:
    """The fields of one word, read as attributes: `f.Rd` is an unsigned int of the field's width.

    Immutable. `f.word` is the word and `f.encoding` its diagram; `"Q" in f` tells whether the encoding has a field `Q`.
    """

    __slots__ = ("encoding", "word")
    encoding: Encoding
    word: int

    def __init__(self, encoding: Encoding, word: int) -> None:
        object.__setattr__(self, "encoding", encoding)
        object.__setattr__(self, "word", word)

    def __getattr__(self, name: str) -> int:
        # Only reached for names that are not slots, so the two slots stay as fast as attributes are.
        field = self.encoding.layout.get(name)
        if field is None:
            raise AttributeError(f"the encoding '{self.encoding.text}' has no field {name}")
        return field.of(self.word)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"fields are immutable: {name}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"fields are immutable: {name}")

    def __reduce__(self) -> tuple[type[Fields], tuple[Encoding, int]]:
        return Fields, (self.encoding, self.word)

    def __contains__(self, name: str) -> bool:
        return name in self.encoding.layout

    def __iter__(self) -> Iterator[tuple[str, int]]:
        """Name and value of each field, from the high end: `dict(f)` works."""
        return ((name, field.of(self.word)) for name, field in self.encoding.layout.items())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fields) and self.word == other.word and self.encoding == other.encoding

    def __hash__(self) -> int:
        return hash((self.encoding, self.word))

    def __repr__(self) -> str:
        values = " ".join(f"{name}={value:#x}" for name, value in self)
        return f"<Fields {self.word:#010x} {values}>"


TOKEN = re.compile(
    r"(?P<bits>[01x]+)"
    r"|(?P<should>(?:\([01]+\))+)"
    r"|(?P<name>[A-Za-z_]\w*):(?P<width>\d+)(?:(?P<relation>!?=)(?P<patterns>[01x]+(?:\|[01x]+)*))?"
)


class Encoding:
    """A set of 32-bit words with named fields, parsed from one line of text.

    A word matches if `word & mask == value` and every constraint holds. Bits written `(0)` or `(1)` ("should be")
    do not decide about matching; `as_it_should_be` tells whether the word has them as the manual wants them.
    Raises DefinitionError if the text is malformed or does not describe exactly 32 bits.
    """

    __slots__ = ("constraints", "layout", "mask", "should_mask", "should_value", "text", "value")

    def __init__(self, text: str) -> None:
        self.text = " ".join(text.split())
        self.mask = self.value = self.should_mask = self.should_value = 0
        self.layout: dict[str, Field] = {}
        self.constraints: tuple[Constraint, ...] = ()
        lo = 32
        for token in self.text.split():
            match = TOKEN.fullmatch(token)
            if match is None:
                raise DefinitionError(f"'{token}' is neither bits nor a field, in the encoding '{self.text}'")
            lo -= self._width(match)
            if lo >= 0:
                self._place(match, lo)
        if lo:
            raise DefinitionError(f"{32 - lo} bits instead of 32 in the encoding '{self.text}'")

    @staticmethod
    def _width(token: re.Match[str]) -> int:
        if token["name"]:
            return int(token["width"])
        return sum(character in "01x" for character in token[0])

    def _place(self, token: re.Match[str], lo: int) -> None:
        if token["bits"]:
            self._fix(token["bits"], lo)
        elif token["should"]:
            bits = re.sub(r"[()]", "", token["should"])
            self.should_mask |= (1 << len(bits)) - 1 << lo
            self.should_value |= int(bits, 2) << lo
        else:
            self._place_field(token, Field(token["name"], lo, int(token["width"])))

    def _fix(self, bits: str, lo: int) -> None:
        self.mask |= int(re.sub("[01]", "1", bits).replace("x", "0"), 2) << lo
        self.value |= int(bits.replace("x", "0"), 2) << lo

    def _place_field(self, token: re.Match[str], field: Field) -> None:
        if field.name in self.layout or field.name in Fields.__slots__ or field.width == 0:
            raise DefinitionError(f"the field '{token[0]}' is repeated, reserved or empty, in '{self.text}'")
        self.layout[field.name] = field
        if not token["patterns"]:
            return
        patterns = token["patterns"].split("|")
        if any(len(pattern) != field.width for pattern in patterns):
            raise DefinitionError(f"a pattern of '{token[0]}' is not {field.width} bits wide, in '{self.text}'")
        if token["relation"] == "=" and len(patterns) == 1:
            self._fix(patterns[0], field.lo)
            return
        matched = frozenset(value for pattern in patterns for value in expand(pattern))
        allowed = matched if token["relation"] == "=" else frozenset(range(1 << field.width)) - matched
        if not allowed:
            raise DefinitionError(f"no value is left for '{token[0]}', in '{self.text}'")
        self.constraints += (Constraint(field, allowed),)

    def matches(self, word: int) -> bool:
        """Whether the word belongs to this encoding."""
        if word & self.mask != self.value:
            return False
        # Decoding spends its time here, and all() takes twice as much.
        for field, allowed in self.constraints:  # noqa: SIM110
            if field.of(word) not in allowed:
                return False
        return True

    def as_it_should_be(self, word: int) -> bool:
        """Whether the bits written `(0)` and `(1)` are so; if not, the word is CONSTRAINED UNPREDICTABLE."""
        return word & self.should_mask == self.should_value

    def fields(self, word: int) -> Fields:
        """The fields of a word that matches."""
        return Fields(self, word)

    def assemble(self, **fields: int) -> int:
        """The word with these fields; what is not given is zero where it is free.

        Raises ValueError for an unknown field, a value too wide, or values that the encoding excludes.
        """
        return self._with(self.value | self.should_value, fields)

    def sample(self, random: Random, **fields: int) -> int:
        """A random word with these fields, and with should-be bits as they should be. Raises ValueError as `assemble`.

        Not uniform: register 31, empty immediates and full ones are where mistakes live, so one field in four is all
        zeros or all ones.
        """
        free = ~(self.mask | self.should_mask)
        word = random.getrandbits(32) & free | self.value | self.should_value
        for field in self.layout.values():
            if random.random() < 0.25:
                bits = field.mask & free
                word = word & ~bits | random.choice((0, bits))
        for field, allowed in self.constraints:
            if field.name not in fields and field.of(word) not in allowed:
                word = word & ~field.mask | random.choice(sorted(allowed)) << field.lo
        return self._with(word, fields)

    def _with(self, word: int, fields: dict[str, int]) -> int:
        """The word with some fields replaced."""
        for name, value in fields.items():
            field = self.layout.get(name)
            if field is None or not 0 <= value < 1 << field.width:
                raise ValueError(f"no field {name} holds {value} in the encoding '{self.text}'")
            word = word & ~field.mask | value << field.lo
        if not self.matches(word):
            raise ValueError(f"{fields} is excluded by the encoding '{self.text}'")
        return word

    def overlap(self, other: Encoding) -> int | None:
        """A word that matches both encodings, or None if there is none."""
        if (self.value ^ other.value) & self.mask & other.mask:
            return None
        return extend(self.mask | other.mask, self.value | other.value, self.constraints + other.constraints)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Encoding) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Encoding({self.text!r})"


def expand(pattern: str) -> Iterator[int]:
    """The values that a pattern of 0, 1 and x stands for."""
    for bits in product(*("01" if bit == "x" else bit for bit in pattern)):
        yield int("".join(bits), 2)


def extend(mask: int, value: int, constraints: tuple[Constraint, ...]) -> int | None:
    """A word whose bits of `mask` are `value` and which satisfies the constraints, or None if there is none."""
    if not constraints:
        return value
    field, allowed = constraints[0]
    for choice in sorted(allowed):
        bits = choice << field.lo
        if not (value ^ bits) & mask & field.mask:
            word = extend(mask | field.mask, value | bits, constraints[1:])
            if word is not None:
                return word
    return None
