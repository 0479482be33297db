# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""armsym check: certificates accepted, compared with an object, refused."""

from __future__ import annotations

import json
import re
import subprocess
import zlib
from pathlib import Path

import pytest
from command_line import complaint, run, shell
from sum_routine import ADD, RET, STORE, code

pytestmark = pytest.mark.usefixtures("cache")


def certificate(proved_sum: tuple[Path, subprocess.CompletedProcess[str]]) -> Path:
    [path] = (proved_sum[0] / "out").iterdir()
    return path


def test_check_accepts_and_compares(proved_sum: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    result = run("check", certificate(proved_sum), "--object", proved_sum[0] / "sum.o")
    assert result.exit_code == 0, result.output
    assert f"{certificate(proved_sum)}: accepted\n" in result.stdout
    assert "the cell holds the result" in result.stdout
    assert "3 meanings of instructions" in result.stdout
    assert "the same: 3 instruction words" in result.stdout


def test_check_in_json(proved_sum: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    # In a process that has proved nothing, so that the program's own constants are no one else's.
    report = json.loads(shell("check", certificate(proved_sum), "--object", proved_sum[0] / "sum.o", "--json").stdout)
    assert report["accepted"] is True
    assert report["about"]["title"] == "tiny/sum"
    assert report["installation"]["different"] == report["object"]["different"] == []
    assert report["object"]["same"] == {"instruction words": 3}
    assert any(name.startswith("step_") for name in report["installation"]["own"])
    alone = json.loads(run("check", certificate(proved_sum), "--json", "--alone").stdout)
    assert "installation" not in alone and "object" not in alone


def test_check_tells_another_object(tmp_path: Path, proved_sum: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    (tmp_path / "other.o").write_bytes(code(0x8B020022, STORE, RET))
    result = run("check", certificate(proved_sum), "--object", tmp_path / "other.o")
    assert result.exit_code == 1
    assert "different: 0x10000 (sum): insn_8b020021, but the object has 0x8b020022" in result.stdout
    (tmp_path / "short.o").write_bytes(code(ADD, STORE))
    result = run("check", certificate(proved_sum), "--object", tmp_path / "short.o")
    assert result.exit_code == 1
    assert "different: 0x10008: insn_d65f03c0, but the object has no instruction there" in result.stdout


def rewritten(path: Path, old: bytes, new: bytes, into: Path) -> Path:
    """The certificate with some of its text exchanged."""
    text = zlib.decompress(path.read_bytes())
    assert old in text
    into.write_bytes(zlib.compress(text.replace(old, new)))
    return into


def test_check_refuses_a_changed_certificate(
    tmp_path: Path, proved_sum: tuple[Path, subprocess.CompletedProcess[str]]
) -> None:
    changed = rewritten(certificate(proved_sum), b"insn_8b020021", b"insn_8b020022", tmp_path / "changed.cert")
    result = run("check", changed)
    assert result.exit_code == 1
    assert "refused: " in result.stdout
    (tmp_path / "cut.cert").write_bytes(certificate(proved_sum).read_bytes()[:-9])
    result = run("check", tmp_path / "cut.cert", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["accepted"] is False


def test_check_counts_many(tmp_path: Path, proved_sum: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    good = certificate(proved_sum)
    changed = rewritten(good, b"insn_8b020021", b"insn_8b020022", tmp_path / "changed.cert")
    result = run("check", good, changed, tmp_path / "none.cert", good)
    assert result.exit_code != 0
    assert re.fullmatch(r"4 certificates: 2 accepted, 2 refused; [\d.]+ MB, [\d.]+ s of replay", result.stdout.splitlines()[-1])
    assert f"{changed}: replay\n" in result.stderr
    assert len(run("check", good, changed, "--json").stdout.splitlines()) == 2
    (tmp_path / "other.o").write_bytes(code(0x8B020022, STORE, RET))
    result = run("check", good, good, "--object", tmp_path / "other.o")
    assert "2 accepted, 0 refused, 2 of those accepted different from what is here" in result.stdout.splitlines()[-1]


def test_check_tells_meanings_that_are_not_this_installations(
    proved_sum: tuple[Path, subprocess.CompletedProcess[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from symsim import check

    real = check._meaning
    monkeypatch.setattr(check, "_meaning", lambda name: real("insn_8b020022" if name == "insn_8b020021" else name))
    result = run("check", certificate(proved_sum))
    assert result.exit_code == 1
    assert "different: insn_8b020021 means something else here" in result.stdout
    monkeypatch.setattr(check, "_meaning", lambda name: None)
    assert "insn_8b020021 has no meaning here" in run("check", certificate(proved_sum)).stdout


def test_check_goes_on_after_a_file_that_is_not_there(
    tmp_path: Path, proved_sum: tuple[Path, subprocess.CompletedProcess[str]]
) -> None:
    (tmp_path / "text").write_text("no certificate")
    result = run("check", tmp_path / "none.cert", certificate(proved_sum), tmp_path / "text")
    assert result.exit_code == 2
    assert "none.cert: No such file or directory" in result.stdout
    assert ": accepted" in result.stdout
    assert "text: refused: " in result.stdout


def test_check_when_the_checker_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "replay.py").write_text("raise ValueError('out of order')")
    monkeypatch.setattr("symsim.verify.REPLAY", tmp_path / "replay.py")
    result = run("check", tmp_path / "any.cert")
    assert result.exit_code == 1
    assert "the checker failed: ValueError: out of order" in complaint(result)
