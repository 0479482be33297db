# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What a session is about: a function of an object in the logic, with a contract or without."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from isa.state import NAMES, VARIABLES
from kernel.ops import eq, true, tuple_
from kernel.rules import ASSUME
from kernel.sorts import BV, TRACE
from kernel.term import Term, Var
from symsim.contract import Contract
from symsim.facts import Facts
from symsim.flow import Flow, explore
from symsim.machine_theory import BASE, MachineTheory
from symsim.path import Path
from symsim.program import Program
from symsim.prove import RoutineProof
from symsim.repl.open_memory import Assumptions, OpenMemory
from symsim.repl.sums import keep_sums_small
from symsim.simplify import Simplifier
from symsim.witness import check_witness


@dataclass(frozen=True)
class Subject:
    """A function and its theory. `start` is the state at its beginning, `facts` what is known of the variables there, `context` makes
    simplifiers that know the memory, `stepping` those that keep what a person sees readable. With a contract there is its `proof`;
    otherwise `assumptions` are what the memory assumes."""

    program: Program
    function: str
    contract: Contract | None
    theory: MachineTheory
    start: Term
    facts: Facts
    context: Callable[[Facts], Simplifier]
    stepping: Callable[[Facts], Simplifier]
    flow: Flow
    proof: RoutineProof | None
    assumptions: Assumptions

    @property
    def path(self) -> Path:
        """A run of no steps from the start."""
        path = Path(self.theory, self.start, self.facts, self.stepping)
        if self.proof is not None:
            path.materialize()
        return path

    @property
    def public(self) -> set[Term]:
        """The variables that an observer may know."""
        return set(self.proof.public) if self.proof else {BASE, Var("sp", BV(64)), Var("trace", TRACE)}


def with_contract(program: Program, contract: Contract) -> Subject:
    """The routine of a contract, its arguments and regions as there. Raises BadInput where its witness does not satisfy it."""
    proof = RoutineProof(contract, program, check_witness(contract, program).constants)

    def stepping(known: Facts) -> Simplifier:
        simplifier = proof.context(known)
        keep_sums_small(simplifier)
        return simplifier

    return Subject(
        program,
        contract.symbol,
        contract,
        proof.theory,
        proof.start,
        proof.facts,
        proof.context,
        stepping,
        proof.flow,
        proof,
        Assumptions(),
    )


def without_contract(program: Program, function: str) -> Subject:
    """A function with every register a variable, and a memory of which nothing is known. Raises BadInput, NoSemantics."""
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
    return Subject(program, function, None, theory, tuple_(*parts.values()), facts, context, context, flow, None, assumptions)
