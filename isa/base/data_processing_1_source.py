# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Data processing with one source register (Arm ARM C4.1 "Data-processing (1 source)")."""

from __future__ import annotations

from isa.asl import CountLeadingSignBits, CountLeadingZeroBits, Elems, Reverse
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine, joined


@instruction(
    encoding="sf:1 1 0 11010110 00000 0000 opc:2 Rn:5 Rd:5",
    syntax=("rev[opc:-|16|32|] <Rd>, <Rn> if sf", "rev[opc:-|16|] <Rd>, <Rn>", "rbit <Rd>, <Rn>"),
)
def reverse(f: Fields, m: Machine) -> None:
    """Reverse the bits, or the bytes in each half word, each word or the double word (RBIT, REV16, REV32, REV)."""
    undefined_if(f.sf == 0 and f.opc == 0b11)
    datasize = 64 if f.sf else 32
    operand = m.X[f.Rn, datasize]
    if f.opc == 0b00:
        result = Reverse(operand, 1)
    else:
        result = joined([Reverse(container, 8) for container in Elems(operand, 8 << f.opc)])
    m.X[f.Rd, datasize] = result


@instruction(
    encoding="sf:1 1 0 11010110 00000 00010 op:1 Rn:5 Rd:5",
    syntax="cl[op:z|s] <Rd>, <Rn>",
)
def count_leading(f: Fields, m: Machine) -> None:
    """Count the zeros above the highest 1, or the bits that equal the top bit below it (CLZ, CLS)."""
    datasize = 64 if f.sf else 32
    operand = m.X[f.Rn, datasize]
    m.X[f.Rd, datasize] = CountLeadingSignBits(operand) if f.op else CountLeadingZeroBits(operand)
