# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Output of any length: proved for disjoint and for equal places of input and output; what must stay unproved, or is refuted."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from blocks_routine import (
    AGAIN,
    COUNT_DOWN,
    EOR,
    GOOD,
    IN,
    LOAD,
    LOAD_MASK,
    MASK,
    OUT,
    RET,
    STORE,
    N,
    contract,
    program,
)

from isa.state import NAMES
from kernel.certificate import write_certificate
from kernel.ops import eq, number, read, ule
from symsim.blast import Falsified
from symsim.contract import MEMORY, Contract, Loop, Region
from symsim.errors import ArmsymError
from symsim.facts import Facts
from symsim.memory import Unresolved
from symsim.processes import Processes
from symsim.prove import Proved, RoutineProof
from symsim.verify import replayed
from symsim.witness import check_witness

STORE_MASK = 0x4C9F7001  # st1 {v1.16b}, [x0], #16
STORE_AND_STAY = 0x4C007000  # st1 {v0.16b}, [x0]
LOAD_AND_STAY = 0x4C407020  # ld1 {v0.16b}, [x1]
NAME = "block j of the output is block j of the input ^ mask"


NUMBER = count()


def prove(contract: Contract, *code: int) -> Proved:
    """A proof under a name of its own: the constants of a theory are named after the contract."""
    return RoutineProof(replace(contract, name=f"tiny/masked_{next(NUMBER)}"), program(*code), ()).prove()


@pytest.mark.parametrize("in_place", [False, True])
def test_any_number_of_blocks(in_place: bool, tmp_path: Path) -> None:
    proved = prove(contract(in_place), *GOOD)
    assert NAME in proved.ensures
    certificate = tmp_path / "masked.cert"
    about = {"title": "masked", "components": list(NAMES), "labels": {"hyps": proved.requires, "concl": proved.ensures}}
    with certificate.open("wb") as file:
        write_certificate(proved.thm, about, file)
    assert replayed(certificate, Processes())["accepted"]


def test_a_pointer_left_over_from_the_round_before_is_not_what_a_round_depends_on() -> None:
    """x5 points to the entry when the loop is met for the first time, and to the end of the code from then on."""
    here, end, again = 0x10000005, 0x10000045, 0x54FFFF61  # adr x5, the entry; adr x5, 8 bytes on; b.ne to the load
    code = (here, LOAD_MASK, LOAD, EOR, STORE, COUNT_DOWN, end, again, RET)
    assert NAME in prove(contract(), *code).ensures


def test_one_block_without_the_loop() -> None:
    plain = contract(requires={"one": eq(N, 1)}, loops={0: Loop(number(0, 64))})
    assert NAME in prove(replace(plain, arguments=plain.arguments | {"x2": number(1, 64)}), *GOOD).ensures


@pytest.mark.parametrize(
    ("code", "j"),
    [
        ((LOAD_MASK, LOAD, STORE, COUNT_DOWN, AGAIN + 0x20, RET), 0),
        ((LOAD_MASK, LOAD, EOR, STORE_MASK, COUNT_DOWN, AGAIN, RET), 0),
        ((LOAD_MASK, LOAD_AND_STAY, EOR, STORE, COUNT_DOWN, AGAIN, RET), 1),
        ((LOAD_MASK, LOAD, EOR, STORE_AND_STAY, COUNT_DOWN, AGAIN, RET), 0),
    ],
)
def test_wrong_output_is_refuted_at_its_first_block(code: tuple[int, ...], j: int) -> None:
    found = check_witness(contract(), program(*code)).counterexample
    assert found is not None
    assert found.failure.promise == NAME
    assert f"at {0x1_0000 + 16 * j:#x}" in found.failure.where
    with pytest.raises(ArmsymError):
        prove(contract(), *code)


def test_one_block_too_many_is_outside() -> None:
    with pytest.raises(ArmsymError, match="in no area"):
        prove(contract(loops={0: Loop(N + 1)}, requires={"bound": ule(N, 1 << 20)}), *GOOD)


def test_input_that_may_overlap_the_output_is_open() -> None:
    """The input's region, said to be as long as it is, but two blocks further in the same memory."""
    plain = contract(in_place=True)
    more = Region("more", OUT + 32, N << 4, unit=16)
    wrong = replace(plain, arguments=plain.arguments | {"x1": OUT + 32}, regions=(*plain.regions, more))
    with pytest.raises(ArmsymError):
        prove(wrong, *GOOD)


def test_a_count_that_the_loop_does_not_keep_is_open() -> None:
    with pytest.raises(ArmsymError, match="go round again"):
        prove(contract(loops={0: Loop(N << 1)}), *GOOD)


def test_reads_of_a_stored_memory_outside_need_their_premises() -> None:
    proof = RoutineProof(contract(), program(*GOOD), ())
    reader = proof.context(Facts([*proof.facts.known]))
    value = proof.stored[0].value
    assert reader.normalize(read(value(N), MASK, 16)).rhs is read(MEMORY, MASK, 16)
    with pytest.raises(Unresolved):
        reader.normalize(read(value(N), IN + (N << 4), 16))
    with pytest.raises(Falsified):
        reader.normalize(read(value(N + 1), MASK, 16))
