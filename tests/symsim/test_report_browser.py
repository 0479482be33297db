# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Pages in headless Chromium, as a person uses them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import CHROMIUM, Browser, browser
from differ_accounts import HOSTILE, told

from symsim.report.page import Report

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium to open pages in (apt-get install chromium)")

SOURCES = {"proved": "differ", "wrong": "differ_cancels", "leak": "differ_leaks"}
VIEW = "document.querySelector('#picture').viewBox.baseVal"


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    directory = tmp_path_factory.mktemp("report")
    report = Report(directory, has_index=True)
    found = {}
    for name, source in SOURCES.items():
        found[name] = directory / f"{name}.html"
        report.add(*told(source)).rename(found[name])
    found["hostile"] = report.add(*told("differ", HOSTILE))
    index = report.finish()
    assert index is not None
    return found | {"index": index}


def view(tab: Browser) -> list[float]:
    """What part of the picture is seen: left, top, width, height."""
    return [float(n) for n in tab.run(f"[{VIEW}.x, {VIEW}.y, {VIEW}.width, {VIEW}.height]")]


@pytest.mark.parametrize("name", ["proved", "wrong", "leak", "hostile", "index"])
@pytest.mark.parametrize("width", [1280, 400])
def test_a_page_opens_without_a_complaint_and_fits(name: str, width: int, tab: Browser, pages: dict[str, Path]) -> None:
    tab.open(pages[name], width=width)
    assert tab.complaints == []
    assert [url for url in tab.requests if not url.startswith("data:")] == [pages[name].resolve().as_uri()]
    assert tab.run("document.documentElement.scrollWidth") <= width


def test_a_script_that_a_symbol_is_called_does_not_run(tab: Browser, pages: dict[str, Path]) -> None:
    tab.open(pages["hostile"])
    assert tab.run("document.querySelectorAll('script').length") == 2  # the edges and our own
    assert HOSTILE in tab.run("document.querySelector('.label').textContent")


def test_an_error_in_a_page_would_be_noticed(tab: Browser, tmp_path: Path) -> None:
    place = tmp_path / "wrong.html"
    place.write_text("<script>missing()</script>")
    tab.open(place)
    assert "missing is not defined" in tab.complaints[0]


def test_the_picture_zooms_and_moves(tab: Browser, pages: dict[str, Path]) -> None:
    tab.open(pages["proved"])
    whole = view(tab)
    tab.click(".tools button[data-key='+']")
    closer = view(tab)
    assert closer[2] < whole[2] and closer[2] / closer[3] == pytest.approx(whole[2] / whole[3], rel=0.01)
    x, y = tab.middle("#picture")
    tab.mouse("mouseWheel", x, y, deltaX=0, deltaY=-100, modifiers=2)
    wheel = view(tab)
    assert wheel[2] < closer[2]
    for kind, at in (("mousePressed", x), ("mouseMoved", x - 40), ("mouseMoved", x - 80), ("mouseReleased", x - 80)):
        tab.mouse(kind, at, y, button="left", buttons=1, clickCount=1)
    dragged = view(tab)
    assert dragged[0] > wheel[0] and dragged[2] == wheel[2]
    tab.run("document.querySelector('#picture').focus()")
    tab.key("-")
    farther = view(tab)
    assert farther[2] > dragged[2]
    tab.key("ArrowDown")
    assert view(tab)[1] > farther[1]
    tab.key("0")
    assert view(tab) == whole


def test_without_a_key_the_wheel_scrolls_the_page(tab: Browser, pages: dict[str, Path]) -> None:
    tab.open(pages["proved"])
    whole = view(tab)
    x, y = tab.middle("#picture")
    tab.mouse("mouseWheel", x, y, deltaX=0, deltaY=100)
    assert view(tab) == whole


def test_instructions_in_the_picture_lead_to_the_listing(tab: Browser, pages: dict[str, Path]) -> None:
    tab.open(pages["proved"])
    target = tab.run("document.querySelectorAll('#picture .ins a')[3].getAttribute('href')")
    tab.run("document.querySelectorAll('#picture .ins a')[3].dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}))")
    tab.run("new Promise((done) => setTimeout(done, 100))")
    assert tab.run("location.hash") == target
    assert tab.run("document.querySelector('.line.here').id") == target[1:]
    assert tab.run("document.querySelectorAll('.line.source').length") == 2  # eor has two operands
    assert tab.run("document.querySelectorAll('.line.user').length") == 1


def test_every_link_of_the_listing_works(tab: Browser, pages: dict[str, Path]) -> None:
    tab.open(pages["proved"])
    links = "[...document.querySelectorAll('a[href^=\"#\"]')]"
    assert tab.run(f"{links}.filter((a) => !document.querySelector(a.getAttribute('href'))).length") == 0 < tab.run(f"{links}.length")
    tab.run("document.querySelector('.line dl a[href^=\"#goal\"]').click()")
    tab.run("new Promise((done) => setTimeout(done, 100))")
    assert tab.run("document.querySelector('#goals').open && location.hash.startsWith('#goal')")
    tab.open(pages["proved"])
    tab.click(".line a[href^='#lemma']")
    assert tab.run("location.hash").startswith("#lemma")


def test_a_part_that_is_chosen_shows_its_own_lines_alone(tab: Browser, pages: dict[str, Path]) -> None:
    tab.open(pages["proved"])
    tab.click("#box1 .no")
    lit = "document.querySelectorAll('#picture .wire.lit').length"
    assert 0 < tab.run(lit) < tab.run("document.querySelectorAll('#picture .wire').length")
    tab.click("#box1 .no")
    assert tab.run(lit) == 0 or not tab.run("document.querySelector('#picture').classList.contains('chosen')")


def test_the_step_where_two_runs_part_leads_to_its_line(tab: Browser, pages: dict[str, Path]) -> None:
    for name in ("wrong", "leak"):
        tab.open(pages[name])
        tab.click("tr.first a")
        tab.run("new Promise((done) => setTimeout(done, 100))")
        assert tab.run("document.querySelector('.line.wrong').id") == tab.run("location.hash")[1:]


def test_a_dark_page_is_dark(tab: Browser, pages: dict[str, Path]) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    tab.open(pages["proved"], scheme="dark")
    dark = tab.run(paper)
    tab.open(pages["proved"])
    assert dark != tab.run(paper)
