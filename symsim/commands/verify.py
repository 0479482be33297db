# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""`armsym verify`: prove routines, or refute them, or say what is left."""

from __future__ import annotations

import json as json_module
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from symsim import catalogue, objects
from symsim.catalogue import Routine
from symsim.errors import ArmsymError
from symsim.processes import Limits
from symsim.progress import Progress
from symsim.report.kept import load
from symsim.report.text import status, summary, text
from symsim.result import PROVED, REFUTED, Result
from symsim.store import Store
from symsim.verify import Question, Workplace, keep, recall, verify

if TYPE_CHECKING:
    from symsim.report.page import Report


@click.command(short_help="Prove that routines keep their contracts, or refute it.")
@click.argument("proofs", nargs=-1, metavar="PROOF...")
@click.option("--all", "everything", is_flag=True, help="Verify every routine of the catalogue.")
@click.option(
    "--object",
    "object_",
    metavar="FILE",
    help="Where the code is: an ELF file, archive, wheel or package, members after colons; or a library of the corpus, "
    f"which {objects.DEFAULT} is if nothing is said.",
)
@click.option("--symbol", default="", metavar="NAME", help="The routine's name there, if not the one in its contract.")
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=lambda: os.cpu_count() or 1,
    show_default="one for each processor",
    metavar="N",
    help="Routines at a time.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where certificates and counterexamples go, if not into the user's cache.",
)
@click.option(
    "--report",
    "report_directory",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write a page about each routine there, and an index of them all.",
)
@click.option("--json", is_flag=True, help="Print one JSON object a line.")
@click.option("--time-limit", type=click.FloatRange(0, min_open=True), metavar="S", help="Seconds for one routine.")
@click.option(
    "--memory-limit", type=click.IntRange(1), metavar="MB", help="Memory for one routine, in millions of bytes."
)
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Let the workers of a dask.distributed scheduler, tcp://host:port, make the attempts; certificates are replayed here.",
)
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Of the search for counterexamples.")
@click.option("--no-store", is_flag=True, help="Prove anew also what is known and unchanged.")
@click.option(
    "--replay-counterexample",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Run a counterexample once more, of the one PROOF or of the routine that it names.",
)
def command(
    proofs: tuple[str, ...],
    everything: bool,
    object_: str | None,
    symbol: str,
    jobs: int,
    out: Path | None,
    report_directory: Path | None,
    json: bool,
    time_limit: float | None,
    memory_limit: int | None,
    cluster: str | None,
    seed: int,
    no_store: bool,
    replay_counterexample: Path | None,
) -> int:
    """Prove that routines keep their contracts.

    PROOF is library/routine from the catalogue (armsym list), or a Python file that defines CONTRACTS. What is proved comes
    with a certificate that another process has replayed; what is refuted, with a state on which code and standard differ.
    """
    if replay_counterexample is not None:
        return _replay(replay_counterexample, proofs, object_, symbol)
    if bool(proofs) == everything:
        raise click.UsageError("name the routines to verify, or say --all")
    store = Store(say=_warn)
    object_ = object_ or objects.DEFAULT
    limits = Limits(time_limit, memory_limit * 1_000_000 if memory_limit is not None else None)
    question = Question(object_, symbol, out, seed, limits, with_accounts=report_directory is not None, anew=no_store)
    results: list[Result] = []
    left: list[Routine] = []
    names = dict.fromkeys(proofs) if proofs else [routine.name for routine in catalogue.routines()]
    asked = list(_asked(names, None if no_store else store, question))
    count = len(asked)
    if symbol and count > 1:
        raise click.UsageError(f"--symbol is the name of one routine, and these are {count}")
    told = _Told(question, json, _report(report_directory, count > 1))
    for routine, known in asked:
        if known is None:
            left.append(routine)
        else:
            results.append(known)
            told.add(routine, known)
    with Progress() as progress:
        is_about_code = not all(routine.is_theorem for routine in left)
        spec = objects.object_spec(object_, progress.about(object_)) if is_about_code else ""
        progress.done(object_)
        workplace = _cluster(cluster) if cluster is not None and left else None
        with closing(verify(left, question, spec, jobs, progress.say, workplace)) as verified:
            for routine, result in verified:
                progress.done(routine.name)
                if result.exit_code <= 1:
                    keep(store, question, routine, result)
                elif count == 1:
                    raise _error(result)
                results.append(result)
                with progress.aside():
                    told.add(routine, result)
    if count > 1 and not json:
        click.echo(summary(results))
    told.finish()
    return 0 if all(result.status == PROVED for result in results) else 1


def _cluster(address: str) -> Workplace:
    from symsim.cluster import Cluster  # noqa: PLC0415  (it is an extra, and most runs are without)

    return Cluster(address)


def _asked(proofs: Iterable[str], store: Store | None, question: Question) -> Iterator[tuple[Routine, Result | None]]:
    """The routines that are meant, with what the store knows of them."""
    for proof in proofs:
        # Where a name was found last time, the answer may be known before any contract is loaded.
        for script in filter(catalogue.holds, store.scripts(proof) if store is not None else ()):
            known = recall(store, question, Routine(proof, script)) if store is not None else None
            if known is not None:
                yield Routine(proof, script), known
                break
        else:
            for routine in _routines(proof):
                yield routine, recall(store, question, routine) if store is not None else None


def _routines(proof: str) -> list[Routine]:
    """Those of a script, or the one of a name."""
    is_script = proof.endswith(".py") or Path(proof).is_file()
    return catalogue.of_script(Path(proof)) if is_script else [catalogue.routine(proof)]


def _replay(file: Path, proofs: tuple[str, ...], object_: str | None, symbol: str) -> int:
    """Run a counterexample again, on the object it is for or on another."""
    from symsim.counterexample import Counterexample, replay  # noqa: PLC0415  (an answer from the store needs no emulator)
    from symsim.program import Program  # noqa: PLC0415

    if len(proofs) > 1:
        raise click.UsageError("a counterexample is to one routine")
    kept = Counterexample.load(file)
    names = [routine for proof in proofs for routine in _routines(proof)] or [catalogue.routine(kept.contract)]
    routine = next((routine for routine in names if routine.name == kept.contract), names[0])
    contract = replace(routine.contract(), symbol=symbol or kept.symbol)
    with Progress() as progress:
        spec = objects.object_spec(object_, progress.about(file.name)) if object_ else kept.path
    found = replay(kept, Program.load(spec, contract.symbol), contract)
    if found is None:
        click.echo(f"{contract.name}: from this state, code and standard agree in {spec}")
        return 0
    click.echo(f"{contract.name}: {status(REFUTED)}\n{found.describe()}")
    return 1


def _error(result: Result) -> ArmsymError:
    """A result that is an error and nothing else."""
    error = ArmsymError(result.detail)
    error.exit_code = result.exit_code
    return error


class _Told:
    """Results as they are told: printed, and on pages if there is a report."""

    def __init__(self, question: Question, json: bool, report: Report | None) -> None:
        self._question, self._json, self._report = question, json, report

    def add(self, routine: Routine, result: Result) -> None:
        """Tell one."""
        click.echo(json_module.dumps(result.record()) if self._json else text(result))
        if self._report is not None:
            place = self._question.account(routine)
            self._say(self._report.add(result, load(place) if place is not None else None))

    def finish(self) -> None:
        """Tell of all of them."""
        place = self._report.finish() if self._report is not None else None
        if place is not None:
            self._say(place)

    def _say(self, page: Path) -> None:
        if not self._json:
            click.echo(f"  page         {page}")


def _report(directory: Path | None, has_index: bool) -> Report | None:
    from symsim.report.page import Report  # noqa: PLC0415  (templates take a while to load)

    return Report(directory, has_index) if directory is not None else None


def _warn(message: str) -> None:
    print(f"armsym: {message}", file=sys.stderr)
