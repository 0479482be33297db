# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Output of blocks and a rest that is written byte by byte, by a loop that takes each byte from a table on the stack."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from blocks_routine import AGAIN, COUNT_DOWN, EOR, IN, LOAD, LOAD_MASK, MASK, OUT, RET, STORE, N, masked, program
from blocks_routine import contract as blocks_contract

from crypto_specs.stored import stored_blocks
from kernel.certificate import write_certificate
from kernel.ops import concat, eq, read, ule, ult, zext
from kernel.sorts import BV
from kernel.term import Term, Var
from symsim.contract import INDEX_VARIABLE, MEMORY, Contract, Loop, Output, Region
from symsim.errors import ArmsymError
from symsim.processes import Processes
from symsim.prove import Proved, RoutineProof
from symsim.slots import lanes_moved
from symsim.tables import TABLE_ENTRY
from symsim.verify import replayed
from symsim.witness import check_witness

FROM_TABLE, FROM_INPUT, TO_OUTPUT, ONE_FURTHER, LAST = 0x38656BE7, 0x38656826, 0x38256806, 0x910004A5, 0xEB0400BF
CODE = (
    LOAD_MASK,
    0xB40000C2,  # cbz x2, to the rest
    *(LOAD, EOR, STORE, COUNT_DOWN, AGAIN),
    0xB4000164,  # cbz x4, to the end
    0x3C9F0FE1,  # str q1, [sp, #-16]!
    0xD2800005,  # mov x5, #0
    FROM_INPUT,  # ldrb w6, [x1, x5]
    FROM_TABLE,  # ldrb w7, [sp, x5]
    0x4A0700C6,  # eor w6, w6, w7
    TO_OUTPUT,  # strb w6, [x0, x5]
    ONE_FURTHER,  # add x5, x5, #1
    LAST,  # cmp x5, x4
    0x54FFFF41,  # b.ne to the first ldrb
    0x910043FF,  # add sp, sp, #16
    RET,
)
REST, I = Var("rest", BV(64)), Var("index", BV(64))
LABEL = "byte j of the rest"
NUMBER = count()
_mask, _i = Var("mask_value", BV(128)), Var("input", BV(64))


def byte(mask: Term, j: Term) -> Term:
    return (mask >> zext(j << 3, 128))[7:0]


masked_rest = stored_blocks(
    "masked_rest", 1, (_mask,), (_i,), lambda j, mask, memory, address: read(memory, address + j, 1) ^ byte(mask, j)
)


def contract(in_place: bool = False, size: int = 16) -> Contract:
    plain = blocks_contract(in_place)
    source, whole, mask = OUT if in_place else IN, N * 16, read(MEMORY, MASK, 16)
    rest = Output(
        label=LABEL,
        base=OUT + whole,
        unit=1,
        count=REST,
        block=lambda j: read(MEMORY, source + whole + j, 1) ^ byte(mask, j),
        value=lambda c: masked_rest(c, mask, masked(N, mask, MEMORY, source, OUT), source + whole, OUT + whole),
        zero=masked_rest.equations[0],
        successor=masked_rest.equations[1],
        counter=INDEX_VARIABLE,
    )
    inputs = () if in_place else (Region("input", IN, whole + REST, unit=16, rest=True),)
    output = Region("output", OUT, whole + REST, writable=True, unit=16, rest=True)
    return replace(
        plain,
        name=f"tiny/masked_rest_{next(NUMBER)}",
        arguments=plain.arguments | {"x4": REST},
        regions=(*inputs, output, Region("mask", MASK, 16)),
        requires={"the length in bytes fits 64 bits": ule(N, (1 << 59) - 1), "the rest is short": ult(REST, size)},
        public=(*plain.public, REST),
        witness=plain.witness | {REST: 5},
        loops={0: Loop(N), 1: Loop(REST)},
        rest=rest,
        stack=16,
    )


def prove(contract: Contract, *code: int) -> Proved:
    return RoutineProof(contract, program(*code), ()).prove()


@pytest.mark.parametrize("in_place", [False, True])
def test_any_number_of_blocks_and_bytes(in_place: bool, tmp_path: Path) -> None:
    proved = prove(contract(in_place), *CODE)
    assert LABEL in proved.ensures
    certificate = tmp_path / "rest.cert"
    about = {"title": "rest", "labels": {"hyps": proved.requires, "concl": proved.ensures}}
    with certificate.open("wb") as file:
        write_certificate(proved.thm, about, file)
    assert replayed(certificate, Processes())["accepted"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (FROM_TABLE, 0x39400BE7),  # ldrb w7, [sp, #2]
        (FROM_INPUT, 0x39400826),  # ldrb w6, [x1, #2]
        (ONE_FURTHER, 0x910008A5),  # add x5, x5, #2
        (LAST, 0xF10004BF),  # cmp x5, #1
    ],
)
def test_a_wrong_rest_is_refuted(old: int, new: int) -> None:
    wrong = [new if word == old else word for word in CODE]
    c = replace(contract(), witness=contract().witness | {REST: 4})
    found = check_witness(c, program(*wrong)).counterexample
    assert found is not None
    assert found.failure.promise == LABEL
    with pytest.raises(ArmsymError):
        prove(contract(), *wrong)


def test_a_rest_longer_than_the_table_is_open() -> None:
    with pytest.raises(ArmsymError):
        prove(contract(size=18), *CODE)


def test_a_rest_that_no_region_has_is_open() -> None:
    plain = contract()
    regions = tuple(replace(r, rest=False) for r in plain.regions)
    with pytest.raises(ArmsymError, match="in no area"):
        prove(replace(plain, regions=regions), *CODE)


def test_an_entry_of_a_table() -> None:
    th = TABLE_ENTRY(MEMORY, OUT, 8, I)
    within, same = th.concl.args
    assert within is ult(I, 8) and not th.hyps
    assert same is eq(read(MEMORY, OUT + I, 1), (read(MEMORY, OUT, 8) >> (I * 8))[7:0])


def test_lanes_that_move() -> None:
    a, b, i = Var("a", BV(32)), Var("b", BV(32)), INDEX_VARIABLE
    assert lanes_moved(concat(a, b + 1), concat(a, b + 9)) is concat(a, (b + 1) + (i * 8)[31:0])
    assert lanes_moved(concat(a, b), concat(b, a)) is None
    assert lanes_moved(concat(a, b), concat(a[31:16], a[15:0], b)) is None
    assert lanes_moved(a, b) is None
