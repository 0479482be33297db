# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Places in the state at a loop's head, whose values an invariant describes, and how they move from round to round."""

from __future__ import annotations

from dataclasses import dataclass

from isa.state import INDEX
from kernel.normal import ring
from kernel.ops import CONCAT, ZERO_EXTEND, concat, proj, read, zext
from kernel.sorts import BV, Sort
from kernel.term import Term, Var
from symsim.contract import INDEX_VARIABLE as I
from symsim.memory import Area
from symsim.path import MEM

CELL = 8  # bytes: what is followed on its own in an area that no fold owns, and in a vector register that is not followed as a whole


@dataclass(frozen=True)
class Slot:
    """A place whose value an invariant describes: a component, or `size` bytes of an area or of a vector register."""

    name: str
    offset: int
    size: int
    area: Area | None
    sort: Sort

    @property
    def variable(self) -> Term:
        """The variable for the place's value where it is not known."""
        return Var(f"some_{self.name}" + (f"_{self.offset}" if self.size else ""), self.sort)

    def of_state(self, state: Term) -> Term:
        """The place's value in a state."""
        if self.area is None:
            return self.of_whole(proj(state, INDEX[self.name]))
        return self.of_whole(read(proj(state, MEM), self.area.base, self.area.size))

    def of_whole(self, whole: Term) -> Term:
        """The place's part of its area's or register's value."""
        if not self.size or 8 * self.size == whole.width:
            return whole
        return whole[8 * (self.offset + self.size) - 1 : 8 * self.offset]


def distance(before: Term, after: Term) -> int:
    """The constant by which a 64-bit value, or a 32-bit one with zeros on top, moves; 0 where there is none."""
    if before.op is ZERO_EXTEND and after.op is ZERO_EXTEND and before.args[0].width == after.args[0].width == 32:
        before, after = before.args[0], after.args[0]
    elif before.sort is not BV(64):
        return 0
    form = ring(after - before)
    return form[()] if set(form) == {()} else 0


def moved(before: Term, by: int) -> Term:
    """The value in round i that was `before` at the start and moves by a constant."""
    if before.op is ZERO_EXTEND:
        return zext(before.args[0] + I[31:0] * by, 64)
    return before + I * by


def lanes_moved(before: Term, after: Term) -> Term | None:
    """The value in round i of words side by side, each of which moves by a constant or stays; None where they do not."""
    if before.op is not CONCAT or after.op is not CONCAT or [x.width for x in before.args] != [x.width for x in after.args]:
        return None
    parts = []
    for x, y in zip(before.args, after.args, strict=True):
        form = ring(y - x)
        if set(form) - {()} or x.width > I.width:
            return None
        parts.append(x + (I * form[()])[x.width - 1 : 0] if form else x)
    return concat(*parts)
