# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""ECB and CBC decryption, five blocks in a round: what another contract says of them is refuted in the emulator, and a change in the tail
of one block, which no state with another number of blocks shows, is not proved."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crypto_specs.aes import AES
from crypto_specs.message import byte_string
from crypto_specs.modes import block_in
from isa.decode import disassemble
from kernel.ops import ite, ult
from kernel.term import Term
from symsim.contract import MEMORY, Contract
from symsim.corpus import object_spec
from symsim.counterexample import Counterexample
from symsim.errors import ArmsymError, NotAvailable
from symsim.flow import explore
from symsim.patch import with_words
from symsim.program import Program
from symsim.proofs.aes_modes_by_five import cbc_decrypt, ecb
from symsim.proofs.aes_v8 import block_at, reversed_schedule
from symsim.proofs.block_modes import inp, key, n
from symsim.prove import RoutineProof
from symsim.witness import check_witness


def library(symbol: str) -> Program:
    try:
        return Program.load(object_spec("openssl-4.0.3"), symbol)
    except NotAvailable as error:
        pytest.skip(str(error))


def refuted(contract: Contract, **changes: object) -> Counterexample:
    """How two blocks refute the contract with this output, but not without the changes."""
    contract = replace(contract, witness=contract.witness | {n: 2})
    assert contract.output is not None
    wrong = replace(contract, output=replace(contract.output, **changes))
    program = library(contract.symbol)
    assert check_witness(contract, program).counterexample is None
    found = check_witness(wrong, program).counterexample
    assert found is not None and found.failure.promise == contract.output.label
    return found


def test_the_first_two_blocks_do_not_change_places() -> None:
    contract = ecb(128, encrypts=True, source=inp)
    schedule = block_at(MEMORY, key, 16 * (AES[128].rounds + 1))

    def swapped(j: Term) -> Term:
        return byte_string(AES[128].Cipher(block_in(MEMORY, inp, ite(ult(j, 2), j ^ 1, j)), schedule))

    assert "0x20000" in refuted(contract, block=swapped).failure.where


def test_decryption_is_not_encryption_backwards_with_its_schedule() -> None:
    """The schedule in the order of its use, as if it were in the standard's."""
    schedule = block_at(MEMORY, key, 16 * (AES[128].rounds + 1))
    refuted(
        ecb(128, encrypts=False, source=inp),
        block=lambda j: byte_string(AES[128].EqInvCipher(block_in(MEMORY, inp, j), schedule)),
    )


def test_cbc_adds_the_block_before_to_each_block_but_the_first() -> None:
    """Block j without anything added, as in ECB: the iv is no block of zeros."""
    schedule = reversed_schedule(MEMORY, AES[128])
    found = refuted(
        cbc_decrypt(128, source=inp),
        block=lambda j: byte_string(AES[128].EqInvCipher(block_in(MEMORY, inp, j), schedule)),
    )
    assert "0x20000" in found.failure.where


@pytest.mark.slow
def test_a_change_that_only_a_tail_of_one_block_shows_is_not_proved() -> None:
    contract = ecb(128, encrypts=True, source=inp)
    program = library(contract.symbol)
    flow = explore(program.symbol(contract.symbol).address, program.word, program.name_of)
    tail = next(a for a in reversed(flow.words) if disassemble(flow.words[a], a) == "eor v5.16b, v7.16b, v24.16b")
    changed = with_words(program, {tail: 0x6E211CE5})  # eor v5.16b, v7.16b, v1.16b
    assert check_witness(contract, changed).counterexample is None
    alone = replace(contract, witness=contract.witness | {n: 6})
    assert check_witness(alone, changed).counterexample is not None
    with pytest.raises(ArmsymError):
        RoutineProof(contract, changed, ()).prove()
