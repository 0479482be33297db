# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""An attempt for somebody else, on a machine that has the same armsym and nothing of the question: the files go there and back.

`python -m symsim.errand FOLDER` makes the attempt that is pickled in the folder. It ends when its standard input does: whoever started it
is gone then.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from symsim import catalogue, fingerprint, objects
from symsim.catalogue import Routine
from symsim.errors import NotAvailable
from symsim.processes import Limits, Unfinished, Watch
from symsim.result import Job, Result

_JOB, _RESULT, _CERTIFICATE, _ACCOUNT = "job", "result", "certificate", "account"
_FOUND, _OBJECT, _SCRIPT = "found", "object", "script"


@dataclass(frozen=True)
class Errand:
    """A job with all that it needs. `script` is a path in the project, or the name of a user's file and what is in it."""

    common: str
    routine: str
    script: Path | tuple[str, bytes]
    object: str
    contents: bytes
    symbol: str
    seed: int
    has_account: bool
    anew: bool
    limits: Limits


@dataclass(frozen=True)
class Delivery:
    """What came of an errand: the result, and the files that it wrote; those `found` are of the counterexample, by name."""

    result: Result
    certificate: bytes
    found: dict[str, bytes]
    account: bytes


def errand_of(job: Job, limits: Limits) -> Errand:
    """The errand for a job."""
    script = job.routine.script
    parcel = script.relative_to(fingerprint.ROOT) if catalogue.holds(script) else (script.name, script.read_bytes())
    file, inner = objects.split(job.object)
    contents = b"" if job.routine.is_theorem else file.read_bytes()
    name = f"{file.name}:{inner}".removesuffix(":")
    account = job.account is not None
    return Errand(fingerprint.common(), job.routine.name, parcel, name, contents, job.symbol, job.seed, account, job.anew, limits)


def perform(errand: Errand) -> Delivery:
    """Run an errand, in a process of its own.

    Raises `NotAvailable` where this is another armsym than the one that asks, `Unfinished` past a limit or where the process died.
    """
    if errand.common != fingerprint.common():
        raise NotAvailable("a worker has another version of armsym")
    with TemporaryDirectory(prefix="armsym-") as name:
        folder = Path(name)
        job = _unpacked(errand, folder)
        (folder / _JOB).write_bytes(pickle.dumps(job))
        _run(folder, errand.limits)
        result: Result = pickle.loads((folder / _RESULT).read_bytes())
        found = {path.name: path.read_bytes() for path in (folder / _FOUND).glob("*")}
        return Delivery(result, _content(job.draft), found, _content(folder / _ACCOUNT))


def accept(delivery: Delivery, job: Job) -> Result:
    """The result of a job that was an errand, its files put where the job wants them."""
    result = replace(delivery.result, proof=job.routine.proof)
    if not job.routine.is_theorem:
        away = result.object.partition(f"/{_OBJECT}/")[0] + f"/{_OBJECT}"
        home = str(objects.split(job.object)[0].parent)
        result.object, result.detail = (text.replace(away, home) for text in (result.object, result.detail))
        for name, content in delivery.found.items():
            job.counterexamples.mkdir(parents=True, exist_ok=True)
            (job.counterexamples / name).write_bytes(content.replace(away.encode(), home.encode()))
        if result.counterexample:
            result.counterexample = str(job.counterexamples / Path(result.counterexample).name)
    job.draft.write_bytes(delivery.certificate)
    if job.account is not None and delivery.account:
        job.account.parent.mkdir(parents=True, exist_ok=True)
        job.account.write_bytes(delivery.account)
    return result


def _unpacked(errand: Errand, folder: Path) -> Job:
    for name in (_OBJECT, _SCRIPT):
        (folder / name).mkdir()
    if isinstance(errand.script, Path):
        script = fingerprint.ROOT / errand.script
    else:
        script = folder / _SCRIPT / errand.script[0]
        script.write_bytes(errand.script[1])
    file, _, inner = errand.object.partition(":")
    if errand.contents:
        (folder / _OBJECT / file).write_bytes(errand.contents)
    spec = f"{folder / _OBJECT / file}:{inner}".removesuffix(":")
    account = folder / _ACCOUNT if errand.has_account else None
    routine = Routine(errand.routine, script)
    return Job(routine, spec, errand.symbol, errand.seed, folder / _CERTIFICATE, folder / _FOUND, account, errand.anew)


def _run(folder: Path, limits: Limits) -> None:
    command = [sys.executable, "-m", "symsim.errand", str(folder)]
    environment = os.environ | {"PYTHONPATH": str(fingerprint.ROOT)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment) as process:
        watch = Watch(limits, process.pid)
        try:
            while process.poll() is None:
                try:
                    process.wait(watch.pause())
                except subprocess.TimeoutExpired:
                    if excess := watch.excess():
                        raise Unfinished(excess) from None
        finally:
            process.kill()
    if process.returncode:
        raise Unfinished(f"the process died with exit status {process.returncode}")


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _end_with_input() -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(1)


def main() -> None:
    """Make the attempt in the folder that the command line names."""
    from symsim.attempt import attempt  # noqa: PLC0415  (the worker itself needs no prover)

    threading.Thread(target=_end_with_input, daemon=True).start()
    folder = Path(sys.argv[1])
    job: Job = pickle.loads((folder / _JOB).read_bytes())
    (folder / _RESULT).write_bytes(pickle.dumps(attempt(job, lambda message: None)))


if __name__ == "__main__":
    main()
