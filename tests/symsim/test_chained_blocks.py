# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Each block added to the one before it, two in a round: a fold of which the output needs the values between the rounds, too."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from blocks_routine import IN, MASK, OUT, N, contract, program

from crypto_specs.message import byte_string
from crypto_specs.modes import block_in, cbc_previous
from crypto_specs.stored import stored_blocks
from kernel.ops import eq, read, ule
from kernel.sorts import BV
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
_iv, _input = Var("iv", BV(128)), Var("input", BV(64))
differences = stored_blocks(
    "block_differences",
    16,
    (_iv,),
    (_input,),
    lambda i, iv, memory, address: byte_string(block_in(memory, address, i) ^ cbc_previous(i, iv, memory, address)),
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
