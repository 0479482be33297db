# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Recordings: what was recorded is replayed, and what is damaged is neither used nor hides the rest."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from conformance.replay_target import HEADER, MAGIC, RecordingTarget, ReplayTarget
from conformance.state import WINDOW_BASE, Case, Fault, FaultKind, Outcome, State
from conformance.target import Closing, TargetLost, open_target
from symsim.errors import BadInput


class Board(Closing):
    """Adds one to x0, stores a byte, and faults in the manner that x1 says; is lost at a word of zero."""

    name, description = "ssh:board", "a board"
    features, dczid = frozenset({"FEAT_AES", "FEAT_SHA3"}), 4

    def run(self, cases: Sequence[Case]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for words, state in cases:
            if words == (0,):
                raise TargetLost("cable pulled", outcomes)
            after = state.edit(x0=state["x0"] + 1).store(WINDOW_BASE + state["x0"], b"\x5a")
            kind = FaultKind(state["x1"])
            outcomes.append(Outcome(after, Fault(kind, 0x123 if kind is FaultKind.MEMORY else None, f"as {kind.name}")))
        return outcomes


CASES = [Case((0x91000400, i), State.of(x0=i, x1=i % 10).store(WINDOW_BASE + 8 * i, bytes(i))) for i in range(30)]


def record(path: Path) -> list[Outcome]:
    with RecordingTarget(Board(), path) as target:
        assert (target.name, target.dczid) == ("ssh:board", 4)
        return target.run(CASES[:20]) + target.run(CASES[20:])


def test_round_trip_in_any_order(tmp_path: Path) -> None:
    said = record(tmp_path / "r")
    with open_target(f"replay:{tmp_path / 'r'}") as target:
        assert isinstance(target, ReplayTarget)
        assert (len(target), target.damage, target.recorded()) == (30, "", CASES)
        assert (target.features, target.dczid) == (Board.features, 4)
        assert "a board" in target.description
        assert target.run(CASES) == said
        assert target.run(CASES[::-3]) == said[::-3]


def test_what_was_not_recorded_is_not_run(tmp_path: Path) -> None:
    record(tmp_path / "r")
    state = CASES[3].state
    others = [CASES[3]._replace(words=(0x91000400,)), CASES[3]._replace(state=state.edit(v31=1))]
    others.append(CASES[3]._replace(state=state.store(WINDOW_BASE, b"x")))
    for other, outcome in zip(others, ReplayTarget(tmp_path / "r").run(others), strict=True):
        assert outcome == Outcome(other.state, Fault(FaultKind.NOT_RUN, None, "not in the recording"))


def test_what_a_lost_target_said_before_is_recorded(tmp_path: Path) -> None:
    with RecordingTarget(Board(), tmp_path / "r") as target, pytest.raises(TargetLost, match="cable"):
        target.run([*CASES[:5], Case((0,), State())])
    assert ReplayTarget(tmp_path / "r").recorded() == CASES[:5]


def test_every_truncation_keeps_what_is_whole(tmp_path: Path) -> None:
    said = record(tmp_path / "r")
    data = (tmp_path / "r").read_bytes()
    first_record = HEADER.size + HEADER.unpack_from(data)[2] + 4
    kept = set()
    for cut in range(first_record, len(data), 97):
        (tmp_path / "cut").write_bytes(data[:cut])
        target = ReplayTarget(tmp_path / "cut")
        kept.add(len(target))
        assert target.run(CASES[: len(target)]) == said[: len(target)]
        assert f"of {cut}" in target.damage or not target.damage
        target.run(CASES)
        assert f"and not {30 - len(target)} of those asked for" in target.damage, "also when cut between two records"
    assert {0, 10, 20, 29} <= kept


@pytest.mark.parametrize("where", [0.3, 0.6, 0.95])
def test_a_flipped_bit_is_noticed(tmp_path: Path, where: float) -> None:
    said = record(tmp_path / "r")
    data = bytearray((tmp_path / "r").read_bytes())
    data[int(len(data) * where)] ^= 4
    (tmp_path / "r").write_bytes(data)
    target = ReplayTarget(tmp_path / "r")
    assert "damaged at byte" in target.damage and len(target) < 30
    again = target.run(CASES)
    assert again[: len(target)] == said[: len(target)]
    assert {outcome.fault.kind for outcome in again[len(target) :]} == {FaultKind.NOT_RUN}


def header(about: object, version: int = 1) -> bytes:
    text = json.dumps(about).encode()
    return HEADER.pack(MAGIC, version, len(text)) + text + struct.pack("<I", zlib.crc32(text))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a recording"),
        (b"\x7fELF" + bytes(60), "not a recording"),
        (MAGIC, "not a recording"),
        (header({}, version=9), "version 9, this reads 1"),
        (header({"description": "d"})[:-1], "header is damaged"),
        (header({"description": "d"})[:-4] + bytes(4), "header is damaged"),
        (header({"description": "d"}), "does not describe a target"),
        (header({"description": "d", "features": [], "dczid": 4}), "does not describe a target"),
        (header([1]), "does not describe a target"),
    ],
)
def test_what_is_no_recording_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "r").write_bytes(content)
    with pytest.raises(BadInput, match=message):
        open_target(f"replay:{tmp_path / 'r'}")


def test_a_recording_is_never_overwritten(tmp_path: Path) -> None:
    record(tmp_path / "r")
    before = (tmp_path / "r").read_bytes()
    with pytest.raises(BadInput, match="exists"):
        RecordingTarget(Board(), tmp_path / "r")
    with pytest.raises(BadInput, match="No such file"):
        RecordingTarget(Board(), tmp_path / "nowhere" / "r")
    assert (tmp_path / "r").read_bytes() == before


def test_a_case_that_fits_no_target_is_refused(tmp_path: Path) -> None:
    record(tmp_path / "r")
    with pytest.raises(BadInput, match="words"):
        ReplayTarget(tmp_path / "r").run([Case((), State())])
