# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Two outcomes of a case: in what they differ, and the smallest case in which they do."""

from __future__ import annotations

from pretender import ADD_X0_X1_X2, Pretender, adds_one

from conformance.compare import compare, describe, differences, in_runs, shrink
from conformance.run import Part, make
from conformance.state import SLOT, WINDOW_BASE, Case, Fault, FaultKind, Outcome, State


def outcome(kind: FaultKind = FaultKind.NONE, **registers: int) -> Outcome:
    return Outcome(State.of(**registers), Fault(kind))


def test_differences() -> None:
    assert differences(outcome(x1=1), outcome(x1=1)) == {}
    assert differences(outcome(x1=1, nzcv=5), outcome(x1=3, nzcv=4)) == {"x1": ("0x1", "0x3"), "nzcv": ("nZcV", "nZcv")}
    assert differences(outcome(), outcome(FaultKind.MEMORY)) == {"fault": ("NONE", "MEMORY")}
    # After a fault only the PC counts, of a hanging case nothing.
    assert differences(outcome(FaultKind.MEMORY, x1=1), outcome(FaultKind.MEMORY)) == {}
    assert differences(outcome(FaultKind.MEMORY, pc=8), outcome(FaultKind.MEMORY, pc=4)) == {"pc": ("0x8", "0x4")}
    assert differences(outcome(FaultKind.HUNG, pc=8), outcome(FaultKind.HUNG, pc=4)) == {}


def test_memory_differs_byte_by_byte_and_is_shown_in_runs() -> None:
    ours = Outcome(State().store(WINDOW_BASE, b"abcd"), Fault(FaultKind.NONE))
    theirs = Outcome(State().store(WINDOW_BASE, b"abXY"), Fault(FaultKind.NONE))
    found = differences(ours, theirs)
    assert found == {f"[{WINDOW_BASE + 2:#x}]": ("0x63", "0x58"), f"[{WINDOW_BASE + 3:#x}]": ("0x64", "0x59")}
    assert in_runs(found) == [(f"[{WINDOW_BASE + 2:#x}]", "63 64", "58 59")]


def test_nothing_learnt_is_no_mismatch() -> None:
    case = Case((ADD_X0_X1_X2,), State())
    assert compare(case, outcome(FaultKind.KILLED)) is None
    assert compare(case, outcome(FaultKind.NOT_RUN)) is None
    assert compare(case, outcome(FaultKind.UNDEFINED)) is not None


def test_shrinking_keeps_what_matters() -> None:
    [[case, _], *_] = make(Part("add_sub_shifted_register", 5, 0, 400))
    state = case.state.edit(x3=0xFFF1, nzcv=15, pc=SLOT).store(WINDOW_BASE, b"something")
    mismatch = compare(Case((ADD_X0_X1_X2, ADD_X0_X1_X2), state), adds_one(Case((ADD_X0_X1_X2,), state)))
    assert mismatch is not None
    small = shrink(mismatch, Pretender(adds_one))
    assert small.case.words == (ADD_X0_X1_X2,)
    assert small.case.state == State.of(x3=1, sp=0)
    assert small.differences == {"x3": ("0x1", "0x3")}
    text = describe(small)
    assert "add x0, x1, x2" in text
    assert "x3 is 0x1 here, 0x3 there" in text


def test_shrinking_stays_with_what_is_accepted() -> None:
    case = Case((ADD_X0_X1_X2,), State.of(x3=7))
    mismatch = compare(case, adds_one(case))
    assert mismatch is not None
    assert shrink(mismatch, Pretender(adds_one), lambda found: found.case.state["x3"] == 7).case.state["x3"] == 7
