# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""OpenSSL's AES key schedules by vector permutations, for encryption and for decryption, for each key size (see vpaes.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import accumulate
from operator import xor

from crypto_specs.aes import AES, Aes, Defined, InvMixColumns, Rcon, RotWord, SubBytes, round_keys
from crypto_specs.message import words_of
from kernel.ops import concat, eq, number, read
from kernel.rules import SYM, TRANS
from kernel.sorts import BV
from kernel.term import Term, Var
from kernel.thm import Thm
from symsim.contract import MEMORY, Contract, Cuts
from symsim.proofs.aes_v8 import block_at
from symsim.proofs.aes_v8_keys import rounds, set_key, user_key
from symsim.proofs.vpaes import DECRYPTION, ENCRYPTION, Direction
from symsim.simplify import Simplifier

# The key expansion as the code goes through it: all words in the basis of encryption, four at a time, and for longer keys what is left

kept, kept_in = ENCRYPTION.basis.inside, ENCRYPTION.basis.outside
_two, _four = Var("two", BV(64)), Var("four", BV(128))
_last, _constant = Var("last", BV(32)), Var("constant", BV(32))


def expanded(words: Term, temp: Term) -> Term:
    """The words that follow these a key length later, where `temp` is added to the first one, and to each the one before."""
    first, *rest = words_of(kept_in(words), 32)
    return kept(concat(*accumulate((first ^ temp, *rest), xor)))


START = {width: Defined(f"vpaes_key_{width}", (x,), kept(x)) for x in (_two, _four) for width in (x.width,)}
STEP = Defined("vpaes_key_step", (_four, _last, _constant), expanded(_four, SubBytes(RotWord(kept_in(_last))) ^ _constant))
REST = {
    64: Defined("vpaes_key_rest", (_two, _last), expanded(_two, kept_in(_last))),
    128: Defined("vpaes_key_half_step", (_four, _last), expanded(_four, SubBytes(kept_in(_last)))),
}
DEFINITIONS = tuple(d.definition for d in (*START.values(), STEP, *REST.values()))


def expansion(aes: Aes, secret: Term, direction: Direction) -> Term:
    """The key schedule by these steps."""
    head, tail = START[128](secret[aes.bits - 1 : aes.bits - 128]), None
    if aes.bits > 128:
        tail = START[aes.bits - 128](secret[aes.bits - 129 : 0])
    words: list[Term] = []
    for j in range(1, 12):
        words += words_of(head, 32) + (words_of(tail, 32) if tail is not None else [])
        head = STEP(head, words[-1], number(Rcon(j), 32))
        tail = REST[tail.width](tail, words_of(head, 32)[-1]) if tail is not None else None
    schedule = kept_in(concat(*words[: 4 * (aes.rounds + 1)]))
    if direction is ENCRYPTION:
        return schedule
    _, *middle, last = round_keys(schedule)
    # The first round key, used last, is the one that the code keeps as it is.
    return concat(secret[aes.bits - 1 : aes.bits - 128], *map(InvMixColumns, middle), last)


@cache
def same_expansion(direction: Direction, aes: Aes, standard: Defined) -> Thm:
    """⊢ the standard's key schedule = … by these steps"""
    definition = standard.definition
    ours = expansion(aes, *definition.lhs.args, direction)
    simplifier = Simplifier()
    for d in DEFINITIONS:
        simplifier.add_rule(d)
    return TRANS(definition, TRANS(simplifier.normalize(definition.rhs), SYM(simplifier.normalize(ours))))


def contract(direction: Direction, aes: Aes, standard: Defined) -> Contract:
    """The contract of a direction's schedule, for one key size."""

    def ensures(memory: Term) -> Mapping[str, Term]:
        schedule = standard(block_at(MEMORY, user_key, aes.bits // 8))
        return {
            f"the schedule stands for {standard.name} of the key": eq(direction.schedule(aes, memory), schedule),
            "the schedule has one less than the number of rounds": eq(read(memory, rounds, 4), aes.rounds - 1),
        }

    name = f"vpaes_set_{direction.name}_key"
    summary = f"vpaes's form of the AES-{aes.bits} key schedule at key, to {direction.name} with the key at user_key (FIPS 197, 5.2)"

    def rules() -> tuple[Thm, ...]:
        return (same_expansion(direction, aes, standard), *ENCRYPTION.by_box)

    return replace(set_key(name, aes, summary, ensures, rules, stack=48), cuts=Cuts(DEFINITIONS, 8, ENCRYPTION.functions))


CONTRACTS = (
    *(contract(ENCRYPTION, aes, aes.KeyExpansion) for aes in AES.values()),
    *(contract(DECRYPTION, aes, aes.KeyExpansionEIC) for aes in AES.values()),
)
