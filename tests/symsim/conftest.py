# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What tests of proofs need: a store of their own, an object with one small routine, a catalogue, a certificate."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import shell
from sum_routine import SUM, code, script

from symsim.processes import Processes


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where what is proved is kept, for this test alone."""
    monkeypatch.setenv("ARMSYM_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("ARMSYM_DEBUG", raising=False)
    return tmp_path / "cache"


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a worker would do is done here, which is faster."""

    def call(self: Processes, function: Callable[..., Any], argument: Any, limit: object, say: object) -> Any:
        return function(argument, say)

    monkeypatch.setattr(Processes, "call", call)


@pytest.fixture
def sum_o(tmp_path: Path) -> Path:
    path = tmp_path / "sum.o"
    path.write_bytes(code(*SUM))
    return path


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory that is the catalogue's, empty."""
    directory = tmp_path.resolve() / "proofs"
    directory.mkdir()
    monkeypatch.setattr("symsim.catalogue._SCRIPTS", directory)
    monkeypatch.setattr("symsim.proofs.__path__", [str(directory)])
    yield directory
    for name in [name for name in sys.modules if name.startswith("symsim.proofs.")]:
        if Path(str(sys.modules[name].__file__)).is_relative_to(directory):
            del sys.modules[name]


@pytest.fixture(scope="session")
def proved_sum(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A directory with an object, a script and a certificate that `verify` has made there, and what that said."""
    directory = tmp_path_factory.mktemp("session")
    (directory / "sum.o").write_bytes(code(*SUM))
    script(directory / "proof.py")
    done = shell(
        "verify", directory / "proof.py", "--object", directory / "sum.o", "--out", directory / "out",
        ARMSYM_CACHE=str(directory / "cache"),
    )  # fmt: skip
    return directory, done
