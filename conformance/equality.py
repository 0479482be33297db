# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Whether two terms over the machine's state are equal for all its values, decided by normal forms and SAT.

Memory is a function from addresses to bytes: two memories are equal if they hold the same byte at one address of which nothing
is known, and what is read from the first memory are bytes that are equal where their addresses are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from pysat.solvers import Cadical195

from kernel.bitblast import Cnf
from kernel.normal import TooLarge, ring
from kernel.ops import ITE, READ, VAR, WRITE, concat, conj, eq, implies, ite, mask, number
from kernel.sorts import BOOL, BV, MEM
from kernel.term import Term, Var, by_id, mk, postorder

CONFLICTS = 200_000
"""After so many the solver gives up."""
PAIRS = 4000
"""Pairs of addresses that are compared; beyond that two bytes count as different ones, which can only hide equality."""

Values = Mapping[Term, int]

_MASK = mask(64)


@dataclass
class Bytes:
    """What is read from the first memory: a variable for each address, found by the polynomial of the address."""

    variables: dict[frozenset[tuple[tuple[int, ...], int]], Term] = field(default_factory=dict)
    addresses: dict[Term, Term] = field(default_factory=dict)
    flat: dict[Term, Term] = field(default_factory=dict)

    def at(self, address: Term) -> Term:
        """The variable of the byte at an address."""
        key = frozenset(ring(address).items())
        if key not in self.variables:
            byte = Var(f"byte{len(self.variables)}", BV(8))
            self.variables[key], self.addresses[byte] = byte, address
        return self.variables[key]

    def consistent(self) -> list[Term]:
        """That bytes at equal addresses are equal."""
        found: list[Term] = []
        for (a, at), (b, elsewhere) in combinations(self.addresses.items(), 2):
            coincide = _equal(at, elsewhere)
            if isinstance(coincide, Term) and len(found) < PAIRS:
                found.append(implies(coincide, eq(a, b)))
        return found

    def without_memory(self, term: Term) -> Term:
        """The term with what it reads replaced by variables."""
        for t in postorder((term,)):
            if t in self.flat or t.sort is MEM:
                continue
            if t.op is READ:
                address = self.flat[t.args[1]]
                parts = [self.byte(t.args[0], _plus(address, i)) for i in range(t.params[0])]
                self.flat[t] = concat(*reversed(parts))
            else:
                arguments = tuple([self.flat.get(a, a) for a in t.args])
                self.flat[t] = t if arguments == t.args else mk(t.op, t.params, arguments)
        return self.flat[term]

    def byte(self, memory: Term, address: Term) -> Term:
        """The byte of a memory at an address, without reading."""
        conditions: list[tuple[Term, Term]] = []
        while memory.op is WRITE:
            memory, place, value = memory.args
            place, value = self.without_memory(place), self.without_memory(value)
            for i in range(value.width // 8):
                part = value[8 * i + 7 : 8 * i] if value.width > 8 else value
                here = _equal(address, _plus(place, i))
                if isinstance(here, Term):
                    conditions.append((here, part))
                elif here:
                    return _chosen(conditions, part)
        if memory.op is ITE:
            condition = self.without_memory(memory.args[0])
            last = ite(condition, self.byte(memory.args[1], address), self.byte(memory.args[2], address))
        elif memory.op is VAR:
            last = self.at(address)
        else:
            raise ValueError(f"no memory that can be read: {memory.op}")
        return _chosen(conditions, last)


def _plus(address: Term, distance: int) -> Term:
    return address + distance if distance else address


def _equal(a: Term, b: Term) -> Term | bool:
    """When two addresses are equal: always, never, or where a term holds. Of an address and another at a variable distance from it
    the term speaks of the distance alone, which spares the solver the sums."""
    form = ring(a - b)
    constant, others = form.get((), 0), [monomial for monomial in form if monomial]
    if not others:
        return constant == 0
    if len(others) == 1 and len(others[0]) == 1 and form[others[0]] == 1:
        return eq(by_id(others[0][0]), number(-constant & _MASK, 64))
    return eq(a, b)


def _chosen(conditions: Sequence[tuple[Term, Term]], last: Term) -> Term:
    for condition, value in reversed(conditions):
        last = ite(condition, value, last)
    return last


class GaveUp(Exception):
    """The solver reached no answer within CONFLICTS."""


def counterexample(
    ours: Term, theirs: Term, assuming: Sequence[Term] = (), conflicts: int = CONFLICTS
) -> Values | None:
    """Values of the variables for which the terms differ, or None if they are equal for all that satisfy the assumptions.

    Bytes of the first memory are variables of their own. Raises GaveUp after so many conflicts.
    """
    known = Bytes()
    if ours.sort is MEM:
        probe = _anywhere(ours, theirs)
        ours, theirs = known.byte(ours, probe), known.byte(theirs, probe)
    else:
        ours, theirs = known.without_memory(ours), known.without_memory(theirs)
    if ours is theirs or _same_polynomial(ours, theirs):
        return None
    hypotheses = [*map(known.without_memory, assuming), *known.consistent()]
    goal = eq(ours, theirs)
    return _solve(Cnf(implies(conj(*hypotheses), goal) if hypotheses else goal), conflicts)


def _anywhere(*memories: Term) -> Term:
    """Any address, as the distance from one that is written to."""
    place = next((memory.args[1] for memory in memories if memory.op is WRITE), number(0, 64))
    return place + Var("distance", BV(64))


def _same_polynomial(a: Term, b: Term) -> bool:
    if a.sort is BOOL:
        return False
    try:
        return ring(a) == ring(b)
    except TooLarge:
        return False


def _solve(cnf: Cnf, conflicts: int) -> Values | None:
    if cnf.trivial:
        return None
    with Cadical195() as solver:
        for clause in cnf.clauses:
            solver.add_clause(clause)
        solver.conf_budget(conflicts)
        answer = solver.solve_limited()
        if answer is None:
            raise GaveUp
        if not answer:
            return None
        true = {x for x in solver.get_model() or () if x > 0}
    return {atom: sum(1 << i for i, x in enumerate(bits) if x in true) for atom, bits in cnf.atoms.items()}
