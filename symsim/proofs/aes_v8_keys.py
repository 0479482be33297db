# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""OpenSSL's AES key schedules with the AES instructions (FIPS 197), for encryption and for decryption, for each key size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from crypto_specs.aes import AES, Aes, Defined
from kernel.ops import concat, eq, mask, number, read, ule
from kernel.sorts import BV
from kernel.term import Term, Var
from kernel.thm import Thm
from symsim.contract import MEMORY, Contract, Region
from symsim.proofs.aes_v8 import ROUNDS_AT, block_at, forward, reversed_schedule

user_key, key = Var("user_key", BV(64)), Var("key", BV(64))
upper = Var("upper", BV(32))
"""The half of x1 that an int leaves open."""
rounds = key + ROUNDS_AT


def set_key(
    name: str,
    aes: Aes,
    summary: str,
    held: Callable[[Term], Mapping[str, Term]],
    rules: Callable[[], tuple[Thm, ...]],
    stack: int,
) -> Contract:
    """The contract of name(user_key, bits, key) for one key size: the schedule at key is what `held` says of the final memory."""
    return Contract(
        name=f"openssl/{name}_{aes.bits}",
        symbol=name,
        summary=summary,
        arguments={"x0": user_key, "x1": concat(upper, number(aes.bits, 32)), "x2": key},
        regions=(
            Region("user key", user_key, aes.bits // 8),
            Region("schedule", key, 16 * (aes.rounds + 1), writable=True),
            Region("rounds", rounds, 4, writable=True),
        ),
        requires={},
        ensures=held,
        results={"x0": number(0, 64)},
        public=(user_key, key),
        witness={user_key: 0x1_0000, key: 0x2_0000, upper: 0x5555_5555},
        rules=rules,
        stack=stack,
    )


def contract(direction: str, aes: Aes, expansion: Defined, held: Callable[[Term, Aes], Term]) -> Contract:
    """The contract of a direction, "encrypt" or "decrypt", whose schedule is what `held` gives of the final memory."""

    def ensures(memory: Term) -> Mapping[str, Term]:
        schedule = expansion(block_at(MEMORY, user_key, aes.bits // 8))
        return {
            f"the schedule is {expansion.name} of the key": eq(held(memory, aes), schedule),
            "the schedule has the number of rounds": eq(read(memory, rounds, 4), aes.rounds),
        }

    summary = f"The AES-{aes.bits} key schedule at key, to {direction} with the key at user_key (FIPS 197, 5.2)"
    requires = {
        "there is a key": ~eq(user_key, 0),
        "there is room for the schedule": ~eq(key, 0) & ule(key, -(ROUNDS_AT + 4) & mask(64)),
    }
    whole = set_key(
        f"aes_v8_set_{direction}_key", aes, summary, ensures, lambda: (expansion.definition, *forward()), stack=32
    )
    return replace(whole, requires=requires)


def schedule(memory: Term, aes: Aes) -> Term:
    """The key schedule at the key, in the order of the standard."""
    return block_at(memory, key, 16 * (aes.rounds + 1))


CONTRACTS = (
    *(contract("encrypt", aes, aes.KeyExpansion, schedule) for aes in AES.values()),
    *(contract("decrypt", aes, aes.KeyExpansionEIC, reversed_schedule) for aes in AES.values()),
)
