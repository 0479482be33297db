# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Moves of a run of bits: bitfields, and the extraction of a register from two (Arm ARM C4.1 "Bitfield", "Extract")."""

from __future__ import annotations

from isa.asl import ASR, LSL, LSR, ROR
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine
from kernel.ops import concat, number, sext, zext
from kernel.term import Term


def _moved(x: Term, immr: int, imms: int, *, signed: bool) -> Term:
    """The field of x that immr and imms select, at its new place, between zeros or (above it) copies of its top bit."""
    width = x.width
    if imms == width - 1:
        return ASR(x, immr) if signed else LSR(x, immr)
    if imms + 1 == immr:
        return LSL(x, width - immr)
    extend = sext if signed else zext
    if imms >= immr:
        return extend(x[imms:immr], width)
    return concat(extend(x[imms:0], immr), number(0, width - immr))


def _inserted(into: Term, x: Term, immr: int, imms: int) -> Term:
    """`into` with the field of x that immr and imms select put at its new place."""
    width = x.width
    field, low = (x[imms:immr], 0) if imms >= immr else (x[imms:0], width - immr)
    high = low + field.width
    above = [into[width - 1 : high]] if high < width else []
    below = [into[low - 1 : 0]] if low else []
    return concat(*above, field, *below)


@instruction(
    encoding="sf:1 opc:2 100110 N:1 immr:6 imms:6 Rn:5 Rd:5",
    where={"width": "32 << sf", "unsigned": "opc >> 1"},
    aliases=(
        "[opc:asr|-|lsr] <Rd>, <Rn>, #<immr> if opc != 1 and imms == width - 1",
        "lsl <Rd>, <Rn>, #<width - immr> if opc == 2 and imms + 1 == immr",
        "[opc:sxt|-|uxt][imms:-|-|-|-|-|-|-|b|-|-|-|-|-|-|-|h] <Rd>, <Wn> if immr == 0 and not (sf and opc)",
        "sxtw <Rd>, <Wn> if opc == 0 and immr == 0 and imms == 31",
        "bfc <Rd>, #<-immr & width - 1>, #<imms + 1> if opc == 1 and (imms < immr or immr == 0) and Rn == 31",
        "[opc:sbfiz|bfi|ubfiz] <Rd>, <Rn>, #<width - immr>, #<imms + 1> if imms < immr",
    ),
    syntax="[opc:sbfx|bfxil|ubfx] <Rd>, <Rn>, #<immr>, #<imms - immr + 1>",
)
def bitfield(f: Fields, m: Machine) -> None:
    """Move bits imms to immr down to bit 0, or bits imms to 0 up to bit width - immr.

    SBFM and UBFM extend the field and fill with zeros below it; BFM leaves the other bits of the destination
    (ASR, LSR, LSL, SXTB, SXTH, SXTW, UXTB, UXTH, SBFIZ, SBFX, UBFIZ, UBFX, BFI, BFXIL, BFC).
    """
    undefined_if(f.opc == 0b11)
    undefined_if(f.sf != f.N)
    undefined_if(f.sf == 0 and (f.immr >= 32 or f.imms >= 32))
    datasize = 64 if f.sf else 32
    operand = m.X[f.Rn, datasize]
    if f.opc == 0b01:
        result = _inserted(m.X[f.Rd, datasize], operand, f.immr, f.imms)
    else:
        result = _moved(operand, f.immr, f.imms, signed=f.opc == 0b00)
    m.X[f.Rd, datasize] = result


@instruction(
    encoding="sf:1 op21:2!=11 100111 N:1 o0:1 Rm:5 imms:6 Rn:5 Rd:5",
    aliases=("ror <Rd>, <Rn>, #<imms> if Rn == Rm",),
    syntax="extr <Rd>, <Rn>, <Rm>, #<imms>",
)
def extract(f: Fields, m: Machine) -> None:
    """The register that starts at bit imms of the pair Rn:Rm (EXTR; ROR)."""
    undefined_if(f.op21 != 0b00 or f.o0 != 0)
    undefined_if(f.sf != f.N)
    undefined_if(f.sf == 0 and f.imms >= 32)
    datasize = 64 if f.sf else 32
    high, low = m.X[f.Rn, datasize], m.X[f.Rm, datasize]
    if high is low:
        result = ROR(high, f.imms)
    elif f.imms == 0:
        result = low
    else:
        result = concat(high[f.imms - 1 : 0], low[datasize - 1 : f.imms])
    m.X[f.Rd, datasize] = result
