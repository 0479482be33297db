# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Reading formulas as people type them, in the notation that symsim.explain prints.

From the loosest binding to the tightest: `c ? a : b`, `=>`, `||`, `&&`, comparisons (`<s` and the like are signed), `|`, `^`, `&`, shifts
(`>>s` is arithmetic) and `++` (concatenation), `+ -`, `* / %`, prefix `! ~ -`, then `x[31:0]`, `mem[address, bytes]`, `state.x3` and
calls: `ror(x, 7)`, `zext(x, 64)`, `sext(x, 64)`, `rev(x)` (its bytes the other way round), `clmul(x, y)`, `store(mem, address, value)`, the
constants of the theory and the words of the standards (symsim.words) by name. `v3.4s[2]` is lane 2 of four of 32 bits, `v3.s[2]` the
same, `v3.8b` all eight of the lower half. A number takes its width from the other side; `32'0x10` has its own.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from typing import NoReturn

from isa.state import INDEX, STATE
from kernel import ops
from kernel.sorts import BOOL, BV, MEM, Sort
from kernel.term import Term, TermError, Var, coerce, mk
from kernel.theory import introduction
from kernel.thm import KernelError
from symsim.byte_order import rev
from symsim.repl.tokens import ParseError, Token, tokens
from symsim.words import Vocabulary

DEEPEST = 50  # nested parentheses

Value = Term | int
Names = Callable[[str], Term | None]


_COMPARISONS: dict[str, Callable[[Term, Term], Term]] = {
    "==": ops.eq,
    "!=": lambda a, b: ~ops.eq(a, b),
    "<": ops.ult,
    "<=": ops.ule,
    ">": lambda a, b: ops.ult(b, a),
    ">=": lambda a, b: ops.ule(b, a),
    "<s": ops.slt,
    "<=s": ops.sle,
    ">s": lambda a, b: ops.slt(b, a),
    ">=s": lambda a, b: ops.sle(b, a),
}
_CHAINS = [
    ("||",),
    ("&&",),
    tuple(_COMPARISONS),
    ("|",),
    ("^",),
    ("&",),
    ("<<", ">>", ">>s", "++"),
    ("+", "-"),
    ("*", "/", "%"),
]
_LEVEL = {symbol: level for level, symbols in enumerate(_CHAINS) for symbol in symbols}
_JOINED = {"||": ops.OR, "&&": ops.AND, "|": ops.BVOR, "^": ops.BVXOR, "&": ops.BVAND, "+": ops.BVADD, "*": ops.BVMUL}
_LANE = {"b": 8, "h": 16, "s": 32, "d": 64}
_BUILT_IN = ("ror", "zext", "sext", "rev", "clmul", "store", "true", "false")


def parse(
    text: str, names: Names, known: Iterable[str] = (), sort: Sort | None = None, words: Vocabulary | None = None
) -> Term:
    """The term that the text writes. `names` gives the meaning of a name, `known` the names to offer where one is misspelt; `sort` is
    what is expected, where that is known; `words` are functions besides the constants of the theory. Raises ParseError."""
    parser = _Parser(text, names, known, words or Vocabulary())
    value = parser.ternary()
    parser.expect("end", "the end of the formula")
    if isinstance(value, int):
        if sort is None:
            parser.fail(0, f"a number without a width: write 64'{value}")
        return coerce(value, sort)
    if sort is not None and value.sort is not sort:
        parser.fail(0, f"this is {describe(value.sort)}, and {describe(sort)} is expected")
    return value


def parse_parameters(text: str) -> dict[str, Term]:
    """Variables with their widths in bits: `a:64, b:32, p:bool, m:mem`. Raises ParseError."""
    out: dict[str, Term] = {}
    for match in re.finditer(r"[^,]+", text):
        part = re.fullmatch(r"\s*([A-Za-z_]\w*)\s*:\s*(\d{1,5}|bool|mem)\s*", match.group())
        if part is None or part[2].strip("0") == "":
            raise ParseError(text, match.start(), "a variable is written name:bits, name:bool or name:mem")
        sort = {"bool": BOOL, "mem": MEM}.get(part[2]) or BV(int(part[2]))
        out[part[1]] = Var(part[1], sort)
    return out


def near(word: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown word: what it might have been."""
    found = difflib.get_close_matches(word, list(known), 3, 0.5)
    return f"; is it {' or '.join(found)}?" if found else ""


def is_introduced(name: str) -> bool:
    """Whether there is a constant of this name."""
    try:
        introduction(name)
    except KernelError:
        return False
    return True


def describe(sort: Sort) -> str:
    """A sort in words."""
    if sort is BOOL:
        return "a condition"
    if sort.kind == "BV":
        return f"a value of {sort.width} bit{'s' if sort.width > 1 else ''}"
    return {"Mem": "a memory", "Trace": "a trace"}.get(sort.kind, "a state" if sort is STATE else "a tuple")


class _Parser:
    """One pass from left to right, one token ahead."""

    def __init__(self, text: str, names: Names, known: Iterable[str], words: Vocabulary) -> None:
        self.text, self.names, self.known, self.words = text, names, known, words
        self.tokens = tokens(text)
        self.at = 0
        self.depth = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    def fail(self, place: int, why: str) -> NoReturn:
        raise ParseError(self.text, place, why)

    def take(self, *symbols: str) -> Token | None:
        """The next token if it is one of these symbols."""
        token = self.next
        if token.kind == "symbol" and token.text in symbols:
            self.at += 1
            return token
        return None

    def expect(self, what: str, said: str = "") -> Token:
        token = self.next
        if token.text != what and token.kind != what:
            found = f"'{token.text}'" if token.text else "the end"
            self.fail(token.place, f"{said or repr(what)} is expected here, not {found}")
        self.at += 1
        return token

    def ternary(self) -> Value:
        self.depth += 1
        if self.depth > DEEPEST:
            self.fail(self.next.place, f"nested more than {DEEPEST} deep")
        place = self.next.place
        value = self.implication()
        if (mark := self.take("?")) is not None:
            a = self.ternary()
            self.expect(":")
            b = self.ternary()
            condition = self.typed(value, place, BOOL)
            a, b = self.alike(a, b, mark.place)
            value = self.build(mark.place, lambda: ops.ite(condition, a, b))
        self.depth -= 1
        return value

    def implication(self) -> Value:
        parts = [(self.next.place, self.chain(0))]
        while self.take("=>"):
            parts.append((self.next.place, self.chain(0)))
        *premises, (place, value) = parts
        for where, p in reversed(premises):
            value = ops.implies(self.typed(p, where, BOOL), self.typed(value, place, BOOL))
        return value

    def chain(self, loosest: int) -> Value:
        """Operators that bind at least so much, from the left; those of one kind in a row make one application."""
        value = self.prefix()
        while (level := _LEVEL.get(self.next.text if self.next.kind == "symbol" else "", -1)) >= loosest:
            token = self.expect("symbol")
            values = [value, self.chain(level + 1)]
            while token.text in (*_JOINED, "++") and self.take(token.text):
                values.append(self.chain(level + 1))
            value = self.binary(token, values)
            if token.text in _COMPARISONS and self.next.text in _COMPARISONS:
                self.fail(self.next.place, "comparisons don't chain: put parentheses")
        return value

    def binary(self, token: Token, values: list[Value]) -> Value:
        symbol, place = token.text, token.place
        if symbol == "-" and isinstance(values[1], int) and isinstance(values[0], Term):
            # x - 8 is the normal form x + (2^64 - 8).
            first, taken = values[0], values[1]
            parts = first.args if first.op is ops.BVADD else (first,)
            return self.build(place, lambda: mk(ops.BVADD, (), (*parts, coerce(-taken, first.sort))))
        if symbol in ("<<", ">>", ">>s") and isinstance(values[0], int):
            self.fail(place, "a number that is shifted needs a width")
        if symbol == "++":
            terms = [self.typed(v, place, None) for v in values]
            return self.build(place, lambda: ops.concat(*terms))
        terms = self.all_alike(values, place)
        if symbol in _COMPARISONS:
            return self.build(place, lambda: _COMPARISONS[symbol](terms[0], terms[1]))
        if symbol in ("&", "|", "^") and terms[0].sort is BOOL:
            return self.build(
                place, lambda: reduce({"&": Term.__and__, "|": Term.__or__, "^": Term.__xor__}[symbol], terms)
            )
        if symbol in _JOINED:
            return self.build(place, lambda: mk(_JOINED[symbol], (), tuple(terms)))
        rest: dict[str, Callable[[Term, Term], Term]] = {
            "-": Term.__sub__, "/": ops.udiv, "%": ops.urem, "<<": Term.__lshift__, ">>": Term.__rshift__, ">>s": ops.ashr,
        }  # fmt: skip
        return self.build(place, lambda: rest[symbol](terms[0], terms[1]))

    def prefix(self) -> Value:
        signs = []
        while (token := self.take("!", "~", "-")) is not None:
            signs.append(token)
        value = self.postfix()
        for token in reversed(signs):
            value = self.signed(token, value)
        return value

    def signed(self, token: Token, value: Value) -> Value:
        if isinstance(value, int) and token.text == "-":
            return -value
        term = self.typed(value, token.place, BOOL if token.text == "!" else None)
        return self.build(token.place, lambda: -term if token.text == "-" else ~term)

    def postfix(self) -> Value:
        value = self.primary()
        while (token := self.take("[", ".") or self.take_lanes()) is not None:
            term = self.typed(value, token.place, None)
            if token.kind == "lanes":
                value = self.lanes(token, term)
            elif token.text == ".":
                value = self.component(term)
            elif term.sort is MEM:
                address = self.typed(self.ternary(), token.place, BV(64))
                self.expect(",", "',' and the number of bytes")
                size = self.integer(1, 4096)
                value = self.build(token.place, lambda t=term, a=address, n=size: ops.read(t, a, n))  # type: ignore[misc]
                self.expect("]")
            else:
                value = self.bits(token.place, term)
        return value

    def bits(self, place: int, value: Term) -> Term:
        """What stands in brackets after a value: its bits, from the highest to the lowest."""
        if value.sort.kind != "BV":
            self.fail(place, f"{describe(value.sort)} has no bits")
        high = self.integer(0, 1 << 16)
        low = self.integer(0, 1 << 16) if self.take(":") else high
        self.expect("]")
        if not low <= high < value.width:
            self.fail(place, f"{describe(value.sort)} has bits {value.width - 1}:0, the higher one first")
        return value[high:low]

    def take_lanes(self) -> Token | None:
        """The next token if it says how a vector is divided."""
        token = self.next
        self.at += token.kind == "lanes"
        return token if token.kind == "lanes" else None

    def lanes(self, token: Token, vector: Term) -> Term:
        """One lane, or so many from the lowest on, as Arm's assembly language writes them."""
        size = _LANE[token.text[-1]]
        count = int(token.text[1:-1] or vector.width // size)
        if vector.width not in (64, 128) or count * size not in (64, 128) or count * size > vector.width:
            self.fail(token.place, f"{describe(vector.sort)} has no lanes {token.text[1:]}")
        if self.take("["):
            lane = self.integer(0, count - 1)
            self.expect("]")
            return vector[size * lane + size - 1 : size * lane]
        if token.text[1:-1] == "":
            self.fail(token.place, f"which lane? {token.text}[0] is the lowest one")
        return vector[count * size - 1 : 0]

    def component(self, state: Term) -> Term:
        token = self.expect("name", "the name of a component")
        if state.sort is not STATE or token.text not in INDEX:
            self.fail(token.place, f"{describe(state.sort)} has no component {token.text}{near(token.text, INDEX)}")
        return ops.proj(state, INDEX[token.text])

    def integer(self, low: int, high: int) -> int:
        place = self.next.place
        value = self.literal(self.expect("number", "a number"))
        if not isinstance(value, int) or not low <= value <= high:
            self.fail(place, f"a number from {low} to {high} is expected here")
        return value

    def literal(self, token: Token) -> Value:
        width, _, digits = token.text.rpartition("'")
        try:
            value = int(digits, 0 if digits.startswith("0") else 10)
        except ValueError:
            self.fail(token.place, "no number")
        if not width:
            return value
        if not 0 < int(width) <= 1 << 16:
            self.fail(token.place, "no width that a value has")
        return ops.number(value, int(width))

    def primary(self) -> Value:
        token = self.next
        self.at += token.kind != "end"
        if token.kind == "number":
            return self.literal(token)
        if token.text == "(":
            value = self.ternary()
            self.expect(")")
            return value
        if token.kind != "name":
            self.fail(token.place, f"a value is expected here, not {repr(token.text) if token.text else 'the end'}")
        if self.take("("):
            return self.call(token)
        if token.text in ("true", "false"):
            return coerce(int(token.text == "true"), BOOL)
        term = self.names(token.text)
        if term is None and token.text[0] == "?":
            self.fail(token.place, "no such part was folded in the formula that was shown last")
        if term is None:
            self.fail(token.place, f"unknown name '{token.text}'{near(token.text, [*self.known, *_BUILT_IN])}")
        return term

    def call(self, token: Token) -> Term:
        arguments: list[Value] = []
        while not self.take(")"):
            if arguments:
                self.expect(",", "',' or ')'")
            arguments.append(self.ternary())
        name, place = token.text, token.place
        if name in ("ror", "zext", "sext"):
            if len(arguments) != 2 or not isinstance(arguments[1], int) or not isinstance(arguments[0], Term):
                self.fail(place, f"{name} takes a value and a number")
            term, amount = arguments[0], arguments[1]
            if name != "ror" and not term.width <= amount <= 1 << 16:
                self.fail(place, f"{name} to {amount} bits, of a value of {term.width}")
            return self.build(place, lambda: {"ror": ops.ror, "zext": ops.zext, "sext": ops.sext}[name](term, amount))
        word = self.words.named(name)
        if word is not None and not is_introduced(name):
            width = next((a.width for a in arguments if isinstance(a, Term)), None)
            word = self.words.named(name, width)
            if word is None:
                self.fail(place, f"{name} is no function of values of {width} bits")
            return word(self.arguments(token, arguments, [x.sort for x in word.parameters]))
        sorts, result = self.signature(token)
        terms = self.arguments(token, arguments, sorts)
        if name == "rev":
            if terms[0].sort.kind != "BV" or terms[0].width % 8:
                self.fail(place, f"rev takes a value of whole bytes, and this is {describe(terms[0].sort)}")
            return rev(terms[0])
        if name == "clmul":
            return self.build(place, lambda: ops.clmul(*terms))
        if name == "store":
            return self.build(place, lambda: ops.write(*terms))
        return self.build(place, lambda: ops.app(name, result, *terms))

    def arguments(self, token: Token, given: list[Value], sorts: Sequence[Sort | None]) -> list[Term]:
        """The arguments as terms of the sorts that are asked for."""
        if len(sorts) != len(given):
            self.fail(
                token.place, f"{token.text} takes {len(sorts)} argument{'s' * (len(sorts) > 1)}, not {len(given)}"
            )
        return [self.typed(a, token.place, s) for a, s in zip(given, sorts, strict=True)]

    def signature(self, token: Token) -> tuple[tuple[Sort | None, ...], Sort]:
        """The argument sorts (None: any) and the result of what is called."""
        if token.text == "rev":
            return (None,), BOOL
        if token.text == "clmul":
            return (None, None), BOOL
        if token.text == "store":
            return (MEM, BV(64), None), MEM
        try:
            kind, *data = introduction(token.text)
        except KernelError:
            self.fail(
                token.place,
                f"unknown function '{token.text}'{near(token.text, [*_BUILT_IN, *self.words.names(), *self.known])}",
            )
        if kind == "DECLARE":
            return data[0], data[1]
        if kind == "DEFINE":
            return tuple([x.sort for x in data[0]]), data[1].sort
        if kind == "DEFINE_REC":
            return (data[0].sort, *[x.sort for x in data[1]]), data[2].sort
        return (data[0].sort, data[1].sort), data[1].sort

    # Sorts

    def typed(self, value: Value, place: int, sort: Sort | None) -> Term:
        """The value as a term of the sort, if one is asked for."""
        if isinstance(value, int):
            if sort is None or not sort.width or sort is BOOL:
                self.fail(place, f"a number without a width: write 64'{value}")
            return coerce(value, sort)
        if sort is not None and value.sort is not sort:
            self.fail(place, f"{describe(sort)} is expected, and this is {describe(value.sort)}")
        return value

    def alike(self, a: Value, b: Value, place: int) -> tuple[Term, Term]:
        one, two = self.all_alike([a, b], place)
        return one, two

    def all_alike(self, values: list[Value], place: int) -> list[Term]:
        """The values at one sort: numbers take that of the others."""
        sort = next((v.sort for v in values if isinstance(v, Term)), None)
        for v in values:
            if isinstance(v, Term) and v.sort is not sort and sort is not None:
                self.fail(place, f"one side is {describe(sort)}, the other {describe(v.sort)}")
        return [self.typed(v, place, sort) for v in values]

    def build(self, place: int, make: Callable[[], Term]) -> Term:
        try:
            return make()
        except TermError as error:
            self.fail(place, str(error))
