# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The words of the standards: functions such as Ch and Sigma0 that people know by name, found again in formulas and understood in them.

They are no constants of the logic: what is written `Sigma0(x)` is the term of its definition. A proof script lists those of its standard
as WORDS.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from inspect import signature
from itertools import permutations
from typing import NamedTuple

from kernel.normal import TooLarge, anf
from kernel.ops import BVAND, BVNOT, BVXOR, CONCAT, ROTATE_RIGHT, VAR, app, ror
from kernel.sorts import BV
from kernel.term import Term, Var, free_vars, substitute
from symsim.canonical import bits_term
from symsim.linear_words import Inverse
from symsim.simplify import Simplifier

Bindings = Mapping[Term, Term]


class Word(NamedTuple):
    """A function of a standard at one width; the body is in normal form."""

    name: str
    parameters: tuple[Term, ...]
    body: Term

    def __call__(self, arguments: Sequence[Term]) -> Term:
        """The definition for these arguments."""
        return substitute(self.body, dict(zip(self.parameters, arguments, strict=True)))


def words(width: int, *functions: Callable[..., Term]) -> tuple[Word, ...]:
    """Functions from bit vectors of that width to one of the same."""
    simplifier = Simplifier()
    found = []
    for function in functions:
        parameters = tuple([Var(name, BV(width)) for name in signature(function).parameters])
        found.append(Word(function.__name__, parameters, simplifier.normalize(function(*parameters)).rhs))
    return tuple(found)


class Vocabulary:
    """Words to read and write formulas with, taken when the first one is needed; of two that mean the same, the first one is used."""

    def __init__(self, take: Callable[[], Iterable[Word]] = tuple) -> None:
        self._take = take
        self._seen: dict[Term, Term] = {}

    @cached_property
    def _words(self) -> tuple[Word, ...]:
        return tuple(self._take())

    @cached_property
    def _by_shape(self) -> dict[tuple[object, ...], list[Word]]:
        found = defaultdict(list)
        for word in self._words:
            found[_shape(word.body)].append(word)
        return found

    @cached_property
    def _inverses(self) -> list[tuple[Word, Inverse]]:
        found = []
        for word in self._words:
            if len(word.parameters) == 1:
                with suppress(ValueError):
                    found.append((word, Inverse(word.body)))
        return found

    def prepare(self) -> None:
        """Take the words now: loading every standard would be felt at the first formula."""
        _ = self._by_shape, self._inverses

    def names(self) -> list[str]:
        """The names there are."""
        return list(dict.fromkeys(word.name for word in self._words))

    def named(self, name: str, width: int | None = None) -> Word | None:
        """The word of a name, at a width if one is given."""
        fitting = (w for w in self._words if w.name == name and width in (None, w.body.width))
        return next(fitting, None)

    def view(self, t: Term) -> Term:
        """A term as an application of a word if it is one, itself otherwise. The application is for writing: it is no constant."""
        if t.op not in (BVXOR, BVNOT, CONCAT):
            return t
        if t not in self._seen:
            self._seen[t] = self._recognized(t)
        return self._seen[t]

    def _recognized(self, t: Term) -> Term:
        try:
            for rotated in (_as_it_stands, _turned):
                for word in self._by_shape.get(_shape(t), ()):
                    for bound in _guesses(_operands(word.body), _operands(t), {}, rotated):
                        arguments = [bound[x] for x in word.parameters]
                        if (written := word(arguments)) is t or anf(written) == anf(t):
                            return app(word.name, t.sort, *arguments)
            for word, inverse in self._inverses:
                if word.body.sort is t.sort and (argument := inverse.argument(t)) is not None:
                    return app(word.name, t.sort, bits_term(anf(argument), t.sort))
        except TooLarge:
            pass
        return t


def _operands(t: Term) -> tuple[Term, ...]:
    inner = t.args[0] if t.op is BVNOT else t
    return inner.args if inner.op is BVXOR else (inner,)


def _shape(t: Term) -> tuple[object, ...]:
    """What every instance has in common whose arguments are opaque to XOR and AND."""
    return t.sort, t.op, len(_operands(t)), sum(a.op is BVAND for a in _operands(t))


Rotated = Callable[[Term, Term], Term | None]
"""What is rotated by that much, for a pattern that rotates something, and an operand."""


def _as_it_stands(p: Term, t: Term) -> Term | None:
    return t.args[0] if t.op is ROTATE_RIGHT and t.params == p.params else None


def _turned(p: Term, t: Term) -> Term | None:
    back = ror(t, p.width - p.params[0])
    return bits_term(anf(back), back.sort)


def _guesses(
    pattern: Sequence[Term], operands: Sequence[Term], bound: Bindings, rotated: Rotated
) -> Iterator[Bindings]:
    """What the pattern's variables may stand for, read off one operand after the other."""
    if all(x in bound for p in pattern for x in free_vars(p)):
        yield bound
        return
    p, *rest = pattern
    for t in operands:
        for more in _read_off(p, t, bound, rotated):
            yield from _guesses(rest, operands, more, rotated)


def _read_off(p: Term, t: Term, bound: Bindings, rotated: Rotated) -> Iterator[Bindings]:
    if p.op is VAR:
        if bound.get(p, t) is t:
            yield {**bound, p: t}
    elif p.op is ROTATE_RIGHT:
        inner = rotated(p, t)
        if inner is not None:
            yield from _read_off(p.args[0], inner, bound, rotated)
    elif p.op is BVAND and t.op is BVAND and len(p.args) == len(t.args):
        for arguments in permutations(t.args):
            yield from _conjuncts(p.args, arguments, bound, rotated)


def _conjuncts(
    pattern: Sequence[Term], arguments: Sequence[Term], bound: Bindings, rotated: Rotated
) -> Iterator[Bindings]:
    if not pattern:
        yield bound
        return
    for more in _read_off(pattern[0], arguments[0], bound, rotated):
        yield from _conjuncts(pattern[1:], arguments[1:], more, rotated)
