# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isa.compile import Memory
from kernel.evaluate import evaluate
from kernel.ops import (
    BVADD,
    ashr,
    clmul,
    concat,
    eq,
    implies,
    ite,
    read,
    ror,
    sext,
    sle,
    slt,
    udiv,
    ule,
    ult,
    urem,
    write,
    zext,
)
from kernel.sorts import BOOL, BV, MEM
from kernel.term import Const, Term, Var, mk
from symsim.byte_order import rev
from symsim.explain import BUDGET, Notation, explain, one_line, size
from symsim.repl.expression import ParseError, parse

X, Y, M, P = Var("x", BV(64)), Var("y", BV(64)), Var("mem", MEM), Var("p", BOOL)
V = Var("v", BV(128))
SMALL = {"x": X, "y": Y, "mem": M, "p": P, "v": V}


@st.composite
def formulas(draw: st.DrawFn, depth: int = 4) -> Term:
    """A term of 64 bits."""
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        return draw(st.sampled_from([X, Y, Const(5, 64), Const((1 << 64) - 24, 64), Const(1 << 40, 64)]))
    a, b = draw(formulas(depth=depth - 1)), draw(formulas(depth=depth - 1))
    n = draw(st.integers(1, 63))
    condition = draw(
        st.sampled_from([eq(a, b), ~eq(a, b), ult(a, b), sle(a, b), ~ule(a, b), slt(a, b) & P, implies(P, eq(a, 3))])
    )
    return draw(
        st.sampled_from(
            [
                a + b, a - b, a * b, a & b, a | b, a ^ b, ~a, -a, a << n, a >> b, ashr(a, b), ror(a, n), udiv(a, b), urem(a, b),
                zext(a[n:0], 64), sext(a[n:n], 64), concat(a[63:n], b[n - 1 : 0]), ite(condition, a, b), clmul(a[31:0], b[31:0]),
                rev(a), concat(rev(a[n & 32 | 31 : n & 32]), a[63:32]), read(M, a, 8),
                zext(read(write(M, a, b[7:0]), b, 2), 64), zext(read(M, a, 8)[31:8], 64),
            ]
        )
    )  # fmt: skip


@given(formulas(), st.integers(0, (1 << 64) - 1), st.integers(0, (1 << 64) - 1), st.booleans())
def test_what_is_printed_in_full_is_read_back_with_the_same_meaning(t: Term, x: int, y: int, p: bool) -> None:
    formula = explain(t, budget=10_000)
    names = dict(SMALL)
    for name, text in formula.lets:
        names[name] = parse(text, names.get)
    again = parse(formula.body, names.get, sort=t.sort)
    values = {X: x, Y: y, P: int(p), M: Memory(x & ~0xFF, bytes(range(256)))}
    assert evaluate(again, values) == evaluate(t, values)


@pytest.mark.parametrize(
    ("t", "text"),
    [
        (X + ((1 << 64) - 16), "x - 0x10"),
        (~eq(X, Y), "x != y"),
        (read(M, X + 8, 8)[31:0], "mem[x + 8, 4]"),
        (read(M, X, 8)[63:32], "mem[x + 4, 4]"),
        ((X + Y) * 3 ^ Y, "((x + y) * 3) ^ y"),
        (concat(X[3:0], Const(5, 4)), "x[3:0] ++ 4'5"),
        (ror(X, 7), "ror(x, 7)"),
        (-X + Y, "y - x"),
        (mk(BVADD, (), (-X, -Y, Const(5, 64))), "-x - y + 5"),
        (mk(BVADD, (), (-X, Y, Const(1 << 63, 64))), "y - x - 0x8000000000000000"),
        (rev(X), "rev(x)"),
        (concat(rev(X[63:32]), rev(X[31:0])), "rev(x[63:32]) ++ rev(x[31:0])"),
        (concat(read(M, X, 1), read(M, X + 1, 1), read(M, X + 2, 1)), "rev(mem[x, 3])"),
        (concat(rev(read(M, X + 8, 8)[31:0]), Y[7:0]), "rev(mem[x + 8, 4]) ++ y[7:0]"),
        (concat(X[7:0], Y[15:8]), "x[7:0] ++ y[15:8]"),
        (concat(X[7:0], X[23:16]), "x[7:0] ++ x[23:16]"),
        (concat(X[15:8], X[7:0], X[15:8]), "x[15:8] ++ rev(x[15:0])"),
    ],
)
def test_formulas_read_as_people_write_them(t: Term, text: str) -> None:
    assert str(explain(t)) == text


def test_a_formula_of_100000_nodes_is_folded_whatever_its_size() -> None:
    t = X
    for _ in range(50_000):
        t = ror(t + Y, 3)
    formula = explain(t)
    assert len(str(formula)) < 4000
    (folded,) = formula.folded.values()
    assert folded.width == 64
    assert "over 5,000 nodes" in str(formula)
    assert len(one_line(t)) < 400


def test_a_line_says_nothing_of_operators_on_folded_parts() -> None:
    level = [X ^ (Y * k) for k in range(2, 66)]
    while len(level) > 1:
        level = [udiv(a, b) for a, b in zip(level[::2], level[1::2], strict=True)]
    (tree,) = level
    assert one_line(tree) == "⟨over 100 nodes⟩"
    assert one_line(tree + 5) == "⟨over 100⟩ + 5"
    assert one_line(ror(tree, 5)) == "ror(⟨over 100⟩, 5)"
    assert str(explain(tree, budget=16)).count("?") > 8


def test_places_and_what_stands_there_are_written_out() -> None:
    words = [read(M, X + 8 * k, 8) for k in range(10)]
    total = words[0]
    for word in words[1:]:
        total = total ^ udiv(word, words[0])
    assert "⟨" not in one_line(total, budget=40)
    assert str(explain(words[1] + words[2] * (X + 8))) == "mem[x + 8, 8] + mem[x + 0x10, 8] * (x + 8)"


def test_a_table_of_constants_is_no_line() -> None:
    text = one_line(eq(read(M, X, 64), Const(int.from_bytes(bytes(range(1, 65))), 512)))
    assert text == "mem[x, 64] == 0x10203040…"
    assert one_line(Const((1 << 256) - 1, 256)) == f"0x{'f' * 64}"


def test_wide_operators_are_folded_too() -> None:
    terms = [Var(f"x{k}", BV(8)) for k in range(1000)]
    assert len(str(explain(concat(*terms)))) < 400


@pytest.mark.parametrize(
    ("text", "place", "why"),
    [
        ("x + zz", 4, "unknown name 'zz'"),
        ("xx + 1", 0, "is it x?"),
        ("x + (y", 6, "')' is expected here, not the end"),
        ("x + y[3:0]", 2, "one side is a value of 64 bits, the other a value of 4 bits"),
        ("x[64]", 1, "a value of 64 bits has bits 63:0"),
        ("x[3:8]", 1, "the higher one first"),
        ("p[0]", 1, "a condition has no bits"),
        ("x + ?7", 4, "no such part was folded"),
        ("rev(x[6:0])", 0, "rev takes a value of whole bytes"),
        ("rev(mem)", 0, "rev takes a value of whole bytes, and this is a memory"),
        ("rev(x, y)", 0, "rev takes 1 argument, not 2"),
        ("1 + 2", 2, "a number without a width"),
        ("x @ y", 2, "nothing begins with this character"),
        ("nope(x)", 0, "unknown function 'nope'"),
        ("x ? y : y", 0, "a condition is expected, and this is a value of 64 bits"),
        ("mem[x, 0]", 7, "a number from 1 to 4096"),
        ("(" * 200 + "x" + ")" * 200, 50, "nested more than"),
        ("x == y == x", 7, "comparisons don't chain"),
        ("v.4s[4]", 5, "a number from 0 to 3"),
        ("v.3s", 1, "has no lanes 3s"),
        ("v.s", 1, "which lane? .s[0] is the lowest one"),
        ("x.16b", 1, "has no lanes 16b"),
        ("x[7:0].b[0]", 6, "a value of 8 bits has no lanes b"),
        ("v.4s[0", 6, "']' is expected here"),
        ("", 0, "a value is expected here, not the end"),
    ],
)
def test_what_can_not_be_read_is_pointed_at(text: str, place: int, why: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(text, SMALL.get, SMALL)
    assert why in str(caught.value)
    assert caught.value.place == place
    _, caret = str(caught.value).splitlines()
    assert caret.startswith(" " * min(place, 60) + "^")


def test_what_is_printed_is_all_that_is_looked_at() -> None:
    t = X
    for _ in range(25_000):
        t = ror(t + Y, 3) ^ (t & Y)
    looked_at = 0

    def view(s: Term) -> Term:
        nonlocal looked_at
        looked_at += 1
        return s

    assert size(t, 200_000) > 100_000
    assert len(str(explain(t, Notation(view=view)))) < 4000
    assert 0 < looked_at < 20 * BUDGET


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("v.4s[2]", (95, 64)),
        ("v.s[2]", (95, 64)),
        ("v.16b", (127, 0)),
        ("v.8b", (63, 0)),
        ("v.8b[7]", (63, 56)),
        ("v.d[1]", (127, 64)),
        ("x.2s[1]", (63, 32)),
    ],
)
def test_lanes_are_written_as_in_assembly_language(text: str, bits: tuple[int, int]) -> None:
    vector = X if text.startswith("x") else V
    assert parse(text, {"x": X, "v": V}.get) is vector[bits[0] : bits[1]]
