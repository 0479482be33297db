# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""From the regions of a contract to areas with permissions, and the theorems that they are disjoint."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, reduce

from isa.state import ALLOWED_READ, ALLOWED_WRITE, AREAS, INSIDE, POLICY
from kernel.arrays import PROJ_TUPLE, Apart
from kernel.normal import ring
from kernel.ops import conj, disj, eq, implies, number, read, tuple_, ule, ult
from kernel.rules import ASSUME, DISCH, EQ_MP, INST, MP, SYM, TRANS
from kernel.sorts import BOOL, BV
from kernel.term import Term, Var
from kernel.thm import Thm
from symsim.blast import Falsified, blast
from symsim.canonical import sum_term
from symsim.contract import Region
from symsim.derived import BY_RING, CONJ, CONJUNCT, GROUND
from symsim.errors import BadInput
from symsim.facts import Facts
from symsim.memory import Area, D, Memory, N, Place, split
from symsim.simplify import Simplifier
from symsim.solvers.cadical import SolverGaveUp


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
        self._fixed: list[Area] = []
        self._pointers = {x for r in regions for x in split(r.base)[0]}

    def attach(self, simplifier: Simplifier, facts: Facts, more: Iterable[Area] = ()) -> Memory:
        """Give the simplifier a memory: an area for each region of constant size, others when they are met."""
        if not self._fixed:
            self._fixed = [self._area(r, r.base, r.size) for r in self.regions if isinstance(r.size, int)]

        def prove_apart(a: Area, b: Area) -> Apart:
            if a.place is not None:
                other = prove_apart(b, a)
                return Apart(other.b, other.m, other.a, other.n, other.before, other.after)
            if b.place is not None:
                return _block_apart(a, b, b.place, facts)
            after, before = ule(number(a.size, 64), b.base - a.base), ule(number(b.size, 64), a.base - b.base)
            return Apart(a.base, a.size, b.base, b.size, facts.prove(after), facts.prove(before))

        return Memory(simplifier, [*self._fixed, *more], prove_apart, lambda address: self._block(address, facts))

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
            distance = sum_term(ring(base - r.base), 64)
            try:
                below = facts.prove(ule(distance, r.extent))
                fits = facts.prove(ule(number(r.unit, 64), r.extent - distance))
            except (Falsified, SolverGaveUp):
                continue
            return self._area(r, base, r.unit, Place(r.base, r.extent, distance, below, fits))
        return None

    def _area(self, region: Region, base: Term, size: int, place: Place | None = None) -> Area:
        area = Area(region.name, base, size, place=place)
        for write in (False, True) if region.writable else (False,):
            area.permissions[write] = self._permission(region, area, write)
        return area

    def _permission(self, region: Region, area: Area, write: bool) -> Thm:
        """Γ ⊢ d ≤ size ∧ n ≤ size − d ⇒ allowed(policy, base + d, n)"""
        address, size, extent = area.base + D, number(area.size, 64), region.extent
        place = area.place
        distance = number(0, 64) if place is None else place.distance
        premise = conj(ule(D, size), ule(N, size - D))
        th = INST(_part_lemma(), {_O: distance, _E: extent, _K: size})
        th = MP(th, GROUND(ule(distance, extent)) if place is None else place.below)
        th = MP(th, GROUND(ule(size, extent - distance)) if place is None else place.fits)
        th = MP(th, ASSUME(premise))
        lies = BY_RING(CONJUNCT(th, 1), ule(address - region.base, extent - N))
        a, n, b, m = (Var(x, BV(64)) for x in "anbm")
        folded = SYM(INST(INSIDE, {a: address, n: N, b: region.base, m: extent}))
        inside = EQ_MP(folded, CONJ([CONJUNCT(th, 0), lies]))
        definition = ALLOWED_WRITE if write else ALLOWED_READ
        unfolded = INST(definition, {Var("policy", POLICY): self.policy, a: address, n: N})
        unfolded = TRANS(unfolded, PROJ_TUPLE(unfolded.rhs))
        alternatives = unfolded.rhs.args
        place_in = self._places[region.name] - (AREAS if write else 0)
        some = INST(_one_of(len(alternatives), place_in), {Var(f"p{k}", BOOL): p for k, p in enumerate(alternatives)})
        return DISCH(premise, EQ_MP(SYM(unfolded), MP(some, inside)))


def _lemma(*formulas: Term) -> Thm:
    """⊢ p0 ⇒ … ⇒ goal, by SAT"""
    return blast(reduce(lambda goal, p: implies(p, goal), reversed(formulas[:-1]), formulas[-1]))


def _by(lemma: Thm, mapping: dict[Term, Term], *premises: Thm) -> Thm:
    """The lemma's instance, its premises taken off."""
    return reduce(MP, premises, INST(lemma, mapping))


# SAT is quick with one or two subtractions and slow with four: the two lemmas about parts are put together from small ones.

_O, _E, _K, _X, _M, _Q = (Var(x, BV(64)) for x in "oekxmq")


@cache
def _part_lemma() -> Thm:
    """⊢ o ≤ e ⇒ k ≤ e − o ⇒ d ≤ k ∧ n ≤ k − d ⇒ n ≤ e ∧ o + d ≤ e − n: a part of a part is a part"""
    below, fits, part = ule(_O, _E), ule(_K, _E - _O), conj(ule(D, _K), ule(N, _K - D))
    starts, ends = CONJUNCT(ASSUME(part), 0), CONJUNCT(ASSUME(part), 1)
    narrower = _lemma(ule(D, _K), ule(_K, _X), ule(N, _K - D), ule(N, _X - D))
    room = _by(narrower, {_X: _E - _O}, starts, ASSUME(fits), ends)
    inside = _by(_lemma(ule(D, _K), ule(_K, _X), ule(D, _X)), {_X: _E - _O}, starts, ASSUME(fits))
    reached = _by(_lemma(below, ule(D, _E - _O), ule(_O + D, _E)), {}, ASSUME(below), inside)
    left = BY_RING(room, ule(N, _E - (_O + D)))
    at = {_Q: _O + D}
    small = _by(_lemma(ule(_Q, _E), ule(N, _E - _Q), ule(N, _E)), at, reached, left)
    early = _by(_lemma(ule(_Q, _E), ule(N, _E - _Q), ule(_Q, _E - N)), at, reached, left)
    return DISCH(below, DISCH(fits, DISCH(part, CONJ([small, early]))))


@cache
def _apart_lemma() -> Thm:
    """⊢ o ≤ e ⇒ k ≤ e − o ⇒ 0 < k ⇒ e ≤ x ⇒ m ≤ −x ⇒ k ≤ x − o ∧ m ≤ o − x: what is apart from all is apart from a part"""
    below, fits, some = ule(_O, _E), ule(_K, _E - _O), ult(number(0, 64), _K)
    after, before = ule(_E, _X), ule(_M, -_X)
    premises = (below, fits, some, after, before)
    first = _by(_lemma(below, fits, after, ule(_K, _X - _O)), {}, ASSUME(below), ASSUME(fits), ASSUME(after))
    starts = _by(_lemma(below, fits, some, ult(_O, _E)), {}, ASSUME(below), ASSUME(fits), ASSUME(some))
    early = _by(_lemma(ult(_O, _E), after, ult(_O, _X)), {}, starts, ASSUME(after))
    second = _by(_lemma(ult(_O, _X), before, ule(_M, _O - _X)), {}, early, ASSUME(before))
    return reduce(lambda th, p: DISCH(p, th), reversed(premises), CONJ([first, second]))


def _block_apart(a: Area, block: Area, place: Place, facts: Facts) -> Apart:
    """A fixed area and a block are disjoint, since the area and the block's region are."""
    m, k = number(a.size, 64), number(block.size, 64)
    gap = a.base - place.start
    th = INST(_apart_lemma(), {_X: gap, _O: place.distance, _E: place.extent, _M: m, _K: k})
    far = facts.prove(ule(m, place.start - a.base))
    premises = (place.below, place.fits, GROUND(ult(number(0, 64), k)), facts.prove(ule(place.extent, gap)))
    for premise in (*premises, BY_RING(far, ule(m, -gap))):
        th = MP(th, premise)
    before = BY_RING(CONJUNCT(th, 0), ule(k, a.base - block.base))
    after = BY_RING(CONJUNCT(th, 1), ule(m, block.base - a.base))
    return Apart(a.base, a.size, block.base, block.size, after, before)


@cache
def _one_of(count: int, place: int) -> Thm:
    """⊢ p_place ⇒ p0 ∨ … ∨ p_(count−1)"""
    ps = [Var(f"p{k}", BOOL) for k in range(count)]
    return blast(implies(ps[place], disj(*ps)))


def constant_fact(memory: Term, base: Term, data: bytes) -> Term:
    """The memory holds these bytes from the base on."""
    return eq(read(memory, base, len(data)), number(int.from_bytes(data, "little"), 8 * len(data)))
