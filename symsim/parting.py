# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Where code and contract part in a counterexample: the first instruction of the run that has a part in what went wrong.

For a wrong value these are the instructions that it was computed by. Their results are held against the values that the specification
goes through on the same input. What leads to one of those is right so far; the first result that is none of them and leads to none is
where the two part. For two runs that an observer can tell apart, it is the first step that differs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from isa.decode import disassemble
from kernel.thm import KernelError
from symsim.concrete import ADDRESSES, STEP_LIMIT_REACHED
from symsim.intermediate import Intermediates
from symsim.judge import Failure, Judge, Start
from symsim.program import Program
from symsim.trace import MEMORY, Flow, Moment, Run, Step, Tracer, Value, ancestors, flow, uses

_STEPS = 50_000  # of a run that is looked at
_AROUND = 8
"""Rows shown before the one where the two part, and after it."""


class Row(NamedTuple):
    """A step as it is shown: its number from 1, the linked address, what it did in the run, and what that is held against."""

    step: int
    address: int
    text: str
    here: str
    there: str


class Parting(NamedTuple):
    """Where the two part: the step (from 1), its linked address, name and text, in words why, and rows around it, the `row`-th of them
    being it. `moment` is what the processor held before it."""

    step: int
    address: int
    word: int
    name: str
    text: str
    why: str
    against: str
    rows: tuple[Row, ...]
    row: int
    moment: Moment


def parting(judge: Judge, program: Program, failure: Failure, start: Start, other: Start | None = None) -> Parting | None:
    """Where code and contract part in a run from the state, or two runs; None where that can't be told."""
    tracer = Tracer(program)
    run = tracer.run(start.state, judge.entry, _STEPS)
    if not run.steps or (run.outcome.fault is not None and run.outcome.fault.kind == STEP_LIMIT_REACHED):
        return None
    if other is not None:
        found = _leak(run, Tracer(program).run(other.state, judge.entry, _STEPS))
    elif run.outcome.fault is not None:
        rows = [(k, _doing(run.steps[k]), "") for k in range(len(run.steps))]
        found = _Found(len(run.steps) - 1, f"the run ends there: {failure.found}", "", rows)
    elif failure.place:
        found = _wrong_value(judge, run, failure, start)
    else:
        found = _outside(judge, run, start)
    if found is None:
        return None
    index = found.index
    step = run.steps[index]
    place = next(n for n, (k, _, _) in enumerate(found.rows) if k == index)
    first = max(0, place - _AROUND)
    rows = tuple(
        Row(k + 1, run.steps[k].address, disassemble(run.steps[k].word, run.steps[k].address), here, there)
        for k, here, there in found.rows[first : place + _AROUND + 1]
    )
    text = disassemble(step.word, step.address)
    moment = tracer.moment(run, index, judge.entry)
    name = program.name_of(step.address)
    return Parting(index + 1, step.address, step.word, name, text, found.why, found.against, rows, place - first, moment)


class _Found(NamedTuple):
    """A step, and rows of (step, here, there) to show, in order; against what."""

    index: int
    why: str
    against: str
    rows: Sequence[tuple[int, str, str]]


def _wrong_value(judge: Judge, run: Run, failure: Failure, start: Start) -> _Found | None:
    areas = start.areas

    def memory_at(address: int) -> str:
        return next((a.name for a in areas if a.holds(address, 1)), "memory")

    made = flow(run.steps, str, memory_at)
    last = _holder(made, failure.place)
    if last is None:
        return None
    way = sorted(ancestors(made.origins, [last]))
    known = Intermediates()
    try:
        for t in judge.specified.values():
            known.add(t, start.values)
    except KernelError:
        return None
    names = {value: _matched(run.steps[value[0]], value[1], known) for value in way}
    good = _leading(way, made, {value for value, name in names.items() if name is not None})
    bad = [value for value in way if value not in good]
    shown = [(k, _holding(run.steps[k], d), names[k, d] or "") for k, d in way]
    if not good or bad in ([], [last]):
        return _Found(last[0], f"it is the last to write {failure.place}", "the standard", shown)
    telling = [value for value in bad if _tells(run.steps[value[0]], value[1])]
    why = "its result is no value of the standard's on this input, nor does it lead to one on the way to the wrong result"
    return _Found((telling or bad)[0][0], why, "the standard", shown)


def _holder(made: Flow, place: str) -> Value | None:
    """The value that a place holds in the end; None where nothing was written there."""
    if place.startswith("0x"):
        return made.memory.get(int(place, 16))
    return made.registers.get(place)


def _matched(step: Step, destination: str, known: Intermediates) -> str | None:
    """What a result is in the specification."""
    if destination not in step.written:
        return None
    value = step.written[destination]
    if destination[0] == "x" and not value >> 32:
        return known.of(value, 32)
    return known.of(value, 128 if destination[0] == "v" else 64)


def _tells(step: Step, destination: str) -> bool:
    """Whether a result is one that would be recognized; bytes and counters are not."""
    width = 128 if destination[0] == "v" else 64
    return destination not in step.written or Intermediates.tells(step.written[destination], width)


def _leading(way: Sequence[Value], made: Flow, right: set[Value]) -> set[Value]:
    """The right values and all that lead to one of them."""
    return ancestors(made.origins, right) & set(way) if right else set()


def _outside(judge: Judge, run: Run, start: Start) -> _Found | None:
    """The first access that the contract does not allow."""
    rows = [(k, _doing(step), "") for k, step in enumerate(run.steps)]
    for k, step in enumerate(run.steps):
        if not all(judge.allowed(event, start) for event in step.accesses):
            return _Found(k, "it is the first access outside the regions", "", rows)
    return None


def _leak(run: Run, other: Run) -> _Found | None:
    """The first step of two that an observer can tell apart; a branch is told by where it goes."""
    rows = [(k, _doing(a), _doing(b)) for k, (a, b) in enumerate(zip(run.steps, other.steps, strict=False))]
    for k, (a, b) in enumerate(zip(run.steps, other.steps, strict=False)):
        if a.address != b.address:
            return _Found(k - 1, "it goes another way with other secrets", "other secrets", rows)
        if a.accesses != b.accesses:
            return _Found(k, "it accesses other addresses with other secrets", "other secrets", rows)
    return None


def _doing(step: Step) -> str:
    """The accesses and results of a step."""
    touched = [f"{e.kind} {e.address:#x}, {e.size}" for e in step.accesses]
    return "; ".join([*touched, *(f"{n} = {v:#x}" for n, v in step.written.items())])


def _holding(step: Step, destination: str) -> str:
    if destination == MEMORY:
        return "; ".join(f"write {e.address:#x}, {e.size}" for e in step.accesses if e.kind == "write")
    value = step.written.get(destination)
    return f"{destination} = {value:#x}" if value is not None else destination


def told(found: Parting) -> Iterator[str]:
    """The parting in lines of text."""
    yield f"they part at step {found.step}, {found.name} ({found.address:#x}): {found.text}"
    yield f"  {found.why}"
    columns = [("", "step", "address", "instruction", "result", found.against)]
    for k, row in enumerate(found.rows):
        columns.append((">" if k == found.row else "", str(row.step), f"{row.address:#x}", row.text, row.here, row.there))
    widths = [max(map(len, column)) for column in zip(*columns, strict=True)]
    for cells in columns:
        yield ("  " + "  ".join(c.ljust(w) for c, w in zip(cells, widths, strict=True))).rstrip()


def record(found: Parting) -> dict[str, Any]:
    """The parting as JSON has it. Its `case` is the instruction alone, which `armsym conform --replay` runs."""
    moment = found.moment
    case = {
        "word": f"{found.word:08x}",
        "pointers": sorted(set().union(*(use.addresses for use in uses(found.word).values()))),
        "state": {n: hex(v) for n, v in moment.registers.items() if v},
        "memory": [{"address": hex(a % ADDRESSES), "bytes": data.hex()} for a, data in moment.memory],
    }
    told = found._asdict() | {"address": hex(found.address), "rows": [row._asdict() for row in found.rows], "case": case}
    del told["moment"], told["word"]
    return told
