# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The data flow as a picture: inputs on top, the parts of the listing as boxes below each other, outputs at the bottom.

An input is a line on the left that feeds the parts that use it, an output one on the right; values from part to part are arcs on the
right. In each box are its instructions, too small to read until one zooms in. Lengths are in units of the picture.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from symsim.report.parts import Part

WIDTH = 1000
LEFT, RIGHT = 230, 740
_CHIP, _CHIPS_A_ROW = 26, 6
_HEAD, _GAP, _LANE = 26, 15, 13
_LINE, _CHARACTER = 12, 6.1  # of the small text, before it is made small
_COLOURS = 6


@dataclass(frozen=True)
class Chip:
    """An input or output."""

    name: str
    x: float
    y: float
    width: float
    colour: int


@dataclass(frozen=True)
class Wire:
    """A line from or to a part; `weight` is the number of values that it stands for."""

    path: str
    title: str
    width: float
    kind: str
    ends: str
    """The parts and chips that it joins, as class names."""


@dataclass(frozen=True)
class Text:
    """A small instruction, at its place in the box."""

    x: float
    y: float
    text: str
    address: int


@dataclass
class Box:
    """A part as it is drawn."""

    part: Part
    y: float
    height: float
    scale: float
    texts: list[Text]
    is_reached: bool


@dataclass(frozen=True)
class Loop:
    """A frame around the parts of a loop."""

    y: float
    height: float
    inset: float
    label: str


@dataclass
class Picture:
    """What is drawn."""

    height: float
    inputs: list[Chip]
    outputs: list[Chip]
    boxes: list[Box]
    wires: list[Wire] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)


def picture(
    lines: Sequence[dict[str, Any]],
    listed: Sequence[Part],
    edges: Sequence[Sequence[Any]],
    loops: Sequence[tuple[int, int, str]],
    order: Sequence[int],
) -> Picture:
    """The picture of a listing in parts; `loops` are (head, last address, label), `order` the addresses as they were first executed.

    Parts are drawn in that order, those that were not reached at the end."""
    part_of = {hex(lines[k]["address"]): p for p in listed for k in range(p.first, p.end)}
    inward, between, outward = _weights(edges, part_of)
    names_in = _ordered(inward)
    names_out = _ordered(outward)
    top = 12 + _CHIP * math.ceil(len(names_in) / _CHIPS_A_ROW) + 26
    first = {address: k for k, address in enumerate(order)}
    reached = {
        p: min((first[a] for k in range(p.first, p.end) if (a := lines[k]["address"]) in first), default=None)
        for p in listed
    }
    boxes = _boxes(lines, reached, top)
    bottom = boxes[-1].y + boxes[-1].height + 30 if boxes else top
    colours = {name: k % _COLOURS for k, name in enumerate(dict.fromkeys((*names_in, *names_out)))}
    rows = math.ceil(len(names_out) / _CHIPS_A_ROW)
    out = Picture(bottom + _CHIP * rows + 12, _chips(names_in, 12, colours), _chips(names_out, bottom, colours), boxes)
    by_number = {b.part.number: b for b in boxes}
    _wire_inputs(out, inward, by_number, top)
    _wire_outputs(out, outward, by_number, bottom)
    _wire_parts(out, between, by_number)
    for head, last, label in loops:
        inside = [
            b for b in boxes if lines[b.part.end - 1]["address"] >= head and lines[b.part.first]["address"] <= last
        ]
        if inside:
            depth = sum(1 for h, end, _ in loops if h <= head and end >= last) - 1
            y, end = inside[0].y - 7 + 2 * depth, inside[-1].y + inside[-1].height + 7 - 2 * depth
            out.loops.append(Loop(y, end - y, 4 * depth, label))
    return out


Weights = dict[tuple[Any, Any], set[tuple[str, str]]]


def _weights(edges: Sequence[Sequence[Any]], part_of: dict[str, Part]) -> tuple[Weights, Weights, Weights]:
    """The values that go from inputs to parts, from part to part, from parts to outputs."""
    inward: Weights = {}
    between: Weights = {}
    outward: Weights = {}
    for source, target, names in edges:
        if source.startswith("in ") and target in part_of:
            inward.setdefault((source[3:], part_of[target].number), set()).add((target, ""))
        elif target.startswith("out ") and source in part_of:
            outward.setdefault((part_of[source].number, target[4:]), set()).update((source, n) for n in names)
        elif source in part_of and target in part_of and part_of[source] is not part_of[target]:
            ends = part_of[source].number, part_of[target].number
            between.setdefault(ends, set()).update((source, n) for n in names)
    return inward, between, outward


def _ordered(weights: Weights) -> list[str]:
    """Inputs or outputs: memory and arguments, and what is only saved and restored at the end."""
    names = dict.fromkeys(name for pair in weights for name in pair if isinstance(name, str))
    return sorted(names, key=lambda n: (n.startswith("the caller"), n == "constants", n))


def _chips(names: Sequence[str], y: float, colours: dict[str, int]) -> list[Chip]:
    chips = []
    for start in range(0, len(names), _CHIPS_A_ROW):
        row = names[start : start + _CHIPS_A_ROW]
        widths = [min(26 + 7.2 * len(n), 230) for n in row]
        x = (LEFT + RIGHT) / 2 - (sum(widths) + 10 * (len(row) - 1)) / 2
        for name, width in zip(row, widths, strict=True):
            chips.append(Chip(name, x, y + _CHIP * (start // _CHIPS_A_ROW), width, colours[name]))
            x += width + 10
    return chips


def _boxes(lines: Sequence[dict[str, Any]], reached: Mapping[Part, int | None], y: float) -> list[Box]:
    boxes = []
    largest = max((p.size for p in reached), default=1)
    for p, first in sorted(reached.items(), key=lambda item: (item[1] is None, item[1], item[0].number)):
        body = 10 + 28 * math.sqrt(p.size / largest)
        column = _CHARACTER * max(len(line["text"]) for line in lines[p.first : p.end]) + 24
        columns, scale = _fit(p.size, column, RIGHT - LEFT - 24, body)
        rows = math.ceil(p.size / columns)
        texts = [
            Text(
                column * (k // rows), _LINE * (k % rows) + 9, lines[p.first + k]["text"], lines[p.first + k]["address"]
            )
            for k in range(p.size)
        ]
        boxes.append(Box(p, y, _HEAD + body + 8, scale, texts, first is not None))
        y += _HEAD + body + 8 + _GAP
    return boxes


def _fit(count: int, column: float, width: float, height: float) -> tuple[int, float]:
    """The number of columns in which that many lines can be largest, and their scale."""
    return max(
        ((c, min(0.85, height / (_LINE * math.ceil(count / c)), width / (column * c))) for c in range(1, count + 1)),
        key=lambda fit: fit[1],
    )


def _wire_inputs(out: Picture, weights: Weights, boxes: dict[int, Box], top: float) -> None:
    """A line down the left for each input, with a branch to each part that uses it."""
    lanes = {chip.name: (LEFT - 24 - _LANE * k, chip) for k, chip in enumerate(out.inputs)}
    taps: Counter[int] = Counter()
    for (name, number), values in sorted(weights.items(), key=lambda item: (item[0][1], lanes[item[0][0]][0])):
        x, chip = lanes[name]
        y = boxes[number].y + 12 + 7 * taps[number]
        taps[number] += 1
        start = chip.x + chip.width / 2
        down = f"M{start:g} {chip.y + 22:g}C{start:g} {top - 8:g} {x:g} {chip.y + 24:g} {x:g} {top:g}"
        path = f"{down}V{y - 8:g}Q{x:g} {y:g} {x + 8:g} {y:g}H{LEFT}"
        told = f"{name} → part {number}: {len(values)} instructions"
        out.wires.append(Wire(path, told, _stroke(values), f"c{chip.colour}", f"p{number} i{out.inputs.index(chip)}"))


def _wire_outputs(out: Picture, weights: Weights, boxes: dict[int, Box], bottom: float) -> None:
    lanes = {chip.name: (RIGHT + 24 + _LANE * k, chip) for k, chip in enumerate(out.outputs)}
    for (number, name), values in weights.items():
        x, chip = lanes[name]
        y = boxes[number].y + boxes[number].height - 8 - 6 * out.outputs.index(chip)
        end = chip.x + chip.width / 2
        down = f"M{RIGHT} {y:g}H{x - 8:g}Q{x:g} {y:g} {x:g} {y + 8:g}V{bottom - 26:g}"
        path = f"{down}C{x:g} {bottom - 4:g} {end:g} {bottom - 26:g} {end:g} {bottom:g}"
        told = f"part {number} → {name}: {_told(values)}"
        out.wires.append(Wire(path, told, _stroke(values), f"c{chip.colour}", f"p{number} o{out.outputs.index(chip)}"))


def _wire_parts(out: Picture, weights: Weights, boxes: dict[int, Box]) -> None:
    place = {number: k for k, number in enumerate(boxes)}
    for (source, target), values in sorted(
        weights.items(), key=lambda item: -abs(place[item[0][0]] - place[item[0][1]])
    ):
        a, b = boxes[source], boxes[target]
        distance = place[target] - place[source]
        told = f"part {source} → part {target}: {_told(values)}"
        ends = f"p{source} p{target}"
        if distance == 1:
            middle = (LEFT + RIGHT) / 2
            path = f"M{middle:g} {a.y + a.height:g}V{b.y:g}"
            out.wires.append(Wire(path, told, _stroke(values), "next", ends))
            continue
        y1, y2 = a.y + a.height * 0.62, b.y + b.height * 0.38
        bulge = RIGHT + 40 + min(200, 26 * abs(distance))
        path = f"M{RIGHT} {y1:g}C{bulge:g} {y1:g} {bulge:g} {y2:g} {RIGHT} {y2:g}"
        out.wires.append(Wire(path, told, _stroke(values), "back" if distance < 0 else "on", ends))


def _stroke(values: set[tuple[str, str]]) -> float:
    return round(1 + 0.7 * math.log2(len(values)), 1)


def _told(values: set[tuple[str, str]]) -> str:
    names = sorted({n for _, n in values})
    return ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
