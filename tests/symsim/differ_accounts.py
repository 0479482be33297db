# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Attempts at the routine of examples/ with their accounts: proved, refuted for a wrong result, refuted for a leak, left open."""

from __future__ import annotations

import importlib.util
import tempfile
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from symsim import catalogue
from symsim.attempt import attempt
from symsim.report.kept import Account, load
from symsim.result import Job, Result

EXAMPLES = Path(__file__).parents[2] / "examples"
HOSTILE = "<script>alert(1)</script>"
"""A name that an object file may have."""


class Told(NamedTuple):
    """A result, and the account of the attempt."""

    result: Result
    account: Account


@cache
def _assemble() -> ModuleType:
    spec = importlib.util.spec_from_file_location("assemble", EXAMPLES / "assemble.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def object_file(source: str, symbol: str = "differ") -> bytes:
    """The object of a source in examples/, its function under any name."""
    assemble = _assemble()
    words = assemble.words((EXAMPLES / f"{source}.s").read_text(encoding="utf-8"))
    made: bytes = assemble.object_file(symbol, b"".join(word.to_bytes(4, "little") for word in words))
    return made


@cache
def told(source: str, symbol: str = "differ") -> Told:
    """What came of a source of examples/ under its contract."""
    directory = Path(tempfile.mkdtemp())
    code = directory / "code.o"
    code.write_bytes(object_file(source, symbol))
    routine = catalogue.of_script(EXAMPLES / "differ.py")[0]
    place = directory / "account.json"
    job = Job(routine, str(code), symbol, 0, directory / "draft", directory / "found", place)
    result = attempt(job, lambda message: None)
    account = load(place)
    assert account is not None
    return Told(result, account)
