# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Formulas for people: infix notation, shared subterms named, what lies too deep folded away.

The cost depends on what is shown, not on the size of the term. What is printed in full can be read back (symsim.repl.expression).
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from isa.state import NAMES, STATE
from kernel.ops import (
    AND,
    APP,
    BITS,
    BOOLEAN,
    BVADD,
    BVASHR,
    BVLSHR,
    BVMUL,
    BVNEG,
    BVNOT,
    BVSHL,
    BVSUB,
    CLMUL,
    CONCAT,
    EQ,
    EXTRACT,
    ITE,
    NOT,
    OR,
    PROJ,
    READ,
    ROTATE_RIGHT,
    SIGN_EXTEND,
    TUPLE,
    VAR,
    WRITE,
    ZERO_EXTEND,
    is_const,
    mask,
    number,
)
from kernel.sorts import BOOL
from kernel.term import Term, mk
from symsim.byte_order import with_rev

BUDGET = 60  # nodes shown
FOLDED_TOLD = 5  # folded subterms described under a formula
WIDE = 16  # operands of one operator shown; the rest is folded
COUNTED = 5_000  # nodes counted before saying "over"

# Binding strengths, the loosest first; an operand is put in parentheses if it binds less than its place asks.
TERNARY, IMPLY, OR_, AND_, COMPARE, BIT_OR, BIT_XOR, BIT_AND, SHIFT, SUM, PRODUCT, PREFIX, POSTFIX, ATOM = range(14)

_INFIX = {
    "=>": ("=>", IMPLY),
    "or": ("||", OR_),
    "and": ("&&", AND_),
    "=": ("==", COMPARE),
    "bvult": ("<", COMPARE),
    "bvule": ("<=", COMPARE),
    "bvslt": ("<s", COMPARE),
    "bvsle": ("<=s", COMPARE),
    "bvor": ("|", BIT_OR),
    "bvxor": ("^", BIT_XOR),
    "xor": ("^", BIT_XOR),
    "bvand": ("&", BIT_AND),
    "bvshl": ("<<", SHIFT),
    "bvlshr": (">>", SHIFT),
    "bvashr": (">>s", SHIFT),
    "concat": ("++", SHIFT),
    "bvadd": ("+", SUM),
    "bvsub": ("-", SUM),
    "bvmul": ("*", PRODUCT),
    "bvudiv": ("/", PRODUCT),
    "bvurem": ("%", PRODUCT),
}

_TYPED = {BVSUB: (1,), BVSHL: (0,), BVLSHR: (0,), BVASHR: (0,)}
"""Operands that say their width themselves if they are constants."""
_SIGNS = {NOT: "!", BVNOT: "~", BVNEG: "-"}
_FUNCTIONS = {ROTATE_RIGHT: "ror", ZERO_EXTEND: "zext", SIGN_EXTEND: "sext", WRITE: "store", CLMUL: "clmul", TUPLE: ""}

_ADDRESS_MASK = 0xFFFF_FFFF_FFFF_FFFF
COUNTED_IN_LINE = 100
_LONG_NUMBER = re.compile(r"0x[0-9a-f]{65,}")  # a table, not a number
_FOLDED_NAME = re.compile(r"\?\d+")

Text = tuple[str, int]
"""What a term is written as, and how strongly its outermost operator binds."""


class Notation(dict[Term, str]):
    """How terms are written: some as a name; of the others, `view` gives the term that is written in their place, but for the order of
    bytes."""

    def __init__(self, names: Mapping[Term, str] | None = None, view: Callable[[Term], Term] = lambda t: t) -> None:
        super().__init__(names or {})
        self.view = view

    def viewed(self, t: Term) -> Term:
        """The term that is written in the place of another."""
        return with_rev(self.view(t))

    @staticmethod
    def of(names: Mapping[Term, str] | None) -> Notation:
        """The names, and the view if they come with one; a copy."""
        return Notation(names, names.view) if isinstance(names, Notation) else Notation(names)


@dataclass(frozen=True, repr=False)
class Formula:
    """A term in writing: definitions to read first, the formula, and the subterms that were folded, by the names that stand for them."""

    lets: tuple[tuple[str, str], ...]
    body: str
    folded: Mapping[str, Term]

    def lines(self, mark: str = "") -> list[str]:
        """Line by line, the mark before the formula itself."""
        told = [f"  {name}: {_sort(t)}, {counted(t)} nodes" for name, t in list(self.folded.items())[:FOLDED_TOLD]]
        if len(self.folded) > FOLDED_TOLD:
            told.append(f"  … up to {list(self.folded)[-1]}")
        return [*[f"{name} = {text}" for name, text in self.lets], mark + self.body, *told]

    def __str__(self) -> str:
        return "\n".join(self.lines())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from symsim import notebook  # noqa: PLC0415  (only a notebook needs it)

        return notebook.of_formula(self)


def explain(root: Term, names: Mapping[Term, str] | None = None, budget: int = BUDGET, brief: bool = False) -> Formula:
    """The term in writing, with at most about `budget` of its nodes shown; folded subterms are called ?1, ?2, ….

    `names` are terms to be written as a name (but for the root itself). In brief, operators on nothing but folded terms are folded, too.
    """
    given = Notation.of(names)
    if root.op is not VAR:
        given.pop(root, None)
    order, shown = _visible(root, given, budget)
    if brief:
        _fold_the_obscure(root, shown, given)
    uses: Counter[Term] = Counter()
    for t in order:
        if t in shown:
            uses.update(_arguments(t, given))
    writer = _Writer(given)
    for t in reversed(order):
        if t in writer.text:
            continue
        if t not in shown:
            writer.fold(t)
    lets: list[tuple[str, str]] = []
    for t in _bottom_up(root, shown, given):
        writer.write(t)
        if uses[t] > 1 and t.args and t not in given and t is not root and not _is_place(t):
            name = f"t{len(lets) + 1}"
            lets.append((name, writer.text[t][0]))
            writer.text[t] = (name, ATOM)
    return Formula(tuple(lets), writer.text[root][0], writer.folded)


def one_line(t: Term, names: Mapping[Term, str] | None = None, budget: int = 16) -> str:
    """The term on one line, folded early: for lists of registers. ⟨20⟩ stands for a part of 20 nodes."""
    formula = explain(t, names, budget, brief=True)
    if t in formula.folded.values():
        return f"⟨{counted(t, COUNTED_IN_LINE)} nodes⟩"
    text = formula.body
    if formula.lets:
        text += "  where " + ", ".join(f"{n} = {s}" for n, s in formula.lets)
    text = _LONG_NUMBER.sub(lambda m: f"{m.group()[:10]}…", text)
    return _FOLDED_NAME.sub(lambda m: f"⟨{counted(formula.folded[m.group()], COUNTED_IN_LINE)}⟩", text)


def size(t: Term, limit: int | None = None) -> int:
    """The number of distinct subterms, or limit + 1 where it is larger."""
    seen = {t}
    stack = [t]
    while stack:
        for a in stack.pop().args:
            if a not in seen:
                seen.add(a)
                stack.append(a)
                if limit is not None and len(seen) > limit:
                    return limit + 1
    return len(seen)


def counted(t: Term, limit: int = COUNTED) -> str:
    """The size for people."""
    n = size(t, limit)
    return f"{n:,}" if n <= limit else f"over {limit:,}"


def _sort(t: Term) -> str:
    return f"{t.width} bits" if t.sort.kind == "BV" else "a condition" if t.sort is BOOL else t.sort.kind.lower()


def _arguments(t: Term, given: Notation) -> tuple[Term, ...]:
    """The terms that occur in the writing of t: a slice of bytes read is a smaller read."""
    if t in given:
        return ()
    t = given.viewed(t)
    if len(t.args) > WIDE and t.op.name in _INFIX:
        return (*t.args[: WIDE - 1], mk(t.op, (), t.args[WIDE - 1 :]))
    return t.args[0].args if _is_part_read(t) and t.args[0] not in given else t.args


def _is_place(t: Term) -> bool:
    """A variable and a distance from it: as short as a name, which it neither needs nor is folded into."""
    return t.op is BVADD and len(t.args) == 2 and t.args[0].op is VAR and t.args[1].op is BITS


def _is_short(t: Term, arguments: tuple[Term, ...]) -> bool:
    """Whether it says little more than a name does: what stands at a place in memory, too."""
    is_read = t.op is READ or _is_part_read(t)
    return not arguments or _is_place(t) or (is_read and all(not a.args or _is_place(a) for a in arguments))


def _is_part_read(t: Term) -> bool:
    return t.op is EXTRACT and t.args[0].op is READ and t.params[1] % 8 == 0 and t.params[0] % 8 == 7


def _visible(root: Term, given: Notation, budget: int) -> tuple[list[Term], set[Term]]:
    """Breadth first: the terms met, and those among them that are written out."""
    met: list[Term] = [root]
    shown: set[Term] = set()
    seen, tails = {root}, set[Term]()
    queue = deque([root])
    left = budget
    while queue:
        t = queue.popleft()
        arguments = _arguments(t, given)
        cost = 0 if _is_short(t, arguments) else 1 + len(arguments) // 2
        if t in tails or (cost > left and t is not root):
            continue
        left -= cost
        shown.add(t)
        if len(arguments) == WIDE and t.op.name in _INFIX and arguments[-1] is not t.args[-1]:
            tails.add(arguments[-1])
        for a in arguments:
            if a not in seen:
                seen.add(a)
                met.append(a)
                queue.append(a)
    return met, shown


def _bottom_up(root: Term, shown: set[Term], given: Notation) -> list[Term]:
    """The shown terms, arguments first."""
    out: list[Term] = []
    done: set[Term] = set()
    stack = [root] if root in shown else []
    while stack:
        t = stack[-1]
        missing = [a for a in _arguments(t, given) if a in shown and a not in done] if t not in done else []
        if missing:
            stack.extend(reversed(missing))
            continue
        stack.pop()
        if t not in done:
            done.add(t)
            out.append(t)
    return out


def _fold_the_obscure(root: Term, shown: set[Term], given: Notation) -> None:
    """Take from the shown terms the operators that would be written with nothing but folded terms about them."""
    for t in _bottom_up(root, shown, given):
        arguments = _arguments(t, given)
        if arguments and given.viewed(t).op.name in _INFIX and shown.isdisjoint(arguments):
            shown.discard(t)


class _Writer:
    """Texts of terms whose arguments have texts."""

    def __init__(self, given: Notation) -> None:
        self.given = given
        self.text: dict[Term, Text] = {}
        self.folded: dict[str, Term] = {}

    def fold(self, t: Term) -> None:
        name = f"?{1 + len(self.folded)}"
        self.folded[name] = t
        self.text[t] = (name, ATOM)

    def at(self, t: Term, strength: int) -> str:
        """The text as an operand at a place that asks for a binding strength."""
        text, own = self.text[t]
        return text if own >= strength else f"({text})"

    def write(self, t: Term) -> None:
        self.text[t] = (self.given[t], ATOM) if t in self.given else self._written(t)

    def _written(self, t: Term) -> Text:
        t = self.given.viewed(t)
        op, x = t.op, t.args
        if op is VAR:
            return str(t.params[0]), ATOM
        if is_const(t):
            return literal(t), ATOM
        if op is NOT and x[0].op is EQ and self.text[x[0]][1] == COMPARE:
            return self._infix(x[0])[0].replace(" == ", " != ", 1), COMPARE
        if op in (NOT, BVNOT, BVNEG):
            return _SIGNS[op] + (literal(x[0], typed=True) if x[0].op is BITS else self.at(x[0], PREFIX)), PREFIX
        if op is BVADD:
            return self._sum(_arguments(t, self.given)), SUM
        if op.name in _INFIX:
            return self._infix(t)
        return self._structure(t)

    def _sum(self, terms: tuple[Term, ...]) -> str:
        """A sum, which begins with something that is not taken away; a large constant at its end is."""
        if all(map(is_const, terms)):
            return " + ".join(literal(a, typed=True) for a in terms)
        if self._is_taken_away(terms[0]):
            first = next((k for k, a in enumerate(terms) if not is_const(a) and not self._is_taken_away(a)), 0)
            terms = (terms[first], *terms[:first], *terms[first + 1 :])
        last = terms[-1]
        text = self.at(terms[0], SUM + 1) + "".join(self._summand(a) for a in terms[1:-1])
        if last.op is BITS and last.width > 4 and last.params[0] >> (last.width - 1):
            return f"{text} - {_digits((1 << last.width) - last.params[0])}"
        return text + self._summand(last)

    def _summand(self, t: Term) -> str:
        """What follows in a sum."""
        return f" - {self.at(t.args[0], SUM + 1)}" if self._is_taken_away(t) else f" + {self.at(t, SUM + 1)}"

    def _is_taken_away(self, t: Term) -> bool:
        """Whether a summand is negated, or multiplied by -1."""
        minus = t.op is BVNEG or (t.op is BVMUL and len(t.args) == 2 and t.args[1] is number(mask(t.width), t.width))
        return minus and not is_const(t.args[0]) and self.text[t][1] != ATOM

    def _infix(self, t: Term) -> Text:
        symbol, strength = _INFIX[t.op.name]
        x = _arguments(t, self.given)
        # Mixed with arithmetic, bitwise operators are hard to read without parentheses.
        inner = PREFIX if BIT_OR <= strength <= SHIFT else strength + 1
        texts = [self.at(a, inner) for a in x]
        for k, a in enumerate(x):
            if a.op is BITS and (k in _TYPED.get(t.op, ()) or t.op is CONCAT or all(map(is_const, x))):
                texts[k] = literal(a, typed=True)
        if t.op in (AND, OR) and len(texts) == 1:
            return texts[0], strength + 1
        return f" {symbol} ".join(texts), strength

    def _structure(self, t: Term) -> Text:
        op, x = t.op, t.args
        if op is ITE:
            c, a, b = (self.at(y, IMPLY) for y in x)
            if is_const(x[1]) and is_const(x[2]) and x[1].op is BITS:
                a, b = literal(x[1], typed=True), literal(x[2], typed=True)
            return f"{c} ? {a} : {b}", TERNARY
        if op is EXTRACT:
            high, low = t.params
            if _is_part_read(t) and x[0] not in self.given:
                return self._read(x[0].args[0], x[0].args[1], low // 8, t.width // 8), POSTFIX
            bits = f"{high}:{low}" if high != low else f"{high}"
            return f"{self._operand(x[0])}[{bits}]", POSTFIX
        if op is READ:
            return self._read(x[0], x[1], 0, t.params[0]), POSTFIX
        if op is PROJ:
            name = NAMES[t.params[0]] if x[0].sort is STATE else str(t.params[0])
            return f"{self._operand(x[0])}.{name}", POSTFIX
        if op in (ROTATE_RIGHT, ZERO_EXTEND, SIGN_EXTEND):
            return f"{_FUNCTIONS[op]}({self._argument(x[0])}, {t.params[0] if op is ROTATE_RIGHT else t.width})", ATOM
        name = t.params[0] if op is APP else _FUNCTIONS[op]
        return f"{name}({', '.join(self._argument(a) for a in x)})", ATOM

    def _read(self, memory: Term, address: Term, offset: int, count: int) -> str:
        text, strength = self.text[address]
        place = text if strength >= SUM or not offset else f"({text})"
        if offset and address.op is BITS:
            place = _digits((address.params[0] + offset) & _ADDRESS_MASK)
        elif (
            offset
            and strength == SUM
            and address.op is BVADD
            and address.args[-1].op is BITS
            and not all(map(is_const, address.args))
            and len(address.args) <= WIDE
        ):
            rest = " + ".join(self.at(a, SUM + 1) for a in address.args[:-1])
            place = _moved(rest, address.args[-1].params[0] + offset)
        elif offset:
            place = _moved(place, offset)
        return f"{self._operand(memory)}[{place}, {count}]"

    def _operand(self, t: Term) -> str:
        return literal(t, typed=True) if t.op is BITS else self.at(t, POSTFIX)

    def _argument(self, t: Term) -> str:
        return literal(t, typed=True) if t.op is BITS else self.text[t][0]


def _moved(place: str, offset: int) -> str:
    """The place a number of bytes further on, modulo 2^64."""
    offset &= _ADDRESS_MASK
    if not offset:
        return place
    return f"{place} - {_digits((1 << 64) - offset)}" if offset >> 63 else f"{place} + {_digits(offset)}"


def literal(t: Term, typed: bool = False) -> str:
    """A constant in writing, with its width where nothing else tells it."""
    value: int = t.params[0]
    if t.op is BOOLEAN:
        return "true" if value else "false"
    return f"{t.width}'{_digits(value)}" if typed else _digits(value)


def _digits(value: int) -> str:
    return str(value) if value < 10 else f"{value:#x}"
