# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Unicorn as a target."""

from __future__ import annotations

import os
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from conformance.agent_target import AgentTarget
from symsim.errors import BadInput, NotAvailable


class UnicornTarget(AgentTarget):
    """Unicorn's ARM64 MAX at EL0, in a child process.

    Where version 2.1 is no Arm machine under Linux: no misaligned SP faults, nor a misaligned acquire or release; a
    tagged data address is not mapped; a store across the end of memory has written its first bytes when it faults;
    DC ZVA outside memory does nothing.
    """

    def __init__(self) -> None:
        try:
            unicorn = version("unicorn")
        except PackageNotFoundError:
            raise NotAvailable("target unicorn: the Python package unicorn is not installed") from None
        project = str(Path(__file__).parent.parent)
        path = os.pathsep.join(filter(None, [project, os.environ.get("PYTHONPATH")]))
        super().__init__(
            "unicorn",
            f"Unicorn {unicorn}, ARM64 MAX",
            [sys.executable, "-m", "conformance.unicorn_agent"],
            environment={**os.environ, "PYTHONPATH": path},
        )


def of_spec(rest: str) -> UnicornTarget:
    """The target of the spec `unicorn`."""
    if rest:
        raise BadInput(f"target unicorn takes nothing behind it, not {rest!r}")
    return UnicornTarget()
