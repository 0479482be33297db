# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Looking at a state, and asking about it: formulas, values, where they come from, whether conditions can hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from isa.decode import disassemble
from isa.state import INDEX, NAMES, VARIABLES
from kernel.evaluate import evaluate
from kernel.ops import ITE, VAR, WRITE, eq
from kernel.rules import EQ_MP, SYM
from kernel.sorts import BOOL, MEM, Sort
from kernel.term import Term, coerce, free_vars
from kernel.thm import KernelError, Thm
from symsim.blast import Falsified
from symsim.contract import LR
from symsim.errors import BadInput
from symsim.explain import BUDGET, Formula, Notation, explain, one_line, size
from symsim.listing import text
from symsim.repl import naming
from symsim.repl.countermodel import Countermodel, concrete, countermodel
from symsim.repl.expression import parse
from symsim.repl.moment import Breakpoint, Change, Line, Moment
from symsim.repl.slicing import slice_of
from symsim.repl.subject import Subject
from symsim.words import Vocabulary

_HIDDEN = ("pc", "trace", "safe", "policy", "mem")


class View:
    """The states of a run, the last one the current one, and the names that formulas about it use."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.program, self.flow = subject.program, subject.flow
        self.history: list[Moment] = [Moment(subject.path)]
        self.breakpoints: list[Breakpoint] = []
        self.lets: dict[str, Term] = {}
        self.folded: dict[str, Term] = {}
        self.public, self.secret = subject.public, set[Term]()
        self.words = Vocabulary()

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
        known = self.subject.assumptions.sentences
        if self.subject.proof is not None:
            known = {p: label for label, p in self.subject.proof.requires.items()}
        rest = [
            one_line(h, self.names()) for h in hypotheses if h not in known and h not in self.subject.assumptions.pairs
        ]
        listed = (
            self.subject.assumptions.listed(hypotheses)
            if self.subject.proof is None
            else [label for p, label in known.items() if p in hypotheses]
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
            places = [self.subject.theory.address_of(t) for t in self.now["pc"].args[1:]]
            return " or ".join(self.program.name_of(a) if a is not None else "elsewhere" for a in places)
        if address in self.flow.refused:
            return f"{self.program.name_of(address)}  {text(self.program.word(address), address)}"
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

    def registers(self, names: Iterable[str] | None = None) -> list[tuple[str, str]]:
        """Registers with their values on one line each; those that are as at the start are left out unless asked for."""
        chosen = [n for n in NAMES if n not in _HIDDEN] if names is None else [naming.component_of(n) for n in names]
        shown = [(n, self.now[n]) for n in chosen]
        written = self.names()
        return [
            (n, one_line(t, written)) for n, t in shown if names is not None or not (t.op is VAR and t.params[0] == n)
        ]

    def stores(self, most: int = 16) -> list[tuple[str, int, str]]:
        """What was stored: address, size in bytes and value of the latest stores, those to the same place as one."""
        found = []
        memory = self.now["mem"]
        while memory.op is WRITE and len(found) < most:
            memory, address, value = memory.args
            found.append((one_line(address, self.names()), value.width // 8, one_line(value, self.names())))
        return found

    # Names

    def names(self) -> Notation:
        """How terms are written: initial registers as x3@0, and what was given a name, or has one in a standard."""
        return Notation(naming.written() | {t: name for name, t in self.lets.items()}, self.words.view)

    def name_of(self, x: Term) -> str:
        """How a variable is written."""
        return self.names().get(x, str(x))

    def known(self) -> Iterator[str]:
        """The names that a formula may use: for completion and near matches."""
        yield from (*NAMES, *[f"{n}@0" for n in NAMES], *[f"w{i}" for i in range(31)], "nzcv", "lr")
        yield from (*self.lets, *self.folded, *self._variables())

    def _variables(self) -> dict[str, Term]:
        path = self.now.path
        required = self.subject.proof.requires.values() if self.subject.proof else ()
        return naming.others([*(t for t in path.state if t.sort.width), *path.conditions, *required])

    def lookup(self, name: str) -> Term | None:
        """What a name stands for in the current state."""
        meanings: tuple[Callable[[str], Term | None], ...] = (
            self.lets.get,
            self.folded.get,
            lambda n: naming.at_start(n, self.subject.start),
            lambda n: naming.view(n, self.now.path.component),
            lambda n: self._variables().get(n),
        )
        return next((t for meaning in meanings if (t := meaning(name)) is not None), None)

    # Formulas

    def raw(self, text: str | Term, sort: Sort | None = None) -> Term:
        """The formula as it stands, with the values of this state put in."""
        return text if isinstance(text, Term) else parse(text, self.lookup, self.known(), sort, self.words)

    def term(self, text: str | Term, sort: Sort | None = None) -> Term:
        """The formula in this state, simplified. Raises ParseError."""
        return self.now.path.simplifier.normalize(self.raw(text, sort)).rhs

    def show(self, what: str | Term, budget: int = BUDGET) -> Formula:
        """The formula in writing; what is folded can be looked at by the names that it gets."""
        formula = explain(self.term(what), self.names(), budget)
        self.folded = dict(formula.folded)
        return formula

    def size(self, what: str | Term) -> int:
        """How many distinct subterms the formula has."""
        return size(self.term(what))

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

    def sat(self, condition: str | Term) -> Countermodel | None:
        """Values under which the condition holds on this path, None if there are none."""
        c = self.term(condition, BOOL)
        try:
            self.now.path.facts.prove(~c)
        except Falsified as error:
            found = countermodel(self.now.path.facts.given, ~c, error.model)
            return replace(found or Countermodel(~c, error.model), names=self.names())
        return None

    def equal(self, a: str | Term, b: str | Term) -> Thm | Countermodel:
        """The theorem that two formulas are equal in this state, or values that tell them apart."""
        left = self.raw(a)
        return self._valid(eq(left, self.raw(b, left.sort)))

    def _valid(self, claim: Term) -> Thm | Countermodel:
        path = self.now.path
        same = path.simplifier.normalize(claim)
        try:
            return EQ_MP(SYM(same), path.facts.prove(same.rhs))
        except Falsified as error:
            found = countermodel(path.facts.given, same.rhs, error.model)
            return replace(found or Countermodel(claim, error.model), names=self.names())

    def is_secret(self, x: Term) -> bool:
        """Whether a variable is marked secret; with a contract, also if it is not public there."""
        return x in self.secret or (self.subject.proof is not None and x not in self.public)
