# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Loads and stores: against Unicorn, the accesses that they make, and the words that are refused."""

from __future__ import annotations

from random import Random

import pytest
from harness import check

import isa
from conformance.model import accesses, predict
from conformance.state import WINDOW_BASE, Case, FaultKind, State
from isa.asl_memory import AddressAdd
from isa.decode import decode, disassemble
from isa.dsl import REGISTRY, InstructionClass, Undefined, Unpredictable, Unsupported
from isa.meaning import meaning
from isa.state import INDEX
from kernel.sorts import BV
from kernel.term import Var

isa.load_all()

PLAIN = [
    c
    for c in REGISTRY
    if c.module.split(".")[-1].startswith("ldst_") and c.module != "isa.base.ldst_ordered" and c.kind == "instruction"
]
UNALLOCATED = [
    "atomic_memory_operation_unallocated",
    "compare_and_swap_unallocated",
    "load_store_ordered_unscaled_unallocated",
    "load_store_pair_unallocated",
    "load_store_structure_unallocated",
    "load_store_vector_pair_unallocated",
    "load_store_vector_unallocated",
]


def word(name: str, form: int = 0, **fields: int) -> int:
    """The word of a class, in its encoding number `form`, with these fields and zeros elsewhere."""
    return REGISTRY[name].encodings[form].assemble(**fields)


def lets_zeroing_pass(case: Case) -> bool:
    """Unicorn takes no fault for DC ZVA of a block that is not mapped."""
    zero = decode(case.words[-1]).instruction.name == "zero_block"
    return zero and not all(area.in_window for area in accesses(case.words[-1]).at(case.state.registers))


@pytest.mark.parametrize("instruction", PLAIN, ids=lambda c: c.name)
def test_agrees_with_unicorn(instruction: InstructionClass) -> None:
    assert check(instruction.name, samples=600, known=lets_zeroing_pass) >= 250


@pytest.mark.parametrize("name", UNALLOCATED)
def test_unallocated_words_are_undefined_in_unicorn(name: str) -> None:
    assert check(name, samples=300) == 300


def test_every_word_of_the_load_store_space_is_settled() -> None:
    random = Random(1)
    words = (random.getrandbits(32) & ~(1 << 25) | 1 << 27 for _ in range(20_000))
    assert [f"{w:#010x}" for w in words if decode(w) is None] == []


# (offset from x0 or SP, size) of each access, in order.
ACCESSES = [
    (word("load_store_pair", wide=1, index=2, L=1, imm7=1, Rt=1, Rt2=2), [(8, 8), (16, 8)]),
    (word("load_store_pair", wide=0, index=3, L=0, imm7=127, Rt=1, Rt2=2), [(-4, 4), (0, 4)]),
    (word("load_store_pair", wide=1, index=1, L=1, imm7=2, Rt=1, Rt2=2), [(0, 8), (8, 8)]),
    (word("load_pair_signed_word", index=2, imm7=1, Rt=1, Rt2=2), [(4, 4), (8, 4)]),
    (word("load_store_vector_pair", opc=2, index=0, L=1, imm7=1, Rt=1, Rt2=2), [(16, 16), (32, 16)]),
    (word("load_store_multiple_structures", Q=1, L=1, opcode=2), [(0, 16), (16, 16), (32, 16), (48, 16)]),
    (word("load_store_multiple_structures", Q=0, L=0, opcode=0, size=0), [(0, 8), (8, 8), (16, 8), (24, 8)]),
    (word("load_store_single_structure", L=1, R=1, opcode=4), [(0, 4), (4, 4)]),
    (word("load_store_single_structure", Q=1, L=1, opcode=6, size=2), [(0, 4)]),
    (word("load_store_unscaled", size=3, opc=0, imm9=511), [(-1, 8)]),
    (word("load_exclusive_pair", wide=1, Rt=1, Rt2=2), [(0, 16)]),
    (word("compare_and_swap_pair", wide=0, Rs=2, Rt=4), [(0, 8), (0, 8)]),
    (word("zero_block"), [(0, 64)]),
]


@pytest.mark.parametrize(("encoded", "expected"), ACCESSES, ids=lambda value: value and str(value))
def test_accesses_are_one_for_each_register_in_ascending_order(encoded: int, expected: list[tuple[int, int]]) -> None:
    areas = accesses(encoded).at(State.of(x0=WINDOW_BASE).registers)
    assert [(area.address - WINDOW_BASE, area.size) for area in areas] == expected


PREFETCHES = [
    word("load_store_unsigned_offset", size=3, opc=2, imm12=1, Rn=31),
    word("load_store_unscaled", size=3, opc=2, imm9=1),
    word("load_store_register_offset", size=3, opc=2, option=3),
    word("load_literal", opc=3),
]


@pytest.mark.parametrize("encoded", PREFETCHES, ids=disassemble)
def test_a_prefetch_changes_nothing_and_accesses_nothing(encoded: int) -> None:
    assert list(meaning(encoded)) == [INDEX["pc"]]


def test_a_prefetch_operation_without_a_name_is_written_as_a_number() -> None:
    assert disassemble(word("load_store_unsigned_offset", size=3, opc=2, Rt=0b10101)) == "prfm pstl3strm, [x0]"
    assert disassemble(word("load_store_unsigned_offset", size=3, opc=2, Rt=0b11000)) == "prfm #0x18, [x0]"


UNPREDICTABLE = [
    word("load_store_indexed", size=3, opc=1, index=1, Rn=5, Rt=5),
    word("load_store_indexed", size=0, opc=0, index=3, Rn=5, Rt=5),
    word("load_store_pair", wide=1, index=2, L=1, Rn=0, Rt=1, Rt2=1),
    word("load_store_pair", wide=0, index=0, L=1, Rn=0, Rt=31, Rt2=31),
    word("load_store_pair", wide=1, index=1, L=1, Rn=0, Rt=0, Rt2=1),
    word("load_store_pair", wide=1, index=3, L=0, Rn=0, Rt=1, Rt2=0),
    word("load_pair_signed_word", index=3, Rn=0, Rt=1, Rt2=0),
    word("load_store_vector_pair", opc=2, index=2, L=1, Rt=3, Rt2=3),
]
PREDICTABLE = [
    word("load_store_indexed", size=3, opc=0, index=3, Rn=31, Rt=31),
    word("load_store_pair", wide=1, index=2, L=0, Rn=1, Rt=1, Rt2=1),
    word("load_store_pair", wide=1, index=2, L=1, Rn=1, Rt=1, Rt2=2),
    word("load_store_pair", wide=1, index=3, L=0, Rn=31, Rt=31, Rt2=31),
    word("load_store_vector_pair", opc=2, index=3, L=0, Rn=3, Rt=3, Rt2=3),
    word("load_store_register_offset", size=3, opc=1, option=3, Rm=2, Rn=2, Rt=2),
]


@pytest.mark.parametrize("encoded", UNPREDICTABLE, ids=disassemble)
def test_a_register_that_is_loaded_twice_or_is_the_moving_base_is_refused(encoded: int) -> None:
    with pytest.raises(Unpredictable):
        meaning(encoded)


@pytest.mark.parametrize("encoded", PREDICTABLE, ids=disassemble)
def test_other_coincidences_of_registers_have_a_meaning(encoded: int) -> None:
    assert meaning(encoded)


@pytest.mark.parametrize(
    "encoded",
    [
        word("load_store_indexed", size=3, opc=2, index=1, Rn=1),
        word("load_store_unprivileged", size=3, opc=2),
        word("load_store_unsigned_offset", size=2, opc=3),
        word("load_store_register_offset", size=2, opc=1, option=1),
        word("load_store_register_offset", size=3, opc=2, option=5),
        word("load_store_vector_unsigned_offset", size=1, opc=2),
        word("load_store_multiple_structures", opcode=1),
        word("load_store_multiple_structures", opcode=0, size=3, Q=0),
        word("load_store_single_structure", L=0, opcode=6),
        word("load_store_single_structure", opcode=2, size=1),
        word("load_store_single_structure", opcode=4, size=1, S=1),
    ],
    ids=hex,
)
def test_sizes_that_do_not_exist_are_undefined(encoded: int) -> None:
    with pytest.raises(Undefined):
        meaning(encoded)


@pytest.mark.parametrize("name", ["store_allocation_tag_pair", "memory_copy_and_set", "load_register_authenticated"])
def test_extensions_that_are_left_out_say_which(name: str) -> None:
    fields = {"index": 2} if name == "store_allocation_tag_pair" else {}
    with pytest.raises(Unsupported, match=r"\(FEAT_\w+\)"):
        meaning(word(name, **fields))


@pytest.mark.parametrize(
    "encoded",
    [
        word("load_store_pair", wide=1, index=2, L=1, Rn=31, Rt=1, Rt2=2),
        word("load_store_vector_register_offset", size=0, opc=1, option=3, Rn=31, Rm=1),
        word("load_store_multiple_structures", form=1, Q=1, L=0, opcode=7, Rn=31, Rm=31),
    ],
    ids=disassemble,
)
def test_an_access_through_a_misaligned_stack_pointer_faults(encoded: int) -> None:
    aligned = State.of(sp=WINDOW_BASE + 32)
    assert predict(Case((encoded,), aligned)).fault.kind is FaultKind.NONE
    assert predict(Case((encoded,), aligned.edit(sp=WINDOW_BASE + 40))).fault.kind is FaultKind.ALIGNMENT
    # Other bases may be misaligned.
    base = word("load_store_unsigned_offset", size=3, opc=1, Rn=0, Rt=1)
    assert predict(Case((base,), State.of(x0=WINDOW_BASE + 3))).fault.kind is FaultKind.NONE


def test_an_offset_of_zero_leaves_the_base_as_it_is() -> None:
    base = Var("x0", BV(64))
    assert AddressAdd(base, 0) is base
    assert AddressAdd(base, -8) is base + ((1 << 64) - 8)
