# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The pieces that a formula in text is made of, and the error that points at one of them."""

from __future__ import annotations

import re
from typing import NamedTuple

from symsim.errors import BadInput

LONGEST = 20_000  # characters


class ParseError(BadInput):
    """A formula that can't be read; the message has the line and a caret under the place."""

    def __init__(self, text: str, place: int, why: str) -> None:
        start = max(0, place - 60)
        line = text[start : place + 40].replace("\n", " ")
        super().__init__(f"{line}\n{' ' * (place - start)}^ {why}")
        self.place, self.why = place, why


class Token(NamedTuple):
    """A piece of the text: its kind (number, name, symbol, end), its text and where it is."""

    kind: str
    text: str
    place: int


_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<lanes>\.\d*[bhsd](?!\w))"
    r"|(?P<number>(?:\d+')?(?:0x[0-9a-fA-F_]+|0b[01_]+|\d[\d_]*)(?![\w@]))"
    r"|(?P<name>\?\d+|[A-Za-z_]\w*(?:@0)?)"
    r"|(?P<symbol>>>s|=>|\|\||&&|==|!=|<=s|>=s|<s|>s|<=|>=|<<|>>|\+\+|[-+*/%&|^~!<>?:,.()\[\]])"
)


def tokens(text: str) -> list[Token]:
    """The pieces of the text. Raises ParseError at the first character that begins none."""
    if len(text) > LONGEST:
        raise BadInput(f"a formula of {len(text)} characters; {LONGEST} is the most")
    found, place = [], 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise ParseError(text, place, "nothing begins with this character")
        kind = match.lastgroup or ""
        if kind != "space":
            found.append(Token(kind, match.group(), place))
        place = match.end()
    return [*found, Token("end", "", len(text))]
