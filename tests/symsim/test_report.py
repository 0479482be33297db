# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Accounts and pages without a browser: what is in them, that names from outside are no markup, that no file is half-written."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from differ_accounts import EXAMPLES, HOSTILE, object_file, told

from symsim.cli import main
from symsim.errors import BadInput
from symsim.explain import one_line
from symsim.report import kept
from symsim.report.page import Report, index_page, routine_page
from symsim.report.parts import MOST, parts
from symsim.report.picture import LEFT, RIGHT, picture
from symsim.result import OPEN, PROVED, REFUTED, Result

VOID = {"meta", "link", "rect", "path", "br"}


class Page(HTMLParser):
    """The elements of a page: ids, links, texts; an error for a tag that is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.links: list[str] = []
        self.sources: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags[tag] += 1
        if values.get("id"):
            self.ids[str(values["id"])] += 1
        if tag == "a":
            self.links.append(str(values.get("href")))
        self.sources += [str(v) for k, v in attrs if k in ("src", "srcset", "data") or (k == "href" and tag == "link")]
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1] not in ("script", "style"):
            self.text += data


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(routine_page(*told("differ")))


# The account


def test_the_lemmas_of_a_proof_account_for_its_goals_and_inferences() -> None:
    result, account = told("differ")
    assert result.status == PROVED
    titles = [lemma["title"] for lemma in account["lemmas"]]
    assert titles[:4] == ["to the loop", "one round of the loop", "the invariant, by induction", "the way out of the loop"]
    assert set(result.ensures[:-1]) <= set(titles)
    used = [goal for lemma in account["lemmas"] for goal in lemma["goals"]]
    assert sorted(used) == list(range(len(account["goals"]))) and len(used) == result.lemmas
    assert max(goal["lrat"] for goal in account["goals"]) == result.longest_lemma
    assert all(lemma["seconds"] >= 0 and lemma["inferences"] > 0 for lemma in account["lemmas"])


def test_each_line_tells_what_it_does_and_which_lemmas_used_it() -> None:
    lines = told("differ").account["lines"]
    assert [line["effects"] for line in lines[3:7]] == [
        ["w5 = w5 ^ w6"],
        ["w4 = w4 | w5"],
        ["x3 = x3 - 1", "nzcv set"],
        ["taken if z != 1"],
    ]
    assert lines[7]["effects"] == ["mem[x0, 4] = w4"]
    assert [[k for k, _ in line["values"]] for line in lines[:2]] == [[0], [1, 3]]
    [[_, values], _] = lines[5]["values"]
    assert values == [["x3", "n - i - 1"]]
    assert lines[1]["goals"] and not lines[4]["goals"]  # an access needs its permission, a logical operation nothing


def test_the_invariant_of_a_loop_is_told() -> None:
    [loop] = told("differ").account["loops"]
    moving = dict(loop["moving"])
    assert (loop["count"], loop["round"], loop["first"]) == ("n", 6, 1)
    assert moving["x1"] in ("a + i", "i + a") and moving["x3"] == "n - i" and "differences(i," in moving["x4"]
    assert "x5" in loop["unknown"]


def test_the_data_flow_goes_from_inputs_to_the_output() -> None:
    flow = told("differ").account["flow"]
    edges = {(a, b): names for a, b, names in flow["edges"]}
    load_a, load_b, xor, orr, store = (hex(line["address"]) for line in (told("differ").account["lines"][k] for k in (1, 2, 3, 4, 7)))
    assert edges["in a", load_a] == [] and ("in b", load_b) in edges and ("in b", load_a) not in edges
    assert edges[load_a, xor] == ["x5"] and edges[xor, orr] == ["x5"] and edges[orr, orr] == ["x4"]
    assert edges[store, "out seen"] == ["mem"]
    reaches = dict(map(tuple, flow["reaches"]))
    assert reaches[int(orr, 16)] == ["seen"] and int(load_a, 16) + 16 not in reaches  # the counter is no part of the result


def test_a_refuted_attempt_has_an_account_too() -> None:
    result, account = told("differ_cancels")
    assert result.status == REFUTED and not account["lemmas"]
    assert account["refutation"]["promise"] == "seen has all bits in which a and b differ"
    assert "state" in account["refutation"] and account["flow"]["edges"]


def test_what_an_account_fails_with_is_told_and_costs_no_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("<b>a mistake</b>")

    monkeypatch.setattr("symsim.report.account.flows", fail)
    result, account = told.__wrapped__("differ_cancels")
    assert result.status == REFUTED and account["problem"] == "RuntimeError: <b>a mistake</b>"
    assert "&lt;b&gt;a mistake" in routine_page(result, account)


def test_what_is_no_account_is_none(tmp_path: Path) -> None:
    place = tmp_path / "account"
    assert kept.load(place) is None
    for text in ("", "{", "[]", "{}", '{"format": "armsym account 0"}'):
        place.write_text(text)
        assert kept.load(place) is None
    kept.save({"lines": []}, place)
    assert kept.load(place) == {"format": kept.FORMAT, "lines": []}
    assert list(tmp_path.iterdir()) == [place]


# Pages


def test_every_link_of_a_page_has_its_place(page: Page) -> None:
    targets = {link[1:] for link in page.links if link.startswith("#")}
    assert targets <= page.ids.keys() and all(count == 1 for count in page.ids.values())
    assert {"theorem", "contract", "flow", "loops", "listing", "effort", "certificate"} <= targets
    assert sum(re.fullmatch("a[0-9a-f]+", name) is not None for name in page.ids) == 9


def test_a_page_needs_no_other_file_and_no_network(page: Page) -> None:
    assert page.sources == ["data:,"]
    assert all(link.startswith("#") for link in page.links)
    text = routine_page(*told("differ"))
    assert not re.search(r"https?://|@import|url\(", text)


def test_a_page_says_the_theorem_in_words_and_in_logic(page: Page) -> None:
    result = told("differ").result
    for label in (*result.requires, *result.ensures):
        assert label in page.text
    assert "s.mem[seen, 4] == differences(n, mem[seen, 4], mem, a, b)" in page.text
    assert result.statement_sha256 in page.text and result.object_sha256 in page.text


def test_the_page_of_a_refutation_marks_where_the_two_part() -> None:
    text = routine_page(*told("differ_cancels"))
    page = Page(text)
    assert "counterexample" in page.ids and "effort" not in page.ids
    [marked] = re.findall(r'<div class="line mono wrong" id="a([0-9a-f]+)"', text)
    assert int(marked, 16) in told("differ_cancels").account["refutation"]["wrong"]
    assert text.count('<tr class="first">') == 1 and "initial state" in page.text


def test_a_leak_shows_two_runs_side_by_side() -> None:
    page = Page(routine_page(*told("differ_leaks")))
    assert "other secrets" in page.text and page.text.count("initial state") == 2


def test_an_attempt_without_an_account_has_a_page() -> None:
    result = Result("x/y", "x/y", status=OPEN, detail="no symbol <y>")
    page = Page(routine_page(result, None))
    assert "no symbol <y>" in page.text and page.ids.keys() == {"left", "certificate"}


def test_names_from_outside_are_inert() -> None:
    result, account = told("differ", HOSTILE)
    assert result.status == PROVED and result.symbol == HOSTILE
    hostile = replace(result, summary=HOSTILE, detail=HOSTILE, object=f"{HOSTILE}.o")
    for text in (routine_page(hostile, account), index_page([(hostile, account, 'a"b.html')])):
        assert HOSTILE not in text and "&lt;script&gt;" in text
        assert Page(text).tags["script"] <= 2
    evil = "</script><b>"
    edges = [["0x1" + evil, "0x2", ["x0"]], *account["flow"]["edges"]]
    assert evil not in routine_page(result, {**account, "flow": {**account["flow"], "edges": edges}})


def test_an_index_tells_the_status_of_each_routine() -> None:
    results = [(*told(name), f"{name}.html") for name in ("differ_leaks", "differ")]
    text = index_page(results)
    page = Page(text)
    assert [link for link in page.links if link.endswith(".html")] == ["differ_leaks.html", "differ.html"]
    assert page.text.count("✓") == 6  # all but the replay, which has not been
    assert "1" in page.text and text.count('class="pill refuted"') == 2
    for word in ("functional", "any length", "frame", "safe", "constant time", "ABI", "replayed", "largest LRAT", "memory"):
        assert word in page.text


# The picture and its parts


def line(k: int, text: str = "add x0, x0, x1", to: tuple[int, ...] = (), head: bool = False) -> dict[str, object]:
    return {"address": 4 * k, "word": 0, "text": text, "to": list(to), "head": head, "label": ""}


def test_parts_cover_a_listing_without_gaps_and_are_few() -> None:
    for count in (1, 2, 9, 100, 2000):
        found = parts([line(k) for k in range(count)], [])
        assert [p.first for p in found[1:]] == [p.end for p in found[:-1]]
        assert (found[0].first, found[-1].end) == (0, count) and len(found) <= MOST
    assert parts([], []) == []


def test_many_small_blocks_are_put_together_but_a_loop_begins_a_part() -> None:
    lines = [line(k, to=(4 * k + 8,), head=k == 61) for k in range(120)]
    found = parts(lines, [])
    assert len(found) <= MOST and 61 in [p.first for p in found]


def test_a_long_block_is_cut_where_few_values_are_alive() -> None:
    lines = [line(k) for k in range(64)]
    busy = [[hex(4 * k), hex(4 * (k + 1)), ["x1", "x2"]] for k in range(63) if (k + 1) % 16 != 3]
    assert all(p.first % 16 == 3 for p in parts(lines, busy)[1:] if p.first % 16 in (1, 2, 3, 4, 5))


def test_a_picture_of_2000_instructions_has_all_of_them_inside_their_boxes() -> None:
    lines = [line(k) for k in range(2000)]
    edges = [[hex(4 * k), hex(4 * (k + 1)), ["x0"]] for k in range(1999)]
    edges += [["in inp", "0x0", []], [hex(4 * 1999), "out ctx", ["mem"]], ["0x0", hex(4 * 1990), ["x9"]]]
    drawn = picture(lines, parts(lines, edges), edges, [(4, 7000, "64 rounds")], range(0, 8000, 4))
    assert sum(len(box.texts) for box in drawn.boxes) == 2000
    for box in drawn.boxes:
        assert max(t.x for t in box.texts) * box.scale < RIGHT - LEFT and max(t.y for t in box.texts) * box.scale < box.height
    assert [chip.name for chip in (*drawn.inputs, *drawn.outputs)] == ["inp", "ctx"]
    assert drawn.height < 1000 and drawn.loops[0].label == "64 rounds"
    assert {wire.kind for wire in drawn.wires} == {"c0", "c1", "next", "on"}


def test_a_picture_has_the_parts_in_the_order_in_which_they_are_executed() -> None:
    lines = [line(k, to=(80,) if k == 19 else ()) for k in range(60)]
    found = parts(lines, [])
    late_first = [*range(120, 240, 4), *range(0, 80, 4)]
    drawn = picture(lines, found, [["0x78", "0x0", ["x1"]], ["0x0", "0x7c", ["x2"]]], [], late_first)
    firsts = [lines[box.part.first]["address"] for box in drawn.boxes]
    assert firsts[0] >= 100 and firsts.index(0) > 0
    assert [box.is_reached for box in drawn.boxes] == sorted((box.is_reached for box in drawn.boxes), reverse=True)
    assert {wire.kind for wire in drawn.wires} <= {"next", "on", "back"} and "back" in {wire.kind for wire in drawn.wires}


# The command line


def run(*words: str) -> int:
    try:
        main(list(words))
    except SystemExit as error:
        return int(error.code or 0)
    return 0


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ARMSYM_CACHE", str(tmp_path / "cache"))
    place = tmp_path / "differ.o"
    place.write_bytes(object_file("differ"))
    return place


def test_a_report_is_written_anew_from_what_is_known(code: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("verify", str(EXAMPLES / "differ.py"), "--object", str(code), "--report")
    assert run(*asked, str(tmp_path / "one")) == 0
    assert run(*asked, str(tmp_path / "two"), "--json") == 0
    printed = capsys.readouterr().out
    [one], [two] = list((tmp_path / "one").iterdir()), list((tmp_path / "two").iterdir())
    assert one.name == two.name and Page(two.read_text()).ids == Page(one.read_text()).ids
    assert f"page         {one}" in printed
    last = printed.splitlines()[-1]
    assert last.startswith("{") and '"stored": true' in last and "account" not in last.replace('"account": ', "")


@pytest.mark.parametrize("place", ["a file", "below a file"])
def test_a_place_that_no_report_can_be_written_to(
    place: str, code: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("kept")
    target = tmp_path / "taken" if place == "a file" else tmp_path / "taken" / "report"
    assert run("verify", str(EXAMPLES / "differ.py"), "--object", str(code), "--report", str(target)) == 2
    complaint = capsys.readouterr().err
    assert complaint.count("\n") == 1 and str(target) in complaint
    assert (tmp_path / "taken").read_text() == "kept" and not (tmp_path / "cache" / "certificates").exists()


def test_a_page_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = Report(tmp_path, has_index=False)
    place = report.add(*told("differ"))
    before = place.read_bytes()

    def full(self: Path, text: str, encoding: str = "") -> None:
        self.write_bytes(text[:100].encode())
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(BadInput, match="No space left"):
        report.add(*told("differ"))
    assert place.read_bytes() == before and list(tmp_path.iterdir()) == [place]


def test_a_page_lies_in_the_directory_whatever_the_symbol_is_called(tmp_path: Path) -> None:
    result = replace(told("differ").result, symbol="../../evil")
    assert Report(tmp_path / "report", has_index=False).add(result, None).parent == tmp_path / "report"
    assert [p.name for p in tmp_path.iterdir()] == ["report"]


def test_what_is_taken_away_in_a_sum_is_written_so() -> None:
    from kernel.sorts import BV
    from kernel.term import Var

    x, y, z = (Var(name, BV(64)) for name in "xyz")
    minus = 0xFFFF_FFFF_FFFF_FFFF
    assert one_line(x + y * minus) == "x - y" and one_line(x + (y + z) * minus) == "x - (y + z)"
    assert one_line(x + y * 3) == "x + y * 3"
