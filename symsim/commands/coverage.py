# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""`armsym coverage`: which instructions of real code have semantics."""

from __future__ import annotations

import json as json_module

import click

from isa.profiles import Profile
from symsim import objects
from symsim.commands import cpu as cpu_option
from symsim.progress import Progress
from symsim.report.text import table

_SHOWN = 4


@click.command(short_help="Show which instructions of an object have semantics.")
@click.argument("names", nargs=-1, required=True, metavar="OBJECT...")
@click.option("--all-functions", is_flag=True, help="Look also at what compilers made.")
@cpu_option.option
@click.option("--json", is_flag=True, help="Print one JSON object a line.")
def command(names: tuple[str, ...], all_functions: bool, cpu: Profile | None, json: bool) -> int:
    """Print, function by function and in total, how many instruction words have semantics, and their share.

    Words of the Scalable Vector Extension are counted apart: the share is of the others.

    OBJECT is a file, with members after colons, or a library of the corpus. Functions that compilers made are left out where
    they can be told from those that people wrote.
    """
    from symsim.coverage import Coverage, coverage  # noqa: PLC0415  (so that --help is quick)

    for name in names:
        functions = []
        total = Coverage(name, "total", cpu)
        with Progress() as progress:
            spec = objects.object_spec(name, progress.about(name))
            for function in coverage(spec, all_functions, total, progress.about(name)):
                functions.append(function)
        if json:
            for found in (*functions, total):
                record = {"object": found.object, "function": found.function, "words": found.words}
                record |= {"sve": found.sve, "covered": found.covered, "missing": dict(found.missing.most_common())}
                if found is total:
                    record |= {"reasons": total.reasons, "handwritten_only": total.handwritten_only}
                click.echo(json_module.dumps(record))
            continue
        rows = [("function", "words", "SVE", "covered", "share", "missing")]
        for found in (*functions, total):
            most = found.missing.most_common(_SHOWN)
            missing = ", ".join(f"{mnemonic} {count}" for mnemonic, count in most)
            rest = len(found.missing) - len(most)
            counts = [f"{n:,}" if n else "" for n in (found.words, found.sve, found.covered)]
            numbers = (*counts, f"{int(1000 * found.share) / 10} %")
            rows.append((found.function, *numbers, f"{missing}, {rest} more" if rest > 0 else missing))
        click.echo("\n".join([name, "", *table(rows, right=(1, 2, 3, 4)), ""]))
        if total.missing:
            listed = [(name, str(count), total.reasons[name]) for name, count in total.missing.most_common()]
            click.echo("\n".join([*table([("missing", "words", "because"), *listed], right=(1,)), ""]))
        if not (all_functions or total.handwritten_only):
            click.echo(f"Nothing in {name} tells what people wrote from what a compiler made: these are all functions.\n")
    return 0
