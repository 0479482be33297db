# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""OpenSSL's Keccak-f[1600] (FIPS 202): with general registers, and with the SHA-3 instructions."""

from __future__ import annotations

from collections.abc import Mapping

from crypto_specs.keccak import LANE, keccak_f1600, keccak_round
from kernel.ops import eq, read
from kernel.sorts import BV
from kernel.term import Term, Var
from symsim.contract import MEMORY, Contract, Cuts, Region

A = Var("A", BV(64))
STATE_BYTES = 200


def ensures(memory: Term) -> Mapping[str, Term]:
    """The state is permuted in place."""
    return {"A holds Keccak-f[1600] of what it held": eq(read(memory, A, STATE_BYTES), keccak_f1600(read(MEMORY, A, STATE_BYTES)))}


def contract(symbol: str) -> Contract:
    """The contract of a permutation of the state at A, with one loop over the rounds."""
    return Contract(
        name=f"openssl/{symbol}",
        symbol=symbol,
        summary="Keccak-f[1600] of the 25 lanes at A, in place",
        arguments={"x0": A},
        regions=(Region("A", A, STATE_BYTES, writable=True),),
        requires={},
        ensures=ensures,
        public=(A,),
        witness={A: 0x1_0000},
        cuts=Cuts((keccak_round.definition,), LANE),
        rules=lambda: (keccak_f1600.definition,),
    )


CONTRACTS = (contract("KeccakF1600"), contract("KeccakF1600_cext"))
