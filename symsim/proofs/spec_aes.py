# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Theorems about AES (FIPS 197): the transformations and their inverses undo each other, and so do the ciphers, for every key schedule."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import NamedTuple

from crypto_specs.aes import (
    AES,
    BLOCK,
    AddRoundKey,
    Aes,
    EqInvLastRound,
    EqInvRound,
    InvLastRound,
    InvMixColumns,
    InvRound,
    InvShiftRows,
    InvSubByte,
    InvSubBytes,
    LastRound,
    MixColumns,
    Round,
    ShiftRows,
    SubByte,
    SubBytes,
    round_keys,
)
from crypto_specs.defined import Defined
from kernel.ops import APP, eq
from kernel.rules import ANF, CONG, INST, REFL, SYM, TRANS
from kernel.sorts import BV
from kernel.term import Term, Var, postorder
from kernel.thm import Thm
from symsim.blast import blast
from symsim.derived import EXTRACT_CONCAT
from symsim.rewrite import REPLACE
from symsim.simplify import Simplifier
from symsim.theorem import Claim, Theorem

b, state, key = Var("b", BV(8)), Var("state", BLOCK), Var("key", BLOCK)
block = Var("block", BLOCK)

# The substitution of a byte, by SAT on its eight bits


@cache
def bytes_undone(outer: Defined, inner: Defined) -> Thm:
    """⊢ outer(inner(b)) = b, for SubByte and InvSubByte either way round"""
    opened = CONG(outer(inner(b)), {0: inner.definition})
    opened = TRANS(opened, INST(outer.definition, {b: inner.definition.rhs}))
    return TRANS(opened, blast(eq(opened.rhs, b)))


INVERSES = {SubByte.name: (SubByte, InvSubByte), InvSubByte.name: (InvSubByte, SubByte)}


def UNDO_BYTES(t: Term) -> Thm:
    """⊢ t = t′, where InvSubByte(SubByte(x)) and SubByte(InvSubByte(x)) have become x"""
    equations = {}
    for s in postorder((t,)):
        outer, inner = INVERSES.get(s.params[0], (None, None)) if s.op is APP else (None, None)
        if outer and inner and s.args[0].op is APP and s.args[0].params[0] == inner.name:
            equations[s] = INST(bytes_undone(outer, inner), {b: s.args[0].args[0]})
    return REPLACE(t, equations)


# What is linear but for substitutions, by normal forms


def normal(t: Term, *definitions: Thm) -> Thm:
    """⊢ t = t′, t′ normal, with these constants opened and substitutions undone"""
    simplifier = Simplifier()
    for definition in definitions:
        simplifier.add_rule(definition)
    th = simplifier.normalize(t)
    th = TRANS(th, UNDO_BYTES(th.rhs))
    return TRANS(th, simplifier.normalize(th.rhs))


def same(left: Term, right: Term, *definitions: Thm) -> Thm:
    """⊢ left = right, where their normal forms are one"""
    return TRANS(normal(left, *definitions), SYM(normal(right, *definitions)))


def substituted(t: Term) -> Term:
    """What Cipher() does to a block before the columns are mixed."""
    return ShiftRows(SubBytes(t))


def unsubstituted(t: Term) -> Term:
    """What InvCipher() does to a block first."""
    return InvSubBytes(InvShiftRows(t))


# One round, and the whole cipher


def of(function: Defined, *arguments: Term) -> Thm:
    """⊢ function(x, …) = its definition there"""
    return INST(function.definition, dict(zip(function.definition.lhs.args, arguments, strict=True)))


class Direction(NamedTuple):
    """A cipher by its rounds, and what a round does to a block before the key is added and the columns are mixed."""

    round: Defined
    last: Defined
    inner: Callable[[Term], Term]


FORWARD = Direction(Round, LastRound, substituted)
BACKWARD = Direction(InvRound, InvLastRound, unsubstituted)


@cache
def steps(there: Direction, back: Direction) -> tuple[Thm, Thm, Thm]:
    """What is left of the way there after the first step of the way back, after each round, after the last one."""
    first = same(AddRoundKey(there.last(state, key), key), there.inner(state), there.last.definition)
    opened = normal(back.round(there.inner(there.round(state, key)), key), back.round.definition)
    middle = TRANS(opened, same(opened.rhs, there.inner(state), there.round.definition))
    last = same(back.last(there.inner(AddRoundKey(state, key)), key), state, back.last.definition)
    return first, middle, last


def undone(cipher: Defined, inverse: Defined, schedule: Term, there: Direction, back: Direction) -> Thm:
    """⊢ inverse(cipher(block, schedule), schedule) = block"""
    first, middle, last = steps(there, back)
    keys = round_keys(schedule)
    if there is BACKWARD:
        keys.reverse()
    states = [AddRoundKey(block, keys[0])]
    for k in keys[1:-1]:
        states.append(there.round(states[-1], k))
    th = INST(first, {state: states[-1], key: keys[-1]})
    for k, s in zip(reversed(keys[1:-1]), reversed(states[:-1]), strict=True):
        th = TRANS(CONG(back.round(th.lhs, k), {0: th}), INST(middle, {state: s, key: k}))
    th = TRANS(CONG(back.last(th.lhs, keys[0]), {0: th}), INST(last, {state: block, key: keys[0]}))
    inner = of(cipher, block, schedule)
    outer = CONG(inverse(inner.lhs, schedule), {0: inner})
    return TRANS(TRANS(outer, of(inverse, *outer.rhs.args)), th)


@cache
def mixed_key_rounds() -> tuple[Thm, Thm]:
    """⊢ EqInvRound(state, InvMixColumns(key)) = InvRound(state, key), and likewise of the last round, where the key is as it is"""
    rules = EqInvRound.definition, InvRound.definition, EqInvLastRound.definition, InvLastRound.definition
    middle = same(EqInvRound(state, InvMixColumns(key)), InvRound(state, key), *rules)
    return middle, same(EqInvLastRound(state, key), InvLastRound(state, key), *rules)


def equivalent(aes: Aes) -> Thm:
    """⊢ EqInvCipher(block, KeyExpansionEIC(key)) = InvCipher(block, KeyExpansion(key))"""
    plain, expanded = aes.KeyExpansion.definition, aes.KeyExpansionEIC.definition
    # ⊢ KeyExpansionEIC(key) = the round keys of KeyExpansion(key), InvMixColumns() applied to all but two
    mixed = TRANS(expanded, REPLACE(expanded.rhs, {plain.rhs: SYM(plain)}))
    opened = of(aes.EqInvCipher, block, mixed.lhs)
    parts = {}
    for k in round_keys(mixed.lhs):
        changed = CONG(k, {0: mixed})
        parts[k] = TRANS(changed, EXTRACT_CONCAT(changed.rhs))
    opened = TRANS(opened, REPLACE(opened.rhs, parts))

    middle, last = mixed_key_rounds()
    first, *between, end = round_keys(plain.lhs)
    th = REFL(AddRoundKey(block, end))
    for k in reversed(between):
        th = TRANS(CONG(EqInvRound(th.lhs, InvMixColumns(k)), {0: th}), INST(middle, {state: th.rhs, key: k}))
    th = TRANS(CONG(EqInvLastRound(th.lhs, first), {0: th}), INST(last, {state: th.rhs, key: first}))
    return TRANS(TRANS(opened, th), SYM(of(aes.InvCipher, block, plain.lhs)))


def decrypted(aes: Aes) -> Thm:
    """⊢ EqInvCipher(Cipher(block, KeyExpansion(key)), KeyExpansionEIC(key)) = block"""
    schedule = aes.KeyExpansion.definition.lhs
    encrypted = aes.Cipher(block, schedule)
    back = undone(aes.Cipher, aes.InvCipher, schedule, FORWARD, BACKWARD)
    return TRANS(INST(equivalent(aes), {block: encrypted}), back)


# The theorems


def claim(left: Term, right: Term, proof: Callable[[], Thm]) -> Claim:
    """That two terms are equal."""
    return Claim(eq(left, right), proof)


def inverses(left: Callable[[Term], Term], right: Callable[[Term], Term]) -> Claim:
    """That one linear map of a block undoes another."""
    return claim(left(right(state)), state, lambda: ANF(left(right(state)), state))


SBOX = Theorem(
    name="spec/aes_sbox",
    summary="AES's S-box is a permutation of the bytes, and InvSBox its inverse (FIPS 197, 5.1.1 and 5.3.2)",
    claims={
        "InvSBox(SBox(b)) = b": claim(InvSubByte(SubByte(b)), b, partial(bytes_undone, InvSubByte, SubByte)),
        "SBox(InvSBox(b)) = b": claim(SubByte(InvSubByte(b)), b, partial(bytes_undone, SubByte, InvSubByte)),
        "InvSubBytes() undoes SubBytes()": claim(
            InvSubBytes(SubBytes(state)), state, lambda: normal(InvSubBytes(SubBytes(state)))
        ),
        "SubBytes() undoes InvSubBytes()": claim(
            SubBytes(InvSubBytes(state)), state, lambda: normal(SubBytes(InvSubBytes(state)))
        ),
    },
)
LINEAR = Theorem(
    name="spec/aes_linear",
    summary="AES's ShiftRows() and MixColumns() are undone by their inverses (FIPS 197, 5.3.1 and 5.3.3)",
    claims={
        "InvShiftRows() undoes ShiftRows()": inverses(InvShiftRows, ShiftRows),
        "ShiftRows() undoes InvShiftRows()": inverses(ShiftRows, InvShiftRows),
        "InvMixColumns() undoes MixColumns()": inverses(InvMixColumns, MixColumns),
        "MixColumns() undoes InvMixColumns()": inverses(MixColumns, InvMixColumns),
    },
)


def ciphers(aes: Aes) -> Theorem:
    """What holds of AES with one key size."""
    schedule, secret = Var("schedule", aes.schedule), Var("key", BV(aes.bits))
    encrypt, decrypt = aes.Cipher, aes.InvCipher
    return Theorem(
        name=f"spec/aes_{aes.bits}",
        summary=f"AES-{aes.bits}: decryption undoes encryption, with any key schedule (FIPS 197, 5.1 and 5.3)",
        claims={
            "InvCipher(Cipher(block, schedule), schedule) = block": claim(
                decrypt(encrypt(block, schedule), schedule),
                block,
                lambda: undone(encrypt, decrypt, schedule, FORWARD, BACKWARD),
            ),
            "Cipher(InvCipher(block, schedule), schedule) = block": claim(
                encrypt(decrypt(block, schedule), schedule),
                block,
                lambda: undone(decrypt, encrypt, schedule, BACKWARD, FORWARD),
            ),
            "EqInvCipher() with the schedule of KeyExpansionEIC() is InvCipher() with that of KeyExpansion()": claim(
                aes.EqInvCipher(block, aes.KeyExpansionEIC(secret)),
                decrypt(block, aes.KeyExpansion(secret)),
                lambda: equivalent(aes),
            ),
            "EqInvCipher(Cipher(block, KeyExpansion(key)), KeyExpansionEIC(key)) = block": claim(
                aes.EqInvCipher(encrypt(block, aes.KeyExpansion(secret)), aes.KeyExpansionEIC(secret)),
                block,
                lambda: decrypted(aes),
            ),
        },
    )


THEOREMS = (SBOX, LINEAR, *map(ciphers, AES.values()))
