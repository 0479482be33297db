# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Elements into ones of half or twice the width (Arm ARM, C4.1 "Advanced SIMD two-register miscellaneous" and its
scalar form). The forms with a 2 use the upper half of the narrow vector."""

from __future__ import annotations

from isa.asl import LSL, part
from isa.asl_vector import Int, NarrowElements, SatQ, SetNarrow, UnsignedSatQ, WideElements, saturated_vector
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine, joined
from kernel.ops import zext

NARROW = "<Vd>.<T>, <Vn>.<T:size + 1,1>"
SCALAR = "<Fd>, <Fn:size + 1>"


@instruction(encoding="0 Q:1 0 01110 size:2 10000 10010 10 Rn:5 Rd:5", syntax=f"xtn[Q:|2] {NARROW}")
def extract_narrow(f: Fields, m: Machine) -> None:
    """The low halves of elements (XTN)."""
    undefined_if(f.size == 3)
    esize = 8 << f.size
    elements = WideElements(f, m, f.Rn, 2 * esize)
    SetNarrow(f, m, f.Rd, joined([part(x, esize - 1, 0) for x in elements]))


@instruction(
    encoding=(
        "0 Q:1 U:1 01110 size:2 10000 10100 10 Rn:5 Rd:5",
        "01 U:1 scalar:1=1 1110 size:2 10000 10100 10 Rn:5 Rd:5",
    ),
    syntax=(f"[U:s|u]qxtn {SCALAR} if scalar", f"[U:s|u]qxtn[Q:|2] {NARROW}"),
)
def saturating_extract_narrow(f: Fields, m: Machine) -> None:
    """Elements saturated to half their width (SQXTN, UQXTN)."""
    undefined_if(f.size == 3)
    esize, unsigned = 8 << f.size, f.U == 1
    elements = [Int(x, 2 * esize + 1, unsigned=unsigned) for x in WideElements(f, m, f.Rn, 2 * esize)]
    SetNarrow(f, m, f.Rd, saturated_vector(m, [SatQ(x, esize, unsigned=unsigned) for x in elements]))


@instruction(
    encoding=(
        "0 Q:1 1 01110 size:2 10000 10010 10 Rn:5 Rd:5",
        "01 1 scalar:1=1 1110 size:2 10000 10010 10 Rn:5 Rd:5",
    ),
    syntax=(f"sqxtun {SCALAR} if scalar", f"sqxtun[Q:|2] {NARROW}"),
)
def saturating_extract_unsigned_narrow(f: Fields, m: Machine) -> None:
    """Signed elements saturated to unsigned ones of half their width (SQXTUN)."""
    undefined_if(f.size == 3)
    esize = 8 << f.size
    results = [UnsignedSatQ(x, esize) for x in WideElements(f, m, f.Rn, 2 * esize)]
    SetNarrow(f, m, f.Rd, saturated_vector(m, results))


@instruction(
    encoding="0 Q:1 1 01110 size:2 10000 10011 10 Rn:5 Rd:5",
    syntax="shll[Q:|2] <Vd>.<T:size + 1,1>, <Vn>.<T>, #<8 << size>",
)
def shift_left_long_by_size(f: Fields, m: Machine) -> None:
    """Elements as the upper halves of wider ones (SHLL)."""
    undefined_if(f.size == 3)
    esize = 8 << f.size
    m.V[f.Rd] = joined([LSL(zext(x, 2 * esize), esize) for x in NarrowElements(f, m, f.Rn)])
