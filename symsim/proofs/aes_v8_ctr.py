# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""OpenSSL's counter mode of AES with the AES instructions (SP 800-38A): any number of blocks, each key size, disjoint and in place."""

from __future__ import annotations

from collections.abc import Mapping

from crypto_specs.aes import AES
from crypto_specs.message import byte_string
from crypto_specs.modes import MODES, block_in, counter_block
from kernel.ops import eq, ite, number, read, ule, ult
from kernel.sorts import BV
from kernel.term import Var, free_vars
from symsim.contract import INDEX_VARIABLE, MEMORY, Contract, Loop, Output, Region
from symsim.proofs.aes_halves import FORWARD
from symsim.proofs.aes_modes import inp, ivec, key, n, out
from symsim.proofs.aes_v8 import ROUNDS_AT, block_at

threes, fives, twelves = (Var(name, BV(64)) for name in ("threes", "fives", "twelves"))
QUOTIENTS = {threes: (n, 3), fives: (n, 5), twelves: (n, 12)}


def ctr32(symbol: str, loops: Mapping[int, Loop], stack: int, bits: int, in_place: bool) -> Contract:
    """The contract of a routine for counter mode."""
    aes, modes = AES[bits], MODES[bits]
    schedule, first = block_at(MEMORY, key, 16 * (aes.rounds + 1)), block_at(MEMORY, ivec)
    source = out if in_place else inp
    rounds = read(MEMORY, key + ROUNDS_AT, 4)
    output = Output(
        label="block j of the output is block j of the input ^ the cipher of the counter block incremented j times",
        base=out,
        unit=16,
        count=n,
        block=lambda j: byte_string(block_in(MEMORY, source, j) ^ aes.Cipher(counter_block(first, j), schedule)),
        value=lambda c: modes.ctr(c, schedule, first, MEMORY, source, out),
        zero=modes.ctr.equations[0],
        successor=modes.ctr.equations[1],
        counter=INDEX_VARIABLE,
    )
    inputs = () if in_place else (Region("input", inp, n << 4, unit=16),)
    return Contract(
        name=f"openssl/{symbol}_{bits}" + ("_in_place" if in_place else ""),
        symbol=symbol,
        summary=f"counter mode with AES-{bits} of n blocks at inp{', in place' if in_place else ' to out'}, from the counter at ivec on",
        arguments={"x0": source, "x1": out, "x2": n, "x3": key, "x4": ivec},
        regions=(
            *inputs,
            Region("output", out, n << 4, writable=True, unit=16),
            Region("ivec", ivec, 16),
            Region("schedule", key, 16 * (aes.rounds + 1)),
            Region("rounds", key + ROUNDS_AT, 4),
        ),
        requires={
            "there is a block": ~eq(n, 0),
            "the length in bytes fits 64 bits": ule(n, (1 << 60) - 1),
            "the key has the number of rounds": eq(rounds, aes.rounds),
        },
        ensures=lambda memory: {},
        public=(out, key, ivec, n) if in_place else (inp, out, key, ivec, n),
        # All loops and a tail, and a counter that wraps at the fourth block.
        witness={
            inp: 0x1_0000,
            out: 0x2_0000,
            key: 0x3_0000,
            ivec: 0x4_0000,
            n: 39,
            rounds: aes.rounds,
            read(MEMORY, ivec, 16): int.from_bytes(bytes(12) + b"\xff\xff\xff\xfd", "little"),
        },
        quotients={q: of for q, of in QUOTIENTS.items() if any(q in free_vars(loop.count) for loop in loops.values())},
        loops=loops,
        idioms=FORWARD.idioms,
        rules=lambda: (aes.Cipher.definition, *FORWARD.rules()),
        stack=stack,
        output=output,
    )


CONTRACTS = tuple(
    ctr32(*routine, bits, in_place)
    for routine in (
        # From 35 blocks on, five in a round, and what is left as if it were all: three in a round, and then one or two.
        ("aes_v8_ctr32_encrypt_blocks", {0: Loop(fives), 1: Loop(ite(ult(n, 35), threes, number(1, 64)))}, 16),
        # Twelve in a round, then six, three, two, one, as far as there are.
        ("aes_v8_ctr32_encrypt_blocks_unroll12_eor3", {0: Loop(twelves)}, 192),
    )
    for bits in AES
    for in_place in (False, True)
)
