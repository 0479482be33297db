# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The vector agent's protocol: batches of cases in, batches of outcomes out, as little-endian records on two pipes.

    agent → host   one hello: HELLO
    host → agent   b"CASE", count, heap size; `count` CASE records; the heap: each case's memory, one behind another
    agent → host   b"DONE", count, heap size; `count` RESULT records; the heap: the bytes of each window that changed
    end of file on the agent's input ends the agent

`agent/layout.h` says the same in C. A change to either is a new VERSION.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from conformance.features import features_of_hwcap
from conformance.state import (
    CODE_BASE,
    CODE_SIZE,
    MAX_WORDS,
    REGISTERS_SIZE,
    WINDOW_BASE,
    Case,
    Fault,
    FaultKind,
    Outcome,
    State,
)
from symsim.errors import BadInput

VERSION = 1
MAGIC = b"ARMSYMVA"
MAX_BATCH = 256

HELLO = struct.Struct("<8sIIQQQQ")
HEADER = struct.Struct("<4sIII")
CASE = struct.Struct(f"<{REGISTERS_SIZE}s{MAX_WORDS}IIIII")
RESULT = struct.Struct(f"<{REGISTERS_SIZE}sIIIIQQ")

_KINDS = tuple(FaultKind)
_WITHOUT_ADDRESS = tuple(Fault(kind) for kind in _KINDS)


class Hello(NamedTuple):
    """What an agent says of the machine it runs on: the kernel's hardware capabilities and four numbers."""

    version: int
    page_size: int
    hwcap: int
    hwcap2: int
    dczid: int
    midr: int

    @property
    def features(self) -> frozenset[str]:
        """The FEAT_ names that the capabilities stand for."""
        return features_of_hwcap(self.hwcap, self.hwcap2)

    def pack(self) -> bytes:
        """The hello as bytes."""
        return HELLO.pack(MAGIC, *self)

    @classmethod
    def unpack(cls, data: bytes) -> Hello:
        """The hello in `data`; raises BadInput when that is something else."""
        magic, *fields = HELLO.unpack(data)
        if magic != MAGIC:
            raise BadInput(f"not a vector agent's hello: {data!r}")
        return cls(*fields)


def check_case(case: Case) -> None:
    """Raises BadInput unless the case has one to four 32-bit words that lie, a BRK behind them, in the code area."""
    pc = case.state["pc"]
    if not 1 <= len(case.words) <= MAX_WORDS or any(not 0 <= word < 1 << 32 for word in case.words):
        raise BadInput(f"a case has one to {MAX_WORDS} words of 32 bits, not {case.words!r}")
    if pc % 4 or not CODE_BASE <= pc <= CODE_BASE + CODE_SIZE - 4 * len(case.words) - 4:
        raise BadInput(f"the case's PC {pc:#x} is no word of the code area with room for the case and a BRK")


def pack_case(case: Case) -> bytes:
    """The CASE record; the heap takes `case.state.mem`."""
    check_case(case)
    words, (registers, mem_at, mem) = case.words, _parts(case.state)
    padding = (0,) * (MAX_WORDS - len(words))
    return CASE.pack(registers, *words, *padding, len(words), mem_at, len(mem), 0)


def _parts(state: State) -> tuple[bytes, int, bytes]:
    return state.registers, state.mem_at, state.mem


def unpack_cases(count: int, records: bytes, heap: bytes) -> Iterator[Case]:
    """The cases of a request's body."""
    at = 0
    for registers, *rest in CASE.iter_unpack(records[: count * CASE.size]):
        *words, length, mem_at, mem_len, _ = rest
        yield Case(tuple(words[:length]), State(registers, mem_at, heap[at : at + mem_len]))
        at += mem_len


def pack_request(cases: Sequence[Case]) -> bytes:
    """A whole request."""
    heap = b"".join([case.state.mem for case in cases])
    return b"".join([HEADER.pack(b"CASE", len(cases), len(heap), 0), *map(pack_case, cases), heap])


class Result(NamedTuple):
    """An outcome before it is joined with its case: the registers, the fault, the one run of the window that changed.

    `run_at` is an offset in the window; `run` goes from the first to the last byte that differs from the case's memory.
    """

    registers: bytes
    kind: int
    address: int | None
    run_at: int
    run: bytes

    def pack(self) -> bytes:
        """The RESULT record; the heap takes `run`."""
        known = self.address is not None
        return RESULT.pack(self.registers, self.kind, self.run_at, len(self.run), known, self.address or 0, 0)


def pack_response(results: Sequence[Result]) -> bytes:
    """A whole response."""
    heap = b"".join([result.run for result in results])
    return b"".join([HEADER.pack(b"DONE", len(results), len(heap), 0), *[r.pack() for r in results], heap])


def unpack_response(cases: Sequence[Case], records: bytes, heap: bytes) -> list[Outcome]:
    """The outcomes in a response's body, in the order of the cases."""
    outcomes = []
    at = 0
    for case, fields in zip(cases, RESULT.iter_unpack(records), strict=True):
        registers, kind, run_at, run_len, has_address, address, _ = fields
        state = State(registers, case.state.mem_at, case.state.mem)
        if run_len:
            state = state.store(WINDOW_BASE + run_at, heap[at : at + run_len])
            at += run_len
        outcomes.append(Outcome(state, Fault(_KINDS[kind], address) if has_address else _WITHOUT_ADDRESS[kind]))
    return outcomes


def result_of(case: Case, outcome: Outcome) -> Result:
    """The result that stands for an outcome."""
    run_at, run = first_difference(case.state.window(), outcome.state.window())
    return Result(outcome.state.registers, outcome.fault.kind, outcome.fault.address, run_at, run)


def first_difference(before: bytes, after: bytes) -> tuple[int, bytes]:
    """Offset and bytes of the run of `after` from the first to the last byte that differs from `before`.

    >>> first_difference(b"abcdef", b"abXdYf")
    (2, b'XdY')
    """
    if before == after:
        return 0, b""
    difference = int.from_bytes(before, "little") ^ int.from_bytes(after, "little")
    first = ((difference & -difference).bit_length() - 1) // 8
    return first, after[first : (difference.bit_length() + 7) // 8]
