# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The data flow of a routine from its inputs to its outputs, between instructions, as it was in some concrete runs.

The runs start from random states that satisfy the contract; those that reach instructions not seen before add to the picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from symsim.concrete import ADDRESSES, Machine
from symsim.contract import Contract
from symsim.errors import ArmsymError
from symsim.judge import Judge, Start
from symsim.program import Program
from symsim.prove import RoutineProof
from symsim.sampling import Place, Sampler
from symsim.trace import Flow, Run, Tracer, Value, ancestors, flow

_STATES = 8
_STEPS = 30_000  # of one run
CALLER = "the caller's registers"

Edges = dict[tuple[str, str], set[str]]
"""From and to: a linked address in hexadecimal, `in NAME` or `out NAME`; and the registers (or mem) that carry it."""


def flows(contract: Contract, program: Program, proof: RoutineProof, seed: int) -> dict[str, Any]:
    """The edges, the outputs that each instruction has a part in, how often each was executed, in the order in which they first were,
    and the numbers of runs and of instructions that none of them reached."""
    edges: Edges = {}
    reaches: dict[int, set[str]] = {}
    counts: dict[int, int] = {}
    runs = 0
    for start, run in _runs(contract, program, proof, seed):
        addresses = [step.address for step in run.steps]
        if runs and counts.keys() >= set(addresses):
            if counts.keys() >= proof.flow.words.keys():
                break
            continue
        runs += 1
        _add(edges, reaches, _Naming(contract, start), run)
        for address in addresses:
            counts[address] = counts.get(address, 0) + 1
    return {
        "edges": [[*ends, sorted(names)] for ends, names in sorted(edges.items())],
        "reaches": [[address, sorted(names)] for address, names in sorted(reaches.items())],
        "counts": [[address, n] for address, n in counts.items()],
        "runs": runs,
        "unseen": len(proof.flow.words.keys() - counts.keys()),
    }


def _runs(contract: Contract, program: Program, proof: RoutineProof, seed: int) -> Iterator[tuple[Start, Run]]:
    judge = Judge(contract, program, proof.constants)
    sampler, tracer = Sampler(judge, Machine(program)), Tracer(program)
    for k in range(_STATES):
        random = Random(f"{seed} flow {k}")
        try:
            start = sampler.state(random, Place.draw(random))
        except ArmsymError:
            return
        yield start, tracer.run(start.state, judge.entry, _STEPS)


class _Naming:
    """What inputs and outputs are called in a state."""

    def __init__(self, contract: Contract, start: Start) -> None:
        self._start = start
        self.preserved = {"x30", "sp", *(_component(name) for name in contract.preserves)}
        self.results = {_component(name) for name in contract.results}
        self._registers = {
            register: str(t.params[0]) if t.op.name == "var" else register for register, t in contract.arguments.items()
        }
        self._constants = {r for r in start.areas if r.name.startswith("constants")}

    def register(self, name: str) -> str:
        """A register at the start."""
        if name in self.preserved and name not in self._registers:
            return CALLER
        return self._registers.get(name, name)

    def memory(self, address: int) -> str:
        """What holds a byte."""
        for area in self._start.areas:
            if area.holds(address, 1):
                return "constants" if area in self._constants else area.name
        return f"memory at {(address - self._start.state.base) % ADDRESSES:#x}"


def _add(edges: Edges, reaches: dict[int, set[str]], naming: _Naming, run: Run) -> None:
    """Add what a run shows."""
    made = flow(run.steps, naming.register, naming.memory)

    def ends(value: Value) -> str:
        return hex(run.steps[value[0]].address)

    for value, origin in made.origins.items():
        for source in origin.values:
            edges.setdefault((ends(source), ends(value)), set()).add(source[1])
        for name in origin.inputs:
            edges.setdefault((f"in {name}", ends(value)), set())
    results: dict[str, set[Value]] = {}
    for name, value in _results(made, naming):
        edges.setdefault((ends(value), f"out {name}"), set()).add(value[1])
        results.setdefault(name, set()).add(value)
    for name, values in results.items():
        for step, _ in ancestors(made.origins, values):
            reaches.setdefault(run.steps[step].address, set()).add(name)


def _results(made: Flow, naming: _Naming) -> Iterator[tuple[str, Value]]:
    """What holds the results in the end: memory but the stack, the registers of results, and those that the caller wants back."""
    found = {(naming.memory(address), value) for address, value in made.memory.items()}
    yield from sorted((name, value) for name, value in found if name != "stack")
    for name, value in made.registers.items():
        if name in naming.results:
            yield name, value
        elif name in naming.preserved:
            yield CALLER, value


def _component(name: str) -> str:
    """The component of the state that a register of a contract is part of."""
    return f"v{name[1:]}" if name[0] == "d" else name
