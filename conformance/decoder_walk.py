# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A walk over the 32-bit words that compares our decoder with other people's.

    python -m conformance.decoder_walk --count 2^22 --seed 1
    python -m conformance.decoder_walk --all --out walk.jsonl     # every word; started again, it goes on

Exit statuses: 0 every disagreement is explained in known_issues.toml, 1 one is not, 2 bad input, 3 a decoder that was asked
for is not there.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from multiprocessing import Pool
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from conformance.decoder_compare import AGREEMENTS, Example, Walk, compare, sampled_words
from conformance.decoder_issues import decoder_issues
from conformance.other_decoders import DECODERS, OtherDecoder, open_decoder
from isa.decode import decoder as our_decoder
from symsim.errors import ArmsymError, BadInput, NotAvailable

ALL_WORDS = 1 << 32
CHUNK = 1 << 16
"""Words compared at once, and the most that an interrupted walk does again for each of its processes."""
ADDRESS = 0x4000_0000


class Piece(NamedTuple):
    """A part of a walk: `size` words of the sample with the seed, or without a seed of all words in order."""

    seed: int | None
    number: int
    size: int

    def words(self) -> Sequence[int]:
        if self.seed is None:
            return range(self.number * CHUNK, self.number * CHUNK + self.size)
        return sampled_words(self.seed, self.number, self.size)


def pieces(seed: int | None, count: int) -> list[Piece]:
    """The parts of a walk of `count` words."""
    return [Piece(seed, i, min(CHUNK, count - i * CHUNK)) for i in range(-(-count // CHUNK))]


_decoders: list[OtherDecoder] = []  # of a worker process


def _start_worker(names: Sequence[str]) -> None:
    _decoders[:] = [open_decoder(name) for name in names]


def _walk_piece(piece: Piece) -> tuple[Piece, Walk]:
    return piece, compare(piece.words(), ADDRESS, _decoders)


def walks(parts: Sequence[Piece], names: Sequence[str], jobs: int) -> Iterator[tuple[Piece, Walk]]:
    """The parts with what was found in them, made by `jobs` processes."""
    our_decoder(), decoder_issues()  # once, before the processes are forked
    if jobs == 1:
        _start_worker(names)
        yield from map(_walk_piece, parts)
        return
    with Pool(jobs, _start_worker, (names,)) as pool:
        yield from pool.imap(_walk_piece, parts)


class Log:
    """The file of a walk: a line that says what walk it is, then a line for each finished part."""

    def __init__(self, path: Path, head: dict[str, Any]) -> None:
        self.path, self.head = path, {"type": "walk", **head}
        self.walk = Walk()
        self.done: set[int] = set()

    def read(self) -> None:
        """Take what an earlier run has finished. Raises BadInput if the file is another walk's."""
        try:
            text = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
            # The last line of an interrupted run may be cut short.
            whole = text[: text.rfind("\n") + 1]
            if whole != text:
                self.path.write_text(whole, encoding="utf-8")
            lines = [json.loads(line) for line in whole.splitlines()]
            if lines and lines[0] != self.head:
                raise BadInput(f"{self.path}: has another walk, {lines[0]}; give another file, or remove it")
            for line in lines[1:]:
                self.walk.add(walk_of_record(line))
                self.done.add(line["number"])
        except OSError as error:
            raise BadInput(f"{self.path}: {error.strerror}") from None
        except (ValueError, KeyError, TypeError) as error:
            raise BadInput(f"{self.path}: not the lines of a walk: {error!r}; remove it") from None

    def open(self) -> TextIO:
        """The file, to append to."""
        try:
            file = self.path.open("a", encoding="utf-8")
        except OSError as error:
            raise BadInput(f"{self.path}: {error.strerror}") from None
        if file.tell() == 0:
            file.write(json.dumps(self.head) + "\n")
        return file


def record(walk: Walk, **more: Any) -> dict[str, Any]:
    """A walk as a value for JSON."""
    return {
        "type": "part",
        **more,
        "words": walk.words,
        "counts": [[*sort, n] for sort, n in sorted(walk.counts.items())],
        "examples": [[*sort, *example] for sort, found in sorted(walk.examples.items()) for example in found],
    }


def walk_of_record(line: dict[str, Any]) -> Walk:
    """The walk of its record; raises ValueError, KeyError or TypeError for another value."""
    walk = Walk(line["words"])
    for decoder, name, outcome, issue, n in line["counts"]:
        walk.counts[decoder, name, outcome, issue] = n
    for decoder, name, outcome, issue, word, ours, theirs in line["examples"]:
        walk.examples.setdefault((decoder, name, outcome, issue), []).append(Example(word, ours, theirs))
    return walk


def outcomes_table(walk: Walk, names: Sequence[str]) -> Table:
    """The outcomes by decoder and by issue."""
    total = Table(title=f"{walk.words:,} words", title_justify="left", box=SIMPLE_HEAD)
    total.add_column("outcome")
    for name in names:
        total.add_column(name, justify="right")
    counts: Counter[tuple[str, str]] = Counter()
    for (decoder, _, outcome, issue), n in walk.counts.items():
        label = AGREEMENTS.get(outcome) or (f"{outcome}: {issue}" if issue else f"{outcome}: NOT EXPLAINED")
        counts[label, decoder] += n
    for label in [*AGREEMENTS.values(), *sorted({label for label, _ in counts} - set(AGREEMENTS.values()))]:
        total.add_row(label, *[f"{counts[label, name]:,}" for name in names], style="red" if "NOT" in label else "")
    return total


def classes_table(walk: Walk, decoder: str) -> Table:
    """What came out of the words of each instruction class."""
    table = Table(title=f"classes against {decoder}", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("class", overflow="fold")
    for title in ("words", "agree", "left out", "explained", "unexplained"):
        table.add_column(title, justify="right")
    rows: dict[str, Counter[str]] = {}
    for (whose, name, outcome, issue), n in walk.counts.items():
        if whose == decoder:
            title = "left out" if outcome == "left out" else "agree" if outcome in AGREEMENTS else "explained"
            rows.setdefault(name, Counter())["unexplained" if title == "explained" and not issue else title] += n
    for name, row in sorted(rows.items()):
        cells = [row[title] for title in ("agree", "left out", "explained", "unexplained")]
        table.add_row(name, *[f"{n:,}" if n else "" for n in (row.total(), *cells)], style="red" if cells[3] else "")
    return table


def number(text: str) -> int:
    """A count of words: `4194304` or `2^22`. Raises BadInput."""
    base, power, exponent = text.partition("^")
    try:
        value = int(base, 0) ** int(exponent) if power and re.fullmatch(r"\d\d?", exponent) else int(text, 0)
    except ValueError:
        value = 0
    if not 0 < value <= ALL_WORDS:
        raise BadInput(f"{text!r} is no number of words: between 1 and 2^32, such as 2^22")
    return value


def choose(wanted: Sequence[str]) -> list[OtherDecoder]:
    """The decoders asked for; or else all that are there, with a remark about those that are not."""
    if wanted:
        return [open_decoder(name) for name in dict.fromkeys(wanted)]
    found = []
    for name in DECODERS:
        try:
            found.append(open_decoder(name))
        except NotAvailable as error:
            print(f"not run: {name}: {error}", file=sys.stderr)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m conformance.decoder_walk", description=__doc__.partition("\n")[0])
    parser.add_argument("--count", default="2^22", help="words of the sample, such as 2^22")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same words")
    parser.add_argument("--all", action="store_true", help="every word, which takes days: with --out it can be resumed")
    parser.add_argument("--decoder", action="append", default=[], help=f"one of {', '.join(DECODERS)}; may be repeated")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--out", type=Path, help="a file to keep finished parts in")
    parser.add_argument("--brief", action="store_true", help="no tables of the classes")
    parser.add_argument("--json", action="store_true", help="the result as one JSON object")
    options = parser.parse_args(arguments)
    try:
        return _run(options)
    except ArmsymError as error:
        print(f"armsym: {error}", file=sys.stderr)
        return error.exit_code


def _run(options: argparse.Namespace) -> int:
    seed, count = (None, ALL_WORDS) if options.all else (options.seed, number(options.count))
    if options.jobs < 1:
        raise BadInput(f"a walk needs at least one process, not {options.jobs}")
    others = choose(options.decoder)
    names, versions = [other.name for other in others], [other.description for other in others]
    log = Log(options.out or Path(os.devnull), {"seed": seed, "count": count, "chunk": CHUNK, "decoders": versions})
    if options.out:
        log.read()
    walk, started = log.walk, time.monotonic()
    parts = [piece for piece in pieces(seed, count) if piece.number not in log.done]
    with log.open() if options.out else nullcontext() as file:
        for piece, found in walks(parts, names, min(options.jobs, len(parts) or 1)):
            walk.add(found)
            if file is not None:
                print(json.dumps(record(found, number=piece.number)), file=file, flush=True)
            if sys.stderr.isatty():
                print(f"\r{walk.words / count:6.1%}", end="", file=sys.stderr, flush=True)
    seconds = round(time.monotonic() - started, 1)
    if options.json:
        whole = record(walk, decoders=versions, seed=seed, count=count, seconds=seconds)
        print(json.dumps(whole | {"type": "total", "unexplained": len(walk.unexplained())}))
    else:
        _show(walk, others, seed, seconds, options.brief)
    return 1 if walk.unexplained() else 0


def _show(walk: Walk, others: Sequence[OtherDecoder], seed: int | None, seconds: float, brief: bool) -> None:
    console = Console(soft_wrap=True)
    if not console.is_terminal:
        console.width = 120
    names = [other.name for other in others]
    console.print(outcomes_table(walk, names))
    for name in () if brief else names:
        console.print(classes_table(walk, name))
    for sort in walk.unexplained():
        for example in walk.examples[sort]:
            print(
                f"{sort[0]}, {sort[2]}, {sort[1]}: {example.word:#010x} is '{example.ours}', there '{example.theirs}'"
            )
    source = "all words" if seed is None else f"seed {seed}"
    print(f"{', '.join(other.description for other in others)}; {source}; {seconds} s")


if __name__ == "__main__":
    sys.exit(main())
