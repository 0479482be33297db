# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The statement of a contract decided on single states: is everything required true here, and did the run keep what is promised?

The terms are those of the theorem, evaluated; the specification's part of them once for each initial state, so that many programs can be
tried on one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from isa.dsl import Undefined, Unpredictable, Unsupported
from isa.state import INDEX, NAMES, STATE, VARIABLES
from kernel.evaluate import evaluate
from kernel.ops import AND, CONCAT, EQ, EXTRACT, IMPLIES, PROJ, READ, proj
from kernel.sorts import TRACE
from kernel.term import Term, Var, free_vars, postorder
from symsim.concrete import ADDRESSES, REGISTERS, Block, Contents, Event, Machine, Outcome, State
from symsim.contract import LR, MEMORY, SP, Contract, Output
from symsim.errors import ArmsymError
from symsim.evaluation import value
from symsim.flow import explore, targets
from symsim.machine_theory import BASE
from symsim.output import WHICH
from symsim.patch import with_words
from symsim.program import Program
from symsim.promises import CONSTANT_TIME
from symsim.prove import RoutineProof
from symsim.rewrite import replaced
from symsim.stated import ADDRESS

SHOWN = 32  # bytes of a difference that are shown

_FINAL = Var("final_state", STATE)
_SAFE = proj(_FINAL, INDEX["safe"])
_RET = 0xD65F03C0


class Failure(NamedTuple):
    """A promise that was not kept: where, what the code did, and what the specification says.

    Where a value is wrong, `place` is the register or the address (in hexadecimal) of the first byte of memory that holds it, and
    `wanted` what should be there, in hexadecimal.
    """

    promise: str
    where: str
    found: str
    expected: str
    place: str = ""
    wanted: str = ""


class Area(NamedTuple):
    """A region of the contract at its place."""

    name: str
    address: int
    size: int
    writable: bool

    def holds(self, address: int, size: int) -> bool:
        """Whether [address, +size) is part of it."""
        return size <= self.size and (address - self.address) % ADDRESSES <= self.size - size


class Start:
    """An initial state: what each variable of the theorem stands for, and the same as a machine sees it."""

    def __init__(self, judge: Judge, values: Mapping[Term, Any], state: State) -> None:
        self._judge, self.values, self.state = judge, values, state

    @cached_property
    def specified(self) -> dict[Term, Any]:
        """The parts of the promises that no run can change, computed."""
        return {x: value(t, self.values) for x, t in self._judge.specified.items()}

    @cached_property
    def specified_exactly(self) -> dict[Term, Any]:
        """The same by the kernel's own evaluation, which takes much longer."""
        return {x: evaluate(t, self.values) for x, t in self._judge.specified.items()}

    @cached_property
    def blocks(self) -> dict[Output, list[int]]:
        """The blocks of each output that the contract specifies."""
        out = {}
        for output in self._judge.contract.outputs:
            block, count = output.block(WHICH), evaluate(output.count, self.values)
            out[output] = [value(block, {**self.values, WHICH: j}) for j in range(count)]
        return out

    @cached_property
    def areas(self) -> list[Area]:
        """The regions."""
        return [
            Area(r.name, evaluate(r.base, self.values), evaluate(r.extent, self.values), r.writable)
            for r in self._judge.regions
        ]


class Judge:
    """Decides the statement of a contract about a program, whose parts `constants` (address, size) it may read."""

    def __init__(self, contract: Contract, program: Program, constants: Iterable[tuple[int, int]] = ()) -> None:
        self.contract, self.program, self.constants = contract, program, tuple(constants)
        statement = _statement(contract, program, self.constants)
        self.entry = statement.entry
        self.regions = statement.regions
        self.requires = statement.requires
        self._start = statement.start
        promises = statement.promises(_FINAL)
        terms = (*self.requires.values(), *promises.values(), self._start)
        given = {*VARIABLES, SP, LR, BASE, MEMORY, ADDRESS, WHICH, _FINAL}
        variables = frozenset(contract.public).union(*(free_vars(t) for t in terms)) - given
        self.variables = tuple(sorted(variables, key=lambda x: str(x.params[0])))
        """The contract's own variables."""
        self.specified: dict[Term, Term] = {}
        self._promises = {label: self._reduced(p) for label, p in promises.items()}
        self._returns = next(iter(promises))
        self._inside = next(label for label, p in promises.items() if p is _SAFE)

    def _reduced(self, promise: Term) -> Term:
        """The promise with a variable, from `specified`, for each greatest subterm that the run has no part in."""
        late = {_FINAL, ADDRESS, WHICH}
        subterms = list(postorder((promise,)))
        users = [t for t in subterms if free_vars(t) & late]
        names = {}
        for t in (a for user in users for a in user.args if a.args and not free_vars(a) & late):
            names[t] = Var(f"specified_{t.id}", t.sort)
            self.specified[names[t]] = t
        return replaced(promise, names)

    def start(self, machine: Machine, variables: Mapping[Term, int], blocks: Iterable[Block]) -> Start:
        """The initial state in which the variables have these values (BASE, SP, LR and the contract's are needed, registers are 0
        where missing) and memory holds the blocks besides the program."""
        values: dict[Term, Any] = dict.fromkeys(VARIABLES, 0) | {Var("trace", TRACE): None} | dict(variables)
        components = {}
        for name, part in zip(NAMES, self._start.args, strict=True):
            if name in REGISTERS:
                components[name] = evaluate(part, values)
        state = State(components, tuple(blocks), values[BASE])
        values[MEMORY] = machine.contents(state)
        return Start(self, values, state)

    def unmet(self, start: Start) -> str | None:
        """The label of the first precondition that is false in the state."""
        return next((label for label, p in self.requires.items() if not evaluate(p, start.values)), None)

    def broken(self, start: Start, outcome: Outcome) -> Failure | None:
        """The first promise that the run did not keep."""
        if outcome.fault is not None:
            return self._no_return(outcome)
        forbidden = next((e for e in outcome.accesses if not self.allowed(e, start)), None)
        ghosts = {"mem": outcome.memory, "trace": None, "safe": int(forbidden is None), "policy": (), "monitor": 0}
        parts = {**outcome.components, **ghosts}
        values = {**start.values, **start.specified, MEMORY: outcome.before, _FINAL: tuple(parts[name] for name in NAMES)}
        values[ADDRESS] = self._changed(start, outcome)
        values[WHICH] = self._wrong_block(start, outcome)
        for label, p in self._promises.items():
            if not evaluate(p, values):
                if p is _SAFE and forbidden is not None:
                    return self._outside(forbidden, start)
                if evaluate(p, values | start.specified_exactly):
                    raise ArmsymError(f"{self.contract.name}: two evaluations of the specification differ: {label}")
                return _difference(label, p, values)
        return None

    def _no_return(self, outcome: Outcome) -> Failure:
        kind, address, access = outcome.fault or ("", 0, False)
        pc = outcome.components["pc"]
        where = f"at {self.program.name_of((pc - outcome.start.base) % ADDRESSES)}, after {outcome.steps} steps"
        found = f"{kind}: {address:#x}"
        if access:
            return Failure(self._inside, where, found, "accesses inside the contract's regions")
        return Failure(self._returns, where, found, f"a return to {outcome.link:#x}")

    def allowed(self, event: Event, start: Start) -> bool:
        """Whether the contract lets the code access this: constants of the program it does not mention are no matter."""
        write = event.kind == "write"
        if any(a.holds(event.address, event.size) for a in start.areas if a.writable or not write):
            return True
        linked = (event.address - start.state.base) % ADDRESSES
        return not write and self.program.constant(linked, event.size) is not None

    def _outside(self, event: Event, start: Start) -> Failure:
        near = min(start.areas, key=lambda a: min(abs(event.address - a.address), abs(event.address - a.address - a.size)))
        at = event.address - near.address
        where = f"at {event.address:#x}: {near.name}{at:+#x}"
        found = f"a {event.kind} of {event.size} bytes"
        sort = "read and written" if near.writable else "only read"
        return Failure(self._inside, where, found, f"accesses inside the regions; {near.name} has {near.size:#x} bytes, {sort}")

    def _wrong_block(self, start: Start, outcome: Outcome) -> int:
        """The number of the first block of an output that is not as specified, or else 0."""
        for output, blocks in start.blocks.items():
            base = evaluate(output.base, start.values)
            for j, block in enumerate(blocks):
                if outcome.memory.read(base + j * output.unit, output.unit) != block:
                    return j
        return 0

    def _changed(self, start: Start, outcome: Outcome) -> int:
        """The first address outside the writable regions whose byte changed; or else one that did not."""
        own = [a for a in start.areas if a.writable]
        changed = outcome.before.changes(outcome.memory)
        return next((at for at in changed if not any(a.holds(at, 1) for a in own)), start.state.base)


def _statement(contract: Contract, program: Program, constants: tuple[tuple[int, int], ...]) -> RoutineProof:
    """The proof that states it all. What words mean has no part in the statement: those without a meaning are passed over."""
    passed: dict[int, int] = {}

    def word_at(address: int) -> int:
        word = program.word(address)
        try:
            targets(word)
        except (Undefined, Unpredictable, Unsupported):
            word = passed[address] = _RET
        return word

    explore(program.symbol(contract.symbol).address, word_at, program.name_of)
    return RoutineProof(contract, with_words(program, passed), constants)


def leak(one: Outcome, other: Outcome) -> Failure | None:
    """The first difference between what observers of two runs see, whose public inputs are the same."""
    for k, (a, b) in enumerate(zip((*one.events, None), (*other.events, None), strict=False)):
        if a != b:
            return Failure(CONSTANT_TIME, f"event {k}", _seen(a), f"{_seen(b)}, as with other secrets")
    return None


def _seen(event: Event | None) -> str:
    return "the end" if event is None else f"{event.kind} at {event.address:#x}, {event.size} bytes"


def _difference(label: str, p: Term, values: Mapping[Term, Any]) -> Failure:
    """What an equation, or the first false one of a conjunction, comes to on both sides."""
    while p.op is AND:
        p = next(part for part in p.args if not evaluate(part, values))
    if p.op is IMPLIES and WHICH in free_vars(p):
        p = p.args[1]
    if p.op is not EQ:
        return _changed_byte(label, values) if ADDRESS in free_vars(p) else Failure(label, "", "false", "true")
    sides = sorted(p.args, key=lambda t: _FINAL not in free_vars(t))
    found, expected = (evaluate(side, values) for side in sides)
    place, width = sides[0], sides[0].width
    if place.op is not READ:
        held = _first_difference(place, found ^ expected, expected, values)
        where = _component(place) or (f"at {held[0]}" if held[0] else "")
        return Failure(label, where, f"{found:#0{width // 4 + 2}x}", f"{expected:#0{width // 4 + 2}x}", *held)
    size = width // 8
    left, right = found.to_bytes(size, "little"), expected.to_bytes(size, "little")
    first = next(i for i in range(size) if left[i] != right[i])
    address = evaluate(place.args[1], values)
    start = first & -16 if size > SHOWN else 0
    at = f"{(address + first) % ADDRESSES:#x}"
    where = f"at {at}, byte {first} of {size}"
    shown = slice(start, start + SHOWN)
    return Failure(label, where, left[shown].hex(" "), right[shown].hex(" "), at, f"{right[first]:02x}")


def _first_difference(t: Term, wrong: int, expected: int, values: Mapping[Term, Any]) -> tuple[str, str]:
    """The place and wanted value of a difference, the bits that are `wrong`, in a term made of what the final state holds."""
    bit = 8 * (((wrong & -wrong).bit_length() - 1) // 8)
    byte = f"{expected >> bit & 0xFF:02x}"
    while True:
        if t.op is CONCAT:
            for part in reversed(t.args):
                if bit < part.width:
                    break
                bit -= part.width
            t = part
        elif t.op is EXTRACT:
            bit += t.params[1]
            t = t.args[0]
        elif t.op is READ and bit % 8 == 0:
            return f"{(evaluate(t.args[1], values) + bit // 8) % ADDRESSES:#x}", byte
        elif t.op is PROJ and t.args[0] is _FINAL:
            return NAMES[t.params[0]], f"{expected:x}" if wrong >> t.width == 0 else byte
        else:
            return "", ""


def _changed_byte(label: str, values: Mapping[Term, Any]) -> Failure:
    address = values[ADDRESS]
    after: Contents = values[_FINAL][INDEX["mem"]]
    before: Contents = values[MEMORY]
    now, then = after.bytes_at(address, 1).hex(), before.bytes_at(address, 1).hex()
    return Failure(label, f"at {address:#x}", now, then, f"{address:#x}", then)


def _component(place: Term) -> str:
    """The component of the final state that a term looks at."""
    part = f", bits {place.params[0]} to {place.params[1]}" if place.op is EXTRACT else ""
    inner = place.args[0] if place.op is EXTRACT else place
    return f"in {NAMES[inner.params[0]]}{part}" if inner.op is PROJ else ""
