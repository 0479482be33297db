# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Random proofs: their theorems hold, the checker accepts them as they are, and nothing false when they are damaged."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest
from certificates import certificate, check, pack, seal, unpack
from model import assignment, counterexample, holds
from random_proofs import Prover, misuse
from readback import ReadBack

from kernel.certificate import order
from kernel.replay import OPERATORS, RULES, CertificateError, Reader
from kernel.thm import KernelError, Thm

SEEDS = range(40)


def refuted(th: Thm, seed: int) -> bool:
    """Whether values were found that refute the theorem; programs have no values here."""
    try:
        return counterexample(th, seed, tries=6) is not None
    except KernelError as error:
        assert "has no value" in str(error)
        return False


@pytest.mark.parametrize("seed", SEEDS)
def test_theorems_hold(seed: int) -> None:
    prover = Prover(seed)
    prover.run(25)
    assert not [th for th in prover.theorems if refuted(th, seed)]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_checker_proves_the_same(seed: int) -> None:
    th = Prover(seed).run(25)
    reader = check(certificate(th))
    assert ReadBack(reader, own=True).statement() == (th.concl, th.hyps)
    assert len(reader.proof.concls) == len(order(th))


def test_all_rules_were_used() -> None:
    used = {t.rule for seed in SEEDS for t in order(Prover(seed).run(25))}
    assert used == {*RULES, "BLAST"}


@pytest.mark.parametrize("seed", range(20))
def test_misuse_proves_nothing_false(seed: int) -> None:
    """Rules on operands that need not fit: a refusal in the kernel's words, or a theorem that holds and can be checked."""
    prover = Prover(seed)
    prover.run(15)
    made = 0
    for _ in range(150):
        th = misuse(prover)
        if th is not None:
            made += 1
            assert not refuted(th, seed)
            assert check(certificate(th)).proved
            prover.theorems.append(th)
    assert 5 < made < 140


def changed(lines: list[str], chosen: random.Random) -> list[str]:
    """A certificate's lines with one of them changed, and sealed again."""
    lines = list(lines)
    i = chosen.randrange(2, len(lines))
    words = lines[i].split(" ")
    at = chosen.randrange(len(words))
    kind = chosen.random()
    if kind < 0.55 and len(words) > 1:
        at = chosen.randrange(1, len(words))
        if words[at] in RULES:
            words[at] = chosen.choice([rule for rule in RULES if RULES[rule] == RULES[words[at]]] + [*RULES])
        elif words[at] in OPERATORS:
            words[at] = chosen.choice([*OPERATORS])
        elif words[at].lstrip("-").isdigit():
            words[at] = str(int(words[at]) + chosen.choice((-2, -1, 1, 2, chosen.randint(-20, 20))))
        else:
            words[at] = chosen.choice((*words[1:], "x", "ff"))
        lines[i] = " ".join(words)
    elif kind < 0.65:
        lines[i] = " ".join(words[:at] + words[at + 1 :])
    elif kind < 0.75:
        lines[i] = " ".join([*words[:at], chosen.choice(words), *words[at:]])
    elif kind < 0.85:
        j = chosen.randrange(2, len(lines))
        lines[i], lines[j] = lines[j], lines[i]
    elif kind < 0.93:
        del lines[i]
    else:
        lines.insert(i, chosen.choice(lines))
    return seal(lines) if sum(line.startswith("H ") for line in lines) == 1 else lines


@pytest.mark.parametrize("seed", SEEDS)
def test_damage_proves_nothing_false(seed: int) -> None:
    """What is still accepted claims something that holds, of its own definitions; most is not accepted."""
    th = Prover(seed).run(12)
    lines = unpack(certificate(th))
    chosen = random.Random(seed)
    refusals, accepted = [], 0
    for _ in range(40):
        damaged = changed(lines, chosen)
        if damaged == lines:
            continue
        try:
            reader = check(pack(damaged))
        except CertificateError as error:
            refusals.append(str(error))
            continue
        accepted += 1
        conclusion, hyps = ReadBack(reader, own=False).statement()
        for _ in range(6):
            values = assignment([conclusion, *hyps], chosen)
            try:
                assert holds(hyps, conclusion, values), damaged
            except KernelError as error:
                assert "has no value" in str(error)
    assert len(refusals) > accepted


def misled(lines: list[str], chosen: random.Random) -> list[str]:
    """A certificate's lines with one inference given another rule or other operands, taken from other inferences."""
    lines = list(lines)
    inferences = [i for i, line in enumerate(lines) if line.startswith("I ") and " BLAST " not in line]
    i = chosen.choice(inferences)
    words = lines[i].split(" ")
    if chosen.random() < 0.2:
        words[1] = chosen.choice([rule for rule in RULES if RULES[rule][:2] == RULES[words[1]][:2]])
    else:
        at = chosen.randrange(2, len(words))
        other = lines[chosen.choice(inferences)].split(" ")
        words[at] = chosen.choice([*other[2:], str(int(words[at]) + chosen.choice((-1, 1)))])
    lines[i] = " ".join(words)
    return lines


@pytest.mark.parametrize("seed", SEEDS)
def test_misled_inferences_hold(seed: int) -> None:
    """Every inference that the checker takes and that the proof does not have, up to where it is refused, holds."""
    lines = unpack(certificate(Prover(seed).run(25)))
    known = set(theorems(check(pack(lines))))
    chosen = random.Random(seed)
    new = 0
    for _ in range(80):
        reader = Reader()
        with suppress(CertificateError):
            reader.read(iter(misled(lines, chosen)))
        back = ReadBack(reader, own=False)
        for conclusion, hyps in [th for th in theorems(reader) if th not in known][:3]:
            new += 1
            concl, under = back.term(conclusion), [back.term(h) for h in hyps]
            for _ in range(6):
                values = assignment([concl, *under], chosen)
                try:
                    assert holds(under, concl, values), (concl, under)
                except KernelError as error:
                    assert "has no value" in str(error)
    assert new > 0


def theorems(reader: Reader) -> list[tuple[int, frozenset[int]]]:
    """What a reader has inferred so far."""
    return [
        (concl, reader.proof.sets[hyps]) for concl, hyps in zip(reader.proof.concls, reader.proof.hyps, strict=True)
    ]


def test_some_damage_is_harmless() -> None:
    """Otherwise the test above would say nothing: statements that were changed are among those that are accepted."""
    accepted = set()
    for seed in SEEDS[:10]:
        lines = unpack(certificate(Prover(seed).run(12)))
        digest = check(pack(lines)).digest
        chosen = random.Random(seed)
        for _ in range(40):
            try:
                accepted.add(check(pack(changed(lines, chosen))).digest == digest)
            except CertificateError:
                continue
    assert accepted == {True, False}
