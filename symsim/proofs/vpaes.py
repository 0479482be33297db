# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""OpenSSL's AES in constant time by vector permutations (FIPS 197; M. Hamburg, Accelerating AES with Vector Permute Instructions, 2009).

The code keeps the bytes of the state in other bases of GF(2^8) over GF(2), in which inversion takes a few lookups of four bits, leaves
out the constant of the S-box, and does not shift rows; its key schedule makes up for that. The contracts say in terms of FIPS 197 what
such a key schedule stands for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, reduce
from operator import xor

from crypto_specs.aes import (
    AES,
    AddRoundKey,
    Aes,
    Defined,
    EqInvLastRound,
    EqInvRound,
    InvSubByte,
    LastRound,
    Round,
    SubByte,
    round_keys,
    times,
)
from crypto_specs.message import words_of
from kernel.ops import concat, eq, number, read
from kernel.rules import SYM, TRANS
from kernel.sorts import BV
from kernel.term import Term, Var
from kernel.thm import Thm
from symsim.contract import MEMORY, Contract, Cuts, Region
from symsim.fold import UNFOLD
from symsim.proofs.aes_v8 import ROUNDS_AT, block_at
from symsim.simplify import Simplifier

inp, out, key = (Var(name, BV(64)) for name in ("inp", "out", "key"))
_byte, _state, _key = Var("b", BV(8)), Var("state", BV(128)), Var("key", BV(128))
AFFINE = 0x63
"""The constant of the S-box (5.3)."""


def linear(columns: Sequence[int], b: Term) -> Term:
    """The sum of the columns that the byte's bits choose."""
    rows = [[b[k] for k, column in enumerate(columns) if column >> i & 1] for i in range(8)]
    return concat(*[reduce(xor, bits) for bits in reversed(rows)])


class Basis:
    """How code keeps a byte: as the sum of the columns that the bits of byte ⊕ constant choose."""

    def __init__(self, columns: Sequence[int], constant: int) -> None:
        self.columns, self.constant = columns, constant
        images = {reduce(xor, [c for k, c in enumerate(columns) if x >> k & 1], 0): x for x in range(256)}
        self._inverse = [images[1 << k] for k in range(8)]

    def inside(self, block: Term) -> Term:
        """The bytes as the code keeps them."""
        return concat(*[linear(self.columns, b ^ self.constant) for b in words_of(block, 8)])

    def outside(self, kept: Term) -> Term:
        """The bytes that those kept stand for."""
        return concat(*[linear(self._inverse, b) ^ self.constant for b in words_of(kept, 8)])


class Direction:
    """One direction's cipher as the code goes through it.

    The state before a round is kept in the `basis`; `looked_up` are the functions of its bytes that lookups give, `missing` a constant
    of the S-box. Row r should have moved r columns each round, to the left if `left`. A round key is added to one summand of MixColumns
    or its inverse, and from there gets to as many `rows` further down.
    """

    def __init__(
        self,
        name: str,
        basis: Basis,
        rounds: tuple[Defined, Defined],
        box: Thm,
        looked_up: Iterable[Term],
        *,
        left: bool,
        missing: int,
        rows: tuple[int, ...],
    ) -> None:
        self.name, self.basis, self.left, self.missing, self.rows = name, basis, left, missing, rows
        self.round, self.last_round = rounds
        self.start = Defined(f"vpaes_{name}_start", (_state, _key), basis.inside(AddRoundKey(_state, _key)))
        self.step = Defined(f"vpaes_{name}_step", (_state, _key), basis.inside(self.round(basis.outside(_state), _key)))
        opened = [UNFOLD(f, box) for f in looked_up]
        self.functions = tuple(Defined(f"vpaes_{name}_byte_{k}", (_byte,), th.rhs).definition for k, th in enumerate(opened))
        self.by_box = tuple(TRANS(d, SYM(th)) for d, th in zip(self.functions, opened, strict=True))
        """The functions in terms of the S-box."""

    def keys(self, schedule: Term) -> list[Term]:
        """The round keys of a schedule in the order of use."""
        keys = round_keys(schedule)
        return keys if self.left else keys[::-1]

    def places(self, rounds: int) -> list[int]:
        """Where the code keeps each byte of the state after that many rounds."""
        turn = 4 * rounds if self.left else -4 * rounds
        return [(i + turn * (i % 4)) % 16 for i in range(16)]

    def round_key(self, kept: Term, r: int, rounds: int) -> Term:
        """The round key that 16 bytes of the code's schedule stand for, the r-th in the order of use."""
        held = [words_of(kept, 8)[k] for k in self.places(r)]
        if r == rounds:
            return concat(*[b ^ self.missing for b in held])
        if r == 0:
            return self.basis.outside(kept)
        sums = [reduce(xor, [held[i // 4 * 4 + (i + n) % 4] for n in self.rows]) for i in range(16)]
        return self.basis.outside(concat(*sums)) ^ concat(*[number(self.missing, 8)] * 16)

    def cipher(self, aes: Aes) -> Defined:
        """The standard's cipher of this direction."""
        return aes.Cipher if self.left else aes.EqInvCipher

    def schedule(self, aes: Aes, memory: Term) -> Term:
        """The key schedule of the standard that the one at the key stands for."""
        kept = words_of(block_at(memory, key, 16 * (aes.rounds + 1)), 128)
        keys = [self.round_key(k, r, aes.rounds) for r, k in enumerate(kept)]
        return concat(*(keys if self.left else reversed(keys)))


def encryption() -> Direction:
    """Cipher(): the S-box without its constant in the basis, the same doubled, and, in the end, as it is."""
    basis = Basis((0x70, 0x2A, 0x98, 0x08, 0x4D, 0x7C, 0x7D, 0x81), 0)
    plain = SubByte(basis.outside(_byte)) ^ AFFINE
    looked_up = (basis.inside(plain), basis.inside(times(plain, 2)), plain)
    rounds, box = (Round, LastRound), SubByte.definition
    return Direction("encrypt", basis, rounds, box, looked_up, left=True, missing=AFFINE, rows=(1, 2, 3))


def decryption() -> Direction:
    """EqInvCipher(): the inverse S-box times the coefficients of InvMixColumns in the basis, and, in the end, as it is."""
    basis = Basis((0x5F, 0x54, 0x04, 0x1A, 0x65, 0x05, 0xE6, 0x94), AFFINE)
    plain = InvSubByte(basis.outside(_byte))
    looked_up = (*(linear(basis.columns, times(plain, c)) for c in (0x9, 0xD, 0xB, 0xE)), plain)
    rounds, box = (EqInvRound, EqInvLastRound), InvSubByte.definition
    return Direction("decrypt", basis, rounds, box, looked_up, left=False, missing=0, rows=(3,))


ENCRYPTION, DECRYPTION = encryption(), decryption()


@cache
def same_cipher(direction: Direction, cipher: Defined) -> Thm:
    """⊢ cipher(block, schedule) = … by the states that the code goes through"""
    block, schedule = cipher.definition.lhs.args
    first, *middle, last = direction.keys(schedule)
    state = reduce(direction.step, middle, direction.start(block, first))
    through = direction.last_round(direction.basis.outside(state), last)
    simplifier = Simplifier()
    for d in (direction.start, direction.step):
        simplifier.add_rule(d.definition)
    standard, ours = simplifier.normalize(cipher.definition.rhs), simplifier.normalize(through)
    return TRANS(cipher.definition, TRANS(standard, SYM(ours)))


def cuts(direction: Direction) -> Cuts:
    """The states that the code goes through, and what it looks up."""
    return Cuts((direction.start.definition, direction.step.definition), 8, direction.functions)


def rules(direction: Direction, cipher: Defined) -> tuple[Thm, ...]:
    """What joins them with the standard."""
    rounds = direction.round.definition, direction.last_round.definition
    return (same_cipher(direction, cipher), *rounds, *direction.by_box)


def contract(direction: Direction, aes: Aes) -> Contract:
    """The contract of a direction on one block, for one key size."""
    cipher = direction.cipher(aes)

    def ensures(memory: Term) -> Mapping[str, Term]:
        expected = cipher(block_at(MEMORY, inp), direction.schedule(aes, MEMORY))
        return {f"the output is {cipher.name} of the input": eq(block_at(memory, out), expected)}

    rounds = read(MEMORY, key + ROUNDS_AT, 4)
    return Contract(
        name=f"openssl/vpaes_{direction.name}_{aes.bits}",
        symbol=f"vpaes_{direction.name}",
        summary=f"AES-{aes.bits} of the block at inp, to the block at out, with vpaes's form of the key schedule at key (FIPS 197)",
        arguments={"x0": inp, "x1": out, "x2": key},
        regions=(
            Region("input", inp, 16),
            Region("output", out, 16, writable=True),
            Region("schedule", key, 16 * (aes.rounds + 1)),
            Region("rounds", key + ROUNDS_AT, 4),
        ),
        requires={"the key has one less than the number of rounds": eq(rounds, aes.rounds - 1)},
        ensures=ensures,
        public=(inp, out, key),
        witness={inp: 0x1_0000, out: 0x2_0000, key: 0x3_0000, rounds: aes.rounds - 1},
        cuts=cuts(direction),
        rules=lambda: rules(direction, cipher),
        stack=16,
    )


CONTRACTS = (
    *(contract(ENCRYPTION, aes) for aes in AES.values()),
    *(contract(DECRYPTION, aes) for aes in AES.values()),
)
