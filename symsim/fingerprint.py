# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What the answer to a question rests on, as one hash: the same hash, the same answer.

Every answer rests on all of the logic, the machine and the prover, but only on the proof scripts and specifications that
its own script imports: an edited contract leaves the others' answers alone. What only shows answers does not count.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from symsim.errors import BadInput

ROOT = Path(__file__).resolve().parent.parent
"""Where the project's packages lie."""
_EVERYWHERE = ("kernel", "isa", "symsim")
_APART = ("symsim/proofs/", "symsim/commands/", "symsim/repl/", "symsim/report/")
_IMPORTED = ("symsim.proofs", "crypto_specs")


@cache
def common() -> str:
    """The hash of the sources that every answer rests on."""
    total = hashlib.sha256()
    for package in _EVERYWHERE:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith(_APART):
                total.update(f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def of_script(script: Path) -> str:
    """The hash of a proof script and of the scripts and specifications that it imports, directly or not.

    Raises `BadInput` when the script can't be read; what is no Python counts as it is.
    """
    pending, seen = [script.resolve()], set()
    total = hashlib.sha256()
    for path in pending:  # grows on the way
        if path not in seen:
            seen.add(path)
            try:
                source = path.read_bytes()
            except OSError as error:
                raise BadInput(f"{path}: {error.strerror}") from None
            total.update(hashlib.sha256(source).digest())
            pending += _imports(source)
    return total.hexdigest()


def key(script: Path, **question: str | int) -> str:
    """The hash of a question to a routine of the script. Raises `BadInput` when the script can't be read."""
    asked = json.dumps(question, sort_keys=True)
    return hashlib.sha256(f"{common()} {of_script(script)} {asked}".encode()).hexdigest()


def _imports(source: bytes) -> Iterator[Path]:
    """The files of the project's scripts and specifications that a source names, in its order."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            if name.startswith(_IMPORTED):
                place = ROOT / name.replace(".", "/")
                yield from (
                    path.resolve() for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()
                )
