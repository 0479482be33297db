# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""docs/honesty.md does not lie: each of its blocks prints what stands below it, with asserts and without."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "honesty.md"
TRUSTED = ("kernel", "isa", "crypto_specs")


class Block(NamedTuple):
    """Commands, and the last lines that they print."""

    commands: str
    output: str


BLOCKS = [Block(*found) for found in re.findall(r"```sh\n(.*?)```\n\n```text\n(.*?)```", PAGE.read_text(), re.DOTALL)]


def printed(commands: str, folder: Path, option: str = "") -> list[str]:
    """All lines that the commands print, run by this interpreter with an option."""
    python = f"{sys.executable} {option}".strip()
    script = re.sub(r"^python(?= )", python, commands, flags=re.MULTILINE)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        ["sh", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1, ended
    return (ended.stdout + ended.stderr).splitlines()


def test_each_command_has_its_output() -> None:
    page = PAGE.read_text()
    assert page.count("```sh\n") == page.count("```text\n") == len(BLOCKS) > 10
    assert page.count("```") == 4 * len(BLOCKS)


@pytest.mark.parametrize("option", ["", "-O"])
@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_a_block_prints_what_the_page_says(block: Block, option: str, tmp_path: Path) -> None:
    lines = printed(block.commands, tmp_path, option)
    shown = [line for line in lines if not line.startswith((" ", "Traceback"))]
    assert shown == block.output.splitlines()


@pytest.mark.parametrize("package", TRUSTED)
def test_no_check_is_an_assert(package: str) -> None:
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            assert not isinstance(node, ast.Assert), f"{path}:{node.lineno}"
            assert not (isinstance(node, ast.Name) and node.id == "__debug__"), f"{path}:{node.lineno}"
