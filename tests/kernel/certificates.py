# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Certificates for tests: one for each rule, and ways to take a certificate apart and put it together again."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from typing import Any

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
from kernel.certificate import write_certificate
from kernel.ops import app, conj, eq, implies, number, proj, read, tuple_, ule, ult, write
from kernel.replay import Reader, replay
from kernel.rules import ANF, ASSUME, BLAST, CASES, CONG, DISCH, EQ_MP, EVAL, INST, MP, REFL, RING, SYM, TRANS
from kernel.sorts import BOOL, BV, MEM, TupleSort
from kernel.term import Term, Var
from kernel.theory import DECLARE, DEFINE, DEFINE_PROGRAM, DEFINE_REC, INDUCT
from kernel.thm import Thm
from symsim.solvers.cadical import Refuted, solve

x, y, z = (Var(name, BV(8)) for name in "xyz")
p, q = Var("p", BOOL), Var("q", BOOL)
m = Var("m", MEM)
a, b = Var("a", BV(64)), Var("b", BV(64))
v, w = Var("v", BV(64)), Var("w", BV(16))
STATE = TupleSort(BV(64), BV(8))
s = Var("s", STATE)


def certificate(thm: Thm, about: Mapping[str, Any] | None = None) -> bytes:
    """The theorem's certificate."""
    out = io.BytesIO()
    write_certificate(thm, about or {}, out)
    return out.getvalue()


def unpack(data: bytes) -> list[str]:
    """The lines of a certificate."""
    return zlib.decompress(data).decode().split("\n")[:-1]


def pack(lines: Sequence[str]) -> bytes:
    """A certificate of these lines, as they are."""
    return zlib.compress("".join(f"{line}\n" for line in lines).encode())


def seal(lines: Sequence[str]) -> list[str]:
    """The lines with the statement's digest as it should be."""
    at = next(i for i, line in enumerate(lines) if line.startswith("H "))
    text = "".join(f"{line}\n" for line in lines[:at])
    return [*lines[:at], f"H {sha256(text.encode()).hexdigest()}", *lines[at + 1 :]]


def by_hand(statement: Sequence[str], proof: Sequence[str] = ("E 0",)) -> bytes:
    """A certificate of a statement section and a proof, with its first lines and its digest."""
    return pack(seal(["armsym certificate 1", "A {}", *statement, "H ", *proof]))


def check(data: bytes) -> Reader:
    """Replay; CertificateError where it is refused."""
    return replay(io.BytesIO(data))


def blast(goal: Term) -> Thm:
    """The goal by SAT."""
    cnf = Cnf(goal)
    if cnf.trivial:
        return BLAST(goal, "", ())
    answer = solve(cnf.clauses)
    if not isinstance(answer, Refuted):
        raise AssertionError(f"not valid: {goal}")
    return BLAST(goal, cnf.digest(), answer.steps)


def disjoint(n: int, k: int) -> Apart:
    """[a, a + n) and [b, b + k) are disjoint, by assumption."""
    return Apart(a, n, b, k, ASSUME(ule(number(n, 64), b - a)), ASSUME(ule(number(k, 64), a - b)))


def cases() -> Thm:
    """q, from p ⇒ q and ¬p ⇒ q."""
    return CASES(p, MP(ASSUME(implies(p, q)), ASSUME(p)), MP(ASSUME(implies(~p, q)), ASSUME(~p)))


def doubled() -> tuple[Thm, Thm]:
    """twice(0) = 0 and x ≠ 255 ⇒ twice(x + 1) = twice(x) + 2."""
    r = Var("r", BV(8))
    return DEFINE_REC("twice", x, [], number(0, 8), r, r + 2)


def induction() -> Thm:
    """twice(x) = x + x."""
    zero, successor = doubled()
    twice = app("twice", BV(8), x)
    claim = eq(twice, x + x)
    base = TRANS(zero, SYM(EVAL(number(0, 8) + number(0, 8))))
    step = MP(successor, ASSUME(successor.concl.args[0]))
    step = TRANS(step, CONG(step.rhs, {0: ASSUME(claim)}))
    step = TRANS(step, RING(step.rhs, (x + 1) + (x + 1)))
    return INDUCT(x, claim, base, step)


def program() -> Thm:
    """One step of a program of two transitions."""
    transitions = {4: tuple_(a + 8, proj(s, 1)), 8: tuple_(a + 4, proj(s, 1) + 1)}
    return DEFINE_PROGRAM("steps", a, s, 0, transitions)[8]


def mixed() -> Thm:
    """A theorem with every kind of definition behind its statement, hypotheses, and a proof by many rules."""
    choice = DEFINE("choice", [x, y, z], (x & y) ^ (~x & z))
    DECLARE("allowed", [BV(64)], BOOL)
    doubled()
    guard, step = program().concl.args
    form = INST(TRANS(choice, ANF(choice.rhs, z ^ (x & (y ^ z)))), {x: app("twice", BV(8), x)})
    form = TRANS(form, CONG(form.rhs, {1: REFL(form.rhs.args[1])}))
    facts = conj(app("allowed", BOOL, a), ult(x, 9), guard)
    both = blast(implies(form.concl, implies(program().concl, implies(facts, conj(form.concl, step, ule(x, 8))))))
    return MP(MP(MP(both, form), program()), ASSUME(facts))


BY_RULE: dict[str, Callable[[], Thm]] = {
    "REFL": lambda: REFL(x),
    "SYM": lambda: SYM(ASSUME(eq(x, y))),
    "TRANS": lambda: TRANS(ASSUME(eq(x, y)), ASSUME(eq(y, z))),
    "CONG": lambda: CONG(x & y, {1: ASSUME(eq(y, z))}),
    "EQ_MP": lambda: EQ_MP(ASSUME(eq(p, q)), ASSUME(p)),
    "ASSUME": lambda: ASSUME(p),
    "DISCH": lambda: DISCH(p, ASSUME(p)),
    "MP": lambda: MP(ASSUME(implies(p, q)), ASSUME(p)),
    "INST": lambda: INST(ASSUME(eq(x, y)), {x: y + z, y: x}),
    "CASES": cases,
    "EVAL": lambda: EVAL(number(3, 8) * 5 + 250),
    "RING": lambda: RING((x + y) * (x - y), x * x - y * y),
    "ANF": lambda: ANF(x | y, x ^ y ^ (x & y)),
    "BLAST": lambda: blast(ule(x & y, x)),
    "READ_PART": lambda: READ_PART(read(m, a + 4, 4), a, 16),
    "READ_WRITE_IN": lambda: READ_WRITE_IN(read(write(m, a, v), a + 2, 2)),
    "READ_WRITE_OUT": lambda: READ_WRITE_OUT(read(write(m, a + 8, v), b, 4), disjoint(16, 4)),
    "WRITE_WRITE_IN": lambda: WRITE_WRITE_IN(write(write(m, a, v), a + 2, w)),
    "WRITE_WRITE_OUT": lambda: WRITE_WRITE_OUT(write(write(m, a, v), b + 1, w), disjoint(8, 3)),
    "WRITE_READ": lambda: WRITE_READ(m, a, 8),
    "PROJ_TUPLE": lambda: PROJ_TUPLE(x + proj(proj(tuple_(tuple_(y, z), x), 0), 1)),
    "TUPLE_EXT": lambda: TUPLE_EXT(s),
    "DEFINE": lambda: DEFINE("choice", [x, y, z], (x & y) ^ (~x & z)),
    "DEFINE_REC": lambda: doubled()[1],
    "DEFINE_PROGRAM": program,
    "INDUCT": induction,
}


@cache
def lines_of_rule(rule: str) -> tuple[str, ...]:
    """A small certificate whose last inference uses the rule."""
    return tuple(unpack(certificate(BY_RULE[rule]())))
