# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Small random proofs that use every rule, and random misuse of the rules."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from certificates import blast
from strategies import pick, pool

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
from kernel.ops import app, eq, implies, number, proj, read, tuple_, ule, write, zext
from kernel.rules import ANF, ASSUME, BLAST, CASES, CONG, DISCH, EQ_MP, EVAL, INST, MP, REFL, RING, SYM, TRANS
from kernel.sorts import BOOL, BV, MEM, Sort, TupleSort
from kernel.term import Term, TermError, Var, free_vars, substitute
from kernel.theory import DEFINE, DEFINE_PROGRAM, DEFINE_REC, INDUCT
from kernel.thm import KernelError, Thm

m, a, b = Var("m", MEM), Var("a", BV(64)), Var("b", BV(64))
s = Var("s", TupleSort(BV(64), BV(8)))


class Prover:
    """Theorems that grow by random steps; the same seed gives the same theorems."""

    def __init__(self, seed: int) -> None:
        self.chosen = random.Random(seed)
        self.name = f"r{seed}_"
        self.terms = pool(seed, 20, (1, 4, 8))
        self.theorems = [REFL(self.terms[-1])]
        self.definitions = 0

    # Material

    def word(self, sort: Sort | None = None) -> Term:
        """A term of bits, of that sort if one is given."""
        return pick([t for t in self.terms if (t.sort is not BOOL if sort is None else t.sort is sort)], self.chosen)

    def small(self, sort: Sort) -> Term:
        """A variable or a constant, for circuits."""
        return self.chosen.choice([t for t in self.terms if t.sort is sort and not t.args])

    def bool_(self) -> Term:
        """A term of sort Bool."""
        return pick([t for t in self.terms if t.sort is BOOL], self.chosen)

    def theorem(self) -> Thm:
        """One of the theorems, rather a late one."""
        return self.theorems[
            -1 - min(self.chosen.randrange(len(self.theorems)), self.chosen.randrange(len(self.theorems)))
        ]

    def equation(self) -> Thm:
        """One that is an equation."""
        return self.chosen.choice([th for th in self.theorems if th.concl.op.name == "="])

    def closed(self, t: Term) -> Term:
        """The term with constants for its variables."""
        return substitute(t, {x: self.constant(x.sort) for x in sorted(free_vars(t), key=lambda x: x.id)})

    def constant(self, sort: Sort) -> Term:
        """A constant of bits."""
        value = self.chosen.getrandbits(sort.width)
        return number(value, sort.width) if sort is not BOOL else eq(number(value, 1), 1)

    def new_name(self) -> str:
        """A name for a definition."""
        self.definitions += 1
        return f"{self.name}{self.definitions}"

    # Steps

    def refl(self) -> Thm:
        return REFL(self.word())

    def assume(self) -> Thm:
        return ASSUME(self.bool_())

    def eval_(self) -> Thm:
        return EVAL(self.closed(pick(self.terms, self.chosen)))

    def ring(self) -> Thm:
        t = self.word()
        u, v = self.word(t.sort), self.word(t.sort)
        pairs = [
            (t + u, u + t),
            (t - u, -(u - t)),
            (~t, -t - 1),
            (t * (u + v), u * t + t * v),
            (t << 1, t + t) if t.width > 1 else (t, t),
        ]
        return RING(*self.chosen.choice(pairs))

    def anf(self) -> Thm:
        t, p, q = self.word(), self.bool_(), self.bool_()
        u, v = self.word(t.sort), self.word(t.sort)
        pairs = [
            (t | u, t ^ u ^ (t & u)),
            ((t & u) ^ (~t & v), v ^ (t & (u ^ v))),
            (~(t & u), ~t | ~u),
            (zext(t, t.width + 3)[t.width - 1 : 0], t),
            (implies(p, q), ~p | q),
            (eq(p, q), ~(p ^ q)),
        ]
        return ANF(*self.chosen.choice(pairs))

    def blast(self) -> Thm:
        sort = self.chosen.choice((BV(1), BV(4)))
        t, u, v = (self.small(sort) for _ in range(3))
        goals = [
            ule(t & u, t),
            implies(eq(t, u), eq(t + v, u + v)),
            eq(t - u, t + ~u + 1),
            implies(ule(t, u) & ule(u, v), ule(t, v)),
            eq((t * u) + (t * v), t * (u + v)) if sort is BV(1) else ule(t & v, v),
        ]
        return blast(self.chosen.choice(goals))

    def sym(self) -> Thm:
        return SYM(self.equation())

    def trans(self) -> Thm:
        th = self.equation()
        nexts = [other for other in self.theorems if other.concl.op.name == "=" and other.lhs is th.rhs]
        return TRANS(th, self.chosen.choice(nexts) if nexts else SYM(th))

    def cong(self) -> Thm:
        th = self.equation()
        users = [t for t in self.terms if th.lhs in t.args] or [eq(th.lhs, th.lhs)]
        t = self.chosen.choice(users)
        return CONG(
            t, {i: th for i, argument in enumerate(t.args) if argument is th.lhs and self.chosen.random() < 0.8}
        )

    def eq_mp(self) -> Thm:
        known = self.theorem()
        return EQ_MP(CONG(known.concl, {i: REFL(t) for i, t in enumerate(known.concl.args)}), known)

    def disch(self) -> Thm:
        th = self.theorem()
        return DISCH(self.chosen.choice([*sorted(th.hyps, key=lambda h: h.id), self.bool_()]), th)

    def mp(self) -> Thm:
        known, th = self.theorem(), self.theorem()
        return MP(DISCH(known.concl, th), known)

    def inst(self) -> Thm:
        th = self.theorem()
        variables = sorted(
            {x for t in (th.concl, *th.hyps) for x in free_vars(t) if x.width and x.width < 9}, key=lambda x: x.id
        )
        mapping = {
            x: self.word(x.sort) if x.sort is not BOOL else self.bool_()
            for x in variables
            if self.chosen.random() < 0.6
        }
        return INST(th, mapping)

    def cases(self) -> Thm:
        th, p = self.theorem(), self.bool_()
        yes, no = (MP(DISCH(h, th), ASSUME(h)) for h in (p, ~p))
        return CASES(p, yes, no)

    def memory(self) -> Thm:
        n, k = self.chosen.randint(1, 8), self.chosen.randint(1, 4)
        d = self.chosen.randint(0, n - 1)
        k = min(k, n - d)
        stored = write(m, a, Var(f"v{n}", BV(8 * n)))
        value = Var(f"w{k}", BV(8 * k))
        near = a + d if d else a
        late, early = ASSUME(ule(number(n + 2, 64), b - a)), ASSUME(ule(number(k, 64), a - b))
        return self.chosen.choice(
            [
                lambda: READ_PART(read(m, near, k), a, n),
                lambda: READ_WRITE_IN(read(stored, near, k)),
                lambda: WRITE_WRITE_IN(write(stored, near, value)),
                lambda: WRITE_READ(m, near, n),
                lambda: READ_WRITE_OUT(read(stored, b, k), Apart(a, n + 2, b, k, late, early)),
                lambda: WRITE_WRITE_OUT(write(stored, b, value), Apart(a, n + 2, b, k, late, early)),
            ]
        )()

    def tuples(self) -> Thm:
        t, u = self.word(), self.bool_()
        nested = tuple_(t, tuple_(u, s))
        return self.chosen.choice(
            [
                lambda: PROJ_TUPLE(tuple_(proj(proj(nested, 1), 0), proj(nested, 0))),
                lambda: TUPLE_EXT(self.chosen.choice((s, nested))),
            ]
        )()

    def define(self) -> Thm:
        t = pick(self.terms, self.chosen)
        parameters = sorted(free_vars(t), key=lambda x: x.id)
        return DEFINE(self.new_name(), parameters, t)

    def recursion(self) -> Thm:
        """f(x) = x · c, by induction on f(0) = 0 and f(x + 1) = f(x) + c."""
        x, r, c = Var("x", BV(4)), Var("r", BV(4)), self.constant(BV(4))
        zero, successor = DEFINE_REC(self.new_name(), x, [], number(0, 4), r, r + c)
        f = zero.lhs.params[0]
        claim = eq(app(f, BV(4), x), x * c)
        base = TRANS(zero, RING(zero.rhs, number(0, 4) * c))
        step = MP(successor, ASSUME(successor.concl.args[0]))
        step = TRANS(step, CONG(step.rhs, {0: ASSUME(claim)}))
        return INDUCT(x, claim, base, TRANS(step, RING(step.rhs, (x + 1) * c)))

    def program(self) -> Thm:
        steps = DEFINE_PROGRAM(self.new_name(), a, s, 0, {k: tuple_(a + k + 4, proj(s, 1) + k) for k in (0, 4, 8)})
        return steps[self.chosen.choice((0, 4, 8))]

    def run(self, steps: int) -> Thm:
        """Some steps, and a last theorem that rests on all that were made."""
        rules: Sequence[Callable[[], Thm]] = [
            *(self.refl, self.assume, self.eval_, self.ring, self.anf, self.blast, self.sym, self.trans, self.cong),
            *(self.eq_mp, self.disch, self.mp, self.inst, self.cases, self.memory, self.tuples, self.define),
            *(self.recursion, self.program),
        ]
        for _ in range(steps):
            self.theorems.append(self.chosen.choice(rules)())
        last = self.theorems[-1]
        for th in self.theorems[:-1]:
            last = MP(DISCH(th.concl, last), th)
        return last


def misuse(prover: Prover) -> Thm | None:
    """A rule applied to operands of the right kinds that need not fit; None where it was refused as it should be."""
    chosen = prover.chosen
    memories = [m, write(m, a, Var("v4", BV(32))), write(m, a + 2, Var("w2", BV(16)))]
    address = chosen.choice((a, b, a + 1, a + 2, b + 2, number(3, 64)))
    t = chosen.choice(
        (
            pick(prover.terms, chosen),
            read(chosen.choice(memories), address, chosen.randint(1, 4)),
            write(chosen.choice(memories), address, Var("w2", BV(16))),
            proj(tuple_(prover.word(), s), chosen.randrange(2)),
            m,
            s,
        )
    )
    u = chosen.choice((t, prover.word(), prover.bool_(), chosen.choice(t.args) if t.args else t))
    f, g = prover.theorem(), prover.theorem()
    n, k = chosen.randint(-1, 9), chosen.randint(-1, 9)
    area = Apart(a, n, chosen.choice((a, b)), k, ASSUME(ule(number(n, 64), b - a)), ASSUME(ule(number(k, 64), a - b)))
    x = chosen.choice((Var("x", BV(4)), Var("x", BV(8)), Var("p", BOOL), s, u))
    uses: list[Callable[[], Thm]] = [
        lambda: SYM(f),
        lambda: TRANS(f, g),
        lambda: CONG(t, {n: f, k: g}),
        lambda: EQ_MP(f, g),
        lambda: ASSUME(t),
        lambda: DISCH(t, f),
        lambda: MP(f, g),
        lambda: INST(f, {x: u}),
        lambda: CASES(t, f, g),
        lambda: EVAL(t),
        lambda: RING(t, u),
        lambda: ANF(t, u),
        lambda: BLAST(t, "", ()),
        lambda: READ_PART(t, address, n),
        lambda: READ_WRITE_IN(t),
        lambda: READ_WRITE_OUT(t, area),
        lambda: WRITE_WRITE_IN(t),
        lambda: WRITE_WRITE_OUT(t, area),
        lambda: WRITE_READ(t, address, n),
        lambda: PROJ_TUPLE(t),
        lambda: TUPLE_EXT(t),
        lambda: DEFINE(prover.new_name(), [x], t),
        lambda: DEFINE_REC(prover.new_name(), x, [Var("y", BV(4))], u, Var("r", BV(4)), t)[1],
        lambda: DEFINE_PROGRAM(prover.new_name(), address, s, n % 2, {k: s if t.sort is BOOL else t})[k],
        lambda: INDUCT(x, f.concl, g, f),
    ]
    try:
        return chosen.choice(uses)()
    except (KernelError, TermError):
        return None
