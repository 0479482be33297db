# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A loop that looks whether a block of 24 bytes is left before it takes it: for any number of blocks, none among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from elf_builder import ALLOC, EXEC, SHARED, ElfBuilder, words

from crypto_specs.defined import Recursive
from kernel.ops import eq, number, read, ule, ult
from kernel.sorts import BV, MEM
from kernel.term import Term, Var
from symsim.contract import INDEX_VARIABLE, MEMORY, Contract, Fold, Loop, Region
from symsim.errors import ArmsymError
from symsim.program import Program
from symsim.prove import RoutineProof
from symsim.witness import check_witness

BLOCK = 24
CODE = (
    0xF9400004,  # ldr x4, [x0]
    0xF1006043,  # head: subs x3, x2, #24
    0x54000123,  # b.lo done
    0xA9401825,  # ldp x5, x6, [x1]
    0xF9400827,  # ldr x7, [x1, #16]
    0x91006021,  # add x1, x1, #24
    0xCA050084,  # eor x4, x4, x5
    0x8B060084,  # add x4, x4, x6
    0xCA070084,  # eor x4, x4, x7
    0xAA0303E2,  # mov x2, x3
    0x17FFFFF7,  # b head
    0xF9000004,  # done: str x4, [x0]
    0xAA0203E0,  # mov x0, x2
    0xD65F03C0,  # ret
)
OUT, IN, NUM, REST = (Var(name, BV(64)) for name in ("out", "in", "num", "rest"))
_i, _start, _memory, _address, _previous = (
    Var("i", BV(64)), Var("start", BV(64)), Var("memory", MEM), Var("address", BV(64)), Var("previous", BV(64))
)  # fmt: skip
_block = _address + _i * number(BLOCK, 64)
_step = ((_previous ^ read(_memory, _block, 8)) + read(_memory, _block + 8, 8)) ^ read(_memory, _block + 16, 8)
MIXED = Recursive("mixed_blocks_of_24_bytes", _i, (_start, _memory, _address), _start, _previous, _step)


def mixed(count: Term) -> Term:
    return MIXED(count, read(MEMORY, OUT, 8), MEMORY, IN)


def contract(result: Term, count: Term, read_blocks: Term) -> Contract:
    def ensures(memory: Term) -> Mapping[str, Term]:
        return {"out is mixed": eq(read(memory, OUT, 8), result)}

    return Contract(
        name="tiny/mixed",
        symbol="mixed",
        summary="",
        arguments={"x0": OUT, "x1": IN, "x2": NUM * BLOCK + REST},
        regions=(Region("out", OUT, 8, writable=True), Region("in", IN, read_blocks * BLOCK, unit=BLOCK)),
        requires={"the length fits": ule(NUM, ((1 << 64) - BLOCK) // BLOCK), "no block is left over": ult(REST, BLOCK)},
        ensures=ensures,
        results={"x0": REST},
        public=(OUT, IN, NUM, REST),
        witness={OUT: 0x1_0000, IN: 0x2_0000, NUM: 3, REST: 7},
        loops={0: Loop(count, Fold(mixed, *MIXED.equations, INDEX_VARIABLE, "out", lambda value: value))},
        stack=0,
    )


def program() -> Program:
    elf = ElfBuilder(SHARED)
    elf.section(".text", words(*CODE), ALLOC | EXEC, address=0x1000)
    elf.symbol("mixed", ".text", 0x1000, 4 * len(CODE))
    return Program.from_bytes(elf.build(), "tiny.so")


def test_any_number_of_blocks() -> None:
    c = contract(mixed(NUM), NUM + 1, NUM)
    assert check_witness(c, program()).counterexample is None
    proved = RoutineProof(c, program(), ()).prove()
    assert "x0 holds the result" in proved.ensures
    assert not proved.thm.hyps


def test_a_last_round_that_is_not_counted_is_unrolled() -> None:
    proved = RoutineProof(replace(contract(mixed(NUM), NUM, NUM), name="tiny/mixed_and_one_round"), program(), ()).prove()
    assert "out is mixed" in proved.ensures and not proved.thm.hyps


@pytest.mark.parametrize(
    ("result", "count", "read_blocks", "message"),
    [
        (mixed(NUM + 1), NUM + 1, NUM, "out is mixed: open"),
        (mixed(NUM), NUM + 2, NUM, "go round again"),
        (mixed(NUM), NUM + 1, NUM - 1, "in no area of the contract"),
    ],
)
def test_another_count_is_not_proved(result: Term, count: Term, read_blocks: Term, message: str) -> None:
    with pytest.raises(ArmsymError, match=message):
        RoutineProof(contract(result, count, read_blocks), program(), ()).prove()
