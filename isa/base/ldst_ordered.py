# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Load acquire, store release (Arm ARM, C4.1 "Load/store ordered", "Load/store ordered (unscaled immediate)", LDAPR).

The order of accesses that others observe has no part in what one thread computes. The addresses have to be aligned, as
on processors without FEAT_LSE2.
"""

from __future__ import annotations

from isa.asl import SignExtend
from isa.asl_memory import AddressAdd, BaseAddress, CheckAlignment, DecodeAccess, LoadStoreGeneral
from isa.dsl import instruction
from isa.encoding import Fields
from isa.machine import Machine

LOAD = 0b01


def _ordered(m: Machine, t: int, n: int, size: int, opc: int, offset: int = 0) -> None:
    access = DecodeAccess(size, opc)
    address = AddressAdd(BaseAddress(m, n), offset)
    CheckAlignment(m, address, access.size)
    LoadStoreGeneral(m, t, address, access)


@instruction(
    encoding="size:2 001000 1 L:1 0 (11111) 1 (11111) Rn:5 Rt:5",
    syntax="[L:stl|lda]r[size:b|h||] <Rt:size == 3>, [<Xn|SP>]",
)
def load_acquire_store_release(f: Fields, m: Machine) -> None:
    """Load or store a register in order (LDAR, STLR, LDARB, ...)."""
    _ordered(m, f.Rt, f.Rn, f.size, f.L)


@instruction(
    encoding="size:2 001000 1 L:1 0 (11111) 0 (11111) Rn:5 Rt:5",
    syntax="[L:stll|ldla]r[size:b|h||] <Rt:size == 3>, [<Xn|SP>]",
    features=("FEAT_LOR",),
)
def load_acquire_store_release_limited(f: Fields, m: Machine) -> None:
    """Load or store a register in order within a limited ordering region (LDLAR, STLLR, LDLARB, ...)."""
    _ordered(m, f.Rt, f.Rn, f.size, f.L)


@instruction(
    encoding="size:2 111 0 00 1 0 1 (11111) 1 100 00 Rn:5 Rt:5",
    syntax="ldapr[size:b|h||] <Rt:size == 3>, [<Xn|SP>]",
    features=("FEAT_LRCPC",),
)
def load_acquire_rcpc(f: Fields, m: Machine) -> None:
    """Load a register in the weaker order of RCpc (LDAPR, LDAPRB, LDAPRH)."""
    _ordered(m, f.Rt, f.Rn, f.size, LOAD)


@instruction(
    encoding="size:2 011001 opc:2 0 imm9:9 00 Rn:5 Rt:5",
    syntax="[opc:stlur|ldapur|ldapurs|ldapurs][size:b|h||](opc == 2 and size == 2?w) <Rt:wide>, "
    "[<Xn|SP>(, #<signed(imm9)>)]",
    where={"wide": "(size == 3, size == 3, 1, 0)[opc]"},
    features=("FEAT_LRCPC2",),
)
def load_acquire_store_release_unscaled(f: Fields, m: Machine) -> None:
    """Load or store a register in order at a base plus a signed offset in bytes (LDAPUR, STLUR, LDAPURSB, ...)."""
    _ordered(m, f.Rt, f.Rn, f.size, f.opc, SignExtend(f.imm9, 9))
