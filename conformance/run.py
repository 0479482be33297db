# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The conformance run: cases of every instruction class, on a target and by the semantics, and what became of them.

The cases of a class come in parts. A part is determined by the seed, the class and its number alone, so that a run is
repeated by its seed. Parts are made and predicted in processes of their own: terms are interned for ever, and what a
part needed of them goes with its process.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from itertools import islice
from multiprocessing.connection import Connection
from random import Random
from typing import Any, NamedTuple

import isa
from conformance.compare import (
    NOTHING_LEARNT,
    Mismatch,
    class_name,
    differences,
    missing_features,
    unannounced_features,
)
from conformance.generate import cases
from conformance.known_issues import deadly, explanation
from conformance.model import predict
from conformance.state import Case, FaultKind, Outcome
from conformance.target import Target, TargetLost
from isa.decode import decoder
from isa.dsl import REGISTRY, InstructionClass
from isa.profiles import Profile
from symsim.errors import ArmsymError, BadInput

PART = 4096
"""Cases in a part. Another size gives other cases for the same seed."""

NONE = "no case could be made: the semantics do not determine what its words do"
FEW = "fewer cases than asked for could be made: hardly any state suits its words"

KEPT = 5
"""Unexplained mismatches of a class that are kept; the others are counted."""


class Part(NamedTuple):
    """So many cases of a class to make, and to predict on a processor; `number` is the part's."""

    name: str
    seed: int
    number: int
    size: int
    cpu: Profile | None = None


@dataclass
class Row:
    """What became of the cases of one instruction class.

    `tests` were compared; `mismatches` differ and nothing explains it, `explained` differ as a known issue says;
    `not_run` the target could not run, or died of.
    """

    name: str
    group: str
    encodings: int
    tests: int = 0
    mismatches: int = 0
    explained: int = 0
    not_run: int = 0
    seconds: float = 0.0
    note: str = ""
    done: bool = False


@dataclass
class Run:
    """A conformance run so far. `lost` says why it is not whole, if so; of `killers` the target died; `scheme` is its."""

    target: str
    description: str
    seed: int
    count: int
    rows: dict[str, Row]
    cpu: Profile | None = None
    mismatches: list[Mismatch] = field(default_factory=list)
    issues: dict[str, int] = field(default_factory=dict)
    killers: list[Case] = field(default_factory=list)
    seconds: float = 0.0
    lost: str = ""
    scheme: str = ""

    @property
    def tests(self) -> int:
        return sum(row.tests for row in self.rows.values())

    @property
    def compared(self) -> int:
        return sum(row.tests + row.not_run for row in self.rows.values())

    @property
    def unexplained(self) -> int:
        return sum(row.mismatches for row in self.rows.values())

    @property
    def exit_status(self) -> int:
        """0 agreed, 1 mismatch, 3 where nothing or not everything asked for was compared."""
        if self.unexplained:
            return 1
        return 3 if self.lost or self.killers or not self.tests else 0


def choose_classes(patterns: Iterable[str]) -> list[InstructionClass]:
    """The testable classes whose name or group matches one of the patterns; without patterns all.

    Raises BadInput for a pattern that matches none.
    """
    isa.load_all()
    known = [c for c in REGISTRY if c.kind != "unsupported"]
    chosen: dict[str, InstructionClass] = {}
    wanted = list(patterns) or ["*"]
    for pattern in wanted:
        found = [c for c in known if fnmatchcase(c.name, pattern) or c.group == pattern]
        if not found:
            near = get_close_matches(pattern, [c.name for c in known], 3, 0.5)
            hint = (
                f"; near: {', '.join(near)}"
                if near
                else f"; there are {', '.join(isa.GROUPS)}, names and patterns such as 'load_*'"
            )
            raise BadInput(f"no instruction class is called {pattern!r}{hint}")
        chosen |= {c.name: c for c in found}
    return list(chosen.values())


def make(part: Part) -> list[tuple[Case, Outcome]]:
    """The cases of the part and what the semantics say of them."""
    isa.load_all()
    random = Random(f"{part.seed}:{part.name}:{part.number}")
    made = list(islice(cases(REGISTRY[part.name], random), part.size))
    return [(case, predict(case, part.cpu)) for case in made]


def _make_and_send(part: Part, pipe: Connection) -> None:
    try:
        pipe.send(make(part))
    except KeyboardInterrupt:
        os._exit(130)


def make_all(parts: Iterable[Part], jobs: int) -> Iterator[tuple[Part, list[tuple[Case, Outcome]]]]:
    """The parts in order, made by up to `jobs` processes ahead of their use; without any, in this process."""
    if jobs == 0:
        yield from ((part, make(part)) for part in parts)
        return
    decoder()  # built once here, where every forked process finds it
    context: Any = multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn")
    ahead: deque[tuple[Part, Any, Connection]] = deque()
    waiting = iter(parts)
    try:
        while True:
            for part in islice(waiting, jobs + 1 - len(ahead)):
                receiver, sender = context.Pipe(duplex=False)
                process = context.Process(target=_make_and_send, args=(part, sender), daemon=True)
                process.start()
                sender.close()
                ahead.append((part, process, receiver))
            if not ahead:
                return
            part, process, receiver = ahead.popleft()
            try:
                made = receiver.recv()
            except EOFError:
                process.join()
                raise ArmsymError(f"making cases of {part} failed with status {process.exitcode}") from None
            process.join()
            yield part, made
    finally:
        for _, process, _ in ahead:
            process.kill()


def run(
    target: Target,
    classes: Sequence[InstructionClass],
    count: int,
    seed: int,
    *,
    jobs: int = 0,
    cpu: Profile | None = None,
    progress: Callable[[Run], None] = lambda run: None,
) -> Run:
    """Compare the target with the semantics in `count` cases, shared evenly among the classes.

    Classes that the target does not have are left out, unless the `cpu` lacks them, too: then they have to be undefined.

    A target that is lost on the way, or an interrupt, ends the run: it says so, and keeps what was learnt. `progress`
    is called after each part.
    """
    began = time.monotonic()
    rows = {c.name: Row(c.name, c.group, len(c.encodings)) for c in classes}
    result = Run(target.name, target.description, seed, count, rows, cpu, scheme=target.scheme)
    able: list[InstructionClass] = []
    for instruction in classes:
        missing = [] if cpu and cpu.lacks(instruction) else missing_features(instruction, target)
        if missing:
            rows[instruction.name].note = f"not run: the target has no {', '.join(missing)}"
        else:
            able.append(instruction)
    share, more = divmod(count, max(1, len(able)))
    asked = {c.name: share + (i < more) for i, c in enumerate(able)}
    parts = [
        Part(name, seed, number, min(PART, number_of - number * PART), cpu)
        for name, number_of in asked.items()
        for number in range(-(-number_of // PART))
    ]
    last = time.monotonic()
    try:
        for part, made in make_all(parts, jobs):
            row = rows[part.name]
            _compare_part(result, row, target, made)
            if len(made) < part.size:
                row.note = FEW if row.tests or row.not_run else NONE
            now = time.monotonic()
            row.seconds += now - last
            last, result.seconds = now, now - began
            row.done = part.size + part.number * PART == asked[part.name]
            progress(result)
            if result.lost:
                break
    except KeyboardInterrupt:
        result.lost = "interrupted"
    result.lost = result.lost or target.damage
    return result


def _compare_part(result: Run, row: Row, target: Target, made: Sequence[tuple[Case, Outcome]]) -> None:
    harmless = []
    for case, ours in made:
        issue = next(filter(None, (deadly(word, result.scheme) for word in case.words)), None)
        if issue is None:
            harmless.append((case, ours))
        else:
            row.not_run += 1
            result.issues[issue.id] = result.issues.get(issue.id, 0) + 1
    try:
        outcomes = target.run([case for case, _ in harmless])
    except TargetLost as loss:
        outcomes, result.lost = loss.outcomes, str(loss)
    for (case, ours), theirs in zip(harmless, outcomes, strict=False):
        _tally(result, row, case, ours, theirs)


def _tally(result: Run, row: Row, case: Case, ours: Outcome, theirs: Outcome) -> None:
    undefined_there_alone = ours.fault.kind is not FaultKind.UNDEFINED is theirs.fault.kind
    lacking = unannounced_features(REGISTRY[row.name]) if undefined_there_alone else []
    if theirs.fault.kind in NOTHING_LEARNT or ours.fault.kind in NOTHING_LEARNT or lacking:
        row.not_run += 1
        if lacking:
            row.note = f"perhaps the target has no {', '.join(lacking)}, which targets do not announce"
        if theirs.fault.kind is FaultKind.KILLED:
            result.killers.append(case)
        return
    row.tests += 1
    found = differences(ours, theirs)
    if not found:
        return
    mismatch = Mismatch(class_name(case), case, ours, theirs, found, result.cpu)
    issue = explanation(mismatch, result.scheme)
    if issue is not None:
        row.explained += 1
        result.issues[issue.id] = result.issues.get(issue.id, 0) + 1
        return
    row.mismatches += 1
    if row.mismatches <= KEPT:
        result.mismatches.append(mismatch)
