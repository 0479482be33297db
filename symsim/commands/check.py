# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""`armsym check`: replay certificates in fresh processes, and hold what they say against what is here."""

from __future__ import annotations

import json as json_module
import os
import shutil
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import click

from symsim import objects
from symsim.processes import Processes, leave_interrupts
from symsim.progress import Progress
from symsim.report.text import megabytes
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
    done: list[_Checked] = []
    pool = ThreadPoolExecutor(os.cpu_count(), initializer=leave_interrupts)
    try:
        with Progress() as progress:
            replays = pool.map(partial(_replay, processes, progress, full, json), certificates)
            for path, replay in zip(certificates, replays, strict=True):
                progress.say(str(path), "compare")
                comparisons = _compare(path, spec, alone) if replay.status == 0 else {}
                progress.done(str(path))
                done.append(_Checked(path, replay, any(c["different"] for c in comparisons.values())))
                with progress.aside():
                    _tell(path, replay, comparisons, json)
    finally:
        processes.stop()
        pool.shutdown(cancel_futures=True)
    if len(done) > 1 and not json:
        click.echo(f"\n{_summary(done)}")
    return max(one.status for one in done)


class _Replay(NamedTuple):
    """The exit status of the checker, its report, what it complained of if there is none, and how long it took."""

    status: int
    output: str
    complaint: str
    seconds: float


class _Checked(NamedTuple):
    path: Path
    replay: _Replay
    differs: bool

    @property
    def status(self) -> int:
        return max(self.replay.status, int(self.differs))


def _replay(processes: Processes, progress: Progress, full: bool, json: bool, path: Path) -> _Replay:
    # The report is as wide as this terminal, which the checker's process does not see.
    os.environ.setdefault("COLUMNS", str(shutil.get_terminal_size((120, 24)).columns))
    options = [word for word, is_on in (("--full", full), ("--json", json)) if is_on]
    progress.say(str(path), "replay")
    start = time.perf_counter()
    done = processes.run(replay_command(path, *options))
    seconds = time.perf_counter() - start
    progress.done(str(path))  # until it is its turn to be told
    complaint = "" if done.stdout else (done.stderr.splitlines() or [f"exit status {done.returncode}"])[-1]
    status = max(done.returncode, 1) if complaint else done.returncode
    return _Replay(status, done.stdout, complaint, seconds)


def _tell(path: Path, replay: _Replay, comparisons: dict[str, Any], json: bool) -> None:
    if json:
        report = json_module.loads(replay.output) if replay.output else {"file": str(path)}
        click.echo(json_module.dumps(report | comparisons))
    else:
        click.echo("\n".join([*replay.output.splitlines(), *_lines(comparisons)]))
    if replay.complaint:
        click.echo(f"armsym: {path}: the checker failed: {replay.complaint}", err=True)


def _summary(done: Sequence[_Checked]) -> str:
    accepted = [one for one in done if one.replay.status == 0]
    counts = f"{len(accepted)} accepted, {len(done) - len(accepted)} refused"
    different = sum(one.differs for one in accepted)
    differing = f", {different} of those accepted different from what is here" if different else ""
    size = megabytes(sum(one.path.stat().st_size for one in done if one.path.is_file()))
    seconds = sum(one.replay.seconds for one in done)
    return f"{len(done)} certificates: {counts}{differing}; {size}, {seconds:,.1f} s of replay"


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
