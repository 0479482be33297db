# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Shifts by an immediate that keep the elements' size (Arm ARM, C4.1 "Advanced SIMD shift by immediate" and its scalar
form)."""

from __future__ import annotations

from isa.asl import LSL, Elems, part
from isa.asl_vector import DataSize, RShr, is_scalar
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine, joined
from kernel.ops import concat

WHERE = {
    "esize": "log2(immh)",
    "right": "(16 << log2(immh)) - immh:immb",
    "left": "immh:immb - (8 << log2(immh))",
}


def ElementSize(f: Fields) -> int:
    """The elements' bits, from the highest set bit of immh."""
    return 4 << f.immh.bit_length()


def Immediate(f: Fields) -> int:
    """The fields immh:immb."""
    return f.immh << 3 | f.immb


def check_size(f: Fields) -> None:
    """Only 64 bits in a scalar form; more than one element in a vector form."""
    undefined_if(not f.immh & 0b1000 if is_scalar(f) else bool(f.immh & 0b1000) and f.Q == 0)


def encodings(opcode: str, U: str = "U:1") -> tuple[str, str]:
    """The vector and the scalar form of an opcode."""
    return (
        f"0 Q:1 {U} 011110 immh:4!=0000 immb:3 {opcode} 1 Rn:5 Rd:5",
        f"01 {U} scalar:1=1 11110 immh:4!=0000 immb:3 {opcode} 1 Rn:5 Rd:5",
    )


@instruction(
    encoding=encodings("00 o1:1 o0:1 0"),
    syntax=(
        "[U:s|u](o1?r)s[o0:hr|ra] <Vd>.<T:esize,Q>, <Vn>.<T:esize,Q>, #<right>",
        "[U:s|u](o1?r)s[o0:hr|ra] <Dd>, <Dn>, #<right> if scalar",
    ),
    where=WHERE,
)
def shift_right_immediate(f: Fields, m: Machine) -> None:
    """Shift right, rounded or not, added to the destination or not (SSHR, SRSHR, SSRA, SRSRA; USHR, ...)."""
    check_size(f)
    esize = ElementSize(f)
    datasize = DataSize(f, esize)
    shift = 2 * esize - Immediate(f)
    elements = Elems(m.V[f.Rn, datasize], esize)
    result = [RShr(element, shift, unsigned=f.U == 1, rounding=f.o1 == 1) for element in elements]
    if f.o0:
        result = [d + element for d, element in zip(Elems(m.V[f.Rd, datasize], esize), result, strict=True)]
    m.V[f.Rd, datasize] = joined(result)


@instruction(
    encoding=encodings("01000", U="1"),
    syntax=(
        "sri <Vd>.<T:esize,Q>, <Vn>.<T:esize,Q>, #<right>",
        "sri <Dd>, <Dn>, #<right> if scalar",
    ),
    where=WHERE,
)
def shift_right_insert(f: Fields, m: Machine) -> None:
    """Shift right, the bits that would be zeros kept from the destination (SRI)."""
    check_size(f)
    esize = ElementSize(f)
    datasize = DataSize(f, esize)
    shift = 2 * esize - Immediate(f)
    if shift == esize:
        m.V[f.Rd, datasize] = m.V[f.Rd, datasize]
        return
    pairs = zip(Elems(m.V[f.Rd, datasize], esize), Elems(m.V[f.Rn, datasize], esize), strict=True)
    kept = esize - shift
    m.V[f.Rd, datasize] = joined([concat(part(d, esize - 1, kept), part(n, esize - 1, shift)) for d, n in pairs])


@instruction(
    encoding=encodings("01010"),
    syntax=(
        "[U:shl|sli] <Vd>.<T:esize,Q>, <Vn>.<T:esize,Q>, #<left>",
        "[U:shl|sli] <Dd>, <Dn>, #<left> if scalar",
    ),
    where=WHERE,
)
def shift_left_immediate(f: Fields, m: Machine) -> None:
    """Shift left; the bits that would be zeros may be kept from the destination (SHL, SLI)."""
    check_size(f)
    esize = ElementSize(f)
    datasize = DataSize(f, esize)
    shift = Immediate(f) - esize
    elements = Elems(m.V[f.Rn, datasize], esize)
    if f.U and shift:
        pairs = zip(Elems(m.V[f.Rd, datasize], esize), elements, strict=True)
        m.V[f.Rd, datasize] = joined([concat(part(n, esize - 1 - shift, 0), part(d, shift - 1, 0)) for d, n in pairs])
    else:
        m.V[f.Rd, datasize] = joined([LSL(n, shift) for n in elements])
