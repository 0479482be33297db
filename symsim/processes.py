# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Work in processes of its own: it can be stopped at any time, its memory is counted alone, and its end ends nothing else."""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from symsim.errors import ArmsymError

A = TypeVar("A")
B = TypeVar("B")
P = TypeVar("P", BaseProcess, "subprocess.Popen[str]")
Say = Callable[[str], None]
"""Receives what is being done, in words."""

_CONTEXT = multiprocessing.get_context("spawn")
_BETWEEN_LOOKS = 0.1
"""Seconds between two looks at the memory of a process."""


class Unfinished(ArmsymError):
    """The work was stopped, or died, before it was done."""


class Limits(NamedTuple):
    """What a process may use, None being as much as it likes: seconds, and bytes of memory."""

    seconds: float | None = None
    memory: int | None = None


NO_LIMITS = Limits()


class Watch:
    """Whether a process, from now on, keeps to its limits."""

    def __init__(self, limits: Limits, pid: int) -> None:
        self._limits, self._pid = limits, pid
        self._deadline = math.inf if limits.seconds is None else time.monotonic() + limits.seconds

    def pause(self) -> float | None:
        """How long to wait until one has to look again; None: for ever."""
        longest = math.inf if self._limits.memory is None else _BETWEEN_LOOKS
        pause = min(longest, max(0.0, self._deadline - time.monotonic()))
        return None if pause == math.inf else pause

    def excess(self) -> str:
        """Which limit is passed, in words; empty where none is."""
        if time.monotonic() >= self._deadline:
            return f"no end within the time limit of {self._limits.seconds:g} s"
        if self._limits.memory is not None and resident_memory(self._pid) > self._limits.memory:
            return f"more than the memory limit of {self._limits.memory // 1_000_000} MB"
        return ""


class Processes:
    """The processes that run at a time. A thread that starts one is to block SIGINT first (`leave_interrupts`)."""

    def __init__(self) -> None:
        self._running: set[BaseProcess | subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def call(self, function: Callable[[A, Say], B], argument: A, limits: Limits, say: Say) -> B:
        """`function(argument, say)` in a fresh process; the three must be things that pickle knows.

        Raises `Unfinished` past one of the limits, or when the process died of something.
        """
        receiver, sender = _CONTEXT.Pipe(duplex=False)

        def start() -> BaseProcess:
            process = _CONTEXT.Process(target=_work, args=(sender, function, argument), daemon=True)
            process.start()
            return process

        process = self._started(start)
        sender.close()
        watch = Watch(limits, process.pid or 0)
        said = ""
        try:
            while True:
                if receiver.poll(watch.pause()):
                    is_done, value = receiver.recv()
                    if is_done:
                        return value  # type: ignore[no-any-return]
                    said = value
                    say(said)
                if excess := watch.excess():
                    raise Unfinished(f"{excess}{_when(said)}")
        except (EOFError, OSError):
            process.join()
            raise Unfinished(f"the process died{_cause(process.exitcode)}{_when(said)}") from None
        finally:
            self._end(process)
            process.join()
            receiver.close()

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; what it writes is UTF-8."""
        pipe = subprocess.PIPE
        process = self._started(
            lambda: subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, encoding="utf-8")
        )
        try:
            output, complaints = process.communicate()
        finally:
            self._end(process)
        return subprocess.CompletedProcess(command, process.returncode, output, complaints)

    def stop(self) -> None:
        """Kill all that run, and let none start any more."""
        with self._lock:
            self._stopped = True
            for process in self._running:
                process.kill()

    def _started(self, start: Callable[[], P]) -> P:
        with self._lock:
            if self._stopped:
                raise Unfinished("interrupted")
            process = start()
            self._running.add(process)
            return process

    def _end(self, process: BaseProcess | subprocess.Popen[str]) -> None:
        with self._lock:
            self._running.discard(process)
            process.kill()


def leave_interrupts() -> None:
    """Let SIGINT go to the main thread alone: this thread, and the processes it starts, do not see it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def peak_memory() -> int:
    """The most memory that this process has had, in bytes."""
    import resource  # noqa: PLC0415  (not there on every system)

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def resident_memory(pid: int) -> int:
    """The memory that a process has now, in bytes; 0 for one that is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except OSError:  # no such process, or no Linux
        told = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return 1024 * int(told.stdout.strip() or 0)


def _work(sender: Connection, function: Callable[[A, Say], Any], argument: A) -> None:
    """What a process does: nobody waits for it when its parent is gone."""
    threading.Thread(target=_follow_parent, daemon=True).start()
    sender.send((True, function(argument, lambda message: sender.send((False, message)))))


def _follow_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _cause(exit_code: int | None) -> str:
    if exit_code is None or exit_code >= 0:
        return f" with exit status {exit_code}"
    hint = ", perhaps for want of memory" if -exit_code == signal.SIGKILL else ""
    return f" of {signal.Signals(-exit_code).name}{hint}"


def _when(said: str) -> str:
    return f" (at: {said})" if said else ""
