# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Compare elements: all ones where the comparison holds (Arm ARM, C4.1 "Advanced SIMD three same", "two-register
miscellaneous" and their scalar forms)."""

from __future__ import annotations

from collections.abc import Callable

from isa.asl import Elems
from isa.asl_vector import DataSize, Ones, is_scalar, lanes
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine, joined
from kernel.ops import eq, number, sle, slt, ule, ult
from kernel.term import Term

COMPARISONS_WITH_ZERO: tuple[Callable[[Term, Term], Term], ...] = (
    lambda x, zero: slt(zero, x),
    lambda x, zero: sle(zero, x),
    eq,
    sle,
    slt,
)


def check_size(f: Fields) -> None:
    """Only 64 bits in a scalar form; more than one element in a vector form."""
    undefined_if(f.size != 3 if is_scalar(f) else f.size == 3 and f.Q == 0)


@instruction(
    encoding=(
        "0 Q:1 U:1 01110 size:2 1 Rm:5 0011 eq:1 1 Rn:5 Rd:5",
        "01 U:1 scalar:1=1 1110 size:2 1 Rm:5 0011 eq:1 1 Rn:5 Rd:5",
    ),
    syntax=(
        "cm[U:eq:gt|ge|hi|hs] <Vd>.<T>, <Vn>.<T>, <Vm>.<T>",
        "cm[U:eq:gt|ge|hi|hs] <Dd>, <Dn>, <Dm> if scalar",
    ),
)
def compare_greater(f: Fields, m: Machine) -> None:
    """Compare elements, greater or greater or equal, signed or unsigned (CMGT, CMGE, CMHI, CMHS register)."""
    check_size(f)
    esize = 8 << f.size
    datasize = DataSize(f, esize)
    less = ((slt, sle), (ult, ule))[f.U][f.eq]
    pairs = lanes(m, datasize, esize, f.Rn, f.Rm)
    m.V[f.Rd, datasize] = joined([Ones(less(b, a), esize) for a, b in pairs])


@instruction(
    encoding=(
        "0 Q:1 U:1 01110 size:2 1 Rm:5 10001 1 Rn:5 Rd:5",
        "01 U:1 scalar:1=1 1110 size:2 1 Rm:5 10001 1 Rn:5 Rd:5",
    ),
    syntax=("cm[U:tst|eq] <Vd>.<T>, <Vn>.<T>, <Vm>.<T>", "cm[U:tst|eq] <Dd>, <Dn>, <Dm> if scalar"),
)
def compare_bits(f: Fields, m: Machine) -> None:
    """Whether elements have a common one bit, or are equal (CMTST, CMEQ register)."""
    check_size(f)
    esize = 8 << f.size
    datasize = DataSize(f, esize)
    pairs = lanes(m, datasize, esize, f.Rn, f.Rm)
    m.V[f.Rd, datasize] = joined([Ones(eq(a, b) if f.U else ~eq(a & b, 0), esize) for a, b in pairs])


@instruction(
    encoding=(
        "0 Q:1 U:1 01110 size:2 10000 0100 op:1 10 Rn:5 Rd:5",
        "01 U:1 scalar:1=1 1110 size:2 10000 0100 op:1 10 Rn:5 Rd:5",
        "0 Q:1 U:1=0 01110 size:2 10000 01010 10 Rn:5 Rd:5",
        "01 U:1=0 scalar:1=1 1110 size:2 10000 01010 10 Rn:5 Rd:5",
    ),
    syntax=(
        "cm[op:U:gt|ge|eq|le] <Vd>.<T>, <Vn>.<T>, #0",
        "cm[op:U:gt|ge|eq|le] <Dd>, <Dn>, #0 if scalar",
        "cmlt <Vd>.<T>, <Vn>.<T>, #0",
        "cmlt <Dd>, <Dn>, #0 if scalar",
    ),
)
def compare_zero(f: Fields, m: Machine) -> None:
    """Compare signed elements with zero (CMGT, CMGE, CMEQ, CMLE, CMLT zero)."""
    check_size(f)
    esize = 8 << f.size
    datasize = DataSize(f, esize)
    holds = COMPARISONS_WITH_ZERO[f.op << 1 | f.U if "op" in f else 4]
    m.V[f.Rd, datasize] = joined([Ones(holds(x, number(0, esize)), esize) for x in Elems(m.V[f.Rn, datasize], esize)])
