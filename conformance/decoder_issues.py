# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Disagreements with other decoders that are explained: the entries `[[decoder]]` of known_issues.toml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from conformance.issue_file import PATH, name_of, read_entries
from isa.encoding import Encoding
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
    return tuple(_issue(entry, path) for entry in read_entries(path, "decoder", _NEEDED, _OPTIONAL))


def _issue(entry: dict[str, Any], path: Path) -> DecoderIssue:
    try:
        kind, right = Kind(entry.pop("kind")), Right(entry.pop("right"))
        theirs = re.compile(entry.pop("theirs")) if "theirs" in entry else None
        return DecoderIssue(**entry, kind=kind, right=right, theirs=theirs)
    except (ValueError, re.error) as error:
        raise BadInput(f"{name_of(path, 'decoder', entry)}: {error}") from None


def explanation(decoder: str, word: int, kind: Kind, theirs: str | None) -> DecoderIssue | None:
    """The issue that explains a disagreement, if there is one."""
    return next((issue for issue in decoder_issues() if issue.explains(decoder, word, kind, theirs)), None)
