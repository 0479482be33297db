# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""known_issues.toml as tables of entries, each with the keys that its kind has."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from isa.encoding import DefinitionError, Encoding
from symsim.errors import BadInput

PATH = Path(__file__).with_name("known_issues.toml")

Keys = Mapping[str, type]


def read_entries(path: Path, table: str, needed: Keys, optional: Keys) -> list[dict[str, Any]]:
    """The entries `[[table]]` of a file; lists are tuples, and `encodings` are encodings.

    Each has an `id`, all `needed` keys, and of the others only `optional` ones, with values of the types given. Raises
    BadInput, naming the file and the entry, if one does not, or if two have the same id.
    """
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get(table, [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(f"{path}: {error}") from None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise BadInput(f"{path}: no list of {table}s: each begins with [[{table}]]")
    found = [_checked(entry, name_of(path, table, entry), needed, optional) for entry in entries]
    names = [entry["id"] for entry in found]
    if repeated := {name for name in names if names.count(name) > 1}:
        raise BadInput(f"{path}: there are two {table}s called {', '.join(sorted(repeated))}")
    return found


def name_of(path: Path, table: str, entry: Mapping[str, Any]) -> str:
    """An entry as messages name it."""
    return f"{path}: {table} {entry.get('id', 'without an id')}"


def _checked(entry: dict[str, Any], where: str, needed: Keys, optional: Keys) -> dict[str, Any]:
    for key, value in entry.items():
        kind = {**needed, **optional}.get(key)
        if kind is None:
            raise BadInput(f"{where}: there is no {key!r}")
        if not isinstance(value, kind):
            raise BadInput(f"{where}: {key!r} is no {kind.__name__}")
    if lacking := [key for key in needed if not entry.get(key)]:
        raise BadInput(f"{where} lacks {', '.join(lacking)}")
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    try:
        values["encodings"] = tuple(Encoding(text) for text in entry["encodings"])
    except DefinitionError as error:
        raise BadInput(f"{where}: {error}") from None
    return values
