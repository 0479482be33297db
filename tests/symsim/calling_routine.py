# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A routine that stores n words, each mixed with a key by a subroutine: out[j] = mixed(in[j], key)."""

from __future__ import annotations

from typing import Any

from word_routine import FIRST_KEY, INPUT, KEY, N, word_contract, word_program

from crypto_specs.defined import Defined
from crypto_specs.stored import stored_blocks
from kernel.ops import concat, read
from kernel.sorts import BV
from kernel.term import Term, Var
from symsim.contract import Call, Contract, Loop
from symsim.program import Program

CALLER = (
    0xA9BF7BFD,  # stp x29, x30, [sp, #-16]!
    0xF8408429,  # head: ldr x9, [x1], #8
    0x94000006,  # bl mix
    0xF8008409,  # str x9, [x0], #8
    0xF1000442,  # subs x2, x2, #1
    0x54FFFF81,  # b.ne head
    0xA8C17BFD,  # ldp x29, x30, [sp], #16
    0xD65F03C0,  # ret
)
MIX = (
    0xF940006B,  # mix: ldr x11, [x3]
    0x52800068,  # mov w8, #3
    0x93C91D2A,  # again: ror x10, x9, #7
    0xCA0B0149,  # eor x9, x10, x11
    0x71000508,  # subs w8, w8, #1
    0x54FFFFA1,  # b.ne again
    0xD65F03C0,  # ret
)
STORE, USES_TEN, MOVES_KEY, SKIPS_ONE, CALLS_ITSELF = 0xF9000009, 0xCA0A0129, 0x91002063, 0xB4000049, 0x97FFFFFB
"""str x9, [x0]; eor x9, x9, x10; add x3, x3, #8; cbz x9, the next but one; bl mix, five instructions on in it"""

X, _word, _key = (Var(name, BV(64)) for name in ("x", "word", "k"))


def _rotated(t: Term) -> Term:
    return concat(t[6:0], t[63:7])


def _mixed() -> Term:
    t: Term = _word
    for _ in range(3):
        t = _rotated(t) ^ _key
    return t


mixed = Defined("mixed_by_rotation", (_word, _key), _mixed())
stored = stored_blocks(
    "mixed_words", 8, (_key,), (INPUT,), lambda j, k, memory, address: mixed(read(memory, address + (j << 3), 8), k)
)
MIXES = Call(
    name="mix",
    inputs={"x9": X},
    arguments={"x3": KEY},
    results={"x9": mixed(X, FIRST_KEY)},
    rules=lambda: (mixed.definition,),
)


def program(caller: tuple[int, ...] = CALLER, mix: tuple[int, ...] = MIX) -> Program:
    """The routine `mixes` of these words."""
    return word_program("mixes", (*caller, *mix))


def contract(**changes: Any) -> Contract:
    """The contract of `mixes`."""
    own: dict[str, Any] = {"loops": {0: Loop(N)}, "calls": {0: MIXES}, "stack": 16}
    return word_contract("mixes", lambda j, word: mixed(word, FIRST_KEY), stored, **(own | changes))
