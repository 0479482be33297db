# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What a proof did, lemma by lemma, for those who want to see it: nothing in a proof depends on what is noted here."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from kernel.thm import Thm

if TYPE_CHECKING:
    from symsim.loops import LoopProof
    from symsim.path import Path, Trail


class Run(NamedTuple):
    """How a path went. The path itself is not kept: with what was simplified on it, it is large."""

    steps: int
    trail: Trail | None


class Lemma(NamedTuple):
    """A part of a proof: its theorem, the run that it is about (if it is about one), and the seconds since the lemma before it."""

    title: str
    thm: Thm
    seconds: float
    run: Run | None


class Journal:
    """The lemmas of a proof in their order, and its loops."""

    def __init__(self) -> None:
        self.lemmas: list[Lemma] = []
        self.loops: list[LoopProof] = []
        self._since = perf_counter()

    def proved(self, title: str, thm: Thm, path: Path | None = None) -> None:
        """Note a lemma, about the run of a path or about none; what was done since the last one was done for it."""
        now = perf_counter()
        run = None if path is None else Run(path.steps, path.trail)
        self.lemmas.append(Lemma(title, thm, now - self._since, run))
        self._since = now
