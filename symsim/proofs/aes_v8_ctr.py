# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""OpenSSL's counter mode of AES with the AES instructions (SP 800-38A): any number of blocks, each key size, disjoint and in place."""

from __future__ import annotations

from collections.abc import Mapping

from crypto_specs.aes import AES
from crypto_specs.modes import MODES, block_in, counter_block
from kernel.ops import ite, number, read, ult
from kernel.sorts import BV
from kernel.term import Term, Var, free_vars
from symsim.contract import MEMORY, Contract, Loop
from symsim.proofs import block_modes
from symsim.proofs.aes_halves import FORWARD
from symsim.proofs.aes_v8 import block_at, rounds
from symsim.proofs.block_modes import IV, PLACES, SOME, fits, ivec, key, n

threes, fives, twelves = (Var(name, BV(64)) for name in ("threes", "fives", "twelves"))
QUOTIENTS = {threes: (n, 3), fives: (n, 5), twelves: (n, 12)}


def ctr32(symbol: str, loops: Mapping[int, Loop], stack: int, bits: int, source: Term) -> Contract:
    """The contract of a routine for counter mode."""
    aes, modes = AES[bits], MODES[bits]
    schedule = block_at(MEMORY, key, 16 * (aes.rounds + 1))
    return block_modes.contract(
        symbol,
        symbol,
        "counter mode, from the counter at ivec on,",
        aes,
        source,
        {"x2": n, "x4": ivec},
        requires={**SOME, **fits(64)},
        rounds=rounds(aes),
        # All loops and a tail, and a counter that wraps at the fourth block.
        witness={n: 39, read(MEMORY, ivec, 16): int.from_bytes(bytes(12) + b"\xff\xff\xff\xfd", "little")},
        quotients={q: of for q, of in QUOTIENTS.items() if any(q in free_vars(loop.count) for loop in loops.values())},
        loops=loops,
        idioms=FORWARD.idioms,
        rules=lambda: (aes.Cipher.definition, *FORWARD.rules()),
        stack=stack,
        output=block_modes.output(
            "block j of the output is block j of the input ^ the cipher of the counter block incremented j times",
            modes.ctr,
            (schedule, IV, MEMORY, source),
            lambda j: block_in(MEMORY, source, j) ^ aes.Cipher(counter_block(IV, j), schedule),
        ),
    )


CONTRACTS = tuple(
    ctr32(*routine, bits, source)
    for routine in (
        # From 35 blocks on, five in a round, and what is left as if it were all: three in a round, and then one or two.
        ("aes_v8_ctr32_encrypt_blocks", {0: Loop(fives), 1: Loop(ite(ult(n, 35), threes, number(1, 64)))}, 16),
        # Twelve in a round, then six, three, two, one, as far as there are.
        ("aes_v8_ctr32_encrypt_blocks_unroll12_eor3", {0: Loop(twelves)}, 192),
    )
    for bits in AES
    for source in PLACES
)
