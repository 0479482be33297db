# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The checker's reading: every damaged, malformed or forged file is one clean refusal that names the line."""

from __future__ import annotations

import ast
import io
import random
import sys
import zlib
from pathlib import Path

import pytest
from certificates import by_hand, certificate, check, lines_of_rule, mixed, pack, seal, unpack

from kernel import replay
from kernel.replay import CertificateError, Reader

GOOD = ("S BV 8", "T var x 0", "T = 0 0", "Q 1")
PROOF = ("I REFL 0", "E 0")


def verdict(data: bytes) -> Reader | str:
    """The accepted certificate, or why it is refused; any other exception is a failure of the test."""
    try:
        return check(data)
    except CertificateError as error:
        return str(error)


def statement(reader: Reader) -> tuple[object, ...]:
    """What was proved: the digest of the statement section stands for its text."""
    return reader.digest, reader.statement, reader.about


def test_good() -> None:
    assert check(by_hand(GOOD, PROOF)).proved


SORTS = [
    ("S BV 0", "line 3, sort 0: no such sort: BV 0"),
    ("S BV 1048577", "no such sort"),
    ("S BV " + "9" * 5000, "not numbers in decimal"),
    ("S BV -1", "not numbers in decimal: -1"),
    ("S BV x", "not numbers in decimal: x"),
    ("S BV", "no such sort"),
    ("S Bool 3", "no such sort"),
    ("S Real", "no such sort: Real"),
    ("S Tuple 0", "there is no sort 0 yet"),
    ("S", "no such sort"),
]


@pytest.mark.parametrize(("line", "message"), SORTS)
def test_refuses_sorts(line: str, message: str) -> None:
    with pytest.raises(CertificateError, match=message):
        check(by_hand([line, "T bool 1", "Q 0"]))


TERMS = [
    ("T foo 0", r"line 11, term 6, foo: there is no such operator"),
    ("T", r"there is no such operator"),
    ("T var y", r"parameters are missing"),
    ("T bv 1 8 0", r"or too many"),
    ("T var y 9", r"there is no sort 9 yet"),
    ("T var y\u00a0z 0", r"not a name"),
    ("T var y 0 0", r"or too many"),
    ("T bool 2", r"ill-typed: bool 2"),
    ("T bv 100 8", r"ill-typed: bv 256 8"),
    ("T bv zz 8", r"not a hexadecimal number: zz"),
    ("T bv -1 8", r"not a hexadecimal number: -1"),
    ("T bv 0x1 8", r"not a hexadecimal number: 0x1"),
    ("T bv 0 0", r"ill-typed: bv 0 0"),
    ("T bv 1 1048577", r"ill-typed"),
    ("T bv " + "f" * 300000 + " 1048576", r"ill-typed: bv … 1048576"),
    ("T bv " + "f" * 2000 + " 8", r"ill-typed: bv … 8"),
    ("T extract 8 0 0", r"ill-typed: extract 8 0 \(BV 8\)"),
    ("T extract 0 1 0", r"ill-typed: extract 0 1 \(BV 8\)"),
    ("T extract 0 0 1", r"ill-typed: extract 0 0 \(Bool\)"),
    ("T rotate_right 8 0", r"ill-typed: rotate_right 8 \(BV 8\)"),
    ("T zero_extend 1048570 0", r"zero_extend gives more than 1048576 bits"),
    ("T sign_extend 0 1", r"ill-typed"),
    ("T read 0 2 3", r"ill-typed: read 0 \(Mem\) \(BV 64\)"),
    ("T read 200000 2 3", r"read gives more than 1048576 bits"),
    ("T read " + "9" * 4300 + " 2 3", r"read gives more than 1048576 bits"),
    ("T bvadd 0 " + "9" * 4300, r"there is no term 9+ yet"),
    ("T bvadd 0 " + "9" * 4301, r"not numbers in decimal"),
    ("T read 1 2 0", r"ill-typed"),
    ("T write 2 3 1", r"ill-typed: write \(Mem\) \(BV 64\) \(Bool\)"),
    ("T proj 1 4", r"ill-typed: proj 1 \(Tuple of 1\)"),
    ("T proj 0 0", r"ill-typed"),
    ("T not 0", r"ill-typed: not \(BV 8\)"),
    ("T not 1 1", r"ill-typed: not \(Bool\) \(Bool\)"),
    ("T and", r"ill-typed: and"),
    ("T = 0 3", r"ill-typed: = \(BV 8\) \(BV 64\)"),
    ("T ite 0 0 0", r"ill-typed: ite"),
    ("T bvadd 0", r"ill-typed: bvadd \(BV 8\)"),
    ("T bvadd 1 1", r"ill-typed: bvadd \(Bool\) \(Bool\)"),
    ("T bvadd 2 2", r"ill-typed: bvadd \(Mem\) \(Mem\)"),
    ("T bvsub 0 0 0", r"ill-typed: bvsub"),
    ("T bvult 0 3", r"ill-typed: bvult"),
    ("T concat 0", r"ill-typed: concat"),
    ("T clmul 0 1", r"ill-typed: clmul"),
    ("T app f 1 0", r"there is no constant f of that sort yet"),
    ("T app c 0", r"there is no constant c of that sort yet"),
    ("T app c 1 0", r"ill-typed: app c \(BV 8\)"),
    ("T bvadd 0 6", r"there is no term 6 yet"),
    ("T bvadd 0 -1", r"not numbers in decimal: 0 -1"),
    ("T bvadd 0  0", r"not numbers in decimal"),
    ("T bvadd 0 0 ", r"not numbers in decimal"),
    ("T bvadd 0 0_0", r"not numbers in decimal"),
    ("T bvadd 0 +0", r"not numbers in decimal"),
    ("T bvadd 0 ٠", r"not numbers in decimal"),
    ("T bvadd 0 \u00b2", r"not numbers in decimal"),
    ("T bvadd 0 0\r", r"not numbers in decimal"),
]


@pytest.mark.parametrize(("line", "message"), TERMS)
def test_refuses_terms(line: str, message: str) -> None:
    before = ["S BV 8", "S Bool", "S Mem", "S BV 64", "S Tuple 1"]
    terms = ["T var x 0", "T var p 1", "T var m 2", "T var a 3", "T var t 4", "D DECLARE c 0 1", "T app c 1"]
    ordered = [*before, *terms]
    with pytest.raises(CertificateError, match=message.replace("line 11", "line 15")):
        check(by_hand([*ordered, line, "Q 1"]))


DEFINITIONS = [
    ("D DECLARE f 1 0", "too few or too many"),
    ("D DECLARE f 0 9", "there is no sort 9 yet"),
    ("D DECLARE", "not a name"),
    ("D", "not a name"),
    ("D DEFINE f 1 0 9", "there is no term 9 yet"),
    ("D DEFINE_REC f 0 0 2 0 2", "not distinct variables"),
    ("D DEFINE_REC f 4 0 2 5 2", "recursion is over a bit vector"),
    ("D DEFINE_REC f 0 0 2 5 4", "free in the definition: p"),
    ("D DEFINE_REC f 0 0 2 4 2", "its base, its step and its result have one sort"),
    ("D DEFINE_REC f 0 1 2 5 2", "too few or too many"),
    ("D DEFINE_PROGRAM g 1 3 0 1 2 4 3", "definition 0, g: .*$"),
    ("D DEFINE_PROGRAM g 1 3 1 1 2 4 3", "a 64-bit base and a state"),
    ("D DEFINE_PROGRAM g 1 3 7 1 2 4 3", "a 64-bit base and a state"),
    ("D DEFINE_PROGRAM g 0 3 0 1 2 4 3", "a 64-bit base and a state"),
    ("D DEFINE_PROGRAM g 1 0 0 1 2 4 3", "a 64-bit base and a state"),
    ("D DEFINE_PROGRAM g 1 3 0 2 2 4 3 2 4 3", "addresses that differ"),
    ("D DEFINE_PROGRAM g 1 3 0 1 2 18446744073709551616 3", "64-bit addresses"),
    ("D DEFINE_PROGRAM g 1 3 0 1 3 4 3", "a case is `2 address term`"),
    ("D DEFINE_PROGRAM g 1 3 0 2 2 4 3", "too few or too many"),
    ("D DEFINE_PROGRAM g 1 3 0 1 2 4 0", "a transition is not a state"),
    ("D DEFINE_PROGRAM g 1 3 0 1 2 4 6", "free in the definition: u"),
]


@pytest.mark.parametrize(("line", "message"), DEFINITIONS)
def test_refuses_definitions(line: str, message: str) -> None:
    sorts = ["S BV 8", "S BV 64", "S Bool", "S Tuple 1 0"]
    terms = ["T var x 0", "T var a 1", "T bv 0 8", "T var s 3", "T var p 2", "T var r 0", "T var u 3"]
    accepted = line == "D DEFINE_PROGRAM g 1 3 0 1 2 4 3"
    data = by_hand([*sorts, *terms, line, "T = 0 0", "Q 7"], PROOF)
    if accepted:
        assert check(data).proved
    else:
        with pytest.raises(CertificateError, match=message):
            check(data)


def lines() -> list[str]:
    return unpack(by_hand(GOOD, PROOF))


STRUCTURE = [
    ([], "line 0: the file ends where armsym should follow"),
    (["armsym certificate 2"], "line 1: not an `armsym certificate 1`"),
    (["hello"], "line 1: a line 'hello' can't stand here, but armsym"),
    (["armsym certificate 1"], "line 1: the file ends where A should follow"),
    (["armsym certificate 1", "A 3"], "line 2: the JSON is no object"),
    (["armsym certificate 1", "A"], "line 2: not JSON"),
    (["armsym certificate 1", "A " + "[" * 100000], "line 2: not JSON"),
    (["armsym certificate 1", "A {}", "A {}"], "line 3: a line 'A' can't stand here, but S, T, D, Q"),
    (["armsym certificate 1", "A {}", "I REFL 0"], "line 3: a line 'I' can't stand here"),
    (["armsym certificate 1", "A {}", "\x1b[2J"], r"line 3: a line '\\x1b\[2J' can't stand here"),
    (lines()[:-1], "line 8: the file ends where S, T, D, I, E should follow"),
    ([*lines(), "E 0"], "line 10: a line 'E' can't stand here, but nothing"),
    ([*lines(), ""], "line 10: a line '' can't stand here, but nothing"),
    ([*lines()[:6], "Q 1", *lines()[7:]], "line 7: a line 'Q' can't stand here, but H"),
    ([*lines()[:7], lines()[6], *lines()[7:]], "line 8: a line 'H' can't stand here"),
    ([*lines()[:7], "Q 1", *lines()[7:]], "line 8: a line 'Q' can't stand here"),
    ([*lines()[:6], "H 00", *lines()[7:]], "line 7: the statement's SHA-256 is [0-9a-f]{64}, not 00"),
    ([*lines()[:7], "L 1 0 0", *lines()[7:]], "line 8: a line 'L' can't stand here"),
    ([*lines()[:8], "E 1"], "line 9: there is no inference 1 yet"),
    ([*lines()[:8], "E"], "line 9: the last line is `E inference`"),
    ([*lines()[:8], "E 0 0"], "line 9: the last line is `E inference`"),
    ([*lines()[:7], "E 0"], "line 8: there is no inference 0 yet"),
]


@pytest.mark.parametrize(("changed", "message"), STRUCTURE)
def test_refuses_structure(changed: list[str], message: str) -> None:
    with pytest.raises(CertificateError, match=message):
        check(pack(changed))


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (("Q",), "the conclusion is missing"),
        (("Q 0",), "a statement is made of Bool terms"),
        (("Q 1 0",), "a statement is made of Bool terms"),
        (("Q 1 1 1",), "a hypothesis stands there twice"),
        (("T = 0 0", "Q 1 1 2"), "a hypothesis stands there twice"),
        (("Q 2",), "there is no term 2 yet"),
    ],
)
def test_refuses_statements(statement: tuple[str, ...], message: str) -> None:
    with pytest.raises(CertificateError, match=message):
        check(by_hand([*GOOD[:3], *statement], PROOF))


def test_a_changed_statement_has_another_digest() -> None:
    changed = [line.replace("var x", "var y") for line in lines()]
    with pytest.raises(CertificateError, match="the statement's SHA-256 is"):
        check(pack(changed))
    assert check(pack(seal(changed))).digest != check(pack(lines())).digest


def test_equal_lines_are_one_term_under_two_numbers() -> None:
    assert check(by_hand(["S BV 8", "S BV 8", "T var x 0", "T var x 1", "T = 0 1", "Q 2"], ["I REFL 1", "E 0"])).proved


def test_a_definition_after_the_digest_serves_the_proof_alone() -> None:
    proof = ["D DECLARE c 0 0", "T app c 0", "I REFL 2", *PROOF[:1], "E 1"]
    assert check(by_hand(GOOD, proof)).proved
    with pytest.raises(CertificateError, match="there is no constant c of that sort yet"):
        check(by_hand([*GOOD[:3], "T app c 0", "Q 1"], ["D DECLARE c 0 0", *PROOF]))


def test_refuses_damaged_streams() -> None:
    good = pack(lines())
    for data, message in [
        (b"", "line 0: the compressed data end too early"),
        (b"armsym certificate 1\n", "line 0: not a zlib stream"),
        (good[:-1], "the compressed data end too early"),
        (good[: len(good) // 2], "the compressed data end too early"),
        (good[:-1] + bytes([good[-1] ^ 1]), "not a zlib stream: .*incorrect data check"),
        (good + b"\0", "line 9: there are data after the end of the compressed text"),
        (good + good, "there are data after the end of the compressed text"),
        (zlib.compress("\n".join(lines()).encode()), "line 8: the last line has no end"),
        (zlib.compress(b"armsym certificate 1\nA {}\nS BV \xff\n"), "line 2: the text is not UTF-8"),
        (zlib.compress(b"armsym certificate 1\nA {}\nS \xe2\x82"), "line 2: the last line has no end"),
        (zlib.compress(b"armsym certificate 1\nA " + b" " * (1 << 25) + b"{}\n"), "a line of over 16777216 bytes"),
    ]:
        with pytest.raises(CertificateError, match=message):
            check(data)


def test_limits_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "MAX_TEXT", 100_000)
    with pytest.raises(CertificateError, match="a text of over 100000 bytes"):
        check(pack([*lines()[:2], *["S Bool"] * 50_000]))


@pytest.mark.parametrize("operator", ["bvmul", "bvudiv", "bvurem", "bvshl", "clmul"])
def test_refuses_huge_circuits(operator: str) -> None:
    width = 1 << 19
    terms = [
        f"S BV {width}",
        "T var x 0",
        f"T {operator} 0 0",
        "T bvult 1 1" if operator != "clmul" else "T = 1 1",
        "Q 2",
    ]
    with pytest.raises(CertificateError, match="a circuit of over"):
        check(by_hand(terms, ["I BLAST 2 - 0", "E 0"]))


def test_refuses_huge_normal_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "MAX_MONOMIALS", 20)
    sorts = ["S BV 8", *(f"T var x{i} 0" for i in range(10))]
    for kind, total, product in [("RING", "bvadd", "bvmul"), ("ANF", "bvxor", "bvand")]:
        terms = [f"T {total} 0 1 2 3 4", f"T {total} 5 6 7 8 9", f"T {product} 10 11", "T = 12 12", "Q 13"]
        with pytest.raises(CertificateError, match=f"{kind}: a normal form of over 20 monomials"):
            check(by_hand([*sorts, *terms], [f"I {kind} 12 12", "E 0"]))


def test_deep_terms_need_no_stack() -> None:
    depth = 20_000
    chain = [f"T {'bvadd' if i % 2 else 'bvxor'} {i} 0" for i in range(depth)]
    statement = ["S BV 8", "T var x 0", *chain, f"T = {depth} {depth}", f"Q {depth + 1}"]
    proof = [f"I RING {depth} {depth}", f"I ANF {depth} {depth}", f"I REFL {depth}", "T bv 0 8"]
    proof += [f"I INST 2 0 {depth + 2}", f"T bvnot {depth}", "E 0"]
    assert check(by_hand(statement, proof)).proved


MEDIUM = certificate(mixed(), {"title": "mixed"})


def test_flipped_bytes_change_nothing_or_are_refused() -> None:
    expected = statement(check(MEDIUM))
    choose = random.Random(7)
    for _ in range(400):
        data = bytearray(MEDIUM)
        for _ in range(choose.choice([1, 1, 2, 5])):
            data[choose.randrange(len(data))] ^= 1 << choose.randrange(8)
        outcome = verdict(bytes(data))
        assert isinstance(outcome, str) or statement(outcome) == expected


def test_flipped_text_changes_nothing_or_is_refused() -> None:
    expected = statement(check(MEDIUM))
    text = zlib.decompress(MEDIUM)
    choose = random.Random(8)
    accepted = 0
    for _ in range(600):
        data = bytearray(text)
        data[choose.randrange(len(data))] ^= 1 << choose.randrange(8)
        outcome = verdict(zlib.compress(bytes(data)))
        assert isinstance(outcome, str) or statement(outcome) == expected
        accepted += not isinstance(outcome, str)
    assert accepted < 60


def test_shuffled_words_are_refused_cleanly() -> None:
    """Sealed again, so that the logic has to find what the digest would."""
    choose = random.Random(9)
    corpus = [
        unpack(MEDIUM),
        *(list(lines_of_rule(rule)) for rule in ("INDUCT", "READ_WRITE_OUT", "BLAST", "DEFINE_PROGRAM")),
    ]
    words = [word for text in corpus for line in text[2:] for word in line.split(" ")]
    refused = 0
    for _ in range(600):
        text = list(choose.choice(corpus))
        for _ in range(choose.choice([1, 1, 1, 3])):
            at = choose.randrange(2, len(text))
            parts = text[at].split(" ")
            parts[choose.randrange(len(parts))] = choose.choice([choose.choice(words), str(choose.randrange(40)), ""])
            text[at] = " ".join(parts)
        if any(line.startswith("H ") for line in text):
            refused += isinstance(verdict(pack(seal(text))), str)
    assert refused > 450


def test_dropped_and_moved_lines_are_refused_cleanly() -> None:
    original = unpack(MEDIUM)
    for at in range(len(original)):
        dropped = [*original[:at], *original[at + 1 :]]
        moved = [*dropped[: at // 2], original[at], *dropped[at // 2 :]]
        for text in (dropped, moved):
            outcome = verdict(pack(text))
            assert isinstance(outcome, str) or outcome.digest == check(MEDIUM).digest


def test_imports_the_standard_library_alone() -> None:
    tree = ast.parse(Path(replay.__file__).read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    froms = {node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names | froms} <= {*sys.stdlib_module_names, "__future__"}
    assert not any(node.level for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    assert not any(isinstance(node, ast.Assert) for node in ast.walk(tree))
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert called.isdisjoint({"__import__", "eval", "exec", "compile"})


def test_reads_from_any_source() -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(1 if size else 0)

    assert replay.replay(Slow(MEDIUM)).proved
