# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Theorems about the standards alone: what they claim, how each claim is proved, and the search for values for which one fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random

from kernel.term import Term, free_vars
from kernel.thm import KernelError, Thm
from symsim.blast import Falsified
from symsim.derived import CONJ
from symsim.errors import ArmsymError
from symsim.evaluation import value

SAMPLES = 8
"""Random values to try before a proof: a cipher of a block takes 20 ms to evaluate."""


@dataclass(frozen=True, eq=False)
class Claim:
    """A statement, for all values of its free variables, and what proves it: any way to ⊢ statement will do."""

    statement: Term
    proof: Callable[[], Thm]


@dataclass(frozen=True, eq=False)
class Theorem:
    """What holds of a standard, whatever code computes it: claims by their labels."""

    name: str
    summary: str
    claims: Mapping[str, Claim]

    def prove(self, say: Callable[[str], None] = lambda message: None) -> Thm:
        """⊢ all claims. Raises `Refuted` with values for which one fails, ArmsymError where a proof does not succeed."""
        return CONJ([self._proved(label, claim, say) for label, claim in self.claims.items()])

    @staticmethod
    def _proved(label: str, claim: Claim, say: Callable[[str], None]) -> Thm:
        say(label)
        _refute(label, claim.statement, _samples(claim.statement))
        try:
            th = claim.proof()
        except (ArmsymError, KernelError) as error:
            if isinstance(error, Falsified):
                _refute(label, claim.statement, iter((error.model,)))
            raise ArmsymError(f"{label}: {error}") from error
        if th.concl is not claim.statement or th.hyps or th.oracles:
            raise ArmsymError(f"{label}: the proof is of something else: {th}")
        return th


class Refuted(ArmsymError):
    """A claim fails for some values of its variables."""


def _refute(label: str, statement: Term, tries: Iterator[Mapping[Term, int]]) -> None:
    """Raise `Refuted` if the statement is false for some of the values."""
    for values in tries:
        try:
            if value(statement, values):
                continue
        except KernelError:  # a variable without a value, or a constant of which nothing is known
            continue
        shown = ", ".join(f"{x} = {v:#x}" for x, v in sorted(values.items(), key=lambda item: str(item[0])))
        raise Refuted(f"{label}: it fails for {shown}")


def _samples(statement: Term) -> Iterator[Mapping[Term, int]]:
    """Pseudo-random values of the statement's variables; none where some are no bits."""
    variables = sorted(free_vars(statement), key=str)
    if all(x.sort.width for x in variables):
        random = Random(0)
        for _ in range(SAMPLES):
            yield {x: random.getrandbits(x.width) for x in variables}
