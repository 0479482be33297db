# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Assembly language from syntax strings: `add <Rd>, <Rn>, <Rm>` and one word give `add x0, x1, x2`.

The notation is described in docs/instruction-syntax.md. A string is compiled once for each encoding that has the
fields it names; writing a word tries the rows in order and takes the first that applies.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from isa.encoding import DefinitionError, Encoding, Fields
from isa.syntax_expression import Evaluate, Expression, MissingFieldError, NoSpellingError, compile_expression

# A row is a template, possibly followed by ` if CONDITION`; or a function of the fields and the address that returns
# None where it does not apply.
Row = str | Callable[[Fields, int], str | None]

# Writes one piece of a template for (word, address, position in a register list).
Piece = Callable[[int, int, int], str]

CONDITIONS = ("eq", "ne", "hs", "lo", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "al", "nv")
ELEMENTS = "bhsdq"
FTYPE = (2, 3, None, 1)  # the element size of each value of the field ftype, as log2 of bytes

PLACEHOLDER = re.compile(r"<((?:<<|>>|[^<>])+)>")
GENERAL_REGISTER = re.compile(r"([WXR])([a-z]\d?|\(.+?\))(\|SP)?(?::(.+))?")
SIMD_REGISTER = re.compile(r"([BHSDQVF])([a-z]\d?|\(.+?\))(?::(.+))?")
NAMED = re.compile(r"(T|E|cond)(?::(.+))?")
LITERAL = re.compile(r"[\w\s,.#!]+|\[(?=<)|[\]{}]")
ALTERNATIVES = re.compile(r"\[([^\[\]]+):([^\[\]:]*)\]")
SHIFT_AMOUNT = re.compile(r"\b(?:lsl|lsr|asr|ror|msl)\]? #$")
REPEATED = re.compile(r"\{([^{}]+?) \* ([^{}]+)\}")


class Syntax:
    """The rows of an instruction class, compiled for each of its encodings."""

    def __init__(
        self, rows: tuple[Row, ...], encodings: tuple[Encoding, ...], where: dict[str, str] | None = None
    ) -> None:
        self.where = where or {}
        for encoding in encodings:
            if shadowed := encoding.layout.keys() & self.where.keys():
                raise DefinitionError(f"{sorted(shadowed)} abbreviate fields of the encoding '{encoding.text}'")
        self._templates: dict[Encoding, list[Callable[[Fields, int], str | None]]] = {e: [] for e in encodings}
        for row in rows:
            if callable(row):
                for templates in self._templates.values():
                    templates.append(row)
            else:
                self._compile(row)

    def _compile(self, row: str) -> None:
        """Compile the row for every encoding that has its fields; there must be one."""
        missing: MissingFieldError | None = None
        compiled = False
        for encoding, templates in self._templates.items():
            try:
                templates.append(Template(row, encoding, self.where).text)
                compiled = True
            except MissingFieldError as error:
                missing = error
        if missing is not None and not compiled:
            raise missing

    def text(self, fields: Fields, address: int) -> str | None:
        """The word in assembly language, or None if no row applies."""
        for template in self._templates[fields.encoding]:
            text = template(fields, address)
            if text is not None:
                return text
        return None


class Template:
    """One row, compiled for one encoding by a single pass from left to right."""

    def __init__(self, row: str, encoding: Encoding, where: dict[str, str]) -> None:
        self.row = row
        self.encoding = encoding
        self.where = where
        self.template, _, condition = row.partition(" if ")
        self.rest = self.template
        self.condition = self.expression(condition).evaluate if condition else None
        self.pieces, _ = self.sequence("")

    def text(self, fields: Fields, address: int) -> str | None:
        """The row written for a word, or None if it does not apply."""
        word = fields.word
        try:
            if self.condition is not None and not self.condition(word, address):
                return None
            return written(self.pieces, word, address, 0)
        except (NoSpellingError, IndexError, ValueError):  # no row, beyond a table, a negative shift
            return None

    def expression(self, text: str) -> Expression:
        return compile_expression(text, self.encoding, self.where)

    def fail(self, what: str) -> DefinitionError:
        return DefinitionError(f"{what} in the syntax '{self.row}', before '{self.rest}'")

    def sequence(self, end: str) -> tuple[list[Piece], list[Evaluate]]:
        """The pieces up to the character `end`, and the values that are zero where an optional group is left out."""
        pieces: list[Piece] = []
        values: list[Evaluate] = []
        while self.rest and self.rest[0] not in (end or ")"):
            piece, inner = self.piece()
            pieces.append(piece)
            values += inner
        if self.rest[:1] != end:
            raise self.fail(f"'{self.rest[:1] or end}' is out of place")
        self.rest = self.rest[len(end) :]
        return pieces, values

    def piece(self) -> tuple[Piece, list[Evaluate]]:
        """The piece at the front of the text that is left."""
        if match := REPEATED.match(self.rest):
            return self.register_list(match)
        if match := LITERAL.match(self.rest):
            return self.literal(match)
        if self.rest[0] == "(":
            return self.optional()
        if match := ALTERNATIVES.match(self.rest):
            return self.alternatives(match)
        if match := PLACEHOLDER.match(self.rest):
            return self.placeholder(match)
        raise self.fail("no such notation")

    def take(self, match: re.Match[str]) -> None:
        self.rest = self.rest[match.end() :]

    def literal(self, match: re.Match[str]) -> tuple[Piece, list[Evaluate]]:
        self.take(match)
        text = match[0]
        # What follows the sign is always a number, even `#<Rm>`, and is written as immediates are.
        if text.endswith("#") and (hole := PLACEHOLDER.match(self.rest)):
            return self.immediate(text, hole)
        return (lambda word, pc, k: text), []

    def immediate(self, prefix: str, match: re.Match[str]) -> tuple[Piece, list[Evaluate]]:
        self.take(match)
        if match[1].startswith("fp:"):
            eight = self.expression(match[1][3:]).evaluate
            return (lambda word, pc, k: f"{prefix}{expand_float(eight(word, pc)):.8f}"), []
        value, _, uses_pc = self.expression(match[1])
        if uses_pc:
            return (lambda word, pc, k: prefix + number(value(word, pc) & (1 << 64) - 1)), []
        before = self.template.removesuffix(match[0] + self.rest)
        style = str if SHIFT_AMOUNT.search(before) else number
        return (lambda word, pc, k: prefix + style(value(word, pc))), [value]

    def alternatives(self, match: re.Match[str]) -> tuple[Piece, list[Evaluate]]:
        self.take(match)
        selector, width, _ = self.expression(match[1])
        texts = match[2].split("|")
        if width is not None and len(texts) > 1 << width:
            raise self.fail(f"{len(texts)} alternatives for {width} bits")

        def piece(word: int, pc: int, k: int) -> str:
            index = selector(word, pc)
            if not 0 <= index < len(texts) or texts[index] == "-":
                raise NoSpellingError
            return texts[index]

        return piece, [selector]

    def optional(self) -> tuple[Piece, list[Evaluate]]:
        self.rest = self.rest[1:]
        condition = self.group_condition()
        pieces, values = self.sequence(")")
        if condition is not None:
            holds = condition
            return (lambda word, pc, k: written(pieces, word, pc, k) if holds(word, pc) else ""), [holds]

        if not values:
            raise self.fail("an optional group needs a condition or a number")

        def piece(word: int, pc: int, k: int) -> str:
            return written(pieces, word, pc, k) if any(value(word, pc) for value in values) else ""

        return piece, values

    def group_condition(self) -> Evaluate | None:
        """The condition of a group `(condition? ...)`, if it has one."""
        depth = 0
        for at, character in enumerate(self.rest):
            depth += (character == "(") - (character == ")")
            if depth < 0:
                return None
            if character == "?" and depth == 0:
                condition = self.expression(self.rest[:at]).evaluate
                self.rest = self.rest[at + 1 :]
                return condition
        return None

    def register_list(self, match: re.Match[str]) -> tuple[Piece, list[Evaluate]]:
        """Consecutive registers, `{<Vt>.16b * 4}`; after v31 comes v0."""
        self.take(match)
        count = self.expression(match[2]).evaluate
        after, self.rest = self.rest, match[1]
        pieces, _ = self.sequence("")
        self.rest = after

        def piece(word: int, pc: int, k: int) -> str:
            return "{" + ", ".join(written(pieces, word, pc, i) for i in range(count(word, pc))) + "}"

        return piece, []

    def placeholder(self, match: re.Match[str]) -> tuple[Piece, list[Evaluate]]:
        self.take(match)
        text = match[1]
        if form := GENERAL_REGISTER.fullmatch(text):
            return self.general_register(form), []
        if form := SIMD_REGISTER.fullmatch(text):
            return self.simd_register(form), []
        if form := NAMED.fullmatch(text):
            return self.named(form[1], form[2]), []
        value = self.expression(text).evaluate
        return (lambda word, pc, k: str(value(word, pc))), [value]

    def register_number(self, operand: str) -> Evaluate:
        return self.expression(operand if operand[0] == "(" else "R" + operand).evaluate

    def general_register(self, form: re.Match[str]) -> Piece:
        kind, stack_pointer = form[1], form[3] is not None
        if kind != "R" and form[4]:
            raise self.fail(f"<{form[0]}> has a width already")
        register = self.register_number(form[2])
        is_64 = self.expression({"W": "0", "X": "1"}.get(kind, form[4] or "sf")).evaluate

        def piece(word: int, pc: int, k: int) -> str:
            index, wide = register(word, pc) + k, is_64(word, pc)
            if index % 32 == 31:
                return ("sp" if wide else "wsp") if stack_pointer else ("xzr" if wide else "wzr")
            return f"{'x' if wide else 'w'}{index % 32}"

        return piece

    def simd_register(self, form: re.Match[str]) -> Piece:
        register = self.register_number(form[2])
        if form[1] != "F":
            if form[3]:
                raise self.fail(f"<{form[0]}> has a width already")
            letter = form[1].lower()
            return lambda word, pc, k: f"{letter}{(register(word, pc) + k) % 32}"
        by_ftype = form[3] is None and "ftype" in self.encoding.layout
        size = self.expression("ftype" if by_ftype else form[3] or "size").evaluate

        def piece(word: int, pc: int, k: int) -> str:
            return element(FTYPE[size(word, pc)] if by_ftype else size(word, pc)) + str(register(word, pc))

        return piece

    def named(self, name: str, argument: str | None) -> Piece:
        """Arrangements `<T>`, element letters `<E>`, conditions `<cond>`."""
        if name == "T":
            size_text, _, q_text = (argument or "size,Q").rpartition(",")
            size, q = self.expression(size_text).evaluate, self.expression(q_text).evaluate
            return lambda word, pc, k: arrangement(size(word, pc), q(word, pc))
        value = self.expression(argument or {"E": "size"}.get(name, name)).evaluate
        if name == "E":
            return lambda word, pc, k: element(value(word, pc))
        return lambda word, pc, k: CONDITIONS[value(word, pc)]


def written(pieces: list[Piece], word: int, address: int, position: int) -> str:
    """The pieces of a template, written one after the other."""
    return "".join(piece(word, address, position) for piece in pieces)


def number(value: int) -> str:
    """An immediate: decimal up to 9, then hexadecimal, as disassemblers write them."""
    return str(value) if -10 < value < 10 else hex(value)


def element(size: int | None) -> str:
    """The letter of elements of 2**size bytes."""
    if size is None or not 0 <= size < len(ELEMENTS):
        raise NoSpellingError
    return ELEMENTS[size]


def arrangement(size: int, q: int) -> str:
    """A vector of 64 or 128 bits as elements of 2**size bytes: 8b, 16b, ... 2d, 1q."""
    count = 8 << q >> size
    if count == 0:
        raise NoSpellingError
    return f"{count}{element(size)}"


def expand_float(imm8: int) -> float:
    """The number that the 8-bit immediate of FMOV stands for (Arm ARM, VFPExpandImm)."""
    sign, exponent, fraction = imm8 >> 7, imm8 >> 4 & 7, imm8 & 15
    return (-1.0) ** sign * 2.0 ** ((exponent ^ 4) - 3) * (1 + fraction / 16)
