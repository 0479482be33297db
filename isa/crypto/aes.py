# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""AES (Arm ARM, C4.1 "Cryptographic AES")."""

from __future__ import annotations

from isa.asl import Elems
from isa.asl_crypto import (
    AESInvMixColumns,
    AESInvShiftRows,
    AESInvSubBytes,
    AESMixColumns,
    AESShiftRows,
    AESSubBytes,
)
from isa.dsl import instruction, unallocated
from isa.encoding import Fields
from isa.machine import Machine, joined


@instruction(
    encoding="01001110 00 10100 0010 D:1 10 Rn:5 Rd:5",
    syntax="aes[D:e|d] <Vd>.16b, <Vn>.16b",
    features=("FEAT_AES",),
)
def aes_round(f: Fields, m: Machine) -> None:
    """Add the round key, then substitute bytes and shift rows, forwards (AESE) or backwards (AESD)."""
    state = Elems(m.V[f.Rd] ^ m.V[f.Rn], 8)
    m.V[f.Rd] = joined(AESInvSubBytes(AESInvShiftRows(state)) if f.D else AESSubBytes(AESShiftRows(state)))


@instruction(
    encoding="01001110 00 10100 0011 D:1 10 Rn:5 Rd:5",
    syntax="aes[D:|i]mc <Vd>.16b, <Vn>.16b",
    features=("FEAT_AES",),
)
def aes_mix_columns(f: Fields, m: Machine) -> None:
    """Mix the columns (AESMC), or undo that (AESIMC)."""
    state = Elems(m.V[f.Rn], 8)
    m.V[f.Rd] = joined(AESInvMixColumns(state) if f.D else AESMixColumns(state))


unallocated(
    name="aes_unallocated",
    encoding=(
        "01001110 size:2!=00 10100 xxxxx 10 xxxxxxxxxx",
        "01001110 00 10100 opcode:5!=001xx 10 xxxxxxxxxx",
    ),
)
