# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Calls: a subroutine is run once and used wherever it is called; what the contract says of it wrongly is refused."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from calling_routine import (
    CALLER,
    CALLS_ITSELF,
    MIX,
    MIXES,
    MOVES_KEY,
    SKIPS_ONE,
    STORE,
    USES_TEN,
    X,
    contract,
    mixed,
    program,
)
from word_routine import FIRST_KEY, KEY

from isa.state import NAMES
from kernel.certificate import write_certificate
from kernel.ops import number
from symsim.contract import Contract
from symsim.errors import ArmsymError
from symsim.processes import Processes
from symsim.prove import RoutineProof
from symsim.verify import replayed
from symsim.witness import check_witness

NUMBER = count()
BL, NOP = 2, 0xD503201F


COUNT_IN_TWELVE = (0xD280002C, 0xD280004C)  # mov x12, #1; mov x12, #2


def proof(contract: Contract, caller: tuple[int, ...] = CALLER, mix: tuple[int, ...] = MIX) -> RoutineProof:
    """A proof under a name of its own: the constants of a theory are named after the contract."""
    return RoutineProof(replace(contract, name=f"tiny/mixes_{next(NUMBER)}"), program(caller, mix), ())


def saying(**changes: Any) -> Contract:
    """The contract with something else said of the subroutine."""
    return contract(calls={0: replace(MIXES, **changes)})


def test_a_subroutine_is_run_once() -> None:
    assert check_witness(contract(), program()).counterexample is None
    given = proof(contract())
    thm = given.prove().thm
    assert not thm.hyps
    told = [lemma for lemma in given.journal.lemmas if lemma.title == "what mix does"]
    assert len(told) == 1 and told[0].run is not None and told[0].run.steps == 15


def test_a_constant_that_it_does_not_need_makes_no_other_run_of_it() -> None:
    """x12 is 1 at the first call and 2 at all others."""
    one, two = COUNT_IN_TWELVE
    caller = (CALLER[0], one, CALLER[1], CALLER[BL] + 1, two, *CALLER[BL + 1 : 5], CALLER[5] - (1 << 5), *CALLER[6:])
    given = proof(contract(), caller)
    assert not given.prove().thm.hyps
    assert len([lemma for lemma in given.journal.lemmas if lemma.title == "what mix does"]) == 1


def test_the_certificate_of_a_call_is_replayed(tmp_path: Path) -> None:
    proved = proof(contract()).prove()
    certificate = tmp_path / "mixes.cert"
    about = {"title": "mixes", "components": list(NAMES), "labels": {"hyps": proved.requires, "concl": proved.ensures}}
    with certificate.open("wb") as file:
        write_certificate(proved.thm, about, file)
    assert replayed(certificate, Processes())["accepted"]


def test_without_a_contract_it_is_gone_through_in_place() -> None:
    given = proof(contract(calls={}, rules=lambda: (mixed.definition,)))
    assert not given.prove().thm.hyps
    assert not any(lemma.title == "what mix does" for lemma in given.journal.lemmas)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"results": {"x9": mixed(X, FIRST_KEY) + 1}}, "leaves .* in x9"),
        ({"results": {"x10": mixed(X, FIRST_KEY)}}, "leaves .* in x10"),
        ({"arguments": {"x3": KEY + 8}}, "mix is called with key in x3"),
        ({"inputs": {}, "arguments": {"x3": KEY, "x9": number(0, 64)}}, "mix is called with .* in x9"),
    ],
)
def test_what_is_said_of_it_wrongly_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ArmsymError, match=why):
        proof(saying(**changes)).prove()


@pytest.mark.parametrize(
    ("mix", "why"),
    [
        ((*MIX[:6], STORE, MIX[6]), "is in no area of the contract"),
        ((*MIX[:6], SKIPS_ONE, USES_TEN, MIX[6]), "2 ways through it"),
        ((*MIX[:5], CALLS_ITSELF, MIX[6]), "calls itself"),
        ((MIX[0], 0x52800048, *MIX[2:]), "leaves .* in x9"),  # mov w8, #2
    ],
)
def test_a_subroutine_that_is_none_of_this_kind_is_refused(mix: tuple[int, ...], why: str) -> None:
    with pytest.raises(ArmsymError, match=why):
        proof(contract(), mix=mix).prove()


@pytest.mark.parametrize("word", [USES_TEN, MOVES_KEY])
def test_a_caller_that_does_something_else_is_not_proved(word: int) -> None:
    """It uses what the subroutine left in x10, or has moved the pointer to the key before the next round."""
    caller = (*CALLER[: BL + 1], word, *CALLER[BL + 1 :])
    caller = (*caller[:BL], caller[BL] + 1, *caller[BL + 1 : 6], caller[6] - (1 << 5), *caller[7:])
    assert check_witness(contract(), program(caller)).counterexample is not None
    with pytest.raises(ArmsymError):
        proof(contract(), caller).prove()
