# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""P-code as terms, equality for all inputs, and what is reported where the two differ."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from random import Random

import pytest

from conformance import opinion_issues, opinion_witness, pcode, second_opinion
from conformance.equality import GaveUp, counterexample
from conformance.opinion_issues import OpinionIssue
from conformance.opinion_witness import Right, find_witness
from conformance.second_opinion import ADDRESS, Status, chosen_words, judge, main
from conformance.state import Case, Outcome
from conformance.target import open_target
from isa.decode import decode
from isa.state import INDEX, VARIABLES
from isa.verdict import Verdict, verdict
from kernel.evaluate import evaluate
from kernel.ops import eq, ite, mask, read, signed, write, zext
from kernel.sorts import BV, MEM
from kernel.term import Term, Var
from symsim.errors import BadInput

X, Y, SMALL = Var("x", BV(64)), Var("y", BV(64)), Var("a", BV(16))
MEMORY = VARIABLES[INDEX["mem"]]
LDPSW = 0x69C0F343


# Equality


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (X + Y, Y + X),
        (X * Y + X, X * (Y + 1)),
        (X ^ Y, (X | Y) & ~(X & Y)),
        (read(MEMORY, X + 1, 2), read(MEMORY, 3 + X - 2, 2)),
        (read(MEMORY, X, 2)[15:8], read(MEMORY, X + 1, 1)),
        (read(write(MEMORY, X, SMALL), X, 2), SMALL),
        (read(write(MEMORY, X, SMALL), X + 2, 2), read(MEMORY, X + 2, 2)),
        (write(write(MEMORY, X, SMALL), X + 2, SMALL), write(write(MEMORY, X + 2, SMALL), X, SMALL)),
        (write(MEMORY, X, SMALL), write(write(MEMORY, X, SMALL[7:0]), X + 1, SMALL[15:8])),
        (write(MEMORY, X, read(MEMORY, X, 2)), MEMORY),
        (ite(eq(X, Y), write(MEMORY, X, SMALL), MEMORY), write(MEMORY, X, ite(eq(Y, X), SMALL, read(MEMORY, X, 2)))),
        (ite(eq(X, Y), read(MEMORY, X, 1), SMALL[7:0]), ite(eq(X, Y), read(MEMORY, Y, 1), SMALL[7:0])),
    ],
)
def test_equal_for_all_values(one: Term, other: Term) -> None:
    assert counterexample(one, other) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (X + Y, X - Y),
        (read(MEMORY, X, 2), read(MEMORY, Y, 2)),
        (read(MEMORY, X, 1), read(MEMORY, X + 1, 1)),
        (read(write(MEMORY, X, SMALL), Y, 2), read(MEMORY, Y, 2)),
        (write(write(MEMORY, X, SMALL), X + 1, SMALL), write(write(MEMORY, X + 1, SMALL), X, SMALL)),
        (write(write(MEMORY, X, SMALL), Y, SMALL), write(write(MEMORY, Y, SMALL), X, SMALL)),
        (write(MEMORY, X, SMALL), write(MEMORY, X, SMALL[7:0])),
        (write(MEMORY, X, SMALL), MEMORY),
    ],
)
def test_different_for_some_values(one: Term, other: Term) -> None:
    assert counterexample(one, other) is not None


def test_a_counterexample_is_one() -> None:
    one, other = X ^ Y, X + Y
    values = counterexample(one, other)
    assert values is not None
    full = {X: 0, Y: 0, **values}
    assert evaluate(one, full) != evaluate(other, full)


def test_assumptions_are_used() -> None:
    assert counterexample(X, Y, [eq(X, Y)]) is None
    assert counterexample(X, Y, [eq(X, X)]) is not None


def test_the_solver_may_give_up() -> None:
    wide = [zext(v, 128) for v in (X, Y)]
    with pytest.raises(GaveUp):
        counterexample((wide[0] * wide[1])[127:64], (wide[0] * wide[1] + 1)[127:64] ^ (wide[0] & wide[1])[127:64], conflicts=1)


# P-code's operations, against arithmetic

WIDTH = 8


def carry(a: int, b: int) -> bool:
    return a + b > mask(WIDTH)


def fits(value: int) -> bool:
    return -(1 << WIDTH - 1) <= value < 1 << WIDTH - 1


def quotient(a: int, b: int) -> int:
    sign = -1 if (a < 0) != (b < 0) else 1
    return sign * (abs(a) // abs(b))


ARITHMETIC = {
    "INT_CARRY": carry,
    "INT_SCARRY": lambda a, b: not fits(signed(a, WIDTH) + signed(b, WIDTH)),
    "INT_SBORROW": lambda a, b: not fits(signed(a, WIDTH) - signed(b, WIDTH)),
    "INT_LEFT": lambda a, b: a << b,
    "INT_RIGHT": lambda a, b: a >> b,
    "INT_SRIGHT": lambda a, b: signed(a, WIDTH) >> b,
    "INT_SDIV": lambda a, b: quotient(signed(a, WIDTH), signed(b, WIDTH)) if b else None,
    "INT_SREM": lambda a, b: (
        signed(a, WIDTH) - signed(b, WIDTH) * quotient(signed(a, WIDTH), signed(b, WIDTH)) if b else None
    ),
    "INT_SLESS": lambda a, b: signed(a, WIDTH) < signed(b, WIDTH),
    "INT_LESSEQUAL": lambda a, b: a <= b,
    "INT_NOTEQUAL": lambda a, b: a != b,
    "PIECE": lambda a, b: a << WIDTH | b,
}


@pytest.mark.parametrize("name", ARITHMETIC)
def test_operations_of_two_inputs(name: str) -> None:
    a, b = Var("p", BV(WIDTH)), Var("q", BV(WIDTH))
    width = 2 * WIDTH if name == "PIECE" else WIDTH
    term = pcode.OPERATIONS[name](width, a, b)
    edges = [0, 1, 2, 7, 8, 9, 127, 128, 129, 254, 255]
    for p in edges:
        for q in edges:
            expected = ARITHMETIC[name](p, q)
            if expected is not None:
                assert evaluate(term, {a: p, b: q}) == expected & mask(width), (p, q)


@pytest.mark.parametrize("value", [0, 1, 0x80, 0xFF, 0x35])
def test_operations_that_count(value: int) -> None:
    a = Var("p", BV(WIDTH))
    assert evaluate(pcode.OPERATIONS["POPCOUNT"](8, a), {a: value}) == value.bit_count()
    assert evaluate(pcode.OPERATIONS["LZCOUNT"](8, a), {a: value}) == WIDTH - value.bit_length()


# Words


@pytest.fixture(autouse=True)
def pypcode_installed(request: pytest.FixtureRequest) -> None:
    if "without_pypcode" not in request.node.name:
        pytest.importorskip("pypcode", reason="the Python package pypcode is not installed")


def opinion(word: int) -> second_opinion.Opinion:
    decoded = decode(word)
    assert decoded is not None
    return judge(decoded.instruction.name, word)


@pytest.mark.parametrize(
    "word",
    [
        0x8B020020,  # add x0, x1, x2
        0x7A0C03E5,  # ngcs w5, w12
        0xB3531DA4,  # bfi x4, x13, #0x2d, #8
        0x9BC27C20,  # umulh x0, x1, x2
        0x1AC20C20,  # sdiv w0, w1, w2
        0xDAC01020,  # clz x0, x1
        0xDA821420,  # csneg x0, x1, x2, ne
        0xFA5F1B44,  # ccmp x26, #31, #4, ne
        0xB5000040,  # cbnz x0, ...
        0xD63F0060,  # blr x3
        0xA9BF7BFD,  # stp x29, x30, [sp, #-0x10]!
        0xB8626820,  # ldr w0, [x1, x2]
        0x4CDF2C20,  # ld1 {v0.2d-v3.2d}, [x1], #64
        0x4C9F0C20,  # st4 {v0.2d-v3.2d}, [x1], #64
        0x6EA28420,  # sub v0.4s, v1.4s, v2.4s
        0x4E423820,  # zip1 v0.8h, v1.8h, v2.8h
        0x6F820020,  # mla v0.4s, v1.4s, v2.s[0]
        0x6FACA020,  # umull2 v0.2d, v1.4s, v12.s[1]
        0x6F0705E7,  # mvni v7.4s, #0xef
    ],
)
def test_words_that_are_proved_equal(word: int) -> None:
    found = opinion(word)
    assert (found.status, found.differs, found.undecided) == (Status.EQUAL, {}, ())


@pytest.mark.parametrize(
    ("word", "why"),
    [
        (0x4E284820, "it is the operation NEON_aese"),
        (0xDAC02000, "does not know the word"),  # abs x0, x0
        (0x1E622820, "floating point"),  # fadd d0, d1, d2
    ],
)
def test_words_without_an_opinion(word: int, why: str) -> None:
    with pytest.raises(pcode.NoOpinion, match=why):
        pcode.changes(word, ADDRESS)


@pytest.mark.parametrize("name", ["x3", "n", "pc", "mem", "v5"])
def test_a_wrong_component_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    word, right = 0xAB020023, second_opinion.ours  # adds x3, x1, x2

    def wrong(word: int, address: int) -> dict[str, Term]:
        found = right(word, address)
        found[name] = write(found[name], X, SMALL) if found[name].sort is MEM else found[name] + 1
        return found

    assert opinion(word).status is Status.EQUAL
    monkeypatch.setattr(second_opinion, "ours", wrong)
    found = opinion(word)
    assert (found.status, list(found.differs), found.why, found.passes) == (Status.DIFFERS, [name], "", False)


def test_a_difference_that_the_solver_does_not_decide_is_no_equality(monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(*_: object, **__: object) -> None:
        raise GaveUp

    monkeypatch.setattr(second_opinion, "counterexample", give_up)
    found = opinion(0x8B020020)
    assert (found.status, found.passes) == (Status.GAVE_UP, False)


def test_chosen_words_have_meanings_and_differ_in_form() -> None:
    chosen = chosen_words("load_store_pair", 6)
    assert chosen == chosen_words("load_store_pair", 6)
    assert len(chosen) == 6
    assert all(verdict(word) is Verdict.DEFINED for word in chosen)
    assert chosen_words("permanently_undefined", 6) == []


# Differences


def test_a_target_says_who_is_right() -> None:
    found = opinion(LDPSW)
    assert (found.status, found.why) == (Status.DIFFERS, "load-pair-signed-word")
    with open_target("unicorn") as target:
        witness = find_witness(LDPSW, found.differs, target)
    assert witness.right is Right.ARMSYM
    assert witness.ours != witness.theirs


def test_a_target_may_agree_with_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    right = opinion_witness.predict

    def wrong(case: Case) -> Outcome:
        after, fault = right(case)
        return Outcome(after.edit(x28=after["x28"] ^ 1), fault)

    monkeypatch.setattr(opinion_witness, "predict", wrong)
    monkeypatch.setattr(
        opinion_witness, "by_other", lambda _, case, names: opinion_witness.observed(right(case).state, names)
    )
    with open_target("unicorn") as target:
        assert find_witness(LDPSW, {"x28": {}}, target).right is Right.OTHER


@pytest.mark.parametrize("issue", opinion_issues.opinion_issues(), ids=lambda issue: issue.id)
def test_no_explanation_is_stale(issue: OpinionIssue) -> None:
    if issue.id.startswith("vex-"):
        pytest.importorskip("pyvex", reason="the Python package pyvex is not installed")
    random = Random(issue.id)
    words = [e.sample(random) for _ in range(8) for e in issue.encodings]
    judged = [opinion(word) for word in words if verdict(word) is Verdict.DEFINED]
    assert any(found.why == issue.id for found in judged)


def test_an_explanation_is_about_its_words_and_components() -> None:
    assert opinion_issues.explanation(LDPSW, ["x28"]) is not None
    assert opinion_issues.explanation(LDPSW, ["x28", "sp"]) is None
    assert opinion_issues.explanation(0x8B020020, ["x0"]) is None


def test_a_malformed_explanation_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "issues.toml"
    path.write_text('[[opinion]]\nid = "a"\nencodings = []\ndiffer = ["x*"]\nevidence = "none"\n')
    with pytest.raises(BadInput, match="opinion a lacks encodings"):
        opinion_issues.opinion_issues(path)


# The command


def test_the_command_reports(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--class", "load_pair_signed_word", "--class", "logical_*", "--count", "4", "--jobs", "1"]
    assert main(arguments) == 0
    text = capsys.readouterr().out
    assert "load-pair-signed-word" in text
    assert "words" in text
    assert main([*arguments, "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["status"] for line in lines} >= {"equal", "differs"}
    assert all(line["witness"]["right"] == "armsym" for line in lines if line["status"] == "differs")


def test_an_unexplained_difference_fails_and_is_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_opinion, "explanation", lambda *_: None)
    assert main(["--class", "load_pair_signed_word", "--count", "2", "--jobs", "1"]) == 1
    text = capsys.readouterr().out
    assert "NOT EXPLAINED" in text
    assert "unicorn agrees with armsym" in text


@pytest.mark.parametrize(
    "arguments", [["--count", "0"], ["--jobs", "0"], ["--class", "nothing"], ["--class", "reserved"]]
)
def test_bad_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("armsym: ")


def test_an_absent_target() -> None:
    assert main(["--target", "qemu:/no/such/qemu"]) == 3


def test_without_pypcode_nothing_is_learnt(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def absent(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(pcode, "package_version", absent)
    pcode.version.cache_clear()
    assert main(["--class", "logical_immediate"]) == 3
    assert "pip install" in capsys.readouterr().err
    pcode.version.cache_clear()


@pytest.mark.parametrize("word", [0xD53BE045, 0xD53B2405], ids=["cntvct_el0", "rndr"])
def test_nobody_has_an_opinion_on_what_the_system_answers(word: int) -> None:
    decoded = decode(word)
    assert decoded is not None
    opinion = judge(decoded.instruction.name, word)
    assert (opinion.status, opinion.passes) == (Status.NO_OPINION, True)
