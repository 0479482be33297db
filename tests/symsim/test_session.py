# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import blocks_routine
import pytest
import small_routine
from stepping_routine import CALL, LOOP, SUBROUTINE, routine

from kernel.ops import number, ult
from kernel.sorts import BOOL, BV, MEM
from kernel.term import Const, Term, Var
from kernel.thm import Thm
from symsim import Session
from symsim.errors import ArmsymError, BadInput, NotAvailable
from symsim.explain import explain, one_line
from symsim.path import Stuck
from symsim.program import Program
from symsim.repl.countermodel import Countermodel
from symsim.repl.expression import parse
from symsim.repl.goals import Proof, TacticFailed, Wrong, definition_at
from symsim.repl.moment import Finished, Fork
from symsim.repl.sums import keep_sums_small
from symsim.simplify import Simplifier

X, Y, M, P = Var("x", BV(64)), Var("y", BV(64)), Var("mem", MEM), Var("p", BOOL)
SMALL = {"x": X, "y": Y, "mem": M, "p": P}


@pytest.fixture
def session() -> Session:
    return Session.of(Program.from_bytes(routine(), "routine.so"), "routine")


# Stepping


def test_steps_forward_and_back(session: Session) -> None:
    start = session.now
    session.step(4)
    assert str(session.show("x6")) == "0x7060504"
    assert session.where() == "routine+0x10  add x0, x0, x1"
    assert [c.name for c in session.diff(2)] == ["x5", "x6"]
    session.back(2)
    assert session.where() == "routine+0x8  adr x5, #0x1100"
    session.back(100)
    assert session.now is start


def test_a_fork_needs_a_decision_and_keeps_it(session: Session) -> None:
    with pytest.raises(Fork, match=r"depends on x2@0 - 1 == 0"):
        session.until("return")
    assert session.undecided is not None
    session.take(False)
    assert session.now.address == LOOP
    assert [one_line(c, session.names()) for c in session.conditions] == ["x2@0 - 1 != 0"]
    assert str(session.show("x0")) == "x0@0 + x1@0"


def test_a_condition_that_the_path_decides_is_taken(session: Session) -> None:
    session.assume("x2 == 2")
    session.until("return")
    assert session.finished
    assert str(session.show("mem[x3, 8]")) in ("x0@0 + x1@0 * 2 + 7", "x1@0 * 2 + x0@0 + 7")
    with pytest.raises(Finished):
        session.step()


def test_next_goes_over_a_call(session: Session) -> None:
    session.set("x2", 1)
    session.until(CALL)
    session.next()
    assert session.now.address == CALL + 4
    session.back()
    session.back(2)
    session.step()
    assert session.now.address == SUBROUTINE


def test_until_an_address_outside_is_refused(session: Session) -> None:
    with pytest.raises(BadInput, match="no instruction of routine"):
        session.until(0x5000)
    with pytest.raises(BadInput, match="there is routine"):
        session.until("rout")


def test_a_loop_is_unrolled_from_its_head(session: Session) -> None:
    with pytest.raises(BadInput, match="from its head"):
        session.unroll()
    session.set("x2", 5)
    session.until("loop")
    session.unroll(3)
    assert session.now.address == LOOP
    assert str(session.show("x2")) == "2"
    assert session.script().endswith("s.unroll(3)\n")
    with pytest.raises(Finished):
        session.unroll(3)


def test_breakpoints_stop_a_run(session: Session) -> None:
    session.set("x2", 1)
    session.break_on_write("w6")
    session.break_at("seven")
    session.run()
    assert (session.where(), session.stopped()) == ("routine+0xc  ldr w6, [x5, #4]", "writes w6")
    session.run()
    assert session.now.address == SUBROUTINE
    session.unbreak(1)
    session.unbreak(1)
    session.mark("x0@0")
    session.break_on_secret()
    session.run()
    assert session.stopped() == "reads secret: x0 depends on x0@0"
    with pytest.raises(BadInput, match="no register 'x77'"):
        session.break_on_write("x77")


# Memory without a contract


def test_what_is_stored_is_read_back_piece_by_piece(session: Session) -> None:
    session.assume("x2 == 1")
    session.until("return")
    assert str(session.show("x4")) == "x0@0 >> 0x20"
    assert str(session.show("x7")) == "x0@0"
    assert session.now["x30"] is session.lookup("x30@0")


def test_disjointness_is_assumed_in_the_open_and_only_where_needed(session: Session) -> None:
    assert session.assumed() == []
    session.assume("x2 == 1")
    session.until("return")
    assumed = session.assumed()
    assert {"the 16 bytes at sp - 0x10", "the 8 bytes at x3"} in [
        set(a.removesuffix(" are disjoint").split(" and ")) for a in assumed
    ]
    session.back(100)
    assert session.assumed() == []


def test_accesses_around_one_pointer_are_not_assumed_disjoint(session: Session) -> None:
    session.set("x3", "sp - 0x10 + x9")
    session.set("x2", 1)
    with pytest.raises(Stuck, match="the program counter is"):
        session.until("return")
    assert {"x0@0", "x9@0"} <= set(session.inputs("x7"))


# Asking


def test_why_follows_registers_and_memory(session: Session) -> None:
    session.assume("x2 == 1")
    session.until("return")
    assert [text for _, text in session.why("x7")] == ["str x0, [sp, #-0x10]!", "ldp x7, x30, [sp], #0x10"]
    assert [text for _, text in session.why("x0")] == ["add x0, x0, x1", "add x0, x0, #7"]
    assert session.why("x20") == []


def test_values_sizes_and_inputs(session: Session) -> None:
    session.step(5)
    assert session.value("x0", {"x0@0": 3, "x1@0": 4}) == 7
    assert session.inputs("x0") == ["x0@0", "x1@0"]
    assert session.size("x0") == 3
    with pytest.raises(BadInput, match="no value for x1@0"):
        session.value("x0", {"x0@0": 3})


def test_satisfiable_or_not(session: Session) -> None:
    found = session.sat("x2 < 5 && x2 > 3")
    assert found is not None
    assert found.listed() == ["x2@0 = 0x4"]
    assert session.sat("x2 == x2 + 1") is None
    session.assume("x2 != 4")
    assert session.sat("x2 < 5 && x2 > 3") is None


def test_equal_or_a_counterexample(session: Session) -> None:
    assert isinstance(session.equal("x1 + x2", "x2 + x1"), Thm)
    assert isinstance(session.equal("x1 & x2", "~(~x1 | ~x2)"), Thm)
    found = session.equal("x1 + x2", "x1 | x2")
    assert isinstance(found, Countermodel)
    assert found.sides[0] != found.sides[1]


def test_set_havoc_and_let(session: Session) -> None:
    session.let("old", "x0")
    session.set("w0", "x0[31:0] + 1")
    assert str(session.show("x0 - zext(old[31:0] + 1, 64)")) == "0"
    session.havoc("x0")
    assert session.inputs("x0") == ["any_x0_1"]
    with pytest.raises(BadInput, match="x0 has a meaning already"):
        session.let("x0", "x1")
    with pytest.raises(BadInput, match="never true"):
        session.assume("x1 != x1")


# Proving


def proof(claim: str, **names: Term) -> Proof:
    known = names or SMALL
    return Proof(parse(claim, known.get, known, BOOL), read=lambda text: parse(text, known.get, known))


def test_tactics_make_theorems() -> None:
    g = proof("x < y => x != y && y != x").intro().split()
    assert len(g.goals) == 2
    th = g.blast().split("x == 0").blast().blast().qed()
    assert th.concl is g.statement
    assert not th.hyps
    assert not th.oracles


def test_rewrite_matches_instances_and_asks_for_premises() -> None:
    swap = proof("x ^ y == y ^ x").simplify().qed()
    g = proof("(x + 1) ^ y == 5 => p", **SMALL).rewrite(swap)
    assert str(explain(g.goals[0].concl)) == "y ^ (x + 1) == 5 => p"
    conditional = proof("x < y => (x < y) == true").intro().blast().qed()
    g = proof("(x + 1 < y) == true").rewrite(conditional)
    assert [str(explain(goal.concl)) for goal in g.goals][1:] == ["x + 1 < y"]
    with pytest.raises(TacticFailed, match="nothing in the goal matches"):
        proof("x == x").rewrite(swap)


def test_induction_over_a_recursive_constant() -> None:
    from kernel.theory import DEFINE_REC

    n, previous = Var("n", BV(16)), Var("previous", BV(16))
    DEFINE_REC("test_double", n, (), Const(0, 16), previous, previous + 2)
    g = proof("test_double(n) == n * 2", n=n).induct("n")
    g.unfold("test_double").simplify()
    g.unfold("test_double")
    assert len(g.goals) == 2
    g.simplify()
    while g.goals:
        g.blast()
    assert not g.qed().hyps
    third = proof("test_double(16'3) == 6", n=n)
    for _ in range(4):
        third.unfold("test_double")
    assert third.simplify().qed().concl is third.statement
    assert definition_at(parse("test_double(n)", {"n": n}.get)) is None


def test_generalize_closes_what_is_opaque() -> None:
    g = proof("mem[x, 8] + y == y + mem[x, 8]").generalize("mem[x, 8]", "held")
    assert str(explain(g.goals[0].concl)) == "held + y == y + held"
    assert g.simplify().qed().concl is g.statement


def test_undo_goes_back_and_an_unfinished_proof_is_none() -> None:
    g = proof("x == x && y == y").split()
    with pytest.raises(TacticFailed, match="not proved yet"):
        g.qed()
    g.undo()
    assert len(g.goals) == 1
    with pytest.raises(TacticFailed, match="nothing to undo"):
        g.undo()


def test_a_tactic_that_does_not_apply_leaves_the_goals() -> None:
    g = proof("x == y")
    for tactic in (
        g.intro,
        g.split,
        g.simplify,
        lambda: g.unfold("nope"),
        lambda: g.exact("nope"),
        lambda: g.induct("mem"),
    ):
        with pytest.raises(TacticFailed):
            tactic()
    with pytest.raises(Wrong) as caught:
        g.blast()
    assert caught.value.countermodel.sides[0] != caught.value.countermodel.sides[1]
    assert len(g.goals) == 1


def test_a_wrong_lemma_shows_its_counterexample(session: Session) -> None:
    with pytest.raises(Wrong, match="there the left side is"):
        session.lemma("bad", "a:32, b:32", "a + b == a | b")
    assert session.goals == []
    with pytest.raises(BadInput, match="a variable is written"):
        session.lemma("bad", "a", "a == a")


def test_a_claim_about_the_state_becomes_a_certificate_that_replays(session: Session, tmp_path: Path) -> None:
    session.assume("x2 == 1")
    session.until("return")
    g = session.goal("x0 == x0@0 + x1@0 + 7 && x7 == x0@0").split()
    g.simplify().simplify()
    file = tmp_path / "claim.cert"
    th = session.qed(g, file)
    assert "run_routine" in str(th.concl)
    replayed = subprocess.run(
        [sys.executable, "-m", "kernel.replay", file], capture_output=True, text=True, check=False
    )
    assert replayed.returncode == 0, replayed.stderr
    assert "accepted" in replayed.stdout


def test_a_goal_that_is_false_of_the_state_is_not_proved(session: Session) -> None:
    session.step(5)
    g = session.goal("x0 == x0@0")
    with pytest.raises(Wrong):
        g.blast()
    with pytest.raises(TacticFailed):
        session.qed(g)


def test_the_script_replays(session: Session, tmp_path: Path) -> None:
    file = tmp_path / "routine.so"
    file.write_bytes(routine())
    s = Session.open(str(file), "routine")
    s.step(2)
    s.back()
    with pytest.raises(Fork):
        s.until("return")
    s.take(True)
    s.lemma("comm", "a:64, b:64", "a + b == b + a").simplify()
    s.qed()
    g = s.goal("x2 == 0")
    g.blast()
    s.qed(g)
    with pytest.raises(ArmsymError):
        s.set("x99", 3)
    scope: dict[str, Session] = {}
    exec(s.script(), scope)
    again = scope["s"]
    assert again.now.thm.concl is s.now.thm.concl
    assert again.now.thm.hyps == s.now.thm.hyps
    assert list(again.lemmas) == ["comm"]


# With a contract


def test_a_contract_gives_arguments_and_regions() -> None:
    s = Session.of(Program.from_bytes(small_routine.shared_object(), "small.so"), "scramble", small_routine.CONTRACT)
    s.until("return")
    assert str(s.show("x0")) == str(s.show("x0@0")) == "out"
    assert s.inputs("mem[out, 4]") == ["in", "mem@0", "out"]
    assert "out and in are disjoint" in s.assumed()
    g = s.goal("mem[out, 4] == scrambled(mem@0[out, 4], mem@0[in, 4])").unfold("scrambled")
    assert s.qed(g.simplify()).concl.op.name == "="


def test_notebooks_show_states_goals_and_formulas(session: Session) -> None:
    session.step(4)
    assert "sp@0 - 0x10" in session._repr_html_()
    assert "x &lt; y" in proof("x < y")._repr_html_()
    assert "<code>x &lt; y</code>" in explain(ult(X, Y))._repr_html_()


def test_sums_stay_as_they_came_about_where_they_are_long() -> None:
    simplifier = Simplifier()
    keep_sums_small(simplifier)
    words = [Var(f"w{k}", BV(32)) for k in range(9)]
    left, right = sum(words[1:], words[0]), sum(words[1:6], words[0])
    assert len(simplifier.normalize(left).rhs.args) == 9
    long = simplifier.normalize(left + right).rhs
    assert [len(a.args) for a in long.args] == [9, 6]
    assert simplifier.normalize(right - right).rhs is number(0, 32)
    # A sum that was made small elsewhere counts with all that it is made of.
    again = Simplifier()
    keep_sums_small(again)
    assert again.normalize(long + words[0]).rhs.args[0] is long


@pytest.mark.parametrize("contract", [None, "openssl/sha256_block_armv8"])
def test_rounds_of_a_standard_are_read_in_its_words_with_a_contract_or_without(contract: str | None) -> None:
    try:
        session = Session.open("openssl-4.0.3", "sha256_block_armv8", contract)
    except NotAvailable as error:
        pytest.skip(f"the corpus is not there: {error}")
    session.until("loop")
    session.step(62)
    text = str(session.show("v0.s[3]"))
    assert "Sigma0(" in text and "Maj(" in text and " * " not in text


def test_over_a_loop_by_its_invariant() -> None:
    contract = replace(blocks_routine.contract(), name="tiny/masked_over")
    s = Session.of(blocks_routine.program(*blocks_routine.GOOD), "masked", contract)
    with pytest.raises(BadInput, match="from its head"):
        s.over()
    s.until("loop")
    assert s.over().address == blocks_routine.TEXT + 0x18
    # The contract's n is what x2 held at the start: in formulas n is the flag.
    assert isinstance(s.equal("x1", "inp + (x2@0 << 4)"), Thm)
    assert isinstance(s.equal("v0", "mem@0[mask, 16] ^ mem@0[inp + ((x2@0 - 1) << 4), 16]"), Thm)
    assert isinstance(s.equal("x2", "1"), Countermodel)
    s.until("return")
    assert s.finished and not s.conditions
    th = s.qed(s.goal("x1 == inp + (x2@0 << 4) && x2 == 0").simplify())
    assert "over" in s.script() and not th.oracles
    s.back(2)
    assert s.now.address == blocks_routine.TEXT + 4
