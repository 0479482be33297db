# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What is computed from unknown values alone gets a name once it is large; anything else never does."""

from __future__ import annotations

from functools import reduce

from crypto_specs.defined import Defined
from kernel.normal import anf
from kernel.ops import concat, ror
from kernel.sorts import BV
from kernel.term import Term, Var
from symsim.contract import Cuts
from symsim.cuts import CutPoints
from symsim.simplify import Simplifier
from symsim.unknowns import Form, Unknowns

WORD = BV(32)
SOME = [Var(f"some_{k}", WORD) for k in range(8)]
x, y = Var("x", WORD), Var("y", WORD)
mixed = Defined("test_unknowns_mixed", (x, y), x ^ ror(y, 7))


def stirred(words: list[Term], by: int) -> Term:
    return reduce(lambda t, w: t ^ w ^ (ror(w, by) & w) ^ ror(w, 2), words)


def form_of(t: Term) -> Form:
    return frozenset(anf(t).items())


def test_a_large_value_of_unknowns_is_named() -> None:
    value = stirred(SOME, 5)
    th = Unknowns(SOME).name(value, form_of(value))
    assert th is not None and not th.hyps
    assert th.lhs is value and set(th.rhs.args) == set(SOME)


def test_values_of_one_shape_have_one_constant_and_others_another() -> None:
    unknowns = Unknowns(SOME)
    names = [unknowns.name(t, form_of(t)) for t in (stirred(SOME[:7], 5), stirred(SOME[1:], 5), stirred(SOME[:7], 6))]
    one, two, three = (th.rhs.params[0] for th in names if th is not None)
    assert one == two != three


def test_names_count_as_unknown_for_the_same_path_only() -> None:
    unknowns = Unknowns(SOME)
    other = unknowns.copy()
    value = stirred(SOME, 5)
    th = unknowns.name(value, form_of(value))
    assert th is not None
    deeper = stirred([th.rhs, *SOME], 9)
    assert unknowns.name(deeper, form_of(deeper)) is not None
    assert other.name(deeper, form_of(deeper)) is None


def test_small_values_and_those_of_anything_known_stay() -> None:
    unknowns = Unknowns(SOME)
    small, known = SOME[0] ^ SOME[1], stirred(SOME, 5) ^ x
    assert unknowns.name(small, form_of(small)) is None
    assert unknowns.name(known, form_of(known)) is None
    assert Unknowns().name(known, form_of(known)) is None


def test_beside_a_step_of_the_specification_only_the_other_lane_gets_such_a_name() -> None:
    simplifier = Simplifier()
    cuts = CutPoints(Cuts((mixed.definition,), 32), mixed(x, y), simplifier, Unknowns(SOME))
    value = simplifier.normalize(concat(stirred(SOME, 5), x ^ ror(y, 7))).rhs
    th = cuts.name(value, simplifier)
    assert th is not None
    other, step = th.rhs.args
    assert step is mixed(x, y) and set(other.args) == set(SOME)
