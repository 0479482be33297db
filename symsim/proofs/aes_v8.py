# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""OpenSSL's AES on one block with the AES instructions (FIPS 197), for each key size, disjoint and in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from crypto_specs.aes import AES, Aes, Defined, EqInvLastRound, EqInvRound, InvSubByte, LastRound, Round, SubByte
from crypto_specs.message import byte_string
from isa.asl_sbox import AES_INVERSE_SBOX, AES_SBOX
from kernel.ops import concat, eq, read
from kernel.rules import INST, SYM, TRANS
from kernel.sorts import BV
from kernel.term import Term, Var
from kernel.thm import Thm
from symsim.blast import blast
from symsim.contract import MEMORY, Contract, Region

inp, out, key = (Var(name, BV(64)) for name in ("inp", "out", "key"))

ROUNDS_AT = 240  # bytes: where an AES_KEY keeps the number of rounds


def rounds(aes: Aes) -> dict[str, int]:
    """What a key for the AES instructions holds there."""
    return {"the key has the number of rounds": aes.rounds}


def same_table(table: Thm, computed: Thm) -> Thm:
    """⊢ the manual's table of an S-box = the standard's computation of it"""
    computed = INST(computed, dict(zip(computed.lhs.args, table.lhs.args, strict=True)))
    return TRANS(table, TRANS(blast(eq(table.rhs, computed.rhs)), SYM(computed)))


def block_at(memory: Term, address: Term, size: int = 16) -> Term:
    """The bytes at the address as a string."""
    return byte_string(read(memory, address, size))


def reversed_schedule(memory: Term, aes: Aes) -> Term:
    """The key schedule for decryption, kept in the order of its use, in the order of the standard."""
    size = 16 * (aes.rounds + 1)
    return concat(*[block_at(memory, key + at if at else key) for at in range(size - 16, -1, -16)])


def contract(
    name: str, symbol: str, aes: Aes, cipher: Defined, schedule: Term, rules: Callable[[], tuple[Thm, ...]], place: str
) -> Contract:
    """The contract of one direction, for one key size; `place` is "" or "in place", where the output is the input's block."""
    target = inp if place else out
    blocks = (Region("block", inp, 16, writable=True),) if place else (Region("input", inp, 16), Region("output", out, 16, writable=True))

    def ensures(memory: Term) -> Mapping[str, Term]:
        held = block_at(memory, target)
        return {f"the output is {cipher.name} of the input": eq(held, cipher(block_at(MEMORY, inp), schedule))}

    rounds = read(MEMORY, key + ROUNDS_AT, 4)
    return Contract(
        name=f"openssl/{name}",
        symbol=symbol,
        summary=f"AES-{aes.bits} of the block at inp, {place or 'to the block at out'}, with the key schedule at key (FIPS 197)",
        arguments={"x0": inp, "x1": target, "x2": key},
        regions=(*blocks, Region("schedule", key, 16 * (aes.rounds + 1)), Region("rounds", key + ROUNDS_AT, 4)),
        requires={"the key has the number of rounds": eq(rounds, aes.rounds)},
        ensures=ensures,
        public=(inp, target, key) if not place else (inp, key),
        witness={inp: 0x1_0000, target: 0x1_0000 if place else 0x2_0000, key: 0x3_0000},
        rules=lambda: (cipher.definition, *rules()),
        stack=0,
    )


@cache
def forward() -> tuple[Thm, ...]:
    """What joins the instructions with Cipher()."""
    return Round.definition, LastRound.definition, same_table(AES_SBOX, SubByte.definition)


@cache
def backward() -> tuple[Thm, ...]:
    """What joins the instructions with EqInvCipher()."""
    return EqInvRound.definition, EqInvLastRound.definition, same_table(AES_INVERSE_SBOX, InvSubByte.definition)


def contracts() -> tuple[Contract, ...]:
    """Both directions, all key sizes, disjoint and in place."""
    made = []
    for bits, aes in AES.items():
        schedule = block_at(MEMORY, key, 16 * (aes.rounds + 1))
        for place, suffix in (("", ""), ("in place", "_in_place")):
            name = f"aes_v8_encrypt_{bits}{suffix}"
            made.append(contract(name, "aes_v8_encrypt", aes, aes.Cipher, schedule, forward, place))
            name = f"aes_v8_decrypt_{bits}{suffix}"
            made.append(contract(name, "aes_v8_decrypt", aes, aes.EqInvCipher, reversed_schedule(MEMORY, aes), backward, place))
    return tuple(made)


CONTRACTS = contracts()
