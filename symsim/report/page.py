# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Static pages of results: one for each routine, and an index. A page is one file that needs no other and no network.

Names and texts come from object files and proof scripts, and are escaped like everything else that goes into a template.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from symsim.errors import BadInput
from symsim.promises import PROPERTIES
from symsim.report.kept import Account
from symsim.report.parts import parts
from symsim.report.picture import picture
from symsim.report.text import again, megabytes
from symsim.result import OPEN, PROVED, REFUTED, Result

INDEX = "index.html"
_GOALS_CHARTED = 12
_LONG_NUMBER = re.compile(r"(0x[0-9a-f]{12})[0-9a-f]{40,}([0-9a-f]{8})")
_NOT_IN_NAMES = re.compile(r"[^\w.-]")


class Report:
    """A directory of pages. Raises `BadInput` where it can't be written."""

    def __init__(self, directory: Path, has_index: bool) -> None:
        self._directory, self._has_index = directory, has_index
        self._results: list[tuple[Result, Account | None, str]] = []
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except FileExistsError:
            raise BadInput(f"{directory}: not a directory") from None
        except OSError as error:
            raise BadInput(f"{directory}: {error.strerror}") from None
        if not os.access(directory, os.W_OK | os.X_OK):
            raise BadInput(f"{directory}: no permission to write there")

    def add(self, result: Result, account: Account | None) -> Path:
        """Write the page of a routine; returns its place."""
        name = _NOT_IN_NAMES.sub("_", result.file_name().rstrip("-")) + ".html"
        self._results.append((result, account, name))
        return self._write(name, routine_page(result, account, INDEX if self._has_index else ""))

    def finish(self) -> Path | None:
        """Write the index, if there is to be one."""
        return self._write(INDEX, index_page(self._results)) if self._has_index else None

    def _write(self, name: str, page: str) -> Path:
        """Write a page, whole or not at all."""
        place = self._directory / name
        scratch = place.with_name(f".{name}.{os.getpid()}")
        try:
            scratch.write_text(page, encoding="utf-8")
            os.replace(scratch, place)
        except OSError as error:
            raise BadInput(f"{place}: {error.strerror}") from None
        finally:
            scratch.unlink(missing_ok=True)
        return place


def routine_page(result: Result, account: Account | None, index: str = "") -> str:
    """The page of one routine; `index` is the address of the index, if there is one."""
    problem = str(account["problem"]) if account and "problem" in account else ""
    told = None if account is None or problem else account
    lines: Sequence[dict[str, Any]] = told["lines"] if told else ()
    edges: Sequence[Sequence[Any]] = told["flow"]["edges"] if told else ()
    listed = parts(lines, edges)
    drawn = None
    if told and edges:
        drawn = picture(
            lines, listed, edges, _loop_frames(told, lines), [address for address, _ in told["flow"]["counts"]]
        )
    colours = {chip.name: chip.colour for chip in drawn.outputs} if drawn else {}
    reached = told["flow"]["reaches"] if told else ()
    refutation = told["refutation"] if told else None
    return _render(
        "routine.html.j2",
        r=result,
        a=told,
        problem=problem,
        index=index,
        listed=listed,
        picture=drawn,
        reaches={address: [(name, colours[name]) for name in names if name in colours] for address, names in reached},
        pairs=[[a[2:], b[2:]] for a, b, _ in edges if a.startswith("0x") and b.startswith("0x")],
        charts=_charts(told) if told else {},
        tiles=_tiles(result),
        provenance=_provenance(result),
        sections=_sections(result, told, drawn is not None),
        refutation=refutation,
        again=[line.strip() for line in again(result)] if refutation else [],
        wrong=set(refutation["wrong"]) if refutation else set(),
        script=Markup(_source("page.js")),
    )


def index_page(results: Iterable[tuple[Result, Account | None, str]]) -> str:
    """The table of all routines, in the order of their names."""
    ordered = sorted(results, key=lambda entry: entry[0].routine)
    objects = sorted({r.object for r, _, _ in ordered if r.object})
    rows = [
        {
            "r": r,
            "href": name,
            "marks": _marks(r),
            "calls": f"{r.lemmas:,}" if r.status == PROVED else "",
            "largest": f"{r.longest_lemma:,}" if r.status == PROVED else "",
            "time": f"{sum(r.seconds.values()):.1f} s",
            "memory": megabytes(r.peak_memory),
        }
        for r, _, name in ordered
    ]
    counts = [(word, sum(r.status == word for r, _, _ in ordered)) for word in (PROVED, REFUTED, OPEN)]
    return _render("index.html.j2", rows=rows, counts=counts, promises=PROPERTIES, object=", ".join(objects))


def _marks(result: Result) -> list[bool | None]:
    """Yes or no for each property; None where nothing was proved."""
    return [is_proved if result.status == PROVED else None for is_proved in result.properties().values()]


def _tiles(result: Result) -> list[tuple[str, str]]:
    """The numbers at the head of a page."""
    shown = [(f"{result.instructions:,}", "instructions")] if result.instructions else []
    total = sum(s for stage, s in result.seconds.items() if stage != "account")
    shown += [(f"{total:.1f} s", "in all"), (megabytes(result.peak_memory), "memory")]
    if result.status == PROVED:
        shown += [
            (f"{result.inferences:,}", "inferences replayed"),
            (f"{result.lemmas:,}", "SAT goals"),
            (f"{result.longest_lemma:,}", "steps, longest LRAT"),
        ]
    return shown


def _provenance(result: Result) -> list[tuple[str, str]]:
    pairs = [
        ("object", result.object),
        ("SHA-256", result.object_sha256),
        ("symbol", f"{result.symbol} at {result.address:#x}" if result.symbol else ""),
        ("certificate", result.certificate),
        ("its SHA-256", result.certificate_sha256),
        ("its size", megabytes(result.certificate_size) if result.certificate_size else ""),
        ("statement, SHA-256", result.statement_sha256),
        ("counterexample", result.counterexample),
        ("stages", ", ".join(f"{stage} {seconds:.2f} s" for stage, seconds in result.seconds.items())),
    ]
    return [(name, value) for name, value in pairs if value]


def _sections(result: Result, told: Account | None, is_drawn: bool) -> list[tuple[str, str]]:
    """The links on top: id and name of each section that is there."""
    return [
        *([("left", "What is left")] if result.status == OPEN else []),
        *([("counterexample", "Counterexample")] if told and told["refutation"] else []),
        *([("theorem", "Theorem")] if told or (result.ensures and not result.object) else []),
        *([("contract", "Contract")] if told else []),
        *([("flow", "Data flow")] if is_drawn else []),
        *([("loops", "Loops")] if told and (told["loops"] or told["unrolled"]) else []),
        *([("listing", "Listing")] if told else []),
        *([("effort", "Effort")] if told and told["lemmas"] else []),
        ("certificate", "Certificate" if result.certificate else "Object"),
    ]


def _loop_frames(told: Account | None, lines: Sequence[dict[str, Any]]) -> list[tuple[int, int, str]]:
    """The loops as (head, last address, label): to the last branch back to the head."""
    if told is None:
        return []
    labels = {loop["head"]: f"{loop['count']} rounds" for loop in told["loops"]}
    labels |= {loop["head"]: f"{loop['rounds']} rounds" for loop in told["unrolled"]}
    last: dict[int, int] = {}
    for line in lines:
        for target in line.get("to", ()):
            if target <= line["address"]:
                last[target] = max(last.get(target, 0), line["address"])
    heads = {line["address"] for line in lines if line["head"]}
    return [(head, end, labels.get(head, "loop")) for head, end in sorted(last.items()) if head in heads]


def _charts(told: Account) -> dict[str, list[dict[str, Any]]]:
    """The rows of the bar charts."""
    lemmas = list(enumerate(told["lemmas"]))
    goals = sorted(enumerate(told["goals"]), key=lambda pair: -pair[1]["lrat"])
    return {
        "time": [
            _bar(f"L{k + 1} {m['title']}", m["seconds"], f"{m['seconds']:.2f} s", f"#lemma{k}") for k, m in lemmas
        ],
        "inferences": [
            _bar(f"L{k + 1} {m['title']}", m["inferences"], f"{m['inferences']:,}", f"#lemma{k}") for k, m in lemmas
        ],
        "goals": [
            _bar(f"G{k + 1} {_short(g['goal'])}", g["lrat"], f"{g['lrat']:,}", f"#goal{k}")
            for k, g in goals[:_GOALS_CHARTED]
            if g["lrat"]
        ],
    }


def _bar(label: str, value: float, told: str, href: str) -> dict[str, Any]:
    return {"label": label, "value": value, "told": told, "href": href}


def _brief(number: re.Match[str]) -> str:
    return f"{number[1]}…{number[2]} ({(len(number[0]) - 1) // 2} bytes)"


def _short(text: str) -> str:
    """The last line of a formula, the others being what it is read with, no longer than a label."""
    lines = [line for line in text.splitlines() if not line.startswith("  ")]
    last = lines[-1] if lines else ""
    return last if len(last) <= 60 else f"{last[:60]}…"


def _render(template: str, **values: Any) -> str:
    try:
        number = version("armsym")
    except PackageNotFoundError:
        number = ""
    style = Markup(_source("style.css"))
    return _environment().get_template(template).render(style=style, version=number, **values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("symsim.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["brief"] = lambda formula: _LONG_NUMBER.sub(_brief, formula)
    environment.filters["n"] = lambda number: f"{number:.1f}".removesuffix(".0")
    return environment


@cache
def _source(name: str) -> str:
    return (Path(__file__).parent / "templates" / name).read_text(encoding="utf-8")
