# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Mutants of a routine, and what becomes of each: refuted by a run, shown equivalent by a proof, or left open."""

from __future__ import annotations

import faulthandler
import gc
import multiprocessing
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from random import Random
from typing import NamedTuple

from isa.decode import decode, disassemble
from symsim.contract import Contract
from symsim.errors import ArmsymError
from symsim.patch import with_words
from symsim.program import Program
from symsim.prove import RoutineProof
from symsim.refute import Search

KINDS = ("register", "immediate", "opcode")
STEPS = 200_000  # that a mutant may take before it counts as never returning; the routines themselves take fewer
_CONTEXT = multiprocessing.get_context("fork")


class Mutant(NamedTuple):
    """A word replaced by one that differs from it in a register, an immediate, or one bit of the rest."""

    address: int
    kind: str
    word: int
    mutated: int

    def describe(self, program: Program) -> str:
        change = f"{disassemble(self.word, self.address)} -> {disassemble(self.mutated, self.address)}"
        return f"{program.name_of(self.address)} {self.kind}: {change} ({self.word:#010x} -> {self.mutated:#010x})"


def mutants(words: Iterable[tuple[int, int]], seed: int) -> list[Mutant]:
    """One mutant of each kind for every word that has what it takes."""
    out = []
    for address, word in words:
        random = Random(f"{seed} {address:#x} {word:#x}")
        decoded = decode(word)
        fields = decoded.fields.encoding.layout.values() if decoded else ()
        places = {
            "register": [f.mask for f in fields if f.name[0] == "R" and f.width == 5],
            "immediate": [f.mask for f in fields if f.name.startswith("imm")],
        }
        taken = sum(places["register"]) | sum(places["immediate"])
        places["opcode"] = [1 << bit for bit in range(32) if not taken >> bit & 1]
        for kind in KINDS:
            if places[kind]:
                mask = random.choice(places[kind])
                bits = 0
                while not bits & mask:
                    bits = random.getrandbits(32) & mask if kind != "opcode" else mask
                out.append(Mutant(address, kind, word, word ^ bits))
    return out


def executed(events: Iterable[tuple[str, int, int]], base: int) -> list[int]:
    """The linked addresses of the instructions that a run executed."""
    runs = {(address, size) for kind, address, size in events if kind == "branch"}
    return sorted({address + at - base for address, size in runs for at in range(0, size, 4)})


class Verdict(NamedTuple):
    """What came of one mutant: the promise a run broke, if any; whether it was proved, None where no proof was tried; why it was
    not; and what became of the runs if they came to no end."""

    mutant: Mutant
    broken: str | None
    proved: bool | None = None
    why: str = ""
    lost: str = ""

    @property
    def status(self) -> str:
        if self.broken is not None:
            return "refuted"
        return "equivalent" if self.proved and not self.lost else "open"


class Campaign:
    """Mutants of one routine against its contract."""

    def __init__(
        self, contract: Contract, program: Program, constants: Sequence[tuple[int, int]], tries: int, seed: int, jobs: int = 2
    ) -> None:
        self.contract, self.program, self.constants = contract, program, tuple(constants)
        self._tries, self._jobs = tries, jobs
        self._search = Search(contract, program, constants, seed, STEPS)

    def run(self, chosen: Sequence[Mutant], also_proved: int, limit: float, seed: int = 0) -> list[Verdict]:
        """The verdicts: all mutants are run; those that no run refutes are proved, and so are `also_proved` of the others, for at most
        `limit` seconds each."""
        # This also computes, in this process, what the runs of all mutants then share.
        wrong = self._search.run(self.program, self._tries)
        if wrong is not None:
            raise AssertionError(f"the routine itself is refuted:\n{wrong.describe()}")
        gc.freeze()
        runs = dict(in_processes(self._refute, chosen, limit, self._jobs))
        verdicts = [Verdict(m, None, lost=lost) if (lost := what_was_lost(runs[m])) else Verdict(m, runs[m]) for m in chosen]
        refuted = [v for v in verdicts if v.broken is not None]
        surviving = [v for v in verdicts if v.broken is None]
        tried = surviving + Random(seed).sample(refuted, min(also_proved, len(refuted)))
        proofs = dict(in_processes(self._prove, [v.mutant for v in tried], limit, self._jobs))
        done = {v.mutant: v._replace(proved=proofs[v.mutant] == "", why=proofs[v.mutant] or "") for v in tried}
        return [done.get(v.mutant, v) for v in verdicts]

    def _mutated(self, mutant: Mutant) -> Program:
        return with_words(self.program, {mutant.address: mutant.mutated})

    def _refute(self, mutant: Mutant) -> str | None:
        found = self._search.run(self._mutated(mutant), self._tries)
        return None if found is None else found.failure.promise

    def _prove(self, mutant: Mutant) -> str:
        gc.disable()
        try:
            RoutineProof(self.contract, self._mutated(mutant), self.constants).prove()
        except ArmsymError as error:
            return str(error)
        return ""


def in_processes(
    work: Callable[[Mutant], str | None], tasks: Iterable[Mutant], limit: float, jobs: int
) -> Iterator[tuple[Mutant, str | None]]:
    """What the work gives for each task, each in a child process; "?" and what happened where it gives nothing."""
    waiting = list(reversed(list(tasks)))
    running: dict[Connection, tuple[Mutant, multiprocessing.process.BaseProcess, float]] = {}
    while waiting or running:
        while waiting and len(running) < jobs:
            receiver, sender = _CONTEXT.Pipe(duplex=False)
            task = waiting.pop()
            process = _CONTEXT.Process(target=_child, args=(work, task, sender))
            process.start()
            sender.close()
            running[receiver] = task, process, time.monotonic() + limit
        ready = wait(list(running), timeout=0.5)
        for receiver in list(running):
            task, process, deadline = running[receiver]
            late = time.monotonic() > deadline
            if receiver not in ready and not late:
                continue
            if receiver in ready:
                try:
                    result = receiver.recv()
                except EOFError:
                    result = "? died"
            else:
                process.kill()
                result = f"? took longer than {limit:g} s"
            process.join()
            receiver.close()
            del running[receiver]
            yield task, result


def what_was_lost(result: str | None) -> str:
    """Why the work gave nothing; empty where it gave something."""
    return result if result is not None and result.startswith("?") else ""


def _child(work: Callable[[Mutant], str | None], task: Mutant, sender: Connection) -> None:
    faulthandler.disable()  # that it may die is known
    sender.send(work(task))
    sender.close()


def table(name: str, program: Program, verdicts: Sequence[Verdict]) -> str:
    """The counts by kind, then every mutant that no run refuted."""
    lines = [f"{name}: {len(verdicts)} mutants", f"  {'':<10}{'refuted':>10}{'equivalent':>12}{'open':>8}{'proved though refuted':>24}"]
    for kind in KINDS:
        own = [v for v in verdicts if v.mutant.kind == kind]
        counts = [sum(v.status == status for v in own) for status in ("refuted", "equivalent", "open")]
        wrongly = sum(v.status == "refuted" and v.proved is True for v in own)
        tried = sum(v.status == "refuted" and v.proved is not None for v in own)
        lines.append(f"  {kind:<10}{counts[0]:>10}{counts[1]:>12}{counts[2]:>8}{f'{wrongly} of {tried} tried':>24}")
    for v in verdicts:
        if v.status != "refuted" or v.proved:
            said = " ".join(f"{v.lost} {v.why}".split())
            why = f": {said[:160]}" if said else ""
            lines.append(f"  {v.status:<10} {v.mutant.describe(program)}{why}")
    return "\n".join(lines)
