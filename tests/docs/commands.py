# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The commands that the documentation tells its readers to run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def blocks(page: str, language: str) -> list[str]:
    """The blocks of a page in that language."""
    return re.findall(rf"^```{language}\n(.*?)^```", (ROOT / page).read_text(), re.DOTALL | re.MULTILINE)


def workplace(folder: Path) -> Path:
    """A folder from which the project is seen as from its own, but which may be written to."""
    for part in ("tests", "kernel", "docs"):
        (folder / part).symlink_to(ROOT / part)
    return folder


def run(commands: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run some lines of shell until one fails, with this interpreter and this installation."""
    script = re.sub(r"(^|\s)python(?= )", rf"\1{sys.executable}", commands)
    script = re.sub(r"(^|\| )armsym(?= )", rf"\1{sys.executable} -m symsim.cli", script, flags=re.MULTILINE)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "ARMSYM_CACHE": str(folder / "cache"), "COLUMNS": "120"}
    # Commands for the project's tests run in its folder, others where they may leave files.
    place = ROOT if " pytest " in commands else folder
    return subprocess.run(
        ["sh", "-ec", script], cwd=place, env=environment, capture_output=True, text=True, check=False
    )
