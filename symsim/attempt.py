# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""One attempt at a routine or a theorem, in a process of its own: refute it, or prove it and write the certificate, or say what is left."""

from __future__ import annotations

import gc
import os
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from isa.dsl import Undefined, Unpredictable, Unsupported
from isa.meaning import meaning
from isa.state import NAMES
from kernel.certificate import write_certificate
from kernel.term import Term
from kernel.thm import KernelError, Thm
from symsim.blast import Falsified, blast, keep_proofs_in
from symsim.contract import Contract
from symsim.counterexample import Counterexample
from symsim.counterexample_c import c_test
from symsim.effort import effort
from symsim.errors import ArmsymError, BadInput
from symsim.explain import size
from symsim.flow import NoSemantics
from symsim.invariant import LoopNotProved
from symsim.kept_proofs import KeptProofs
from symsim.listing import text
from symsim.processes import peak_memory
from symsim.program import Program
from symsim.prove import Proved, RoutineProof
from symsim.refute import from_model, search
from symsim.result import PROVED, REFUTED, Job, Result
from symsim.store import Store
from symsim.theorem import Refuted, Theorem
from symsim.witness import check_witness

Say = Callable[[str], None]
MOST_NODES = 2_000
"""A larger open goal is not handed to SAT for a model."""
Constants = Iterable[tuple[int, int]]
QUICK, LONG = 8, 100
"""States to try before a proof, and after one that failed: a hash of two blocks takes 0.1 s to evaluate."""


def attempt(job: Job, say: Say) -> Result:
    """What comes out; errors too are results. A certificate is only a draft until another process has replayed it."""
    result = Result.asked(job)
    work = _Attempt(job, result, say)
    store = Store()
    keep_proofs_in(None if job.anew else KeptProofs(store))
    try:
        work.run()
    except ArmsymError as error:
        result.detail, result.exit_code = str(error), error.exit_code
    except MemoryError:
        result.detail = "out of memory"
    except Exception as error:  # a mistake of ours in one routine leaves the others alone
        result.detail = f"internal error: {type(error).__name__}: {error}"
        if os.environ.get("ARMSYM_DEBUG"):
            traceback.print_exc()
    if job.account is not None:
        work.tell(job.account)
    keep_proofs_in(None)
    store.close()
    result.peak_memory = peak_memory()
    return result


class _Attempt:
    def __init__(self, job: Job, result: Result, say: Say) -> None:
        self.job, self.result, self.say = job, result, say
        self._contract: Contract | None = None
        self._program: Program | None = None
        self._constants: tuple[tuple[int, int], ...] = ()
        self._found: Counterexample | None = None
        self._proof: RoutineProof | None = None
        self._proved: Proved | None = None

    def run(self) -> None:
        with self._stage("load"):
            goal = self.job.routine.goal()
        self.result.summary = goal.summary
        if isinstance(goal, Theorem):
            self._theorem(goal)
        else:
            self._routine(goal)

    def _theorem(self, theorem: Theorem) -> None:
        result = self.result
        try:
            with self._stage("prove"), _without_collection():
                proved = theorem.prove(self.say)
        except Refuted as refuted:
            result.status, result.detail = REFUTED, str(refuted)
            return
        result.ensures = list(theorem.claims)
        self._write(proved, {"title": theorem.name}, None)
        result.status, result.exit_code = PROVED, 0

    def _routine(self, contract: Contract) -> None:
        job, result = self.job, self.result
        with self._stage("load"):
            if job.symbol:
                contract = replace(contract, symbol=job.symbol)
            result.symbol = contract.symbol
            program = Program.load(job.object, contract.symbol)
            result.object, result.object_sha256 = program.path, program.sha256
            result.address = program.symbol(contract.symbol).address
            self._contract, self._program = contract, program
        with self._stage("witness"):
            witness = check_witness(contract, program)
            self._constants = witness.constants
        if witness.counterexample is not None:
            return self._refute(witness.counterexample, contract, program)
        with self._stage("search"):
            found = search(contract, program, witness.constants, QUICK, job.seed, self.say)
        if found is not None:
            return self._refute(found, contract, program)
        try:
            with self._stage("prove"), _without_collection():
                self._proof = RoutineProof(contract, program, witness.constants, self.say)
                self._proved = proved = self._proof.prove()
        except BadInput:
            raise
        except ArmsymError as error:
            with self._stage("search"):
                found = self._search_after(error, contract, program, witness.constants)
            if found is not None:
                return self._refute(found, contract, program)
            raise
        result.requires, result.ensures = list(proved.requires), list(proved.ensures)
        result.instructions = proved.instructions
        about = {
            "title": contract.name,
            "object": program.path.rpartition("/")[2],
            "object_sha256": program.sha256,
            "container_sha256": program.container_sha256,
            "symbol": contract.symbol,
            "components": list(NAMES),
        }
        result.any_length = any(not isinstance(region.size, int) for region in contract.regions)
        self._write(proved.thm, about, contract)
        result.status, result.exit_code = PROVED, 0
        return None

    def _search_after(
        self, error: ArmsymError, contract: Contract, program: Program, constants: Constants
    ) -> Counterexample | None:
        """A counterexample, first near the model of the goal that failed."""
        model, seed = model_of(error), self.job.seed + 1
        found = from_model(contract, program, constants, model, seed=seed) if model is not None else None
        return found or search(contract, program, constants, LONG, seed, self.say)

    def _refute(self, found: Counterexample, contract: Contract, program: Program) -> None:
        _demand_semantics(found, program)
        self._found = found = found.located(program, contract)
        result, directory = self.result, self.job.counterexamples
        place = directory / f"{result.file_name()}.json"
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(f"{directory}: {error.strerror}") from None
        found.save(place)
        test = c_test(found, program)
        if test is not None:
            place.with_suffix(".c").write_text(test, encoding="utf-8")
        else:
            place.with_suffix(".c").unlink(missing_ok=True)
        result.status, result.detail, result.counterexample = REFUTED, found.describe(), str(place)

    def tell(self, place: Path) -> None:
        """Write the account of what was done. No trouble with it changes the result."""
        from symsim.report.account import write_account  # noqa: PLC0415  (only reports need it)

        if self._contract is not None and self._program is not None:
            with self._stage("account"):
                write_account(
                    place, self._contract, self._program, self._constants, self._proof, self._proved, self._found, self.job.seed
                )

    def _write(self, proved: Thm, about: dict[str, object], contract: Contract | None) -> None:
        result = self.result
        with self._stage("write"):
            took = effort(self.job.routine.script, contract, proved)
            result.lines, result.hints = took.lines, took.hints
            result.lemmas, result.solver_calls, result.longest_lemma = took.lemmas, took.solver_calls, took.longest_lemma
            about |= {"summary": result.summary, "labels": {"hyps": result.requires, "concl": result.ensures}}
            with self.job.draft.open("wb") as out:
                result.statement_sha256 = write_certificate(proved, about, out)

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        self.say(name)
        start = time.perf_counter()
        try:
            yield
        finally:
            self.result.seconds[name] = round(self.result.seconds.get(name, 0) + time.perf_counter() - start, 3)


def _demand_semantics(found: Counterexample, program: Program) -> None:
    """Raise NoSemantics where the emulator stopped at an instruction that the model leaves out: other processors may have it."""
    kind, _, place = found.failure.found.partition(": ")
    if kind == "undefined instruction":
        address = int(place, 16) - found.base
        word = program.word(address)
        try:
            meaning(word)
        except (Undefined, Unpredictable):
            return
        except Unsupported as error:
            where = f"{program.name_of(address)} ({address:#x})"
            raise NoSemantics(f"{where}: {text(word, address)} ({word:#010x}): {error}") from None


def model_of(error: BaseException) -> dict[Term, int] | None:
    """A model of the false goal that an error comes from, or of the open one, if it has any."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, Falsified):
            return cause.model
        if isinstance(cause, LoopNotProved) and cause.goal is not None:
            return _refuting(cause.goal)
        cause = cause.__cause__ or cause.__context__
    return None


def _refuting(goal: Term) -> dict[Term, int] | None:
    if size(goal, MOST_NODES) > MOST_NODES:
        return None
    try:
        blast(goal)
    except Falsified as false:
        return false.model
    except (ArmsymError, KernelError):
        pass
    return None


@contextmanager
def _without_collection() -> Iterator[None]:
    """Terms and theorems stay, and hold no cycles: looking for some takes a quarter of the time of a proof."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
