# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Running a routine symbolically: all ways from a state to where they stop, split where the facts do not decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from kernel.evaluate import evaluate
from kernel.normal import ring
from kernel.ops import (
    eq,
    is_const,
    tuple_,
    ult,
    value_of,
)
from kernel.term import Term, coerce, free_vars
from symsim.calls import Subroutine
from symsim.canonical import sum_term
from symsim.contract import LR, MEMORY, Contract
from symsim.cuts import CutPoints
from symsim.flow import NoSemantics
from symsim.fold import blocks_ahead
from symsim.journal import Journal
from symsim.path import Misplaced, Path, Stuck, Undecided
from symsim.program import Program
from symsim.stated import Progress, Stated

MAX_STEPS = 1_000_000
MAX_SPLITS = 20
FEW = 8
"""Cases of a variable that are looked at one after the other."""


class Execution(Stated):
    """What a contract says about a program, and the runs of it. `loops` are the loops, by their heads, that the contract speaks of."""

    def __init__(
        self,
        contract: Contract,
        program: Program,
        constants: Iterable[tuple[int, int]],
        progress: Progress = lambda message: None,
    ) -> None:
        super().__init__(contract, program, constants, progress)
        self.journal = Journal()
        self.loops = {h: contract.loops[k] for k, h in enumerate(self.flow.heads) if k in contract.loops}
        self._called = {a: Subroutine(self, contract.calls[k], a) for k, a in enumerate(self.flow.called) if k in contract.calls}

    def run_until(self, path: Path, stop: Callable[[Path], bool]) -> Iterator[Path]:
        """All paths from here to where they stop or to the return address, each as it gets there."""
        todo = [path.copy()]
        while todo:
            p = todo.pop()
            while True:
                try:
                    if self._has_returned(p) or stop(p):
                        yield p
                        break
                    if p.address in self.flow.refused:
                        raise NoSemantics(self.flow.refused[p.address])
                    self.advance(p)
                except Undecided as undecided:
                    todo += self._branches(p, undecided.condition)
                    break
                except Misplaced:
                    case = next((c for x in self.contract.cases if (c := self.case_of(x, p)) is not None), None)
                    if case is None:
                        raise
                    todo += self._in_case(p, case)
                    break
                if p.steps % 256 == 0:
                    self._progress(f"{p.steps} steps")
                if p.steps > MAX_STEPS:
                    raise Stuck(f"no end within {MAX_STEPS} steps: a loop without an invariant?")

    def advance(self, path: Path) -> None:
        """Execute one instruction, or all of a subroutine that the contract speaks of."""
        called = self._called.get(path.address or 0) if self._called else None
        if called is None:
            path.step()
        elif (new := called.enter(path)) is not None:
            self.journal.proved(f"what {called.call.name} does", new.thm, new.run)

    def follow(self, path: Path, *specification: Term) -> None:
        """Let the path name what it computes by what the specification, and the next blocks of the output, go through, if the contract has
        cuts."""
        cuts = self.contract.cuts
        if cuts is not None:
            blocks = blocks_ahead(self.stored, cuts, path) if self.stored else ()
            if specification or blocks:
                path.cuts = CutPoints(cuts, tuple_(*specification, *blocks), path.simplifier, path.unknowns, path.state)

    def _has_returned(self, path: Path) -> bool:
        """Whether the path is at its return. Raises Undecided where the final memory, or what is promised of it, depends on a variable
        whose values are cases."""
        if path.component("pc") is not LR:
            return False
        for x in self._varied(tuple_(path.component("mem"), *self.contract.ensures(MEMORY).values())):
            condition = self.case_of(x, path)
            if condition is not None:
                raise Undecided(condition, "what is promised")
        return True

    def _branches(self, path: Path, condition: Term) -> list[Path]:
        """The paths on which the condition holds and fails, as far as the facts allow them. Where they allow both and the condition
        depends on a variable whose values are cases, a path for each of these values."""
        possible = [c for c in (condition, ~condition) if not path.facts.gives(~c)]
        if len(possible) < 2:
            return [path.assuming(c) for c in possible]
        if len(path.open) >= MAX_SPLITS:
            heads = ", ".join(self.program.name_of(h) for h in self.flow.heads)
            raise Stuck(
                f"{MAX_SPLITS} case splits on one path: a loop without an invariant? The contract must say how often it goes round "
                f"(loop heads: {heads or 'none'})"
            )
        case = None
        if path.passed or not any(loop.whole for loop in self.loops.values()):
            case = next((c for x in self._varied(condition) if (c := self.case_of(x, path)) is not None), None)
        return self._parted(path, condition) if case is None else self._in_case(path, case)

    @staticmethod
    def _parted(path: Path, condition: Term) -> list[Path]:
        out = [path.assuming(condition), path.assuming(~condition)]
        for p in out:
            p.open = (*path.open, p.conditions[-1])
        return out

    def _in_case(self, path: Path, case: Term) -> list[Path]:
        """The path where a case is the one and where it is not, or the two for halves of the cases. The last case left is assumed."""
        if path.facts.gives(case):
            return [path.assuming(case)]
        out = []
        for p in self._parted(path, case):
            only = self.case_of(case.args[0], p)
            out.append(p.assuming(only) if only is not None and p.facts.gives(only) else p)
        return out

    def case_of(self, x: Term, path: Path) -> Term | None:
        """The next value of a variable with cases to look at on its own, as a condition; None where the path has one or excludes all. Where
        there are many and they are numbers, a condition that parts those that facts about the variable leave in halves, as long as there
        are several."""
        conditions = [eq(x, sum_term(ring(coerce(value, x.sort)), x.width)) for value in self.contract.cases.get(x, ())]
        if not set(conditions).isdisjoint(path.conditions):
            return None
        if len(conditions) <= FEW or not all(is_const(c.args[1]) for c in conditions):
            return next((c for c in conditions if not path.facts.gives(~c)), None)
        about = [th.concl for th in path.facts.known if free_vars(th.concl) == {x}]
        values = sorted(value_of(c.args[1]) for c in conditions)
        left = [v for v in values if all(evaluate(p, {x: v}) for p in about)]
        if len(left) > 1:
            return ult(x, left[len(left) // 2])
        return eq(x, left[0]) if left else None

    def _varied(self, t: Term) -> list[Term]:
        """The variables whose values are cases, where the term depends on one of them."""
        return list(self.contract.cases) if not free_vars(t).isdisjoint(self.contract.cases) else []
