# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Each block added to the one before it, two in a round: a fold of which the output needs the values between the rounds, too."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from blocks_routine import IN, MASK, OUT, N, contract, program

from crypto_specs.defined import Recursive
from crypto_specs.message import byte_string
from crypto_specs.modes import block_in, cbc_previous
from crypto_specs.stored import stored_blocks
from kernel.ops import eq, read, ule
from kernel.sorts import BV, MEM
from kernel.term import Term, Var
from symsim.contract import INDEX_VARIABLE, MEMORY, Contract, Fold, Loop
from symsim.errors import ArmsymError
from symsim.prove import Proved, RoutineProof
from symsim.witness import check_witness

PAIRS = Var("pairs", BV(64))
LAST = 0x4EA21C46  # mov v6.16b, v2.16b
CODE = (
    0x4C407066,  # ld1 {v6.16b}, [x3]
    0xF100085F,  # cmp x2, #2
    0x54000163,  # b.lo behind the loop
    0x4CDF7020,  # ld1 {v0.16b}, [x1], #16
    0x4CDF7022,  # ld1 {v2.16b}, [x1], #16
    0x6E261C04,  # eor v4.16b, v0.16b, v6.16b
    0x6E201C45,  # eor v5.16b, v2.16b, v0.16b
    LAST,
    0x4C9F7004,  # st1 {v4.16b}, [x0], #16
    0x4C9F7005,  # st1 {v5.16b}, [x0], #16
    0xD1000842,  # sub x2, x2, #2
    0xF100085F,
    0x54FFFEE2,  # b.hs to the loads
    0xB40000A2,  # cbz x2, the last store
    0x4CDF7020,
    0x6E261C04,
    0x4EA01C06,  # mov v6.16b, v0.16b
    0x4C9F7004,
    0x4C007066,  # st1 {v6.16b}, [x3]
    0xD65F03C0,
)
FIRST = 0x6E201CC6  # eor v6.16b, v6.16b, v0.16b
SUMS = (
    0x4C407066,  # ld1 {v6.16b}, [x3]
    0xF240005F,  # tst x2, #1
    0x540000C0,  # b.eq to the loop
    0x4CDF7020,  # ld1 {v0.16b}, [x1], #16
    FIRST,
    0x4C9F7006,  # st1 {v6.16b}, [x0], #16
    0xF1000442,  # subs x2, x2, #1
    0x54000120,  # b.eq behind the loop
    0x4CDF7020,
    0x4CDF7022,  # ld1 {v2.16b}, [x1], #16
    0x6E201CC6,
    0x4C9F7006,
    0x6E221CC6,  # eor v6.16b, v6.16b, v2.16b
    0x4C9F7006,
    0xF1000842,  # subs x2, x2, #2
    0x54FFFF21,  # b.ne to the loads
    0x4C007066,  # st1 {v6.16b}, [x3]
    0xD65F03C0,
)
_iv, _input = Var("iv", BV(128)), Var("input", BV(64))
differences = stored_blocks(
    "block_differences",
    16,
    (_iv,),
    (_input,),
    lambda i, iv, memory, address: byte_string(block_in(memory, address, i) ^ cbc_previous(i, iv, memory, address)),
)
_i, _memory, _sum = Var("i", BV(64)), Var("memory", MEM), Var("sum", BV(128))
running = Recursive("running_sum", _i, (_iv, _memory, _input), _iv, _sum, _sum ^ block_in(_memory, _input, _i))
sums = stored_blocks(
    "running_sums", 16, (_iv,), (_input,), lambda i, iv, memory, address: byte_string(running(i + 1, iv, memory, address))
)
NUMBER = count()


def chained(in_place: bool = False, stride: int = 2) -> Contract:
    source, iv = OUT if in_place else IN, byte_string(read(MEMORY, MASK, 16))
    plain = contract(in_place)
    assert plain.output is not None

    def previous(i: Term) -> Term:
        return cbc_previous(i, iv, MEMORY, source)

    changes: dict[str, Any] = {
        "block": lambda j: byte_string(block_in(MEMORY, source, j) ^ previous(j)),
        "value": lambda c: differences(c, iv, MEMORY, source, OUT),
        "zero": differences.equations[0],
        "successor": differences.equations[1],
    }
    fold = Fold(previous, *cbc_previous.equations, INDEX_VARIABLE, "mask", byte_string, stride=stride)
    return replace(
        plain,
        name=f"tiny/chained_{next(NUMBER)}",
        regions=(*plain.regions[:-1], replace(plain.regions[-1], writable=True)),
        requires={"few": ule(N, (1 << 59) - 1)},
        ensures=lambda memory: {"the last block of the input": eq(read(memory, MASK, 16), byte_string(previous(N)))},
        quotients={PAIRS: (N, 2)},
        loops={0: Loop(PAIRS, fold, N)},
        cases={PAIRS: (0,), N: (PAIRS * 2, PAIRS * 2 + 1)},
        output=replace(plain.output, **changes),
    )


def added(in_place: bool = False) -> Contract:
    """The sums of all blocks so far: two blocks in a round, after one where their number is odd."""
    source, iv = OUT if in_place else IN, byte_string(read(MEMORY, MASK, 16))
    plain = chained(in_place)
    assert plain.output is not None

    def total(i: Term) -> Term:
        return running(i, iv, MEMORY, source)

    changes: dict[str, Any] = {
        "block": lambda j: byte_string(total(j + 1)),
        "value": lambda c: sums(c, iv, MEMORY, source, OUT),
        "zero": sums.equations[0],
        "successor": sums.equations[1],
    }
    return replace(
        plain,
        requires={**plain.requires, "there is a block": ~eq(N, 0)},
        ensures=lambda memory: {"the sum of all": eq(read(memory, MASK, 16), byte_string(total(N)))},
        quotients={},
        loops={0: Loop(N >> 1, Fold(total, *running.equations, INDEX_VARIABLE, "mask", byte_string, stride=2), N)},
        cases={N: (1,)},
        output=replace(plain.output, **changes),
    )


def prove(given: Contract, *code: int) -> Proved:
    return RoutineProof(given, program(*code), ()).prove()


@pytest.mark.parametrize("in_place", [False, True])
def test_any_number_of_blocks(in_place: bool) -> None:
    given = chained(in_place)
    assert check_witness(given, program(*CODE)).counterexample is None
    assert "the last block of the input" in prove(given, *CODE).ensures


def test_the_block_before_is_the_last_of_the_round_before() -> None:
    wrong = [0x4EA01C06 if word == LAST else word for word in CODE]  # mov v6.16b, v0.16b
    assert check_witness(chained(), program(*wrong)).counterexample is not None
    with pytest.raises(ArmsymError):
        prove(chained(), *wrong)


def test_values_of_a_round_are_so_many() -> None:
    with pytest.raises(ArmsymError):
        prove(chained(stride=1), *CODE)


@pytest.mark.parametrize("in_place", [False, True])
def test_a_loop_goes_on_from_the_block_before_it(in_place: bool) -> None:
    given = added(in_place)
    assert check_witness(given, program(*SUMS)).counterexample is None
    assert "the sum of all" in prove(given, *SUMS).ensures


def test_the_first_block_is_what_the_loop_goes_on_from() -> None:
    place = SUMS.index(FIRST)
    wrong = (*SUMS[:place], 0xD503201F, *SUMS[place + 1 :])
    assert check_witness(added(), program(*wrong)).counterexample is not None
    with pytest.raises(ArmsymError):
        prove(added(), *wrong)
