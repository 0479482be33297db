# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The expressions inside syntax strings: arithmetic on the fields of a word.

An expression is Python's, over field names (unsigned ints), the class's own abbreviations, `pc` (the address of the
instruction), the functions of `FUNCTIONS`, `signed(...)`, and `a:b`, which concatenates fields with `a` on the high
side. A tuple with an index is a table; an index beyond it means that there is no spelling.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import NamedTuple

from isa.encoding import DefinitionError, Encoding


class NoSpellingError(Exception):
    """The form being written has no spelling for this word; the next row of the syntax is tried."""


def log2(value: int) -> int:
    """The position of the highest set bit."""
    if value == 0:
        raise NoSpellingError
    return value.bit_length() - 1


def lowest(value: int) -> int:
    """The position of the lowest set bit."""
    return log2(value & -value)


def bitmask(n_imms: int, immr: int, width: int) -> int:
    """The logical immediate of N:imms and immr, `width` bits wide (Arm ARM, DecodeBitMasks)."""
    size = 1 << log2(n_imms ^ 0b0111111)
    ones, rotation = (n_imms & size - 1) + 1, immr & size - 1
    if size < 2 or size > width or ones == size:
        raise NoSpellingError
    run = (1 << ones) - 1
    element = (run >> rotation | run << size - rotation) & (1 << size) - 1
    return sum(element << at for at in range(0, width, size))


def bytemask(value: int) -> int:
    """The 64 bits in which byte i is all ones if bit i of the 8-bit `value` is set."""
    return sum(0xFF << 8 * i for i in range(8) if value >> i & 1)


FUNCTIONS: dict[str, Callable[..., int]] = {
    function.__name__: function for function in (log2, lowest, bitmask, bytemask, min, max)
}
# The shape of an expression, so that a slip such as an attribute or a lambda is reported where it stands.
ALLOWED = (
    ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.Call, ast.Name, ast.Constant, ast.Tuple, ast.Subscript,
    ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.Load, ast.Expression,
)  # fmt: skip
CONCATENATION = re.compile(r"\b[A-Za-z_]\w*(?::[A-Za-z_]\w*)+")

Evaluate = Callable[[int, int], int]


class Expression(NamedTuple):
    """A compiled expression: `evaluate(word, address)`; its width in bits if it is a field or a concatenation."""

    evaluate: Evaluate
    width: int | None
    uses_pc: bool


class MissingFieldError(DefinitionError):
    """The expression names a field that this encoding has not."""


def compile_expression(text: str, encoding: Encoding, where: dict[str, str] | None = None) -> Expression:
    """The expression on the words of `encoding`, with the abbreviations of `where`, later ones in terms of earlier.

    Raises DefinitionError if it is malformed, MissingFieldError if the encoding has not all the fields it names.
    """
    field = encoding.layout.get(text.strip())
    if field is not None:  # nearly all expressions are, and need no compilation
        return Expression(lambda word, pc: field.of(word), field.width, uses_pc=False)
    tree = parse(text)
    # From the last abbreviation to the first, so that each may use those before it and none can use itself.
    for name, meaning in reversed(list((where or {}).items())):
        tree = Substitution(name, meaning).visit(tree)
    resolver = Resolver(text, encoding)
    width = resolver.width_of(tree)
    code = compile(f"lambda word, pc: {ast.unparse(resolver.visit(tree))}", f"<{text}>", "eval")
    return Expression(eval(code, {"__builtins__": {}, **FUNCTIONS}), width, resolver.uses_pc)


def parse(text: str) -> ast.expr:
    """The tree of an expression, in which `a:b` is a call of `concat`."""
    source = CONCATENATION.sub(lambda match: f"concat({match[0].replace(':', ',')})", text.strip())
    try:
        tree = ast.parse(source, mode="eval")
    except SyntaxError as error:
        raise DefinitionError(f"'{text}' is not an expression: {error.msg}") from None
    for node in ast.walk(tree):
        if not isinstance(node, ALLOWED):
            raise DefinitionError(f"'{text}' is not an expression: it has a {type(node).__name__}")
    return tree.body


class Substitution(ast.NodeTransformer):
    """Replaces a name by the expression it abbreviates."""

    def __init__(self, name: str, meaning: str) -> None:
        self.name = name
        self.meaning = meaning

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return parse(self.meaning) if node.id == self.name else node


class Resolver(ast.NodeTransformer):
    """Replaces field names by the extraction of their bits from `word`."""

    def __init__(self, text: str, encoding: Encoding) -> None:
        self.text = text
        self.encoding = encoding
        self.uses_pc = False

    def width_of(self, node: ast.expr) -> int | None:
        """The width of a field or a concatenation of fields; None for other expressions."""
        if isinstance(node, ast.Name) and node.id in self.encoding.layout:
            return self.encoding.layout[node.id].width
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "concat":
            return sum(self.width_of(part) or 0 for part in node.args)
        return None

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id == "pc":
            self.uses_pc = True
            return node
        field = self.encoding.layout.get(node.id)
        if field is None:
            raise MissingFieldError(f"no field {node.id} for '{self.text}' in the encoding '{self.encoding.text}'")
        return parsed(f"(word >> {field.lo} & {(1 << field.width) - 1})")

    def visit_Call(self, node: ast.Call) -> ast.expr:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name == "concat":
            return self.concatenate(node.args)
        if name == "signed":
            return self.sign_extend(node.args)
        if name not in FUNCTIONS or node.keywords:
            raise DefinitionError(f"no function {name} for '{self.text}'")
        node.args = [self.visit(argument) for argument in node.args]
        return node

    def sign_extend(self, arguments: list[ast.expr]) -> ast.expr:
        widths, values = [self.width_of(a) for a in arguments], [ast.unparse(self.visit(a)) for a in arguments]
        if len(widths) != 1 or widths[0] is None:
            raise DefinitionError(f"signed() takes a field or a concatenation of fields, in '{self.text}'")
        sign = 1 << widths[0] - 1
        return parsed(f"(({values[0]}) ^ {sign}) - {sign}")

    def concatenate(self, parts: list[ast.expr]) -> ast.expr:
        result = "0"
        for part in parts:
            width, bits = self.width_of(part), ast.unparse(self.visit(part))
            if width is None:
                raise DefinitionError(f"only fields can be concatenated, in '{self.text}'")
            result = f"(({result}) << {width} | {bits})"
        return parsed(result)


def parsed(source: str) -> ast.expr:
    """The tree of a Python expression."""
    return ast.parse(source, mode="eval").body
