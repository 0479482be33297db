# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A program under one's hands: step through it symbolically, forwards and back, look at formulas, ask, assume, prove.

    from symsim.session import Session
    s = Session.open("libcrypto.a", "sha256_block_armv8")
    s.until("loop")
    print(s.show("x2"), s.why("x2"))
    g = s.goal("x2 == x2@0")
    g.simplify()
    thm = s.qed(g)

Formulas may be text or terms. In text `x3` is what the register holds now, `x3@0` what it held at the start (symsim.repl.expression).
What is known of a state is a theorem, `state.thm`; all it rests on are that theorem's hypotheses.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path as FilePath
from typing import Any, Concatenate, ParamSpec, TypeVar

from isa.decode import disassemble
from isa.meaning import meaning
from isa.state import COMPONENTS, INDEX, NAMES, VARIABLES
from kernel.arrays import PROJ_TUPLE
from kernel.certificate import write_certificate
from kernel.evaluate import evaluate
from kernel.ops import ITE, VAR, eq, proj, true, tuple_, zext
from kernel.rules import ASSUME, CONG, EQ_MP, REFL, SYM, TRANS
from kernel.sorts import BOOL, BV, MEM, TRACE, Sort
from kernel.term import Term, Var, coerce, free_vars
from kernel.thm import KernelError, Thm
from symsim.blast import Falsified
from symsim.contract import LR, Contract
from symsim.errors import ArmsymError, BadInput
from symsim.explain import BUDGET, Formula, counted, explain, one_line
from symsim.facts import Facts
from symsim.flow import NoSemantics, explore
from symsim.loops import LoopProof
from symsim.machine_theory import BASE, MachineTheory
from symsim.path import Path, Stuck, Undecided
from symsim.program import Program
from symsim.prove import RoutineProof
from symsim.repl import naming
from symsim.repl.expression import parse, parse_parameters
from symsim.repl.goals import Proof, Wrong
from symsim.repl.models import Counterexample, concrete, counterexample
from symsim.repl.moment import Breakpoint, Change, Finished, Fork, Line, Moment
from symsim.repl.open_memory import Assumptions, OpenMemory
from symsim.repl.slicing import slice_of
from symsim.rewrite import REPLACE
from symsim.simplify import Simplifier
from symsim.witness import check_witness

MOST_STEPS = 100_000
"""That one command makes."""
_HIDDEN = ("pc", "trace", "safe", "policy", "mem")


class _Proof(RoutineProof):
    """The proof of a contract, for its loops one at a time: without cuts, which only the whole proof meets."""

    _cuts: dict[int, Any] = {}  # noqa: RUF012  (never changed)


P = ParamSpec("P")
T = TypeVar("T")


def _recorded(method: Callable[Concatenate[Session, P], T]) -> Callable[Concatenate[Session, P], T]:
    """Note the call as a line of the session's script; of one that failed on its way, the steps it made."""

    @wraps(method)
    def call(self: Session, /, *args: P.args, **kwargs: P.kwargs) -> T:
        self._nesting += 1
        before = len(self.history)
        try:
            result = method(self, *args, **kwargs)
        except BaseException:
            executed = sum(m.executed is not None for m in self.history[before:])
            if executed and self._nesting == 1:
                self._script.append(f"s.step({executed})")
            raise
        finally:
            self._nesting -= 1
        if not self._nesting:
            written = [*map(repr, args), *[f"{k}={v!r}" for k, v in kwargs.items()]]
            self._script.append(f"s.{method.__name__}({', '.join(written)})")
        return result

    return call


@dataclass
class Session:
    """One function of one object, and where its symbolic execution is. Make one with `Session.open`."""

    program: Program
    function: str
    contract: Contract | None
    theory: MachineTheory
    start: Term
    facts: Facts
    context: Callable[[Facts], Simplifier]
    flow: Any
    proof: RoutineProof | None = None
    assumptions: Assumptions = field(default_factory=Assumptions)

    def __post_init__(self) -> None:
        path = Path(self.theory, self.start, self.facts, self.context)
        if self.proof is not None:
            path.materialize()
        self.history: list[Moment] = [Moment(path)]
        self.breakpoints: list[Breakpoint] = []
        self.lemmas: dict[str, Thm] = {}
        self.goals: list[Proof] = []
        self.lets: dict[str, Term] = {}
        self.folded: dict[str, Term] = {}
        self.public: set[Term] = (
            set(self.proof.public) if self.proof else {BASE, Var("sp", BV(64)), Var("trace", TRACE)}
        )
        self.secret: set[Term] = set()
        self._script: list[str] = []
        self._nesting = 0
        self._fresh = self._begun = 0

    # Opening

    @staticmethod
    def open(spec: str, function: str, contract: Contract | None = None) -> Session:
        """The function at its start, every register a variable; with a contract, its arguments and regions.

        `spec` is a file, or a file and members in it (Program.load), or a library of the corpus. Raises BadInput for what is not there,
        NoSemantics for an instruction without a meaning.
        """
        from symsim.objects import object_spec  # noqa: PLC0415  (knows the network, which a session on a file does not need)

        program = Program.load(object_spec(spec), function)
        session = Session.of(program, function, contract)
        named = "" if contract is None else f", contract=routine({contract.name!r}).contract()"
        session._script = [] if contract is None else ["from symsim.catalogue import routine"]
        session._script += ["from symsim.session import Session", f"s = Session.open({spec!r}, {function!r}{named})"]
        return session

    @staticmethod
    def of(program: Program, function: str, contract: Contract | None = None) -> Session:
        """As `open`, for a program that is loaded."""
        if contract is not None:
            proof = _Proof(contract, program, check_witness(contract, program).constants)
            return Session(
                program, function, contract, proof.theory, proof.start, proof.facts, proof.context, proof.flow, proof
            )
        entry = program.symbol(function).address
        flow = explore(entry, program.word, program.name_of)
        sp = Var("sp", BV(64))
        given = {"the load base is page-aligned": eq(BASE[11:0], 0), "sp is a multiple of 16": eq(sp[3:0], 0)}
        assumptions = Assumptions({p: label for label, p in given.items()})
        facts = Facts([ASSUME(p) for p in given.values()])

        def context(known: Facts) -> Simplifier:
            simplifier = Simplifier()
            OpenMemory(simplifier, assumptions, program.constant)
            return simplifier

        parts = dict(zip(NAMES, VARIABLES, strict=True))
        parts |= {"pc": BASE + entry if entry else BASE, "safe": true}
        theory = MachineTheory(f"{function}_{program.sha256[:8]}", flow.words, facts)
        return Session(
            program, function, None, theory, tuple_(*parts.values()), facts, context, flow, assumptions=assumptions
        )

    # Where it is

    @property
    def now(self) -> Moment:
        """The current state."""
        return self.history[-1]

    @property
    def finished(self) -> bool:
        """Whether the routine has returned to its caller."""
        return self.now["pc"] is LR or self.now["pc"] is VARIABLES[INDEX["x30"]]

    @property
    def conditions(self) -> list[Term]:
        """What was decided or assumed on the way here."""
        return self.now.path.conditions

    def assumed(self) -> list[str]:
        """Everything the theorem about this state rests on, in words."""
        hypotheses = self.now.thm.hyps
        known = self.assumptions.sentences
        if self.proof is not None:
            known = {p: label for label, p in self.proof.requires.items()}
        rest = [one_line(h, self.names()) for h in hypotheses if h not in known and h not in self.assumptions.pairs]
        listed = (
            self.assumptions.listed(hypotheses) if self.proof is None else [known[h] for h in hypotheses if h in known]
        )
        return [*listed, *sorted(rest)]

    def instruction(self, address: int) -> str:
        """The instruction at an address of the routine, in assembly language."""
        return disassemble(self.flow.words[address], address)

    def where(self) -> str:
        """The place in the program, and its instruction."""
        address = self.now.address
        if self.finished:
            return "returned to the caller"
        if address is None and self.now["pc"].op is ITE:
            places = [self.theory.address_of(t) for t in self.now["pc"].args[1:]]
            return " or ".join(self.program.name_of(a) if a is not None else "elsewhere" for a in places)
        if address is None or address not in self.flow.words:
            return f"at {one_line(self.now['pc'], self.names())}"
        return f"{self.program.name_of(address)}  {self.instruction(address)}"

    def listing(self, around: int = 8) -> list[Line]:
        """The lines near the next instruction."""
        addresses = sorted(self.flow.words)
        here = self.now.address
        place = addresses.index(here) if here in self.flow.words else len(addresses) - 1
        first = max(0, min(place - around // 2, len(addresses) - around))
        stops = {b.address for b in self.breakpoints}
        return [
            Line(a, self.flow.words[a], self.instruction(a), a == here, a in self.flow.heads, a in stops)
            for a in addresses[first : first + around]
        ]

    # Going on

    @_recorded
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
                raise Fork(undecided.condition, self.where(), written) from None
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

    @_recorded
    def take(self, holds: bool = True) -> Moment:
        """Go on along the path where the condition of the next branch holds, or does not."""
        condition = self.undecided
        if condition is None:
            raise BadInput("the next step depends on no condition")
        return self._assume(condition if holds else ~condition)

    @_recorded
    def next(self) -> Moment:
        """Execute one instruction; a call as a whole."""
        address = self.now.address
        self._step()
        if (
            address is not None
            and self.now["x30"] is self.theory.pc_at(address + 4)
            and self.now.address != address + 4
        ):
            self._go(lambda: self.now.address == address + 4, breaks=True)
        return self.now

    @_recorded
    def until(self, target: int | str) -> Moment:
        """Go on to an address, a symbol, the next head of a loop ("loop") or the return ("return")."""
        if target == "loop":
            return self._go(lambda: self.now.address in self.flow.heads, breaks=False)
        if target == "return":
            return self._go(lambda: False, breaks=False)
        address = self.address(target)
        return self._go(lambda: self.now.address == address, breaks=False)

    @_recorded
    def run(self) -> Moment:
        """Go on to a breakpoint, or the return."""
        return self._go(lambda: False, breaks=True)

    def _go(self, there: Callable[[], bool], breaks: bool) -> Moment:
        """At least one step, then on until it is there."""
        for _ in range(MOST_STEPS):
            if self.finished:
                raise Finished("the routine has returned to its caller; back goes back")
            self._step()
            if self.finished or there() or (breaks and self.stopped()):
                return self.now
        raise Stuck(f"not there after {MOST_STEPS} steps")

    def stopped(self) -> str | None:
        """What the first breakpoint that applies here says."""
        return next((said for b in self.breakpoints if (said := b.reason(self))), None)

    @_recorded
    def back(self, count: int = 1) -> Moment:
        """Go back by that many states; to the start at most."""
        del self.history[max(1, len(self.history) - count) :]
        return self.now

    @_recorded
    def over(self) -> Moment:
        """From the head of a loop past the whole of it, by its invariant: to its exit in the last round, where `i` is the number of the
        round and what the loop changes without a rule is called some_…. Needs a contract that speaks of the loop."""
        address = self.now.address
        if self.proof is None or self.contract is None or address is None or address not in self.flow.heads:
            raise BadInput("over goes past a loop from its head, by the invariant of a contract")
        place = self.flow.heads.index(address)
        if place not in self.contract.loops:
            raise BadInput(f"the contract has nothing on the loop at {self.program.name_of(address)}")
        loop = LoopProof(self.proof, self.contract.loops[place], self.now.path.copy(), address, self.proof.tag)
        self.history.append(Moment(loop.exit))
        return self.now

    # Stopping

    @_recorded
    def break_at(self, target: int | str) -> Breakpoint:
        """Stop before the instruction at an address or symbol."""
        address = self.address(target)
        name = self.program.name_of(address)
        return self._break(f"at {name}", lambda s: f"at {name}" if s.now.address == address else None, address)

    @_recorded
    def break_on_write(self, register: str) -> Breakpoint:
        """Stop before an instruction that writes a component."""
        index = INDEX[naming.component_of(register)]
        text = f"writes {register}"
        return self._break(text, lambda s: text if index in s._changes() else None)

    @_recorded
    def break_on_secret(self) -> Breakpoint:
        """Stop before an instruction that reads a register which depends on what is not public."""
        return self._break("reads secret", lambda s: s._reads_secret())

    def _break(self, text: str, reason: Callable[[Session], str | None], address: int | None = None) -> Breakpoint:
        self.breakpoints.append(Breakpoint(text, reason, address))
        return self.breakpoints[-1]

    @_recorded
    def unbreak(self, number: int) -> None:
        """Remove the breakpoint of that number, counted from 1."""
        if not 1 <= number <= len(self.breakpoints):
            raise BadInput(f"there are {len(self.breakpoints)} breakpoints")
        del self.breakpoints[number - 1]

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

    def is_secret(self, x: Term) -> bool:
        """Whether a variable is marked secret; with a contract, also if it is not public there."""
        return x in self.secret or (self.proof is not None and x not in self.public)

    @_recorded
    def mark(self, name: str, secret: bool = True) -> None:
        """Mark the variables of a formula secret, or public."""
        for x in free_vars(self.term(name)):
            (self.secret.add if secret else self.secret.discard)(x)
            (self.public.discard if secret else self.public.add)(x)

    # Formulas

    def names(self) -> dict[Term, str]:
        """How terms are written: initial registers as x3@0, and what was given a name."""
        return naming.written() | {t: name for name, t in self.lets.items()}

    def name_of(self, x: Term) -> str:
        """How a variable is written."""
        return self.names().get(x, str(x))

    def known(self) -> list[str]:
        """The names that a formula may use: for completion and near matches."""
        registers = [*NAMES, *[f"{n}@0" for n in NAMES], *[f"w{i}" for i in range(31)], "nzcv", "lr"]
        return [*registers, *self.lets, *self.folded, *self._variables()]

    def _variables(self) -> dict[str, Term]:
        path = self.now.path
        required = self.proof.requires.values() if self.proof else ()
        return naming.others([*(t for t in path.state if t.sort.width), *path.conditions, *required])

    def lookup(self, name: str) -> Term | None:
        """What a name stands for in the current state."""
        meanings: tuple[Callable[[str], Term | None], ...] = (
            self.lets.get,
            self.folded.get,
            naming.at_start,
            lambda n: naming.view(n, self.now.path.component),
            lambda n: self._variables().get(n),
        )
        return next((t for meaning in meanings if (t := meaning(name)) is not None), None)

    def raw(self, text: str | Term, sort: Sort | None = None) -> Term:
        """The formula as it stands, with the values of this state put in."""
        return text if isinstance(text, Term) else parse(text, self.lookup, self.known(), sort)

    def term(self, text: str | Term, sort: Sort | None = None) -> Term:
        """The formula in this state, simplified. Raises ParseError."""
        return self.now.path.simplifier.normalize(self.raw(text, sort)).rhs

    def show(self, what: str | Term, budget: int = BUDGET) -> Formula:
        """The formula in writing; what is folded can be looked at by the names that it gets."""
        formula = explain(self.term(what), self.names(), budget)
        self.folded = dict(formula.folded)
        return formula

    def size(self, what: str | Term) -> str:
        """How many distinct subterms the formula has."""
        return counted(self.term(what))

    def inputs(self, what: str | Term) -> list[str]:
        """The variables that the formula depends on."""
        return sorted(self.name_of(x) for x in free_vars(self.term(what)))

    def value(self, what: str | Term, given: Mapping[str, int] | None = None) -> int:
        """The value of the formula for values of its inputs; memory that is not given is zero. Raises BadInput for a missing one."""
        t = self.term(what)
        values: dict[Term, Any] = {}
        model: dict[Term, int] = {}
        for name, v in (given or {}).items():
            x = self._variables()[name] if name in self._variables() else self.term(name)
            model[x] = coerce(v, x.sort).params[0]
        values = concrete(t, model)
        missing = sorted(self.name_of(x) for x in free_vars(t) if x not in model and x.sort is not MEM)
        if missing:
            raise BadInput(f"no value for {', '.join(missing)}")
        try:
            result: int = evaluate(t, values)
        except KernelError as error:
            raise BadInput(str(error)) from None
        return result

    @_recorded
    def let(self, name: str, what: str) -> Term:
        """Give what a formula stands for now a name."""
        if self.lookup(name) is not None and name not in self.lets:
            raise BadInput(f"{name} has a meaning already")
        self.lets[name] = self.term(what)
        return self.lets[name]

    # Asking

    def why(self, what: str) -> list[tuple[int, str]]:
        """The instructions that made what a register (or `mem`) holds, as (address, text), the first one first."""
        found = slice_of(naming.component_of(what), self.history, self.flow.words)
        return [(a, self.instruction(a)) for a in found]

    def diff(self, count: int = 1) -> list[Change]:
        """What the last states changed, count of them."""
        before = self.history[max(0, len(self.history) - 1 - count)].path
        pairs = zip(NAMES, before.state, self.now.path.state, strict=True)
        return [Change(n, a, b) for n, a, b in pairs if a is not b and n not in ("pc", "trace", "safe")]

    def sat(self, condition: str | Term) -> Counterexample | None:
        """Values under which the condition holds on this path, None if there are none."""
        c = self.term(condition, BOOL)
        try:
            self.now.path.facts.prove(~c)
        except Falsified as error:
            found = counterexample(self.now.path.facts.given, ~c, error.model)
            return found or Counterexample(~c, error.model)
        return None

    def equal(self, a: str | Term, b: str | Term) -> Thm | Counterexample:
        """The theorem that two formulas are equal in this state, or values that tell them apart."""
        left = self.raw(a)
        return self._valid(eq(left, self.raw(b, left.sort)))

    def _valid(self, claim: Term) -> Thm | Counterexample:
        path = self.now.path
        same = path.simplifier.normalize(claim)
        try:
            return EQ_MP(SYM(same), path.facts.prove(same.rhs))
        except Falsified as error:
            found = counterexample(path.facts.given, same.rhs, error.model)
            return found or Counterexample(claim, error.model)

    # Changing

    @_recorded
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

    @_recorded
    def set(self, name: str, what: str | int) -> Moment:
        """Go on with another value in a component; the theorem is then about a run from here."""
        component = naming.component_of(name)
        sort = COMPONENTS[component]
        t = coerce(what, BV(32) if name.startswith("w") else sort) if isinstance(what, int) else None
        if t is None:
            t = self.term(str(what), BV(32) if name.startswith("w") else sort)
        return self._restart({component: zext(t, 64) if name.startswith("w") else t})

    @_recorded
    def havoc(self, name: str) -> Moment:
        """Forget what a component holds: it becomes a fresh variable."""
        component = naming.component_of(name)
        self._fresh += 1
        return self._restart({component: Var(f"any_{component}_{self._fresh}", COMPONENTS[component])})

    def _restart(self, changed: dict[str, Term]) -> Moment:
        old = self.now.path
        parts = dict(zip(NAMES, old.state, strict=True)) | changed
        path = Path(self.theory, tuple_(*parts.values()), old.facts, self.context)
        path.conditions = list(old.conditions)
        self.history.append(Moment(path))
        return self.now

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
            raise BadInput(f"{address:#x} is no instruction of {self.function}, which lies from {low:#x} to {high:#x}")
        return address

    # Proving

    def reached(self, component: str) -> Thm:
        """Γ ⊢ component(run(steps, base, start)) = its value in this state"""
        index = INDEX[naming.component_of(component)]
        th = self.now.thm
        same = CONG(proj(th.lhs, index), {0: th})
        return TRANS(same, PROJ_TUPLE(same.rhs))

    def goal(self, claim: str) -> Proof:
        """Begin to prove a claim about this state: what its registers hold is put in, and tactics go on from there. The theorem is about
        the registers of run(steps, base, start)."""
        run = self.now.thm.lhs
        about: dict[Term, Thm] = {}

        def component(name: str) -> Term:
            t = proj(run, INDEX[name])
            about[t] = self.reached(name)
            return t

        def lookup(name: str) -> Term | None:
            plain = name in self.lets or name in self.folded or name.endswith("@0")
            found = None if plain else naming.view(name, component)
            return self.lookup(name) if found is None else found

        stated = parse(claim, lookup, self.known(), BOOL)
        put_in = REPLACE(stated, about) if about else REFL(stated)
        return self._begin(f"s.goal({claim!r})", put_in.rhs, lambda th: EQ_MP(SYM(put_in), th))

    def lemma(self, name: str, parameters: str, claim: str) -> Proof:
        """Begin to prove a claim about any values of the parameters (`a:64, b:32`); `qed` keeps it under its name. Raises Wrong, with a
        counterexample, where some values refute it."""
        variables = parse_parameters(parameters) if parameters.strip() else {}
        stated = parse(claim, variables.get, variables, BOOL)
        proof = self._begin(f"s.lemma({name!r}, {parameters!r}, {claim!r})", stated, lambda th: th, Facts(), variables)
        proof.name = name
        try:
            proof.check()
        except Wrong:
            self.goals.remove(proof)
            self._script.pop()
            self._begun -= 1
            raise
        return proof

    def _begin(
        self,
        call: str,
        statement: Term,
        finish: Callable[[Thm], Thm],
        facts: Facts | None = None,
        variables: Mapping[str, Term] | None = None,
    ) -> Proof:
        self._begun += 1
        mine = f"g{self._begun}"

        def record(tactic: str, arguments: tuple[Any, ...]) -> None:
            self._script.append(f"{mine}.{tactic}({', '.join(map(repr, arguments))})")

        def read(text: str) -> Term:
            inner = {x for goal in proof.goals for p in (goal.concl, *goal.hyps) for x in free_vars(p)}
            names = {x.params[0]: x for x in inner if facts is not None or x not in VARIABLES} | dict(variables or {})
            return parse(text, lambda n: names[n] if n in names else self.lookup(n), [*names, *self.known()])

        proof = Proof(
            statement,
            self.now.path.facts if facts is None else facts,
            self.context if facts is None else (lambda known: Simplifier()),
            self.lemmas,
            self.names() if facts is None else {},
            finish,
            record,
            read,
            mine,
        )
        self.goals.append(proof)
        self._script.append(f"{mine} = {call}")
        return proof

    def qed(self, proof: Proof | None = None, certificate: str | FilePath | None = None) -> Thm:
        """The theorem of a proof (the last one begun) without goals left, kept as a lemma if it has a name; writes a certificate."""
        if proof is None:
            if not self.goals:
                raise BadInput("no proof is under way: goal or lemma begins one")
            proof = self.goals[-1]
        th = proof.qed()
        if certificate is not None:
            self.certify(th, certificate, proof.name or f"{self.function}: {self.where()}")
        self.goals.remove(proof)
        if proof.name:
            self.lemmas[proof.name] = th
        written = f", certificate={str(certificate)!r}" if certificate is not None else ""
        self._script.append(f"s.qed({proof.mine}{written})")
        return th

    def abandon(self, proof: Proof) -> None:
        """Give up a proof."""
        self.goals.remove(proof)

    def certify(self, th: Thm, file: str | FilePath, title: str) -> str:
        """Write a theorem's certificate; returns the hash of its statement."""
        about = {
            "title": title,
            "object": {"path": self.program.path, "sha256": self.program.sha256},
            "symbol": self.function,
            "components": list(NAMES),
        }
        try:
            with FilePath(file).open("wb") as out:
                return write_certificate(th, about, out)
        except OSError as error:
            raise BadInput(f"{file}: {error.strerror}") from None

    def prove(self, certificate: str | FilePath | None = None) -> Thm:
        """The whole theorem of the contract, by the automatic proof."""
        if self.proof is None or self.contract is None:
            raise BadInput("prove needs a contract")
        constants = check_witness(self.contract, self.program).constants
        proved = RoutineProof(self.contract, self.program, constants).prove()
        if certificate is not None:
            self.certify(proved.thm, certificate, self.contract.name)
        return proved.thm

    def script(self) -> str:
        """What was done, as a Python script that does it again."""
        return "\n".join(self._script) + "\n"

    # Notebooks

    def registers(self, names: Iterable[str] | None = None) -> list[tuple[str, str]]:
        """Registers with their values on one line each; those that are as at the start are left out unless asked for."""
        chosen = [n for n in NAMES if n not in _HIDDEN] if names is None else [naming.component_of(n) for n in names]
        shown = [(n, self.now[n]) for n in chosen]
        written = self.names()
        return [
            (n, one_line(t, written)) for n, t in shown if names is not None or not (t.op is VAR and t.params[0] == n)
        ]

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{n}</td><td><code>{html.escape(text)}</code></td></tr>" for n, text in self.registers()
        )
        return f"<p><code>{html.escape(self.where())}</code></p><table>{rows}</table>"
