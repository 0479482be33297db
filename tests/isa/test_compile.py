# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The compiled evaluation of terms is the operators' own evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isa.compile import SOURCE, CompileError, Memory, clmul, compile_terms
from isa.state import POLICY, VARIABLES
from kernel import ops
from kernel.sorts import BOOL, BV, MEM, TRACE, Sort
from kernel.term import OPS, Term, Var, mk, postorder
from kernel.theory import DECLARE, DEFINE

WIDTHS = (1, 3, 8, 16, 32, 64)


def evaluate(terms: Sequence[Term], values: dict[Term, Any]) -> tuple[Any, ...]:
    """The values of terms by the kernel's operators, without applied constants."""
    known = dict(values)
    for t in postorder(terms):
        if t not in known:
            known[t] = t.op.evaluate(t, [known[a] for a in t.args])
    return tuple(known[t] for t in terms)


def random_value(sort: Sort, random: Random) -> Any:
    if sort is MEM:
        base = random.choice([0, 0x1000, (1 << 64) - 16])
        return Memory(base, random.randbytes(16), {random.getrandbits(64): random.getrandbits(8)})
    if sort.kind == "Tuple":
        return tuple(random_value(s, random) for s in sort.items)
    corners = [0, 1, (1 << sort.width) - 1, 1 << sort.width - 1]
    return random.choice([*corners, random.getrandbits(sort.width), random.getrandbits(sort.width)]) % (1 << sort.width)


class Garden:
    """Random well-sorted terms, grown one operator at a time over a pool of earlier ones."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        sorts = [*map(BV, WIDTHS), BOOL, MEM]
        self.variables = [Var(f"g{i}_{j}", s) for i, s in enumerate(sorts) for j in range(2)]
        self.pool: dict[Sort, list[Term]] = {}
        for x in self.variables:
            self.pool.setdefault(x.sort, []).append(x)
        for width in WIDTHS:
            self.pool[BV(width)] += [ops.number(random_value(BV(width), self.random), width) for _ in range(2)]
        self.pool[BOOL] += [ops.true, ops.false]

    def pick(self, sort: Sort) -> Term:
        if sort not in self.pool:
            return ops.number(self.random.getrandbits(sort.width), sort.width)
        return self.random.choice(self.pool[sort])

    def grow(self, name: str) -> Term:
        """A term with the operator at its root."""
        pick, random, op = self.pick, self.random, OPS[name]
        width = random.choice(WIDTHS)
        bv = BV(width)
        if name == "ite":
            sort = random.choice(list(self.pool))
            term = ops.ite(pick(BOOL), pick(sort), pick(sort))
        elif name == "=":
            sort = random.choice(list(self.pool))
            term = mk(op, (), (pick(sort), pick(sort)))
        elif name in ("not", "and", "or", "xor", "=>"):
            count = {"not": 1, "xor": 2, "=>": 2}.get(name) or random.randint(1, 4)
            term = mk(op, (), tuple(pick(BOOL) for _ in range(count)))
        elif name == "concat":
            term = mk(op, (), tuple(pick(BV(random.choice(WIDTHS))) for _ in range(random.randint(2, 4))))
        elif name == "extract":
            lo, hi = sorted(random.choices(range(width), k=2))
            term = mk(op, (hi, lo), (pick(bv),))
        elif name in ("zero_extend", "sign_extend"):
            term = mk(op, (random.randint(0, 64),), (pick(bv),))
        elif name == "rotate_right":
            term = mk(op, (random.randrange(width),), (pick(bv),))
        elif name == "clmul":
            term = mk(op, (), (pick(bv), pick(BV(random.choice(WIDTHS)))))
        elif name == "read":
            term = mk(op, (random.choice([1, 2, 8]),), (pick(MEM), pick(BV(64))))
        elif name == "write":
            term = mk(op, (), (pick(MEM), pick(BV(64)), pick(BV(random.choice([8, 16, 64])))))
        elif name == "tuple":
            return ops.tuple_(*[pick(random.choice(list(self.pool))) for _ in range(random.randint(1, 4))])
        elif name == "proj":
            t = self.grow("tuple")
            term = ops.proj(t, random.randrange(len(t.args)))
        else:
            count = {"bvnot": 1, "bvneg": 1, "bvand": 3, "bvor": 3, "bvxor": 3, "bvadd": 3, "bvmul": 3}.get(name, 2)
            term = mk(op, (), tuple(pick(bv) for _ in range(count)))
        self.pool.setdefault(term.sort, []).append(term)
        return term


@pytest.mark.parametrize("name", sorted(SOURCE))
def test_each_operator_at_the_root(name: str) -> None:
    for seed in range(60):
        garden = Garden(seed)
        terms = [garden.grow(name) for _ in range(4)]
        function = compile_terms(terms, garden.variables)
        for _ in range(4):
            values = [random_value(x.sort, garden.random) for x in garden.variables]
            assert function(values) == evaluate(terms, dict(zip(garden.variables, values, strict=True)))


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 1 << 32))
def test_random_terms(seed: int) -> None:
    garden = Garden(seed)
    names = sorted(SOURCE)
    terms = [garden.grow(garden.random.choice(names)) for _ in range(60)][-10:]
    function = compile_terms(terms, garden.variables)
    values = [random_value(x.sort, garden.random) for x in garden.variables]
    assert function(values) == evaluate(terms, dict(zip(garden.variables, values, strict=True)))


def test_every_operator_of_the_kernel_has_a_text() -> None:
    assert set(OPS) - set(SOURCE) == {"var", "bool", "bv", "app"}


def test_shared_subterms_and_depth() -> None:
    x = Var("x", BV(64))
    t: Term = x
    for i in range(30_000):
        t = t + t if i % 2 else t ^ 5
    [value] = compile_terms((t,), (x,))((7,))
    expected = 7
    for i in range(30_000):
        expected = 2 * expected % (1 << 64) if i % 2 else expected ^ 5
    assert value == expected


def test_words_of_one_shape_share_their_code() -> None:
    x, y = VARIABLES[3], VARIABLES[4]
    one = compile_terms((x + 1000,), VARIABLES)
    other = compile_terms((y + 2000,), VARIABLES)
    assert one.__code__ is other.__code__  # type: ignore[attr-defined]
    state = list(range(len(VARIABLES)))
    assert (one(state), other(state)) == ((1003,), (2004,))


def test_a_defined_constant_is_evaluated_and_a_declared_one_makes_a_trace() -> None:
    a, b, t = Var("a", BV(8)), Var("b", BV(8)), Var("t", TRACE)
    DEFINE("test_compile_twice", (a,), a + a)
    DEFINE("test_compile_four", (a, b), ops.app("test_compile_twice", BV(8), a + b) ^ b)
    DECLARE("test_compile_note", (TRACE, BV(8)), TRACE)
    four = ops.app("test_compile_four", BV(8), a, b)
    note = ops.app("test_compile_note", TRACE, t, four)
    values = (200, 100, None)
    assert compile_terms((four, note), (a, b, t))(values) == (2 * 300 % 256 ^ 100, (None, 2 * 300 % 256 ^ 100))


def test_a_policy_is_a_tuple() -> None:
    policy, address = Var("policy", POLICY), Var("address", BV(64))
    allowed = ops.app("allowed_read", BOOL, policy, address, ops.number(8, 64))
    areas = (0x1000, 16) + (0, 0) * 15
    function = compile_terms((allowed,), (policy, address))
    assert [function((areas, at))[0] for at in (0xFFF, 0x1000, 0x1008, 0x1009)] == [0, 1, 1, 0]


def test_refused() -> None:
    x = Var("x", BV(8))
    with pytest.raises(CompileError, match="no value is given for the variable x"):
        compile_terms((x,), ())
    DECLARE("test_compile_unknown", (BV(8),), BV(8))
    with pytest.raises(CompileError, match="test_compile_unknown has no definition"):
        compile_terms((ops.app("test_compile_unknown", BV(8), x),), (x,))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 1 << 32))
def test_memory_is_a_map_from_addresses_to_bytes(seed: int) -> None:
    random = Random(seed)
    base = random.choice([0, 0x1000, (1 << 64) - 8])
    memory = Memory(base, random.randbytes(8))
    model = {(base + i) % (1 << 64): byte for i, byte in enumerate(memory.data)}
    for _ in range(20):
        address, size = (base + random.randint(-6, 10)) % (1 << 64), random.randint(1, 9)
        if random.getrandbits(1):
            stored = random.randbytes(size)
            before, memory = memory, memory.write(address, size, int.from_bytes(stored, "little"))
            assert (before == memory) == (before.nonzero() == memory.nonzero())
            model |= {(address + i) % (1 << 64): byte for i, byte in enumerate(stored)}
        expected = bytes(model.get((address + i) % (1 << 64), 0) for i in range(size))
        assert memory.read(address, size).to_bytes(size, "little") == expected
    assert memory == Memory(0, b"", model)
    assert hash(memory) == hash(Memory(0, b"", model))
    assert memory != memory.write(base, 1, memory[base] ^ 1)


def test_memory_ends_at_the_highest_address() -> None:
    with pytest.raises(ValueError, match="not inside"):
        Memory((1 << 64) - 4, bytes(5))


def test_clmul_of_small_polynomials() -> None:
    assert clmul(0b111, 0b101) == 0b11011
    assert clmul(0, 5) == clmul(5, 0) == 0
