# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Recordings: what a target said, kept in a file, so that a machine without the board can repeat its run.

A recording is MAGIC, version and length of the description, the description (JSON) and its CRC-32, and then records:
length, CRC-32, and, covered by it, the key of a case and the case with its outcome, compressed. Every record stands for
itself: a file cut short loses its last record alone.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

from conformance.state import Case, Fault, FaultKind, Outcome
from conformance.target import Closing, Target, TargetLost, scheme_of
from conformance.wire import CASE, RESULT, check_case, pack_case, result_of, unpack_cases, unpack_response
from symsim.errors import BadInput

MAGIC = b"ARMSYMRP"
VERSION = 1
HEADER = struct.Struct("<8sII")
RECORD = struct.Struct("<II")
CRC = struct.Struct("<I")
KEY_SIZE = 16
"""Bytes of the BLAKE2b hash of a packed case, by which its outcome is found."""


def _pack(case: Case) -> bytes:
    return pack_case(case) + case.state.mem


def _key(case: Case) -> bytes:
    return blake2b(_pack(case), digest_size=KEY_SIZE).digest()


def _encode(case: Case, outcome: Outcome) -> bytes:
    result = result_of(case, outcome)
    content = b"".join([_pack(case), result.pack(), result.run, outcome.fault.detail.encode()])
    body = _key(case) + zlib.compress(content, 1)
    return RECORD.pack(len(body), zlib.crc32(body)) + body


def _decode(body: bytes) -> tuple[Case, Outcome]:
    content = zlib.decompress(body[KEY_SIZE:])
    (case,) = unpack_cases(1, content[: CASE.size], content[CASE.size :])
    at = CASE.size + len(case.state.mem)
    result, rest = content[at : at + RESULT.size], content[at + RESULT.size :]
    (outcome,) = unpack_response([case], result, rest)
    run_len = RESULT.unpack(result)[3]
    return case, outcome._replace(fault=outcome.fault._replace(detail=rest[run_len:].decode()))


class RecordingTarget(Closing):
    """A target that hands everything on to another one and writes what that says into a new file."""

    def __init__(self, target: Target, path: Path) -> None:
        """Raises BadInput when the file exists or can't be made: a board's recording is not overwritten by mistake."""
        self.name, self.description = target.name, target.description
        self.features, self.dczid = target.features, target.dczid
        self._target = target
        about = {
            "name": self.name,
            "description": self.description,
            "features": sorted(self.features),
            "dczid": self.dczid,
        }
        text = json.dumps(about).encode()
        try:
            self._file = path.open("xb")
        except OSError as error:
            raise BadInput(f"recording {path}: {error.strerror}") from None
        self._file.write(HEADER.pack(MAGIC, VERSION, len(text)) + text + CRC.pack(zlib.crc32(text)))
        self._file.flush()

    def run(self, cases: Sequence[Case]) -> list[Outcome]:
        """See Target.run; what a target said before it was lost is recorded too."""
        try:
            outcomes = self._target.run(cases)
        except TargetLost as lost:
            self._record(cases, lost.outcomes)
            raise
        self._record(cases, outcomes)
        return outcomes

    def _record(self, cases: Sequence[Case], outcomes: Sequence[Outcome]) -> None:
        self._file.write(b"".join([_encode(*pair) for pair in zip(cases, outcomes, strict=False)]))
        self._file.flush()

    def close(self) -> None:
        """Ends the file and the target behind it."""
        self._file.close()
        self._target.close()


class ReplayTarget(Closing):
    """A recording as a target: it knows the outcomes of the recorded cases, in any order, and runs no others."""

    def __init__(self, path: Path) -> None:
        """Raises BadInput when there is no recording; one that is damaged further on keeps all before the damage."""
        try:
            self._data = path.read_bytes()
        except OSError as error:
            raise BadInput(f"recording {path}: {error.strerror}") from None
        about, at = self._read_header(path)
        self._places: dict[bytes, tuple[int, int]] = {}
        used = self._index(at)
        self._broken = f"; it is damaged at byte {used} of {len(self._data)}" if used < len(self._data) else ""
        self._lacking = 0
        self.name = f"replay:{path}"
        self._scheme = scheme_of(str(about["name"]))
        self.description = f"recording of {about['description']}"
        self.features = frozenset(map(str, about["features"]))
        self.dczid = int(about["dczid"])

    @property
    def scheme(self) -> str:
        """What known issues call the target that was recorded: its errors are in the recording."""
        return self._scheme

    @property
    def damage(self) -> str:
        """What it lacked so far."""
        if not self._lacking and not self._broken:
            return ""
        return f"the recording has {len(self):,} cases, and not {self._lacking:,} of those asked for{self._broken}"

    def __len__(self) -> int:
        """How many cases are recorded."""
        return len(self._places)

    def _read_header(self, path: Path) -> tuple[dict[str, Any], int]:
        data = self._data
        if len(data) < HEADER.size or not data.startswith(MAGIC):
            raise BadInput(f"recording {path}: not a recording")
        _, version, length = HEADER.unpack_from(data)
        if version != VERSION:
            raise BadInput(f"recording {path}: written in version {version}, this reads {VERSION}: record it again")
        text, end = data[HEADER.size : HEADER.size + length], HEADER.size + length + CRC.size
        if len(data) < end or CRC.unpack_from(data, end - CRC.size)[0] != zlib.crc32(text):
            raise BadInput(f"recording {path}: its header is damaged")
        about = json.loads(text)
        if not isinstance(about, dict) or not {"name", "description", "features", "dczid"} <= about.keys():
            raise BadInput(f"recording {path}: its header does not describe a target")
        return about, end

    def _index(self, at: int) -> int:
        """Finds every record from `at`; returns where the last good one ends."""
        data = memoryview(self._data)
        while at + RECORD.size <= len(data):
            length, crc = RECORD.unpack_from(data, at)
            start = at + RECORD.size
            body = data[start : start + length]
            if length <= KEY_SIZE or len(body) < length or zlib.crc32(body) != crc:
                break
            self._places[bytes(body[:KEY_SIZE])] = (start, start + length)
            at = start + length
        return at

    def run(self, cases: Sequence[Case]) -> list[Outcome]:
        """See Target.run; a case that was not recorded is NOT_RUN."""
        for case in cases:
            check_case(case)
        return [self._find(case) for case in cases]

    def _find(self, case: Case) -> Outcome:
        place = self._places.get(_key(case))
        if place is None:
            self._lacking += 1
            return Outcome(case.state, Fault(FaultKind.NOT_RUN, None, "not in the recording"))
        recorded, outcome = _decode(self._data[place[0] : place[1]])
        if recorded != case:
            return Outcome(case.state, Fault(FaultKind.NOT_RUN, None, "another case in the recording has its key"))
        return outcome

    def recorded(self) -> list[Case]:
        """The recorded cases, in their order."""
        return [_decode(self._data[start:end])[0] for start, end in self._places.values()]


def of_spec(rest: str) -> ReplayTarget:
    """The target of the spec `replay:FILE`."""
    if not rest:
        raise BadInput("target replay needs a file: replay:FILE")
    return ReplayTarget(Path(rest))
