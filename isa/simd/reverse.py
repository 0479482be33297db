# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Reverse the order of elements or bits (Arm ARM, C4.1 "Advanced SIMD two-register miscellaneous")."""

from __future__ import annotations

from isa.asl import Elems
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine, joined
from kernel.term import Term


@instruction(
    encoding=(
        "0 Q:1 U:1 01110 size:2 10000 0000 o0:1=0 10 Rn:5 Rd:5",
        "0 Q:1 U:1=0 01110 size:2 10000 0000 o0:1=1 10 Rn:5 Rd:5",
    ),
    syntax="rev[o0:U:64|32|16] <Vd>.<T>, <Vn>.<T>",
)
def reverse_elements(f: Fields, m: Machine) -> None:
    """Reverse the elements in each doubleword, word or halfword (REV64, REV32, REV16 vector)."""
    container, esize = 64 >> (f.o0 << 1 | f.U), 8 << f.size
    undefined_if(esize >= container)
    datasize = 64 << f.Q
    m.V[f.Rd, datasize] = reversed_inside(m.V[f.Rn, datasize], container, esize)


@instruction(encoding="0 Q:1 1 01110 01 10000 00101 10 Rn:5 Rd:5", syntax="rbit <Vd>.<T:0,Q>, <Vn>.<T:0,Q>")
def reverse_bits(f: Fields, m: Machine) -> None:
    """Reverse the bits in each byte (RBIT vector)."""
    datasize = 64 << f.Q
    m.V[f.Rd, datasize] = reversed_inside(m.V[f.Rn, datasize], 8, 1)


def reversed_inside(vector: Term, container: int, size: int) -> Term:
    """The elements of `size` bits in opposite order inside each container."""
    return joined([element for whole in Elems(vector, container) for element in reversed(Elems(whole, size))])
