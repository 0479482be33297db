# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The operators: SMT-LIB's on bit vectors, carry-less product, memories, tuples and applied constants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from kernel.gates import FALSE, TRUE, Gates
from kernel.sorts import BOOL, BV, MEM, Sort, TupleSort
from kernel.term import Const, Op, Param, Term, TermError, coerce, declare, mk

Params = tuple[Param, ...]
Sorts = tuple[Sort, ...]
Bits = list[int]


def _need(ok: bool, name: str, sorts: Sorts, params: Params = ()) -> None:
    if not ok:
        shown = " ".join(map(repr, sorts))
        raise TermError(f"{name}{list(params) if params else ''} does not take arguments of sorts {shown}")


def _same_bv(name: str, least: int, most: int | None = None) -> Callable[[Params, Sorts], Sort]:
    def typing(params: Params, sorts: Sorts) -> Sort:
        arity = least <= len(sorts) and (most is None or len(sorts) <= most)
        _need(arity and not params and sorts[0].kind == "BV" and sorts.count(sorts[0]) == len(sorts), name, sorts)
        return sorts[0]

    return typing


def _bools(name: str, least: int, most: int | None = None) -> Callable[[Params, Sorts], Sort]:
    def typing(params: Params, sorts: Sorts) -> Sort:
        arity = least <= len(sorts) and (most is None or len(sorts) <= most)
        _need(arity and not params and sorts.count(BOOL) == len(sorts), name, sorts)
        return BOOL

    return typing


def _compare(name: str) -> Callable[[Params, Sorts], Sort]:
    def typing(params: Params, sorts: Sorts) -> Sort:
        _need(len(sorts) == 2 and not params and sorts[0].kind == "BV" and sorts[0] is sorts[1], name, sorts)
        return BOOL

    return typing


def mask(width: int) -> int:
    """2^width - 1."""
    return (1 << width) - 1


def signed(value: int, width: int) -> int:
    """The two's complement reading of an unsigned value."""
    return value - (1 << width) if value >> (width - 1) else value


# Leaves


def _type_var(params: Params, sorts: Sorts) -> Sort:
    _need(len(params) == 2 and isinstance(params[0], str) and isinstance(params[1], Sort) and not sorts, "var", sorts)
    if not params[0] or len(params[0].split()) != 1 or params[0].strip() != params[0]:
        raise TermError(f"{params[0]!r} is no name: it is empty or has white space")
    sort: Sort = params[1]
    return sort


def _type_bool(params: Params, sorts: Sorts) -> Sort:
    _need(len(params) == 1 and params[0] in (0, 1) and not sorts, "bool", sorts, params)
    return BOOL


def _type_bv(params: Params, sorts: Sorts) -> Sort:
    _need(len(params) == 2 and not sorts and 0 <= params[0] < 1 << params[1], "bv", sorts, params)
    return BV(params[1])


def _constant_bits(t: Term, bits: Sequence[Bits], g: Gates) -> Bits:
    return [TRUE if t.params[0] >> i & 1 else FALSE for i in range(t.width)]


VAR = declare(Op("var", _type_var))
BOOLEAN = declare(Op("bool", _type_bool, lambda t, v: t.params[0], _constant_bits))
BITS = declare(Op("bv", _type_bv, lambda t, v: t.params[0], _constant_bits))
true = mk(BOOLEAN, (1,), ())
false = mk(BOOLEAN, (0,), ())

# Logic


def _type_eq(params: Params, sorts: Sorts) -> Sort:
    _need(len(sorts) == 2 and not params and sorts[0] is sorts[1], "=", sorts)
    return BOOL


def _type_ite(params: Params, sorts: Sorts) -> Sort:
    _need(len(sorts) == 3 and not params and sorts[0] is BOOL and sorts[1] is sorts[2], "ite", sorts)
    return sorts[1]


NOT = declare(Op("not", _bools("not", 1, 1), lambda t, v: 1 - v[0], lambda t, b, g: [-b[0][0]]))
AND = declare(
    Op("and", _bools("and", 1), lambda t, v: int(all(v)), lambda t, b, g: [reduce(g.and_, [x[0] for x in b])])
)
OR = declare(Op("or", _bools("or", 1), lambda t, v: int(any(v)), lambda t, b, g: [reduce(g.or_, [x[0] for x in b])]))
XOR = declare(Op("xor", _bools("xor", 2, 2), lambda t, v: v[0] ^ v[1], lambda t, b, g: [g.xor(b[0][0], b[1][0])]))
IMPLIES = declare(
    Op("=>", _bools("=>", 2, 2), lambda t, v: int(v[0] <= v[1]), lambda t, b, g: [g.or_(-b[0][0], b[1][0])])
)
EQ = declare(Op("=", _type_eq, lambda t, v: int(v[0] == v[1]), lambda t, b, g: [g.equal(b[0], b[1])]))
ITE = declare(
    Op(
        "ite",
        _type_ite,
        lambda t, v: v[1] if v[0] else v[2],
        lambda t, b, g: [g.mux(b[0][0], x, y) for x, y in zip(b[1], b[2], strict=True)],
    )
)

# Bitwise


def _bitwise(gate: str) -> Callable[[Term, Sequence[Bits], Gates], Bits]:
    def circuit(t: Term, bits: Sequence[Bits], g: Gates) -> Bits:
        f = getattr(g, gate)
        return [reduce(f, column) for column in zip(*bits, strict=True)]

    return circuit


BVNOT = declare(
    Op("bvnot", _same_bv("bvnot", 1, 1), lambda t, v: v[0] ^ mask(t.width), lambda t, b, g: [-x for x in b[0]])
)
BVAND = declare(Op("bvand", _same_bv("bvand", 2), lambda t, v: reduce(int.__and__, v), _bitwise("and_")))
BVOR = declare(Op("bvor", _same_bv("bvor", 2), lambda t, v: reduce(int.__or__, v), _bitwise("or_")))
BVXOR = declare(Op("bvxor", _same_bv("bvxor", 2), lambda t, v: reduce(int.__xor__, v), _bitwise("xor")))

# Arithmetic modulo 2^width


def _eval_mul(t: Term, v: Sequence[int]) -> int:
    product = 1
    for x in v:
        product = product * x & mask(t.width)
    return product


def _circuit_sub(t: Term, b: Sequence[Bits], g: Gates) -> Bits:
    return g.add(b[0], [-x for x in b[1]], TRUE)[:-1]


def _circuit_neg(t: Term, b: Sequence[Bits], g: Gates) -> Bits:
    return g.add([FALSE] * t.width, [-x for x in b[0]], TRUE)[:-1]


BVADD = declare(
    Op(
        "bvadd",
        _same_bv("bvadd", 2),
        lambda t, v: sum(v) & mask(t.width),
        lambda t, b, g: reduce(lambda x, y: g.add(x, y)[:-1], b),
    )
)
BVSUB = declare(Op("bvsub", _same_bv("bvsub", 2, 2), lambda t, v: (v[0] - v[1]) & mask(t.width), _circuit_sub))
BVNEG = declare(Op("bvneg", _same_bv("bvneg", 1, 1), lambda t, v: -v[0] & mask(t.width), _circuit_neg))
BVMUL = declare(Op("bvmul", _same_bv("bvmul", 2), _eval_mul, lambda t, b, g: reduce(g.multiply, b)))
BVUDIV = declare(
    Op(
        "bvudiv",
        _same_bv("bvudiv", 2, 2),
        lambda t, v: v[0] // v[1] if v[1] else mask(t.width),
        lambda t, b, g: g.divide(b[0], b[1])[0],
    )
)
BVUREM = declare(
    Op(
        "bvurem",
        _same_bv("bvurem", 2, 2),
        lambda t, v: v[0] % v[1] if v[1] else v[0],
        lambda t, b, g: g.divide(b[0], b[1])[1],
    )
)
BVSHL = declare(
    Op(
        "bvshl",
        _same_bv("bvshl", 2, 2),
        lambda t, v: v[0] << v[1] & mask(t.width) if v[1] < t.width else 0,
        lambda t, b, g: g.shift(b[0], b[1], FALSE, True),
    )
)
BVLSHR = declare(
    Op(
        "bvlshr",
        _same_bv("bvlshr", 2, 2),
        lambda t, v: v[0] >> v[1],
        lambda t, b, g: g.shift(b[0], b[1], FALSE, False),
    )
)
BVASHR = declare(
    Op(
        "bvashr",
        _same_bv("bvashr", 2, 2),
        lambda t, v: signed(v[0], t.width) >> v[1] & mask(t.width),
        lambda t, b, g: g.shift(b[0], b[1], b[0][-1], False),
    )
)


def _slt(x: Bits, y: Bits, g: Gates) -> int:
    return g.less([*x[:-1], -x[-1]], [*y[:-1], -y[-1]])


def _sign(t: Term, v: Sequence[int]) -> tuple[int, int]:
    width = t.args[0].width
    return signed(v[0], width), signed(v[1], width)


BVULT = declare(Op("bvult", _compare("bvult"), lambda t, v: int(v[0] < v[1]), lambda t, b, g: [g.less(b[0], b[1])]))
BVULE = declare(Op("bvule", _compare("bvule"), lambda t, v: int(v[0] <= v[1]), lambda t, b, g: [-g.less(b[1], b[0])]))
BVSLT = declare(
    Op(
        "bvslt",
        _compare("bvslt"),
        lambda t, v: int(_sign(t, v)[0] < _sign(t, v)[1]),
        lambda t, b, g: [_slt(b[0], b[1], g)],
    )
)
BVSLE = declare(
    Op(
        "bvsle",
        _compare("bvsle"),
        lambda t, v: int(_sign(t, v)[0] <= _sign(t, v)[1]),
        lambda t, b, g: [-_slt(b[1], b[0], g)],
    )
)

# Structure


def _type_concat(params: Params, sorts: Sorts) -> Sort:
    _need(len(sorts) >= 2 and not params and all(s.kind == "BV" for s in sorts), "concat", sorts)
    return BV(sum(s.width for s in sorts))


def _type_extract(params: Params, sorts: Sorts) -> Sort:
    ok = len(params) == 2 and len(sorts) == 1 and sorts[0].kind == "BV"
    _need(ok and 0 <= params[1] <= params[0] < sorts[0].width, "extract", sorts, params)
    return BV(params[0] - params[1] + 1)


def _type_extend(params: Params, sorts: Sorts) -> Sort:
    _need(len(params) == 1 and params[0] >= 0 and len(sorts) == 1 and sorts[0].kind == "BV", "extend", sorts, params)
    return BV(sorts[0].width + params[0])


def _type_rotate(params: Params, sorts: Sorts) -> Sort:
    ok = len(params) == 1 and len(sorts) == 1 and sorts[0].kind == "BV"
    _need(ok and 0 <= params[0] < sorts[0].width, "rotate_right", sorts, params)
    return sorts[0]


def _eval_concat(t: Term, v: Sequence[int]) -> int:
    value = 0
    for arg, x in zip(t.args, v, strict=True):
        value = value << arg.width | x
    return value


def _eval_sext(t: Term, v: Sequence[int]) -> int:
    return signed(v[0], t.args[0].width) & mask(t.width)


def _eval_ror(t: Term, v: Sequence[int]) -> int:
    k: int = t.params[0]
    return (v[0] >> k | v[0] << (t.width - k)) & mask(t.width)


CONCAT = declare(Op("concat", _type_concat, _eval_concat, lambda t, b, g: [x for word in reversed(b) for x in word]))
EXTRACT = declare(
    Op(
        "extract",
        _type_extract,
        lambda t, v: v[0] >> t.params[1] & mask(t.width),
        lambda t, b, g: b[0][t.params[1] : t.params[0] + 1],
    )
)
ZERO_EXTEND = declare(Op("zero_extend", _type_extend, lambda t, v: v[0], lambda t, b, g: b[0] + [FALSE] * t.params[0]))
SIGN_EXTEND = declare(Op("sign_extend", _type_extend, _eval_sext, lambda t, b, g: b[0] + [b[0][-1]] * t.params[0]))
ROTATE_RIGHT = declare(
    Op("rotate_right", _type_rotate, _eval_ror, lambda t, b, g: b[0][t.params[0] :] + b[0][: t.params[0]])
)

# Products of polynomials over GF(2)


def _type_clmul(params: Params, sorts: Sorts) -> Sort:
    _need(len(sorts) == 2 and not params and all(s.kind == "BV" for s in sorts), "clmul", sorts)
    return BV(sorts[0].width + sorts[1].width)


def _eval_clmul(t: Term, v: Sequence[int]) -> int:
    x, y, product = v[0], v[1], 0
    while y:
        low = y & -y
        product ^= x * low
        y ^= low
    return product


def _circuit_clmul(t: Term, b: Sequence[Bits], g: Gates) -> Bits:
    out = [FALSE] * t.width
    for i, y in enumerate(b[1]):
        for j, x in enumerate(b[0]):
            out[i + j] = g.xor(out[i + j], g.and_(x, y))
    return out


CLMUL = declare(Op("clmul", _type_clmul, _eval_clmul, _circuit_clmul))

# Memories (bytes at 64-bit addresses, little-endian, wrapping at 2^64), tuples, constants

ADDRESS = BV(64)


def _type_read(params: Params, sorts: Sorts) -> Sort:
    _need(len(params) == 1 and params[0] > 0 and sorts == (MEM, ADDRESS), "read", sorts, params)
    return BV(8 * params[0])


def _type_write(params: Params, sorts: Sorts) -> Sort:
    ok = len(sorts) == 3 and not params and sorts[:2] == (MEM, ADDRESS) and sorts[2].kind == "BV"
    _need(ok and sorts[2].width % 8 == 0, "write", sorts)
    return MEM


def _type_tuple(params: Params, sorts: Sorts) -> Sort:
    _need(not params, "tuple", sorts, params)
    return TupleSort(*sorts)


def _type_proj(params: Params, sorts: Sorts) -> Sort:
    ok = len(params) == 1 and len(sorts) == 1 and sorts[0].kind == "Tuple"
    _need(ok and 0 <= params[0] < len(sorts[0].items), "proj", sorts, params)
    return sorts[0].items[params[0]]


def _type_app(params: Params, sorts: Sorts) -> Sort:
    _need(len(params) == 3 and params[1] == sorts, f"constant {params[0] if params else ''}", sorts)
    sort: Any = params[2]
    if not isinstance(sort, Sort):
        raise TermError(f"constant {params[0]} needs a result sort")
    return sort


READ = declare(Op("read", _type_read, lambda t, v: v[0].read(v[1], t.params[0])))
WRITE = declare(Op("write", _type_write, lambda t, v: v[0].write(v[1], t.args[2].width // 8, v[2])))
TUPLE = declare(Op("tuple", _type_tuple, lambda t, v: tuple(v)))
PROJ = declare(Op("proj", _type_proj, lambda t, v: v[0][t.params[0]]))
APP = declare(Op("app", _type_app))


def is_const(t: Term) -> bool:
    """Whether the term is a bit-vector or Boolean constant."""
    return t.op is BITS or t.op is BOOLEAN


def value_of(t: Term) -> int:
    """The value of a constant; TermError for another term."""
    if not is_const(t):
        raise TermError(f"not a constant: {t}")
    value: int = t.params[0]
    return value


# Constructors


def eq(a: Term, b: Term | int) -> Term:
    """a = b, at any sort."""
    return mk(EQ, (), (a, coerce(b, a.sort)))


def ite(c: Term, a: Term, b: Term) -> Term:
    """a where c holds, otherwise b."""
    return mk(ITE, (), (c, a, b))


def implies(p: Term, q: Term) -> Term:
    """p ⇒ q."""
    return mk(IMPLIES, (), (p, q))


def conj(*ps: Term) -> Term:
    """The conjunction of one or more."""
    return mk(AND, (), ps) if len(ps) != 1 else ps[0]


def disj(*ps: Term) -> Term:
    """The disjunction of one or more."""
    return mk(OR, (), ps) if len(ps) != 1 else ps[0]


def ult(a: Term, b: Term | int) -> Term:
    """a < b, unsigned."""
    return mk(BVULT, (), (a, coerce(b, a.sort)))


def ule(a: Term, b: Term | int) -> Term:
    """a ≤ b, unsigned."""
    return mk(BVULE, (), (a, coerce(b, a.sort)))


def slt(a: Term, b: Term | int) -> Term:
    """a < b, signed."""
    return mk(BVSLT, (), (a, coerce(b, a.sort)))


def sle(a: Term, b: Term | int) -> Term:
    """a ≤ b, signed."""
    return mk(BVSLE, (), (a, coerce(b, a.sort)))


def udiv(a: Term, b: Term) -> Term:
    """a / b, unsigned; all ones where b is zero (SMT-LIB)."""
    return mk(BVUDIV, (), (a, b))


def urem(a: Term, b: Term) -> Term:
    """a mod b, unsigned; a where b is zero (SMT-LIB)."""
    return mk(BVUREM, (), (a, b))


def ashr(a: Term, b: Term | int) -> Term:
    """Arithmetic shift right."""
    return mk(BVASHR, (), (a, coerce(b, a.sort)))


def concat(*ts: Term) -> Term:
    """The bits of the arguments, the first one most significant."""
    return mk(CONCAT, (), ts) if len(ts) != 1 else ts[0]


def zext(a: Term, width: int) -> Term:
    """a with zeros on top, to the given width."""
    return a if width == a.width else mk(ZERO_EXTEND, (width - a.width,), (a,))


def sext(a: Term, width: int) -> Term:
    """a with its top bit repeated, to the given width."""
    return a if width == a.width else mk(SIGN_EXTEND, (width - a.width,), (a,))


def ror(a: Term, amount: int) -> Term:
    """a rotated right by a constant number of bits, modulo the width."""
    return mk(ROTATE_RIGHT, (amount % a.width,), (a,)) if amount % a.width else a


def clmul(a: Term, b: Term) -> Term:
    """The carry-less product: polynomials over GF(2), the widths added up."""
    return mk(CLMUL, (), (a, b))


def read(memory: Term, address: Term, size: int) -> Term:
    """`size` bytes from the address, little-endian."""
    return mk(READ, (size,), (memory, address))


def write(memory: Term, address: Term, value: Term) -> Term:
    """The memory with the value's bytes stored at the address, little-endian."""
    return mk(WRITE, (), (memory, address, value))


def tuple_(*ts: Term) -> Term:
    """A tuple."""
    return mk(TUPLE, (), ts)


def proj(t: Term, i: int) -> Term:
    """Component i of a tuple."""
    return mk(PROJ, (i,), (t,))


def app(name: str, result: Sort, *args: Term) -> Term:
    """A constant of the theory, applied."""
    return mk(APP, (name, tuple([a.sort for a in args]), result), args)


def number(value: int, width: int) -> Term:
    """A constant of that width in bits."""
    return Const(value, width)
