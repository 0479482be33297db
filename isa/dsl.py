# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""How an instruction is written: once, as an encoding, a syntax, and a function of its fields and the machine.

```python
@instruction(
    encoding="sf:1 op:1 S:1 01011 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5",
    syntax="[op:add|sub][S:|s] <Rd>, <Rn>, <Rm>(, [shift:lsl|lsr|asr] #<imm6>)",
)
def add_sub_shifted_register(f: Fields, m: Machine) -> None:
    undefined_if(f.shift == 0b11)
    ...
```
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from isa.encoding import DefinitionError, Encoding, Fields
from isa.syntax import Row, Syntax

if TYPE_CHECKING:
    from isa.machine import Machine

Kind = Literal["instruction", "unallocated", "unsupported"]
Semantics = Callable[[Fields, "Machine"], None]


class Undefined(Exception):
    """The word is UNDEFINED: the processor takes an exception, and the conformance test demands that it does."""


class Unpredictable(Exception):
    """The word is CONSTRAINED UNPREDICTABLE: processors may differ, so there is no theorem about it."""


class Unsupported(Exception):
    """The word means something on a processor that this model leaves out."""


def undefined_if(condition: bool) -> None:
    """Raise Undefined if the condition on the fields holds."""
    if condition:
        raise Undefined("UNDEFINED")


def unpredictable_if(condition: bool) -> None:
    """Raise Unpredictable if the condition on the fields holds."""
    if condition:
        raise Unpredictable("CONSTRAINED UNPREDICTABLE")


def unsupported_if(condition: bool, why: str) -> None:
    """Raise Unsupported, saying why, if the condition on the fields holds."""
    if condition:
        raise Unsupported(why)


@dataclass(frozen=True, eq=False)
class InstructionClass:
    """An encoding class of the Arm manual: what its words look like, how they are written, what they do.

    `rows` are the forms of its assembly language, aliases first, with the abbreviations of `where`.
    `module` is the defining file's full module name, and `group` its package ("base", "simd", "crypto").
    `kind` is "instruction", or "unallocated" or "unsupported" for a region of words that only raises.
    """

    name: str
    encodings: tuple[Encoding, ...]
    function: Semantics
    module: str
    rows: tuple[Row, ...] = ()
    where: dict[str, str] = field(default_factory=dict)
    features: tuple[str, ...] = ()
    kind: Kind = "instruction"

    @property
    def group(self) -> str:
        parts = self.module.split(".")
        return parts[-2] if len(parts) > 1 else ""

    @property
    def doc(self) -> str:
        """The docstring of the defining function."""
        return self.function.__doc__ or ""

    @cached_property
    def syntax(self) -> Syntax:
        """The compiled rows. Raises DefinitionError, naming the class, if one is malformed."""
        # Compiled at first use: a proof does not need it, and all classes together take a noticeable time.
        try:
            return Syntax(self.rows, self.encodings, self.where)
        except DefinitionError as error:
            raise DefinitionError(f"{self.name}: {error}") from None

    def execute(self, fields: Fields, machine: Machine) -> None:
        """Do to the machine what the word does. Raises Undefined, Unpredictable or Unsupported."""
        unpredictable_if(not fields.encoding.as_it_should_be(fields.word))
        self.function(fields, machine)

    def disassemble(self, fields: Fields, address: int = 0) -> str | None:
        """The word in assembly language, or None if the syntax has no form for it."""
        return self.syntax.text(fields, address)

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name}>"


class Registry:
    """The instruction classes known together; a word belongs to at most one of them."""

    def __init__(self) -> None:
        self._classes: dict[str, InstructionClass] = {}

    def instruction(
        self,
        *,
        encoding: str | tuple[str, ...],
        syntax: Row | tuple[Row, ...],
        aliases: tuple[Row, ...] = (),
        where: dict[str, str] | None = None,
        features: tuple[str, ...] = (),
    ) -> Callable[[Semantics], Semantics]:
        """Make the decorated function the semantics of the words of `encoding`; the function itself is unchanged.

        `aliases` are rows tried before those of `syntax`; `where` names expressions for both. Raises DefinitionError,
        naming the class, if an encoding is malformed or the name is taken.
        """

        def register(function: Semantics) -> Semantics:
            name, encodings = function.__name__, parsed(function.__name__, encoding)
            rows = (*aliases, *several(syntax))
            self._add(InstructionClass(name, encodings, function, function.__module__, rows, where or {}, features))
            return function

        return register

    def unallocated(self, *, name: str, encoding: str | tuple[str, ...]) -> None:
        """Declare the words of `encoding` UNDEFINED."""

        def undefined(fields: Fields, machine: Machine) -> None:
            raise Undefined(name)

        self._add(InstructionClass(name, parsed(name, encoding), undefined, _caller(), kind="unallocated"))

    def unsupported(
        self,
        *,
        name: str,
        encoding: str | tuple[str, ...],
        why: str,
        syntax: Row | tuple[Row, ...] = (),
        features: tuple[str, ...] = (),
    ) -> None:
        """Declare that the words of `encoding` mean something that this model leaves out, and why."""

        def refuse(fields: Fields, machine: Machine) -> None:
            raise Unsupported(why)

        encodings, rows = parsed(name, encoding), several(syntax)
        self._add(InstructionClass(name, encodings, refuse, _caller(), rows, features=features, kind="unsupported"))

    def _add(self, instruction: InstructionClass) -> None:
        if instruction.name in self._classes:
            raise DefinitionError(f"{instruction.name}: there is already a class of this name")
        self._classes[instruction.name] = instruction

    def __iter__(self) -> Iterator[InstructionClass]:
        return iter(self._classes.values())

    def __len__(self) -> int:
        return len(self._classes)

    def __getitem__(self, name: str) -> InstructionClass:
        return self._classes[name]


def _caller() -> str:
    """The module that a declaration stands in: that of the caller's caller."""
    module: str = sys._getframe(2).f_globals["__name__"]
    return module


def parsed(name: str, texts: str | tuple[str, ...]) -> tuple[Encoding, ...]:
    """The encodings of the class `name`."""
    try:
        return tuple(Encoding(text) for text in ((texts,) if isinstance(texts, str) else texts))
    except DefinitionError as error:
        raise DefinitionError(f"{name}: {error}") from None


def several(syntax: Row | tuple[Row, ...]) -> tuple[Row, ...]:
    """The rows of a syntax given as one row or as a tuple of rows."""
    if isinstance(syntax, str) or callable(syntax):
        return (syntax,)
    return syntax


REGISTRY = Registry()
instruction = REGISTRY.instruction
unallocated = REGISTRY.unallocated
unsupported = REGISTRY.unsupported
