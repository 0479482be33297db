# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A target behind a GDB remote stub: a board or probe that offers nothing else, gdbserver, or `qemu-aarch64 -g PORT`.

Under a Linux stub any program will do, stopped where it starts: the address space of the cases is mapped by system
calls made in its name. Elsewhere the code area, the window and the helper page must be memory already.

Each case costs some eighty packets. Where a compiler is at hand most cases go in batches to a stub loaded into the
target's memory instead (gdb_stub.py).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from conformance.agent_build import build
from conformance.features import features_of_hwcap, hwcap_of_id_registers
from conformance.gdb_machine import SIGTRAP, GdbMachine
from conformance.gdb_stub import GdbStub
from conformance.rsp import RspError
from conformance.state import (
    BACKGROUND,
    CODE_BASE,
    CODE_SIZE,
    FILL_WORD,
    LAYOUT,
    SLOT,
    WINDOW_BASE,
    WINDOW_SIZE,
    Case,
    Fault,
    FaultKind,
    Outcome,
    State,
)
from conformance.target import Closing, TargetLost
from conformance.wire import MAX_BATCH, check_case, first_difference
from symsim.errors import BadInput, NotAvailable

SECONDS = 10.0
HANG_SECONDS = 1.0
"""How long one case may run."""

HELPER = CODE_BASE - 0x4000_0000
HELPER_SIZE = 0x4000
"""A page for armsym's own few instructions, out of reach of the cases' branches."""

_SYS_MMAP, _SYS_MPROTECT = 222, 226
_READ_EXECUTE, _READ_WRITE, _READ_WRITE_EXECUTE = 5, 3, 7
_PRIVATE_ANONYMOUS_FIXED_NOREPLACE = 0x10_0022

# QEMU 7.2 refuses to let a debugger write a page that it has translated, so the target writes its code area itself. The
# two SVC are mprotect, before and after, and are left out where there is no Linux: x0-x2 and x8 are its arguments, x9
# the address of four words in w10-w13, x14 that of the last of them, x15 the code area.
_OPEN = (0xD400_0001,)  # svc #0
_WRITE = (
    *(0x2900_2D2A, 0x2901_352C),  # stp w10, w11, [x9]; stp w12, w13, [x9, #8]
    *(0xD50B_7B29, 0xD50B_7B2E, 0xD503_3B9F),  # dc cvau, x9; dc cvau, x14; dsb ish
    *(0xD50B_7529, 0xD50B_752E, 0xD503_3B9F, 0xD503_3FDF),  # ic ivau, x9; ic ivau, x14; dsb ish; isb
)
_CLOSE = (0xAA0F_03E0, 0xD280_00A2, 0xD400_0001)  # mov x0, x15; mov x2, #5; svc #0
_BRK = 0xD420_0000
_SET_TPIDR = (0xD51B_D040,)  # msr tpidr_el0, x0
_GET_TPIDR = (0xD53B_D040,)  # mrs x0, tpidr_el0
_IDENTIFY = {
    "ID_AA64PFR0_EL1": 0xD538_0400,  # mrs x0, …
    "ID_AA64PFR1_EL1": 0xD538_0421,  # mrs x1, … and so on
    "ID_AA64ISAR0_EL1": 0xD538_0602,
    "ID_AA64ISAR1_EL1": 0xD538_0623,
    "ID_AA64MMFR2_EL1": 0xD538_0744,
    "MIDR_EL1": 0xD538_0005,
    "DCZID_EL0": 0xD53B_00E6,
}

_GENERAL = struct.Struct("<32Q")  # X0-X30 and SP

_KINDS = {4: FaultKind.UNDEFINED, 10: FaultKind.ALIGNMENT, 11: FaultKind.MEMORY}  # GDB's numbers of the signals


def is_forbidden(word: int) -> bool:
    """The word would reach past the target: SVC calls the kernel, HLT #0xf000 a debugger or QEMU's host."""
    return word & 0xFFE0_001F == 0xD400_0001 or word == 0xD45E_0000


def touches_tpidr(word: int) -> bool:
    """MRS or MSR of TPIDR_EL0."""
    return word & 0xFFDF_FFE0 == 0xD51B_D040


def branches_to_itself(word: int) -> bool:
    """B.cond, CBZ, CBNZ, TBZ or TBNZ with offset 0."""
    if word & 0x7E00_0000 == 0x3600_0000:
        return word & 0x0007_FFE0 == 0
    return (word & 0xFF00_0000 == 0x5400_0000 or word & 0x7E00_0000 == 0x3400_0000) and word & 0x00FF_FFE0 == 0


def needs_steps(case: Case) -> bool:
    """The stub could show: its branch behind the words, its use of TPIDR_EL0, its gate in reach of long branches.

    QEMU's stub in user mode does not interrupt a branch to itself.
    """
    for word in case.words:
        if branches_to_itself(word):
            return True
        is_long_branch, is_literal_load = word & 0x7C00_0000 == 0x1400_0000, word & 0x3B00_0000 == 0x1800_0000
        if is_long_branch or is_literal_load or touches_tpidr(word):
            return True
    registers = _GENERAL.unpack_from(case.state.registers, LAYOUT["x0"][0])
    return any(CODE_BASE - 0x1000 <= value < CODE_BASE + CODE_SIZE + 0x1000 for value in registers)


class GdbTarget(Closing):
    """The machine behind the stub at `host`:`port`."""

    def __init__(self, host: str, port: int, *, stub: bool = True) -> None:
        """Connects and prepares the address space; with `stub`, loads the batch stub if a compiler is at hand.

        Raises NotAvailable when there is no stub, or none of an AArch64 machine that can hold the cases.
        """
        self.name = f"gdb:{host}:{port}"
        self._machine: GdbMachine | None = None
        self._original: tuple[bytes, int] | None = None
        try:
            self._machine = GdbMachine(host, port, SECONDS)
            self._prepare(self._machine)
            self._stub = self._load_stub(self._machine) if stub else None
        except (RspError, ValueError) as error:
            self.close()
            raise NotAvailable(f"target {self.name}: {error}") from None
        how = "batches" if self._stub else "single steps"
        self.description = f"GDB remote stub at {host}:{port}, MIDR_EL1 {self._midr:#010x}, {how}"

    def _prepare(self, machine: GdbMachine) -> None:
        """Maps and fills the areas, places the helper code and identifies the CPU."""
        original = machine.read_record()
        areas = (CODE_BASE, CODE_SIZE), (WINDOW_BASE, WINDOW_SIZE), (HELPER, HELPER_SIZE)
        self._on_linux = not all(machine.is_mapped(*area) for area in areas)
        if self._on_linux:
            self._svc = machine.find_svc()
            for base, size in areas:
                self._map(machine, base, size, _READ_WRITE if base == WINDOW_BASE else _READ_WRITE_EXECUTE)
        machine.write_memory(CODE_BASE, struct.pack("<I", FILL_WORD) * (CODE_SIZE // 4))
        machine.write_memory(WINDOW_BASE, BACKGROUND)
        self._window = BACKGROUND
        self._placed: tuple[int, tuple[int, ...]] = (SLOT, ())
        self._tpidr: int | None = None  # unknown

        code: list[int] = []
        entries = []
        write = (*_OPEN, *_WRITE, *_CLOSE) if self._on_linux else _WRITE
        for routine in (write, _SET_TPIDR, _GET_TPIDR, tuple(_IDENTIFY.values())):
            entries.append(HELPER + 4 * len(code))
            code += [*routine, _BRK]
        machine.write_memory(HELPER, struct.pack(f"<{len(code)}I", *code))
        self._write_at, self._set_tpidr_at, self._get_tpidr_at, identify_at = entries

        machine.call(self._get_tpidr_at, {})
        self._original = original, machine.read("x0")
        machine.call(identify_at, {})
        registers = {name: machine.read(f"x{i}") for i, name in enumerate(_IDENTIFY)}
        self._midr, self.dczid = registers["MIDR_EL1"], registers["DCZID_EL0"]
        self.features = features_of_hwcap(*hwcap_of_id_registers(registers))

    def _map(self, machine: GdbMachine, base: int, size: int, protection: int) -> None:
        result = machine.system_call(
            self._svc, _SYS_MMAP, base, size, protection, _PRIVATE_ANONYMOUS_FIXED_NOREPLACE, -1, 0
        )
        if result != base:
            raise RspError(f"{base:#x} can't be mapped in the program there: mmap returns {result}")

    def _load_stub(self, machine: GdbMachine) -> GdbStub | None:
        try:
            program = build("stub")
        except NotAvailable:
            return None

        def map_area(base: int, size: int) -> None:
            self._map(machine, base, size, _READ_WRITE_EXECUTE)

        return GdbStub(machine, program, map_area if self._on_linux else None, HANG_SECONDS)

    def run(self, cases: Sequence[Case]) -> list[Outcome]:
        """See Target.run. The address of a memory fault is not known."""
        for case in cases:
            check_case(case)
        if self._machine is None:
            raise TargetLost(f"target {self.name}: it is closed", [])
        outcomes: list[Outcome] = []
        by_stub = [self._stub is not None and not needs_steps(case) for case in cases]
        while len(outcomes) < len(cases):
            at = len(outcomes)
            end = at + 1
            while by_stub[at] and end < min(len(cases), at + MAX_BATCH) and by_stub[end]:
                end += 1
            try:
                if self._stub is not None and by_stub[at]:
                    self._leave_nothing(self._machine)
                    outcomes += self._stub.run(cases[at:end], self._kind)
                else:
                    outcomes.append(self._run(self._machine, cases[at]))
            except (RspError, ValueError) as error:
                if not by_stub[at]:
                    outcomes.append(Outcome(cases[at].state, Fault(FaultKind.KILLED, None, str(error))))
                raise TargetLost(f"target {self.name}: {error}", outcomes) from None
        return outcomes

    def _run(self, machine: GdbMachine, case: Case) -> Outcome:
        """Runs one case by itself."""
        words, state = case
        if any(map(is_forbidden, words)):
            return Outcome(state, Fault(FaultKind.NOT_RUN))
        before = state.window()
        self._place(machine, state["pc"], words)
        self._write_window(machine, before)
        self._write_tpidr(machine, state["tpidr"])
        machine.write_record(state.registers)
        # Stepping opens the exclusive monitor, so a slot of several words runs to the BRK behind it.
        signal, interrupted = machine.step(HANG_SECONDS) if len(words) == 1 else machine.run(HANG_SECONDS)
        after = State(machine.read_record())
        kind = self._kind(case, after["pc"], signal, interrupted)
        self._window = machine.read_memory(WINDOW_BASE, WINDOW_SIZE)
        if any(map(touches_tpidr, words)):
            machine.call(self._get_tpidr_at, {})
            self._tpidr = machine.read("x0")
        run_at, run = first_difference(before, self._window)
        end = State(after.edit(tpidr=self._tpidr or 0).registers, state.mem_at, state.mem)
        return Outcome(end.store(WINDOW_BASE + run_at, run) if run else end, Fault(kind))

    def _kind(self, case: Case, pc: int, signal: int, interrupted: bool) -> FaultKind:
        start = case.state["pc"]
        if not start <= pc < case.end:
            return FaultKind.NONE  # what happens where control landed is no part of the case
        if signal == SIGTRAP and case.words[(pc - start) // 4] & 0xFFE0_001F == 0xD420_0000:
            return FaultKind.BRK
        if signal == SIGTRAP or interrupted:
            return FaultKind.HUNG
        return _KINDS.get(signal, FaultKind.OTHER)

    def _place(self, machine: GdbMachine, pc: int, words: tuple[int, ...]) -> None:
        """Puts the words into the code area in place of the last case's."""
        old, old_words = self._placed
        if (pc, words) == (old, old_words):
            return
        if pc != old:
            self._write_code(machine, old, ())
        self._write_code(machine, pc, words)
        self._placed = pc, words

    def _leave_nothing(self, machine: GdbMachine) -> None:
        """Takes the last case's words and memory away, as the stub expects."""
        self._place(machine, SLOT, ())
        self._write_window(machine, BACKGROUND)

    def _write_code(self, machine: GdbMachine, pc: int, words: tuple[int, ...]) -> None:
        """Four words of the code area, at `pc` or so much before it that they fit: `words`, the others filled."""
        at = min(pc, CODE_BASE + CODE_SIZE - 16)
        content = [FILL_WORD] * 4
        content[(pc - at) // 4 : (pc - at) // 4 + len(words)] = words
        arguments = {"x0": CODE_BASE, "x1": CODE_SIZE, "x2": _READ_WRITE_EXECUTE, "x8": _SYS_MPROTECT}
        addresses = {"x9": at, "x14": at + 12, "x15": CODE_BASE}
        machine.call(self._write_at, arguments | addresses | {f"x{10 + i}": word for i, word in enumerate(content)})

    def _write_window(self, machine: GdbMachine, content: bytes) -> None:
        at, run = first_difference(self._window, content)
        if run:
            machine.write_memory(WINDOW_BASE + at, run)
            self._window = content

    def _write_tpidr(self, machine: GdbMachine, value: int) -> None:
        if value != self._tpidr:
            machine.call(self._set_tpidr_at, {"x0": value})
            self._tpidr = value

    def close(self) -> None:
        """Lets the program on the target go on where it was found; the mappings stay."""
        machine, self._machine = self._machine, None
        if machine is None:
            return
        try:
            if self._original is not None:
                registers, tpidr = self._original
                self._write_tpidr(machine, tpidr)
                machine.write_record(registers)
        except (RspError, ValueError):
            pass  # it is gone already
        finally:
            machine.detach()


def of_spec(rest: str) -> GdbTarget:
    """The target of the spec `gdb:HOST:PORT`."""
    host, _, port = rest.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 1 << 16:
        raise BadInput(f"target gdb needs a host and a port number, gdb:HOST:PORT, not {rest!r}")
    return GdbTarget(host, int(port))
