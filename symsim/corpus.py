# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The corpus: real libraries, fetched once from where their users get them, pinned by SHA-256 (`corpus.toml`).

Nothing is handed out whose hash was not compared just before, so a damaged or exchanged package is fetched anew.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from symsim.errors import BadInput, NotAvailable

Progress = Callable[[str], None]
"""Receives what is being waited for, in words."""

_SUFFIX = {"wheel": ".whl", "debian": ".deb"}
_PATIENCE = 900
"""Seconds a download may take."""


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
                got = _DOWNLOAD[wanted.kind](wanted, Path(scratch))
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
    return cache_directory() / "corpus" / f"{wanted.name}{_SUFFIX[wanted.kind]}"


def _sha256(file: Path) -> str:
    with file.open("rb") as contents:
        return hashlib.file_digest(contents, "sha256").hexdigest()


def _download_wheel(wanted: Entry, into: Path) -> Path:
    """pip chooses among the wheels of a release by their tags; with all tags given it chooses the same everywhere."""
    tags = ["--platform=manylinux2014_aarch64", "--implementation=cp", "--python-version=3.11", "--abi=abi3"]
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--no-deps", "--only-binary=:all:"]
    problem = _run([*pip, *tags, "--dest=.", f"{wanted.package}=={wanted.version}"], into)
    return _only(into, f"pip did not get {wanted.package} {wanted.version} for AArch64 ({problem}); {_advice(wanted)}")


def _download_debian(wanted: Entry, into: Path) -> Path:
    which = f"{wanted.package}:arm64={wanted.version}"
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        raise NotAvailable(f"{which} is a Debian package, and there is no apt-get here; {_advice(wanted)}")
    if "arm64" not in _architectures():
        enable = "dpkg --add-architecture arm64 && apt-get update"
        raise NotAvailable(f"apt knows no arm64 packages here; as root, enable them: {enable}; or {_advice(wanted)}")
    problem = _run(["apt-get", "download", which], into)
    why = "each suite of Debian has its own version, and superseded ones vanish from its mirrors"
    return _only(into, f"apt-get did not get {which} ({problem}): {why}; try apt-get update, or {_advice(wanted)}")


_DOWNLOAD = {"wheel": _download_wheel, "debian": _download_debian}


def _architectures() -> list[str]:
    shown = ("--print-architecture", "--print-foreign-architectures")
    run = [subprocess.run(["dpkg", show], capture_output=True, text=True, check=False) for show in shown]
    return "\n".join(done.stdout for done in run).split()


def _run(command: list[str], directory: Path) -> str:
    """Run a downloader in a directory; what it complained about, in one line."""
    environment = {**os.environ, "LC_ALL": "C"}
    try:
        done = subprocess.run(
            command, cwd=directory, env=environment, capture_output=True, timeout=_PATIENCE, check=False
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"it took longer than {_PATIENCE} s"
    complaints = done.stderr.decode(errors="replace").splitlines()
    return next((line for line in complaints if line.startswith(("ERROR:", "E:"))), f"exit status {done.returncode}")


def _only(directory: Path, problem: str) -> Path:
    """The package a downloader left in a directory."""
    files = [file for file in directory.iterdir() if file.suffix in _SUFFIX.values()]
    if len(files) != 1:
        raise NotAvailable(problem)
    return files[0]


def _advice(wanted: Entry) -> str:
    return f"give a copy of the package with SHA-256 {wanted.sha256}"
