# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Moves between a general register and a system register (Arm ARM C4.1 "System register move").

Modelled are the registers that user programs compute with: NZCV, FPCR, FPSR, TPIDR_EL0 and DCZID_EL0; and, as questions to the
system of whose answers nothing is known, those that they ask for the time, the processor and random numbers.
"""

from __future__ import annotations

from isa.base.ldst_zero import BLOCK
from isa.dsl import instruction, unsupported
from isa.encoding import Fields
from isa.machine import Machine
from kernel.ops import concat, eq, ite, number

FPCR_BITS = 0x07C0_0000  # AHP, DN, FZ, RMode
FPSR_BITS = 0x0800_009F  # QC, IDC, IXC, UFC, OFC, DZC, IOC


@instruction(encoding="1101010100 L:1 1 1 011 0100 0010 000 Rt:5", syntax=("mrs <Xt>, nzcv if L", "msr nzcv, <Xt>"))
def move_nzcv(f: Fields, m: Machine) -> None:
    """Read or write the flags, in bits 31 to 28 (MRS, MSR of NZCV)."""
    if f.L:
        m.X[f.Rt] = concat(number(0, 32), *m.NZCV, number(0, 28))
    else:
        m.NZCV = m.X[f.Rt][31:28]


@instruction(
    encoding="1101010100 L:1 1 1 011 0100 0100 00 status:1 Rt:5",
    syntax=("mrs <Xt>, fp[status:cr|sr] if L", "msr fp[status:cr|sr], <Xt>"),
)
def move_floating_point_register(f: Fields, m: Machine) -> None:
    """Read or write the control or the status register of floating point (MRS, MSR of FPCR, FPSR).

    What becomes of a 1 written to another bit than those every processor has depends on the processor: the state is not
    safe after that.
    """
    name, bits = ("fpsr", FPSR_BITS) if f.status else ("fpcr", FPCR_BITS)
    if f.L:
        m.X[f.Rt] = m.get(name)
    else:
        value = m.X[f.Rt]
        m.require(eq(value & ~bits, 0))
        m.set(name, value)


@instruction(
    encoding="1101010100 L:1 1 1 011 1101 0000 010 Rt:5", syntax=("mrs <Xt>, tpidr_el0 if L", "msr tpidr_el0, <Xt>")
)
def move_thread_pointer(f: Fields, m: Machine) -> None:
    """Read or write the thread pointer (MRS, MSR of TPIDR_EL0)."""
    if f.L:
        m.X[f.Rt] = m.get("tpidr")
    else:
        m.set("tpidr", m.X[f.Rt])


@instruction(encoding="1101010100 1 1 1 011 0000 0000 111 Rt:5", syntax="mrs <Xt>, dczid_el0")
def read_zeroing_block_size(f: Fields, m: Machine) -> None:
    """Read the size of the blocks that DC ZVA clears, as log2 of its words (MRS of DCZID_EL0)."""
    m.X[f.Rt] = number((BLOCK // 4).bit_length() - 1, 64)


@instruction(
    encoding=("1101010100 1 1 1 op1:3=000 0000 0000 000 Rt:5", "1101010100 1 1 1 op1:3=011 1110 0000 010 Rt:5"),
    syntax="mrs <Xt>, [op1:midr_el1|-|-|cntvct_el0]",
)
def read_identity_or_counter(f: Fields, m: Machine) -> None:
    """Ask which processor this is, or what time it is (MRS of MIDR_EL1, CNTVCT_EL0).

    Neither is for the program to know: at EL0 MIDR_EL1 traps, and the operating system may let CNTVCT_EL0 trap (Arm ARM D24).
    This is a process whose system answers, as Linux does where it announces HWCAP_CPUID. Each answer may be another: the
    process may have moved to another processor.
    """
    m.X[f.Rt] = m.ask(f.word >> 5 & 0xFFFF)


@instruction(
    encoding="1101010100 1 1 1 011 0010 0100 00 reseeded:1 Rt:5",
    syntax="mrs <Xt>, rndr[reseeded:|rs]",
    features=("FEAT_RNG",),
)
def random_number(f: Fields, m: Machine) -> None:
    """Draw a random number; Z says that there was none in time, and then it is zero (MRS of RNDR, RNDRRS)."""
    failed, drawn = m.draw(f.word >> 5 & 0xFFFF)
    zero = number(0, 1)
    m.NZCV = zero, failed, zero, zero
    m.X[f.Rt] = ite(eq(failed, 1), number(0, 64), drawn)


def _by_number(f: Fields, address: int) -> str:
    """The move with the register named by the numbers that encode it."""
    op1, crn, crm, op2 = f.word >> 16 & 7, f.word >> 12 & 15, f.word >> 8 & 15, f.word >> 5 & 7
    register = f"s{2 + (f.word >> 19 & 1)}_{op1}_c{crn}_c{crm}_{op2}"
    general = "xzr" if f.Rt == 31 else f"x{f.Rt}"
    return f"mrs {general}, {register}" if f.word >> 21 & 1 else f"msr {register}, {general}"


unsupported(
    name="other_system_register",
    encoding=(
        # All but NZCV, FPCR, FPSR and TPIDR_EL0, and the reads of MIDR_EL1, DCZID_EL0, RNDR, RNDRRS and CNTVCT_EL0.
        "1101010100 L:1 1 0 op1:3 CRn:4 CRm:4 op2:3 Rt:5",
        "1101010100 L:1 1 1 op1:3!=000|011 CRn:4 CRm:4 op2:3 Rt:5",
        "1101010100 L:1 1 1 000 CRn:4!=0000 CRm:4 op2:3 Rt:5",
        "1101010100 L:1 1 1 000 0000 CRm:4!=0000 op2:3 Rt:5",
        "1101010100 L:1 1 1 000 0000 0000 op2:3!=000 Rt:5",
        "1101010100 0 1 1 000 0000 0000 000 Rt:5",
        "1101010100 L:1 1 1 011 CRn:4!=0000|0010|0100|1101|1110 CRm:4 op2:3 Rt:5",
        "1101010100 L:1 1 1 011 0010 CRm:4!=0100 op2:3 Rt:5",
        "1101010100 L:1 1 1 011 0010 0100 op2:3!=00x Rt:5",
        "1101010100 0 1 1 011 0010 0100 00 x Rt:5",
        "1101010100 L:1 1 1 011 1110 CRm:4!=0000 op2:3 Rt:5",
        "1101010100 L:1 1 1 011 1110 0000 op2:3!=010 Rt:5",
        "1101010100 0 1 1 011 1110 0000 010 Rt:5",
        "1101010100 L:1 1 1 011 0100 CRm:4!=0010|0100 op2:3 Rt:5",
        "1101010100 L:1 1 1 011 0100 0010 op2:3!=000 Rt:5",
        "1101010100 L:1 1 1 011 0100 0100 op2:3!=00x Rt:5",
        "1101010100 L:1 1 1 011 1101 CRm:4!=0000 op2:3 Rt:5",
        "1101010100 L:1 1 1 011 1101 0000 op2:3!=010 Rt:5",
        "1101010100 L:1 1 1 011 0000 CRm:4!=0000 op2:3 Rt:5",
        "1101010100 L:1 1 1 011 0000 0000 op2:3!=111 Rt:5",
        "1101010100 0 1 1 011 0000 0000 111 Rt:5",
    ),
    why="this system register is not modelled, or not written at EL0",
    syntax=_by_number,
)
