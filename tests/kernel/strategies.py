# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Random terms of bits: pools that grow, each term made of earlier ones."""

from __future__ import annotations

import random
from collections.abc import Callable

from hypothesis import strategies as st

from kernel.ops import ITE, clmul, concat, conj, disj, eq, implies, ite, number, ror, sext, slt, ule, ult, zext
from kernel.sorts import BOOL, BV
from kernel.term import OPS, Term, Var, mk

Maker = Callable[[], Term]


def pick(terms: list[Term], chosen: random.Random) -> Term:
    """One of the terms, rather a late one, so that terms grow deep."""
    return terms[-1 - min(chosen.randrange(len(terms)), chosen.randrange(len(terms)))]


def grow(pool: list[Term], chosen: random.Random, widest: int, arithmetic: bool) -> Term:
    """A new term of the pool's terms; with arithmetic, one that RING takes apart more often than not."""
    words = [t for t in pool if t.sort is not BOOL]
    bools = [t for t in pool if t.sort is BOOL]
    a, any_word = pick(words, chosen), pick(words, chosen)
    b, c = (pick([t for t in words if t.sort is a.sort], chosen) for _ in range(2))
    p, q = pick(bools, chosen), pick(bools, chosen)
    k, width = chosen.randrange(2 * a.width), a.width
    low = k % width
    sums: list[Maker] = [
        lambda: a + b,
        lambda: mk(OPS["bvadd"], (), (a, b, c, a)),
        lambda: a - b,
        lambda: -a,
        lambda: ~a,
        lambda: a * b,
        lambda: mk(OPS["bvmul"], (), (a, b, number(k, width))),
        lambda: a << number(k, width),
        lambda: a * number(1 << low, width),
        lambda: a + number(k * k, width),
    ]
    bits: list[Maker] = [
        lambda: a & b,
        lambda: mk(OPS["bvand"], (), (a, b, c)),
        lambda: a | b,
        lambda: mk(OPS["bvor"], (), (a, b, c)),
        lambda: a ^ b,
        lambda: a ^ number(k, width),
        lambda: ~a,
        lambda: a << number(k, width),
        lambda: a >> number(k, width),
        lambda: a * number(1 << low, width),
        lambda: a[chosen.randrange(low, width) : low],
        lambda: ror(a, k),
        lambda: zext(a, width + k % 9),
        lambda: concat(a, any_word),
        lambda: concat(any_word, a, b),
        lambda: mk(ITE, (), (p, a, b)),
        lambda: ite(p, a[low], b[low]),
        lambda: ~p,
        lambda: conj(p, q),
        lambda: disj(p, q, ~p),
        lambda: p ^ q,
        lambda: implies(p, q),
        lambda: eq(p, q),
        lambda: eq(a[low], b[0]),
        lambda: ite(p, q, ~q),
    ]
    rare: list[Maker] = [
        lambda: a >> b,
        lambda: a << b,
        lambda: sext(a, width + k % 9),
        lambda: clmul(a, b[low:0]),
        lambda: ult(a, b),
        lambda: ule(a, b),
        lambda: slt(a, b),
        lambda: eq(a, b),
        lambda: mk(OPS["bvudiv"], (), (a, b)),
        lambda: mk(OPS["bvurem"], (), (a, b)),
    ]
    common = sums if arithmetic else bits
    t = chosen.choice(common if chosen.random() < 0.8 else [*bits, *sums, *rare])()
    return t if t.width <= widest else t[widest - 1 : 0]


def pool(seed: int, size: int, widths: tuple[int, ...], arithmetic: bool = False) -> list[Term]:
    """That many terms over a few variables of these widths."""
    chosen = random.Random(seed)
    terms = [Var(name, BV(w)) for w in widths for name in "xy"]
    terms += [number(chosen.getrandbits(w), w) for w in widths]
    terms += [Var("p", BOOL), Var("q", BOOL)]
    for _ in range(size):
        terms.append(grow(terms, chosen, max(widths) + 1, arithmetic))
    return terms


seeds = st.integers(0, 1 << 32)
sizes = st.integers(1, 25)
