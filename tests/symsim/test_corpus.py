# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from symsim import corpus, registries
from symsim.corpus import Entry
from symsim.errors import BadInput, NotAvailable

PACKAGE = b"the package"
WHEEL = Entry("lib-1", "wheel", "lib", "1.0", hashlib.sha256(PACKAGE).hexdigest(), "lib.so")
DEBIAN = Entry("lib-2", "debian", "lib-dev", "1:2.0-3", hashlib.sha256(PACKAGE).hexdigest(), suite="sid")
MIRRORS = """\
Debian Debian http://mirror/debian
Debian Debian http://mirror/debian
Debian Debian-Security http://mirror/security
Debian Backports http://mirror/backports
Other Debian http://other/debian
"""


class Downloader:
    """Stands for pip and apt-get: notes the commands and apt's sources, and leaves `files` where it is told to download."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []
        self.files = {"lib-1.0-py3-none-any.whl": PACKAGE}
        self.complaint = b""
        self.mirrors = MIRRORS
        self.sources = ""

    def __call__(self, command: list[str], **options: object) -> subprocess.CompletedProcess[str | bytes]:
        if "indextargets" in command:
            return subprocess.CompletedProcess(command, 0, self.mirrors, "")
        self.commands.append(command)
        directory = Path(str(options["cwd"]))
        if "update" in command:
            self.sources = (directory / "apt" / "sources.list").read_text()
            return subprocess.CompletedProcess(command, 0, b"", b"")
        for name, data in self.files.items():
            (directory / name).write_bytes(data)
        return subprocess.CompletedProcess(command, 0 if self.files else 100, b"", self.complaint)


@pytest.fixture
def cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(corpus, "entries", lambda: [WHEEL, DEBIAN])
    return cache / "corpus"


@pytest.fixture
def downloader(monkeypatch: pytest.MonkeyPatch, cache: Path) -> Downloader:
    downloader = Downloader()
    monkeypatch.setattr(registries.subprocess, "run", downloader)
    monkeypatch.setattr(registries.shutil, "which", lambda program: f"/usr/bin/{program}")
    return downloader


def test_the_pins_are_whole() -> None:
    entries = corpus.entries()
    assert [entry.name for entry in entries][:3] == ["openssl-4.0.3", "openssl-3.0.22", "openssl-3.5.7"]
    assert len({entry.name for entry in entries}) == len({entry.sha256 for entry in entries}) == len(entries)
    for entry in entries:
        assert entry.kind in ("wheel", "debian")
        assert re.fullmatch("[0-9a-f]{64}", entry.sha256)
        assert entry.package and entry.version
        assert bool(entry.suite) == (entry.kind == "debian")


def test_nothing_is_there_at_first(cache: Path) -> None:
    assert corpus.path("lib-1") is None
    with pytest.raises(NotAvailable, match="lib-1 was not fetched yet: armsym corpus fetch lib-1"):
        corpus.object_spec("lib-1")


def test_unknown_names_are_refused(cache: Path) -> None:
    for ask in (corpus.path, corpus.object_spec, corpus.fetch, corpus.entry):
        with pytest.raises(BadInput, match="no library 'lib-3' in the corpus: it has lib-1, lib-2"):
            ask("lib-3")


def test_a_package_is_fetched_once(cache: Path, downloader: Downloader) -> None:
    said: list[str] = []
    place = corpus.fetch("lib-1", said.append)
    assert place == cache / "lib-1.whl" and place.read_bytes() == PACKAGE
    assert corpus.fetch("lib-1", said.append) == corpus.path("lib-1") == place
    assert said == ["downloading lib 1.0"] and len(downloader.commands) == 1
    assert corpus.object_spec("lib-1") == f"{place}:lib.so"
    assert list(cache.iterdir()) == [place], "nothing temporary stays"


def test_pip_is_asked_for_the_pinned_wheel_of_another_platform(downloader: Downloader) -> None:
    corpus.fetch("lib-1")
    (command,) = downloader.commands
    assert command[:3] == [sys.executable, "-m", "pip"] and command[-1] == "lib==1.0"
    assert {"download", "--no-deps", "--only-binary=:all:", "--platform=manylinux2014_aarch64"} < set(command)


def test_apt_is_asked_for_the_pinned_version_of_its_suite(cache: Path, downloader: Downloader) -> None:
    downloader.files = {"lib-dev_1%3a2.0-3_arm64.deb": PACKAGE}
    assert corpus.fetch("lib-2") == cache / "lib-2.deb"
    update, download = downloader.commands
    assert (update[0], update[-1]) == ("apt-get", "update")
    assert (download[0], download[-2:]) == ("apt-get", ["download", "lib-dev=1:2.0-3"])
    assert update[1:-1] == download[1:-2], "one configuration"
    assert corpus.object_spec("lib-2") == str(cache / "lib-2.deb")


def test_apt_has_a_configuration_of_its_own_with_the_mirrors_of_the_system(downloader: Downloader) -> None:
    downloader.files = {"lib-dev_1%3a2.0-3_arm64.deb": PACKAGE}
    corpus.fetch("lib-2")
    assert downloader.sources.splitlines() == [
        "deb [trusted=yes] http://mirror/debian sid main",
        "deb [trusted=yes] http://mirror/security sid-security main",
    ]
    settings = {word.partition("=")[0]: word.partition("=")[2] for word in downloader.commands[0][2:-1:2]}
    assert settings["APT::Architectures"] == settings["APT::Architecture"] == "arm64"
    assert settings["Dir::Etc::sourceparts"] == settings["Dir::State::status"] == "/dev/null"
    for name in ("Dir::State", "Dir::State::lists", "Dir::Cache", "Dir::Etc::sourcelist"):
        assert "/cache/corpus/" in settings[name], f"{name} is the system's"


def test_a_damaged_package_is_fetched_anew(downloader: Downloader) -> None:
    place = corpus.fetch("lib-1")
    place.write_bytes(PACKAGE[:-1])
    assert corpus.path("lib-1") is None
    assert corpus.fetch("lib-1").read_bytes() == PACKAGE
    assert len(downloader.commands) == 2


def test_another_package_than_the_pinned_one_is_not_kept(cache: Path, downloader: Downloader) -> None:
    downloader.files = {"lib-1.0-py3-none-any.whl": b"another"}
    with pytest.raises(NotAvailable, match=r"no longer what was pinned; give a copy .* SHA-256 [0-9a-f]{64}"):
        corpus.fetch("lib-1")
    assert list(cache.iterdir()) == []


def test_a_wheel_that_cannot_be_had(cache: Path, downloader: Downloader) -> None:
    downloader.files, downloader.complaint = {}, b"WARNING: slow\nERROR: No matching distribution found\n"
    with pytest.raises(NotAvailable, match=r"did not get lib 1\.0 .*\(ERROR: No matching distribution found\)"):
        corpus.fetch("lib-1")
    assert list(cache.iterdir()) == []


def test_a_version_that_vanished_from_the_mirror(downloader: Downloader) -> None:
    downloader.files, downloader.complaint = {}, b"E: Version '1:2.0-3' for 'lib-dev' was not found\n"
    message = r"apt-get did not get lib-dev=1:2\.0-3 of sid \(E: Version .* superseded versions vanish .* give a copy"
    with pytest.raises(NotAvailable, match=message):
        corpus.fetch("lib-2")


def test_a_version_among_security_updates_that_apt_does_not_know_of_yet(downloader: Downloader) -> None:
    downloader.mirrors = "Debian Debian http://mirror/debian\n"
    downloader.files, downloader.complaint = {}, b"E: Version '1:2.0-3' for 'lib-dev' was not found\n"
    message = r"was not found\): this system's apt knows no mirror of security updates.* apt-get update helps"
    with pytest.raises(NotAvailable, match=message):
        corpus.fetch("lib-2")


@pytest.mark.parametrize("mirrors", ["", "Other Debian http://other/debian\n", "Debian\n"])
def test_apt_without_a_mirror_of_debian(downloader: Downloader, mirrors: str) -> None:
    downloader.mirrors = mirrors
    with pytest.raises(NotAvailable, match=r"no mirror of Debian .* apt-get update helps; give a copy"):
        corpus.fetch("lib-2")
    assert downloader.commands == []


def test_no_apt(downloader: Downloader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registries.shutil, "which", lambda program: None)
    with pytest.raises(NotAvailable, match="is a Debian package, and there is no apt-get here; give a copy"):
        corpus.fetch("lib-2")


def test_a_download_that_hangs_is_given_up(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(command: list[str], **options: object) -> None:
        raise subprocess.TimeoutExpired(command, 900)

    monkeypatch.setattr(registries.subprocess, "run", hang)
    with pytest.raises(NotAvailable, match="it took longer than 900 s"):
        corpus.fetch("lib-1")


def test_a_copy_of_the_user_is_taken_without_a_download(cache: Path, downloader: Downloader, tmp_path: Path) -> None:
    copy = tmp_path / "some name.deb"
    copy.write_bytes(PACKAGE)
    assert corpus.fetch("lib-2", source=copy).read_bytes() == PACKAGE
    assert downloader.commands == [] and copy.exists()


@pytest.mark.parametrize(("name", "message"), [("other", "its SHA-256 is .* lib-1 is pinned"), ("absent", "No such")])
def test_copies_that_are_not_the_package(cache: Path, tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "other").write_bytes(b"other")
    with pytest.raises(BadInput, match=message):
        corpus.fetch("lib-1", source=tmp_path / name)
    assert corpus.path("lib-1") is None


def test_a_cache_that_cannot_be_written(downloader: Downloader, tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(b"a file where a directory should be")
    with pytest.raises(NotAvailable, match="ARMSYM_CACHE may name another directory"):
        corpus.fetch("lib-1")


def test_the_cache_is_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ARMSYM_CACHE", "/chosen")
    assert corpus.cache_directory() == Path("/chosen")
    monkeypatch.delenv("ARMSYM_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    assert corpus.cache_directory() == Path("/xdg/armsym")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr(corpus.sys, "platform", "linux")
    assert corpus.cache_directory() == tmp_path / ".cache/armsym"
    monkeypatch.setattr(corpus.sys, "platform", "darwin")
    assert corpus.cache_directory() == tmp_path / "Library/Caches/armsym"
