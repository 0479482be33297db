# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Semantics broken on purpose are found: a campaign of minutes, `pytest -m slow -s tests/conformance`."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from contextlib import ExitStack
from multiprocessing.connection import Connection
from random import Random

import pytest
from mutation import Mutant, apply, classes_of, modules, mutants

from conformance.compare import NOTHING_LEARNT, Mismatch, differences, missing_features
from conformance.generate import exclusive_encodings
from conformance.known_issues import deadly, explanation
from conformance.model import accesses, step
from conformance.run import Part, make
from conformance.state import Case, Outcome
from conformance.states import needs
from conformance.target import Target, open_target
from isa.compile import executor
from isa.meaning import meaning
from symsim.errors import NotAvailable

PER_MODULE = 7
"""Mutants of each module, stillborn ones aside."""
TESTS = (200, 1800)
"""Of each class: few at first, since most mutants need no more."""
NEEDED = 0.99


WIDER = "an integer wider than it has to be"
EXPLAINED = {
    "width = max(32, data.width): 32  →  33": "the bits above are zero anyway",
    "newvalue = concat(m.X[f.Rt + 1, width], m.X[f.Rt, width]): m.X  →  m.XSP": "of the second: Rt is even, never 31",
    'm.set("monitor", number(0, 72)): 0  →  1': "a marked area of no bytes is an open monitor",
    "m.X[f.Rd] = m.X[f.Ra] - product if f.o0 else m.X[f.Ra] + product: m.X  →  m.XSP": "Ra is not 31 in this branch",
    "m.require(disj(marked, eq(monitor[71:64], 0))): 64  →  65": "only tells whether anything is predicted",
    "m.require(eq(value & ~bits, 0)): m.require(eq(value & ~bits, 0))  →  pass": "only tells whether anything is predicted",
    "m.require(eq(value & ~bits, 0)): 0  →  1": "only tells whether anything is predicted",
    "reg = m.X[f.Rn, 32]: 32  →  33": "the bits above are not looked at",
    "m.NZCV = m.X[f.Rt][31:28]: 31  →  32": "the bit above is not looked at",
    "result += [SHA256sigma1(result[e - 2]) + operand1[e] + T0[e] for e in (2, 3)]: e - 2  →  2 - e": "0 and -1 of two",
    "a, b = (Int(x, esize + 2, unsigned=unsigned) for x in pair): 2  →  3": WIDER,
    "elements = [Int(x, 2 * esize + 1, unsigned=unsigned) for x in WideElements(f, m, f.Rn, 2 * esize)]: 2  →  3": WIDER,
    "results.append(SatQ(Int(shifted, 2 * esize + 1, unsigned=unsigned), esize, unsigned=unsigned)): 2  →  3": WIDER,
    "undefined_if(f.option & 0b010 == 0): 2  →  3": "ExtendedOffset refuses these, too",
    "undefined_if(f.option & 0b010 == 0): 0  →  1": "ExtendedOffset refuses these, too",
    "holds = (ule if f.U else sle)(a, b): sle  →  slt": "either of two equal values",
    "holds = (ule if f.U else sle)(a, b): ule  →  ult": "either of two equal values",
    "m.Mem[m.X[f.Rt] & -BLOCK, BLOCK] = number(0, 8 * BLOCK): m.X[f.Rt] & -BLOCK  →  m.X[f.Rt] | -BLOCK": "both emulators "
    "differ from DC ZVA for known reasons, and an address that no register moves is never in the window",
    "m.V[f.Rd] = joined([LSL(zext(x, 2 * esize), esize) for x in NarrowElements(f, m, f.Rn)]): zext  →  sext": "shifted out",
    "result, saturated = ite(slt(n, 0), number(0, esize), result), slt(n, 0) | saturated: slt  →  sle": "0 is 0",
    "found = (table >> concat(zext(index, table.width - 3), number(0, 3)))[7:0]: zext  →  sext": "beyond any table",
    "results.append((ite(slt(shift, 0), right, left), ~slt(shift, 0) & overflow)): 0  →  1": "a shift by 0 is both",
}
"""Survivors that compute the same, or what no target shows, and why: by line and change."""


def broken_cases(mutant: Mutant, names: list[str], pipe: Connection) -> None:
    """Send parts of cases as the changed semantics predict them, or the reason why there are none."""
    try:
        apply(mutant)
        for cached in (meaning, executor, accesses, step, needs, exclusive_encodings):
            cached.cache_clear()
        for number, size in enumerate(TESTS):
            for name in names:
                pipe.send(make(Part(name, 1, number, size)))
        pipe.send(None)
    except Exception as error:
        pipe.send(f"{type(error).__name__}: {error}")


def unexplained(case: Case, ours: Outcome, theirs: Outcome, target: str) -> bool:
    if NOTHING_LEARNT & {ours.fault.kind, theirs.fault.kind}:
        return False
    found = differences(ours, theirs)
    return bool(found) and explanation(Mismatch("", case, ours, theirs, found), target) is None


def judge(mutant: Mutant, target: Target) -> str:
    """What becomes of a mutant: found, survives, or stillborn if the changed semantics are not even semantics."""
    names = [c.name for c in classes_of(mutant.module) if not missing_features(c, target)]
    if not names:
        return "survives"
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(
        target=broken_cases, args=(mutant, names, sender), daemon=True
    )
    process.start()
    sender.close()
    try:
        while True:
            made = receiver.recv()
            if made is None:
                return "survives"
            if isinstance(made, str):
                return "stillborn"
            if not made:
                return "found"  # the run says that no case could be made
            made = [(case, ours) for case, ours in made if not any(deadly(word, target.name) for word in case.words)]
            outcomes = target.run([case for case, _ in made])
            if any(
                unexplained(case, ours, theirs, target.name)
                for (case, ours), theirs in zip(made, outcomes, strict=True)
            ):
                return "found"
    finally:
        process.kill()
        process.join()


def opened() -> list[Target]:
    """Unicorn, and QEMU for what Unicorn can't tell."""
    targets = []
    for spec in ("unicorn", "qemu"):
        try:
            targets.append(open_target(spec))
        except NotAvailable as error:
            print(error)
    if not targets:
        pytest.skip("neither Unicorn nor QEMU is there")
    return targets


def test_the_mutator_changes_one_place() -> None:
    found = mutants("isa.base.add_sub")
    assert len(found) > 20
    assert len({mutant.index for mutant in found}) == len(found)
    assert any("XSP" in mutant.change for mutant in found)


def test_what_nobody_can_tell_is_not_changed() -> None:
    lines = {mutant.line for mutant in mutants("isa.base.system_register")}
    assert "m.NZCV = m.X[f.Rt][31:28]" in lines
    assert not any("ask" in line or "drawn" in line for line in lines)


@pytest.mark.slow
def test_broken_semantics_are_found() -> None:
    targets = opened()
    random = Random(1)
    fates: Counter[str] = Counter()
    survivors = []
    with ExitStack() as stack:
        for target in targets:
            stack.enter_context(target)
        for module in modules():
            if all(missing_features(c, target) for c in classes_of(module) for target in targets):
                continue
            possible = mutants(module)
            random.shuffle(possible)
            born = 0
            for mutant in possible:
                fate = next((f for f in (judge(mutant, t) for t in targets) if f != "survives"), "survives")
                fates[fate] += 1
                born += fate != "stillborn"
                if fate == "survives":
                    survivors.append(mutant)
                if born == PER_MODULE:
                    break
    strange = [mutant for mutant in survivors if f"{mutant.line}: {mutant.change}" not in EXPLAINED]
    print(dict(fates), *map(str, strange), sep="\n")
    tried = fates["found"] + len(strange)
    assert tried >= 300
    assert len(strange) <= (1 - NEEDED) * tried
