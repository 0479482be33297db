# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A program in the logic: its step function, its run function, and the theorem for one step at each address."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property

from isa.meaning import S, constant_name, definition, meaning
from isa.state import INDEX, STATE, VARIABLES
from kernel.arrays import PROJ_TUPLE
from kernel.evaluate import evaluate
from kernel.ops import app, eq, implies, is_const, mask, number, proj, tuple_, ule
from kernel.rules import ASSUME, CONG, DISCH, EVAL, INST, MP, RING, SYM, TRANS
from kernel.sorts import BV
from kernel.term import Term, Var, free_vars
from kernel.theory import DEFINE_PROGRAM, DEFINE_REC, INDUCT
from kernel.thm import Thm
from symsim.blast import Falsified, blast
from symsim.derived import CHAIN, GROUND
from symsim.facts import Facts
from symsim.idioms import Idioms
from symsim.simplify import Simplifier

BASE = Var("base", BV(64))
"""Where the object is loaded: added to every linked address."""
COUNT = BV(128)
PC = INDEX["pc"]


class MachineTheory:
    """The constants step_P(base, s) and run_P(t, base, s) of a program, and their theorems.

    `facts` must give that the load base is page-aligned, where the program computes page addresses.
    """

    def __init__(self, tag: str, words: Mapping[int, int], facts: Facts, idioms: Idioms | None = None) -> None:
        self.tag = tag
        self.state = S
        self.words = dict(words)
        self._facts, self._idioms = facts, idioms
        for word in set(words.values()):
            definition(word)
        transitions = {a: app(constant_name(w), STATE, S) for a, w in words.items()}
        self.step_name, self.run_name = f"step_{tag}", f"run_{tag}"
        self._steps = DEFINE_PROGRAM(self.step_name, BASE, S, PC, transitions)
        t, previous = Var("t", COUNT), Var("previous", STATE)
        self._run_0, self._run_next = DEFINE_REC(self.run_name, t, (BASE, S), S, previous, self.step(previous))
        self._transitions: dict[int, tuple[Thm, tuple[int, ...]]] = {}
        self._reads: dict[int, frozenset[Term]] = {}
        self._successor: list[Thm] = []

    def step(self, state: Term) -> Term:
        """step_P(base, s)"""
        return app(self.step_name, STATE, BASE, state)

    def run(self, count: Term, state: Term) -> Term:
        """run_P(t, base, s)"""
        return app(self.run_name, STATE, count, BASE, state)

    def pc_at(self, address: int) -> Term:
        """base + address, as a normal term."""
        return BASE + address if address else BASE

    def address_of(self, pc: Term) -> int | None:
        """The a with pc = base + a, for a normal term."""
        if pc is BASE:
            return 0
        if pc.op.name == "bvadd" and len(pc.args) == 2 and pc.args[0] is BASE and is_const(pc.args[1]):
            address: int = pc.args[1].params[0]
            return address
        return None

    def linked(self, value: Term) -> Thm | None:
        """⊢ value = base + a, for a 64-bit value computed from the load base alone, by page or alignment; None for others"""
        if value.width != 64 or self.address_of(value) is not None or free_vars(value) != {BASE}:
            return None
        try:
            return self._facts.prove(eq(value, self.pc_at(evaluate(value, {BASE: 0}))))
        except Falsified:
            return None

    def run_zero(self, state: Term) -> Thm:
        """⊢ run(0, base, s) = s"""
        return INST(self._run_0, {S: state})

    def run_successor(self, k: int) -> Thm:
        """⊢ run(k + 1, base, s) = step(base, run(k, base, s)), over the variable s"""
        while len(self._successor) <= k:
            j = len(self._successor)
            count = number(j, 128)
            th = INST(self._run_next, {Var("t", COUNT): count})
            th = MP(th, GROUND(th.concl.args[0]))
            sum_ = EVAL(count + 1)
            renamed = SYM(CONG(th.lhs, {0: sum_}))
            self._successor.append(TRANS(renamed, th))
        return self._successor[k]

    def transition(self, address: int) -> tuple[Thm, tuple[int, ...]]:
        """⊢ step(base, (x0, …, base + address, …)) = (…) over the components' variables, and which components change."""
        known = self._transitions.get(address)
        if known is None:
            known = self._transitions[address] = self._make_transition(address)
        return known

    def reads(self, address: int) -> frozenset[Term]:
        """The components, as variables, that the instruction at the address computes from."""
        known = self._reads.get(address)
        if known is None:
            th, changed = self.transition(address)
            known = self._reads[address] = frozenset().union(*(free_vars(th.rhs.args[i]) for i in changed))
        return known

    def _make_transition(self, address: int) -> tuple[Thm, tuple[int, ...]]:
        word = self.words[address]
        here = {VARIABLES[PC]: self.pc_at(address)}
        meaning_here = INST(_on_components(word), here)
        state = meaning_here.lhs.args[0]
        th = INST(self._steps[address], {S: state})
        at = PROJ_TUPLE(proj(state, PC))
        if address == 0:
            at = TRANS(at, RING(BASE, BASE + 0))
        th = TRANS(MP(th, at), meaning_here)
        changes: dict[int, Thm] = {}
        simplifier = Simplifier()
        changed = tuple(sorted(meaning(word)))
        for i in changed:
            named = self._idioms.name(th.rhs.args[i]) if self._idioms is not None else None
            conversion = named or simplifier.conversion(th.rhs.args[i])
            value = th.rhs.args[i] if conversion is None else conversion.rhs
            conversion = CHAIN(conversion, self.linked(value))
            if conversion is not None:
                changes[i] = conversion
        if changes:
            th = TRANS(th, CONG(th.rhs, changes))
        return th, changed

    @cached_property
    def run_add(self) -> Thm:
        """⊢ b ≤ max − a ⇒ run(a + b, base, s) = run(a, base, run(b, base, s)), by induction on a"""
        a, b = Var("a", COUNT), Var("b", COUNT)
        largest = number(mask(128), 128)

        def claim(x: Term) -> Term:
            return implies(ule(b, largest - x), eq(self.run(x + b, S), self.run(x, self.run(b, S))))

        zero = number(0, 128)
        unit = CONG(self.run(zero + b, S), {0: RING(zero + b, b)})
        start = DISCH(ule(b, largest - zero), TRANS(unit, SYM(self.run_zero(self.run(b, S)))))

        not_last = ASSUME(~eq(a, largest))
        room = ASSUME(ule(b, largest - (a + 1)))
        smaller = MP(MP(blast(implies(not_last.concl, implies(room.concl, ule(b, largest - a)))), not_last), room)
        sum_not_last = implies(not_last.concl, implies(room.concl, ~eq(a + b, largest)))
        guard = MP(MP(blast(sum_not_last), not_last), room)
        below = MP(ASSUME(claim(a)), smaller)
        t = Var("t", COUNT)
        left = MP(INST(self._run_next, {t: a + b}), guard)
        right = MP(INST(self._run_next, {t: a, S: self.run(b, S)}), not_last)
        shuffled = self.run(a + 1 + b, S)
        th = TRANS(CONG(shuffled, {0: RING(a + 1 + b, a + b + 1)}), left)
        th = TRANS(TRANS(th, CONG(th.rhs, {1: below})), SYM(right))
        return INDUCT(a, claim(a), start, DISCH(room.concl, th))


    def go_on(self, first: Thm, then: Thm, facts: Facts) -> Thm:
        """Γ ⊢ run(b, base, s) = t  and  Δ ⊢ run(a, base, t) = u  give  Γ ∪ Δ ⊢ run(a + b, base, s) = u, where a + b does not wrap"""
        here = self.run(then.lhs.args[0], first.lhs)
        onward = TRANS(CONG(here, {2: first}), then)
        counts = {Var("a", COUNT): then.lhs.args[0], Var("b", COUNT): first.lhs.args[0], S: first.lhs.args[2]}
        joined = INST(self.run_add, counts)
        return TRANS(MP(joined, facts.prove(joined.concl.args[0])), onward)


@cache
def _on_components(word: int) -> Thm:
    """⊢ insn_w((x0, …)) = (…), over the components' variables"""
    th = INST(definition(word), {S: tuple_(*VARIABLES)})
    return TRANS(th, PROJ_TUPLE(th.rhs))
