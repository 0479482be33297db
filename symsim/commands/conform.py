# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""`armsym conform`: does a processor, or an emulator of one, do what the proofs say it does?"""

from __future__ import annotations

from pathlib import Path

import click

from isa.profiles import Profile
from symsim.commands import cpu as cpu_option


@click.command(short_help="Compare a processor or an emulator with the semantics.")
@click.option("--target", required=True, help="unicorn | qemu | ssh:DEST | gdb:HOST:PORT | replay:FILE")
@click.option("--count", type=int, default=10_000, show_default=True, metavar="N", help="Tests to make.")
@click.option("--seed", type=int, metavar="N", help="Of the tests; a random one, which is shown, where none is given.")
@click.option(
    "--class",
    "classes",
    multiple=True,
    metavar="NAME",
    help="Only these instruction classes: a name, pattern or group.",
)
@cpu_option.option
@click.option("--json", is_flag=True, help="Print one JSON object a line.")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Where mismatches and a page of results go."
)
@click.option("--jobs", type=click.IntRange(0), metavar="N", help="Processes that make tests.")
@click.option("--record", type=click.Path(path_type=Path), metavar="FILE", help="Keep what the target says, for replay:FILE.")
@click.option("--replay", type=click.Path(path_type=Path), metavar="FILE", help="Run one case of an earlier run again.")
def command(
    target: str,
    count: int,
    seed: int | None,
    classes: tuple[str, ...],
    cpu: Profile | None,
    json: bool,
    out: Path | None,
    jobs: int | None,
    record: Path | None,
    replay: Path | None,
) -> int:
    """Run random instructions on a target and compare every register, flag and byte with the semantics of the proofs.

    With --cpu, instructions that the processor lacks have to be undefined on the target.
    """
    from conformance.conform import main_conform, main_replay  # noqa: PLC0415  (so that --help is quick)

    if replay is not None:
        return main_replay(target, replay, json, cpu)
    return main_conform(target, count, seed, classes, json, out, jobs, cpu, record)
