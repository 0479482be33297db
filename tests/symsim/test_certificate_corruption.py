# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A certificate that was tampered with is refused, or proves the very same statement in another way.

Where the statement itself is changed and its digest made right again, the logic refuses, or the checker reports another statement. Done to
the certificate of nine instructions, and to that of a whole SHA-256 where its library was fetched. `pytest -m slow -s` prints what becomes
of 500 random changes of the latter.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zlib
from collections import Counter
from functools import cache
from pathlib import Path
from random import Random

import pytest
from corruption import KINDS, Edit, Outcome, Statement, digest_line, outcomes, parts, random_edits, sealed
from small_routine import ENTRY, KEY, WORDS, certificate

from isa.decode import disassemble
from kernel.certificate import write_certificate
from kernel.replay import RULES, CertificateError, Reader, Summary, replay
from symsim import corpus
from symsim.errors import NotAvailable

HERE = Path(__file__)
ROOT = HERE.parents[2]
PAIRS = ("TRANS", "EQ_MP", "MP", "CASES", "READ_WRITE_OUT", "WRITE_WRITE_OUT", "INDUCT")  # rules of two premises
OTHER = {
    "bvadd": "bvxor",
    "bvxor": "bvadd",
    "bvand": "bvor",
    "bvor": "bvand",
    "bvsub": "bvadd",
    "zero_extend": "sign_extend",
}
AS_GOOD = {"terms": "another term", "inferences": "another inference", "LRAT steps": "another LRAT step"}


@cache
def small(assuming: bool = False) -> list[bytes]:
    """The lines of the small certificate."""
    return zlib.decompress(certificate(assuming)).splitlines(keepends=True)


@cache
def sha256_lines() -> list[bytes]:
    """The lines of the certificate of OpenSSL's SHA-256 with the SHA-256 instructions."""
    try:
        spec = corpus.object_spec("openssl-4.0.3")
    except NotAvailable as error:
        pytest.skip(str(error))
    from symsim.program import Program
    from symsim.proofs.sha256 import CONTRACTS
    from symsim.prove import RoutineProof
    from symsim.witness import check_witness

    contract = next(c for c in CONTRACTS if c.symbol == "sha256_block_armv8")
    program = Program.load(spec, contract.symbol)
    proved = RoutineProof(contract, program, check_witness(contract, program).constants).prove()
    out = io.BytesIO()
    write_certificate(proved.thm, {"title": contract.name}, out)
    return zlib.decompress(out.getvalue()).splitlines(keepends=True)


def check(lines: list[bytes]) -> Reader:
    """Replay the lines; CertificateError where they are refused."""
    return replay(io.BytesIO(zlib.compress(b"".join(lines), 1)))


def rule_of(refusal: str) -> str:
    """The rule that a refusal names, or else what kind of line was refused."""
    if "the statement's SHA-256 is" in refusal:
        return "the statement's digest"
    if re.match(r"line \d+: (there is no )?inference \d+ ", refusal):
        return "the last line"
    found = re.match(r"line \d+, (?:inference \d+, (\w+)|(term|sort|definition))", refusal)
    if found is None:
        return "the order of lines, or UTF-8"
    return found[2] or (found[1] if found[1] in (*RULES, "BLAST") else "no such rule")


def table(title: str, lines: list[bytes], results: list[Outcome]) -> str:
    """How many changes of each part were refused, and where; and how many of them left another proof of the same statement."""
    part_of = {line: part for part, numbers in parts(lines).items() for line in numbers}
    counts: Counter[tuple[str, str, str]] = Counter()
    for edit, refusal, _ in results:
        part = part_of[edit.line]
        verdict = f"refused: {rule_of(refusal)}" if refusal else f"harmless: {AS_GOOD[part]} that does as well"
        counts[part, edit.kind, verdict] += 1
    rows = [f"  {n:5}  {part:12} {kind:15} {verdict}" for (part, kind, verdict), n in sorted(counts.items())]
    accepted = sum(not result.refusal for result in results)
    title += f": {len(results)} changes, {len(results) - accepted} refused, {accepted} harmless"
    return "\n".join([title, *rows])


def assert_sound(lines: list[bytes], results: list[Outcome]) -> None:
    """Each change was refused with its place, or came after the statement and left it as it was."""
    end, digest = digest_line(lines), lines[digest_line(lines)].decode().split()[1]
    for edit, refusal, reported in results:
        if refusal:
            assert re.match(r"line \d+[:,] ", refusal), (edit, refusal)
        else:
            assert edit.line > end, edit
            assert reported == digest, edit


# Untouched


def test_the_words_are_what_they_are_called() -> None:
    assert [disassemble(word, ENTRY + 4 * i) for i, word in enumerate(WORDS.values())] == list(WORDS)


@pytest.mark.parametrize("assuming", [False, True])
def test_accepted_untouched(assuming: bool) -> None:
    reader = check(small(assuming))
    assert reader.proved
    assert small(assuming)[digest_line(small(assuming))] == f"H {reader.digest}\n".encode()
    report = Summary(reader, 0.0, full=False).as_json()
    assert report["oracles"] == []
    assert report["hypotheses"] == int(assuming)
    assert [p["label"] for p in report["premises"]][2:] == [
        "the 8 bytes at scramble+0x28 are the object's",
        "out and in are disjoint",
        "out and constants at scramble+0x28 are disjoint",
        "out and the code are disjoint",
    ]


def test_the_certificate_does_not_depend_on_the_run(tmp_path: Path) -> None:
    """Two processes with different hash seeds, one without asserts: the very same bytes."""
    for name, seed, options in (("one", "0", ()), ("other", "7", ("-O",))):
        command = [sys.executable, *options, str(HERE.with_name("small_routine.py")), str(tmp_path / name)]
        subprocess.run(command, check=True, env={"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed})
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


# The proof changed


def test_inferences_dropped() -> None:
    lines = small()
    dropped = [i for i, line in enumerate(lines) if line.startswith(b"I ") and not line.startswith(b"I BLAST")]
    results = outcomes(lines, [Edit("dropped", i, b"") for i in dropped[::5]])
    assert len(results) > 150
    for edit, refusal, _ in results:
        assert rule_of(refusal) in (*RULES, "BLAST", "the last line"), (edit, refusal)


def line_of(refusal: str) -> int:
    """The number of the line that was refused, from 1 on."""
    return int(refusal.removeprefix("line ").split(",")[0])


def mirrored(lines: list[bytes], edit: Edit) -> bool:
    """Whether the two premises are a = b and b = a."""
    reader = check(lines)
    one, other = (reader.terms.nodes[reader.proof.concls[int(n)]] for n in edit.new.split()[2:4])
    return one[0] == other[0] == "=" and one[-2:] == (other[-1], other[-2])


def test_premises_swapped() -> None:
    lines = small()
    edits = []
    for i, line in enumerate(lines):
        words = line.decode().split()
        if words[0] == "I" and words[1] in PAIRS and words[2] != words[3]:
            edits.append(Edit("swapped", i, f"I {words[1]} {' '.join([words[3], words[2], *words[4:]])}\n".encode()))
    results = outcomes(lines, edits[::3])
    assert {rule_of(refusal) for _, refusal, _ in results} >= {"TRANS", "EQ_MP", "MP"}
    for edit, refusal, _ in results:
        rule = edit.new.decode().split()[1]
        if rule_of(refusal) != rule:
            # Of a = b and b = a both orders are equations; then it is the use of the wrong one, on a later line, that is refused.
            assert rule == "TRANS" and mirrored(lines, edit), (edit, refusal)
            assert rule_of(refusal) in RULES and line_of(refusal) > edit.line + 1, (edit, refusal)


def test_lrat_proofs_changed() -> None:
    lines = small()
    goals = [i for i, line in enumerate(lines) if line.startswith(b"I BLAST") and not line.endswith(b" 0\n")]
    edits = [Edit("dropped", i, b"") for i in Random(1).sample(parts(lines)["LRAT steps"], 20)]
    edits += [Edit("another goal's", i, re.sub(rb" [0-9a-f]{64} ", b" %064x " % 1, lines[i])) for i in goals]
    edits += [Edit("a step less", i, re.sub(rb"\d+$", b"1", lines[i])) for i in goals]
    for edit, refusal, _ in outcomes(lines, edits):
        is_last = edit.kind == "dropped" and not lines[edit.line + 1].startswith(b"L ")
        assert rule_of(refusal) == ("the order of lines, or UTF-8" if is_last else "BLAST"), (edit, refusal)


# The statement changed


def test_a_flipped_bit_in_the_statement() -> None:
    lines, random = small(), Random(2)
    edits = [
        Edit("bit flipped", i, KINDS["bit flipped"](lines[i], random)) for i in range(0, digest_line(lines) + 1, 3)
    ]
    assert_sound(lines, outcomes(lines, edits))


def other_meaning(lines: list[bytes], name: str) -> Edit:
    """An instruction does something else: another operator in a term that no other definition uses, or two registers change places."""
    s = Statement(lines)
    others = s.below(
        s.conclusion(), *[s.body(d) for d, i in s.definitions.items() if d != name and s.words(i)[1] == "DEFINE"]
    )
    for term in sorted(s.below(s.body(name)) - others):
        words = s.words(s.terms[term])
        if words[1] in OTHER:
            words[1] = OTHER[words[1]]
            break
    else:
        term = s.body(name)
        words = s.words(s.terms[term])
        words[11], words[12] = words[12], words[11]
    return Edit(f"meaning of {name}", s.terms[term], " ".join(words).encode() + b"\n", sealed=True)


def instructions(lines: list[bytes]) -> list[str]:
    """The names of the meanings of instructions."""
    return [name for name in Statement(lines).definitions if name.startswith("insn_")]


def weaker(lines: list[bytes], premise: int) -> list[Edit]:
    """Each conjunct of the premise is left out, or is another."""
    s = Statement(lines)
    line, conjuncts = s.terms[premise], s.arguments(premise)
    assert len(conjuncts) >= 6
    out = []
    for k in range(len(conjuncts)):
        for kind, instead in (("dropped", []), ("repeated", [conjuncts[k - 1]])):
            left = [*conjuncts[:k], *instead, *conjuncts[k + 1 :]]
            out.append(Edit(f"premise {k} {kind}", line, f"T and {' '.join(map(str, left))}\n".encode(), sealed=True))
    return out


def moved(lines: list[bytes]) -> list[Edit]:
    """The code lies elsewhere, or in another order, or is entered elsewhere."""
    s = Statement(lines)
    (line,) = [i for i in s.definitions.values() if s.words(i)[1] == "DEFINE_PROGRAM"]
    words = s.words(line)
    first = int(words[8])
    entry = s.line(f"T bv {first:x} 64")
    far = [*words[:8], str(first + 4096), *words[9:]]
    swapped = [*words[:9], words[12], *words[10:12], words[9], *words[13:]]
    return [
        Edit("an address", line, f"{' '.join(far)}\n".encode(), sealed=True),
        Edit("two addresses", line, f"{' '.join(swapped)}\n".encode(), sealed=True),
        Edit("the entry", entry, f"T bv {first + 4:x} 64\n".encode(), sealed=True),
    ]


def constants(lines: list[bytes], first: int, second: int) -> list[Edit]:
    """The first constant is another one in the specification, or in the table of the object, where the second follows it."""
    s = Statement(lines)
    (line,) = [i for i in s.terms if re.fullmatch(rf"T bv \w*{second:08x}{first:08x} \d+\n", lines[i].decode())]
    _, _, value, width = s.words(line)
    return [
        Edit("in the specification", s.line(f"T bv {first:x} 32"), f"T bv {first ^ 1:x} 32\n".encode(), sealed=True),
        Edit("in the object", line, f"T bv {int(value, 16) ^ 1:x} {width}\n".encode(), sealed=True),
    ]


def assert_refused_by_rules(results: list[Outcome], expected: int) -> None:
    """The logic refuses all of them, in an inference or in what the last one proves."""
    assert len(results) == expected
    for edit, refusal, _ in results:
        assert rule_of(refusal) in (*RULES, "BLAST", "the last line"), (edit.kind, refusal)


def test_other_meanings_of_instructions() -> None:
    lines = small()
    edits = [other_meaning(lines, name) for name in instructions(lines)]
    assert_refused_by_rules(outcomes(lines, edits), len(WORDS))


@pytest.mark.parametrize("assuming", [False, True])
def test_weaker_preconditions(assuming: bool) -> None:
    lines = small(assuming)
    s = Statement(lines)
    premise = int(s.words(digest_line(lines) - 1)[2]) if assuming else s.arguments(s.conclusion())[0]
    assert_refused_by_rules(outcomes(lines, weaker(lines, premise)), 12)


def test_the_hypothesis_dropped() -> None:
    lines = small(assuming=True)
    at = digest_line(lines) - 1
    _, conclusion, hypothesis = lines[at].decode().split()
    ((_, refusal, _),) = outcomes(lines, [Edit("dropped", at, f"Q {conclusion}\n".encode(), sealed=True)])
    assert re.match(r"line \d+: inference \d+ and the statement differ in the hypotheses \(and ", refusal)
    ((_, refusal, _),) = outcomes(lines, [Edit("proved", at, f"Q {hypothesis}\n".encode(), sealed=True)])
    assert re.match(r"line \d+: inference \d+ proves .* not the statement", refusal)


def test_the_promises_without_the_preconditions() -> None:
    lines = small()
    s = Statement(lines)
    promises = s.arguments(s.conclusion())[1]
    ((_, refusal, _),) = outcomes(lines, [Edit("Q", digest_line(lines) - 1, b"Q %d\n" % promises, sealed=True)])
    assert re.match(r"line \d+: inference \d+ proves .* not the statement", refusal)


def test_code_elsewhere_and_other_constants() -> None:
    lines = small()
    assert_refused_by_rules(outcomes(lines, [*moved(lines), *constants(lines, *KEY)]), 5)


# Another statement


def test_another_name_makes_another_statement() -> None:
    lines = small()
    s = Statement(lines)
    renamed = Edit("renamed", s.line("T var in 1"), b"T var source 1\n")
    told = Edit("about", 1, lines[1].replace(b"small/scramble", b"openssl/sha256"))
    for edit in (renamed, told):
        (as_it_is, with_digest) = outcomes(lines, [edit, edit._replace(sealed=True)])
        assert rule_of(as_it_is.refusal) == "the statement's digest"
        assert not with_digest.refusal
        assert with_digest.digest != check(lines).digest


def test_a_meaning_under_the_name_of_another_word_is_another_statement() -> None:
    lines = sealed([line.replace(b"insn_0b030042", b"insn_4b030042") for line in small()])
    reader = check(lines)
    assert reader.proved
    assert reader.digest != check(small()).digest
    titles = [d["name"] for d in Summary(reader, 0.0, full=True).as_json()["definitions"]]
    assert "insn_4b030042" in titles
    assert "insn_0b030042" not in titles


# Changes at random


def test_random_changes_of_the_small_certificate() -> None:
    lines = small()
    results = outcomes(lines, random_edits(lines, 200, seed=1))
    print(table("small/scramble", lines, results))
    assert_sound(lines, results)
    assert len({rule_of(result.refusal) for result in results if result.refusal}) > 6


def test_random_changes_of_the_compressed_file() -> None:
    data, random = certificate(), Random(3)
    text = zlib.decompress(data)
    for _ in range(8):
        at = random.randrange(len(data))
        changed = data[:at] + bytes([data[at] ^ 1 << random.randrange(8)]) + data[at + 1 :]
        try:
            zlib_refuses = zlib.decompress(changed) != text
        except zlib.error:
            zlib_refuses = True
        assert zlib_refuses
        with pytest.raises(CertificateError, match=r"^line \d+"):
            replay(io.BytesIO(changed))


# The certificate of SHA-256


def test_sha256_accepted_untouched() -> None:
    reader = check(sha256_lines())
    assert reader.proved
    assert reader.statement is not None
    assert not reader.statement[1]


def test_sha256_changed() -> None:
    lines = sha256_lines()
    s = Statement(lines)
    changed = instructions(lines)
    edits = [
        *[other_meaning(lines, name) for name in (changed[0], changed[-1])],
        *weaker(lines, s.arguments(s.conclusion())[0])[::6],
        Edit("more blocks", s.line(f"T bv {(1 << 58) - 1:x} 64"), b"T bv 7ffffffffffffff 64\n", sealed=True),
        *moved(lines),
        *constants(lines, 0x428A2F98, 0x71374491),
    ]
    assert_refused_by_rules(outcomes(lines, edits), len(edits))


@pytest.mark.slow
def test_500_random_changes_of_sha256(capsys: pytest.CaptureFixture[str]) -> None:
    lines = sha256_lines()
    results = outcomes(lines, random_edits(lines, 500, seed=1))
    with capsys.disabled():
        print(f"\n{table('openssl/sha256_block_armv8', lines, results)}")
    assert_sound(lines, results)


@pytest.mark.slow
def test_all_meanings_of_sha256() -> None:
    lines = sha256_lines()
    edits = [other_meaning(lines, name) for name in instructions(lines)]
    assert_refused_by_rules(outcomes(lines, edits), len(edits))
