# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
from __future__ import annotations

import json
import os
import re
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from elf_builder import ALLOC, EXEC, LOCAL, NOTYPE, OBJECT, ElfBuilder, ar, words
from sum_routine import ADD, ENTRY, RET, STORE, SUM, code, script

from isa.profiles import profile
from symsim import cli
from symsim.commands import verify as verify_command
from symsim.errors import NotAvailable
from symsim.processes import Processes

ROOT = Path(__file__).parents[2]
CNTW, FADD, SHA512H = 0x04A0E3E5, 0x1E622820, 0xCE628020


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ARMSYM_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("ARMSYM_DEBUG", raising=False)
    return tmp_path / "cache"


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a worker would do is done here, which is faster."""

    def call(self: Processes, function: Callable[..., Any], argument: Any, limit: object, say: object) -> Any:
        return function(argument, say)

    monkeypatch.setattr(Processes, "call", call)


@pytest.fixture
def sum_o(tmp_path: Path) -> Path:
    path = tmp_path / "sum.o"
    path.write_bytes(code(*SUM))
    return path


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory that is the catalogue's, empty."""
    directory = tmp_path.resolve() / "proofs"
    directory.mkdir()
    monkeypatch.setattr("symsim.catalogue._SCRIPTS", directory)
    monkeypatch.setattr("symsim.proofs.__path__", [str(directory)])
    yield directory
    for name in [name for name in sys.modules if name.startswith("symsim.proofs.")]:
        if Path(str(sys.modules[name].__file__)).is_relative_to(directory):
            del sys.modules[name]


def run(*arguments: str | Path, **extra: Any) -> Result:
    result = CliRunner().invoke(cli.main, [str(a) for a in arguments], **extra)
    assert "Traceback" not in result.output + result.stderr
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result


def complaint(result: Result) -> str:
    """What a failed command said, which is one line."""
    [line] = [line for line in result.stderr.splitlines() if line.startswith("armsym: ")]
    assert result.stderr.splitlines()[-1] == line
    return line.removeprefix("armsym: ")


def shell(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "symsim.cli", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | variables
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)


# verify


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A directory with an object, a script and a certificate that `verify` has made there, and what that said."""
    directory = tmp_path_factory.mktemp("session")
    (directory / "sum.o").write_bytes(code(*SUM))
    script(directory / "proof.py")
    done = shell(
        "verify", directory / "proof.py", "--object", directory / "sum.o", "--out", directory / "out",
        ARMSYM_CACHE=str(directory / "cache"),
    )  # fmt: skip
    return directory, done


def test_verify_proves_and_says_what(session: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    directory, done = session
    assert done.returncode == 0
    assert done.stdout.startswith("tiny/sum: proved\n  the sum of two numbers\n  For all states in which\n")
    assert "    - cell and the code are disjoint,\n" in done.stdout
    assert f"sum (3 instructions at {ENTRY:#x}) comes to its end" in done.stdout
    assert "    - the cell holds the result,\n" in done.stdout
    [certificate] = (directory / "out").iterdir()
    assert f"  certificate  {certificate}\n" in done.stdout
    assert "\x1b" not in done.stdout
    assert done.stderr.startswith("tiny/sum: load\n")
    assert "Traceback" not in done.stderr


def test_verify_answers_from_the_store(session: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    directory, _ = session
    asked = ("verify", directory / "proof.py", "--object", directory / "sum.o", "--json")
    again = shell(*asked, ARMSYM_CACHE=str(directory / "cache"))
    assert again.returncode == 0
    assert again.stderr == ""
    record = json.loads(again.stdout)
    assert (record["status"], record["stored"]) == ("proved", True)
    assert Path(record["certificate"]).parent == directory / "cache" / "certificates"
    assert Path(record["certificate"]).is_file()
    forced = shell(*asked, "--no-store", ARMSYM_CACHE=str(directory / "cache"))
    assert json.loads(forced.stdout)["stored"] is False


LIGHT = """
import sys
from symsim.cli import main
try:
    main()
finally:
    heavy = {"z3", "pysmt", "unicorn", "capstone", "isa", "kernel.term", "elftools", "rich"} & set(sys.modules)
    print("loaded:", sorted(heavy))
"""


def test_an_answer_from_the_store_loads_nothing_heavy(catalogue: Path, sum_o: Path, in_process: None) -> None:
    script(catalogue / "sums.py")
    assert run("verify", "tiny/sum", "--object", sum_o).exit_code == 0
    patch = f"import symsim.catalogue, pathlib; symsim.catalogue._SCRIPTS = pathlib.Path({str(catalogue)!r})\n"
    command = [sys.executable, "-c", patch + LIGHT, "verify", "tiny/sum", "--object", str(sum_o)]
    variables = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=variables, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "known from before" in done.stdout
    assert "loaded: []" in done.stdout


def test_a_script_of_a_user_does_not_stand_in_for_the_catalogues(
    tmp_path: Path, catalogue: Path, sum_o: Path, in_process: None
) -> None:
    script(catalogue / "sums.py", 'CONTRACT = contract("tiny/sum", result=x)')
    assert run("verify", script(tmp_path / "own.py"), "--object", sum_o).exit_code == 0
    result = run("verify", "tiny/sum", "--object", sum_o)
    assert result.exit_code == 1
    assert "tiny/sum: refuted" in result.stdout


def test_two_scripts_of_the_catalogue_with_one_routine(catalogue: Path, sum_o: Path) -> None:
    script(catalogue / "one.py")
    script(catalogue / "two.py")
    result = run("verify", "tiny/sum", "--object", sum_o)
    assert result.exit_code == 2
    assert "one.py has 'tiny/sum' too" in complaint(result)


def test_verify_refutes_and_repeats_it(tmp_path: Path, sum_o: Path, in_process: None) -> None:
    proof = script(tmp_path / "proof.py", 'CONTRACT = contract("tiny/sum", result=x - y)')
    result = run("verify", proof, "--object", sum_o)
    assert result.exit_code == 1
    assert result.stdout.startswith("tiny/sum: refuted\n")
    assert "not kept:      the cell holds the result" in result.stdout
    found = re.search(r"run it again armsym (.*)", result.stdout)
    assert found is not None
    again = run(*found[1].split())
    assert again.exit_code == 1
    assert "not kept:      the cell holds the result" in again.stdout
    # The same state is none against other code.
    (tmp_path / "difference.o").write_bytes(code(0xCB020021, STORE, RET))
    mended = run(*found[1].split(), "--object", tmp_path / "difference.o")
    assert mended.exit_code == 0
    assert "code and standard agree" in mended.stdout


def test_verify_of_many_goes_on_after_a_failure_and_ends_with_a_table(
    tmp_path: Path, sum_o: Path, in_process: None
) -> None:
    contracts = (
        'CONTRACTS = (contract("tiny/good"), contract("tiny/wrong", result=x), '
        'contract("tiny/none", {"never": eq(x, 1) & eq(x, 2)}))'
    )
    result = run("verify", script(tmp_path / "proof.py", contracts), "--object", sum_o)
    assert result.exit_code == 1
    table = result.stdout.partition("routine ")[2]
    assert re.search(r"^tiny/good +proved +✓ +–( +✓){5} +[0-9.]+ s +[0-9.,]+ MB$", table, re.MULTILINE)
    assert re.search(r"^tiny/wrong +refuted", table, re.MULTILINE)
    assert re.search(r"^tiny/none +open .*no known state: never", table, re.MULTILINE)
    assert re.search(r"\n1 proved, 1 refuted, 1 open; [0-9.]+ s in all, at most [0-9.,]+ MB at a time; .*\n$", table)


def test_a_symbol_that_a_build_lacks_is_named_and_open_and_the_rest_goes_on(
    tmp_path: Path, sum_o: Path, in_process: None
) -> None:
    contracts = "from dataclasses import replace\nCONTRACTS = (replace(contract('tiny/a'), symbol='sun'), contract('tiny/b'))"
    result = run("verify", script(tmp_path / "proof.py", contracts), "--object", sum_o)
    assert result.exit_code == 1
    table = result.stdout.partition("routine ")[2]
    assert re.search(r"^tiny/a +open .* no symbol 'sun'", table, re.MULTILINE)
    assert re.search(r"^tiny/b +proved", table, re.MULTILINE)


def test_verify_in_json_is_one_object_a_line(tmp_path: Path, sum_o: Path, in_process: None) -> None:
    contracts = 'CONTRACTS = (contract("tiny/good"), contract("tiny/wrong", result=x))'
    result = run("verify", script(tmp_path / "proof.py", contracts), "--object", sum_o, "--json", "--jobs", "1")
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert {record["routine"]: record["status"] for record in records} == {
        "tiny/good": "proved",
        "tiny/wrong": "refuted",
    }


def test_verify_with_another_symbol(tmp_path: Path, in_process: None) -> None:
    (tmp_path / "other.o").write_bytes(code(*SUM, symbol="other"))
    proof = script(tmp_path / "proof.py")
    assert run("verify", proof, "--object", tmp_path / "other.o", "--symbol", "other").exit_code == 0
    assert "no symbol 'sum'" in complaint(run("verify", proof, "--object", tmp_path / "other.o"))


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


REGION = "from symsim.contract import Region, SP\np = SP\nRegion({})"
RULES = """from symsim.contract import Contract
Contract("lib/f", "f", "", {}, (), {}, lambda memory: {}, (), {}, rules=())"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def (", r"proof.py:1: SyntaxError: invalid syntax"),
        ("import nonexistent_module", r"proof.py:1: ModuleNotFoundError: No module named 'nonexistent_module'"),
        ("x = 1\nraise ValueError('of\\nmine')", r"proof.py:2: ValueError: of"),
        ("import sys\nsys.exit(0)", r"proof.py:2: SystemExit: 0"),
        ("x = 1", r"proof.py: defines none of CONTRACTS, CONTRACT and THEOREMS"),
        ("CONTRACT = 1", r"proof.py: int among its contracts"),
        ("CONTRACTS = 1", r"proof.py: CONTRACTS is no sequence"),
        (REGION.format("'b', p, 131073"), r"proof.py:3: ValueError: the region b has 1 to 131072 bytes, not 131073"),
        (REGION.format("'b', p, 0"), r"proof.py:3: ValueError: the region b has 1 to 131072 bytes, not 0"),
        (REGION.format("'b', p, p, unit=-1"), r"proof.py:3: ValueError: the region b has blocks of at most 131072 bytes, not -1"),
        (RULES, r"proof.py:2: TypeError: lib/f: rules is a function that proves the theorems"),
        ("\0", r"proof.py.*null bytes"),
    ],
)
def test_a_bad_script_is_one_line_and_status_2(tmp_path: Path, sum_o: Path, text: str, message: str) -> None:
    (tmp_path / "proof.py").write_text(text)
    result = run("verify", tmp_path / "proof.py", "--object", sum_o)
    assert result.exit_code == 2
    assert re.search(message, complaint(result))


def test_two_contracts_of_one_name(tmp_path: Path, sum_o: Path) -> None:
    proof = script(tmp_path / "proof.py", 'CONTRACTS = [contract("tiny/sum")] * 2')
    assert "two goals are called 'tiny/sum'" in complaint(run("verify", proof, "--object", sum_o))


def test_one_symbol_for_many_routines_is_bad_usage(tmp_path: Path, sum_o: Path) -> None:
    proof = script(tmp_path / "proof.py", 'CONTRACTS = [contract("tiny/a"), contract("tiny/b")]')
    result = run("verify", proof, "--object", sum_o, "--symbol", "other")
    assert result.exit_code == 2
    assert "--symbol is the name of one routine, and these are 2" in complaint(result)


# Bad objects


def patched(offset: int, new: bytes) -> bytes:
    data = bytearray(code(*SUM))
    data[offset : offset + len(new)] = new
    return bytes(data)


def with_relocation(number: int) -> bytes:
    elf = ElfBuilder()
    elf.section(".text", words(*SUM), ALLOC | EXEC)
    elf.symbol("sum", ".text", 0, 12)
    elf.relocate(".text", 0, number, "sum")
    return elf.build()


def in_data() -> bytes:
    elf = ElfBuilder()
    elf.section(".text", words(RET), ALLOC | EXEC)
    elf.section(".rodata", words(*SUM))
    elf.symbol("sum", ".rodata", 0, 12, OBJECT)
    return elf.build()


def section_outside() -> bytes:
    data = bytearray(code(*SUM))
    (headers_at,) = struct.unpack_from("<Q", data, 40)
    struct.pack_into("<Q", data, headers_at + 64 + 32, 1 << 40)  # the size of .text
    return bytes(data)


BAD_OBJECTS = [
    (b"not an ELF file at all", "not an ELF file"),
    (patched(18, b"\x3e\0"), "an ELF file for EM_X86_64, not for AArch64"),
    (patched(4, b"\1"), "a 32-bit ELF file"),
    (patched(5, b"\2"), "a big-endian ELF file"),
    (code(*SUM)[:200], "outside the file: truncated or damaged"),
    (section_outside(), "section .text lies outside the file"),
    (with_relocation(1024), "relocation R_AARCH64_COPY at .text+0x0 is of a type armsym can't resolve"),
    (code(*SUM, symbol="sun"), "no symbol 'sum'; there is sun"),
    (in_data(), "'sum' is in .rodata, which is not executable"),
    (ar({"a.o": code(*SUM), "b.o": code(*SUM)}), "'sum' is defined by several members; name one: a.o, b.o"),
    (ar({"a.o": code(RET, symbol="f"), "b.o": code(RET, symbol="g")}), "none of its 2 ELF files defines 'sum'"),
    (b"PK\3\4 but no archive", "truncated or damaged"),
]


@pytest.mark.parametrize(("data", "message"), BAD_OBJECTS, ids=[message[:30] for _, message in BAD_OBJECTS])
def test_a_bad_object_is_one_line_and_status_2(
    tmp_path: Path, cache: Path, in_process: None, data: bytes, message: str
) -> None:
    (tmp_path / "bad.o").write_bytes(data)
    for arguments in (
        ("verify", script(tmp_path / "proof.py"), "--object", tmp_path / "bad.o"),
        ("disasm", tmp_path / "bad.o", "sum"),
    ):
        result = run(*arguments)
        assert result.exit_code == 2, arguments
        assert message in complaint(result), arguments
        assert str(tmp_path / "bad.o") in complaint(result)
        assert result.stdout == ""
    assert [path for path in cache.rglob("*") if path.is_file() and not path.name.startswith("store")] == []


def test_a_directory_is_no_object(tmp_path: Path) -> None:
    result = run("verify", script(tmp_path / "proof.py"), "--object", tmp_path)
    assert result.exit_code == 2
    assert "no such file" in complaint(result)


def test_an_instruction_without_semantics_is_named_with_place_and_encoding(tmp_path: Path, in_process: None) -> None:
    (tmp_path / "sve.o").write_bytes(code(ADD, CNTW, STORE, RET))
    result = run("verify", script(tmp_path / "proof.py"), "--object", tmp_path / "sve.o")
    assert result.exit_code == 1
    assert "sum+0x4 (0x10004): cntw x5 (0x04a0e3e5)" in result.stdout


@pytest.mark.parametrize(
    ("contract", "message"),
    [
        ('contract("tiny/sum", {"x is small": ule(x, 5)}, witness=6)', "satisfied by no known state: x is small"),
    ],
)
def test_a_contract_that_can_not_be_used(
    tmp_path: Path, sum_o: Path, in_process: None, contract: str, message: str
) -> None:
    result = run("verify", script(tmp_path / "proof.py", f"CONTRACT = {contract}"), "--object", sum_o)
    assert result.exit_code == 2
    assert message in complaint(result)


def test_a_loop_without_an_invariant_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "loop.o").write_bytes(code(0xD1000421, 0xB5FFFFE1, RET))  # sub x1, x1, #1; cbnz x1, back; ret
    public = "from dataclasses import replace\n\nCONTRACT = replace(CONTRACT, public=(p, x))"
    requires = '{"few": ule(x, 0x10000), "some": ~eq(x, 0)}'
    contract = f'CONTRACT = contract("tiny/loop", {requires}, result=read(MEMORY, p, 8))\n{public}'
    proof = script(tmp_path / "proof.py", contract)
    result = run("verify", proof, "--object", tmp_path / "loop.o", "--time-limit", "60")
    assert result.exit_code == 1
    assert result.stdout.startswith("tiny/loop: open\n")
    assert "a loop without an invariant?" in result.stdout


# check


def certificate(session: tuple[Path, subprocess.CompletedProcess[str]]) -> Path:
    [path] = (session[0] / "out").iterdir()
    return path


def test_check_accepts_and_compares(session: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    result = run("check", certificate(session), "--object", session[0] / "sum.o")
    assert result.exit_code == 0, result.output
    assert f"{certificate(session)}: accepted\n" in result.stdout
    assert "the cell holds the result" in result.stdout
    assert "3 meanings of instructions" in result.stdout
    assert "the same: 3 instruction words" in result.stdout


def test_check_in_json(session: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    # In a process that has proved nothing, so that the program's own constants are no one else's.
    report = json.loads(shell("check", certificate(session), "--object", session[0] / "sum.o", "--json").stdout)
    assert report["accepted"] is True
    assert report["about"]["title"] == "tiny/sum"
    assert report["installation"]["different"] == report["object"]["different"] == []
    assert report["object"]["same"] == {"instruction words": 3}
    assert any(name.startswith("step_") for name in report["installation"]["own"])
    alone = json.loads(run("check", certificate(session), "--json", "--alone").stdout)
    assert "installation" not in alone and "object" not in alone


def test_check_tells_another_object(tmp_path: Path, session: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    (tmp_path / "other.o").write_bytes(code(0x8B020022, STORE, RET))
    result = run("check", certificate(session), "--object", tmp_path / "other.o")
    assert result.exit_code == 1
    assert "different: 0x10000 (sum): insn_8b020021, but the object has 0x8b020022" in result.stdout
    (tmp_path / "short.o").write_bytes(code(ADD, STORE))
    result = run("check", certificate(session), "--object", tmp_path / "short.o")
    assert result.exit_code == 1
    assert "different: 0x10008: insn_d65f03c0, but the object has no instruction there" in result.stdout


def rewritten(path: Path, old: bytes, new: bytes, into: Path) -> Path:
    """The certificate with some of its text exchanged."""
    text = zlib.decompress(path.read_bytes())
    assert old in text
    into.write_bytes(zlib.compress(text.replace(old, new)))
    return into


def test_check_refuses_a_changed_certificate(
    tmp_path: Path, session: tuple[Path, subprocess.CompletedProcess[str]]
) -> None:
    changed = rewritten(certificate(session), b"insn_8b020021", b"insn_8b020022", tmp_path / "changed.cert")
    result = run("check", changed)
    assert result.exit_code == 1
    assert "refused: " in result.stdout
    (tmp_path / "cut.cert").write_bytes(certificate(session).read_bytes()[:-9])
    result = run("check", tmp_path / "cut.cert", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["accepted"] is False


def test_check_tells_meanings_that_are_not_this_installations(
    session: tuple[Path, subprocess.CompletedProcess[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from symsim import check

    real = check._meaning
    monkeypatch.setattr(check, "_meaning", lambda name: real("insn_8b020022" if name == "insn_8b020021" else name))
    result = run("check", certificate(session))
    assert result.exit_code == 1
    assert "different: insn_8b020021 means something else here" in result.stdout
    monkeypatch.setattr(check, "_meaning", lambda name: None)
    assert "insn_8b020021 has no meaning here" in run("check", certificate(session)).stdout


def test_check_goes_on_after_a_file_that_is_not_there(
    tmp_path: Path, session: tuple[Path, subprocess.CompletedProcess[str]]
) -> None:
    (tmp_path / "text").write_text("no certificate")
    result = run("check", tmp_path / "none.cert", certificate(session), tmp_path / "text")
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


# list, corpus, coverage, disasm, conform


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
    assert re.search(r"^tiny/a +proved( +[0-9,]+){5}( +[0-9.]+ s){2}( +[0-9.,]+ MB){2}  the sum of two numbers$", shown, re.MULTILINE)
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
    records = [json.loads(line) for line in run("coverage", tmp_path / "a.o", "--json").stdout.splitlines()]
    assert records[-1] == {
        "object": str(tmp_path / "a.o"), "function": "total", "words": 4, "sve": 1, "covered": 2, "missing": {"fadd": 1}
    }  # fmt: skip


def test_what_a_processor_lacks_has_no_semantics_there(tmp_path: Path) -> None:
    (tmp_path / "a.o").write_bytes(code(ADD, SHA512H, RET))
    for cpu, status, marked in (("cortex-a72", "66.6", "?"), ("Cortex-A72+sha512", "100.0", " "), ("max", "100.0", " ")):
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


# The command line itself


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
    session: tuple[Path, subprocess.CompletedProcess[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    directory, _ = session
    monkeypatch.setenv("ARMSYM_CACHE", str(directory / "cache"))
    asked = ("verify", directory / "proof.py", "--object", directory / "sum.o")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(click.utils, "should_strip_ansi", lambda stream=None, color=None: color is False)
    assert "\x1b[32m" in run(*asked, color=True).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run(*asked, color=True).stdout
