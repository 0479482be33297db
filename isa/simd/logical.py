# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Logical operations on whole vectors (Arm ARM, C4.1 "Advanced SIMD three same", opcode 00011)."""

from __future__ import annotations

from isa.dsl import instruction
from isa.encoding import Fields
from isa.machine import Machine
from kernel.term import Term


@instruction(
    encoding="0 Q:1 0 01110 size:2 1 Rm:5 00011 1 Rn:5 Rd:5",
    syntax="[size:and|bic|orr|orn] <Vd>.<T:0,Q>, <Vn>.<T:0,Q>, <Vm>.<T:0,Q>",
    aliases=("mov <Vd>.<T:0,Q>, <Vn>.<T:0,Q> if size==2 and Rm==Rn",),
)
def logical_vector(f: Fields, m: Machine) -> None:
    """And, or, the second operand inverted or not (AND, BIC, ORR, ORN vector; the alias MOV)."""
    datasize = 64 << f.Q
    operand1, operand2 = m.V[f.Rn, datasize], m.V[f.Rm, datasize]
    is_move = f.size == 0b10 and f.Rn == f.Rm
    if f.size & 0b01:
        operand2 = ~operand2
    if is_move:
        m.V[f.Rd, datasize] = operand1
    else:
        m.V[f.Rd, datasize] = operand1 | operand2 if f.size & 0b10 else operand1 & operand2


@instruction(
    encoding="0 Q:1 1 01110 size:2 1 Rm:5 00011 1 Rn:5 Rd:5",
    syntax="[size:eor|bsl|bit|bif] <Vd>.<T:0,Q>, <Vn>.<T:0,Q>, <Vm>.<T:0,Q>",
)
def exclusive_or_and_select_vector(f: Fields, m: Machine) -> None:
    """Exclusive or; or each bit from one of two vectors, as a third says (EOR, BSL, BIT, BIF vector)."""
    datasize = 64 << f.Q
    vd, vn, vm = (m.V[r, datasize] for r in (f.Rd, f.Rn, f.Rm))
    match f.size:
        case 0b00:
            result = vn ^ vm
        case 0b01:
            result = selected(vd, vn, vm)
        case 0b10:
            result = selected(vm, vn, vd)
        case _:
            result = selected(vm, vd, vn)
    m.V[f.Rd, datasize] = result


def selected(choice: Term, ones: Term, zeros: Term) -> Term:
    """The bits of `ones` where `choice` has a one, those of `zeros` where it has a zero."""
    return choice & ones | ~choice & zeros
