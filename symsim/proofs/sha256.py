# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""OpenSSL's SHA-256 block functions: fold the compression function over num blocks."""

from __future__ import annotations

from collections.abc import Mapping

from crypto_specs.message import words_in_order
from crypto_specs.sha256 import BLOCK, BLOCKS, COMPRESS, sha256_blocks
from kernel.ops import eq, read, ule
from kernel.sorts import BV
from kernel.term import Term, Var
from symsim.contract import INDEX_VARIABLE, MEMORY, Contract, Fold, Global, Loop, Region

ctx, inp, num = (Var(name, BV(64)) for name in ("ctx", "inp", "num"))

STATE_BYTES = 32
MOST_BLOCKS = (1 << 58) - 1  # the largest number of blocks whose length in bytes is below 2^64


def layout(value: Term) -> Term:
    """How the context holds a hash value: eight 32-bit words, H0 first, each little-endian; its own inverse."""
    return words_in_order(value, 32)


def value_after(count: Term) -> Term:
    """The hash value after that many blocks of the input."""
    return sha256_blocks(count, layout(read(MEMORY, ctx, STATE_BYTES)), MEMORY, inp)


def ensures(memory: Term) -> Mapping[str, Term]:
    """The context holds the fold of the compression function over the blocks."""
    return {"the context holds the hash value after num blocks": eq(read(memory, ctx, STATE_BYTES), layout(value_after(num)))}


FOLD = Fold(
    value=value_after,
    zero=BLOCKS[0],
    successor=BLOCKS[1],
    counter=INDEX_VARIABLE,
    cell="ctx",
    layout=layout,
    unfold=(COMPRESS,),
)


def contract(symbol: str, loop: int = 0, globals_: tuple[Global, ...] = ()) -> Contract:
    """The contract of one of the block functions; `loop` is the place of its loop over the blocks."""
    return Contract(
        name=f"openssl/{symbol}",
        symbol=symbol,
        summary="SHA-256 of num blocks of 64 bytes at inp, from and to the hash value at ctx (FIPS 180-4)",
        arguments={"x0": ctx, "x1": inp, "x2": num},
        regions=(Region("ctx", ctx, STATE_BYTES, writable=True), Region("input", inp, num << 6, unit=BLOCK)),
        requires={"there is a block": ~eq(num, 0), "the length in bytes fits 64 bits": ule(num, MOST_BLOCKS)},
        ensures=ensures,
        public=(ctx, inp, num),
        witness={ctx: 0x1_0000, inp: 0x2_0000, num: 2},
        loops={loop: Loop(num, FOLD)},
        globals=globals_,
    )


SCALAR = Global(
    "OPENSSL_armcap_P",
    4,
    lambda value: eq(value & 0x11, 0),
    "OPENSSL_armcap_P says neither NEON nor the SHA-256 instructions",
)

CONTRACTS = (
    contract("sha256_block_armv8"),
    contract("sha256_block_neon"),
    contract("sha256_block_data_order", globals_=(SCALAR,)),
)
