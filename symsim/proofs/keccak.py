# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""OpenSSL's Keccak-f[1600] and sponge (FIPS 202): with general registers, and with the SHA-3 instructions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crypto_specs.keccak import LANE, WIDTH, keccak_f1600, keccak_round
from crypto_specs.sha3 import ABSORB, RATES
from kernel.ops import concat, eq, number, read, ule, ult
from kernel.sorts import BV
from kernel.term import Term, Var
from symsim.contract import INDEX_VARIABLE, MEMORY, SP, Contract, Cuts, Fold, Loop, Region

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


inp, num, rest = (Var(name, BV(64)) for name in ("inp", "num", "rest"))


def absorb(symbol: str, rate: int) -> Contract:
    """The contract of absorbing the whole blocks among the num · rate + rest bytes at inp, for one rate (in bytes).

    Its loops are the rounds of the permutation that it calls, and the one over the blocks, which finds less than a block in the end.
    """
    blocks = ABSORB[rate]

    def absorbed(count: Term) -> Term:
        return blocks(count, read(MEMORY, A, STATE_BYTES), MEMORY, inp)

    def ensures(memory: Term) -> Mapping[str, Term]:
        return {f"A holds what it held after absorbing num blocks of {rate} bytes": eq(read(memory, A, STATE_BYTES), absorbed(num))}

    fold = Fold(absorbed, *blocks.equations, INDEX_VARIABLE, "A", lambda state: state, (keccak_f1600.definition,))
    return Contract(
        name=f"openssl/{symbol}_{rate}",
        symbol=symbol,
        summary=f"absorbs the blocks of {rate} bytes at inp into the Keccak state at A, and returns how many bytes are left over",
        arguments={"x0": A, "x1": inp, "x2": num * rate + rest, "x3": number(rate, 64)},
        regions=(Region("A", A, STATE_BYTES, writable=True), Region("input", inp, num * rate, unit=rate)),
        requires={
            "the length fits 64 bits": ule(num, ((1 << 64) - rate) // rate),
            "what is left over is less than a block": ult(rest, rate),
        },
        ensures=ensures,
        results={"x0": rest},
        public=(A, inp, num, rest),
        witness={A: 0x1_0000, inp: 0x2_0000, num: 2, rest: 5},
        loops={1: Loop(num + 1, fold)},
        cuts=Cuts((keccak_round.definition,), LANE),
        rules=lambda: (keccak_f1600.definition,),
    )


GENERAL = (*range(18), 25, *range(19, 25))
"""The general registers of the lanes, where KeccakF1600_int has its arguments and results."""
state, other = Var("state", BV(WIDTH)), Var("other", BV(WIDTH))


def lane(k: int, of: Term) -> Term:
    """The k-th lane of a state."""
    return of[LANE * k + LANE - 1 : LANE * k]


def internal(symbol: str, **changes: Any) -> Contract:
    """What the contracts of the permutations on registers have in common; these are called from their own file only."""
    contract = Contract(
        name=f"openssl/{symbol}",
        symbol=symbol,
        summary="",
        arguments={},
        regions=(),
        requires={},
        ensures=lambda memory: {},
        public=(),
        witness={state: 2**WIDTH // 3, other: 2**WIDTH // 7},
        cuts=Cuts((keccak_round.definition,), LANE),
        rules=lambda: (keccak_f1600.definition,),
        stack=0,
    )
    return replace(contract, **changes)


def on_general_registers(symbol: str) -> Contract:
    """The contract of KeccakF1600_int, for which its callers leave 32 bytes on the stack."""
    return internal(
        symbol,
        summary="Keccak-f[1600] of the lanes in x0 to x17, x25 and x19 to x24",
        arguments={f"x{n}": lane(k, state) for k, n in enumerate(GENERAL)},
        results={f"x{n}": lane(k, keccak_f1600(state)) for k, n in enumerate(GENERAL)},
        regions=(Region("room on the stack", SP, 32, writable=True),),
        preserves=("x29", *(f"d{k}" for k in range(8, 16))),
    )


def on_vector_registers(symbol: str) -> Contract:
    """The contract of KeccakF1600_ce, which permutes what is in both halves."""
    return internal(
        symbol,
        summary="Keccak-f[1600] of the lanes in the lower halves of v0 to v24, and of those in the upper halves",
        arguments={f"v{k}": concat(lane(k, other), lane(k, state)) for k in range(25)},
        results={f"v{k}": concat(lane(k, keccak_f1600(other)), lane(k, keccak_f1600(state))) for k in range(25)},
        preserves=tuple(f"x{k}" for k in range(19, 30)),
    )


CONTRACTS = (
    on_general_registers("KeccakF1600_int"),
    on_vector_registers("KeccakF1600_ce"),
    contract("KeccakF1600"),
    contract("KeccakF1600_cext"),
    *[absorb(symbol, rate) for symbol in ("SHA3_absorb", "SHA3_absorb_cext") for rate in RATES],
)
