# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Results as people read them: the theorem in plain words, what was refuted, what is open; and many of them in a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from symsim.promises import PROPERTIES
from symsim.result import OPEN, PROVED, REFUTED, Result

_COLOURS = {PROVED: "green", REFUTED: "red", OPEN: "yellow"}
PARTED = "they part at step"
_LONGEST = 2000
"""Characters of what is left that are shown; programs get all of it."""


def text(result: Result) -> str:
    """The result in some lines."""
    lines = [f"{click.style(result.routine, bold=True)}: {status(result.status)}"]
    lines += {PROVED: _proved, REFUTED: _refuted, OPEN: _open}[result.status](result)
    if result.seconds:
        stages = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in result.seconds.items() if seconds >= 0.05)
        lines.append(f"  time         {stages or 'under 0.1 s'}; at most {megabytes(result.peak_memory)}")
    return "\n".join(lines)


def _proved(result: Result) -> list[str]:
    stored = ["  known from before: nothing that the proof rests on has changed since"] if result.stored else []
    return [
        f"  {result.summary}",
        *(_of_a_routine(result) if result.object else _of_a_standard(result)),
        f"  certificate  {result.certificate}",
        f"               {megabytes(result.certificate_size)}, {result.inferences:,} inferences, replayed in a fresh process",
        f"  statement    SHA-256 {result.statement_sha256}",
        *stored,
    ]


def _of_a_routine(result: Result) -> list[str]:
    return [
        "  For all states in which",
        *(f"    - {label}," for label in result.requires),
        f"  {result.symbol} ({result.instructions} instructions at {result.address:#x}) comes to its end, and then",
        *_listed(result.ensures),
        f"  object       {result.object}",
        f"               SHA-256 {result.object_sha256}",
    ]


def _of_a_standard(result: Result) -> list[str]:
    return ["  For all values,", *_listed(result.ensures)]


def _listed(labels: list[str]) -> list[str]:
    return [*(f"    - {label}," for label in labels[:-1]), *(f"    - {label}." for label in labels[-1:])]


def _refuted(result: Result) -> list[str]:
    lines = [f"  {result.summary}", *(f"  {line}".rstrip() for line in result.detail.splitlines())]
    if result.object:
        lines += [
            f"  object       {result.object}",
            f"  saved        {result.counterexample}",
            *again(result),
        ]
    return lines


def again(result: Result) -> list[str]:
    """How to run a counterexample again."""
    place = Path(result.counterexample)
    test = place.with_suffix(".c")
    return [
        f"  run it again armsym verify {result.proof} --replay-counterexample {place}",
        *([f"  on a board   cc -o test {test} && ./test"] if test.exists() else []),
        *(
            [f"  its instruction alone  armsym conform --target unicorn --replay {place}"]
            if PARTED in result.detail
            else []
        ),
    ]


def _open(result: Result) -> list[str]:
    detail = result.detail if len(result.detail) <= _LONGEST else f"{result.detail[:_LONGEST]}…"
    summary_line = [f"  {result.summary}"] if result.summary else []
    return [*summary_line, *(f"  {line}" for line in f"left: {detail}".splitlines())]


def status(word: str) -> str:
    """The status in its colour."""
    return click.style(word, fg=_COLOURS.get(word.partition(" ")[0]), bold=True)


def summary(results: Iterable[Result]) -> str:
    """A line for each result, in the order of the routines' names, and what there is of each status and in all."""
    results = sorted(results, key=lambda result: result.routine)
    rows = [("routine", "status", *PROPERTIES, "time", "memory", "left"), *map(_row, results)]
    counts = ", ".join(f"{sum(r.status == word for r in results)} {word}" for word in (PROVED, REFUTED, OPEN))
    seconds = sum(sum(r.seconds.values()) for r in results)
    memory = max((r.peak_memory for r in results), default=0)
    size = sum(r.certificate_size for r in results)
    totals = f"{seconds:,.1f} s in all, at most {megabytes(memory)} at a time; certificates of {megabytes(size)}"
    return "\n".join(["", *table(rows, right=(9, 10)), "", f"{counts}; {totals}"])


def _row(r: Result) -> tuple[str, ...]:
    """What is proved of a routine, and what it took; where nothing is proved, what is left or how it was refuted."""
    marks = [("✓" if is_proved else "–") if r.status == PROVED else "" for is_proved in r.properties().values()]
    note = "" if r.status == PROVED else r.detail.partition("\n")[0].removeprefix(f"{r.object}: ")
    seconds = f"{sum(r.seconds.values()):.1f} s"
    return (
        r.routine,
        r.status,
        *marks,
        seconds,
        megabytes(r.peak_memory),
        note if len(note) <= 80 else f"{note[:80]}…",
    )


def table(rows: Sequence[tuple[str, ...]], right: Iterable[int] = ()) -> list[str]:
    """Rows of text in columns, those of `right` aligned to the right, the first row underlined."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    aligned = set(right)
    lines = []
    for row in rows:
        cells = [c.rjust(w) if i in aligned else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))]
        styled = [cell.replace(c, status(c)) if c in _COLOURS else cell for cell, c in zip(cells, row, strict=True)]
        lines.append("  ".join(styled).rstrip())
    lines.insert(1, "  ".join("─" * width for width in widths).rstrip())
    return lines


def megabytes(size: int) -> str:
    """A size in bytes, in millions of them."""
    return f"{size / 1e6:,.1f} MB" if size < 1e7 else f"{size / 1e6:,.0f} MB"
