# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Semantics broken on purpose are found: a campaign of minutes, `pytest -m slow -s tests/conformance`."""

from __future__ import annotations

import multiprocessing
import resource
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import product
from multiprocessing.connection import Connection
from random import Random

import pytest
from mutation import Mutant, affected, apply, modules, mutants, shared_modules

from conformance.compare import NOTHING_LEARNT, Mismatch, differences, missing_features
from conformance.generate import exclusive_encodings
from conformance.known_issues import deadly, explanation
from conformance.model import accesses, step
from conformance.run import Part, make
from conformance.state import Case, Outcome
from conformance.states import needs
from conformance.target import Target, open_target
from isa.compile import executor
from isa.decode import decoder
from isa.dsl import REGISTRY
from isa.meaning import meaning
from symsim.errors import NotAvailable

PER_CLASS = 2
"""Mutants of each class, in functions of its module, stillborn ones aside; fewer where there are no more."""
PER_SHARED_MODULE = 8
"""Mutants of each module of what classes share."""
TESTS = (200, 1800)
"""Of each class: few at first, since most mutants need no more."""
SECONDS = 20
"""Of processor time to make the cases of a mutant, and one more for each class: in some, hardly any state suits a word."""
NEEDED = 0.99


PREDICTED = "only tells whether anything is predicted"
WIDER = "an integer wider than it has to be"
EXPLAINED = {
    "width = max(32, data.width): 32  →  33": "the bits above are zero anyway",
    "newvalue = concat(m.X[f.Rt + 1, width], m.X[f.Rt, width]): m.X  →  m.XSP": "of the second: Rt is even, never 31",
    'm.set("monitor", number(0, 72)): 0  →  1': "a marked area of no bytes is an open monitor",
    "m.X[f.Rd] = m.X[f.Ra] - product if f.o0 else m.X[f.Ra] + product: m.X  →  m.XSP": "Ra is not 31 in this branch",
    "m.require(disj(marked, eq(monitor[71:64], 0))): 64  →  65": PREDICTED,
    "m.require(eq(value & ~bits, 0)): m.require(eq(value & ~bits, 0))  →  pass": PREDICTED,
    "m.require(eq(value & ~bits, 0)): 0  →  1": PREDICTED,
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
    "results.append((ite(slt(shift, 0), right, left), ~slt(shift, 0) & overflow)): slt  →  sle": "a shift by 0 is both",
    "if f.cond >= 0b1110:: 14  →  15": "ConditionHolds of 14 is true, too",
    "m.require(disj(marked, eq(monitor[71:64], 0))): disj  →  conj": PREDICTED,
    "m.require(disj(marked, eq(monitor[71:64], 0))): m.require(disj(marked, eq(monitor[71:64], 0)))  →  pass": PREDICTED,
    "m.require(disj(marked, eq(monitor[71:64], 0))): 0  →  1": PREDICTED,
    "undefined_if(_is_prefetch(f)): undefined_if(_is_prefetch(f))  →  pass": "DecodeAccess refuses it, too",
    "result, saturated = ite(slt(n, 0), number(0, esize), result), slt(n, 0) | saturated: 0  →  1": "in the first: 0 is 0",
    "result = [SHA256sigma1(operand3[e + 2]) + operand1[e] + T0[e] for e in (0, 1)]: e + 2  →  e - 2": "-2 and -1 of four",
    "low = ((high & y_low) ^ (high & y_high) ^ (y_high & y_low)) + _large_sigma_0(high) + w_low: high & y_low ^ "
    "high & y_high ^ y_high & y_low  →  high & y_low ^ high & y_high | y_high & y_low": "where the last is 1, the others cancel",
    "width = max(32, 8 << f.size): 32  →  33": "the bits above are zero anyway",
    "CheckAlignment(m, address, size): CheckAlignment(m, address, size)  →  pass": "of a store-exclusive: emulators look at the "
    "monitor first, and what marked the address was aligned",
    "copies = f.opc == 0b01 and f.Rn == 31: 31  →  32": "zero or x is x",
    "a, b = (Int(x, esize + 1, unsigned=f.U == 1) for x in pair): 1  →  2": WIDER,
    "m.V[f.Rd, 64 << f.Q] = Replicate(Elem(m.X[f.Rn], 0, 8 << size), 64 << f.Q): 64  →  65": "as many copies fit",
    "SetVpart(m, f.Rd, 1, m.X[f.Rn]): 1  →  2": "either is the upper half",
    "m.XSP[f.Rn] = AddressAdd(base, registers * size) if f.Rm == 31 else base + m.X[f.Rm]: m.X  →  m.XSP": "Rm is not 31 in "
    "this branch",
    "m.CheckSPAlignment(): m.CheckSPAlignment()  →  pass": "neither emulator has this check",
    "width = (64 if opc == 0b10 else 32) if signed else max(32, 8 << size): 32  →  33": "the bits above are zero anyway",
    "limit = ite(slt(x, 0), number(~high, x.width), number(high, x.width)): slt  →  sle": "0 never overflows",
}
"""Survivors that compute the same, or what no target shows, and why: by line and change."""


def broken_cases(mutant: Mutant, names: list[str], pipe: Connection) -> None:
    """Send parts of cases as the changed semantics predict them, or the reason why there are none."""
    try:
        seconds = SECONDS + len(names)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        apply(mutant)
        for cached in (meaning, executor, accesses, step, needs, exclusive_encodings):
            cached.cache_clear()
        for number, size in enumerate(TESTS):
            for name in names:
                pipe.send(make(Part(name, 1, number, size)))
    except Exception as error:
        pipe.send(f"{type(error).__name__}: {error}")


def unexplained(case: Case, ours: Outcome, theirs: Outcome, target: str) -> bool:
    if NOTHING_LEARNT & {ours.fault.kind, theirs.fault.kind}:
        return False
    found = differences(ours, theirs)
    return bool(found) and explanation(Mismatch("", case, ours, theirs, found), target) is None


def judge(mutant: Mutant, targets: Sequence[Target]) -> str:
    """What becomes of a mutant: found, survives, or stillborn if the changed semantics are not even semantics."""
    able = {c.name: [t for t in targets if not missing_features(c, t)] for c in affected(mutant)}
    names = [name for name, some in able.items() if some]
    if not names:
        return "untested"
    decoder()  # once here, not in every process
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(
        target=broken_cases, args=(mutant, names, sender), daemon=True
    )
    process.start()
    sender.close()
    try:
        for (number, size), name in product(enumerate(TESTS), names):
            made = receiver.recv()
            if isinstance(made, str):
                return "stillborn"
            if len(made) < size == len(make(Part(name, 1, number, size))):
                return "found"  # the run says that cases could not be made
            if any(shows(made, target) for target in able[name]):
                return "found"
    except EOFError:
        pass  # its time is over: whatever the rest would have shown, nobody would wait for it
    finally:
        process.kill()
        process.join()
    return "survives"


def shows(made: Sequence[tuple[Case, Outcome]], target: Target) -> bool:
    """Whether the target differs from the changed semantics in a way that nothing explains."""
    harmless = [(case, ours) for case, ours in made if not any(deadly(word, target.name) for word in case.words)]
    outcomes = target.run([case for case, _ in harmless])
    pairs = zip(harmless, outcomes, strict=True)
    return any(unexplained(case, ours, theirs, target.name) for (case, ours), theirs in pairs)


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


def test_what_is_explained_is_a_possible_change() -> None:
    possible = {f"{m.line}: {m.change}" for module in (*modules(), *shared_modules()) for m in mutants(module)}
    assert set(EXPLAINED) <= possible


def test_every_class_that_asks_nothing_is_changed_by_some_mutant() -> None:
    changed = {c.name for module in modules() for mutant in mutants(module) for c in affected(mutant)}
    instructions = {c.name for c in REGISTRY if c.kind == "instruction"}
    assert instructions - changed == {"random_number", "read_identity_or_counter"}


def test_what_classes_share_affects_those_that_use_it_alone() -> None:
    names = {mutant.function: {c.name for c in affected(mutant)} for mutant in mutants("isa.asl_crypto")}
    assert names["SHAmajority"] == {"sha1_hash_update", "sha256_hash_update", "sm3_tt1"}
    assert names["FFmul02"] == {"aes_mix_columns"}


@pytest.mark.parametrize(
    ("module", "line", "change", "fate"),
    [
        ("isa.base.add_sub", "result = x - y", "x - y  →  x + y", "found"),
        ("isa.asl", "result = x + y if no_carry else x + y + zext(carry, n)", "x + y  →  x - y", "found"),
        ("isa.machine", 'self._m.set(f"x{n}", zext(value, 64))', "zext  →  sext", "found"),
        ("isa.base.hints", "", "", "found"),
    ],
)
def test_a_mutant_is_judged(module: str, line: str, change: str, fate: str) -> None:
    mutant = next(m for m in mutants(module) if m.line.startswith(line) and m.change.startswith(change))
    with open_target("unicorn") as target:
        assert judge(mutant, [target]) == fate


def test_unchanged_semantics_survive() -> None:
    [mutant, *_] = mutants("isa.base.crc32")
    with open_target("unicorn") as target, pytest.MonkeyPatch.context() as patch:
        patch.setattr("test_mutations.apply", lambda mutant: None)
        assert judge(mutant, [target]) == "survives"


def sampled(random: Random) -> Iterator[tuple[list[Mutant], int]]:
    """Mutants to try in order, and how many of them: some of each class, and of each module of what classes share."""
    possible = {module: mutants(module) for module in modules()}
    for instruction in REGISTRY:
        own = [m for m in possible.get(instruction.module, ()) if instruction in affected(m)]
        yield random.sample(own, len(own)), PER_CLASS
    for module in shared_modules():
        yield random.sample(mutants(module), len(mutants(module))), PER_SHARED_MODULE


@pytest.mark.slow
def test_broken_semantics_are_found() -> None:
    fates: dict[Mutant, str] = {}
    with ExitStack() as stack:
        targets = [stack.enter_context(target) for target in opened()]
        for possible, wanted in sampled(Random(1)):
            born = 0
            for mutant in possible:
                if born == wanted:
                    break
                if mutant not in fates:
                    fates[mutant] = judge(mutant, targets)
                    print(f"{fates[mutant]:9} {mutant}", flush=True)
                    born += fates[mutant] in ("found", "survives")
    found, survivors = ([m for m, fate in fates.items() if fate == wanted] for wanted in ("found", "survives"))
    reasons = {m: EXPLAINED.get(f"{m.line}: {m.change}", "") for m in survivors}
    strange = [m for m, reason in reasons.items() if not reason]
    report(fates, found, reasons)
    tried = len(found) + len(strange)
    assert tried >= 300
    assert len(strange) <= (1 - NEEDED) * tried


def report(fates: dict[Mutant, str], found: Sequence[Mutant], reasons: dict[Mutant, str]) -> None:
    """Print what became of the mutants: in numbers, by kind of change, and every survivor."""
    print("\n", dict(Counter(fates.values())), "of", len({c.name for m in found for c in affected(m)}), "classes")
    born = Counter(m.kind for m in (*found, *reasons))
    for kind, number in born.most_common():
        print(f"  {kind:28} {number:4} {sum(m.kind == kind for m in found):4} found")
    for mutant, reason in reasons.items():
        print(f"  survives: {mutant}: {reason or 'NOT EXPLAINED'}")
