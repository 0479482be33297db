# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Packages for AArch64 from where their users get them, on any system: pip's index and Debian's mirrors.

What comes may be anything: whoever asks compares its hash. So Debian's signatures are not looked at, and a suite is as good as
another, whichever this system has keys for.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from symsim.errors import NotAvailable

SUFFIX = {"wheel": ".whl", "debian": ".deb"}
_PATIENCE = 900
"""Seconds a download may take."""


def download_wheel(package: str, version: str, into: Path) -> Path:
    """The wheel of a release, in the directory `into`. Raises `NotAvailable`.

    pip chooses among the wheels of a release by their tags; with all tags given it chooses the same everywhere.
    """
    tags = ["--platform=manylinux2014_aarch64", "--implementation=cp", "--python-version=3.11", "--abi=abi3"]
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--no-deps", "--only-binary=:all:"]
    problem = _run([*pip, *tags, "--dest=.", f"{package}=={version}"], into)
    return _only(into, f"pip did not get {package} {version} for AArch64 ({problem})")


def download_debian(package: str, version: str, suite: str, into: Path) -> Path:
    """The arm64 package of a suite of Debian, or of its security updates, in the directory `into`. Raises `NotAvailable`.

    apt gets a configuration and lists of its own, which know that suite alone: neither root nor a change to the system's
    sources or architectures is needed. Of the system's apt it takes the mirrors.
    """
    which = f"{package}={version}"
    if not shutil.which("apt-get"):
        raise NotAvailable(f"{which} is a Debian package, and there is no apt-get here")
    own = into / "apt"
    (own / "lists" / "partial").mkdir(parents=True)
    sources = own / "sources.list"
    # Not to be trusted: the hash decides.
    mirrors = _mirrors(suite, which)
    sources.write_text("".join(f"deb [trusted=yes] {site} {name} main\n" for site, name in mirrors))
    settings = {
        "Dir::Etc::sourcelist": str(sources),
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State": str(own),
        "Dir::State::lists": str(own / "lists"),
        "Dir::State::status": "/dev/null",
        "Dir::Cache": str(own),
        "APT::Architecture": "arm64",
        "APT::Architectures": "arm64",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
    }
    apt = ["apt-get", *[word for name, value in settings.items() for word in ("-o", f"{name}={value}")]]
    problems = [_run([*apt, *words], into) for words in (["update"], ["download", which])]
    problem = next(filter(None, problems), "nothing came")
    why = "superseded versions vanish from Debian's mirrors"
    if all(name == suite for _, name in mirrors):
        why = "this system's apt knows no mirror of security updates; if it only lacks its lists, apt-get update helps"
    return _only(into, f"apt-get did not get {which} of {suite} ({problem}): {why}")


def _mirrors(suite: str, wanted: str) -> list[tuple[str, str]]:
    """The mirrors of Debian that the system's apt uses, each with what it calls the suite."""
    shown = ["apt-get", "indextargets", "--format", "$(ORIGIN) $(LABEL) $(SITE)", "Created-By: Packages"]
    done = subprocess.run(shown, capture_output=True, text=True, check=False)
    names = {"Debian Debian ": suite, "Debian Debian-Security ": f"{suite}-security"}
    lines = dict.fromkeys(done.stdout.splitlines())
    found = [(line.removeprefix(of), name) for line in lines for of, name in names.items() if line.startswith(of)]
    if not found:
        raise NotAvailable(f"apt knows no mirror of Debian to get {wanted} from; if it only lacks its lists, apt-get update helps")
    return found


def _run(command: list[str], directory: Path) -> str | None:
    """Run a downloader in a directory; what it complained about, in one line, or None if it did well."""
    environment = {**os.environ, "LC_ALL": "C"}
    try:
        done = subprocess.run(
            command, cwd=directory, env=environment, capture_output=True, timeout=_PATIENCE, check=False
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"it took longer than {_PATIENCE} s"
    if done.returncode == 0:
        return None
    complaints = done.stderr.decode(errors="replace").splitlines()
    return next((line for line in complaints if line.startswith(("ERROR:", "E:"))), f"exit status {done.returncode}")


def _only(directory: Path, problem: str) -> Path:
    """The package a downloader left in a directory."""
    files = [file for file in directory.iterdir() if file.suffix in SUFFIX.values()]
    if len(files) != 1:
        raise NotAvailable(problem)
    return files[0]
