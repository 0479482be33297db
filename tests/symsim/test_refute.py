# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random

import pytest
from tiny_routines import GOOD, IN, MASK, OUT, TABLE, TEXT, VARIABLE, adr_x4, contract, program

from crypto_specs import sha256
from crypto_specs.message import block_of
from kernel.ops import app, eq, number, read, ule, ult
from kernel.sorts import BV, MEM
from kernel.term import Term, Var
from kernel.theory import DEFINE, DEFINE_REC
from symsim import attempt
from symsim.blast import Falsified, blast
from symsim.concrete import Machine
from symsim.contract import INDEX_VARIABLE, LR, MEMORY, SP, Contract, Global, Region
from symsim.corpus import object_spec
from symsim.counterexample import Counterexample, replay
from symsim.errors import ArmsymError, BadInput, NotAvailable
from symsim.invariant import LoopNotProved
from symsim.judge import Judge
from symsim.patch import with_words
from symsim.program import Program
from symsim.promises import CONSTANT_TIME
from symsim.proofs.sha256 import CONTRACTS, SHA256
from symsim.prove import RoutineProof
from symsim.refute import from_model, search
from symsim.sampling import Place, Sampler
from symsim.witness import check_witness

LOAD, XOR, STORE, RET = GOOD
SWITCH = Global("switch", 4, lambda value: eq(value & 1, 0), "the switch is off")
RETURNS, ENSURED = "it returns to its caller", "out is in ^ mask"
FRAME, SAFE, PRESERVED = "nothing else in memory changes", "every access is inside", "x19 to x29, sp and the low halves"

CORRECT = {
    "as it should be": GOOD,
    "registers that are free": (LOAD, XOR, STORE, "movi v7.16b, #0", "adds x4, x3, x2", RET),
    "the stack": (LOAD, XOR, "str x3, [sp, #-0x10]!", "ldr x3, [sp], #0x10", STORE, RET),
    "constants": (adr_x4(TEXT, TABLE), "ldr w4, [x4]", LOAD, XOR, STORE, RET),
}
WRONG = {
    "wrong result": ((LOAD, "orr x3, x3, x2", STORE, RET), ENSURED, ""),
    "out-of-bounds read": ((LOAD, XOR, STORE, "ldr x4, [x1, #0x10]", RET), SAFE, "a read of 8 bytes"),
    "far out-of-bounds read": ((LOAD, XOR, STORE, "ldr x4, [x1, #0x2000]", RET), SAFE, "read of"),
    "read of a variable": ((adr_x4(TEXT, VARIABLE), "ldr w4, [x4]", *GOOD), SAFE, "a read of 4 bytes"),
    "write outside": ((LOAD, XOR, STORE, "str x3, [x0, #8]", RET), FRAME, ""),
    "write to what is only read": ((LOAD, "str x3, [x1]", XOR, STORE, RET), SAFE, "a write of 8 bytes"),
    "changed x19": ((LOAD, XOR, STORE, "mov x19, x3", RET), PRESERVED, ""),
    "changed v8": ((LOAD, XOR, STORE, "movi v8.16b, #0", RET), PRESERVED, ""),
    "changed sp": ((LOAD, XOR, STORE, "sub sp, sp, #0x10", RET), PRESERVED, ""),
    "another return": ((LOAD, XOR, STORE, "ldr x4, [x1]", "ret x4"), RETURNS, "jump to"),
    "secret-dependent branch": ((LOAD, "and x4, x3, #8", "cbz x4, #8", "nop", XOR, STORE, RET), CONSTANT_TIME, "branch"),
    "secret-dependent address": ((LOAD, XOR, STORE, "and x4, x3, #8", "ldrb w4, [x1, x4]", RET), CONSTANT_TIME, "read"),
    "infinite loop": ((LOAD, XOR, STORE, "b #0"), RETURNS, "step limit"),
    "undefined instruction": ((LOAD, XOR, STORE, "udf #0", RET), RETURNS, "undefined instruction"),
    "no semantics": ((LOAD, XOR, STORE, "svc #0", RET), RETURNS, "system call"),
}


@pytest.mark.parametrize("code", CORRECT.values(), ids=CORRECT)
def test_nothing_is_found_where_nothing_is_wrong(code: tuple[str | int, ...]) -> None:
    messages: list[str] = []
    assert search(contract(), program(*code), (), tries=100, progress=messages.append) is None
    assert messages == ["32 of 100 states tried", "64 of 100 states tried", "96 of 100 states tried"]


@pytest.mark.parametrize(("code", "promise", "found"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_found(code: tuple[str | int, ...], promise: str, found: str) -> None:
    bad = program(*code)
    counterexample = search(contract(), bad, (), tries=40, limit=1000)
    assert counterexample is not None
    failure = counterexample.failure
    assert failure.promise.startswith(promise) and found in failure.found
    assert failure.found != failure.expected
    assert (counterexample.other is not None) == (promise == CONSTANT_TIME)
    again = replay(counterexample, bad, contract(), limit=1000)
    assert again == counterexample
    assert replay(counterexample, program(*GOOD), contract()) is None, "the good routine does not differ there"


def test_what_a_register_holds_in_the_end() -> None:
    result, returned = read(MEMORY, IN, 8) ^ MASK, "x3 holds the result"
    fits, bad = contract(results={"x3": result}), contract(results={"x3": result + 1})
    assert search(fits, program(*GOOD), (), tries=20) is None
    assert returned in RoutineProof(fits, program(*GOOD), ()).prove().ensures
    counterexample = search(bad, program(*GOOD), (), tries=20)
    assert counterexample is not None and counterexample.failure.promise == returned
    with pytest.raises(ArmsymError, match=returned):
        RoutineProof(bad, program(*GOOD), ()).prove()


def test_the_code_s_result_and_the_specification_s() -> None:
    counterexample = search(contract(), program(LOAD, "orr x3, x3, x2", STORE, RET), ())
    assert counterexample is not None
    given = {b.name: b.data for b in counterexample.state.blocks}
    value, mask = int.from_bytes(given["in"][:8], "little"), counterexample.state.variables["mask"]
    found, expected = ((n).to_bytes(8, "little") for n in (value | mask, value ^ mask))
    assert (counterexample.failure.found, counterexample.failure.expected) == (found.hex(" "), expected.hex(" "))
    first = next(i for i in range(8) if found[i] != expected[i])
    assert counterexample.failure.where == f"at {counterexample.state.variables['out'] + first:#x}, byte {first} of 8"


def test_the_same_seed_finds_the_same() -> None:
    bad = program(*WRONG["wrong result"][0])
    assert search(contract(), bad, (), seed=5) == search(contract(), bad, (), seed=5)
    assert search(contract(), bad, (), seed=5) != search(contract(), bad, (), seed=6)


def test_states_satisfy_the_contract_and_differ() -> None:
    small = contract(
        regions=(Region("out", OUT, 8, writable=True), Region("in", IN, MASK << 4)),
        requires={"at most 9": ule(MASK, 9), "some": ult(number(0, 64), MASK)},
        globals=(SWITCH,),
        witness={OUT: 1, IN: 2, MASK: 3},
    )
    judge = Judge(small, program(*GOOD))
    sampler = Sampler(judge, Machine(judge.program))
    starts = [sampler.state(Random(k), Place.draw(Random(k))) for k in range(40)]
    assert all(judge.unmet(start) is None for start in starts)
    assert len({start.values[MASK] for start in starts}) > 3
    assert len({start.values[OUT] < start.values[IN] for start in starts}) == 2
    assert len({start.values[SP] < start.values[IN] for start in starts}) == 2
    assert len({start.values[OUT] % 16 for start in starts}) > 3
    assert len({start.state.base < start.values[OUT] for start in starts}) == 2
    for start in starts:
        blocks = {b.name: b for b in start.state.blocks}
        assert len(blocks["in"].data) == 16 * start.values[MASK]
        assert blocks["switch"].address == start.state.base + VARIABLE and not blocks["switch"].data[0] & 1


def test_pairs_differ_in_secrets_alone() -> None:
    judge = Judge(contract(), program(*GOOD))
    sampler = Sampler(judge, Machine(judge.program))
    one = sampler.state(Random(1), Place.draw(Random(1)))
    other = sampler.state(Random(2), Place.draw(Random(2)), like=one)
    assert all(one.values[x] == other.values[x] for x in (OUT, IN, SP, LR))
    assert one.state.base == other.state.base
    assert one.values[MASK] != other.values[MASK]
    assert one.state.components["x5"] != other.state.components["x5"]
    assert all(a.address == b.address for a, b in zip(one.state.blocks, other.state.blocks, strict=True))


def test_the_witness_serves_where_chance_does_not() -> None:
    narrow = contract(requires={"one mask": eq(MASK, 0x1234)}, witness={OUT: 1, IN: 2, MASK: 0x1234})
    counterexample = search(narrow, program(*WRONG["changed x19"][0]), (), tries=2)
    assert counterexample is not None and counterexample.state.variables["mask"] == 0x1234


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"requires": {"impossible": ult(MASK, MASK)}}, "no state was found that satisfies tiny/mask: impossible"),
        ({"witness": {OUT: 1, IN: 2}}, "the witness of tiny/mask has no value for mask"),
        ({"regions": (Region("out", OUT + IN, 8, True),)}, "out starts at .*, no pointer and a distance"),
    ],
)
def test_contracts_that_can_t_be_tried(changes: dict[str, object], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        search(contract(**changes), program(*GOOD), ())


# Counterexamples as files


@pytest.fixture
def found() -> Counterexample:
    counterexample = search(contract(), program(*WRONG["secret-dependent branch"][0]), ())
    assert counterexample is not None and counterexample.other is not None
    return counterexample


def test_a_counterexample_is_kept(found: Counterexample, tmp_path: Path) -> None:
    found.save(tmp_path / "found.json")
    assert Counterexample.load(tmp_path / "found.json") == found
    assert [file.name for file in tmp_path.iterdir()] == ["found.json"]
    kept = json.loads((tmp_path / "found.json").read_text())
    assert kept["object"] == {"path": "tiny.so", "sha256": found.sha256}
    with pytest.raises(BadInput, match="No such file"):
        found.save(tmp_path / "nowhere" / "found.json")


def damage(contents: dict, path: list[str | int], value: object) -> None:
    for key in path[:-1]:
        contents = contents[key]
    if value is None:
        del contents[path[-1]]
    else:
        contents[path[-1]] = value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["format"], "armsym counterexample 0"),
        (["state"], None),
        (["state", "registers", "v31"], None),
        (["state", "registers", "x3"], hex(1 << 64)),
        (["state", "registers", "x3"], "-0x1"),
        (["state", "memory", 0, "bytes"], "zz"),
        (["state", "variables", "mask"], 7),
        (["object"], "tiny.so"),
        (["symbol"], 5),
        (["constants"], [1]),
        (["failure"], {"promise": "?"}),
        (["other"], 5),
        (["base"], [])
    ],
)  # fmt: skip
def test_damaged_files(found: Counterexample, tmp_path: Path, path: list[str | int], value: object) -> None:
    found.save(tmp_path / "found.json")
    contents = json.loads((tmp_path / "found.json").read_text())
    damage(contents, path, value)
    (tmp_path / "found.json").write_text(json.dumps(contents))
    with pytest.raises(BadInput, match=r"found\.json: not a counterexample as armsym writes them"):
        Counterexample.load(tmp_path / "found.json")


@pytest.mark.parametrize("text", ["", "[]", "7", "{", "\udcff", "null"])
def test_files_that_are_something_else(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(BadInput, match=r"x\.json: not a counterexample"):
        Counterexample.load(tmp_path / "x.json")
    with pytest.raises(BadInput, match="No such file"):
        Counterexample.load(tmp_path / "y.json")


def test_what_can_t_be_replayed(found: Counterexample) -> None:
    with pytest.raises(BadInput, match="the counterexample is to tiny/mask, not to other"):
        replay(found, program(*GOOD), contract(name="other", symbol="other"))
    with pytest.raises(BadInput, match="does not satisfy tiny/mask: a small mask"):
        replay(found, program(*GOOD), contract(requires={"a small mask": ult(MASK, 1)}))
    nothing = replace(found, state=found.state._replace(variables={}))
    with pytest.raises(BadInput, match="has no value for in"):
        replay(nothing, program(*GOOD), contract())


def test_a_variable_of_the_library_is_found_in_another_build() -> None:
    reading = contract(globals=(SWITCH,))
    bad = program(*WRONG["wrong result"][0])
    counterexample = search(reading, bad, ())
    assert counterexample is not None
    moved = [b._replace(address=7) if b.name == "switch" else b for b in counterexample.state.blocks]
    elsewhere = replace(counterexample, state=counterexample.state._replace(blocks=tuple(moved)))
    assert replay(elsewhere, bad, reading) == counterexample


def test_what_a_person_sees(found: Counterexample) -> None:
    counterexample = search(contract(), program(*WRONG["wrong result"][0]), ())
    assert counterexample is not None
    text = counterexample.describe()
    state = counterexample.state
    for part in ("tiny/mask does not hold for mask of tiny.so", "not kept:      out is in ^ mask", "code:          ",
                 f"x2 {state.components['x2']:016x}", f"v31 {state.components['v31']:032x}", "in: 16 bytes at 0x",
                 state.blocks[1].data.hex(" "), f"mask = {state.variables['mask']:#x}"):  # fmt: skip
        assert part in text
    assert text.count("initial state") == 1 and found.describe().count("initial state") == 2
    long = counterexample.state._replace(blocks=(state.blocks[0]._replace(data=bytes(520)),))
    assert "and 8 bytes more" in replace(counterexample, state=long).describe()


# Models


NEEDLE, STRIPES = 0x0123_4567_89AB_CDEF, 0x5555_5555_5555_5555
COMPARE = ("ldr x4, [x1, #8]", "eor x4, x4, x2", "eor x4, x4, #0x5555555555555555", "cmp x4, #0", "cset x4, eq")
PICKY = (*COMPARE, LOAD, XOR, "eor x3, x3, x4", STORE, RET)


def model_of(goal: Term) -> dict[Term, int]:
    with pytest.raises(Falsified) as caught:
        blast(goal)
    return caught.value.model


def test_a_model_becomes_a_counterexample() -> None:
    """PICKY is wrong only when the mask and the second word of the input differ in every other bit: no random state hits that."""
    bad, second = program(*PICKY), read(MEMORY, IN + 8, 8)
    assert search(contract(), bad, (), tries=100) is None
    model = model_of(~eq(second ^ MASK, number(STRIPES, 64)) | ~eq(MASK, number(NEEDLE, 64)))
    assert (model[second], model[MASK]) == (NEEDLE ^ STRIPES, NEEDLE)
    counterexample = from_model(contract(), bad, (), model)
    assert counterexample is not None
    assert counterexample.failure.promise == ENSURED
    assert counterexample.state.variables["mask"] == NEEDLE
    assert replay(counterexample, bad, contract()) == counterexample
    assert from_model(contract(), program(*GOOD), (), model) is None, "only what really differs is reported"


def test_an_open_goal_leads_to_a_counterexample() -> None:
    bad = program(*PICKY)
    with pytest.raises(ArmsymError, match="open: ") as caught:
        RoutineProof(contract(), bad, ()).prove()
    model = attempt.model_of(caught.value)
    assert model is not None
    assert from_model(contract(), bad, (), model) is not None
    assert attempt.model_of(LoopNotProved("no formula is left")) is None
    assert attempt.model_of(LoopNotProved("true, but open", eq(MASK, MASK))) is None


def test_a_model_in_the_middle_of_a_loop() -> None:
    bad, place = program(*PICKY), read(MEMORY, IN + 8 + (INDEX_VARIABLE << 3), 8)
    assert from_model(contract(), bad, (), {place: NEEDLE ^ STRIPES, MASK: NEEDLE, INDEX_VARIABLE: 0}) is not None


def test_addresses_of_a_model_are_kept_where_they_can_be() -> None:
    bad = program(*WRONG["wrong result"][0])
    exact = from_model(contract(), bad, (), {OUT: 0x77_0008, IN: 0x66_0003})
    assert exact is not None and (exact.state.variables["out"], exact.state.variables["in"]) == (0x77_0008, 0x66_0003)
    moved = from_model(contract(), bad, (), {OUT: (1 << 64) - 8, IN: (1 << 64) - 4})
    assert moved is not None and moved.state.variables["in"] % 4096 == 4092
    assert from_model(contract(requires={"impossible": ult(MASK, MASK)}), bad, (), {}) is None


# Other words


def test_with_words() -> None:
    good = program(*GOOD)
    changed = with_words(good, {TEXT + 4: 0xAA020063})
    assert (good.word(TEXT + 4), changed.word(TEXT + 4)) == (0xCA020063, 0xAA020063)
    assert changed.sha256 != good.sha256 and changed.sha256 == with_words(good, {TEXT + 4: 0xAA020063}).sha256
    assert "0x1004: 0xaa020063" in changed.path
    assert with_words(good, {TEXT + 4: 0xCA020063}) is good
    assert search(contract(), changed, ()) is not None
    for address in (TABLE, TEXT + 2, TEXT + 16, 0):
        with pytest.raises(BadInput, match="holds no instruction"):
            with_words(good, {address: 0})


# SHA-256


def openssl(c: Contract) -> tuple[Program, tuple[tuple[int, int], ...]]:
    try:
        spec = object_spec("openssl-4.0.3")
    except NotAvailable as error:
        pytest.skip(str(error))
    library = Program.load(spec, c.symbol)
    return library, check_witness(c, library).constants


@pytest.mark.parametrize("c", CONTRACTS, ids=lambda c: c.symbol)
def test_sha256_is_not_refuted(c: Contract) -> None:
    library, constants = openssl(c)
    assert search(c, library, constants, tries=8) is None


def wrong_k(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sha256, "K", (*sha256.K[:63], sha256.K[63] ^ 1))


def wrong_rotation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sha256, "Sigma0", lambda x: sha256.ror(x, 2) ^ sha256.ror(x, 13) ^ sha256.ror(x, 23))


@pytest.mark.parametrize("mistake", [wrong_k, wrong_rotation])
def test_a_wrong_specification_is_refuted(mistake: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    mistake(monkeypatch)
    value, block = sha256.COMPRESS.lhs.args
    compress = DEFINE(f"{mistake.__name__}_compress", (value, block), sha256.compress(value, block))
    wrong = replace(SHA256, blocks=partial(blocks, mistake.__name__), compress=compress).contract("sha256_block_armv8")
    library, constants = openssl(CONTRACTS[0])
    counterexample = search(wrong, library, constants, tries=2)
    assert counterexample is not None and counterexample.failure.promise.startswith("the context holds")
    assert replay(counterexample, library, wrong) == counterexample
    assert replay(counterexample, library, CONTRACTS[0]) is None, "there the code does what the right specification says"


def blocks(name: str, count: Term, value: Term, memory: Term, address: Term) -> Term:
    """The hash value after some blocks, by the compression function of that name."""
    i, v, m, a = Var("i", BV(64)), Var("value", BV(256)), Var("memory", MEM), Var("address", BV(64))
    previous = Var("previous", BV(256))
    following = app(f"{name}_compress", BV(256), previous, block_of(m, a + (i << 6), sha256.BLOCK))
    DEFINE_REC(f"{name}_blocks", i, (v, m, a), v, previous, following)
    return app(f"{name}_blocks", BV(256), count, value, memory, address)


def test_a_failure_rests_on_the_kernel_s_evaluation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symsim.judge.value", lambda term, values: 0)
    with pytest.raises(ArmsymError, match="tiny/mask: two evaluations of the specification differ: out is in"):
        search(contract(), program(*GOOD), ())


def test_a_contract_without_a_stack() -> None:
    assert search(contract(stack=0), program(*GOOD), (), tries=40) is None
    counterexample = search(contract(stack=0), program(*CORRECT["the stack"]), (), tries=2)
    assert counterexample is not None and counterexample.failure.promise.startswith(SAFE)


@pytest.mark.parametrize("name", [*CORRECT, *WRONG])
def test_searches_and_proofs_agree(name: str) -> None:
    """What is refuted is never proved."""
    if name == "infinite loop":
        pytest.skip("a proof goes round a million times")
    code = CORRECT[name] if name in CORRECT else WRONG[name][0]
    routine = program(*code)
    try:
        RoutineProof(contract(), routine, check_witness(contract(), routine).constants).prove()
    except ArmsymError:
        assert name in WRONG
    else:
        assert name in CORRECT


def test_the_proof_s_own_statement_is_tried() -> None:
    good = program(*GOOD)
    proof = RoutineProof(contract(), good, ())
    judge = Judge(contract(), good)
    assert judge.requires == proof.requires
    assert judge.entry == TEXT
