# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Instruction classes against Unicorn, for the tests of their files.

A class is named, `check("add_sub_immediate", samples=400, seed=1)`, or several are chosen by a predicate,
`check(lambda c: c.module == "isa.base.logical", samples=200)`.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable
from functools import cache
from itertools import islice
from random import Random

import isa
from conformance.compare import compare, describe, missing_features
from conformance.generate import cases
from conformance.known_issues import deadly, explanation
from conformance.state import Case
from conformance.target import Target, open_target
from isa.dsl import REGISTRY, InstructionClass

Selection = str | Callable[[InstructionClass], bool]


def selected(selection: Selection) -> list[InstructionClass]:
    """The classes of that name, or that satisfy the predicate; at least one."""
    isa.load_all()
    found = [c for c in REGISTRY if (c.name == selection if isinstance(selection, str) else selection(c))]
    assert found, f"no instruction class is selected by {selection!r}"
    return found


@cache
def unicorn() -> Target:
    """Unicorn, kept for all tests of a session."""
    target = open_target("unicorn")
    atexit.register(target.close)
    return target


def check(
    selection: Selection,
    samples: int = 200,
    seed: int = 0,
    *,
    known: Callable[[Case], bool] = lambda case: False,
    show: int = 3,
) -> int:
    """Run `samples` cases of each selected class here and in Unicorn; AssertionError shows the first mismatches.

    Mismatches that conformance/known_issues.toml explains are passed over; `known` tells further cases not to run. So
    is a class whose features Unicorn lacks. Returns the number of cases compared.
    """
    compared, mismatches = 0, []
    for instruction in selected(selection):
        if missing_features(instruction, unicorn()):
            continue
        made = cases(instruction, Random(f"{seed} {instruction.name}"))
        runnable = (case for case in made if not known(case) and not deadly(case.words[-1], "unicorn"))
        batch = list(islice(runnable, samples))
        assert batch or instruction.kind == "unsupported", f"{instruction.name}: no case could be generated"
        compared += len(batch)
        found = [compare(case, theirs) for case, theirs in zip(batch, unicorn().run(batch), strict=True)]
        mismatches += [m for m in found if m is not None and explanation(m, "unicorn") is None]
    shown = "\n\n".join(describe(mismatch) for mismatch in mismatches[:show])
    assert not mismatches, f"{len(mismatches)} of {compared} cases differ from Unicorn\n{shown}"
    return compared
