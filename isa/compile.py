# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""From terms to Python functions: the fast way to evaluate the meaning of an instruction on a concrete state.

Bit vectors and Bools are ints, memories are `Memory`, tuples are tuples, and a trace is None or the tuple of the
arguments of the declared constant that made it. The result is that of the operators' own `evaluate`: a test demands so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from isa.dsl import Unpredictable
from isa.meaning import meaning
from isa.state import INDEX, NAMES, VARIABLES
from kernel.ops import is_const
from kernel.sorts import TRACE
from kernel.term import Term, postorder
from kernel.theory import definition_of

ADDRESSES = 1 << 64
INLINE_DEPTH = 20  # a term used once is written inside its user down to here; CPython's parser stops at 200 parentheses
TABLE_BITS = 16  # a defined constant with at most so many bits of arguments remembers its results

Function = Callable[[Sequence[Any]], tuple[Any, ...]]


class CompileError(Exception):
    """The term has no value in Python: a variable that is not given, or a constant without a definition."""


class Memory:
    """A memory: a byte at each 64-bit address, little-endian, wrapping at 2^64. Immutable; equal if all bytes are.

    `data` are the bytes from `base` on, kept together because accesses there are fast; `rest` has the others, zero
    where missing. Raises ValueError if the data go beyond the highest address.
    """

    __slots__ = ("base", "data", "rest")

    def __init__(self, base: int = 0, data: bytes = b"", rest: Mapping[int, int] | None = None) -> None:
        if not 0 <= base <= ADDRESSES - len(data):
            raise ValueError(f"{len(data)} bytes at {base:#x} are not inside the 64-bit address space")
        self.base, self.data, self.rest = base, data, rest or {}

    def read(self, address: int, size: int) -> int:
        """`size` bytes from the address, as an unsigned int."""
        offset = address - self.base
        if 0 <= offset <= len(self.data) - size:
            return int.from_bytes(self.data[offset : offset + size], "little")
        return int.from_bytes([self[address + i] for i in range(size)], "little")

    def write(self, address: int, size: int, value: int) -> Memory:
        """The memory with the value's bytes stored from the address on."""
        offset = address - self.base
        data, stored = self.data, value.to_bytes(size, "little")
        if 0 <= offset <= len(data) - size:
            return Memory(self.base, data[:offset] + stored + data[offset + size :], self.rest)
        changed, rest = bytearray(data), dict(self.rest)
        for i, byte in enumerate(stored):
            at = (address + i) % ADDRESSES
            if 0 <= at - self.base < len(data):
                changed[at - self.base] = byte
            else:
                rest[at] = byte
        return Memory(self.base, bytes(changed), rest)

    def __getitem__(self, address: int) -> int:
        """The byte at the address, taken modulo 2^64."""
        address %= ADDRESSES
        offset = address - self.base
        return self.data[offset] if 0 <= offset < len(self.data) else self.rest.get(address, 0)

    def nonzero(self) -> dict[int, int]:
        """The bytes that are not zero, by address."""
        return {a: b for a, b in [*enumerate(self.data, self.base), *self.rest.items()] if b}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Memory):
            return NotImplemented
        if self.base == other.base and len(self.data) == len(other.data) and self.rest == other.rest:
            return self.data == other.data
        return self.nonzero() == other.nonzero()

    def __hash__(self) -> int:
        return hash(frozenset(self.nonzero().items()))

    def __repr__(self) -> str:
        return f"<Memory {len(self.data)} bytes at {self.base:#x}, {len(self.rest)} elsewhere>"


def clmul(x: int, y: int) -> int:
    """The carry-less product."""
    product = 0
    while y:
        low = y & -y
        product ^= x * low
        y ^= low
    return product


# How each operator is written in Python: from the term and the texts of its arguments, each an atom or in parentheses.


def _mask(t: Term) -> str:
    return hex((1 << t.width) - 1)


def _signed(t: Term, x: str) -> str:
    sign = hex(1 << t.width - 1)
    return f"(({x} ^ {sign}) - {sign})"


def _flipped(t: Term, x: list[str]) -> tuple[str, str]:
    """Arguments with their sign bits inverted: their unsigned order is the signed order."""
    sign = hex(1 << t.args[0].width - 1)
    return f"({x[0]} ^ {sign})", f"({x[1]} ^ {sign})"


def _shift_left(t: Term, x: list[str]) -> str:
    amount = t.args[1]
    if not is_const(amount):
        return f"{x[0]} << {x[1]} & {_mask(t)} if {x[1]} < {t.width} else 0"
    return f"{x[0]} << {amount.params[0]} & {_mask(t)}" if amount.params[0] < t.width else "0"


def _shift_right(t: Term, value: str, amount: str) -> str:
    return f"{value} >> {t.args[1].params[0] if is_const(t.args[1]) else amount}"


def _concat(t: Term, x: list[str]) -> str:
    parts, shift = [], 0
    for arg, text in zip(reversed(t.args), reversed(x), strict=True):
        parts.append(f"{text} << {shift}" if shift else text)
        shift += arg.width
    return " | ".join(parts)


def _extract(t: Term, x: list[str]) -> str:
    hi, lo = t.params
    shifted = f"{x[0]} >> {lo}" if lo else x[0]
    return shifted if hi == t.args[0].width - 1 else f"{shifted} & {_mask(t)}"


def _rotate_right(t: Term, x: list[str]) -> str:
    k = t.params[0]
    return f"({x[0]} >> {k} | {x[0]} << {t.width - k}) & {_mask(t)}"


SOURCE: dict[str, Callable[[Term, list[str]], str]] = {
    "not": lambda t, x: f"1 - {x[0]}",
    "and": lambda t, x: " and ".join(x),
    "or": lambda t, x: " or ".join(x),
    "xor": lambda t, x: f"{x[0]} ^ {x[1]}",
    "=>": lambda t, x: f"{x[0]} <= {x[1]}",
    "=": lambda t, x: f"{x[0]} == {x[1]}",
    "ite": lambda t, x: f"{x[1]} if {x[0]} else {x[2]}",
    "bvnot": lambda t, x: f"{x[0]} ^ {_mask(t)}",
    "bvand": lambda t, x: " & ".join(x),
    "bvor": lambda t, x: " | ".join(x),
    "bvxor": lambda t, x: " ^ ".join(x),
    "bvadd": lambda t, x: f"({' + '.join(x)}) & {_mask(t)}",
    "bvsub": lambda t, x: f"({x[0]} - {x[1]}) & {_mask(t)}",
    "bvneg": lambda t, x: f"-{x[0]} & {_mask(t)}",
    "bvmul": lambda t, x: f"({' * '.join(x)}) & {_mask(t)}",
    "bvudiv": lambda t, x: f"{x[0]} // {x[1]} if {x[1]} else {_mask(t)}",
    "bvurem": lambda t, x: f"{x[0]} % {x[1]} if {x[1]} else {x[0]}",
    "bvshl": _shift_left,
    "bvlshr": lambda t, x: _shift_right(t, x[0], x[1]),
    "bvashr": lambda t, x: f"{_shift_right(t, _signed(t, x[0]), x[1])} & {_mask(t)}",
    "bvult": lambda t, x: f"{x[0]} < {x[1]}",
    "bvule": lambda t, x: f"{x[0]} <= {x[1]}",
    "bvslt": lambda t, x: " < ".join(_flipped(t, x)),
    "bvsle": lambda t, x: " <= ".join(_flipped(t, x)),
    "concat": _concat,
    "extract": _extract,
    "zero_extend": lambda t, x: x[0],
    "sign_extend": lambda t, x: f"{_signed(t.args[0], x[0])} & {_mask(t)}",
    "rotate_right": _rotate_right,
    "clmul": lambda t, x: f"clmul({x[0]}, {x[1]})",
    "read": lambda t, x: f"{x[0]}.read({x[1]}, {t.params[0]})",
    "write": lambda t, x: f"{x[0]}.write({x[1]}, {t.args[2].width // 8}, {x[2]})",
    "tuple": lambda t, x: f"({', '.join(x)},)",
    "proj": lambda t, x: f"{x[0]}[{t.params[0]}]",
}
REPEATS = frozenset({"bvudiv", "bvurem", "bvshl", "rotate_right"})
"""Operators whose text has an argument twice: their arguments get locals."""


@cache
def _positions(variables: tuple[Term, ...]) -> dict[Term, int]:
    return {x: i for i, x in enumerate(variables)}


class _Writer:
    """Writes one function. What differs between words of one shape (indices of variables, constants, defined constants)
    becomes a parameter around it, so that such words share the compiled code."""

    def __init__(self, variables: Sequence[Term]) -> None:
        self.index = _positions(tuple(variables))
        self.parameters: list[Any] = []
        self.names: dict[object, str] = {}
        self.lines: list[str] = []
        self.text: dict[Term, str] = {}
        self.depth: dict[Term, int] = {}

    def parameter(self, key: object, value: object) -> str:
        """The name of a value that is passed in."""
        name = self.names.get(key)
        if name is None:
            name = self.names[key] = f"p{len(self.parameters)}"
            self.parameters.append(value)
        return name

    def source(self, terms: Sequence[Term]) -> str:
        uses: dict[Term, int] = dict.fromkeys(terms, 2)
        order = list(postorder(terms))
        for t in order:
            weight = 2 if t.op.name in REPEATS else 1
            for a in t.args:
                uses[a] = uses.get(a, 0) + weight
        for t in order:
            self.write(t, uses[t])
        results = "".join(f"{self.text[t]}, " for t in terms)
        head = ", ".join(f"p{i}" for i in range(len(self.parameters)))
        body = "\n        ".join([*self.lines, f"return ({results})"])
        return f"def bind({head}):\n    def function(s):\n        {body}\n    return function\n"

    def write(self, t: Term, uses: int) -> None:
        if is_const(t):
            value = t.params[0]
            self.text[t] = str(value) if value < 2 else self.parameter(t, value)
            self.depth[t] = 0
            return
        expression = self.expression(t)
        depth = 1 + max((self.depth[a] for a in t.args), default=0)
        if uses == 1 and depth < INLINE_DEPTH:
            self.text[t], self.depth[t] = f"({expression})", depth
        else:
            self.text[t], self.depth[t] = f"t{len(self.lines)}", 0
            self.lines.append(f"{self.text[t]} = {expression}")

    def expression(self, t: Term) -> str:
        if t.op.name == "var":
            if t not in self.index:
                raise CompileError(f"no value is given for the variable {t.params[0]}")
            return f"s[{self.parameter(t, self.index[t])}]"
        arguments = [self.text[a] for a in t.args]
        if t.op.name == "app":
            arguments = [f"{a}, " for a in arguments]
            function = constant(t.params)
            if function is None:
                return f"({''.join(arguments)})"
            return f"{self.parameter(t.params, function)}(({''.join(arguments)}))"
        return SOURCE[t.op.name](t, arguments)


@cache
def _binder(source: str) -> Callable[..., Function]:
    """The outer function of a written source; words of one shape come here with one text."""
    scope: dict[str, Any] = {"clmul": clmul}
    exec(compile(source, "<terms>", "exec"), scope)
    binder: Callable[..., Function] = scope["bind"]
    return binder


def compile_terms(terms: Sequence[Term], variables: Sequence[Term]) -> Function:
    """A function from the values of the variables to the values of the terms, both in order.

    Raises CompileError for a variable that is not given and for a constant that has no definition to evaluate.
    """
    writer = _Writer(variables)
    source = writer.source(terms)
    return _binder(source)(*writer.parameters)


@cache
def constant(key: tuple[Any, ...]) -> Callable[[tuple[Any, ...]], Any] | None:
    """The function of a defined constant, from the tuple of its arguments; None for a declared one of a trace."""
    name, sorts, result = key
    definition = definition_of(key)
    if definition is None:
        if result is TRACE:
            return None
        raise CompileError(f"the constant {name} has no definition to evaluate")
    parameters, body = definition
    function = compile_terms((body,), parameters)

    def value(arguments: tuple[Any, ...]) -> Any:
        return function(arguments)[0]

    small = all(s.width for s in sorts) and sum(s.width for s in sorts) <= TABLE_BITS
    return cache(value) if small else value


class Transition(NamedTuple):
    """What a word does, ready to run: `function` takes the values of all components and gives those that are `changed`.

    `changed` and `reads` (the components that it looks at) are indices into isa.state.NAMES, ascending.
    """

    word: int
    changed: tuple[int, ...]
    reads: tuple[int, ...]
    function: Function

    def apply(self, components: Sequence[Any]) -> list[Any]:
        """All components of the next state."""
        after = list(components)
        for i, value in zip(self.changed, self.function(components), strict=True):
            after[i] = value
        return after


@cache
def executor(word: int, without: tuple[str, ...] = ()) -> Transition:
    """The compiled transition of a word; components named in `without` are left as they were, and cost nothing.

    Raises Undefined, Unpredictable or Unsupported as `isa.meaning.meaning` does, and Unpredictable where the system decides
    what comes out.
    """
    changes = meaning(word)
    changed = tuple([i for i in sorted(changes) if NAMES[i] not in without])
    terms = [changes[i] for i in changed]
    reads = tuple(sorted({INDEX[t.params[0]] for t in postorder(terms) if t.op.name == "var"}))
    try:
        return Transition(word, changed, reads, compile_terms(terms, VARIABLES))
    except CompileError as error:
        raise Unpredictable(f"the state does not determine what this does: {error}") from None
