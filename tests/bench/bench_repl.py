# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""How long the REPL takes to answer: a thousand steps forward and back, one at a time, and formulas of many nodes.

    python tests/bench/bench_repl.py [OBJECT FUNCTION]

Needs the corpus, or an object. The time of a step is that of the command as the prompt does it, with the registers that it prints, after
what the prompt does before it appears; it is processor time, so that a busy machine spoils it less.
"""

from __future__ import annotations

import io
import statistics
import sys
import time
from collections.abc import Callable

from rich.console import Console

from kernel.ops import ror
from kernel.sorts import BV
from kernel.term import Var
from symsim import Session
from symsim.repl.command import without_collection
from symsim.repl.shell import Shell

STEPS = 1000


def timed(action: Callable[[], object]) -> float:
    """Milliseconds of processor time."""
    start = time.process_time()
    action()
    return (time.process_time() - start) * 1000


def told(name: str, times: list[float]) -> None:
    """One line of the report."""
    median, most = statistics.median(times), max(times)
    print(f"{name:<28} {len(times):>5}   median {median:7.2f} ms   mean {statistics.mean(times):7.2f} ms   most {most:8.2f} ms")


def main() -> None:
    """Print the report."""
    spec, function = sys.argv[1:] or ("openssl-4.0.3", "sha256_block_data_order")
    without_collection()
    session = Session.open(spec, function)
    shell = Shell(session, Console(file=io.StringIO(), force_terminal=False, width=120))
    session.words.prepare()
    shell.execute("where")
    told("the first formula", [timed(lambda: shell.execute("show x0 ^ x1"))])
    forward = []
    while len(forward) < STEPS and not session.finished:
        if session.undecided is not None:
            shell.execute("take not")
        forward.append(timed(lambda: shell.execute("step")))
    told("step", forward)
    names = [name for name, _ in session.registers()]
    told("show REGISTER", [timed(lambda n=name: shell.execute(f"show {n}")) for name in names])
    told("registers", [timed(lambda: shell.execute("registers")) for _ in range(5)])
    told("why REGISTER", [timed(lambda n=name: shell.execute(f"why {n}")) for name in names[:8]])
    told("back", [timed(lambda: shell.execute("back")) for _ in forward])
    x, y = Var("x", BV(64)), Var("y", BV(64))
    t = x
    for _ in range(50_000):
        t = ror(t + y, 3)
    told("normal form, 100,000 nodes", [timed(lambda: session.term(t))])
    told("show, 100,000 nodes", [timed(lambda: shell.say(str(session.show(t)))) for _ in range(5)])


if __name__ == "__main__":
    main()
