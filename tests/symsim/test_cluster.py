# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Errands, and a cluster of two workers on this machine, of which one is killed."""

from __future__ import annotations

import os
import pickle
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from sum_routine import SUM, code, script

from symsim import catalogue, fingerprint
from symsim.cluster import Cluster
from symsim.errand import accept, errand_of, perform
from symsim.errors import BadInput, NotAvailable
from symsim.processes import NO_LIMITS, Limits, Unfinished
from symsim.result import PROVED, REFUTED, Job
from symsim.store import sha256_of
from symsim.verify import Question, verify

pytestmark = pytest.mark.usefixtures("cache")

CONTRACTS = "CONTRACTS = [*(contract(f'tiny/sum_{k}') for k in range(3)), contract('tiny/wrong', result=x)]"


@pytest.fixture
def jobs(tmp_path: Path) -> list[Job]:
    (tmp_path / "sum.o").write_bytes(code(*SUM))
    routines = catalogue.of_script(script(tmp_path / "sums.py", CONTRACTS))
    return [
        Job(r, str(tmp_path / "sum.o"), "", 0, tmp_path / f"draft_{k}", tmp_path / "found") for k, r in enumerate(routines)
    ]


# Errands, as a worker performs them


def test_an_errand_brings_what_the_attempt_here_would(jobs: list[Job]) -> None:
    job = jobs[0]
    errand = pickle.loads(pickle.dumps(errand_of(job, NO_LIMITS)))
    result = accept(perform(errand), job)
    assert (result.status, result.object, result.proof) == (PROVED, job.object, str(job.routine.script))
    assert job.draft.stat().st_size > 1000


def test_a_counterexample_comes_back_as_a_file_about_the_object_here(jobs: list[Job]) -> None:
    job = jobs[-1]
    result = accept(perform(errand_of(job, NO_LIMITS)), job)
    assert result.status == REFUTED
    assert Path(result.counterexample).parent == job.counterexamples
    text = Path(result.counterexample).read_text() + result.detail
    assert job.object in text and "armsym-" not in text


def test_an_errand_past_its_limit_is_unfinished(jobs: list[Job]) -> None:
    for limits, what in ((Limits(0.3), "time limit of 0.3 s"), (Limits(memory=1_000_000), "memory limit of 1 MB")):
        with pytest.raises(Unfinished, match=what):
            perform(errand_of(jobs[0], limits))


def test_a_worker_of_another_version_refuses(jobs: list[Job]) -> None:
    with pytest.raises(NotAvailable, match="another version"):
        perform(replace(errand_of(jobs[0], NO_LIMITS), common="0" * 64))


# The cluster


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    """The address of a scheduler on loopback, and its two workers."""
    pytest.importorskip("distributed", reason="distributed is not installed (pip install 'armsym[cluster]')")
    environment = os.environ | {"PYTHONPATH": str(fingerprint.ROOT), "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "10s"}
    with ExitStack() as stack:

        def start(*arguments: str) -> subprocess.Popen[str]:
            command = [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]]
            process = subprocess.Popen(
                command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment, cwd=tmp_path
            )
            stack.callback(process.communicate)
            stack.callback(process.kill)
            return process

        scheduler = start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show")
        assert scheduler.stderr is not None
        address = next(found[1] for line in scheduler.stderr if (found := re.search(r"(tcp://127\.0\.0\.1:\d+)", line)))
        common = (address, "--nthreads", "1", "--no-dashboard", "--no-nanny", "--host", "127.0.0.1")
        yield address, [start("worker", *common) for _ in range(2)]


def test_two_workers_one_killed_in_the_middle_and_nothing_is_lost(
    jobs: list[Job], workers: tuple[str, list[subprocess.Popen[str]]], tmp_path: Path
) -> None:
    address, processes = workers
    question = Question(jobs[0].object, out=tmp_path / "out")
    cluster = Cluster(address)
    cluster._client.wait_for_workers(2, timeout=60)
    routines = [job.routine for job in jobs]
    results = {}
    for routine, result in verify(routines, question, question.object, 1, lambda *_: None, cluster):
        if not results:
            processes[0].send_signal(signal.SIGKILL)
        results[routine.name] = result
    assert processes[0].wait(10) == -signal.SIGKILL and processes[1].poll() is None
    assert {name: r.status for name, r in results.items()} == {r.name: PROVED for r in routines[:-1]} | {"tiny/wrong": REFUTED}
    for result in results.values():
        if result.status == PROVED:
            assert sha256_of(Path(result.certificate)) == result.certificate_sha256
            assert "replay" in result.seconds


def test_an_address_without_a_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="distributed is not installed (pip install 'armsym[cluster]')")
    monkeypatch.setattr("symsim.cluster._SECONDS", 0.5)
    with pytest.raises(NotAvailable, match=r"no scheduler answers at tcp://127\.0\.0\.1:9"):
        Cluster("tcp://127.0.0.1:9")
    with pytest.raises(BadInput, match="--cluster nonsense://x:1:"):
        Cluster("nonsense://x:1")


def test_without_the_package_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(NotAvailable, match=r"pip install 'armsym\[cluster\]'"):
        Cluster("tcp://127.0.0.1:9")
