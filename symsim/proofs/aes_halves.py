# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""AES's rounds in the two halves that the AES instructions compute: what comes before the mixing of columns, and the mixing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from crypto_specs.aes import (
    BLOCK,
    Defined,
    EqInvLastRound,
    EqInvRound,
    InvMixColumns,
    InvShiftRows,
    InvSubByte,
    InvSubBytes,
    LastRound,
    MixColumns,
    Round,
    ShiftRows,
    SubByte,
    SubBytes,
)
from crypto_specs.message import byte_string
from isa.asl_sbox import AES_INVERSE_SBOX, AES_SBOX
from kernel.term import Term, Var
from kernel.thm import Thm
from symsim.contract import Idiom
from symsim.idioms import same
from symsim.proofs.aes_v8 import same_table

_state, _key = Var("state", BLOCK), Var("key", BLOCK)


@dataclass(frozen=True, eq=False)
class Halves:
    """The halves of one direction as constants of the logic: AESE or AESD, and AESMC or AESIMC."""

    first: Defined
    second: Defined
    rounds: tuple[Defined, Defined]
    table: Callable[[], Thm]

    @cache  # noqa: B019  (there are two of them)
    def idioms(self) -> tuple[Idiom, ...]:
        """What the instructions compute: registers hold the bytes of a block as a little-endian number."""
        opened = (self.first.definition, self.second.definition, self.table())
        return (
            Idiom((_state, _key), byte_string(self.first(byte_string(_state ^ _key))), opened),
            Idiom((_state,), byte_string(self.second(byte_string(_state))), opened),
        )

    @cache  # noqa: B019
    def rules(self) -> tuple[Thm, ...]:
        """⊢ a round, and the last round, in terms of the halves"""
        opened = (self.first.definition, self.second.definition, *(r.definition for r in self.rounds))
        general, last = self.rounds
        return (
            same(general(_state, _key), self.second(self.first(_state)) ^ _key, opened),
            same(last(_state, _key), self.first(_state) ^ _key, opened),
        )


def _constant(name: str, body: Term) -> Defined:
    return Defined(name, (_state,), body)


FORWARD = Halves(
    _constant("AES_shifted_substitution", ShiftRows(SubBytes(_state))),
    _constant("AES_mixing", MixColumns(_state)),
    (Round, LastRound),
    lambda: same_table(AES_SBOX, SubByte.definition),
)
BACKWARD = Halves(
    _constant("AES_inv_shifted_substitution", InvShiftRows(InvSubBytes(_state))),
    _constant("AES_inv_mixing", InvMixColumns(_state)),
    (EqInvRound, EqInvLastRound),
    lambda: same_table(AES_INVERSE_SBOX, InvSubByte.definition),
)
