# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What the rules refuse, and in which words. Run as a program it prints what happened, so that `python -O` can be compared."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import NamedTuple

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
from kernel.evaluate import evaluate
from kernel.lrat import LratError, check
from kernel.ops import (
    BVADD,
    app,
    eq,
    false,
    implies,
    mask,
    number,
    proj,
    read,
    ror,
    tuple_,
    ule,
    ult,
    write,
    zext,
)
from kernel.rules import ANF, ASSUME, BLAST, CASES, CONG, DISCH, EQ_MP, EVAL, INST, MP, ORACLE, REFL, RING, SYM, TRANS
from kernel.sorts import BOOL, BV, MAX_WIDTH, MEM, TupleSort
from kernel.term import Const, Term, TermError, Var, mk
from kernel.theory import DECLARE, DEFINE, DEFINE_PROGRAM, DEFINE_REC, INDUCT, introduction
from kernel.thm import NO_HYPS, KernelError, Thm, infer

x, y, z = (Var(name, BV(8)) for name in "xyz")
x64, b16, w16, w24 = Var("x", BV(64)), Var("b", BV(16)), Var("w", BV(16)), Var("w", BV(24))
p, q = Var("p", BOOL), Var("q", BOOL)
m, a, b, v = Var("m", MEM), Var("a", BV(64)), Var("b", BV(64)), Var("v", BV(64))
s = Var("s", TupleSort(BV(64), BV(8)))
flags = Var("s", TupleSort(BV(8), BV(8)))
ZERO = number(0, 8)
stored = write(m, a, v)
goal = ule(x & y, x)


class Refusal(NamedTuple):
    """Something that has to be refused: what is tried, the exception, and a pattern of its message."""

    name: str
    make: Callable[[], object]
    message: str
    error: type[Exception] = KernelError


def apart(n: int = 8, k: int = 8, first: Term = a, second: Term = b) -> Apart:
    """[first, + n) and [second, + k) are disjoint, by assumption."""
    after, before = ule(number(n, 64), second - first), ule(number(k, 64), first - second)
    return Apart(first, n, second, k, ASSUME(after), ASSUME(before))


def product_of_sums(factors: int, width: int) -> Term:
    """(x0 + x1) (x2 + x3) …, which has 2^factors monomials in either normal form where `width` is 1."""
    total = number(1, width)
    for i in range(factors):
        total = total * (Var(f"x{2 * i}", BV(width)) + Var(f"x{2 * i + 1}", BV(width)))
    return total


def conjunction_of_sums(factors: int) -> Term:
    """(x0 ^ x1) & (x2 ^ x3) & …"""
    total = number(1, 1)
    for i in range(factors):
        total = total & (Var(f"x{2 * i}", BV(1)) ^ Var(f"x{2 * i + 1}", BV(1)))
    return total


def induct(
    claim: Term, at_zero: Term | None = None, at_next: Term | None = None, step_needs: Term | None = None, of: Term = x
) -> Thm:
    """An induction whose cases are taken on trust; the defaults are the right ones."""
    zero, after = number(0, 8), x + 1
    base = ORACLE("base", INST(ASSUME(claim), {x: zero}).concl if at_zero is None else at_zero)
    step = ORACLE("step", INST(ASSUME(claim), {x: after}).concl if at_next is None else at_next)
    return INDUCT(of, claim, base, step if step_needs is None else MP(DISCH(step_needs, step), ASSUME(step_needs)))


def refuted(*steps: tuple[int, tuple[int, ...], tuple[int, ...]]) -> None:
    """An LRAT proof about (1 2) (1 -2) (-1 2) (-1 -2)."""
    check([(1, 2), (1, -2), (-1, 2), (-1, -2)], steps)


CONSTRUCTION = [
    Refusal("a theorem by its constructor", Thm, "made by the rules only"),
    Refusal("a conclusion of bits", lambda: infer("REFL", NO_HYPS, x), "a conclusion is Bool, not"),
    Refusal("a term as a truth value", lambda: bool(eq(x, y)), "no truth value in Python", TermError),
    Refusal("bits of fraction", lambda: mk(number(1, 8).op, (0.5, 8), ()), "does not take the parameter", TermError),
    Refusal("true as a bit", lambda: Var("bits", BV(8))[3:True], "does not take the parameter True", TermError),
    Refusal("a constant out of range", lambda: mk(number(1, 8).op, (256, 8), ()), "bv.* does not take", TermError),
    Refusal("a negative constant", lambda: mk(number(1, 8).op, (-1, 8), ()), "bv.* does not take", TermError),
    Refusal("a name with a blank", lambda: Var("x y", BV(8)), "is no name", TermError),
    Refusal("a name with a line", lambda: Var("x\nE 0", BV(8)), "is no name", TermError),
    Refusal("no name", lambda: Var("", BV(8)), "is no name", TermError),
    Refusal("no bits", lambda: BV(0), "1 to 1048576 bits", ValueError),
    Refusal("half a bit", lambda: BV(1.5), "1 to 1048576 bits", ValueError),  # type: ignore[arg-type]
    Refusal("too many bits", lambda: BV(MAX_WIDTH + 1), "1 to 1048576 bits", ValueError),
    Refusal("a write that meets itself", lambda: zext(x, 8 * (2**64 + 1)), "1 to 1048576 bits", ValueError),
    Refusal("a tuple with parameters", lambda: mk(tuple_(x).op, (5,), (x,)), "tuple.5. does not take", TermError),
    Refusal("one summand", lambda: mk(BVADD, (), (x,)), "bvadd does not take", TermError),
    Refusal("a sum of two widths", lambda: mk(BVADD, (), (x, a)), "bvadd does not take", TermError),
]

EQUALITY = [
    Refusal("SYM of no equation", lambda: SYM(ASSUME(p)), "not an equation: p"),
    Refusal("TRANS of different middles", lambda: TRANS(REFL(x), REFL(y)), "middle terms differ: x and y"),
    Refusal("TRANS of one name at two widths", lambda: TRANS(REFL(x), REFL(x64)), "middle terms differ: x and x"),
    Refusal("TRANS from no equation", lambda: TRANS(ASSUME(ult(x, y)), REFL(y)), "not an equation"),
    Refusal("TRANS to no equation", lambda: TRANS(REFL(y), ASSUME(ult(y, x))), "not an equation"),
    Refusal("CONG past the arguments", lambda: CONG(x & y, {2: REFL(y)}), "argument 2 of .* is not y"),
    Refusal("CONG before the arguments", lambda: CONG(x & y, {-1: REFL(y)}), "argument -1 of .* is not y"),
    Refusal("CONG of another argument", lambda: CONG(x & y, {0: REFL(y)}), "argument 0 of .bvand x y. is not y"),
    Refusal("CONG backwards", lambda: CONG(x & y, {0: ASSUME(eq(z, x))}), "argument 0 of .bvand x y. is not z"),
    Refusal("CONG by no equation", lambda: CONG(~p, {0: ASSUME(p)}), "not an equation: p"),
    Refusal("CONG under a variable", lambda: CONG(x, {0: REFL(x)}), "argument 0 of x is not x"),
    Refusal("EQ_MP of no equation", lambda: EQ_MP(ASSUME(p), ASSUME(p)), "not an equation: p"),
    Refusal("EQ_MP backwards", lambda: EQ_MP(ASSUME(eq(p, q)), ASSUME(q)), "is about p, the theorem about q"),
]

LOGIC = [
    Refusal("ASSUME bits", lambda: ASSUME(x), "ASSUME: a conclusion is Bool"),
    Refusal("DISCH bits", lambda: DISCH(x, REFL(x)), "=> does not take", TermError),
    Refusal("MP of no implication", lambda: MP(ASSUME(p), ASSUME(p)), "MP: p is not the premise of p"),
    Refusal("MP of another premise", lambda: MP(ASSUME(implies(p, q)), ASSUME(q)), "MP: q is not the premise"),
    Refusal("MP of an equation", lambda: MP(ASSUME(eq(p, q)), ASSUME(p)), "MP: p is not the premise"),
    Refusal("INST of a sum", lambda: INST(REFL(x + y), {x + y: x}), "INST: can't put x"),
    Refusal("INST of a constant", lambda: INST(REFL(x), {number(0, 8): x}), "INST: can't put x"),
    Refusal("INST at another width", lambda: INST(REFL(x), {x: a}), "INST: can't put a of sort .BV 64. for x"),
    Refusal("INST of bits for a Bool", lambda: INST(ASSUME(p), {p: number(1, 1)}), "INST: can't put #b1"),
    Refusal("CASES of two conclusions", lambda: CASES(p, ASSUME(p), ASSUME(q)), "the conclusions differ: p and q"),
    Refusal("CASES on bits", lambda: CASES(x, ASSUME(p), ASSUME(p)), "not does not take", TermError),
    Refusal("ORACLE without a name", lambda: ORACLE("", false), "an oracle has a name"),
    Refusal("ORACLE of bits", lambda: ORACLE("me", x), "ORACLE: a conclusion is Bool"),
]

COMPUTATION = [
    Refusal("EVAL of a variable", lambda: EVAL(x + 1), "EVAL: x has no value"),
    Refusal("EVAL of a constant", lambda: EVAL(app("c", BV(8)) + 1), "EVAL: c has no value"),
    Refusal("EVAL of memory", lambda: EVAL(read(m, number(0, 64), 1)), "EVAL: m has no value"),
    Refusal("EVAL of a tuple", lambda: EVAL(proj(tuple_(number(1, 8)), 0)), "EVAL: .tuple #x01. has no value"),
    Refusal("EVAL of a variable times 0", lambda: EVAL(x * 0), "EVAL: x has no value"),
    Refusal("RING of two widths", lambda: RING(x, x64), "RING: .BV 8. and .BV 64. are not one"),
    Refusal("RING of Bools", lambda: RING(p, p), "RING: Bool and Bool are not one"),
    Refusal("RING of memories", lambda: RING(m, m), "RING: Mem and Mem are not one"),
    Refusal("RING without a constant", lambda: RING(x + 1, x), "RING: the polynomials differ"),
    Refusal("RING of half the modulus", lambda: RING(x * 128, number(0, 8)), "RING: the polynomials differ"),
    Refusal("RING of x² = x", lambda: RING(x * x, x), "RING: the polynomials differ"),
    Refusal("RING of 2x = 2y", lambda: RING(x * 2, y * 2), "RING: the polynomials differ"),
    Refusal("RING of ¬x = −x", lambda: RING(~x, -x), "RING: the polynomials differ"),
    Refusal("RING of a shift", lambda: RING(x << 8, x), "RING: the polynomials differ"),
    Refusal("RING of a shift by y", lambda: RING(x << y, x * y), "RING: the polynomials differ"),
    Refusal("RING grown too large", lambda: RING(product_of_sums(16, 8), x), "RING: a product of over"),
    Refusal("ANF of two sorts", lambda: ANF(p, number(1, 1)), "ANF: Bool and .BV 1. are not one"),
    Refusal("ANF of memories", lambda: ANF(m, m), "ANF: Mem and Mem are not one"),
    Refusal("ANF of tuples", lambda: ANF(s, s), "ANF: .* are not one"),
    Refusal("ANF of or and xor", lambda: ANF(x | y, x ^ y), "ANF: the forms differ"),
    Refusal("ANF of a shift and a rotation", lambda: ANF(x << 1, ror(x, 7)), "ANF: the forms differ"),
    Refusal("ANF of two shifts", lambda: ANF((x << 1) >> 1, x), "ANF: the forms differ"),
    Refusal("ANF of another bit", lambda: ANF(x[0], x[1]), "ANF: the forms differ"),
    Refusal("ANF of 2x = 3x", lambda: ANF(x * 2, x * 3), "ANF: the forms differ"),
    Refusal("ANF of p = ¬p", lambda: ANF(eq(p, q), p ^ q), "ANF: the forms differ"),
    Refusal("ANF grown too large", lambda: ANF(conjunction_of_sums(16), number(0, 1)), "ANF: a product of over"),
    Refusal("ANF of a term too wide", lambda: ANF(wide(), wide()), "ANF: a term of 1048576 bits"),
    Refusal("BLAST of bits", lambda: BLAST(x, "", ()), "BLAST: a goal is Bool"),
    Refusal("BLAST without a digest", lambda: BLAST(goal, "", ()), "the proof is about CNF , the goal's is"),
    Refusal("BLAST of another goal", lambda: BLAST(goal, Cnf(ult(x, y)).digest(), ()), "the proof is about CNF"),
    Refusal("BLAST without a proof", lambda: BLAST(goal, Cnf(goal).digest(), ()), "ends without the empty clause"),
    Refusal("BLAST with steps for nothing", lambda: BLAST(eq(x, x), "", [(1, (), ())]), "constantly true"),
    Refusal("BLAST with a digest of nothing", lambda: BLAST(eq(x, x), "E 0", ()), "constantly true"),
    Refusal("BLAST of false", lambda: BLAST(false, Cnf(false).digest(), [(1, (), ())]), "does not reach a conflict"),
]


def wide() -> Term:
    """The widest variable."""
    return Var("w", BV(MAX_WIDTH))


LRAT = [
    Refusal("LRAT without steps", refuted, "ends without the empty clause", LratError),
    Refusal("LRAT short of the empty clause", lambda: refuted((5, (1,), (1, 2))), "without the empty", LratError),
    Refusal("LRAT with an old id", lambda: refuted((4, (1,), (1, 2))), "step 4 comes after step 4", LratError),
    Refusal("LRAT going back", lambda: refuted((9, (1,), (1, 2)), (6, (), (9,))), "6 comes after step 9", LratError),
    Refusal("LRAT with no hints", lambda: refuted((5, (), ())), "does not reach a conflict", LratError),
    Refusal("LRAT with a hint that is not unit", lambda: refuted((5, (), (1, 2))), "hint 1 is not unit", LratError),
    Refusal("LRAT with too few hints", lambda: refuted((5, (1,), (1,))), "does not reach a conflict", LratError),
    Refusal("LRAT with too many hints", lambda: refuted((5, (1,), (1, 2, 3))), "after its conflict", LratError),
    Refusal("LRAT with an unknown hint", lambda: refuted((5, (1,), (1, 7))), "uses clause 7, which is not", LratError),
    Refusal("LRAT with a hint to itself", lambda: refuted((5, (1,), (5, 1))), "uses clause 5, which is not", LratError),
    Refusal("LRAT with a RAT hint", lambda: refuted((5, (3,), (-1, 2))), "uses clause -1, which is not", LratError),
    Refusal("LRAT with a literal 0", lambda: refuted((5, (1, 0), (1, 2))), "has a literal 0", LratError),
    Refusal("LRAT with a new variable", lambda: refuted((5, (3,), ())), "does not reach a conflict", LratError),
    Refusal(
        "LRAT going on",
        lambda: refuted((5, (1,), (1, 2)), (6, (), (5, 3, 4)), (7, (1,), (1, 2))),
        "step 7 follows the empty clause",
        LratError,
    ),
]

MEMORY = [
    Refusal("READ_PART of no read", lambda: READ_PART(x, a, 8), "x is not a read"),
    Refusal("READ_PART of a narrow base", lambda: READ_PART(read(m, a, 1), b16, 8), "or b no address"),
    Refusal("READ_PART of nothing", lambda: READ_PART(read(m, a, 1), a, 0), "READ_PART: "),
    Refusal("READ_PART too long", lambda: READ_PART(read(m, a + 5, 4), a, 8), r"\+4\) is not inside \[a, \+8\)"),
    Refusal("READ_PART before", lambda: READ_PART(read(m, a - 1, 1), a, 8), "not a constant away"),
    Refusal("READ_PART one before", lambda: READ_PART(read(m, a + mask(64), 1), a, 8), "is not inside"),
    Refusal("READ_PART elsewhere", lambda: READ_PART(read(m, b, 1), a, 8), "b is not a constant away from a"),
    Refusal("READ_PART of a sum turned round", lambda: READ_PART(read(m, a + b, 1), b + a, 8), "not a constant away"),
    Refusal("READ_WRITE_IN of no write", lambda: READ_WRITE_IN(read(m, a, 1)), "is not over a write"),
    Refusal("READ_WRITE_IN of a write", lambda: READ_WRITE_IN(write(stored, a, v)), "is not a read"),
    Refusal("READ_WRITE_IN too long", lambda: READ_WRITE_IN(read(stored, a + 1, 8)), "is not inside"),
    Refusal("READ_WRITE_IN before", lambda: READ_WRITE_IN(read(stored, a + mask(64), 2)), "is not inside"),
    Refusal("READ_WRITE_IN elsewhere", lambda: READ_WRITE_IN(read(stored, b, 1)), "not a constant away"),
    Refusal("READ_WRITE_OUT of no write", lambda: READ_WRITE_OUT(read(m, b, 8), apart()), "is not over a write"),
    Refusal("READ_WRITE_OUT of a write", lambda: READ_WRITE_OUT(write(stored, b, v), apart()), "is not a read"),
    Refusal(
        "READ_WRITE_OUT, areas exchanged",
        lambda: READ_WRITE_OUT(read(stored, b, 8), apart(8, 8, b, a)),
        "not a constant away",
    ),
    Refusal(
        "READ_WRITE_OUT, premises exchanged",
        lambda: READ_WRITE_OUT(read(stored, b, 8), apart()._replace(after=apart().before, before=apart().after)),
        "do not say",
    ),
    Refusal(
        "READ_WRITE_OUT, area of the write too small",
        lambda: READ_WRITE_OUT(read(stored, b, 8), apart(7, 8)),
        r"\+8\) is not inside \[a, \+7\)",
    ),
    Refusal(
        "READ_WRITE_OUT, area of the read too small",
        lambda: READ_WRITE_OUT(read(stored, b, 8), apart(8, 7)),
        r"\+8\) is not inside \[b, \+7\)",
    ),
    Refusal(
        "READ_WRITE_OUT, premise for a smaller area",
        lambda: READ_WRITE_OUT(read(stored, b, 8), apart(7, 8)._replace(n=8)),
        "do not say",
    ),
    Refusal(
        "READ_WRITE_OUT, second premise for a smaller area",
        lambda: READ_WRITE_OUT(read(stored, b, 8), apart(8, 7)._replace(m=8)),
        "do not say",
    ),
    Refusal(
        "READ_WRITE_OUT, read past its area",
        lambda: READ_WRITE_OUT(read(stored, b + 1, 8), apart()),
        r"\+8\) is not inside \[b, \+8\)",
    ),
    Refusal(
        "READ_WRITE_OUT, an empty area",
        lambda: READ_WRITE_OUT(read(write(m, a, x), b, 1), apart(1, 0)),
        "areas of 1 and 0 bytes",
    ),
    Refusal(
        "READ_WRITE_OUT, an area of half the memory",
        lambda: READ_WRITE_OUT(read(stored, b, 8), apart(1 << 63, 8)),
        "areas of 9223372036854775808 and 8 bytes",
    ),
    Refusal("WRITE_WRITE_IN of no write", lambda: WRITE_WRITE_IN(stored), "is not over a write"),
    Refusal("WRITE_WRITE_IN of a read", lambda: WRITE_WRITE_IN(read(stored, a, 1)), "is not a write"),
    Refusal("WRITE_WRITE_IN too long", lambda: WRITE_WRITE_IN(write(stored, a + 7, w16)), "is not inside"),
    Refusal("WRITE_WRITE_IN of more bytes", lambda: WRITE_WRITE_IN(write(write(m, a, w16), a, w24)), "is not inside"),
    Refusal("WRITE_WRITE_IN elsewhere", lambda: WRITE_WRITE_IN(write(stored, b, x)), "not a constant away"),
    Refusal("WRITE_WRITE_OUT of a read", lambda: WRITE_WRITE_OUT(read(stored, b, 8), apart()), "is not a write"),
    Refusal(
        "WRITE_WRITE_OUT, premise of another area",
        lambda: WRITE_WRITE_OUT(write(stored, b, v), apart(8, 8, a, b + 1)._replace(b=b)),
        "do not say",
    ),
    Refusal(
        "WRITE_WRITE_OUT, second write too long",
        lambda: WRITE_WRITE_OUT(write(stored, b, v), apart(8, 4)),
        r"\+8\) is not inside \[b, \+4\)",
    ),
    Refusal("WRITE_READ of nothing", lambda: WRITE_READ(m, a, 0), "read.0. does not take", TermError),
    Refusal("WRITE_READ of bits", lambda: WRITE_READ(x, a, 1), "read.1. does not take", TermError),
    Refusal("TUPLE_EXT of bits", lambda: TUPLE_EXT(x), "TUPLE_EXT: x is not a tuple"),
    Refusal("PROJ_TUPLE past the end", lambda: PROJ_TUPLE(proj(tuple_(x, y), 2)), "proj.2. does not take", TermError),
    Refusal("PROJ_TUPLE from the end", lambda: PROJ_TUPLE(proj(tuple_(x), -1)), "proj.-1. does not take", TermError),
]


def define_twice() -> None:
    """One name, two meanings."""
    DEFINE("refused_twice", [x], x + 1)
    DEFINE("refused_twice", [x], x + 2)


def define_at_two_sorts() -> None:
    """One name, two signatures."""
    DECLARE("refused_sorts", [BV(8)], BOOL)
    DECLARE("refused_sorts", [BV(16)], BOOL)


def define_by_another_signature() -> None:
    """A constant of the right name, applied to other sorts than it has."""
    DECLARE("refused_use", [BV(8)], BV(8))
    DEFINE("refused_user", [a], app("refused_use", BV(8), a))


def define_a_cycle() -> None:
    """Two constants, each defined by the other."""
    DEFINE("refused_even", [x], app("refused_odd", BV(8), x - 1))
    DEFINE("refused_odd", [x], app("refused_even", BV(8), x - 1))


def redefine_by_itself() -> None:
    """f(x) = f(x) + 1, once f is known."""
    DEFINE("refused_self", [x], x)
    DEFINE("refused_self", [x], app("refused_self", BV(8), x) + 1)


def program_twice() -> None:
    """One program, two sets of addresses."""
    DEFINE_PROGRAM("refused_program", a, s, 0, {0: s})
    DEFINE_PROGRAM("refused_program", a, s, 0, {0: s, 4: s})


def recursion(
    *, of: Term = x, others: tuple[Term, ...] = (), at_zero: Term = ZERO, rec: Term = z, step: Term = z
) -> object:
    """A recursion that is in order but for what is changed."""
    return DEFINE_REC("refused_rec", of, others, at_zero, rec, step)


THEORY = [
    Refusal("DEFINE with a free variable", lambda: DEFINE("refused", [x], x + y), "refused: free in its definition: y"),
    Refusal("DEFINE at another width", lambda: DEFINE("refused", [x], x64), "free in its definition: x"),
    Refusal("DEFINE with one parameter twice", lambda: DEFINE("refused", [x, x], x), "not distinct variables"),
    Refusal("DEFINE of a sum", lambda: DEFINE("refused", [x + y], x), "not distinct variables"),
    Refusal("DEFINE by the unknown", lambda: DEFINE("refused", [], app("nobody", BOOL)), "nobody, which is not"),
    Refusal(
        "DEFINE by itself", lambda: DEFINE("refused", [], ~app("refused", BOOL)), "refused, which is not introduced"
    ),
    Refusal("DEFINE by itself again", redefine_by_itself, "refused_self: its definition uses itself"),
    Refusal("DEFINE in a circle", define_a_cycle, "uses refused_odd, which is not introduced"),
    Refusal("DEFINE by another signature", define_by_another_signature, "uses refused_use, which is not introduced"),
    Refusal("DEFINE twice", define_twice, "refused_twice is already introduced with another meaning"),
    Refusal(
        "DEFINE what is declared", lambda: [DECLARE("refused_d", [], BOOL), DEFINE("refused_d", [], false)], "already"
    ),
    Refusal("DEFINE without a name", lambda: DEFINE("", [], false), "is no name"),
    Refusal("DEFINE of two words", lambda: DEFINE("two words", [], false), "is no name"),
    Refusal("DECLARE at two sorts", define_at_two_sorts, "refused_sorts is already introduced"),
    Refusal("DEFINE_REC over Bool", lambda: recursion(of=p), "recursion is over a bit vector"),
    Refusal("DEFINE_REC over memory", lambda: recursion(of=m), "recursion is over a bit vector"),
    Refusal("DEFINE_REC over a constant", lambda: recursion(of=number(3, 8)), "not distinct variables"),
    Refusal("DEFINE_REC with x as a parameter", lambda: recursion(others=(x,)), "not distinct variables"),
    Refusal("DEFINE_REC with the value as a parameter", lambda: recursion(others=(z,)), "not distinct variables"),
    Refusal("DEFINE_REC with x as its value", lambda: recursion(rec=x), "not distinct variables"),
    Refusal("DEFINE_REC with x in its base", lambda: recursion(at_zero=x), "free in its definition: x"),
    Refusal("DEFINE_REC with the value in its base", lambda: recursion(at_zero=z), "free in its definition: z"),
    Refusal("DEFINE_REC with a free variable", lambda: recursion(step=y), "free in its definition: y"),
    Refusal("DEFINE_REC of two sorts", lambda: recursion(at_zero=a), "its base, step and result have one sort"),
    Refusal(
        "DEFINE_REC of a value of another sort", lambda: recursion(rec=a), "its base, step and result have one sort"
    ),
    Refusal(
        "DEFINE_REC by itself", lambda: recursion(step=app("refused_rec", BV(8), x + 1)), "which is not introduced"
    ),
    Refusal("DEFINE_PROGRAM at a narrow base", lambda: DEFINE_PROGRAM("refused", b16, s, 0, {}), "a 64-bit base"),
    Refusal("DEFINE_PROGRAM of no state", lambda: DEFINE_PROGRAM("refused", a, b, 0, {}), "a 64-bit base and a tuple"),
    Refusal("DEFINE_PROGRAM of a narrow pc", lambda: DEFINE_PROGRAM("refused", a, flags, 0, {}), "with a 64-bit pc"),
    Refusal("DEFINE_PROGRAM of no pc", lambda: DEFINE_PROGRAM("refused", a, s, 2, {0: s}), "with a 64-bit pc"),
    Refusal("DEFINE_PROGRAM of a pc from the end", lambda: DEFINE_PROGRAM("refused", a, s, -2, {0: s}), "a 64-bit pc"),
    Refusal("DEFINE_PROGRAM before 0", lambda: DEFINE_PROGRAM("refused", a, s, 0, {-4: s}), "-0x4 is no address"),
    Refusal(
        "DEFINE_PROGRAM past 2^64", lambda: DEFINE_PROGRAM("refused", a, s, 0, {1 << 64: s}), "0x1.* is no address"
    ),
    Refusal(
        "DEFINE_PROGRAM of bits", lambda: DEFINE_PROGRAM("refused", a, s, 0, {0: x}), "transition at 0x0 is no state"
    ),
    Refusal(
        "DEFINE_PROGRAM of any base", lambda: DEFINE_PROGRAM("refused", number(0, 64), s, 0, {0: s}), "not distinct"
    ),
    Refusal(
        "DEFINE_PROGRAM of one state", lambda: DEFINE_PROGRAM("refused", a, tuple_(a, x), 0, {0: s}), "not distinct"
    ),
    Refusal(
        "DEFINE_PROGRAM with a free variable", lambda: DEFINE_PROGRAM("refused", b, s, 0, {4: tuple_(a, y)}), "free in"
    ),
    Refusal("DEFINE_PROGRAM twice", program_twice, "refused_program is already introduced with another meaning"),
    Refusal("INDUCT over a sum", lambda: induct(ule(x, y), of=x + y), "is not a bit-vector variable"),
    Refusal("INDUCT over Bool", lambda: induct(p, of=p), "INDUCT: p is not a bit-vector variable"),
    Refusal("INDUCT over another variable", lambda: induct(ule(x, y), of=y), "not the property at 0"),
    Refusal("INDUCT from 1", lambda: induct(ule(x, y), at_zero=ule(number(1, 8), y)), "not the property at 0"),
    Refusal("INDUCT without a step", lambda: induct(ule(x, y), at_next=ule(x, y)), r"not the property at x \+ 1"),
    Refusal("INDUCT in steps of 2", lambda: induct(ule(x, y), at_next=ule(x + 2, y)), r"not the property at x \+ 1"),
    Refusal("INDUCT with 1 + x", lambda: induct(ule(x, y), at_next=ule(1 + x, y)), r"not the property at x \+ 1"),
    Refusal("INDUCT under x ≠ 0", lambda: induct(ule(x, y), step_needs=~eq(x, 0)), "x is free in the hypothesis"),
    Refusal("INDUCT under max ≠ x", lambda: induct(ule(x, y), step_needs=~eq(Const(255, 8), x)), "x is free in"),
    Refusal(
        "INDUCT under P[x + 1]", lambda: induct(ule(x, y), step_needs=ule(x + 1, y)), "x is free in the hypothesis"
    ),
    Refusal(
        "INDUCT on a base under x ≠ max",
        lambda: INDUCT(
            x,
            ule(x, y),
            MP(DISCH(~eq(x, 255), ORACLE("base", ule(number(0, 8), y))), ASSUME(~eq(x, 255))),
            ORACLE("step", ule(x + 1, y)),
        ),
        "x is free in the hypothesis",
    ),
]

FILES = [
    Refusal("a certificate of an oracle", lambda: write_certificate(ORACLE("me", p), {}, io.BytesIO()), "rests on me"),
    Refusal(
        "a certificate of what an oracle said",
        lambda: write_certificate(conj_of(ORACLE("me", p)), {}, io.BytesIO()),
        "rests on me",
    ),
    Refusal(
        "a certificate of the unknown",
        lambda: write_certificate(REFL(app("nobody", BOOL)), {}, io.BytesIO()),
        "nobody is not introduced",
    ),
    Refusal("the introduction of the unknown", lambda: introduction("nobody"), "nobody is not introduced"),
    Refusal("the value of a variable", lambda: evaluate(x, {}), "no value for x"),
]


def conj_of(th: Thm) -> Thm:
    """A theorem that follows from another one."""
    return MP(DISCH(q, th), ASSUME(q))


REFUSALS = [*CONSTRUCTION, *EQUALITY, *LOGIC, *COMPUTATION, *LRAT, *MEMORY, *THEORY, *FILES]


def outcome(refusal: Refusal) -> list[str]:
    """The exception's name and message; empty where nothing was refused."""
    try:
        refusal.make()
    except Exception as error:
        return [type(error).__name__, str(error)]
    return []


if __name__ == "__main__":
    print(json.dumps({"optimized": not __debug__, "outcomes": {r.name: outcome(r) for r in REFUSALS}}))
