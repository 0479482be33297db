# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Rules for memories and tuples.

A memory maps 64-bit addresses to bytes; [a, a + n) is the set of the n addresses from a on, wrapping at 2^64. For
0 < n, m two such sets [a, a + n) and [b, b + m) are disjoint exactly when n ≤ b − a and m ≤ a − b, unsigned, modulo 2^64.
"""

from __future__ import annotations

from typing import NamedTuple

from kernel.ops import (
    ADDRESS,
    BVADD,
    PROJ,
    READ,
    TUPLE,
    WRITE,
    concat,
    eq,
    is_const,
    number,
    proj,
    read,
    tuple_,
    ule,
    value_of,
    write,
)
from kernel.term import Term, mk
from kernel.thm import NO_HYPS, Hyps, KernelError, Thm, infer, union


def offset(a: Term, base: Term) -> int:
    """The d below 2^64 with a = base + d, when both are sums of the same terms and constants; KernelError otherwise."""
    root, d = _split(base)
    other, e = _split(a)
    if root != other:
        raise KernelError(f"{a} is not a constant away from {base}")
    return (e - d) & 0xFFFF_FFFF_FFFF_FFFF


def _split(a: Term) -> tuple[tuple[Term, ...], int]:
    if is_const(a):
        return (), value_of(a)
    if a.op is not BVADD:
        return (a,), 0
    return tuple([x for x in a.args if not is_const(x)]), sum(value_of(x) for x in a.args if is_const(x))


def _within(rule: str, b: Term, m: int, a: Term, n: int) -> int:
    """The offset of [b, b + m) in [a, a + n)."""
    d = offset(b, a)
    if d + m > n:
        raise KernelError(f"{rule}: [{b}, +{m}) is not inside [{a}, +{n})")
    return d


class Apart(NamedTuple):
    """Two areas [a, a + n) and [b, b + m) and the theorems that they are disjoint: n ≤ b − a and m ≤ a − b."""

    a: Term
    n: int
    b: Term
    m: int
    after: Thm
    before: Thm


def _apart(rule: str, apart: Apart) -> Hyps:
    a, n, b, m, after, before = apart
    if not 0 < n < 1 << 63 or not 0 < m < 1 << 63:
        raise KernelError(f"{rule}: areas of {n} and {m} bytes")
    if after.concl is not ule(number(n, 64), b - a) or before.concl is not ule(number(m, 64), a - b):
        raise KernelError(f"{rule}: the premises do not say that [{a}, +{n}) and [{b}, +{m}) are disjoint")
    return union(after.hyps, before.hyps)


def _over_write(rule: str, t: Term) -> tuple[Term, Term, Term, int]:
    """The memory, address, value and size of the write that t reads or writes over."""
    if t.op not in (READ, WRITE) or t.args[0].op is not WRITE:
        raise KernelError(f"{rule}: {t} is not over a write")
    m, a, v = t.args[0].args
    return m, a, v, v.width // 8


def READ_PART(t: Term, base: Term, size: int) -> Thm:
    """⊢ read(m, a + d, k) = read(m, a, n)[8(d+k)−1 : 8d]  for d + k ≤ n"""
    if t.op is not READ or base.sort is not ADDRESS or size < 1:
        raise KernelError(f"READ_PART: {t} is not a read, or {base} no address")
    m, b = t.args
    k = t.params[0]
    d = _within("READ_PART", b, k, base, size)
    return infer("READ_PART", NO_HYPS, eq(t, read(m, base, size)[8 * (d + k) - 1 : 8 * d]), (), (t, base, size))


def READ_WRITE_IN(t: Term) -> Thm:
    """⊢ read(write(m, a, v), a + d, k) = v[8(d+k)−1 : 8d]  for d + k ≤ the size of v"""
    _, a, v, n = _over_write("READ_WRITE_IN", t)
    if t.op is not READ:
        raise KernelError(f"READ_WRITE_IN: {t} is not a read")
    k = t.params[0]
    d = _within("READ_WRITE_IN", t.args[1], k, a, n)
    return infer("READ_WRITE_IN", NO_HYPS, eq(t, v[8 * (d + k) - 1 : 8 * d]), (), (t,))


def READ_WRITE_OUT(t: Term, apart: Apart) -> Thm:
    """Γ ⊢ n ≤ b − a  and  Δ ⊢ m ≤ a − b  give  Γ ∪ Δ ⊢ read(write(w, a + d, v), b + e, k) = read(w, b + e, k)
    where v lies inside [a, a + n) and the read inside [b, b + m)"""
    w, at, _, size = _over_write("READ_WRITE_OUT", t)
    if t.op is not READ:
        raise KernelError(f"READ_WRITE_OUT: {t} is not a read")
    k = t.params[0]
    hyps = _apart("READ_WRITE_OUT", apart)
    _within("READ_WRITE_OUT", at, size, apart.a, apart.n)
    _within("READ_WRITE_OUT", t.args[1], k, apart.b, apart.m)
    data = (t, apart.a, apart.n, apart.b, apart.m)
    return infer("READ_WRITE_OUT", hyps, eq(t, read(w, t.args[1], k)), (apart.after, apart.before), data)


def WRITE_WRITE_IN(t: Term) -> Thm:
    """⊢ write(write(m, a, v), a + d, w) = write(m, a, v with its bytes from d on replaced by w)  where w fits"""
    m, a, v, n = _over_write("WRITE_WRITE_IN", t)
    if t.op is not WRITE:
        raise KernelError(f"WRITE_WRITE_IN: {t} is not a write")
    b, w = t.args[1:]
    d = _within("WRITE_WRITE_IN", b, w.width // 8, a, n)
    low, high = 8 * d, 8 * d + w.width
    parts = [v[v.width - 1 : high]] if high < v.width else []
    parts.append(w)
    if low:
        parts.append(v[low - 1 : 0])
    return infer("WRITE_WRITE_IN", NO_HYPS, eq(t, write(m, a, concat(*parts))), (), (t,))


def WRITE_WRITE_OUT(t: Term, apart: Apart) -> Thm:
    """Γ ⊢ n ≤ b − a  and  Δ ⊢ m ≤ a − b  give
    Γ ∪ Δ ⊢ write(write(w, a + d, v), b + e, u) = write(write(w, b + e, u), a + d, v)
    where v lies inside [a, a + n) and u inside [b, b + m)"""
    w, at, v, size = _over_write("WRITE_WRITE_OUT", t)
    if t.op is not WRITE:
        raise KernelError(f"WRITE_WRITE_OUT: {t} is not a write")
    other, u = t.args[1:]
    hyps = _apart("WRITE_WRITE_OUT", apart)
    _within("WRITE_WRITE_OUT", at, size, apart.a, apart.n)
    _within("WRITE_WRITE_OUT", other, u.width // 8, apart.b, apart.m)
    data = (t, apart.a, apart.n, apart.b, apart.m)
    return infer("WRITE_WRITE_OUT", hyps, eq(t, write(write(w, other, u), at, v)), (apart.after, apart.before), data)


def WRITE_READ(m: Term, a: Term, size: int) -> Thm:
    """⊢ write(m, a, read(m, a, n)) = m"""
    return infer("WRITE_READ", NO_HYPS, eq(write(m, a, read(m, a, size)), m), (), (m, a, size))


def PROJ_TUPLE(t: Term) -> Thm:
    """⊢ t = t′, where every subterm proj_i((t0, …, tn)) of t has become ti, from the inside out"""
    new: dict[Term, Term] = {}
    stack = [t]
    while stack:
        s = stack[-1]
        redex = s.op is PROJ and s.args[0].op is TUPLE
        needed = (s.args[0].args[s.params[0]],) if redex else s.args
        missing = [a for a in needed if a not in new]
        if missing:
            stack.extend(missing)
            continue
        stack.pop()
        args = tuple([new[a] for a in needed])
        if redex:
            new[s] = args[0]
        elif s.op is PROJ and args[0].op is TUPLE:
            new[s] = args[0].args[s.params[0]]
        else:
            new[s] = s if args == s.args else mk(s.op, s.params, args)
    return infer("PROJ_TUPLE", NO_HYPS, eq(t, new[t]), (), (t,))


def TUPLE_EXT(t: Term) -> Thm:
    """⊢ t = (proj_0(t), …, proj_n(t))"""
    if t.sort.kind != "Tuple":
        raise KernelError(f"TUPLE_EXT: {t} is not a tuple")
    return infer("TUPLE_EXT", NO_HYPS, eq(t, tuple_(*[proj(t, i) for i in range(len(t.sort.items))])), (), (t,))
