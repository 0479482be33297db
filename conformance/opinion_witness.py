# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Who is right where another lifter and the semantics differ: states in which they do, run on a target."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from random import Random
from typing import Any

from conformance import pcode
from conformance.compare import relevant
from conformance.model import predict
from conformance.state import BACKGROUND, LAYOUT, WINDOW_BASE, Case, FaultKind, State
from conformance.states import state
from conformance.target import Target
from isa.compile import Memory, compile_terms
from isa.state import NAMES, VARIABLES
from kernel.term import free_vars

TRIED = 300
"""States that are looked at for one in which the two differ."""
RUN = 8
"""States in which they do that are run."""
FLAG_BITS = {"n": 3, "z": 2, "c": 1, "v": 0}

Values = Mapping[str, Any]
Lift = Callable[[int, int], pcode.Changes]


class Right(StrEnum):
    """With whom the target agrees in the states in which the two differ."""

    ARMSYM = "armsym"
    OTHER = "other"
    NEITHER = "neither"
    """With neither, or not always with the same one."""
    UNKNOWN = "unknown"
    """No such state was found that the target ran."""


@dataclass(frozen=True)
class Witness:
    """A state in which the two differ, what each says of the components, and with whom the target agrees."""

    right: Right
    state: str = ""
    ours: str = ""
    theirs: str = ""


def find_witness(
    word: int, differs: Mapping[str, Mapping[str, int]], target: Target, lift: Lift = pcode.changes
) -> Witness:
    """Find states in which the components of `differs` differ, and ask the target about them.

    `lift` makes of a word and its address what the other says. The first state tried has the values that the solver found.
    """
    components = tuple(differs)
    found: list[tuple[Case, Values, Values]] = []
    for start in _states(word, differs):
        case = Case((word,), start)
        predicted = predict(case)
        if predicted.fault.kind is FaultKind.NONE:
            mine, its = observed(predicted.state, components), by_other(lift, case, components)
            if mine != its:
                found.append((case, mine, its))
                if len(found) == RUN:
                    break
    answers = set()
    for (_, mine, its), outcome in zip(found, target.run([case for case, _, _ in found]), strict=True):
        if outcome.fault.kind is FaultKind.NONE:
            real = observed(outcome.state, components)
            answers.add(Right.ARMSYM if real == mine else Right.OTHER if real == its else Right.NEITHER)
    if not answers:
        return Witness(Right.UNKNOWN)
    case, mine, its = found[0]
    right = answers.pop() if len(answers) == 1 else Right.NEITHER
    before = " ".join(f"{name}={case.state[name]:#x}" for name in relevant(case))
    return Witness(right, before, _listed(mine), _listed(its))


def _states(word: int, differs: Mapping[str, Mapping[str, int]]) -> Iterator[State]:
    for model in differs.values():
        registers = {name: value for name, value in model.items() if name in LAYOUT}
        nzcv = sum(model.get(name, 0) << bit for name, bit in FLAG_BITS.items())
        yield State.of(**registers, nzcv=nzcv)
    random = Random(f"{word}")
    for _ in range(TRIED):
        found = state(random, (word,))
        if found is not None:
            yield found


def observed(of: State, components: Sequence[str]) -> Values:
    """The components of a state; `mem` is a Memory."""
    return {name: _component(of, name) for name in components}


def _component(of: State, name: str) -> Any:
    if name in FLAG_BITS:
        return of["nzcv"] >> FLAG_BITS[name] & 1
    return Memory(WINDOW_BASE, of.window()) if name == "mem" else of[name]


def by_other(lift: Lift, case: Case, components: tuple[str, ...]) -> Values:
    """What the other makes of the components; registers of its own start as 0."""
    function = _compiled(lift, case.words[0], case.state["pc"], components)
    known = {*LAYOUT, *FLAG_BITS, "mem"}
    start = [_component(case.state, name) if name in known else None for name in NAMES]
    return dict(zip(components, function(start), strict=True))


@cache
def _compiled(lift: Lift, word: int, address: int, components: tuple[str, ...]) -> Any:
    changes = lift(word, address)
    terms = [changes[name] for name in components]
    own = sorted({x for t in terms for x in free_vars(t)} - set(VARIABLES), key=str)
    function = compile_terms(terms, (*VARIABLES, *own))
    return lambda start: function([*start, *[0] * len(own)])


def _listed(values: Values) -> str:
    return " ".join(f"{name}={v:#x}" if isinstance(v, int) else _changed_bytes(v) for name, v in values.items())


def _changed_bytes(memory: Memory) -> str:
    changed = [i for i, byte in enumerate(memory.data) if byte != BACKGROUND[i]]
    if not changed:
        return "mem as it was"
    first, last = changed[0], changed[-1]
    return f"[{WINDOW_BASE + first:#x}]={memory.data[first : last + 1].hex()}"
