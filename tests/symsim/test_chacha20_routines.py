# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""OpenSSL's ChaCha20 does not keep contracts that are nearly the right one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from crypto_specs.chacha20 import key_stream
from crypto_specs.message import byte_of
from kernel.ops import read
from kernel.term import Term
from symsim.contract import MEMORY, Contract, Output
from symsim.corpus import object_spec
from symsim.counterexample import Counterexample
from symsim.errors import NotAvailable
from symsim.program import Program
from symsim.proofs.chacha20 import PARAMETERS, counter, ctr32, inp, n
from symsim.witness import check_witness

RIGHT = ctr32(False)
assert RIGHT.output is not None and RIGHT.rest is not None
BLOCKS, REST = RIGHT.output, RIGHT.rest


def refuted(contract: Contract) -> Counterexample | None:
    try:
        library = Program.load(object_spec("openssl-4.0.3"), contract.symbol)
    except NotAvailable as error:
        pytest.skip(str(error))
    return check_witness(contract, library).counterexample


def with_block(output: Output, block: Callable[[Term], Term]) -> Output:
    return replace(output, block=block)


def test_the_contract_fits_its_witness() -> None:
    assert refuted(RIGHT) is None


def test_a_counter_that_starts_one_late() -> None:
    late = with_block(BLOCKS, lambda j: read(MEMORY, inp + (j << 6), 64) ^ key_stream(j + 1, *PARAMETERS))
    found = refuted(replace(RIGHT, output=late))
    assert found is not None and found.failure.promise == BLOCKS.label


@pytest.mark.parametrize(("block", "shift"), [(1, 0), (0, 1)])
def test_another_part_of_the_key_stream_for_the_rest(block: int, shift: int) -> None:
    def byte(j: Term) -> Term:
        return read(MEMORY, inp + n * 64 + j, 1) ^ byte_of(key_stream(n + block, *PARAMETERS), j + shift)

    found = refuted(replace(RIGHT, rest=with_block(REST, byte)))
    assert found is not None and found.failure.promise == REST.label


def test_a_counter_that_wraps_carries_into_the_nonce() -> None:
    requires = {label: p for label, p in RIGHT.requires.items() if label != "the counter does not wrap"}
    assert len(requires) < len(RIGHT.requires)
    found = refuted(replace(RIGHT, requires=requires, witness=RIGHT.witness | {counter: (1 << 32) - 2}))
    assert found is not None and found.failure.promise == BLOCKS.label
    assert f"at {0x2_0000 + 128:#x}" in found.failure.where, "the third block is the first wrong one"
