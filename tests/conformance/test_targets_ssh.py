# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The agent over ssh, against an sshd on loopback that runs AArch64 programs under QEMU, and what ssh can refuse."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from targets_support import free_port

from conformance import agent_build, ssh_target
from conformance.ssh_target import SshTarget
from conformance.state import Case, State
from symsim.errors import NotAvailable

SSHD = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin")


def run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


class Board:
    """An sshd for this user alone, whose every command runs in `home`, empty at first; `exec` means QEMU there."""

    def __init__(self, directory: Path) -> None:
        self.home, self.directory, self.port = directory / "home", directory, free_port()
        self.home.mkdir()
        for name in ("host", "user"):
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(directory / name))
        shell = directory / "shell"
        shell.write_text(
            f"#!/bin/sh\ncd {self.home}\n"
            'case "$SSH_ORIGINAL_COMMAND" in\n'
            '"exec "*) test -e no-emulator || exec qemu-aarch64 "${SSH_ORIGINAL_COMMAND#exec }";;\nesac\n'
            f'PATH={directory}/bin:$PATH exec sh -c "$SSH_ORIGINAL_COMMAND"\n'
        )
        shell.chmod(0o755)
        compiler = directory / "bin" / "cc"  # as a board has it
        compiler.parent.mkdir()
        compiler.symlink_to(str(shutil.which("aarch64-linux-gnu-gcc")))
        (directory / "config").write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {directory}/host\nPidFile none\nStrictModes no\n"
            f"AuthorizedKeysFile {directory}/user.pub\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
            f"UsePAM no\nForceCommand {shell}\n"
        )
        host_key = (directory / "host.pub").read_text()
        (directory / "known").write_text(f"[127.0.0.1]:{self.port} {host_key}")
        (directory / "nobody").write_text("")
        with (directory / "log").open("wb") as log:
            self.process = subprocess.Popen([str(SSHD), "-D", "-e", "-f", str(directory / "config")], stderr=log)
        for _ in range(100):
            if "listening" in (directory / "log").read_text():
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        pytest.skip(f"sshd does not start here: {(directory / 'log').read_text()}")

    @property
    def destination(self) -> str:
        return f"ssh://127.0.0.1:{self.port}"

    def options(self, key: str = "user", known: str = "known") -> list[str]:
        files = ["-i", f"{self.directory}/{key}", f"-oUserKnownHostsFile={self.directory}/{known}"]
        return ["-F", "none", "-oIdentitiesOnly=yes", *files]


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    if SSHD is None:
        pytest.skip("no sshd: install openssh-server")
    for tool in ("ssh", "ssh-keygen", "qemu-aarch64", "aarch64-linux-gnu-gcc"):
        if shutil.which(tool) is None:
            pytest.skip(f"no {tool}")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # sshd's own condition for starting as root
    found = Board(tmp_path)
    yield found
    found.process.kill()
    found.process.wait()


def add_one(target: SshTarget) -> None:
    outcomes = target.run([Case((0x91000400,), State.of(x0=i)) for i in range(300)])
    assert [outcome.state["x0"] for outcome in outcomes] == list(range(1, 301))


def test_the_agent_is_copied_once_and_runs(board: Board) -> None:
    with SshTarget(board.destination, board.options()) as target:
        add_one(target)
        assert "FEAT_SHA256" in target.features
        assert board.destination in target.description and "MIDR_EL1 0x000f0510" in target.description
    (agent,) = (board.home / ".cache/armsym").iterdir()
    assert agent.name == f"vector-agent-{agent_build.source_hash()}"
    written = agent.stat().st_mtime_ns
    with SshTarget(board.destination, board.options()) as target:
        add_one(target)
    assert agent.stat().st_mtime_ns == written


def test_without_a_cross_compiler_the_board_builds(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_compiler() -> Path:
        raise NotAvailable("no C compiler for AArch64")

    monkeypatch.setattr(ssh_target, "build", no_compiler)
    with SshTarget(board.destination, board.options()) as target:
        add_one(target)
    assert len(list((board.home / ".cache/armsym").iterdir())) == 1


def test_a_board_that_can_neither_receive_nor_build(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    (board.home / ".cache").write_text("in the way")
    with pytest.raises(NotAvailable, match=r"the agent can't be put there: .*cache"):
        SshTarget(board.destination, board.options())


def test_a_machine_of_another_kind(board: Board) -> None:
    agent = board.home / ".cache/armsym" / f"vector-agent-{agent_build.source_hash()}"
    agent.parent.mkdir(parents=True)
    agent.write_bytes(b"\x7fELF" + bytes(100))
    agent.chmod(0o755)
    (board.home / "no-emulator").touch()
    with pytest.raises(NotAvailable, match=r"Exec format error.*needs AArch64 Linux"):
        SshTarget(board.destination, board.options())


def test_an_unknown_host_key(board: Board) -> None:
    with pytest.raises(NotAvailable, match=rf"Host key.*failed.*run `ssh {board.destination}` once by hand"):
        SshTarget(board.destination, board.options(known="nobody"))


def test_a_refused_user(board: Board) -> None:
    with pytest.raises(NotAvailable, match=r"Permission denied.*ssh-copy-id"):
        SshTarget(board.destination, board.options(key="host"))


def test_a_port_where_nobody_listens() -> None:
    if shutil.which("ssh") is None:
        pytest.skip("no ssh")
    with pytest.raises(NotAvailable, match=r"Connection refused.*is sshd running"):
        SshTarget(f"ssh://127.0.0.1:{free_port()}", ["-F", "none"])


def test_no_ssh_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotAvailable, match="install openssh-client"):
        SshTarget("board")
