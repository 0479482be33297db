# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""OpenSSL's ChaCha20 (RFC 8439) of any number of bytes, disjoint and in place."""

from __future__ import annotations

from collections.abc import Mapping

from crypto_specs.chacha20 import BLOCK, chacha20_block, encrypt_blocks, encrypt_rest, inner_block, key_stream
from crypto_specs.message import byte_of, words_in_order
from kernel.ops import concat, eq, number, read, ule, ult, zext
from kernel.sorts import BV
from kernel.term import Term, Var, free_vars
from symsim.contract import INDEX_VARIABLE, MEMORY, Contract, Cuts, Global, Loop, Output, Region
from symsim.proofs.block_hash import without

out, inp, key, ctr, n, rest, eights, more = (Var(x, BV(64)) for x in ("out", "inp", "key", "ctr", "n", "rest", "eights", "more"))
counter, nonce = Var("counter", BV(32)), Var("nonce", BV(96))
PARAMETERS = words_in_order(read(MEMORY, key, 32), 32), counter, nonce


def contract(
    symbol: str,
    in_place: bool,
    amount: str,
    blocks: Term,
    bounds: Mapping[str, Term],
    witness: Mapping[Term, int],
    loops: Mapping[int, Loop],
    globals_: tuple[Global, ...] = (),
    ahead: int = 2,
) -> Contract:
    """The contract of encryption and decryption of so many blocks and `rest` bytes more.

    The routines count in 64 bits, of which the upper half is part of the nonce, so that their callers have to see to a counter that wraps.
    """
    source = out if in_place else inp
    whole, length = blocks * BLOCK, blocks * BLOCK + rest
    output = Output(
        label="block j of the output is block j of the input, added to that of the key stream",
        base=out,
        unit=BLOCK,
        count=blocks,
        block=lambda j: read(MEMORY, source + (j << 6), BLOCK) ^ key_stream(j, *PARAMETERS),
        value=lambda c: encrypt_blocks(c, *PARAMETERS, MEMORY, source, out),
        zero=encrypt_blocks.equations[0],
        successor=encrypt_blocks.equations[1],
        counter=INDEX_VARIABLE,
        unfold=(chacha20_block.definition,),
        ahead=ahead,
    )
    last = Output(
        label="byte j of the rest is that of the input, added to that of the next block of the key stream",
        base=out + whole,
        unit=1,
        count=rest,
        block=lambda j: read(MEMORY, source + whole + j, 1) ^ byte_of(key_stream(blocks, *PARAMETERS), j),
        value=lambda c: encrypt_rest(c, *PARAMETERS, blocks, output.value(blocks), source + whole, out + whole),
        zero=encrypt_rest.equations[0],
        successor=encrypt_rest.equations[1],
        counter=INDEX_VARIABLE,
        unfold=(chacha20_block.definition,),
    )
    inputs = () if in_place else (Region("input", inp, length, unit=BLOCK, rest=True),)
    return Contract(
        name=f"openssl/{symbol}" + ("_in_place" if in_place else ""),
        symbol=symbol,
        summary=f"ChaCha20 encryption of {amount} and `rest` bytes at {'out, in place' if in_place else 'inp to out'}, with the key at key",
        arguments={"x0": out, "x1": source, "x2": length, "x3": key, "x4": ctr},
        regions=(
            *inputs,
            Region("output", out, length, writable=True, unit=BLOCK, rest=True),
            Region("key", key, 32),
            Region("counter", ctr, 16),
        ),
        requires={
            "ctr holds the counter and the nonce": eq(read(MEMORY, ctr, 16), concat(words_in_order(nonce, 32), counter)),
            "the rest is less than a block": ult(rest, BLOCK),
            **bounds,
            "the counter does not wrap": ult(zext(counter, 64) + blocks, 1 << 32),
        },
        ensures=lambda memory: {},
        public=(out, *(() if in_place else (inp,)), key, ctr, *sorted(free_vars(blocks), key=str), rest),
        witness={inp: 0x1_0000, out: 0x2_0000, key: 0x3_0000, ctr: 0x4_0000, rest: 5, counter: 5, nonce: 9} | witness,
        loops=loops,
        cuts=Cuts((inner_block.definition,), 32),
        globals=globals_,
        stack=288,
        output=output,
        rest=last,
    )


def ctr32(in_place: bool) -> Contract:
    """The contract of the dispatcher on a processor without vector instructions, where it goes on to general registers."""
    return contract(
        "ChaCha20_ctr32",
        in_place,
        "n blocks",
        blocks=n,
        bounds={"the number of blocks fits 32 bits": ule(n, (1 << 32) - 1)},
        witness={n: 3},
        loops={0: Loop(n), 2: Loop(rest)},
        globals_=(without(0x2001, "neither NEON nor SVE"),),
    )


def neon(in_place: bool) -> Contract:
    """The contract of the code with vector instructions: eight blocks in a round, and then five, or single ones, of those that are left."""
    return contract(
        "ChaCha20_neon",
        in_place,
        "8 · eights + more blocks",
        blocks=eights * 8 + more,
        bounds={
            "the number of blocks fits 32 bits": ule(eights, (1 << 29) - 1),
            "the other blocks are less than eight": ult(more, 8),
            "there are three blocks": ule(number(3, 64), eights * 8 + more),
        },
        witness={eights: 1, more: 6},
        loops={2: Loop(rest), 5: Loop(rest), 6: Loop(eights)},
        ahead=18,
    )


CONTRACTS = (*map(ctr32, (False, True)), *map(neon, (False, True)))
