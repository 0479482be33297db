# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Hand-written expectations for a few dozen words, for each emulator; and the two emulators against one another."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from random import Random

import pytest
from targets_support import emulated_board, opened

from conformance.agent_target import AgentTarget
from conformance.gdb_target import GdbTarget
from conformance.state import (
    BACKGROUND,
    CODE_BASE,
    CODE_SIZE,
    INITIAL,
    SLOT,
    WINDOW_BASE,
    WINDOW_SIZE,
    Case,
    Fault,
    FaultKind,
    Outcome,
    State,
)
from conformance.target import Target
from symsim.errors import BadInput

W = WINDOW_BASE
END = WINDOW_BASE + WINDOW_SIZE


@pytest.fixture(scope="module")
def unicorn() -> Iterator[Target]:
    with opened("unicorn") as target:
        yield target


@pytest.fixture(scope="module")
def qemu() -> Iterator[Target]:
    with opened("qemu") as target:
        yield target


@pytest.fixture(scope="module")
def gdb_steps() -> Iterator[Target]:
    with emulated_board() as board, GdbTarget("127.0.0.1", board.port, stub=False) as target:
        assert "single steps" in target.description
        yield target


@pytest.fixture(scope="module")
def gdb_stub() -> Iterator[Target]:
    with emulated_board() as board, opened(board.spec) as target:
        assert "batches" in target.description
        yield target


@pytest.fixture(scope="module", params=["unicorn", "qemu", "gdb_steps", "gdb_stub"])
def target(request: pytest.FixtureRequest) -> Target:
    found: Target = request.getfixturevalue(request.param)
    return found


def one(target: Target, words: int | tuple[int, ...], state: State) -> Outcome:
    (outcome,) = target.run([Case(words if isinstance(words, tuple) else (words,), state)])
    return outcome


def background(at: int, size: int = 8) -> int:
    return int.from_bytes(BACKGROUND[at : at + size], "little")


def ror(value: int, amount: int) -> int:
    return (value >> amount | value << 64 - amount) & (1 << 64) - 1


NEXT = {"pc": SLOT + 4}
ONES = (1 << 64) - 1

# Word, what the registers hold before, what they hold after (the rest as before).
REGISTER_WORDS = {
    "add x0, x1, x2": (0x8B020020, {"x1": ONES, "x2": 3}, {"x0": 2}),
    "adds x0, x1, x2": (0xAB020020, {"x1": 1 << 63, "x2": 1 << 63}, {"x0": 0, "nzcv": 0b0111}),
    "subs w0, w1, w2": (0x6B020020, {"x0": ONES, "x1": 1, "x2": 2}, {"x0": 0xFFFFFFFF, "nzcv": 0b1000}),
    "adc x0, x1, x2": (0x9A020020, {"x1": 1, "x2": 2, "nzcv": 0b0010}, {"x0": 4}),
    "add sp, sp, #16": (0x910043FF, {"sp": W + 64}, {"sp": W + 80}),
    "adrp x0, .": (0x90000000, {}, {"x0": SLOT & ~0xFFF}),
    "nop": (0xD503201F, {"x0": 7}, {}),
    "mrs x0, tpidr_el0": (0xD53BD040, {"tpidr": 0x1234}, {"x0": 0x1234}),
    "msr tpidr_el0, x0": (0xD51BD040, {"x0": 0x1234}, {"tpidr": 0x1234}),
    "msr nzcv, x0": (0xD51B4200, {"x0": 0xA000_0000}, {"nzcv": 0b1010}),
    "msr fpcr, x0": (0xD51B4400, {"x0": 3 << 22}, {"fpcr": 3 << 22}),
    "mrs x0, fpsr": (0xD53B4420, {"fpsr": 1 << 27}, {"x0": 1 << 27}),
    "sqadd d0, d1, d2": (
        0x5EE20C20,
        {"v0": ONES << 64, "v1": (1 << 63) - 1, "v2": 1},
        {"v0": (1 << 63) - 1, "fpsr": 1 << 27},
    ),
    "aese v0.16b, v1.16b": (  # FIPS 197 5.1.1: the S-box takes 53 to ed and 0 to 63; ShiftRows takes byte 1 to byte 13
        0x4E284820,
        {"v0": 0x5000, "v1": 0x0300},
        {"v0": 0x6363_ED63_6363_6363_6363_6363_6363_6363},
    ),
    "sha512h q0, q1, v2.2d": (  # with Vm zero: Ch chooses Vn's halves, and Sigma1 is of the high sum, which is 1
        0xCE628020,
        {"v0": 5, "v1": 1 << 64 | 0xF0, "v2": 0},
        {"v0": 1 << 64 | 0xF0 + 5 + (ror(1, 14) ^ ror(1, 18) ^ ror(1, 41))},
    ),
    "eor3 v0.16b, v1.16b, v2.16b, v3.16b": (0xCE020C20, {"v1": 1 << 127 | 3, "v2": 6, "v3": 12}, {"v0": 1 << 127 | 9}),
    "rax1 v0.2d, v1.2d, v2.2d": (
        0xCE628C20,
        {"v1": 0xF0 << 64, "v2": 1 << 127 | 1 << 63},
        {"v0": 0xF1 << 64 | 1},
    ),
    "sm3ss1 v0.4s, v1.4s, v2.4s, v3.4s": (
        0xCE420C20,
        {"v0": ONES, "v1": 1 << 96, "v2": 1 << 96, "v3": 2 << 96},
        {"v0": (1 << 19 | 3 << 7) << 96},
    ),
    "pmull v0.1q, v1.1d, v2.1d": (0x0EE2E020, {"v1": 1 << 63 | 1, "v2": 3}, {"v0": 1 << 64 | 1 << 63 | 3}),
}


@pytest.mark.parametrize("name", REGISTER_WORDS)
def test_register_word(target: Target, name: str) -> None:
    word, before, after = REGISTER_WORDS[name]
    state = State.of(**before)
    outcome = one(target, word, state)
    assert outcome.fault == Fault(FaultKind.NONE)
    assert state.edit(**{**NEXT, **after}).differences(outcome.state) == {}


BRANCHES = {
    "b .+0x100": (0x14000040, {}, SLOT + 0x100),
    "b .-0x100": (0x17FFFFC0, {}, SLOT - 0x100),
    "b .+128M-4, not mapped": (0x15FFFFFF, {}, SLOT + (1 << 27) - 4),
    "b.ne, taken": (0x54000041, {"nzcv": 0b1011}, SLOT + 8),
    "b.ne, not taken": (0x54000041, {"nzcv": 0b0100}, SLOT + 4),
    "cbz x0, taken": (0xB4000040, {"x0": 0}, SLOT + 8),
    "cbz x0, not taken": (0xB4000040, {"x0": 1 << 63}, SLOT + 4),
    "tbz x0, #63, taken": (0xB6F80040, {"x0": ONES >> 1}, SLOT + 8),
    "ret": (0xD65F03C0, {"x30": CODE_BASE + 0x40}, CODE_BASE + 0x40),
    "br x1, not mapped": (0xD61F0020, {"x1": 0x1234_5678}, 0x1234_5678),
    "br x1, misaligned": (0xD61F0020, {"x1": SLOT + 0x42}, SLOT + 0x42),
    "br x1, data": (0xD61F0020, {"x1": W}, W),
}


@pytest.mark.parametrize("name", BRANCHES)
def test_branch_lands(target: Target, name: str) -> None:
    word, before, landing = BRANCHES[name]
    state = State.of(**before)
    assert one(target, word, state) == Outcome(state.edit(pc=landing), Fault(FaultKind.NONE))


def test_bl_writes_the_link_register(target: Target) -> None:
    state = State.of(x30=5)
    assert one(target, 0x94000040, state).state == state.edit(pc=SLOT + 0x100, x30=SLOT + 4)


@pytest.mark.parametrize("word", [0x14000000, 0x54000000, 0xB4000000, 0x36080000], ids=["b", "b.eq", "cbz", "tbz"])
def test_a_branch_to_itself_hangs(target: Target, word: int) -> None:
    state = State.of(nzcv=4)
    assert one(target, word, state) == Outcome(state, Fault(FaultKind.HUNG))


def test_loads(target: Target) -> None:
    state = State.of(x1=W + 0x101).store(W + 0x104, b"\xaa\xbb")
    outcome = one(target, 0xF9400020, state)  # ldr x0, [x1]
    assert outcome.state == state.edit(x0=int.from_bytes(state.load(W + 0x101, 8), "little"), **NEXT)
    assert state.load(W + 0x101, 8)[3:5] == b"\xaa\xbb"
    state = State.of(x1=W)
    outcome = one(target, 0xF8408C20, state)  # ldr x0, [x1, #8]!
    assert outcome.state == state.edit(x0=background(8), x1=W + 8, **NEXT)
    state = State.of()
    outcome = one(target, 0x581C0080, state)  # ldr x0, .+0x38010
    assert outcome.state == state.edit(x0=background(SLOT + 0x38010 - W), **NEXT)


def test_stores(target: Target) -> None:
    state = State.of(x0=0x1122334455667788, x1=W + 0xFFC, x2=0x99)
    words = (0xF9000020, "8877665544332211"), (0xA9000820, "88776655443322119900000000000000"), (0x39000020, "88")
    for word, stored in words:  # str x0, [x1]; stp x0, x2, [x1]; strb w0, [x1]; the first two straddle a page
        expected = state.edit(**NEXT).store(W + 0xFFC, bytes.fromhex(stored))
        assert one(target, word, state).state.differences(expected) == {}


def test_the_window_is_the_same_for_every_case(target: Target) -> None:
    store = Case((0xF9000020,), State.of(x0=ONES, x1=W + 0x800))
    load = Case((0xF9400020,), State.of(x1=W + 0x800))
    patched = Case((0xF9400020,), load.state.store(W + 0x7FC, bytes(16)))
    outcomes = target.run([store, load, patched, load])
    assert [outcome.state["x0"] for outcome in outcomes[1:]] == [background(0x800), 0, background(0x800)]


def test_a_change_far_from_the_cases_memory_is_seen(target: Target) -> None:
    state = State.of(x0=7, x1=END - 8).store(W, b"abc")
    assert one(target, 0xF9000020, state).state == state.edit(**NEXT).store(END - 8, (7).to_bytes(8, "little"))


FAULTS = {
    "udf #0": (0x00000000, {}, FaultKind.UNDEFINED, None),
    "an unallocated word": (0x02000000, {}, FaultKind.UNDEFINED, None),
    "a privileged register": (0xD538D080, {}, FaultKind.UNDEFINED, None),
    "brk #1": (0xD4200020, {}, FaultKind.BRK, None),
    "ldr beyond the window": (0xF9400020, {"x1": END}, FaultKind.MEMORY, END),
    "ldr before the window": (0xF9400020, {"x1": W - 8}, FaultKind.MEMORY, W - 8),
    "ldr at the end of all": (0xF9400020, {"x1": ONES - 7}, FaultKind.MEMORY, ONES - 7),
    "ldr with writeback": (0xF8408C20, {"x1": END - 8}, FaultKind.MEMORY, END),
    "str before the window": (0xF9000020, {"x1": W - 8}, FaultKind.MEMORY, W - 8),
    "str into the code": (0xF9000020, {"x1": CODE_BASE}, FaultKind.MEMORY, CODE_BASE),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_changes_nothing(target: Target, name: str) -> None:
    word, before, kind, address = FAULTS[name]
    state = State.of(x0=0x55, **before)
    if isinstance(target, GdbTarget):
        address = None  # the protocol does not tell
    assert one(target, word, state) == Outcome(state, Fault(kind, address))


def test_a_load_across_the_end_of_the_window_faults(target: Target) -> None:
    state = State.of(x1=END - 4)
    outcome = one(target, 0xF9400020, state)
    assert (outcome.state, outcome.fault.kind) == (state, FaultKind.MEMORY)


def test_an_exclusive_must_be_aligned(target: Target) -> None:
    state = State.of(x1=W + 1)
    outcome = one(target, 0xC85F7C20, state)  # ldxr x0, [x1]
    assert (outcome.state, outcome.fault.kind) == (state, FaultKind.ALIGNMENT)


def test_a_load_by_a_misaligned_sp_faults_or_is_known_not_to(target: Target) -> None:
    """Hardware under Linux faults; Unicorn 2.1 and QEMU 7.2 don't check SP. Nothing else may happen."""
    state = State.of(sp=W + 8)
    outcome = one(target, 0xF94003E0, state)  # ldr x0, [sp]
    unchecked = Outcome(state.edit(x0=background(8), **NEXT), Fault(FaultKind.NONE))
    assert outcome == unchecked or (outcome.state, outcome.fault.kind) == (state, FaultKind.ALIGNMENT)


def test_exclusive_pair_and_a_monitor_closed_between_cases(target: Target) -> None:
    load, store = 0xC85F7C20, 0xC8037C22  # ldxr x0, [x1]; stxr w3, x2, [x1]
    state = State.of(x1=W, x2=9, x3=5)
    both, alone, after = target.run([Case((load, store), state), Case((load,), state), Case((store,), state)])
    end = state.edit(x0=background(0), x3=0, pc=SLOT + 8).store(W, (9).to_bytes(8, "little"))
    assert both == Outcome(end, Fault(FaultKind.NONE))
    assert alone.state == state.edit(x0=background(0), **NEXT)
    assert after.state == state.edit(x3=1, **NEXT)


def test_a_slot_of_four_words_ends_where_a_branch_leads(target: Target) -> None:
    add, skip = 0x91000400, 0x14000002  # add x0, x0, #1; b .+8
    state = State.of()
    outcome = one(target, (add, skip, add, add), state)
    assert outcome == Outcome(state.edit(x0=2, pc=SLOT + 16), Fault(FaultKind.NONE))
    outcome = one(target, (add, 0x17FFFFF0, add), state)  # b .-0x40
    assert outcome == Outcome(state.edit(x0=1, pc=SLOT + 4 - 0x40), Fault(FaultKind.NONE))
    outcome = one(target, (add, 0, add), state)
    assert outcome == Outcome(state.edit(x0=1, pc=SLOT + 4), Fault(FaultKind.UNDEFINED))


def test_words_anywhere_in_the_code_area_leave_nothing_behind(target: Target) -> None:
    places = [CODE_BASE, SLOT + 0xFFC, SLOT + 0xFF8, CODE_BASE + CODE_SIZE - 12, SLOT, SLOT + 0x1000]
    cases = [Case((0x91000400 + 0x400 * i, 0xD503201F), State.of(pc=pc)) for i, pc in enumerate(places)]
    landings = [Case((0xD61F0020,), State.of(x1=pc, pc=SLOT + 0x2000)) for pc in places]  # br x1
    mixed = [case for pair in zip(cases, landings, strict=True) for case in pair]
    outcomes = target.run(mixed)
    assert [o.state["x0"] for o in outcomes[::2]] == [1, 2, 3, 4, 5, 6]
    assert [o.state["pc"] for o in outcomes[::2]] == [pc + 8 for pc in places]
    assert [o.state["pc"] for o in outcomes[1::2]] == places
    assert {o.fault.kind for o in outcomes} == {FaultKind.NONE}


@pytest.mark.parametrize("name", ["qemu", "gdb_steps", "gdb_stub"])
def test_svc_is_not_run_on_a_system(request: pytest.FixtureRequest, name: str) -> None:
    target: Target = request.getfixturevalue(name)
    state = State.of(x8=94).store(W, b"x")  # exit_group
    after = Case((0x91000400,), state)
    svc, debugger, add = target.run([Case((0xD4000001,), state), Case((0xD45E0000,), state), after])
    assert svc == debugger == Outcome(state, Fault(FaultKind.NOT_RUN))
    assert add.state["x0"] == 1


def test_svc_is_seen_by_unicorn(unicorn: Target) -> None:
    state = State.of(x8=94)
    assert one(unicorn, 0xD4000001, state) == Outcome(state, Fault(FaultKind.SVC))


def test_the_word_that_aborts_unicorn_is_reported_and_the_rest_goes_on(unicorn: Target) -> None:
    add = Case((0x91000400,), State.of())
    killer = Case((0x2EC73E7F,), State.of(x0=3))
    outcomes = unicorn.run([add] * 5 + [killer] + [add] * 4)
    assert outcomes[5].state == killer.state
    assert outcomes[5].fault.kind in {FaultKind.KILLED, FaultKind.UNDEFINED}  # a later Unicorn may have mended it
    assert [outcome.state["x0"] for outcome in outcomes[:5] + outcomes[6:]] == [1] * 9


def test_features(target: Target) -> None:
    assert {"FEAT_SHA256", "FEAT_SHA512", "FEAT_SHA3", "FEAT_SM3", "FEAT_SM4", "FEAT_LSE"} <= target.features
    assert "FEAT_SVE" not in target.features
    assert target.dczid & 0x10 == 0
    assert target.name.partition(":")[0] in {"unicorn", "qemu", "gdb"} and target.description


def random_cases(count: int) -> list[Case]:
    """ADD, SUB, AND, ORR, EOR and their kin in both widths, and loads and stores of every size around the window."""
    random = Random(7)
    cases = []
    for _ in range(count):
        registers = bytearray(random.randbytes(760)) + INITIAL[760:]
        state = State(bytes(registers)).edit(nzcv=random.getrandbits(4))
        rd, rn, rm, amount = (random.randrange(32) for _ in range(4))
        choice = random.randrange(4)
        if choice < 2:  # add/sub or logical, shifted register
            fixed = 0x0B000000 if choice else 0x0A000000
            shift = random.randrange(3) << 22
            word = fixed | random.getrandbits(3) << 29 | shift | rm << 16 | amount << 10 | rn << 5 | rd
        else:  # ldr or str, unsigned offset
            rn = random.randrange(31)
            load, size = choice - 2, random.randrange(4)
            word = 0x39000000 | size << 30 | load << 22 | rn << 5 | rd
            state = state.edit(**{f"x{rn}": W + random.randrange(WINDOW_SIZE - 8)})
        cases.append(Case((word,), state))
    return cases


def test_the_emulators_agree(unicorn: Target, qemu: Target, gdb_stub: Target) -> None:
    cases = random_cases(400)
    theirs = qemu.run(cases)
    assert unicorn.run(cases) == theirs
    assert gdb_stub.run(cases) == theirs
    assert all(outcome.fault.kind is FaultKind.NONE for outcome in theirs)
    assert sum(outcome.state != case.state.edit(**NEXT) for case, outcome in zip(cases, theirs, strict=True)) > 350


def test_the_emulators_agree_on_what_is_unallocated(unicorn: Target, qemu: Target) -> None:
    random = Random(3)
    # Bits 28:25 of 0001, and UDF: nothing is encoded there.
    words = [random.getrandbits(25) | 0x02000000 for _ in range(50)] + [random.randrange(1 << 16) for _ in range(20)]
    cases = [Case((word,), State.of(x0=1)) for word in words]
    expected = [Outcome(case.state, Fault(FaultKind.UNDEFINED)) for case in cases]
    assert unicorn.run(cases) == qemu.run(cases) == expected


@pytest.mark.parametrize(
    "case",
    [
        Case((), State.of()),
        Case((0xD503201F,) * 5, State.of()),
        Case((1 << 32,), State.of()),
        Case((0xD503201F,), State.of(pc=SLOT + 2)),
        Case((0xD503201F,), State.of(pc=CODE_BASE - 4)),
        Case((0xD503201F,), State.of(pc=CODE_BASE + CODE_SIZE - 4)),
    ],
)
def test_a_case_that_does_not_fit_is_refused(target: Target, case: Case) -> None:
    with pytest.raises(BadInput, match="case"):
        target.run([case])
    assert one(target, 0x91000400, State.of()).state["x0"] == 1


@pytest.mark.parametrize("name", ["unicorn", "qemu"])
def test_a_target_killed_from_outside_is_started_again(request: pytest.FixtureRequest, name: str) -> None:
    target: AgentTarget = request.getfixturevalue(name)
    assert target.pid is not None
    os.kill(target.pid, signal.SIGKILL)
    cases = [Case((0x91000400,), State.of(x0=i)) for i in range(300)]
    assert [outcome.state["x0"] for outcome in target.run(cases)] == list(range(1, 301))
