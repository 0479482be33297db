# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The mutation campaign: nothing that a run tells from the contract is ever proved.

`ARMSYM_MUTANTS` is how many mutants of each routine are tried (0: all), `ARMSYM_MUTANTS_TRIES` from how many states (default 200),
`ARMSYM_MUTANTS_PROVED` for how many of those that a run refutes a proof is tried all the same, `ARMSYM_MUTANTS_LIMIT` the seconds for a
proof (default 60), `ARMSYM_MUTANTS_SEED` the seed, and `ARMSYM_MUTANTS_TABLE` a file that the tables are added to.
"""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest
from mutants import KINDS, Campaign, Mutant, executed, in_processes, mutants, table
from tiny_routines import CODE, GOOD, TEXT, contract, program

from isa.decode import disassemble
from symsim.catalogue import routine
from symsim.concrete import Machine
from symsim.contract import Contract
from symsim.corpus import object_spec
from symsim.errors import NotAvailable
from symsim.program import Program
from symsim.refute import Search
from symsim.witness import check_witness

TRIES = 200


def setting(name: str, default: int) -> int:
    return int(os.environ.get(name, default))


def test_mutants_differ_in_what_they_should() -> None:
    words = [(TEXT, CODE["ldr x4, [x1, #8]"]), (TEXT + 4, CODE["eor x3, x3, x2"]), (TEXT + 8, CODE["nop"])]
    made = [m for seed in range(50) for m in mutants(words, seed)]
    assert made[:7] == mutants(words, 0), "the seed decides"
    for m in made:
        difference = m.word ^ m.mutated
        assert difference
        if m.address == TEXT and m.kind == "register":
            assert difference & ~0x3FF == 0, "Rn or Rt"
        if m.address == TEXT and m.kind == "immediate":
            assert difference & ~(0xFFF << 10) == 0, "imm12"
        if m.kind == "opcode":
            assert difference.bit_count() == 1
    assert {m.kind for m in made if m.address == TEXT} == set(KINDS)


def test_executed_instructions() -> None:
    events = [("branch", 0x5010, 8), ("read", 0x9000, 8), ("branch", 0x5010, 4), ("branch", 0x5020, 4)]
    assert executed(events, 0x5000) == [0x10, 0x14, 0x20]


def die(mutant: Mutant) -> str:
    if mutant.address == 1:
        os._exit(3)
    while mutant.address == 2:
        pass
    return f"did {mutant.address}"


def test_work_that_dies_or_never_ends() -> None:
    tasks = [Mutant(address, "opcode", 0, 1) for address in range(4)]
    results = {m.address: r for m, r in in_processes(die, tasks, 1, 2)}
    assert results == {0: "did 0", 1: "? died", 2: "? took longer than 1 s", 3: "did 3"}


def test_a_campaign_in_small() -> None:
    tiny = program("nop", *GOOD)
    words = {
        "ldr x3, [x1, #8]": (TEXT + 4, 0xF9400423),
        "orr x3, x3, x2": (TEXT + 8, CODE["orr x3, x3, x2"]),
        "eor x3, x2, x3": (TEXT + 8, 0xCA030043),
        "udf #0": (TEXT, 0),
        "movi v7.16b, #0": (TEXT, CODE["movi v7.16b, #0"]),
        "mov x19, x3": (TEXT, CODE["mov x19, x3"]),
    }
    made = [Mutant(address, "opcode", tiny.word(address), word) for address, word in words.values()]
    assert [disassemble(m.mutated) for m in made] == list(words)
    verdicts = Campaign(contract(), tiny, (), 40, 0).run(made, also_proved=6, limit=60)
    assert [v.status for v in verdicts] == ["refuted", "refuted", "equivalent", "refuted", "equivalent", "refuted"]
    assert [v.proved for v in verdicts] == [False, False, True, False, True, False]
    assert "eor x3, x3, x2 -> eor x3, x2, x3" in table("tiny", tiny, verdicts)


def test_a_campaign_on_a_wrong_routine() -> None:
    wrong = program("nop", "orr x3, x3, x2", *GOOD[2:])
    with pytest.raises(AssertionError, match="the routine itself is refuted"):
        Campaign(contract(), wrong, (), 20, 0).run([], 0, 60)


def test_what_neither_runs_nor_proofs_decide_is_open() -> None:
    made = [Mutant(TEXT + 4, "opcode", CODE["eor x3, x3, x2"], CODE["orr x3, x3, x2"])]
    (verdict,) = Campaign(contract(), program(*GOOD), (), 0, 0).run(made, also_proved=0, limit=60)
    assert (verdict.status, verdict.proved) == ("open", False)
    assert verdict.why.startswith("out is in ^ mask")


TWENTY = (
    "sha1_block_armv8",
    "sha1_block_data_order",
    "sha256_block_neon",
    "sha512_block_armv8",
    "sha512_block_data_order",
    "ossl_md5_block_asm_data_order",
    "ossl_hwsm3_block_data_order",
    "KeccakF1600",
    "KeccakF1600_cext",
    "gcm_init_v8",
    "gcm_gmult_v8",
    "aes_v8_encrypt_128",
    "aes_v8_decrypt_192",
    "aes_v8_encrypt_256_in_place",
    "aes_v8_set_encrypt_key_128",
    "aes_v8_set_encrypt_key_192",
    "aes_v8_set_encrypt_key_256",
    "aes_v8_set_decrypt_key_128",
    "vpaes_encrypt_128",
    "vpaes_decrypt_256",
)
"""Thirty mutants of each are tried, where the two above have five hundred."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "count", "also_proved"),
    [
        *((symbol, 500, 20) for symbol in ("sha256_block_armv8", "sha256_block_data_order")),
        *((symbol, 30, 2) for symbol in TWENTY),
    ],
)
def test_no_mutant_that_a_run_refutes_is_proved(name: str, count: int, also_proved: int) -> None:
    c = routine(f"openssl/{name}").contract()
    library, constants = openssl(c)
    seed = setting("ARMSYM_MUTANTS_SEED", 1)
    made = mutants([(a, library.word(a)) for a in path(c, library, constants)], seed)
    count = setting("ARMSYM_MUTANTS", count) or len(made)
    chosen = sorted(Random(seed).sample(made, min(count, len(made))))
    campaign = Campaign(c, library, constants, setting("ARMSYM_MUTANTS_TRIES", TRIES), seed, jobs=os.cpu_count() or 1)
    also_proved, limit = setting("ARMSYM_MUTANTS_PROVED", also_proved), setting("ARMSYM_MUTANTS_LIMIT", 60)
    verdicts = campaign.run(chosen, also_proved, limit, seed)
    shown = table(f"{c.name} ({len(made)} possible)", library, verdicts)
    print(shown)
    if place := os.environ.get("ARMSYM_MUTANTS_TABLE"):
        with Path(place).open("a") as file:
            file.write(shown + "\n")
    assert not [v for v in verdicts if v.status == "refuted" and v.proved], "a wrong routine was proved"
    assert sum(v.status == "refuted" for v in verdicts) > len(verdicts) // 2
    unchanged = campaign.run([chosen[0]._replace(mutated=chosen[0].word)], 0, 300)
    assert [v.status for v in unchanged] == ["equivalent"], "else no proof says anything here"


def path(c: Contract, library: Program, constants: tuple[tuple[int, int], ...]) -> list[int]:
    """The instructions that the routine executes on the way that its contract chooses."""
    search = Search(c, library, constants)
    start = search.pair(0)[0].state
    return executed(Machine(library).run(start, search.judge.entry).events, start.base)


def openssl(c: Contract) -> tuple[Program, tuple[tuple[int, int], ...]]:
    try:
        spec = object_spec("openssl-4.0.3")
    except NotAvailable as error:
        pytest.skip(str(error))
    library = Program.load(spec, c.symbol)
    return library, check_witness(c, library).constants
