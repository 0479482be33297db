# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto_specs.sha256 import sha256_blocks
from kernel.evaluate import evaluate
from kernel.ops import app, concat, number, read
from kernel.sorts import BV, MEM
from kernel.term import Term, Var
from kernel.theory import DECLARE, DEFINE, DEFINE_REC
from kernel.thm import KernelError
from symsim.concrete import Contents
from symsim.evaluation import value

A, B, N, I, R = (Var(name, BV(8)) for name in "abnir")
DEFINE("tested_twice", (A,), A + A)
DEFINE_REC("tested_sum", I, (A, B), B, R, R + app("tested_twice", BV(8), A) + I)
DEFINE("tested_outer", (A, N), app("tested_sum", BV(8), N, A, number(3, 8)) ^ A)
DEFINE_REC("tested_nested", I, (A,), app("tested_outer", BV(8), A, A), R, app("tested_outer", BV(8), R, I))
DECLARE("tested_unknown", (BV(8),), BV(8))
TERMS = [
    app("tested_twice", BV(8), A) + B,
    app("tested_sum", BV(8), N, A, B),
    app("tested_outer", BV(8), A, N),
    app("tested_nested", BV(8), N, A),
]


@pytest.mark.parametrize("term", TERMS, ids=str)
@settings(deadline=None)
@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 20))
def test_values_are_the_kernel_s(term: Term, a: int, b: int, n: int) -> None:
    values = {A: a, B: b, N: n}
    assert value(term, values) == evaluate(term, values)


@settings(deadline=None, max_examples=20)
@given(st.binary(min_size=192, max_size=192), st.integers(0, 3))
def test_so_it_is_of_a_specification(data: bytes, count: int) -> None:
    memory = Var("memory", MEM)
    start = concat(*[read(memory, number(0x1000 + k, 64), 8) for k in range(0, 32, 8)])
    term = sha256_blocks(number(count, 64), start, memory, number(0x1000, 64))
    values = {memory: Contents([(0x1000, data)])}
    assert value(term, values) == evaluate(term, values)


@pytest.mark.parametrize(
    ("term", "message"),
    [
        (A + B, "no value for b"),
        (app("tested_unknown", BV(8), A), "the constant tested_unknown has no value"),
    ],
)
def test_what_has_no_value(term: Term, message: str) -> None:
    with pytest.raises(KernelError, match=message):
        value(term, {A: 1})
    with pytest.raises(KernelError, match=message):
        evaluate(term, {A: 1})
