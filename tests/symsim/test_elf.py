# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

import capstone
import pytest
from elf_builder import (
    ABSOLUTE,
    ALLOC,
    COMMON,
    COMPRESSED,
    DYNSYM,
    EXEC,
    LOCAL,
    NOBITS,
    NOTYPE,
    OBJECT,
    PF_R,
    PF_W,
    PF_X,
    REL,
    RELR,
    SHARED,
    TLS,
    UNDEFINED,
    WRITE,
    ElfBuilder,
    words,
)
from hypothesis import given
from hypothesis import strategies as st

from symsim.elf import defined_names, read_image
from symsim.errors import BadInput
from symsim.image import BASE, EXTERN, PAGE, Image, Section

NOP, RET = 0xD503201F, 0xD65F03C0


def section(image: Image, name: str) -> Section:
    return next(section for section in image.sections if section.name == name)


def address(image: Image, name: str) -> int:
    return next(symbol.address for symbol in image.symbols if symbol.name == name)


def word(image: Image, name: str, offset: int = 0) -> int:
    return int.from_bytes(section(image, name).data[offset : offset + 4], "little")


# One instruction of each kind that a relocation changes, its immediate 0; the symbol it is to reach, and the addend.
INSTRUCTIONS = {
    "LD_PREL_LO19": (273, 0x58000000, "table", 8),
    "ADR_PREL_LO21": (274, 0x10000000, "table", 1),
    "ADR_PREL_PG_HI21": (275, 0x90000000, "table", 0x10),
    "ADR_PREL_PG_HI21_NC": (276, 0x90000000, "external", 0x3000),
    "ADD_ABS_LO12_NC": (277, 0x91000000, "table", 0x13),
    "LDST8_ABS_LO12_NC": (278, 0x39400000, "table", 0x1D),
    "TSTBR14": (279, 0x36000000, "local", 0),
    "CONDBR19": (280, 0x54000000, "external", 4),
    "JUMP26": (282, 0x14000000, "external", 0),
    "CALL26": (283, 0x94000000, "local", 0),
    "LDST16_ABS_LO12_NC": (284, 0x79400000, "table", 0x22),
    "LDST32_ABS_LO12_NC": (285, 0xB9400000, "table", 0x24),
    "LDST64_ABS_LO12_NC": (286, 0xF9400000, "table", 0x28),
    "LDST128_ABS_LO12_NC": (299, 0x3DC00000, "table", 0x30),
}
DATA = {
    "ABS64": (257, 8, "table", 5),
    "ABS32": (258, 4, "table", -6),
    "PREL64": (260, 8, "external", 7),
    "PREL32": (261, 4, "local", -8),
    "PLT32": (314, 4, "local", 16),
}


def relocated() -> ElfBuilder:
    """An object with a relocation of every type but those that go through the GOT."""
    elf = ElfBuilder()
    elf.section(".text", words(*(row[1] for row in INSTRUCTIONS.values()), RET), ALLOC | EXEC)
    elf.section(".data.rel.ro", bytes(8 * len(DATA)), ALLOC, alignment=8)
    elf.section(".rodata", bytes(range(256)), ALLOC, alignment=16)
    elf.symbol("local", ".text", 4 * len(INSTRUCTIONS), 4, binding=LOCAL)
    elf.symbol("table", ".rodata", 0x40, 64, OBJECT)
    elf.symbol("external", UNDEFINED, type=NOTYPE)
    for index, (number, _, symbol, addend) in enumerate(INSTRUCTIONS.values()):
        elf.relocate(".text", 4 * index, number, symbol, addend)
    for index, (number, _, symbol, addend) in enumerate(DATA.values()):
        elf.relocate(".data.rel.ro", 8 * index, number, symbol, addend)
    return elf


@pytest.mark.parametrize("name", INSTRUCTIONS)
def test_a_relocated_instruction_reaches_its_target(name: str) -> None:
    """Capstone reads the target back out of the instruction."""
    image = read_image(relocated().build(), "a.o")
    _, _, symbol, addend = INSTRUCTIONS[name]
    target = address(image, symbol) + addend
    place = BASE + 4 * list(INSTRUCTIONS).index(name)
    reader = capstone.Cs(capstone.CS_ARCH_ARM64, capstone.CS_MODE_ARM)
    reader.detail = True
    (read,) = reader.disasm(word(image, ".text", place - BASE).to_bytes(4, "little"), place)
    operand = read.operands[-1]
    reached = operand.mem.disp if operand.type == capstone.arm64.ARM64_OP_MEM else operand.imm
    if "LO12" in name:
        assert reached == target % PAGE
    elif "PG" in name:
        assert reached == target // PAGE * PAGE
    else:
        assert reached == target


@pytest.mark.parametrize("name", DATA)
def test_relocated_data(name: str) -> None:
    image = read_image(relocated().build(), "a.o")
    _, size, symbol, addend = DATA[name]
    there, offset = section(image, ".data.rel.ro"), 8 * list(DATA).index(name)
    value = address(image, symbol) + addend - (0 if "ABS" in name else there.address + offset)
    assert there.data[offset : offset + 8] == (value % (1 << 8 * size)).to_bytes(8, "little")


def test_the_linker_puts_the_same_bytes_there(tmp_path: Path) -> None:
    linker = shutil.which("aarch64-linux-gnu-ld")
    if linker is None:
        pytest.skip("aarch64-linux-gnu-ld is not installed")
    elf = relocated()
    elf.relocations[".data.rel.ro"].pop()  # binutils 2.40 does not know PLT32
    image = read_image(elf.build(), "a.o")
    (tmp_path / "a.o").write_bytes(elf.build())
    placed = "".join(f"{s.name} {s.address:#x} : {{ KEEP(*({s.name})) }}\n" for s in image.sections if s.name != EXTERN)
    (tmp_path / "ld").write_text(f"external = {address(image, 'external'):#x};\nSECTIONS {{ {placed} }}\n")
    subprocess.run([linker, "-T", "ld", "--no-relax", "-e", "0", "-o", "out", "a.o"], cwd=tmp_path, check=True)
    linked = read_image((tmp_path / "out").read_bytes(), "out")
    for name in (".text", ".rodata", ".data.rel.ro"):
        assert section(linked, name)[:4] == section(image, name)[:4]


def test_got_relocations_share_the_slot_of_a_symbol() -> None:
    elf = ElfBuilder()
    elf.section(".text", words(0x90000000, 0xF9400000, 0x90000000, 0xF9400000, 0x58000000, 0xF9400000), ALLOC | EXEC)
    for name in ("first", "second"):
        elf.symbol(name, UNDEFINED, type=NOTYPE)
    for offset, number, name in ((0, 311, "first"), (4, 312, "first"), (8, 311, "second"), (12, 312, "second")):
        elf.relocate(".text", offset, number, name)
    elf.relocate(".text", 16, 309, "second")
    elf.relocate(".text", 20, 313, "second")
    image = read_image(elf.build(), "a.o")
    got = section(image, ".got")
    assert got.address % PAGE == 0 and not got.constant and not got.writable
    assert struct.unpack("<2Q", got.data) == (address(image, "first"), address(image, "second"))
    pages = (got.address - BASE) // PAGE
    adrp = 0x90000000 | (pages & 3) << 29 | pages >> 2 << 5
    assert [word(image, ".text", offset) for offset in range(0, 24, 4)] == [
        adrp,
        0xF9400000,
        adrp,
        0xF9400000 | 1 << 10,
        0x58000000 | (got.address + 8 - BASE - 16) // 4 << 5,
        0xF9400000 | 1 << 10,
    ]


def test_sections_are_laid_out_in_page_aligned_groups() -> None:
    elf = ElfBuilder()
    elf.section(".data", b"dat", ALLOC | WRITE)
    elf.section(".text", words(RET), ALLOC | EXEC)
    elf.section(".rodata", b"r", alignment=1)
    elf.section(".rodata.aligned", b"s", alignment=64)
    elf.section(".bss", b"", ALLOC | WRITE, NOBITS, size=0x2345)
    elf.section(".debug", b"not in memory", flags=0)
    elf.section(".empty", b"")
    elf.symbol("external", UNDEFINED, type=NOTYPE)
    image = read_image(elf.build(), "a.o")
    assert [(s.name, s.address, s.size) for s in image.sections] == [
        (".text", 0x10000, 4),
        (".rodata", 0x11000, 1),
        (".rodata.aligned", 0x11040, 1),
        (".data", 0x12000, 3),
        (".bss", 0x12004, 0x2345),
        (EXTERN, 0x15000, 0x1000),
    ]
    assert [(s.executable, s.writable, s.constant) for s in image.sections] == [
        (True, False, True),
        (False, False, True),
        (False, False, True),
        (False, True, False),
        (False, True, False),
        (False, True, False),
    ]


def test_externals_and_commons_have_pages_of_their_own() -> None:
    elf = ElfBuilder()
    elf.section(".text", words(RET), ALLOC | EXEC)
    elf.symbol("first", UNDEFINED, type=NOTYPE)
    elf.symbol("large", COMMON, 16, 0x1001, OBJECT)
    elf.symbol("last", UNDEFINED, type=NOTYPE)
    image = read_image(elf.build(), "a.o")
    first = section(image, EXTERN).address
    assert [address(image, name) - first for name in ("first", "large", "last")] == [0, PAGE, 3 * PAGE]


def test_symbols() -> None:
    elf = ElfBuilder()
    elf.section(".text", bytes(40), ALLOC | EXEC)
    elf.section(".rodata", bytes(8))
    elf.symbol("$x", ".text", 0, type=NOTYPE, binding=LOCAL)
    elf.symbol("$d.7", ".text", 32, type=NOTYPE, binding=LOCAL)
    elf.symbol("$d", ".rodata", 0, type=NOTYPE, binding=LOCAL)
    elf.symbol("sized", ".text", 0, 12)
    elf.symbol("sizeless", ".text", 12, 0)
    elf.symbol("loop", ".text", 16, 0, NOTYPE, LOCAL)
    elf.symbol("entry", ".text", 20, 0, NOTYPE)
    elf.symbol("table", ".rodata", 0, 0, OBJECT)
    elf.symbol("constant", ABSOLUTE, 5, 0, NOTYPE)
    image = read_image(elf.build(), "a.o")
    assert {s.name: (s.address - BASE, s.size, s.is_function, s.binding) for s in image.symbols} == {
        "sized": (0, 12, True, "GLOBAL"),
        "sizeless": (12, 8, True, "GLOBAL"),
        "loop": (16, 0, False, "LOCAL"),
        "entry": (20, 20, True, "GLOBAL"),
        "table": (PAGE, 0, False, "GLOBAL"),
    }
    assert image.mapping == ((BASE, False), (BASE + 32, True))


def test_defined_names_leaves_out_externals() -> None:
    assert defined_names(relocated().build(), "a.o") >= {"local", "table"}
    assert "external" not in defined_names(relocated().build(), "a.o")


def one_relocation(number: int, symbol: str = "f", addend: int = 0, offset: int = 0) -> bytes:
    elf = ElfBuilder()
    elf.section(".text", words(NOP, RET), ALLOC | EXEC)
    elf.section(".bss", b"", ALLOC | WRITE, NOBITS, size=1 << 30)
    elf.section(".debug", bytes(8), 0)
    elf.symbol("f", ".text")
    elf.symbol("outside", ".debug", type=OBJECT)
    elf.symbol("external", UNDEFINED, type=NOTYPE)
    elf.symbol("five", ABSOLUTE, 5, type=NOTYPE)
    elf.relocate(".text", offset, number, symbol, addend)
    return elf.build()


@pytest.mark.parametrize(
    ("elf", "message"),
    [
        (one_relocation(549, offset=4), r"^x\.o: relocation R_AARCH64_TLSLE_ADD_TPREL_HI12 at \.text\+0x4 .*resolve"),
        (one_relocation(999), r"x\.o: relocation type 999 at \.text\+0x0 .*can't resolve"),
        (one_relocation(283, "external"), r"CALL26 at \.text\+0x0 can't encode 0x\w+ for 'external': out of reach"),
        (one_relocation(283, addend=2), "CALL26 .* misaligned"),
        (one_relocation(280, addend=1 << 20), "CONDBR19 .* out of reach"),
        (one_relocation(279, addend=-(1 << 15) - 4), "TSTBR14 .* out of reach"),
        (one_relocation(286, addend=4), "LDST64_ABS_LO12_NC .* misaligned"),
        (one_relocation(258, addend=1 << 32), "ABS32 .* out of reach"),
        (one_relocation(283, offset=5), "lies outside its section"),
        (one_relocation(283, "outside"), "needs the address of 'outside', which has none"),
        (one_relocation(283, ""), "needs the address of '', which has none"),
    ],
)  # fmt: skip
def test_relocations_that_cannot_be_resolved(elf: bytes, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        read_image(elf, "x.o")


def test_relocations_that_change_nothing_or_use_a_number() -> None:
    assert word(read_image(one_relocation(0), "a.o"), ".text") == NOP
    assert word(read_image(one_relocation(258, "five", 2), "a.o"), ".text") == 7


def shared(**text: int) -> ElfBuilder:
    elf = ElfBuilder(SHARED)
    elf.section(".text", words(NOP, RET), ALLOC | EXEC, address=0x1000, **text)
    elf.section(".rodata", bytes(range(64)), address=0x2000)
    elf.section(".tbss", b"", ALLOC | WRITE | TLS, NOBITS, address=0x3000, size=64)
    elf.section(".data", b"data", ALLOC | WRITE, address=0x3000)
    elf.section(".bss", b"", ALLOC | WRITE, NOBITS, address=0x4000, size=16)
    elf.symbol("f", ".text", 0x1000)
    elf.symbol("variable", ".bss", 0x4008, 8, OBJECT)
    return elf


def test_a_shared_object_lies_where_it_says() -> None:
    image = read_image(shared().build(), "a.so")
    assert image.kind == "shared object"
    assert [(s.name, s.address, s.data[-1:]) for s in image.sections] == [
        (".text", 0x1000, b"\xd6"),
        (".rodata", 0x2000, b"\x3f"),
        (".data", 0x3000, b"a"),
        (".bss", 0x4000, b""),
    ]
    assert [(s.name, s.address, s.size) for s in image.symbols] == [("f", 0x1000, 8), ("variable", 0x4008, 8)]
    assert word(image, ".text", 4) == RET


def test_a_stripped_shared_object_has_the_names_of_the_dynamic_linker() -> None:
    elf = shared()
    elf.table = DYNSYM
    assert address(read_image(elf.build(), "a.so"), "f") == 0x1000


def test_segments_decide_what_is_writable_and_executable() -> None:
    text = section(read_image(shared(segment_flags=PF_R | PF_W | PF_X).build(), "a.so"), ".text")
    assert text.executable and text.writable and not text.constant
    text = section(read_image(shared(segment_flags=PF_R).build(), "a.so"), ".text")
    assert not text.executable and text.constant


def test_dynamic_relocations_of_constants_are_known() -> None:
    elf = shared()
    elf.relocate(".rodata", 0x2010, 1027, "f")
    elf.relocate(".data", 0x3000, 1027, "f")
    elf.relocate(".data", 0xFF8, 1027, "f")
    assert read_image(elf.build(), "a.so").patched == ((0xFF8, 0x1008), (0x2010, 0x2020))
    elf.section(".relr.dyn", struct.pack("<2Q", 0x2000, 0b1001), ALLOC, RELR, address=0x5000)
    assert read_image(elf.build(), "a.so").patched[1:] == ((0x2000, 0x2010), (0x2010, 0x2020), (0x2018, 0x2028))


def test_relocations_of_other_forms_are_refused() -> None:
    elf = shared()
    elf.section(".rel.dyn", bytes(16), ALLOC, REL, address=0x5000)
    with pytest.raises(BadInput, match=r"\.rel\.dyn holds relocations of a form"):
        read_image(elf.build(), "a.so")


def test_absolute_addresses_in_constants_are_known() -> None:
    image = read_image(relocated().build(), "a.o")
    start = section(image, ".data.rel.ro").address
    assert image.patched == ((start, start + 8), (start + 8, start + 12))


def changed(elf: bytes, offset: int, value: bytes) -> bytes:
    return elf[:offset] + value + elf[offset + len(value) :]


def in_header(elf: bytes, name: str, field: int, value: int) -> bytes:
    """The file with another number at a place of the header of a section."""
    at, count = struct.unpack_from("<Q", elf, 40)[0], struct.unpack_from("<H", elf, 60)[0]
    names = struct.unpack_from("<Q", elf, at + 64 * (count - 1) + 24)[0]
    for index in range(count):
        start = names + struct.unpack_from("<I", elf, at + 64 * index)[0]
        if elf[start : elf.index(b"\0", start)] == name.encode():
            return changed(elf, at + 64 * index + field, struct.pack("<Q", value))
    raise AssertionError(name)


OBJECT_FILE, LIBRARY = relocated().build(), shared().build()


@pytest.mark.parametrize(
    ("elf", "message"),
    [
        (b"", "not an ELF file"),
        (b"#!/bin/sh", "not an ELF file"),
        (OBJECT_FILE[:40], "the ELF header lies outside the file: truncated or damaged"),
        (changed(OBJECT_FILE, 4, b"\1"), "32-bit"),
        (changed(OBJECT_FILE, 5, b"\2"), "big-endian"),
        (changed(OBJECT_FILE, 18, b"\x3e\0"), "for EM_X86_64, not for AArch64"),
        (changed(OBJECT_FILE, 18, b"\xff\xee"), "for machine 61183, not for AArch64"),
        (changed(OBJECT_FILE, 16, b"\4\0"), "ELF type 4 is neither"),
        (changed(OBJECT_FILE, 60, b"\0\0"), "no section headers"),
        (changed(OBJECT_FILE, 58, b"\x20\0"), "unknown size"),
        (changed(OBJECT_FILE, 62, b"\xff\0"), "names of sections should be in section 255"),
        (OBJECT_FILE[:-1], "the section header table lies outside the file"),
        (changed(LIBRARY, 32, b"\xff\xff\xff"), "the program header table lies outside the file"),
        (in_header(OBJECT_FILE, ".text", 24, 1 << 40), r"section \.text lies outside the file"),
        (in_header(OBJECT_FILE, ".text", 48, 3), r"section \.text has alignment 0x3"),
        (in_header(OBJECT_FILE, ".text", 8, ALLOC | COMPRESSED), r"section \.text is compressed"),
        (in_header(OBJECT_FILE, ".symtab", 32, 25), "no multiple of 24"),
        (in_header(OBJECT_FILE, ".symtab", 40, 0), r"\.symtab has no table of names"),
        (in_header(OBJECT_FILE, ".strtab", 32, 2), "the name of a symbol lies outside its table"),
        (in_header(OBJECT_FILE, ".rela.text", 40, 1 << 32), r"\.rela\.text holds relocations of a form"),
        (in_header(LIBRARY, ".text", 16, 0x9000), r"no segment loads section \.text at 0x9000"),
        (in_header(LIBRARY, ".text", 24, 0x1010), r"no segment loads section \.text"),
        (in_header(in_header(LIBRARY, ".bss", 16, 0x3000), ".bss", 32, 1), r"sections .* overlap at 0x3000"),
    ],
)
def test_damaged_files(elf: bytes, message: str) -> None:
    with pytest.raises(BadInput, match=f"^damaged: .*{message}"):
        read_image(elf, "damaged")


@given(
    st.sampled_from([OBJECT_FILE, LIBRARY]),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=8)), max_size=4),
    st.floats(0.5, 1.2),
)
def test_damage_is_always_bad_input(elf: bytes, damage: list[tuple[float, bytes]], kept: float) -> None:
    for where, value in damage:
        elf = changed(elf, int(where * len(elf)), value)
    try:
        image = read_image(elf[: int(kept * len(elf))], "damaged")
    except BadInput as error:
        assert "\n" not in str(error)
    else:
        assert all(below.end <= above.address for below, above in zip(image.sections, image.sections[1:], strict=False))
