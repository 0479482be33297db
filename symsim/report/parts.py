# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A listing in a dozen parts that a person can take in: its basic blocks, long ones cut where few values are alive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

WANTED, MOST, SMALLEST = 8, 11, 8
_DULL = ("mov", "nop", "ret", "b")
_REACH = 0.3  # of a part: how far a cut may lie from its even place


@dataclass(frozen=True)
class Part:
    """The lines [first, end) of a listing."""

    number: int
    first: int
    end: int
    summary: str

    @property
    def size(self) -> int:
        return self.end - self.first


def parts(lines: Sequence[dict[str, Any]], edges: Sequence[Sequence[Any]]) -> list[Part]:
    """The parts of a listing with this data flow."""
    alive = _alive(lines, edges)
    starts = _leaders(lines)
    size = max(SMALLEST, -(-len(lines) // WANTED))
    cuts = sorted({*starts, *(c for a, b in _ranges(starts, len(lines)) for c in _inner_cuts(a, b, size, alive))})
    cuts = _merged(cuts, lines)
    return [
        Part(k, first, end, _summary(lines[first:end])) for k, (first, end) in enumerate(_ranges(cuts, len(lines)), 1)
    ]


def _leaders(lines: Sequence[dict[str, Any]]) -> list[int]:
    """Where basic blocks begin."""
    place = {line["address"]: k for k, line in enumerate(lines)}
    found = {0}
    for k, line in enumerate(lines):
        targets = line.get("to", ())
        found.update(place[a] for a in targets if a in place)
        if k and (targets or lines[k - 1].get("to") or line["address"] != lines[k - 1]["address"] + 4):
            found.add(k if not targets else k + 1)
        if k and lines[k - 1].get("to"):
            found.add(k)
    return sorted(k for k in found if k < len(lines))


def _ranges(starts: Sequence[int], end: int) -> Iterator[tuple[int, int]]:
    return zip(starts, (*starts[1:], end)[: len(starts)], strict=True)


def _alive(lines: Sequence[dict[str, Any]], edges: Sequence[Sequence[Any]]) -> list[int]:
    """How many values made before each line are used at it or later."""
    place = {hex(line["address"]): k for k, line in enumerate(lines)}
    last: dict[tuple[int, str], int] = {}
    for source, target, names in edges:
        if source in place and target in place and place[source] < place[target]:
            for name in names:
                key = place[source], name
                last[key] = max(last.get(key, 0), place[target])
    change = [0] * (len(lines) + 1)
    for (made, _), used in last.items():
        change[made + 1] += 1
        change[used + 1 if used < len(lines) else used] -= 1
    out, now = [], 0
    for delta in change[:-1]:
        now += delta
        out.append(now)
    return out


def _inner_cuts(first: int, end: int, size: int, alive: Sequence[int]) -> Iterator[int]:
    """Where to cut a block that is too long."""
    count = round((end - first) / size)
    for k in range(1, count):
        even = first + k * (end - first) / count
        reach = _REACH * (end - first) / count
        near = range(max(first + 1, round(even - reach)), min(end - 1, round(even + reach)) + 1)
        yield min(near, key=lambda c: (alive[c], abs(c - even)))


def _merged(cuts: list[int], lines: Sequence[dict[str, Any]]) -> list[int]:
    """Few enough parts: the smallest neighbours are put together, across the heads of loops last of all."""
    cuts = list(cuts)
    while len(cuts) > MOST:
        bounds = [*cuts, len(lines)]
        candidates = range(1, len(cuts))
        worst = min(candidates, key=lambda k: (lines[cuts[k]]["head"], bounds[k + 1] - bounds[k - 1]))
        del cuts[worst]
    return cuts


def _summary(lines: Sequence[dict[str, Any]]) -> str:
    """The instructions that a part mostly is made of."""
    counts = Counter(line["text"].partition(" ")[0] for line in lines)
    told = [(m, n) for m, n in counts.most_common() if m not in _DULL] or counts.most_common()
    return " · ".join(m if n == 1 else f"{n} {m}" for m, n in told[:4])
