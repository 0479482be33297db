# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Instructions on the flags themselves (FEAT_FlagM, FEAT_FlagM2).

Arm ARM C4.1 "Rotate right into flags", "Evaluate into flags", "PSTATE".
"""

from __future__ import annotations

from isa.asl import ROR, IsZeroBit
from isa.dsl import instruction
from isa.encoding import Fields
from isa.machine import Machine
from kernel.ops import number


@instruction(
    encoding="1 0 1 11010000 imm6:6 00001 Rn:5 0 mask:4",
    syntax="rmif <Xn>, #<imm6>, #<mask>",
    features=("FEAT_FlagM",),
)
def rotate_right_into_flags(f: Fields, m: Machine) -> None:
    """Rotate a register and copy its low bits into the flags that the mask selects (RMIF)."""
    value = ROR(m.X[f.Rn], f.imm6)
    for i, flag in enumerate("vczn"):
        if f.mask >> i & 1:
            m.set(flag, value[i])


@instruction(
    encoding="0 0 1 11010000 000000 sz:1 0010 Rn:5 0 1101",
    syntax="setf[sz:8|16] <Wn>",
    features=("FEAT_FlagM",),
)
def evaluate_into_flags(f: Fields, m: Machine) -> None:
    """Set N, Z and V as if the low 8 or 16 bits were the result of a 32-bit addition (SETF8, SETF16)."""
    msb = 15 if f.sz else 7
    reg = m.X[f.Rn, 32]
    m.set("n", reg[msb])
    m.set("z", IsZeroBit(reg[msb:0]))
    m.set("v", reg[msb + 1] ^ reg[msb])


@instruction(
    encoding="1101010100 0 00 000 0100 (0000) 000 11111",
    syntax="cfinv",
    features=("FEAT_FlagM",),
)
def invert_carry_flag(f: Fields, m: Machine) -> None:
    """Invert the carry flag (CFINV)."""
    m.set("c", ~m.get("c"))


@instruction(
    encoding="1101010100 0 00 000 0100 (0000) 001 11111",
    syntax="xaflag",
    features=("FEAT_FlagM2",),
)
def flags_from_external_format(f: Fields, m: Machine) -> None:
    """Turn the flags of a comparison in the alternative floating-point format into Arm's (XAFLAG)."""
    _, z, c, _ = m.NZCV
    m.NZCV = ~c & ~z, z & c, c | z, ~c & z


@instruction(
    encoding="1101010100 0 00 000 0100 (0000) 010 11111",
    syntax="axflag",
    features=("FEAT_FlagM2",),
)
def flags_to_external_format(f: Fields, m: Machine) -> None:
    """Turn the flags of a floating-point comparison into the alternative format (AXFLAG)."""
    _, z, c, v = m.NZCV
    zero = number(0, 1)
    m.NZCV = zero, z | v, c & ~v, zero
