# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Terms: one object for one structure, typed, substituted all at once, as deep as memory allows."""

from __future__ import annotations

import pytest

from kernel import term
from kernel.certificate import write_certificate
from kernel.ops import BITS, BVADD, CONCAT, EXTRACT, TUPLE, app, conj, eq, ite, number, proj, tuple_, zext
from kernel.printing import show
from kernel.rules import EVAL, INST, REFL, RING
from kernel.sorts import BOOL, BV, MAX_WIDTH, MEM, TupleSort
from kernel.term import OPS, Const, Op, TermError, Var, by_id, coerce, declare, free_vars, mk, postorder, substitute
from kernel.thm import KernelError

x, y, z = (Var(name, BV(8)) for name in "xyz")
p = Var("p", BOOL)


def test_one_structure_is_one_object() -> None:
    assert Var("x", BV(8)) is x
    assert (x + y) is mk(BVADD, (), (x, y))
    assert (x + y) is not (y + x)
    assert Const(256 + 7, 8) is number(7, 8)
    assert TupleSort(BV(8), BOOL) is TupleSort(BV(8), BOOL)


def test_sorts_tell_terms_apart() -> None:
    assert Var("x", BV(9)) is not x
    assert number(1, 1) is not coerce(1, BOOL)
    assert number(1, 8) is not number(1, 9)
    assert app("x", BV(8)) is not x
    assert app("f", BV(8), x) is not app("f", BV(8), Var("x", BV(9)))
    assert TupleSort(TupleSort(BV(8)), BV(8)) is not TupleSort(BV(8), TupleSort(BV(8)))


def test_a_key_of_the_table_means_one_parameter() -> None:
    """1, True and 1.0 are equal keys: whichever comes first must be the int."""
    fresh = Var("key", BV(8))
    for wrong in (True, 1.0):
        with pytest.raises(TermError, match="does not take the parameter"):
            mk(EXTRACT, (wrong, 0), (fresh,))
    right = mk(EXTRACT, (1, 0), (fresh,))
    assert mk(EXTRACT, (True, False), (fresh,)) is right
    assert [type(k) for k in right.params] == [int, int]
    assert type(mk(BITS, (0, 77), ()).sort.width) is int


@pytest.mark.parametrize("width", [0, -1, MAX_WIDTH + 1, 1.0, True, "8"])
def test_widths(width: object) -> None:
    with pytest.raises(ValueError, match="1 to 1048576 bits"):
        BV(width)  # type: ignore[arg-type]


def test_widest() -> None:
    word = Var("w", BV(MAX_WIDTH))
    assert (word & 1).width == MAX_WIDTH
    with pytest.raises(ValueError, match="1 to 1048576 bits"):
        mk(CONCAT, (), (word, number(0, 1)))


def test_an_operator_is_declared_once() -> None:
    with pytest.raises(TermError, match="declared twice"):
        declare(Op("bvadd", lambda params, sorts: BOOL))
    assert OPS["bvadd"] is BVADD


def test_a_term_is_no_truth_value() -> None:
    with pytest.raises(TermError, match="use ite"):
        if eq(x, y):
            pass
    with pytest.raises(TermError, match="no truth value"):
        sorted([ite(p, x, y)], key=lambda t: not t)


def test_numbers_take_the_other_side_s_width() -> None:
    assert (x + 256) is (x + 0)
    assert (x - 1).args[1] is number(1, 8)
    assert (-1 + x).args[0] is number(255, 8)
    with pytest.raises(TermError, match=r"expected .BV 8., got .BV 9."):
        x + Var("x", BV(9))


def test_slices_count_from_the_least_significant_bit() -> None:
    assert EVAL(number(0b1010_0011, 8)[7:5]).rhs is number(0b101, 3)
    assert EVAL(number(0b1010_0011, 8)[1]).rhs is number(1, 1)
    for wrong in (slice(8, 0), slice(3, 4), slice(3, -1)):
        with pytest.raises(TermError, match=r"extract.* does not take"):
            x[wrong]


def test_an_id_is_never_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when memory runs out while a term is made: RING knows its atoms by their ids."""

    class Full(list[object]):
        def append(self, item: object) -> None:
            raise MemoryError

    with monkeypatch.context() as context:
        context.setattr(term, "_BY_ID", Full(term._BY_ID))
        with pytest.raises(MemoryError):
            Var("first", BV(8))
    first, second = Var("first", BV(8)), Var("second", BV(8))
    assert first.id != second.id
    assert by_id(first.id) is first
    with pytest.raises(KernelError, match="polynomials differ"):
        RING(first, second)


def test_variables() -> None:
    assert free_vars(x + (y & x)) == {x, y}
    assert free_vars(app("c", BV(8)) + 1) == frozenset()
    assert free_vars(tuple_(x, Var("m", MEM))) == {x, Var("m", MEM)}


def test_substitution_is_simultaneous() -> None:
    assert substitute(x - y, {x: y, y: x}) is y - x
    assert substitute(x + 1, {x: x + 1}) is (x + 1) + 1
    assert substitute(x - y, {}) is x - y
    assert substitute(x, {x: y}) is y
    assert substitute(Var("x", BV(9)), {x: y}) is Var("x", BV(9))


def test_postorder() -> None:
    shared = x + y
    order = list(postorder((shared & shared, z)))
    assert order == [x, y, shared, shared & shared, z]
    done = {shared}
    assert list(postorder((shared - z,), done)) == [z, shared - z]


def test_deep_terms() -> None:
    deep = x
    for i in range(100_000):
        deep = deep + y if i % 2 else deep ^ y
    assert free_vars(deep) == {x, y}
    replaced = INST(REFL(deep), {x: number(1, 8), y: number(3, 8)})
    assert free_vars(replaced.concl) == frozenset()
    assert EVAL(replaced.lhs).rhs.op is BITS
    assert RING(deep, deep).lhs is deep
    assert "over 400 nodes" in show(deep)


def test_deep_tuples() -> None:
    nested = tuple_(x)
    for _ in range(100):
        nested = tuple_(nested)
    assert proj(nested, 0).sort.kind == "Tuple"
    assert mk(TUPLE, (), ()).sort is TupleSort()


def test_shared_terms_cost_what_their_dag_costs() -> None:
    doubled = x
    for _ in range(200):
        doubled = doubled + doubled
    assert substitute(doubled, {x: y}).op is BVADD
    assert len(list(postorder((doubled,)))) == 201
    assert "let" in show(conj(p, eq(zext(doubled, 9), 0)))


def test_writing_deep_terms() -> None:
    class Sink:
        size = 0

        def write(self, data: bytes) -> int:
            self.size += len(data)
            return len(data)

    deep = x
    for _ in range(20_000):
        deep = ~deep + 1
    sink = Sink()
    write_certificate(REFL(deep), {}, sink)  # type: ignore[arg-type]
    assert sink.size > 1000
