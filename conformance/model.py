# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What the semantics say that a case ends in: the terms of isa/, compiled, run on packed states.

A case that leaves the safe states is a predicted fault: MEMORY if it would be safe were all memory there, and otherwise
ALIGNMENT, of an address or of SP, which processors look at first. Of a word without accesses nothing is predicted then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

from conformance.state import LAYOUT, NO_FAULT, WINDOW_BASE, WINDOW_SIZE, Case, Fault, FaultKind, Outcome, State
from conformance.wire import first_difference
from isa.compile import Memory, compile_terms, executor
from isa.dsl import Undefined, Unpredictable, Unsupported
from isa.meaning import meaning
from isa.profiles import Profile
from isa.state import AREAS, INDEX, NAMES, VARIABLES
from kernel.ops import APP, mask, signed, value_of
from kernel.term import Term, free_vars, postorder

STEP_LIMIT = 64
"""Words that a case may execute before it counts as hung."""

_MASK64 = mask(64)
_PC = INDEX["pc"]
_SAFE = INDEX["safe"]
_MEM = INDEX["mem"]
_MONITOR = INDEX["monitor"]
_POLICY_AT = INDEX["policy"]
_PC_AT = LAYOUT["pc"][0]
_FLAGS_AT = LAYOUT["nzcv"][0] + 3
_FLAG_BITS = {"n": 7, "z": 6, "c": 5, "v": 4}
_POLICY = (WINDOW_BASE, WINDOW_SIZE, *(0, 0) * (AREAS - 1)) * 2
# An area lacks one byte of the address space, so it takes two.
_EVERYTHING = (0, mask(64), 1 << 63, mask(64), *(0, 0) * (AREAS - 2)) * 2

# A place in the packed record: the component's index, offset, width in bytes, and mask.
Place = tuple[int, int, int, int]


class Area(NamedTuple):
    """Bytes that an instruction accesses, `size` from `address`."""

    address: int
    size: int

    @property
    def in_window(self) -> bool:
        return 0 <= self.address - WINDOW_BASE <= WINDOW_SIZE - self.size


class Accesses:
    """Which memory a word accesses, told from the trace that its meaning leaves.

    `sizes` are the accesses' sizes in bytes; `registers` are the components, pc excepted, that the addresses depend on.
    """

    def __init__(self, word: int) -> None:
        trace = meaning(word).get(INDEX["trace"], VARIABLES[INDEX["trace"]])
        addresses: list[Term] = []
        self.sizes: list[int] = []
        for event in postorder((trace,)):
            if event.op is APP and value_of(event.args[2]):  # a branch has no size
                addresses.append(event.args[3])
                self.sizes.append(value_of(event.args[2]))
        names = {x.params[0] for address in addresses for x in free_vars(address)}
        self.registers = tuple(sorted(names - {"pc"}, key=INDEX.__getitem__))
        self._function = compile_terms(addresses, VARIABLES)
        self._reads = _places([INDEX[name] for name in names])

    def __len__(self) -> int:
        return len(self.sizes)

    def at(self, registers: bytes | bytearray) -> list[Area]:
        """The accesses from a packed state."""
        components: list[Any] = [None] * len(NAMES)
        for i, at, size, _ in self._reads:
            components[i] = int.from_bytes(registers[at : at + size], "little")
        return [Area(a, n) for a, n in zip(self._function(components), self.sizes, strict=True)]

    def span(self, registers: bytes | bytearray) -> Area:
        """All bytes from the lowest to the highest accessed, also where they wrap around the address space."""
        areas = self.at(registers)
        origin = areas[0].address
        starts = [signed(area.address - origin & _MASK64, 64) for area in areas]
        end = max(start + area.size for start, area in zip(starts, areas, strict=True))
        return Area(origin + min(starts) & _MASK64, end - min(starts))


def _places(indices: Sequence[int]) -> tuple[Place, ...]:
    found = [(i, *LAYOUT[NAMES[i]]) for i in indices if NAMES[i] in LAYOUT]
    return tuple([(i, at, size, mask(8 * size)) for i, at, size in found])


accesses = cache(Accesses)


class Step:
    """A word, ready to run on packed states."""

    def __init__(self, word: int) -> None:
        transition = executor(word, without=("trace",))
        names = [NAMES[i] for i in transition.changed]
        self._function = transition.function
        self._reads = _places(transition.reads)
        self._read_flags = [(i, _FLAG_BITS[NAMES[i]]) for i in transition.reads if NAMES[i] in _FLAG_BITS]
        self._writes = tuple([(names.index(NAMES[i]), at, n, ones) for i, at, n, ones in _places(transition.changed)])
        self._written_flags = [(k, _FLAG_BITS[name]) for k, name in enumerate(names) if name in _FLAG_BITS]
        self._safe = names.index("safe") if "safe" in names else None
        self._mem = names.index("mem") if "mem" in names else None
        self._monitor = names.index("monitor") if "monitor" in names else None
        self.word = word
        self.reads = frozenset(NAMES[i] for i in transition.reads)

    def __call__(self, registers: bytearray, memory: Memory, monitor: int) -> tuple[Memory, int] | FaultKind:
        """Run the word once: changes the packed registers in place and returns memory and monitor, unless it faults.

        Raises Unpredictable where the semantics have no say in this state.
        """
        components: list[Any] = [None] * len(NAMES)
        for i, at, size, _ in self._reads:
            components[i] = int.from_bytes(registers[at : at + size], "little")
        flags = registers[_FLAGS_AT]
        for i, bit in self._read_flags:
            components[i] = flags >> bit & 1
        components[_SAFE], components[_MEM] = 1, memory
        components[_POLICY_AT], components[_MONITOR] = _POLICY, monitor
        values = self._function(components)
        if self._safe is not None and not values[self._safe]:
            components[_POLICY_AT] = _EVERYTHING
            if self._function(components)[self._safe]:
                return FaultKind.MEMORY
            components[_MONITOR] = 0
            if not accesses(self.word) or self._function(components)[self._safe]:
                raise Unpredictable("processors may differ in what this does from this state")
            return FaultKind.ALIGNMENT
        for k, at, size, ones in self._writes:
            registers[at : at + size] = (values[k] & ones).to_bytes(size, "little")
        for k, bit in self._written_flags:
            flags = flags & ~(1 << bit) | values[k] << bit
        registers[_FLAGS_AT] = flags
        if self._mem is not None:
            memory = values[self._mem]
        return memory, monitor if self._monitor is None else values[self._monitor]


step: Callable[[int], Step] = cache(Step)


def predict(case: Case, cpu: Profile | None = None) -> Outcome:
    """What the case ends in, on a processor or on one with every feature.

    NOT_RUN where the semantics refuse a word, with the reason as detail.
    """
    words, state = case
    registers, monitor = bytearray(state.registers), 0
    memory = untouched = Memory(WINDOW_BASE, state.window())
    start = state["pc"]
    kind, detail = FaultKind.HUNG, ""
    for _ in range(STEP_LIMIT):
        offset = int.from_bytes(registers[_PC_AT : _PC_AT + 8], "little") - start
        if not 0 <= offset < 4 * len(words) or offset % 4:
            kind = FaultKind.NONE
            break
        word = words[offset // 4]
        try:
            if cpu is not None:
                cpu.check(word)
            result = step(word)(registers, memory, monitor)
        except Undefined:
            kind = FaultKind.UNDEFINED
            break
        except (Unpredictable, Unsupported) as refusal:
            return Outcome(state, Fault(FaultKind.NOT_RUN, None, str(refusal)))
        if isinstance(result, FaultKind):
            kind = result
            break
        memory, monitor = result
    fault = Fault(kind, None, detail) if kind else NO_FAULT
    after = State(bytes(registers), state.mem_at, state.mem)
    if memory is untouched:
        return Outcome(after, fault)
    at, changed = first_difference(untouched.data, memory.data)
    return Outcome(after.store(WINDOW_BASE + at, changed) if changed else after, fault)
