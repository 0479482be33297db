# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_routines import CODE, GOOD, TABLE, TABLE_BYTES, TEXT, VARIABLE, adr_x4, program

from isa.decode import disassemble
from symsim.concrete import Block, Contents, Event, Fault, Machine, State
from symsim.errors import BadInput
from symsim.image import PAGE

BASE, LINK = 0x5555_0000_0000, 0x7000_0000_0000
OUT, IN = 0x1_0000, 0x2_0010


def state(base: int = BASE, **components: int) -> State:
    blocks = (Block("out", OUT, bytes(8)), Block("in", IN, bytes(range(1, 17))), Block("stack", 0x3_0000, bytes(256)))
    return State({"x0": OUT, "x1": IN, "x2": 0xFF, "sp": 0x3_0100, "x30": LINK, **components}, blocks, base)


def test_words_are_what_they_are_called() -> None:
    assert [disassemble(word) for word in CODE.values()] == list(CODE)


def test_a_run_to_the_return() -> None:
    outcome = Machine(program(*GOOD)).run(state(x7=7, v3=1 << 127 | 5, z=1, c=1), TEXT)
    assert outcome.fault is None
    assert outcome.steps == 4
    assert outcome.components["pc"] == outcome.link == LINK
    assert outcome.components["x3"] == 0x08070605040302FE
    assert (outcome.components["x7"], outcome.components["v3"]) == (7, 1 << 127 | 5)
    assert [outcome.components[f] for f in "nzcv"] == [0, 1, 1, 0]
    assert outcome.memory.read(OUT, 8) == 0x08070605040302FE
    assert list(outcome.before.changes(outcome.memory)) == list(range(OUT, OUT + 8))
    branch = Event("branch", BASE + TEXT, 16)
    assert outcome.events == (branch, Event("read", IN, 8), Event("write", OUT, 8))


def test_flags_are_computed() -> None:
    outcome = Machine(program("adds x4, x3, x2", "ret")).run(state(x3=1, x2=(1 << 64) - 1), TEXT)
    assert (outcome.components["x4"], [outcome.components[f] for f in "nzcv"]) == (0, [0, 1, 1, 0])


@pytest.mark.parametrize("base", [0, BASE, 0xFFFF_8000_0000_0000, 0xFFFF_FFFF_0000_0000])
def test_reads_of_the_image_are_told_by_linked_addresses(base: int) -> None:
    code = (adr_x4(TEXT, TABLE + 3), "ldr w4, [x4]", "ret")
    outcome = Machine(program(*code)).run(state(base), TEXT)
    assert outcome.components["x4"] == int.from_bytes(TABLE_BYTES[3:7], "little")
    assert outcome.image_reads == [(TABLE + 3, 4)]


def test_runs_do_not_influence_each_other() -> None:
    code = (adr_x4(TEXT, VARIABLE), "str x3, [x4]", "str x3, [x0]", "mov v1.16b, v0.16b", "ret")
    machine = Machine(program(*code))
    first = machine.run(state(x3=0x99, v0=7), TEXT)
    assert first.memory.read(BASE + VARIABLE, 8) == 0x99
    second = machine.run(state(x3=0), TEXT)
    assert second.before.read(BASE + VARIABLE, 8) == second.before.read(OUT, 8) == 0
    assert second.components["v1"] == 0
    moved = machine.run(state(0), TEXT)
    assert moved.before.read(BASE + VARIABLE, 8) == 0 and moved.memory.read(TABLE, 8) == 0x0706050403020100


@pytest.mark.parametrize(
    ("code", "kind", "address", "access"),
    [
        (("udf #0",), "undefined instruction", BASE + TEXT, False),
        (("nop", "brk #0"), "breakpoint", BASE + TEXT + 4, False),
        (("svc #0",), "system call", BASE + TEXT + 4, False),
        (("b #0",), "step limit", BASE + TEXT, False),
        (("mov x4, #0", "ldr w4, [x4]"), "read of unmapped memory", 0, True),
        (("mov x4, #0", "str x3, [x4]"), "write to unmapped memory", 0, True),
        (("mov x4, #0", "br x4"), "jump to unmapped memory", 0, False),
        ((adr_x4(TEXT, TABLE), "str x3, [x4]"), "write to read-only memory", BASE + TABLE, True),
        ((adr_x4(TEXT, TEXT), "str x3, [x4]"), "write to read-only memory", BASE + TEXT, True),
        ((adr_x4(TEXT, TABLE), "br x4"), "jump to memory that is no code", BASE + TABLE, False),
    ],
)
def test_faults_are_outcomes(code: tuple[str | int, ...], kind: str, address: int, access: bool) -> None:
    machine = Machine(program(*code))
    assert machine.run(state(), TEXT, limit=1000).fault == Fault(kind, address, access)
    again = machine.run(state(), TEXT, limit=1000)
    assert again.fault == Fault(kind, address, access), "a fault leaves nothing behind"


def test_cache_blocks_may_be_zeroed_as_under_linux() -> None:
    dc_zva_x0 = 0xD50B7420
    outcome = Machine(program(dc_zva_x0, "ret")).run(state()._replace(blocks=(Block("out", OUT, b"\xff" * 128),)), TEXT)
    assert outcome.memory.bytes_at(OUT, 128) == bytes(64) + b"\xff" * 64


def test_how_deep_the_stack_went() -> None:
    used = Machine(program("str x3, [sp, #-0x10]!", "ldr x3, [sp], #0x10", "ret")).run(state(), TEXT)
    assert used.lowest(0x3_0000, 0x3_0100) == 0x3_00F0
    unused = Machine(program(*GOOD)).run(state(), TEXT)
    assert unused.lowest(0x3_0000, 0x3_0100) == 0x3_0100


def test_blocks_where_none_can_be() -> None:
    machine = Machine(program(*GOOD))
    with pytest.raises(BadInput, match=r"in \(16 bytes at 0x555500001000\) lies where code or constants are"):
        machine.run(state()._replace(blocks=(Block("in", BASE + TEXT, bytes(16)),)), TEXT)
    with pytest.raises(BadInput, match="can't be mapped"):
        machine.run(state()._replace(blocks=(Block("in", (1 << 64) - 8, bytes(16)),)), TEXT)
    assert machine.run(state(), TEXT).fault is None, "the machine is as good as before"


def test_a_block_may_be_a_variable_of_the_program() -> None:
    machine = Machine(program(adr_x4(TEXT, VARIABLE), "ldr w4, [x4]", "ret"))
    blocks = (*state().blocks, Block("switch", BASE + VARIABLE, b"\5\0\0\0"))
    assert machine.run(state()._replace(blocks=blocks), TEXT).components["x4"] == 5
    assert machine.run(state(), TEXT).components["x4"] == 0


RANGES = [(0x1000, bytes(range(100))), (0x1064, b"abc"), ((1 << 64) - 4, b"wxyz"), (0, b"0123")]
PLAIN = {start + i: byte for start, data in RANGES for i, byte in enumerate(data)}


@settings(deadline=None)
@given(st.sampled_from([0x0FFE, 0x1000, 0x1050, 0x1063, 0x1066, (1 << 64) - 5, (1 << 64) - 1, 0]), st.integers(1, 12))
def test_contents_are_the_bytes_of_the_ranges(address: int, size: int) -> None:
    expected = bytes(PLAIN.get((address + i) % (1 << 64), 0) for i in range(size))
    assert Contents(RANGES).bytes_at(address, size) == expected
    assert Contents(RANGES).read(address, size) == int.from_bytes(expected, "little")


def test_writing_contents_leaves_the_old_ones() -> None:
    old = Contents(RANGES)
    new = old.write((1 << 64) - 1, 2, 0xAABB).write(0x2000, 1, 0xCC)
    assert (new.read((1 << 64) - 2, 4), new.read(0x2000, 1)) == (0x31AABB79, 0xCC)
    assert old.read((1 << 64) - 1, 2) == 0x307A


def test_changes_are_told_by_address() -> None:
    size = 2 * PAGE + 5
    old, new = bytearray(size), bytearray(size)
    for at in (0, PAGE - 1, PAGE, size - 1):
        new[at] = 1
    changes = Contents([(0x5000, bytes(old)), (0x100, b"x")]).changes(Contents([(0x5000, bytes(new)), (0x100, b"x")]))
    assert list(changes) == [0x5000, 0x5000 + PAGE - 1, 0x5000 + PAGE, 0x5000 + size - 1]
