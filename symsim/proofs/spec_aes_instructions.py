# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Theorems that join the two descriptions of AES: Arm's instructions and tables are the transformations of FIPS 197."""

from __future__ import annotations

from functools import partial

from crypto_specs.aes import (
    AddRoundKey,
    InvMixColumns,
    InvShiftRows,
    InvSubByte,
    InvSubBytes,
    MixColumns,
    ShiftRows,
    SubByte,
    SubBytes,
)
from crypto_specs.message import byte_string
from isa.asl_sbox import AES_INVERSE_SBOX, AES_SBOX, AESInvSbox, AESSbox
from isa.meaning import S, constant_name, definition
from isa.state import INDEX, STATE
from kernel.arrays import PROJ_TUPLE
from kernel.ops import app, eq, proj
from kernel.rules import TRANS
from kernel.sorts import BV
from kernel.term import Term, Var
from kernel.thm import Thm
from symsim.proofs.aes_v8 import same_table
from symsim.proofs.spec_aes import same
from symsim.rewrite import REPLACE
from symsim.theorem import Claim, Theorem

AESE, AESD, AESMC, AESIMC = 0x4E284820, 0x4E285820, 0x4E286820, 0x4E287820
"""Of the registers v0 and v1."""

x = Var("x", BV(8))


def register(state: Term, name: str) -> Term:
    """The bytes of a vector register as a block: byte 0 comes first."""
    return byte_string(proj(state, INDEX[name]))


def becomes(word: int, transformed: Term) -> Claim:
    """That v0 holds the block, after the instruction."""
    after = app(constant_name(word), STATE, S)
    left = register(after, "v0")

    def proof() -> Thm:
        opened = REPLACE(left, {after: definition(word)})
        opened = TRANS(opened, PROJ_TUPLE(opened.rhs))
        tables = same_table(AES_SBOX, SubByte.definition), same_table(AES_INVERSE_SBOX, InvSubByte.definition)
        return TRANS(opened, same(opened.rhs, transformed, *tables))

    definition(word)  # introduces the constant
    return Claim(eq(left, transformed), proof)


v0, v1 = register(S, "v0"), register(S, "v1")

INSTRUCTIONS = Theorem(
    name="spec/aes_instructions",
    summary="The AES instructions compute the transformations of FIPS 197 (Arm ARM, AESE, AESD, AESMC, AESIMC)",
    claims={
        "aese v0, v1: v0 = ShiftRows(SubBytes(AddRoundKey(v0, v1)))": becomes(
            AESE, ShiftRows(SubBytes(AddRoundKey(v0, v1)))
        ),
        "aesd v0, v1: v0 = InvSubBytes(InvShiftRows(AddRoundKey(v0, v1)))": becomes(
            AESD, InvSubBytes(InvShiftRows(AddRoundKey(v0, v1)))
        ),
        "aesmc v0, v1: v0 = MixColumns(v1)": becomes(AESMC, MixColumns(v1)),
        "aesimc v0, v1: v0 = InvMixColumns(v1)": becomes(AESIMC, InvMixColumns(v1)),
    },
)
TABLES = Theorem(
    name="spec/aes_tables",
    summary="The tables of the Arm manual are the S-boxes that FIPS 197 computes (5.1.1 and 5.3.2)",
    claims={
        "AESSbox(x) = SBox(x)": Claim(eq(AESSbox(x), SubByte(x)), partial(same_table, AES_SBOX, SubByte.definition)),
        "AESInvSbox(x) = InvSBox(x)": Claim(
            eq(AESInvSbox(x), InvSubByte(x)), partial(same_table, AES_INVERSE_SBOX, InvSubByte.definition)
        ),
    },
)
THEOREMS = (INSTRUCTIONS, TABLES)
