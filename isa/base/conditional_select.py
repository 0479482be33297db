# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Selection between two registers by the flags (Arm ARM C4.1 "Conditional select")."""

from __future__ import annotations

from isa.asl import ConditionHolds
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine
from kernel.ops import ite, number


@instruction(
    encoding="sf:1 op:1 S:1 11010100 Rm:5 cond:4 op2:2 Rn:5 Rd:5",
    aliases=(
        "[op:cset|csetm] <Rd>, <cond:cond ^ 1> if op2 == 1 - op and Rn == 31 and Rm == 31 and cond < 14",
        "[op:cinc|cinv] <Rd>, <Rn>, <cond:cond ^ 1> if op2 == 1 - op and Rn == Rm and cond < 14",
        "cneg <Rd>, <Rn>, <cond:cond ^ 1> if op == 1 and op2 == 1 and Rn == Rm and cond < 14",
    ),
    syntax="cs[op:op2:el|inc|-|-|inv|neg] <Rd>, <Rn>, <Rm>, <cond>",
)
def conditional_select(f: Fields, m: Machine) -> None:
    """Rn if the condition holds, otherwise Rm, Rm + 1, NOT Rm or -Rm.

    CSEL, CSINC, CSINV, CSNEG; CSET, CSETM, CINC, CINV, CNEG.
    """
    undefined_if(f.S == 1 or f.op2 >= 0b10)
    datasize = 64 if f.sf else 32
    operand1, operand2 = m.X[f.Rn, datasize], m.X[f.Rm, datasize]
    change = f.op << 1 | f.op2
    if f.Rm == 31:
        otherwise = number((0, 1, -1, 0)[change], datasize)
    else:
        otherwise = (operand2, operand2 + 1, ~operand2, -operand2)[change]
    always = f.cond >= 0b1110
    m.X[f.Rd, datasize] = operand1 if always else ite(ConditionHolds(m, f.cond), operand1, otherwise)
