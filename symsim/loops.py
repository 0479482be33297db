# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Loops by induction: guess what the head's state is in round i, run the body once for all i, and let the kernel check.

At the head, σ(i) = run(T(i), base, s0) with T(i) = first + cost · i. A component of σ(i) is unchanged, or moves by a constant, or follows
the fold of the specification, or stays unknown, a projection of σ(i) itself. The guesses come from comparing the first two rounds; one
that the general round does not confirm becomes unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from isa.state import INDEX, NAMES, VARIABLES
from kernel.arrays import TUPLE_EXT
from kernel.normal import ring
from kernel.ops import (
    ZERO_EXTEND,
    app,
    concat,
    conj,
    eq,
    implies,
    is_const,
    mask,
    number,
    proj,
    read,
    tuple_,
    ult,
    zext,
)
from kernel.rules import ASSUME, CONG, DISCH, EQ_MP, EVAL, INST, MP, RING, SYM, TRANS
from kernel.sorts import BV, TRACE, Sort
from kernel.term import Term, Var, free_vars, substitute
from kernel.theory import DEFINE_REC, INDUCT
from kernel.thm import Thm
from symsim.canonical import sum_term
from symsim.contract import INDEX_VARIABLE, MEMORY, Fold, Loop
from symsim.derived import CONJUNCT, EQT_ELIM
from symsim.errors import ArmsymError
from symsim.facts import Facts
from symsim.fold import fold_start, fold_step, normal_left
from symsim.machine_theory import MachineTheory
from symsim.memory import Area, Unresolved
from symsim.path import MEM, Path
from symsim.rewrite import DISCHARGE, REPLACE, replaced
from symsim.simplify import Simplifier

CELL = 8  # bytes: what is followed on its own in an area that no fold owns
PC, TRACE_AT, POLICY_AT = INDEX["pc"], INDEX["trace"], INDEX["policy"]
I = INDEX_VARIABLE


class LoopNotProved(ArmsymError):
    """No invariant was found, or the loop does not go round as the contract says; `goal` is what is left to prove, if that is a formula."""

    def __init__(self, why: str, goal: Term | None = None) -> None:
        super().__init__(why)
        self.goal = goal


@dataclass(frozen=True)
class Slot:
    """A place whose value an invariant describes: a component, or `size` bytes of an area."""

    name: str
    offset: int
    size: int
    area: Area | None
    sort: Sort

    @property
    def variable(self) -> Term:
        """The variable for the place's value where it is not known."""
        return Var(f"some_{self.name}" + (f"_{self.offset}" if self.area else ""), self.sort)

    def of_state(self, state: Term) -> Term:
        """The place's value in a state."""
        if self.area is None:
            return proj(state, INDEX[self.name])
        return self.of_area(read(proj(state, MEM), self.area.base, self.area.size))

    def of_area(self, whole: Term) -> Term:
        """The place's part of its area's value."""
        if 8 * self.size == whole.width:
            return whole
        return whole[8 * (self.offset + self.size) - 1 : 8 * self.offset]


class Owner(Protocol):
    """What a loop needs of the proof that it is part of."""

    theory: MachineTheory
    facts: Facts
    start: Term
    public: tuple[Term, ...]

    def context(self, facts: Facts) -> Simplifier:
        """A simplifier that knows the contract's memory."""

    def follow(self, path: Path, specification: Term) -> None:
        """Let the path name what it computes by what the specification goes through."""

    def run_until(self, path: Path, stop: Callable[[Path], bool]) -> list[Path]:
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


def distance(before: Term, after: Term) -> int:
    """The constant by which a 64-bit value, or a 32-bit one with zeros on top, moves; 0 where there is none."""
    if before.op is ZERO_EXTEND and after.op is ZERO_EXTEND and before.args[0].width == after.args[0].width == 32:
        before, after = before.args[0], after.args[0]
    elif before.sort is not BV(64):
        return 0
    form = ring(after - before)
    return form[()] if set(form) == {()} else 0


def moved(before: Term, by: int) -> Term:
    """The value in round i that was `before` at the start and moves by a constant."""
    if before.op is ZERO_EXTEND:
        return zext(before.args[0] + I[31:0] * by, 64)
    return before + I * by


class LoopProof:
    """One loop, from the path that enters it at its head."""

    def __init__(self, owner: Owner, loop: Loop, entry: Path, head: int, tag: str) -> None:
        self.owner, self.loop, self.entry, self.head, self.tag = owner, loop, entry, head, tag
        self.first = entry.steps
        self.last = sum_term(ring(loop.count - 1), 64)
        self.areas = [a for a in entry.simplifier.memory.areas if a.writable]
        self.slots = self._slots()
        self.entry_values = self._values(entry)
        self.guess: dict[Slot, Term] = {}
        self.tests_first = False
        self._find()
        self._confirm()
        self._define_trace()

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

    def _values(self, path: Path) -> dict[Slot, Term]:
        held = path.simplifier.memory.values(path.state[MEM])
        out = {}
        for slot in self.slots:
            if slot.area is None:
                out[slot] = path.component(slot.name)
            else:
                out[slot] = path.simplifier.normalize(slot.of_area(held[slot.area])).rhs
        return out

    def _round(self, path: Path, k: Term) -> tuple[Path, Path]:
        """The ways on from the head in round k: back to it, and out of the loop."""
        ends = [end for p in self._visits(path, k) for end in self.owner.run_until(p, self._is_round)]
        back = [p for p in ends if p.address == self.head]
        out = [p for p in ends if p.address != self.head]
        if len(back) != 1 or len(out) != 1:
            raise LoopNotProved(
                f"the loop at {self.head:#x} has {len(back)} ways back to its head and {len(out)} ways out, not one of each"
            )
        return back[0], out[0]

    def _visits(self, path: Path, k: Term) -> list[Path]:
        """The path, which knows what the specification does in round k. Where a loop tests first, the specification does nothing on the
        last visit of its head, there may be no input for it: then the visit from which the loop goes on, and the last one."""
        fold = self.loop.fold
        if fold is None:
            return [path]
        if is_const(k):
            path.simplifier.add_fact(fold_start(fold, k, path.simplifier))
        try:
            self._use_fold(fold, path, k)
        except Unresolved:
            self.tests_first = True
            goes_on = path.simplifier.normalize(ult(k + 1, self.loop.count)).rhs
            path, last = path.assuming(goes_on), path.assuming(~goes_on)
            self._use_fold(fold, path, k)
            return [path, last]
        return [path]

    def _use_fold(self, fold: Fold, path: Path, k: Term) -> None:
        """Let the path know what the specification does in round k."""
        step = fold_step(fold, k, path.facts, path.simplifier)
        path.simplifier.add_fact(step)
        self.owner.follow(path, step.rhs)

    def _is_round(self, path: Path) -> bool:
        """Whether the path is at the head with the pointers into the object as they were: an inner loop may share the head."""
        if path.address != self.head:
            return False
        pairs = zip(path.state, self.entry.state, strict=True)
        place = self.owner.theory.address_of
        return all(now is then or place(then) is None or place(now) is None for now, then in pairs)

    def _find(self) -> None:
        """Guess from the first two rounds."""
        second, _ = self._round(self.entry, number(0, 64))
        values = self._values(second)
        moves = {s: d for s in self.slots if (d := distance(self.entry_values[s], values[s]))}
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
            area = next(a for a in self.areas if a.name == fold.cell)
            cell[read(MEMORY, area.base, area.size)] = fold.layout(fold.value(I))
        for slot in self.slots:
            before, after = self.entry_values[slot], values[slot]
            if before is after:
                self.guess[slot] = before
            elif slot in moves:
                self.guess[slot] = moved(before, moves[slot])
            else:
                general = replaced(before, cell | pointers)
                if second.simplifier.normalize(substitute(general, {I: number(1, 64)})).rhs is after:
                    self.guess[slot] = general

    def _confirm(self) -> None:
        """Run the general round; what it does not confirm becomes unknown, until all that is left holds."""
        within = ult(I, self.loop.count)
        self.facts = self.owner.facts.extended(ASSUME(within))
        while True:
            start = self.state(I, lambda slot: slot.variable, Var("some_trace", TRACE))
            self.back, self.exit = self._round(Path(self.owner.theory, start, self.facts, self.owner.context), I)
            values = self._values(self.back)
            wrong = [s for s in self.guess if self._next_value(s) is not values[s]]
            if not wrong:
                return
            for slot in wrong:
                del self.guess[slot]

    def _next_value(self, slot: Slot) -> Term:
        return self.back.simplifier.normalize(substitute(self.guess[slot], {I: I + 1})).rhs

    def state(self, k: Term, unknown: Callable[[Slot], Term], trace: Term) -> Term:
        """The head's state in round k."""
        values = {s: substitute(self.guess[s], {I: k}) if s in self.guess else unknown(s) for s in self.slots}
        parts = dict(zip(NAMES, self.entry.state, strict=True))
        for slot in self.slots:
            if slot.area is None:
                parts[slot.name] = values[slot]
        held = {a: concat(*[values[s] for s in reversed(self.slots) if s.area is a]) for a in self.areas}
        parts["mem"] = self.entry.simplifier.memory.with_values(MEMORY, held)
        parts["trace"] = trace
        return tuple_(*parts.values())

    def last_visit(self) -> Path:
        """The way out of the loop, on the visit of the head on which it is taken."""
        path = self.exit.instance({I: self.last}, self.owner.facts)
        if self.loop.fold is not None and not self.tests_first:
            path.simplifier.add_fact(fold_step(self.loop.fold, self.last, path.facts, path.simplifier))
        path.normalize()
        return path

    # The theorem

    def _define_trace(self) -> None:
        """The trace at the head, as a function of the round and of what is public: that there is one is constant time."""
        t0, step = self.entry.state[TRACE_AT], self.back.state[TRACE_AT]
        public = self.owner.public
        secret = (free_vars(t0) | free_vars(step)) - {*public, I, Var("some_trace", TRACE)}
        if secret:
            names = ", ".join(sorted(map(str, secret)))
            raise LoopNotProved(f"not constant time: accesses or branches depend on {names}")
        self.trace_0, self.trace_next = DEFINE_REC(
            f"trace_{self.tag}", I, public, t0, Var("some_trace", TRACE), step
        )

    def trace(self, k: Term) -> Term:
        """The trace at the head in round k."""
        return app(f"trace_{self.tag}", TRACE, k, *self.owner.public)

    def count(self, k: Term) -> Term:
        """The number of steps to the head in round k, 128 bits."""
        return zext(k, 128) * self.back.steps + self.first

    def sigma(self, k: Term) -> Term:
        """The state at the head in round k, as the program reaches it."""
        return self.owner.theory.run(self.count(k), self.owner.start)

    def claim(self, k: Term, s: Term) -> Term:
        """State s is the head's state in round k."""
        expected = self.state(k, lambda slot: slot.of_state(s), self.trace(k))
        unknown = {INDEX[slot.name] for slot in self.slots if slot.area is None and slot not in self.guess}
        return conj(*[eq(proj(s, j), t) for j, t in enumerate(expected.args) if j not in unknown])

    def invariant(self) -> Thm:
        """Γ ⊢ i < count ⇒ claim(i, σ(i))"""
        p = implies(ult(I, self.loop.count), self.claim(I, self.sigma(I)))
        zero = number(0, 64)
        start = DISCH(ult(zero, self.loop.count), self._base(zero))
        return INDUCT(I, p, start, self._step(p))

    def _base(self, zero: Term) -> Thm:
        simplifier = self.entry.simplifier
        if self.loop.fold is not None:
            simplifier.add_fact(fold_start(self.loop.fold, zero, simplifier))
        simplifier.add_fact(self.trace_0)
        s0 = self.sigma(zero)
        reached = TRANS(CONG(s0, {0: EVAL(self.count(zero))}), self.entry.thm)
        return self.transfer(prove_claim(simplifier, self.claim(zero, reached.rhs)), reached, lambda s: self.claim(zero, s))

    def transfer(self, th: Thm, reached: Thm, claim: Callable[[Term], Term]) -> Thm:
        """Γ ⊢ claim(t)  and  Δ ⊢ s = t  give  Γ ∪ Δ ⊢ claim(s)"""
        return EQ_MP(SYM(REPLACE(claim(reached.lhs), {reached.lhs: reached})), th)

    def arrived(self, k: Term, holds: Thm) -> Thm:
        """From claim(k, σ(k)): ⊢ σ(k) = the head's state in round k, unknowns projected"""
        sigma = self.sigma(k)
        conjuncts = {}
        unknown = {INDEX[slot.name] for slot in self.slots if slot.area is None and slot not in self.guess}
        places = [j for j in range(len(NAMES)) if j not in unknown]
        for n, j in enumerate(places):
            conjuncts[j] = CONJUNCT(holds, n)
        spread = TUPLE_EXT(sigma)
        return TRANS(spread, CONG(spread.rhs, conjuncts))

    def unknowns(self, k: Term) -> dict[Term, Term]:
        """What the unknowns' variables stand for in round k."""
        sigma = self.sigma(k)
        out = {s.variable: s.of_state(sigma) for s in self.slots if s not in self.guess}
        out[Var("some_trace", TRACE)] = self.trace(k)
        return out

    def after(self, k: Term, arrived: Thm, path: Path, facts: Facts) -> Thm:
        """Γ ⊢ run(path's steps + count(k), base, s0) = the path's end in round k"""
        body = INST(path.thm, {I: k, **self.unknowns(k)} if k is not I else self.unknowns(k))
        body = DISCHARGE(body, facts)
        steps = number(path.steps, 128)
        here = self.owner.theory.run(steps, self.sigma(k))
        onward = TRANS(CONG(here, {2: arrived}), body)
        variables = {Var("a", BV(128)): steps, Var("b", BV(128)): self.count(k), self.owner.theory.state: self.owner.start}
        joined = INST(self.owner.theory.run_add, variables)
        return TRANS(MP(joined, facts.prove(joined.concl.args[0])), onward)

    def _step(self, p: Term) -> Thm:
        goes_on = ASSUME(ult(I + 1, self.loop.count))
        not_last = ASSUME(~eq(I, mask(64)))
        facts = self.owner.facts.extended(goes_on, not_last)
        holds = MP(ASSUME(p), facts.prove(ult(I, self.loop.count)))
        onward = self.after(I, self.arrived(I, holds), self.back, facts)
        wider = facts.prove(eq(zext(I + 1, 128), zext(I, 128) + 1))
        count = self.count(I + 1)
        same = REPLACE(count, {wider.lhs: wider})
        same = TRANS(same, RING(same.rhs, onward.lhs.args[0]))
        reached = TRANS(CONG(self.sigma(I + 1), {0: same}), onward)
        simplifier = self.back.simplifier
        next_trace = MP(self.trace_next, facts.prove(self.trace_next.concl.args[0]))
        there = substitute(self.back.thm.rhs, {Var("some_trace", TRACE): self.trace(I)})
        simplifier.add_fact(normal_left(next_trace, simplifier))
        general = prove_claim(simplifier, self.claim(I + 1, there))
        general = DISCHARGE(INST(general, self.unknowns(I)), facts)
        th = self.transfer(general, reached, lambda s: self.claim(I + 1, s))
        return DISCH(goes_on.concl, th)
