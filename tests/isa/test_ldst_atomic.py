# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Ordered, exclusive and atomic accesses: against Unicorn, the exclusive monitor, and alignment."""

from __future__ import annotations

import pytest
from harness import check, unicorn

import isa
from conformance.compare import compare, describe
from conformance.model import Area, accesses, predict
from conformance.state import WINDOW_BASE, Case, FaultKind, Outcome, State
from isa.decode import decode, disassemble
from isa.dsl import REGISTRY, Undefined, Unpredictable
from isa.meaning import meaning

isa.load_all()

SIGNED_EXTREMES = (0b100, 0b101)
CLREX = 0xD503_3F5F


def word(name: str, **fields: int) -> int:
    """The word of a class with these fields and zeros elsewhere."""
    return REGISTRY[name].encodings[0].assemble(**fields)


def areas(case: Case) -> list[Area]:
    """What the last word accesses; an undefined word accesses nothing."""
    try:
        return accesses(case.words[-1]).at(case.state.registers)
    except Undefined:
        return []


def misaligned(case: Case) -> bool:
    """Some access is misaligned."""
    return any(area.address % area.size for area in areas(case))


def outside(case: Case) -> bool:
    """Some access is outside the window."""
    return any(not area.in_window for area in areas(case))


def compares_unsigned(case: Case) -> bool:
    """Unicorn's LDSMAX and LDSMIN of bytes, halfwords and words take them for unsigned."""
    instruction, fields = decode(case.words[-1])
    return instruction.name == "atomic_memory_operation" and fields.opc in SIGNED_EXTREMES and fields.size < 3


@pytest.mark.parametrize(
    "name",
    ["load_exclusive_register", "load_exclusive_pair", "swap", "compare_and_swap", "compare_and_swap_pair"],
)
def test_agrees_with_unicorn(name: str) -> None:
    # An access that is misaligned and outside as well: which of the two faults it takes is not the semantics' concern.
    assert check(name, samples=400, known=lambda case: misaligned(case) and outside(case)) >= 300


def test_atomic_operations_agree_with_unicorn() -> None:
    def known(case: Case) -> bool:
        return compares_unsigned(case) or (misaligned(case) and outside(case))

    assert check("atomic_memory_operation", samples=1200, known=known) >= 900


@pytest.mark.parametrize(
    "name",
    [
        "load_acquire_store_release",
        "load_acquire_store_release_limited",
        "load_acquire_rcpc",
        "load_acquire_store_release_unscaled",
    ],
)
def test_ordered_accesses_agree_with_unicorn_where_they_are_aligned(name: str) -> None:
    assert check(name, samples=500, known=misaligned) >= 300


@pytest.mark.parametrize("name", ["store_exclusive_register", "store_exclusive_pair"])
def test_exclusive_stores_agree_with_unicorn_where_there_is_no_fault(name: str) -> None:
    # Unicorn looks at the monitor before it looks at the address.
    assert check(name, samples=400, known=lambda case: misaligned(case) or outside(case)) >= 150


LOAD = [word("load_exclusive_register", size=size, o0=size & 1, Rn=0, Rt=1) for size in range(4)]
STORE = [word("store_exclusive_register", size=size, o0=size & 1, Rn=0, Rt=3, Rs=2) for size in range(4)]
LOAD += [word("load_exclusive_pair", wide=wide, Rn=0, Rt=1, Rt2=5) for wide in range(2)]
STORE += [word("store_exclusive_pair", wide=wide, Rn=0, Rt=3, Rt2=4, Rs=2) for wide in range(2)]
SIZES = (1, 2, 4, 8, 8, 16)
MOVED = word("load_store_indexed", size=3, opc=1, index=3, imm9=16, Rn=0, Rt=6)
MARKED = State.of(x0=WINDOW_BASE + 64, x2=7, x3=0x0123_4567_89AB_CDEF, x4=0x1122_3344_5566_7788)


def both(*words: int) -> Outcome:
    """What both sides make of the words; AssertionError if they disagree."""
    case = Case(words, MARKED)
    [theirs] = unicorn().run([case])
    mismatch = compare(case, theirs)
    assert mismatch is None, describe(mismatch)
    return predict(case)


@pytest.mark.parametrize(("load", "store"), list(zip(LOAD, STORE, strict=True)))
def test_an_exclusive_store_to_what_was_loaded_last_succeeds_once(load: int, store: int) -> None:
    after = both(load, store)
    assert after.state["x2"] == 0
    assert after.state.window() != MARKED.window()
    again = both(load, store, store)
    assert again.state["x2"] == 1
    assert again.state.window() == after.state.window()


@pytest.mark.parametrize(("load", "store"), list(zip(LOAD, STORE, strict=True)))
def test_clearing_the_monitor_makes_the_store_fail(load: int, store: int) -> None:
    after = both(load, CLREX, store)
    assert after.state["x2"] == 1
    assert after.state.window() == MARKED.window()


@pytest.mark.parametrize("store", STORE, ids=disassemble)
def test_a_store_to_another_area_than_the_marked_one_is_not_safe(store: int) -> None:
    for load, size in zip(LOAD, SIZES, strict=True):
        same = size == SIZES[STORE.index(store)]
        assert (predict(Case((load, store), MARKED)).fault.kind is FaultKind.NONE) == same
        assert predict(Case((load, MOVED, store), MARKED)).fault.kind is not FaultKind.NONE


@pytest.mark.parametrize(
    "encoded",
    [
        word("load_exclusive_register", size=3),
        word("store_exclusive_register", size=2, Rs=1),
        word("load_exclusive_pair", wide=1, Rt2=1),
        word("store_exclusive_pair", wide=0, Rs=1, Rt2=2),
        word("load_acquire_store_release", size=1, L=1),
        word("load_acquire_store_release_limited", size=3, L=0),
        word("load_acquire_rcpc", size=2),
        word("load_acquire_store_release_unscaled", size=1, opc=2),
        word("atomic_memory_operation", size=3),
        word("swap", size=1),
        word("compare_and_swap", size=2, Rs=1),
        word("compare_and_swap_pair", wide=1, Rs=2, Rt=4),
    ],
    ids=disassemble,
)
def test_a_misaligned_address_faults(encoded: int) -> None:
    size = accesses(encoded).at(MARKED.registers)[0].size
    kinds = [predict(Case((encoded,), MARKED.edit(x0=WINDOW_BASE + at))).fault.kind for at in (2 * size, size // 2)]
    assert kinds == [FaultKind.NONE, FaultKind.ALIGNMENT]


@pytest.mark.parametrize(
    "encoded",
    [
        word("load_exclusive_pair", wide=1, Rt=3, Rt2=3),
        word("store_exclusive_register", size=3, Rs=4, Rt=4, Rn=0),
        word("store_exclusive_register", size=3, Rs=4, Rt=3, Rn=4),
        word("store_exclusive_pair", wide=1, Rs=4, Rt=3, Rt2=4, Rn=0),
        word("store_exclusive_pair", wide=1, Rs=4, Rt=3, Rt2=5, Rn=4),
        word("load_exclusive_register", size=3, Rt=1) & ~(1 << 16),
        word("load_acquire_store_release", size=3, L=1) & ~(1 << 10),
        word("load_acquire_rcpc", size=3) & ~(1 << 20),
    ],
    ids=hex,
)
def test_unpredictable_words_are_refused(encoded: int) -> None:
    with pytest.raises(Unpredictable):
        meaning(encoded)


@pytest.mark.parametrize(("source", "target"), [(1, 2), (2, 1)])
def test_a_pair_to_swap_starts_at_an_even_register(source: int, target: int) -> None:
    with pytest.raises(Undefined):
        meaning(word("compare_and_swap_pair", Rs=source, Rt=target))
