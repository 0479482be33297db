# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What every contract promises beside what is its own: the labels in theorems, certificates, counterexamples and tables."""

from __future__ import annotations

RETURNS = "it returns to its caller"
FRAME = "nothing else in memory changes"
SAFE = "every access is inside the regions that the policy allows"
ABI = "x19 to x29, sp and the low halves of v8 to v15 are preserved"
CONSTANT_TIME = "the accesses and branches depend on public values only"

COLUMNS = {"frame": FRAME, "safe": SAFE, "constant time": CONSTANT_TIME, "ABI": ABI}
COMMON = (RETURNS, *COLUMNS.values())
PROPERTIES = ("functional", "any length", *COLUMNS, "replayed")
"""What tables say of a routine."""
