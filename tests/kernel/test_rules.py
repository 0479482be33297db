# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The rules: what each concludes, from which hypotheses, and that it hands on the oracles of all its premises."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest
from certificates import blast
from model import counterexample, true_cases

from kernel import arrays, rules, theory
from kernel.arrays import (
    PROJ_TUPLE,
    READ_PART,
    READ_WRITE_IN,
    READ_WRITE_OUT,
    TUPLE_EXT,
    WRITE_READ,
    WRITE_WRITE_IN,
    WRITE_WRITE_OUT,
    Apart,
)
from kernel.bitblast import Cnf
from kernel.ops import concat, conj, eq, implies, ite, number, proj, read, tuple_, ule, ult, write
from kernel.rules import ANF, ASSUME, BLAST, CASES, CONG, DISCH, EQ_MP, EVAL, INST, MP, ORACLE, REFL, RING, SYM, TRANS
from kernel.sorts import BOOL, BV, MEM, TupleSort
from kernel.term import Term, Var
from kernel.theory import INDUCT
from kernel.thm import Hyps, KernelError, Thm, union

x, y, z = (Var(name, BV(8)) for name in "xyz")
p, q, r = (Var(name, BOOL) for name in "pqr")
m, a, b = Var("m", MEM), Var("a", BV(64)), Var("b", BV(64))
v, w = Var("v", BV(64)), Var("w", BV(16))
s = Var("s", TupleSort(BV(64), BV(8)))
stored = write(m, a, v)
read_apart = read(write(m, a + 2, v), b + 4, 4)
write_apart = write(write(m, a + 2, v), b + 4, w)
after, before = ule(number(16, 64), b - a), ule(number(9, 64), a - b)
swap = {x: y + 1, y: x}


class Premise(NamedTuple):
    """What a premise concludes, and the hypotheses that matter to the rule."""

    concl: Term
    hyps: tuple[Term, ...] = ()


class Use(NamedTuple):
    """A rule applied: its premises, the application, its conclusion, and the hypotheses that are left of those named."""

    premises: tuple[Premise, ...]
    apply: Callable[..., Thm]
    concl: Term
    left: tuple[Term, ...] = ()


def disjoint(late: Thm, early: Thm) -> Apart:
    """[a, a + 16) and [b, b + 9)."""
    return Apart(a, 16, b, 9, late, early)


def leaf(make: Callable[[], Thm], concl: Term, left: tuple[Term, ...] = ()) -> Use:
    """A rule without premises."""
    return Use((), make, concl, left)


USES: dict[str, Use] = {
    "REFL": leaf(lambda: REFL(m), eq(m, m)),
    "SYM": Use((Premise(eq(x, y)),), SYM, eq(y, x)),
    "TRANS": Use((Premise(eq(x, y)), Premise(eq(y, z))), TRANS, eq(x, z)),
    "CONG": Use(
        (Premise(eq(x, y)), Premise(eq(z, x))),
        lambda f, g: CONG(ite(p, x, z), {2: g, 1: f}),
        eq(ite(p, x, z), ite(p, y, x)),
    ),
    "CONG in no place": leaf(lambda: CONG(x + y, {}), eq(x + y, x + y)),
    "EQ_MP": Use((Premise(eq(p, q)), Premise(p)), EQ_MP, q),
    "ASSUME": leaf(lambda: ASSUME(p), p, (p,)),
    "DISCH": Use((Premise(q, (p, r)),), lambda f: DISCH(p, f), implies(p, q), (r,)),
    "DISCH of what is not assumed": Use((Premise(q, (r,)),), lambda f: DISCH(p, f), implies(p, q), (r,)),
    "MP": Use((Premise(implies(p, q)), Premise(p)), MP, q),
    "INST": Use(
        (Premise(eq(x, y), (ult(x, z), p)),),
        lambda f: INST(f, swap),
        eq(y + 1, x),
        (ult(y + 1, z), p),
    ),
    "INST that joins hypotheses": Use(
        (Premise(ule(x, z), (ult(x, z), ult(y, z))),), lambda f: INST(f, {y: x}), ule(x, z), (ult(x, z),)
    ),
    "CASES": Use((Premise(r, (p, q)), Premise(r, (~p, q))), lambda f, g: CASES(p, f, g), r, (q,)),
    "CASES the other way round": Use((Premise(r, (~p,)), Premise(r, (p,))), lambda f, g: CASES(p, f, g), r, (~p, p)),
    "CASES of cases": Use((Premise(r, (~p,)), Premise(r, (~~p,))), lambda f, g: CASES(~p, f, g), r),
    "EVAL": leaf(lambda: EVAL(number(200, 8) + 100), eq(number(200, 8) + 100, 44)),
    "RING": leaf(lambda: RING(x * 3 - x, x << 1), eq(x * 3 - x, x << 1)),
    "ANF": leaf(lambda: ANF(~(x & y), ~x | ~y), eq(~(x & y), ~x | ~y)),
    "BLAST": leaf(lambda: blast(ule(x & y, x)), ule(x & y, x)),
    "BLAST by folding": leaf(lambda: BLAST(implies(p, p), "", ()), implies(p, p)),
    "ORACLE": leaf(lambda: INST(ORACLE("me", eq(x, x)), {}), eq(x, x)),
    "READ_PART": leaf(lambda: READ_PART(read(m, a + 4, 2), a, 16), eq(read(m, a + 4, 2), read(m, a, 16)[47:32])),
    "READ_PART of all": leaf(lambda: READ_PART(read(m, a, 2), a, 2), eq(read(m, a, 2), read(m, a, 2)[15:0])),
    "READ_PART past 2^64": leaf(
        lambda: READ_PART(read(m, number(1, 64), 1), number(2**64 - 1, 64), 3),
        eq(read(m, number(1, 64), 1), read(m, number(2**64 - 1, 64), 3)[23:16]),
    ),
    "READ_WRITE_IN": leaf(lambda: READ_WRITE_IN(read(stored, a + 2, 2)), eq(read(stored, a + 2, 2), v[31:16])),
    "READ_WRITE_OUT": Use(
        (Premise(after), Premise(before)),
        lambda f, g: READ_WRITE_OUT(read_apart, disjoint(f, g)),
        eq(read_apart, read(m, b + 4, 4)),
    ),
    "WRITE_WRITE_IN": leaf(
        lambda: WRITE_WRITE_IN(write(stored, a + 2, w)),
        eq(write(stored, a + 2, w), write(m, a, concat(v[63:32], w, v[15:0]))),
    ),
    "WRITE_WRITE_IN below": leaf(
        lambda: WRITE_WRITE_IN(write(stored, a, w)), eq(write(stored, a, w), write(m, a, concat(v[63:16], w)))
    ),
    "WRITE_WRITE_IN above": leaf(
        lambda: WRITE_WRITE_IN(write(stored, a + 6, w)), eq(write(stored, a + 6, w), write(m, a, concat(w, v[47:0])))
    ),
    "WRITE_WRITE_IN of all": leaf(
        lambda: WRITE_WRITE_IN(write(stored, a, ~v)), eq(write(stored, a, ~v), write(m, a, ~v))
    ),
    "WRITE_WRITE_OUT": Use(
        (Premise(after), Premise(before)),
        lambda f, g: WRITE_WRITE_OUT(write_apart, disjoint(f, g)),
        eq(write_apart, write(write(m, b + 4, w), a + 2, v)),
    ),
    "WRITE_READ": leaf(lambda: WRITE_READ(m, a, 3), eq(write(m, a, read(m, a, 3)), m)),
    "PROJ_TUPLE": leaf(
        lambda: PROJ_TUPLE(x + proj(proj(tuple_(tuple_(y, z), x), 0), 1)),
        eq(x + proj(proj(tuple_(tuple_(y, z), x), 0), 1), x + z),
    ),
    "PROJ_TUPLE of no tuple": leaf(lambda: PROJ_TUPLE(proj(s, 1) + x), eq(proj(s, 1) + x, proj(s, 1) + x)),
    "TUPLE_EXT": leaf(lambda: TUPLE_EXT(s), eq(s, tuple_(proj(s, 0), proj(s, 1)))),
    "INDUCT": Use(
        (Premise(ule(number(0, 8), y), (q,)), Premise(ule(x + 1, y), (ule(x, y), ~eq(x, 255), r))),
        lambda f, g: INDUCT(x, ule(x, y), f, g),
        ule(x, y),
        (q, r),
    ),
}


def marker(i: int) -> Term:
    """A hypothesis of premise i that no rule looks at."""
    return Var(f"h{i}", BOOL)


def told(i: int, premise: Premise) -> Thm:
    """The premise on the word of its own oracle, under its own hypotheses and a marker."""
    hyps = (*premise.hyps, marker(i))
    concl = premise.concl
    for h in hyps:
        concl = implies(h, concl)
    th = ORACLE(f"oracle {i}", concl)
    for h in reversed(hyps):
        th = MP(th, ASSUME(h))
    return th


def assumed(premise: Premise) -> Thm:
    """The premise, assumed; where it has hypotheses, it is assumed to follow from them."""
    if not premise.hyps:
        return ASSUME(premise.concl)
    together = conj(*premise.hyps)
    follows = DISCH(together, MP(ASSUME(implies(together, premise.concl)), ASSUME(together)))
    return MP(follows, MP(blast_conjunction(premise.hyps), ASSUME(premise.hyps[0])))


def blast_conjunction(hyps: tuple[Term, ...]) -> Thm:
    """{h1, …} ⊢ h0 ⇒ h0 ∧ h1 ∧ …"""
    together = conj(*hyps)
    goal = together
    for h in hyps:
        goal = implies(h, goal)
    th = blast(goal)
    for h in reversed(hyps[1:]):
        th = MP(th, ASSUME(h))
    return th


@pytest.mark.parametrize("name", USES)
def test_concludes(name: str) -> None:
    use = USES[name]
    th = use.apply(*[told(i, premise) for i, premise in enumerate(use.premises)])
    assert name.startswith(th.rule) or name == "ORACLE"
    assert th.concl is use.concl
    assert th.hyps == {*use.left, *map(marker, range(len(use.premises)))}
    assert th.oracles == ({"me"} if name == "ORACLE" else {f"oracle {i}" for i in range(len(use.premises))})


@pytest.mark.parametrize("name", [name for name in USES if name != "INDUCT"])
def test_is_sound(name: str) -> None:
    """Under values for which the premises hold, the conclusion holds. Induction has a premise about all values."""
    use = USES[name]
    th = use.apply(*map(assumed, use.premises))
    assert counterexample(th, tries=600) is None
    assert true_cases(th, tries=600) > 1 or {p, ~p} <= th.hyps


def test_every_rule_is_tested() -> None:
    """All functions in capitals, but for the definitions, which have tests of their own."""
    made = {
        name
        for module in (rules, arrays, theory)
        for name, thing in vars(module).items()
        if name.isupper() and getattr(thing, "__module__", "") == module.__name__ and not isinstance(thing, type)
    }
    assert made - {"DECLARE", "DEFINE", "DEFINE_REC", "DEFINE_PROGRAM"} == {name.partition(" ")[0] for name in USES}


def test_taint_survives_a_proof() -> None:
    """Also where the tainted premise is one among many, and its conclusion is nowhere to be seen."""
    trusted = CONG(conj(p, q, r), {2: ASSUME(eq(r, p)), 0: SYM(ASSUME(eq(q, p)))} | {0: ORACLE("me", eq(p, q))})
    assert trusted.oracles == {"me"}
    assert CASES(
        q, REFL(x), TRANS(REFL(x), EQ_MP(REFL(eq(x, x)), MP(DISCH(trusted.concl, REFL(x)), trusted)))
    ).oracles == {"me"}
    assert MP(DISCH(p, ORACLE("one", q)), ORACLE("two", p)).oracles == {"one", "two"}


def test_a_mapping_is_read_once() -> None:
    """A premise can't be exchanged for a harmless one after it was looked at."""

    class TwoFaced(dict[int, Thm]):
        def values(self) -> list[Thm]:  # type: ignore[override]
            return [REFL(x)]

    th = CONG(~p, TwoFaced({0: ORACLE("me", eq(p, q))}))
    assert th.oracles == {"me"}
    assert th.premises[0].oracles == {"me"}


def test_data_is_the_rule_s_own() -> None:
    """What is changed afterwards by its owner is not what the theorem remembers."""
    changes = {0: ASSUME(eq(p, q))}
    mapping = {p: q}
    goal = ule(x & y, x)
    rows = list(blast(goal).data[2])
    cong, inst, blasted = CONG(~p, changes), INST(ASSUME(p), mapping), BLAST(goal, Cnf(goal).digest(), rows)
    kept = cong.data, inst.data, len(blasted.data[2])
    changes.clear()
    mapping.clear()
    rows.clear()
    assert (cong.data, inst.data, len(blasted.data[2])) == kept


def test_steps_that_can_be_read_once() -> None:
    goal = ule(x & y, x)
    known = blast(goal)
    th = BLAST(goal, known.data[1], iter(known.data[2]))  # type: ignore[arg-type]
    assert th.data[2] == known.data[2]


def test_union() -> None:
    one: Hyps = frozenset((p,))
    two: Hyps = frozenset((p, q))
    other: Hyps = frozenset((r,))
    assert union(one, two) is two
    assert union(two, one) is two
    assert union(one, other) == union(other, one) == {p, r}
    assert union(frozenset(), other) is other


def test_sides() -> None:
    assert REFL(x).lhs is x
    assert RING(x + y, y + x).rhs is y + x
    with pytest.raises(KernelError, match="not an equation"):
        assert ASSUME(p).lhs


def test_theorems_as_text() -> None:
    assert repr(ASSUME(ult(x, y))) == "(bvult x y) ⊢ (bvult x y)"
    assert repr(ORACLE("me", p)) == "⊢ p  [oracles: me]"
