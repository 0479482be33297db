# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What OpenSSL's modes of AES on n whole blocks have in common, by whatever instructions: f(inp, out, length, key, …), inp being out or
apart from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from crypto_specs.aes import Aes
from crypto_specs.defined import Recursive
from crypto_specs.message import byte_string
from kernel.ops import eq, read, ule
from kernel.sorts import BV
from kernel.term import Term, Var
from symsim.contract import INDEX_VARIABLE, MEMORY, Contract, Fold, Output, Region
from symsim.proofs.aes_v8 import ROUNDS_AT, block_at

inp, out, key, ivec, n = (Var(name, BV(64)) for name in ("inp", "out", "key", "ivec", "n"))
IV = block_at(MEMORY, ivec)
PLACES = (inp, out)
"""Where the input is: apart, or where the output will be."""
SOME = {"there is a block": ~eq(n, 0)}


def fits(bits: int) -> Mapping[str, Term]:
    """A bound for the number of blocks."""
    return {f"the length in bytes fits {bits} bits": ule(n, (1 << bits - 4) - 1)}


def output(
    label: str, stored: Recursive, parameters: tuple[Term, ...], block: Callable[[Term], Term], count: Term = n
) -> Output:
    """Blocks at `out`, each a string of bytes; `stored` is the memory after so many."""
    return Output(
        label=label,
        base=out,
        unit=16,
        count=count,
        block=lambda j: byte_string(block(j)),
        value=lambda c: stored(c, *parameters, out),
        zero=stored.equations[0],
        successor=stored.equations[1],
        counter=INDEX_VARIABLE,
    )


def chained(value: Callable[[Term], Term], recursion: Recursive, stride: int = 1) -> Fold:
    """What a loop leaves at ivec."""
    return Fold(value, *recursion.equations, INDEX_VARIABLE, "ivec", byte_string, stride=stride)


def contract(
    name: str,
    symbol: str,
    does: str,
    aes: Aes,
    source: Term,
    registers: Mapping[str, Term],
    *,
    requires: Mapping[str, Term],
    rounds: Mapping[str, int],
    left: Mapping[str, Term] | None = None,
    witness: Mapping[Term, int] | None = None,
    **more: Any,
) -> Contract:
    """The contract of a mode's routine. There is an ivec where a register points to it, and it is written to where something is said to be
    `left` there; `rounds` says what the key holds after its schedule."""
    apart, left = source is inp, left or {}
    ((label, held),) = rounds.items()
    kept = read(MEMORY, key + ROUNDS_AT, 4)
    ivecs = (ivec,) if ivec in registers.values() else ()
    return Contract(
        name=f"openssl/{name}_{aes.bits}" + ("" if apart else "_in_place"),
        symbol=symbol,
        summary=f"{does} with AES-{aes.bits} of n blocks at {'inp to out' if apart else 'out, in place'}",
        arguments={"x0": source, "x1": out, "x2": n << 4, "x3": key} | registers,
        regions=(
            *([Region("input", inp, n << 4, unit=16)] if apart else ()),
            Region("output", out, n << 4, writable=True, unit=16),
            *(Region("ivec", at, 16, writable=bool(left)) for at in ivecs),
            Region("schedule", key, 16 * (aes.rounds + 1)),
            Region("rounds", key + ROUNDS_AT, 4),
        ),
        requires={**requires, label: eq(kept, held)},
        ensures=lambda memory: {said: eq(read(memory, ivec, 16), byte_string(block)) for said, block in left.items()},
        public=(*dict.fromkeys((source, out)), key, *ivecs, n),
        witness={inp: 0x1_0000, out: 0x2_0000, key: 0x3_0000, ivec: 0x4_0000, n: 3, kept: held} | (witness or {}),
        **more,
    )
