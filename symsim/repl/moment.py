# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What a session is made of: its states, the lines of its listing, its breakpoints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from kernel.term import Term
from kernel.thm import Thm
from symsim import notebook
from symsim.errors import ArmsymError
from symsim.path import Path

if TYPE_CHECKING:
    from symsim.repl.stepping import Stepper


class Finished(ArmsymError):
    """The routine has returned: there is no next instruction."""


class Fork(ArmsymError):
    """Where to go, or what to touch, depends on a condition that may hold or not: take one side."""

    def __init__(self, condition: Term, written: str) -> None:
        super().__init__(f"the next step depends on {written}\ntake: go on where it holds; take not: where it does not")
        self.condition = condition


class Line(NamedTuple):
    """A line of a listing."""

    address: int
    word: int
    text: str
    is_next: bool
    is_head: bool
    has_breakpoint: bool

    @property
    def marks(self) -> str:
        """→ the next instruction, * the head of a loop, ! a breakpoint: three characters."""
        return ("→" if self.is_next else " ") + ("*" if self.is_head else " ") + ("!" if self.has_breakpoint else " ")


class Change(NamedTuple):
    """A component that differs between two states."""

    name: str
    before: Term
    after: Term


@dataclass(frozen=True, repr=False)
class Moment:
    """A state of the execution: where it came from, and what is known of it. Immutable, so that going back is free.

    `executed` is the linked address of the instruction that led here, None where an assumption, an assignment or a loop did.
    """

    path: Path
    executed: int | None = None

    @property
    def thm(self) -> Thm:
        """Γ ⊢ run(steps, base, start) = this state"""
        return self.path.thm

    @property
    def address(self) -> int | None:
        """The linked address of the next instruction, if it is one."""
        return self.path.address

    def __getitem__(self, component: str) -> Term:
        return self.path.component(component)

    def __repr__(self) -> str:
        place = "elsewhere" if self.address is None else f"at {self.address:#x}"
        return f"<Moment: after {self.path.steps} steps, {place}>"

    def _repr_html_(self) -> str:
        return notebook.of_state(self)


@dataclass(frozen=True)
class Breakpoint:
    """Where to stop: `reason(stepper)` is said when it does, or None; it is asked before each instruction but the first."""

    text: str
    reason: Callable[[Stepper], str | None]
    address: int | None = None
