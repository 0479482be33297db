# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Scripts and objects that can't be used: one line that names the place, and an exit status."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
from command_line import complaint, run
from elf_builder import ALLOC, EXEC, OBJECT, ElfBuilder, ar, words
from sum_routine import ADD, RET, STORE, SUM, code, script

pytestmark = pytest.mark.usefixtures("cache")

CNTW = 0x04A0E3E5


# Scripts


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
        (
            REGION.format("'b', p, p, unit=-1"),
            r"proof.py:3: ValueError: the region b has blocks of at most 131072 bytes, not -1",
        ),
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


# Objects


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
