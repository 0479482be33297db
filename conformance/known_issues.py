# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Mismatches that are explained: where a target, or another decoder, is known to be wrong, and how that is known.

`known_issues.toml` is the list. An issue speaks of the words of some encodings, on the targets it names; it may narrow
that down to what the mismatch looks like. A mismatch that no issue explains makes a run fail.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from conformance.compare import Mismatch
from conformance.issue_file import PATH, read_entries
from isa.encoding import Encoding


@dataclass(frozen=True)
class Issue:
    """A known error of others.

    `targets` are schemes of targets ("unicorn", "qemu", ...) or names of decoders ("capstone", "binutils", "llvm").
    `ours` and `theirs` are the kinds of fault that it shows itself by, and words of which a target dies (`theirs` is
    KILLED) are kept from it; `differ` are patterns of all components that
    may differ ("x*", "memory"); `sp_misaligned` limits it to states whose SP is no multiple of 16. What is empty does
    not matter.
    """

    id: str
    targets: tuple[str, ...]
    encodings: tuple[Encoding, ...]
    evidence: str
    ours: str = ""
    theirs: str = ""
    differ: tuple[str, ...] = ()
    sp_misaligned: bool = False

    def speaks_of(self, word: int, target: str) -> bool:
        """Whether it is about this word on this target."""
        return target in self.targets and any(encoding.matches(word) for encoding in self.encodings)

    def explains(self, mismatch: Mismatch, target: str) -> bool:
        """Whether it explains the whole mismatch."""
        if not any(self.speaks_of(word, target) for word in mismatch.case.words):
            return False
        if self.ours and self.ours != mismatch.ours.fault.kind.name:
            return False
        if self.theirs and self.theirs != mismatch.theirs.fault.kind.name:
            return False
        if self.sp_misaligned and mismatch.case.state["sp"] % 16 == 0:
            return False
        return not self.differ or all(self._expects(name) for name in mismatch.differences)

    def _expects(self, name: str) -> bool:
        component = "memory" if name.startswith("[") else name
        return any(fnmatchcase(component, pattern) for pattern in self.differ)


_NEEDED = {"id": str, "targets": list, "encodings": list, "evidence": str}
_OPTIONAL = {"ours": str, "theirs": str, "differ": list, "sp_misaligned": bool}


@cache
def known_issues(path: Path = PATH) -> tuple[Issue, ...]:
    """The issues of a file; raises BadInput, naming the file and the issue, if one is malformed."""
    return tuple(Issue(**entry) for entry in read_entries(path, "issue", _NEEDED, _OPTIONAL))


def deadly(word: int, target: str) -> Issue | None:
    """The issue that says that a target of this scheme dies of the word."""
    return next((i for i in known_issues() if i.theirs == "KILLED" and i.speaks_of(word, target)), None)


def explanation(mismatch: Mismatch, target: str) -> Issue | None:
    """The issue that explains the mismatch on a target of this scheme, if there is one."""
    return next((issue for issue in known_issues() if issue.explains(mismatch, target)), None)
