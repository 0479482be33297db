# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What a proof took: of those who wrote its contract, of the solver, of the certificate."""

from __future__ import annotations

import ast
import io
import tokenize
from dataclasses import dataclass
from pathlib import Path

from kernel.certificate import order
from kernel.thm import Thm
from symsim.contract import Contract
from symsim.solvers.cadical import TALLY

_SILENT = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)


@dataclass(frozen=True)
class Effort:
    """`lines` of code in the script, `hints` in the contract, `lemmas` proved by SAT, `solver_calls` made for them and for what turned
    out false, steps of the `longest_lemma`'s LRAT proof."""

    lines: int
    hints: int
    lemmas: int
    solver_calls: int
    longest_lemma: int


def effort(script: Path, contract: Contract | None, proved: Thm) -> Effort:
    """What the theorem took in this process; a theorem about a standard has no contract."""
    steps = [len(th.data[2]) for th in order(proved) if th.rule == "BLAST"]
    hints = _hints(contract) if contract is not None else 0
    return Effort(_lines(script.read_text(encoding="utf-8")), hints, len(steps), TALLY.calls, max(steps, default=0))


def _hints(contract: Contract) -> int:
    """What the contract says to the prover and not of the routine: where to cut, and lemmas that are no definitions."""
    cuts = len(contract.cuts.definitions) if contract.cuts is not None else 0
    return cuts + sum(rule.rule != "DEFINE" for rule in contract.rules())


def _lines(source: str) -> int:
    """The lines of a script that have code: no blank ones, comments, docstrings or imports."""
    silent: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if is_text or isinstance(node, ast.Import | ast.ImportFrom):
            silent.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _SILENT:
            lines.update(range(token.start[0], token.end[0] + 1))
    return len(lines - silent)
