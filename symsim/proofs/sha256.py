# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""OpenSSL's SHA-256 block functions (FIPS 180-4)."""

from __future__ import annotations

from crypto_specs.sha256 import BLOCKS, COMPRESS, sha256_blocks
from symsim.proofs.block_hash import BlockHash, without

SHA256 = BlockHash("SHA-256", sha256_blocks, BLOCKS, COMPRESS, value_bytes=32, block_bytes=64, word=32)

CONTRACTS = (
    SHA256.contract("sha256_block_armv8"),
    SHA256.contract("sha256_block_neon"),
    SHA256.contract("sha256_block_data_order", globals_=(without(0x11, "neither NEON nor the SHA-256 instructions"),)),
)
