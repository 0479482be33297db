# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Instructions that compute a function of the specification: named by it as they are executed, so that it is opened once and not at
each of them."""

from __future__ import annotations

from collections.abc import Iterable

from kernel.rules import INST, SYM, TRANS
from kernel.term import Term, free_vars, substitute
from kernel.thm import Thm
from symsim.contract import Idiom
from symsim.errors import ArmsymError
from symsim.simplify import Simplifier


class NotTheSame(ArmsymError):
    """Two terms that do not come to the same by the rules that were given."""


def same(a: Term, b: Term, rules: Iterable[Thm]) -> Thm:
    """⊢ a = b, by the normal forms under the rules. Raises NotTheSame."""
    simplifier = Simplifier()
    for rule in rules:
        simplifier.add_rule(rule)
    left, right = simplifier.normalize(a), simplifier.normalize(b)
    if left.rhs is not right.rhs:
        raise NotTheSame(f"{a} and {b} differ: {left.rhs} and {right.rhs}")
    return TRANS(left, SYM(right))


class Idioms:
    """The idioms of a contract, each proved once for each way in which an instruction's meaning is written."""

    def __init__(self, idioms: Iterable[Idiom]) -> None:
        self._idioms = tuple(idioms)
        self._proved: dict[tuple[Term, Idiom], Thm | None] = {}

    def name(self, value: Term) -> Thm | None:
        """⊢ value = f(x, …), for a value over variables that is an idiom"""
        variables = sorted(free_vars(value), key=lambda x: x.id)
        for idiom in self._idioms:
            if value.sort is idiom.meaning.sort and [x.sort for x in variables] == [p.sort for p in idiom.parameters]:
                general = substitute(value, dict(zip(variables, idiom.parameters, strict=True)))
                th = self._named(general, idiom)
                if th is not None:
                    return INST(th, dict(zip(idiom.parameters, variables, strict=True)))
        return None

    def _named(self, general: Term, idiom: Idiom) -> Thm | None:
        if (general, idiom) not in self._proved:
            try:
                self._proved[general, idiom] = same(general, idiom.meaning, idiom.rules)
            except NotTheSame:
                self._proved[general, idiom] = None
        return self._proved[general, idiom]
