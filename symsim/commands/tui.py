# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""`armsym tui`: the REPL on the whole screen."""

from __future__ import annotations

import sys

import click

from symsim.errors import BadInput, NotAvailable


@click.command(short_help="Step through a function on the whole screen.")
@click.argument("object_", metavar="OBJECT")
@click.argument("function")
@click.option(
    "--contract", "-c", metavar="NAME", help="A routine of the catalogue, or a proof script, whose contract is assumed."
)
def command(object_: str, function: str, contract: str | None) -> None:
    """Step through FUNCTION of OBJECT with listing, registers, memory, a formula and the goals side by side.

    Needs a terminal of at least 80 × 24 characters. `?` shows the keys; a command line takes the commands of `armsym repl`.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise BadInput("tui needs a terminal; armsym repl also works in a pipe")
    try:
        from symsim.tui.app import Tui  # noqa: PLC0415  (an extra)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "textual":
            raise
        raise NotAvailable("tui needs the package textual: pip install 'armsym[tui]'") from None
    from symsim import Session  # noqa: PLC0415  (so that --help is quick)
    from symsim.repl.command import without_collection  # noqa: PLC0415

    without_collection()
    session = Session.open(object_, function, contract)
    session.words.prepare()
    Tui(session).run()
