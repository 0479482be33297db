# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The commands about catalogue, corpus, objects and targets."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from command_line import complaint, run
from elf_builder import ALLOC, EXEC, LOCAL, NOTYPE, ElfBuilder, words
from sum_routine import ADD, RET, code, script

from isa.profiles import profile
from symsim.errors import NotAvailable

pytestmark = pytest.mark.usefixtures("cache")

CNTW, FADD, SHA512H, BRK = 0x04A0E3E5, 0x1E622820, 0xCE628020, 0xD4207D00


def test_list_shows_the_catalogue_and_what_is_known(
    catalogue: Path, cache: Path, sum_o: Path, in_process: None
) -> None:
    contracts = 'CONTRACTS = [contract("tiny/a"), contract("tiny/b", result=x), contract("tiny/c")]'
    script(catalogue / "sums.py", contracts)

    def statuses() -> dict[str, str]:
        lines = run("list", "--object", sum_o, "--json").stdout.splitlines()
        return {record["routine"]: record["status"] for record in map(json.loads, lines)}

    assert statuses() == {"tiny/a": "not tried", "tiny/b": "not tried", "tiny/c": "not tried"}
    assert run("verify", "tiny/a", "tiny/b", "--object", sum_o).exit_code == 1
    assert statuses() == {"tiny/a": "proved", "tiny/b": "refuted", "tiny/c": "not tried"}
    shown = run("list", "--object", sum_o).stdout
    assert re.search(
        r"^tiny/a +proved( +[0-9,]+){5}( +[0-9.]+ s){2}( +[0-9.,]+ MB){2}  the sum of two numbers$", shown, re.MULTILINE
    )
    with (catalogue / "sums.py").open("a") as file:
        file.write("# changed\n")
    assert statuses()["tiny/a"] == "proved, changed since"
    assert run("verify", "tiny/a", "--object", sum_o).exit_code == 0
    for path in (cache / "certificates").iterdir():
        path.unlink()
    assert statuses()["tiny/a"] == "certificate lost"


def test_list_names_the_routines_of_the_catalogue() -> None:
    result = run("list")
    assert result.exit_code == 0
    assert re.search(r"^openssl/sha256_block_armv8 +not tried", result.stdout, re.MULTILINE)


def test_corpus_list(cache: Path) -> None:
    result = run("corpus", "list")
    assert result.exit_code == 0
    assert re.search(r"^openssl-4.0.3 +cryptography +50.0.2 +79def8d059362e78$", result.stdout, re.MULTILINE)
    assert str(cache / "corpus") in result.stdout
    records = [json.loads(line) for line in run("corpus", "list", "--json").stdout.splitlines()]
    assert records[0]["name"] == "openssl-4.0.3" and records[0]["path"] is None


def test_corpus_fetch_from_a_copy_that_is_another_package(tmp_path: Path) -> None:
    (tmp_path / "copy.whl").write_bytes(b"another")
    result = run("corpus", "fetch", "openssl-4.0.3", "--from", tmp_path / "copy.whl")
    assert result.exit_code == 2
    assert "is pinned to 79def8d0" in complaint(result)
    result = run("corpus", "fetch", "openssl-4.0.3", "openssl-3.0.22", "--from", tmp_path / "copy.whl")
    assert result.exit_code == 2


def test_what_can_not_be_fetched_is_not_available(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Path:
        raise NotAvailable("no network")

    monkeypatch.setattr("symsim.corpus.fetch", fail)
    for arguments in (
        ("corpus", "fetch"),
        ("verify", script(tmp_path / "proof.py")),
        ("disasm", "openssl-4.0.3", "f"),
        ("coverage", "openssl-4.0.3"),
    ):
        result = run(*arguments)
        assert result.exit_code == 3, arguments
        assert complaint(result) == "no network"
    result = run("corpus", "fetch", "openssl-4.0.3", "openssl-3.0.22")
    assert result.exit_code == 3
    assert "armsym: openssl-3.0.22: no network" in result.stderr


def test_coverage(tmp_path: Path) -> None:
    (tmp_path / "a.o").write_bytes(code(ADD, CNTW, FADD, RET))
    result = run("coverage", tmp_path / "a.o")
    assert result.exit_code == 0
    assert re.search(r"^sum +4 +1 +2 +66.6 % +fadd 1$", result.stdout, re.MULTILINE)
    assert re.search(r"^total +4 +1 +2 +66.6 % +fadd 1$", result.stdout, re.MULTILINE)
    assert re.search(r"^fadd +1  floating-point arithmetic", result.stdout, re.MULTILINE)
    assert "what people wrote" not in result.stdout
    records = [json.loads(line) for line in run("coverage", tmp_path / "a.o", "--json").stdout.splitlines()]
    assert "floating-point arithmetic" in records[-1].pop("reasons")["fadd"]
    assert records[-1] == {
        "object": str(tmp_path / "a.o"), "function": "total", "words": 4, "sve": 1, "covered": 2, "missing": {"fadd": 1},
        "handwritten_only": True,
    }  # fmt: skip


def test_coverage_says_where_nothing_tells_who_wrote_it(tmp_path: Path) -> None:
    elf = ElfBuilder()
    elf.section(".text", words(ADD, BRK), ALLOC | EXEC)
    elf.section(".eh_frame", bytes(4))
    elf.symbol("sum", ".text", 0, 8)
    (tmp_path / "a.o").write_bytes(elf.build())
    said = "tells what people wrote from what a compiler made: these are all functions"
    shown = run("coverage", tmp_path / "a.o").stdout
    assert said in shown
    assert re.search(r"^brk +1  a breakpoint leaves the program$", shown, re.MULTILINE)
    assert said not in run("coverage", tmp_path / "a.o", "--all-functions").stdout


def test_what_a_processor_lacks_has_no_semantics_there(tmp_path: Path) -> None:
    (tmp_path / "a.o").write_bytes(code(ADD, SHA512H, RET))
    for cpu, status, marked in (
        ("cortex-a72", "66.6", "?"),
        ("Cortex-A72+sha512", "100.0", " "),
        ("max", "100.0", " "),
    ):
        shown = run("coverage", tmp_path / "a.o", "--cpu", cpu).stdout
        assert re.search(rf"^total +3 .* {status} %", shown, re.MULTILINE), cpu
        shown = run("disasm", tmp_path / "a.o", "sum", "--cpu", cpu).stdout
        assert f"ce628020  {marked} sha512h q0, q1, v2.2d" in shown


@pytest.mark.parametrize(
    ("cpu", "message"),
    [
        ("cortex-a27", "no processor is called 'cortex-a27'; there is max, cortex-a7"),
        ("max+sha521", "no feature is called 'sha521'; there is sha512"),
        ("", "no processor is called ''"),
    ],
)
def test_what_is_no_processor(tmp_path: Path, cpu: str, message: str) -> None:
    (tmp_path / "a.o").write_bytes(code(RET))
    commands = (("coverage", tmp_path / "a.o"), ("disasm", tmp_path / "a.o", "sum"), ("conform", "--target", "unicorn"))
    for command in commands:
        result = run(*command, "--cpu", cpu)
        assert result.exit_code == 2
        assert message in complaint(result)


def test_coverage_of_nothing(tmp_path: Path) -> None:
    result = run("coverage", tmp_path / "none.a")
    assert result.exit_code == 2
    assert "none.a: no such file" in complaint(result)


def test_disasm(tmp_path: Path) -> None:
    elf = ElfBuilder()
    elf.section(".text", words(ADD, 0x14000001, RET), ALLOC | EXEC)
    elf.symbol("sum", ".text", 0, 12)
    elf.symbol("end", ".text", 8, 0, NOTYPE, LOCAL)
    (tmp_path / "a.o").write_bytes(elf.build())
    result = run("disasm", tmp_path / "a.o", "sum")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[1:] == [
        "     0x10000  8b020021    add x1, x1, x2",
        "     0x10004  14000001    b #0x10008  // sum+0x8",
        "end:",
        "     0x10008  d65f03c0    ret",
    ]
    assert "no symbol 'sun'; there is sum" in complaint(run("disasm", tmp_path / "a.o", "sun"))


def test_conform_hands_its_options_on(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[object] = []

    def main_conform(*arguments: object) -> int:
        given.extend(arguments)
        return 3

    monkeypatch.setattr("conformance.conform.main_conform", main_conform)
    command = (
        "conform",
        "--target",
        "qemu",
        "--count",
        "7",
        "--seed",
        "5",
        "--class",
        "a",
        "--class",
        "b",
        "--json",
        "--jobs",
        "2",
    )
    assert run(*command).exit_code == 3
    assert given == ["qemu", 7, 5, ("a", "b"), True, None, 2, None, None]
    given.clear()
    assert run("conform", "--target", "qemu", "--cpu", "cortex-a72", "--record", "board").exit_code == 3
    assert given[-2:] == [profile("cortex-a72"), Path("board")]
