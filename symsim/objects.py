# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Objects as they are named on the command line: files and their members, or libraries of the corpus by name."""

from __future__ import annotations

from pathlib import Path

from symsim import corpus
from symsim.corpus import Progress
from symsim.errors import BadInput
from symsim.store import sha256_of

DEFAULT = "openssl-4.0.3"
"""The library that is meant where none is named."""


def object_spec(name: str, progress: Progress | None = None) -> str:
    """What `Program.load` takes: the name itself, or the corpus library's package, fetched if need be, and its object.

    Raises `NotAvailable` when the package can't be had.
    """
    library, member = _in_corpus(name)
    if library is None:
        return name
    corpus.fetch(library.name, progress)
    return ":".join(part for part in (corpus.object_spec(library.name), member) if part)


def identity(name: str) -> str:
    """The hash of the file that a name leads into, and the members after it: equal for equal objects.

    Of a library of the corpus it is the pin, which needs no file. Raises `BadInput` when a file can't be read.
    """
    library, member = _in_corpus(name)
    if library is not None:
        return ":".join(part for part in (library.sha256, library.object, member) if part)
    file, inner = split(name)
    sha256 = sha256_of(file)
    if sha256 is None:
        raise BadInput(f"{name}: no such file, and no library of the corpus ({_names()})")
    return f"{sha256}:{inner}".removesuffix(":")


def split(name: str) -> tuple[Path, str]:
    """The file that a name begins with, and the members after it."""
    file, inner = name, ""
    while not Path(file).is_file() and ":" in file:
        file, _, last = file.rpartition(":")
        inner = f"{last}:{inner}".removesuffix(":")
    return Path(file), inner


def _in_corpus(name: str) -> tuple[corpus.Entry | None, str]:
    """The library that a name begins with, unless there is such a file, and the members after it."""
    library, _, member = name.partition(":")
    if Path(library).is_file():
        return None, ""
    return next((entry for entry in corpus.entries() if entry.name == library), None), member


def _names() -> str:
    return ", ".join(entry.name for entry in corpus.entries())
