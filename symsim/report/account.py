# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The account of one attempt, as plain data: what the contract says, what each instruction does, what was proved, and by what.

It is made where the proof is at hand, and kept (`symsim.report.kept`); pages are made of it later (`symsim.report.page`).
"""

from __future__ import annotations

import os
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from isa.decode import disassemble
from isa.state import NAMES, STATE, VARIABLES
from kernel.certificate import order
from kernel.ops import APP, READ, is_const
from kernel.term import Term, Var
from kernel.thm import Thm
from symsim import blast
from symsim.contract import INDEX_VARIABLE, Contract
from symsim.counterexample import Counterexample
from symsim.explain import explain
from symsim.journal import Lemma
from symsim.loops import LoopProof
from symsim.parting import record
from symsim.path import Trail
from symsim.program import Program
from symsim.prove import Proved, RoutineProof
from symsim.report import effects
from symsim.report.flows import flows
from symsim.report.kept import Account, save
from symsim.simplify import Simplifier
from symsim.slots import Slot

_FINAL = Var("s", STATE)
_UNTOLD = ("pc", "trace", "safe", "policy", "monitor", "mem", *"nzcv")
_FORMULA = 90  # nodes of a formula that are shown

Steps = dict[int, Thm]
"""By linked address: ⊢ step(base, before) = after, of the first time that an instruction was executed."""


def write_account(
    place: Path,
    contract: Contract,
    program: Program,
    constants: Iterable[tuple[int, int]],
    proof: RoutineProof | None,
    proved: Proved | None,
    found: Counterexample | None,
    seed: int,
) -> None:
    """Write the account of an attempt as JSON, whole or not at all; where none can be given, the reason."""
    try:
        told = account(contract, program, proof or RoutineProof(contract, program, constants), proved, found, seed)
    except Exception as error:  # an account that fails must not cost the result that it is about
        told = {"problem": f"{type(error).__name__}: {error}"}
        if os.environ.get("ARMSYM_DEBUG"):
            traceback.print_exc()
    save(told, place)


def account(
    contract: Contract,
    program: Program,
    proof: RoutineProof,
    proved: Proved | None,
    found: Counterexample | None,
    seed: int,
) -> Account:
    """What there is to tell of an attempt; where it was not `proved`, the lemmas up to there."""
    names = _names(proof)
    lemmas = proof.journal.lemmas
    runs = {k: _steps(lemma.run.trail) for k, lemma in enumerate(lemmas) if lemma.run is not None}
    goals = _Goals(lemmas, proved, runs)
    return {
        "contract": _contract(contract, proof),
        "theorem": _theorem(proof, proved),
        "lemmas": [_lemma(lemma, goals.inferences[k], goals.first_used[k]) for k, lemma in enumerate(lemmas)],
        "goals": goals.told(),
        "loops": [_loop(loop, proof, names) for loop in proof.journal.loops],
        "unrolled": list(_unrolled(contract, proof)),
        "lines": list(_lines(proof, runs, goals, names)),
        "flow": flows(contract, program, proof, seed),
        "refutation": _refutation(found) if found is not None else None,
    }


def _refutation(found: Counterexample) -> Account:
    """The counterexample as people read it, and where code and contract part."""
    failure, parted = found.failure, found.parting
    return {
        "promise": failure.promise,
        "where": failure.where,
        "found": failure.found,
        "expected": failure.expected,
        "state": found.state_text(),
        "parting": record(parted) if parted is not None else None,
        "wrong": [parted.address] if parted is not None else [],
    }


def _lemma(lemma: Lemma, inferences: int, goals: list[int]) -> Account:
    """A lemma, with the inferences and the goals that none before it needed."""
    steps = lemma.run.steps if lemma.run is not None else None
    return {"title": lemma.title, "seconds": lemma.seconds, "inferences": inferences, "goals": goals, "steps": steps}


def _names(proof: RoutineProof) -> dict[Term, str]:
    """How the unknowns of loops are written: x3ᵢ is what x3 holds at the head in round i."""
    return {slot.variable: _unknown(slot) for loop in proof.journal.loops for slot in loop.slots}


def _unknown(slot: Slot) -> str:
    return f"{slot.name}ᵢ" if slot.area is None else f"{_place(slot)}ᵢ"


def _place(slot: Slot) -> str:
    """A place of an invariant: a component, or bytes of an area."""
    if slot.area is None or slot.size == slot.area.size:
        return slot.name
    return f"{slot.name}[{slot.offset:#x}..{slot.offset + slot.size - 1:#x}]"


def _formula(t: Term, names: Mapping[Term, str] | None = None) -> str:
    return str(explain(t, names, _FORMULA))


def _contract(contract: Contract, proof: RoutineProof) -> Account:
    return {
        "arguments": [[name, _formula(t)] for name, t in contract.arguments.items()],
        "regions": [
            {"name": r.name, "base": _formula(r.base), "size": _formula(r.extent), "writable": r.writable}
            for r in proof.regions
        ],
        "requires": [[label, _formula(p)] for label, p in proof.requires.items()],
        "ensures": [[label, _formula(p)] for label, p in proof.promises(_FINAL).items()],
        "public": [str(x.params[0]) for x in proof.public if x.op.name == "var"],
        "stack": contract.stack,
        "globals": [{"symbol": g.symbol, "size": g.size, "label": g.label} for g in contract.globals],
    }


def _theorem(proof: RoutineProof, proved: Proved | None) -> Account:
    """The theorem's own constants: where it starts, and after how many steps it ends."""
    given = {n: t for n, t, x in zip(NAMES, proof.start.args, VARIABLES, strict=True) if t is not x and n != "policy"}
    steps = None
    if proved is not None:
        run = next(
            t
            for t in _applications(proved.thm.concl, proof.theory.run_name)
            if not is_const(t.args[0]) or t.args[0].params[0]
        )
        steps = _formula(run.args[0])
    return {
        "start": [[n, _formula(t)] for n, t in given.items()],
        "run": proof.theory.run_name,
        "steps": steps,
        "trace": f"trace_of_{proof.tag}",
    }


def _applications(root: Term, name: str) -> Iterator[Term]:
    seen = {root}
    stack = [root]
    while stack:
        t = stack.pop()
        if t.op is APP and t.params[0] == name:
            yield t
        for a in t.args:
            if a not in seen:
                seen.add(a)
                stack.append(a)


def _steps(trail: Trail | None) -> Steps:
    found: Steps = {}
    while trail is not None:
        found[trail.address] = trail.thm
        trail = trail.before
    return found


class _Goals:
    """The goals that SAT answered, as far as the theorem rests on them, and who used them."""

    def __init__(self, lemmas: list[Lemma], proved: Proved | None, runs: Mapping[int, Steps]) -> None:
        roots = [proved.thm] if proved is not None else [lemma.thm for lemma in lemmas]
        marked = {id(lemma.thm): k for k, lemma in enumerate(lemmas)}
        self._below: dict[int, int] = {}
        self._goals: list[Thm] = []
        self._first: dict[int, int] = {}
        steps = [th for run in runs.values() for th in run.values()]
        self._walk([*(lemma.thm for lemma in lemmas), *roots, *steps], marked)
        self.inferences = self._attributed(lemmas)
        used = 0
        self.first_used: list[list[int]] = []
        for lemma in lemmas:
            new = self._below[id(lemma.thm)] & ~used
            used |= new
            self.first_used.append(_bits(new))

    def _walk(self, roots: Iterable[Thm], marked: Mapping[int, int]) -> None:
        """For each theorem, the goals below it, as a set of bits."""
        below = self._below
        for root in roots:
            for th in order(root) if id(root) not in below else ():
                if id(th) in below:
                    continue
                bits = 0
                for premise in th.premises:
                    bits |= below[id(premise)]
                if th.rule == "BLAST":
                    bits |= 1 << len(self._goals)
                    self._goals.append(th)
                below[id(th)] = bits

    def _attributed(self, lemmas: list[Lemma]) -> list[int]:
        """How many inferences each lemma needs that none before it did."""
        seen: set[int] = set()
        counts = []
        for lemma in lemmas:
            before = len(seen)
            stack = [lemma.thm]
            while stack:
                th = stack.pop()
                if id(th) not in seen:
                    seen.add(id(th))
                    stack += th.premises
            counts.append(len(seen) - before)
        return counts

    def of(self, thm: Thm) -> list[int]:
        """The numbers of the goals that a theorem rests on."""
        return _bits(self._below[id(thm)])

    def told(self) -> list[Account]:
        out = []
        for th in self._goals:
            effort = blast.EFFORT.get(th.concl, blast.Effort(0.0, 0))
            steps = len(th.data[2])
            out.append(
                {"goal": _formula(th.concl), "seconds": effort.seconds, "clauses": effort.clauses, "lrat": steps}
            )
        return out


def _bits(mask: int) -> list[int]:
    return [k for k, bit in enumerate(reversed(bin(mask)[2:])) if bit == "1"]


def _loop(loop: LoopProof, proof: RoutineProof, names: Mapping[Term, str]) -> Account:
    """What holds at a loop's head in round i."""
    moving, same, unknown, kept = [], [], [], 0
    for slot in loop.slots:
        if slot not in loop.guess:
            unknown.append(_place(slot))
        elif loop.guess[slot] in VARIABLES or loop.guess[slot].op is READ:
            kept += 1
        elif loop.guess[slot] is loop.entry_values[slot]:
            same.append([_place(slot), effects.value(loop.guess[slot], names)])
        else:
            normal = Simplifier().normalize(loop.guess[slot]).rhs
            moving.append([_place(slot), _formula(normal, names)])
    return {
        "head": loop.head,
        "name": proof.program.name_of(loop.head),
        "count": _formula(loop.loop.count),
        "first": loop.entry.steps,
        "round": loop.back.steps,
        "counter": str(INDEX_VARIABLE.params[0]),
        "moving": moving,
        "same": same,
        "kept": kept,
        "unknown": unknown,
    }


def _unrolled(contract: Contract, proof: RoutineProof) -> Iterator[Account]:
    """The loops that were gone through round by round, and the constants of the standard that were followed meanwhile."""
    invariants = {loop.head for loop in proof.journal.loops}
    arrivals: Counter[int] = Counter()
    for lemma in proof.journal.lemmas:
        trail = lemma.run.trail if lemma.run is not None else None
        here: Counter[int] = Counter()
        while trail is not None:
            here[trail.address] += 1
            trail = trail.before
        arrivals |= here
    followed = [str(d.lhs.params[0]) for d in contract.cuts.definitions] if contract.cuts is not None else []
    for head in proof.flow.heads:
        if head not in invariants and arrivals[head]:
            yield {"head": head, "name": proof.program.name_of(head), "rounds": arrivals[head], "followed": followed}


def _lines(
    proof: RoutineProof, runs: Mapping[int, Steps], goals: _Goals, names: Mapping[Term, str]
) -> Iterator[Account]:
    program, flow = proof.program, proof.flow
    symbols = {s.address: s.name for found in program.symbols.values() for s in found}
    for address in sorted({*flow.words, *flow.refused}):
        line: Account = {"address": address, "label": symbols.get(address, ""), "head": address in flow.heads}
        word = flow.words.get(address)
        if word is None:
            word = program.word(address)
            yield line | {
                "word": word,
                "text": disassemble(word, address),
                "effects": [flow.refused[address]],
                "values": [],
                "goals": [],
            }
            continue
        executed = {k: steps[address] for k, steps in runs.items() if address in steps}
        yield line | {
            "word": word,
            "text": disassemble(word, address),
            "to": [a for a in flow.successors[address] if a != address + 4],
            "effects": effects.effects(proof.theory, address),
            "values": [[k, list(_values(th, names))] for k, th in executed.items()],
            "goals": sorted({g for th in executed.values() for g in goals.of(th)}),
        }


def _values(step: Thm, names: Mapping[Term, str]) -> Iterator[tuple[str, str]]:
    """What registers and memory hold after a step that did not before it."""
    before, after = step.lhs.args[1].args, step.rhs.args
    for name, old, new in zip(NAMES, before, after, strict=True):
        if old is not new and name not in _UNTOLD:
            yield name, effects.value(new, names)
        elif old is not new and name == "mem":
            held = dict(effects.stores(old))
            for place, t in effects.stores(new):
                if held.get(place) is not t:
                    yield f"mem[{effects.value(place, names)}, {t.width // 8}]", effects.value(t, names)
