# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Memory without a contract: any address may be read and written, and what is not known is assumed, in the open.

An address is a sum of symbolic terms (its root) and a constant. Accesses with one root are told apart by their constants. Those with
roots that have no pointer in common are assumed to be disjoint: each such assumption becomes a hypothesis of the theorem about the
state. Everything else stays a read over a write, which is always true. What is read of the memory at the start are cells of 8 bytes, so
that accesses of different sizes to one place are related.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from kernel.arrays import READ_PART, READ_WRITE_IN, READ_WRITE_OUT, WRITE_READ, WRITE_WRITE_IN, WRITE_WRITE_OUT, Apart
from kernel.ops import APP, BVADD, READ, VAR, WRITE, concat, number, read, ule
from kernel.rules import ANF, ASSUME, CONG, EVAL, SYM, TRANS
from kernel.term import Term, mk
from kernel.thm import Thm
from symsim.contract import MEMORY
from symsim.derived import BY_RING, CHAIN, CONJUNCT, GROUND
from symsim.machine_theory import BASE
from symsim.memory import split
from symsim.regions import apart_term, constant_fact
from symsim.repl.sums import keep_sums_small
from symsim.simplify import Simplifier

CELL = 8  # bytes
CHUNK = 256  # bytes of constant data that one hypothesis is about
_MASK = 0xFFFF_FFFF_FFFF_FFFF

Root = tuple[Term, ...]
"""The symbolic summands of an address."""
Place = tuple[Root, int]
"""A root; inside the object, whose data lie far apart, also the number of the 64 KiB."""
Constant = Callable[[int, int], bytes | None]
"""The bytes of the object at (linked address, size), where they never change."""


class Relation(Enum):
    """How one access lies to another."""

    INSIDE = auto()
    COVERS = auto()
    OVERLAPS = auto()
    APART = auto()
    UNKNOWN = auto()


@dataclass
class Assumptions:
    """What the memories of one session have assumed: a sentence for each hypothesis.

    `hulls` are the bytes around each root that have been touched, as offsets [low, high).
    """

    sentences: dict[Term, str] = field(default_factory=dict)
    hulls: dict[Place, tuple[int, int]] = field(default_factory=dict)
    pairs: dict[Term, tuple[Place, Place]] = field(default_factory=dict)

    def touch(self, address: Term, size: int) -> None:
        """Widen the hull around the address's root by an access."""
        offset = _signed(split(address)[1])
        low, high = self.hulls.get(place(address), (offset, offset + size))
        self.hulls[place(address)] = (min(low, offset), max(high, offset + size))

    def area(self, of: Place) -> tuple[Term, int]:
        """The hull as a normal address and a size in bytes."""
        low, high = self.hulls[of]
        return address_at(of[0], low), high - low

    def listed(self, hypotheses: frozenset[Term]) -> list[str]:
        """The sentences of these hypotheses, of two about one pair of roots only the wider one."""
        widest = {self.pairs[h]: h for h in self.sentences if h in hypotheses and h in self.pairs}
        return [
            s for h, s in self.sentences.items() if h in hypotheses and (h not in self.pairs or h in widest.values())
        ]


class OpenMemory:
    """Reads and writes as rewrites of a simplifier, for a memory of which nothing is known."""

    def __init__(self, simplifier: Simplifier, assumptions: Assumptions, constant: Constant) -> None:
        self._simplifier, self.assumptions, self._constant = simplifier, assumptions, constant
        simplifier.memory = self  # type: ignore[assignment]
        simplifier.rewrites[READ] = self._read
        simplifier.rewrites[WRITE] = self._write
        simplifier.rewrites[APP] = lambda t: None
        keep_sums_small(simplifier)

    def inherit(self, parent: OpenMemory) -> None:
        """Nothing to take over: the assumptions are shared."""

    def relation(self, a: Term, n: int, b: Term, m: int) -> Relation:
        """How [a, +n) lies to [b, +m), for normal addresses."""
        (root, at), (other, start) = split(a), split(b)
        if root != other:
            return Relation.UNKNOWN if pointers(root) & pointers(other) else Relation.APART
        d = _signed(at - start)
        if d >= 0 and d + n <= m:
            return Relation.INSIDE
        if d <= 0 and m <= d + n:
            return Relation.COVERS
        return Relation.OVERLAPS if -n < d < m else Relation.APART

    def apart(self, a: Term, n: int, b: Term, m: int) -> Apart:
        """The theorems that two accesses, related by APART, are disjoint; assumed where their roots differ."""
        (root, at), (other, start) = split(a), split(b)
        if root == other:
            d = (start - at) & _MASK
            after = BY_RING(GROUND(ule(number(n, 64), number(d, 64))), ule(number(n, 64), b - a))
            before = BY_RING(GROUND(ule(number(m, 64), number(-d & _MASK, 64))), ule(number(m, 64), a - b))
            return Apart(a, n, b, m, after, before)
        first, second = sorted((place(a), place(b)), key=lambda p: ([t.id for t in p[0]], p[1]))
        p, k = self.assumptions.area(first)
        q, l = self.assumptions.area(second)
        hypothesis = apart_term(p, number(k, 64), q, number(l, 64))
        if hypothesis not in self.assumptions.sentences:
            self.assumptions.sentences[hypothesis] = f"{_bytes_at(p, k)} and {_bytes_at(q, l)} are disjoint"
            self.assumptions.pairs[hypothesis] = (first, second)
        assumed = ASSUME(hypothesis)
        one, two = CONJUNCT(assumed, 0), CONJUNCT(assumed, 1)
        return Apart(p, k, q, l, one, two) if first == place(a) else Apart(q, l, p, k, two, one)

    # Reading

    def _read(self, t: Term) -> Thm | None:
        size = t.params[0]
        self.assumptions.touch(t.args[1], size)
        th: Thm | None = None
        while t.args[0].op is WRITE:
            _, at, value = t.args[0].args
            n = value.width // 8
            match self.relation(t.args[1], size, at, n):
                case Relation.INSIDE:
                    th = CHAIN(th, READ_WRITE_IN(t))
                    return self._simplifier.head_conversion(th, th.rhs) if th else None
                case Relation.APART:
                    out = READ_WRITE_OUT(t, self.apart(at, n, t.args[1], size))
                    th, t = CHAIN(th, out), out.rhs
                case Relation.UNKNOWN:
                    return th
                case _:
                    d = _signed(split(at)[1] - split(t.args[1])[1])
                    return self._go_on(th, in_pieces(t, [d, d + n]))
        known = self._simplifier.facts.get(t) or self._constant_fact(t)
        if known is not None:
            return CHAIN(th, known)
        cells = self._in_cells(t)
        return th if cells is None else self._go_on(th, cells)

    def _go_on(self, th: Thm | None, step: Thm) -> Thm | None:
        conversion = self._simplifier.conversion(step.rhs)
        return CHAIN(CHAIN(th, step), conversion)

    def _in_cells(self, t: Term) -> Thm | None:
        """⊢ t = cells' bits, for a read of the memory at the start; None where it is a cell."""
        size = t.params[0]
        root, offset = split(t.args[1])
        lead = offset % CELL
        if lead + size > CELL:
            return in_pieces(t, list(range(CELL - lead, size, CELL)))
        return None if size == CELL else READ_PART(t, address_at(root, offset - lead), CELL)

    def _constant_fact(self, t: Term) -> Thm | None:
        """⊢ t = what the object has there, for a read of constant data."""
        root, offset = split(t.args[1])
        size = t.params[0]
        if root != (BASE,) or t.args[0] is not MEMORY:
            return None
        start, length = offset - offset % CHUNK, CHUNK
        data = self._constant(start, length)
        if data is None or offset + size > start + length:
            start, length = offset, size
            data = self._constant(start, length)
        if data is None:
            return None
        fact = constant_fact(MEMORY, address_at(root, start), data)
        self.assumptions.sentences.setdefault(fact, f"{_bytes_at(fact.args[0].args[1], length)} are the object's")
        if t is fact.args[0]:
            return ASSUME(fact)
        part = READ_PART(t, fact.args[0].args[1], length)
        th = TRANS(part, CONG(part.rhs, {0: ASSUME(fact)}))
        return TRANS(th, EVAL(th.rhs))

    # Writing

    def _write(self, t: Term) -> Thm | None:
        memory, address, value = t.args
        size = value.width // 8
        self.assumptions.touch(address, size)
        layers: list[Term] = []
        while memory.op is WRITE:
            _, at, old = memory.args
            relation = self.relation(address, size, at, old.width // 8)
            if relation in (Relation.INSIDE, Relation.COVERS):
                return self._merge(t, layers, relation)
            if relation is not Relation.APART:
                return None
            layers.append(memory)
            memory = memory.args[0]
        return None

    def _merge(self, t: Term, layers: list[Term], relation: Relation) -> Thm:
        """⊢ t = the memory with the write put into the one below the layers."""
        _, address, value = t.args
        size = value.width // 8
        outs = []
        for layer in layers:
            at, old = layer.args[1:]
            out = WRITE_WRITE_OUT(t, self.apart(at, old.width // 8, address, size))
            outs.append(out)
            t = out.rhs.args[0]
        th = WRITE_WRITE_IN(t) if relation is Relation.INSIDE else overwrite(t)
        new = self._simplifier.conversion(th.rhs.args[2])
        if new is not None:
            th = TRANS(th, CONG(th.rhs, {2: new}))
        for out in reversed(outs):
            self._simplifier.memo.setdefault(th.rhs, None)
            th = TRANS(out, CONG(out.rhs, {0: th}))
        return th


def place(address: Term) -> Place:
    """The key of the hull that a normal address belongs to."""
    root, offset = split(address)
    return root, offset >> 16 if root == (BASE,) else 0


def pointers(root: Root) -> set[Term]:
    """The variables and values read from memory that an address is computed from."""
    found: set[Term] = set()
    seen: set[Term] = set()
    stack = list(root)
    while stack:
        t = stack.pop()
        if t in seen:
            continue
        seen.add(t)
        if t.op in (VAR, READ):
            found.add(t)
        else:
            stack += t.args
    return found


def address_at(root: Root, offset: int) -> Term:
    """root + offset, the normal term that `split` takes apart."""
    parts = [*root, number(offset, 64)] if offset & _MASK or not root else list(root)
    return parts[0] if len(parts) == 1 else mk(BVADD, (), tuple(parts))


def in_pieces(t: Term, cuts: list[int]) -> Thm:
    """⊢ read(m, a, n) = concat of the reads between the cuts, offsets from a; those outside the read are passed over."""
    memory, a = t.args
    size = t.params[0]
    root, offset = split(a)
    inner = [c for c in cuts if 0 < c < size]
    edges = list(zip([0, *inner], [*inner, size], strict=True))
    parts = [t[8 * high - 1 : 8 * low] for low, high in edges]
    whole = concat(*reversed(parts))
    places = [read(memory, address_at(root, offset + low), high - low) for low, high in edges]
    changes = {len(edges) - 1 - k: SYM(READ_PART(place, a, size)) for k, place in enumerate(places)}
    return TRANS(ANF(t, whole), CONG(whole, changes))


def overwrite(t: Term) -> Thm:
    """⊢ write(write(m, a + d, u), a, v) = write(m, a, v)  where u lies inside"""
    inner, a, v = t.args
    memory = inner.args[0]
    size = v.width // 8
    filled = SYM(WRITE_READ(memory, a, size))
    same = CONG(inner, {0: filled})
    same = TRANS(same, WRITE_WRITE_IN(same.rhs))
    outer = CONG(t, {0: same})
    th = TRANS(outer, WRITE_WRITE_IN(outer.rhs))
    value = th.rhs.args[2]
    return th if value is v else TRANS(th, CONG(th.rhs, {2: ANF(value, v)}))


def _signed(value: int) -> int:
    value &= _MASK
    return value - (1 << 64) if value >> 63 else value


def _bytes_at(base: Term, size: int) -> str:
    root, offset = split(base)
    place = " + ".join(str(t) for t in root) or f"{offset:#x}"
    distance = _signed(offset)
    if root and distance:
        place += f" {'-' if distance < 0 else '+'} {abs(distance):#x}"
    return f"the {size} bytes at {place}"
