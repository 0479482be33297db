# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The base instructions without memory: against Unicorn, against independent computations, and what is refused."""

from __future__ import annotations

import zlib
from itertools import product
from random import Random

import pytest
from disassemblers import objdump_texts
from harness import check

import isa
from conformance.state import Case, FaultKind, State
from conformance.target import open_target
from isa.asl import AddWithCarry
from isa.base.add_sub import AddSub
from isa.base.data_processing_2_source import DivideSigned, DivideUnsigned, ShiftVariable
from isa.compile import compile_terms, executor
from isa.decode import decode, disassemble
from isa.dsl import REGISTRY, InstructionClass, Undefined, Unpredictable, Unsupported
from isa.machine import Machine
from isa.meaning import meaning
from isa.state import INDEX, NAMES, VARIABLES
from isa.syntax_spelling import same_disassembly
from isa.verdict import Verdict, verdict
from kernel.ops import BVSHL, ROTATE_RIGHT, eq, ite, number, value_of
from kernel.sorts import BV, MEM, TRACE
from kernel.term import Var, free_vars, postorder
from symsim.errors import NotAvailable

isa.load_all()

FILES = (
    "add_sub", "barriers", "bitfield", "branch_immediate", "branch_register", "common_short_sequence",
    "conditional_compare", "conditional_select", "crc32", "data_processing_1_source", "data_processing_2_source",
    "data_processing_3_source", "exceptions", "flags", "hints", "logical", "move_wide", "pc_relative", "reserved",
    "system_register",
)  # fmt: skip
MINE = [c for c in REGISTRY if c.group == "base" and c.module.split(".")[-1] in FILES and c.kind == "instruction"]
# Unicorn lacks these features: what they do is compared with Python below.
NOT_IN_UNICORN = {"FEAT_CSSC", "FEAT_HBC", "FEAT_WFxT"}
UNALLOCATED = [
    "add_sub_extended_register_unallocated", "add_sub_immediate_with_tags_unallocated",
    "add_sub_with_carry_unallocated", "branch_register_unallocated", "branches_unallocated",
    "data_processing_1_source_unallocated", "data_processing_2_source_unallocated",
    "data_processing_3_source_unallocated", "data_processing_register_unallocated",
    "exception_generation_unallocated", "one_source_immediate_unallocated", "reserved", "system_unallocated",
    "unallocated_group",
]  # fmt: skip
M64 = (1 << 64) - 1


def word(name: str, form: int = 0, **fields: int) -> int:
    """The word of a class, in its encoding number `form`, with these fields and zeros elsewhere."""
    return REGISTRY[name].encodings[form].assemble(**fields)


def run(instruction: int, **components: int) -> dict[str, int]:
    """The components that the word changes, from a state that is zero elsewhere."""
    transition = executor(instruction, without=("trace", "safe"))
    before = [components.get(name, 0) for name in NAMES]
    after = transition.apply(before)
    return {name: value for name, old, value in zip(NAMES, before, after, strict=True) if value != old}


@pytest.mark.parametrize("instruction", MINE, ids=lambda c: c.name)
def test_agrees_with_unicorn(instruction: InstructionClass) -> None:
    if NOT_IN_UNICORN.intersection(instruction.features):
        pytest.skip("Unicorn does not have it")
    assert check(instruction.name, samples=400) == 400


@pytest.mark.parametrize("name", UNALLOCATED)
def test_unallocated_words_are_undefined_in_unicorn(name: str) -> None:
    assert check(name, samples=200) == 200


def test_every_word_of_data_processing_and_branches_is_decoded() -> None:
    random = Random(1)
    for _ in range(20_000):
        any_word = random.getrandbits(32)
        for group in (0b1000, 0b1001, 0b1010, 0b1011, 0b0101, 0b1101, 0b0000, 0b0001, 0b0010, 0b0011):
            some = any_word & ~(0b1111 << 25) | group << 25
            assert decode(some) is not None, f"{some:#010x}"
    for some in range(0xD500_0000, 0xD540_0000, 0x1F):  # system instructions
        assert decode(some) is not None, f"{some:#010x}"


# Arithmetic


@pytest.mark.parametrize("subtract", [False, True])
def test_add_sub_is_add_with_carry(subtract: bool) -> None:
    x, y = Var("x", BV(4)), Var("y", BV(4))
    ours, our_flags = AddSub(x, y, subtract=subtract)
    arms, arm_flags = AddWithCarry(x, ~y if subtract else y, int(subtract))
    function = compile_terms((ours, *our_flags, arms, *arm_flags), (x, y))
    for values in product(range(16), repeat=2):
        results = function(values)
        assert results[:5] == results[5:], values


def test_division_rounds_towards_zero_and_gives_zero_for_zero() -> None:
    x, y = Var("x", BV(4)), Var("y", BV(4))
    function = compile_terms((DivideSigned(x, y), DivideUnsigned(x, y)), (x, y))
    for a, b in product(range(-8, 8), repeat=2):
        signed, unsigned = function((a & 15, b & 15))
        assert signed == (int(a / b) & 15 if b else 0), (a, b)
        assert unsigned == ((a & 15) // (b & 15) if b else 0), (a, b)


def test_variable_shifts_take_the_amount_modulo_the_width() -> None:
    x, y = Var("x", BV(8)), Var("y", BV(8))
    function = compile_terms([ShiftVariable(x, kind, y) for kind in range(4)], (x, y))
    for a, amount in product((0x00, 0x01, 0x80, 0xA5, 0xFF), range(256)):
        n = amount % 8
        signed = a - 256 if a & 0x80 else a
        rotated = (a >> n | a << (8 - n)) & 0xFF
        assert function((a, amount)) == (a << n & 0xFF, a >> n, signed >> n & 0xFF, rotated), (a, amount)


@pytest.mark.parametrize("size", range(4))
def test_crc32_is_zlibs(size: int) -> None:
    random = Random(size)
    for _ in range(20):
        acc, data = random.getrandbits(32), random.getrandbits(8 << size)
        # zlib inverts the checksum before and after, the instruction doesn't.
        expected = zlib.crc32(data.to_bytes(1 << size, "little"), acc ^ 0xFFFF_FFFF) ^ 0xFFFF_FFFF
        changed = run(word("crc32", sf=size == 3, sz=size, Rn=1, Rm=2, Rd=0), x1=acc, x2=data)
        assert changed["x0"] == expected


def test_crc32c_of_the_standard_check_string() -> None:
    acc = 0xFFFF_FFFF
    for byte in b"123456789":
        acc = run(word("crc32", C=1, sz=0, Rn=1, Rm=2, Rd=0), x1=acc, x2=byte)["x0"]
    assert acc ^ 0xFFFF_FFFF == 0xE306_9283  # RFC 3720, B.4, and the CRC catalogues


# FEAT_CSSC, FEAT_HBC


def signed(value: int, width: int) -> int:
    return value - (1 << width) if value >> width - 1 else value


CSSC = [
    ("ctz", word("count_or_absolute", 0, opcode=6, Rn=1), lambda x, y, n: (x & -x).bit_length() - 1 if x else n),
    ("cnt", word("count_or_absolute", 0, opcode=7, Rn=1), lambda x, y, n: x.bit_count()),
    ("abs", word("count_or_absolute", 1, opcode=8, Rn=1), lambda x, y, n: abs(signed(x, n))),
    ("smax", word("min_max_register", opc=0, Rn=1, Rm=2), lambda x, y, n: max(signed(x, n), signed(y, n))),
    ("umax", word("min_max_register", opc=1, Rn=1, Rm=2), lambda x, y, n: max(x, y)),
    ("smin", word("min_max_register", opc=2, Rn=1, Rm=2), lambda x, y, n: min(signed(x, n), signed(y, n))),
    ("umin", word("min_max_register", opc=3, Rn=1, Rm=2), lambda x, y, n: min(x, y)),
    ("smax", word("min_max_immediate", opc=0, Rn=1, imm8=0xFE), lambda x, y, n: max(signed(x, n), -2)),
    ("umax", word("min_max_immediate", opc=1, Rn=1, imm8=0xFE), lambda x, y, n: max(x, 0xFE)),
    ("smin", word("min_max_immediate", opc=2, Rn=1, imm8=0xFE), lambda x, y, n: min(signed(x, n), -2)),
    ("umin", word("min_max_immediate", opc=3, Rn=1, imm8=0xFE), lambda x, y, n: min(x, 0xFE)),
]


@pytest.mark.parametrize("sf", [0, 1])
@pytest.mark.parametrize(("mnemonic", "of_w", "expected"), CSSC, ids=lambda p: p if isinstance(p, str) else "")
def test_common_short_sequences(mnemonic, of_w, expected, sf) -> None:
    some = of_w | sf << 31
    width = 64 if sf else 32
    random = Random(mnemonic)
    corners = [0, 1, M64, 1 << 63, 1 << 31, 0xFF, 0xFE, M64 - 1, *(random.getrandbits(64) for _ in range(8))]
    assert disassemble(some).startswith(mnemonic + " ")
    for x, y in product(corners, repeat=2):
        after = run(some, x0=0x5555_5555_5555_5555, x1=x, x2=y)
        low = (1 << width) - 1
        assert after["x0"] == expected(x & low, y & low, width) & low, (hex(x), hex(y))


def test_common_short_sequences_are_written_as_objdump_does(tmp_path) -> None:
    random = Random(0)
    words = [
        w
        for c in REGISTRY
        if "FEAT_CSSC" in c.features
        for encoding in c.encodings
        for w in (encoding.sample(random) for _ in range(200))
        if not is_refused(w)
    ]
    texts = objdump_texts(words, 0, tmp_path)
    if ".inst" in texts[0]:
        pytest.skip("this objdump does not have FEAT_CSSC")
    assert [(w, t) for w, t in zip(words, texts, strict=True) if not same_disassembly(disassemble(w), t)] == []


def test_a_consistent_branch_is_a_conditional_branch() -> None:
    for cond in range(16):
        plain = word("conditional_branch_immediate", imm19=5, cond=cond)
        assert meaning(plain) == meaning(plain | 1 << 4)


# Form: what later reasoning relies on


def test_a_move_is_the_very_value() -> None:
    mov = word("logical_shifted_register", sf=1, opc=1, Rn=31, Rm=3)
    assert meaning(mov)[INDEX["x0"]] is VARIABLES[INDEX["x3"]]


def test_constant_shifts_and_rotates_stay_word_level() -> None:
    x = VARIABLES[INDEX["x1"]]
    lsl = meaning(word("bitfield", sf=1, N=1, opc=2, immr=59, imms=58, Rn=1))[INDEX["x0"]]
    assert lsl.op is BVSHL
    assert lsl.args[0] is x
    assert value_of(lsl.args[1]) == 5
    ror = meaning(word("extract", sf=1, N=1, imms=7, Rn=1, Rm=1))[INDEX["x0"]]
    assert (ror.op, ror.params, ror.args) == (ROTATE_RIGHT, (7,), (x,))


def test_cset_is_a_choice_of_constants() -> None:
    cset = meaning(word("conditional_select", sf=1, op2=1, cond=0b0010, Rn=31, Rm=31))[INDEX["x0"]]
    assert cset is ite(cset.args[0], number(0, 64), number(1, 64))


# Branches


def test_a_call_through_x30_reads_it_before_the_return_address_is_written() -> None:
    blr = word("unconditional_branch_register", opc=1, Rn=30)
    assert run(blr, pc=0x1000, x30=0x2000) == {"pc": 0x2000, "x30": 0x1004}


def trace_is_unchanged(some: int) -> bool:
    return INDEX["trace"] not in meaning(some)


def test_what_a_branch_shows_an_observer() -> None:
    assert trace_is_unchanged(word("unconditional_branch_immediate", imm26=5))
    assert trace_is_unchanged(word("conditional_branch_immediate", imm19=5, cond=0b1110))
    assert not trace_is_unchanged(word("conditional_branch_immediate", imm19=5, cond=0b0001))
    assert not trace_is_unchanged(word("compare_and_branch_immediate", imm19=5))
    assert not trace_is_unchanged(word("test_and_branch_immediate", imm14=5))
    assert not trace_is_unchanged(word("unconditional_branch_register", opc=2, Rn=30))
    assert trace_is_unchanged(word("conditional_select", cond=0b0001))


# Hints, barriers, system registers


@pytest.mark.parametrize(
    "some",
    [0xD503_201F, 0xD503_233F, 0xD503_23BF, 0xD503_245F, 0xD503_1000, 0xD503_3BBF, 0xD503_3FDF, 0xD503_30FF],
    ids=disassemble,
)
def test_hints_and_barriers_only_go_on(some: int) -> None:
    assert set(meaning(some)) == {INDEX["pc"]}


def test_clrex_opens_the_monitor() -> None:
    assert run(0xD503_3F5F, monitor=8 << 64 | 0x1000)["monitor"] == 0


@pytest.mark.parametrize("status", [0, 1])
def test_writing_bits_that_not_every_processor_has_is_not_safe(status: int) -> None:
    msr = word("move_floating_point_register", L=0, status=status, Rt=1)
    safe = compile_terms((meaning(msr)[INDEX["safe"]],), VARIABLES)
    everywhere = 0x0800_009F if status else 0x07C0_0000
    for bit in range(64):
        state = [0] * len(NAMES)
        state[INDEX["safe"]], state[INDEX["x1"]] = 1, 1 << bit
        assert safe(state) == (everywhere >> bit & 1,), bit


# Refusals


def is_refused(some: int) -> bool:
    try:
        meaning(some)
    except (Undefined, Unpredictable, Unsupported):
        return True
    return False


@pytest.mark.parametrize(
    "some",
    [
        word("add_sub_shifted_register", sf=1, shift=3),
        word("add_sub_shifted_register", sf=0, imm6=32),
        word("add_sub_extended_register", sf=1, imm3=5),
        word("logical_immediate", sf=0, N=1, imms=1),
        word("logical_immediate", sf=1, N=1, imms=0b111111),
        word("logical_immediate", sf=1, N=0, imms=0b111110),
        word("logical_shifted_register", sf=0, imm6=32),
        word("move_wide_immediate", sf=1, opc=1),
        word("move_wide_immediate", sf=0, opc=2, hw=2),
        word("bitfield", sf=1, N=0),
        word("bitfield", sf=0, N=1),
        word("bitfield", sf=0, immr=32),
        word("bitfield", sf=0, imms=32),
        word("bitfield", sf=1, N=1, opc=3),
        word("extract", sf=0, imms=32),
        word("extract", sf=1, N=1, o0=1),
        word("extract", sf=1, N=1, op21=1),
        word("extract", sf=1, N=0),
        word("reverse", sf=0, opc=3),
        word("conditional_select", S=1),
        word("conditional_select", op2=2),
        word("conditional_compare", S=0),
        word("conditional_compare", S=1, o2=1),
        word("conditional_compare", S=1, o3=1),
        word("crc32", sf=0, sz=3),
        word("crc32", sf=1, sz=2),
        word("min_max_immediate", opc=4),
        word("min_max_immediate", op=1),
        word("min_max_immediate", S=1),
        0x0000_0000,  # UDF #0
        0x0000_FFFF,
        0x0001_0000,  # reserved, beside UDF
        0xD400_0002,  # HVC
        0xD400_0003,  # SMC
        0xD440_0000,  # HLT
        0xD4A0_0001,  # DCPS1
        0xD69F_03E0,  # ERET
        0xD6BF_03E0,  # DRPS
        0xD500_40BF,  # MSR SPSel, #0
    ],
    ids=hex,
)
def test_undefined(some: int) -> None:
    with pytest.raises(Undefined):
        meaning(some)


@pytest.mark.parametrize(
    ("some", "why"),
    [
        (0xD400_0001, "system call"),
        (0xD420_0000, "breakpoint"),
        (0xD65F_0BFF, "pointer authentication"),  # RETAA
        (0xD71F_0801, "pointer authentication"),  # BRAA
        (0xDAC1_0000, "pointer authentication"),  # PACIA
        (0xD503_20FF, "XPACLRI"),
        (0xD503_251F, "CHKFEAT"),
        (0x9180_0000, "memory tags"),  # ADDG
        (0xD53B_0020, "not modelled"),  # MRS CTR_EL0
        (0xD538_0400, "not modelled"),  # MRS ID_AA64PFR0_EL1
        (0xD518_0000, "not written at EL0"),  # MSR MIDR_EL1
        (0xD51B_2400, "not written at EL0"),  # MSR RNDR
        (0xD50B_7B20, "caches"),  # DC CVAU
        (0xD503_415F, "only the flags"),  # MSR DIT, #1
        (0x0420_0000, "FEAT_SVE"),
        (0x8080_0000, "FEAT_SME"),
        (0x7400_0000, "FEAT_CMPBR"),
    ],
    ids=lambda p: hex(p) if isinstance(p, int) else p,
)
def test_unsupported_says_why(some: int, why: str) -> None:
    with pytest.raises(Unsupported, match=why):
        meaning(some)


QUESTIONS = {0xD538_0005: "midr_el1", 0xD53B_E045: "cntvct_el0", 0xD53B_2405: "rndr", 0xD53B_2425: "rndrrs"}


@pytest.mark.parametrize(("some", "register"), QUESTIONS.items())
def test_what_the_program_does_not_determine_is_another_thing_each_time(some: int, register: str) -> None:
    assert disassemble(some) == f"mrs x5, {register}"
    decoded, m = decode(some), Machine()
    assert decoded is not None
    seen = []
    for _ in range(2):
        before = m.get("trace")
        decoded.instruction.execute(decoded.fields, m)
        logged = m.get("trace")
        assert logged.args[:3] == (before, number(3, 2), number(0, 64)), "the trace shows the question"
        seen.append(m.X[5])
    assert seen[0] is not seen[1]
    assert seen[0] not in postorder((seen[1],))
    with pytest.raises(Unpredictable, match="does not determine"):
        executor(some)
    assert verdict(some) is Verdict.DEFINED


def test_a_random_number_is_secret_and_whether_there_is_one_is_not() -> None:
    changes = {NAMES[i]: t for i, t in meaning(0xD53B_2405).items()}
    assert Var("mem", MEM) in free_vars(changes["x5"])
    assert free_vars(changes["z"]) == {Var("trace", TRACE)}
    zero = number(0, 1)
    assert (changes["n"], changes["c"], changes["v"]) == (zero, zero, zero)
    assert changes["x5"].args[:2] == (eq(changes["z"], 1), number(0, 64))


def test_which_processor_it_is_depends_on_what_was_seen_before_alone() -> None:
    assert free_vars(meaning(0xD538_0005)[INDEX["x5"]]) == {Var("trace", TRACE)}


@pytest.mark.parametrize("some", [*QUESTIONS, *(some | 31 for some in QUESTIONS)], ids=hex)
def test_a_question_changes_nothing_but_what_is_asked_for(some: int) -> None:
    try:
        target = open_target("qemu")
    except NotAvailable as error:
        pytest.skip(str(error))
    state = State.of(x5=1, x6=2, nzcv=15)
    with target:
        [(after, fault)] = target.run([Case((some,), state)])
    assert fault.kind is FaultKind.NONE
    changed = {NAMES[i] for i in meaning(some)} - {"trace"}
    allowed = {"nzcv" if name in "nzcv" else name for name in changed}
    assert state.differences(after).keys() <= allowed
    if "nzcv" in allowed:
        assert after["nzcv"] in (0b0000, 0b0100)


def test_other_system_registers_are_written_by_their_numbers() -> None:
    assert disassemble(0xD53B_E000) == "mrs x0, s3_3_c14_c0_0"  # CNTFRQ_EL0
    assert disassemble(0xD51B_42BF) == "msr s3_3_c4_c2_5, xzr"  # DIT


@pytest.mark.parametrize(
    "some",
    [
        word("multiply_high", Rd=0) & ~(1 << 10),  # Ra should be 11111
        word("invert_carry_flag") | 1 << 8,  # CRm should be 0000
        word("speculation_barrier") | 1 << 8,
    ],
    ids=hex,
)
def test_should_be_bits_are_respected(some: int) -> None:
    with pytest.raises(Unpredictable):
        meaning(some)
