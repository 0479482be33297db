# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Names for what a program computes from unknown values alone, such as the unused half of a vector register that keeps being permuted.

It is not what the specification speaks of, and nothing is to be found out about it: a new constant stands for it, so that terms do not
grow.
"""

from __future__ import annotations

from collections.abc import Iterable

from kernel.normal import factor_parts
from kernel.rules import ANF, INST, SYM, TRANS
from kernel.term import Term, Var, by_id
from kernel.theory import DEFINE
from kernel.thm import Thm
from symsim.canonical import bits_term
from symsim.rewrite import replaced

Form = frozenset[tuple[tuple[int, ...], int]]
MOST = 16
"""Monomials of a form that is left as it is."""
_BY_BODY: dict[Term, Thm] = {}


class Unknowns:
    """The unknown values of a path, and those made of them that have a name."""

    def __init__(self, values: Iterable[Term] = ()) -> None:
        self._values = set(values)

    def copy(self) -> Unknowns:
        """The same, for a path that goes on separately."""
        return Unknowns(self._values)

    def name(self, t: Term, form: Form) -> Thm | None:
        """⊢ t = f(x, …), f a constant that stands for this form of t; None where that is short, or has other atoms than unknown ones"""
        if len(form) <= MOST or not self._values:
            return None
        atoms = {by_id(factor_parts(factor)[0]) for monomial, _ in form for factor in monomial}
        if not atoms <= self._values:
            return None
        parameters = {a: Var(f"part_{k}", a.sort) for k, a in enumerate(sorted(atoms, key=lambda a: a.id))}
        written = bits_term(dict(form), t.sort)
        body = replaced(written, parameters)
        definition = _BY_BODY.get(body)
        if definition is None:
            definition = _BY_BODY[body] = DEFINE(f"of_unknowns_{len(_BY_BODY)}", tuple(parameters.values()), body)
        named = INST(definition, {x: a for a, x in parameters.items()})
        self._values.add(named.lhs)
        return TRANS(ANF(t, written), SYM(named))
