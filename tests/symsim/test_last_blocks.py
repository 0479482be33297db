# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A loop over words at whose head blocks begin, too, and a last block of some bytes: output of any length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from elf_builder import ALLOC, EXEC, SHARED, ElfBuilder, words

from crypto_specs.defined import Recursive
from crypto_specs.message import byte_of
from crypto_specs.stored import stored_blocks
from kernel.ops import concat, disj, eq, read, ule
from kernel.sorts import BV
from kernel.term import Term, Var
from symsim.contract import INDEX_VARIABLE, MEMORY, Contract, Fold, Loop, Output, Region
from symsim.errors import ArmsymError
from symsim.program import Program
from symsim.prove import RoutineProof
from symsim.witness import check_witness

BLOCK = 16
CODE = (
    0xAA0003E9,  # mov x9, x0
    0xD280020A,  # mov x10, #16
    0xF8408524,  # word: ldr x4, [x9], #8
    0xF100205F,  # cmp x2, #8
    0x540001A3,  # b.lo bytes
    0xF8008424,  # str x4, [x1], #8
    0xF1002042,  # subs x2, x2, #8
    0x540001C0,  # b.eq done
    0xF100214A,  # subs x10, x10, #8
    0x54FFFF28,  # b.hi word
    0xF9400005,  # ldr x5, [x0]
    0x910004A5,  # add x5, x5, #1
    0xF9000005,  # str x5, [x0]
    0xAA0003E9,  # mov x9, x0
    0xD280020A,  # mov x10, #16
    0x17FFFFF3,  # b word
    0xD503201F,  # nop
    0x38001424,  # bytes: strb w4, [x1], #1
    0xD348FC84,  # lsr x4, x4, #8
    0xF1000442,  # subs x2, x2, #1
    0x54FFFFA1,  # b.ne bytes
    0xD65F03C0,  # done: ret
)
ADD, SHIFT, NOP = 11, 18, 0xD503201F
STATE, OUT, NUM, REST = (Var(name, BV(64)) for name in ("state", "out", "num", "rest"))
_state, _previous, _n = Var("start", BV(128)), Var("previous", BV(128)), Var("number", BV(64))
COUNTED = Recursive("counted_up", Var("i", BV(64)), (_state,), _state, _previous, concat(_previous[127:64], _previous[63:0] + 1))
BLOCKS = stored_blocks("counted_blocks", BLOCK, (_state,), (), lambda i, state, memory: COUNTED(i, state))
BYTES = stored_blocks("counted_bytes", 1, (_state, _n), (), lambda j, state, n, memory: byte_of(COUNTED(n, state), j))


def state_after(count: Term) -> Term:
    return COUNTED(count, read(MEMORY, STATE, BLOCK))


def ensures(memory: Term) -> Mapping[str, Term]:
    return {"the state has counted": eq(read(memory, STATE, BLOCK), state_after(NUM))}


RESTS = (3, 8, 16)


def is_one_of(values: Iterable[int]) -> Mapping[str, Term]:
    return {"the length fits": ule(NUM, ((1 << 64) - 1 - BLOCK) // BLOCK), "the last block": disj(*[eq(REST, v) for v in values])}


def contract(cases: tuple[int, ...] = RESTS, **changes: Any) -> Contract:
    start = read(MEMORY, STATE, BLOCK)
    output = Output(
        label="block j",
        base=OUT,
        unit=BLOCK,
        count=NUM,
        block=state_after,
        value=lambda c: BLOCKS(c, start, MEMORY, OUT),
        zero=BLOCKS.equations[0],
        successor=BLOCKS.equations[1],
        counter=INDEX_VARIABLE,
    )
    rest = Output(
        label="byte j of the rest",
        base=OUT + NUM * BLOCK,
        unit=1,
        count=REST,
        block=lambda j: byte_of(state_after(NUM), j),
        value=lambda c: BYTES(c, start, NUM, output.value(NUM), OUT + NUM * BLOCK),
        zero=BYTES.equations[0],
        successor=BYTES.equations[1],
        counter=INDEX_VARIABLE,
    )
    fold = Fold(state_after, *COUNTED.equations, INDEX_VARIABLE, "state", lambda state: state)
    length = NUM * BLOCK + REST
    plain: dict[str, Any] = {
        "name": f"tiny/counted_{len(cases)}",
        "symbol": "counted",
        "summary": "",
        "arguments": {"x0": STATE, "x1": OUT, "x2": length},
        "regions": (
            Region("state", STATE, BLOCK, writable=True),
            Region("output", OUT, length, writable=True, unit=BLOCK, rest=True),
        ),
        "requires": is_one_of(RESTS),
        "ensures": ensures,
        "public": (STATE, OUT, NUM, REST),
        "witness": {STATE: 0x1_0000, OUT: 0x2_0000, NUM: 2, REST: 3},
        "loops": {0: Loop(NUM + 1, fold, NUM)},
        "output": output,
        "rest": rest,
        "cases": {REST: cases},
        "stack": 0,
    }
    return Contract(**plain | changes)


def program(code: tuple[int, ...] = CODE) -> Program:
    elf = ElfBuilder(SHARED)
    elf.section(".text", words(*code), ALLOC | EXEC, address=0x1000)
    elf.symbol("counted", ".text", 0x1000, 4 * len(code))
    return Program.from_bytes(elf.build(), "tiny.so")


def test_any_number_of_bytes() -> None:
    assert check_witness(contract(), program()).counterexample is None
    proved = RoutineProof(contract(), program(), ()).prove()
    assert not proved.thm.hyps
    assert {"block j", "byte j of the rest", "the state has counted"} <= set(proved.ensures)


@pytest.mark.parametrize("place", [ADD, SHIFT])
def test_a_state_that_stays_and_bytes_that_repeat_are_refuted(place: int) -> None:
    wrong = program((*CODE[:place], NOP, *CODE[place + 1 :]))
    assert check_witness(contract(), wrong).counterexample is not None
    with pytest.raises(ArmsymError):
        RoutineProof(contract(), wrong, ()).prove()


def test_not_all_cases_are_not_enough() -> None:
    with pytest.raises(ArmsymError):
        RoutineProof(contract((3, 16)), program(), ()).prove()


@pytest.mark.slow
def test_many_cases_are_parted_in_halves() -> None:
    many = tuple(range(1, BLOCK + 1))
    assert not RoutineProof(contract(many, requires=is_one_of(many)), program(), ()).prove().thm.hyps


def test_no_byte_at_all_is_excluded_for_a_reason() -> None:
    none = contract(requires=is_one_of((0, *RESTS)), cases=(0, *RESTS))
    with pytest.raises(ArmsymError):
        RoutineProof(none, program(), ()).prove()
