# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The checker accepts what the kernel proved, and refuses every misuse of a rule, saying where and why."""

from __future__ import annotations

import re
from hashlib import sha256

import pytest
from certificates import (
    BY_RULE,
    a,
    blast,
    by_hand,
    certificate,
    check,
    doubled,
    lines_of_rule,
    m,
    p,
    pack,
    s,
    seal,
    v,
    w,
    x,
    y,
    z,
)

from kernel.arrays import PROJ_TUPLE, READ_PART, WRITE_WRITE_IN
from kernel.ops import concat, conj, eq, implies, ite, number, proj, read, ror, tuple_, write, zext
from kernel.replay import RULES, CertificateError
from kernel.rules import ANF, ASSUME, CONG, DISCH, INST, MP, REFL, RING


def edited(rule: str, *changes: tuple[str, str]) -> bytes:
    """The rule's certificate with some of its lines replaced, and sealed again."""
    lines = lines_of_rule(rule)
    changed = dict(changes)
    assert all(lines.count(old) == 1 for old in changed)
    return pack(seal([new for line in lines for new in changed.get(line, line).split("\n")]))


@pytest.mark.parametrize("rule", BY_RULE)
def test_accepts(rule: str) -> None:
    reader = check(pack(lines_of_rule(rule)))
    assert reader.proved
    assert reader.rules[rule] >= 1
    assert reader.digest in lines_of_rule(rule)[next(i for i, x in enumerate(lines_of_rule(rule)) if x[0] == "H")]


def test_every_rule_is_tested() -> None:
    assert {*RULES, "BLAST"} == set(BY_RULE)


MISUSES = [
    ("REFL", "I REFL 0", "I REFL 1", r"line \d+: inference 0 proves .* not the statement"),
    ("REFL", "I REFL 0", "I REFL 7", r"inference 0, REFL: there is no term 7 yet"),
    ("REFL", "I REFL 0", "I REFL", r"does not take 0 numbers"),
    ("REFL", "I REFL 0", "I REFL 0 0", r"does not take 2 numbers"),
    ("REFL", "I REFL 0", "I REFLEX 0", r"inference 0, REFLEX: there is no such rule"),
    ("REFL", "I REFL 0", "I ORACLE 1", r"there is no such rule"),
    ("REFL", "I REFL 0", "I ASSUME 0", r"x is not Bool"),
    ("REFL", "I REFL 0", "I ASSUME 1", r"differ in the hypotheses \(= x x\)"),
    ("REFL", "I REFL 0", "I BLAST 0 - 0", r"x is not Bool"),
    ("REFL", "I REFL 0", "I EVAL 0", r"x has no value"),
    ("REFL", "I REFL 0", "I TUPLE_EXT 0", r"x is no tuple"),
    ("REFL", "I REFL 0", "I INDUCT 0 0 0 0", r"there is no inference 0 yet"),
    ("SYM", "I SYM 0", "I SYM 1", r"line \d+, inference 1, SYM: there is no inference 1 yet"),
    ("SYM", "I ASSUME 3", "I ASSUME 2", r"inference 1 proves \(= x y\), not the statement"),
    ("TRANS", "I TRANS 1 0", "I TRANS 0 1", r"line \d+, inference 2, TRANS: the middle terms differ: z and x"),
    ("TRANS", "I TRANS 1 0", "I TRANS 0 2", r"there is no inference 2 yet"),
    ("TRANS", "I TRANS 1 0", "I DISCH 1 0", r"ill-typed: => \(BV 8\) \(Bool\)"),
    ("TRANS", "I TRANS 1 0", "I CASES 0 0 0", r"z is not Bool"),
    ("TRANS", "Q 2 4 5", "Q 2 4", r"inference 2 and the statement differ in the hypotheses"),
    ("TRANS", "Q 2 4 5", "Q 2 2 4 5", r"differ in the hypotheses \(= x z\)"),
    ("CONG", "I CONG 4 1 0", "I CONG 4 0 0", r"CONG: argument 0 of \(bvand x y\) is not y"),
    ("CONG", "I CONG 4 1 0", "I CONG 4 2 0", r"argument 2 of .* is not y"),
    ("CONG", "I CONG 4 1 0", "I CONG 4 1 0 1 0", r"each once"),
    ("CONG", "I CONG 4 1 0", "I CONG 4 1", r"pairs of a position"),
    ("CONG", "I CONG 4 1 0", "I CONG 4 1 1", r"there is no inference 1 yet"),
    ("CONG", "I CONG 4 1 0", "I CONG 4", r"not the statement"),
    ("EQ_MP", "I EQ_MP 1 0", "I EQ_MP 0 1", r"premise 0 does not have the form a = b: p"),
    ("EQ_MP", "I EQ_MP 1 0", "I EQ_MP 1 1", r"the equation is about p, the theorem says \(= p q\)"),
    ("DISCH", "I DISCH 0 0", "I DISCH 0 1", r"not the statement"),
    ("MP", "I MP 1 0", "I MP 0 1", r"premise 0 does not have the form a => b: p"),
    ("MP", "I MP 1 0", "I MP 1 1", r"the implication needs p, the theorem says \(=> p q\)"),
    ("INST", "I INST 0 0 3 2 0", "I INST 0 0 3 0 3", r"a variable, each once"),
    ("INST", "I INST 0 0 3 2 0", "I INST 0 3 0", r"a variable, each once"),
    ("INST", "I INST 0 0 3 2 0", "I INST 0 0", r"pairs of a variable"),
    ("INST", "I INST 0 0 3 2 0", "I INST 0 0 4", r"differ in sort"),
    ("INST", "I INST 0 0 3 2 0", "I INST 0 0 3", r"not the statement"),
    ("CASES", "I CASES 5 2 1", "I CASES 2 5 1", r"differ in the hypotheses p, \(not p\)"),
    ("CASES", "I CASES 5 2 1", "I CASES 5 0 1", r"the conclusions differ: q and \(not p\)"),
    ("CASES", "I CASES 5 2 1", "I CASES 5 2 2", r"differ in the hypotheses"),
    ("EVAL", "I EVAL 5", "I EVAL 4", r"not the statement"),
    ("EVAL", "T bv 9 8", "T bv a 8", r"inference 0 proves .* #x09\), not the statement"),
    ("RING", "I RING 7 4", "I RING 7 3", r"the polynomials of .* differ"),
    ("RING", "I RING 7 4", "I RING 7 8", r"not bit vectors of one width"),
    ("RING", "I RING 7 4", "I EVAL 7", r"x has no value"),
    ("ANF", "I ANF 5 4", "I ANF 5 3", r"the forms of .* differ"),
    ("ANF", "I ANF 5 4", "I ANF 5 6", r"not bit vectors of one width"),
    ("READ_PART", "I READ_PART 6 0 16", "I READ_PART 6 0 7", r"4 bytes at offset 4 are not inside 7 bytes"),
    ("READ_PART", "I READ_PART 6 0 16", "I READ_PART 6 5 16", r"not the statement"),
    ("READ_PART", "I READ_PART 6 0 16", "I READ_PART 6 4 16", r"are not a constant apart"),
    ("READ_PART", "I READ_PART 6 0 16", "I READ_PART 6 1 16", r"ill-typed: read"),
    ("READ_PART", "I READ_PART 6 0 16", "I READ_PART 3 0 16", r"is no read"),
    ("READ_PART", "I READ_PART 6 0 16", "I READ_PART 6 0 131073", r"more than 1048576 bits"),
    ("READ_WRITE_IN", "T bv 2 64", "T bv 7 64", r"2 bytes at offset 7 are not inside 8 bytes"),
    ("READ_WRITE_IN", "T bv 2 64", "T bv ffffffffffffffff 64", r"2 bytes at offset 18446744073709551615"),
    ("READ_WRITE_IN", "I READ_WRITE_IN 7", "I READ_WRITE_IN 6", r"is no read over a write"),
    ("READ_WRITE_OUT", "I READ_WRITE_OUT 1 0 8 5 16 0 4", "I READ_WRITE_OUT 0 1 8 5 16 0 4", r"premise 0 is not"),
    ("READ_WRITE_OUT", "I READ_WRITE_OUT 1 0 8 5 16 0 4", "I READ_WRITE_OUT 1 0 8 5 15 0 4", r"premise 1 is not"),
    ("READ_WRITE_OUT", "I READ_WRITE_OUT 1 0 8 5 16 0 4", "I READ_WRITE_OUT 1 0 8 5 0 0 4", r"an area of 0 bytes"),
    ("READ_WRITE_OUT", "I READ_WRITE_OUT 1 0 8 5 16 0 4", "I READ_WRITE_OUT 1 0 8 0 4 5 16", r"premise 1 is not"),
    ("READ_WRITE_OUT", "I READ_WRITE_OUT 1 0 8 5 16 0 4", "I READ_WRITE_OUT 0 1 8 0 4 5 16", r"not a constant apart"),
    ("READ_WRITE_OUT", "T bv 8 64", "T bv 9 64", r"8 bytes at offset 9 are not inside 16 bytes"),
    ("READ_WRITE_OUT", "T read 4 7 0", "T read 5 7 0", r"ill-typed: = \(BV 40\) \(BV 32\)"),
    ("WRITE_WRITE_IN", "T bv 2 64", "T bv 7 64", r"2 bytes at offset 7 are not inside 8 bytes"),
    ("WRITE_WRITE_IN", "T concat 3 2 1", "T concat 1 2 3", r"not the statement"),
    ("WRITE_WRITE_OUT", "I WRITE_WRITE_OUT 1 0 10 1 8 4 3", "I WRITE_WRITE_OUT 0 1 10 1 8 4 3", r"premise 0 is not"),
    ("WRITE_WRITE_OUT", "T bv 1 64", "T bv 2 64", r"2 bytes at offset 2 are not inside 3 bytes"),
    ("WRITE_WRITE_OUT", "I WRITE_WRITE_OUT 1 0 10 1 8 4 3", "I WRITE_WRITE_OUT 1 0 7 1 8 4 3", r"no write over"),
    ("WRITE_READ", "I WRITE_READ 0 1 8", "I WRITE_READ 0 1 4", r"not the statement"),
    ("WRITE_READ", "I WRITE_READ 0 1 8", "I WRITE_READ 1 0 8", r"ill-typed: read"),
    ("PROJ_TUPLE", "I PROJ_TUPLE 8", "I PROJ_TUPLE 2", r"not the statement"),
    ("DEFINE", "I DEFINE 0", "I DEFINE 1", r"definition 1 is no DEFINE"),
    ("DEFINE", "I DEFINE 0", "I DEFINE_REC 0 0", r"definition 0 is no DEFINE_REC"),
    ("DEFINE", "D DEFINE choice 3 1 4 0 6", "D DEFINE choice 3 4 1 0 6", r"not the statement"),
    ("DEFINE", "D DEFINE choice 3 1 4 0 6", "D DEFINE choice 3 1 4 0 3", r"not the statement"),
    ("DEFINE", "D DEFINE choice 3 1 4 0 6", "D DEFINE choice 2 1 4 6", r"0, choice: free in the definition: z"),
    ("DEFINE", "D DEFINE choice 3 1 4 0 6", "D DEFINE choice 3 1 4 1 6", r"not distinct variables"),
    ("DEFINE", "D DEFINE choice 3 1 4 0 6", "D DEFINE choice 3 1 4 2 6", r"not distinct variables"),
    ("DEFINE", "D DEFINE choice 3 1 4 0 6", "D DEFINE choice 4 1 4 0 6", r"too few or too many numbers"),
    ("DEFINE", "D DEFINE choice 3 1 4 0 6", "D DEFINE choice", r"too few or too many numbers"),
    ("DEFINE", "D DEFINE choice 3 1 4 0 6", "D DEFINE cho\tice 3 1 4 0 6", r"not a name"),
    ("DEFINE", "D DEFINE choice 3 1 4 0 6", "D AXIOM choice 3 1 4 0 6", r"no such kind of definition: AXIOM"),
    ("DEFINE", "I DEFINE 0", "D DECLARE choice 0 0\nI DEFINE 0", r"definition 1, choice: .* introduced already"),
    ("DEFINE_REC", "I DEFINE_REC 0 1", "I DEFINE_REC 0 2", r"parts 0 and 1, not 2"),
    ("DEFINE_REC", "I DEFINE_REC 0 1", "I DEFINE_REC 0 0", r"not the statement"),
    ("DEFINE_REC", "D DEFINE_REC twice 1 0 2 3 4", "D DEFINE_REC twice 3 0 2 3 4", r"not distinct variables"),
    ("DEFINE_REC", "D DEFINE_REC twice 1 0 2 3 4", "D DEFINE_REC twice 1 0 3 3 4", r"free in the definition: r"),
    ("DEFINE_REC", "D DEFINE_REC twice 1 0 2 3 4", "D DEFINE_REC twice 1 0 1 3 4", r"free in the definition: x"),
    ("DEFINE_PROGRAM", "I DEFINE_PROGRAM 0 8", "I DEFINE_PROGRAM 0 5", r"steps has no transition at 0x5"),
    ("DEFINE_PROGRAM", "I DEFINE_PROGRAM 0 8", "I DEFINE_PROGRAM 0 4", r"not the statement"),
    ("INDUCT", "I INDUCT 11 7 0 7", "I INDUCT 7 11 0 7", r"premise 7 is not the property at 0"),
    ("INDUCT", "I INDUCT 11 7 0 7", "I INDUCT 11 11 0 7", r"premise 11 is not the property at x \+ 1"),
    ("INDUCT", "I INDUCT 11 7 0 7", "I INDUCT 11 7 1 7", r"is no bit-vector variable"),
    ("INDUCT", "I INDUCT 11 7 0 7", "I INDUCT 11 7 0 1", r"premise 11 is not the property"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "old", "new", "message"), MISUSES)
def test_refuses_misuse(rule: str, old: str, new: str, message: str) -> None:
    with pytest.raises(CertificateError, match=message):
        check(edited(rule, (old, new)))


MORE = {
    "rotations add up": lambda: ANF(ror(ror(x, 3), 5), x),
    "a doubled word holds its rotations": lambda: ANF(concat(x, x)[11:4], ror(x, 4)),
    "bits that do not meet": lambda: ANF((zext(x[3:0], 8) << 4) & zext(y[3:0], 8), number(0, 8)),
    "a product with a power of two": lambda: ANF(x * number(8, 8), concat(x[4:0], number(0, 3))),
    "a product with another number": lambda: ANF((x * number(6, 8)) ^ x ^ (x * number(6, 8)), x),
    "one-bit equality": lambda: ANF(eq(x[0], y[0]), ~eq(x[0], ~y[0])),
    "one-bit choice": lambda: ANF(ite(p, x[0], y[0]), y[0] ^ (ite(p, number(1, 1), number(0, 1)) & (x[0] ^ y[0]))),
    "shifts by the width and more": lambda: ANF((x << 8) ^ (x >> 255), number(0, 8)),
    "polynomial of a shift": lambda: RING((x << 3) - (x << 9), x * 8),
    "polynomial of a complement": lambda: RING(~x + ~y, -(x + y) - 2),
    "components of no tuple stay": lambda: PROJ_TUPLE(proj(ite(p, s, tuple_(a, x)), 1) + proj(tuple_(x, y), 1)),
    "a write over the whole": lambda: WRITE_WRITE_IN(write(write(m, a, v), a, v + 1)),
    "a write at the end": lambda: WRITE_WRITE_IN(write(write(m, a - 1 + 1, v), a - 1 + 7, w)),
    "a read before the base": lambda: READ_PART(read(m, a - 2, 1), a - 2, 4),
    "a recursion's start": lambda: doubled()[0],
    "no change": lambda: CONG(x & y, {}),
    "two changes": lambda: CONG(x & y, {0: ASSUME(eq(x, y)), 1: ASSUME(eq(y, z))}),
    "no instance": lambda: INST(ASSUME(eq(x, y)), {}),
    "a discharge of nothing": lambda: DISCH(p, REFL(x)),
    "a true circuit": lambda: blast(implies(p, conj(p, p))),
}


@pytest.mark.parametrize("name", MORE)
def test_accepts_more(name: str) -> None:
    assert check(certificate(MORE[name]())).proved


def test_wide_equality_is_an_atom() -> None:
    terms = ["S BV 8", "T var x 0", "T var y 0", "T = 0 1", "T = 1 0", "T = 2 3", "Q 4"]
    with pytest.raises(CertificateError, match=r"the forms of .* differ"):
        check(by_hand(terms, ["I ANF 2 3", "E 0"]))


def test_a_read_beyond_its_area_may_meet_the_write() -> None:
    longer = edited("READ_WRITE_OUT", ("T read 4 1 0", "T read 5 1 0"), ("T read 4 7 0", "T read 5 7 0"))
    with pytest.raises(CertificateError, match="5 bytes at offset 0 are not inside 4 bytes"):
        check(longer)


def test_instantiates_all_at_once() -> None:
    one_by_one = edited("INST", ("I INST 0 0 3 2 0", "I INST 0 0 3\nI INST 1 2 0"), ("E 1", "E 2"))
    with pytest.raises(CertificateError, match=r"inference 2 proves \(= \(bvadd x z\) x\), not the statement"):
        check(one_by_one)


def test_a_variable_of_the_hypotheses_is_not_inducted_on() -> None:
    weakened = "I ASSUME 14\nI DISCH 11 14\nI MP 13 12\nI INDUCT 14 7 0 7"
    with pytest.raises(CertificateError, match=r"inference 15, INDUCT: x is free in the hypotheses"):
        check(edited("INDUCT", ("I INDUCT 11 7 0 7", weakened), ("E 12", "E 15")))


def test_instantiates_a_theorem_often() -> None:
    template = ASSUME(eq(x + (y + 1), z))
    thm = template
    for i in range(5):
        thm = MP(DISCH(thm.concl, INST(template, {x: y + i, y: x})), thm)
    reader = check(certificate(thm))
    assert reader.rules["INST"] == 5
    assert len(reader.proof.sets[reader.proof.hyps[-1]]) == 6


LRAT = [
    (r"^(L 71 .*) 22 0$", r"\1 0", r"step 71: its hints end without a conflict"),
    (r"^(L 71 .*) 22 0$", r"\1 22 1 0", r"step 71: hints after the conflict"),
    (r"^(L 71 .*) 22 0$", r"\1 -22 0", r"step 71: there is no clause -22"),
    (r"^(L 71 .*) 22 0$", r"\1 99 0", r"step 71: there is no clause 99"),
    (r"^(L 71 .*) 22 0$", r"\1 71 0", r"step 71: there is no clause 71"),
    (r"^L 71 -31 0", "L 71 -29 0", r"step 71: "),
    (r"^L 71 ", "L 70 ", r"an id above \d+"),
    (r"^L 71 ", "L 71 5 0 ", r"an LRAT step is"),
    (r"^L 71 ", "L 71  ", r"not numbers in decimal"),
    (r"^L 71 -31", "L 71 3-1", r"not numbers in decimal"),
    (r"^L 71 -31", "L 71 +31", r"not numbers in decimal"),
    (r"^L 71 -31", "L 71 -3_1", r"not numbers in decimal"),
    (r"^L 71 ", "L -71 ", r"an LRAT step is"),
    (r"^L 72 ", "L 71 ", r"an id above 71"),
    (r"^L 72 .*\n", "", r"there is no clause 72"),
    (r"^(I BLAST \d+ \w+) 10$", r"\1 9", r"line \d+, inference 0, BLAST: the refutation ends without the empty clause"),
    (r"^(I BLAST \d+ \w+) 10$", r"\1 11", r"a line 'E' can't stand here, but L"),
    (r"^(I BLAST \d+ \w+) 10$", r"\1 0", r"the refutation has no steps"),
    (r"^(I BLAST \d+ )\w+ 10$", r"\1- 10", r"the proof is about the CNF -, the goal's is [0-9a-f]{64}"),
    (r"^T bvule 2 0$", "T bvult 2 0", r"the proof is about the CNF"),
    (r"^I BLAST .* 10$", "I BLAST 3", r"the line is `I BLAST"),
    (r"^(L 81 .*)$", r"\1\nL 82 1 0 81 0", r"a line 'L' can't stand here"),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "new", "message"), LRAT)
def test_refuses_edited_refutations(pattern: str, new: str, message: str) -> None:
    text = "\n".join(lines_of_rule("BLAST"))
    changed = re.sub(pattern, new, text, count=1, flags=re.MULTILINE)
    assert changed != text
    with pytest.raises(CertificateError, match=message):
        check(pack(seal(changed.split("\n"))))


def test_a_false_circuit_has_no_refutation() -> None:
    lines = ["T bool 0", "Q 0"]
    digest = sha256(b"p cnf 0 0\n").hexdigest()
    with pytest.raises(CertificateError, match="hints end without a conflict"):
        check(by_hand(lines, [f"I BLAST 0 {digest} 1", "L 1 0 0", "E 0"]))


def test_a_true_circuit_needs_no_refutation() -> None:
    lines = ["T bool 1", "Q 0"]
    assert check(by_hand(lines, ["I BLAST 0 - 0", "E 0"])).proved
    with pytest.raises(CertificateError, match="constant true"):
        check(by_hand(lines, ["I BLAST 0 - 1", "L 1 0 0", "E 0"]))
