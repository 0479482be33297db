# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What VEX's operations on vectors mean, as terms: from their names, which say what happens to lanes of which size.

Source: the comments of libvex_ir.h in Valgrind, which describe each operation. Lanes are counted from the low end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import count

from kernel.ops import ashr, concat, conj, eq, ite, number, sext, sle, slt, ult, zext
from kernel.sorts import BV
from kernel.term import Term, Var

Operation = Callable[..., Term]

_LANES = re.compile(r"([A-Za-z]+?)(\d+)([SU]?)x(\d+)")
_NARROWING = re.compile(r"([A-Za-z]+?)(\d+)([SU]?)to(\d+)([SU]?)x(\d+)")
_REVERSING = re.compile(r"Reverse(\d+)sIn(\d+)_x\d+")
_CLEARING = re.compile(r"ZeroHI(\d+)ofV128")
_fresh = count()


def operation(name: str) -> Operation | None:
    """The operation of a name such as Add8x16, from terms to a term; None for one without a meaning here."""
    if name in WHOLE:
        return WHOLE[name]
    if found := _CLEARING.fullmatch(name):
        kept = 128 - int(found[1])
        return lambda a: zext(a[kept - 1 : 0], 128)
    if found := _REVERSING.fullmatch(name):
        return _reversing(int(found[1]), int(found[2]))
    if found := _NARROWING.fullmatch(name):
        kind, size, sign, to, to_sign, _ = found.groups()
        return _narrowing(kind, int(size), sign != "U", int(to), to_sign)
    if found := _LANES.fullmatch(name):
        kind, size, sign = found[1], int(found[2]), found[3] == "S"
        if kind in EACH:
            return _each(EACH[kind], size, sign)
        if kind in BY_NUMBER:
            return lambda a, by: joined([BY_NUMBER[kind](x, int(by.params[0])) for x in lanes(a, size)])
        if kind in FLAGGED:
            return lambda a, b: concat(anything(128), _each(FLAGGED[kind], size, sign)(a, b))
        if kind in LONG:
            return _each(LONG[kind], size, sign)
        return _permuting(kind, size)
    return None


def lanes(x: Term, size: int) -> list[Term]:
    """The lanes of a vector, the lowest first."""
    return [x[at + size - 1 : at] for at in range(0, x.width, size)] if x.width > size else [x]


def joined(found: Sequence[Term]) -> Term:
    """A vector of its lanes, the lowest first."""
    return concat(*reversed(found))


def anything(width: int) -> Term:
    """Bits of which nothing is said, such as those that tell whether some lane saturated."""
    return Var(f"vex.any{next(_fresh)}", BV(width))


def _each(function: Operation, size: int, sign: bool) -> Operation:
    """An operation on lanes of the same place in all operands."""

    def result(*vectors: Term) -> Term:
        return joined([function(*xs, sign) for xs in zip(*[lanes(v, size) for v in vectors], strict=True)])

    return result


# Numbers


def _wide(x: Term, width: int, sign: bool) -> Term:
    return (sext if sign else zext)(x, width)


def _less(a: Term, b: Term, sign: bool) -> Term:
    return slt(a, b) if sign else ult(a, b)


def _all(condition: Term, width: int) -> Term:
    return ite(condition, number((1 << width) - 1, width), number(0, width))


def saturated(x: Term, width: int, sign: bool) -> Term:
    """The signed number x as the nearest one of `width` bits, signed or not."""
    low, high = (-(1 << width - 1), (1 << width - 1) - 1) if sign else (0, (1 << width) - 1)
    modulus = 1 << x.width
    least, most = number(low % modulus, x.width), number(high, x.width)
    return ite(sle(x, least), least[width - 1 : 0], ite(sle(most, x), most[width - 1 : 0], x[width - 1 : 0]))


def _saturating(function: Operation) -> Operation:
    return lambda a, b, sign: saturated(
        function(_wide(a, a.width + 2, sign), _wide(b, a.width + 2, sign)), a.width, sign
    )


def _signed_and_unsigned(a: Term, b: Term, sign: bool) -> Term:
    """The sum of signed a and unsigned b, as an unsigned number."""
    return saturated(sext(a, a.width + 2) + zext(b, a.width + 2), a.width, False)


def _doubled(a: Term, b: Term, rounding: int = 0) -> tuple[Term, Term]:
    """Whether twice the signed product saturates, which is where both are the least number; and half of it, rounded."""
    n, least = a.width, 1 << a.width - 1
    product = sext(a, 2 * n) * sext(b, 2 * n)
    return conj(eq(a, least), eq(b, least)), product + number(rounding, 2 * n) if rounding else product


def _high_product(rounded: bool) -> Operation:
    def result(a: Term, b: Term, sign: bool) -> Term:
        n = a.width
        overflow, half = _doubled(a, b, 1 << n - 2 if rounded else 0)
        return ite(overflow, number((1 << n - 1) - 1, n), half[2 * n - 2 : n - 1])

    return result


def _double_product(a: Term, b: Term, sign: bool) -> Term:
    overflow, half = _doubled(a, b)
    return ite(overflow, number((1 << half.width - 1) - 1, half.width), half + half)


def _leading_zeros(a: Term) -> Term:
    found = number(a.width, a.width)
    for i in range(a.width):
        found = ite(eq(a[i], 1), number(a.width - 1 - i, a.width), found)
    return found


def _leading_signs(a: Term, sign: bool) -> Term:
    return _leading_zeros(a ^ ashr(a, number(1, a.width))) - 1


def _ones(a: Term, sign: bool) -> Term:
    found = number(0, a.width)
    for i in range(a.width):
        found = found + zext(a[i], a.width)
    return found


def _carryless(a: Term, b: Term, width: int) -> Term:
    found = number(0, width)
    for i in range(b.width):
        found = found ^ ite(eq(b[i], 1), zext(a, width) << number(i, width), number(0, width))
    return found


# Shifts by lanes: the low byte is a signed number, of places to the left


def _shifted_right(a: Term, by: Term, sign: bool, rounded: bool) -> Term:
    """a moved right by a number of places from 1 on."""
    n = a.width + 1
    wide = _wide(a, n, sign)
    move = ashr if sign else (lambda x, places: x >> places)
    if rounded:
        return move(move(wide, zext(by, n) - 1) + 1, number(1, n))[n - 2 : 0]
    return move(wide, zext(by, n))[n - 2 : 0]


def _shift(rounded: bool, saturating: bool) -> Operation:
    def result(a: Term, b: Term, sign: bool) -> Term:
        places = b[7:0] if b.width > 8 else b
        left = zext(places, a.width)
        up = a << left
        if saturating:
            back = ashr(up, left) if sign else up >> left
            n = a.width
            least, most = number(1 << n - 1, n), number((1 << n - 1) - 1, n)
            limit = ite(slt(a, 0), least, most) if sign else number((1 << n) - 1, n)
            up = ite(eq(back, a), up, limit)
        return ite(slt(places, 0), _shifted_right(a, zext(-places, a.width), sign, rounded), up)

    return result


EACH: dict[str, Operation] = {
    "Add": lambda a, b, sign: a + b,
    "Sub": lambda a, b, sign: a - b,
    "Mul": lambda a, b, sign: a * b,
    "Abs": lambda a, sign: ite(slt(a, 0), -a, a),
    "CmpEQ": lambda a, b, sign: _all(eq(a, b), a.width),
    "CmpGT": lambda a, b, sign: _all(_less(b, a, sign), a.width),
    "Max": lambda a, b, sign: ite(_less(a, b, sign), b, a),
    "Min": lambda a, b, sign: ite(_less(a, b, sign), a, b),
    "QAdd": _saturating(lambda a, b: a + b),
    "QSub": _saturating(lambda a, b: a - b),
    "QAddExtSUsatUU": _signed_and_unsigned,
    "QDMulHi": _high_product(rounded=False),
    "QRDMulHi": _high_product(rounded=True),
    "Cls": _leading_signs,
    "Clz": lambda a, sign: _leading_zeros(a),
    "Cnt": _ones,
    "PolynomialMul": lambda a, b, sign: _carryless(a, b, a.width),
    "Sh": _shift(rounded=False, saturating=False),
    "Rsh": _shift(rounded=True, saturating=False),
}
"""From lanes, and whether they are signed, to a lane."""

LONG: dict[str, Operation] = {
    "Mull": lambda a, b, sign: _wide(a, 2 * a.width, sign) * _wide(b, 2 * a.width, sign),
    "QDMull": _double_product,
    "PolynomialMull": lambda a, b, sign: _carryless(a, b, 2 * a.width),
}
"""From lanes of 64 bits, and whether they are signed, to a lane of twice the size."""

FLAGGED: dict[str, Operation] = {
    "QandUQsh": lambda a, b, sign: _shift(rounded=False, saturating=True)(a, b, False),
    "QandSQsh": lambda a, b, sign: _shift(rounded=False, saturating=True)(a, b, True),
    "QandUQRsh": lambda a, b, sign: _shift(rounded=True, saturating=True)(a, b, False),
    "QandSQRsh": lambda a, b, sign: _shift(rounded=True, saturating=True)(a, b, True),
}
"""Those whose result is followed by 128 bits that tell which lanes saturated."""


def _saturating_left(source: bool, result: bool) -> Operation:
    return lambda a, by: saturated(_wide(a, 2 * a.width + 1, source) << number(by, 2 * a.width + 1), a.width, result)


BY_NUMBER: dict[str, Operation] = {
    "ShlN": lambda a, by: a << number(by, a.width),
    "ShrN": lambda a, by: a >> number(by, a.width),
    "SarN": lambda a, by: ashr(a, number(by, a.width)),
    "QShlNsatUU": _saturating_left(source=False, result=False),
    "QShlNsatSS": _saturating_left(source=True, result=True),
    "QShlNsatSU": _saturating_left(source=True, result=False),
}
"""From a lane and a number of places to a lane."""


def _narrowing(kind: str, size: int, sign: bool, to: int, to_sign: str) -> Operation | None:
    """From 128 bits to the narrower lanes in 64, or behind 64 bits that tell which lanes saturated."""
    if kind == "NarrowUn":
        return lambda a: joined([x[to - 1 : 0] for x in lanes(a, size)])
    if kind == "QNarrowUn":
        return lambda a: joined([saturated(_wide(x, size + 1, sign), to, to_sign == "S") for x in lanes(a, size)])
    shifting = re.fullmatch(r"QandQ(R?)S[ha]rNnarrow", kind)
    if shifting is None:
        return None

    def result(a: Term, by: Term) -> Term:
        places, found = int(by.params[0]), []
        for x in lanes(a, size):
            wide = _wide(x, size + 2, sign)
            if shifting[1]:
                wide = wide + number(1 << places - 1, size + 2)
            found.append(saturated(ashr(wide, number(places, size + 2)), to, to_sign == "S"))
        return concat(anything(64), joined(found))

    return result


# Movements of lanes. Of two operands the first one is the upper half.


def _permuting(kind: str, size: int) -> Operation | None:
    def interleaved(half: int) -> Operation:
        def result(high: Term, low: Term) -> Term:
            pairs = list(zip(lanes(low, size), lanes(high, size), strict=True))
            chosen = pairs[half * len(pairs) // 2 :][: len(pairs) // 2]
            return joined([x for pair in chosen for x in pair])

        return result

    def every_second(first: int) -> Operation:
        return lambda high, low: joined([*lanes(low, size)[first::2], *lanes(high, size)[first::2]])

    def looked_up(table: Term, index: Term) -> Term:
        found = [table >> zext(concat(i[3:0], number(0, 3)), 128) for i in lanes(index, 8)]
        return joined([x[7:0] for x in found])

    return {
        "InterleaveLO": interleaved(0),
        "InterleaveHI": interleaved(1),
        "CatEvenLanes": every_second(0),
        "CatOddLanes": every_second(1),
        "Perm": looked_up if size == 8 else None,
    }.get(kind)


def _reversing(size: int, container: int) -> Operation:
    return lambda a: joined([x for whole in lanes(a, container) for x in reversed(lanes(whole, size))])


def _slice(high: Term, low: Term, by: Term) -> Term:
    """128 bits from a byte of the lower operand on."""
    at = 8 * int(by.params[0])
    return concat(high, low)[at + 127 : at]


WHOLE: dict[str, Operation] = {
    "AndV128": lambda a, b: a & b,
    "OrV128": lambda a, b: a | b,
    "XorV128": lambda a, b: a ^ b,
    "NotV128": lambda a: ~a,
    "V128to64": lambda a: a[63:0],
    "V128HIto64": lambda a: a[127:64],
    "64HLtoV128": concat,
    "64UtoV128": lambda a: zext(a, 128),
    "32UtoV128": lambda a: zext(a, 128),
    "V256toV128_0": lambda a: a[127:0],
    "V256toV128_1": lambda a: a[255:128],
    "SliceV128": _slice,
    "Add64": lambda a, b: a + b,
    "Sub64": lambda a, b: a - b,
    "And64": lambda a, b: a & b,
    "Or64": lambda a, b: a | b,
    "Xor64": lambda a, b: a ^ b,
    "Not64": lambda a: ~a,
    "64to32": lambda a: a[31:0],
    "64to16": lambda a: a[15:0],
    "64to8": lambda a: a[7:0],
    "32Uto64": lambda a: zext(a, 64),
    "16Uto64": lambda a: zext(a, 64),
    "8Uto64": lambda a: zext(a, 64),
    "ReinterpF64asI64": lambda a: a,
    "ReinterpI64asF64": lambda a: a,
    "ReinterpF32asI32": lambda a: a,
    "ReinterpI32asF32": lambda a: a,
}
"""Operations without lanes."""
