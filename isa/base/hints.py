# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Hints: instructions that a processor may take as NOP (Arm ARM C4.1 "Hints").

The model is a processor, or a process, without pointer authentication (no FEAT_PAuth, or SCTLR_EL1.EnIA and EnIB are 0)
whose code is not guarded (no FEAT_BTI, or pages without the GP bit): there PACIASP, AUTIASP, BTI and the like do nothing.
"""

from __future__ import annotations

from isa.dsl import instruction
from isa.encoding import Fields
from isa.machine import Machine

HINTS = (
    "nop", "yield", "wfe", "wfi", "sev", "sevl", "dgh", "xpaclri",
    "pacia1716", None, "pacib1716", None, "autia1716", None, "autib1716", None,
    "esb", "psb csync", "tsb csync", None, "csdb", None, None, None,
    "paciaz", "paciasp", "pacibz", "pacibsp", "autiaz", "autiasp", "autibz", "autibsp",
    "bti", None, "bti c", None, "bti j", None, "bti jc", None,
)  # fmt: skip


def _hint(f: Fields, address: int) -> str:
    name = HINTS[f.imm7] if f.imm7 < len(HINTS) else None
    return name or f"hint #{f.imm7:#x}"


@instruction(encoding="1101010100 0 00 011 0010 imm7:7 11111", syntax=_hint)
def hints(f: Fields, m: Machine) -> None:
    """Do nothing (NOP, YIELD, SEV, BTI, CSDB, PACIASP, AUTIASP, and all hints that are not allocated)."""
