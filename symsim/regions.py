# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""From the regions of a contract to areas with permissions, and the theorems that they are disjoint."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from isa.state import ALLOWED_READ, ALLOWED_WRITE, AREAS, INSIDE, POLICY
from kernel.arrays import PROJ_TUPLE, Apart
from kernel.normal import ring
from kernel.ops import conj, disj, eq, implies, number, read, tuple_, ule
from kernel.rules import ASSUME, DISCH, EQ_MP, INST, MP, SYM, TRANS
from kernel.sorts import BOOL, BV
from kernel.term import Term, Var
from kernel.thm import Thm
from symsim.blast import Falsified, blast
from symsim.canonical import sum_term
from symsim.contract import Region
from symsim.errors import BadInput
from symsim.facts import Facts
from symsim.memory import Area, D, Memory, N, split
from symsim.simplify import Simplifier


def policy_of(regions: Iterable[Region]) -> tuple[Term, dict[str, int]]:
    """The policy that allows just these regions, and the place of each in it."""
    places: dict[str, int] = {}
    pairs: list[Term] = [number(0, 64)] * (4 * AREAS)
    following = {False: 0, True: AREAS}
    for r in regions:
        place = following[r.writable]
        if place == (2 * AREAS if r.writable else AREAS):
            raise BadInput(f"more than {AREAS} regions that may be {'written' if r.writable else 'read'}")
        following[r.writable] += 1
        places[r.name] = place
        pairs[2 * place], pairs[2 * place + 1] = r.base, r.extent
    return tuple_(*pairs), places


def apart_term(a: Term, n: Term, b: Term, m: Term) -> Term:
    """The areas [a, +n) and [b, +m) are disjoint."""
    return conj(ule(n, b - a), ule(m, a - b))


class Layout:
    """The regions of one proof. Makes the memory of a simplifier under some facts."""

    def __init__(self, regions: tuple[Region, ...]) -> None:
        self.regions = regions
        self.policy, self._places = policy_of(regions)
        self._pointers = {x for r in regions for x in split(r.base)[0]}

    def attach(self, simplifier: Simplifier, facts: Facts, known: Iterable[Area] = ()) -> Memory:
        """Give the simplifier a memory: an area for each region of constant size, others when they are met."""
        areas = list(known) or [self._area(r, r.base, r.size, facts) for r in self.regions if isinstance(r.size, int)]

        def prove_apart(a: Area, b: Area) -> Apart:
            after, before = ule(number(a.size, 64), b.base - a.base), ule(number(b.size, 64), a.base - b.base)
            return Apart(a.base, a.size, b.base, b.size, facts.prove(after), facts.prove(before))

        return Memory(simplifier, areas, prove_apart, lambda address: self._block(address, facts))

    def _block(self, address: Term, facts: Facts) -> Area | None:
        """The block of a region of variable size that the address lies in, if the facts give that there is one."""
        for r in self.regions:
            if isinstance(r.size, int):
                continue
            form = dict(ring(address - r.base))
            constant = form.pop((), 0)
            atoms = {i for monomial in form for i in monomial}
            if any(p.id in atoms for p in self._pointers):
                continue
            constant -= (constant >> 63) << 64
            rest = dict(ring(address))
            start = rest.pop((), 0) - constant % r.unit & 0xFFFF_FFFF_FFFF_FFFF
            if start:
                rest[()] = start
            base = sum_term(rest, 64)
            try:
                return self._area(r, base, r.unit, facts)
            except Falsified:
                continue
        return None

    def _area(self, region: Region, base: Term, size: int, facts: Facts) -> Area:
        area = Area(region.name, base, size)
        for write in (False, True) if region.writable else (False,):
            area.permissions[write] = self._permission(region, base, size, write, facts)
        return area

    def _permission(self, region: Region, base: Term, size: int, write: bool, facts: Facts) -> Thm:
        """Γ ⊢ d ≤ size ∧ n ≤ size − d ⇒ allowed(policy, base + d, n)"""
        address, whole = base + D, number(size, 64)
        premise = conj(ule(D, whole), ule(N, whole - D))
        start, extent = region.base, region.extent
        lies = facts.prove(implies(premise, conj(ule(N, extent), ule(address - start, extent - N))))
        a, n, b, m = (Var(x, BV(64)) for x in "anbm")
        folded = SYM(INST(INSIDE, {a: address, n: N, b: start, m: extent}))
        inside = EQ_MP(folded, MP(lies, ASSUME(premise)))
        definition = ALLOWED_WRITE if write else ALLOWED_READ
        unfolded = INST(definition, {Var("policy", POLICY): self.policy, a: address, n: N})
        unfolded = TRANS(unfolded, PROJ_TUPLE(unfolded.rhs))
        alternatives = unfolded.rhs.args
        place = self._places[region.name] - (AREAS if write else 0)
        some = INST(_one_of(len(alternatives), place), {Var(f"p{k}", BOOL): p for k, p in enumerate(alternatives)})
        return DISCH(premise, EQ_MP(SYM(unfolded), MP(some, inside)))


@cache
def _one_of(count: int, place: int) -> Thm:
    """⊢ p_place ⇒ p0 ∨ … ∨ p_(count−1)"""
    ps = [Var(f"p{k}", BOOL) for k in range(count)]
    return blast(implies(ps[place], disj(*ps)))


def constant_fact(memory: Term, base: Term, data: bytes) -> Term:
    """The memory holds these bytes from the base on."""
    return eq(read(memory, base, len(data)), number(int.from_bytes(data, "little"), 8 * len(data)))
