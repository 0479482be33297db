# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""OpenSSL's GHASH of any number of blocks with the PMULL instructions (SP 800-38D, 6.4), four blocks in a round.

Code multiplies the blocks of a round by H^4, H^3, H^2, H, adds the products, and reduces the sum once; the standard multiplies by H after
each block. That the two are equal is a theorem about the standard.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from crypto_specs.gcm import ghash_blocks
from crypto_specs.message import byte_string
from kernel.ops import eq, implies, number, read, ule, ult
from kernel.rules import ASSUME, CONG, DISCH, INST, MP, RING, SYM, TRANS
from kernel.sorts import BV
from kernel.term import Term, Var
from kernel.thm import Thm
from symsim.blast import blast
from symsim.contract import INDEX_VARIABLE, MEMORY, Contract, Fold, Grouping, Loop, Region
from symsim.proofs.gcm_v8 import TABLE_BYTES, H, Htable, Xi, first_power, has_table
from symsim.proofs.gf128 import SUM_OF_POWERS
from symsim.proofs.ghash_products import BY_WORDS
from symsim.rewrite import REPLACE

inp, n = Var("inp", BV(64)), Var("n", BV(64))
STRIDE = 4  # blocks in a round
MOST = (1 << 60) - 1  # blocks whose length in bytes is below 2^64


@cache
def several_blocks(count: int) -> Thm:
    """⊢ i < 2^64 − count ⇒ GHASH of i + count blocks = the sum of the last ones, GHASH of i blocks added to the first of them, times
    powers of H"""
    i, successor = INDEX_VARIABLE, ghash_blocks.equations[1]
    early = ASSUME(ult(i, (1 << 64) - count))
    before = successor.concl.args[1].args[1].args[0].args[0]
    th = CONG(before, {})
    blocks = []
    for k in range(count):
        one = INST(successor, {i: i + k} if k else {})
        guard = one.concl.args[0]
        one = MP(one, MP(blast(implies(early.concl, guard)), early))
        blocks.append(one.rhs.args[0].args[1])
        counted = CONG(one.lhs, {0: RING(one.lhs.args[0], i + (k + 1))})
        one = TRANS(SYM(counted), one)
        th = TRANS(one, REPLACE(one.rhs, {th.lhs: th}))
    return DISCH(early.concl, TRANS(th, SUM_OF_POWERS(before, blocks, th.rhs.args[1])))


def fours(k: int) -> tuple[int, ...]:
    """Four blocks at a time, then those that are left."""
    return (4,) * (k // 4) + ((k % 4,) if k % 4 else ())


def twos_or_fours(k: int) -> tuple[int, ...]:
    """The same for four blocks or more; for less, two at a time."""
    return fours(k) if k >= 4 else (2,) * (k // 2) + (1,) * (k % 2)


def contract(symbol: str, least: int, loop: int, groups: Callable[[int], tuple[int, ...]]) -> Contract:
    """The contract of a routine for `least` blocks or more, in these groups; `loop` is the place of its loop over four blocks."""

    def value(i: Term) -> Term:
        return ghash_blocks(i, byte_string(read(MEMORY, Xi, 16)), H, MEMORY, inp)

    def ensures(memory: Term) -> Mapping[str, Term]:
        return {"Xi holds GHASH, from what it held on, of the n blocks": eq(byte_string(read(memory, Xi, 16)), value(n))}

    fold = Fold(
        value=value,
        zero=ghash_blocks.equations[0],
        successor=ghash_blocks.equations[1],
        counter=INDEX_VARIABLE,
        cell="Xi",
        layout=byte_string,
        stride=STRIDE,
        grouping=Grouping(groups, several_blocks),
    )
    return Contract(
        name=f"openssl/{symbol}",
        symbol=symbol,
        summary="GHASH of n blocks at inp, from and to the block at Xi, with the table at Htable",
        arguments={"x0": Xi, "x1": Htable, "x2": inp, "x3": n << 4},
        regions=(
            Region("Xi", Xi, 16, writable=True),
            Region("Htable", Htable, TABLE_BYTES),
            Region("input", inp, n << 4, unit=16),
        ),
        requires={
            **has_table(),
            "there are so many blocks at least": ule(number(least, 64), n),
            "the length in bytes fits 64 bits": ule(n, MOST),
        },
        ensures=ensures,
        public=(Xi, Htable, inp, n),
        witness={Xi: 0x1_0000, Htable: 0x2_0000, inp: 0x3_0000, n: 13, H: 0x66E94BD4EF8A2C3B884CFA59CA342B2E},
        # The first round's blocks are read before the loop, and the last round is done after it.
        loops={loop: Loop((n >> 2) - 1, fold, n)},
        rules=lambda: (BY_WORDS(), first_power(H)),
        stack=0,
    )


CONTRACTS = (contract("gcm_ghash_v8", 1, 1, twos_or_fours), contract("gcm_ghash_v8_4x", STRIDE, 0, fours))
