# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A second opinion on the semantics, for all inputs: is what Ghidra's P-code says about a word equal to what isa/ says? Where
P-code says nothing, Valgrind's VEX is asked, if pyvex is there.

    python -m conformance.second_opinion                      # some words of every class
    python -m conformance.second_opinion --class 'add_*' --target qemu

One word at a time, each component of the state is proved equal by SAT, or a state is found for which it differs; such
states are run on a target to see who is right. Exit statuses: 0 every difference is explained in known_issues.toml,
1 one is not, or the solver gave up, 2 bad input, 3 pypcode or the target is not there.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from itertools import islice
from multiprocessing import Pool
from random import Random
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from conformance import pcode, vex
from conformance.equality import GaveUp, counterexample
from conformance.generate import words
from conformance.model import step
from conformance.opinion_issues import explanation, opinion_issues
from conformance.opinion_witness import Right, Witness, find_witness
from conformance.run import choose_classes
from conformance.target import Target, open_target
from isa.decode import disassemble
from isa.dsl import REGISTRY, Unpredictable
from isa.meaning import meaning
from isa.state import INDEX, VARIABLES
from isa.verdict import Verdict, verdict
from kernel.ops import number, zext
from kernel.term import Term, substitute
from symsim.errors import ArmsymError, BadInput

ADDRESS = 0x10_0000_8000
"""Where a word lies; P-code speaks of one address at a time."""
LIFTERS = {"P-code": pcode.changes, "VEX": vex.changes}
CONFLICTS = {"P-code": 200_000, "VEX": 20_000}
"""After so many the solver gives up. It does on some of VEX's sums and shifts, which are not worth the time."""
TRIED = 200
"""Words of a class that are looked at for forms that are not among the chosen ones."""


class Status(StrEnum):
    """What came out for a word."""

    EQUAL = "equal"
    DIFFERS = "differs"
    GAVE_UP = "gave up"
    NO_OPINION = "no opinion"


@dataclass
class Opinion:
    """What came out for a word, `by` whom; `why` is the reason for no opinion, or the issue that explains a difference.

    `differs` has the components that differ, each with values of variables for which it does; `undecided` those on
    which the solver gave up. `witness` is what a target says about the difference.
    """

    name: str
    word: int
    text: str
    status: Status
    why: str = ""
    differs: dict[str, dict[str, int]] = field(default_factory=dict)
    undecided: tuple[str, ...] = ()
    witness: Witness | None = None
    by: str = "P-code"

    @property
    def passes(self) -> bool:
        """Whether it leaves no question about the semantics."""
        if self.status is Status.DIFFERS:
            return bool(self.why) and (self.witness is None or self.witness.right is not Right.OTHER)
        return self.status is not Status.GAVE_UP


def chosen_words(name: str, count: int) -> list[int]:
    """Words of a class with a meaning, of as many forms as there are: `count` at most, the same ones every time."""
    found: dict[str, int] = {}
    for word in islice(words(REGISTRY[name], Random(name)), TRIED):
        form = re.sub(r"\b0x[0-9a-f]+|(?<![a-z])\d+\b|(?<=\b[a-z])\d+", "N", disassemble(word, ADDRESS))
        if len(found) < count and form not in found and verdict(word) is Verdict.DEFINED:
            found[form] = word
    return list(found.values())


def ours(word: int, address: int) -> dict[str, Term]:
    """The components that P-code has, too, after the word at the address by isa/; a flag is a byte."""
    after, here = meaning(word), {VARIABLES[INDEX["pc"]]: number(address, 64)}
    found = {}
    for name in pcode.COMPARED:
        term = substitute(after.get(INDEX[name], VARIABLES[INDEX[name]]), here)
        found[name] = zext(term, 8) if name in pcode.FLAGS else term
    return found


def judge(name: str, word: int) -> Opinion:
    """Compare the meaning of a word of the class with P-code's, or with VEX's where P-code has none and VEX is there."""
    opinion = judge_by("P-code", name, word)
    if opinion.status is not Status.NO_OPINION or not vex.is_there():
        return opinion
    other = judge_by("VEX", name, word)
    if other.status is Status.GAVE_UP:
        opinion.why = "P-code has none, and the solver gives up on VEX's"
        return opinion
    return opinion if other.status is Status.NO_OPINION else other


def judge_by(whom: str, name: str, word: int) -> Opinion:
    """Compare the meaning of a word of the class with another's."""
    opinion = Opinion(name, word, disassemble(word, ADDRESS), Status.EQUAL, by=whom)
    try:
        theirs = LIFTERS[whom](word, ADDRESS)
        step(word)
    except (pcode.NoOpinion, Unpredictable) as why:
        opinion.status, opinion.why = Status.NO_OPINION, str(why)
        return opinion
    for component, mine in ours(word, ADDRESS).items():
        if component not in theirs:
            continue
        try:
            values = counterexample(mine, theirs[component], conflicts=CONFLICTS[whom])
        except GaveUp:
            opinion.undecided += (component,)
        else:
            if values is not None:
                opinion.differs[component] = {str(x): v for x, v in values.items()}
    if opinion.differs:
        issue = explanation(word, opinion.differs, whom)
        opinion.status, opinion.why = Status.DIFFERS, issue.id if issue else ""
    elif opinion.undecided:
        opinion.status = Status.GAVE_UP
    return opinion


def _judge_class(task: tuple[str, int]) -> list[Opinion]:
    name, count = task
    return [judge(name, word) for word in chosen_words(name, count)]


def opinions(names: Sequence[str], count: int, jobs: int) -> Iterator[Opinion]:
    """Opinions on words of the classes, `count` of each at most, made by `jobs` processes."""
    pcode.version(), opinion_issues()  # what they raise is not for a process of the pool
    tasks = [(name, count) for name in names]
    if jobs == 1:
        for task in tasks:
            yield from _judge_class(task)
        return
    with Pool(jobs) as pool:
        for found in pool.imap(_judge_class, tasks):
            yield from found


def with_witnesses(found: Iterable[Opinion], target: Target) -> Iterator[Opinion]:
    """The opinions, differences with what the target says about them."""
    for opinion in found:
        if opinion.status is Status.DIFFERS:
            opinion.witness = find_witness(opinion.word, opinion.differs, target, LIFTERS[opinion.by])
        yield opinion


def tables(found: Sequence[Opinion], target: str) -> Iterator[Table]:
    """The opinions by class, the differences by issue, and why there is no opinion."""
    by_class = _table("second opinion by class", "class", *Status)
    for name in dict.fromkeys(opinion.name for opinion in found):
        counts = Counter(opinion.status for opinion in found if opinion.name == name)
        by_class.add_row(name, *[f"{counts[status]:,}" if counts[status] else "" for status in Status])
    total = Counter(opinion.status for opinion in found)
    by_class.add_row("all", *[f"{total[status]:,}" for status in Status], style="bold")
    for whom in LIFTERS:
        its = Counter(opinion.status for opinion in found if opinion.by == whom)
        by_class.add_row(f"of these by {whom}", *[f"{its[status]:,}" for status in Status])
    yield by_class
    differing = [opinion for opinion in found if opinion.status is Status.DIFFERS]
    if differing:
        by_issue = _table(f"differences, and with whom {target} agrees", "issue", "words", *Right)
        for issue in sorted({opinion.why for opinion in differing}):
            rights = [o.witness.right if o.witness else Right.UNKNOWN for o in differing if o.why == issue]
            cells = [f"{rights.count(right):,}" if right in rights else "" for right in Right]
            by_issue.add_row(issue or "NOT EXPLAINED", f"{len(rights):,}", *cells, style="" if issue else "red")
        yield by_issue
    reasons = Counter(opinion.why for opinion in found if opinion.status is Status.NO_OPINION)
    if reasons:
        why = _table("no opinion", "reason", "words")
        for reason, n in reasons.most_common():
            why.add_row(reason, f"{n:,}")
        yield why


def _table(title: str, first: str, *others: str) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    table.add_column(first, overflow="fold")
    for other in others:
        table.add_column(str(other), justify="right")
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m conformance.second_opinion", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--class", dest="classes", action="append", default=[], help="a class, pattern or group")
    parser.add_argument("--count", type=int, default=40, help="words of a class, each of another form")
    parser.add_argument("--target", default="unicorn", help="who decides about differences, such as unicorn or qemu")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--json", action="store_true", help="one JSON object a word")
    options = parser.parse_args(arguments)
    try:
        if options.count < 1 or options.jobs < 1:
            raise BadInput("--count and --jobs are at least 1")
        names = [c.name for c in choose_classes(options.classes) if c.kind == "instruction"]
        if not names:
            raise BadInput("none of these classes has a meaning to compare")
        started = time.monotonic()
        with open_target(options.target) as target:
            found = list(with_witnesses(opinions(names, options.count, options.jobs), target))
    except ArmsymError as error:
        print(f"armsym: {error}", file=sys.stderr)
        return error.exit_code
    if options.json:
        for opinion in found:
            print(json.dumps(_record(opinion)))
    else:
        _show(found, options.target, time.monotonic() - started)
    return 0 if all(opinion.passes for opinion in found) else 1


def _record(opinion: Opinion) -> dict[str, Any]:
    return {"type": "opinion", "passes": opinion.passes, **asdict(opinion), "word": f"{opinion.word:08x}"}


def _show(found: Sequence[Opinion], target: str, seconds: float) -> None:
    console = Console(soft_wrap=True)
    if not console.is_terminal:
        console.width = 120
    for table in tables(found, target):
        console.print(table)
    for opinion in found:
        if not opinion.passes:
            print(
                f"{opinion.word:#010x} {opinion.text}: {opinion.status} in {', '.join(opinion.differs or opinion.undecided)}"
            )
            if opinion.witness and opinion.witness.state:
                w = opinion.witness
                print(f"    from {w.state}\n    ours {w.ours}; {opinion.by} {w.theirs}; {target} agrees with {w.right}")
    others = vex.version() if vex.is_there() else "no pyvex"
    print(f"{pcode.version()}, {others}, {len(found):,} words, {seconds:.1f} s")


if __name__ == "__main__":
    sys.exit(main())
