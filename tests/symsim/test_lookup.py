# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
from __future__ import annotations

import pytest

from crypto_specs.defined import Defined
from kernel.ops import app, concat, number, zext
from kernel.sorts import BV
from kernel.term import Term, Var, postorder
from kernel.theory import DECLARE
from symsim.lookup import AFFINE_LOOKUP, ByteFunctions
from symsim.simplify import Simplifier

DECLARE("test_lookup_state", (BV(8),), BV(128))
x, byte = Var("x", BV(8)), Var("b", BV(8))
state = app("test_lookup_state", BV(128), x)
AFFINE_TABLE = [0x5A ^ (k & 3) * 0x11 ^ (k >> 2) * 0x21 for k in range(16)]
INVERSES = [0, 1, 9, 14, 13, 11, 7, 6, 15, 2, 12, 5, 10, 4, 3, 8]


def lookup(table: list[int], index: Term) -> Term:
    """As TBL has it: 0 beyond the table."""
    held = number(int.from_bytes(bytes(table), "little"), 128)
    return (held >> concat(zext(index, 125), number(0, 3)))[7:0]


def test_an_affine_table_is_a_sum_of_columns() -> None:
    for index in (x, x ^ 0b1011, concat(x[6:0], x[7])):
        t = Simplifier().normalize(lookup(AFFINE_TABLE, index & 0xF))
        assert not any(s.op.name == "bvlshr" for s in postorder((t.rhs,)))
        assert t.rhs is Simplifier().normalize(_columns(index)).rhs


@pytest.mark.parametrize("index", [x & 0xF, x], ids=["not affine", "affine only inside the table"])
def test_other_tables_stay(index: Term) -> None:
    table = INVERSES if index is not x else AFFINE_TABLE
    normal = Simplifier().normalize(lookup(table, index)).rhs
    assert AFFINE_LOOKUP(normal) is None
    assert Simplifier().normalize(normal).rhs is normal


def test_a_function_of_a_byte_is_known_by_its_values() -> None:
    simplifier = Simplifier()
    swapped = Defined("test_lookup_swapped", (byte,), concat(inverses(byte[3:0]), inverses(byte[7:4])))
    known = ByteFunctions([swapped.definition])
    t = simplifier.normalize(two_lookups(state[23:16]) ^ state[71:64]).rhs
    th = known.conversion(t, simplifier.conversion)
    assert th is not None and th.lhs is t and not th.hyps
    assert th.rhs is simplifier.normalize(swapped(state[23:16]) ^ state[71:64]).rhs


def test_what_is_not_known_stays() -> None:
    simplifier = Simplifier()
    other = Defined("test_lookup_other", (byte,), concat(inverses(byte[3:0]), inverses(byte[7:4])) ^ 1)
    known = ByteFunctions([other.definition])
    for t in (
        two_lookups(state[23:16]),
        two_lookups(state[23:16]) ^ two_lookups(state[71:64]),
        two_lookups(state[27:20]),
        concat(inverses(state[3:0]), inverses(state[15:12])) ^ 1,
        state[23:16],
    ):
        assert known.conversion(simplifier.normalize(t).rhs, simplifier.conversion) is None


def inverses(nibble: Term) -> Term:
    return lookup(INVERSES, zext(nibble, 8))[3:0]


def two_lookups(b: Term) -> Term:
    """The nibbles' inverses, the low one's on top, from two tables."""
    high = lookup([k << 4 for k in INVERSES], zext(b[3:0], 8))
    return high ^ lookup(INVERSES, zext(b[7:4], 8))


def _columns(index: Term) -> Term:
    columns = [(k, AFFINE_TABLE[1 << k] ^ AFFINE_TABLE[0]) for k in range(4)]
    t = number(AFFINE_TABLE[0], 8)
    for k, column in columns:
        t = t ^ concat(*[index[k]] * 8) & column
    return t
