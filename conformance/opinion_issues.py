# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Differences with P-code and VEX that are explained: the entries `[[opinion]]` of known_issues.toml."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from conformance.issue_file import PATH, read_entries
from isa.encoding import Encoding


@dataclass(frozen=True)
class OpinionIssue:
    """An error of P-code's, or `of` another's, about the words of some encodings: `differ` are patterns of all components
    that may differ."""

    id: str
    encodings: tuple[Encoding, ...]
    differ: tuple[str, ...]
    evidence: str
    of: str = "P-code"

    def explains(self, word: int, differing: Iterable[str], of: str) -> bool:
        """Whether it explains that the components differ for the word in the eyes of that one."""
        return (
            self.of == of
            and any(encoding.matches(word) for encoding in self.encodings)
            and all(any(fnmatchcase(name, pattern) for pattern in self.differ) for name in differing)
        )


_NEEDED = {"id": str, "encodings": list, "differ": list, "evidence": str}


@cache
def opinion_issues(path: Path = PATH) -> tuple[OpinionIssue, ...]:
    """The entries of a file; raises BadInput, naming the file and the entry, if one is malformed."""
    return tuple(OpinionIssue(**entry) for entry in read_entries(path, "opinion", _NEEDED, {"of": str}))


def explanation(word: int, differing: Iterable[str], of: str = "P-code") -> OpinionIssue | None:
    """The issue that explains a difference, if there is one."""
    names = list(differing)
    return next((issue for issue in opinion_issues() if issue.explains(word, names, of)), None)
