# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Memory by areas: the pieces of memory that a contract names, pairwise disjoint, each with one value.

A memory in normal form is write(… write(m, A1, v1) …, An, vn) over a base m, one write for each area that may be written: a register
file. Reads and writes find their area by the constant distance of their address from its base. The blocks of regions of variable size
are areas that come into the file when they are written, below the fixed ones, in the order of their places.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from weakref import proxy

from kernel.arrays import READ_PART, READ_WRITE_IN, READ_WRITE_OUT, WRITE_READ, WRITE_WRITE_IN, WRITE_WRITE_OUT, Apart
from kernel.normal import ring
from kernel.ops import APP, BVADD, READ, WRITE, is_const, number, ult, write
from kernel.rules import CONG, INST, MP, RING, SYM, TRANS
from kernel.sorts import BV
from kernel.term import Term, Var
from kernel.thm import Thm
from symsim.canonical import sum_term
from symsim.derived import CHAIN, EQT_INTRO, GROUND
from symsim.errors import ArmsymError
from symsim.simplify import Simplifier
from symsim.tables import TABLE_ENTRY

D, N = Var("part_offset", BV(64)), Var("part_size", BV(64))
"""The variables of an area's permission: ⊢ d ≤ size ∧ n ≤ size − d ⇒ allowed(policy, base + d, n)."""


class Unresolved(ArmsymError):
    """An address that lies in no area for certain; with a `condition`, it does when that is known to hold or to fail."""

    def __init__(
        self, address: Term, size: int, why: str = "is in no area of the contract", condition: Term | None = None
    ) -> None:
        super().__init__(f"the access to {size} bytes at {address} {why}")
        self.address = address
        self.condition = condition


@dataclass(frozen=True)
class Place:
    """Where a block lies in its region, o bytes from the start: ⊢ o ≤ extent  and  ⊢ size ≤ extent − o."""

    start: Term
    extent: Term
    distance: Term
    below: Thm
    fits: Thm


@dataclass(eq=False)
class Area:
    """`size` bytes from a normal address `base` on; `permissions` are the theorems for reading and (if any) for writing.

    A block of a region of variable size knows its place in it.
    """

    name: str
    base: Term
    size: int
    permissions: dict[bool, Thm] = field(default_factory=dict)
    place: Place | None = None

    @property
    def writable(self) -> bool:
        return True in self.permissions

    @property
    def fixed(self) -> bool:
        """Whether the memory's normal form always has the area: it may be written, and is no block."""
        return self.writable and self.place is None


def split(address: Term) -> tuple[tuple[Term, ...], int]:
    """A normal address as the list of its symbolic summands and its constant."""
    if is_const(address):
        return (), address.params[0]
    if address.op is not BVADD:
        return (address,), 0
    last = address.args[-1]
    return (address.args[:-1], last.params[0]) if is_const(last) else (address.args, 0)


class Memory:
    """Reads, writes and permissions as rewrites of a simplifier.

    `apart(a, b)` proves that two areas are disjoint; `discover(address, size)` makes an area for bytes that have none yet;
    `through(t, area)` is what a read t of an area in the base memory comes to in a memory before it.
    """

    def __init__(
        self,
        simplifier: Simplifier,
        areas: list[Area],
        apart: Callable[[Area, Area], Apart],
        discover: Callable[[Term, int], Area | None] = lambda address, size: None,
        through: Callable[[Term, Area], Thm | None] = lambda t, area: None,
    ) -> None:
        self.areas: list[Area] = []
        self._order: dict[Area, tuple[object, ...]] = {}
        self._discover, self._through = discover, through
        self._simplifier = proxy(simplifier)  # no cycle: what a path has simplified goes with it
        simplifier.memory = self
        self._prove_apart = apart
        self._apart: dict[tuple[Area, Area], Apart] = {}
        self._by_base: dict[Term, Area] = {}
        self._by_root: dict[tuple[Term, ...], list[tuple[int, Area]]] = {}
        for area in areas:
            self._add(area)
        simplifier.rewrites[READ] = self._read
        simplifier.rewrites[WRITE] = self._write
        simplifier.rewrites[APP] = self._permission

    def _add(self, area: Area) -> None:
        root, start = split(area.base)
        signed = start - (start >> 63 << 64)
        self._order[area] = (True, len(self.areas)) if area.place is None else (False, [x.id for x in root], signed)
        self.areas.append(area)
        self._by_base[area.base] = area
        self._by_root.setdefault(root, []).append((start, area))

    def inherit(self, parent: Memory) -> None:
        """Take over the areas that a memory with fewer facts has met, and what it knows of them."""
        for area in parent.areas:
            if area not in self.areas:
                self._add(area)
        self._apart.update(parent._apart)

    def locate(self, address: Term, size: int) -> tuple[Area, int]:
        """The area that holds the bytes, and their distance from its base. Raises Unresolved."""
        root, constant = split(address)
        for start, area in self._by_root.get(root, ()):
            d = (constant - start) & 0xFFFF_FFFF_FFFF_FFFF
            if d + size <= area.size:
                return area, d
        found = self._discover(address, size)
        if found is None:
            raise Unresolved(address, size)
        self._add(found)
        d = (constant - split(found.base)[1]) & 0xFFFF_FFFF_FFFF_FFFF
        if d + size > found.size:
            raise Unresolved(address, size, f"crosses the end of a block of {found.name}")
        return found, d

    def materialize(self, memory: Term) -> Thm:
        """⊢ m = write(… write(m, A1, read(m, A1)) …): every writable area written with what it holds."""
        th: Thm | None = None
        now = memory
        for area in self.areas:
            if area.fixed:
                same = SYM(WRITE_READ(now, area.base, area.size))
                held = self._simplifier.conversion(same.rhs.args[2])
                if held is not None:
                    same = TRANS(same, CONG(same.rhs, {2: held}))
                th = CHAIN(th, same)
                now = same.rhs
                self._simplifier.memo.setdefault(now, None)
        if th is None:
            return self._simplifier.normalize(memory)
        return th

    def values(self, memory: Term) -> dict[Area, Term]:
        """What a normal memory holds in its writable areas."""
        out = {}
        while memory.op is WRITE:
            out[self._by_base[memory.args[1]]] = memory.args[2]
            memory = memory.args[0]
        return out

    def base(self, memory: Term) -> tuple[Term, list[Area]]:
        """What a normal memory is written over, and the blocks of regions of variable size that it has, the lowest one first."""
        blocks = []
        while memory.op is WRITE:
            area = self._by_base[memory.args[1]]
            if area.place is not None:
                blocks.append(area)
            memory = memory.args[0]
        return memory, blocks[::-1]

    def with_values(self, base: Term, values: dict[Area, Term]) -> Term:
        """The normal memory over `base` with these values."""
        for area in self.areas:
            if area in values:
                base = write(base, area.base, values[area])
        return base

    def apart(self, a: Area, b: Area) -> Apart:
        """The theorems that two areas are disjoint."""
        known = self._apart.get((a, b))
        if known is None:
            known = self._apart[a, b] = self._prove_apart(a, b)
            self._apart[b, a] = Apart(known.b, known.m, known.a, known.n, known.before, known.after)
        return known

    def _place_in(self, address: Term) -> tuple[Area, int, Term] | None:
        """The fixed area and the d, i with address = base + d + i, for an i that is no constant."""
        form = dict(ring(address))
        for area in self.areas:
            rest = dict(ring(address - area.base))
            if area.fixed and len(rest) - (() in rest) < len(form) - (() in form):
                d = rest.pop((), 0)
                if d < area.size:
                    return area, d, sum_term(rest, 64)
        return None

    def _entry(self, t: Term) -> Thm | None:
        """A byte at an unknown place, of 8, 16, … in an area."""
        found = self._place_in(t.args[1])
        if found is None or t.params[0] != 1:
            return None
        area, d, i = found
        for k in range(3, (area.size - d).bit_length()):
            inside = self._simplifier.consequence(ult(i, 1 << k))
            if inside is not None:
                th = TABLE_ENTRY(t.args[0], area.base + d if d else area.base, 1 << k, i)
                th = MP(th, inside)
                same = CONG(t, {1: RING(t.args[1], th.lhs.args[1])})
                return self._simplifier.onward(TRANS(same, th))
        return None

    def _read(self, t: Term) -> Thm | None:
        size = t.params[0]
        try:
            area, _ = self.locate(t.args[1], size)
        except Unresolved:
            entry = self._entry(t)
            if entry is None:
                raise
            return entry
        th: Thm | None = None
        while t.args[0].op is WRITE:
            other = self._by_base[t.args[0].args[1]]
            if other is area:
                th = CHAIN(th, READ_WRITE_IN(t))
                return self._simplifier.head_conversion(th, th.rhs) if th else None
            out = READ_WRITE_OUT(t, self.apart(other, area))
            th, t = CHAIN(th, out), out.rhs
        if t.args[1] is area.base and size == area.size:
            return CHAIN(th, self._held(t, area))
        part = READ_PART(t, area.base, area.size)
        th, t = CHAIN(th, part), part.rhs
        whole = self._held(t.args[0], area)
        if whole is not None:
            step = CONG(t, {0: whole})
            th, t = CHAIN(th, step), step.rhs
        return self._simplifier.head_conversion(th, t)

    def _held(self, t: Term, area: Area) -> Thm | None:
        """⊢ t = t′ for a read t of a whole area in a base memory"""
        th: Thm | None = None
        while (step := self._through(t, area)) is not None:
            if step.lhs is not t:  # there may be variables whose values are known by now
                step = TRANS(SYM(CONG(step.lhs, {0: self._simplifier.normalize(step.lhs.args[0])})), step)
            step = TRANS(step, CONG(step.rhs, {0: self._simplifier.normalize(step.rhs.args[0])}))
            th, t = CHAIN(th, step), step.rhs
        return CHAIN(th, self._simplifier.facts.get(t))

    def _write(self, t: Term) -> Thm | None:
        memory, address, value = t.args
        area, _ = self.locate(address, value.width // 8)
        if not area.writable:
            raise Unresolved(address, value.width // 8, f"writes to {area.name}, which is only for reading")
        other = self._by_base[memory.args[1]] if memory.op is WRITE else None
        if other is None or self._order[other] < self._order[area]:
            if address is area.base and value.width == 8 * area.size:
                return None
            if area.place is None:
                raise Unresolved(address, value.width // 8, "writes to a memory whose areas were not materialized")
            held = SYM(WRITE_READ(memory, area.base, area.size))
            first = CHAIN(held, self._simplifier.conversion(held.rhs)) or held
            step = CONG(t, {0: first})
            return self._simplifier.head_conversion(step, step.rhs)
        if other is area:
            th = WRITE_WRITE_IN(t)
            new = self._simplifier.conversion(th.rhs.args[2])
            return th if new is None else TRANS(th, CONG(th.rhs, {2: new}))
        th = WRITE_WRITE_OUT(t, self.apart(other, area))
        inner = self._simplifier.head_conversion(None, th.rhs.args[0])
        return th if inner is None else TRANS(th, CONG(th.rhs, {0: inner}))

    def _permission(self, t: Term) -> Thm | None:
        name = t.params[0]
        if name not in ("allowed_read", "allowed_write"):
            return None
        _, address, size = t.args
        try:
            area, d = self.locate(address, size.params[0])
            distance, known = number(d, 64), GROUND
        except Unresolved:
            found = self._place_in(address)
            if found is None:
                raise
            area, distance, known = found[0], found[2] + found[1], self._simplifier.consequence
        permission = area.permissions.get(name == "allowed_write")
        if permission is None:
            raise Unresolved(address, size.params[0], f"writes to {area.name}, which is only for reading")
        here = INST(permission, {D: distance, N: size})
        inside = known(here.concl.args[0])
        if inside is None:
            raise Unresolved(address, size.params[0])
        th = MP(here, inside)
        if th.concl is t:
            return EQT_INTRO(th)
        return TRANS(CONG(t, {1: RING(address, th.concl.args[1])}), EQT_INTRO(th))
