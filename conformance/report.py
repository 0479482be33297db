# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A conformance run as people and machines read it: tables, JSON lines, and a page of the coverage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from html import escape
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from conformance.run import Row, Run

LIVE_ROWS = 12
"""Classes that the live table shows: the last ones, and before them those with mismatches."""


def live_table(run: Run) -> RenderableType:
    """What there is so far, in some lines."""
    begun = [row for row in run.rows.values() if row.seconds]
    wrong = [row for row in begun if row.mismatches]
    shown = (wrong + [row for row in begun if not row.mismatches][-LIVE_ROWS:])[-LIVE_ROWS:]
    bar = ProgressBar(total=run.count, completed=min(run.count, run.compared), width=60)
    return Group(_table(run, shown), bar, _total(run))


def final_table(run: Run) -> RenderableType:
    """Every class, and the sum."""
    return Group(_table(run, list(run.rows.values())), _total(run))


def _table(run: Run, rows: Sequence[Row]) -> Table:
    table = Table(title=f"{run.description}{semantics_of(run)}, seed {run.seed}", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("class", overflow="fold")
    for name in ("tests", "mismatches", "explained", "not run", "tests/s"):
        table.add_column(name, justify="right", no_wrap=True, min_width=max(7, len(name)))
    for row in rows:
        style = "red" if row.mismatches else "yellow" if row.note and not row.tests else ""
        rate = f"{row.tests / row.seconds:,.0f}" if row.seconds else ""
        counts = (row.tests, row.mismatches, row.explained, row.not_run)
        table.add_row(row.name, *[f"{n:,}" if n else "" for n in counts], rate, style=style)
    return table


def semantics_of(run: Run) -> str:
    """What is to be said of the processor of the semantics."""
    return f", against {run.cpu.name}" if run.cpu else ""


def _total(run: Run) -> Text:
    rate = run.tests / run.seconds if run.seconds else 0
    tested = sum(row.tests > 0 for row in run.rows.values())
    text = Text(
        f"{run.tests:,} tests of {tested} of {len(run.rows)} classes in {run.seconds:.1f} s, {rate:,.0f} tests/s; "
        f"{run.unexplained:,} mismatches, {sum(row.explained for row in run.rows.values()):,} explained, "
        f"{sum(row.not_run for row in run.rows.values()):,} not run"
    )
    for row in run.rows.values():
        if row.note:
            text.append(f"\n{row.name}: {row.note}", "yellow")
    for issue, times in sorted(run.issues.items()):
        text.append(f"\nexplained by {issue}: {times:,}")
    for case in run.killers[:5]:
        text.append(f"\nthe target died of {' '.join(f'{word:08x}' for word in case.words)}", "yellow")
    if run.lost:
        text.append(f"\nincomplete: {run.lost}", "red")
    return text


def records(run: Run) -> Iterator[dict[str, Any]]:
    """The run as values for JSON, one a line: a record for each class, then one for the whole."""
    for row in run.rows.values():
        values = asdict(row) | {"seconds": round(row.seconds, 3)}
        yield {"type": "class", "target": run.target, **values}
    yield {
        "type": "run",
        "target": run.target,
        "description": run.description + semantics_of(run),
        "cpu": run.cpu.name if run.cpu else "max",
        "seed": run.seed,
        "count": run.count,
        "tests": run.tests,
        "mismatches": run.unexplained,
        "explained": run.issues,
        "killed_by": [[f"{word:08x}" for word in case.words] for case in run.killers],
        "seconds": round(run.seconds, 3),
        "incomplete": run.lost,
        "status": run.exit_status,
    }


STYLE = """
body { font: 15px/1.4 system-ui, sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em; }
table { border-collapse: collapse; } th, td { padding: 0.15em 0.7em; text-align: right; border-bottom: 1px solid #ddd; }
th:first-child, td:first-child { text-align: left; } thead th { position: sticky; top: 0; background: #fff; }
.agrees { background: #e3f4e3; } .differs { background: #f8d0d0; } .unrun { background: #f4f0d8; color: #665; }
"""


def page(lines: Sequence[Mapping[str, Any]]) -> str:
    """The coverage by class and target as one HTML page, from the records of one or more runs."""
    runs = {line["target"]: line for line in lines if line["type"] == "run"}
    cells = {(line["name"], line["target"]): line for line in lines if line["type"] == "class"}
    groups: dict[str, list[str]] = {}
    for line in lines:
        if line["type"] == "class" and line["name"] not in groups.setdefault(line["group"], []):
            groups[line["group"]].append(line["name"])
    heads = "".join(f"<th>{escape(target)}</th>" for target in runs)
    body = "".join(
        f"<tr><th colspan={len(runs) + 1}>{escape(group)}</th></tr>\n"
        + "".join(_line(name, [cells.get((name, target)) for target in runs]) for name in sorted(names))
        for group, names in sorted(groups.items())
    )
    return f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Conformance of the instruction semantics</title><style>{STYLE}</style>
<h1>Conformance of the instruction semantics</h1>
<p>Tests compared with each target; in brackets those that differ and are explained by a known error of the target.</p>
<ul>{"".join(map(_summary, runs.values()))}</ul>
<table><thead><tr><th>instruction class</th>{heads}</tr></thead><tbody>
{body}</tbody></table></html>
"""


def _summary(run: Mapping[str, Any]) -> str:
    end = f"; incomplete: {run['incomplete']}" if run["incomplete"] else ""
    text = (
        f"{run['target']} is {run['description']}: {run['tests']:,} tests, {run['mismatches']:,} unexplained "
        f"mismatches, seed {run['seed']}{end}"
    )
    return f"<li>{escape(text)}</li>\n"


def _line(name: str, cells: Sequence[Mapping[str, Any] | None]) -> str:
    return f"<tr><td>{escape(name)}</td>{''.join(map(_cell, cells))}</tr>\n"


def _cell(cell: Mapping[str, Any] | None) -> str:
    if cell is None or not cell["tests"]:
        why = cell["note"] if cell and cell["note"] else "not run"
        return f'<td class="unrun" title="{escape(why)}">not run</td>'
    if cell["mismatches"]:
        return f'<td class="differs">{cell["mismatches"]:,} of {cell["tests"]:,} differ</td>'
    explained = f" ({cell['explained']:,})" if cell["explained"] else ""
    return f'<td class="agrees">{cell["tests"]:,}{explained}</td>'
