# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A byte at a place that is not known, in a table: the table's bytes as one number, shifted."""

from __future__ import annotations

from functools import cache, reduce

from kernel.arrays import READ_PART
from kernel.ops import eq, implies, number, read, ult, zext
from kernel.rules import ANF, ASSUME, CASES, DISCH, EQ_MP, EVAL, INST, MP, SYM, TRANS
from kernel.sorts import BV, MEM
from kernel.term import Term, Var, substitute
from kernel.thm import Thm
from symsim.blast import blast
from symsim.rewrite import REPLACE

_M, _A, _I = Var("table_memory", MEM), Var("table", BV(64)), Var("index", BV(64))


@cache
def _entry(size: int) -> Thm:
    """⊢ i < n ⇒ read(m, a + i, 1) = (read(m, a, n) >> 8 · i)[7:0], by cases"""
    whole = read(_M, _A, size)
    claim = eq(read(_M, _A + _I, 1), (whole >> zext(_I * 8, 8 * size))[7:0])

    def at(k: int) -> Thm:
        is_k = ASSUME(eq(_I, k))
        here = substitute(claim, {_I: number(k, 64)})
        byte, shifted = here.args
        part = READ_PART(byte, _A, size)
        amount = shifted.args[0].args[1]
        known = REPLACE(shifted, {amount: EVAL(amount)})
        th = TRANS(part, SYM(TRANS(known, ANF(known.rhs, part.rhs))))
        return EQ_MP(SYM(REPLACE(claim, {_I: is_k})), th)

    inside = ult(_I, size)
    others = [eq(_I, k) for k in range(size - 1)]
    last = eq(_I, size - 1)
    found = blast(implies(inside, reduce(lambda goal, p: implies(~p, goal), reversed(others), last)))
    found = reduce(MP, (ASSUME(p) for p in (inside, *[~p for p in others])), found)
    th = MP(DISCH(last, at(size - 1)), found)
    for k in reversed(range(size - 1)):
        th = CASES(others[k], at(k), th)
    return DISCH(inside, th)


def TABLE_ENTRY(memory: Term, table: Term, size: int, index: Term) -> Thm:
    """⊢ i < n ⇒ read(m, a + i, 1) = (read(m, a, n) >> 8 · i)[7:0]"""
    return INST(_entry(size), {_M: memory, _A: table, _I: index})
