# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Packed states, and what goes over the pipes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.features import FEATURES, features_of_hwcap, hwcap_of_id_registers
from conformance.state import (
    BACKGROUND,
    LAYOUT,
    REGISTERS_SIZE,
    WINDOW_BASE,
    WINDOW_SIZE,
    Case,
    Fault,
    FaultKind,
    Outcome,
    State,
)
from conformance.wire import (
    CASE,
    HEADER,
    RESULT,
    Hello,
    first_difference,
    pack_request,
    pack_response,
    result_of,
    unpack_cases,
    unpack_response,
)
from symsim.errors import BadInput

WORDS = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=4).map(tuple)
REGISTERS = st.dictionaries(st.sampled_from([name for name in LAYOUT if name != "pc"]), st.integers(0, 15))


@st.composite
def states(draw: st.DrawFn) -> State:
    state = State.of(**draw(REGISTERS))
    for _ in range(draw(st.integers(0, 2))):
        data = draw(st.binary(max_size=40))
        state = state.store(WINDOW_BASE + draw(st.integers(0, WINDOW_SIZE - len(data))), data)
    return state


CASES = st.builds(Case, WORDS, states())


def test_the_registers_tile_the_record() -> None:
    spans = sorted((offset, offset + size) for offset, size in LAYOUT.values())
    assert spans[0][0] == 0 and spans[-1][1] == REGISTERS_SIZE - 4
    assert all(end == start for (_, end), (start, _) in pairwise(spans))


def test_the_background_has_no_word_twice() -> None:
    assert len({BACKGROUND[i : i + 4] for i in range(0, WINDOW_SIZE, 4)}) == WINDOW_SIZE // 4


@given(st.sampled_from(list(LAYOUT)), st.data())
def test_a_register_reads_what_was_written(name: str, data: st.DataObject) -> None:
    width = 4 if name == "nzcv" else 8 * LAYOUT[name][1]
    value = data.draw(st.integers(0, 2**width - 1))
    state = State.of(**{name: value})
    assert state[name] == value
    assert set(state.differences(State())) <= {name}


@pytest.mark.parametrize(("name", "value"), [("nzcv", 16), ("x0", 1 << 64), ("fpsr", 1 << 32), ("v9", -1), ("x31", 0)])
def test_what_is_no_register_value_is_refused(name: str, value: int) -> None:
    with pytest.raises(BadInput, match=name):
        State.of(**{name: value})


@given(states(), st.binary(min_size=1, max_size=64), st.data())
def test_memory_reads_what_was_stored(state: State, data: bytes, draw: st.DataObject) -> None:
    at = draw.draw(st.integers(0, WINDOW_SIZE - len(data)))
    after = state.store(WINDOW_BASE + at, data)
    window = state.window()
    assert after.window() == window[:at] + data + window[at + len(data) :]
    assert after.load(WINDOW_BASE + at, len(data)) == data
    assert (after == state) == (window[at : at + len(data)] == data)


@pytest.mark.parametrize("address", [WINDOW_BASE - 1, WINDOW_BASE + WINDOW_SIZE - 7, 0, 1 << 64])
def test_memory_outside_the_window_is_refused(address: int) -> None:
    with pytest.raises(BadInput, match="window"):
        State().store(address, bytes(8))
    with pytest.raises(BadInput, match="window"):
        State().load(address, 8)


@pytest.mark.parametrize(("registers", "at"), [(bytes(REGISTERS_SIZE - 1), 0), (bytes(REGISTERS_SIZE), -1)])
def test_a_malformed_state_is_refused(registers: bytes, at: int) -> None:
    with pytest.raises(BadInput, match="bytes of registers"):
        State(registers, at, b"x")


def test_equality_looks_at_contents() -> None:
    state = State.of(x1=1)
    same = state.store(WINDOW_BASE + 64, BACKGROUND[64:80])
    assert state == same and hash(state) == hash(same)
    assert state != state.store(WINDOW_BASE, b"\0") != state.edit(x2=1)
    assert state != 1


def test_differences_name_registers_and_bytes() -> None:
    before = State.of(x1=1, v2=5)
    after = before.edit(v2=6).store(WINDOW_BASE + 9, b"\0")
    assert before.differences(after) == {"v2": (5, 6), f"[{WINDOW_BASE + 9:#x}]": (BACKGROUND[9], 0)}
    assert "v2=0x6" in repr(after) and "=00)" in repr(after)


@given(st.lists(CASES, max_size=5))
def test_requests_round_trip(cases: list[Case]) -> None:
    request = pack_request(cases)
    _, count, heap_size, _ = HEADER.unpack(request[: HEADER.size])
    split = len(request) - heap_size
    assert count * CASE.size == split - HEADER.size
    assert list(unpack_cases(count, request[HEADER.size : split], request[split:])) == cases


FAULTS = st.builds(Fault, st.sampled_from(FaultKind), st.none() | st.integers(0, 2**64 - 1), st.just(""))


@given(st.lists(st.tuples(CASES, states(), FAULTS), max_size=4))
def test_responses_round_trip(triples: list[tuple[Case, State, Fault]]) -> None:
    cases = [case for case, _, _ in triples]
    outcomes = [Outcome(state, fault) for _, state, fault in triples]
    response = pack_response([result_of(*pair) for pair in zip(cases, outcomes, strict=True)])
    _, count, heap_size, _ = HEADER.unpack(response[: HEADER.size])
    split = len(response) - heap_size
    assert count * RESULT.size == split - HEADER.size
    # The window of an outcome is the case's but for the run that changed.
    assert unpack_response(cases, response[HEADER.size : split], response[split:]) == outcomes


@given(st.binary(min_size=1, max_size=50), st.data())
def test_the_first_difference_is_tight(before: bytes, data: st.DataObject) -> None:
    after = data.draw(st.binary(min_size=len(before), max_size=len(before)))
    at, run = first_difference(before, after)
    assert before[:at] + run + before[at + len(run) :] == after
    if run:
        assert before[at] != run[0] and before[at + len(run) - 1] != run[-1]


def test_what_is_no_hello_is_refused() -> None:
    hello = Hello(1, 4096, 1, 2, 4, 0x410FD083)
    assert Hello.unpack(hello.pack()) == hello
    with pytest.raises(BadInput, match="not a vector agent"):
        Hello.unpack(bytes(48))


def test_features_by_capability_and_by_id_register_are_the_same_names() -> None:
    assert len({f.bit for f in FEATURES}) == len({f.name for f in FEATURES}) == len(FEATURES)
    registers = {f.register: 0 for f in FEATURES}
    assert features_of_hwcap(*hwcap_of_id_registers(registers)) == {"FEAT_AdvSIMD"}
    registers["ID_AA64ISAR0_EL1"] = 2 << 12
    registers["ID_AA64PFR0_EL1"] = 0xF << 20  # no AdvSIMD
    assert features_of_hwcap(*hwcap_of_id_registers(registers)) == {"FEAT_SHA256", "FEAT_SHA512"}
