# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""System instructions that the model leaves out, and words beside them that mean nothing.

Arm ARM C4.1 "System instructions", "PSTATE", "System instructions with register argument".
"""

from __future__ import annotations

from isa.dsl import unallocated, unsupported

unsupported(
    name="other_system_instruction",
    encoding=(
        # All but DC ZVA.
        "1101010100 1 01 op1:3 CRn:4 CRm:4 op2:3 Rt:5",
        "1101010100 0 01 op1:3!=011 CRn:4 CRm:4 op2:3 Rt:5",
        "1101010100 0 01 011 CRn:4!=0111 CRm:4 op2:3 Rt:5",
        "1101010100 0 01 011 0111 CRm:4!=0100 op2:3 Rt:5",
        "1101010100 0 01 011 0111 0100 op2:3!=001 Rt:5",
    ),
    why="caches, translations and other parts of the system are not modelled",
)
unsupported(
    name="system_pair",
    encoding="1101010101 L:1 op0:2 op1:3 CRn:4 CRm:4 op2:3 Rt:5",
    why="128-bit system registers and instructions (FEAT_SYSREG128, FEAT_SYSINSTR128) are not modelled",
)
unsupported(
    name="processor_state_immediate",
    encoding="1101010100 0 00 011 0100 CRm:4 op2:3!=000|101 11111",
    why="of the processor's state only the flags are modelled, not SSBS, DIT, TCO, DAIF or streaming mode",
)
unsupported(
    name="transactional_memory",
    encoding=("1101010100 1 00 011 0011 000x 011 Rt:5", "1101010100 0 00 011 0011 0000 011 11111"),
    why="transactional memory (FEAT_TME) is not modelled",
    features=("FEAT_TME",),
)
unallocated(
    name="system_unallocated",
    encoding=(
        # Neither a hint, nor a barrier, nor one of the instructions with a register argument.
        "1101010100 0 00 op1:3 CRn:4!=0001|0010|0011|0100 CRm:4 op2:3 Rt:5",
        "1101010100 0 00 op1:3!=011 CRn:4=0001|0010|0011 CRm:4 op2:3 Rt:5",
        "1101010100 0 00 011 0001 CRm:4!=0000 op2:3 Rt:5",
        "1101010100 0 00 011 0001 0000 op2:3!=00x Rt:5",
        "1101010100 0 00 011 001x CRm:4 op2:3 Rt:5!=11111",
        "1101010100 0 00 011 0011 CRm:4 000 11111",
        "1101010100 0 00 011 0011 CRm:4!=xx10 001 11111",
        "1101010100 0 00 011 0011 CRm:4!=0000 011 11111",
        # Parts of the processor's state that EL0 may not write, or that do not exist.
        "1101010100 0 00 op1:3 0100 CRm:4 op2:3 Rt:5!=11111",
        "1101010100 0 00 000 0100 CRm:4 op2:3!=000|001|010 11111",
        "1101010100 0 00 op1:3!=000|011 0100 CRm:4 op2:3 11111",
        "1101010100 0 00 011 0100 CRm:4 op2:3=000|101 11111",
        "1101010100 1 00 op1:3!=011 CRn:4 CRm:4 op2:3 Rt:5",
        "1101010100 1 00 011 CRn:4!=0011 CRm:4 op2:3 Rt:5",
        "1101010100 1 00 011 0011 CRm:4!=000x op2:3 Rt:5",
        "1101010100 1 00 011 0011 000x op2:3!=011 Rt:5",
    ),
)
