# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What a proof did, lemma by lemma, for those who want to see it: nothing in a proof depends on what is noted here."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from kernel.thm import Thm

if TYPE_CHECKING:
    from symsim.loops import LoopProof
    from symsim.path import Path


class Lemma(NamedTuple):
    """A part of a proof: its theorem, the run that it is about (if it is about one), and the seconds since the lemma before it."""

    title: str
    thm: Thm
    seconds: float
    run: Path | None


class Journal:
    """The lemmas of a proof in their order, and its loops."""

    def __init__(self) -> None:
        self.lemmas: list[Lemma] = []
        self.loops: list[LoopProof] = []
        self._since = perf_counter()

    def proved(self, title: str, thm: Thm, run: Path | None = None) -> None:
        """Note a lemma; what was done since the last one was done for it."""
        now = perf_counter()
        self.lemmas.append(Lemma(title, thm, now - self._since, run))
        self._since = now
