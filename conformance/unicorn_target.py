# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Unicorn as a target."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import unicorn

from conformance.agent_target import AgentTarget
from symsim.errors import BadInput


class UnicornTarget(AgentTarget):
    """Unicorn's ARM64 MAX at EL0, in a child process.

    It knows no alignment fault of SP, nor of the acquire and release accesses; its exclusive monitor ignores addresses'
    granules.
    """

    def __init__(self) -> None:
        project = str(Path(__file__).parent.parent)
        path = os.pathsep.join(filter(None, [project, os.environ.get("PYTHONPATH")]))
        super().__init__(
            "unicorn",
            f"Unicorn {unicorn.__version__}, ARM64 MAX",
            [sys.executable, "-m", "conformance.unicorn_agent"],
            environment={**os.environ, "PYTHONPATH": path},
        )


def of_spec(rest: str) -> UnicornTarget:
    """The target of the spec `unicorn`."""
    if rest:
        raise BadInput(f"target unicorn takes nothing behind it, not {rest!r}")
    return UnicornTarget()
