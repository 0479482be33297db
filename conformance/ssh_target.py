# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A board as a target: the vector agent on an AArch64 Linux machine, started through the ssh command.

The agent is kept on the board in ~/.cache/armsym under the hash of its sources. It is built here and copied there, or,
without a cross compiler here, built there from its sources by the board's own cc.
"""

from __future__ import annotations

import io
import shlex
import shutil
import subprocess
import tarfile
from collections.abc import Sequence

from conformance.agent_build import SOURCES, arguments, build, source_hash
from conformance.agent_target import AgentTarget
from symsim.errors import BadInput, NotAvailable

OPTIONS = ["-T", "-oBatchMode=yes", "-oConnectTimeout=10", "-oServerAliveInterval=5", "-oServerAliveCountMax=3"]
"""No terminal and no questions: a password or an unknown host key is an error, not a prompt in the middle of a run."""

_REMOTE_DIRECTORY = ".cache/armsym"
_SSH_FAILED = 255

_HELP = {
    "Host key verification failed": "run `ssh {destination}` once by hand to see and accept its key",
    "Permission denied": "install a key there (`ssh-copy-id {destination}`): no password is asked for",
    "Could not resolve": "check the name in `ssh {destination}`",
    "Connection refused": "is sshd running there, on that port?",
    "timed out": "is it switched on and reachable?",
    "Exec format error": "the agent needs AArch64 Linux, and that machine seems to be another",
    "cannot execute": "the agent needs AArch64 Linux, and that machine seems to be another",
}


class SshTarget(AgentTarget):
    """The vector agent on `destination`, anything that the ssh command understands: host, user@host, ssh://user@host:port."""

    def __init__(self, destination: str, options: Sequence[str] = ()) -> None:
        """`options` go to ssh before the destination. Raises NotAvailable with ssh's own reason and what helps."""
        if shutil.which("ssh") is None:
            raise NotAvailable("target ssh: no ssh command: install openssh-client")
        self._destination = destination
        self._ssh = ["ssh", *OPTIONS, *options, "--", destination]
        self.name = f"ssh:{destination}"
        agent = f"{_REMOTE_DIRECTORY}/vector-agent-{source_hash()}"
        self._install(agent)
        super().__init__(self.name, "", [*self._ssh, f"exec ./{agent}"], start_seconds=30)
        self.description = f"AArch64 Linux at {destination}, MIDR_EL1 {self.midr:#010x}"

    def explain(self, reason: str) -> str:
        """The reason, and what helps against it where that is known."""
        helps = [text.format(destination=self._destination) for sign, text in _HELP.items() if sign in reason]
        return f"{reason} ({helps[0]})" if helps else reason

    def _install(self, agent: str) -> None:
        """Puts the agent there unless it is there already."""
        if self._remote(f"test -x {agent}").returncode == 0:
            return
        prepare = f"mkdir -p {_REMOTE_DIRECTORY} && cd {_REMOTE_DIRECTORY}"
        finish = f"chmod 755 new.$$ && mv new.$$ ../../{agent}"
        try:
            done = self._remote(f"{prepare} && cat >new.$$ && {finish}", build().read_bytes())
        except NotAvailable:
            compile_there = f"cc {shlex.join(arguments('agent'))} -o ../new.$$"
            unpack = f"mkdir -p source.$$ && cd source.$$ && tar xf - && {compile_there}"
            done = self._remote(f"{prepare} && {unpack} && cd .. && rm -r source.$$ && {finish}", _archive())
        if done.returncode:
            raise NotAvailable(f"target {self.name}: the agent can't be put there: {self.explain(_last_line(done))}")

    def _remote(self, command: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Runs a command there; raises NotAvailable when ssh itself fails."""
        try:
            done = subprocess.run([*self._ssh, command], input=data, capture_output=True, timeout=120, check=False)
        except subprocess.TimeoutExpired:
            raise NotAvailable(f"target {self.name}: no answer in time") from None
        if done.returncode == _SSH_FAILED:
            raise NotAvailable(f"target {self.name}: {self.explain(_last_line(done))}")
        return done


def _last_line(done: subprocess.CompletedProcess[bytes]) -> str:
    lines = [line for line in done.stderr.decode(errors="replace").splitlines() if line.strip()]
    return lines[-1].strip() if lines else f"status {done.returncode}"


def _archive() -> bytes:
    """The agent's sources as a tar file."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path in sorted(SOURCES.iterdir()):
            archive.add(path, path.name)
    return packed.getvalue()


def of_spec(rest: str) -> SshTarget:
    """The target of the spec `ssh:DEST`."""
    if not rest:
        raise BadInput("target ssh needs a destination: ssh:HOST, ssh:USER@HOST or ssh:ssh://USER@HOST:PORT")
    if rest.startswith("-") or any(character.isspace() for character in rest):
        raise BadInput(f"not a destination for ssh: {rest!r}")
    return SshTarget(rest)
