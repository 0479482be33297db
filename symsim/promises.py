# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What every contract promises beside what is its own: the labels in theorems, certificates, counterexamples and tables."""

from __future__ import annotations

from collections.abc import Iterable

RETURNS = "it returns to its caller"
FRAME = "nothing else in memory changes"
SAFE = "every access is inside the regions that the policy allows"
ABI = "x19 to x29, sp and the low halves of v8 to v15 are preserved"
CONSTANT_TIME = "the accesses and branches depend on public values only"

COLUMNS = {"frame": FRAME, "safe": SAFE, "constant time": CONSTANT_TIME, "ABI": ABI}
COMMON = (RETURNS, *COLUMNS.values())
PROPERTIES = ("functional", "any length", *COLUMNS, "replayed")
"""What tables say of a routine."""


def preserved(registers: Iterable[str]) -> str:
    """The label for a routine with a convention of its own, which preserves these registers and sp; dN is the low half of vN."""
    runs: list[list[str]] = []
    for name in registers:
        if runs and runs[-1][-1] == f"{name[0]}{int(name[1:]) - 1}":
            runs[-1].append(name)
        else:
            runs.append([name])
    parts = [run[0] if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs]
    return f"of the registers, {', '.join([*parts, 'sp'])} are preserved, as callers that know the routine rely on"
