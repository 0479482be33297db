# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Instructions that take an exception (Arm ARM C4.1 "Exception generation"). The model is EL0, without a debugger."""

from __future__ import annotations

from isa.dsl import instruction, unallocated, undefined_if, unsupported
from isa.encoding import Fields
from isa.machine import Machine

unsupported(
    name="supervisor_call",
    encoding="11010100 000 imm16:16 000 01",
    why="a system call leaves the program",
    syntax="svc #<imm16>",
)
unsupported(
    name="breakpoint",
    encoding="11010100 001 imm16:16 000 00",
    why="a breakpoint leaves the program",
    syntax="brk #<imm16>",
)
unsupported(
    name="transaction_cancel",
    encoding="11010100 011 imm16:16 000 00",
    why="transactional memory (FEAT_TME) is not modelled",
    syntax="tcancel #<imm16>",
    features=("FEAT_TME",),
)


@instruction(
    encoding=(
        "11010100 opc:3=000 imm16:16 000 LL:2=10|11",
        "11010100 opc:3=010 imm16:16 000 LL:2=00",
        "11010100 opc:3=101 imm16:16 000 LL:2!=00",
    ),
    syntax=(
        "[LL:-|-|hvc|smc] #<imm16> if opc == 0",
        "hlt #<imm16> if opc == 2",
        "dcps<LL>( #<imm16>)",
    ),
)
def exception_of_higher_levels(f: Fields, m: Machine) -> None:
    """UNDEFINED at EL0: calls of the hypervisor or the secure monitor, halting (HVC, SMC, HLT, DCPS1, DCPS2, DCPS3)."""
    undefined_if(True)


unallocated(
    name="exception_generation_unallocated",
    encoding=(
        "11010100 opc:3 xxxxxxxx xxxxxxxx op2:3!=000 xx",
        "11010100 000 xxxxxxxx xxxxxxxx 000 00",
        "11010100 opc:3=001|010|011 xxxxxxxx xxxxxxxx 000 LL:2!=00",
        "11010100 101 xxxxxxxx xxxxxxxx 000 00",
        "11010100 opc:3=1x0|111 xxxxxxxx xxxxxxxx 000 xx",
    ),
)
