# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What an accepted certificate says, held against what is here: the meanings and standards of this installation, an object's bytes.

The checker alone decides whether a certificate proves its statement. Whether its `insn_…` and its hash functions are the
ones that were tested against processors and published vectors, and its code the code of an object, is seen here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from isa.dsl import Undefined, Unpredictable, Unsupported
from isa.meaning import definition
from kernel.ops import is_const
from kernel.term import Term
from kernel.theory import introduction
from kernel.thm import KernelError
from symsim import catalogue
from symsim.contract import MEMORY
from symsim.errors import BadInput
from symsim.machine_theory import BASE
from symsim.program import Program
from symsim.statement import Statement

_INSN = "insn_"


@dataclass
class Comparison:
    """What was compared: so many things of a kind that are the same, what differs, what there is nothing to compare with."""

    same: dict[str, int] = field(default_factory=dict)
    different: list[str] = field(default_factory=list)
    own: list[str] = field(default_factory=list)

    def count(self, kind: str, number: int = 1) -> None:
        """So many more are the same."""
        self.same[kind] = self.same.get(kind, 0) + number


def with_installation(statement: Statement) -> Comparison:
    """Compare the definitions that the statement rests on with those of this installation."""
    catalogue.routines()  # the proof scripts define the constants of the standards
    result = Comparison()
    for name, given in statement.definitions.items():
        is_meaning = name.startswith(_INSN)
        try:
            known = _meaning(name) if is_meaning else introduction(name)
        except KernelError:
            result.own.append(name)
            continue
        if known != given:
            what = "means something else here" if known is not None else "has no meaning here"
            result.different.append(f"{name} {what}")
        else:
            result.count("meanings of instructions" if is_meaning else "other definitions")
    return result


def _meaning(name: str) -> tuple[Any, ...] | None:
    """How the meaning of a word is introduced here; None for a word without one."""
    try:
        definition(int(name.removeprefix(_INSN), 16))
        return introduction(name)
    except (Undefined, Unpredictable, Unsupported, ValueError, KernelError):
        return None


def with_object(statement: Statement, program: Program) -> Comparison:
    """Compare the code and the constant data that the statement speaks of with those of a program."""
    result = Comparison()
    for rule, *parts in statement.definitions.values():
        if rule == "DEFINE_PROGRAM":
            _, state, _, cases = parts
            for address, transition in cases:
                difference = _word_difference(address, transition, state, program)
                if difference:
                    result.different.append(difference)
                else:
                    result.count("instruction words")
    for address, data in _constants(statement):
        there = program.constant(address, len(data))
        if there == data:
            result.count("bytes of constants", len(data))
        else:
            problem = "not these constants" if there is None else "other bytes"
            result.different.append(
                f"{address:#x}, {len(data)} bytes ({program.name_of(address)}): {problem} in the object"
            )
    return result


def _word_difference(address: int, transition: Term, state: Term, program: Program) -> str:
    name = str(transition.params[0]) if transition.op.name == "app" else "no instruction"
    try:
        word = program.word(address)
    except BadInput:
        return f"{address:#x}: {name}, but the object has no instruction there"
    same = name == f"{_INSN}{word:08x}" and transition.args == (state,)
    return "" if same else f"{address:#x} ({program.name_of(address)}): {name}, but the object has {word:#010x}"


def _constants(statement: Statement) -> Iterator[tuple[int, bytes]]:
    """The (linked address, bytes) that the theorem requires of memory in the object."""
    for premise in statement.premises():
        if premise.op.name == "=" and premise.args[0].op.name == "read" and is_const(premise.args[1]):
            held, (memory, place) = premise.args[1], premise.args[0].args
            address = _offset(place)
            if memory is MEMORY and address is not None:
                yield address, held.params[0].to_bytes(held.width // 8, "little")


def _offset(place: Term) -> int | None:
    """The a of base + a."""
    if place is BASE:
        return 0
    if place.op.name == "bvadd" and len(place.args) == 2 and place.args[0] is BASE and is_const(place.args[1]):
        return int(place.args[1].params[0])
    return None
