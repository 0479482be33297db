# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""`armsym disasm`: a function's instructions as the semantics understands them."""

from __future__ import annotations

import click

from isa.profiles import Profile
from symsim import objects
from symsim.commands import cpu as cpu_option
from symsim.progress import Progress


@click.command(short_help="Print the instructions of a function.")
@click.argument("object_", metavar="OBJECT")
@click.argument("function")
@cpu_option.option
def command(object_: str, function: str, cpu: Profile | None) -> int:
    """Print address, word and text of each instruction of FUNCTION in OBJECT, with the symbols that it refers to.

    OBJECT is a file, with members after colons, or a library of the corpus. A word without semantics is marked with `?`.
    """
    from symsim.listing import listing  # noqa: PLC0415  (so that --help is quick)
    from symsim.program import Program  # noqa: PLC0415

    with Progress() as progress:
        spec = objects.object_spec(object_, progress.about(object_))
    program = Program.load(spec, function)
    for line in listing(program, program.symbol(function), cpu):
        click.echo(line)
    return 0
