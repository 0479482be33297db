# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Theorems about GHASH (SP 800-38D): its multiplication makes the blocks a ring, that of polynomials modulo another one, and so its
blocks can be taken several at a time."""

from __future__ import annotations

from functools import partial

from crypto_specs.gcm import multiply, multiply_polynomials
from kernel.ops import eq
from kernel.rules import INST, SYM, TRANS
from kernel.term import Term, Var
from kernel.thm import Thm
from symsim.proofs.gf128 import (
    ASSOCIATIVE,
    BLOCK,
    COMMUTATIVE,
    FIRST_POWER,
    LINEAR_LEFT,
    LINEAR_RIGHT,
    SUM_OF_POWERS,
    by_selections,
    horner,
    power_of,
)
from symsim.theorem import Claim, Theorem

a, b, c, h, value = (Var(name, BLOCK) for name in ("a", "b", "c", "h", "value"))
TOGETHER = (2, 4, 8)


def polynomials() -> Thm:
    """⊢ a • b = the product of polynomials modulo x^128 + x^7 + x^2 + x + 1"""
    definition = multiply_polynomials.definition
    definition = INST(definition, dict(zip(definition.lhs.args, (a, b), strict=True)))
    return TRANS(by_selections(multiply(a, b), definition.rhs), SYM(definition))


def grouped(count: int) -> Claim:
    """GHASH of so many blocks, multiplied by powers of H and added."""
    blocks = [Var(f"block{k}", BLOCK) for k in range(count)]
    total = multiply(value ^ blocks[0], power_of(count, h))
    for k, block in enumerate(blocks[1:], 1):
        total = total ^ multiply(block, power_of(count - k, h))
    return Claim(eq(horner(value, blocks, h), total), partial(SUM_OF_POWERS, value, blocks, h))


def product(*factors: Term) -> Term:
    """The factors multiplied from the left."""
    result = factors[0]
    for factor in factors[1:]:
        result = multiply(result, factor)
    return result


THEOREMS = (
    Theorem(
        name="spec/ghash_multiplication",
        summary="GHASH's multiplication is that of polynomials over GF(2) modulo another one (SP 800-38D, 6.3)",
        claims={
            "it is the product of polynomials modulo x^128 + x^7 + x^2 + x + 1": Claim(
                eq(multiply(a, b), multiply_polynomials(a, b)), polynomials
            ),
            "it is commutative": Claim(eq(multiply(a, b), multiply(b, a)), COMMUTATIVE),
            "it is linear in the first factor": Claim(eq(multiply(a ^ b, c), multiply(a, c) ^ multiply(b, c)), LINEAR_LEFT),
            "it is linear in the second factor": Claim(eq(multiply(a, b ^ c), multiply(a, b) ^ multiply(a, c)), LINEAR_RIGHT),
            "it is associative": Claim(eq(product(a, b, c), multiply(a, multiply(b, c))), ASSOCIATIVE),
            "a^1 is a": Claim(eq(power_of(1, a), a), FIRST_POWER),
        },
    ),
    Theorem(
        name="spec/ghash_grouped",
        summary="GHASH of several blocks is the sum of their products with powers of H (SP 800-38D, 6.4)",
        claims={f"{count} blocks at a time": grouped(count) for count in TOGETHER},
    ),
)
