# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A counterexample: an initial state that satisfies the contract and from which the bytes, run in Unicorn, break a promise.

It is kept as JSON with all that is needed to run it again, on the same object or on a mended one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from isa.state import COMPONENTS, VARIABLES
from kernel.term import Term
from symsim.concrete import ADDRESSES, REGISTERS, STEP_LIMIT, Block, Event, Machine
from symsim.contract import LR, SP, Contract
from symsim.errors import BadInput
from symsim.judge import Failure, Judge, Start, leak
from symsim.machine_theory import BASE
from symsim.parting import Parting, parting, record, told
from symsim.program import Program

FORMAT = "armsym counterexample 1"
STACK = "stack"
_SHOWN = 512  # bytes of a block that are printed
_REGISTERS = tuple(name for name in REGISTERS if name != "pc")


class Given(NamedTuple):
    """An initial state as it is kept: the contract's variables by name, components, memory besides the program, and what of the
    stack was touched, as (address, size)."""

    variables: dict[str, int]
    components: dict[str, int]
    blocks: tuple[Block, ...]
    touched: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Counterexample:
    """`state` breaks the promise that `failure` names; where that takes two runs, `other` has the same public values and other
    secrets. `constants` are the parts of the program, as (address, size), that the contract's regions were completed by."""

    contract: str
    symbol: str
    path: str
    sha256: str
    base: int
    constants: tuple[tuple[int, int], ...]
    failure: Failure
    state: Given
    other: Given | None = None
    parting: Parting | None = None
    """Where code and contract part; only known after `located`."""

    @staticmethod
    def of(
        judge: Judge, program: Program, failure: Failure, accesses: Iterable[Event], start: Start, other: Start | None = None
    ) -> Counterexample:
        """What a search found; of memory around the contract's regions it keeps what was accessed."""
        accesses = tuple(accesses)
        contract = judge.contract
        return Counterexample(
            contract.name, contract.symbol, program.path, program.sha256, start.state.base, judge.constants, failure,
            _given(judge, start, accesses), None if other is None else _given(judge, other, accesses),
        )  # fmt: skip

    def located(self, program: Program, contract: Contract) -> Counterexample:
        """The same, with the place where code and contract part, if it can be told."""
        judge, starts = _starts(self, program, contract)
        return replace(self, parting=parting(judge, program, self.failure, *starts))

    def save(self, path: Path | str) -> None:
        """Write it as JSON, whole or not at all. Raises `BadInput`."""
        place = Path(path)
        contents = {
            "format": FORMAT,
            "contract": self.contract,
            "symbol": self.symbol,
            "object": {"path": self.path, "sha256": self.sha256},
            "base": hex(self.base),
            "constants": [[hex(address), size] for address, size in self.constants],
            "failure": self.failure._asdict(),
            "state": _to_json(self.state),
            "other": _to_json(self.other) if self.other else None,
            "parting": record(self.parting) if self.parting else None,
        }
        scratch = place.with_name(f".{place.name}.{os.getpid()}")
        try:
            scratch.write_text(json.dumps(contents, indent=1) + "\n")
            os.replace(scratch, place)
        except OSError as error:
            scratch.unlink(missing_ok=True)
            raise BadInput(f"{place}: {error.strerror}") from error

    @staticmethod
    def load(path: Path | str) -> Counterexample:
        """Read what `save` wrote. Raises `BadInput`."""
        try:
            contents = json.loads(Path(path).read_text())
        except OSError as error:
            raise BadInput(f"{path}: {error.strerror}") from error
        except ValueError as error:
            raise BadInput(f"{path}: not a counterexample, nor any JSON: {error}") from error
        try:
            if contents["format"] != FORMAT:
                raise ValueError("of another format")
            found = contents["object"]
            constants = tuple((int(address, 16), int(size)) for address, size in contents["constants"])
            failure = Failure(**{key: str(text) for key, text in contents["failure"].items()})
            other = contents["other"] and _from_json(contents["other"])
            names = (contents["contract"], contents["symbol"], found["path"], found["sha256"])
            if not all(isinstance(name, str) for name in names):
                raise ValueError("names that are no text")
            return Counterexample(*names, int(contents["base"], 16), constants, failure, _from_json(contents["state"]), other)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise BadInput(f"{path}: not a counterexample as armsym writes them: {error}") from error

    def describe(self) -> str:
        """What was promised and what became of it, then the initial state as a debugger shows it."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        failure = self.failure
        yield f"{self.contract} does not hold for {self.symbol} of {self.path}"
        yield f"  not kept:      {failure.promise}"
        if failure.where:
            yield f"  where:         {failure.where}"
        yield f"  code:          {failure.found}"
        yield f"  specification: {failure.expected}"
        if self.parting is not None:
            yield from told(self.parting)
        yield from self._states()

    def state_text(self) -> str:
        """The initial state, or both, as a debugger shows them."""
        return "\n".join(self._states())

    def _states(self) -> Iterator[str]:
        yield f"initial state, loaded at {self.base:#x}"
        yield from _state_lines(self.state)
        if self.other is not None:
            yield "initial state with the same public values"
            yield from _state_lines(self.other)


def replay(
    counterexample: Counterexample, program: Program, contract: Contract, limit: int = STEP_LIMIT
) -> Counterexample | None:
    """Run it again on a program, the same or another build: the counterexample that it is there, or None if code and contract no longer
    differ. Raises `BadInput` if it is none for this contract, or if the state does not satisfy it (any more)."""
    if contract.symbol != counterexample.symbol:
        raise BadInput(f"the counterexample is to {counterexample.contract}, not to {contract.name}")
    judge, starts = _starts(counterexample, program, contract)
    for start in starts:
        label = judge.unmet(start)
        if label is not None:
            raise BadInput(f"the counterexample's state does not satisfy {contract.name}: {label}")
    return examine(judge, program, Machine(program), starts, limit)


def _starts(counterexample: Counterexample, program: Program, contract: Contract) -> tuple[Judge, list[Start]]:
    """The one or two initial states on a program, and what decides about them."""
    constants = counterexample.constants if program.sha256 == counterexample.sha256 else ()
    judge = Judge(contract, program, constants)
    machine = Machine(program)
    given = [counterexample.state, *([counterexample.other] if counterexample.other else [])]
    return judge, [_again(judge, machine, counterexample.base, state) for state in given]


def examine(
    judge: Judge, program: Program, machine: Machine, starts: list[Start], limit: int = STEP_LIMIT
) -> Counterexample | None:
    """Run the program from each of the states, all with the same public values; the first that breaks a promise."""
    outcomes = []
    for start in starts:
        outcome = machine.run(start.state, judge.entry, limit)
        failure = judge.broken(start, outcome)
        if failure is not None:
            return Counterexample.of(judge, program, failure, outcome.accesses, start)
        outcomes.append(outcome)
    for start, outcome in zip(starts[1:], outcomes[1:], strict=True):
        failure = leak(outcomes[0], outcome)
        if failure is not None:
            accesses = (*outcomes[0].accesses, *outcome.accesses)
            return Counterexample.of(judge, program, failure, accesses, starts[0], start)
    return None


def _given(judge: Judge, start: Start, accesses: Iterable[Event]) -> Given:
    variables = {str(x.params[0]): start.values[x] for x in judge.variables}
    components = {name: start.state.components[name] for name in _REGISTERS}
    places = [(a.address, a.size) for a in start.areas] + [(e.address, e.size) for e in accesses]
    blocks = tuple([part for block in start.state.blocks if (part := _relevant(block, places)).data])
    stacks = [block for block in blocks if block.name == STACK]
    touched = sorted({(e.address, e.size) for e in accesses for s in stacks if 0 <= e.address - s.address < len(s.data)})
    return Given(variables, components, blocks, tuple(touched))


def _relevant(block: Block, places: Iterable[tuple[int, int]]) -> Block:
    """The part of a block from the first to the last byte that is in one of the places (address, size)."""
    size = len(block.data)
    inside = [(at, n) for address, n in places if (at := (address - block.address) % ADDRESSES) < size and n]
    if not inside:
        return block._replace(data=b"")
    low, high = min(at for at, _ in inside), max(min(at + n, size) for at, n in inside)
    return Block(block.name, (block.address + low) % ADDRESSES, block.data[low:high])


def _again(judge: Judge, machine: Machine, base: int, given: Given) -> Start:
    values: dict[Term, int] = {BASE: base}
    for x in VARIABLES:
        name = str(x.params[0])
        if name in given.components:
            values[x] = given.components[name]
    values |= {SP: given.components["sp"], LR: given.components["x30"]}
    for x in judge.variables:
        if str(x.params[0]) not in given.variables:
            raise BadInput(f"the counterexample has no value for {x}, which {judge.contract.name} speaks of")
        values[x] = given.variables[str(x.params[0])] & (1 << x.width) - 1
    # A variable of the library may be elsewhere in another build.
    program, symbols = judge.program, {g.symbol for g in judge.contract.globals}
    blocks = [b._replace(address=base + program.address_of(b.name)) if b.name in symbols else b for b in given.blocks]
    return judge.start(machine, values, blocks)


def _to_json(given: Given) -> dict[str, Any]:
    return {
        "variables": {name: hex(value) for name, value in given.variables.items()},
        "registers": {name: hex(value) for name, value in given.components.items()},
        "touched": [[hex(address), size] for address, size in given.touched],
        "memory": [{"name": b.name, "address": hex(b.address), "bytes": b.data.hex()} for b in given.blocks],
    }


def _from_json(contents: dict[str, Any]) -> Given:
    variables = {str(name): int(value, 16) for name, value in contents["variables"].items()}
    components = {name: int(contents["registers"][name], 16) for name in _REGISTERS}
    for name, value in components.items():
        if value >> COMPONENTS[name].width or value < 0:
            raise ValueError(f"{name} does not hold {value:#x}")
    blocks = tuple(Block(str(b["name"]), int(b["address"], 16), bytes.fromhex(b["bytes"])) for b in contents["memory"])
    touched = tuple((int(address, 16), int(size)) for address, size in contents.get("touched", ()))
    return Given(variables, components, blocks, touched)


def _state_lines(given: Given) -> Iterator[str]:
    if given.variables:
        yield "  " + "  ".join(f"{name} = {value:#x}" for name, value in given.variables.items())
    general = [f"{name:>4} {given.components[name]:016x}" for name in (*(f"x{i}" for i in range(31)), "sp")]
    vectors = [f"{name:>4} {given.components[name]:032x}" for name in (f"v{i}" for i in range(32))]
    for start in range(0, len(general), 4):
        yield "  " + " ".join(general[start : start + 4])
    flags = " ".join(f"{name} {given.components[name]}" for name in "nzcv")
    yield f"   {flags}  " + "  ".join(f"{name} {given.components[name]:#x}" for name in ("fpcr", "fpsr", "tpidr"))
    for start in range(0, len(vectors), 2):
        yield "  " + " ".join(vectors[start : start + 2])
    for block in given.blocks:
        yield f"  {block.name}: {len(block.data)} bytes at {block.address:#x}"
        rows = _rows(block, given.touched)
        for at in rows[: _SHOWN // 16]:
            row = block.data[at : at + 16]
            text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
            yield f"    {block.address + at:016x}  {row.hex(' '):<47}  {text}"
        if len(rows) > _SHOWN // 16:
            yield f"    and {len(block.data) - _SHOWN} bytes more"
        elif len(rows) < len(range(0, len(block.data), 16)):
            yield "    and what the run does not touch"


def _rows(block: Block, touched: Iterable[tuple[int, int]]) -> list[int]:
    """The offsets of the rows to show: of the stack, whose bytes no specification speaks of, those that were touched."""
    rows = list(range(0, len(block.data), 16))
    if block.name != STACK:
        return rows
    return [at for at in rows if any(a < block.address + at + 16 and block.address + at < a + n for a, n in touched)]
