# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Disagreements with other decoders that are explained: the entries `[[decoder]]` of known_issues.toml."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from conformance.known_issues import PATH
from isa.encoding import DefinitionError, Encoding
from symsim.errors import BadInput


class Kind(StrEnum):
    """How another decoder can disagree with the semantics about a word."""

    UNDEFINED = "undefined"
    """UNDEFINED here, an instruction there."""
    UNKNOWN = "unknown"
    """An instruction here, unknown there."""
    SPELLING = "spelling"
    """An instruction on both sides, not the same text."""
    UNWRITTEN = "unwritten"
    """Defined here but without a text, an instruction there."""


class Right(StrEnum):
    """Who is right according to the manual."""

    ARMSYM = "armsym"
    OTHER = "other"
    BOTH = "both"


@dataclass(frozen=True)
class DecoderIssue:
    """A kind of disagreement with the named decoders about the words of some encodings, and who is right.

    Where `theirs` is given, it is a pattern of the beginning of the other decoder's text; with `same`, two of these fields
    hold the same number.
    """

    id: str
    decoders: tuple[str, ...]
    encodings: tuple[Encoding, ...]
    kind: Kind
    right: Right
    evidence: str
    theirs: re.Pattern[str] | None = None
    same: tuple[str, ...] = ()

    def explains(self, decoder: str, word: int, kind: Kind, theirs: str | None) -> bool:
        """Whether this is what the decoder and the semantics disagree about."""
        if decoder not in self.decoders or kind is not self.kind:
            return False
        if self.theirs is not None and not self.theirs.match(theirs or ""):
            return False
        return any(encoding.matches(word) and self._coincide(encoding, word) for encoding in self.encodings)

    def _coincide(self, encoding: Encoding, word: int) -> bool:
        values = [encoding.layout[name].of(word) for name in self.same if name in encoding.layout]
        return not self.same or len(set(values)) < len(values)


_NEEDED = {"id": str, "decoders": list, "encodings": list, "kind": str, "right": str, "evidence": str}
_OPTIONAL = {"theirs": str, "same": list}


@cache
def decoder_issues(path: Path = PATH) -> tuple[DecoderIssue, ...]:
    """The entries of a file; raises BadInput, naming the file and the entry, if one is malformed."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("decoder", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(f"{path}: {error}") from None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise BadInput(f"{path}: no list of decoders' issues: each begins with [[decoder]]")
    issues = tuple(_issue(entry, path) for entry in entries)
    names = [issue.id for issue in issues]
    if repeated := {name for name in names if names.count(name) > 1}:
        raise BadInput(f"{path}: there are two decoders' issues called {', '.join(sorted(repeated))}")
    return issues


def _issue(entry: dict[str, Any], path: Path) -> DecoderIssue:
    where = f"{path}: decoder's issue {entry.get('id', 'without an id')}"
    for key, value in entry.items():
        kind = (_NEEDED | _OPTIONAL).get(key)
        if kind is None:
            raise BadInput(f"{where}: there is no {key!r}")
        if not isinstance(value, kind):
            raise BadInput(f"{where}: {key!r} is no {kind.__name__}")
    if lacking := [key for key in _NEEDED if not entry.get(key)]:
        raise BadInput(f"{where} lacks {', '.join(lacking)}")
    try:
        return DecoderIssue(
            id=entry["id"],
            decoders=tuple(entry["decoders"]),
            encodings=tuple(Encoding(text) for text in entry["encodings"]),
            kind=Kind(entry["kind"]),
            right=Right(entry["right"]),
            evidence=entry["evidence"],
            theirs=re.compile(entry["theirs"]) if "theirs" in entry else None,
            same=tuple(entry.get("same", ())),
        )
    except (DefinitionError, ValueError, re.error) as error:
        raise BadInput(f"{where}: {error}") from None


def explanation(decoder: str, word: int, kind: Kind, theirs: str | None) -> DecoderIssue | None:
    """The issue that explains a disagreement, if there is one."""
    return next((issue for issue in decoder_issues() if issue.explains(decoder, word, kind, theirs)), None)
