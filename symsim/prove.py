# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""From a contract and a program to the theorem: preconditions ⇒ the program runs to its return, and there everything promised holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from isa.state import INDEX
from kernel.arrays import PROJ_TUPLE
from kernel.ops import (
    AND,
    IMPLIES,
    ITE,
    VAR,
    conj,
    eq,
    is_const,
    number,
    proj,
    tuple_,
    ult,
    value_of,
)
from kernel.rules import ASSUME, CONG, DISCH, EQ_MP, INST, MP, SYM, TRANS
from kernel.term import Term, free_vars
from kernel.thm import Thm
from symsim.contract import LR, MEMORY, Loop
from symsim.derived import CHAIN, CONJ, CONJUNCT, EX_FALSO
from symsim.errors import ArmsymError
from symsim.execution import Execution
from symsim.fold import open_fold, open_output
from symsim.invariant import LoopNotProved, prove_claim
from symsim.loops import LoopProof
from symsim.memory import Area
from symsim.output import COUNT, Stored
from symsim.path import Path, Undecided
from symsim.promises import CONSTANT_TIME, FRAME
from symsim.quotients import ELIMINATE
from symsim.rewrite import DISCHARGE, REPLACE
from symsim.stated import ADDRESS
from symsim.ways import Way, merged


@dataclass(frozen=True)
class Proved:
    """The theorem ⊢ preconditions ⇒ postconditions, both conjunctions, with a label for each conjunct."""

    thm: Thm
    requires: tuple[str, ...]
    ensures: tuple[str, ...]
    instructions: int
    steps: int


class RoutineProof(Execution):
    """The proof of one contract about one program. `constants` are the parts of the program's constant data that the routine reads,
    as (address, size)."""

    _steps = 0

    def prove(self) -> Proved:
        """The theorem. Raises ArmsymError (LoopNotProved, Stuck, Falsified …) with what is left open."""
        path = Path(self.theory, self.start, self.facts, self.context)
        path.materialize()
        promised = (*self.contract.ensures(MEMORY).values(), *self.contract.results.values())
        self.follow(path, *promised)
        return self._close(merged(self._ways(path), self._promised, self.tag, self.public))

    def _ways(self, path: Path) -> Iterator[Way]:
        """All ways from here to the return, two that a condition tells apart side by side."""
        runs = [self.run_until(path, self._enters_loop)]
        while runs:
            end = next(runs[-1], None)
            if end is None:
                runs.pop()
                continue
            self._steps += end.steps
            if end.component("pc") is LR:
                self.journal.proved("the way out of the loop" if end.passed else "from entry to return", end.thm, end)
                yield self._way(end)
                continue
            self.journal.proved("to the loop", end.thm, end)
            head = end.address or 0
            self._progress(f"loop at {head:#x}")
            tag = f"{self.tag}_{len(self.journal.loops)}" if self.journal.loops else self.tag
            loop = LoopProof(self, self._loop_at(end), end, head, tag)
            self.journal.loops.append(loop)
            self.journal.proved("one round of the loop", loop.back.thm, loop.back)
            self._steps += loop.back.steps
            self._progress("induction")
            invariant = loop.invariant()
            self.journal.proved("the invariant, by induction", invariant)
            last = loop.last_round(invariant)
            runs.append(self.run_until(last, self._enters_loop))

    def _enters_loop(self, path: Path) -> bool:
        """Whether the path is at the head of a loop for the first time, and the loop goes round; once is no loop."""
        head = path.address
        if head not in self.loops or head in path.passed:
            return False
        known = self._known_number(path)
        if known is not None:
            raise Undecided(known, "what is stored where")
        count = self._loop_at(path).count
        if is_const(count) and value_of(count) <= 1:
            return False
        none = eq(count, 0) if count.op is VAR else ~ult(number(0, 64), count)
        for goes, condition in ((True, ~none), (False, none)):
            if path.facts.gives(condition):
                return goes
        raise Undecided(none, "whether the loop goes round")

    def _known_number(self, path: Path) -> Term | None:
        """What a variable in the size of a region is by the facts of the path, as a condition: places in the region depend on it."""
        sizes = set().union(*(free_vars(r.extent) for r in self.regions))
        found = free_vars(tuple_(*[t for t in path.state if t is not self.layout.policy]))
        for x in sorted(sizes & found, key=lambda x: x.id):
            value = path.facts.number(x)
            if value is not None:
                return eq(x, value)
        return None

    def _loop_at(self, path: Path) -> Loop:
        """The loop at whose head the path is. Raises Undecided where it is not known which of several counts is the one."""
        loop = self.loops[path.address or 0]
        while loop.count.op is ITE:
            condition, yes, no = loop.count.args
            if path.facts.gives(condition):
                loop = replace(loop, count=yes)
            elif path.facts.gives(~condition):
                loop = replace(loop, count=no)
            else:
                raise Undecided(condition, "how often the loop goes round")
        return loop

    def _way(self, end: Path) -> Way:
        """What is promised, at the end of a way."""
        facts = self.facts.extended(*map(ASSUME, end.open))
        reached = DISCHARGE(end.arrival(), facts)
        trace = reached.rhs.args[INDEX["trace"]]
        secret = free_vars(trace).union(*map(free_vars, end.open)) - set(self.public)
        if secret:
            raise LoopNotProved(f"not constant time: accesses or branches depend on {', '.join(sorted(map(str, secret)))}")
        final, count = reached.lhs, reached.lhs.args[0]
        holds = [DISCHARGE(h, facts) for h in self._holds_at(end)]
        same = CONG(proj(final, INDEX["trace"]), {0: reached})
        seen = TRANS(same, PROJ_TUPLE(same.rhs))
        moved = []
        for th, p in zip(holds, self.promises(final).values(), strict=True):
            moved.append(EQ_MP(SYM(REPLACE(p, {final: reached})), th))
        return Way(end.open, count, trace, CONJ([*moved, seen]))

    def _promised(self, count: Term, trace: Term) -> Term:
        """All that is promised of the state after so many steps."""
        final = self.theory.run(count, self.start)
        return conj(*self.promises(final).values(), eq(proj(final, INDEX["trace"]), trace))

    def _holds_at(self, path: Path) -> list[Thm]:
        """The promises about the path's end, each Γ ⊢ promise(state)."""
        loop = next((x for x in self.contract.loops.values() if x.fold is not None), None)
        if loop is not None and loop.fold is not None:
            totals = (path.to_fold, loop.total, loop.fold.after(loop.count))
            open_fold(loop.fold, path.folded, next(t for t in totals if t is not None), path)
        outputs = {s.output.label: s for s in self.stored}
        out = []
        for label, p in self.promises(path.thm.rhs).items():
            try:
                if label == FRAME:
                    out.append(self._frame(p, path))
                elif label in outputs:
                    out.append(self._output(p, outputs[label], path))
                else:
                    out.append(self._shown(p, path))
            except ArmsymError as error:
                raise LoopNotProved(f"{label}: {error}") from None
            self.journal.proved(label, out[-1])
        return out

    def _shown(self, p: Term, path: Path) -> Thm:
        """Γ ⊢ p, in parts; what is promised for other cases is not looked at"""
        if p.op is AND:
            return CONJ([self._shown(part, path) for part in p.args])
        if p.op is not IMPLIES:
            return prove_claim(path.simplifier, p)
        premise, promised = p.args
        if path.facts.gives(~premise):
            return EX_FALSO(path.facts.prove(~premise), promised)
        return DISCH(premise, self._shown(promised, path))

    def _output(self, p: Term, stored: Stored, path: Path) -> Thm:
        """j < count ⇒ block j of the output is what the specification says: the final memory is that of the specification, but for
        what is written besides these blocks."""
        premise, same = p.args
        path = path.settled(premise)
        last, simplifier, now = self.stored[-1], path.simplifier, path.component("mem")
        open_output(last, last.output.count, path)
        told = simplifier.memory.values(simplifier.normalize(last.value(last.output.count)).rhs)
        others = {a: v for a, v in simplifier.memory.values(now).items() if a not in told}
        normal = simplifier.normalize(simplifier.memory.with_values(last.value(last.output.count), others))
        if normal.rhs is not now:
            raise ArmsymError(f"the memory is {now}, and by the specification {normal.rhs}")
        assumed = ASSUME(premise)
        here = path.simplifier.conversion(premise)  # a count that selects by what the path has decided
        facts = path.facts.extended(assumed, *([EQ_MP(here, assumed)] if here is not None else []))
        reader = self.context(facts)
        reader.memory.inherit(simplifier.memory)
        known = PROJ_TUPLE(same.args[0].args[0])
        th = CONG(same.args[0], {0: TRANS(known, SYM(normal))})
        th = CHAIN(th, reader.conversion(th.rhs)) or th
        held = INST(stored.inside(), {COUNT: stored.output.count})
        while held.concl.op is IMPLIES:
            held = MP(held, facts.prove(held.concl.args[0]))
        th = TRANS(TRANS(th, SYM(reader.normalize(held.lhs))), TRANS(held, reader.normalize(held.rhs)))
        wanted = reader.normalize(same.args[1])
        if wanted.rhs is not th.rhs:
            raise ArmsymError(f"what is stored is {th.rhs}, and what is promised {wanted.rhs}")
        return DISCH(premise, TRANS(th, SYM(wanted)))

    def _frame(self, p: Term, path: Path) -> Thm:
        premise, same = p.args
        assumed = ASSUME(premise)
        parts = [CONJUNCT(assumed, k) for k in range(len(premise.args))] if premise.op is AND else [assumed]
        pieces = [CONJUNCT(part, k) if part.concl.op is AND else part for part in parts for k in range(2)]
        facts = path.facts.extended(*pieces)
        simplifier = self.context(facts, [Area("the rest", ADDRESS, 1)])
        simplifier.memory.inherit(path.simplifier.memory)
        return DISCH(premise, prove_claim(simplifier, same))

    def _close(self, th: Thm) -> Proved:
        """Gather the preconditions into one."""
        th = ELIMINATE(DISCHARGE(th, self.facts), self.contract.quotients)
        assumption = conj(*self.requires.values())
        assumed = ASSUME(assumption)
        for k, p in enumerate(self.requires.values()):
            th = MP(DISCH(p, th), CONJUNCT(assumed, k))
        th = DISCH(assumption, th)
        if th.hyps:
            raise ArmsymError(f"open: {', '.join(map(str, th.hyps))}")
        self.journal.proved("all of it", th)
        labels = (*self.promises(self.start), CONSTANT_TIME)
        return Proved(th, tuple(self.requires), labels, len(self.flow.words), self._steps)
