# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Batches of cases behind a GDB remote stub, run by a program loaded into the target's memory (agent/stub.c).

The debugger's part is to write the cases and read the results, and to look after the cases that do not simply run to
their end: a fault, or a branch to somewhere else, stops the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from conformance.gdb_machine import SIGTRAP, GdbMachine
from conformance.rsp import RspError
from conformance.state import Case, FaultKind, Outcome
from conformance.wire import RESULT, pack_case, unpack_response

GRANULE = 0x4000
"""The largest page of the kernels that the cases can run on."""

BATCH_SECONDS = 10.0

MapArea = Callable[[int, int], None]
Classify = Callable[[Case, int, int, bool], FaultKind]


class GdbStub:
    """The loaded program."""

    def __init__(self, machine: GdbMachine, program: Path, map_area: MapArea | None, hang_seconds: float) -> None:
        """Loads it; under Linux `map_area(base, size)` makes the memory. Raises RspError where there is none."""
        self._machine = machine
        self._on_linux = map_area is not None
        self._hang_seconds = hang_seconds
        with program.open("rb") as file:
            elf = ELFFile(file)
            table = elf.get_section_by_name(".symtab")
            if not isinstance(table, SymbolTableSection):
                raise RspError(f"{program} has no symbols")
            self._at = {symbol.name: int(symbol["st_value"]) for symbol in table.iter_symbols()}
            for segment in elf.iter_segments("PT_LOAD"):
                base, size = segment["p_vaddr"], segment["p_memsz"]
                if map_area is not None:  # stub.ld lets no two segments share a granule
                    start = base // GRANULE * GRANULE
                    map_area(start, -(-(base + size - start) // GRANULE) * GRANULE)
                machine.write_memory(base, segment.data())
        self._start(0)
        self._check_done(*machine.run(BATCH_SECONDS))

    def _start(self, count: int) -> None:
        self._machine.write_general({"x0": count, "x1": int(self._on_linux), "pc": self._at["_start"]})

    def _check_done(self, signal: int, interrupted: bool) -> None:
        pc = self._machine.read("pc")
        if pc != self._at["stub_done"] or signal != SIGTRAP or interrupted:
            raise RspError(f"the stub stopped with signal {signal} at {pc:#x}")

    def run(self, cases: Sequence[Case], classify: Classify) -> list[Outcome]:
        """The outcomes of at most MAX_BATCH cases; `classify` turns a case, PC, signal and interruption into a kind."""
        machine = self._machine
        machine.write_memory(self._at["cases"], b"".join(map(pack_case, cases)))
        machine.write_memory(self._at["case_heap"], b"".join([case.state.mem for case in cases]))
        self._start(len(cases))
        while True:
            signal, interrupted = machine.run(self._hang_seconds)
            pc = machine.read("pc")
            if pc == self._at["stub_done"]:
                break
            current = int.from_bytes(machine.read_memory(self._at["current"], 4), "little")
            kind = classify(cases[current], pc, signal, interrupted)
            seen = (1).to_bytes(4, "little") + kind.to_bytes(4, "little") + pc.to_bytes(8, "little")
            machine.write_memory(self._at["stopped"], seen)
            machine.write("pc", self._at["gate_leave"])
        machine.forget()
        records = machine.read_memory(self._at["results"], len(cases) * RESULT.size)
        used = int.from_bytes(machine.read_memory(self._at["result_heap_used"], 4), "little")
        return unpack_response(cases, records, machine.read_memory(self._at["result_heap"], used))
