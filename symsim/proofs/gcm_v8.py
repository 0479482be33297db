# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""OpenSSL's multiplication for GHASH with the PMULL instructions (SP 800-38D, 6.3): the table of powers of H, and one product.

The table joins the routines: `gcm_init_v8` promises what the others require of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from crypto_specs.gcm import multiply
from crypto_specs.message import byte_string
from kernel.ops import concat, eq, read
from kernel.rules import CONG, INST, TRANS
from kernel.sorts import BV
from kernel.term import Term, Var
from kernel.thm import Thm
from symsim.contract import MEMORY, Contract, Region
from symsim.proofs.gf128 import BLOCK, FIRST_POWER, POWER_OF_SUM, power_of
from symsim.proofs.ghash_products import BY_WORDS, PREPARED, over_x

Xi, Htable, key = (Var(name, BV(64)) for name in ("Xi", "Htable", "key"))
H = Var("H", BLOCK)

TABLE_BYTES = 96  # four powers of H and the two words that belong to each pair of them
_a, _b = Var("a", BLOCK), Var("b", BLOCK)


def table(h: Term) -> Term:
    """What the table holds for H = h, as a little-endian number: H x⁻¹ to H^4 x⁻¹, and between two of them the sums of their halves,
    which Karatsuba's middle product takes."""
    words = [over_x(power_of(k, h)) for k in (1, 2, 3, 4)]
    sums = [w[127:64] ^ w[63:0] for w in words]
    return concat(words[3], sums[3], sums[2], words[2], words[1], sums[1], sums[0], words[0])


def has_table() -> Mapping[str, Term]:
    """The precondition that the table is the one of H."""
    return {"the table holds the first four powers of H": eq(read(MEMORY, Htable, TABLE_BYTES), table(H))}


def first_power(h: Term) -> Thm:
    """⊢ h^1 = h"""
    return INST(FIRST_POWER(), {_a: h})


def prepared_power(i: int, j: int, h: Term) -> Thm:
    """⊢ h^(i + j) x⁻¹ = the machine's product of h^i x⁻¹ and h^j x⁻¹, reduced"""
    powers = INST(POWER_OF_SUM(i, j), {_a: h})
    th = CONG(over_x(powers.lhs), {0: powers})
    left, right = powers.rhs.args
    return TRANS(th, INST(PREPARED(), {_a: left, _b: right}))


def init() -> Contract:
    """The contract of gcm_init_v8. H is handed over as two numbers, its first half and its second."""
    words = read(MEMORY, key, 16)
    h = concat(words[63:0], words[127:64])

    def ensures(memory: Term) -> Mapping[str, Term]:
        return {"the table holds the first four powers of H": eq(read(memory, Htable, TABLE_BYTES), table(h))}

    def rules() -> tuple[Thm, ...]:
        return over_x.definition, first_power(h), *(prepared_power(i, j, h) for i, j in ((1, 1), (2, 1), (2, 2)))

    return Contract(
        name="openssl/gcm_init_v8",
        symbol="gcm_init_v8",
        summary="the table for GHASH with the key at key, a pair of 64-bit numbers",
        arguments={"x0": Htable, "x1": key},
        regions=(Region("Htable", Htable, 256, writable=True), Region("key", key, 16)),
        requires={},
        ensures=ensures,
        public=(Htable, key),
        witness={Htable: 0x1_0000, key: 0x2_0000},
        rules=rules,
        stack=0,
    )


def gmult() -> Contract:
    """The contract of gcm_gmult_v8."""

    def ensures(memory: Term) -> Mapping[str, Term]:
        held, before = (byte_string(read(m, Xi, 16)) for m in (memory, MEMORY))
        return {"Xi is multiplied by H": eq(held, multiply(before, H))}

    return Contract(
        name="openssl/gcm_gmult_v8",
        symbol="gcm_gmult_v8",
        summary="the product in GF(2^128) of the block at Xi and H, to Xi",
        arguments={"x0": Xi, "x1": Htable},
        regions=(Region("Xi", Xi, 16, writable=True), Region("Htable", Htable, TABLE_BYTES)),
        requires=has_table(),
        ensures=ensures,
        public=(Xi, Htable),
        witness={Xi: 0x1_0000, Htable: 0x2_0000, H: 0x66E94BD4EF8A2C3B884CFA59CA342B2E},
        rules=lambda: (BY_WORDS(), first_power(H)),
        stack=0,
    )


CONTRACTS = (init(), gmult())
