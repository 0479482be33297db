# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Calls: a subroutine is run once, from a state in which all but what it needs is a variable, and not again where it is called.

What comes of it is a theorem ⊢ run(k, base, s) = s′ over these variables; a path that gets to the subroutine's entry goes on by an instance
of it. What the subroutine has changed and is no result stays unknown: a projection of run(k, base, s).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, Protocol

from isa.state import NAMES, VARIABLES
from kernel.arrays import PROJ_TUPLE, TUPLE_EXT
from kernel.ops import eq, proj, read, tuple_
from kernel.rules import ASSUME, CONG, DISCH, INST, MP, SYM, TRANS
from kernel.sorts import BV, MEM, TRACE
from kernel.term import Term, Var, free_vars
from kernel.thm import Thm
from symsim.contract import MEMORY, Call, Region
from symsim.cuts import CutPoints
from symsim.errors import ArmsymError
from symsim.facts import Facts
from symsim.flow import Flow
from symsim.invariant import prove_claim
from symsim.machine_theory import BASE, MachineTheory
from symsim.path import Path
from symsim.simplify import Simplifier

RETURN, MEMORY_THEN, TRACE_THEN = Var("return_address", BV(64)), Var("mem_at_call", MEM), Var("trace_at_call", TRACE)
_ANY = {"mem": MEMORY_THEN, "trace": TRACE_THEN, "x30": RETURN}
_KNOWN = ("pc", "trace", "mem", "safe", "policy")


class NotAsSaid(ArmsymError):
    """A subroutine is not called as the contract says, or does not do what it says, as far as is found."""


class Owner(Protocol):
    """What a subroutine needs of the proof that it is part of."""

    theory: MachineTheory
    flow: Flow
    facts: Facts
    regions: tuple[Region, ...]

    def knowing(self, facts: Facts, rules: tuple[Thm, ...]) -> Simplifier:
        """A simplifier that knows the contract's memory, with rules of its own."""

    def run_until(self, path: Path, stop: Callable[[Path], bool]) -> Iterator[Path]:
        """All paths from here to where they stop or return."""


class Summary(NamedTuple):
    """⊢ run(k, base, s) = s′, the variables in s by their components' names, the run that it comes from, and what that read."""

    thm: Thm
    variables: Mapping[str, Term]
    run: Path
    used: frozenset[Term]


def needed(entry: int, flow: Flow, theory: MachineTheory) -> frozenset[Term]:
    """The components that code from there on may read before it writes them, as the variables of transitions."""
    inside: list[int] = []
    before: dict[int, list[int]] = {entry: []}
    todo = [entry]
    while todo:
        address = todo.pop()
        inside.append(address)
        for after in flow.successors[address]:
            if after in flow.words and after not in before:
                todo.append(after)
            before.setdefault(after, []).append(address)
    live = {address: theory.reads(address) for address in inside}
    todo = inside[::-1]
    while todo:
        address = todo.pop()
        for earlier in before[address]:
            _, changed = theory.transition(earlier)
            more = live[address] - {VARIABLES[i] for i in changed} - live[earlier]
            if more:
                live[earlier] |= more
                todo.append(earlier)
    return live[entry]


class Subroutine:
    """What is called at an address, of which the contract says what it does."""

    def __init__(self, owner: Owner, call: Call, address: int) -> None:
        self.owner, self.call = owner, call
        self._needed = needed(address, owner.flow, owner.theory)
        self._summaries: dict[tuple[Term, ...], Summary] = {}
        self._busy = False

    def enter(self, path: Path) -> Summary | None:
        """Let a path that is at the entry go on to where the subroutine returns. What it went by, where that is new."""
        start, variables = self._generalized(path)
        known = self._summaries.get(start)
        summary = known or self._run(start, variables)
        self._summaries[start] = summary
        th = INST(summary.thm, {x: path.component(name) for name, x in variables.items()})
        for h in sorted(th.hyps - path.facts.given, key=lambda h: h.id):
            th = MP(DISCH(h, th), prove_claim(path.simplifier, h))
        path.call(th, summary.run.steps, summary.used)
        return None if known else summary

    def _generalized(self, path: Path) -> tuple[tuple[Term, ...], dict[str, Term]]:
        """The state with a variable for all that is neither an argument nor constant, and needed; and these variables."""
        call, start, variables = self.call, [], {}
        named = _ANY | dict(call.inputs)
        for name, component, held in zip(NAMES, VARIABLES, path.state, strict=True):
            constant = component in self._needed and name not in named and free_vars(held) <= {BASE}
            if name in call.arguments and path.simplifier.normalize(call.arguments[name]).rhs is not held:
                raise NotAsSaid(f"{call.name} is called with {held} in {name}, and not {call.arguments[name]}")
            if name in call.arguments or name in ("pc", "policy") or constant:
                start.append(held)
            else:
                variables[name] = named[name] if name in named else Var(f"{name}_at_call", held.sort)
                start.append(variables[name])
        return tuple(start), variables

    def _run(self, start: tuple[Term, ...], variables: Mapping[str, Term]) -> Summary:
        """Run it, and name the results."""
        call, owner = self.call, self.owner
        if self._busy:
            raise NotAsSaid(f"{call.name} calls itself")
        self._busy = True
        rules = call.rules()
        path = Path(owner.theory, tuple_(*start), owner.facts, lambda facts: self._context(facts, rules))
        if call.cuts is not None:
            path.cuts = CutPoints(call.cuts, tuple_(*call.results.values()), path.simplifier, path.unknowns, path.state)
        begin = path.copy()
        path.step()
        ends = list(owner.run_until(path, lambda p: p.component("pc") is RETURN))
        self._busy = False
        if len(ends) != 1 or ends[0].component("pc") is not RETURN:
            raise NotAsSaid(f"{call.name}: {len(ends)} ways through it, and not one that returns")
        (end,) = ends
        if end.component("mem") is not MEMORY_THEN:
            raise NotAsSaid(f"{call.name} writes to memory, which only the routine itself may")
        return Summary(self._told(end, set(variables.values())), variables, end, frozenset(end.used_since(begin)))

    def _context(self, facts: Facts, rules: tuple[Thm, ...]) -> Simplifier:
        """What is only read is in memory as it was at the start."""
        simplifier = self.owner.knowing(facts, rules)
        for r in self.owner.regions:
            if isinstance(r.size, int) and not r.writable:
                then, first = read(MEMORY_THEN, r.base, r.size), read(MEMORY, r.base, r.size)
                simplifier.add_fact(TRANS(ASSUME(eq(then, first)), simplifier.normalize(first)))
        return simplifier

    def _told(self, end: Path, unknown: set[Term]) -> Thm:
        """What there is to tell of the end: the results, what has not changed, and what is made of nothing unknown."""
        there = end.thm
        spread = TUPLE_EXT(there.lhs)
        told: dict[int, Thm] = {}
        for k, (name, before, after) in enumerate(zip(NAMES, end.start.args, end.state, strict=True)):
            known = TRANS(CONG(proj(there.lhs, k), {0: there}), PROJ_TUPLE(proj(there.rhs, k)))
            if name in self.call.results:
                result = end.simplifier.normalize(self.call.results[name])
                if result.rhs is not after:
                    raise NotAsSaid(f"{self.call.name} leaves {after} in {name}, and not {result.rhs}")
                told[k] = TRANS(known, SYM(result))
            elif before is after or name in _KNOWN or free_vars(after).isdisjoint(unknown):
                told[k] = known
        return TRANS(spread, CONG(spread.rhs, told))
