# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Barriers (Arm ARM C4.1 "Barriers"). In this model, of one processor, they do nothing."""

from __future__ import annotations

from isa.dsl import instruction, unsupported
from isa.encoding import Fields
from isa.machine import Machine
from kernel.ops import number

OPTIONS = (
    None, "oshld", "oshst", "osh", None, "nshld", "nshst", "nsh",
    None, "ishld", "ishst", "ish", "#0xc", "ld", "st", "sy",
)  # fmt: skip


def _data_barrier(f: Fields, address: int) -> str:
    if f.opc == 0 and f.CRm in (0, 4):
        return "ssbb" if f.CRm == 0 else "pssbb"
    if f.opc == 0 and f.CRm == 12:
        return "dfb"
    return f"d{'m' if f.opc else 's'}b {OPTIONS[f.CRm] or f'#{f.CRm}'}"


@instruction(encoding="1101010100 0 00 011 0011 CRm:4 10 opc:1 11111", syntax=_data_barrier)
def data_barrier(f: Fields, m: Machine) -> None:
    """Order memory accesses (DMB, DSB, SSBB, PSSBB)."""


@instruction(
    encoding="1101010100 0 00 011 0011 CRm:4 110 11111",
    syntax=("isb if CRm == 15", "isb #<CRm>"),
)
def instruction_synchronization_barrier(f: Fields, m: Machine) -> None:
    """Fetch what follows anew (ISB). The code of this model does not change."""


@instruction(encoding="1101010100 0 00 011 0011 (0000) 111 11111", syntax="sb", features=("FEAT_SB",))
def speculation_barrier(f: Fields, m: Machine) -> None:
    """Stop speculation (SB)."""


@instruction(
    encoding="1101010100 0 00 011 0011 CRm:4 010 11111",
    syntax=("clrex if CRm == 15", "clrex #<CRm>"),
)
def clear_exclusive(f: Fields, m: Machine) -> None:
    """Open the exclusive monitor (CLREX)."""
    m.set("monitor", number(0, 72))


unsupported(
    name="data_synchronization_barrier_nxs",
    encoding="1101010100 0 00 011 0011 imm2:2 10 001 11111",
    why="memory with the XS attribute (FEAT_XS) is not modelled",
    syntax="dsb [imm2:osh|nsh|ish|sy]nxs",
    features=("FEAT_XS",),
)
