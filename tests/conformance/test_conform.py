# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Conformance runs on targets that are the semantics themselves, made to err: what is found, made small, and said."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import conformance.conform as conform_module
from conformance.c_test import c_test
from conformance.case_file import mismatch_record, read_case
from conformance.compare import compare, describe, differences, in_runs, shrink
from conformance.conform import main_conform, main_replay
from conformance.features import FEATURES
from conformance.known_issues import PATH, Issue, deadly, explanation, known_issues
from conformance.model import predict
from conformance.report import page, records
from conformance.run import PART, Part, choose_classes, make, make_all, run
from conformance.state import SLOT, WINDOW_BASE, Case, Fault, FaultKind, Outcome, State
from conformance.target import Closing, TargetLost
from isa.dsl import REGISTRY
from isa.encoding import Encoding
from isa.profiles import profile
from symsim.errors import ArmsymError, BadInput, NotAvailable

ADD_X0_X1_X2 = 0x8B020020
STR_X0_X1 = 0xF9000020


def honest(case: Case) -> Outcome:
    return predict(case)


def adds_one(case: Case) -> Outcome:
    """Wrong in x3 of 64-bit additions whose x3 is odd."""
    after = predict(case)
    if case.words[-1] >> 24 != 0x8B or not case.state["x3"] & 1 or after.fault.kind is not FaultKind.NONE:
        return after
    return Outcome(after.state.edit(x3=after.state["x3"] ^ 2), after.fault)


class Pretender(Closing):
    """A target that does what a function says."""

    description = "a pretender"
    dczid = 4

    def __init__(
        self,
        behave: Callable[[Case], Outcome] = honest,
        name: str = "pretender",
        features: frozenset[str] = frozenset(f.name for f in FEATURES),
        dies_after: int = 1 << 60,
    ) -> None:
        self.behave, self.name, self.features, self.left = behave, name, features, dies_after

    def run(self, cases: Sequence[Case]) -> list[Outcome]:
        outcomes = [self.behave(case) for case in cases[: self.left]]
        self.left -= len(outcomes)
        if len(outcomes) < len(cases):
            raise TargetLost("the pretender is gone", outcomes)
        return outcomes


def some_classes(*names: str) -> list:
    return choose_classes(names or ("add_sub_immediate", "add_sub_shifted_register", "load_store_pair"))


# Runs


def test_agreement() -> None:
    result = run(Pretender(), some_classes(), 300, 1)
    assert [row.tests for row in result.rows.values()] == [100, 100, 100]
    assert (result.unexplained, result.exit_status, result.lost) == (0, 0, "")


def test_a_mismatch_is_found_where_it_is() -> None:
    result = run(Pretender(adds_one), some_classes(), 600, 1)
    wrong = {row.name for row in result.rows.values() if row.mismatches}
    assert wrong == {"add_sub_shifted_register"}
    assert result.exit_status == 1
    assert all(set(mismatch.differences) == {"x3"} for mismatch in result.mismatches)


def test_a_run_is_repeated_by_its_seed() -> None:
    one, same, other = (make(Part("bitfield", seed, 0, 50)) for seed in (1, 1, 2))
    assert one == same != other
    assert make(Part("bitfield", 1, 1, 50)) != one


def test_parts_are_the_same_from_another_process() -> None:
    parts = [Part("bitfield", 1, 0, 40), Part("bitfield", 1, 1, 40), Part("extract", 1, 0, 40)]
    assert list(make_all(parts, 2)) == list(make_all(parts, 0))


def test_a_failing_process_is_an_error() -> None:
    with pytest.raises(ArmsymError, match="making cases of"):
        list(make_all([Part("no_such_class", 1, 0, 1)], 1))


def test_a_class_is_split_in_parts() -> None:
    result = run(Pretender(), some_classes("extract"), PART + 10, 1)
    assert result.tests == PART + 10
    assert result.rows["extract"].done


def test_what_the_target_lacks_is_not_run() -> None:
    result = run(Pretender(features=frozenset()), some_classes("sha256_hash_update", "extract"), 40, 1)
    row = result.rows["sha256_hash_update"]
    assert (row.tests, row.note) == (0, "not run: the target has no FEAT_SHA256")
    assert result.rows["extract"].tests == 40
    nothing = run(Pretender(features=frozenset()), some_classes("sha256_hash_update"), 40, 1)
    assert nothing.exit_status == 3


def test_what_the_processor_lacks_has_to_be_undefined() -> None:
    a72 = profile("cortex-a72")
    names = ("sha512_hash_update_part_1", "sha256_hash_update", "extract")
    faithful = Pretender(lambda case: predict(case, a72), features=a72.features)
    result = run(faithful, some_classes(*names), 60, 1, cpu=a72)
    assert ([row.tests for row in result.rows.values()], result.exit_status) == ([20, 20, 20], 0)
    generous = run(Pretender(), some_classes(*names), 60, 1, cpu=a72)
    assert {row.name for row in generous.rows.values() if row.mismatches} == {"sha512_hash_update_part_1"}
    assert all(m.differences == {"fault": ("UNDEFINED", "NONE")} for m in generous.mismatches)


def test_a_feature_that_no_target_announces_may_be_missing() -> None:
    def undefined(case: Case) -> Outcome:
        return Outcome(case.state, Fault(FaultKind.UNDEFINED))

    classes = [c for c in choose_classes([]) if set(c.features) - {f.name for f in FEATURES}]
    if not classes:
        pytest.skip("every feature is announced")
    result = run(Pretender(undefined), classes[:1], 20, 1)
    [row] = result.rows.values()
    assert row.mismatches == 0
    assert row.not_run > 0
    assert "which targets do not announce" in row.note


def test_what_was_learnt_of_a_lost_target_is_kept() -> None:
    result = run(Pretender(dies_after=150), some_classes(), 300, 1)
    assert (result.tests, result.exit_status, result.lost) == (150, 3, "the pretender is gone")


def test_an_interrupt_keeps_what_was_learnt() -> None:
    def interrupted(case: Case) -> Outcome:
        if case.words[0] >> 24 & 0x1F == 0x0B:
            raise KeyboardInterrupt
        return predict(case)

    result = run(Pretender(interrupted), some_classes(), 300, 1)
    assert (result.rows["add_sub_immediate"].tests, result.lost, result.exit_status) == (100, "interrupted", 3)


def test_a_killer_is_reported_and_not_counted() -> None:
    def dies(case: Case) -> Outcome:
        killed = case.words[0] & 0xFF == 0
        return Outcome(case.state, Fault(FaultKind.KILLED)) if killed else predict(case)

    result = run(Pretender(dies), some_classes("add_sub_immediate"), 2000, 1)
    row = result.rows["add_sub_immediate"]
    assert row.not_run == len(result.killers) > 0
    assert row.tests + row.not_run == 2000
    assert all(case.words[0] & 0xFF == 0 for case in result.killers)


def test_classes_are_chosen_by_name_pattern_and_group() -> None:
    assert [c.name for c in choose_classes(["extract"])] == ["extract"]
    assert {c.name for c in choose_classes(["sha256_*"])} >= {"sha256_hash_update", "sha256_schedule_update_0"}
    assert {c.group for c in choose_classes(["crypto"])} == {"crypto"}
    assert all(c.kind != "unsupported" for c in choose_classes([]))
    with pytest.raises(BadInput, match=r"no instruction class is called 'add_sub_imediate'; near: .*add_sub_immediate"):
        choose_classes(["add_sub_imediate"])


# Comparison


def outcome(kind: FaultKind = FaultKind.NONE, **registers: int) -> Outcome:
    return Outcome(State.of(**registers), Fault(kind))


def test_differences() -> None:
    assert differences(outcome(x1=1), outcome(x1=1)) == {}
    assert differences(outcome(x1=1, nzcv=5), outcome(x1=3, nzcv=4)) == {"x1": ("0x1", "0x3"), "nzcv": ("nZcV", "nZcv")}
    assert differences(outcome(), outcome(FaultKind.MEMORY)) == {"fault": ("NONE", "MEMORY")}
    # After a fault only the PC counts, of a hanging case nothing.
    assert differences(outcome(FaultKind.MEMORY, x1=1), outcome(FaultKind.MEMORY)) == {}
    assert differences(outcome(FaultKind.MEMORY, pc=8), outcome(FaultKind.MEMORY, pc=4)) == {"pc": ("0x8", "0x4")}
    assert differences(outcome(FaultKind.HUNG, pc=8), outcome(FaultKind.HUNG, pc=4)) == {}


def test_memory_differs_byte_by_byte_and_is_shown_in_runs() -> None:
    ours = Outcome(State().store(WINDOW_BASE, b"abcd"), Fault(FaultKind.NONE))
    theirs = Outcome(State().store(WINDOW_BASE, b"abXY"), Fault(FaultKind.NONE))
    found = differences(ours, theirs)
    assert found == {f"[{WINDOW_BASE + 2:#x}]": ("0x63", "0x58"), f"[{WINDOW_BASE + 3:#x}]": ("0x64", "0x59")}
    assert in_runs(found) == [(f"[{WINDOW_BASE + 2:#x}]", "63 64", "58 59")]


def test_nothing_learnt_is_no_mismatch() -> None:
    case = Case((ADD_X0_X1_X2,), State())
    assert compare(case, outcome(FaultKind.KILLED)) is None
    assert compare(case, outcome(FaultKind.NOT_RUN)) is None
    assert compare(case, outcome(FaultKind.UNDEFINED)) is not None


def test_shrinking_keeps_what_matters() -> None:
    [[case, _], *_] = make(Part("add_sub_shifted_register", 5, 0, 400))
    state = case.state.edit(x3=0xFFF1, nzcv=15, pc=SLOT).store(WINDOW_BASE, b"something")
    mismatch = compare(Case((ADD_X0_X1_X2, ADD_X0_X1_X2), state), adds_one(Case((ADD_X0_X1_X2,), state)))
    assert mismatch is not None
    small = shrink(mismatch, Pretender(adds_one))
    assert small.case.words == (ADD_X0_X1_X2,)
    assert small.case.state == State.of(x3=1, sp=0)
    assert small.differences == {"x3": ("0x1", "0x3")}
    text = describe(small)
    assert "add x0, x1, x2" in text
    assert "x3 is 0x1 here, 0x3 there" in text


def test_shrinking_stays_with_what_is_accepted() -> None:
    case = Case((ADD_X0_X1_X2,), State.of(x3=7))
    mismatch = compare(case, adds_one(case))
    assert mismatch is not None
    assert shrink(mismatch, Pretender(adds_one), lambda found: found.case.state["x3"] == 7).case.state["x3"] == 7


# Known issues


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


# Files


def example() -> tuple[Case, Outcome]:
    state = State.of(x0=0x0123456789ABCDEF, x1=WINDOW_BASE + 5, v31=1 << 127, nzcv=9, fpsr=1).store(WINDOW_BASE, b"xyz")
    case = Case((STR_X0_X1,), state)
    return case, predict(case)


def test_a_case_is_read_as_it_was_written(tmp_path: Path) -> None:
    case, ours = example()
    mismatch = compare(case, Outcome(ours.state.edit(x7=1), ours.fault))
    assert mismatch is not None
    record = mismatch_record(mismatch, "pretender", 5)
    assert record["disassembly"] == ["str x0, [x1]"]
    path = tmp_path / "case.json"
    path.write_text(json.dumps(record))
    assert read_case(path) == case


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"format": "armsym-case-1"}',
        '{"format": "armsym-case-2", "words": [], "state": {}, "memory": {"bytes": ""}}',
        '{"format": "armsym-case-1", "words": ["zz"], "state": {}, "memory": {"bytes": ""}}',
        '{"format": "armsym-case-1", "words": ["0"], "state": {"x40": "0x1"}, "memory": {"bytes": ""}}',
        '{"format": "armsym-case-1", "words": [], "state": {}, "memory": {"bytes": ""}}',
        '{"format": "armsym-case-1", "words": ["0"], "state": {}, "memory": {"bytes": "00", "address": "0x0"}}',
    ],
)
def test_other_files_are_no_cases(tmp_path: Path, text: str) -> None:
    path = tmp_path / "case.json"
    path.write_text(text)
    with pytest.raises(BadInput, match=r"case\.json"):
        read_case(path)


def test_a_missing_case_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="No such file"):
        read_case(tmp_path / "absent.json")


def compiled(tmp_path: Path, case: Case, ours: Outcome) -> subprocess.CompletedProcess[str]:
    compiler, emulator = shutil.which("aarch64-linux-gnu-gcc"), shutil.which("qemu-aarch64")
    if compiler is None or emulator is None:
        pytest.skip("aarch64-linux-gnu-gcc and qemu-aarch64 are needed")
    source, program = tmp_path / "case.c", tmp_path / "case"
    source.write_text(c_test(case, ours))
    subprocess.run([compiler, "-static", "-Wall", "-Wextra", "-Werror", "-o", program, source], check=True)
    return subprocess.run([emulator, program], capture_output=True, text=True, check=False)


def test_the_c_test_agrees_with_the_semantics(tmp_path: Path) -> None:
    done = compiled(tmp_path, *example())
    assert (done.returncode, done.stdout) == (0, "the machine does what the semantics say\n")


def test_the_c_test_shows_what_differs(tmp_path: Path) -> None:
    case, ours = example()
    wrong = Outcome(ours.state.edit(x2=7, v5=1 << 64).store(WINDOW_BASE + 1, b"?"), ours.fault)
    done = compiled(tmp_path, case, wrong)
    assert done.returncode == 1
    assert "x2 is 0x0, the semantics say 0x7\n" in done.stdout
    assert "high half of v5 is 0x0, the semantics say 0x1\n" in done.stdout
    assert "byte of the window 1 is 0x79, the semantics say 0x3f\n" in done.stdout


def test_the_c_test_knows_faults(tmp_path: Path) -> None:
    case = Case((STR_X0_X1,), State.of(x1=WINDOW_BASE - 4))
    done = compiled(tmp_path, case, predict(case))
    assert done.returncode == 0, done.stdout
    done = compiled(tmp_path, case, Outcome(case.state, Fault(FaultKind.ALIGNMENT)))
    assert (done.returncode, "it ends with MEMORY, the semantics say ALIGNMENT" in done.stdout) == (1, True)


# The command


@pytest.fixture
def pretend(monkeypatch: pytest.MonkeyPatch) -> Callable[[Pretender], None]:
    return lambda target: monkeypatch.setattr(conform_module, "open_target", lambda spec: target)


def test_the_command_agrees_and_writes_lines_and_a_page(
    pretend: Callable[[Pretender], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend(Pretender())
    assert main_conform("pretender", 60, 3, ["extract", "bitfield"], out=tmp_path / "out") == 0
    shown = capsys.readouterr().out
    assert "seed 3" in shown
    assert "60 tests of 2 of 2 classes" in shown
    lines = [json.loads(line) for line in (tmp_path / "out" / "pretender.jsonl").read_text().splitlines()]
    assert [line["type"] for line in lines] == ["class", "class", "run"]
    assert (lines[-1]["tests"], lines[-1]["status"], lines[-1]["seed"]) == (60, 0, 3)
    pretend(Pretender(name="other<1>"))
    assert main_conform("other", 60, 3, ["extract"], out=tmp_path / "out") == 0
    html = (tmp_path / "out" / "index.html").read_text()
    assert "<td>bitfield</td>" in html
    assert "other&lt;1&gt;" in html
    assert "other<1>" not in html


def test_the_command_shrinks_and_writes_mismatches(
    pretend: Callable[[Pretender], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend(Pretender(adds_one))
    assert main_conform("pretender", 300, 1, ["add_sub_shifted_register"], out=tmp_path) == 1
    shown = capsys.readouterr().out
    path = tmp_path / "add_sub_shifted_register-1.json"
    assert str(path) in shown
    assert "x3 is" in shown
    case = read_case(path)
    assert case.state["x3"] == 1
    assert f"{case.words[0]:08x}" in path.with_suffix(".c").read_text()
    assert main_replay("pretender", path) == 1
    pretend(Pretender())
    assert main_replay("pretender", path) == 0
    assert "agree" in capsys.readouterr().out


def test_the_command_speaks_json(
    pretend: Callable[[Pretender], None],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    pretend(Pretender(adds_one))
    assert main_conform("pretender", 300, 1, ["add_sub_shifted_register"], json=True) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["type"] for line in lines] == ["mismatch", "class", "run"]
    assert lines[0]["differences"].keys() == {"x3"}
    assert (tmp_path / "conform-mismatches" / "add_sub_shifted_register-1.json").exists()
    assert main_replay("pretender", tmp_path / "conform-mismatches" / "add_sub_shifted_register-1.json", json=True) == 1
    [line] = capsys.readouterr().out.splitlines()
    assert json.loads(line)["status"] == 1


def test_a_mismatch_with_a_processor_is_repeated_with_it(
    pretend: Callable[[Pretender], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a72 = profile("cortex-a72+nocrypto")
    pretend(Pretender())
    assert main_conform("pretender", 20, 1, ["sha256_hash_update"], out=tmp_path, cpu=a72) == 1
    shown = capsys.readouterr().out
    assert "against cortex-a72+nocrypto, seed 1" in shown
    path = tmp_path / "sha256_hash_update-1.json"
    assert f"--target pretender --cpu cortex-a72+nocrypto --replay {path}" in shown
    assert json.loads(path.read_text())["cpu"] == "cortex-a72+nocrypto"
    assert main_replay("pretender", path, cpu=a72) == 1
    assert main_replay("pretender", path) == 0


def test_a_recorded_run_is_repeated_without_its_target(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names, file = ["extract", "add_sub_shifted_register"], tmp_path / "board"
    with monkeypatch.context() as patch:
        patch.setattr(conform_module, "open_target", lambda spec: Pretender(adds_one))
        assert main_conform("pretender", 400, 1, names, out=tmp_path / "one", record=file) == 1
        first = capsys.readouterr().out
        assert main_conform("pretender", 400, 1, names, record=file) == 2
        assert "File exists" in capsys.readouterr().err
    assert main_conform(f"replay:{file}", 400, 1, names, out=tmp_path / "two") == 1
    again = capsys.readouterr().out
    assert "recording of a pretender" in again
    mismatches = [next(line for line in text.splitlines() if " tests of 2 " in line) for text in (first, again)]
    assert [line.split("; ")[1] for line in mismatches] == [mismatches[0].split("; ")[1]] * 2
    assert main_conform(f"replay:{file}", 400, 2, ["extract"]) == 3, "other cases were not recorded"


def test_a_seed_is_drawn_and_shown(pretend: Callable[[Pretender], None], capsys: pytest.CaptureFixture[str]) -> None:
    pretend(Pretender())
    seeds = set()
    for _ in range(2):
        assert main_conform("pretender", 10, None, ["extract"], json=True) == 0
        seeds.add(json.loads(capsys.readouterr().out.splitlines()[-1])["seed"])
    assert len(seeds) == 2


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("pretender", 0), 2, "at least one test"),
        (("pretender", 10, 1, ["nothing_of_this_name"]), 2, "no instruction class is called"),
        (("abacus", 10), 2, "abacus"),
        (("replay:/nowhere/at/all", 10), 2, "/nowhere/at/all"),
        (("qemu:/nowhere/qemu", 10), 3, "/nowhere/qemu"),
    ],
)
def test_bad_input_and_absent_targets(
    arguments: tuple, status: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main_conform(*arguments) == status
    assert message in capsys.readouterr().err


def test_a_directory_that_can_not_be_made_is_said_so(
    pretend: Callable[[Pretender], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend(Pretender())
    (tmp_path / "file").write_text("")
    assert main_conform("pretender", 10, 1, ["extract"], out=tmp_path / "file" / "out") == 2
    assert "file/out" in capsys.readouterr().err


def test_lines_that_are_no_run_are_said_so(
    pretend: Callable[[Pretender], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend(Pretender())
    (tmp_path / "old.jsonl").write_text('{"type": "class"}\n')
    assert main_conform("pretender", 10, 1, ["extract"], out=tmp_path) == 2
    assert "old.jsonl" in capsys.readouterr().err


def test_a_lost_target_still_reports(pretend: Callable[[Pretender], None], capsys: pytest.CaptureFixture[str]) -> None:
    pretend(Pretender(dies_after=15))
    assert main_conform("pretender", 30, 1, ["extract", "bitfield"]) == 3
    shown = capsys.readouterr().out
    assert "15 tests" in shown or "ended early: the pretender is gone" in shown
    assert "ended early" in shown


def test_a_replay_of_what_was_not_run_is_no_pass(
    pretend: Callable[[Pretender], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case, ours = example()
    mismatch = compare(case, Outcome(ours.state.edit(x7=1), ours.fault))
    assert mismatch is not None
    (tmp_path / "case.json").write_text(json.dumps(mismatch_record(mismatch, "x", 1)))
    pretend(Pretender(lambda case: Outcome(case.state, Fault(FaultKind.NOT_RUN))))
    assert main_replay("pretender", tmp_path / "case.json") == 3
    assert "has not run it" in capsys.readouterr().out


def test_the_page_shows_what_differs_and_what_was_not_run() -> None:
    result = run(Pretender(adds_one), some_classes("add_sub_shifted_register", "extract"), 400, 1)
    result.rows["extract"].tests = 0
    html = page(list(records(result)))
    assert "of 200 differ" in html
    assert 'class="unrun"' in html


def test_unicorn_agrees_on_some_of_everything() -> None:
    try:
        target = conform_module.open_target("unicorn")
    except NotAvailable as error:
        pytest.skip(str(error))
    with target:
        result = run(target, choose_classes([]), 4 * len(REGISTRY), 11)
    assert [describe(mismatch) for mismatch in result.mismatches] == []
    assert not result.lost


def test_known_issues_lie_beside_the_code() -> None:
    assert PATH.exists()
