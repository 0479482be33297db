# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The list of known issues: well formed, and explaining no more than it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from pretender import ADD_X0_X1_X2, Pretender, adds_one, some_classes

from conformance.compare import compare
from conformance.known_issues import PATH, Issue, deadly, explanation, known_issues
from conformance.model import predict
from conformance.run import run
from conformance.state import WINDOW_BASE, Case, FaultKind, Outcome, State
from isa.encoding import Encoding
from symsim.errors import BadInput


def test_the_list_of_known_issues_is_well_formed() -> None:
    found = known_issues()
    assert all("Arm ARM" in issue.evidence or "semantics" in issue.evidence for issue in found)
    schemes = {"unicorn", "qemu", "ssh", "gdb", "replay", "capstone", "binutils", "llvm"}
    assert all(set(issue.targets) <= schemes for issue in found)
    kinds = {"", *(kind.name for kind in FaultKind)}
    assert all({issue.ours, issue.theirs} <= kinds for issue in found)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("issue = 3", "no list of issues"),
        ('[[issue]]\nid = "a"', "issue a lacks targets, encodings, evidence"),
        ('[[issue]]\nid = "a"\ncolour = 1', "issue a: there is no 'colour'"),
        ('[[issue]]\nid = "a"\ntargets = "unicorn"', "issue a: 'targets' is no list"),
        (
            '[[issue]]\nid = "a"\ntargets = ["x"]\nevidence = "e"\nencodings = ["0101"]',
            "issue a: 4 bits instead of 32",
        ),
        ("[[issue", "known.toml"),
    ],
)
def test_a_malformed_list_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "known.toml"
    path.write_text(text)
    with pytest.raises(BadInput, match=message):
        known_issues(path)


def test_two_issues_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "known.toml"
    entry = '[[issue]]\nid = "a"\ntargets = ["x"]\nevidence = "e"\nencodings = ["00000000 Rd:24"]\n'
    path.write_text(entry + entry)
    with pytest.raises(BadInput, match="two issues called a"):
        known_issues(path)


def test_an_issue_explains_only_what_it_says() -> None:
    encoding = Encoding("10001011 xx 0 Rm:5 imm6:6 Rn:5 Rd:5")
    case = Case((ADD_X0_X1_X2,), State.of(x3=1))
    mismatch = compare(case, adds_one(case))
    assert mismatch is not None

    def issue(**values: object) -> Issue:
        return Issue("a", ("unicorn",), (encoding,), "e", **values)  # type: ignore[arg-type]

    assert issue().explains(mismatch, "unicorn")
    assert issue(differ=("x*",)).explains(mismatch, "unicorn")
    assert not issue(differ=("v*", "memory")).explains(mismatch, "unicorn")
    assert not issue().explains(mismatch, "qemu")
    assert not issue(ours="MEMORY").explains(mismatch, "unicorn")
    assert not issue(theirs="UNDEFINED").explains(mismatch, "unicorn")
    assert not issue(sp_misaligned=True).explains(mismatch, "unicorn")
    assert not Issue("a", ("unicorn",), (Encoding("00000000 Rd:24"),), "e").explains(mismatch, "unicorn")


def test_the_known_wrong_comparison_of_unicorn_is_explained() -> None:
    ldsmaxb_w2_w3_x1 = 0x38224023
    state = State.of(x1=WINDOW_BASE, x2=0x80).store(WINDOW_BASE, b"\x01")
    case = Case((ldsmaxb_w2_w3_x1,), state)
    ours = predict(case)
    assert ours.state.load(WINDOW_BASE, 1) == b"\x01"
    mismatch = compare(case, Outcome(ours.state.store(WINDOW_BASE, b"\x80"), ours.fault))
    assert mismatch is not None
    assert explanation(mismatch, "unicorn").id == "unicorn-ldsmax-unsigned"  # type: ignore[union-attr]
    assert explanation(mismatch, "qemu") is None


def test_explained_mismatches_are_counted_apart_and_deadly_words_kept_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "known.toml"
    path.write_text(
        '[[issue]]\nid = "odd"\ntargets = ["pretender"]\nencodings = ["10001011 xx 0 Rm:5 imm6:6 Rn:5 Rd:5"]\n'
        'evidence = "e"\n[[issue]]\nid = "dies"\ntargets = ["pretender"]\n'
        'encodings = ["xxx 10001 xxxxxxxx imm12:6 Rn:5 xxxx0"]\nevidence = "e"\ntheirs = "KILLED"\n'
    )

    def dies(case: Case) -> Outcome:
        assert not (case.words[0] >> 24 & 0x1F == 0x11 and case.words[0] & 1 == 0)
        return adds_one(case)

    monkeypatch.setattr("conformance.known_issues.known_issues", lambda: known_issues(path))
    assert deadly(0x91000000, "pretender") is not None
    result = run(Pretender(dies, "pretender:7"), some_classes(), 1200, 1)
    assert result.exit_status == 0
    assert result.rows["add_sub_shifted_register"].explained == result.issues["odd"] > 0
    assert result.rows["add_sub_immediate"].not_run == result.issues["dies"] > 0


def test_known_issues_lie_beside_the_code() -> None:
    assert PATH.exists()


def test_pointer_authentication_explains_no_flags() -> None:
    pacia1716 = 0xD503211F
    case = Case((pacia1716,), State.of(x17=1))
    ours = predict(case)
    for name, value, explained in (("x17", 2, True), ("nzcv", 4, False), ("v3", 1, False)):
        theirs = Outcome(ours.state.edit(**{name: value}), ours.fault)
        mismatch = compare(case, theirs)
        assert mismatch is not None
        assert (explanation(mismatch, "qemu") is not None) == explained
