# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The rules of inference. Each says its figure; each checks its premises and raises KernelError.

Equality, logic, computation. Memory and tuples are in kernel/arrays.py, definitions and induction in kernel/theory.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kernel.bitblast import Cnf
from kernel.lrat import LratError, Step, check
from kernel.normal import TooLarge, anf, ring
from kernel.ops import EQ, IMPLIES, NOT, eq, implies
from kernel.sorts import BOOL
from kernel.term import Term, TermError, coerce, mk, postorder, substitute_all
from kernel.thm import NO_HYPS, KernelError, Thm, equation, infer, union

# Equality


def REFL(t: Term) -> Thm:
    """⊢ t = t

    >>> from kernel.term import Var
    >>> from kernel.sorts import BV
    >>> REFL(Var("x", BV(8)))
    ⊢ (= x x)
    """
    return infer("REFL", NO_HYPS, mk(EQ, (), (t, t)), (), (t,))


def SYM(th: Thm) -> Thm:
    """Γ ⊢ a = b  gives  Γ ⊢ b = a"""
    a, b = equation(th)
    return infer("SYM", th.hyps, mk(EQ, (), (b, a)), (th,))


def TRANS(ab: Thm, bc: Thm) -> Thm:
    """Γ ⊢ a = b  and  Δ ⊢ b = c  give  Γ ∪ Δ ⊢ a = c"""
    a, b = equation(ab)
    also_b, c = equation(bc)
    if b is not also_b:
        raise KernelError(f"TRANS: the middle terms differ: {b} and {also_b}")
    return infer("TRANS", union(ab.hyps, bc.hyps), mk(EQ, (), (a, c)), (ab, bc))


def CONG(t: Term, changes: Mapping[int, Thm]) -> Thm:
    """Γi ⊢ ai = bi for some argument positions i of t  give  ∪Γi ⊢ t = t[bi at i]

    >>> from kernel.term import Var
    >>> from kernel.sorts import BV
    >>> x, y = Var("x", BV(8)), Var("y", BV(8))
    >>> CONG(x & y, {1: ASSUME(eq(y, x))})
    (= y x) ⊢ (= (bvand x y) (bvand x x))
    """
    args, hyps = list(t.args), NO_HYPS
    changes = dict(changes)
    for i, th in changes.items():
        a, b = equation(th)
        if not 0 <= i < len(args) or args[i] is not a:
            raise KernelError(f"CONG: argument {i} of {t} is not {a}")
        args[i] = b
        hyps = union(hyps, th.hyps)
    new = mk(t.op, t.params, tuple(args))
    return infer("CONG", hyps, mk(EQ, (), (t, new)), tuple(changes.values()), (t, tuple(changes)))


def EQ_MP(pq: Thm, p: Thm) -> Thm:
    """Γ ⊢ p = q  and  Δ ⊢ p  give  Γ ∪ Δ ⊢ q"""
    left, q = equation(pq)
    if left is not p.concl:
        raise KernelError(f"EQ_MP: the equation is about {left}, the theorem about {p.concl}")
    return infer("EQ_MP", union(pq.hyps, p.hyps), q, (pq, p))


# Logic


def ASSUME(p: Term) -> Thm:
    """{p} ⊢ p"""
    return infer("ASSUME", frozenset((p,)), p, (), (p,))


def DISCH(p: Term, th: Thm) -> Thm:
    """Γ ⊢ q  gives  Γ − {p} ⊢ p ⇒ q"""
    return infer("DISCH", th.hyps - {p}, implies(p, th.concl), (th,), (p,))


def MP(pq: Thm, p: Thm) -> Thm:
    """Γ ⊢ p ⇒ q  and  Δ ⊢ p  give  Γ ∪ Δ ⊢ q"""
    if pq.concl.op is not IMPLIES or pq.concl.args[0] is not p.concl:
        raise KernelError(f"MP: {p.concl} is not the premise of {pq.concl}")
    return infer("MP", union(pq.hyps, p.hyps), pq.concl.args[1], (pq, p))


def INST(th: Thm, mapping: Mapping[Term, Term]) -> Thm:
    """Γ ⊢ q  gives  Γ[t/x] ⊢ q[t/x], for variables x and terms t of their sorts, all at once"""
    hyps, mapping = list(th.hyps), dict(mapping)
    try:
        concl, *new = substitute_all([th.concl, *hyps], mapping)
    except TermError as error:
        raise KernelError(f"INST: {error}") from None
    return infer("INST", frozenset(new) if new else NO_HYPS, concl, (th,), tuple(mapping.items()))


def CASES(p: Term, yes: Thm, no: Thm) -> Thm:
    """Γ ⊢ q  and  Δ ⊢ q  give  (Γ − {p}) ∪ (Δ − {¬p}) ⊢ q"""
    if yes.concl is not no.concl:
        raise KernelError(f"CASES: the conclusions differ: {yes.concl} and {no.concl}")
    hyps = union(yes.hyps - {p}, no.hyps - {mk(NOT, (), (p,))})
    return infer("CASES", hyps, yes.concl, (yes, no), (p,))


# Computation


def EVAL(t: Term) -> Thm:
    """⊢ t = c  for a ground bit-vector or Bool term t of value c

    >>> from kernel.term import Const
    >>> EVAL(Const(3, 8) + 255)
    ⊢ (= (bvadd #x03 #xff) #x02)
    """
    values: dict[Term, int] = {}
    for s in postorder((t,)):
        if s.op.evaluate is None or not s.sort.width:
            raise KernelError(f"EVAL: {s} has no value")
        values[s] = s.op.evaluate(s, [values[a] for a in s.args])
    return infer("EVAL", NO_HYPS, mk(EQ, (), (t, coerce(values[t], t.sort))), (), (t,))


def RING(a: Term, b: Term) -> Thm:
    """⊢ a = b  for bit vectors that are equal as polynomials over Z/2^n in their atoms

    >>> from kernel.term import Var
    >>> from kernel.sorts import BV
    >>> x, y = Var("x", BV(8)), Var("y", BV(8))
    >>> RING(x + y - x, y)
    ⊢ (= (bvsub (bvadd x y) x) y)
    """
    if a.sort is not b.sort or a.sort.kind != "BV":
        raise KernelError(f"RING: {a.sort} and {b.sort} are not one bit-vector sort")
    try:
        same = ring(a) == ring(b)
    except TooLarge as error:
        raise KernelError(f"RING: {error}") from None
    if not same:
        raise KernelError(f"RING: the polynomials differ: {a} and {b}")
    return infer("RING", NO_HYPS, mk(EQ, (), (a, b)), (), (a, b))


def ANF(a: Term, b: Term) -> Thm:
    """⊢ a = b  for bit vectors or Bools that are equal as XORs of ANDs of atoms' bits, bit by bit

    >>> from kernel.term import Var
    >>> from kernel.sorts import BV
    >>> x, y = Var("x", BV(8)), Var("y", BV(8))
    >>> ANF(x | y, x ^ y ^ (x & y))
    ⊢ (= (bvor x y) (bvxor (bvxor x y) (bvand x y)))
    """
    if a.sort is not b.sort or not a.sort.width:
        raise KernelError(f"ANF: {a.sort} and {b.sort} are not one sort of bits")
    try:
        same = anf(a) == anf(b)
    except TooLarge as error:
        raise KernelError(f"ANF: {error}") from None
    if not same:
        raise KernelError(f"ANF: the forms differ: {a} and {b}")
    return infer("ANF", NO_HYPS, mk(EQ, (), (a, b)), (), (a, b))


def BLAST(p: Term, digest: str, proof: Sequence[Step]) -> Thm:
    """⊢ p  when the LRAT proof refutes the CNF of p's negated circuit, whose SHA-256 is `digest`"""
    if p.sort is not BOOL:
        raise KernelError(f"BLAST: a goal is Bool, not {p.sort}")
    try:
        cnf = Cnf(p)
    except TermError as error:
        raise KernelError(f"BLAST: {error}") from None
    steps = tuple(proof)
    if cnf.trivial:
        if steps or digest:
            raise KernelError("BLAST: a proof for a circuit that is constantly true")
    else:
        if cnf.digest() != digest:
            raise KernelError(f"BLAST: the proof is about CNF {digest}, the goal's is {cnf.digest()}")
        try:
            check(cnf.clauses, steps)
        except LratError as error:
            raise KernelError(f"BLAST: {error}") from None
    return infer("BLAST", NO_HYPS, p, (), (p, digest, steps))


def ORACLE(name: str, p: Term) -> Thm:
    """⊢ p  on the word of `name`, which the theorem and all that follows from it carry for ever"""
    if not name:
        raise KernelError("ORACLE: an oracle has a name")
    return infer("ORACLE", NO_HYPS, p, (), (name, p), oracle=name)


__all__ = [
    "ANF", "ASSUME", "BLAST", "CASES", "CONG", "DISCH", "EQ_MP", "EVAL", "INST", "MP", "ORACLE", "REFL", "RING", "SYM",
    "TRANS", "eq",
]  # fmt: skip
