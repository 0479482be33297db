# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A target that is a program speaking the vector agent's protocol on two pipes: started, watched, and started again.

Unicorn, QEMU and a board over ssh differ in the command line alone.
"""

from __future__ import annotations

import os
import select
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence

from conformance.state import WINDOW_SIZE, Case, Fault, FaultKind, Outcome
from conformance.target import Closing, TargetLost
from conformance.wire import (
    HEADER,
    HELLO,
    MAX_BATCH,
    RESULT,
    VERSION,
    Hello,
    pack_request,
    unpack_response,
)
from symsim.errors import BadInput, NotAvailable

PARTS = 16
"""Of a batch that killed the target: starting it again costs more than many small batches."""


class AgentDied(Exception):
    """The program ended, fell silent or spoke nonsense; the message says which."""


class AgentProcess:
    """One run of the program."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str] | None) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (end closes it)
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, env=environment
            )
        except OSError as error:
            self._errors.close()
            raise AgentDied(f"{command[0]}: {error.strerror}") from None
        if self._process.stdin is None or self._process.stdout is None:
            raise AgentDied("no pipes")
        self._input, self._output = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._input, False)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def send(self, data: bytes, deadline: float) -> None:
        """Writes all of `data`."""
        view = memoryview(data)
        while view:
            self._wait([], [self._input], deadline)
            try:
                view = view[os.write(self._input, view) :]
            except OSError:
                raise AgentDied(self.last_words()) from None

    def receive(self, size: int, deadline: float) -> bytes:
        """Reads exactly `size` bytes."""
        data = bytearray()
        while len(data) < size:
            self._wait([self._output], [], deadline)
            chunk = os.read(self._output, size - len(data))
            if not chunk:
                raise AgentDied(self.last_words())
            data += chunk
        return bytes(data)

    def _wait(self, readable: list[int], writable: list[int], deadline: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0 or not any(select.select(readable, writable, [], left)):
            raise AgentDied("no answer in time")

    def last_words(self, seconds: float = 2, otherwise: str = "it closed its output") -> str:
        """How the program ended: its last line on standard error, or its signal or status.

        It has `seconds` to do so; if it goes on, `otherwise`.
        """
        try:
            status = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return otherwise
        self._errors.seek(0)
        lines = [line for line in self._errors.read().decode(errors="replace").splitlines() if line.strip()]
        return lines[-1] if lines else f"ended by signal {-status}" if status < 0 else f"ended with status {status}"

    def end(self) -> None:
        """Kills it and frees everything it held."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            if stream is not None:
                stream.close()


class AgentTarget(Closing):
    """A target behind the vector agent's protocol."""

    def __init__(
        self,
        name: str,
        description: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        start_seconds: float = 20,
        case_seconds: float = 0.1,
    ) -> None:
        """Starts `command`, which must greet within `start_seconds`; a batch has one second and `case_seconds` a case.

        Raises NotAvailable when there is no agent of this version to talk to.
        """
        self.name = name
        self._command = list(command)
        self._environment = environment
        self._start_seconds = start_seconds
        self._case_seconds = case_seconds
        self._process: AgentProcess | None = None
        hello = self._start()
        self.description = description
        self.midr = hello.midr
        self.features = hello.features
        self.dczid = hello.dczid

    def _start(self) -> Hello:
        self.close()
        try:
            self._process = AgentProcess(self._command, self._environment)
            data = self._process.receive(HELLO.size, time.monotonic() + self._start_seconds)
            hello = Hello.unpack(data)
        except (AgentDied, BadInput) as death:
            self.close()
            raise NotAvailable(f"target {self.name}: {self.explain(str(death))}") from None
        if hello.version != VERSION:
            self.close()
            raise NotAvailable(
                f"target {self.name}: its agent speaks version {hello.version} of the protocol, this is {VERSION}: "
                "build the agent again from conformance/agent"
            )
        if WINDOW_SIZE % hello.page_size:
            self.close()
            raise NotAvailable(
                f"target {self.name}: its kernel has pages of {hello.page_size} bytes; "
                f"at most {WINDOW_SIZE} are possible, or faults beside the window go unseen"
            )
        return hello

    def explain(self, reason: str) -> str:
        """What the failure to start means and what helps; the reason itself unless a subclass knows more."""
        return reason

    def run(self, cases: Sequence[Case]) -> list[Outcome]:
        """See Target.run."""
        outcomes: list[Outcome] = []
        try:
            for at in range(0, len(cases), MAX_BATCH):
                self._run_batch(cases[at : at + MAX_BATCH], outcomes)
        except NotAvailable as error:
            raise TargetLost(str(error), outcomes) from None
        return outcomes

    def _run_batch(self, batch: Sequence[Case], outcomes: list[Outcome]) -> None:
        """Appends the outcomes of the batch; if the target dies of it, looks for the culprit in ever smaller parts."""
        request = pack_request(batch)
        try:
            outcomes += self._ask(request, batch)
            return
        except AgentDied as death:
            self._start()
            if len(batch) == 1:
                outcomes.append(Outcome(batch[0].state, Fault(FaultKind.KILLED, None, str(death))))
                return
        size = max(1, len(batch) // PARTS)
        for at in range(0, len(batch), size):
            self._run_batch(batch[at : at + size], outcomes)

    def _ask(self, request: bytes, batch: Sequence[Case]) -> list[Outcome]:
        if self._process is None:
            raise NotAvailable(f"target {self.name}: it is closed")
        deadline = time.monotonic() + 1 + self._case_seconds * len(batch)
        self._process.send(request, deadline)
        magic, count, heap_size, _ = HEADER.unpack(self._process.receive(HEADER.size, deadline))
        if magic != b"DONE" or count != len(batch) or heap_size > len(batch) * WINDOW_SIZE:
            # An emulator that aborts may say so on standard output.
            raise AgentDied(self._process.last_words(0.2, "it answered with something else than outcomes"))
        body = self._process.receive(count * RESULT.size + heap_size, deadline)
        return unpack_response(batch, body[: count * RESULT.size], body[count * RESULT.size :])

    @property
    def pid(self) -> int | None:
        """The process id of the program; None when it is closed."""
        return None if self._process is None else self._process.pid

    def close(self) -> None:
        """Ends the program."""
        if self._process is not None:
            self._process.end()
            self._process = None
