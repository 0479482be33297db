# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The algebra of GHASH's field (SP 800-38D, 6.3), as theorems about the standard's own multiplication.

Algorithm 1 is opened once, into a sum of which every bit of X selects a linear map of Y. The rest follows by comparing normal forms over
GF(2), and associativity by going through the algorithm's 128 steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from crypto_specs.gcm import R, multiply, power
from kernel.normal import anf
from kernel.ops import APP, BVXOR, CLMUL, eq, ite, number
from kernel.rules import ANF, CONG, EVAL, INST, MP, SYM, TRANS
from kernel.sorts import BV
from kernel.term import Term, Var, postorder
from kernel.thm import Thm
from symsim.blast import blast
from symsim.canonical import bits_term
from symsim.carryless import EXPANDED, repeated, total
from symsim.derived import GROUND
from symsim.rewrite import REPLACE

BITS = 128
BLOCK = BV(BITS)
_a, _b, _c, _v, _z, _h, _p = (*(Var(name, BLOCK) for name in ("a", "b", "c", "v", "z", "h")), Var("p", BV(1)))


def times_x(v: Term) -> Term:
    """v x, as Algorithm 1 has it."""
    return ite(eq(v[0], 1), v >> 1 ^ R, v >> 1)


def step(z: Term, v: Term, bit: Term) -> Term:
    """Algorithm 1's next Z."""
    return ite(eq(bit, 1), z ^ v, z)


@cache
def _linear_times_x() -> Thm:
    return blast(eq(times_x(_v), _v >> 1 ^ (repeated(_v[0], BITS) & R)))


def TIMES_X(v: Term) -> Thm:
    """⊢ v x = (v ≫ 1) ⊕ R where the last bit of v is set"""
    return INST(_linear_times_x(), {_v: v})


@cache
def _linear_step() -> Thm:
    return blast(eq(step(_z, _v, _p), _z ^ (repeated(_p, BITS) & _v)))


@cache
def _multiples(count: int) -> Thm:
    """⊢ Algorithm 1's V after so many steps = its linear form"""
    if count == 0:
        return ANF(_v, _v)
    before = _multiples(count - 1)
    t = times_x(before.lhs)
    th = TRANS(REPLACE(t, {before.lhs: before}), TIMES_X(before.rhs))
    return TRANS(th, ANF(th.rhs, bits_term(anf(th.rhs), BLOCK)))


@cache
def SELECTION() -> Thm:
    """⊢ a • b = the sum over k of b x^k where bit k of a is set"""
    definition = INST(multiply.definition, dict(zip(multiply.definition.lhs.args, (_a, _b), strict=True)))
    products = []
    z = zero = number(0, BITS)
    th: Thm | None = None
    for k in range(BITS):
        multiple = INST(_multiples(k), {_v: _b})
        t = step(z, multiple.lhs, _a[BITS - 1 - k])
        z = t
        known = {multiple.lhs: multiple} if th is None else {multiple.lhs: multiple, th.lhs: th}
        th = REPLACE(t, known)
        (_, added), bit = th.rhs.args[1].args, _a[BITS - 1 - k]
        th = TRANS(th, INST(_linear_step(), {_z: th.rhs.args[2], _v: added, _p: bit}))
        products.append(th.rhs.args[1])
    xs = [Var(f"x{k}", BLOCK) for k in range(BITS)]
    nested: Term = zero
    for x in xs:
        nested = nested ^ x
    flat = INST(ANF(nested, total(xs)), dict(zip(xs, products, strict=True)))
    return TRANS(TRANS(definition, th), flat)


def opened(t: Term) -> Thm:
    """⊢ t = t′, where t′ has products in the field and carry-less products, which are not inside others, as sums of selections"""
    equations = {}
    for s in postorder((t,)):
        if s.op is multiply(_a, _b).op and s.params == multiply(_a, _b).params:
            equations[s] = INST(SELECTION(), {_a: s.args[0], _b: s.args[1]})
        elif s.op is CLMUL:
            equations[s] = EXPANDED(s)
    return REPLACE(t, equations)


def by_selections(left: Term, right: Term) -> Thm:
    """⊢ left = right, where their products opened have one normal form"""
    first, second = opened(left), opened(right)
    return TRANS(TRANS(first, ANF(first.rhs, second.rhs)), SYM(second))


@cache
def COMMUTATIVE() -> Thm:
    """⊢ a • b = b • a"""
    return by_selections(multiply(_a, _b), multiply(_b, _a))


@cache
def LINEAR_LEFT() -> Thm:
    """⊢ (a ⊕ b) • c = a • c ⊕ b • c"""
    return by_selections(multiply(_a ^ _b, _c), multiply(_a, _c) ^ multiply(_b, _c))


@cache
def LINEAR_RIGHT() -> Thm:
    """⊢ a • (b ⊕ c) = a • b ⊕ a • c"""
    return by_selections(multiply(_a, _b ^ _c), multiply(_a, _b) ^ multiply(_a, _c))


@cache
def _times_x_first() -> Thm:
    """⊢ (v x) • c = (v • c) x"""
    there = CONG(multiply(times_x(_v), _c), {0: TIMES_X(_v)})
    product = INST(SELECTION(), {_a: _v, _b: _c})
    back = TRANS(REPLACE(times_x(product.lhs), {product.lhs: product}), TIMES_X(product.rhs))
    selected = INST(SELECTION(), {_a: there.rhs.args[0], _b: _c})
    th = TRANS(TRANS(there, selected), ANF(selected.rhs, back.rhs))
    return TRANS(th, SYM(back))


@cache
def _step_first() -> Thm:
    """⊢ Algorithm 1's next Z, times c = the next Z from Z • c and V • c"""
    there = CONG(multiply(step(_z, _v, _p), _c), {0: _linear_step()})
    selected = INST(SELECTION(), {_a: there.rhs.args[0], _b: _c})
    zc, vc = INST(SELECTION(), {_a: _z, _b: _c}), INST(SELECTION(), {_a: _v, _b: _c})
    back = INST(_linear_step(), {_z: zc.lhs, _v: vc.lhs})
    back = TRANS(back, REPLACE(back.rhs, {zc.lhs: zc, vc.lhs: vc}))
    return TRANS(TRANS(TRANS(there, selected), ANF(selected.rhs, back.rhs)), SYM(back))


@cache
def ASSOCIATIVE() -> Thm:
    """⊢ (a • b) • c = a • (b • c), since multiplying by c commutes with each step of Algorithm 1 on a and b"""
    parameters = multiply.definition.lhs.args
    inner = INST(multiply.definition, dict(zip(parameters, (_a, _b), strict=True)))
    outer = INST(multiply.definition, dict(zip(parameters, (_a, multiply(_b, _c)), strict=True)))
    zero = number(0, BITS)
    z_is = TRANS(opened(multiply(zero, _c)), ANF(opened(multiply(zero, _c)).rhs, zero))
    v_is = CONG(multiply(_b, _c), {})
    z, v = zero, _b
    for k in range(BITS):
        bit = _a[BITS - 1 - k]
        moved = INST(_step_first(), {_z: z, _v: v, _p: bit})
        z_is, z = TRANS(moved, REPLACE(moved.rhs, {z_is.lhs: z_is, v_is.lhs: v_is})), step(z, v, bit)
        moved = INST(_times_x_first(), {_v: v})
        v_is, v = TRANS(moved, REPLACE(moved.rhs, {v_is.lhs: v_is})), times_x(v)
    return TRANS(TRANS(CONG(multiply(multiply(_a, _b), _c), {0: inner}), z_is), SYM(outer))


def power_of(k: int, a: Term) -> Term:
    """a^k"""
    return power(number(k, 64), a)


@cache
def _next_power(k: int) -> Thm:
    """⊢ a^(k + 1) = a^k • a"""
    successor = power.equations[1]
    i, x = successor.concl.args[1].args[1].args[0].args
    th = INST(successor, {i: number(k, 64), x: _a})
    th = MP(th, GROUND(th.concl.args[0]))
    return TRANS(SYM(CONG(th.lhs, {0: EVAL(th.lhs.args[0])})), th)


@cache
def FIRST_POWER() -> Thm:
    """⊢ a^1 = a"""
    zeroth = INST(power.equations[0], {power.equations[0].lhs.args[1]: _a})
    th = TRANS(_next_power(0), CONG(_next_power(0).rhs, {0: zeroth}))
    unit = opened(th.rhs)
    return TRANS(TRANS(th, unit), ANF(unit.rhs, _a))


@cache
def POWER_OF_SUM(i: int, j: int) -> Thm:
    """⊢ a^(i + j) = a^i • a^j, for j > 0"""
    th = _next_power(i + j - 1)
    if j == 1:
        return TRANS(th, CONG(th.rhs, {1: SYM(FIRST_POWER())}))
    th = TRANS(th, CONG(th.rhs, {0: POWER_OF_SUM(i, j - 1)}))
    left, right = th.rhs.args[0].args
    th = TRANS(th, INST(ASSOCIATIVE(), {_a: left, _b: right, _c: _a}))
    return TRANS(th, CONG(th.rhs, {1: SYM(_next_power(j - 1))}))


def horner(value: Term, blocks: Sequence[Term], h: Term) -> Term:
    """GHASH as Algorithm 2 has it: each block is added, and the sum multiplied by H."""
    for block in blocks:
        value = multiply(value ^ block, h)
    return value


def SUM_OF_POWERS(value: Term, blocks: Sequence[Term], h: Term) -> Thm:
    """⊢ GHASH of n blocks b0, b1, … from the value = (value ⊕ b0) • h^n ⊕ b1 • h^(n − 1) ⊕ … ⊕ b(n − 1) • h^1"""
    general = {Var(f"b{k}", BLOCK): block for k, block in enumerate(blocks)}
    return INST(_sum_of_powers(len(blocks)), {_v: value, _h: h, **general})


@cache
def _sum_of_powers(count: int) -> Thm:
    block = Var(f"b{count - 1}", BLOCK)
    if count == 1:
        return CONG(multiply(_v ^ block, _h), {1: SYM(INST(FIRST_POWER(), {_a: _h}))})
    before = _sum_of_powers(count - 1)
    th = CONG(multiply(before.lhs ^ block, _h), {0: CONG(before.lhs ^ block, {0: before})})
    return TRANS(th, _times(th.rhs.args[0], _h))


def _times(t: Term, h: Term) -> Thm:
    """⊢ (p ⊕ q ⊕ …) • h = p • h ⊕ q • h ⊕ …, with powers of h multiplied"""
    if t.op is BVXOR:
        rest, last = t.args
        th = INST(LINEAR_LEFT(), {_a: rest, _b: last, _c: h})
        return TRANS(th, CONG(th.rhs, {0: _times(rest, h), 1: _times(last, h)}))
    if t.op is not APP:
        return CONG(multiply(t, h), {1: SYM(INST(FIRST_POWER(), {_a: h}))})
    factor, raised = t.args
    th = INST(ASSOCIATIVE(), {_a: factor, _b: raised, _c: h})
    exponent = raised.args[0].params[0]
    return TRANS(th, CONG(th.rhs, {1: SYM(INST(_next_power(exponent), {_a: h}))}))
