# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The panes: each shows one side of a session, and is told when the session has moved."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from symsim import Session
from symsim.errors import ArmsymError
from symsim.repl.moment import Line

STORES = 16
"""Stores that the memory pane shows, the latest first."""


class Listing(OptionList):
    """The program: → the next instruction, * heads of loops, ! breakpoints."""

    BORDER_TITLE = "Listing"

    def load(self, session: Session) -> None:
        """All lines of the routine."""
        self.session = session
        self.program = session.listing(len(session.flow.words))
        self.place_of = {line.address: k for k, line in enumerate(self.program)}
        self.add_options([Option(self._written(line)) for line in self.program])

    def refresh_state(self) -> None:
        """Marks where the session is now, in view."""
        here, stops = self.session.now.address, {b.address for b in self.session.breakpoints}
        for k, line in enumerate(self.program):
            now = line._replace(is_next=line.address == here, has_breakpoint=line.address in stops)
            if now != line:
                self.program[k] = now
                self.replace_option_prompt_at_index(k, self._written(now))
        if here in self.place_of:
            self.highlighted = self.place_of[here]
            self.scroll_to(y=self.place_of[here] - self.size.height // 2, animate=False, force=True)

    @property
    def chosen(self) -> int | None:
        """The address of the line under the cursor."""
        return None if self.highlighted is None else self.program[self.highlighted].address

    def _written(self, line: Line) -> Text:
        name = self.session.program.name_of(line.address).removeprefix(self.session.subject.function)
        return Text(f"{line.marks} {name or '+0':<7} {line.text}", style="bold" if line.is_next else "", no_wrap=True)


class Registers(OptionList):
    """What registers hold that is not what they held at the start; those that the last command changed are bold."""

    BORDER_TITLE = "Registers"

    def load(self, session: Session) -> None:
        """The session to look at."""
        self.session, self.registers = session, list[str]()

    def refresh_state(self, changed: Sequence[str]) -> None:
        """The registers now; the cursor goes to the first that has changed."""
        before = self.chosen
        rows = self.session.registers()
        self.registers = [name for name, _ in rows]
        self.clear_options()
        self.add_options(
            [Option(Text(f"{n:>4} {t}", style="bold" if n in changed else "", no_wrap=True)) for n, t in rows]
        )
        if self.registers:
            wanted = [n for n in (*changed, before) if n in self.registers]
            self.highlighted = self.registers.index(wanted[0]) if wanted else 0

    @property
    def chosen(self) -> str | None:
        """The register under the cursor."""
        at = self.highlighted
        return self.registers[at] if at is not None and at < len(self.registers) else None


class Pane(VerticalScroll):
    """Text that may be longer than its place."""

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static("", markup=False)

    def show(self, text: str, title: str | None = None) -> None:
        """Show another text, from its beginning."""
        self.query_one(Static).update(Text(text))
        self.scroll_home(animate=False)
        if title is not None:
            self.border_title = title


def formula_text(session: Session, name: str | None) -> str:
    """A register or formula as the formula pane shows it."""
    if name is None:
        return "nothing has changed since the start"
    try:
        return str(session.show(name))
    except ArmsymError as error:
        return str(error)


def memory_text(session: Session) -> str:
    """The stores, the latest first."""
    stores = session.stores(STORES)
    return "\n".join(f"mem[{place}, {size}] = {value}" for place, size, value in stores) or "nothing was stored"


def goals_text(session: Session) -> str:
    """The goals of the proof under way, or how to begin one."""
    return (
        str(session.goals[-1])
        if session.goals
        else "no proof is under way: goal CLAIM, or\nlemma NAME (a:64): CLAIM, begins one"
    )
