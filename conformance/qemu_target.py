# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""QEMU's user mode as a target: the vector agent under qemu-aarch64."""

from __future__ import annotations

import os
import shutil
import subprocess

from conformance.agent_build import build
from conformance.agent_target import AgentTarget
from symsim.errors import NotAvailable

CPU = os.environ.get("QEMU_CPU", "max,sve=off")
"""Every feature but SVE, whose registers no case has and whose place in each signal frame costs most of the time; or
the processor that QEMU's own variable names."""


class QemuTarget(AgentTarget):
    """The vector agent under `qemu`, a path or name of qemu-aarch64."""

    def __init__(self, qemu: str = "qemu-aarch64") -> None:
        path = shutil.which(qemu)
        if path is None:
            raise NotAvailable(f"target qemu: no program {qemu}: install qemu-user, or give its path as qemu:PATH")
        super().__init__(
            "qemu" if qemu == "qemu-aarch64" else f"qemu:{qemu}",
            f"{_version(path)}, CPU {CPU}",
            [path, "-cpu", CPU, str(build())],
        )


def _version(path: str) -> str:
    try:
        shown = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=False).stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotAvailable(f"target qemu: {path} can't be run: {error}") from None
    return shown.partition("\n")[0] or path


def of_spec(rest: str) -> QemuTarget:
    """The target of the spec `qemu` or `qemu:PATH`."""
    return QemuTarget(rest) if rest else QemuTarget()
