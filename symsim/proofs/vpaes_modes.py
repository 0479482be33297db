# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""OpenSSL's modes of AES by vector permutations (SP 800-38A; see vpaes.py): any number of blocks, each key size, disjoint and in place."""

from __future__ import annotations

from collections.abc import Mapping

from crypto_specs.aes import AES
from crypto_specs.message import byte_string
from crypto_specs.modes import MODES
from kernel.ops import eq, number, read, ule
from kernel.sorts import BV
from kernel.term import Term, Var
from kernel.thm import Thm
from symsim.contract import INDEX_VARIABLE, MEMORY, Contract, Cuts, Fold, Loop, Output, Region
from symsim.proofs.aes_v8 import ROUNDS_AT, block_at
from symsim.proofs.vpaes import ENCRYPTION, key, same_cipher

inp, out, ivec, n = (Var(name, BV(64)) for name in ("inp", "out", "ivec", "n"))


def cbc_encrypt(bits: int, in_place: bool) -> Contract:
    """The contract of CBC encryption."""
    aes, modes = AES[bits], MODES[bits]
    direction = ENCRYPTION
    schedule, iv = direction.schedule(aes, MEMORY), block_at(MEMORY, ivec)
    source = out if in_place else inp
    rounds = read(MEMORY, key + ROUNDS_AT, 4)

    def chain(i: Term) -> Term:
        return modes.cbc_chain(i, schedule, iv, MEMORY, source)

    fold = Fold(
        value=chain,
        zero=modes.cbc_chain.equations[0],
        successor=modes.cbc_chain.equations[1],
        counter=INDEX_VARIABLE,
        cell="ivec",
        layout=byte_string,
    )
    output = Output(
        label="block j of the output is the one that CBC encrypts",
        base=out,
        unit=16,
        count=n,
        block=lambda j: byte_string(chain(j + 1)),
        value=lambda c: modes.cbc_encrypt(c, schedule, iv, MEMORY, source, out),
        zero=modes.cbc_encrypt.equations[0],
        successor=modes.cbc_encrypt.equations[1],
        counter=INDEX_VARIABLE,
    )

    def ensures(memory: Term) -> Mapping[str, Term]:
        return {"ivec holds the last block of the output": eq(read(memory, ivec, 16), byte_string(chain(n)))}

    def rules() -> tuple[Thm, ...]:
        rounds = direction.round.definition, direction.last_round.definition
        return (same_cipher(direction, aes.Cipher), *rounds, *direction.by_box)

    inputs = () if in_place else (Region("input", inp, n << 4, unit=16),)
    return Contract(
        name=f"openssl/vpaes_cbc_encrypt_{bits}" + ("_in_place" if in_place else ""),
        symbol="vpaes_cbc_encrypt",
        summary=f"CBC encryption with AES-{bits} of n blocks at inp{', in place' if in_place else ' to out'}, from and to the iv at ivec",
        arguments={"x0": source, "x1": out, "x2": n << 4, "x3": key, "x4": ivec, "x5": number(1, 64)},
        regions=(
            *inputs,
            Region("output", out, n << 4, writable=True, unit=16),
            Region("ivec", ivec, 16, writable=True),
            Region("schedule", key, 16 * (aes.rounds + 1)),
            Region("rounds", key + ROUNDS_AT, 4),
        ),
        requires={
            "there is a block": ~eq(n, 0),
            "the length in bytes fits 64 bits": ule(n, (1 << 60) - 1),
            "the key has one less than the number of rounds": eq(rounds, aes.rounds - 1),
        },
        ensures=ensures,
        public=(out, key, ivec, n) if in_place else (inp, out, key, ivec, n),
        witness={inp: 0x1_0000, out: 0x2_0000, key: 0x3_0000, ivec: 0x4_0000, n: 3, rounds: aes.rounds - 1},
        loops={3: Loop(n, fold)},
        cuts=Cuts((direction.start.definition, direction.step.definition), 8, direction.functions),
        rules=rules,
        stack=16,
        output=output,
    )


CONTRACTS = tuple(cbc_encrypt(bits, in_place) for bits in AES for in_place in (False, True))
