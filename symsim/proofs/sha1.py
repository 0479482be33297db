# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""OpenSSL's SHA-1 block functions (FIPS 180-4)."""

from __future__ import annotations

from crypto_specs.sha1 import BLOCKS, COMPRESS, Ch, Maj, sha1_blocks
from symsim.proofs.block_hash import BlockHash, without
from symsim.words import words

SHA1 = BlockHash("SHA-1", sha1_blocks, BLOCKS, COMPRESS, value_bytes=20, block_bytes=64, word=32)

CONTRACTS = (
    SHA1.contract("sha1_block_armv8"),
    SHA1.contract("sha1_block_data_order", globals_=(without(0x8, "no SHA-1 instructions"),)),
)

WORDS = words(32, Ch, Maj)
