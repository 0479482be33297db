# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Verifying routines: answers from the store, attempts in worker processes, and the replay without which nothing is *proved*."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from threading import Semaphore
from typing import Any, Protocol

import kernel
from symsim import fingerprint
from symsim.catalogue import Routine
from symsim.corpus import cache_directory
from symsim.errors import ArmsymError, BadInput
from symsim.objects import identity
from symsim.processes import NO_LIMITS, Limits, Processes, Unfinished, leave_interrupts
from symsim.report import kept
from symsim.result import OPEN, PROVED, Job, Result
from symsim.store import Store, sha256_of

Say = Callable[[str, str], None]
"""Receives the name of a routine, and what is being done about it."""
REPLAY = Path(str(kernel.__file__)).with_name("replay.py")


@dataclass(frozen=True)
class Question:
    """What is asked of some routines: about which object, under which symbol, where certificates go (None: to the cache)."""

    object: str
    symbol: str = ""
    out: Path | None = None
    seed: int = 0
    limits: Limits = NO_LIMITS
    with_accounts: bool = False
    """Answers are to come with accounts of how they were found."""
    anew: bool = False
    """Answers are to be found without what is stored."""

    @property
    def certificates(self) -> Path:
        """The directory of the certificates."""
        return self.out or cache_directory() / "certificates"

    @property
    def counterexamples(self) -> Path:
        """The directory of the counterexamples."""
        return self.out or cache_directory() / "counterexamples"

    def account(self, routine: Routine) -> Path | None:
        """Where the account of an answer is, if there is to be one."""
        if not self.with_accounts or routine.is_theorem:
            return None
        return cache_directory() / "accounts" / f"{self.key(routine)}.json"

    def key(self, routine: Routine) -> str:
        """What an answer for the routine is stored by."""
        about, symbol = self.about(routine), "" if routine.is_theorem else self.symbol
        return fingerprint.key(routine.script, routine=routine.name, object=about, symbol=symbol)

    def about(self, routine: Routine) -> str:
        """The identity of what the answer is about: the object, and nothing for a theorem."""
        return "" if routine.is_theorem else self.identity

    @cached_property
    def identity(self) -> str:
        """What tells the object from others. Raises `BadInput` when it can't be read."""
        return identity(self.object)


def recall(store: Store, question: Question, routine: Routine) -> Result | None:
    """The proof that the store knows of, its certificate as it was and where it is asked for."""
    record = store.answer(question.key(routine))
    result = Result.of_record(record) if record is not None else None
    if result is None or result.status != PROVED:
        return None
    certificate = Path(result.certificate)
    account = question.account(routine)
    if account is not None and kept.load(account) is None:
        return None
    if not result.certificate_sha256 or sha256_of(certificate) != result.certificate_sha256:
        return None
    place = question.certificates / certificate.name
    if sha256_of(place) != result.certificate_sha256:
        with _draft(question.certificates) as draft:
            shutil.copyfile(certificate, draft)
            os.replace(draft, place)
    result.certificate, result.stored = str(place), True
    return result


def keep(store: Store, question: Question, routine: Routine, result: Result) -> None:
    """Let the store remember a result."""
    store.keep(question.key(routine), routine.name, question.about(routine), routine.script, result.record())


class Workplace(Protocol):
    """Where attempts are made."""

    def attempt(self, job: Job, limits: Limits, say: Callable[[str], None]) -> Result:
        """What comes out, the job's files written. Raises `Unfinished` past a limit, or when it is stopped."""

    def stop(self) -> None:
        """End what still runs, and begin nothing more."""


class Here:
    """This machine: each attempt in a process of its own."""

    def __init__(self) -> None:
        self._processes = Processes()

    def attempt(self, job: Job, limits: Limits, say: Callable[[str], None]) -> Result:
        """As a workplace does it."""
        from symsim.attempt import attempt  # noqa: PLC0415  (an answer from the store needs no prover)

        return self._processes.call(attempt, job, limits, say)

    def stop(self) -> None:
        """Kill the processes."""
        self._processes.stop()


def verify(
    routines: Sequence[Routine], question: Question, spec: str, jobs: int, say: Say, workplace: Workplace | None = None
) -> Generator[tuple[Routine, Result]]:
    """The results, as they come; `spec` is the question's object as a file.

    `jobs` routines at a time are attempted here; another workplace gets all at once and sees to it itself. Certificates are replayed
    here. Whoever closes the iterator, or lets an interrupt through it, ends all that still runs.
    """
    at_once = jobs if workplace is None else max(jobs, len(routines))
    run = _Run(question, spec, workplace or Here(), Processes(), Semaphore(jobs))
    pool = ThreadPoolExecutor(at_once, initializer=leave_interrupts)
    try:
        futures = {pool.submit(run.verify, routine, partial(say, routine.name)): routine for routine in routines}
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        run.workplace.stop()
        run.replays.stop()
        pool.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class _Run:
    """What the routines of one run have in common; a replay takes a turn."""

    question: Question
    spec: str
    workplace: Workplace
    replays: Processes
    turns: Semaphore

    def verify(self, routine: Routine, say: Callable[[str], None]) -> Result:
        question = self.question
        with _draft(question.certificates) as draft:
            places = (draft, question.counterexamples, question.account(routine))
            job = Job(routine, self.spec, question.symbol, question.seed, *places, question.anew)
            try:
                result = self.workplace.attempt(job, question.limits, say)
                if result.status == PROVED:
                    with self.turns:
                        say("replay")
                        _replay(result, draft, question.certificates, self.replays)
            except Unfinished as error:
                result = Result.asked(job, detail=str(error))
        return result


def _replay(result: Result, draft: Path, directory: Path, processes: Processes) -> None:
    """Have the certificate checked in a fresh process, and only then give it its name."""
    try:
        report = replayed(draft, processes)
        if report["statement_sha256"] != result.statement_sha256:
            raise ArmsymError("the certificate states something else than what was proved")
    except ArmsymError as error:
        result.status, result.exit_code, result.detail = OPEN, 1, f"the proof was not accepted by the checker: {error}"
        return
    place = directory / f"{result.file_name()}.cert"
    result.certificate_sha256, result.certificate_size = sha256_of(draft) or "", draft.stat().st_size
    result.seconds["replay"], result.inferences = report["seconds"], report["inferences"]
    os.replace(draft, place)
    result.certificate = str(place)


def replay_command(path: Path, *options: str) -> list[str]:
    """The command that replays a certificate, cut off from what the environment says of Python."""
    return [sys.executable, "-I", "-X", "utf8", str(REPLAY), str(path), *options]


def replayed(path: Path, processes: Processes) -> dict[str, Any]:
    """What the checker reports of a certificate that it accepts. Raises `ArmsymError` with the reason where it does not."""
    done = processes.run(replay_command(path, "--json"))
    try:
        report = json.loads(done.stdout)
    except ValueError:
        last = (done.stderr.splitlines() or [f"exit status {done.returncode}"])[-1]
        raise ArmsymError(f"the checker failed: {last}") from None
    if not report.get("accepted") or done.returncode:
        raise ArmsymError(str(report.get("reason") or report.get("unreadable") or "refused"))
    return report  # type: ignore[no-any-return]


@contextmanager
def _draft(directory: Path) -> Iterator[Path]:
    """The name of a file to write in the directory, gone in the end unless it was renamed."""
    draft = directory / f".draft-{secrets.token_hex(8)}"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        draft.touch()
    except OSError as error:
        raise BadInput(f"{directory}: {error.strerror}") from None
    try:
        yield draft
    finally:
        draft.unlink(missing_ok=True)
