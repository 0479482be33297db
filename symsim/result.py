# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What is asked of a routine, and what came out: plain data for other processes, the store and programs that read JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from symsim.catalogue import Routine
from symsim.promises import COLUMNS, COMMON, PROPERTIES

PROVED, REFUTED, OPEN = "proved", "refuted", "open"


@dataclass(frozen=True)
class Job:
    """A routine to be verified in an object, or a theorem. A certificate goes to `draft`, a counterexample into a directory."""

    routine: Routine
    object: str
    """As `Program.load` takes it."""
    symbol: str
    """The name of the routine in the object; empty: the contract's."""
    seed: int
    draft: Path
    counterexamples: Path
    account: Path | None = None
    """Where an account of the attempt goes (`symsim.report.account`), if one is asked for."""
    anew: bool = False
    """Without what solvers have found before."""


@dataclass
class Result:
    """What came out for one routine. Times are in seconds, sizes in bytes, hashes are SHA-256 in hexadecimal."""

    routine: str
    proof: str
    """What to call the routine on the command line."""
    status: str = OPEN
    summary: str = ""
    object: str = ""
    object_sha256: str = ""
    symbol: str = ""
    address: int = 0
    instructions: int = 0
    requires: list[str] = field(default_factory=list)
    ensures: list[str] = field(default_factory=list)
    detail: str = ""
    """How code and specification differ, or what is left to prove, or what was wrong with the question."""
    exit_code: int = 1
    certificate: str = ""
    certificate_sha256: str = ""
    certificate_size: int = 0
    statement_sha256: str = ""
    counterexample: str = ""
    any_length: bool = False
    """What it works on has no fixed size."""
    inferences: int = 0
    lines: int = 0
    """Of code in the script."""
    hints: int = 0
    """What the contract says to the prover alone."""
    lemmas: int = 0
    """What SAT proved."""
    solver_calls: int = 0
    """Goals that a SAT solver answered, false ones too."""
    longest_lemma: int = 0
    """Steps of the longest LRAT proof."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Of the stages: load, witness, search, prove, write, replay."""
    peak_memory: int = 0
    stored: bool = False
    """It is the answer to an earlier question."""

    @staticmethod
    def asked(job: Job, detail: str = "") -> Result:
        """The result before anything is known; a theorem is about no object."""
        routine = job.routine
        code = {} if routine.is_theorem else {"object": job.object, "symbol": job.symbol}
        return Result(routine.name, routine.proof, detail=detail, **code)

    def record(self) -> dict[str, Any]:
        """The result as JSON has it."""
        return asdict(self)

    @staticmethod
    def of_record(record: dict[str, Any]) -> Result | None:
        """The result of a record; None for one of another time."""
        if record.keys() != {f.name for f in fields(Result)}:
            return None
        return Result(**record)

    def properties(self) -> dict[str, bool]:
        """For each of PROPERTIES, whether it is part of what is proved."""
        kept = set(self.ensures) if self.status == PROVED else set()
        promised = [label in kept for label in COLUMNS.values()]
        values = (bool(kept - set(COMMON)), bool(kept) and self.any_length, *promised, bool(self.certificate_sha256))
        return dict(zip(PROPERTIES, values, strict=True))

    def file_name(self) -> str:
        """How files about the result begin: routine, symbol where it differs, object."""
        routine = self.routine.replace("/", "-")
        symbol = "" if routine.endswith(self.symbol) else f"-{self.symbol}"
        return f"{routine}{symbol}-{self.object_sha256[:8]}".removesuffix("-")
