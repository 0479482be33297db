# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Look bytes up in one to four registers (Arm ARM, C4.1 "Advanced SIMD table lookup")."""

from __future__ import annotations

from isa.asl_vector import lanes
from isa.dsl import instruction
from isa.encoding import Fields
from isa.machine import Machine, joined
from kernel.ops import concat, ite, number, ult, zext


@instruction(
    encoding="0 Q:1 001110 00 0 Rm:5 0 len:2 extend:1 00 Rn:5 Rd:5",
    syntax="tb[extend:l|x] <Vd>.<T:0,Q>, {<Vn>.16b * len + 1}, <Vm>.<T:0,Q>",
)
def table_lookup(f: Fields, m: Machine) -> None:
    """The bytes at the places that another vector gives; beyond the table 0, or the destination's byte (TBL, TBX)."""
    datasize, registers = 64 << f.Q, f.len + 1
    table = joined([m.V[(f.Rn + i) % 32] for i in range(registers)])
    result = []
    for index, d in lanes(m, datasize, 8, f.Rm, f.Rd):
        # The table moved down by as many bytes: zeros have moved in where the index is beyond it.
        found = (table >> concat(zext(index, table.width - 3), number(0, 3)))[7:0]
        result.append(ite(ult(index, 16 * registers), found, d) if f.extend else found)
    m.V[f.Rd, datasize] = joined(result)
