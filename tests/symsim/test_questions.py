# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Routines that read what they do not determine: a theorem holds whatever the answer is, and says which answer it means."""

from __future__ import annotations

import pytest
from tiny_routines import GOOD, contract, program

from isa.state import EVENTS
from kernel.ops import app, number
from kernel.sorts import BV, TRACE
from kernel.term import Term, Var
from symsim.errors import ArmsymError
from symsim.prove import RoutineProof

MRS_X4_CNTVCT, MRS_X5_CNTVCT, MRS_X4_RNDR = 0xD53BE044, 0xD53BE045, 0xD53B2404
CNTVCT = 0xDF02


def asked(trace: Term, register: int) -> Term:
    """The trace with one more question."""
    return app("log", TRACE, trace, number(EVENTS["question"], 2), number(0, 64), number(register, 64))


FIRST = asked(Var("trace", TRACE), CNTVCT)
SECOND = asked(FIRST, CNTVCT)


def test_what_was_answered_may_be_a_result() -> None:
    results = {"x4": app("answer", BV(64), FIRST), "x5": app("answer", BV(64), SECOND)}
    proved = RoutineProof(contract(results=results), program(MRS_X4_CNTVCT, MRS_X5_CNTVCT, *GOOD), ()).prove()
    assert not proved.thm.hyps


def test_two_answers_are_not_known_to_be_the_same() -> None:
    results = {"x5": app("answer", BV(64), FIRST)}
    with pytest.raises(ArmsymError, match="x5 holds the result"):
        RoutineProof(contract(results=results), program(MRS_X4_CNTVCT, MRS_X5_CNTVCT, *GOOD), ()).prove()


def test_a_random_number_may_be_drawn_where_the_trace_is_public() -> None:
    assert not RoutineProof(contract(), program(MRS_X4_RNDR, *GOOD), ()).prove().thm.hyps
