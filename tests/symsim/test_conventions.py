# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Routines that their own file calls by a convention of its own: arguments and results in any registers, other ones preserved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from tiny_routines import IN, program

from kernel.ops import concat, eq, read
from kernel.sorts import BV
from kernel.term import Term, Var
from symsim.contract import CALLEE_SAVED, MEMORY, SP, Contract, Region
from symsim.errors import ArmsymError
from symsim.promises import ABI, preserved
from symsim.prove import Proved, RoutineProof
from symsim.witness import check_witness

LOW, HIGH = Var("low", BV(64)), Var("high", BV(64))
CODE = ("ldr x3, [x1]", "mov x19, x3", "mov v1.16b, v0.16b", "movi v8.16b, #0", "ret")
OWN = tuple(name for name in CALLEE_SAVED if name not in ("x19", "d8"))


def nothing(memory: Term) -> Mapping[str, Term]:
    return {}


def contract(**changes: Any) -> Contract:
    plain: dict[str, Any] = {
        "name": "tiny/mask",
        "symbol": "mask",
        "summary": "",
        "arguments": {"x1": IN, "v0": concat(HIGH, LOW)},
        "regions": (Region("in", IN, 8),),
        "requires": {},
        "ensures": nothing,
        "results": {"x19": read(MEMORY, IN, 8), "v1": concat(HIGH, LOW), "d0": LOW},
        "preserves": OWN,
        "public": (IN,),
        "witness": {IN: 0x2_0000, LOW: 1, HIGH: 2},
        "stack": 0,
    }
    return Contract(**plain | changes)


def prove(c: Contract) -> Proved:
    return RoutineProof(c, program(*CODE), ()).prove()


def test_arguments_and_results_in_registers_of_any_kind() -> None:
    assert check_witness(contract(), program(*CODE)).counterexample is None
    proved = prove(contract())
    assert not proved.thm.hyps
    assert {"x19 holds the result", "v1 holds the result", "d0 holds the result"} <= set(proved.ensures)


def test_the_theorem_says_which_registers_are_preserved() -> None:
    labels = prove(contract()).ensures
    assert preserved(OWN) in labels and ABI not in labels
    assert "x20 to x29, d9 to d15, sp are preserved" in preserved(OWN)
    assert "x3, x5 to x6, d1, sp are preserved" in preserved(("x3", "x5", "x6", "d1"))


@pytest.mark.parametrize("more", ["x19", "d8"])
def test_what_is_not_preserved_is_refuted(more: str) -> None:
    wrong = contract(preserves=(*OWN, more))
    failure = check_witness(wrong, program(*CODE)).counterexample
    assert failure is not None and failure.failure.promise == preserved(wrong.preserves)
    with pytest.raises(ArmsymError, match="are preserved"):
        prove(wrong)


def test_of_nothing_said_the_standard_convention_is_demanded() -> None:
    found = check_witness(contract(preserves=CALLEE_SAVED), program(*CODE)).counterexample
    assert found is not None and found.failure.promise == ABI


@pytest.mark.parametrize("result", [{"d1": HIGH}, {"v1": concat(LOW, HIGH)}, {"x19": LOW}])
def test_another_result_is_refuted(result: Mapping[str, Term]) -> None:
    found = check_witness(contract(results=result), program(*CODE)).counterexample
    assert found is not None and found.failure.promise.endswith("holds the result")
    with pytest.raises(ArmsymError, match="holds the result"):
        prove(contract(results=result))


@pytest.mark.parametrize("changes", [{"preserves": ("x31",)}, {"preserves": ("mem",)}, {"results": {"d32": LOW}}])
def test_only_registers_can_be_promised(changes: Mapping[str, Any]) -> None:
    with pytest.raises(ValueError, match="no registers"):
        contract(**changes)


def test_room_that_the_caller_leaves_on_the_stack() -> None:
    room = Region("room on the stack", SP, 16, writable=True)
    code = ("ldr x3, [x1]", "str x3, [sp, #-0x10]!", "ldr x3, [sp], #0x10", "ret")
    below = contract(regions=(Region("in", IN, 8), room), results={}, preserves=CALLEE_SAVED)
    with pytest.raises(ArmsymError):
        RoutineProof(below, program(*code), ()).prove()
    stored = contract(
        regions=(Region("in", IN, 8), room),
        results={},
        preserves=CALLEE_SAVED,
        ensures=lambda memory: {"kept": eq(read(memory, SP, 8), read(MEMORY, IN, 8))},
    )
    there = ("ldr x3, [x1]", 0xF90003E3, "ret")  # str x3, [sp]
    assert check_witness(stored, program(*there)).counterexample is None
    assert not RoutineProof(stored, program(*there), ()).prove().thm.hyps
