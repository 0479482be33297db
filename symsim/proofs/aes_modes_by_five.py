# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""OpenSSL's ECB, and CBC decryption, with the AES instructions (SP 800-38A): five blocks in a round, any number of blocks, each key size,
disjoint and in place."""

from __future__ import annotations

from typing import Any

from crypto_specs.aes import AES, Aes
from crypto_specs.modes import MODES, block_in, cbc_previous
from kernel.ops import number
from kernel.sorts import BV
from kernel.term import Term, Var
from symsim.contract import MEMORY, Contract, Fold, Loop
from symsim.proofs import block_modes
from symsim.proofs.aes_halves import BACKWARD, FORWARD, Halves
from symsim.proofs.aes_v8 import block_at, reversed_schedule, rounds
from symsim.proofs.block_modes import IV, PLACES, chained, fits, ivec, key, n

fives = Var("fives", BV(64))


def shared(aes: Aes, halves: Halves, loop: int, fold: Fold | None = None) -> dict[str, Any]:
    """What all contracts here say of one direction of a mode: of the routine's loops, that one takes five blocks at a time. Lengths are
    compared as signed numbers."""
    return {
        "requires": fits(63),
        "rounds": rounds(aes),
        "witness": {n: 13},
        "quotients": {fives: (n, 5)},
        "loops": {loop: Loop(fives, fold, n)},
        # Without a whole five there is no loop, and there is another tail for each rest.
        "cases": {fives: (0,), n: tuple([fives * 5 + rest for rest in range(5)])},
        "idioms": halves.idioms,
        "rules": lambda: (aes.Cipher.definition, aes.EqInvCipher.definition, *halves.rules()),
        "stack": 16,
    }


def ecb(bits: int, encrypts: bool, source: Term) -> Contract:
    """The contract of one direction of ECB."""
    aes, modes, direction = AES[bits], MODES[bits], "encrypt" if encrypts else "decrypt"
    schedule = block_at(MEMORY, key, 16 * (aes.rounds + 1)) if encrypts else reversed_schedule(MEMORY, aes)
    cipher, stored = (aes.Cipher, modes.ecb_encrypt) if encrypts else (aes.EqInvCipher, modes.ecb_decrypt)
    return block_modes.contract(
        f"aes_v8_ecb_{direction}",
        "aes_v8_ecb_encrypt",
        f"ECB {direction}ion",
        aes,
        source,
        {"x4": number(int(encrypts), 64)},
        output=block_modes.output(
            f"block j of the output is the one that ECB {direction}ion gives",
            stored,
            (schedule, MEMORY, source),
            lambda j: cipher(block_in(MEMORY, source, j), schedule),
        ),
        **(shared(aes, FORWARD, 2) if encrypts else shared(aes, BACKWARD, 5)),
    )


def cbc_decrypt(bits: int, source: Term) -> Contract:
    """The contract of CBC decryption."""
    aes, modes = AES[bits], MODES[bits]
    schedule = reversed_schedule(MEMORY, aes)

    def previous(i: Term) -> Term:
        return cbc_previous(i, IV, MEMORY, source)

    return block_modes.contract(
        "aes_v8_cbc_decrypt",
        "aes_v8_cbc_encrypt",
        "CBC decryption",
        aes,
        source,
        {"x4": ivec, "x5": number(0, 64)},
        left={"ivec holds the last block of the input, if there is one": previous(n)},
        output=block_modes.output(
            "block j of the output is the one that CBC decryption gives",
            modes.cbc_decrypt,
            (schedule, IV, MEMORY, source),
            lambda j: aes.EqInvCipher(block_in(MEMORY, source, j), schedule) ^ previous(j),
        ),
        **shared(aes, BACKWARD, 2, chained(previous, cbc_previous, stride=5)),
    )


CONTRACTS = (
    *[ecb(bits, encrypts, source) for bits in AES for encrypts in (True, False) for source in PLACES],
    *[cbc_decrypt(bits, source) for bits in AES for source in PLACES],
)
