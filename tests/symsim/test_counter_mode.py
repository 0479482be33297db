# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Counter mode: contracts whose counter carries on where it should wrap are refuted, and so is code that counts wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from crypto_specs.aes import AES
from crypto_specs.message import byte_string
from crypto_specs.modes import block_in
from isa.decode import disassemble
from kernel.ops import concat, zext
from kernel.term import Term
from symsim.catalogue import routine
from symsim.contract import MEMORY, Contract
from symsim.corpus import object_spec
from symsim.errors import ArmsymError, NotAvailable
from symsim.flow import explore
from symsim.patch import with_words
from symsim.program import Program
from symsim.proofs.aes_v8 import block_at
from symsim.proofs.block_modes import inp, ivec, key
from symsim.prove import RoutineProof
from symsim.refute import search
from symsim.witness import check_witness

WRAPS_AFTER = 3
"""Blocks of the witness, after which the last 32 bits of its counter are 0."""


def carries_into_the_nonce(first: Term, i: Term) -> Term:
    return first + zext(i, 128)


def wraps_at_64_bits(first: Term, i: Term) -> Term:
    return concat(first[127:64], first[63:0] + i)


def wraps_at_16_bits(first: Term, i: Term) -> Term:
    return concat(first[127:16], first[15:0] + i[15:0])


def counts_backwards(first: Term, i: Term) -> Term:
    return concat(first[127:32], first[31:0] - i[31:0])


def contract(name: str = "aes_v8_ctr32_encrypt_blocks_128") -> Contract:
    return routine(f"openssl/{name}").contract()


def library(version: str = "openssl-4.0.3") -> Program:
    try:
        return Program.load(object_spec(version), contract().symbol)
    except NotAvailable as error:
        pytest.skip(str(error))


def counting(counter: Callable[[Term, Term], Term]) -> Contract:
    """The contract for another way of counting."""
    plain, aes = contract(), AES[128]
    assert plain.output is not None
    schedule, first = block_at(MEMORY, key, 16 * (aes.rounds + 1)), block_at(MEMORY, ivec)

    def block(j: Term) -> Term:
        return byte_string(block_in(MEMORY, inp, j) ^ aes.Cipher(counter(first, j), schedule))

    return replace(plain, output=replace(plain.output, block=block))


@pytest.mark.parametrize(
    ("counter", "block"),
    [
        (carries_into_the_nonce, WRAPS_AFTER),
        (wraps_at_64_bits, WRAPS_AFTER),
        (wraps_at_16_bits, WRAPS_AFTER),
        (counts_backwards, 1),
    ],
)
def test_another_counter_is_refuted_at_the_block_where_it_differs(counter: Callable[[Term, Term], Term], block: int) -> None:
    wrong = counting(counter)
    witness = check_witness(wrong, library())
    assert witness.counterexample is not None
    assert wrong.output is not None and witness.counterexample.failure.promise == wrong.output.label
    assert f"at {0x2_0000 + 16 * block:#x}" in witness.counterexample.failure.where


def test_it_is_found_among_random_states_too() -> None:
    wrong = counting(carries_into_the_nonce)
    found = search(wrong, library(), check_witness(contract(), library()).constants, tries=400)
    assert found is not None and wrong.output is not None and found.failure.promise == wrong.output.label


@pytest.mark.slow
def test_another_counter_is_not_proved() -> None:
    with pytest.raises(ArmsymError):
        RoutineProof(replace(counting(wraps_at_64_bits), name="openssl/ctr_wraps_at_64_bits"), library(), ()).prove()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "which"),
    [
        ("add w8, w8, #5", 0x11001108, 0),  # add w8, w8, #4
        ("sub w8, w8, #5", 0xD503201F, 0),
        ("mov v25.s[3], w14", 0xD503201F, 1),  # not before the loop over fives, but in it
        ("add w8, w8, #3", 0x11000908, 1),  # add w8, w8, #2, for a second round of three
        ("ld1 {v17.4s}, [x7], #0x10", 0x4CDF78F0, 0),  # a round key twice
    ],
)
def test_a_changed_instruction_is_not_proved(old: str, new: int, which: int) -> None:
    plain = library()
    flow = explore(plain.symbol(contract().symbol).address, plain.word, plain.name_of)
    places = [a for a, word in sorted(flow.words.items()) if disassemble(word, a) == old]
    changed = with_words(plain, {places[which]: new})
    assert search(contract(), changed, (), tries=400) is not None
    with pytest.raises(ArmsymError):
        RoutineProof(replace(contract(), name=f"openssl/ctr_with_{new:x}_{which}"), changed, ()).prove()
