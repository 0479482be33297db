# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Random initial states that satisfy a contract: small sizes, regions in any order and alignment, secrets with corner cases among them."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import NamedTuple

from kernel.evaluate import evaluate
from kernel.normal import ring
from kernel.ops import READ
from kernel.sorts import BV
from kernel.term import Term, Var, by_id, free_vars
from symsim.concrete import ADDRESSES, Machine
from symsim.contract import INDEX_VARIABLE, LR, SP
from symsim.errors import BadInput
from symsim.image import PAGE
from symsim.judge import Judge, Start
from symsim.machine_theory import BASE
from symsim.witness import lay_out, poke, registers

_ATTEMPTS = 100
_ROOMS = (256, 256, 256, 1024, 4096)
"""Bytes that regions of variable size have at most, unless those of the witness are larger: a specification takes its time."""
_ROUNDS = 4  # of a loop, of which a model's round is one
_PLACES = (0x10_0000, 0x4000_0000, 0x5555_5555_0000, 0x7FFF_F000_0000, 0xFFFF_8000_0000_0000, 0xFFFF_FFFF_0000_0000)
"""Where programs, heaps, stacks and kernels are, and what looks negative."""


class Place(NamedTuple):
    """Where a program is loaded, and from where on its arguments lie."""

    base: int
    heap: int

    @staticmethod
    def draw(random: Random) -> Place:
        """Two places far from each other."""
        base, heap = random.sample(_PLACES, 2)
        return Place(base + PAGE * random.randrange(1 << 12), heap + PAGE * random.randrange(2, 1 << 12))


class Model(NamedTuple):
    """What a solver found: values of variables and of what memory holds; exact: also where things are."""

    values: Mapping[Term, int]
    exact: bool


class Sampler:
    """Draws initial states for the judge's contract and program. Raises `BadInput` for a contract that does not say enough."""

    def __init__(self, judge: Judge, machine: Machine) -> None:
        self.judge, self._machine = judge, machine
        self._witness = judge.contract.witness
        self._assumptions = {g.symbol: g.assumption(_held(g.size)) for g in judge.contract.globals}
        self._roots = self._find_roots()
        self._scalars = [x for x in judge.variables if x not in self._roots]
        missing = [str(x) for x in self._scalars if x not in self._witness]
        if missing:
            raise BadInput(f"the witness of {judge.contract.name} has no value for {', '.join(missing)}")
        self._sizes = frozenset(x for x in self._scalars if any(x in free_vars(r.extent) for r in judge.regions))
        self._on_scalars = [p for p in judge.requires.values() if free_vars(p) <= set(self._scalars)]

    def _find_roots(self) -> dict[Term, list[tuple[int, Term, bool]]]:
        """The pointers that are given, each with its regions: distance, extent, and whether it may be written."""
        roots: dict[Term, list[tuple[int, Term, bool]]] = {}
        for region in self.judge.regions:
            form = dict(ring(region.base))
            distance = form.pop((), 0)
            root = by_id(next(iter(form))[0]) if len(form) == 1 and {len(m) for m in form} == {1} else None
            if root is BASE:
                continue
            if root is None or root.op.name != "var" or set(form.values()) != {1}:
                raise BadInput(f"{self.judge.contract.name}: {region.name} starts at {region.base}, no pointer and a distance")
            signed = distance - ADDRESSES if distance >> 63 else distance
            roots.setdefault(root, []).append((signed, region.extent, region.writable))
        return roots

    def state(self, random: Random, place: Place, like: Start | None = None, model: Model | None = None) -> Start:
        """A random state that satisfies the contract; `like` another one in all that is public, or as a model says where that can
        be. Raises `BadInput` if none is found."""
        label = ""
        for _ in range(_ATTEMPTS):
            try:
                start = self._draw(random, place, like, model)
                label = self.judge.unmet(start) or ""
            except BadInput as error:
                if model is None:
                    raise
                label = str(error)
            if not label:
                return start
        raise BadInput(f"no state was found that satisfies {self.judge.contract.name}: {label}")

    def _draw(self, random: Random, place: Place, like: Start | None, model: Model | None) -> Start:
        wanted = model.values if model else {}
        values = {x: wanted.get(x, corner(random, x.width)) for x in registers()}
        values |= self._numbers(random, wanted)
        values |= {BASE: place.base, LR: place.heap - 2 * PAGE + 4 * random.randrange(PAGE // 4)}
        values[SP] = place.heap - 16 * random.randrange(PAGE // 16)  # for a contract without a stack
        values |= self._pointers(random, place, values, wanted)
        if model and model.exact:
            values |= {x: wanted[x] for x in (BASE, LR, *self._roots) if x in wanted}
        if like is not None:
            kept = (BASE, SP, LR, *self._roots, *self._sizes, *self.judge.contract.public)
            values |= {x: like.values[x] for x in kept}
        blocks = lay_out(self.judge, values, lambda name, size: self._contents(random, name, size))
        here = {**values, INDEX_VARIABLE: min(wanted.get(INDEX_VARIABLE, 0), _ROUNDS - 1)}
        blocks = poke(blocks, here, {t: n for t, n in wanted.items() if t.op is READ and free_vars(t.args[1]) <= here.keys()})
        return self.judge.start(self._machine, values, blocks)

    def _numbers(self, random: Random, wanted: Mapping[Term, int]) -> dict[Term, int]:
        """The variables that are no pointers, satisfying what is required of them alone; those of the witness if no others are
        found."""
        witness = {x: self._witness[x] for x in self._scalars}
        extents = [r.extent for r in self.judge.regions if free_vars(r.extent) & self._sizes]
        for attempt in range(_ATTEMPTS):
            drawn = {x: self._number(random, x) for x in self._scalars}
            if attempt < _ATTEMPTS // 2:
                drawn |= {x: wanted[x] for x in self._scalars if x in wanted}
            room = random.choice(_ROOMS)
            if all(evaluate(p, drawn) for p in self._on_scalars) and all(evaluate(n, drawn) <= room for n in extents):
                return drawn
        return witness

    def _number(self, random: Random, x: Term) -> int:
        if x not in self._sizes:
            return corner(random, x.width)
        small = (random.randrange(1, _ROUNDS), random.randrange(1, _ROUNDS), random.randrange(20), 16 * random.randrange(9))
        return random.choice((*small, self._witness[x])) & (1 << x.width) - 1

    def _pointers(
        self, random: Random, place: Place, values: Mapping[Term, int], wanted: Mapping[Term, int]
    ) -> dict[Term, int]:
        """The regions one after the other, in any order, with gaps or without."""
        out: dict[Term, int] = {}
        free = place.heap
        roots = list(self._roots)
        random.shuffle(roots)
        for root in roots:
            parts = [(distance, int(evaluate(extent, values))) for distance, extent, _ in self._roots[root]]
            low, high = min(d for d, _ in parts), max(d + n for d, n in parts)
            alignment = 16 if root is SP else random.choice((16, 16, 8, 4, 1))
            gap = random.choice((0, 0, random.randrange(64), random.randrange(PAGE)))
            pointer = free + gap - low
            pointer += -pointer % alignment
            if root in wanted:
                pointer += (wanted[root] - pointer) % PAGE
            only_read = [r for r in out if not self._written(r) and not self._written(root)]
            if only_read and random.random() < 0.1:
                pointer = out[random.choice(only_read)]  # where the contract does not forbid it, arguments may be the same
            out[root] = pointer
            free = max(free, pointer + high)
        return out

    def _written(self, root: Term) -> bool:
        return any(writable for _, _, writable in self._roots[root])

    def _contents(self, random: Random, name: str, size: int) -> bytes:
        """What a region holds; a variable of the library, what the contract assumes."""
        if name not in self._assumptions:
            return pattern(random, size)
        for _ in range(_ATTEMPTS):
            held = pattern(random, size)
            if evaluate(self._assumptions[name], {_held(size): int.from_bytes(held, "little")}):
                return held
        return next(g.witness for g in self.judge.contract.globals if g.symbol == name).to_bytes(size, "little")


def _held(size: int) -> Term:
    return Var("held", BV(8 * size))


def corner(random: Random, width: int) -> int:
    """A number of so many bits: any, or one of those where mistakes live."""
    full = (1 << width) - 1
    special = (0, 1, full, 1 << width - 1, full >> 1, random.randrange(256) & full)
    return random.choice(special) if random.random() < 0.3 else random.getrandbits(width)


def pattern(random: Random, size: int) -> bytes:
    """So many bytes: mostly any; or all zero, all one, sparse, or words of corner cases."""
    kind = random.randrange(10)
    if kind == 0:
        return bytes([random.choice((0, 0xFF))]) * size
    if kind == 1:
        held = bytearray(size)
        for _ in range(min(size, 3)):
            held[random.randrange(size)] = 1 << random.randrange(8)
        return bytes(held)
    if kind == 2:
        return b"".join(corner(random, 32).to_bytes(4, "little") for _ in range(size // 4 + 1))[:size]
    return random.randbytes(size)
