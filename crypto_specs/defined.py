# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Functions of a standard that are constants of the logic: called, they apply the constant; their theorems open it."""

from __future__ import annotations

from collections.abc import Sequence

from kernel.ops import app
from kernel.term import Term
from kernel.theory import DEFINE, DEFINE_REC


class Defined:
    """A constant with its `definition` ⊢ name(x, …) = body."""

    def __init__(self, name: str, parameters: Sequence[Term], body: Term) -> None:
        self.name, self.sort = name, body.sort
        self.definition = DEFINE(name, parameters, body)

    def __call__(self, *arguments: Term) -> Term:
        """The constant, applied."""
        return app(self.name, self.sort, *arguments)


class Recursive:
    """A constant with its two `equations`: f(0, p, …) = base, and f(x + 1, p, …) = step[f(x, p, …) / rec] where x + 1 does not wrap."""

    def __init__(self, name: str, x: Term, parameters: Sequence[Term], base: Term, rec: Term, step: Term) -> None:
        self.name, self.sort = name, base.sort
        self.equations = DEFINE_REC(name, x, parameters, base, rec, step)

    def __call__(self, count: Term, *arguments: Term) -> Term:
        """The constant, applied."""
        return app(self.name, self.sort, count, *arguments)
