# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""OpenSSL's CBC encryption with the AES instructions (SP 800-38A): any number of blocks, each key size, disjoint and in place."""

from __future__ import annotations

from crypto_specs.aes import AES
from crypto_specs.modes import MODES
from kernel.ops import number
from kernel.term import Term
from symsim.contract import MEMORY, Contract, Loop
from symsim.proofs import block_modes
from symsim.proofs.aes_halves import FORWARD
from symsim.proofs.aes_v8 import block_at, rounds
from symsim.proofs.block_modes import IV, PLACES, SOME, chained, fits, ivec, key, n


def cbc_encrypt(bits: int, source: Term) -> Contract:
    """The contract of CBC encryption. The routine asks one block early whether there is another one, so all rounds but the last go by
    one rule."""
    aes, modes = AES[bits], MODES[bits]
    parameters = block_at(MEMORY, key, 16 * (aes.rounds + 1)), IV, MEMORY, source

    def chain(i: Term) -> Term:
        return modes.cbc_chain(i, *parameters)

    return block_modes.contract(
        "aes_v8_cbc_encrypt",
        "aes_v8_cbc_encrypt",
        "CBC encryption",
        aes,
        source,
        {"x4": ivec, "x5": number(1, 64)},
        requires={**SOME, **fits(64)},
        rounds=rounds(aes),
        left={"ivec holds the last block of the output": chain(n)},
        loops={k: Loop(n - 1, chained(chain, modes.cbc_chain), n) for k in range(9)},
        idioms=FORWARD.idioms,
        rules=lambda: (aes.Cipher.definition, *FORWARD.rules()),
        stack=16,
        output=block_modes.output(
            "block j of the output is the one that CBC encrypts", modes.cbc_encrypt, parameters, lambda j: chain(j + 1)
        ),
    )


CONTRACTS = tuple(cbc_encrypt(bits, source) for bits in AES for source in PLACES)
