# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The full-screen view: the REPL's commands under a debugger's keys, and what they lead to in panes side by side."""

from __future__ import annotations

import ctypes
import io
import threading
from collections.abc import Sequence
from typing import ClassVar

from rich.console import Console
from textual import events, work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Footer, Input, OptionList, Static

from symsim import Session
from symsim.repl.shell import Quit, Shell
from symsim.tui.command_line import CommandLine
from symsim.tui.panes import Listing, Pane, Registers, formula_text, goals_text, memory_text

WIDTH, HEIGHT = 80, 24
PATIENCE = 0.5
"""Seconds after which a command that is not done is said to be under way."""
KEYS = """\
s F7    one instruction            b F6    back
n F8    one, a call as a whole     r F9    run to a breakpoint or the return
l       to the next loop head      o       past the loop, by its invariant
u       until …                    enter   breakpoint on the line, or not
t T     take, take not             tab     the next pane
:       a command of the REPL      escape  back to the listing
^C      stop what is under way     q       leave

In the listing → is the next instruction, * the head of a loop, ! a breakpoint.
The formula is that of the register under the cursor, or of the last show.
`help` lists the commands."""


class Tui(App[None]):
    """A session on the whole screen."""

    TITLE = "armsym"
    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #place { height: 1; background: $primary-background; text-style: bold; }
    #panes { height: 1fr; }
    #left, #right { width: 1fr; }
    Listing, Registers, Pane { border: none; border-top: solid $primary; padding: 0; background: $background; }
    Listing, Registers { text-wrap: nowrap; text-overflow: ellipsis; }
    Listing, Registers, Pane { scrollbar-size-vertical: 1; }
    Listing:focus, Registers:focus, Pane:focus { border: none; border-top: heavy $accent; }
    Listing { height: 2fr; }  #memory { height: 1fr; }
    Registers { height: 5fr; }  #formula { height: 4fr; }  #goals { height: 3fr; }
    #answer { height: 4; max-height: 40%; }
    #answer.long { height: auto; max-height: 75%; }
    Input { border: none; height: 1; padding: 0; }
    #small { display: none; height: 1fr; content-align: center middle; }
    .small #small { display: block; }
    .small #panes, .small #answer, .small Input, .small Footer, .small #place { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s,f7", "do('step')", "step"),
        Binding("n,f8", "do('next')", "next"),
        Binding("b,f6", "do('back')", "back"),
        Binding("r,f9", "do('run')", "run"),
        Binding("u,f4", "ask('until ')", "until"),
        Binding("l", "do('until loop')", "loop"),
        Binding("o", "do('over')", "over", show=False),
        Binding("t", "do('take')", "take", show=False),
        Binding("T", "do('take not')", "take not", show=False),
        Binding("colon", "ask('')", "command", key_display=":"),
        Binding("escape", "listing", "listing", show=False),
        Binding("question_mark,f1", "keys", "keys", key_display="?"),
        Binding("ctrl+c", "interrupt", "stop", show=False, priority=True),
        Binding("q", "quit", "quit"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._written = io.StringIO()
        self.session = session
        self.shell = Shell(session, Console(file=self._written, width=WIDTH, color_system=None))
        self._shown: str | None = None
        self._waiting: list[str] = []
        self._busy = False
        self._thread: int | None = None

    def compose(self) -> ComposeResult:
        """Where it is; five panes; what was answered; the command line."""
        yield Static(id="place", markup=False)
        with Horizontal(id="panes"):
            with Vertical(id="left"):
                yield Listing()
                yield Pane(id="memory")
            with Vertical(id="right"):
                yield Registers()
                yield Pane(id="formula")
                yield Pane(id="goals")
        yield Pane(id="answer")
        yield CommandLine(self.shell)
        yield Footer()
        yield Static(id="small", markup=False)

    def on_mount(self) -> None:
        """The state at the start."""
        for name in ("memory", "formula", "goals", "answer"):
            self.query_one(f"#{name}").border_title = name.capitalize()
        self.query_one(Listing).load(self.session)
        self.query_one(Registers).load(self.session)
        self._refresh(())
        self._say("? shows the keys, : takes a command of the REPL, q leaves")
        self.query_one(Listing).focus()

    def on_resize(self, event: events.Resize) -> None:
        """Too small a terminal is told so; it comes back with the room."""
        width, height = event.size
        self.screen.set_class(width < WIDTH or height < HEIGHT, "small")
        self.query_one("#small", Static).update(
            f"{WIDTH}×{HEIGHT} characters are needed, the terminal has {width}×{height}.\n"
            "Make it larger, or leave with q: armsym repl needs no room."
        )

    # Commands

    def action_do(self, line: str) -> None:
        """A command of the REPL, after those that are under way."""
        self._waiting.append(line)
        self._go_on()

    def action_ask(self, begun: str) -> None:
        """Go to the command line."""
        self.query_one(CommandLine).begin(begun)

    def action_listing(self) -> None:
        """Go back to the listing."""
        self.query_one("#answer").set_class(False, "long")
        self.query_one(Listing).focus()

    def action_keys(self) -> None:
        """The keys."""
        self._say(KEYS)

    def action_interrupt(self) -> None:
        """Stop the command under way: it ends as at the REPL's prompt, with the state as it was."""
        self._waiting.clear()
        if self._thread is not None:
            self.query_one("#place", Static).update(" stopping …")
            interrupt = ctypes.py_object(KeyboardInterrupt)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread), interrupt)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """A line was typed; an empty one does the last again."""
        line = self.query_one(CommandLine).take()
        if line:
            self.action_do(line)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter on a line of the listing sets a breakpoint there, or takes it away."""
        listing = self.query_one(Listing)
        if event.option_list is listing and listing.chosen is not None:
            stops = [b.address for b in self.session.breakpoints]
            there = listing.chosen in stops
            self.action_do(f"unbreak {stops.index(listing.chosen) + 1}" if there else f"break {listing.chosen:#x}")

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """The register under the cursor is the one whose formula is shown."""
        registers = self.query_one(Registers)
        if event.option_list is registers and registers.has_focus and not self._busy:
            self._shown = None
            self._show(registers.chosen)

    def _go_on(self) -> None:
        if self._waiting and not self._busy:
            self._busy = True
            line = self._waiting.pop(0)
            self.set_timer(PATIENCE, lambda: self._still_at(line))
            self._execute(line)

    def _still_at(self, line: str) -> None:
        if self._busy:
            self.query_one("#place", Static).update(f" at work: {line} … (^C stops it)")

    @work(thread=True)
    def _execute(self, line: str) -> None:
        """Do what a line says, aside, so that ^C is heard; the panes wait for its end."""
        states = len(self.session.history)
        self._written.seek(0)
        self._written.truncate()
        try:
            self._thread = threading.get_ident()
            try:
                self.shell.execute(line)
            finally:
                self._thread = None
        except KeyboardInterrupt:
            pass  # it came when the command was done
        except Quit:
            self.call_from_thread(self.exit)
            return
        self.call_from_thread(self._after, line, len(self.session.history) - states)

    def _after(self, line: str, moved: int) -> None:
        self._busy = False
        name, _, rest = line.partition(" ")
        if name in ("show", "p") and rest:
            self._shown = rest
        self._refresh([c.name for c in self.session.diff(moved)] if moved > 0 else [])
        self._say(self._written.getvalue().rstrip(), from_end=moved != 0)
        self._go_on()

    # Showing

    def _refresh(self, changed: Sequence[str]) -> None:
        session = self.session
        self.query_one("#place", Static).update(f" {session.where()}")
        self.query_one(Listing).refresh_state()
        self.query_one(Registers).refresh_state(changed)
        self.query_one("#memory", Pane).show(memory_text(session))
        self.query_one("#goals", Pane).show(goals_text(session))
        self._show(self._shown or self.query_one(Registers).chosen)

    def _show(self, name: str | None) -> None:
        title = "Formula" if name is None else f"Formula of {name}"
        self.query_one("#formula", Pane).show(formula_text(self.session, name), title)

    def _say(self, text: str, from_end: bool = False) -> None:
        """Show an answer: more of it if it is long, but for moves, whose changes are in the panes."""
        answer = self.query_one("#answer", Pane)
        answer.set_class(text.count("\n") > 2 and not from_end, "long")
        answer.show("\n".join(text.splitlines()[-3:]) if from_end else text)
