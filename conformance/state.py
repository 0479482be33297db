# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What a target starts from and what it ends in: packed machine states, cases, faults and outcomes.

A state is a packed record, the same bytes that Unicorn's batch registers and the vector agent use, so that a million of
them cost no conversion and two of them are compared as bytes.

The address space of every case is the same:

    CODE_BASE    64 KiB, filled with BRK, so that a branch lands on a trap and is observed by its PC; holds the slot
    WINDOW_BASE  16 KiB of readable and writable data, within reach of literal loads from the code; starts as BACKGROUND
    elsewhere    nothing is mapped
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple

from symsim.errors import BadInput

CODE_BASE = 0x10_0000_0000
CODE_SIZE = 0x1_0000
SLOT = CODE_BASE + CODE_SIZE // 2
"""Where a case's words lie unless its state says otherwise."""
MAX_WORDS = 4
FILL_WORD = 0xD43A_B420
"""BRK #0xd5a1: every word of the code area but the case's own."""

WINDOW_BASE = CODE_BASE + 0x4_0000
WINDOW_SIZE = 0x4000
"""One 16 KiB page, or four of 4 KiB: straddling works inside, faulting just outside, on both kinds of kernel."""

_LINE = 64
"""Bytes of the window compared at once."""
_WORD64 = (1 << 64) - 1


def _background() -> bytes:
    """Distinct 64-bit words, so that a load from a wrong address shows."""
    words = (i * 0x9E37_79B9_7F4A_7C15 & _WORD64 for i in range(1, WINDOW_SIZE // 8 + 1))
    return struct.pack(f"<{WINDOW_SIZE // 8}Q", *(word ^ word >> 32 for word in words))


BACKGROUND = _background()
"""What the window holds before a case's own memory is put into it."""

LAYOUT: dict[str, tuple[int, int]] = {
    **{f"v{i}": (16 * i, 16) for i in range(32)},
    **{f"x{i}": (512 + 8 * i, 8) for i in range(31)},
    "sp": (760, 8),
    "pc": (768, 8),
    "tpidr": (776, 8),
    "nzcv": (784, 4),
    "fpcr": (788, 4),
    "fpsr": (792, 4),
}
"""Offset and width in bytes of each register in the packed record, little-endian; nzcv in bits 31:28, as in MRS."""
REGISTERS_SIZE = 800

_INITIAL = bytearray(REGISTERS_SIZE)
struct.pack_into("<QQ", _INITIAL, 760, WINDOW_BASE + WINDOW_SIZE // 2, SLOT)
INITIAL = bytes(_INITIAL)
"""All registers zero, SP in the middle of the window, PC at the slot."""


def edit_registers(registers: bytes, values: Mapping[str, int]) -> bytes:
    """The packed record with some registers replaced; each value is an unsigned integer of the register's width.

    `nzcv` is the four flags as bits 3:0 (N is bit 3).
    """
    edited = bytearray(registers)
    for name, value in values.items():
        try:
            offset, size = LAYOUT[name]
            edited[offset : offset + size] = (value << 28 if name == "nzcv" else value).to_bytes(size, "little")
        except KeyError:
            raise BadInput(f"{name!r} is no register of a state: x0..x30 sp pc tpidr nzcv fpcr fpsr v0..v31") from None
        except OverflowError:
            raise BadInput(f"{value:#x} does not fit register {name}") from None
    return bytes(edited)


class State:
    """One machine state: the packed registers, and the window, which is BACKGROUND but for `mem` at offset `mem_at`.

    A value: equal to every state with the same registers and the same contents of the window.
    """

    __slots__ = ("mem", "mem_at", "registers")

    def __init__(self, registers: bytes = INITIAL, mem_at: int = 0, mem: bytes = b"") -> None:
        if len(registers) != REGISTERS_SIZE or not 0 <= mem_at <= WINDOW_SIZE - len(mem):
            raise BadInput(f"a state has {REGISTERS_SIZE} bytes of registers and its memory inside the window")
        self.registers = registers
        self.mem_at = mem_at
        self.mem = mem

    @classmethod
    def of(cls, **values: int) -> State:
        """INITIAL with some registers replaced.

        >>> hex(State.of(x3=7, nzcv=0b0110)["x3"])
        '0x7'
        """
        return cls(edit_registers(INITIAL, values))

    def __getitem__(self, name: str) -> int:
        """The unsigned value of a register; `nzcv` is four bits, N highest."""
        offset, size = LAYOUT[name]
        value = int.from_bytes(self.registers[offset : offset + size], "little")
        return value >> 28 if name == "nzcv" else value

    def edit(self, **values: int) -> State:
        """The same state with some registers replaced."""
        return State(edit_registers(self.registers, values), self.mem_at, self.mem)

    def store(self, address: int, data: bytes) -> State:
        """The same state with `data` in memory at `address`, which must lie in the window."""
        at = address - WINDOW_BASE
        if not 0 <= at <= WINDOW_SIZE - len(data):
            raise BadInput(f"{len(data)} bytes at {address:#x} are not inside the window")
        if not self.mem:
            return State(self.registers, at, data)
        low, high = min(at, self.mem_at), max(at + len(data), self.mem_at + len(self.mem))
        joined = bytearray(BACKGROUND[low:high])
        joined[self.mem_at - low : self.mem_at - low + len(self.mem)] = self.mem
        joined[at - low : at - low + len(data)] = data
        return State(self.registers, low, bytes(joined))

    def load(self, address: int, size: int) -> bytes:
        """`size` bytes of the window at `address`."""
        at = address - WINDOW_BASE
        if not 0 <= at <= WINDOW_SIZE - size:
            raise BadInput(f"{size} bytes at {address:#x} are not inside the window")
        if self.mem_at <= at and at + size <= self.mem_at + len(self.mem):
            return self.mem[at - self.mem_at : at - self.mem_at + size]
        return self.window()[at : at + size]

    def window(self) -> bytes:
        """The contents of the whole window."""
        return BACKGROUND[: self.mem_at] + self.mem + BACKGROUND[self.mem_at + len(self.mem) :]

    def differences(self, other: State) -> dict[str, tuple[int, int]]:
        """Each register and each byte of memory (named `[address]`) in which the two differ, with both values."""
        found = {
            name: (self[name], other[name])
            for name, (offset, size) in LAYOUT.items()
            if self.registers[offset : offset + size] != other.registers[offset : offset + size]
        }
        mine, its = self.window(), other.window()
        for line in range(0, WINDOW_SIZE, _LINE):
            if mine[line : line + _LINE] != its[line : line + _LINE]:
                places = [at for at in range(line, line + _LINE) if mine[at] != its[at]]
                found |= {f"[{WINDOW_BASE + at:#x}]": (mine[at], its[at]) for at in places}
        return found

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, State):
            return NotImplemented
        if self.registers != other.registers:
            return False
        if self.mem_at == other.mem_at and len(self.mem) == len(other.mem):
            return self.mem == other.mem
        return self.window() == other.window()

    def __hash__(self) -> int:
        return hash(self.registers)

    def __repr__(self) -> str:
        values = {name: self[name] for name, (at, size) in LAYOUT.items() if any(self.registers[at : at + size])}
        words = [f"{name}={value:#x}" for name, value in values.items()]
        memory = f" [{WINDOW_BASE + self.mem_at:#x}]={self.mem.hex()}" if self.mem else ""
        return f"State({' '.join(words)}{memory})"


class Case(NamedTuple):
    """One to four A64 words, run once from `state`; its PC says where in the code area they lie."""

    words: tuple[int, ...]
    state: State

    @property
    def end(self) -> int:
        """The address behind the last word: where a case that does not branch ends."""
        return self.state["pc"] + 4 * len(self.words)


class FaultKind(IntEnum):
    """How a case ended. The numbers are part of the agent's protocol."""

    NONE = 0
    """Every word ran to its end; the PC says where control went, mapped or not."""
    UNDEFINED = 1
    MEMORY = 2
    """A data abort: nothing is mapped there, or it may not be accessed so."""
    ALIGNMENT = 3
    """A misaligned SP, or a misaligned access that must be aligned."""
    SVC = 4
    BRK = 5
    OTHER = 6
    HUNG = 7
    """Control stayed inside the slot, as a branch to itself does."""
    KILLED = 8
    """The target died of it, and was started again for the rest."""
    NOT_RUN = 9
    """The target can't run such a case: nothing was learnt."""


class Fault(NamedTuple):
    """How a case ended: the kind, the address where the target gives one, and a remark."""

    kind: FaultKind
    address: int | None = None
    detail: str = ""


NO_FAULT = Fault(FaultKind.NONE)


class Outcome(NamedTuple):
    """What a target made of a case.

    With a fault the PC is that of the faulting word. KILLED and NOT_RUN carry the case's own state.
    """

    state: State
    fault: Fault
