# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The vector agent's protocol spoken by Unicorn, in a process of its own: Unicorn aborts on some words.

Run as `python -m conformance.unicorn_agent`, batches of cases on standard input, their outcomes on standard output.
"""

from __future__ import annotations

import ctypes
import mmap
import struct
import sys
from typing import Any, BinaryIO

from unicorn import arm64_const as arm64
from unicorn import unicorn_const as uc_const
from unicorn.unicorn_py3.unicorn import Uc, uclib

from conformance.features import hwcap_of_id_registers
from conformance.state import (
    CODE_BASE,
    CODE_SIZE,
    FILL_WORD,
    INITIAL,
    LAYOUT,
    MAX_WORDS,
    REGISTERS_SIZE,
    SLOT,
    WINDOW_BASE,
    WINDOW_SIZE,
    Case,
    FaultKind,
)
from conformance.wire import CASE, HEADER, VERSION, Hello, Result, first_difference, pack_response, unpack_cases

STEP_LIMIT = 64
"""Words that a slot of several words may execute before it counts as hung."""

CLREX = (0xD503_3F5F).to_bytes(4, "little")
CLREX_AT = CODE_BASE - 0x1000_0000
"""A page of its own, out of reach of the cases' branches."""

_EL0 = 0
_FP_ENABLED = 3 << 20  # CPACR_EL1.FPEN
# As Linux sets them for programs: TCR_EL1.TBI0; SCTLR_EL1.{EnIA, EnIB, EnDA, UCI, UCT, DZE, EnDB, SA0}.
_TOP_BYTE_IGNORED = 1 << 37
_PERMITTED = 1 << 31 | 1 << 30 | 1 << 27 | 1 << 26 | 1 << 15 | 1 << 14 | 1 << 13 | 1 << 4

# (CRn, CRm, op0, op1, op2), the order that Unicorn takes.
_ID_REGISTERS = {
    "ID_AA64PFR0_EL1": (0, 4, 3, 0, 0),
    "ID_AA64PFR1_EL1": (0, 4, 3, 0, 1),
    "ID_AA64ISAR0_EL1": (0, 6, 3, 0, 0),
    "ID_AA64ISAR1_EL1": (0, 6, 3, 0, 1),
    "ID_AA64MMFR2_EL1": (0, 7, 3, 0, 2),
}
_SVE = 0xF << 32  # ID_AA64PFR0_EL1.SVE
_MIDR = (0, 0, 3, 0, 0)
_DCZID = (0, 0, 3, 3, 7)
_SCTLR = (1, 0, 3, 0, 0)
_CPACR = (1, 0, 3, 0, 2)
_TCR = (2, 0, 3, 0, 2)

_INTERRUPTS = {1: FaultKind.UNDEFINED, 2: FaultKind.SVC, 4: FaultKind.ALIGNMENT, 7: FaultKind.BRK}


def _little_endian(words: tuple[int, ...]) -> bytes:
    return struct.pack(f"<{len(words)}I", *words)


class Machine:
    """One Unicorn core at EL0 with the address space of every case, and buffers that its batch calls read and write."""

    def __init__(self) -> None:
        self.uc: Any = Uc(uc_const.UC_ARCH_ARM64, uc_const.UC_MODE_ARM)
        uc = self.uc
        uc.ctl_set_cpu_model(arm64.UC_CPU_ARM64_MAX)
        self.hello = self._identify()
        self._mapped: list[mmap.mmap] = []
        self._code = self._map(CODE_BASE, CODE_SIZE, uc_const.UC_PROT_READ | uc_const.UC_PROT_EXEC)
        ctypes.memmove(self._code, _little_endian((FILL_WORD,) * (CODE_SIZE // 4)), CODE_SIZE)
        self._window = self._map(WINDOW_BASE, WINDOW_SIZE, uc_const.UC_PROT_READ | uc_const.UC_PROT_WRITE)
        uc.mem_map(CLREX_AT, 0x1000, uc_const.UC_PROT_READ | uc_const.UC_PROT_EXEC)
        uc.mem_write(CLREX_AT, CLREX)
        # Unicorn starts at EL1. The write of PSTATE alone takes no effect; the write of a system register applies it.
        uc.reg_write(arm64.UC_ARM64_REG_CP_REG, (*_TCR, _TOP_BYTE_IGNORED))
        uc.reg_write(arm64.UC_ARM64_REG_CP_REG, (*_SCTLR, self._system(_SCTLR) | _PERMITTED))
        uc.reg_write(arm64.UC_ARM64_REG_PSTATE, _EL0)
        uc.reg_write(arm64.UC_ARM64_REG_CP_REG, (*_CPACR, _FP_ENABLED))
        uc.hook_add(uc_const.UC_HOOK_INTR, self._on_interrupt)
        uc.hook_add(uc_const.UC_HOOK_MEM_INVALID, self._on_invalid_memory)

        self._registers = (ctypes.c_char * REGISTERS_SIZE).from_buffer(bytearray(INITIAL))
        self._record = memoryview(self._registers).cast("B")
        self._pc = LAYOUT["pc"][0]
        self._written = self._pointers([name for name in LAYOUT if name != "pc"])
        self._read = self._pointers(list(LAYOUT))
        self._placed: tuple[int, tuple[int, ...]] = (SLOT, ())
        self._kind = FaultKind.NONE
        self._address: int | None = None

    def _system(self, register: tuple[int, ...]) -> int:
        return int(self.uc.reg_read(arm64.UC_ARM64_REG_CP_REG, register))

    def _identify(self) -> Hello:
        registers = {name: self._system(register) for name, register in _ID_REGISTERS.items()}
        registers["ID_AA64PFR0_EL1"] &= ~_SVE  # it stays disabled
        hwcap, hwcap2 = hwcap_of_id_registers(registers)
        return Hello(VERSION, mmap.PAGESIZE, hwcap, hwcap2, self._system(_DCZID), self._system(_MIDR))

    def _map(self, address: int, size: int, permissions: int) -> int:
        """Maps memory that this process writes directly, around the permissions; returns its own address for it."""
        memory = mmap.mmap(-1, size)
        self._mapped.append(memory)
        place = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        self.uc.mem_map_ptr(address, size, permissions, place)
        return place

    def _pointers(self, names: list[str]) -> tuple[Any, Any, int]:
        base = ctypes.addressof(self._registers)
        ids = [getattr(arm64, "UC_ARM64_REG_" + {"tpidr": "TPIDR_EL0"}.get(name, name.upper())) for name in names]
        places = [base + LAYOUT[name][0] for name in names]
        return (ctypes.c_int * len(ids))(*ids), (ctypes.c_void_p * len(ids))(*places), len(ids)

    def _on_interrupt(self, uc: Uc, number: int, _: object) -> None:
        self._kind = _INTERRUPTS.get(number, FaultKind.OTHER)
        uc.emu_stop()

    def _on_invalid_memory(self, uc: Uc, access: int, address: int, size: int, value: int, _: object) -> bool:
        self._kind, self._address = FaultKind.MEMORY, address & (1 << 64) - 1
        return False

    def _place(self, pc: int, words: tuple[int, ...]) -> None:
        """Puts the words into the code area in place of the last case's."""
        if self._placed == (pc, words):
            return
        old, old_words = self._placed
        for at, content in ((old, (FILL_WORD,) * len(old_words)), (pc, words)):
            ctypes.memmove(self._code + at - CODE_BASE, _little_endian(content), 4 * len(content))
        self.uc.ctl_remove_cache(old, old + 4 * MAX_WORDS)
        if pc != old:
            self.uc.ctl_remove_cache(pc, pc + 4 * MAX_WORDS)
        self._placed = pc, words

    def run(self, case: Case) -> Result:
        """Runs one case from its state."""
        words, state = case
        pc = int.from_bytes(state.registers[self._pc : self._pc + 8], "little")
        end = pc + 4 * len(words)
        self._place(pc, words)
        before = state.window()
        ctypes.memmove(self._window, before, WINDOW_SIZE)
        self._record[:] = state.registers
        core = self.uc._uch
        uclib.uc_reg_write_batch(core, *self._written)
        self._kind, self._address = FaultKind.NONE, None
        error = uclib.uc_emu_start(core, pc, end, 0, 1 if len(words) == 1 else STEP_LIMIT)
        uclib.uc_reg_read_batch(core, *self._read)
        kind = self._kind
        registers = bytes(self._record)
        stopped = int.from_bytes(registers[self._pc : self._pc + 8], "little")
        if kind is FaultKind.SVC:  # taken with the PC behind the word
            registers = registers[: self._pc] + (stopped - 4).to_bytes(8, "little") + registers[self._pc + 8 :]
        elif not pc <= stopped < end:
            kind, self._address = FaultKind.NONE, None  # what happens where control landed is no part of the case
        elif kind is FaultKind.NONE:
            kind = FaultKind.OTHER if error else FaultKind.HUNG
        if any(word & 0x3FC0_0000 == 0x0840_0000 for word in words):  # a load-exclusive may have left its mark
            uclib.uc_emu_start(core, CLREX_AT, CLREX_AT + 4, 0, 1)
        run_at, run = first_difference(before, ctypes.string_at(self._window, WINDOW_SIZE))
        return Result(registers, kind, self._address, run_at, run)


def _read_exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Says hello and answers batches until the input ends."""
    machine = Machine()
    sink.write(machine.hello.pack())
    sink.flush()
    while header := source.read(HEADER.size):
        _, count, heap_size, _ = HEADER.unpack(header)
        records = _read_exactly(source, count * CASE.size)
        heap = _read_exactly(source, heap_size)
        sink.write(pack_response([machine.run(case) for case in unpack_cases(count, records, heap)]))
        sink.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
