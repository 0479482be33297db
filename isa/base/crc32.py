# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Cyclic redundancy checks (Arm ARM C4.1 "Data-processing (2 source)", CRC32 and CRC32C)."""

from __future__ import annotations

from isa.asl import Replicate, Reverse
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine, low
from kernel.ops import concat, number
from kernel.term import Term

CRC32 = 0x04C11DB7
CRC32C = 0x1EDC6F41


def Poly32Mod2(data: Term, poly: int) -> Term:
    """The remainder, of 32 bits, of a polynomial over GF(2) modulo x^32 + poly."""
    for i in range(data.width - 1, 31, -1):
        # The highest coefficient leaves; where it is 1 the modulus is subtracted below it.
        head, data = data[i], data[i - 1 : 0]
        data = data ^ (Replicate(head, i) & (poly << (i - 32)))
    return data


@instruction(
    encoding="sf:1 0 0 11010110 Rm:5 010 C:1 sz:2 Rn:5 Rd:5",
    syntax="crc32[C:|c][sz:b|h|w|x] <Wd>, <Wn>, <Rm>",
    features=("FEAT_CRC32",),
)
def crc32(f: Fields, m: Machine) -> None:
    """Take 8 to 64 more bits into a checksum (CRC32B, CRC32H, CRC32W, CRC32X, CRC32CB, CRC32CH, CRC32CW, CRC32CX)."""
    undefined_if(f.sf != (f.sz == 0b11))
    acc, val = m.X[f.Rn, 32], low(m.X[f.Rm], 8 << f.sz)
    # Both are read with bit 0 as the highest coefficient.
    shifted_acc = concat(Reverse(acc, 1), number(0, val.width))
    shifted_val = concat(Reverse(val, 1), number(0, 32))
    m.X[f.Rd, 32] = Reverse(Poly32Mod2(shifted_acc ^ shifted_val, CRC32C if f.C else CRC32), 1)
