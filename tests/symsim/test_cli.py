# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The command line as such: help, bad usage, errors, pipes, colours."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from command_line import ROOT, complaint, run, shell
from sum_routine import ADD, code

from symsim import cli
from symsim.commands import verify as verify_command

pytestmark = pytest.mark.usefixtures("cache")


def test_help_names_the_commands_and_the_statuses() -> None:
    result = run("--help")
    assert result.exit_code == 0
    for name in ("verify", "check", "list", "coverage", "disasm", "conform", "corpus"):
        assert re.search(rf"^  {name} ", result.stdout, re.MULTILINE), name
    assert "3 a target or a package" in " ".join(result.stdout.split())


def test_a_command_whose_module_is_not_there_is_not_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cli._COMMANDS, "repl", "symsim.no_such_module")
    assert not re.search(r"^  repl ", run("--help").stdout, re.MULTILINE)
    assert "No such command 'repl'" in complaint(run("repl"))


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (ValueError("a\nb"), 1, "internal error: ValueError: a b"),
        (OSError(28, "No space left on device", "/full/file"), 2, "/full/file: No space left on device"),
        (RecursionError("deep"), 1, "internal error: RecursionError: deep"),
        (KeyboardInterrupt(), 130, "interrupted; what was finished is kept"),
    ],
)
def test_every_error_is_one_line(
    monkeypatch: pytest.MonkeyPatch, error: BaseException, status: int, message: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(verify_command, "_asked", fail)
    result = run("verify", "tiny/sum")
    assert result.exit_code == status
    assert complaint(result).startswith(message)


def test_a_traceback_on_demand(tmp_path: Path) -> None:
    done = shell("disasm", tmp_path / "none", "f", ARMSYM_DEBUG="1")
    assert done.returncode == 2
    assert "Traceback" in done.stderr and done.stderr.splitlines()[-1].startswith("armsym: ")
    assert "Traceback" not in shell("disasm", tmp_path / "none", "f").stderr


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "long.o").write_bytes(code(*[ADD] * 20_000))
    command = [sys.executable, "-m", "symsim.cli", "disasm", str(tmp_path / "long.o"), "sum"]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdout=pipe, stderr=pipe, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)}
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline().startswith("sum: ")
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(60) == 1


def test_colours_are_for_terminals_and_not_for_those_who_want_none(
    proved_sum: tuple[Path, subprocess.CompletedProcess[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    directory, _ = proved_sum
    monkeypatch.setenv("ARMSYM_CACHE", str(directory / "cache"))
    asked = ("verify", directory / "proof.py", "--object", directory / "sum.o")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(click.utils, "should_strip_ansi", lambda stream=None, color=None: color is False)
    assert "\x1b[32m" in run(*asked, color=True).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run(*asked, color=True).stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Missing command"),
        (("corpus",), "Missing command"),
        (("verify",), "name the routines to verify, or say --all"),
        (("verify", "tiny/sum", "--all"), "name the routines to verify, or say --all"),
        (("verify", "openssl/sha256_block_armv"), "no routine 'openssl/sha256_block_armv' in the catalogue; there is openssl/sha"),
        (("verify", "zzz"), "no routine 'zzz' in the catalogue; armsym list shows those there are"),
        (("verify", "none.py"), "none.py: No such file or directory"),
        (("verify", "openssl/sha256_block_armv8", "--object", "none.so"), "none.so: no such file, and no library of the corpus"),
        (("verify", "a", "--jobs", "0"), "'--jobs': 0 is not in the range"),
        (("verify", "a", "--time-limit", "-1"), "'--time-limit': -1.0 is not in the range"),
        (("verify", "--replay-counterexample", "none.json"), "none.json: No such file or directory"),
        (("verify", "--nonsense"), "No such option"),
        (("check",), "Missing argument 'CERTIFICATE...'"),
        (("disasm", "a.o"), "Missing argument 'FUNCTION'"),
        (("corpus", "fetch", "nothing"), "no library 'nothing' in the corpus: it has openssl-4.0.3"),
        (("conform", "--target", "nonsense"), "nonsense"),
        (("conform", "--target", "unicorn", "--count", "0"), "at least one test"),
        (("unheard-of",), "No such command 'unheard-of'"),
    ],
)  # fmt: skip
def test_bad_usage_is_one_line_and_status_2(arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in complaint(result)
    assert result.stdout == ""
