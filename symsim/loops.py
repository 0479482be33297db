# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Loops by induction: the invariant holds at the head in every round, and the kernel checks it.

At the head, σ(i) = run(T(i), base, s0) with T(i) = first + cost · i. A component of σ(i) that stays unknown is a projection of σ(i)
itself.
"""

from __future__ import annotations

from collections.abc import Callable

from isa.state import NAMES
from kernel.arrays import TUPLE_EXT
from kernel.normal import ring
from kernel.ops import (
    app,
    conj,
    eq,
    implies,
    mask,
    number,
    proj,
    ult,
    zext,
)
from kernel.rules import ASSUME, CONG, DISCH, EQ_MP, EVAL, INST, MP, RING, SYM, TRANS
from kernel.sorts import TRACE
from kernel.term import Term, Var, free_vars, substitute
from kernel.theory import DEFINE_REC, INDUCT
from kernel.thm import Thm
from symsim.contract import Loop
from symsim.derived import CHAIN, CONJUNCT
from symsim.facts import Facts
from symsim.fold import normal_left, open_output
from symsim.invariant import TRACE_AT, I, Invariant, LoopNotProved, Owner, prove_claim
from symsim.path import Path
from symsim.rewrite import DISCHARGE, REPLACE


class LoopProof(Invariant):
    """One loop, from the path that enters it at its head: its invariant, and the theorem that it holds."""

    def __init__(self, owner: Owner, loop: Loop, entry: Path, head: int, tag: str) -> None:
        super().__init__(owner, loop, entry, head)
        self.tag = tag
        self._define_trace()

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
        return conj(*[eq(proj(s, j), expected.args[j]) for j in self._known()])

    def _known(self) -> list[int]:
        """The components of which the invariant says something."""
        slots = [s for s in self.slots if s.area is None]
        unknown = {s.name for s in slots} - {s.name for s in slots if s in self.guess}
        return [j for j, name in enumerate(NAMES) if name not in unknown]

    def invariant(self) -> Thm:
        """Γ ⊢ i < count ⇒ claim(i, σ(i))"""
        p = implies(ult(I, self.loop.count), self.claim(I, self.sigma(I)))
        zero = number(0, 64)
        start = DISCH(ult(zero, self.loop.count), self._base(zero))
        return INDUCT(I, p, start, self._step(p))

    def _base(self, zero: Term) -> Thm:
        simplifier = self.entry.simplifier
        self._start_fold(simplifier)
        simplifier.add_fact(normal_left(self.trace_0, simplifier))
        self._use_output(self.entry, zero)
        s0 = self.sigma(zero)
        none = EVAL(zext(zero, 128))
        same = REPLACE(self.count(zero), {none.lhs: none})
        same = TRANS(same, RING(same.rhs, self.first))
        reached = TRANS(CONG(s0, {0: same}), self.arrival)
        return self.transfer(prove_claim(simplifier, self.claim(zero, reached.rhs)), reached, lambda s: self.claim(zero, s))

    def _use_output(self, path: Path, k: Term) -> None:
        """Let the simplifier of the path, which is at the head in round k, open the output's blocks there."""
        if self.output is not None:
            open_output(self.output, self.blocks_0 + k * self.blocks_more, path)

    def transfer(self, th: Thm, reached: Thm, claim: Callable[[Term], Term]) -> Thm:
        """Γ ⊢ claim(t)  and  Δ ⊢ s = t  give  Γ ∪ Δ ⊢ claim(s)"""
        return EQ_MP(SYM(REPLACE(claim(reached.lhs), {reached.lhs: reached})), th)

    def arrived(self, k: Term, holds: Thm) -> Thm:
        """From claim(k, σ(k)): ⊢ σ(k) = the head's state in round k, unknowns projected"""
        sigma = self.sigma(k)
        conjuncts = {j: CONJUNCT(holds, n) for n, j in enumerate(self._known())}
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
        return self.owner.theory.go_on(arrived, DISCHARGE(body, facts), facts)

    def last_round(self, invariant: Thm) -> Path:
        """The path into the last round, up to where it shows that it is the last."""
        last = self.last
        there = self.outer.prove(ult(last, self.loop.count))
        holds = MP(INST(invariant, {I: last}), there)
        thm = self.after(last, self.arrived(last, holds), self.undecided, self.outer)
        path = Path(self.owner.theory, thm.rhs, self.outer, self.owner.context, thm)
        path.conditions, path.open, path.folded = self.entry.conditions, self.entry.open, self._taken(last)
        path.passed, path.trail = self.entry.passed | {self.head}, self.undecided.trail
        total = self.loop.total
        if total is not None and ring(total) == ring(path.folded):
            path.to_fold = total  # the fold's specification does nothing any more
            self.owner.follow(path)
        else:
            known = self._use_fold(path, last)
            path.to_fold = total if total is not None else self._taken(self.loop.count if known else last)
        return path

    def _step(self, p: Term) -> Thm:
        goes_on = ASSUME(ult(I + 1, self.loop.count))
        not_last = ASSUME(~eq(I, mask(64)))
        facts = self.outer.extended(goes_on, not_last)
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
        next_trace = normal_left(next_trace, simplifier)
        simplifier.add_fact(CHAIN(next_trace, simplifier.conversion(next_trace.rhs)) or next_trace)
        self._use_output(self.back, I + 1)
        general = prove_claim(simplifier, self.claim(I + 1, there))
        general = DISCHARGE(INST(general, self.unknowns(I)), facts)
        th = self.transfer(general, reached, lambda s: self.claim(I + 1, s))
        return DISCH(goes_on.concl, th)
