# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""XTS with ciphertext stealing: the contracts hold where the code runs, and contracts that are nearly the same do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import pytest

from crypto_specs.message import byte_string
from crypto_specs.xts import XTS, tweak_after
from kernel.ops import concat, conj, eq, implies, read
from kernel.term import Term
from symsim.catalogue import routine
from symsim.contract import MEMORY, Contract
from symsim.corpus import object_spec
from symsim.errors import NotAvailable
from symsim.facts import Facts
from symsim.program import Program
from symsim.proofs.aes_v8 import block_at, reversed_schedule
from symsim.proofs.aes_v8_xts import iv, key2, tail
from symsim.proofs.block_modes import key, n, out
from symsim.witness import WitnessRun, check_witness

LENGTHS = (1, 0), (1, 5), (2, 1), (4, 0), (6, 15), (9, 7), (13, 1)
"""Whole blocks and bytes of a tail: each remainder of five, with and without a tail."""


@cache
def library(symbol: str) -> Program:
    try:
        return Program.load(object_spec("openssl-4.0.3"), symbol)
    except NotAvailable as error:
        pytest.skip(str(error))


def run(contract: Contract, blocks: int, rest: int) -> WitnessRun:
    return check_witness(replace(contract, witness={**contract.witness, n: blocks, tail: rest}), library(contract.symbol))


def of(name: str) -> Contract:
    return routine(f"openssl/aes_v8_xts_{name}").contract()


@pytest.mark.parametrize("name", ["encrypt_128", "decrypt_256_in_place"])
def test_the_contract_holds_for_lengths_of_every_kind(name: str) -> None:
    contract = of(name)
    for blocks, rest in LENGTHS:
        assert run(contract, blocks, rest).counterexample is None


def exchanged(contract: Contract) -> Contract:
    """The contract of decryption with the last two tweaks in the order in which encryption uses them."""
    mode = XTS[128]
    schedule, cipher = reversed_schedule(MEMORY, mode.aes), mode.aes.EqInvCipher
    tweak = mode.first_tweak(block_at(MEMORY, iv), block_at(MEMORY, key2, 16 * (mode.aes.rounds + 1)))
    source, t = contract.arguments["x0"], 5
    CC = mode.block(cipher, schedule, tweak_after(n - 1, tweak), block_at(MEMORY, source + (n - 1 << 4)))
    PP = concat(*[read(MEMORY, source + (n << 4) + k, 1) for k in range(t)], CC[127 - 8 * t : 0])
    last = byte_string(mode.block(cipher, schedule, tweak_after(n, tweak), PP))

    def ensures(memory: Term) -> Mapping[str, Term]:
        return {"stolen": conj(implies(eq(tail, t), eq(read(memory, out + (n - 1 << 4), 16), last)))}

    return replace(contract, ensures=ensures)


def test_tweaks_in_the_order_of_encryption_are_refuted_for_decryption() -> None:
    found = run(exchanged(of("decrypt_128")), 6, 5).counterexample
    assert found is not None and found.failure.promise == "stolen"


def test_without_a_tail_of_that_size_nothing_is_stolen() -> None:
    assert run(exchanged(of("decrypt_128")), 6, 4).counterexample is None


def test_another_tweak_for_the_blocks_is_refuted() -> None:
    contract = of("encrypt_128")
    assert contract.output is not None
    block = contract.output.block
    wrong = replace(contract, output=replace(contract.output, block=lambda j: block(j + 1)))
    found = run(wrong, 6, 0).counterexample
    assert found is not None and found.failure.promise == contract.output.label


def test_the_key_of_the_tweak_is_not_that_of_the_blocks() -> None:
    contract = of("encrypt_128")
    wrong = replace(contract, arguments=contract.arguments | {"x3": key2, "x4": key})
    found = run(wrong, 6, 0).counterexample
    assert found is not None and contract.output is not None and found.failure.promise == contract.output.label


def test_facts_give_the_number_that_they_leave() -> None:
    facts = Facts()
    facts.assume(eq(n & 7, n))
    assert facts.number(n) is None
    facts.assume(eq(n + 3, 8))
    assert (facts.number(n), facts.number(n + n)) == (5, 10)
