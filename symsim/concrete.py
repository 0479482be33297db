# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Concrete runs: a routine of a program in Unicorn, from a state to its return, with everything that it touched on the way.

What goes wrong in a run is part of its outcome, never an exception. Only a few unallocated words make Unicorn abort the process: who
runs words that no compiler made does so in a child process.
"""

from __future__ import annotations

import ctypes
import mmap
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from unicorn import arm64_const as arm64
from unicorn import unicorn_const as uc_const
from unicorn.unicorn_py3.unicorn import Uc, UcError

from symsim.errors import BadInput
from symsim.image import PAGE
from symsim.program import Program

ADDRESSES = 1 << 64
STEP_LIMIT = 1_000_000
"""Instructions after which a run is given up, unless its caller says otherwise."""
STEP_LIMIT_REACHED = "step limit"

REGISTERS = (
    *(f"x{i}" for i in range(31)),
    *("sp", "pc", *"nzcv"),
    *(f"v{i}" for i in range(32)),
    *("fpcr", "fpsr", "tpidr"),
)
"""The components of a state that a processor has."""

_ID = {
    name: getattr(arm64, "UC_ARM64_REG_" + {"tpidr": "TPIDR_EL0"}.get(name, name.upper()))
    for name in REGISTERS
    if name not in ("n", "z", "c", "v", "pc")
}
_READ, _WRITE, _EXECUTE = uc_const.UC_PROT_READ, uc_const.UC_PROT_WRITE, uc_const.UC_PROT_EXEC
_INTERRUPTS = {1: "undefined instruction", 2: "system call", 4: "misaligned access", 7: "breakpoint"}
_INVALID = {
    uc_const.UC_MEM_READ_UNMAPPED: "read of unmapped memory",
    uc_const.UC_MEM_WRITE_UNMAPPED: "write to unmapped memory",
    uc_const.UC_MEM_FETCH_UNMAPPED: "jump to unmapped memory",
    uc_const.UC_MEM_WRITE_PROT: "write to read-only memory",
    uc_const.UC_MEM_FETCH_PROT: "jump to memory that is no code",
}
# (CRn, CRm, op0, op1, op2), the order that Unicorn takes; and what Linux sets there for programs.
_CPACR, _FP_ENABLED = (1, 0, 3, 0, 2), 3 << 20
_SCTLR, _CACHE_BLOCKS_MAY_BE_ZEROED = (1, 0, 3, 0, 0), 1 << 14


class Block(NamedTuple):
    """Some memory and what it holds when a run starts."""

    name: str
    address: int
    data: bytes


class State(NamedTuple):
    """Where a run starts: components by name (those that are missing are 0; x30 is where to return to), what is in memory
    besides the program, and where the program is loaded: a multiple of 4096 that its addresses are added to."""

    components: Mapping[str, int]
    blocks: tuple[Block, ...]
    base: int


class Event(NamedTuple):
    """What an observer sees: a "read" or "write" of so many bytes, or a "branch" to that many bytes of instructions."""

    kind: str
    address: int
    size: int


class Fault(NamedTuple):
    """Why a run ended before it returned; the address is the one jumped to or accessed, or else that of the instruction."""

    kind: str
    address: int
    access: bool
    """Whether it is an access to memory, by an instruction that itself may be executed."""


class Contents:
    """What memory holds: bytes at disjoint ranges of addresses, zero elsewhere. Immutable; addresses are taken modulo 2^64.

    It is the value of a memory for `kernel.evaluate`: `read` and `write` take and give little-endian unsigned ints.
    """

    def __init__(self, ranges: Iterable[tuple[int, bytes]], written: Mapping[int, int] | None = None) -> None:
        self.ranges = tuple(sorted(ranges))
        self._starts = [start for start, _ in self.ranges]
        self._written = dict(written or {})

    def bytes_at(self, address: int, size: int) -> bytes:
        """The `size` bytes from the address on."""
        address %= ADDRESSES
        index = bisect_right(self._starts, address) - 1
        if index >= 0 and not self._written:
            start, data = self.ranges[index]
            if address + size <= start + len(data):
                return data[address - start : address - start + size]
        return bytes([self._byte((address + i) % ADDRESSES) for i in range(size)])

    def _byte(self, address: int) -> int:
        if address in self._written:
            return self._written[address]
        index = bisect_right(self._starts, address) - 1
        if index < 0:
            return 0
        start, data = self.ranges[index]
        return data[address - start] if address - start < len(data) else 0

    def read(self, address: int, size: int) -> int:
        """The number held by `size` bytes."""
        return int.from_bytes(self.bytes_at(address, size), "little")

    def write(self, address: int, size: int, value: int) -> Contents:
        """The memory with the value's bytes stored."""
        stored = value.to_bytes(size, "little")
        return Contents(self.ranges, self._written | {(address + i) % ADDRESSES: byte for i, byte in enumerate(stored)})

    def changes(self, other: Contents) -> Iterator[int]:
        """The addresses, ascending, where another memory with ranges of the same places and sizes holds other bytes."""
        for (start, old), (_, new) in zip(self.ranges, other.ranges, strict=True):
            if old is not new and old != new:
                for at in range(0, len(old), PAGE):
                    if old[at : at + PAGE] != new[at : at + PAGE]:
                        pairs = zip(old[at : at + PAGE], new[at : at + PAGE], strict=True)
                        yield from (start + at + i for i, (x, y) in enumerate(pairs) if x != y)


@dataclass(frozen=True)
class Outcome:
    """What a run came to. `steps` counts whole runs of instructions without a branch, also the one a fault is in."""

    start: State
    components: Mapping[str, int]
    before: Contents
    memory: Contents
    events: tuple[Event, ...]
    steps: int
    fault: Fault | None
    extent: tuple[int, int]
    """From the lowest linked address of the program to the end of the highest."""

    @property
    def link(self) -> int:
        """Where it was to return to."""
        return self.start.components.get("x30", 0)

    @cached_property
    def accesses(self) -> tuple[Event, ...]:
        """The reads and writes, each once, in the order of addresses."""
        return tuple(sorted({e for e in self.events if e.kind != "branch"}, key=lambda e: (e.address, e.size, e.kind)))

    @property
    def image_reads(self) -> list[tuple[int, int]]:
        """The (linked address, size) of what was read inside the program's image, in the order of addresses."""
        low, high = self.extent
        reads = [(e.address - self.start.base, e.size) for e in self.accesses if e.kind == "read"]
        return [(address, size) for address, size in reads if low <= address < high]

    def lowest(self, low: int, high: int) -> int:
        """The lowest address in [low, high) that was accessed; `high` if none was. It tells how deep a stack went."""
        return min((e.address for e in self.accesses if low <= e.address < high), default=high)


class _Mapped(NamedTuple):
    """Pages of the emulated machine and the memory of this process that they are."""

    address: int
    host: mmap.mmap
    data: bytes
    """What they hold at first, and always if they can't be written."""
    writable: bool

    def snapshot(self) -> tuple[int, bytes]:
        return self.address, self.host[:] if self.writable else self.data


class Machine:
    """One processor at EL0, as Linux runs programs, with a program in its memory. Runs do not influence each other.

    `on_step` is called before each instruction, with its address; the machine is much slower then.
    """

    def __init__(self, program: Program, on_step: Callable[[int], None] | None = None) -> None:
        self.program = program
        self._on_step = on_step
        self._image = _pages(program)
        self._base: int | None = None
        self._places: tuple[list[tuple[int, int]], int] = ([], -1)
        self._around: list[_Mapped] = []

    def run(self, state: State, entry: int, limit: int = STEP_LIMIT) -> Outcome:
        """Run from the linked address `entry` to the return address in x30, or for as many steps."""
        before = self.contents(state)
        uc = self._uc
        uc.context_restore(self._fresh)
        for name, number in _ID.items():
            uc.reg_write(number, state.components.get(name, 0))
        flags = [state.components.get(f, 0) for f in "nzcv"]
        uc.reg_write(arm64.UC_ARM64_REG_NZCV, sum(bit << 31 - i for i, bit in enumerate(flags)))
        self._events: list[Event] = []
        self._left = limit
        self._fault: Fault | None = None
        stopped = None
        link = state.components.get("x30", 0)
        try:
            uc.emu_start(state.base + entry, link)
        except UcError as error:
            stopped = str(error)
        components = self._components()
        pc = components["pc"]
        fault = self._fault
        if fault is None and (stopped is not None or pc != link):
            fault = Fault(stopped or "stop of the emulator", pc, False)
        elif fault is not None and fault.address < 0:
            fault = fault._replace(address=pc)
        memory = self._contents()
        sections = self.program.sections
        extent = (sections[0].address, sections[-1].end) if sections else (0, 0)
        steps = limit - self._left
        return Outcome(state, components, before, memory, tuple(self._events), steps, fault, extent)

    def contents(self, state: State) -> Contents:
        """What memory holds when a run starts. Raises `BadInput` where a block lies on what the program has as constants or code."""
        if state.base != self._base:
            self._load(state.base)
        self._place(state)
        return self._contents()

    def register(self, name: str) -> int:
        """What a component of a processor's state is at this moment of a run; `nzcv` is the four flags, N the highest bit."""
        if name == "nzcv":
            return int(self._uc.reg_read(arm64.UC_ARM64_REG_NZCV)) >> 28
        return int(self._uc.reg_read(_ID[name]))

    def held(self, address: int, size: int) -> bytes:
        """The bytes in memory at this moment of a run; none where nothing is mapped."""
        try:
            return bytes(self._uc.mem_read(address, size))
        except UcError:
            return b""

    @property
    def events(self) -> list[Event]:
        """What was observed in the run so far."""
        return self._events

    def _components(self) -> dict[str, int]:
        uc = self._uc
        components = {name: int(uc.reg_read(number)) for name, number in _ID.items()}
        nzcv = uc.reg_read(arm64.UC_ARM64_REG_NZCV)
        components |= {f: nzcv >> 31 - i & 1 for i, f in enumerate("nzcv")}
        return components | {"pc": int(uc.reg_read(arm64.UC_ARM64_REG_PC))}

    # Memory

    def _load(self, base: int) -> None:
        """A new processor with the program at this base."""
        self._uc: Any = Uc(uc_const.UC_ARCH_ARM64, uc_const.UC_MODE_ARM)
        uc = self._uc
        uc.ctl_set_cpu_model(arm64.UC_CPU_ARM64_MAX)
        control = int(uc.reg_read(arm64.UC_ARM64_REG_CP_REG, _SCTLR))
        uc.reg_write(arm64.UC_ARM64_REG_CP_REG, (*_SCTLR, control | _CACHE_BLOCKS_MAY_BE_ZEROED))
        # The write of PSTATE (EL0) alone takes no effect; that of a system register applies it.
        uc.reg_write(arm64.UC_ARM64_REG_PSTATE, 0)
        uc.reg_write(arm64.UC_ARM64_REG_CP_REG, (*_CPACR, _FP_ENABLED))
        self._fresh = uc.context_save()
        self._base, self._places, self._around = base, ([], -1), []
        self._loaded = [self._map(base + start, data, permissions) for start, data, permissions in self._image]
        self._image_pages = {page for m in self._loaded for page in _touched(m.address, len(m.host))}
        uc.hook_add(uc_const.UC_HOOK_BLOCK, self._on_block)
        uc.hook_add(uc_const.UC_HOOK_MEM_READ | uc_const.UC_HOOK_MEM_WRITE, self._on_access)
        uc.hook_add(uc_const.UC_HOOK_MEM_INVALID, self._on_invalid)
        uc.hook_add(uc_const.UC_HOOK_INTR, self._on_interrupt)
        if self._on_step is not None:
            uc.hook_add(uc_const.UC_HOOK_CODE, lambda uc, address, size, _: self._on_step(address))

    def _map(self, address: int, data: bytes, permissions: int) -> _Mapped:
        # Private: a process forked from this one must not write into its machine.
        host = mmap.mmap(-1, len(data), mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        host[:] = data
        place = ctypes.addressof(ctypes.c_char.from_buffer(host))
        try:
            self._uc.mem_map_ptr(address % ADDRESSES, len(data), permissions, ctypes.c_void_p(place))
        except UcError as error:
            self._base = None  # what is mapped so far is no machine to run on
            raise BadInput(f"{len(data):#x} bytes at {address:#x} can't be mapped: {error}") from error
        return _Mapped(address % ADDRESSES, host, data, bool(permissions & _WRITE))

    def _place(self, state: State) -> None:
        """Map what the blocks and the return need besides the image, and fill the blocks. Raises `BadInput`."""
        link = state.components.get("x30", 0) & -PAGE
        pages = {page for block in state.blocks for page in _touched(block.address, len(block.data))}
        places = ([*_runs(pages - self._image_pages)], link)
        if places != self._places:
            for mapped in self._around:
                self._uc.mem_unmap(mapped.address, len(mapped.host))
            self._around = [self._map(start, bytes(size), _READ | _WRITE) for start, size in places[0]]
            if link not in pages and link not in self._image_pages:
                self._around.append(self._map(link, bytes(PAGE), _READ | _EXECUTE))
            self._places = places
        for mapped in (*self._loaded, *self._around):
            if mapped.writable:
                mapped.host[:] = mapped.data
        for block in state.blocks:
            self._fill(block)

    def _fill(self, block: Block) -> None:
        for mapped in (*self._around, *self._loaded):
            offset = (block.address - mapped.address) % ADDRESSES
            if mapped.writable and offset + len(block.data) <= len(mapped.host):
                mapped.host[offset : offset + len(block.data)] = block.data
                return
        where = f"{block.name} ({len(block.data)} bytes at {block.address:#x})"
        raise BadInput(f"{self.program.path}: {where} lies where code or constants are")

    def _contents(self) -> Contents:
        return Contents([mapped.snapshot() for mapped in (*self._loaded, *self._around)])

    # What Unicorn reports

    def _on_block(self, uc: Uc, address: int, size: int, _: object) -> None:
        self._events.append(Event("branch", address, size))
        self._left -= max(size // 4, 1)
        if self._left <= 0:
            self._fault = Fault(STEP_LIMIT_REACHED, -1, False)
            uc.emu_stop()

    def _on_access(self, uc: Uc, access: int, address: int, size: int, value: int, _: object) -> None:
        kind = "write" if access == uc_const.UC_MEM_WRITE else "read"
        self._events.append(Event(kind, address % ADDRESSES, size))

    def _on_invalid(self, uc: Uc, access: int, address: int, size: int, value: int, _: object) -> bool:
        kind = _INVALID.get(access, "access to protected memory")
        self._fault = Fault(kind, address % ADDRESSES, "jump" not in kind)
        return False

    def _on_interrupt(self, uc: Uc, number: int, _: object) -> None:
        kind = _INTERRUPTS.get(number, f"exception {number}")
        self._fault = Fault(kind, -1, number == 4)
        uc.emu_stop()


def _touched(address: int, size: int) -> range:
    """The pages that the bytes are in."""
    return range(address & -PAGE, address + size, PAGE)


def _runs(pages: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Pages as runs without gaps: (start, size in bytes)."""
    start = end = None
    for page in sorted(pages):
        if start is not None and end is not None and page != end:
            yield start, end - start
            start = None
        start, end = page if start is None else start, page + PAGE
    if start is not None and end is not None:
        yield start, end - start


def _pages(program: Program) -> list[tuple[int, bytes, int]]:
    """The image as (linked address, bytes, permissions); a page is writable or executable if a section in it is."""
    permissions: dict[int, int] = {}
    for section in program.sections:
        wanted = _READ | _WRITE * section.writable | _EXECUTE * section.executable
        for page in _touched(section.address, section.size):
            permissions[page] = permissions.get(page, 0) | wanted
    out = []
    for wanted in sorted(set(permissions.values())):
        for start, size in _runs(page for page, p in permissions.items() if p == wanted):
            data = bytearray(size)
            for section in program.sections:
                first, last = max(section.address, start), min(section.address + len(section.data), start + size)
                if first < last:
                    data[first - start : last - start] = section.data[first - section.address : last - section.address]
            out.append((start, bytes(data), wanted))
    return sorted(out)
