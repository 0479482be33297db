# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Output of variable length: memory after c blocks, as a function of the specification, and what a read of it gives.

stored(c) is the memory at the start with block(0) … block(c − 1) written one after the other. Two lemmas by induction on c, about no
program, are all that is used of it: outside of these blocks it is the memory at the start, and block j holds block(j). An output may go
on where another one ends; the memory that this one leaves is then the initial one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, reduce
from typing import TYPE_CHECKING

from kernel.arrays import READ_WRITE_IN, READ_WRITE_OUT, Apart
from kernel.normal import ring
from kernel.ops import APP, conj, eq, implies, mask, number, read, ule, ult
from kernel.rules import ANF, ASSUME, CASES, CONG, DISCH, EQ_MP, INST, MP, SYM, TRANS
from kernel.sorts import BV, MEM
from kernel.term import Term, Var, mk, substitute
from kernel.theory import INDUCT
from kernel.thm import Thm
from symsim.blast import blast
from symsim.canonical import sum_term
from symsim.contract import MEMORY, Output
from symsim.derived import BY_RING, CONJUNCT
from symsim.errors import ArmsymError
from symsim.facts import Facts
from symsim.rewrite import REPLACE

if TYPE_CHECKING:
    from symsim.simplify import Simplifier

COUNT, WHICH, ADDRESS = Var("blocks", BV(64)), Var("which", BV(64)), Var("place", BV(64))
_GAP = Var("gap", BV(64))


def discharged(th: Thm, *hypotheses: Term) -> Thm:
    """Γ ⊢ q  gives  Γ − {p0, …} ⊢ p0 ⇒ … ⇒ q"""
    return reduce(lambda t, p: DISCH(p, t), reversed(hypotheses), th)


@cache
def lemma(*formulas: Term) -> Thm:
    """⊢ p0 ⇒ … ⇒ goal, about numbers"""
    *premises, goal = formulas
    return discharged(Facts([ASSUME(p) for p in premises]).prove(goal), *premises)


def chain(outputs: Iterable[Output]) -> tuple[Stored, ...]:
    """Outputs one after the other."""
    out: list[Stored] = []
    for output in outputs:
        out.append(Stored(output, out[-1] if out else None))
    return tuple(out)


def progress(stored: Sequence[Stored], memory: Term, simplifier: Simplifier) -> tuple[Stored, Term]:
    """The output that a normal memory is in the middle of, and how many of its blocks there are."""
    base, written = simplifier.memory.base(memory)
    k, count = 0, number(0, 64)
    for i, s in enumerate(stored):
        known = s.count_of(base)
        if known is not None:
            k, count = i, known
    for area in written:
        while area.size != stored[k].output.unit or area.base is not simplifier.normalize(stored[k].place(count)).rhs:
            k, count = k + 1, number(0, 64)
            if k == len(stored):
                raise ArmsymError(f"the block at {area.base} is not the next one of an output")
        count = count + 1
    return stored[k], count


class Stored:
    """The lemmas about one output, which goes on from what another one has left, or from the memory at the start."""

    def __init__(self, output: Output, before: Stored | None = None) -> None:
        self.output, self.before = output, before
        self.initial = MEMORY if before is None else before.value(before.output.count)
        self.base = sum_term(ring(output.base), 64)
        self.constant = output.value(COUNT).params
        self.most = mask(64) // output.unit

    def value(self, count: Term) -> Term:
        """The memory after that many blocks, its arguments in normal form."""
        t = self.output.value(count)
        changes = {MEM: lambda a: self.initial, BV(64): lambda a: sum_term(ring(a), 64)}
        return mk(t.op, t.params, tuple([changes[a.sort](a) if a.sort in changes else a for a in t.args]))

    def count_of(self, memory: Term) -> Term | None:
        """The c with memory = stored(c), if it is of that form."""
        return memory.args[0] if memory.op is APP and memory.params == self.constant else None

    def place(self, which: Term) -> Term:
        """Where that block is stored."""
        return self.base + which * self.output.unit

    def start(self) -> Thm:
        """⊢ stored(0) = the initial memory"""
        return self._of_this_output(self.output.zero, self.output.zero.lhs)

    def next(self) -> Thm:
        """⊢ c ≠ max ⇒ stored(c + 1) = write(stored(c), out + unit · c, block(c))"""
        th = INST(self.output.successor, {self.output.counter: COUNT})
        return self._of_this_output(th, th.concl.args[1].args[0])

    def _of_this_output(self, th: Thm, general: Term) -> Thm:
        pairs = zip(general.args[1:], self.value(COUNT).args[1:], strict=True)
        return INST(th, {x: t for x, t in pairs if x is not t})

    def _room(self, count: Term) -> Term:
        return ule(count, self.most)

    @cache  # noqa: B019  (as long as the proof)
    def outside(self, size: int) -> Thm:
        """⊢ c ≤ most ⇒ unit · c ≤ place − out ⇒ size − 1 ≤ out − place − 1 ⇒
        read(stored(c), place, size) = read(the initial memory, place, size)

        The last premise says that the bytes read do not run into `out` from below; it holds for c = 0 at out itself."""
        x, out, unit, n = COUNT, self.base, self.output.unit, number(size, 64)

        def claim(c: Term) -> Term:
            same = eq(read(self.value(c), ADDRESS, size), read(self.initial, ADDRESS, size))
            return implies(self._room(c), implies(below(c), implies(above, same)))

        def below(c: Term) -> Term:
            return ule(c * unit, ADDRESS - out)

        above = ule(n - 1, out - ADDRESS - 1)
        zero = number(0, 64)
        same = CONG(read(self.value(zero), ADDRESS, size), {0: self.start()})
        base = discharged(same, self._room(zero), below(zero), above)

        hyps = (~eq(x, mask(64)), self._room(x + 1), below(x + 1), above)
        not_last, room, farther, up = map(ASSUME, hyps)
        gap = {_GAP: ADDRESS - out}
        smaller = MP(MP(lemma(*hyps[:2], self._room(x)), not_last), room)
        facts = (hyps[0], hyps[1], ule((x + 1) * unit, _GAP))

        def consequence(goal: Term, *more: Thm) -> Thm:
            premises = (*facts, *[ule(n - 1, -_GAP - 1) for _ in more])
            th = reduce(MP, (not_last, room, farther), INST(lemma(*premises, goal), gap))
            return reduce(MP, more, th)

        nearer = consequence(ule(x * unit, _GAP))
        before = MP(MP(MP(ASSUME(claim(x)), smaller), nearer), up)
        block = out + x * unit
        after = BY_RING(consequence(ule(number(unit, 64), _GAP - x * unit)), ule(number(unit, 64), ADDRESS - block))
        early = consequence(ule(n, x * unit - _GAP), BY_RING(up, ule(n - 1, -(ADDRESS - out) - 1)))
        apart = Apart(block, unit, ADDRESS, size, after, BY_RING(early, ule(n, block - ADDRESS)))
        grown = MP(self.next(), not_last)
        step = CONG(read(grown.lhs, ADDRESS, size), {0: grown})
        step = TRANS(TRANS(step, READ_WRITE_OUT(step.rhs, apart)), before)
        return INDUCT(x, claim(x), base, discharged(step, *hyps[1:]))

    @cache  # noqa: B019
    def inside(self) -> Thm:
        """⊢ j < c ⇒ c ≤ most ⇒ read(stored(c), out + unit · j, unit) = the block that is stored in step j"""
        x, j, out, unit = COUNT, WHICH, self.base, self.output.unit
        block = number(unit, 64)
        stored_block = self.next().concl.args[1].args[1].args[2]

        def same(c: Term) -> Term:
            return eq(read(self.value(c), out + j * unit, unit), substitute(stored_block, {x: j}))

        def claim(c: Term) -> Term:
            return implies(ult(j, c), implies(self._room(c), same(c)))

        base = blast(claim(number(0, 64)))
        hyps = (~eq(x, mask(64)), ult(j, x + 1), self._room(x + 1))
        not_last, known, room = map(ASSUME, hyps)
        grown = MP(self.next(), not_last)

        earlier = ult(j, x)
        smaller = MP(MP(lemma(hyps[0], hyps[2], self._room(x)), not_last), room)
        before = MP(MP(ASSUME(claim(x)), ASSUME(earlier)), smaller)
        apart = conj(ule(block, j * unit - x * unit), ule(block, x * unit - j * unit))
        parts = reduce(MP, (not_last, room, ASSUME(earlier)), lemma(hyps[0], hyps[2], earlier, apart))
        here, there = out + x * unit, out + j * unit
        after = BY_RING(CONJUNCT(parts, 0), ule(block, there - here))
        back = BY_RING(CONJUNCT(parts, 1), ule(block, here - there))
        step = CONG(read(grown.lhs, there, unit), {0: grown})
        yes = TRANS(TRANS(step, READ_WRITE_OUT(step.rhs, Apart(here, unit, there, unit, after, back))), before)

        last = reduce(MP, (not_last, known, ASSUME(~earlier)), lemma(*hyps[:2], ~earlier, eq(j, x)))
        stored = CONG(read(grown.lhs, here, unit), {0: grown})
        stored = TRANS(stored, READ_WRITE_IN(stored.rhs))
        stored = TRANS(stored, ANF(stored.rhs, stored_block))
        no = EQ_MP(SYM(REPLACE(same(x + 1), {j: last})), stored)
        return INDUCT(x, claim(x), base, discharged(CASES(earlier, yes, no), *hyps[1:]))
