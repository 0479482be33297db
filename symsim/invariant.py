# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A loop's invariant: guess what the head's state is in round i, and run the body once for all i to see whether it stays so.

A component of the head's state is unchanged, or moves by a constant, or follows the fold of the specification, or stays unknown; the
output has the same number of blocks more after each round. The guesses come from comparing the first two rounds; one that the general
round does not confirm becomes unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from isa.state import INDEX, NAMES, VARIABLES
from kernel.normal import ring
from kernel.ops import (
    concat,
    is_const,
    mask,
    number,
    read,
    tuple_,
    ult,
    value_of,
)
from kernel.rules import ASSUME
from kernel.sorts import BV, TRACE
from kernel.term import Term, Var, free_vars, substitute
from kernel.thm import Thm
from symsim.canonical import sum_term
from symsim.contract import INDEX_VARIABLE, LR, MEMORY, Loop
from symsim.derived import EQT_ELIM
from symsim.errors import ArmsymError
from symsim.facts import Facts
from symsim.fold import NotMatched, fold_round, fold_start, open_fold
from symsim.machine_theory import BASE, MachineTheory
from symsim.memory import Unresolved, split
from symsim.output import Stored, progress
from symsim.path import MEM, Path, Undecided
from symsim.rewrite import replaced
from symsim.simplify import Simplifier
from symsim.slots import CELL, Slot, distance, lanes_moved, moved
from symsim.unknowns import Unknowns

PC, TRACE_AT, POLICY_AT = INDEX["pc"], INDEX["trace"], INDEX["policy"]
I = INDEX_VARIABLE


class LoopNotProved(ArmsymError):
    """No invariant was found, or the loop does not go round as the contract says; `goal` is what is left to prove, if that is a formula."""

    def __init__(self, why: str, goal: Term | None = None) -> None:
        super().__init__(why)
        self.goal = goal


class Owner(Protocol):
    """What a loop needs of the proof that it is part of."""

    theory: MachineTheory
    facts: Facts
    start: Term
    public: tuple[Term, ...]
    stored: tuple[Stored, ...]

    def context(self, facts: Facts) -> Simplifier:
        """A simplifier that knows the contract's memory."""

    def follow(self, path: Path, *specification: Term) -> None:
        """Let the path name what it computes by what the specification, and the next blocks of the output, go through."""

    def advance(self, path: Path) -> None:
        """Execute one instruction, or all of a subroutine that the contract speaks of."""

    def run_until(self, path: Path, stop: Callable[[Path], bool]) -> Iterator[Path]:
        """All paths from here to where they stop or return."""


def prove_claim(simplifier: Simplifier, claim: Term) -> Thm:
    """Γ ⊢ claim, by its normal form. LoopNotProved names the first part that does not come out true."""
    th = simplifier.normalize(claim)
    if is_const(th.rhs) and th.rhs.params[0] == 1:
        return EQT_ELIM(th)
    for part in claim.args if claim.op.name == "and" else (claim,):
        normal = simplifier.normalize(part).rhs
        if not is_const(normal) or not normal.params[0]:
            raise LoopNotProved(f"open: {part}, which simplifies to {normal}", normal)
    raise LoopNotProved(f"open: {claim}", claim)


def _is_zero(t: Term) -> bool:
    return is_const(t) and value_of(t) == 0


class Invariant:
    """What is guessed of one loop, from the path that enters it at its head, and was confirmed by the general round.

    `back` is the general round up to the head, where there is another one; `undecided` is the same round up to where that matters.
    """

    def __init__(self, owner: Owner, loop: Loop, entry: Path, head: int) -> None:
        self.owner, self.loop, self.head = owner, loop, head
        self.entry = entry = entry.settled()
        self.outer = entry.facts
        self.arrival = entry.arrival()
        self.first = self.arrival.lhs.args[0]
        self.last = sum_term(ring(loop.count - 1), 64)
        self.areas = [a for a in entry.simplifier.memory.areas if a.fixed]
        self.slots = self._slots()
        self.entry_values = self._values(entry)
        self.guess: dict[Slot, Term] = {}
        self.output: Stored | None = None
        self.blocks_0, self.blocks_more = number(0, 64), 0
        self.taken_0 = self._taken_before()
        self._find()
        self._confirm()

    # What the head's state is

    def _slots(self) -> list[Slot]:
        handled = ("mem", "trace", "pc", "policy")
        out = [Slot(n, 0, 0, None, VARIABLES[k].sort) for k, n in enumerate(NAMES) if n not in handled]
        fold = self.loop.fold
        for area in self.areas:
            step = area.size if fold is not None and area.name == fold.cell else CELL
            for k in range(0, area.size, step):
                size = min(step, area.size - k)
                out.append(Slot(area.name, k, size, area, BV(8 * size)))
        return out

    @staticmethod
    def _value(slot: Slot, path: Path) -> Term:
        """What the place holds, normal."""
        if slot.area is None:
            whole = path.component(slot.name)
        else:
            whole = path.simplifier.memory.values(path.state[MEM])[slot.area]
        return path.simplifier.normalize(slot.of_whole(whole)).rhs

    def _values(self, path: Path) -> dict[Slot, Term]:
        return {slot: self._value(slot, path) for slot in self.slots}

    def _blocks(self, path: Path) -> tuple[Stored, Term] | None:
        """The output that is being written, and how many of its blocks there are."""
        return progress(self.owner.stored, path.state[MEM], path.simplifier) if self.owner.stored else None

    def _another(self, path: Path, k: Term) -> tuple[Path, Path]:
        """Round k up to where it matters whether there is another one, and, where there is, up to the head."""
        common = path.copy()
        known = self._use_fold(common, k)
        while True:
            try:
                self.owner.advance(common)
            except Undecided:
                break
            if common.component("pc") is LR:
                raise LoopNotProved(f"the loop at {self.head:#x} does not ask whether to go round again")

        def again(p: Path) -> bool:
            return p.steps > path.steps and self._is_round(path, p)

        goes_on = common.assuming(common.simplifier.normalize(ult(k + 1, self.loop.count)).rhs)
        if not known:
            self._use_fold(goes_on, k)
        ends = list(self.owner.run_until(goes_on, again))
        if len(ends) != 1 or ends[0].address != self.head:
            raise LoopNotProved(
                f"the loop at {self.head:#x} does not always go round again where the contract says so: {len(ends)} ways from its head"
            )
        return common, ends[0].settled()

    def _use_fold(self, path: Path, k: Term) -> bool:
        """Let the path know what the specification does in round k. Not where a loop tests first and this may be its last visit: the
        specification does nothing then, there may be no input for it."""
        fold = self.loop.fold
        if fold is None:
            self.owner.follow(path)
            return True
        if is_const(k):
            self._start_fold(path.simplifier)
        try:
            step = fold_round(fold, self._taken(k), path.facts, path.simplifier)
        except Unresolved:
            return False
        self.owner.follow(path, step.rhs)
        return True

    def _taken(self, rounds: Term) -> Term:
        """The number of values of the fold that have been taken after so many rounds."""
        taken = rounds if self.loop.fold is None else self.loop.fold.after(rounds)
        return taken if _is_zero(self.taken_0) else self.taken_0 + taken

    def _taken_before(self) -> Term:
        """The number of values of the fold that were taken before the loop: as many as blocks of output, or as by the loops before, if that
        value is there."""
        fold, entry, blocks = self.loop.fold, self.entry, self._blocks(self.entry)
        for taken in (entry.folded if blocks is None else blocks[1], entry.folded):
            if fold is None or _is_zero(taken):
                break
            try:
                open_fold(fold, entry.folded, taken, entry)
            except (NotMatched, Unresolved):
                continue
            if entry.simplifier.normalize(fold.layout(fold.value(taken))).rhs in self.entry_values.values():
                return taken
        return number(0, 64)

    def _start_fold(self, simplifier: Simplifier) -> None:
        """Let the simplifier know what the fold begins with, if it does so here."""
        if self.loop.fold is not None and _is_zero(self.taken_0):
            simplifier.add_fact(fold_start(self.loop.fold, self.taken_0, simplifier))

    def _is_round(self, start: Path, path: Path) -> bool:
        """Whether the path is at the head with the pointers that it used since the start of the round as they were, those into the object
        and into regions of constant size: an inner loop may share the head."""
        if path.address != self.head:
            return False
        triples = zip(VARIABLES, path.state, self.entry.state, strict=True)
        moved = {x for x, now, then in triples if now is not then and self._points_into_the_same(now, then)}
        return not moved or moved.isdisjoint(path.used_since(start))

    def _points_into_the_same(self, *values: Term) -> bool:
        fixed = {split(a.base)[0] for a in self.entry.simplifier.memory.areas if a.place is None} | {(BASE,)}
        roots = {split(value)[0] for value in values if value.sort is BV(64)}
        return len(roots) == 1 and roots <= fixed

    def _find(self) -> None:
        """Guess from the first two rounds."""
        _, second = self._another(self.entry, number(0, 64))
        values = self._values(second)
        self._find_output(self._blocks(self.entry), self._blocks(second))
        pairs = {s: (self.entry_values[s], values[s]) for s in self.slots}
        # One of these pointers that is another one after a round was not used: what was left in the register does not go on moving.
        moves = {s: d for s, pair in pairs.items() if (d := distance(*pair)) and not self._points_into_the_same(*pair)}
        pointers: dict[Term, Term] = {}
        for slot, d in moves.items():
            form = dict(ring(self.entry_values[slot]))
            form.pop((), None)
            variables = [x for x in free_vars(self.entry_values[slot]) if form == {(x.id,): 1}]
            if variables:
                pointers[variables[0]] = variables[0] + I * d
        cell: dict[Term, Term] = {}
        fold = self.loop.fold
        if fold is not None:
            area = next((a for a in self.areas if a.name == fold.cell), None)
            now = fold.layout(fold.value(self._taken(I)))
            held = self.entry.simplifier.normalize(fold.layout(fold.value(self.taken_0))).rhs
            if area is not None and _is_zero(self.taken_0):
                cell[read(MEMORY, area.base, area.size)] = now
            if not is_const(held):
                cell[held] = now
        followed = cell | pointers
        for slot in self.slots:
            if slot in moves:
                self.guess[slot] = moved(self.entry_values[slot], moves[slot])
            elif (general := self._general(slot, second, followed)) is not None:
                self.guess[slot] = general
        self._halve(second, followed)

    def _general(self, slot: Slot, second: Path, followed: Mapping[Term, Term]) -> Term | None:
        """What the place may hold in round i: what it held at the start, with what is followed in it as it is in round i."""
        before, after = self._value(slot, self.entry), self._value(slot, second)
        if before is after:
            return before
        lanes = lanes_moved(before, after)
        general = replaced(before, followed) if lanes is None else lanes
        return general if second.simplifier.normalize(substitute(general, {I: number(1, 64)})).rhs is after else None

    def _halve(self, second: Path, followed: Mapping[Term, Term]) -> None:
        """Follow the halves of a vector register on their own where the whole has no pattern and one of them has."""
        slots = []
        for slot in self.slots:
            halves = [Slot(slot.name, k, CELL, None, BV(8 * CELL)) for k in range(0, slot.sort.width // 8, CELL)]
            found = {}
            if slot.area is None and len(halves) == 2 and slot not in self.guess:
                found = {h: t for h in halves if (t := self._general(h, second, followed)) is not None}
            self.guess |= found
            slots += halves if found else [slot]
        self.slots = slots

    def _find_output(self, first: tuple[Stored, Term] | None, second: tuple[Stored, Term] | None) -> None:
        """What is stored: how many blocks of which output at the start, and how many more in each round."""
        if first is None or second is None:
            return
        self.output, blocks = second
        if self.output is first[0]:
            self.blocks_0 = first[1]
        self.blocks_more = ring(blocks - self.blocks_0).get((), 0)

    def _confirm(self) -> None:
        """Run the general round; what it does not confirm becomes unknown, until all that is left holds."""
        facts = self.outer.extended(ASSUME(ult(I, self.loop.count)))
        while True:
            start = self.state(I, lambda slot: slot.variable, Var("some_trace", TRACE))
            head = Path(self.owner.theory, start, facts, self.owner.context)
            head.unknowns = Unknowns(slot.variable for slot in self.slots if slot not in self.guess)
            self.undecided, self.back = self._another(head, I)
            self.used = self.back.used_since(head)
            values = self._values(self.back)
            wrong = [s for s in self.guess if self._next_value(s) is not values[s]]
            anew = {} if wrong else self._made_anew(values)
            if not wrong and not anew:
                return
            for slot in wrong:
                del self.guess[slot]
            self.guess |= anew

    def _made_anew(self, values: dict[Slot, Term]) -> dict[Slot, Term]:
        """What every round makes of nothing but what is known, where it matters: in round i, what it makes in round i − 1, if that is so at
        the start."""
        unknown = {s.variable for s in self.slots if s not in self.guess}
        simplifier, found = self.entry.simplifier, {}
        for slot in self.slots:
            if slot in self.guess or not self._matters(slot) or free_vars(values[slot]) & unknown:
                continue
            try:
                first = simplifier.normalize(substitute(values[slot], {I: number(mask(64), 64)}))
            except Unresolved:  # it reads what only the round before may read
                continue
            if first.rhs is self._value(slot, self.entry):
                found[slot] = substitute(values[slot], {I: I - 1})
        return found

    def _matters(self, slot: Slot) -> bool:
        """Whether a round, or what comes after the last one, uses what it finds in the place."""
        if slot.area is not None:
            return True
        return VARIABLES[INDEX[slot.name]] in self.used or self._value(slot, self.undecided) is slot.variable

    def _next_value(self, slot: Slot) -> Term:
        return self.back.simplifier.normalize(substitute(self.guess[slot], {I: I + 1})).rhs

    def state(self, k: Term, unknown: Callable[[Slot], Term], trace: Term) -> Term:
        """The head's state in round k."""
        values = {s: substitute(self.guess[s], {I: k}) if s in self.guess else unknown(s) for s in self.slots}
        parts = dict(zip(NAMES, self.entry.state, strict=True))
        for slot in self.slots:
            if slot.area is None:
                parts[slot.name] = concat(values[slot], parts[slot.name]) if slot.offset else values[slot]
        held = {a: concat(*[values[s] for s in reversed(self.slots) if s.area is a]) for a in self.areas}
        parts["mem"] = self.entry.simplifier.memory.with_values(self._memory(k), held)
        parts["trace"] = trace
        return tuple_(*parts.values())

    def _memory(self, k: Term) -> Term:
        """The memory below the fixed areas in round k."""
        none = self.blocks_more == 0 and _is_zero(self.blocks_0)
        if self.output is None or (none and self.output.before is None):
            return MEMORY
        return substitute(self.output.value(self.blocks_0 + I * self.blocks_more), {I: k})
