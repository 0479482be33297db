# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The contract that block functions of iterated hashes share: fold the compression function over num blocks, from and to a context."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from crypto_specs.message import words_in_order
from kernel.ops import eq, read, ule, zext
from kernel.sorts import BV
from kernel.term import Term, Var
from kernel.thm import Thm
from symsim.contract import INDEX_VARIABLE, MEMORY, Contract, Cuts, Fold, Global, Loop, Region

ctx, inp = (Var(name, BV(64)) for name in ("ctx", "inp"))


@dataclass(frozen=True)
class BlockHash:
    """A hash as its specification has it: `blocks(count, value, memory, address)` and its equations.

    The sizes of value and block are in bytes; the context keeps words of `word` bits, each little-endian.
    """

    title: str
    blocks: Callable[[Term, Term, Term, Term], Term]
    equations: tuple[Thm, Thm]
    compress: Thm
    value_bytes: int
    block_bytes: int
    word: int
    cuts: Cuts | None = None

    def layout(self, value: Term) -> Term:
        """How the context holds a hash value: its words, the first one first; its own inverse."""
        return words_in_order(value, self.word)

    def value_after(self, count: Term) -> Term:
        """The hash value after that many blocks of the input."""
        return self.blocks(count, self.layout(read(MEMORY, ctx, self.value_bytes)), MEMORY, inp)

    def contract(
        self, symbol: str, *, loop: int = 0, globals_: tuple[Global, ...] = (), stack: int = 256, num_bits: int = 64
    ) -> Contract:
        """The contract of a block function.

        `loop` is the place of its loop over the blocks among the loops of the routine, `num_bits` how much of the register with the
        number of blocks the routine looks at: the rest must be 0.
        """
        num = Var("num", BV(num_bits))
        count = zext(num, 64)
        shift = self.block_bytes.bit_length() - 1
        requires = {"there is a block": ~eq(num, 0)}
        if num_bits == 64:
            most = (1 << 64 - shift) - 1  # the largest number of blocks whose length in bytes is below 2^64
            requires["the length in bytes fits 64 bits"] = ule(num, most)
        fold = Fold(
            value=self.value_after,
            zero=self.equations[0],
            successor=self.equations[1],
            counter=INDEX_VARIABLE,
            cell="ctx",
            layout=self.layout,
            unfold=(self.compress,),
        )

        def ensures(memory: Term) -> Mapping[str, Term]:
            held = read(memory, ctx, self.value_bytes)
            return {"the context holds the hash value after num blocks": eq(held, self.layout(self.value_after(count)))}

        return Contract(
            name=f"openssl/{symbol}",
            symbol=symbol,
            summary=f"{self.title} of num blocks of {self.block_bytes} bytes at inp, from and to the hash value at ctx",
            arguments={"x0": ctx, "x1": inp, "x2": count},
            regions=(
                Region("ctx", ctx, self.value_bytes, writable=True),
                Region("input", inp, count << shift, unit=self.block_bytes),
            ),
            requires=requires,
            ensures=ensures,
            public=(ctx, inp, num),
            witness={ctx: 0x1_0000, inp: 0x2_0000, num: 2},
            loops={loop: Loop(count, fold)},
            cuts=self.cuts,
            globals=globals_,
            stack=stack,
        )


def without(mask: int, what: str) -> Global:
    """The assumption that OPENSSL_armcap_P has none of the bits, so that the dispatcher goes on to its scalar code."""
    return Global("OPENSSL_armcap_P", 4, lambda value: eq(value & mask, 0), f"OPENSSL_armcap_P says {what}")
