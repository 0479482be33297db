# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The command line, run here or in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from symsim import cli

ROOT = Path(__file__).parents[2]


def run(*arguments: str | Path, **extra: Any) -> Result:
    result = CliRunner().invoke(cli.main, [str(a) for a in arguments], **extra)
    assert "Traceback" not in result.output + result.stderr
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result


def complaint(result: Result) -> str:
    """What a failed command said, which is one line."""
    [line] = [line for line in result.stderr.splitlines() if line.startswith("armsym: ")]
    assert result.stderr.splitlines()[-1] == line
    return line.removeprefix("armsym: ")


def shell(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "symsim.cli", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | variables
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)
