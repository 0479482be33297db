# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""OpenSSL's SHA-512 block functions (FIPS 180-4); SHA-384 and SHA-512/t differ in the initial value alone."""

from __future__ import annotations

from crypto_specs.sha512 import BLOCKS, COMPRESS, Ch, Maj, Sigma0, Sigma1, sha512_blocks, sigma0, sigma1
from symsim.proofs.block_hash import BlockHash, without
from symsim.words import words

SHA512 = BlockHash("SHA-512", sha512_blocks, BLOCKS, COMPRESS, value_bytes=64, block_bytes=128, word=64)

CONTRACTS = (
    SHA512.contract("sha512_block_armv8"),
    SHA512.contract("sha512_block_data_order", globals_=(without(0x40, "no SHA-512 instructions"),), stack=512),
)

WORDS = words(64, Ch, Maj, Sigma0, Sigma1, sigma0, sigma1)
