# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What a contract says about one program: preconditions, the state at the start, what is promised of a state; and what is known of both."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from isa.state import INDEX, NAMES, VARIABLES
from kernel.ops import (
    AND,
    EQ,
    EXTRACT,
    READ,
    VAR,
    conj,
    eq,
    implies,
    is_const,
    number,
    proj,
    read,
    true,
    tuple_,
    ult,
)
from kernel.rules import ASSUME
from kernel.sorts import BV, TRACE
from kernel.term import Term, Var, free_vars
from kernel.thm import Thm
from symsim.contract import CALLEE_SAVED, LR, MEMORY, SP, Contract, Region, says_what_is_held
from symsim.contract import INDEX_VARIABLE as I
from symsim.derived import CONJUNCT
from symsim.errors import BadInput
from symsim.facts import Facts
from symsim.flow import explore
from symsim.fold import as_rewrite
from symsim.idioms import Idioms
from symsim.machine_theory import BASE, MachineTheory
from symsim.memory import Area, D, N
from symsim.output import WHICH, chain
from symsim.program import Program
from symsim.promises import ABI, FRAME, RETURNS, SAFE, preserved
from symsim.quotients import bounds
from symsim.regions import Layout, apart_term, constant_fact
from symsim.simplify import Simplifier, is_general

ADDRESS = Var("address", BV(64))
"""Any address, to say that what is not mentioned does not change."""
Progress = Callable[[str], None]


class Stated:
    """One contract about one program. `constants` are the parts of the program's constant data that the routine reads, as (address,
    size)."""

    def __init__(
        self,
        contract: Contract,
        program: Program,
        constants: Iterable[tuple[int, int]],
        progress: Progress = lambda message: None,
    ) -> None:
        self.contract, self.program, self._progress = contract, program, progress
        _demand_own_names(contract)
        self.entry = program.symbol(contract.symbol).address
        self.tag = f"{contract.name.rpartition('/')[2]}_{program.sha256[:8]}"
        self.flow = explore(self.entry, program.word, program.name_of)
        self.constants = tuple(constants)
        self.regions = self._regions()
        self.stored = chain(contract.outputs)
        self.layout = Layout(self.regions, self.stored)
        self.requires = self._requires()
        self._rewrites = [ASSUME(p) for p in self.requires.values() if self._is_rewrite(p)]
        self._bounds = [bounds(q, *of) for q, of in contract.quotients.items()]
        self.facts = Facts(self._pieces(), frozenset((*self.requires.values(), *self._bounds)))
        self.theory = MachineTheory(self.tag, self.flow.words, self.facts, Idioms(contract.idioms()))
        self.public = (*contract.public, *contract.quotients, SP, LR, BASE, Var("trace", TRACE))
        self.start = self._start()

    def _regions(self) -> tuple[Region, ...]:
        contract = self.contract
        out = list(contract.regions)
        if contract.stack:
            out.append(Region("stack", SP + (-contract.stack & 0xFFFF_FFFF_FFFF_FFFF), contract.stack, writable=True))
        for address, size in self.constants:
            out.append(Region(f"constants at {self.program.name_of(address)}", self._at(address), size))
        for g in contract.globals:
            out.append(Region(g.symbol, self._at(self.program.address_of(g.symbol)), g.size))
        return tuple(r.normal() for r in out)

    def _at(self, address: int) -> Term:
        return BASE + address if address else BASE

    def _requires(self) -> dict[str, Term]:
        out = {
            "the load base is page-aligned": eq(BASE[11:0], 0),
            "the stack pointer is a multiple of 16": eq(SP[3:0], 0),
            **self.contract.requires,
        }
        for g in self.contract.globals:
            held = read(MEMORY, self._at(self.program.address_of(g.symbol)), g.size)
            out[g.label] = g.assumption(held)
        for address, size in self.constants:
            data = self.program.constant(address, size)
            if data is None:
                raise BadInput(f"{self.program.path}: the {size} bytes at {address:#x} are no constants")
            name = self.program.name_of(address)
            out[f"the {size} bytes at {name} are the object's"] = constant_fact(MEMORY, self._at(address), data)
        for a in self.regions:
            if a.writable:
                for b in self.regions:
                    if b is not a and not (b.writable and self.regions.index(b) < self.regions.index(a)):
                        out[f"{a.name} and {b.name} are disjoint"] = apart_term(a.base, a.extent, b.base, b.extent)
                low, high = min(self.flow.words), max(self.flow.words) + 4
                code = apart_term(a.base, a.extent, self._at(low), number(high - low, 64))
                out[f"{a.name} and the code are disjoint"] = code
        return out

    @staticmethod
    def _is_rewrite(p: Term) -> bool:
        """Whether the precondition says what memory holds, or gives some bits a constant value, and so serves as a rewrite."""
        return says_what_is_held(p) or (p.op is EQ and p.args[0].op is EXTRACT and is_const(p.args[1]))

    def _pieces(self) -> list[Thm]:
        """What the preconditions say of numbers, conjunctions taken apart, as hypotheses of their own."""
        pieces = []
        for p in (*self.requires.values(), *self._bounds):
            if p.op is not EQ or p.args[0].op is not READ:
                parts = p.args if p.op is AND else (p,)
                pieces += [CONJUNCT(ASSUME(p), k) if len(parts) > 1 else ASSUME(p) for k in range(len(parts))]
        return pieces

    def _start(self) -> Term:
        parts = dict(zip(NAMES, VARIABLES, strict=True))
        parts |= self.contract.arguments
        parts |= {"sp": SP, "x30": LR, "pc": self._at(self.entry), "mem": MEMORY, "safe": true, "policy": self.layout.policy}
        parts["trace"] = Var("trace", TRACE)
        return tuple_(*parts.values())

    def context(self, facts: Facts, more: Iterable[Area] = ()) -> Simplifier:
        """A simplifier that knows the contract's memory, constants and rules."""
        return self.knowing(facts, self.contract.rules(), more)

    def knowing(self, facts: Facts, rules: tuple[Thm, ...], more: Iterable[Area] = ()) -> Simplifier:
        """A simplifier that knows the contract's memory and constants."""
        simplifier = Simplifier()
        self.layout.attach(simplifier, facts, more)
        for rule in rules:
            if is_general(rule):
                simplifier.add_rule(rule)
        for th in (*(rule for rule in rules if not is_general(rule)), *self._rewrites):
            simplifier.add_fact(as_rewrite(th, simplifier))
        for th in facts.known:
            if th.concl.op is EQ and th.concl.args[0].op is VAR:
                simplifier.add_fact(as_rewrite(th, simplifier))
        return simplifier

    def promises(self, s: Term) -> dict[str, Term]:
        """What is promised of the final state s, but for the trace."""
        memory = proj(s, INDEX["mem"])
        results = {f"{n} holds the result": eq(_held(n, lambda k: proj(s, k)), t) for n, t in self.contract.results.items()}
        return {
            RETURNS: eq(proj(s, INDEX["pc"]), LR),
            **self.contract.ensures(memory),
            **self._output_promise(memory),
            **results,
            FRAME: implies(self._outside(), eq(read(memory, ADDRESS, 1), read(MEMORY, ADDRESS, 1))),
            SAFE: proj(s, INDEX["safe"]),
            **self._preserved(s),
        }

    def _output_promise(self, memory: Term) -> dict[str, Term]:
        out = {}
        for output in self.contract.outputs:
            held = read(memory, output.base + WHICH * output.unit, output.unit)
            out[output.label] = implies(ult(WHICH, output.count), eq(held, output.block(WHICH)))
        return out

    def _preserved(self, s: Term) -> dict[str, Term]:
        names = self.contract.preserves
        integers = [n for n in names if n[0] == "x"]
        order = [*integers, "sp", *(n for n in names if n not in integers)]
        kept = [eq(_held(n, lambda k: proj(s, k)), _held(n, self.start.args.__getitem__)) for n in order]
        return {ABI if names == CALLEE_SAVED else preserved(names): conj(*kept)}

    def _outside(self) -> Term:
        """The byte at ADDRESS is in no region that may be written."""
        one = number(1, 64)
        return conj(*[apart_term(ADDRESS, one, r.base, r.extent) for r in self.regions if r.writable] or [true])


def _held(name: str, component: Callable[[int], Term]) -> Term:
    """What a register holds, given what the components of a state are; dN is the low half of vN."""
    return component(INDEX[f"v{name[1:]}"])[63:0] if name[0] == "d" else component(INDEX[name])


def _demand_own_names(contract: Contract) -> None:
    """Raise BadInput where an argument has the name of a variable that the theorem, or its proof, uses for something else."""
    arguments = set().union(*map(free_vars, contract.arguments.values()))
    for x in (ADDRESS, I, WHICH, BASE, SP, LR, D, N):
        if x in arguments:
            raise BadInput(f"{contract.name}: no argument can be called '{x}', a name with a meaning in every theorem")
    stated = [*contract.arguments.values(), *contract.requires.values(), *contract.results.values()]
    stated += [t for r in contract.regions for t in (r.base, r.extent)] + [*contract.ensures(MEMORY).values()]
    for x in contract.quotients:
        if any(x in free_vars(t) for t in (*stated, *contract.public)):
            raise BadInput(f"{contract.name}: '{x}', a quotient to count by, can't be part of what is stated")
        secret = free_vars(contract.quotients[x][0]) - {*contract.public, *contract.quotients}
        if secret:  # its value goes into the trace
            raise BadInput(f"{contract.name}: '{x}' is a quotient of what is not public: {', '.join(map(str, secret))}")
