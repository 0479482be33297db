# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""`armsym list`: the catalogue, and what is known of each routine."""

from __future__ import annotations

import json as json_module
import sys
from pathlib import Path

import click

from symsim import catalogue, objects
from symsim.catalogue import Routine
from symsim.report.text import megabytes, table
from symsim.result import PROVED, Result
from symsim.store import Store
from symsim.verify import Question

_MEASURES = ("lines", "hints", "lemmas", "solver", "longest", "time", "replay", "memory", "certificate")
"""Lines of code in the script, hints to the prover; lemmas by SAT, calls of the solver, steps of the longest LRAT proof."""
UNTRIED, CHANGED = "not tried", "changed since"


@click.command(short_help="Show the catalogue, and what is known of each routine.")
@click.option(
    "--object",
    "object_",
    default=objects.DEFAULT,
    show_default=True,
    metavar="FILE",
    help="The object to tell the status for: a file, with members after colons, or a library of the corpus.",
)
@click.option("--json", is_flag=True, help="Print one JSON object a line.")
def command(object_: str, json: bool) -> int:
    """List every routine of the catalogue with its status and what its proof took, as far as it is known here."""
    store = Store(say=lambda message: print(f"armsym: {message}", file=sys.stderr))
    question = Question(object_)
    rows: list[tuple[str, ...]] = [("routine", "status", *_MEASURES, "what it does")]
    for routine in catalogue.routines():
        status, result = _status(store, question, routine)
        summary = routine.goal().summary
        if json:
            record = {"routine": routine.name, "status": status, "summary": summary}
            click.echo(json_module.dumps(record | {"result": result.record() if result else None}))
        rows.append((routine.name, status, *_measures(result), summary))
    if not json:
        click.echo("\n".join(table(rows, right=range(2, 2 + len(_MEASURES)))))
    return 0


def _status(store: Store, question: Question, routine: Routine) -> tuple[str, Result | None]:
    """The status, and the result that it is from."""
    record = store.answer(question.key(routine))
    result = Result.of_record(record) if record is not None else None
    if result is not None:
        is_there = result.status != PROVED or Path(result.certificate).is_file()
        return result.status if is_there else "certificate lost", result
    record = store.latest(routine.name, question.about(routine), routine.script)
    result = Result.of_record(record) if record is not None else None
    return (f"{result.status}, {CHANGED}", result) if result is not None else (UNTRIED, None)


def _measures(result: Result | None) -> tuple[str, ...]:
    if result is None or result.status != PROVED:
        return ("",) * len(_MEASURES)
    seconds = dict(result.seconds)
    replay = seconds.pop("replay", 0.0)
    counts = (result.lines, result.hints, result.lemmas, result.solver_calls, result.longest_lemma)
    times = (f"{sum(seconds.values()):.1f} s", f"{replay:.1f} s")
    return (*(f"{n:,}" for n in counts), *times, megabytes(result.peak_memory), megabytes(result.certificate_size))
