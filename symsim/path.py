# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""One symbolic execution: a state, and the theorem that the program gets there."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import cache
from typing import NamedTuple

from isa.meaning import S as _S
from isa.state import INDEX, NAMES, VARIABLES
from kernel.ops import CONCAT, EQ, ITE, NOT, VAR, eq, number
from kernel.rules import ASSUME, CONG, EQ_MP, EVAL, INST, SYM, TRANS
from kernel.term import Term, postorder
from kernel.thm import Thm
from symsim.cuts import CutPoints
from symsim.derived import CHAIN
from symsim.errors import ArmsymError
from symsim.facts import Facts
from symsim.machine_theory import PC, MachineTheory
from symsim.memory import Unresolved
from symsim.rewrite import DISCHARGE, REPLACE
from symsim.simplify import Simplifier
from symsim.unknowns import Unknowns

MEM = INDEX["mem"]


def _atom(condition: Term) -> Term:
    """What the condition says that it is, or is not, so."""
    return condition.args[0] if condition.op is NOT else condition


@cache
def _selects_by(p: Term) -> frozenset[Term]:
    """The conditions by which a formula selects."""
    return frozenset(_atom(t.args[0]) for t in postorder((p,)) if t.op is ITE)


class Undecided(ArmsymError):
    """Where to go, or what to touch, depends on a condition that is not known: split on it."""

    def __init__(self, condition: Term, why: str) -> None:
        super().__init__(f"{why} depends on {condition}")
        self.condition = condition


class Stuck(ArmsymError):
    """The execution can't go on: an unresolved access, or a branch to an unknown place."""


class Misplaced(Stuck):
    """An access of which it is not known that it lies in a region, or in which block: it may take a case to tell."""

    def __init__(self, access: Unresolved, where: str) -> None:
        super().__init__(f"{where}: {access}")
        self.access = access


Context = Callable[[Facts], Simplifier]
"""Makes a simplifier, with its memory areas, that may use the facts."""


class Trail(NamedTuple):
    """The last instruction of a run, ⊢ step(base, before) = after for it, and what was before it; the components that it read and changed.
    What was called is one instruction."""

    before: Trail | None
    address: int
    thm: Thm
    used: frozenset[Term]
    changed: frozenset[Term]


class Path:
    """A run from a start state: `thm` is Γ ⊢ run(steps, base, start) = state, all of the state's components normal.

    `prefix`, if there is one, is how the program gets to the start from where it really started: Δ ⊢ run(count, base, s0) = start.
    """

    def __init__(
        self, theory: MachineTheory, start: Term, facts: Facts, context: Context, prefix: Thm | None = None
    ) -> None:
        self.theory = theory
        self.start = start
        self.prefix = prefix
        self.facts = facts
        self.conditions: list[Term] = []
        self.steps = 0
        self.cuts: CutPoints | None = None
        self.unknowns = Unknowns()
        self.trail: Trail | None = None
        self.open: tuple[Term, ...] = ()
        self.folded = number(0, 64)
        self.to_fold: Term | None = None
        self.passed: frozenset[int] = frozenset()
        self._context = context
        self.simplifier = context(facts)
        self.thm = theory.run_zero(start)
        self.normalize()

    @property
    def state(self) -> tuple[Term, ...]:
        """The components of the state reached."""
        return self.thm.rhs.args

    def component(self, name: str) -> Term:
        """A component of the state reached."""
        return self.state[INDEX[name]]

    @property
    def address(self) -> int | None:
        """The linked address of the next instruction, if the program counter is one."""
        return self.theory.address_of(self.state[PC])

    def normalize(self) -> None:
        """Normalize every component of the state reached."""
        changes = {i: th for i, value in enumerate(self.state) if (th := self.simplifier.conversion(value)) is not None}
        if changes:
            self.thm = TRANS(self.thm, CONG(self.thm.rhs, changes))

    def materialize(self) -> None:
        """Write out what every writable area holds (see Memory)."""
        written = self.simplifier.memory.materialize(self.state[MEM])
        self.thm = TRANS(self.thm, CONG(self.thm.rhs, {MEM: written}))

    def copy(self) -> Path:
        """The same path, to go on from separately; what was simplified is shared."""
        other = copy(self)
        other.cuts = self.cuts and self.cuts.copy()
        return other

    def assuming(self, *conditions: Term) -> Path:
        """The path from here on which the conditions hold, as was found or is assumed. What they say a variable is, the variable is
        rewritten to."""
        other = self.copy()
        assumed = [self.facts.found(c) or ASSUME(c) for c in conditions]
        other.facts = self.facts.extended(*assumed, *self._selected(assumed))
        other.conditions = [*self.conditions, *conditions]
        other.simplifier = self._context(other.facts)
        values = {c for c in conditions if c.op is EQ and c.args[0].op is VAR}
        changed = {c.args[0] if c in values else _atom(c) for c in conditions}
        other.simplifier.inherit(self.simplifier, changed)
        for c, th in zip(conditions, assumed, strict=True):
            if c in values:
                other.simplifier.add_fact(CHAIN(th, other.simplifier.conversion(th.rhs)) or th)
            else:
                other.simplifier.assume_true(th)
        other.normalize()
        return other

    def _selected(self, assumed: list[Thm]) -> list[Thm]:
        """What facts that select by one of these conditions say where it is decided."""
        decided = {_atom(th.concl) for th in assumed}
        about = [th for th in self.facts.known if not decided.isdisjoint(_selects_by(th.concl))]
        simplifier = Simplifier()
        for th in assumed if about else ():
            simplifier.assume_true(th)
        return [EQ_MP(simplifier.normalize(th.concl), th) for th in about]

    def under(self, context: Context) -> Path:
        """The same path with other simplifiers, its state normalized by them."""
        other = self.copy()
        other._context, other.simplifier = context, context(self.facts)
        other.simplifier.memory.inherit(self.simplifier.memory)
        for condition in self.conditions:
            other.simplifier.assume_true(ASSUME(condition))
        other.normalize()
        return other

    def instance(self, mapping: dict[Term, Term], facts: Facts) -> Path:
        """The path with values for variables, under facts that its conditions follow from; its state is not normalized yet."""
        other = self.copy()
        other.facts, other.simplifier, other.cuts = facts, self._context(facts), None
        other.thm = DISCHARGE(INST(self.thm, mapping), facts)
        return other

    def settled(self, *also: Term) -> Path:
        """The same path, where the facts decide what the state, the facts themselves or other terms still select by conditions."""
        seen: set[Term] = set()
        path = self
        while True:
            selected = {_atom(t.args[0]) for t in postorder((*path.state, *also)) if t.op is ITE}
            selected = selected.union(*[_selects_by(th.concl) for th in path.facts.known]) - seen
            if not selected:
                return path
            seen |= selected
            ways = [(c, ~c) for c in sorted(selected, key=lambda c: c.id)]
            decided = [c for way in ways if (c := next(filter(path.facts.gives, way), None)) is not None]
            if decided:
                path = path.assuming(*decided)

    def step(self) -> None:
        """Execute one instruction. Raises Undecided where a condition must be split on first, Stuck where nothing helps."""
        while True:
            try:
                return self._step()
            except Misplaced as error:
                if error.access.condition is not None:
                    raise Undecided(error.access.condition, str(error)) from None
                if not self._chosen(error.access.address):
                    raise self._blocked(error.access.address, f"an address at {self.address:#x}") or error from None

    def _chosen(self, address: Term) -> bool:
        """Rewrite the state to one side of a selection that the address depends on, where the facts give that the other one is never
        right, or the same; False where they do not."""
        for t in postorder((address,)):
            for side in t.args[1:] if t.op is ITE else ():
                if self.facts.gives(eq(t, side)):
                    th = self.facts.prove(eq(t, side))
                    self.simplifier.add_fact(th)
                    self.thm = TRANS(self.thm, REPLACE(self.thm.rhs, {t: th}))
                    self.normalize()
                    return True
        return False

    def _step(self) -> None:
        pc = self.state[PC]
        address = self.theory.address_of(pc)
        if address is None:
            raise self._blocked(pc, "the next instruction") or Stuck(f"the program counter is {pc}")
        if address not in self.theory.words:
            raise Stuck(f"control leaves the routine for {address:#x}")
        transition, changed = self.theory.transition(address)
        state = self.state
        mapping = {x: t for x, t in zip(VARIABLES, state, strict=True) if x is not t and x is not VARIABLES[PC]}
        one = INST(transition, mapping)
        after = one.rhs
        changes = {}
        for i in changed:
            try:
                conversion = self.simplifier.conversion(after.args[i])
            except Unresolved as error:
                where = f"{self.theory.words[address]:#010x} at {address:#x} ({NAMES[i]})"
                raise Misplaced(error, where) from None
            value = after.args[i] if conversion is None else conversion.rhs
            if self.cuts is not None:
                conversion = CHAIN(conversion, self.cuts.name(value, self.simplifier))
            if value.op is CONCAT:
                conversion = CHAIN(conversion, self.theory.linked(value))
            if conversion is not None:
                changes[i] = conversion
        if changes:
            one = TRANS(one, CONG(after, changes))
        unfolded = INST(self.theory.run_successor(self.steps), {_S: self.start})
        inner = CONG(unfolded.rhs, {1: self.thm})
        self.thm = TRANS(TRANS(unfolded, inner), one)
        self.trail = Trail(self.trail, address, one, self.theory.reads(address), frozenset([VARIABLES[i] for i in changed]))
        self.steps += 1

    def call(self, one: Thm, steps: int, used: frozenset[Term]) -> None:
        """Go on by Γ ⊢ run(steps, base, state) = …, which used these components."""
        before, after = self.state, one.rhs.args
        changed = [i for i, t in enumerate(after) if t is not before[i]]
        changes = {}
        for i in changed:
            conversion = self.simplifier.conversion(after[i])
            if self.cuts is not None:
                value = after[i] if conversion is None else conversion.rhs
                conversion = CHAIN(conversion, self.cuts.name(value, self.simplifier))
            if conversion is not None:
                changes[i] = conversion
        one = TRANS(one, CONG(one.rhs, changes)) if changes else one
        there = self.theory.go_on(self.thm, one, self.facts)
        count = EVAL(there.lhs.args[0])
        address = self.address or 0
        self.thm = TRANS(SYM(CONG(there.lhs, {0: count})), there)
        self.trail = Trail(self.trail, address, one, used, frozenset([VARIABLES[i] for i in changed]))
        self.steps += steps

    def _blocked(self, t: Term, why: str) -> Undecided | None:
        """The condition to split on, if the term depends on one."""
        for s in postorder((t,)):
            if s.op is ITE:
                return Undecided(_atom(s.args[0]), why)
        return None

    def used_since(self, start: Path) -> set[Term]:
        """The components that the instructions since then read before they wrote them, as the variables of transitions."""
        used: set[Term] = set()
        trail = self.trail
        while trail is not None and trail is not start.trail:
            used = (used - trail.changed) | trail.used
            trail = trail.before
        return used

    def arrival(self) -> Thm:
        """Γ ⊢ run(count, base, s0) = state, from the real start"""
        if self.prefix is None:
            return self.thm
        return self.theory.go_on(self.prefix, self.thm, self.facts)
