# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Cut points: the values that a specification goes through, and naming by them what a program computes, as soon as it does.

A specification that applies a constant again and again (a round, a step of a message schedule) gives a name to what each application
comes to. A component of the state, or a lane of it, with the XOR-of-AND form of such a value is rewritten to its name, and what is
computed from it is over names: terms stay as large as one step of the specification.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kernel.normal import TooLarge, anf, factor_parts
from kernel.ops import APP, BVADD, CONCAT, ZERO_EXTEND, concat
from kernel.rules import ANF, CONG, INST, REFL, SYM, TRANS
from kernel.term import Term, by_id, postorder
from kernel.thm import Thm
from symsim.contract import Cuts
from symsim.derived import CHAIN
from symsim.lookup import byte_functions
from symsim.rewrite import REPLACE
from symsim.simplify import Simplifier
from symsim.unknowns import Form, Unknowns

NONE: frozenset[Term] = frozenset()


class CutPoints:
    """The applications that a path of the program is going to meet, and those that it has met.

    The value of an application is known by its form over the applications met so far. An application is looked for when those that it
    needs have been met; or, since an instruction may compute several steps at once, when the others are linear and can be opened. What is
    part of the `state` in which the path begins has been met.
    """

    def __init__(
        self, cuts: Cuts, specification: Term, simplifier: Simplifier, unknowns: Unknowns, state: Sequence[Term] = ()
    ) -> None:
        self._lane = cuts.lane
        self._unknowns = unknowns.copy()
        self._functions = byte_functions(cuts.functions) if cuts.functions else None
        self._definitions = {d.lhs.params: d for d in cuts.definitions}
        self._needs = dict(self._applications(simplifier.normalize(specification).rhs))
        self._opened: dict[Term, tuple[frozenset[Term], Thm]] = {}
        self._met = self._needs.keys() & set(postorder(state))
        self._lanes: dict[Form, tuple[Term, Thm]] = {}
        for t in self._met.difference(*(self._needs[t] for t in self._met)):
            self._opened[t] = NONE, self._open(t, NONE, simplifier)
            self._enter(t, simplifier)
        self._look_ahead(simplifier)

    def copy(self) -> CutPoints:
        """The same, for a path that goes on separately."""
        other = object.__new__(CutPoints)
        other.__dict__.update(self.__dict__)
        other._opened, other._met, other._lanes = dict(self._opened), set(self._met), dict(self._lanes)
        other._unknowns = self._unknowns.copy()
        return other

    def _applications(self, specification: Term) -> Iterator[tuple[Term, frozenset[Term]]]:
        """The applications in the order of their need for each other, and which ones each needs at once."""
        inside: dict[Term, frozenset[Term]] = {}
        for t in postorder((specification,)):
            needs = NONE.union(*(inside[a] for a in t.args)) if len(t.args) != 1 else inside[t.args[0]]
            if t.op is APP and t.params in self._definitions:
                yield t, needs
                needs = frozenset((t,))
            inside[t] = needs

    def _look_ahead(self, simplifier: Simplifier) -> None:
        """Find out by which forms the next applications are known."""
        for t, needs in self._needs.items():
            missing = needs - self._met
            if t in self._met or not all(map(self._is_in_reach, missing)):
                continue
            if t not in self._opened or self._opened[t][0] != missing:
                self._opened[t] = missing, self._open(t, missing, simplifier)
                self._enter(t, simplifier)

    def _is_in_reach(self, t: Term) -> bool:
        """Whether to look inside an application that has not been met: where it is linear, without sums, and so takes no more space in
        another one."""
        if self._needs[t] - self._met:
            return False
        form = _form(self._opened[t][1].rhs)
        return form is not None and all(len(monomial) < 2 and not any(map(_is_sum, monomial)) for monomial, _ in form)

    def _open(self, t: Term, missing: frozenset[Term], simplifier: Simplifier) -> Thm:
        """⊢ t = its definition, in which those that are missing are opened too, normal"""
        definition = self._definitions[t.params]
        th = INST(definition, {x: a for x, a in zip(definition.lhs.args, t.args, strict=True) if x is not a})
        if missing:
            inner = {s: self._opened[s][1] if s in missing else REFL(s) for s in self._needs[t]}
            th = TRANS(th, REPLACE(th.rhs, inner))
        return CHAIN(th, simplifier.conversion(th.rhs)) or th

    def _enter(self, t: Term, simplifier: Simplifier) -> None:
        """Note the forms of the lanes of an application: as they are, and over the names of those that others are made of."""
        value = self._opened[t][1]
        names: dict[Term, Thm] = {}
        for low in range(0, t.width, self._lane):
            lane = t[low + self._lane - 1 : low] if t.width > self._lane else t
            same = CONG(lane, {0: value}) if lane is not t else value
            same = CHAIN(same, simplifier.conversion(same.rhs)) or same
            names.setdefault(same.rhs, SYM(same))
        for opened, name in names.items():
            over_names = REPLACE(opened, {v: th for v, th in names.items() if v is not opened})
            short = CHAIN(over_names, simplifier.conversion(over_names.rhs)) or over_names
            for same in (REFL(opened), short):
                form = _form(same.rhs)
                if form:
                    self._lanes[form] = t, TRANS(SYM(same), name)

    def name(self, value: Term, simplifier: Simplifier) -> Thm | None:
        """⊢ value = value′, where the lanes that are known are named; None where there is none"""
        if value.sort.kind != "BV" or value.width % self._lane:
            return None
        met: set[Term] = set()
        th = self._named(value, met) if value.width == self._lane else self._by_lanes(value, met, simplifier)
        if met - self._met:
            self._met |= met
            self._look_ahead(simplifier)
        return th

    def _by_lanes(self, value: Term, met: set[Term], simplifier: Simplifier) -> Thm | None:
        standing = self._standing(value)
        if standing and not self._functions and all(self._named(part, set()) is None for part in standing):
            return None
        parts = [value[low : low - self._lane + 1] for low in range(value.width - 1, 0, -self._lane)]
        named: dict[int, Thm] = {}
        for k, part in enumerate(parts):
            normal = simplifier.normalize(part)
            function = self._functions.conversion(normal.rhs, simplifier.conversion) if self._functions else None
            lane = CHAIN(function, self._named(function.rhs if function else normal.rhs, met))
            if lane is not None:
                named[k] = TRANS(normal, lane)
        if not named:
            return None
        split = concat(*parts)
        th = TRANS(ANF(value, split), CONG(split, named))
        return CHAIN(th, simplifier.conversion(th.rhs))

    def _standing(self, value: Term) -> tuple[Term, ...]:
        """The lanes, where the value is put together of just these, or is one with zeros on top: what most instructions leave."""
        parts = value.args[:1] if value.op is ZERO_EXTEND else value.args if value.op is CONCAT else ()
        return parts if all(part.width == self._lane for part in parts) else ()

    def _named(self, t: Term, met: set[Term]) -> Thm | None:
        form = _form(t)
        if not form:
            return None
        if form not in self._lanes:
            return self._unknowns.name(t, form)
        application, name = self._lanes[form]
        met.add(application)
        return name if name.lhs is t else TRANS(ANF(t, name.lhs), name)


def _is_sum(factor: int) -> bool:
    return by_id(factor_parts(factor)[0]).op is BVADD


def _form(t: Term) -> Form | None:
    try:
        return frozenset(anf(t).items())
    except TooLarge:
        return None
