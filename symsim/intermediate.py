# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The values that a specification goes through on one input, and which constant of the standard each belongs to.

They are looked up by what registers hold: as words of 32 and 64 bits and blocks of 128, in either order of bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kernel.ops import APP, VAR
from kernel.term import Term, postorder
from kernel.theory import introduction
from kernel.thm import KernelError

WIDTHS = (32, 64, 128)
PLAINLY = "the specification"
"""What values are called that are inside no constant."""
_SMALL = 1 << 16  # smaller numbers, and what differs from all ones by less, say nothing
_MOST = 400_000  # values collected


class Intermediates:
    """What was met in evaluating specifications: `of` tells for a number of so many bits what it is there."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], str] = {}

    def add(self, term: Term, values: Mapping[Term, Any], inside: str = PLAINLY) -> Any:
        """Evaluate a term as `kernel.evaluate` does, and remember what was met. Raises KernelError."""
        known: dict[Term, Any] = {}
        for t in postorder((term,)):
            name = inside
            if t.op is VAR:
                if t not in values:
                    raise KernelError(f"no value for {t}")
                known[t] = values[t]
                continue
            if t.op is APP:
                name = str(t.params[0])
                known[t] = self._apply(name, [known[a] for a in t.args])
            elif t.op.evaluate is None:
                raise KernelError(f"{t.op} has no evaluation")
            else:
                known[t] = t.op.evaluate(t, [known[a] for a in t.args])
            self._note(known[t], t.sort.width, name)
        return known[term]

    def _apply(self, name: str, args: list[Any]) -> Any:
        kind, *data = introduction(name)
        if kind == "DEFINE":
            parameters, body = data
            return self.add(body, dict(zip(parameters, args, strict=True)), name)
        if kind == "DEFINE_REC":
            x, parameters, base, rec, step = data
            rest = dict(zip(parameters, args[1:], strict=True))
            result = self.add(base, rest, name)
            for i in range(args[0]):
                result = self.add(step, {**rest, x: i, rec: result}, f"{name}, round {i}")
            return result
        raise KernelError(f"the constant {name} has no value")

    def _note(self, value: Any, width: int, name: str) -> None:
        if width < WIDTHS[0] or width % 8 or len(self._known) > _MOST:
            return
        for lane in WIDTHS:
            if width % lane == 0 and (width == lane or width > WIDTHS[-1] or lane == WIDTHS[-1]):
                for at in range(0, width, lane):
                    part = value >> at & (1 << lane) - 1
                    self._known.setdefault((lane, part), name)
                    swapped = int.from_bytes(part.to_bytes(lane // 8, "little"), "big")
                    self._known.setdefault((lane, swapped), name)

    @staticmethod
    def tells(value: int, width: int) -> bool:
        """Whether a number is one that is hardly met by chance: some word of it is neither small nor nearly all ones."""
        words = [value >> at & 0xFFFF_FFFF for at in range(0, width, 32)]
        return any(_SMALL <= word < (1 << 32) - _SMALL for word in words)

    def of(self, value: int, width: int) -> str | None:
        """The constant of the standard that has the number as a value, or all words of it; None if there is none, or it says nothing."""
        for lane in (w for w in reversed(WIDTHS) if width % w == 0):
            parts = [value >> at & (1 << lane) - 1 for at in range(0, width, lane)]
            while len(parts) > 1 and not parts[-1]:
                parts.pop()
            if any(not _SMALL <= p < (1 << lane) - _SMALL for p in parts):
                continue
            names = [self._known.get((lane, p)) for p in parts]
            if all(names):
                return names[0]
        return None
