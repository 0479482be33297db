# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What the checker prints: the statement, whole and unmistakable, and the command around it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from certificates import STATE, a, by_hand, certificate, mixed, pack, s, seal, unpack

from kernel import replay
from kernel.ops import app, eq, number, proj, tuple_
from kernel.replay import main
from kernel.rules import ASSUME, REFL
from kernel.sorts import BOOL, BV, TupleSort
from kernel.term import Term, Var
from kernel.theory import DECLARE, DEFINE, DEFINE_PROGRAM

ABOUT = {
    "title": "Mixed",
    "components": ["pc", "count"],
    "labels": {"hyps": ["a is allowed", "x is small", "s is at 8"], "concl": ["chosen", "stepped", "small"]},
}


Show = Callable[..., str]


@pytest.fixture
def shown(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Show:
    """Check a certificate with the command, and take what it prints; its lines are 100 wide."""
    monkeypatch.setenv("COLUMNS", "100")

    def run(data: bytes, *options: str, status: int = 0) -> str:
        path = tmp_path / "c.cert"
        path.write_bytes(data)
        assert main([str(path), *options]) == status
        return capsys.readouterr().out

    return run


def about(term: Term) -> bytes:
    """A certificate that prints the term."""
    return certificate(REFL(term))


def test_prints_the_statement(shown: Show) -> None:
    text = shown(certificate(mixed(), ABOUT))
    expected = """
  about (the certificate's own words, like all labels; unchecked)
    title: Mixed
  for all
    a : (BV 64)  s : Tuple1  x : (BV 8)  y : (BV 8)  z : (BV 8)
  if
    1. a is allowed
        (allowed a)
    2. x is small
        (bvult x #x09)
    3. s is at 8
        (= (pc s) (bvadd a #x0000000000000008))
  then
    1. chosen
        (= (choice (twice x) y z) (bvxor z (bvand (twice x) (bvxor y z))))
    2. stepped
        (= (steps a s) (tuple (bvadd a #x0000000000000004) (bvadd (count s) #x01)))
    3. small
        (bvule x #x08)
  where
"""
    assert text.split("\n", 1)[0].endswith("c.cert: accepted")
    assert expected in text
    for line in (
        "    allowed (BV 64) : Bool (nothing is known of it)",
        "    choice (x (BV 8)) (y (BV 8)) (z (BV 8)) : (BV 8)\n        (bvxor (bvand x y) (bvand (bvnot x) z))",
        "    twice (x (BV 8)) : (BV 8)\n      at 0\n        #x00\n      at x + 1, r being the value at x\n",
        "    steps (a (BV 64)) (s Tuple1) : Tuple1 (2 addresses, 0x4 to 0x8) (11 terms)",
        "    Tuple1 = (BV 64), (BV 8)",
        "    proj 0 = pc  proj 1 = count",
        "    oracles: none; hypotheses: 1",
    ):
        assert line in text


def test_labels_that_do_not_fit_are_left_out(shown: Show) -> None:
    text = shown(certificate(mixed(), {"labels": {"hyps": ["one"], "concl": ["1", "2"]}}))
    assert "    1. one\n        (and" in text
    assert "  then\n    1.  (=" in text
    assert "    3.  (bvule x #x08)" in text


@pytest.mark.parametrize(
    "odd", [{"labels": 3}, {"labels": {"hyps": 3}}, {"components": {"x": 1}}, {"components": [1, 2]}]
)
def test_odd_descriptions_do_no_harm(shown: Show, odd: dict[str, object]) -> None:
    assert "(_ proj 0) s" in shown(certificate(mixed(), odd))


def test_nested_descriptions_are_shown_or_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for depth in range(50, 3_000, 50):
        lines = unpack(about(Var("x", BV(8))))
        lines[1] = 'A {"x": ' + "[" * depth + "1e999, NaN" + "]" * depth + "}"
        (tmp_path / "c.cert").write_bytes(pack(seal(lines)))
        assert main([str(tmp_path / "c.cert")]) == main([str(tmp_path / "c.cert"), "--json"])
    assert "NaN" not in capsys.readouterr().out.replace("'NaN'", "").replace('"NaN"', "")


def test_implications_are_premises(shown: Show) -> None:
    lines = ["S Bool", "T var p 0", "T var q 0", "T => 1 0", "T => 0 2", "Q 3"]
    proof = ["I ASSUME 0", "I DISCH 0 1", "I DISCH 1 0", "E 2"]
    assert "  if\n    1.  p\n    2.  q\n  then\n    1.  p\n" in shown(by_hand(lines, proof))


def test_shared_subterms_are_named_once(shown: Show) -> None:
    x = Var("x", BV(8))
    for _ in range(30):
        x = (x * 3) ^ (x * 5)
    text = shown(about(x), "--full")
    assert text.count("let ?1 = (bvmul") + text.count("let ?1 = (bvxor") == 1
    assert len(text) < 5_000


def test_large_terms_are_folded(shown: Show) -> None:
    x = Var("x", BV(32))
    for i in range(200):
        x = x + number(i, 32) * x
    folded, full = shown(about(x)), shown(about(x), "--full")
    assert "…)" in folded
    assert "terms; --full prints them" in folded
    assert "…" not in full
    assert len(folded.split("\n")) < 150 < len(full.split("\n"))


def test_deep_terms_are_printed_flat(shown: Show) -> None:
    x = Var("x", BV(8))
    for _ in range(5_000):
        x = ~x
    text = shown(about(x), "--full")
    assert max(map(len, text.split("\n"))) <= 110


def test_wide_terms_are_wrapped(shown: Show) -> None:
    text = shown(about(tuple_(*[Var(f"component{i}", BV(64)) for i in range(70)])))
    assert max(map(len, text.split("\n"))) <= 100


def test_names_can_not_be_mistaken(shown: Show) -> None:
    x, wide = Var("x", BV(8)), Var("x", BV(64))
    DEFINE("bvadd", [x], ~x)
    DECLARE("(and", [BV(64)], BV(8))
    DECLARE("v", [], BV(8))
    DECLARE("\x1b[1m|\u202e", [], BV(8))
    parts = [
        app("bvadd", BV(8), x),
        app("(and", BV(8), wide),
        app("v", BV(8)),
        Var("v", BV(8)),
        app("\x1b[1m|\u202e", BV(8)),
    ]
    text = shown(about(tuple_(*parts)))
    assert "(|bvadd| (as x (BV 8)))" in text
    assert "(|(and| (as x (BV 64)))" in text
    assert " v (as v (BV 8)) " in text
    assert r"|\x1b[1m\|\u202e|" in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_descriptions_can_not_move_the_cursor(shown: Show) -> None:
    text = shown(certificate(REFL(Var("x", BV(8))), {"title": "\x1b[2Jproved\r\n", "\u202e": "x"}))
    assert r"title: \x1b[2Jproved\r\n" in text
    assert r"\u202e: x" in text


def test_a_component_does_not_take_a_constants_name(shown: Show) -> None:
    s = Var("s", TupleSort(BV(8), BV(8), BV(8)))
    DECLARE("first", [s.sort], BV(8))
    parts = tuple_(app("first", BV(8), s), *[proj(s, i) for i in range(3)])
    text = shown(certificate(REFL(parts), {"components": ["first", "bvadd", "third"]}))
    assert "(tuple (first s) ((_ proj 0) s) ((_ proj 1) s) (third s))" in text


def test_meanings_of_instructions_are_counted(shown: Show) -> None:
    for i in range(3):
        DEFINE(f"insn_{i}", [s], tuple_(proj(s, 0) + i, proj(s, 1)))
    transitions = {4 * i: app(f"insn_{i}", STATE, s) for i in range(3)}
    thm = DEFINE_PROGRAM("program_of_three", a, s, 0, transitions)[4]
    text = shown(certificate(thm))
    assert "    program_of_three (a (BV 64)) (s Tuple1) : Tuple1 (3 addresses, 0x0 to 0x8) (4 terms)\n" in text
    assert "    insn_1 (s Tuple1) : Tuple1\n" in text
    assert "    insn_2 (s Tuple1) : Tuple1\n" not in text
    assert "    2 meanings of instructions, insn_…, 12 terms" in text
    full = shown(certificate(thm), "--full")
    assert "    insn_2 (s Tuple1) : Tuple1\n        (tuple" in full
    assert "      at 0x8\n        (insn_2 s)" in full


def test_definitions_are_followed(shown: Show) -> None:
    x = Var("x", BV(8))
    inner = DEFINE("inner", [x], x + 1).lhs
    outer = DEFINE("outer", [x], inner).lhs
    DEFINE("stranger", [x], x)
    text = shown(about(outer))
    assert "    inner (x (BV 8))" in text
    assert "stranger" not in text


def test_hypotheses_of_the_statement_are_shown(shown: Show) -> None:
    p = Var("p", BOOL)
    text = shown(certificate(ASSUME(eq(p, p))))
    assert "  if\n    1.  (= p p)\n  then\n    1.  (= p p)\n" in text
    assert "hypotheses: 1" in text


def test_json(shown: Show) -> None:
    result = json.loads(shown(certificate(mixed(), ABOUT), "--json"))
    assert result["accepted"] is True
    assert result["about"]["title"] == "Mixed"
    assert result["oracles"] == []
    assert result["rules"]["BLAST"] == 1
    assert result["premises"][1] == {"label": "x is small", "term": "(bvult x #x09)"}
    assert result["conclusion"][2] == {"label": "small", "term": "(bvule x #x08)"}
    assert {d["name"]: d["kind"] for d in result["definitions"]} == {
        "allowed": "DECLARE",
        "choice": "DEFINE",
        "twice": "DEFINE_REC",
        "steps": "DEFINE_PROGRAM",
    }
    assert len(result["statement_sha256"]) == 64


def test_json_of_a_refusal(shown: Show) -> None:
    result = json.loads(shown(pack(unpack(certificate(mixed()))[:-1]), "--json", status=1))
    assert result["accepted"] is False
    assert "the file ends where" in result["reason"]
    assert "conclusion" not in result


def test_exit_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.write_bytes(about(Var("x", BV(8))))
    bad.write_bytes(b"bad")
    assert main([str(good), str(good)]) == 0
    assert main([str(bad), str(good)]) == 1
    assert main([str(good), str(tmp_path / "none"), str(bad)]) == 2
    assert main([str(tmp_path)]) == 2
    out = capsys.readouterr().out
    assert "none: No such file or directory" in out
    assert "bad: refused: line 0: not a zlib stream" in out
    with pytest.raises(SystemExit) as caught:
        main([])
    assert caught.value.code == 2


@pytest.mark.parametrize("how", [["-m", "kernel.replay"], ["-I", replay.__file__]])
def test_runs_by_itself(tmp_path: Path, how: list[str]) -> None:
    path = tmp_path / "c.cert"
    path.write_bytes(certificate(mixed(), ABOUT))
    environment = {"PATH": "", "PYTHONIOENCODING": "ascii", "PYTHONPATH": str(Path(replay.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, *how, str(path)], capture_output=True, env=environment, check=False, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "accepted" in done.stdout
