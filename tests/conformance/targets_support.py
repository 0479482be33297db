# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What several tests of targets need: targets or a reason to skip, and an emulated board behind a GDB stub."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from conformance.agent_build import build
from conformance.qemu_target import CPU
from conformance.target import Target, open_target
from symsim.errors import NotAvailable


def opened(spec: str) -> Target:
    """The target, or a skipped test."""
    try:
        return open_target(spec)
    except NotAvailable as error:
        pytest.skip(str(error))


def free_port() -> int:
    """A port of loopback where nobody listens at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    """Looks into the kernel's table: a connection to try it would be taken for the debugger's."""
    with open("/proc/net/tcp", encoding="ascii") as table:
        return any(f":{port:04X} " in line and " 0A " in line for line in table)


class EmulatedBoard(NamedTuple):
    """A program held at its start by QEMU's GDB stub."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def spec(self) -> str:
        """Of the target."""
        return f"gdb:127.0.0.1:{self.port}"


@contextmanager
def emulated_board(program: Path | None = None) -> Iterator[EmulatedBoard]:
    """A board that holds `program`, or the agent where it does not matter which."""
    try:
        program = program or build()
    except NotAvailable as error:
        pytest.skip(str(error))
    if shutil.which("qemu-aarch64") is None:
        pytest.skip("no qemu-aarch64: install qemu-user")
    port = free_port()
    command = ["qemu-aarch64", "-cpu", CPU, "-g", str(port), str(program)]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as board:
        try:
            for _ in range(200):
                if _listens(port):
                    break
                time.sleep(0.02)
            yield EmulatedBoard(port, board)
        finally:
            board.kill()
