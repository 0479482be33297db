# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Load and store one structure (Arm ARM, C4.1 "Advanced SIMD load/store single structure")."""

from __future__ import annotations

from isa.asl import Elem, Replicate, SetElem
from isa.asl_memory import AddressAdd, BaseAddress
from isa.dsl import instruction, unallocated, undefined_if, unsupported
from isa.encoding import Fields
from isa.machine import Machine

REPLICATE = 3


@instruction(
    encoding=(
        "0 Q:1 001101 0 L:1 R:1 00000 opcode:3 S:1 size:2 Rn:5 Rt:5",
        "0 Q:1 001101 1 L:1 R:1 Rm:5 opcode:3 S:1 size:2 Rn:5 Rt:5",
    ),
    syntax=(
        "ld<count>r {<Vt>.<T> * count}, [<Xn|SP>], #<count << size> if opcode >> 1 == 3 and Rm == 31",
        "ld<count>r {<Vt>.<T> * count}, [<Xn|SP>], <Xm> if opcode >> 1 == 3",
        "ld<count>r {<Vt>.<T> * count}, [<Xn|SP>] if opcode >> 1 == 3",
        "[L:st|ld]<count> {<Vt>.<E:scale> * count}[<index>], [<Xn|SP>], #<count << scale> if Rm == 31",
        "[L:st|ld]<count> {<Vt>.<E:scale> * count}[<index>], [<Xn|SP>], <Xm>",
        "[L:st|ld]<count> {<Vt>.<E:scale> * count}[<index>], [<Xn|SP>]",
    ),
    where={
        "count": "(opcode & 1) * 2 + R + 1",
        "scale": "(opcode >> 1) + (opcode >> 1 == 2 and size & 1)",
        "index": "Q:S:size >> scale",
    },
)
def load_store_single_structure(f: Fields, m: Machine) -> None:
    """Load or store one element of each of one to four vectors, or load one into all its elements.

    LD1-LD4, ST1-ST4, LD1R-LD4R. There is one access for each register.
    """
    scale, load = f.opcode >> 1, f.L == 1
    replicate = scale == REPLICATE
    if replicate:
        undefined_if(not load or f.S == 1)
        scale = f.size
    elif scale == 0b01:
        undefined_if(f.size & 0b01 == 0b01)
    elif scale == 0b10:
        undefined_if(f.size & 0b10 == 0b10)
        if f.size == 0b01:
            undefined_if(f.S == 1)
            scale = 3
    index = (f.Q << 3 | f.S << 2 | f.size) >> scale
    datasize, size, esize = 64 << f.Q, 1 << scale, 8 << scale
    count = (f.opcode & 1) * 2 + f.R + 1
    base = BaseAddress(m, f.Rn)
    for r in range(count):
        t, address = (f.Rt + r) % 32, AddressAdd(base, r * size)
        if replicate:
            m.V[t, datasize] = Replicate(m.Mem[address, size], datasize)
        elif load:
            m.V[t] = SetElem(m.V[t], index, m.Mem[address, size])
        else:
            m.Mem[address, size] = Elem(m.V[t], index, esize)
    if "Rm" in f:
        m.XSP[f.Rn] = AddressAdd(base, count * size) if f.Rm == 31 else base + m.X[f.Rm]


unsupported(
    name="load_store_single_structure_ordered",
    encoding="0 Q:1 001101 0 L:1 0 00001 100 0 01 Rn:5 Rt:5",
    syntax="[L:stl|ldap]1 {<Vt>.d}[<Q>], [<Xn|SP>]",
    why="ordered accesses to pairs and vectors (FEAT_LRCPC3) are not modelled",
    features=("FEAT_LRCPC3",),
)
unallocated(
    name="load_store_structure_unallocated",
    encoding=(
        "0 x 001100 0 x selector:6!=000000 xxxxxxxxxxxxxxxx",
        "0 x 001100 1 x 1 xxxxxxxxxxxxxxxxxxxxx",
        "0 x 001101 0 x x selector:5!=0000x xxxxxxxxxxxxxxxx",
        "0 x 001101 0 x 1 00001 xxxxxxxxxxxxxxxx",
        "0 x 001101 0 x 0 00001 opcode_S_size:6!=100001 xxxxxxxxxx",
        "1 x 00110 xxxxxxxxxxxxxxxxxxxxxxxxx",
    ),
)
