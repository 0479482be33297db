# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The corpus: real libraries, fetched once from where their users get them, pinned by SHA-256 (`corpus.toml`).

Nothing is handed out whose hash was not compared just before, so a damaged or exchanged package is fetched anew.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from symsim.errors import BadInput, NotAvailable
from symsim.registries import SUFFIX, download_debian, download_wheel

Progress = Callable[[str], None]
"""Receives what is being waited for, in words."""


@dataclass(frozen=True)
class Entry:
    """A library of the corpus, and the package that holds it."""

    name: str
    kind: str
    """'wheel', of the registry pip installs from, or 'debian', of the mirrors apt is set up for."""
    package: str
    version: str
    """Of the package."""
    sha256: str
    """Of the package, in hexadecimal."""
    object: str = ""
    """The member that holds the library; none for the whole package."""
    suite: str = ""
    """Of Debian, by its code name."""


@cache
def entries() -> list[Entry]:
    """The corpus, in the order in which it is listed."""
    with Path(__file__).with_name("corpus.toml").open("rb") as pins:
        return [Entry(name, **pin) for name, pin in tomllib.load(pins).items()]


def entry(name: str) -> Entry:
    """The entry of that name. Raises `BadInput`."""
    for found in entries():
        if found.name == name:
            return found
    raise BadInput(f"no library '{name}' in the corpus: it has {', '.join(e.name for e in entries())}")


def cache_directory() -> Path:
    """Where armsym keeps what it can fetch or compute again: `$ARMSYM_CACHE`, or a place in the user's cache."""
    if chosen := os.environ.get("ARMSYM_CACHE"):
        return Path(chosen)
    if base := os.environ.get("XDG_CACHE_HOME"):
        return Path(base) / "armsym"
    return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "armsym"


def path(name: str) -> Path | None:
    """The package of a library if it was fetched and is still what it was. Raises `BadInput` for an unknown name."""
    wanted = entry(name)
    file = _place(wanted)
    try:
        return file if _sha256(file) == wanted.sha256 else None
    except OSError:
        return None


def object_spec(name: str) -> str:
    """What `Program.load` takes for a library. Raises `NotAvailable` before it was fetched."""
    file = path(name)
    if file is None:
        raise NotAvailable(f"{name} was not fetched yet: armsym corpus fetch {name}")
    return f"{file}:{entry(name).object}".removesuffix(":")


def fetch(name: str, progress: Progress | None = None, source: Path | None = None) -> Path:
    """The package of a library, from the cache, from `source` (a copy the user has), or else from its registry.

    Raises `BadInput` when the name is unknown or the copy is not the pinned package, and `NotAvailable` when the
    package can't be had, or not be kept.
    """
    wanted = entry(name)
    if (there := path(name)) is not None:
        return there
    if source is not None:
        _check_copy(wanted, source)
    place = _place(wanted)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        # On the same file system as its place, so that the package appears there whole or not at all.
        with tempfile.TemporaryDirectory(dir=place.parent) as scratch:
            if source is not None:
                got = Path(shutil.copyfile(source, Path(scratch) / "copy"))
            else:
                if progress is not None:
                    progress(f"downloading {wanted.package} {wanted.version}")
                got = _download(wanted, Path(scratch))
            if _sha256(got) != wanted.sha256:
                raise NotAvailable(f"{wanted.package} {wanted.version} is no longer what was pinned; {_advice(wanted)}")
            os.replace(got, place)
    except OSError as error:
        raise NotAvailable(f"{place}: {error.strerror}; ARMSYM_CACHE may name another directory") from error
    return place


def _check_copy(wanted: Entry, source: Path) -> None:
    try:
        sha256 = _sha256(source)
    except OSError as error:
        raise BadInput(f"{source}: {error.strerror}") from error
    if sha256 != wanted.sha256:
        raise BadInput(f"{source}: its SHA-256 is {sha256}, but {wanted.name} is pinned to {wanted.sha256}")


def _place(wanted: Entry) -> Path:
    return cache_directory() / "corpus" / f"{wanted.name}{SUFFIX[wanted.kind]}"


def _sha256(file: Path) -> str:
    with file.open("rb") as contents:
        return hashlib.file_digest(contents, "sha256").hexdigest()


def _download(wanted: Entry, into: Path) -> Path:
    try:
        if wanted.kind == "wheel":
            return download_wheel(wanted.package, wanted.version, into)
        return download_debian(wanted.package, wanted.version, wanted.suite, into)
    except NotAvailable as error:
        raise NotAvailable(f"{error}; {_advice(wanted)}") from None


def _advice(wanted: Entry) -> str:
    return f"give a copy of the package with SHA-256 {wanted.sha256}"
