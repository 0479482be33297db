# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The permutation Keccak-f[1600] (FIPS 202, 3), in the order of the standard's sections.

A lane is a word of 64 bits whose bit z is A[x, y, z]. A state is a 1600-bit vector whose bit i is the standard's S[i], so that lane
A[x, y] takes the 64 bits from 64 (x + 5 y) on, and a state in memory is read as one little-endian number.
"""

from __future__ import annotations

from crypto_specs.defined import Defined
from kernel.ops import concat, number, ror
from kernel.sorts import BV
from kernel.term import Term, Var

WIDTH, LANE, ROUNDS = 1600, 64, 24

Lanes = dict[tuple[int, int], Term]
PLACES = tuple((x, y) for y in range(5) for x in range(5))

# 3.1.2, 3.1.3 Converting strings to state arrays and back


def lanes(S: Term) -> Lanes:
    """The lanes of a state."""
    return {(x, y): S[LANE * (x + 5 * y) + LANE - 1 : LANE * (x + 5 * y)] for x, y in PLACES}


def state_of(A: Lanes) -> Term:
    """The state with these lanes."""
    return concat(*[A[place] for place in reversed(PLACES)])


# 3.2 Step mappings


def rotated(lane: Term, offset: int) -> Term:
    """The lane whose bit z is bit z − offset of the given one."""
    return ror(lane, -offset)


def theta(A: Lanes) -> Lanes:
    """3.2.1 XOR each bit with the parities of two columns."""
    C = [A[x, 0] ^ A[x, 1] ^ A[x, 2] ^ A[x, 3] ^ A[x, 4] for x in range(5)]
    D = [C[(x - 1) % 5] ^ rotated(C[(x + 1) % 5], 1) for x in range(5)]
    return {(x, y): A[x, y] ^ D[x] for x, y in PLACES}


def rotation_offsets() -> dict[tuple[int, int], int]:
    """3.2.2 The offsets of rho modulo the width of a lane, by the walk of Algorithm 2."""
    offsets = {(0, 0): 0}
    x, y = 1, 0
    for t in range(24):
        offsets[x, y] = (t + 1) * (t + 2) // 2 % LANE
        x, y = y, (2 * x + 3 * y) % 5
    return offsets


OFFSETS = rotation_offsets()


def rho(A: Lanes) -> Lanes:
    """3.2.2 Rotate each lane."""
    return {place: rotated(A[place], OFFSETS[place]) for place in PLACES}


def pi(A: Lanes) -> Lanes:
    """3.2.3 Rearrange the lanes."""
    return {(x, y): A[(x + 3 * y) % 5, x] for x, y in PLACES}


def chi(A: Lanes) -> Lanes:
    """3.2.4 XOR each bit with a product of two others in its row."""
    return {(x, y): A[x, y] ^ (~A[(x + 1) % 5, y] & A[(x + 2) % 5, y]) for x, y in PLACES}


def rc(t: int) -> int:
    """3.2.5, Algorithm 5: bit t of the shift register behind the round constants."""
    R = [1, 0, 0, 0, 0, 0, 0, 0]
    for _ in range(t % 255):
        R = [0, *R]
        for k in (0, 4, 5, 6):
            R[k] ^= R[8]
        R = R[:8]
    return R[0]


def round_constant(i: int) -> int:
    """3.2.5 The constant of round i: bits at the places 2^j − 1."""
    return sum(rc(j + 7 * i) << 2**j - 1 for j in range(7))


RC = tuple(round_constant(i) for i in range(ROUNDS))


def iota(A: Lanes, constant: Term) -> Lanes:
    """3.2.5 XOR lane (0, 0) with the constant of the round."""
    return {**A, (0, 0): A[0, 0] ^ constant}


# 3.3 Keccak-p[1600, 24]; 3.4 it is Keccak-f[1600]. One round and the permutation are constants of the logic.

_state, _constant = Var("state", BV(WIDTH)), Var("constant", BV(LANE))

keccak_round = Defined(
    "Keccak_round", (_state, _constant), state_of(iota(chi(pi(rho(theta(lanes(_state))))), _constant))
)
"""Rnd, of a state and the 64-bit constant of the round."""


def permutation(state: Term) -> Term:
    """The 24 rounds."""
    for constant in RC:
        state = keccak_round(state, number(constant, LANE))
    return state


keccak_f1600 = Defined("KeccakF1600", (_state,), permutation(_state))
"""Keccak-f[1600] of a state."""
