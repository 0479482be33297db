# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A target that is the semantics themselves, made to err, and what it is given to run."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from conformance.features import FEATURES
from conformance.model import predict
from conformance.run import choose_classes
from conformance.state import WINDOW_BASE, Case, FaultKind, Outcome, State
from conformance.target import Closing, TargetLost

ADD_X0_X1_X2 = 0x8B020020
STR_X0_X1 = 0xF9000020


def honest(case: Case) -> Outcome:
    return predict(case)


def adds_one(case: Case) -> Outcome:
    """Wrong in x3 of 64-bit additions whose x3 is odd."""
    after = predict(case)
    if case.words[-1] >> 24 != 0x8B or not case.state["x3"] & 1 or after.fault.kind is not FaultKind.NONE:
        return after
    return Outcome(after.state.edit(x3=after.state["x3"] ^ 2), after.fault)


class Pretender(Closing):
    """A target that does what a function says."""

    description = "a pretender"
    dczid = 4

    def __init__(
        self,
        behave: Callable[[Case], Outcome] = honest,
        name: str = "pretender",
        features: frozenset[str] = frozenset(f.name for f in FEATURES),
        dies_after: int = 1 << 60,
    ) -> None:
        self.behave, self.name, self.features, self.left = behave, name, features, dies_after

    def run(self, cases: Sequence[Case]) -> list[Outcome]:
        outcomes = [self.behave(case) for case in cases[: self.left]]
        self.left -= len(outcomes)
        if len(outcomes) < len(cases):
            raise TargetLost("the pretender is gone", outcomes)
        return outcomes


def some_classes(*names: str) -> list:
    return choose_classes(names or ("add_sub_immediate", "add_sub_shifted_register", "load_store_pair"))


def example() -> tuple[Case, Outcome]:
    state = State.of(x0=0x0123456789ABCDEF, x1=WINDOW_BASE + 5, v31=1 << 127, nzcv=9, fpsr=1).store(WINDOW_BASE, b"xyz")
    case = Case((STR_X0_X1,), state)
    return case, predict(case)
