# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Load and store a pair of SIMD&FP registers (Arm ARM, C4.1 "Load/store register pair", "no-allocate pair", V = 1)."""

from __future__ import annotations

from isa.asl import SignExtend
from isa.asl_memory import AddressAdd, BaseAddress, LoadStoreVector
from isa.dsl import instruction, unallocated, unpredictable_if
from isa.encoding import Fields
from isa.machine import Machine

NO_ALLOCATE, POST_INDEX, OFFSET, PRE_INDEX = range(4)


@instruction(
    encoding="opc:2!=11 101 1 0 index:2 L:1 imm7:7 Rt2:5 Rn:5 Rt:5",
    syntax=(
        "[L:st|ld]p <Ft:opc + 2>, <Ft2:opc + 2>, [<Xn|SP>], #<offset> if index == 1",
        "[L:st|ld]p <Ft:opc + 2>, <Ft2:opc + 2>, [<Xn|SP>, #<offset>]! if index == 3",
        "[L:st|ld][index:n|-|]p <Ft:opc + 2>, <Ft2:opc + 2>, [<Xn|SP>(, #<offset>)]",
    ),
    where={"offset": "signed(imm7) * (4 << opc)"},
)
def load_store_vector_pair(f: Fields, m: Machine) -> None:
    """Load or store two SIMD&FP registers of 4, 8 or 16 bytes at consecutive addresses (LDP, STP, LDNP, STNP)."""
    load = f.L == 1
    unpredictable_if(load and f.Rt == f.Rt2)
    size = 4 << f.opc
    offset = SignExtend(f.imm7, 7) * size
    first = 0 if f.index == POST_INDEX else offset
    base = BaseAddress(m, f.Rn)
    LoadStoreVector(m, f.Rt, AddressAdd(base, first), size, load=load)
    LoadStoreVector(m, f.Rt2, AddressAdd(base, first + size), size, load=load)
    if f.index in (POST_INDEX, PRE_INDEX):
        m.XSP[f.Rn] = AddressAdd(base, offset)


unallocated(name="load_store_vector_pair_unallocated", encoding="11 101 1 0 xxxxxxxxxxxxxxxxxxxxxxxxx")
