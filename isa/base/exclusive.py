# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Load and store exclusive (Arm ARM, C4.1 "Load/store exclusive register", "Load/store exclusive pair").

There is one observer. The monitor holds the last area that was loaded exclusively, and nothing else changes it.
"""

from __future__ import annotations

from isa.asl_memory import BaseAddress, CheckAlignment
from isa.dsl import instruction, unpredictable_if
from isa.encoding import Fields
from isa.machine import Machine
from kernel.ops import concat, disj, eq, ite, number, read, zext
from kernel.term import Term


def SetExclusiveMonitors(m: Machine, address: Term, size: int) -> None:
    """Mark the area [address, +size)."""
    m.set("monitor", concat(number(size, 8), address))


def ExclusiveMonitorsPass(m: Machine, address: Term, size: int) -> Term:
    """Whether the area [address, +size) is the one that is marked; the monitor is open afterwards.

    With another area marked processors may differ, so a safe state has this one marked, or none.
    """
    monitor = m.get("monitor")
    marked = eq(monitor, concat(number(size, 8), address))
    m.require(disj(marked, eq(monitor[71:64], 0)))
    m.set("monitor", number(0, 72))
    return marked


def _load_exclusive(m: Machine, n: int, size: int) -> Term:
    address = BaseAddress(m, n)
    CheckAlignment(m, address, size)
    SetExclusiveMonitors(m, address, size)
    return m.Mem[address, size]


def _store_exclusive(m: Machine, s: int, n: int, data: Term) -> None:
    """Store the data if the monitor lets it pass, otherwise the bytes that are there; X[s] has 0 or 1 accordingly."""
    address, size = BaseAddress(m, n), data.width // 8
    CheckAlignment(m, address, size)
    passed = ExclusiveMonitorsPass(m, address, size)
    m.Mem[address, size] = ite(passed, data, read(m.get("mem"), address, size))
    m.X[s, 32] = ite(passed, number(0, 32), number(1, 32))


@instruction(
    encoding="size:2 001000 0 1 0 (11111) o0:1 (11111) Rn:5 Rt:5",
    syntax="ld[o0:|a]xr[size:b|h||] <Rt:size == 3>, [<Xn|SP>]",
)
def load_exclusive_register(f: Fields, m: Machine) -> None:
    """Load a register and mark the address (LDXR, LDAXR, LDXRB, LDXRH, ...)."""
    width = max(32, 8 << f.size)
    m.X[f.Rt, width] = zext(_load_exclusive(m, f.Rn, 1 << f.size), width)


@instruction(
    encoding="size:2 001000 0 0 0 Rs:5 o0:1 (11111) Rn:5 Rt:5",
    syntax="st[o0:|l]xr[size:b|h||] <Ws>, <Rt:size == 3>, [<Xn|SP>]",
)
def store_exclusive_register(f: Fields, m: Machine) -> None:
    """Store a register if the address is still marked, and tell whether it was (STXR, STLXR, STXRB, STXRH, ...)."""
    unpredictable_if(f.Rs == f.Rt or (f.Rs == f.Rn and f.Rn != 31))
    _store_exclusive(m, f.Rs, f.Rn, m.X[f.Rt, 8 << f.size])


@instruction(
    encoding="1 wide:1 001000 0 1 1 (11111) o0:1 Rt2:5 Rn:5 Rt:5",
    syntax="ld[o0:|a]xp <Rt:wide>, <Rt2:wide>, [<Xn|SP>]",
)
def load_exclusive_pair(f: Fields, m: Machine) -> None:
    """Load two registers in one access and mark the address (LDXP, LDAXP)."""
    unpredictable_if(f.Rt == f.Rt2)
    width = 64 if f.wide else 32
    data = _load_exclusive(m, f.Rn, width // 4)
    m.X[f.Rt, width], m.X[f.Rt2, width] = data[width - 1 : 0], data[2 * width - 1 : width]


@instruction(
    encoding="1 wide:1 001000 0 0 1 Rs:5 o0:1 Rt2:5 Rn:5 Rt:5",
    syntax="st[o0:|l]xp <Ws>, <Rt:wide>, <Rt2:wide>, [<Xn|SP>]",
)
def store_exclusive_pair(f: Fields, m: Machine) -> None:
    """Store two registers in one access if the address is still marked, and tell whether it was (STXP, STLXP)."""
    unpredictable_if(f.Rs in (f.Rt, f.Rt2) or (f.Rs == f.Rn and f.Rn != 31))
    width = 64 if f.wide else 32
    _store_exclusive(m, f.Rs, f.Rn, concat(m.X[f.Rt2, width], m.X[f.Rt, width]))
