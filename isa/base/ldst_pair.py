# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Load and store a pair of general registers (Arm ARM, C4.1 "Load/store register pair" and "no-allocate pair")."""

from __future__ import annotations

from isa.asl import SignExtend
from isa.asl_memory import AddressAdd, BaseAddress
from isa.dsl import instruction, unallocated, unpredictable_if, unsupported
from isa.encoding import Fields
from isa.machine import Machine
from kernel.ops import sext

NO_ALLOCATE, POST_INDEX, OFFSET, PRE_INDEX = range(4)

SYNTAX = (
    "[L:st|ld]p(sw?sw) <Rt:wide>, <Rt2:wide>, [<Xn|SP>], #<offset> if index == 1",
    "[L:st|ld]p(sw?sw) <Rt:wide>, <Rt2:wide>, [<Xn|SP>, #<offset>]! if index == 3",
    "[L:st|ld][index:n|-|]p(sw?sw) <Rt:wide>, <Rt2:wide>, [<Xn|SP>(, #<offset>)]",
)


def _pair(f: Fields, m: Machine, size: int, *, signed: bool = False) -> None:
    """Two accesses of `size` bytes, the lower address first, and the writeback."""
    load, t, t2, n = f.L == 1, f.Rt, f.Rt2, f.Rn
    writeback = f.index in (POST_INDEX, PRE_INDEX)
    unpredictable_if(writeback and n in (t, t2) and n != 31)
    unpredictable_if(load and t == t2)
    offset = SignExtend(f.imm7, 7) * size
    first = 0 if f.index == POST_INDEX else offset
    base = BaseAddress(m, n)
    address1, address2 = AddressAdd(base, first), AddressAdd(base, first + size)
    width = 64 if signed else 8 * size
    if load:
        data1, data2 = m.Mem[address1, size], m.Mem[address2, size]
        # Only LDPSW has registers wider than what it loads.
        m.X[t, width], m.X[t2, width] = sext(data1, width), sext(data2, width)
    else:
        m.Mem[address1, size] = m.X[t, width]
        m.Mem[address2, size] = m.X[t2, width]
    if writeback:
        m.XSP[n] = AddressAdd(base, offset)


@instruction(
    encoding="wide:1 0 101 0 0 index:2 L:1 imm7:7 Rt2:5 Rn:5 Rt:5",
    syntax=SYNTAX,
    where={"offset": "signed(imm7) * (4 << wide)", "sw": "0"},
)
def load_store_pair(f: Fields, m: Machine) -> None:
    """Load or store two registers of 32 or 64 bits at consecutive addresses (LDP, STP, LDNP, STNP).

    The non-temporal hint has no effect on what is computed.
    """
    _pair(f, m, 8 if f.wide else 4)


@instruction(
    encoding="01 101 0 0 index:2!=00 L:1=1 imm7:7 Rt2:5 Rn:5 Rt:5",
    syntax=SYNTAX,
    where={"offset": "signed(imm7) * 4", "sw": "1", "wide": "1"},
)
def load_pair_signed_word(f: Fields, m: Machine) -> None:
    """Load two words at consecutive addresses, each sign-extended to 64 bits (LDPSW)."""
    _pair(f, m, 4, signed=True)


unsupported(
    name="store_allocation_tag_pair",
    encoding="01 101 0 0 index:2!=00 0 imm7:7 Rt2:5 Rn:5 Rt:5",
    syntax=(
        "stgp <Xt>, <Xt2>, [<Xn|SP>], #<signed(imm7) * 16> if index == 1",
        "stgp <Xt>, <Xt2>, [<Xn|SP>, #<signed(imm7) * 16>]! if index == 3",
        "stgp <Xt>, <Xt2>, [<Xn|SP>(, #<signed(imm7) * 16>)]",
    ),
    why="memory tagging (FEAT_MTE) is not modelled",
    features=("FEAT_MTE",),
)
unallocated(
    name="load_store_pair_unallocated",
    encoding=("01 101 0 0 00 xxxxxxxxxxxxxxxxxxxxxxx", "11 101 0 0 xxxxxxxxxxxxxxxxxxxxxxxxx"),
)
