# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""OpenSSL's MD5 block function (RFC 1321)."""

from __future__ import annotations

from crypto_specs.md5 import BLOCKS, COMPRESS, F, G, I, md5_blocks
from symsim.proofs.block_hash import BlockHash
from symsim.words import words

MD5 = BlockHash("MD5", md5_blocks, BLOCKS, COMPRESS, value_bytes=16, block_bytes=64, word=32)

# The number of blocks is a size_t, but the code counts in w2: with 2^32 blocks or more it would stop early.
CONTRACTS = (MD5.contract("ossl_md5_block_asm_data_order", num_bits=32),)

WORDS = words(32, F, G, I)
