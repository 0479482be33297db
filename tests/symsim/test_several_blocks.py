# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Two blocks in a round, read one round ahead, the pointer put back where less than two are left: proved for any number of blocks, in
place as well; what reads too far, or stores something else, is not."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest
from blocks_routine import IN, MASK, OUT, N, contract, program

from kernel.ops import read, ule
from kernel.sorts import BV
from kernel.term import Term, Var
from symsim.contract import MEMORY, Contract, Loop
from symsim.errors import ArmsymError
from symsim.prove import Proved, RoutineProof
from symsim.witness import check_witness

PAIRS = Var("pairs", BV(64))
NUMBER = count()

BACK = 0x9A8523E5  # csel x5, xzr, x5, hs
LOADS = (0x4CDF7020, 0x4CDF7022)  # ld1 {v0.16b}, [x1], #16; ld1 {v2.16b}, [x1], #16
STORES = (0x4C9F7004, 0x4C9F7005)
AHEAD = (
    0x4C407061,  # ld1 {v1.16b}, [x3]
    0xF100085F,  # cmp x2, #2
    0x54000263,  # b.lo to where less than two blocks come
    *LOADS,
    0xF1000842,  # subs x2, x2, #2
    0xF100085F,  # cmp x2, #2
    0xD1000845,  # sub x5, x2, #2
    BACK,
    0x8B051021,  # add x1, x1, x5, lsl #4
    0x6E211C04,  # eor v4.16b, v0.16b, v1.16b
    0x6E211C45,  # eor v5.16b, v2.16b, v1.16b
    *LOADS,
    *STORES,
    0x54FFFEA2,  # b.hs to the subtraction
    0xB4000062,  # cbz x2, the end
    0x6E211C42,  # eor v2.16b, v2.16b, v1.16b
    0x4C9F7002,  # st1 {v2.16b}, [x0], #16
    0xD65F03C0,  # ret
    0xB4000082,  # cbz x2, the end
    0x4C407022,  # ld1 {v2.16b}, [x1]
    0x6E211C42,
    0x4C9F7002,
    0xD65F03C0,
)


def pairs(in_place: bool) -> Contract:
    """Two blocks in a round; that there is none is no exception."""
    return replace(
        contract(in_place),
        name=f"tiny/pairs_{next(NUMBER)}",
        requires={"few": ule(N, (1 << 59) - 1)},
        witness={OUT: 0x1_0000, IN: 0x2_0000, MASK: 0x3_0000, N: 7},
        quotients={PAIRS: (N, 2)},
        loops={0: Loop(PAIRS)},
        cases={PAIRS: (0,), N: (PAIRS * 2, PAIRS * 2 + 1)},
    )


def prove(given: Contract, *code: int) -> Proved:
    return RoutineProof(given, program(*code), ()).prove()


def changed(old: int, new: int) -> tuple[int, ...]:
    return tuple([new if word == old else word for word in AHEAD])


@pytest.mark.parametrize("in_place", [False, True])
def test_any_number_of_blocks_two_at_a_time(in_place: bool) -> None:
    given = pairs(in_place)
    assert check_witness(given, program(*AHEAD)).counterexample is None
    assert given.output is not None and given.output.label in prove(given, *AHEAD).ensures


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (BACK, 0xAA1F03E5),  # mov x5, xzr: reads on behind the input
        (STORES[1], 0x4C9F7004),  # st1 {v4.16b}, [x0], #16: the first one twice
        (0x6E211C45, 0x6E211C05),  # eor v5.16b, v0.16b, v1.16b
    ],
)
def test_a_changed_instruction_is_refuted(old: int, new: int) -> None:
    found = check_witness(pairs(in_place=False), program(*changed(old, new))).counterexample
    assert found is not None


def test_a_pointer_that_is_not_put_back_leaves_the_input() -> None:
    with pytest.raises(ArmsymError, match="in no area"):
        prove(pairs(in_place=False), *changed(BACK, 0xAA1F03E5))


def test_in_place_what_is_read_again_may_have_been_stored_where_it_is_not_used() -> None:
    """The loads for the next round after the stores: of the two last blocks, the one that was done is read again."""
    early, late = (*LOADS, *STORES), (*STORES, *LOADS)
    place = len(AHEAD) - AHEAD[::-1].index(STORES[1]) - 4
    assert AHEAD[place : place + 4] == early
    given = pairs(in_place=True)
    assert given.output is not None
    assert given.output.label in prove(given, *AHEAD[:place], *late, *AHEAD[place + 4 :]).ensures


def test_the_blocks_in_another_order_are_another_output() -> None:
    def other(j: Term) -> Term:
        return read(MEMORY, IN + ((j ^ 1) << 4), 16) ^ read(MEMORY, MASK, 16)

    given = pairs(in_place=False)
    assert given.output is not None
    swapped = replace(given, witness=given.witness | {N: 6}, output=replace(given.output, block=other))
    assert check_witness(swapped, program(*AHEAD)).counterexample is not None
    with pytest.raises(ArmsymError):
        prove(swapped, *AHEAD)


def test_rounds_of_another_size_are_open() -> None:
    with pytest.raises(ArmsymError):
        prove(replace(pairs(in_place=False), loops={0: Loop(PAIRS + 1)}), *AHEAD)


def test_without_its_cases_the_tail_is_open() -> None:
    with pytest.raises(ArmsymError):
        prove(replace(pairs(in_place=False), cases={}), *AHEAD)
