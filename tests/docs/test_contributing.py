# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""CONTRIBUTING.md is kept true: its excerpts stand in the files that they name, and its commands do what it says."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from commands import ROOT, blocks, run, workplace

PAGE = "CONTRIBUTING.md"
INSTALL, INSTRUCTION, STANDARD, PROOF, THEOREM = blocks(PAGE, "sh")
PYTHON = {text.split("\n", 1)[0].removeprefix("# "): text.split("\n", 1)[1] for text in blocks(PAGE, "python")}
SCRIPT, CLAIM = PYTHON.pop("scramble.py"), PYTHON.pop("weyl.py")


def test_the_environment_has_what_the_tests_need() -> None:
    assert "pip install -e '.[dev]'" in INSTALL
    assert "pip install -q --disable-pip-version-check -e '.[dev]'" in (ROOT / ".ci" / "run").read_text()
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert any(requirement.startswith("pytest") for requirement in extras["dev"])


@pytest.mark.parametrize("path", PYTHON)
def test_an_excerpt_is_what_the_file_says(path: str) -> None:
    assert PYTHON[path] in (ROOT / path).read_text()


@pytest.mark.parametrize("command", [*INSTRUCTION.splitlines(), *STANDARD.splitlines()])
def test_a_command_succeeds(command: str, tmp_path: Path) -> None:
    ended = run(command, tmp_path)
    assert ended.returncode == 0, ended
    if "pytest" in command:
        assert re.search(r"\b\d+ passed", ended.stdout), ended.stdout
        assert all(kind in ended.stdout for kind in ("unicorn", "capstone", "golden")) or "-v" not in command
    elif "disassemble" in command:
        assert ended.stdout == "umulh x0, x1, x2\n"
    else:
        assert "0 mismatches" in ended.stdout


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = workplace(tmp_path)
    (folder / "scramble.py").write_text(SCRIPT)
    return folder


def test_the_contract_is_proved_and_the_certificate_accepted(place: Path) -> None:
    ended = run(PROOF, place)
    assert ended.returncode == 0, ended
    assert "ldp w4, w5, [x4]" in ended.stdout
    assert "mine/scramble: proved" in ended.stdout
    assert "accepted" in ended.stdout
    assert "the same: 9 instruction words, 8 bytes of constants" in ended.stdout


def test_another_constant_is_refuted(place: Path) -> None:
    (place / "scramble.py").write_text(SCRIPT.replace("0x85EBCA6B", "0x85EBCA6C"))
    make, _, verify, _ = PROOF.splitlines()
    ended = run(f"{make}\n{verify}", place)
    assert ended.returncode == 1, ended
    assert "mine/scramble: refuted" in ended.stdout
    assert "not kept:      out is scrambled" in ended.stdout
    assert not list(place.glob("*.cert"))


def test_the_theorems_are_proved(tmp_path: Path) -> None:
    (tmp_path / "weyl.py").write_text(CLAIM)
    ended = run(THEOREM, tmp_path)
    assert ended.returncode == 0, ended
    assert all(f"spec/{name}: proved" in ended.stdout for name in ("weyl", "aes_linear"))


def test_another_step_is_refuted_with_a_value(tmp_path: Path) -> None:
    (tmp_path / "weyl.py").write_text(CLAIM.replace("x + 0x9E3779B9", "x + 0x9E3779B8"))
    ended = run(THEOREM.splitlines()[0], tmp_path)
    assert (ended.returncode, "it fails for x = 0x" in ended.stdout) == (1, True), ended


def test_stepping_through_it(place: Path) -> None:
    (command,) = re.findall(r"`(armsym repl [^`]*)`", (ROOT / PAGE).read_text())
    ended = run(f"{PROOF.splitlines()[0]}\necho step | {command}", place)
    assert ended.returncode == 0, ended
    assert "ldr w3, [x1]" in ended.stdout


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", (ROOT / PAGE).read_text()):
        assert (ROOT / target).exists(), target
