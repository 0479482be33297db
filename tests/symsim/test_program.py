# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from elf_builder import (
    ALLOC,
    EXEC,
    LOCAL,
    NOBITS,
    NOTYPE,
    OBJECT,
    SHARED,
    UNDEFINED,
    WRITE,
    ElfBuilder,
    ar,
    deb,
    wheel,
    words,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from symsim import corpus
from symsim.errors import BadInput
from symsim.image import BASE, PAGE
from symsim.program import Program

NOP, RET = 0xD503201F, 0xD65F03C0


def defining(*names: str, code: int = RET, kind: int = SHARED) -> bytes:
    elf = ElfBuilder(kind)
    elf.section(".text", words(*[code] * len(names)), ALLOC | EXEC, address=0x1000)
    for index, name in enumerate(names):
        elf.symbol(name, ".text", 0x1000 * (kind == SHARED) + 4 * index, 4)
    return elf.build()


@pytest.fixture
def program() -> Program:
    """A relocatable: code with constants in it, constants, a variable, zeroes, an external."""
    elf = ElfBuilder()
    elf.section(".text", words(NOP, 0x90000000, RET, 0x428A2F98, 0x71374491, NOP, RET), ALLOC | EXEC)
    elf.section(".rodata", bytes(range(64)), alignment=16)
    elf.section(".data", b"\1\2\3\4", ALLOC | WRITE)
    elf.section(".bss", b"", ALLOC | WRITE, NOBITS, size=8)
    elf.symbol("$x", ".text", 0, 0, NOTYPE, LOCAL)
    elf.symbol("$d", ".text", 12, 0, NOTYPE, LOCAL)
    elf.symbol("$x.1", ".text", 20, 0, NOTYPE, LOCAL)
    elf.symbol("outer", ".text", 0, 24)
    elf.symbol("alias", ".text", 0, 24, binding=LOCAL)
    elf.symbol("loop", ".text", 4, 0, NOTYPE, LOCAL)
    elf.symbol("twin", ".text", 0, 8, binding=LOCAL)
    elf.symbol("twin", ".text", 20, 8, binding=LOCAL)
    elf.symbol("shadowed", ".text", 0, 8, binding=LOCAL)
    elf.symbol("shadowed", ".text", 20, 8)
    elf.symbol("crooked", ".text", 2, 4)
    elf.symbol("table", ".rodata", 16, 32, OBJECT)
    elf.symbol("code_in_data", ".rodata", 0, 8)
    elf.symbol("external", UNDEFINED, type=NOTYPE)
    elf.relocate(".text", 4, 275, "table")
    elf.relocate(".rodata", 56, 257, "table")
    return Program.from_bytes(elf.build(), "a.o")


TEXT, RODATA, DATA, BSS, OUTSIDE = BASE, BASE + PAGE, BASE + 2 * PAGE, BASE + 2 * PAGE + 4, BASE + 9 * PAGE


def test_words(program: Program) -> None:
    assert program.word(TEXT) == NOP
    assert program.word(TEXT + 4) == 0xB0000000, "ADRP after relocation: the next page"
    assert program.word(TEXT + 12) == 0x428A2F98, "what is marked as data may be executed all the same"


@pytest.mark.parametrize("address", [TEXT - 4, TEXT + 2, TEXT + 28, RODATA, BSS, OUTSIDE])
def test_there_are_no_words_elsewhere(program: Program, address: int) -> None:
    with pytest.raises(BadInput, match=rf"^a\.o: .*{address:#x}\) holds no instruction"):
        program.word(address)


def test_data(program: Program) -> None:
    assert program.data(RODATA + 16, 3) == b"\x10\x11\x12"
    assert program.data(TEXT + 12, 8) == bytes.fromhex("982f8a4291443771")
    assert program.data(DATA, 4) == b"\1\2\3\4"
    assert program.data(BSS, 8) == bytes(8)


def test_there_is_no_data_across_sections_or_in_externals(program: Program) -> None:
    for address, n in ((TEXT + 24, 8), (program.address_of("external"), 4), (OUTSIDE, 1), (TEXT, -1)):
        with pytest.raises(BadInput, match="nothing is known of the"):
            program.data(address, n)


def test_constants_are_read_only_and_not_relocated(program: Program) -> None:
    assert program.constant(TEXT + 12, 4) == bytes.fromhex("982f8a42")
    assert program.constant(RODATA + 40, 16) == bytes(range(40, 56))
    assert program.constant(RODATA + 40, 17) is None
    assert program.constant(RODATA + 63, 1) is None
    assert program.constant(RODATA + 48, 32) is None
    assert program.constant(DATA, 4) is None
    assert program.constant(BSS, 4) is None
    assert program.constant(program.address_of("external"), 4) is None
    assert program.constant(OUTSIDE, 1) is None


def test_constants_end_where_a_section_does(program: Program) -> None:
    assert program.constant(TEXT + 24, 4) == RET.to_bytes(4, "little")
    assert program.constant(TEXT + 24, 5) is None


def test_what_the_dynamic_loader_relocates_is_no_constant() -> None:
    elf = ElfBuilder(SHARED)
    elf.section(".rodata", bytes(range(64)), address=0x1000)
    elf.section(".data.rel.ro", bytes(8), ALLOC | WRITE, address=0x2000)
    elf.symbol("x", ".rodata", 0x1000, 8, OBJECT)
    elf.relocate(".rodata", 0x1010, 1027, "x")
    program = Program.from_bytes(elf.build(), "a.so")
    assert program.constant(0x1000, 16) == bytes(range(16))
    assert program.constant(0x1008, 9) is None
    assert program.constant(0x1018, 1) is None
    assert program.constant(0x1020, 32) == bytes(range(32, 64))
    assert program.constant(0x2000, 8) is None


def test_writable_addresses(program: Program) -> None:
    assert [program.is_writable(a) for a in (TEXT, RODATA, DATA, BSS, OUTSIDE)] == [False, False, True, True, False]


def test_mapping_symbols_tell_data_from_code(program: Program) -> None:
    assert [program.data_in_code(TEXT + 4 * i) for i in range(7)] == [False] * 3 + [True] * 2 + [False] * 2
    assert not program.data_in_code(RODATA)


def test_instructions_leave_data_out(program: Program) -> None:
    listed = list(program.instructions(program.symbol("outer")))
    assert listed == [(TEXT + offset, program.word(TEXT + offset)) for offset in (0, 4, 8, 20)]


def test_functions_come_in_the_order_of_addresses(program: Program) -> None:
    functions = [(symbol.address - TEXT, symbol.name) for symbol in program.functions()]
    assert functions == sorted(functions, key=lambda row: row[0])
    assert {name for _, name in functions} == {"outer", "alias", "twin", "shadowed", "crooked"}


def test_names_of_addresses(program: Program) -> None:
    assert program.name_of(TEXT) == "outer"
    assert program.name_of(TEXT + 24) == "shadowed+0x4"
    assert program.name_of(RODATA + 20) == "table+0x4"
    assert program.name_of(DATA + 2) == ".data+0x2"
    assert program.name_of(program.address_of("external")) == "external"
    assert program.name_of(OUTSIDE) == hex(OUTSIDE)


def test_symbols(program: Program) -> None:
    assert program.symbol("outer") == program.symbols["outer"][0]
    assert program.symbol("outer").end == TEXT + 24
    assert program.symbol("twin@0x10014").address == TEXT + 20
    assert program.symbol("shadowed").address == TEXT + 20, "the exported one"
    assert program.symbol("shadowed@0x10000").address == TEXT
    assert program.address_of("table") == RODATA + 16


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("outr", "no symbol 'outr'; there is outer"),
        ("", "no symbol ''"),
        ("$x", r"no symbol '\$x'"),
        ("twin", "'twin' is not one symbol; say which: twin@0x10000, twin@0x10014"),
        ("twin@0x10004", "'twin@0x10004' is not one symbol; say which: twin@0x10000"),
        ("table", r"'table' is in \.rodata, which is not executable"),
        ("code_in_data", r"'code_in_data' is in \.rodata, which is not executable"),
        ("external", r"'external' is in \*EXTERN\*, which is not executable"),
        ("crooked", "'crooked' is at 0x10002, where no instruction can be"),
    ],
)
def test_symbols_that_are_no_code(program: Program, name: str, message: str) -> None:
    with pytest.raises(BadInput, match=rf"^a\.o: {message}"):
        program.symbol(name)


def test_a_program_is_immutable(program: Program) -> None:
    with pytest.raises(AttributeError):
        program.path = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        program.symbols["outer"] = ()  # type: ignore[index]


LONG = "libcrypto-lib-sha256-armv8.o"
ARCHIVE = ar({"aes.o": defining("aes", "shared"), LONG: defining("sha256", "shared"), "odd.o": b"odd"})
PACKED = {
    "lib.a": ARCHIVE,
    "bsd.a": ar({"aes.o": defining("aes", "shared"), LONG: defining("sha256", "shared")}, bsd=True),
    "lib.deb": deb({"usr/lib/lib.a": ARCHIVE, "usr/include/lib.h": b"int x;"}),
    "lib.whl": wheel({"package/one.abi3.so": defining("one"), "package/two.abi3.so": defining("two")}),
    "a:b.so": defining("f"),
    "plain.so": defining("f"),
    "only.whl": wheel({"package/one.abi3.so": defining("one")}),
}


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    for name, data in PACKED.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


@pytest.mark.parametrize(
    ("spec", "symbol", "found"),
    [
        ("plain.so", None, "plain.so"),
        ("plain.so", "absent", "plain.so"),
        ("a:b.so", None, "a:b.so"),
        ("lib.a:aes.o", None, "lib.a:aes.o"),
        (f"lib.a:{LONG}", None, f"lib.a:{LONG}"),
        (f"bsd.a:{LONG}", None, f"bsd.a:{LONG}"),
        ("lib.a", "sha256", f"lib.a:{LONG}"),
        ("lib.a", "aes@0x1000", "lib.a:aes.o"),
        ("lib.deb:usr/lib/lib.a:aes.o", None, "lib.deb:usr/lib/lib.a:aes.o"),
        ("lib.deb:lib.a:aes.o", None, "lib.deb:usr/lib/lib.a:aes.o"),
        ("lib.deb", "aes", "lib.deb:usr/lib/lib.a:aes.o"),
        ("lib.whl:two.abi3.so", None, "lib.whl:package/two.abi3.so"),
        ("lib.whl", "two", "lib.whl:package/two.abi3.so"),
        ("only.whl", None, "only.whl:package/one.abi3.so"),
    ],
)
def test_files_and_members_are_found(packed: Path, spec: str, symbol: str | None, found: str) -> None:
    program = Program.load(f"{packed}/{spec}", symbol)
    assert program.path == f"{packed}/{found}"
    assert [section.name for section in program.sections] == [".text"]


@pytest.mark.parametrize("compression", ["xz", "gz", "bz2", ""])
def test_packages_of_every_compression(tmp_path: Path, compression: str) -> None:
    (tmp_path / "a.deb").write_bytes(deb({"usr/lib/lib.a": ARCHIVE}, compression))
    assert Program.load(f"{tmp_path}/a.deb:lib.a:aes.o").symbol("aes").address == 0x1000


def test_hashes_are_those_of_the_elf_file_and_of_what_it_came_in(packed: Path) -> None:
    program = Program.load(f"{packed}/lib.deb", "aes")
    assert program.sha256 == hashlib.sha256(defining("aes", "shared")).hexdigest()
    assert program.container_sha256 == hashlib.sha256(PACKED["lib.deb"]).hexdigest()
    plain = Program.load(f"{packed}/plain.so")
    assert plain.container_sha256 == plain.sha256


@pytest.mark.parametrize(
    ("spec", "symbol", "message"),
    [
        ("absent.a", None, "no such file"),
        ("absent.a:aes.o", None, "no such file"),
        ("", None, "no such file"),
        ("plain.so:member", None, "no archive, wheel or package, so there is no member 'member'"),
        ("lib.a:aes", None, r"no member 'aes'; there is aes\.o"),
        ("lib.a:odd.o", None, "not an ELF file"),
        ("lib.deb:lib.h", None, "not an ELF file"),
        ("lib.a:aes.o:more", None, "no archive"),
        ("lib.a", None, r"2 ELF files answer to this; name a member: aes\.o, libcrypto-lib-sha256-armv8\.o"),
        ("lib.a", "shared", r"'shared' is defined by several members; name one: aes\.o, libcrypto-"),
        ("lib.a", "sha25", "none of its 2 ELF files defines 'sha25'; there is sha256"),
        ("lib.whl", None, r"name a member: package/one\.abi3\.so, package/two"),
    ],
)
def test_members_that_are_not_found(packed: Path, spec: str, symbol: str | None, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        Program.load(f"{packed}/{spec}" if spec else "", symbol)


def test_a_name_two_members_share_is_settled_by_the_symbol(tmp_path: Path) -> None:
    (tmp_path / "a.whl").write_bytes(wheel({"x/lib.so": defining("one"), "y/lib.so": defining("two")}))
    assert Program.load(f"{tmp_path}/a.whl:lib.so", "two").path.endswith(":y/lib.so")
    with pytest.raises(BadInput, match=r"2 ELF files answer to this; name a member: x/lib\.so, y/lib\.so"):
        Program.load(f"{tmp_path}/a.whl:lib.so")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"!<thin>\n", "thin archive"),
        (b"!<arch>\n", "no ELF file in it"),
        (ARCHIVE[:-30], "truncated or damaged at offset"),
        (ARCHIVE[:100], "truncated or damaged at offset"),
        (b"!<arch>\n" + b" " * 60, "truncated or damaged at offset 0x8"),
        (wheel({"a.so": defining("f")})[:-30], "truncated or damaged: "),
        (wheel({}), "no ELF file in it"),
        (deb({}).replace(b"data.tar.xz ", b"data.tar.zst"), r"a package with data\.tar\.zst; unpack it"),
        (deb({}).replace(b"data.tar.xz", b"else.tar.xz"), "a package with no data"),
        (deb({}).replace(b"7zXZ", b"8zXZ"), "truncated or damaged: "),
    ],
)
def test_damaged_containers(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "damaged").write_bytes(data)
    with pytest.raises(BadInput, match=message):
        Program.load(f"{tmp_path}/damaged", "f")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["lib.a", "bsd.a", "lib.deb", "lib.whl", "plain.so"]),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=4)), max_size=3),
    st.floats(0.7, 1.2),
    st.sampled_from(["one", "aes", "f"]),
)
def test_damage_is_always_bad_input(
    tmp_path: Path, name: str, damage: list[tuple[float, bytes]], kept: float, symbol: str
) -> None:
    data = bytearray(PACKED[name])
    for where, value in damage:
        start = int(where * len(data))
        data[start : start + len(value)] = value
    (tmp_path / "damaged").write_bytes(data[: int(kept * len(data))])
    try:
        program = Program.load(f"{tmp_path}/damaged", symbol)
        program.symbol(symbol)
    except BadInput as error:
        assert "\n" not in str(error)
        return
    for function in program.functions():
        for address, _ in program.instructions(function):
            assert program.name_of(address)
            assert program.constant(address, 4) in (None, program.data(address, 4))


def real(name: str) -> str:
    if corpus.path(name) is None:
        pytest.skip(f"{name} is not in the cache: armsym corpus fetch {name}")
    return corpus.object_spec(name)


def test_the_wheel_has_sha256() -> None:
    program = Program.load(real("openssl-4.0.3"))
    code = dict(program.instructions(program.symbol("sha256_block_armv8")))
    assert program.word(program.symbol("sha256_block_armv8").address) == 0xA9BF7BFD, "stp x29, x30, [sp, #-16]!"
    assert len(code) == 124
    assert program.constant(program.address_of("OPENSSL_armcap_P"), 4) is None
    assert program.symbol("ossl_md5_block_asm_data_order").size > 0


def test_the_archive_has_sha256_with_its_constants_outside_symbols() -> None:
    program = Program.load(real("openssl-3.0.22"), "sha256_block_armv8")
    assert program.path.endswith(":usr/lib/aarch64-linux-gnu/libcrypto.a:libcrypto-lib-sha256-armv8.o")
    constants = program.symbol("sha256_block_data_order").address + 0xE80
    assert program.constant(constants, 8) == bytes.fromhex("982f8a4291443771")
    assert program.data_in_code(constants)
    armcap = program.address_of("OPENSSL_armcap_P")
    pages = (armcap - BASE) // PAGE
    assert program.word(BASE) == 0x90000010 | (pages & 3) << 29 | pages >> 2 << 5, "adrp x16, OPENSSL_armcap_P"
    assert program.word(BASE + 4) == 0xB9400210 | armcap % PAGE // 4 << 10, "ldr w16, [x16, :lo12:OPENSSL_armcap_P]"
