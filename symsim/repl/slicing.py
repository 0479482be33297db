# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Where a value comes from: the instructions of a run that made it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from isa.meaning import meaning
from isa.state import INDEX, NAMES
from kernel.ops import READ, WRITE
from kernel.term import Term, free_vars, postorder, substitute
from symsim.memory import split
from symsim.path import Path
from symsim.repl.moment import Moment

_GHOSTS = ("pc", "trace", "safe", "policy", "mem")

Wanted = set[str | tuple[Term, int]]
"""Components, and bytes of memory as (normal address, size)."""


def slice_of(component: str, history: Sequence[Moment], words: Mapping[int, int]) -> list[int]:
    """The linked addresses of the instructions that made what a component (or `mem`) holds in the last state, the first one first.

    Stores count for the bytes that were read; where it is not known what a store writes, it is left out if its address has another root.
    """
    wanted: Wanted = {component}
    found: list[int] = []
    for before, after in zip(history[-2::-1], history[:0:-1], strict=True):
        if after.executed is not None:
            needed = _before(wanted, words[after.executed], before.path)
            if needed is not None:
                found.append(after.executed)
                wanted = needed
    return found[::-1]


def _before(wanted: Wanted, word: int, path: Path) -> Wanted | None:
    """What the wanted comes from through an instruction; None if it makes nothing of it."""
    changes = {NAMES[i]: t for i, t in meaning(word).items()}
    made = {n for n in changes if n in wanted and n not in _GHOSTS}
    stores = [t for t in postorder((changes["mem"],)) if t.op is WRITE] if "mem" in changes else []
    hits = [t for t in stores if "mem" in wanted or _touches(wanted, t, path)]
    if not made and not hits:
        return None
    left: Wanted = wanted - made
    sources = [*[changes[n] for n in made], *[a for store in hits for a in store.args[1:]]]
    for t in postorder(sources):
        if t.op is READ:
            left.add((_place(t.args[1], path), t.params[0]))
        elif t.op.name == "var" and t.params[0] not in _GHOSTS:
            left.add(t.params[0])
    return left


def _place(address: Term, path: Path) -> Term:
    """An address of an instruction's meaning as the number it is in a state."""
    mapping = {x: path.state[INDEX[x.params[0]]] for x in free_vars(address)}
    return path.simplifier.normalize(substitute(address, mapping)).rhs


def _touches(wanted: Wanted, store: Term, path: Path) -> bool:
    """Whether a store writes bytes that are wanted."""
    root, at = split(_place(store.args[1], path))
    size = store.args[2].width // 8
    for place in wanted:
        if isinstance(place, tuple):
            other, start = split(place[0])
            distance = (at - start + (1 << 63)) % (1 << 64) - (1 << 63)
            if root == other and -size < distance < place[1]:
                return True
    return False
