# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Zero a block of memory (Arm ARM, C5.3 "DC ZVA")."""

from __future__ import annotations

from isa.dsl import instruction
from isa.encoding import Fields
from isa.machine import Machine
from kernel.ops import number

BLOCK = 64
"""The size of a block in bytes. DCZID_EL0 tells it; this is the value of every core that Arm has made."""


@instruction(encoding="1101010100 0 01 011 0111 0100 001 Rt:5", syntax="dc zva, <Xt>")
def zero_block(f: Fields, m: Machine) -> None:
    """Set to zero the aligned block that holds the address (DC ZVA)."""
    m.Mem[m.X[f.Rt] & -BLOCK, BLOCK] = number(0, 8 * BLOCK)
