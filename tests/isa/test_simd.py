# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The Advanced SIMD integer instructions: against Unicorn, and what is UNDEFINED or refused."""

from __future__ import annotations

from random import Random

import pytest
from harness import check

import isa
from conformance.state import Case
from isa.compile import executor
from isa.decode import decode
from isa.dsl import REGISTRY, InstructionClass, Undefined, Unsupported
from isa.encoding import Encoding
from isa.meaning import meaning
from isa.state import INDEX, NAMES, VARIABLES
from kernel.ops import BVADD, BVASHR, BVLSHR, BVSHL, BVXOR, is_const
from kernel.term import postorder

isa.load_all()

CLASSES = [
    c
    for c in REGISTRY
    if c.group == "simd" and c.kind == "instruction" and not c.module.rpartition(".")[2].startswith("ldst")
]
# Unicorn lacks these features: what they do is compared with Python below.
NOT_IN_UNICORN = {"FEAT_I8MM"}
UNALLOCATED = [
    "modified_immediate_unallocated", "scalar_2_registers_unallocated", "scalar_3_registers_unallocated",
    "scalar_by_element_unallocated", "scalar_copy_unallocated", "scalar_floating_point_unallocated",
    "scalar_shift_unallocated", "simd_unallocated", "vector_2_registers_unallocated",
    "vector_3_registers_unallocated", "vector_by_element_unallocated", "vector_copy_unallocated",
    "vector_immediate_unallocated", "vector_permute_unallocated",
]  # fmt: skip
# Unallocated words of this shape make Unicorn abort: half-precision operations on two registers.
ABORTING = Encoding("0 x x x 1110 x1 11100 xxxxx 10 xxxxx xxxxx")
QC = 1 << 27


def kills_unicorn(case: Case) -> bool:
    return any(ABORTING.matches(instruction) for instruction in case.words)


def word(name: str, form: int = 0, **fields: int) -> int:
    """The word of a class, in its encoding number `form`, with these fields and zeros elsewhere."""
    return REGISTRY[name].encodings[form].assemble(**fields)


def run(instruction: int, **components: int) -> dict[str, int]:
    """The state after the word, from one that is zero elsewhere."""
    before = [components.get(name, 0) for name in NAMES]
    return dict(zip(NAMES, executor(instruction, without=("trace", "safe")).apply(before), strict=True))


def elements(vector: int, size: int) -> list[int]:
    return [vector >> at & (1 << size) - 1 for at in range(0, 128, size)]


def signed(value: int, size: int) -> int:
    return value - (1 << size) if value >> size - 1 else value


# Against Unicorn


@pytest.mark.parametrize(
    "instruction", [c for c in CLASSES if not NOT_IN_UNICORN & set(c.features)], ids=lambda c: c.name
)
def test_agrees_with_unicorn(instruction: InstructionClass) -> None:
    assert check(instruction.name, samples=400) == 400


@pytest.mark.parametrize("name", UNALLOCATED)
def test_unallocated_words_are_undefined_in_unicorn(name: str) -> None:
    assert check(name, samples=200, known=kills_unicorn) > 100


# Against Python, where Unicorn lacks the feature


@pytest.mark.parametrize(("form", "us", "unsigned_a"), [(0, None, True), (1, 0, False), (1, 1, True)])
def test_mixed_dot_products(form: int, us: int | None, unsigned_a: bool) -> None:
    random = Random(form)
    fields = {"Q": 1, "Rn": 1, "Rm": 2, "Rd": 3} | ({} if us is None else {"us": us, "H": 1, "L": 0})
    instruction = word("dot_product_mixed", form, **fields)
    for _ in range(20):
        a, b, d = (random.getrandbits(128) for _ in range(3))
        result = run(instruction, v1=a, v2=b, v3=d)["v3"]
        for e, total in enumerate(elements(result, 32)):
            xs, ys = elements(a, 8)[4 * e :][:4], elements(b, 8)[8 if form else 4 * e :][:4]
            products = [x * signed(y, 8) if unsigned_a else signed(x, 8) * y for x, y in zip(xs, ys, strict=True)]
            assert total == (elements(d, 32)[e] + sum(products)) % (1 << 32)


@pytest.mark.parametrize(("U", "B"), [(0, 0), (0, 1), (1, 0)])
def test_matrix_multiply(U: int, B: int) -> None:
    random = Random(U)
    instruction = word("matrix_multiply", U=U, B=B, Rn=1, Rm=2, Rd=3)
    for _ in range(20):
        a, b, d = (random.getrandbits(128) for _ in range(3))
        result = elements(run(instruction, v1=a, v2=b, v3=d)["v3"], 32)
        left = [x if U or B else signed(x, 8) for x in elements(a, 8)]
        right = [y if U else signed(y, 8) for y in elements(b, 8)]
        for row in range(2):
            for column in range(2):
                total = sum(left[8 * row + k] * right[8 * column + k] for k in range(8))
                e = 2 * row + column
                assert result[e] == (elements(d, 32)[e] + total) % (1 << 32)


def test_one_matrix_multiply_is_undefined() -> None:
    with pytest.raises(Undefined):
        meaning(word("matrix_multiply", U=1, B=1))


# What is UNDEFINED and what is refused


@pytest.mark.parametrize(
    ("name", "form", "fields"),
    [
        ("add_sub_vector", 0, {"size": 3, "Q": 0}),
        ("add_sub_vector", 1, {"size": 2}),
        ("saturating_add_sub", 0, {"size": 3, "Q": 0}),
        ("multiply_vector", 0, {"size": 3, "Q": 1}),
        ("multiply_vector", 1, {"size": 0}),
        ("multiply_long", 1, {"size": 3}),
        ("multiply_doubling_high", 1, {"size": 0}),
        ("polynomial_multiply", 0, {"size": 1}),
        ("polynomial_multiply_long", 0, {"size": 2}),
        ("dot_product", 0, {"size": 1}),
        ("dup_element", 0, {"imm5": 0b01000, "Q": 0}),
        ("dup_element", 1, {"imm5": 0b10000}),
        ("move_element_to_general", 0, {"imm5": 0b01000, "U": 1, "Q": 0}),
        ("move_element_to_general", 0, {"imm5": 0b00100, "U": 1, "Q": 1}),
        ("move_element_to_general", 0, {"imm5": 0b00100, "U": 0, "Q": 0}),
        ("extract_vector", 0, {"imm4": 8, "Q": 0}),
        ("zip_vectors", 0, {"size": 3, "Q": 0}),
        ("reverse_elements", 0, {"size": 3}),
        ("reverse_elements", 1, {"size": 1}),
        ("count_ones", 0, {"size": 1}),
        ("move_immediate_vector", 0, {"op": 1, "cmode": 15, "Q": 0}),
        ("shift_right_immediate", 0, {"immh": 8, "Q": 0}),
        ("shift_right_immediate", 1, {"immh": 7}),
        ("saturating_shift_left_immediate", 0, {"immh": 1, "op": 0, "U": 0}),
        ("shift_right_narrow", 0, {"immh": 8}),
        ("max_min_across", 0, {"size": 2, "Q": 0}),
        ("fmov_general", 0, {"sf": 1, "ftype": 0}),
        ("fmov_immediate", 0, {"imm5": 1}),
    ],
)
def test_the_sizes_that_an_instruction_lacks_are_undefined(name: str, form: int, fields: dict[str, int]) -> None:
    with pytest.raises(Undefined):
        meaning(word(name, form, **fields))


@pytest.mark.parametrize(
    "instruction",
    [
        0x1E622820,  # fadd d0, d1, d2
        0x4E22D420,  # fadd v0.4s, v1.4s, v2.4s
        0x1E222020,  # fcmp s1, s2
        0x9E780020,  # fcvtzs x0, d1
        0x4EA1B820,  # fcvtzs v0.4s, v1.4s
        0x1F420C20,  # fmadd d0, d1, d2, d3
        0x4F829020,  # fmul v0.4s, v1.4s, v2.s[0]
    ],
)
def test_floating_point_arithmetic_is_refused(instruction: int) -> None:
    with pytest.raises(Unsupported, match="floating-point arithmetic"):
        meaning(instruction)


def test_every_word_of_the_group_is_known() -> None:
    random = Random(0)
    for _ in range(5_000):
        # Bits 27:25 tell the group; the rest favours the vector and scalar classes, which are dense.
        sample = random.getrandbits(32) & ~(0b1010 << 28 if random.random() < 0.7 else 0) | 0b111 << 25
        assert decode(sample) is not None, f"{sample:#010x}"


# The shape of the terms


def changes(instruction: int) -> set[str]:
    return {NAMES[i] for i in meaning(instruction)}


def test_a_logical_operation_is_one_operation_on_the_whole_register() -> None:
    result = meaning(word("exclusive_or_and_select_vector", Q=1, size=0, Rn=1, Rm=2, Rd=3))[INDEX["v3"]]
    assert result.op is BVXOR
    assert set(result.args) == {VARIABLES[INDEX["v1"]], VARIABLES[INDEX["v2"]]}


def test_a_move_is_the_register() -> None:
    instruction = word("logical_vector", Q=1, size=2, Rn=1, Rm=1, Rd=3)
    assert meaning(instruction)[INDEX["v3"]] is VARIABLES[INDEX["v1"]]


def test_a_sum_of_vectors_is_a_sum_for_each_element() -> None:
    result = meaning(word("add_sub_vector", Q=1, U=0, size=2, Rn=1, Rm=2, Rd=3))[INDEX["v3"]]
    assert len(result.args) == 4
    assert all(element.op is BVADD and element.width == 32 for element in result.args)


@pytest.mark.parametrize("instruction", [c for c in CLASSES if "shift_immediate" in c.module], ids=lambda c: c.name)
def test_an_immediate_shift_is_a_shift_by_a_constant(instruction: InstructionClass) -> None:
    random = Random(instruction.name)
    shifts = (BVSHL, BVLSHR, BVASHR)
    for encoding in instruction.encodings:
        for _ in range(30):
            try:
                terms = meaning(encoding.sample(random)).values()
            except Undefined:
                continue
            assert all(is_const(t.args[1]) for t in postorder(terms) if t.op in shifts)


def test_only_saturation_touches_the_status() -> None:
    touching = set()
    for instruction in CLASSES:
        random = Random(instruction.name)
        for _ in range(40):
            sample = random.choice(instruction.encodings).sample(random)
            try:
                changed = changes(sample)
            except Undefined:
                continue
            assert not changed & {"mem", "trace", "safe", "n", "z", "c", "v", "sp", "fpcr"}
            if "fpsr" in changed:
                touching.add(instruction.name)
    expected = {c.name for c in CLASSES if "saturating" in c.name or "doubling" in c.name}
    assert touching == expected


@pytest.mark.parametrize(("a", "qc"), [(100, 0), (0x7F, QC), (0x80, QC)])
def test_saturation_is_sticky(a: int, qc: int) -> None:
    sqadd = word("saturating_add_sub", 1, U=0, op=0, size=0, Rn=1, Rm=2, Rd=3)
    b = 0xFF if a == 0x80 else 1
    after = run(sqadd, v1=a, v2=b, v3=~0 & (1 << 128) - 1)
    assert after["v3"] == (101 if not qc else a)
    assert after["fpsr"] == qc
    assert run(sqadd, v1=1, v2=1, fpsr=QC | 1)["fpsr"] == QC | 1
