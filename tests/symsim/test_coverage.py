# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
from __future__ import annotations

from pathlib import Path

import pytest
from elf_builder import (
    ABSOLUTE,
    ALLOC,
    EXEC,
    LOCAL,
    NOTYPE,
    SHARED,
    UNDEFINED,
    ElfBuilder,
    ar,
    words,
)

from isa.profiles import profile
from symsim import corpus
from symsim.coverage import Coverage, coverage, handwritten
from symsim.errors import ArmsymError, BadInput
from symsim.image import BASE
from symsim.listing import listing, problem, text
from symsim.program import Program

NOP, RET, CNTW, WHILELO, UDF = 0xD503201F, 0xD65F03C0, 0x04A0E3E5, 0x25221C20, 0
FADD, FMUL, SHA512H = 0x1E622820, 0x1E620820, 0xCE628020
FILE = 4


def relocatable(**functions: tuple[int, ...]) -> ElfBuilder:
    """Functions one after the other."""
    elf = ElfBuilder()
    elf.section(".text", words(*[word for code in functions.values() for word in code]), ALLOC | EXEC)
    elf.symbol("$x", ".text", 0, 0, NOTYPE, LOCAL)
    at = 0
    for name, code in functions.items():
        elf.symbol(name, ".text", at, 4 * len(code))
        at += 4 * len(code)
    return elf


def covered(path: Path, data: bytes, everything: bool = False) -> tuple[dict[str, Coverage], Coverage]:
    path.write_bytes(data)
    total = Coverage("all", "total")
    return {found.function: found for found in coverage(str(path), everything, total)}, total


def test_each_function_is_counted(tmp_path: Path) -> None:
    elf = relocatable(good=(NOP, RET), bad=(NOP, FADD, FADD, FMUL, CNTW, RET), empty=())
    functions, total = covered(tmp_path / "a.o", elf.build())
    assert (functions["good"].words, functions["good"].covered, functions["good"].share) == (2, 2, 1.0)
    bad = functions["bad"]
    assert (bad.words, bad.sve, bad.covered, bad.share) == (6, 1, 2, 0.4)
    assert dict(bad.missing) == {"fadd": 2, "fmul": 1}
    assert (total.words, total.sve, total.covered, dict(total.missing)) == (8, 1, 4, {"fadd": 2, "fmul": 1})


def test_undefined_words_have_no_semantics(tmp_path: Path) -> None:
    functions, _ = covered(tmp_path / "a.o", relocatable(trap=(UDF,)).build())
    assert (functions["trap"].covered, dict(functions["trap"].missing)) == (0, {"udf": 1})


def test_the_share_is_of_the_words_outside_sve(tmp_path: Path) -> None:
    functions, _ = covered(tmp_path / "a.o", relocatable(scalable=(CNTW, WHILELO), mixed=(CNTW, RET)).build())
    assert [(f.words, f.sve, f.covered, f.share) for f in functions.values()] == [(2, 2, 0, 1.0), (2, 1, 1, 1.0)]


def test_what_a_processor_lacks_has_no_semantics(tmp_path: Path) -> None:
    (tmp_path / "a.o").write_bytes(relocatable(f=(SHA512H, CNTW, RET)).build())
    shares = {}
    for name in ("cortex-a72", "apple-m1"):
        total = Coverage("all", "total", profile(name))
        [function] = coverage(str(tmp_path / "a.o"), False, total)
        assert (function.cpu, function.covered) == (total.cpu, total.covered)
        shares[name] = total.share
    assert shares == {"cortex-a72": 0.5, "apple-m1": 1.0}


def test_a_word_counts_once_in_the_total_and_an_alias_not_at_all(tmp_path: Path) -> None:
    elf = relocatable(outer=(NOP, CNTW, RET))
    elf.symbol("alias", ".text", 0, 12)
    elf.symbol("inner", ".text", 4, 8)
    functions, total = covered(tmp_path / "a.o", elf.build())
    assert list(functions) == ["outer", "inner"]
    assert (total.words, total.covered) == (3, 2)


def test_data_among_the_code_is_no_instruction(tmp_path: Path) -> None:
    elf = relocatable(f=(NOP, UDF, RET))
    elf.symbol("$d", ".text", 4, 0, NOTYPE, LOCAL)
    elf.symbol("$x.1", ".text", 8, 0, NOTYPE, LOCAL)
    functions, _ = covered(tmp_path / "a.o", elf.build())
    assert (functions["f"].words, functions["f"].covered) == (2, 2)


def compiled(**functions: tuple[int, ...]) -> bytes:
    """What a compiler makes: unwinding tables, too."""
    elf = relocatable(**functions)
    elf.section(".eh_frame", bytes(4))
    return elf.build()


def test_of_an_archive_what_people_wrote_is_looked_at(tmp_path: Path) -> None:
    members = {
        "sha256.o": compiled(c_code=(NOP, RET)),
        "sha256-armv8.o": relocatable(asm=(RET,)).build(),
        "notes": b"text",
    }
    functions, total = covered(tmp_path / "lib.a", ar(members))
    assert list(functions) == ["asm"]
    assert functions["asm"].object == f"{tmp_path}/lib.a:sha256-armv8.o"
    assert total.words == 1
    functions, total = covered(tmp_path / "lib.a", ar(members), everything=True)
    assert list(functions) == ["c_code", "asm"]
    assert total.words == 3


def test_where_nothing_is_hand_written_everything_is_looked_at(tmp_path: Path) -> None:
    functions, _ = covered(tmp_path / "a.o", compiled(c_code=(NOP, RET)))
    assert list(functions) == ["c_code"]


def linked() -> bytes:
    """Code of a compiler, of an assembler, and of a compiler again."""
    elf = ElfBuilder(SHARED)
    elf.section(".text", words(*[NOP] * 6), ALLOC | EXEC, address=0x1000)
    for place, source in ((0x1000, "aes.c"), (0x1008, "libcrypto-lib-aesv8-armx.o"), (0x1010, "bn.c")):
        elf.symbol(source, ABSOLUTE, 0, 0, FILE, LOCAL)
        elf.symbol("$x", ".text", place, 0, NOTYPE, LOCAL)
    elf.symbol("inner", ".text", 0x100C, 4, binding=LOCAL)
    for place, name in ((0x1000, "before"), (0x1008, "asm"), (0x1010, "after")):
        elf.symbol(name, ".text", place, 8)
    elf.symbol("elsewhere", UNDEFINED)
    return elf.build()


def test_of_a_linked_file_what_an_assembler_made_is_looked_at(tmp_path: Path) -> None:
    assert handwritten(linked(), "lib.so") == {"asm", "inner"}
    functions, total = covered(tmp_path / "lib.so", linked())
    assert list(functions) == ["asm", "inner"]
    assert total.words == 2


def test_a_relocatable_that_names_its_source_is_compiled() -> None:
    elf = relocatable(f=(RET,))
    assert handwritten(elf.build(), "a.o") == {"f"}
    elf.symbol("f.c", ABSOLUTE, 0, 0, FILE, LOCAL)
    assert handwritten(elf.build(), "a.o") == set()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"text", "not an ELF file"),
        (ar({"notes": b"text"}), "no ELF file in it"),
        (b"\x7fELF\2\1\1", "outside the file"),
    ],
)
def test_what_is_no_object_is_bad_input(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        covered(tmp_path / "file", data)
    with pytest.raises(BadInput, match="no such file"):
        list(coverage(str(tmp_path / "none"), False, Coverage("", "")))


# Of each library some functions that people wrote, whether SVE is among them, and what has no semantics. In libgcrypt's files
# nothing tells what people wrote, so that all functions are looked at; its BRK is a compiler's.
LIBRARIES = {
    "openssl-4.0.3": ({"sha256_block_armv8", "aes_v8_encrypt", "bn_mul8x_mont_neon", "_armv8_cpuid_probe"}, True, {}),
    "openssl-3.0.22": ({"KeccakF1600_ce", "__bn_sqr8x_mont", "_armv7_tick"}, False, {}),
    "openssl-3.5.7": ({"sha512_block_armv8", "OPENSSL_rndr_asm"}, True, {}),
    "nettle-3.8.1": ({"_nettle_chacha_core"}, False, {}),
    "libgcrypt-1.10.1": ({"_gcry_aes_arm_encrypt_block", "_gcry_sha1_transform_armv8_ce"}, False, {"brk": 1}),
}


@pytest.mark.parametrize("name", LIBRARIES)
def test_what_people_wrote_outside_sve_has_semantics(name: str) -> None:
    functions, sve, missing = LIBRARIES[name]
    try:
        spec = corpus.object_spec(name)
    except ArmsymError as error:
        pytest.skip(str(error))
    total = Coverage(name, "total")
    found = {f.function for f in coverage(spec, False, total)}
    assert functions <= found
    assert "SHA256_Update" not in found, "a compiler's"
    assert bool(total.sve) == sve
    assert dict(total.missing) == missing


# Listings


def test_text_of_words_with_and_without_semantics() -> None:
    assert text(0x91000420) == "add x0, x1, #1"
    assert text(CNTW) == "cntw x5"
    assert text(0xFFFFFFFF) == ".inst 0xffffffff"
    assert problem(NOP) is None
    assert "Scalable Vector Extension" in (problem(CNTW) or "")


def test_a_listing_names_targets_data_and_what_has_no_semantics() -> None:
    elf = ElfBuilder()
    code = (0x90000003, 0x91000063, 0xB4000040, 0x94000003, CNTW, 0x428A2F98, RET)
    elf.section(".text", words(*code), ALLOC | EXEC)
    elf.section(".rodata", bytes(64))
    elf.symbol("$x", ".text", 0, 0, NOTYPE, LOCAL)
    elf.symbol("$d", ".text", 20, 0, NOTYPE, LOCAL)
    elf.symbol("$x.1", ".text", 24, 0, NOTYPE, LOCAL)
    elf.symbol("f", ".text", 0, 24)
    elf.symbol("loop", ".text", 16, 0, NOTYPE, LOCAL)
    elf.symbol("g", ".text", 24, 4)
    elf.symbol("table", ".rodata", 16, 32, 1)
    elf.relocate(".text", 0, 275, "table")
    elf.relocate(".text", 4, 277, "table")
    program = Program.from_bytes(elf.build(), "a.o")
    assert list(listing(program, program.symbol("f"))) == [
        "f: a.o",
        f"     {BASE:#x}  b0000003    adrp x3, #0x11000",
        "     0x10004  91004063    add x3, x3, #0x10  // table",
        "     0x10008  b4000040    cbz x0, #0x10010  // f+0x10",
        "     0x1000c  94000003    bl #0x10018  // g",
        "loop:",
        "     0x10010  04a0e3e5  ? cntw x5",
        "     0x10014  428a2f98    .word 0x428a2f98",
    ]
