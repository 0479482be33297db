# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The solver's proofs, kept between runs: what stays the same when a contract or a program changes is not searched for again."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Sequence
from hashlib import sha256
from itertools import chain

from kernel.lrat import Step
from symsim.solvers import lrat_text
from symsim.store import Store

MOST = 8 << 20
"""Bytes; a longer proof is not kept."""


def key_of(clauses: Sequence[Sequence[int]]) -> str:
    """By what the proof that refutes these clauses is found."""
    hashed = sha256(array("i", map(len, clauses)).tobytes())
    hashed.update(array("i", chain.from_iterable(clauses)).tobytes())
    return hashed.hexdigest()


class KeptProofs:
    """Proofs in a store, by the `key_of` the clauses that they refute. Whoever asks checks what comes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def steps(self, key: str) -> list[Step] | None:
        """The proof, if there is one that can be read."""
        kept = self._store.proof(key)
        if kept is None:
            return None
        try:
            return lrat_text.parse(zlib.decompress(kept).decode())
        except (zlib.error, ValueError):
            return None

    def keep(self, key: str, steps: Sequence[Step]) -> None:
        """Remember a proof."""
        kept = zlib.compress(lrat_text.text(steps).encode(), 1)
        if len(kept) <= MOST:
            self._store.keep_proof(key, kept)
