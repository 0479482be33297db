# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""OpenSSL's SHA-256 block functions (FIPS 180-4)."""

from __future__ import annotations

from crypto_specs.sha256 import BLOCKS, COMPRESS, Ch, Maj, Sigma0, Sigma1, sha256_blocks, sigma0, sigma1
from symsim.proofs.block_hash import BlockHash, without
from symsim.words import words

SHA256 = BlockHash("SHA-256", sha256_blocks, BLOCKS, COMPRESS, value_bytes=32, block_bytes=64, word=32)

CONTRACTS = (
    SHA256.contract("sha256_block_armv8"),
    SHA256.contract("sha256_block_neon"),
    SHA256.contract("sha256_block_data_order", globals_=(without(0x11, "neither NEON nor the SHA-256 instructions"),)),
)

WORDS = words(32, Ch, Maj, Sigma0, Sigma1, sigma0, sigma1)
