# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The line that takes the REPL's commands, with its history and what it may go on as."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.suggester import Suggester
from textual.widgets import Input

from symsim.repl.shell import Shell, completions


class _Completions(Suggester):
    """The first way that the last word may go on."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._shell = shell

    async def get_suggestion(self, value: str) -> str | None:
        """The line with its last word completed; the right arrow takes it."""
        last = value.rsplit(" ", maxsplit=1)[-1].rsplit("(", maxsplit=1)[-1].rsplit("[", maxsplit=1)[-1]
        found = next(iter(completions(self._shell, value)), None) if last else None
        return None if found is None else value.removesuffix(last) + found


class CommandLine(Input):
    """One line; up and down go through what was typed before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "recall(-1)", "earlier", show=False),
        Binding("down", "recall(1)", "later", show=False),
    ]

    def __init__(self, shell: Shell) -> None:
        super().__init__(
            placeholder="a command (: goes here, escape leaves)", select_on_focus=False, suggester=_Completions(shell)
        )
        self._typed: list[str] = []
        self._at = 0

    def take(self) -> str:
        """The line, which becomes empty; the last one again if nothing was typed."""
        line = self.value.lstrip(": ").rstrip() or (self._typed[-1] if self._typed else "")
        if line:
            self._typed.append(line)
        self._at = len(self._typed)
        self.value = ""
        return line

    def begin(self, text: str) -> None:
        """Go on typing after a text."""
        self.value = text
        self.focus()
        self.cursor_position = len(text)

    def action_recall(self, by: int) -> None:
        """Another line that was typed."""
        self._at = max(0, min(self._at + by, len(self._typed)))
        self.begin([*self._typed, ""][self._at])
