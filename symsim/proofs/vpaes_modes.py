# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""OpenSSL's modes of AES by vector permutations (SP 800-38A; see vpaes.py): any number of blocks, each key size, disjoint and in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crypto_specs.aes import AES, Aes
from crypto_specs.message import byte_string
from crypto_specs.modes import MODES, block_in, cbc_previous
from kernel.ops import number
from kernel.sorts import BV
from kernel.term import Term, Var
from symsim.contract import MEMORY, Call, Contract, Loop
from symsim.proofs import block_modes
from symsim.proofs.block_modes import IV, PLACES, SOME, chained, fits, ivec, key, n
from symsim.proofs.vpaes import DECRYPTION, ENCRYPTION, Direction, cuts, rules

_x, _y = Var("x", BV(128)), Var("y", BV(128))
ALONE = {n: (1,)}
"""Where blocks are taken by two after an odd one, that may be all."""


def core(direction: Direction, aes: Aes, inputs: Mapping[str, Term]) -> Call:
    """What a subroutine for one or two blocks leaves, from v0 on."""
    cipher, schedule = direction.cipher(aes), direction.schedule(aes, MEMORY)
    return Call(
        name=f"the subroutine that {direction.name}s {len(inputs)} at a time",
        inputs=inputs,
        arguments={"x2": key},
        results={f"v{k}": byte_string(cipher(byte_string(x), schedule)) for k, x in enumerate(inputs.values())},
        cuts=cuts(direction),
        rules=lambda: rules(direction, cipher),
    )


def cores(direction: Direction, aes: Aes, first: int) -> Mapping[int, Call]:
    """The two subroutines, the first of which is that one of those called."""
    return {first: core(direction, aes, {"v7": _x}), first + 1: core(direction, aes, {"v14": _x, "v15": _y})}


def shared(aes: Aes) -> dict[str, Any]:
    """What all contracts here say."""
    rounds = {"the key has one less than the number of rounds": aes.rounds - 1}
    return {"requires": {**SOME, **fits(64)}, "rounds": rounds, "stack": 80}


def cbc_encrypt(bits: int, source: Term) -> Contract:
    """CBC encryption, block by block."""
    aes, modes = AES[bits], MODES[bits]
    parameters = ENCRYPTION.schedule(aes, MEMORY), IV, MEMORY, source

    def chain(i: Term) -> Term:
        return modes.cbc_chain(i, *parameters)

    return block_modes.contract(
        "vpaes_cbc_encrypt",
        "vpaes_cbc_encrypt",
        "CBC encryption",
        aes,
        source,
        {"x4": ivec, "x5": number(1, 64)},
        loops={3: Loop(n, chained(chain, modes.cbc_chain))},
        calls=cores(ENCRYPTION, aes, 1),
        left={"ivec holds the last block of the output": chain(n)},
        output=block_modes.output(
            "block j of the output is the one that CBC encrypts", modes.cbc_encrypt, parameters, lambda j: chain(j + 1)
        ),
        **shared(aes),
    )


def cbc_decrypt(bits: int, source: Term) -> Contract:
    """CBC decryption, two blocks at a time after one where their number is odd."""
    aes, modes = AES[bits], MODES[bits]
    schedule = DECRYPTION.schedule(aes, MEMORY)

    def previous(j: Term) -> Term:
        return cbc_previous(j, IV, MEMORY, source)

    return block_modes.contract(
        "vpaes_cbc_decrypt",
        "vpaes_cbc_encrypt",
        "CBC decryption",
        aes,
        source,
        {"x4": ivec, "x5": number(0, 64)},
        loops={4: Loop(n >> 1, chained(previous, cbc_previous, stride=2), n)},
        calls=cores(DECRYPTION, aes, 3),
        cases=ALONE,
        left={"ivec holds the last block of the input": previous(n)},
        output=block_modes.output(
            "block j of the output is the one that CBC decrypts",
            modes.cbc_decrypt,
            (schedule, IV, MEMORY, source),
            lambda j: aes.EqInvCipher(block_in(MEMORY, source, j), schedule) ^ previous(j),
        ),
        **shared(aes),
    )


def ecb(direction: Direction, bits: int, source: Term) -> Contract:
    """ECB, two blocks at a time after one where their number is odd."""
    aes, modes = AES[bits], MODES[bits]
    cipher, stored = direction.cipher(aes), modes.ecb_encrypt if direction is ENCRYPTION else modes.ecb_decrypt
    schedule, name = direction.schedule(aes, MEMORY), f"vpaes_ecb_{direction.name}"
    return block_modes.contract(
        name,
        name,
        f"ECB {direction.name}ion",
        aes,
        source,
        {},
        loops={2: Loop(n >> 1)},
        calls=cores(direction, aes, 1),
        cases=ALONE,
        output=block_modes.output(
            f"block j of the output is block j of the input {direction.name}ed",
            stored,
            (schedule, MEMORY, source),
            lambda j: cipher(block_in(MEMORY, source, j), schedule),
        ),
        **shared(aes),
    )


def ecb_encrypt(bits: int, source: Term) -> Contract:
    """ECB encryption. OpenSSL's decryption calls the cipher's encryption for the block of an odd number that comes first."""
    return ecb(ENCRYPTION, bits, source)


CONTRACTS = tuple(
    make(bits, source) for make in (cbc_encrypt, cbc_decrypt, ecb_encrypt) for bits in AES for source in PLACES
)
