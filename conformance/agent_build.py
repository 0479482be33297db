# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The programs in conformance/agent, built by a stock compiler for AArch64 and kept in the user's cache.

`python -m conformance.agent_build` builds the vector agent and prints where it is.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from sys import executable

from symsim.errors import NotAvailable

SOURCES = Path(__file__).parent / "agent"
COMPILER_VARIABLE = "ARMSYM_AARCH64_CC"

FLAGS = ["-O2", "-std=gnu11", "-Wall", "-Wextra", "-ffreestanding", "-fno-stack-protector", "-fno-pic"]
FLAGS += ["-nostdlib", "-static", "-no-pie", "-Wl,--build-id=none"]


def arguments(program: str) -> list[str]:
    """What the compiler is told, but for the name of its output."""
    return [*FLAGS, f"-Wl,-T,{program}.ld", f"{program}.c"]


def source_hash() -> str:
    """Names one state of the sources and flags: 16 hexadecimal digits."""
    digest = hashlib.sha256(" ".join(FLAGS).encode())
    for path in sorted(SOURCES.glob("*.[chl]*")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def compiler() -> list[str]:
    """The command of a C compiler for AArch64 Linux.

    That of the environment's ARMSYM_AARCH64_CC, Debian's cross compiler, the compiler of an AArch64 machine itself, or
    the one in the Python package ziglang. Raises NotAvailable when there is none.
    """
    if chosen := os.environ.get(COMPILER_VARIABLE):
        return shlex.split(chosen)
    if shutil.which("aarch64-linux-gnu-gcc"):
        return ["aarch64-linux-gnu-gcc"]
    if platform.machine() == "aarch64" and platform.system() == "Linux" and shutil.which("cc"):
        return ["cc"]
    if find_spec("ziglang"):
        return [executable, "-m", "ziglang", "cc", "-target", "aarch64-linux-musl"]
    raise NotAvailable(
        "no C compiler for AArch64: install gcc-aarch64-linux-gnu, or the Python package ziglang, "
        f"or name one in {COMPILER_VARIABLE}"
    )


def cache_directory() -> Path:
    """Where built programs are kept: ARMSYM_CACHE, or armsym in XDG_CACHE_HOME or in ~/.cache."""
    if chosen := os.environ.get("ARMSYM_CACHE"):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "armsym"


def build(program: str = "agent") -> Path:
    """The binary of conformance/agent/`program`.c, built now unless the cache has it.

    Raises NotAvailable when there is no compiler or it fails.
    """
    target = cache_directory() / f"vector-{program}-{source_hash()}"
    if target.exists():
        return target
    command = compiler()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as directory:
            new = Path(directory) / "program"
            _compile([*command, *arguments(program), "-o", str(new)])
            new.replace(target)
    except OSError as error:
        raise NotAvailable(f"the {program} can't be built: {error}") from None
    return target


def _compile(command: Sequence[str]) -> None:
    done = subprocess.run(command, cwd=SOURCES, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"status {done.returncode}"]
        reason = next((line for line in lines if "error" in line), lines[0])
        raise NotAvailable(f"`{shlex.join(command)}` in {SOURCES} fails: {reason}")


if __name__ == "__main__":
    print(build())
