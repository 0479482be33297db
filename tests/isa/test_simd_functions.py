# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The shared functions on vector elements against unbounded integers: all values of a small width, or random ones."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isa.asl import BitCount, CountLeadingSignBits, CountLeadingZeroBits, Elem, part
from isa.asl_multiply import DoublingHigh, DoublingHighAccumulate, DoublingProduct
from isa.asl_shift import RShr, RShrReg, SaturatedLSL
from isa.asl_vector import Abs, AbsDiff, AdvSIMDExpandImm, SatQ, VFPExpandImm
from isa.compile import compile_terms
from isa.simd.reciprocal_estimate import RecipEstimate, RecipSqrtEstimate
from kernel.ops import EXTRACT, zext
from kernel.sorts import BV
from kernel.term import Term, Var

NARROW = 4
SIGNS = pytest.mark.parametrize("unsigned", [False, True])


def number(value: int, width: int, unsigned: bool) -> int:
    """The int that the bits stand for."""
    return value if unsigned or not value >> width - 1 else value - (1 << width)


def saturated(value: int, width: int, unsigned: bool) -> tuple[int, int]:
    """The nearest value of that width, as bits, and whether it is another one."""
    low, high = (0, (1 << width) - 1) if unsigned else (-1 << width - 1, (1 << width - 1) - 1)
    nearest = max(low, min(high, value))
    return nearest & (1 << width) - 1, int(nearest != value)


def agree(function: Callable[..., Iterable[Term] | Term], expected: Callable[..., object], *widths: int) -> None:
    """The terms have the expected values on all arguments of these widths."""
    variables = tuple(Var(f"a{i}", BV(width)) for i, width in enumerate(widths))
    terms = function(*variables)
    terms = (terms,) if isinstance(terms, Term) else tuple(terms)
    compiled = compile_terms(terms, variables)
    for values in product(*[range(1 << width) for width in widths]):
        result = compiled(values)
        assert (result if len(terms) > 1 else result[0]) == expected(*values), values


@SIGNS
@pytest.mark.parametrize("width", [1, 3, 5])
def test_saturation(unsigned: bool, width: int) -> None:
    agree(lambda x: SatQ(x, width, unsigned=unsigned), lambda x: saturated(number(x, 6, False), width, unsigned), 6)


@SIGNS
@pytest.mark.parametrize("rounding", [False, True])
@pytest.mark.parametrize("shift", [1, 2, 5, 6])
def test_shift_right_by_a_constant(shift: int, unsigned: bool, rounding: bool) -> None:
    half = 1 << shift - 1 if rounding else 0
    agree(
        lambda x: RShr(x, shift, unsigned=unsigned, rounding=rounding),
        lambda x: (number(x, 6, unsigned) + half >> shift) % 64,
        6,
    )


@SIGNS
@pytest.mark.parametrize("rounding", [False, True])
def test_shift_right_by_a_register(unsigned: bool, rounding: bool) -> None:
    def expected(x: int, shift: int) -> int:
        amount = -number(shift, 8, False)
        half = 1 << amount - 1 if rounding else 0
        return (number(x, 8, unsigned) + half >> amount) % 256

    x, shift = Var("x", BV(8)), Var("shift", BV(8))
    compiled = compile_terms((RShrReg(x, shift, unsigned=unsigned, rounding=rounding),), (x, shift))
    for values in product((0, 1, 2, 3, 0x7E, 0x7F, 0x80, 0x81, 0xAA, 0xFE, 0xFF), range(128, 256)):
        assert compiled(values)[0] == expected(*values), values


@SIGNS
def test_saturating_shift_left(unsigned: bool) -> None:
    agree(
        lambda x, amount: SaturatedLSL(x, zext(amount, 8), unsigned=unsigned),
        lambda x, amount: saturated(number(x, 8, unsigned) << amount, 8, unsigned),
        8,
        5,
    )


@SIGNS
def test_absolute_difference(unsigned: bool) -> None:
    agree(
        lambda a, b: AbsDiff(a, b, unsigned=unsigned),
        lambda a, b: abs(number(a, NARROW, unsigned) - number(b, NARROW, unsigned)),
        NARROW,
        NARROW,
    )


def test_absolute_value() -> None:
    agree(Abs, lambda a: abs(number(a, NARROW, False)), NARROW)


def test_doubling_product() -> None:
    agree(
        DoublingProduct,
        lambda a, b: saturated(2 * number(a, NARROW, False) * number(b, NARROW, False), 2 * NARROW, False),
        NARROW,
        NARROW,
    )


@pytest.mark.parametrize("rounding", [False, True])
def test_doubling_high(rounding: bool) -> None:
    def expected(a: int, b: int) -> tuple[int, int]:
        doubled = 2 * number(a, NARROW, False) * number(b, NARROW, False)
        return saturated(doubled + (1 << NARROW - 1 if rounding else 0) >> NARROW, NARROW, False)

    agree(lambda a, b: DoublingHigh(a, b, rounding=rounding), expected, NARROW, NARROW)


@pytest.mark.parametrize("subtract", [False, True])
def test_doubling_high_accumulate(subtract: bool) -> None:
    def expected(d: int, a: int, b: int) -> tuple[int, int]:
        doubled = 2 * number(a, NARROW, False) * number(b, NARROW, False)
        total = (number(d, NARROW, False) << NARROW) + (-doubled if subtract else doubled)
        return saturated(total + (1 << NARROW - 1) >> NARROW, NARROW, False)

    agree(lambda d, a, b: DoublingHighAccumulate(d, a, b, subtract=subtract), expected, NARROW, NARROW, NARROW)


def test_counts_of_bits() -> None:
    agree(BitCount, int.bit_count, 8)
    agree(CountLeadingZeroBits, lambda x: 8 - x.bit_length(), 8)
    agree(CountLeadingSignBits, lambda x: 7 - (x ^ 0xFF if x >> 7 else x).bit_length(), 8)


def test_a_part_of_a_part_is_a_part_of_the_whole() -> None:
    v = Var("v", BV(128))
    assert Elem(v[127:64], 1, 16) is v[95:80]
    assert Elem(v[63:0], 0, 64) is v[63:0]
    assert part(v, 127, 0) is v
    assert Elem(v[95:32], 0, 32).op is EXTRACT


@pytest.mark.parametrize(("width", "code"), [(16, "e"), (32, "f"), (64, "d")])
def test_the_numbers_of_fmov(width: int, code: str) -> None:
    """Arm ARM, FMOV (scalar, immediate): (-1)^a * 2^(NOT(b):c:d - 3) * (16 + efgh) / 16."""
    for imm8 in range(256):
        exponent = (imm8 >> 4 & 7 ^ 4) - 3
        value = (-1) ** (imm8 >> 7) * 2.0**exponent * (16 + (imm8 & 15)) / 16
        assert VFPExpandImm(imm8, width) == int.from_bytes(struct.pack(f"<{code}", value), "little")


@pytest.mark.parametrize(
    ("op", "cmode", "imm"),
    [
        (0, 0b0000, 0x0000_00A5_0000_00A5),
        (0, 0b0110, 0xA500_0000_A500_0000),
        (0, 0b1000, 0x00A5_00A5_00A5_00A5),
        (0, 0b1010, 0xA500_A500_A500_A500),
        (0, 0b1100, 0x0000_A5FF_0000_A5FF),
        (0, 0b1101, 0x00A5_FFFF_00A5_FFFF),
        (0, 0b1110, 0xA5A5_A5A5_A5A5_A5A5),
        (1, 0b1110, 0xFF00_FF00_00FF_00FF),
        (0, 0b1111, 0xC128_0000_C128_0000),
    ],
)
def test_modified_immediates(op: int, cmode: int, imm: int) -> None:
    assert AdvSIMDExpandImm(op, cmode, 0xA5) == imm


@given(st.integers(256, 511))
def test_reciprocal_estimates_are_close(a: int) -> None:
    assert abs(RecipEstimate(a) / 256 - 512 / (a + 0.5)) < 1 / 256


@given(st.integers(128, 511))
def test_reciprocal_root_estimates_are_close(a: int) -> None:
    assert abs(RecipSqrtEstimate(a) / 256 - (512 / (a + 0.5)) ** 0.5) < 1 / 256
