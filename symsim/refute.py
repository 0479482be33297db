# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Looking for counterexamples: initial states that satisfy a contract, run in Unicorn and judged by the contract's terms.

States come in pairs with the same public values and other secrets, so that what an observer sees can be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from random import Random

from kernel.term import Term
from symsim.concrete import STEP_LIMIT, Machine
from symsim.contract import Contract
from symsim.counterexample import Counterexample, examine
from symsim.errors import BadInput
from symsim.judge import Judge, Start
from symsim.program import Program
from symsim.sampling import Model, Place, Sampler

Progress = Callable[[str], None]

PAIRS_IN_PLACE = 16
"""Pairs that one load base serves, as moving a program takes time."""


def search(
    contract: Contract,
    program: Program,
    constants: Iterable[tuple[int, int]],
    tries: int = 200,
    seed: int = 0,
    progress: Progress = lambda message: None,
    limit: int = STEP_LIMIT,
) -> Counterexample | None:
    """The first counterexample among so many random initial states, which come in pairs; a run of more than `limit` steps does not return.

    Raises `BadInput` where no state that satisfies the contract is found.
    """
    return Search(contract, program, constants, seed, limit).run(program, tries, progress)


def from_model(
    contract: Contract,
    program: Program,
    constants: Iterable[tuple[int, int]],
    model: Mapping[Term, int],
    tries: int = 32,
    seed: int = 0,
) -> Counterexample | None:
    """A counterexample near the model of a goal that failed.

    The model speaks of some variables and of what some memory holds, perhaps in the middle of a run and at addresses or of sizes that can't
    be had; the rest is random. None if none of the states that come of it breaks a promise.
    """
    judge, machine, random = Judge(contract, program, constants), Machine(program), Random(seed)
    sampler, place = Sampler(judge, machine), Place.draw(random)
    for exact in (True, False):
        for _ in range(tries // 2):
            try:
                start = sampler.state(random, place, model=Model(model, exact))
                other = sampler.state(random, place, like=start)
            except BadInput:
                break  # the model asks for what can't be had
            found = examine(judge, program, machine, [start, other])
            if found is not None:
                return found
    return None


class Search:
    """The random states of one seed for a contract and a program. Programs with the same layout can be tried on the same states."""

    def __init__(
        self, contract: Contract, program: Program, constants: Iterable[tuple[int, int]], seed: int = 0, limit: int = STEP_LIMIT
    ) -> None:
        self.judge = Judge(contract, program, constants)
        self._seed, self._limit = seed, limit
        self._machine = Machine(program)
        self._sampler = Sampler(self.judge, self._machine)
        self._pairs: dict[int, list[Start]] = {}

    def run(self, program: Program, tries: int, progress: Progress = lambda message: None) -> Counterexample | None:
        """The first counterexample that a program has among so many states."""
        machine = self._machine if program is self.judge.program else Machine(program)
        for k in range((tries + 1) // 2):
            if k and not k % PAIRS_IN_PLACE:
                progress(f"{2 * k} of {tries} states tried")
            found = examine(self.judge, program, machine, self.pair(k), self._limit)
            if found is not None:
                return found
        return None

    def pair(self, k: int) -> list[Start]:
        """The k-th two states; they have the same public values."""
        if k not in self._pairs:
            random = Random(f"{self._seed} {k}")
            place = Place.draw(Random(f"{self._seed} {k // PAIRS_IN_PLACE}"))
            first = self._sampler.state(random, place)
            self._pairs[k] = [first, self._sampler.state(random, place, first)]
        return self._pairs[k]
