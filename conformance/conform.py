# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What `armsym conform` does: run, show, shrink what differs, write it down.

Exit statuses: 0 agreed, 1 mismatch, 2 bad input, 3 the target was not there, or not to the end.
"""

from __future__ import annotations

import json as json_module
import os
import re
import secrets
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.live import Live

from conformance.c_test import c_test
from conformance.case_file import mismatch_record, read_case
from conformance.compare import NOTHING_LEARNT, Mismatch, compare, describe, shrink
from conformance.known_issues import explanation, known_issues
from conformance.replay_target import RecordingTarget
from conformance.report import final_table, live_table, page, records
from conformance.run import Run, choose_classes, run
from conformance.target import Target, TargetLost, open_target
from isa.profiles import Profile
from symsim.errors import ArmsymError, BadInput

SHRUNK = 20
"""Mismatches of one run that are made small and written; each is of another class or differs in other components."""

IN_PROCESS = 2000
"""Up to so many cases are made in this process."""


def main_conform(
    target: str,
    count: int,
    seed: int | None = None,
    classes: Sequence[str] = (),
    json: bool = False,
    out: Path | None = None,
    jobs: int | None = None,
    cpu: Profile | None = None,
    record: Path | None = None,
) -> int:
    """Compare a target with the semantics and report; returns the exit status.

    `target` is a spec of conformance.target, `classes` are names, patterns or groups of instruction classes. Without a
    seed one is drawn, and shown. With `json`, standard output gets one object a line. Mismatches go as JSON cases and C
    tests to `out`, or else to the directory conform-mismatches, made only if there are any; `out` also gets the run's
    lines, and a page of the coverage by class and target in this and earlier runs there. `jobs` processes make cases. On
    another `cpu` than one with every feature, what it lacks is undefined. What the target says is kept in the new file `record`,
    from which the target `replay:FILE` repeats it.
    """
    try:
        if count < 1:
            raise BadInput(f"a run has at least one test, not {count}")
        known_issues()
        chosen = choose_classes(classes)
        if out is not None:
            _make_directory(out)
        with _opened(target, record) as opened:
            result, small = _run(opened, chosen, count, secrets.randbits(32) if seed is None else seed, json, jobs, cpu)
        written = write_cases(small, result, out or Path("conform-mismatches"))
        if out is not None:
            write_results(result, out)
    except ArmsymError as error:
        return _fail(error)
    if json:
        for mismatch in small:
            _print_line({"type": "mismatch", **mismatch_record(mismatch, result.target, result.seed)})
        for line in records(result):
            _print_line(line)
    else:
        _show(result, small, written)
    return result.exit_status


def main_replay(target: str, file: Path, json: bool = False, cpu: Profile | None = None) -> int:
    """Repeat the case of a file on a target; returns the exit status, 1 if it is still an unexplained mismatch."""
    try:
        case = read_case(file)
        with open_target(target) as opened:
            [theirs] = opened.run([case])
    except ArmsymError as error:
        return _fail(error)
    mismatch = compare(case, theirs, cpu)
    issue = explanation(mismatch, opened.scheme) if mismatch is not None else None
    if theirs.fault.kind in NOTHING_LEARNT:
        status, text = 3, f"{target} has not run it: {theirs.fault.kind.name} {theirs.fault.detail}"
    elif mismatch is None:
        status, text = 0, f"{target} and the semantics agree on {file}"
    elif issue is not None:
        status, text = 0, f"{describe(mismatch)}\nexplained by {issue.id}: {issue.evidence.strip()}"
    else:
        status, text = 1, describe(mismatch)
    if json:
        record = mismatch_record(mismatch, target, 0) if mismatch is not None else {}
        _print_line({"type": "replay", "target": target, "status": status, "file": str(file), **record})
    else:
        print(text)
    return status


def _opened(spec: str, record: Path | None) -> Target:
    target = open_target(spec)
    try:
        return target if record is None else RecordingTarget(target, record)
    except BadInput:
        target.close()
        raise


def _run(
    target: Target, chosen: Sequence[Any], count: int, seed: int, json: bool, jobs: int | None, cpu: Profile | None
) -> tuple[Run, list[Mismatch]]:
    """The run, watched if standard error is a terminal, and its mismatches made small."""
    if jobs is None:
        jobs = 0 if count <= IN_PROCESS else max(1, (os.cpu_count() or 2) - 1)
    console = Console(stderr=True)
    if json or not console.is_terminal:
        result = run(target, chosen, count, seed, jobs=jobs, cpu=cpu)
    else:
        # No thread of its own that redraws: processes are forked while this is shown.
        with Live(console=console, auto_refresh=False, transient=True) as live:
            result = run(
                target,
                chosen,
                count,
                seed,
                jobs=jobs,
                cpu=cpu,
                progress=lambda so_far: live.update(live_table(so_far), refresh=True),
            )
    return result, made_small(result, target)


def made_small(result: Run, target: Target) -> list[Mismatch]:
    """One mismatch of each sort, shrunk as long as the target is there."""
    sorts: dict[tuple[str, frozenset[str]], Mismatch] = {}
    for mismatch in result.mismatches:
        shape = frozenset(re.sub(r"\d+|\[.*", "", name) for name in mismatch.differences)
        sorts.setdefault((mismatch.instruction, shape), mismatch)
    chosen = list(sorts.values())[:SHRUNK]
    if result.lost:
        return chosen

    def same_sort(whole: Mismatch, found: Mismatch) -> bool:
        kinds = [(m.ours.fault.kind, m.theirs.fault.kind, m.instruction) for m in (whole, found)]
        return kinds[0] == kinds[1] and explanation(found, target.scheme) is None

    small = []
    for mismatch in chosen:
        try:
            small.append(shrink(mismatch, target, partial(same_sort, mismatch)))
        except TargetLost:
            small.append(mismatch)
    return small


def write_cases(small: Sequence[Mismatch], result: Run, out: Path) -> list[Path]:
    """Write each mismatch as a JSON case and as a C test; the paths of the cases."""
    written: list[Path] = []
    for mismatch in small:
        _make_directory(out)
        number = sum(path.name.startswith(f"{mismatch.instruction}-") for path in written) + 1
        path = out / f"{mismatch.instruction}-{number}.json"
        record = mismatch_record(mismatch, result.target, result.seed)
        _write(path, json_module.dumps(record, indent=1) + "\n")
        _write(path.with_suffix(".c"), c_test(mismatch.case, mismatch.ours))
        written.append(path)
    return written


def write_results(result: Run, out: Path) -> None:
    """Write the run's lines, and the page made from those of all runs there."""
    name = re.sub(r"[^A-Za-z0-9.-]+", "-", result.target)
    _write(out / f"{name}.jsonl", "".join(json_module.dumps(line) + "\n" for line in records(result)))
    _write(out / "index.html", page([line for path in sorted(out.glob("*.jsonl")) for line in _lines_of(path)]))


def _lines_of(path: Path) -> list[dict[str, Any]]:
    try:
        lines = [json_module.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        page(lines)
    except (ValueError, TypeError, KeyError) as error:
        raise BadInput(f"{path}: not the lines of a run: {error!r}; remove it") from None
    return lines


def _make_directory(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None


def _show(result: Run, small: Sequence[Mismatch], written: Sequence[Path]) -> None:
    console = Console(soft_wrap=True)
    if not console.is_terminal:
        console.width = 100
    console.print(final_table(result))
    for mismatch, path in zip(small, written, strict=True):
        console.print(
            f"\n{describe(mismatch)}\n    repeat: armsym conform --target {result.target}{_cpu(result)} --replay {path}",
            highlight=False,
            markup=False,
        )


def _cpu(result: Run) -> str:
    return f" --cpu {result.cpu.name}" if result.cpu else ""


def _print_line(record: dict[str, Any]) -> None:
    print(json_module.dumps(record), flush=True)


def _fail(error: ArmsymError) -> int:
    print(f"armsym: {error}", file=sys.stderr)
    return error.exit_code
