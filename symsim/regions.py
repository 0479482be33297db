# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""From the regions of a contract to areas with permissions, and the theorems that they are disjoint."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, reduce

from isa.state import ALLOWED_READ, ALLOWED_WRITE, AREAS, INSIDE, POLICY
from kernel.arrays import PROJ_TUPLE, Apart
from kernel.normal import ring
from kernel.ops import ITE, conj, disj, eq, implies, is_const, number, read, tuple_, ule, ult, value_of
from kernel.rules import ASSUME, CONG, DISCH, EQ_MP, INST, MP, SYM, TRANS
from kernel.sorts import BOOL, BV
from kernel.term import Term, Var, postorder
from kernel.thm import Thm
from symsim.blast import Falsified, blast
from symsim.canonical import sum_term
from symsim.contract import Region
from symsim.derived import BY_RING, CONJ, CONJUNCT, GROUND
from symsim.errors import BadInput
from symsim.facts import Facts
from symsim.memory import Area, D, Memory, N, Place, Unresolved, split
from symsim.output import ADDRESS, COUNT, Stored, lemma
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

    def __init__(self, regions: tuple[Region, ...], stored: tuple[Stored, ...] = ()) -> None:
        self.regions, self.stored = regions, stored
        self.policy, self._places = policy_of(regions)
        self._fixed: list[Area] = []
        self._pointers = {x for r in regions for x in split(r.base)[0]}

    def attach(self, simplifier: Simplifier, facts: Facts, more: Iterable[Area] = ()) -> Memory:
        """Give the simplifier a memory: an area for each region of constant size, others when they are met."""
        simplifier.memo[self.policy] = None  # permissions are about the policy as it stands, whatever is known of sizes
        if not self._fixed:
            self._fixed = [self._area(r, r.base, r.size) for r in self.regions if isinstance(r.size, int)]

        simplifier.consequence = lambda goal: facts.prove(goal) if facts.gives(goal) else None
        return Memory(
            simplifier,
            [*self._fixed, *more],
            lambda a, b: areas_apart(a, b, facts),
            lambda address, size: self._block(address, size, facts, simplifier),
            lambda t, area: self._through(t, area, facts, simplifier),
        )

    def _through(self, t: Term, area: Area, facts: Facts, simplifier: Simplifier) -> Thm | None:
        """Γ ⊢ read(stored(c), A) = read(the initial memory, A), for an area apart from the first c blocks of an output"""
        stored = next((s for s in self.stored if s.count_of(t.args[0]) is not None), None)
        if stored is None:
            return None
        count = t.args[0].args[0]
        premises = self._passed(stored, count, area, facts)
        if premises is None:
            return None
        th = INST(stored.outside(area.size), {COUNT: count, ADDRESS: area.base})
        for premise in (facts.prove(th.concl.args[0]), *premises):
            th = MP(th, BY_RING(premise, th.concl.args[0]))
        # The contract writes stored(c) as it likes, t has it with normal parameters.
        memory = th.lhs.args[0]
        parameters = {i: same for i, a in enumerate(memory.args) if (same := simplifier.conversion(a)) is not None}
        return TRANS(SYM(CONG(th.lhs, {0: CONG(memory, parameters)})), th) if parameters else th

    def _passed(self, stored: Stored, count: Term, area: Area, facts: Facts) -> tuple[Thm, Thm] | None:
        """Γ ⊢ unit · c ≤ A − out  and  Δ ⊢ size − 1 ≤ out − A − 1: an area is no part of the first c blocks from `out` on; None for one in
        the same region that may be"""
        output, place = stored.output, area.place
        region = next(r for r in self.regions if r.base is self.stored[0].output.base and r.unit)
        start = sum_term(ring(stored.base - region.base), 64)
        written, size = sum_term(ring(count * output.unit), 64), number(area.size, 64)
        some = GROUND(ult(number(0, 64), size))
        if place is not None and place.start is region.base:
            above = ule(written, sum_term(ring(place.distance - start), 64))
            below = ule(size - 1, start - place.distance - 1)
            if not facts.gives(above) or not (is_const(start) or facts.gives(below)):
                return None
            mapping = {_O: place.distance, _E: place.extent, _K: size}
            clear = lemma(_SOME, *_PART, ule(_K - 1, -_O - 1))
            return facts.prove(above), _by(clear, mapping, some, place.below, place.fits) if is_const(start) else facts.prove(below)
        after, before = _clear_of(region.base, region.extent, area, facts)
        inside = facts.prove(ule(start, region.extent)), facts.prove(ule(written, region.extent - start))
        mapping = {_O: start, _M: written, _E: region.extent, _X: after.concl.args[1], _K: size}
        up = _by(lemma(*_WITHIN, ule(_E, _X), ule(_M, _X - _O)), mapping, *inside, after)
        down = lemma(_SOME, ule(_O, _E), ule(_E, _X), ule(_K, -_X), ule(_K - 1, _O - _X - 1))
        return up, _by(down, mapping, some, inside[0], after, BY_RING(before, ule(size, -after.concl.args[1])))

    def _block(self, address: Term, size: int, facts: Facts, simplifier: Simplifier) -> Area | None:
        """The block of a region of variable size that holds `size` bytes from the address on, if the facts give that there is one. None
        for an address that a condition selects: whoever asks splits on it."""
        if any(t.op is ITE for t in postorder((address,))):
            return None
        for r in self.regions:
            if isinstance(r.size, int):
                continue
            form = dict(ring(address - r.base))
            constant = form.pop((), 0)
            atoms = {i for monomial in form for i in monomial}
            if any(p.id in atoms for p in self._pointers):
                continue
            constant -= (constant >> 63) << 64
            in_rest = r.rest and any(c % r.unit for m, c in form.items())
            units = (1,) if in_rest else (r.unit, 1) if r.rest else (r.unit,)
            if r.rest and not in_rest and size > 1:
                left = simplifier.normalize(r.extent - (address - constant - r.base)).rhs
                units = (r.unit, value_of(left)) if is_const(left) and 0 < value_of(left) < r.unit else (r.unit,)
            for unit in units:
                rest = dict(ring(address))
                start = rest.pop((), 0) - constant % unit & 0xFFFF_FFFF_FFFF_FFFF
                if start:
                    rest[()] = start
                base = sum_term(rest, 64)
                distance = sum_term(ring(base - r.base), 64)
                try:
                    below = facts.prove(ule(distance, r.extent))
                    fits = facts.prove(ule(number(unit, 64), r.extent - distance))
                except (Falsified, SolverGaveUp):
                    continue
                return self._area(r, base, unit, Place(r.base, r.extent, distance, below, fits))
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


def _by(general: Thm, mapping: dict[Term, Term], *premises: Thm) -> Thm:
    """The lemma's instance, its premises taken off."""
    return reduce(MP, premises, INST(general, mapping))


_O, _E, _K, _X, _M = (Var(x, BV(64)) for x in "oekxm")
_SOME, _PART, _WITHIN = ult(number(0, 64), _K), (ule(_O, _E), ule(_K, _E - _O)), (ule(_O, _E), ule(_M, _E - _O))


@cache
def _part_lemma() -> Thm:
    """⊢ o ≤ e ⇒ k ≤ e − o ⇒ d ≤ k ∧ n ≤ k − d ⇒ n ≤ e ∧ o + d ≤ e − n: a part of a part is a part"""
    return lemma(*_PART, conj(ule(D, _K), ule(N, _K - D)), conj(ule(N, _E), ule(_O + D, _E - N)))


@cache
def _apart_lemma() -> Thm:
    """⊢ o ≤ e ⇒ k ≤ e − o ⇒ 0 < k ⇒ e ≤ x ⇒ m ≤ −x ⇒ k ≤ x − o ∧ m ≤ o − x: what is apart from all is apart from a part"""
    return lemma(*_PART, _SOME, ule(_E, _X), ule(_M, -_X), conj(ule(_K, _X - _O), ule(_M, _O - _X)))


def _part_apart(other: Term, size: Term, block: Area, place: Place, after: Thm, before: Thm) -> tuple[Thm, Thm]:
    """Γ ⊢ extent ≤ other − start  and  Δ ⊢ size ≤ start − other, for the region of a block, give the same for the block itself"""
    k = number(block.size, 64)
    gap = other - place.start
    th = INST(_apart_lemma(), {_X: gap, _O: place.distance, _E: place.extent, _M: size, _K: k})
    premises = (place.below, place.fits, GROUND(ult(number(0, 64), k)), after, BY_RING(before, ule(size, -gap)))
    th = reduce(MP, premises, th)
    return BY_RING(CONJUNCT(th, 0), ule(k, other - block.base)), BY_RING(CONJUNCT(th, 1), ule(size, block.base - other))


def _clear_of(start: Term, extent: Term, area: Area, facts: Facts) -> tuple[Thm, Thm]:
    """Γ ⊢ extent ≤ A − start  and  Δ ⊢ size ≤ start − A, for an area A in another region"""
    place = area.place
    if place is None:
        return facts.prove(ule(extent, area.base - start)), facts.prove(ule(number(area.size, 64), start - area.base))
    after, before = facts.prove(ule(place.extent, start - place.start)), facts.prove(ule(extent, place.start - start))
    first, second = _part_apart(start, extent, area, place, after, before)
    return second, first


def areas_apart(a: Area, b: Area, facts: Facts) -> Apart:
    """The theorems that two areas are disjoint."""
    n, m = number(a.size, 64), number(b.size, 64)
    distance = ring(b.base - a.base)
    if not set(distance) - {()}:
        d = number(distance.get((), 0), 64)
        after, before = GROUND(ule(n, d)), GROUND(ule(m, -d))
        return Apart(
            a.base, a.size, b.base, b.size, BY_RING(after, ule(n, b.base - a.base)), BY_RING(before, ule(m, a.base - b.base))
        )
    if a.place is None and b.place is not None:
        other = areas_apart(b, a, facts)
        return Apart(other.b, other.m, other.a, other.n, other.before, other.after)
    if a.place is None or (b.place is not None and b.place.start is a.place.start):
        try:
            after, before = facts.prove(ule(n, b.base - a.base)), facts.prove(ule(m, a.base - b.base))
        except (Falsified, SolverGaveUp):
            same = eq(sum_term(distance, 64), 0)
            known = facts.gives(same) or facts.gives(~same)
            raise Unresolved(b.base, b.size, f"may meet what is at {a.base}", None if known else same) from None
    else:
        clear = _clear_of(a.place.start, a.place.extent, b, facts)
        after, before = _part_apart(b.base, m, a, a.place, *clear)
    return Apart(a.base, a.size, b.base, b.size, after, before)


@cache
def _one_of(count: int, place: int) -> Thm:
    """⊢ p_place ⇒ p0 ∨ … ∨ p_(count−1)"""
    ps = [Var(f"p{k}", BOOL) for k in range(count)]
    return blast(implies(ps[place], disj(*ps)))


def constant_fact(memory: Term, base: Term, data: bytes) -> Term:
    """The memory holds these bytes from the base on."""
    return eq(read(memory, base, len(data)), number(int.from_bytes(data, "little"), 8 * len(data)))
