# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Concrete runs instruction by instruction: what each one wrote, and from which earlier instruction or input that came.

A value is a register after a step, or what a step stored; its sources are values, or inputs by name. What addresses are computed from
is kept apart: it says where data is, not what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import NamedTuple

from isa.dsl import Undefined, Unpredictable, Unsupported
from isa.meaning import meaning
from isa.state import NAMES, VARIABLES
from kernel.ops import PROJ, READ, VAR, WRITE
from kernel.term import Term
from symsim.concrete import ADDRESSES, REGISTERS, STEP_LIMIT, Event, Machine, Outcome, State
from symsim.program import Program

MEMORY = "mem"
_GHOSTS = frozenset(("pc", "trace", "safe", "policy", "monitor"))
_NOT_READ = frozenset((MEMORY, "pc", *"nzcv"))
_ALL = ("nzcv", *(name for name in REGISTERS if name not in ("pc", *"nzcv")))


class Step(NamedTuple):
    """An instruction that was executed: its linked address, the registers it wrote with what they hold then, and its accesses."""

    address: int
    word: int
    written: dict[str, int]
    accesses: tuple[Event, ...]


class Use(NamedTuple):
    """What a destination of an instruction is computed from: registers as data, registers in addresses, and whether memory."""

    data: frozenset[str]
    addresses: frozenset[str]
    is_loaded: bool


class Run(NamedTuple):
    """A run with its steps."""

    outcome: Outcome
    steps: list[Step]


Value = tuple[int, str]
"""A step and a destination of it."""


class Origin(NamedTuple):
    """Where a value comes from: the values and the names of inputs that it is computed from, and those of addresses."""

    values: frozenset[Value]
    inputs: frozenset[str]
    places: frozenset[Value]


class Moment(NamedTuple):
    """What a processor holds before a step: registers (`nzcv` in one number) and the memory that the step is going to touch."""

    registers: dict[str, int]
    memory: tuple[tuple[int, bytes], ...]


class Tracer:
    """Runs a program from states, noting each step."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._machine = Machine(program, self._on_step)
        self._look: dict[int, Callable[[Machine], None]] = {}

    def run(self, state: State, entry: int, limit: int = STEP_LIMIT) -> Run:
        """The run from the linked address `entry` to its return, or for about so many steps."""
        self._steps: list[Step] = []
        self._pending: tuple[int, int] | None = None
        self._base = state.base
        outcome = self._machine.run(state, entry, limit)
        self._finish()
        return Run(outcome, self._steps)

    def moment(self, run: Run, index: int, entry: int) -> Moment:
        """What there was before a step of a run."""
        wanted = run.steps[index]
        held: list[Moment] = []

        def look(machine: Machine) -> None:
            registers = {name: machine.register(name) for name in _ALL}
            places = dict.fromkeys((e.address, e.size) for e in wanted.accesses)
            held.append(Moment(registers, tuple([(a, machine.held(a, n)) for a, n in places])))

        self._look = {index: look}
        try:
            self.run(run.outcome.start, entry)
        finally:
            self._look = {}
        return held[0]

    def _on_step(self, address: int) -> None:
        self._finish()
        look = self._look.get(len(self._steps))
        if look is not None:
            look(self._machine)
        self._pending = (address - self._base) % ADDRESSES, len(self._machine.events)

    def _finish(self) -> None:
        """Note the instruction that was begun last."""
        if self._pending is None:
            return
        address, seen = self._pending
        self._pending = None
        word = self._program.word(address)
        try:
            written = {n: self._machine.register(n) for n in uses(word) if n not in _NOT_READ}
        except (Undefined, Unpredictable, Unsupported):
            return  # the run ends at it
        accesses = tuple(e for e in self._machine.events[seen:] if e.kind != "branch")
        self._steps.append(Step(address, word, written, accesses))


@cache
def uses(word: int) -> dict[str, Use]:
    """The destinations of an instruction (`mem` among them), and what they are computed from. A branch writes `pc` from what decides it."""
    changes = {NAMES[i]: t for i, t in meaning(word).items()}
    out = {n: _use((t,)) for n, t in changes.items() if n not in _GHOSTS and n != MEMORY}
    decision = _use((changes["pc"],))
    if decision.data:
        out["pc"] = decision
    if MEMORY in changes:
        stores = [t for t in _reachable((changes[MEMORY],)) if t.op is WRITE]
        if stores:
            data = _use([t.args[2] for t in stores])
            place = _use([t.args[1] for t in stores])
            out[MEMORY] = Use(data.data, data.addresses | place.data, data.is_loaded)
    return out


def _use(terms: Iterable[Term]) -> Use:
    read = [t for t in _reachable(terms) if t.op is READ]
    data = {x for t in _reachable(terms) if (x := _component(t)) is not None}
    places = {x for t in _reachable([t.args[1] for t in read]) if (x := _component(t)) is not None}
    return Use(frozenset(data), frozenset(places), bool(read))


def _component(t: Term) -> str | None:
    """The register that a term stands for."""
    if t.op is PROJ and t.args[0].op is VAR:
        name = NAMES[t.params[0]]
    elif t.op is VAR and t in VARIABLES:
        name = str(t.params[0])
    else:
        return None
    return None if name in _GHOSTS or name == MEMORY else name


def _reachable(terms: Iterable[Term]) -> Iterator[Term]:
    """The subterms, but for what addresses of reads are made of."""
    seen = set()
    stack = list(terms)
    while stack:
        t = stack.pop()
        if t not in seen:
            seen.add(t)
            yield t
            stack += t.args[:1] if t.op is READ else t.args


class Flow(NamedTuple):
    """Where the values of a run come from, and which values memory and the registers hold in the end."""

    origins: dict[Value, Origin]
    registers: dict[str, Value]
    memory: dict[int, Value]


def flow(steps: Iterable[Step], register_input: Callable[[str], str], memory_input: Callable[[int], str]) -> Flow:
    """The data flow of a run; what registers, and addresses of memory, hold at the start is called as these say."""
    registers: dict[str, Value] = {}
    memory: dict[int, Value] = {}
    origins: dict[Value, Origin] = {}
    for index, step in enumerate(steps):
        loaded = {a for e in step.accesses if e.kind == "read" for a in range(e.address, e.address + e.size)}
        made: dict[str, Value] = {}
        for destination, use in uses(step.word).items():
            values = {registers[n] for n in use.data if n in registers}
            inputs = {register_input(n) for n in use.data if n not in registers}
            if use.is_loaded:
                values |= {memory[a] for a in loaded if a in memory}
                inputs |= {memory_input(a) for a in loaded if a not in memory}
            places = frozenset(registers[n] for n in use.addresses if n in registers)
            value = index, destination
            origins[value] = Origin(frozenset(values), frozenset(inputs), places)
            made[destination] = value
        stored = made.pop(MEMORY, None)
        registers |= made
        if stored is not None:
            memory |= {
                a: stored for e in step.accesses if e.kind == "write" for a in range(e.address, e.address + e.size)
            }
    return Flow(origins, registers, memory)


def ancestors(origins: dict[Value, Origin], wanted: Iterable[Value]) -> set[Value]:
    """The values that the wanted ones are computed from, themselves among them."""
    found: set[Value] = set()
    stack = list(wanted)
    while stack:
        value = stack.pop()
        if value not in found:
            found.add(value)
            stack += origins[value].values
    return found
