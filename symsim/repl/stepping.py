# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Going on and back: steps, breakpoints, decisions, assumptions, assignments. What was done becomes a script."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from isa.meaning import meaning
from isa.state import COMPONENTS, INDEX, NAMES
from kernel.ops import tuple_, zext
from kernel.sorts import BOOL, BV, MEM
from kernel.term import Term, Var, coerce, free_vars
from symsim.blast import Falsified
from symsim.errors import ArmsymError, BadInput
from symsim.explain import one_line
from symsim.flow import NoSemantics
from symsim.loops import LoopProof
from symsim.path import Path, Stuck, Undecided
from symsim.repl import naming
from symsim.repl.moment import Breakpoint, Finished, Fork, Moment
from symsim.repl.subject import Subject
from symsim.repl.view import View

MOST_STEPS = 100_000
"""That one command makes."""

S = TypeVar("S", bound="Stepper")
P = ParamSpec("P")
T = TypeVar("T")


def recorded(method: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T]:
    """Note the call as a line of the session's script; of one that failed on its way, the steps it made."""

    @wraps(method)
    def call(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        self._nesting += 1
        before = len(self.history)
        try:
            result = method(self, *args, **kwargs)
        except BaseException:
            executed = sum(m.executed is not None for m in self.history[before:])
            if executed and self._nesting == 1:
                self.lines.append(f"s.step({executed})")
            raise
        finally:
            self._nesting -= 1
        if not self._nesting:
            written = [*map(repr, args), *[f"{k}={v!r}" for k, v in kwargs.items()]]
            self.lines.append(f"s.{method.__name__}({', '.join(written)})")
        return result

    return call


class Stepper(View):
    """A view that moves. A command that fails leaves the states that it had reached."""

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self.lines: list[str] = []
        self._nesting = 0
        self._fresh = 0

    # Going on

    @recorded
    def step(self, count: int = 1) -> Moment:
        """Execute instructions. Raises Finished, Fork (then `take`), Stuck; the states reached before stay."""
        for _ in range(count):
            self._step()
        return self.now

    def _step(self) -> None:
        if self.finished:
            raise Finished("the routine has returned to its caller; back goes back")
        address = self.now.address
        if address in self.flow.refused:
            raise NoSemantics(self.flow.refused[address])
        path = self.now.path.copy()
        try:
            path.step()
        except Undecided as undecided:
            decided = self._decide(path, undecided.condition)
            if decided is None:
                written = one_line(undecided.condition, self.names())
                raise Fork(undecided.condition, written) from None
            self.history.append(Moment(decided))
            return self._step()
        self.history.append(Moment(path, address))
        return None

    def _decide(self, path: Path, condition: Term) -> Path | None:
        """The path with the condition, or its opposite, if the facts leave but one of them."""
        for c in (condition, ~condition):
            try:
                path.facts.prove(c)
            except Falsified:
                continue
            return path.assuming(c)
        return None

    @property
    def undecided(self) -> Term | None:
        """The condition that the next step depends on, if it does."""
        try:
            self.now.path.copy().step()
        except Undecided as undecided:
            return undecided.condition
        except ArmsymError:
            return None
        return None

    @recorded
    def take(self, holds: bool = True) -> Moment:
        """Go on along the path where the condition of the next branch holds, or does not."""
        condition = self.undecided
        if condition is None:
            raise BadInput("the next step depends on no condition")
        return self._assume(condition if holds else ~condition)

    @recorded
    def next(self) -> Moment:
        """Execute one instruction; a call as a whole."""
        address = self.now.address
        self._step()
        if (
            address is not None
            and self.now["x30"] is self.subject.theory.pc_at(address + 4)
            and self.now.address != address + 4
        ):
            self._go(lambda: self.now.address == address + 4, breaks=True)
        return self.now

    @recorded
    def until(self, target: int | str) -> Moment:
        """Go on to an address, a symbol, the next head of a loop ("loop") or the return ("return")."""
        if target == "loop":
            return self._go(lambda: self.now.address in self.flow.heads, breaks=False)
        if target == "return":
            return self._go(lambda: False, breaks=False)
        address = self.address(target)
        return self._go(lambda: self.now.address == address, breaks=False)

    @recorded
    def unroll(self, rounds: int = 1) -> Moment:
        """From the head of a loop through so many rounds of it, back to the head each time. Raises Fork as `step` does."""
        head = self.now.address
        if head is None or head not in self.flow.heads:
            raise BadInput("unroll goes round a loop from its head; until loop goes on to the next one")
        for _ in range(rounds):
            self._go(lambda: self.now.address == head, breaks=False)
        return self.now

    def _go(self, there: Callable[[], bool], breaks: bool) -> Moment:
        """At least one step, then on until it is there."""
        for _ in range(MOST_STEPS):
            if self.finished:
                raise Finished("the routine has returned to its caller; back goes back")
            self._step()
            if self.finished or there() or (breaks and self.stopped()):
                return self.now
        raise Stuck(f"not there after {MOST_STEPS} steps")

    @recorded
    def run(self) -> Moment:
        """Go on to a breakpoint, or the return."""
        return self._go(lambda: False, breaks=True)

    @recorded
    def back(self, count: int = 1) -> Moment:
        """Go back by that many states; to the start at most."""
        del self.history[max(1, len(self.history) - count) :]
        return self.now

    @recorded
    def over(self) -> Moment:
        """From the head of a loop into its last round, by its invariant: to where it shows that there is no other. What the loop changes
        without a rule is then a component of the run up to there. Needs a contract that speaks of the loop."""
        address = self.now.address
        if (
            self.subject.proof is None
            or self.subject.contract is None
            or address is None
            or address not in self.flow.heads
        ):
            raise BadInput("over goes past a loop from its head, by the invariant of a contract")
        place = self.flow.heads.index(address)
        if place not in self.subject.contract.loops:
            raise BadInput(f"the contract has nothing on the loop at {self.program.name_of(address)}")
        loop = LoopProof(
            self.subject.proof,
            self.subject.contract.loops[place],
            self.now.path.under(self.subject.context),
            address,
            self.subject.proof.tag,
        )
        self.history.append(Moment(loop.last_round(loop.invariant()).under(self.subject.stepping)))
        return self.now

    # Stopping

    @recorded
    def break_at(self, target: int | str) -> Breakpoint:
        """Stop before the instruction at an address or symbol."""
        address = self.address(target)
        name = self.program.name_of(address)
        return self._break(f"at {name}", lambda s: f"at {name}" if s.now.address == address else None, address)

    @recorded
    def break_on_write(self, register: str) -> Breakpoint:
        """Stop before an instruction that writes a component."""
        index = INDEX[naming.component_of(register)]
        text = f"writes {register}"
        return self._break(text, lambda s: text if index in s._changes() else None)

    @recorded
    def break_on_secret(self) -> Breakpoint:
        """Stop before an instruction that reads a register which depends on what is not public."""
        return self._break("reads secret", lambda s: s._reads_secret())

    def _break(self, text: str, reason: Callable[[Stepper], str | None], address: int | None = None) -> Breakpoint:
        self.breakpoints.append(Breakpoint(text, reason, address))
        return self.breakpoints[-1]

    @recorded
    def unbreak(self, number: int) -> None:
        """Remove the breakpoint of that number, counted from 1."""
        if not 1 <= number <= len(self.breakpoints):
            raise BadInput(f"there are {len(self.breakpoints)} breakpoints")
        del self.breakpoints[number - 1]

    def stopped(self) -> str | None:
        """What the first breakpoint that applies here says."""
        return next((said for b in self.breakpoints if (said := b.reason(self))), None)

    def _changes(self) -> dict[int, Term]:
        """What the next instruction changes."""
        address = self.now.address
        return meaning(self.flow.words[address]) if address in self.flow.words else {}

    def _reads_secret(self) -> str | None:
        changes = {i: t for i, t in self._changes().items() if NAMES[i] not in ("pc", "trace", "safe")}
        reads = set().union(*(free_vars(t) for t in changes.values())) - {Var("mem", MEM)}
        for x in sorted(reads, key=lambda t: t.id):
            found = [v for v in free_vars(self.now[x.params[0]]) if self.is_secret(v)]
            if found:
                return f"reads secret: {x} depends on {', '.join(sorted(self.name_of(v) for v in found)[:4])}"
        return None

    @recorded
    def mark(self, name: str, secret: bool = True) -> None:
        """Mark the variables of a formula secret, or public."""
        for x in free_vars(self.term(name)):
            (self.secret.add if secret else self.secret.discard)(x)
            (self.public.discard if secret else self.public.add)(x)

    # Changing

    @recorded
    def assume(self, condition: str | Term) -> Moment:
        """Go on where the condition holds: it becomes a hypothesis."""
        return self._assume(self.term(condition, BOOL))

    def _assume(self, condition: Term) -> Moment:
        if condition.op.name == "bool":
            if not condition.params[0]:
                raise BadInput("this is never true here")
            return self.now
        self.history.append(Moment(self.now.path.assuming(condition)))
        return self.now

    @recorded
    def set(self, name: str, what: str | int) -> Moment:
        """Go on with another value in a component; the theorem is then about a run from here."""
        component = naming.component_of(name)
        sort = COMPONENTS[component]
        t = coerce(what, BV(32) if name.startswith("w") else sort) if isinstance(what, int) else None
        if t is None:
            t = self.term(str(what), BV(32) if name.startswith("w") else sort)
        return self._restart({component: zext(t, 64) if name.startswith("w") else t})

    @recorded
    def havoc(self, name: str) -> Moment:
        """Forget what a component holds: it becomes a fresh variable."""
        component = naming.component_of(name)
        self._fresh += 1
        return self._restart({component: Var(f"any_{component}_{self._fresh}", COMPONENTS[component])})

    def _restart(self, changed: dict[str, Term]) -> Moment:
        old = self.now.path
        parts = dict(zip(NAMES, old.state, strict=True)) | changed
        path = Path(self.subject.theory, tuple_(*parts.values()), old.facts, self.subject.stepping)
        path.conditions = list(old.conditions)
        self.history.append(Moment(path))
        return self.now

    @recorded
    def let(self, name: str, what: str) -> Term:
        """Give what a formula stands for now a name."""
        if self.lookup(name) is not None and name not in self.lets:
            raise BadInput(f"{name} has a meaning already")
        self.lets[name] = self.term(what)
        return self.lets[name]

    def address(self, target: int | str) -> int:
        """The linked address of a number, a symbol, or symbol+offset, within the routine. Raises BadInput."""
        if isinstance(target, str):
            name, _, offset = target.partition("+")
            try:
                address = int(name, 0) if name[:1].isdigit() else self.program.address_of(name)
                address += int(offset, 0) if offset else 0
            except ValueError:
                raise BadInput(f"'{target}' is no address") from None
        else:
            address = target
        if address not in self.flow.words:
            low, high = min(self.flow.words), max(self.flow.words)
            raise BadInput(
                f"{address:#x} is no instruction of {self.subject.function}, which lies from {low:#x} to {high:#x}"
            )
        return address

    def script(self) -> str:
        """What was done, as a Python script that does it again."""
        return "\n".join(self.lines) + "\n"
