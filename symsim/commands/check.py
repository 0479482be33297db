# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""`armsym check`: replay certificates in fresh processes, and hold what they say against what is here."""

from __future__ import annotations

import json as json_module
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import click

from symsim import objects
from symsim.processes import Processes, leave_interrupts
from symsim.verify import replay_command

_SHOWN = 8


@click.command(short_help="Replay certificates, and print what they prove.")
@click.argument("certificates", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="CERTIFICATE...")
@click.option("--full", is_flag=True, help="Print the statement and all its definitions in full.")
@click.option("--json", is_flag=True, help="Print one JSON object a line.")
@click.option("--object", "object_", metavar="FILE", help="Compare code and constants with this object's, too.")
@click.option("--alone", is_flag=True, help="Do not compare definitions with those of this installation.")
def command(certificates: tuple[Path, ...], full: bool, json: bool, object_: str | None, alone: bool) -> int:
    """Check certificates, each in a fresh process that shares no code with the prover, and print what they prove.

    The meanings of instructions and the standards' definitions in a certificate are compared with those of this
    installation, so that what was tested here is what the theorem is about.
    """
    spec = objects.object_spec(object_) if object_ is not None else None
    processes = Processes()
    status = 0
    pool = ThreadPoolExecutor(os.cpu_count(), initializer=leave_interrupts)
    try:
        for path, done in zip(
            certificates, pool.map(partial(_replay, processes, full, json), certificates), strict=True
        ):
            code, output, complaint = done
            comparisons = _compare(path, spec, alone) if code == 0 else {}
            if any(c["different"] for c in comparisons.values()):
                code = 1
            if json:
                click.echo(
                    json_module.dumps((json_module.loads(output) if output else {"file": str(path)}) | comparisons)
                )
            else:
                click.echo("\n".join([*output.splitlines(), *_lines(comparisons)]))
            if complaint:
                click.echo(f"armsym: {path}: the checker failed: {complaint}", err=True)
            status = max(status, code)
    finally:
        processes.stop()
        pool.shutdown(cancel_futures=True)
    return status


def _replay(processes: Processes, full: bool, json: bool, path: Path) -> tuple[int, str, str]:
    """The exit status of the checker, its report, and what it complained of if there is none."""
    # The report is as wide as this terminal, which the checker's process does not see.
    os.environ.setdefault("COLUMNS", str(shutil.get_terminal_size((120, 24)).columns))
    options = [word for word, is_on in (("--full", full), ("--json", json)) if is_on]
    done = processes.run(replay_command(path, *options))
    complaint = "" if done.stdout else (done.stderr.splitlines() or [f"exit status {done.returncode}"])[-1]
    return max(done.returncode, 1) if complaint else done.returncode, done.stdout, complaint


def _compare(path: Path, spec: str | None, alone: bool) -> dict[str, Any]:
    from symsim.check import with_installation, with_object  # noqa: PLC0415  (a refused certificate needs no logic)
    from symsim.program import Program  # noqa: PLC0415
    from symsim.statement import Statement  # noqa: PLC0415

    statement = Statement.read(path)
    comparisons = {}
    if not alone:
        comparisons["installation"] = asdict(with_installation(statement))
    if spec is not None:
        program = Program.load(spec, statement.about.get("symbol"))
        comparisons["object"] = {"path": program.path, **asdict(with_object(statement, program))}
    return comparisons


def _lines(comparisons: dict[str, Any]) -> list[str]:
    lines = []
    for what, comparison in comparisons.items():
        lines.append(f"  compared with {comparison.get('path', f'this {what}')}")
        same = ", ".join(f"{number:,} {kind}" for kind, number in comparison["same"].items())
        lines += [f"    the same: {same}"] if same else []
        lines += [f"    only in the certificate: {', '.join(comparison['own'])}"] if comparison["own"] else []
        lines += [f"    {click.style('different', fg='red')}: {text}" for text in comparison["different"][:_SHOWN]]
        more = len(comparison["different"]) - _SHOWN
        lines += [f"    and {more} more that differ"] if more > 0 else []
    return lines
