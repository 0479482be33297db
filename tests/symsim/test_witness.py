# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
from __future__ import annotations

import pytest
from elf_builder import ALLOC, EXEC, SHARED, WRITE, ElfBuilder, words
from tiny_routines import CODE, GOOD, IN, MASK, OUT, TABLE, TEXT, VARIABLE, adr_x4, contract, program

from kernel.ops import eq, read, ult
from symsim.contract import MEMORY, Global, Region
from symsim.corpus import object_spec
from symsim.errors import BadInput, NotAvailable
from symsim.program import Program
from symsim.proofs.sha256 import CONTRACTS
from symsim.witness import GAP, check_witness, merged

SWITCH = Global("switch", 4, lambda value: eq(value & 1, 0), "the switch is off", witness=2)


def test_a_witness_that_holds() -> None:
    run = check_witness(contract(), program(*GOOD))
    assert (run.constants, run.stack, run.steps, run.counterexample) == ((), 0, 4, None)


def test_the_constants_and_the_stack_are_found() -> None:
    code = (adr_x4(TEXT, TABLE + 8), "ldr x5, [x4, #0x20]", "ldr x5, [x4, #0x88]", "ldrb w4, [x4]", *GOOD[:2])
    run = check_witness(contract(), program(*code, "str x3, [sp, #-0x10]!", "ldr x3, [sp], #0x10", *GOOD[2:]))
    assert run.constants == ((TABLE + 8, 0x28), (TABLE + 8 + 0x88, 8))
    assert run.stack == 16
    assert run.counterexample is None


@pytest.mark.parametrize(
    ("reads", "constants"),
    [
        ([], ()),
        ([(TABLE, 8), (TABLE, 4), (TABLE + 4, 8)], ((TABLE, 12),)),
        ([(TABLE + 4 + GAP, 4), (TABLE, 4)], ((TABLE, 8 + GAP),)),
        ([(TABLE, 4), (TABLE + 5 + GAP, 4)], ((TABLE, 4), (TABLE + 5 + GAP, 4))),
        ([(TABLE, 16), (TABLE + 2, 2)], ((TABLE, 16),)),
        ([(VARIABLE, 8), (TABLE, 4)], ((TABLE, 4),)),
        ([(TABLE + 256, 4), (0x9999, 1)], ()),
    ],
)
def test_reads_are_merged(reads: list[tuple[int, int]], constants: tuple[tuple[int, int], ...]) -> None:
    assert merged(program(*GOOD), reads) == constants


def test_what_is_not_constant_is_not_merged_over() -> None:
    elf = ElfBuilder(SHARED)
    elf.section(".text", words(CODE["ret"]), ALLOC | EXEC, address=TEXT)
    elf.section(".rodata", bytes(64), address=TABLE)
    elf.section(".data", bytes(16), ALLOC | WRITE, address=VARIABLE)
    elf.symbol("mask", ".text", TEXT, 4)
    elf.relocate(".rodata", TABLE + 8, 1027, "mask")
    linked = Program.from_bytes(elf.build(), "patched.so")
    assert linked.constant(TABLE, 4) is not None and linked.constant(TABLE + 8, 8) is None
    assert merged(linked, [(TABLE, 4), (TABLE + 8, 8), (TABLE + 32, 4)]) == ((TABLE, 4), (TABLE + 32, 4))


def test_the_library_s_variables() -> None:
    code = (adr_x4(TEXT, VARIABLE), "ldr w4, [x4]", *GOOD[:1], "eor x3, x3, x2", *GOOD[2:])
    run = check_witness(contract(globals=(SWITCH,)), program(*code))
    assert (run.constants, run.counterexample) == ((), None)
    silent = check_witness(contract(), program(*code)).counterexample
    assert silent is not None and silent.failure.promise.startswith("every access is inside")


def test_a_global_whose_witness_is_not_as_assumed() -> None:
    wrong = Global("switch", 4, SWITCH.assumption, SWITCH.label, witness=3)
    with pytest.raises(BadInput, match="tiny/mask is satisfied by no known state: the switch is off"):
        check_witness(contract(globals=(wrong,)), program(*GOOD))


def test_what_the_witness_says_of_memory() -> None:
    first = read(MEMORY, IN, 4)
    needed = {"in starts with 7": eq(first[7:0], 7)}
    with pytest.raises(BadInput, match="no known state: in starts with 7"):
        check_witness(contract(requires=needed), program(*GOOD))
    known = {**contract().witness, first: 7}
    assert check_witness(contract(requires=needed, witness=known), program(*GOOD)).counterexample is None


def test_what_the_preconditions_say_of_memory() -> None:
    needed = {"in starts with the mask's half": eq(read(MEMORY, IN, 4), MASK[31:0])}
    assert check_witness(contract(requires=needed), program(*GOOD)).counterexample is None
    with pytest.raises(BadInput, match="no known state: in starts with"):
        check_witness(contract(requires=needed | {"in starts with another": eq(read(MEMORY, IN, 4), 0)}), program(*GOOD))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"requires": {"impossible": ult(MASK, MASK)}}, "the contract of tiny/mask is satisfied by no known state: impossible"),
        ({"witness": {OUT: 0x1000, IN: 0x1004, MASK: 0}}, "no known state: out and in are disjoint"),
        ({"witness": {OUT: 0x1000, MASK: 0}}, "the witness of tiny/mask has no value for in"),
        ({"regions": (Region("out", OUT, 8, True), Region("in", IN, MASK)), "witness": {OUT: 8, IN: 64, MASK: 1 << 40}},
         "in has 0x10000000000 bytes, more than a run can have"),
        ({"regions": (Region("out", OUT, 8, True), Region("in", read(MEMORY, IN, 8), 8))}, "is not known before memory is"),
        ({"witness": {OUT: 0x5555_0000_1000, IN: 0x2000, MASK: 0}}, "out .* lies where code or constants are"),
        ({"witness": {OUT: (1 << 64) - 4, IN: 0x2000, MASK: 0}}, "can't be mapped"),
        ({"symbol": "musk"}, "no symbol 'musk'; there is mask"),
    ],
)  # fmt: skip
def test_contracts_without_a_witness(changes: dict[str, object], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        check_witness(contract(**changes), program(*GOOD))


def test_a_deeper_stack_than_the_contract_has() -> None:
    code = (*GOOD[:3], "str x3, [sp, #-0x10]!", "str x3, [sp, #-0x10]!", "ldr x3, [sp], #0x10", "ldr x3, [sp], #0x10", "ret")
    assert check_witness(contract(stack=32), program(*code)).stack == 32
    with pytest.raises(BadInput, match="'mask' uses 32 bytes of stack, but tiny/mask allows 16"):
        check_witness(contract(stack=16), program(*code))


@pytest.mark.parametrize(
    ("code", "promise", "found"),
    [
        (("ldr x3, [x1]", "orr x3, x3, x2", "str x3, [x0]", "ret"), "out is in ^ mask", ""),
        (("nop", "udf #0"), "it returns to its caller", "undefined instruction"),
        ((adr_x4(TEXT, TABLE), "str x3, [x4]", *GOOD), "every access is inside", "write to read-only memory"),
    ],
)
def test_a_witness_may_be_a_counterexample(code: tuple[str | int, ...], promise: str, found: str) -> None:
    counterexample = check_witness(contract(), program(*code)).counterexample
    assert counterexample is not None
    assert counterexample.failure.promise.startswith(promise)
    assert found in counterexample.failure.found
    assert counterexample.state.variables == {"in": 0x2_0000, "mask": 0x1234_5678_9ABC_DEF0, "out": 0x1_0000}


@pytest.mark.parametrize("library", ["openssl-4.0.3", "openssl-3.0.22"])
@pytest.mark.parametrize("c", CONTRACTS, ids=lambda c: c.symbol)
def test_the_contracts_of_sha256_have_witnesses(library: str, c: object) -> None:
    try:
        spec = object_spec(library)
    except NotAvailable as error:
        pytest.skip(str(error))
    run = check_witness(c, Program.load(spec, c.symbol))
    assert run.counterexample is None
    assert 0 < run.stack <= c.stack
    assert len(run.constants) == 1 and run.constants[0][1] in (256, 260)
