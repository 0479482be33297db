# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What a person reads on a screen that was exported as SVG: its rows of text, without colours, ids and coordinates."""

from __future__ import annotations

from collections import defaultdict
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"


def rows(svg: str) -> list[str]:
    """The rows of characters, from the top; the window's title, which is outside the screen, is left out."""
    tree = ElementTree.fromstring(svg)
    lines: dict[float, list[tuple[float, str, float]]] = defaultdict(list)
    for text in tree.iter(f"{SVG}text"):
        if "clip-path" in text.attrib and "textLength" in text.attrib:
            characters = (text.text or "").replace("\xa0", " ")
            lines[float(text.attrib["y"])].append(
                (float(text.attrib["x"]), characters, float(text.attrib["textLength"]))
            )
    pieces = [p for row in lines.values() for p in row]
    width = min(length / len(characters) for _, characters, length in pieces if characters)
    out = []
    for y in sorted(lines):
        row = ""
        for x, characters, _ in sorted(lines[y]):
            row = row.ljust(round(x / width)) + characters
        out.append(row.rstrip())
    return out
