# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""`armsym repl`: step through a function symbolically, look, ask, prove."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from symsim import Session
from symsim.repl.shell import Quit, Shell, completions

HISTORY = Path("~/.local/state/armsym/history").expanduser()


@click.command()
@click.argument("object_", metavar="OBJECT")
@click.argument("function")
@click.option(
    "--contract", "-c", metavar="NAME", help="A routine of the catalogue, or a proof script, whose contract is assumed."
)
def command(object_: str, function: str, contract: str | None) -> int:
    """Step through FUNCTION of OBJECT symbolically, forwards and back; look at formulas, ask, prove.

    Commands come from the keyboard, or one a line from a pipe; then the exit status is 1 if one of them failed. `help` lists them.
    """
    without_collection()
    shell = Shell(Session.open(object_, function, contract), Console())
    return interact(shell) if sys.stdin.isatty() else read_commands(shell, sys.stdin)


def without_collection() -> None:
    """Terms and theorems stay, and hold no cycles: looking for some would stop the prompt for most of a second now and then."""
    gc.disable()


def read_commands(shell: Shell, lines: Iterator[str]) -> int:
    """Do what the lines say; 1 if one of them could not be done."""
    status = 0
    try:
        for line in lines:
            status |= not shell.execute(line)
    except Quit:
        pass
    return status


def interact(shell: Shell) -> int:
    """A prompt with history and completion, until ^D or quit."""
    from prompt_toolkit import PromptSession  # noqa: PLC0415  (a pipe needs no prompt)
    from prompt_toolkit.completion import Completer, Completion  # noqa: PLC0415
    from prompt_toolkit.completion.base import CompleteEvent  # noqa: PLC0415
    from prompt_toolkit.document import Document  # noqa: PLC0415
    from prompt_toolkit.history import FileHistory, History, InMemoryHistory  # noqa: PLC0415

    class Names(Completer):
        """Commands, registers, variables, lemmas."""

        def get_completions(self, document: Document, event: CompleteEvent) -> Iterator[Completion]:
            line = document.text_before_cursor
            last = line.split(" ")[-1].split("(")[-1].split("[")[-1]
            for name in completions(shell, line):
                yield Completion(name, -len(last))

    history: History
    try:
        HISTORY.parent.mkdir(parents=True, exist_ok=True)
        HISTORY.touch()
        history = FileHistory(str(HISTORY))
    except OSError:
        history = InMemoryHistory()
    prompt: PromptSession[str] = PromptSession(history=history, completer=Names(), complete_while_typing=False)
    shell.session.words.prepare()
    shell.say("help lists the commands, ^D leaves")
    shell.do_where("")
    # A signal that comes while the prompt is set up would be lost in one of its callbacks, with a message about an exception there. At the
    # prompt itself ^C is a key.
    with _on_interrupt(signal.SIG_IGN):
        while True:
            try:
                line = prompt.prompt("armsym> ", handle_sigint=False)
                with _on_interrupt(signal.default_int_handler):
                    shell.execute(line)
            except KeyboardInterrupt:
                continue
            except (EOFError, Quit):
                return 0


@contextmanager
def _on_interrupt(handler: Any) -> Iterator[None]:
    """What SIGINT does meanwhile."""
    previous = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
