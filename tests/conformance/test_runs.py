# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Runs on targets that are the semantics themselves, made to err: what is found, and what was not run."""

from __future__ import annotations

from itertools import count

import pytest
from pretender import Pretender, adds_one, example, some_classes

import conformance.conform as conform_module
from conformance.compare import describe
from conformance.features import FEATURES
from conformance.model import predict
from conformance.report import page, records
from conformance.run import PART, Part, choose_classes, make, make_all, run
from conformance.state import Case, Fault, FaultKind, Outcome
from isa.dsl import REGISTRY
from isa.profiles import profile
from symsim.errors import ArmsymError, BadInput, NotAvailable


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
    assert (result.unexplained, result.exit_status) == (0, 3), "what a target dies of is no pass"


@pytest.mark.parametrize(("every", "note"), [(0, "no case could be made"), (1000, "fewer cases than asked for")])
def test_a_class_that_hardly_any_state_suits_comes_to_an_end(
    every: int, note: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, _ = example()
    tried = count(1)
    monkeypatch.setattr(
        "conformance.generate._cases_of",
        lambda word, random: [case] if every and next(tried) % every == 0 else [],
    )
    result = run(Pretender(), some_classes("add_sub_immediate"), 200, 1)
    row = result.rows["add_sub_immediate"]
    assert row.tests == (2 if every else 0)
    assert note in row.note


def test_classes_are_chosen_by_name_pattern_and_group() -> None:
    assert [c.name for c in choose_classes(["extract"])] == ["extract"]
    assert {c.name for c in choose_classes(["sha256_*"])} >= {"sha256_hash_update", "sha256_schedule_update_0"}
    assert {c.group for c in choose_classes(["crypto"])} == {"crypto"}
    assert all(c.kind != "unsupported" for c in choose_classes([]))
    with pytest.raises(BadInput, match=r"no instruction class is called 'add_sub_imediate'; near: .*add_sub_immediate"):
        choose_classes(["add_sub_imediate"])
    with pytest.raises(BadInput, match=r"called 'xyz'; there are base, simd, crypto, names and patterns"):
        choose_classes(["xyz"])


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
