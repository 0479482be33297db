# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""GHASH by carry-less products: the lemmas, and the contracts that rest on them."""

from dataclasses import replace
from random import Random

import pytest

from crypto_specs.gcm import multiply
from kernel.evaluate import evaluate
from kernel.ops import eq, number, read
from kernel.sorts import BV
from kernel.term import Term, Var
from symsim.contract import MEMORY, Contract, says_what_is_held
from symsim.corpus import object_spec
from symsim.errors import ArmsymError, NotAvailable
from symsim.program import Program
from symsim.proofs import gcm_v8, ghash_products, spec_ghash
from symsim.proofs.gf128 import BLOCK, POWER_OF_SUM, SUM_OF_POWERS, power_of
from symsim.prove import RoutineProof
from symsim.theorem import Claim, Refuted, Theorem
from symsim.witness import check_witness

A, B, H = (Var(name, BLOCK) for name in ("a", "b", "h"))
CONTRACTS = {c.symbol: c for c in gcm_v8.CONTRACTS}


@pytest.mark.parametrize("lemma", [ghash_products.OVER_X, ghash_products.BY_WORDS, ghash_products.PREPARED])
def test_lemmas_hold_where_they_are_evaluated(lemma) -> None:  # type: ignore[no-untyped-def]
    th, random = lemma(), Random(1)
    assert not th.hyps and not th.oracles
    for _ in range(5):
        at = {x: random.getrandbits(128) for x in (A, B, H)}
        assert evaluate(th.lhs, at) == evaluate(th.rhs, at)


def test_powers_add_up() -> None:
    th = POWER_OF_SUM(2, 3)
    assert th.concl is eq(power_of(5, A), multiply(power_of(2, A), power_of(3, A)))
    assert not th.hyps


def test_blocks_that_are_products_themselves_are_taken_as_they_are() -> None:
    blocks = [multiply(A, B), multiply(A, H)]
    th = SUM_OF_POWERS(A ^ B, blocks, H)
    first, second = A ^ B ^ blocks[0], blocks[1]
    assert th.rhs is multiply(first, power_of(2, H)) ^ multiply(second, power_of(1, H))


def test_a_wrong_law_is_refuted() -> None:
    wrong = Claim(eq(multiply(A, B), multiply(A, A)), spec_ghash.COMMUTATIVE)
    with pytest.raises(Refuted, match="it fails for a ="):
        Theorem("spec/wrong", "", {"a b = a a": wrong}).prove()


@pytest.mark.parametrize("theorem", spec_ghash.THEOREMS, ids=lambda t: t.name)
def test_theorems_about_ghash(theorem: Theorem) -> None:
    th = theorem.prove()
    assert not th.hyps and not th.oracles


def test_a_precondition_that_says_what_memory_holds() -> None:
    at = Var("at", BV(64))
    held = read(MEMORY, at, 16)
    assert says_what_is_held(eq(held, A))
    assert not says_what_is_held(eq(A, held))
    assert not says_what_is_held(eq(held, read(MEMORY, at + 16, 16)))
    assert not says_what_is_held(~eq(held, A))


def program(contract: Contract, library: str) -> Program:
    """The library, or a skip."""
    try:
        return Program.load(object_spec(library), contract.symbol)
    except NotAvailable as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("library", ["openssl-4.0.3", "openssl-3.0.22"])
@pytest.mark.parametrize("contract", gcm_v8.CONTRACTS, ids=lambda c: c.name)
def test_the_contracts_have_witnesses(contract: Contract, library: str) -> None:
    run = check_witness(contract, program(contract, library))
    assert run.counterexample is None
    assert run.stack == 0


def test_another_product_is_a_counterexample_and_no_theorem() -> None:
    contract = CONTRACTS["gcm_gmult_v8"]

    def ensures(memory: Term) -> dict[str, Term]:
        (right,) = contract.ensures(memory).values()
        held, product = right.args
        return {"wrong": eq(held, product ^ number(1, 128))}

    wrong = replace(contract, ensures=ensures)
    library = program(wrong, "openssl-3.0.22")
    assert check_witness(wrong, library).counterexample is not None
    with pytest.raises(ArmsymError, match="wrong: open"):
        RoutineProof(wrong, library, ()).prove()


def test_a_table_of_another_key_does_not_serve() -> None:
    contract = CONTRACTS["gcm_gmult_v8"]
    table = {"the table is one of H's": eq(read(MEMORY, gcm_v8.Htable, gcm_v8.TABLE_BYTES), gcm_v8.table(gcm_v8.H ^ 1))}
    wrong = replace(contract, requires=table)
    assert check_witness(wrong, program(wrong, "openssl-3.0.22")).counterexample is not None
