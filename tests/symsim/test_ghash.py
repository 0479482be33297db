# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""GHASH by carry-less products: the lemmas, and the contracts that rest on them."""

from dataclasses import replace
from random import Random
from types import SimpleNamespace

import pytest

from crypto_specs.gcm import ghash_blocks, multiply
from crypto_specs.memory import Memory
from kernel.evaluate import evaluate
from kernel.ops import eq, number, read, ule, ult
from kernel.rules import ASSUME
from kernel.sorts import BV, MEM
from kernel.term import Term, Var, postorder
from symsim.contract import INDEX_VARIABLE, MEMORY, Contract, says_what_is_held
from symsim.corpus import object_spec
from symsim.errors import ArmsymError, NotAvailable
from symsim.facts import Facts
from symsim.fold import MOST_ROUNDS, NotMatched, rounds_between
from symsim.program import Program
from symsim.proofs import gcm_v8, gcm_v8_ghash, ghash_products, spec_ghash
from symsim.proofs.gf128 import BLOCK, POWER_OF_SUM, SUM_OF_POWERS, power_of
from symsim.prove import RoutineProof
from symsim.simplify import Simplifier
from symsim.theorem import Claim, Refuted, Theorem
from symsim.witness import check_witness

A, B, H = (Var(name, BLOCK) for name in ("a", "b", "h"))
CONTRACTS = {c.symbol: c for c in (*gcm_v8.CONTRACTS, *gcm_v8_ghash.CONTRACTS)}


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


@pytest.mark.parametrize("count", [1, 2, 4])
def test_several_blocks_at_once(count: int) -> None:
    th = gcm_v8_ghash.several_blocks(count)
    premise, same = th.concl.args
    assert not th.hyps and not th.oracles
    assert premise is ult(INDEX_VARIABLE, (1 << 64) - count)
    before, after = ghash_blocks(INDEX_VARIABLE, *same.args[0].args[1:]), same.args[0]
    assert after is ghash_blocks(INDEX_VARIABLE + count, *before.args[1:])
    assert before in set(postorder((same.args[1],)))
    memory = {Var("memory", MEM): Memory({0: bytes(range(1, 200))})}
    at = {INDEX_VARIABLE: 2, Var("value", BLOCK): 3, Var("h", BLOCK): 5 << 100, Var("address", BV(64)): 7, **memory}
    assert evaluate(same, at)


def test_blocks_are_taken_in_groups_that_make_up_all() -> None:
    for k in range(17):
        for groups in (gcm_v8_ghash.fours, gcm_v8_ghash.twos_or_fours):
            assert sum(groups(k)) == k
    assert gcm_v8_ghash.fours(11) == (4, 4, 3)
    assert gcm_v8_ghash.twos_or_fours(3) == (2, 1)


def between(total: Term, known: Term, *facts: Term) -> int:
    """The number of rounds that the facts give."""
    return rounds_between(known, total, SimpleNamespace(simplifier=Simplifier(), facts=Facts(list(map(ASSUME, facts)))))  # type: ignore[arg-type]


def test_how_many_values_are_left() -> None:
    n = Var("n", BV(64))
    assert between(n + 3, n) == 3
    whole = n >> 2 << 2
    assert between(n, whole, eq(n[1:0], 2)) == 2
    assert between(n, whole - 8, eq(n[1:0], 0), ule(number(8, 64), n)) == 8
    with pytest.raises(NotMatched, match="is not known to be"):
        between(n, whole)
    with pytest.raises(NotMatched, match=f"at most {MOST_ROUNDS} more"):
        between(n + MOST_ROUNDS + 1, n)


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
@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda c: c.name)
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


@pytest.mark.parametrize("symbol", ["gcm_gmult_v8", "gcm_ghash_v8", "gcm_ghash_v8_4x"])
def test_a_table_of_another_key_does_not_serve(symbol: str) -> None:
    contract = CONTRACTS[symbol]
    table = {"the table is one of H's": eq(read(MEMORY, gcm_v8.Htable, gcm_v8.TABLE_BYTES), gcm_v8.table(gcm_v8.H ^ 1))}
    wrong = replace(contract, requires={**contract.requires, **dict.fromkeys(gcm_v8.has_table(), *table.values())})
    assert check_witness(wrong, program(wrong, "openssl-3.0.22")).counterexample is not None
