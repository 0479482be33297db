# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Control flow read off the semantics: which addresses a routine can reach, and where its loops begin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from isa.decode import disassemble
from isa.dsl import Undefined, Unpredictable, Unsupported
from isa.meaning import meaning
from isa.state import INDEX, VARIABLES
from kernel.normal import ring
from kernel.ops import ITE
from kernel.term import Term
from symsim.errors import ArmsymError, BadInput

PC = INDEX["pc"]
_LINK = INDEX["x30"]


class NoSemantics(ArmsymError):
    """An instruction that the model does not have."""

    exit_code = 1


@dataclass(frozen=True)
class Flow:
    """The reachable addresses with their words, the successors of each, and, in address order, the heads of the loops and what is called.

    Where a successor has no word, control leaves the object. `refused` are reachable instructions that the model does not have, with the
    reason: an error only for a path that gets there.
    """

    words: dict[int, int]
    successors: dict[int, tuple[int, ...]]
    heads: tuple[int, ...]
    called: tuple[int, ...]
    refused: dict[int, str]


def distance(target: Term) -> int | None:
    """The c with target = pc + c, as a signed number; None for another target."""
    form = dict(ring(target))
    if form.pop((VARIABLES[PC].id,), 0) != 1:
        return None
    constant = form.pop((), 0)
    if form:
        return None
    return constant - (1 << 64) if constant >> 63 else constant


def targets(word: int) -> list[int | None]:
    """Where control can go from the word, relative to it; None for what only the state can tell."""
    changes = meaning(word)
    out: list[int | None] = []
    stack = [changes[PC]]
    while stack:
        t = stack.pop()
        if t.op is ITE:
            stack += t.args[1:]
        else:
            out.append(distance(t))
    if is_call(word) and 4 not in out:
        out.append(4)
    return out


def is_call(word: int) -> bool:
    """Whether the word leaves in x30 where to go on after it."""
    link = meaning(word).get(_LINK)
    return link is not None and distance(link) == 4


def explore(entry: int, word_at: Callable[[int], int], name_of: Callable[[int], str]) -> Flow:
    """Follow control from the entry."""
    words: dict[int, int] = {}
    refused: dict[int, str] = {}
    successors: dict[int, tuple[int, ...]] = {}
    called: set[int] = set()
    todo = [entry]
    while todo:
        address = todo.pop()
        if address in words or address in refused:
            continue
        try:
            word = word_at(address)
        except BadInput:
            if address == entry:
                raise
            continue  # code of another object: an error only for a path that gets there
        try:
            reached = [address + d for d in targets(word) if d is not None]
        except (Undefined, Unpredictable, Unsupported) as error:
            refused[address] = f"{name_of(address)} ({address:#x}): {disassemble(word, address)} ({word:#010x}): {error}"
            continue
        words[address] = word
        successors[address] = tuple(reached)
        called |= {there for there in reached if is_call(word) and there != address + 4}
        todo += reached
    if entry in refused:
        raise NoSemantics(refused[entry])
    return Flow(words, successors, tuple(sorted(_heads(entry, successors))), tuple(sorted(called)), refused)


def _heads(entry: int, successors: dict[int, tuple[int, ...]]) -> set[int]:
    """The targets of edges that go back to an address still being walked (depth first)."""
    heads: set[int] = set()
    active: set[int] = set()
    done: set[int] = set()
    stack: list[tuple[int, Iterator[int]]] = [(entry, iter(successors[entry]))]
    active.add(entry)
    while stack:
        address, rest = stack[-1]
        following = next(rest, None)
        if following is None:
            stack.pop()
            active.discard(address)
            done.add(address)
        elif following in active:
            heads.add(following)
        elif following not in done and following in successors:
            active.add(following)
            stack.append((following, iter(successors[following])))
    return heads
