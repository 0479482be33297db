# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""OpenSSL's Keccak-f[1600] and sponge (FIPS 202): with general registers, and with the SHA-3 instructions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crypto_specs.keccak import LANE, WIDTH, keccak_f1600, keccak_round
from crypto_specs.message import byte_of
from crypto_specs.sha3 import ABSORB, RATES, SQUEEZE, SQUEEZE_REST, iterate, squeezed_block
from kernel.ops import concat, conj, eq, number, read, ule, ult
from kernel.sorts import BV
from kernel.term import Term, Var
from symsim.contract import INDEX_VARIABLE, MEMORY, SP, Contract, Cuts, Fold, Loop, Output, Region

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


out, following, upper = Var("out", BV(64)), Var("following", BV(32)), Var("upper", BV(32))
FIRST, NEXT = concat(upper, number(0, 32)), concat(upper, following)


def squeeze(symbol: str, rate: int, fifth: Term | None = None) -> Contract:
    """The contract of squeezing num · rate + rest bytes, one at least, for one rate (in bytes): the last block has `rest` bytes.

    With the fifth argument NEXT, which 3.0 does not know, a call goes on after another one, and permutes first. The
    loops are the rounds of the permutation that it calls, and one over the 64-bit words of a block, at whose head blocks begin, too.
    """
    held = read(MEMORY, A, STATE_BYTES)
    goes_on = fifth is NEXT
    start, first = (keccak_f1600(held), "once and then ") if goes_on else (held, "")

    def state_after(count: Term) -> Term:
        return iterate(count, start)

    def ensures(memory: Term) -> Mapping[str, Term]:
        return {f"A holds what it held, permuted {first}num times": eq(read(memory, A, STATE_BYTES), state_after(num))}

    output = Output(
        label=f"block j of the output is the first {rate} bytes of the state, permuted {first}j times",
        base=out,
        unit=rate,
        count=num,
        block=lambda j: squeezed_block(rate, j, start),
        value=lambda c: SQUEEZE[rate](c, start, MEMORY, out),
        zero=SQUEEZE[rate].equations[0],
        successor=SQUEEZE[rate].equations[1],
        counter=INDEX_VARIABLE,
    )
    last = Output(
        label="byte j of the rest is that of block num",
        base=out + num * rate,
        unit=1,
        count=rest,
        block=lambda j: byte_of(squeezed_block(rate, num, start), j),
        value=lambda c: SQUEEZE_REST[rate](c, start, num, output.value(num), out + num * rate),
        zero=SQUEEZE_REST[rate].equations[0],
        successor=SQUEEZE_REST[rate].equations[1],
        counter=INDEX_VARIABLE,
    )
    fold = Fold(state_after, *iterate.equations, INDEX_VARIABLE, "A", lambda state: state, (keccak_f1600.definition,))
    length = num * rate + rest
    return Contract(
        name=f"openssl/{symbol}_{rate}{'_next' if goes_on else ''}",
        symbol=symbol,
        summary=f"squeezes num * {rate} + rest bytes out of the Keccak state at A{', after permuting it' if goes_on else ''}",
        arguments={"x0": A, "x1": out, "x2": length, "x3": number(rate, 64), **({} if fifth is None else {"x4": fifth})},
        regions=(Region("A", A, STATE_BYTES, writable=True), Region("output", out, length, writable=True, unit=rate, rest=True)),
        requires={
            "the length fits 64 bits": ule(num, ((1 << 64) - 1 - rate) // rate),
            "the last block has a byte, and no more than others": conj(~eq(rest, 0), ule(rest, rate)),
            **({"it goes on after another call": ~eq(following, 0)} if goes_on else {}),
        },
        ensures=ensures,
        public=(A, out, num, rest),
        witness={A: 0x1_0000, out: 0x2_0000, num: 2, rest: 13, upper: 0x5A5A_5A5A, following: 1},
        loops={1: Loop(num + 1, fold, num)},
        cuts=Cuts((keccak_round.definition,), LANE),
        rules=lambda: (keccak_f1600.definition,),
        output=output,
        rest=last,
        cases={rest: tuple(range(1, rate + 1))},
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
    *[squeeze("SHA3_squeeze", rate, fifth) for rate in RATES for fifth in (FIRST, NEXT)],
    *[squeeze("SHA3_squeeze_cext", rate) for rate in RATES],
    *[absorb(symbol, rate) for symbol in ("SHA3_absorb", "SHA3_absorb_cext") for rate in RATES],
)
