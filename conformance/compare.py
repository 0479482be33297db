# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Two outcomes of one case compared, and a mismatch made small."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from conformance.features import FEATURES
from conformance.model import predict
from conformance.state import LAYOUT, WINDOW_BASE, Case, FaultKind, Outcome, State
from conformance.target import Target
from isa.decode import decode, disassemble
from isa.dsl import InstructionClass
from isa.profiles import Profile

Differences = Mapping[str, tuple[str, str]]
"""Component (a register, `[address]` of a byte, or `fault`): our value and theirs, as they are shown."""

ANNOUNCED = frozenset(feature.name for feature in FEATURES)
NOTHING_LEARNT = frozenset({FaultKind.NOT_RUN, FaultKind.KILLED})


class Mismatch(NamedTuple):
    """A case of which the semantics and a target disagree."""

    instruction: str
    case: Case
    ours: Outcome
    theirs: Outcome
    differences: Differences
    cpu: Profile | None = None
    """The processor of the semantics; None has every feature."""


def differences(ours: Outcome, theirs: Outcome) -> Differences:
    """What differs. After a fault only its kind and the PC count; of a case that hangs only that it hangs."""
    if ours.fault.kind != theirs.fault.kind:
        return {"fault": (ours.fault.kind.name, theirs.fault.kind.name)}
    if ours.fault.kind is FaultKind.HUNG:
        return {}
    if ours.fault.kind is not FaultKind.NONE:
        mine, its = ours.state["pc"], theirs.state["pc"]
        return {} if mine == its else {"pc": (hex(mine), hex(its))}
    if ours.state == theirs.state:
        return {}
    found = ours.state.differences(theirs.state)
    return {name: (shown(name, mine), shown(name, its)) for name, (mine, its) in found.items()}


def shown(name: str, value: int) -> str:
    """A component's value as text; the flags as letters, capital where set."""
    if name == "nzcv":
        return "".join(letter.upper() if value << i & 8 else letter for i, letter in enumerate("nzcv"))
    return hex(value)


def compare(case: Case, theirs: Outcome, cpu: Profile | None = None) -> Mismatch | None:
    """The mismatch of the case, if the target's outcome is another than ours and both say something."""
    ours = predict(case, cpu)
    if ours.fault.kind in NOTHING_LEARNT or theirs.fault.kind in NOTHING_LEARNT:
        return None
    found = differences(ours, theirs)
    return Mismatch(class_name(case), case, ours, theirs, found, cpu) if found else None


def missing_features(instruction: InstructionClass, target: Target) -> list[str]:
    """The features that the class needs and the target would announce if it had them."""
    return sorted((set(instruction.features) & ANNOUNCED) - target.features)


def unannounced_features(instruction: InstructionClass) -> list[str]:
    """The features that the class needs and no target announces: one may lack them unsaid."""
    return sorted(set(instruction.features) - ANNOUNCED)


def class_name(case: Case) -> str:
    """The instruction class of the case's last word, which is the one under test."""
    decoded = decode(case.words[-1])
    return decoded.instruction.name if decoded else "no class"


def describe(mismatch: Mismatch) -> str:
    """The mismatch in some lines: the words, what differs, and what the state held that is not zero or plays a part."""
    case = mismatch.case
    pc = case.state["pc"]
    lines = [f"{mismatch.instruction} at {pc:#x}"]
    for i, word in enumerate(case.words):
        decoded = decode(word)
        fields = " ".join(f"{name}={value}" for name, value in decoded.fields) if decoded else ""
        lines.append(f"    {word:08x}  {disassemble(word, pc + 4 * i)}    {fields}")
    lines += [f"    {name} is {ours} here, {theirs} there" for name, ours, theirs in in_runs(mismatch.differences)]
    lines += [f"    from {name} = {shown(name, case.state[name])}" for name in relevant(case)]
    if case.state.mem:
        lines.append(f"    from [{WINDOW_BASE + case.state.mem_at:#x}] = {case.state.mem.hex()}")
    return "\n".join(lines)


def in_runs(differing: Differences) -> list[tuple[str, str, str]]:
    """The differences with neighbouring bytes of memory taken together, in the order of their addresses."""
    found: list[tuple[str, str, str]] = []
    end = -1
    for name, (ours, theirs) in differing.items():
        if name[0] != "[":
            found.append((name, ours, theirs))
            continue
        address, mine, its = int(name[1:-1], 16), f"{int(ours, 16):02x}", f"{int(theirs, 16):02x}"
        if address == end:
            first, before, before_there = found.pop()
            found.append((first, f"{before} {mine}", f"{before_there} {its}"))
        else:
            found.append((name, mine, its))
        end = address + 1
    return found


def relevant(case: Case) -> list[str]:
    """The registers of the state that some field of the case's words numbers, and SP and the flags."""
    numbers = set()
    for word in case.words:
        decoded = decode(word)
        numbers |= {value for name, value in decoded.fields if name[0] == "R"} if decoded else set()
    names = [f"{kind}{n}" for n in sorted(numbers) for kind in "xv"]
    return [name for name in [*names, "sp", "nzcv"] if name in LAYOUT]


def shrink(mismatch: Mismatch, target: Target, accept: Callable[[Mismatch], bool] = lambda mismatch: True) -> Mismatch:
    """The mismatch with as few words, and as few and as simple values in its state, as keep an accepted mismatch."""

    def retry(case: Case) -> Mismatch | None:
        [theirs] = target.run([case])
        found = compare(case, theirs, mismatch.cpu)
        return found if found is not None and accept(found) else None

    smaller = True
    while smaller:
        smaller = False
        for candidate in simpler(mismatch.case):
            found = retry(candidate)
            if found is not None:
                mismatch, smaller = found, True
                break
    return mismatch


def simpler(case: Case) -> Iterator[Case]:
    """Cases a little simpler than this one, the greatest steps first."""
    words, state = case
    if len(words) > 1:
        yield from (Case(words[:i] + words[i + 1 :], state) for i in range(len(words)))
    if state.mem:
        yield Case(words, State(state.registers))
    names = [name for name in LAYOUT if name != "pc" and state[name]]
    if "nzcv" in names:
        names.remove("nzcv")
        yield Case(words, state.edit(nzcv=0))
    for some in (names[: len(names) // 2], names[len(names) // 2 :]):
        if len(some) > 1:
            yield Case(words, state.edit(**dict.fromkeys(some, 0)))
    yield from (Case(words, state.edit(**{name: 0})) for name in names)
    for name in names:
        value, bits = state[name], 8 * LAYOUT[name][1]
        # Half the bits, then a quarter, … down to single ones, as far as that changes something.
        size = bits // 2
        while size and value & value - 1:
            for at in range(0, bits, size):
                rest = value & ~((1 << size) - 1 << at)
                if rest != value and rest:
                    yield Case(words, state.edit(**{name: rest}))
            size //= 2
