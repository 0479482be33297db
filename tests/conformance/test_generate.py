# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The generator reaches what it promises: settings, register patterns, values, places of memory, landings."""

from __future__ import annotations

from itertools import combinations, islice, product
from random import Random

import pytest

import isa
from conformance.generate import (
    EXCLUSIVES,
    EXHAUSTIVE,
    STATES,
    cases,
    chosen_values,
    neighbours,
    patterns,
    register_fields,
    registers,
    settings,
    words,
)
from conformance.model import accesses, predict
from conformance.state import CODE_BASE, CODE_SIZE, LAYOUT, WINDOW_BASE, WINDOW_SIZE, Case, FaultKind
from conformance.states import PAGE, corner, dense, value
from isa.decode import decode
from isa.dsl import REGISTRY, Unpredictable, Unsupported
from isa.encoding import Encoding
from isa.meaning import meaning
from isa.state import INDEX, VARIABLES
from isa.verdict import Verdict, verdict
from kernel.term import free_vars

isa.load_all()

ADD_SUB_SHIFTED = Encoding("sf:1 op:1 S:1 01011 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5")


def some(name: str, count: int, seed: int = 1) -> list[Case]:
    return list(islice(cases(REGISTRY[name], Random(seed)), count))


# Words


def test_register_fields_are_told_from_others() -> None:
    assert register_fields(ADD_SUB_SHIFTED) == ["Rm", "Rn", "Rd"]
    assert register_fields(Encoding("0 Q:1 001100 1 L:1 0 Rm:5 opcode:4 size:2 Rn:5 Rt:5")) == ["Rm", "Rn", "Rt"]
    assert register_fields(Encoding("xx 00100 1 0 0 0 imm5:5 000000 Rn:5 000 cond:2")) == ["Rn"]


def test_patterns_cover_coincidences_and_31_in_each_place() -> None:
    found = patterns(["Rd", "Rn", "Rm"])
    assert {} in found
    for a, b in combinations(["Rd", "Rn", "Rm"], 2):
        assert {a: 0, b: 0} in found
    for a in ("Rd", "Rn", "Rm"):
        assert {a: 31} in found
    assert {"Rd": 0, "Rn": 0, "Rm": 0} in found
    assert {"Rd": 31, "Rn": 31, "Rm": 31} in found


def test_registers_follow_the_pattern() -> None:
    random = Random(0)
    for _ in range(50):
        chosen = registers(random, ["Rd", "Rn", "Rm"], {"Rd": 0, "Rm": 0})
        assert chosen["Rd"] == chosen["Rm"] != chosen["Rn"]
        assert len(set(registers(random, ["Rd", "Rn", "Rm"], {}).values())) == 3


def test_few_settings_are_all_used() -> None:
    encoding = Encoding("sf:1 op:1 0 11010000 Rm:5 a:3!=111 000 Rn:5 Rd:5")
    found = settings(Random(0), encoding)
    assert {tuple(s.values()) for s in found} == set(product(range(2), range(2), range(7)))


def test_many_settings_are_paired() -> None:
    assert EXHAUSTIVE < 2**3 * 4 * 64
    few = {f.name: chosen_values(Random(5), ADD_SUB_SHIFTED, f) for f in ADD_SUB_SHIFTED.layout.values()}
    found = settings(Random(0), ADD_SUB_SHIFTED)
    assert all("Rd" not in setting for setting in found)
    for x, y in product(range(4), (0, 1, 31, 32, 62, 63)):
        assert {"shift": x, "imm6": y} in found
    assert {"sf": 1, "S": 0} in found
    assert set(few["imm6"]) >= {0, 1, 2, 3, 31, 32, 62, 63}


def test_fields_of_one_width_come_next_to_one_another() -> None:
    encoding = Encoding("sf:1 opc:2 100110 N:1 immr:6!=000001 imms:6 Rn:5 Rd:5")
    found = settings(Random(0), encoding)
    distances = {s["imms"] - s["immr"] for s in found if s.keys() == {"immr", "imms"}}
    assert distances >= {-2, -1, 0, 1, 2}
    assert all(s.get("immr") != 1 for s in found)


def test_words_belong_to_the_class_and_use_each_encoding() -> None:
    instruction = REGISTRY["load_store_multiple_structures"]
    drawn = list(islice(words(instruction, Random(1)), 400))
    used = {next(e for e in instruction.encodings if e.matches(word)) for word in drawn}
    assert used == set(instruction.encodings)


def test_words_reach_register_31_and_coincidences() -> None:
    fields = [decode(word).fields for word in islice(words(REGISTRY["add_sub_shifted_register"], Random(1)), 400)]
    for a in ("Rd", "Rn", "Rm"):
        assert any(getattr(f, a) == 31 for f in fields)
    for a, b in combinations(("Rd", "Rn", "Rm"), 2):
        assert any(getattr(f, a) == getattr(f, b) != 31 for f in fields)
    assert any(len({f.Rd, f.Rn, f.Rm}) == 3 for f in fields)


def test_neighbours_differ_in_one_fixed_bit() -> None:
    word = ADD_SUB_SHIFTED.assemble(Rd=1, Rn=2, Rm=3)
    found = neighbours(word, ADD_SUB_SHIFTED)
    assert len(found) == 6
    assert all(not ADD_SUB_SHIFTED.matches(n) and (n ^ word).bit_count() == 1 for n in found)


# Values


@pytest.mark.parametrize("width", [64, 128])
def test_values_fit_and_are_of_three_kinds(width: int) -> None:
    random = Random(2)
    found = [value(random, width) for _ in range(4000)]
    assert all(0 <= x < 1 << width for x in found)
    ones = (1 << width) - 1
    assert {0, ones} <= set(found)
    assert width == 128 or {1, 1 << 63, ones >> 1} <= set(found)
    sparse = sum(x.bit_count() < width // 4 for x in found)
    full = sum(x.bit_count() > 3 * width // 4 for x in found)
    middling = sum(width * 3 // 8 < x.bit_count() < width * 5 // 8 for x in found)
    assert min(sparse, full) > 300
    assert middling > 1200


def test_corners_are_elementwise() -> None:
    random = Random(3)
    found = {corner(random, 64) for _ in range(3000)}
    assert 0x8000800080008000 in found
    assert 0x7FFFFFFF7FFFFFFF in found or 0x7F7F7F7F7F7F7F7F in found
    assert any(len({x >> i & 0xFF for i in range(0, 64, 8)}) > 3 for x in found)


def test_dense_values_are_of_different_density() -> None:
    random = Random(4)
    counts = [dense(random, 128).bit_count() for _ in range(500)]
    assert min(counts) < 30
    assert max(counts) > 98


# States


def test_a_seed_repeats_exactly() -> None:
    assert some("load_store_pair", 100, 7) == some("load_store_pair", 100, 7)
    assert some("load_store_pair", 100, 7) != some("load_store_pair", 100, 8)


def test_all_flags_and_only_whole_registers() -> None:
    found = some("add_sub_with_carry", 400)
    assert {case.state["nzcv"] for case in found} == set(range(16))
    used = max(at + size for at, size in LAYOUT.values())
    assert all(not any(case.state.registers[used:]) for case in found)


def test_each_word_runs_in_several_states() -> None:
    found = some("add_sub_immediate", 80)
    assert max(sum(case.words == other.words for other in found) for case in found) == STATES


def test_semantics_have_a_say_in_every_case() -> None:
    for name in ("load_store_pair", "store_exclusive_register", "move_floating_point_register", "bitfield"):
        for case in some(name, 200):
            try:
                for word in case.words:
                    meaning(word)
            except (Unpredictable, Unsupported) as refusal:  # pragma: no cover
                pytest.fail(f"{name}: {case.words[0]:#x}: {refusal}")
            except Exception:
                assert predict(case).fault.kind is FaultKind.UNDEFINED
            assert predict(case).fault.kind is not FaultKind.NOT_RUN


def spans(found: list[Case]) -> list[tuple[int, int, Case]]:
    reached = []
    for case in found:
        if predict(case).fault.kind is not FaultKind.UNDEFINED and accesses(case.words[0]):
            span = accesses(case.words[0]).span(case.state.registers)
            reached.append((span.address, span.size, case))
    return reached


@pytest.mark.parametrize(
    "name", ["load_store_unsigned_offset", "load_store_register_offset", "load_store_multiple_structures"]
)
def test_memory_is_met_aligned_misaligned_straddling_and_faulting(name: str) -> None:
    reached = spans(some(name, 1500))
    inside = [(a, n) for a, n, _ in reached if WINDOW_BASE <= a <= WINDOW_BASE + WINDOW_SIZE - n]
    assert len(inside) > 0.85 * len(reached)
    assert sum(a % 16 == 0 for a, _ in inside) > 0.25 * len(inside)
    assert sum(n > 1 and a % n != 0 for a, n in inside) > 0.1 * len(inside)
    assert any(a // PAGE != (a + n - 1) // PAGE for a, n in inside)
    assert any(a == WINDOW_BASE for a, _ in inside)
    assert any(a + n == WINDOW_BASE + WINDOW_SIZE for a, n in inside)
    kinds = [predict(case).fault.kind for _, _, case in reached]
    assert 0.02 * len(kinds) < kinds.count(FaultKind.MEMORY) < 0.15 * len(kinds)
    assert any(a < WINDOW_BASE < a + n or a < WINDOW_BASE + WINDOW_SIZE < a + n for a, n, _ in reached)


def test_the_stack_pointer_is_aligned_but_for_a_few() -> None:
    found = [c for c in some("load_store_pair", 4000) if dict(decode(c.words[0]).fields).get("Rn") == 31]
    misaligned = [case for case in found if case.state["sp"] % 16]
    assert 0 < len(misaligned) < 0.1 * len(found)
    assert {predict(case).fault.kind for case in misaligned} == {FaultKind.ALIGNMENT}


def test_literals_are_in_reach_of_the_window() -> None:
    kinds = [predict(case).fault.kind for case in some("load_literal", 400)]
    assert kinds.count(FaultKind.NONE) > 100
    assert kinds.count(FaultKind.MEMORY) > 10


def test_indirect_branches_land_in_the_code_area_and_elsewhere() -> None:
    targets = [predict(case).state["pc"] for case in some("unconditional_branch_register", 300)]
    inside = [pc for pc in targets if CODE_BASE <= pc < CODE_BASE + CODE_SIZE]
    assert 0.5 * len(targets) < len(inside) < len(targets)
    assert all(pc % 4 == 0 for pc in targets)


def test_exclusive_stores_run_alone_and_behind_a_load_and_some_succeed() -> None:
    found = some("store_exclusive_register", 600)
    pairs = [case for case in found if len(case.words) == 2]
    assert pairs and len(pairs) < len(found)
    statuses = set()
    for case in pairs:
        after = predict(case)
        status = decode(case.words[1]).fields.Rs
        if after.fault.kind is FaultKind.NONE and status != 31:
            statuses.add(after.state[f"x{status}"])
    assert 0 in statuses


def test_what_marks_and_what_looks_at_the_mark_are_as_in_the_semantics() -> None:
    by_role: dict[str, set[str]] = {}
    for instruction in REGISTRY:
        for word in islice(words(instruction, Random(1)), 40) if instruction.kind == "instruction" else ():
            if verdict(word) is Verdict.DEFINED:
                changes = set(meaning(word))
                reads = any(VARIABLES[INDEX["monitor"]] in free_vars(term) for term in meaning(word).values())
                marks = INDEX["monitor"] in changes and changes - {INDEX["monitor"], INDEX["pc"]}
                by_role.setdefault("depends" if reads else "marks" if marks else "", set()).add(instruction.name)
    for role in ("marks", "depends"):
        assert by_role[role] == {name for name, its in EXCLUSIVES.items() if its == role}


def test_a_compare_and_swap_sometimes_finds_what_it_compares_with() -> None:
    swapped = 0
    for case in some("compare_and_swap", 800):
        after = predict(case)
        if after.fault.kind is FaultKind.NONE and after.state.window() != case.state.window():
            swapped += 1
    assert swapped > 20


def test_undefined_neighbours_are_among_the_cases() -> None:
    instruction = REGISTRY["sha256_hash_update"]
    strange = [c for c in some(instruction.name, 400) if not any(e.matches(c.words[0]) for e in instruction.encodings)]
    assert strange
    assert {predict(case).fault.kind for case in strange} == {FaultKind.UNDEFINED}


def test_a_class_without_semantics_has_no_cases() -> None:
    nothing = next(c for c in REGISTRY if c.kind == "unsupported")
    assert some(nothing.name, 10) == []
