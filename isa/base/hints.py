# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Hints: instructions that a processor may take as NOP (Arm ARM C4.1 "Hints").

The model is a processor or a process without pointer authentication (no FEAT_PAuth, or SCTLR_EL1.EnIA and EnIB are 0)
whose code is not guarded (no FEAT_BTI, or pages without the GP bit): PACIASP, AUTIASP, BTI and the like do nothing.
"""

from __future__ import annotations

from isa.dsl import instruction, unsupported
from isa.encoding import Fields
from isa.machine import Machine

NAMES = {
    0: "nop", 1: "yield", 2: "wfe", 3: "wfi", 4: "sev", 5: "sevl", 6: "dgh",
    7: "xpaclri", 8: "pacia1716", 10: "pacib1716", 12: "autia1716", 14: "autib1716",
    16: "esb", 17: "psb csync", 18: "tsb csync", 20: "csdb",
    24: "paciaz", 25: "paciasp", 26: "pacibz", 27: "pacibsp", 28: "autiaz", 29: "autiasp", 30: "autibz", 31: "autibsp",
    32: "bti", 34: "bti c", 36: "bti j", 38: "bti jc",
}  # fmt: skip


def _name(f: Fields, address: int) -> str:
    number = f.word >> 5 & 0x7F
    return NAMES.get(number) or (f"hint #{number}" if number < 10 else f"hint #{number:#x}")


@instruction(
    encoding=(
        "1101010100 0 00 011 0010 CRm:4!=0000|0001|0011|0101 op2:3 11111",
        "1101010100 0 00 011 0010 0000 op2:3!=111 11111",
        "1101010100 0 00 011 0010 0101 op2:3!=000 11111",
    ),
    syntax=_name,
)
def hints(f: Fields, m: Machine) -> None:
    """Do nothing (NOP, YIELD, WFE, WFI, SEV, SEVL, DGH, ESB, CSDB, BTI and the hints that are not allocated)."""


@instruction(
    encoding=(
        "1101010100 0 00 011 0010 0001 op2:3 11111",
        "1101010100 0 00 011 0010 0011 op2:3 11111",
    ),
    syntax=_name,
)
def pointer_authentication_hints(f: Fields, m: Machine) -> None:
    """Do nothing, where pointer authentication is off (PACIASP, AUTIASP, PACIA1716 and their like)."""


unsupported(
    name="strip_pointer_authentication_hint",
    encoding="1101010100 0 00 011 0010 0000 111 11111",
    why="XPACLRI clears bits of X30 on a processor with FEAT_PAuth, even where authentication is off",
    syntax="xpaclri",
)
unsupported(
    name="check_feature_hint",
    encoding="1101010100 0 00 011 0010 0101 000 11111",
    why="CHKFEAT clears bits of X16 on a processor with FEAT_CHK",
    syntax="hint #0x28",
)


@instruction(
    encoding="1101010100 0 00 011 0001 0000 00 op2:1 Rt:5",
    syntax="wf[op2:e|i]t <Xt>",
    features=("FEAT_WFxT",),
)
def wait_with_timeout(f: Fields, m: Machine) -> None:
    """Do nothing, for a time at most (WFET, WFIT)."""
