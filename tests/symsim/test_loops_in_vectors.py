# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A loop that keeps its value in half of a vector register, while the other half, which is of no use, takes part in everything."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from elf_builder import ALLOC, EXEC, SHARED, ElfBuilder, words

from crypto_specs.defined import Recursive
from kernel.ops import eq, read, ult
from kernel.sorts import BV, MEM
from kernel.term import Term, Var
from symsim.contract import INDEX_VARIABLE, MEMORY, Contract, Fold, Loop, Region
from symsim.errors import ArmsymError
from symsim.program import Program
from symsim.prove import RoutineProof
from symsim.witness import check_witness

NOP = 0xD503201F
CODE = (
    0xFD400000,  # ldr d0, [x0]
    0xFC408421,  # again: ldr d1, [x1], #8
    0x6E211C00,  # eor v0.16b, v0.16b, v1.16b
    0x6E205800,  # mvn v0.16b, v0.16b
    0xF1000442,  # subs x2, x2, #1
    0x54FFFF81,  # b.ne again
    0xFD000000,  # str d0, [x0]
    0xD65F03C0,  # ret
)
OUT, IN, N = (Var(name, BV(64)) for name in ("out", "in", "n"))
_i, _start, _memory, _address, _previous = (
    Var("i", BV(64)), Var("start", BV(64)), Var("memory", MEM), Var("address", BV(64)), Var("previous", BV(64))
)  # fmt: skip
FOLDED = Recursive(
    "inverted_sums", _i, (_start, _memory, _address), _start, _previous, ~(_previous ^ read(_memory, _address + (_i << 3), 8))
)


def folded(count: Term) -> Term:
    return FOLDED(count, read(MEMORY, OUT, 8), MEMORY, IN)


def ensures(memory: Term) -> Mapping[str, Term]:
    return {"out is folded": eq(read(memory, OUT, 8), folded(N))}


CONTRACT = Contract(
    name="tiny/inverted",
    symbol="inverted",
    summary="",
    arguments={"x0": OUT, "x1": IN, "x2": N},
    regions=(Region("out", OUT, 8, writable=True), Region("in", IN, N << 3, unit=8)),
    requires={"there are blocks, and they fit": ult(N - 1, (1 << 61) - 1)},
    ensures=ensures,
    public=(OUT, IN, N),
    witness={OUT: 0x1_0000, IN: 0x2_0000, N: 3},
    loops={0: Loop(N, Fold(folded, *FOLDED.equations, INDEX_VARIABLE, "out", lambda value: value))},
    stack=0,
)


def program(code: tuple[int, ...]) -> Program:
    elf = ElfBuilder(SHARED)
    elf.section(".text", words(*code), ALLOC | EXEC, address=0x1000)
    elf.symbol("inverted", ".text", 0x1000, 4 * len(code))
    return Program.from_bytes(elf.build(), "tiny.so")


def with_word(place: int, word: int) -> tuple[int, ...]:
    return (*CODE[:place], word, *CODE[place + 1 :])


def test_half_of_a_register_is_followed_where_the_other_half_has_no_pattern() -> None:
    assert check_witness(CONTRACT, program(CODE)).counterexample is None
    assert not RoutineProof(CONTRACT, program(CODE), ()).prove().thm.hyps


def test_the_whole_register_is_followed_where_the_other_half_is_cleared() -> None:
    assert not RoutineProof(CONTRACT, program(with_word(3, 0x2E205800)), ()).prove().thm.hyps  # mvn v0.8b, v0.8b


@pytest.mark.parametrize(("place", "word"), [(2, NOP), (3, NOP), (1, 0xFC410421)])  # ldr d1, [x1], #16
def test_other_code_is_not_proved(place: int, word: int) -> None:
    with pytest.raises(ArmsymError):
        RoutineProof(CONTRACT, program(with_word(place, word)), ()).prove()
