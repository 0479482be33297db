# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What is being done, on standard error: a live line for each routine on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

_SECONDS = 1.0
"""Between two plain lines on one routine."""


class Progress:
    """Hears of routines from any thread; `with` shows them meanwhile."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._doing: dict[str, str] = {}
        self._since: dict[str, float] = {}
        self._printed: dict[str, float] = {}
        self._is_live = sys.stderr.isatty()

    def say(self, name: str, message: str) -> None:
        """This is being done about that."""
        now = time.monotonic()
        with self._lock:
            self._doing[name] = message
            self._since.setdefault(name, now)
            is_due = now - self._printed.get(name, -_SECONDS) >= _SECONDS
            if not self._is_live and is_due:
                self._printed[name] = now
                print(f"{name}: {message}", file=sys.stderr, flush=True)

    def about(self, name: str) -> Callable[[str], None]:
        """What hears only of that."""
        return partial(self.say, name)

    def done(self, name: str) -> None:
        """There is nothing left to do about it."""
        with self._lock:
            self._doing.pop(name, None)

    def __enter__(self) -> Progress:
        if self._is_live:
            from rich.console import Console  # noqa: PLC0415  (slow to load, and needed on terminals only)
            from rich.live import Live  # noqa: PLC0415
            from rich.spinner import Spinner  # noqa: PLC0415

            self._spinner = Spinner("dots")
            self._live = Live(
                console=Console(stderr=True),
                get_renderable=self._table,
                transient=True,
                refresh_per_second=8,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_live:
            self._live.stop()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Out of the way, while something else is printed."""
        self.__exit__()
        try:
            yield
        finally:
            self.__enter__()

    def _table(self) -> Table:
        from rich.markup import escape  # noqa: PLC0415
        from rich.table import Table  # noqa: PLC0415

        table = Table.grid(padding=(0, 1))
        now = time.monotonic()
        with self._lock:
            for name, message in self._doing.items():
                seconds = now - self._since[name]
                table.add_row(
                    self._spinner, escape(name), f"[dim]{seconds:5.1f} s[/]", escape(message.splitlines()[0][:100])
                )
        return table
