# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What the semantics predict for hand-written cases, faults above all."""

from __future__ import annotations

import pytest

from conformance.model import Area, accesses, predict
from conformance.state import SLOT, WINDOW_BASE, WINDOW_SIZE, Case, FaultKind, Outcome, State

END = WINDOW_BASE + WINDOW_SIZE
ADD_X0_X1_X2 = 0x8B020020
ADDS_X0_X1_X2 = 0xAB020020
LDR_X0_X1 = 0xF9400020
LDR_X0_SP = 0xF94003E0
STR_X0_X1 = 0xF9000020
STP_X2_X3_X1 = 0xA9000C22
LDXR_X0_X1 = 0xC85F7C20
LDXR_X0_X4 = 0xC85F7C80
STXR_W2_X3_X1 = 0xC8027C23
LDAR_X0_X1 = 0xC8DFFC20
B_SELF = 0x14000000
B_FORWARD_8 = 0x14000002
RET = 0xD65F03C0
UDF = 0x00000000


def run(*words: int, **registers: int) -> Outcome:
    return predict(Case(words, State.of(**registers)))


def test_registers_and_pc() -> None:
    after = run(ADD_X0_X1_X2, x1=5, x2=(1 << 64) - 2, nzcv=0b0110)
    assert after.fault.kind is FaultKind.NONE
    assert after.state == State.of(x0=3, x1=5, x2=(1 << 64) - 2, nzcv=0b0110, pc=SLOT + 4)


def test_flags() -> None:
    assert run(ADDS_X0_X1_X2, x1=1 << 63, x2=1 << 63, nzcv=0b1000).state["nzcv"] == 0b0111


def test_a_load_and_a_store() -> None:
    state = State.of(x1=WINDOW_BASE + 3).store(WINDOW_BASE + 3, bytes(range(8)))
    assert predict(Case((LDR_X0_X1,), state)).state["x0"] == 0x0706050403020100
    after = run(STR_X0_X1, x0=0x1122334455667788, x1=END - 8)
    assert after.state.load(END - 8, 8) == bytes.fromhex("8877665544332211")
    assert after.state.window()[:-8] == State().window()[:-8]


@pytest.mark.parametrize("address", [0, WINDOW_BASE - 1, END - 7, (1 << 64) - 3])
def test_an_access_beyond_the_window_faults(address: int) -> None:
    after = run(LDR_X0_X1, x1=address)
    assert after.fault.kind is FaultKind.MEMORY
    assert after.state["pc"] == SLOT


def test_the_second_half_of_a_pair_faults() -> None:
    assert run(STP_X2_X3_X1, x1=END - 8).fault.kind is FaultKind.MEMORY
    assert run(STP_X2_X3_X1, x1=END - 16).fault.kind is FaultKind.NONE


def test_alignment_comes_before_memory() -> None:
    assert run(LDAR_X0_X1, x1=WINDOW_BASE + 1).fault.kind is FaultKind.ALIGNMENT
    assert run(LDAR_X0_X1, x1=1).fault.kind is FaultKind.ALIGNMENT
    assert run(LDAR_X0_X1, x1=8).fault.kind is FaultKind.MEMORY
    assert run(LDR_X0_SP, sp=WINDOW_BASE + 8).fault.kind is FaultKind.ALIGNMENT
    assert run(LDR_X0_SP, sp=WINDOW_BASE + 16).fault.kind is FaultKind.NONE


def test_undefined() -> None:
    after = run(UDF, x1=7)
    assert after == Outcome(State.of(x1=7), after.fault)
    assert after.fault.kind is FaultKind.UNDEFINED


def test_refusals_are_not_run() -> None:
    after = run(0x04000000)  # SVE
    assert after.fault.kind is FaultKind.NOT_RUN
    assert after.fault.detail


def test_branches() -> None:
    assert run(RET, x30=0x1234).state["pc"] == 0x1234
    assert run(B_SELF).fault.kind is FaultKind.HUNG
    skipped = run(B_FORWARD_8, ADD_X0_X1_X2, ADD_X0_X1_X2, x1=1, x2=1)
    assert (skipped.state["pc"], skipped.state["x0"]) == (SLOT + 12, 2)
    assert run(RET, x30=SLOT + 2).state["pc"] == SLOT + 2


def test_an_exclusive_store_depends_on_what_is_marked() -> None:
    alone = run(STXR_W2_X3_X1, x1=WINDOW_BASE, x3=5)
    assert (alone.state["x2"], alone.state.window()) == (1, State().window())
    pair = run(LDXR_X0_X1, STXR_W2_X3_X1, x1=WINDOW_BASE, x2=9, x3=5)
    assert (pair.state["x2"], pair.state.load(WINDOW_BASE, 8)) == (0, (5).to_bytes(8, "little"))


def test_another_marked_address_is_left_open() -> None:
    after = run(LDXR_X0_X4, STXR_W2_X3_X1, x1=WINDOW_BASE, x4=WINDOW_BASE + 64)
    assert after.fault.kind is FaultKind.NOT_RUN


def test_accesses_are_told_from_the_trace() -> None:
    pair = accesses(STP_X2_X3_X1)
    state = State.of(x1=0x1000)
    assert pair.at(state.registers) == [Area(0x1000, 8), Area(0x1008, 8)]
    assert pair.span(state.registers) == Area(0x1000, 16)
    assert pair.registers == ("x1",)
    assert pair.span(State.of(x1=(1 << 64) - 8).registers) == Area((1 << 64) - 8, 16)
    assert not accesses(ADD_X0_X1_X2)
    assert not accesses(RET)
