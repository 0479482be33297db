# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""`armsym corpus`: the real libraries that the proofs are about."""

from __future__ import annotations

import json as json_module
from pathlib import Path

import click

from symsim import corpus, objects
from symsim.errors import ArmsymError
from symsim.progress import Progress
from symsim.report.text import table


@click.group(short_help="List and fetch the libraries that the proofs are about.", no_args_is_help=False)
def command() -> None:
    """The real libraries that the proofs are about, pinned by SHA-256."""


@command.command("list")
@click.option("--json", is_flag=True, help="Print one JSON object a line.")
def list_(json: bool) -> int:
    """List the libraries, and which of them are here."""
    rows = [("library", "package", "version", "SHA-256", "")]
    for entry in corpus.entries():
        path = corpus.path(entry.name)
        if json:
            record = {"name": entry.name, "package": entry.package, "version": entry.version, "sha256": entry.sha256}
            click.echo(json_module.dumps(record | {"path": str(path) if path else None}))
        rows.append((entry.name, entry.package, entry.version, entry.sha256[:16], "here" if path else ""))
    if not json:
        click.echo("\n".join([*table(rows), "", f"kept in {corpus.cache_directory() / 'corpus'}"]))
    return 0


@command.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--from", "source", type=click.Path(path_type=Path), metavar="FILE", help="A copy of the one package.")
def fetch(names: tuple[str, ...], source: Path | None) -> int:
    """Fetch libraries from where their users get them; without names, the one that is verified by default."""
    names = names or (objects.DEFAULT,)
    if source is not None and len(names) > 1:
        raise click.UsageError("--from gives one package, for one library")
    for name in names:
        corpus.entry(name)
    status = 0
    for name in names:
        try:
            with Progress() as progress:
                path = corpus.fetch(name, progress.about(name), source)
        except ArmsymError as error:
            if len(names) == 1:
                raise
            click.echo(f"armsym: {name}: {error}", err=True)
            status = max(status, error.exit_code)
            continue
        click.echo(path)
    return status
