# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Theorems: hyps ⊢ concl, with the oracles they depend on and the inference that made them.

A theorem remembers its rule, premises and data; the log of a proof is the DAG below its theorem, so that what a proof did not use is
never written out. Python can't keep a caller from forging a Thm: certificates, replayed by an independent checker, are the truth.
"""

from __future__ import annotations

from typing import Any

from kernel.sorts import BOOL
from kernel.term import Term

Hyps = frozenset[Term]
NO_HYPS: Hyps = frozenset()
NO_ORACLES: frozenset[str] = frozenset()


class KernelError(ValueError):
    """A rule was refused: its premises do not fit."""


class Thm:
    """A sequent hyps ⊢ concl. Only `infer` makes one."""

    __slots__ = ("concl", "data", "hyps", "oracles", "premises", "rule")

    concl: Term
    hyps: Hyps
    oracles: frozenset[str]
    rule: str
    premises: tuple[Thm, ...]
    data: tuple[Any, ...]

    def __init__(self) -> None:
        raise KernelError("theorems are made by the rules only")

    def __repr__(self) -> str:
        hyps = ", ".join(sorted(map(repr, self.hyps)))
        tainted = f"  [oracles: {', '.join(sorted(self.oracles))}]" if self.oracles else ""
        return f"{hyps}{' ' if hyps else ''}⊢ {self.concl!r}{tainted}"

    @property
    def lhs(self) -> Term:
        """The left side of an equation."""
        return equation(self)[0]

    @property
    def rhs(self) -> Term:
        """The right side of an equation."""
        return equation(self)[1]


def infer(
    rule: str,
    hyps: Hyps,
    concl: Term,
    premises: tuple[Thm, ...] = (),
    data: tuple[Any, ...] = (),
    oracle: str | None = None,
) -> Thm:
    """The theorem hyps ⊢ concl, made by `rule`; the one place where a Thm comes from."""
    if concl.sort is not BOOL:
        raise KernelError(f"{rule}: a conclusion is Bool, not {concl.sort}")
    thm = object.__new__(Thm)
    thm.hyps, thm.concl, thm.rule, thm.premises, thm.data = hyps, concl, rule, premises, data
    oracles = NO_ORACLES
    for p in premises:
        if p.oracles:
            oracles |= p.oracles
    thm.oracles = oracles if oracle is None else oracles | {oracle}
    return thm


_UNIONS: dict[tuple[Hyps, Hyps], Hyps] = {}


def union(a: Hyps, b: Hyps) -> Hyps:
    """a ∪ b, remembered: the same few sets meet all the time."""
    if a is b or not b:
        return a
    if not a:
        return b
    key = (a, b)
    both = _UNIONS.get(key)
    if both is None:
        both = _UNIONS[key] = a if b <= a else b if a <= b else a | b
    return both


def equation(thm: Thm) -> tuple[Term, Term]:
    """The two sides of a theorem that is an equation; KernelError otherwise."""
    concl = thm.concl
    if concl.op.name != "=":
        raise KernelError(f"not an equation: {concl}")
    return concl.args[0], concl.args[1]
