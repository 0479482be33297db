# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""OpenSSL's SM3 block function (GB/T 32905)."""

from __future__ import annotations

from crypto_specs.sm3 import BLOCKS, COMPRESS, ExpandedWord, sm3_blocks
from symsim.contract import Cuts
from symsim.proofs.block_hash import BlockHash

# Over the bits of the message, the words of the schedule are sums of hundreds of terms.
SCHEDULE = Cuts((ExpandedWord.definition,), 32)
SM3 = BlockHash("SM3", sm3_blocks, BLOCKS, COMPRESS, value_bytes=32, block_bytes=64, word=32, cuts=SCHEDULE)

# The number of blocks is a size_t, but the code counts in w2: with 2^32 blocks or more it would stop early.
CONTRACTS = (SM3.contract("ossl_hwsm3_block_data_order", num_bits=32),)
