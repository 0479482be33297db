# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""`armsym serve`: sessions for programs, editors and assistants, by the Model Context Protocol on standard input and output.

Whatever the driver suggests, the kernel decides. What it sends is not trusted: files lie below one directory, contracts come from the
catalogue, and the number of sessions, steps, and the time of one request are limited.
"""

from __future__ import annotations

import functools
import inspect
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kernel.term import TermError
from kernel.thm import KernelError
from symsim import Session
from symsim.errors import ArmsymError, BadInput, NotAvailable
from symsim.explain import explain, one_line
from symsim.repl.countermodel import Countermodel
from symsim.repl.goals import Proof, Wrong

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

MOST_SESSIONS = 16
MOST_STEPS = 10_000
MOST_NODES = 400
SECONDS = 60
TACTICS = ("intro", "split", "rewrite", "unfold", "induct", "generalize", "use", "exact", "simplify", "blast", "undo")

Answer = dict[str, Any]


class TimeLimit(ArmsymError):
    """A request took too long; the session is as it was."""


class Tools:
    """The tools as methods, each with JSON in and out. `root` is the directory that files have to lie in."""

    def __init__(self, root: Path, seconds: int = SECONDS) -> None:
        self.root, self.seconds = root.resolve(), seconds
        self._sessions: dict[str, Session] = {}
        self._opened = 0

    # Sessions

    def open(self, object: str, function: str, contract: str | None = None) -> Answer:
        """Open a function of an object file, or of a member of it (file:member). `contract` is a routine of the catalogue."""
        if len(self._sessions) >= MOST_SESSIONS:
            raise BadInput(f"there are {MOST_SESSIONS} sessions; close one")
        file, colon, member = object.partition(":")
        if contract is not None:
            from symsim.catalogue import routine  # noqa: PLC0415  (most sessions have no contract)

            # A contract can also be a script, which would be run: only names of the catalogue are taken, and no file of such a name.
            if routine(contract).name != contract or Path(contract).exists():
                raise BadInput(f"{contract}: a contract is a routine of the catalogue")
        session = Session.open(f"{self._inside(file)}{colon}{member}", function, contract)
        self._opened += 1
        name = f"s{self._opened}"
        self._sessions[name] = session
        return {"session": name, **self._place(session)}

    def close(self, session: str) -> Answer:
        """Forget a session."""
        self._session(session)
        del self._sessions[session]
        return {}

    def _session(self, name: str) -> Session:
        if name not in self._sessions:
            raise BadInput(f"no session '{name}'; open makes one")
        return self._sessions[name]

    def _inside(self, name: str) -> Path:
        """A path below the root. Raises BadInput for any other, links followed."""
        path = (self.root / name).resolve()
        if not path.is_relative_to(self.root):
            raise BadInput(f"{name}: outside the directory that is served")
        return path

    # Stepping

    def step(self, session: str, count: int = 1) -> Answer:
        """Execute instructions. `fork` in the answer is a condition to decide by `take` before going on."""
        if not 0 < count <= MOST_STEPS:
            raise BadInput(f"1 to {MOST_STEPS} steps")
        return self._moved(session, lambda s: s.step(count))

    def next(self, session: str) -> Answer:
        """Execute one instruction, a call as a whole."""
        return self._moved(session, lambda s: s.next())

    def until(self, session: str, target: str) -> Answer:
        """Go on to an address, a symbol, "loop" (the next head of a loop) or "return"."""
        return self._moved(session, lambda s: s.until(target))

    def unroll(self, session: str, rounds: int = 1) -> Answer:
        """At the head of a loop, go round it that many times."""
        if not 0 < rounds <= MOST_STEPS:
            raise BadInput(f"1 to {MOST_STEPS} rounds")
        return self._moved(session, lambda s: s.unroll(rounds))

    def over(self, session: str) -> Answer:
        """At the head of a loop, go past it by the invariant of the contract."""
        return self._moved(session, lambda s: s.over())

    def take(self, session: str, holds: bool) -> Answer:
        """Where the next step depends on a condition, go on where it holds, or does not."""
        return self._moved(session, lambda s: s.take(holds))

    def assume(self, session: str, condition: str) -> Answer:
        """Go on where a condition holds: it becomes a hypothesis."""
        return self._moved(session, lambda s: s.assume(condition))

    def set(self, session: str, register: str, formula: str) -> Answer:
        """Go on with another value in a register."""
        return self._moved(session, lambda s: s.set(register, formula))

    def havoc(self, session: str, register: str) -> Answer:
        """Go on with any value in a register."""
        return self._moved(session, lambda s: s.havoc(register))

    def back(self, session: str, count: int = 1) -> Answer:
        """Go back by that many states."""
        s = self._session(session)
        s.back(max(1, count))
        return self._place(s)

    def _moved(self, name: str, move: Callable[[Session], object]) -> Answer:
        """Where a move led, also if it ended early."""
        s = self._session(name)
        before = len(s.history)
        stopped = None
        try:
            move(s)
        except ArmsymError as error:
            if len(s.history) == before:
                raise
            stopped = str(error)
        changes = s.diff(len(s.history) - before) if len(s.history) > before else []
        changed = {c.name: one_line(c.after, s.names()) for c in changes if c.name != "mem"}
        return {**self._place(s), "changed": changed, **({"stopped": stopped} if stopped else {})}

    def _place(self, s: Session) -> Answer:
        fork = s.undecided
        where = {"where": s.where(), "states": len(s.history), "returned": s.finished}
        return where if fork is None else {**where, "fork": one_line(fork, s.names())}

    # Looking

    def state(self, session: str) -> Answer:
        """Registers that have changed since the start, the latest stores, conditions taken, and all that is assumed."""
        s = self._session(session)
        conditions = [one_line(c, s.names()) for c in s.conditions]
        stores = [{"address": place, "bytes": size, "value": value} for place, size, value in s.stores()]
        return {
            **self._place(s),
            "registers": dict(s.registers()),
            "stores": stores,
            "conditions": conditions,
            "assumed": s.assumed(),
        }

    def listing(self, session: str, lines: int = 20) -> Answer:
        """The program around the next instruction."""
        s = self._session(session)
        return {"lines": [f"{s.program.name_of(x.address)}: {x.text}" for x in s.listing(max(1, min(lines, 400)))]}

    def show(self, session: str, formula: str, nodes: int = 60) -> Answer:
        """A formula in this state, simplified; parts too deep are folded and can be shown by their names."""
        s = self._session(session)
        found = s.show(formula, max(1, min(nodes, MOST_NODES)))
        folded = {name: f"{t.sort}" for name, t in found.folded.items()}
        return {"definitions": dict(found.lets), "formula": found.body, "folded": folded, "inputs": s.inputs(formula)}

    def why(self, session: str, register: str) -> Answer:
        """The instructions that made what a register holds."""
        s = self._session(session)
        return {"instructions": [f"{s.program.name_of(a)}: {text}" for a, text in s.why(register)]}

    def value(self, session: str, formula: str, given: dict[str, int]) -> Answer:
        """The value of a formula for values of its inputs."""
        return {"value": hex(self._session(session).value(formula, given))}

    def sat(self, session: str, condition: str) -> Answer:
        """Values under which a condition holds in this state, if there are any."""
        found = self._session(session).sat(condition)
        return {"satisfiable": False} if found is None else {"satisfiable": True, "values": found.listed()}

    def equal(self, session: str, left: str, right: str) -> Answer:
        """Whether two formulas are equal in this state, or values that tell them apart."""
        found = self._session(session).equal(left, right)
        return (
            {"equal": False, "counterexample": found.as_json()}
            if isinstance(found, Countermodel)
            else {"equal": True}
        )

    # Proving

    def goal(self, session: str, claim: str) -> Answer:
        """Begin to prove a claim about this state; registers stand for what they hold."""
        s = self._session(session)
        return self._goals(s.goal(claim))

    def lemma(self, session: str, name: str, parameters: str, claim: str) -> Answer:
        """Begin to prove a claim about any values of parameters such as "a:64, b:32"; the answer to a wrong one is a counterexample."""
        s = self._session(session)
        return self._tried(lambda: s.lemma(name, parameters, claim))

    def tactic(self, session: str, name: str, argument: str | None = None, detail: str | None = None) -> Answer:
        """Apply a tactic to the first goal: intro, split [CONDITION], rewrite LEMMA (detail: "backwards"), unfold CONSTANT,
        induct VARIABLE, generalize FORMULA (detail: the name to put in its place), use LEMMA, exact LEMMA, simplify, blast, or undo."""
        if name not in TACTICS:
            raise BadInput(f"no tactic '{name}'; there is {', '.join(TACTICS)}")
        apply = getattr(self._proof(session), name)
        arguments: list[Any] = [a for a in (argument, detail) if a is not None]
        if name == "rewrite" and detail is not None:
            if detail != "backwards":
                raise BadInput('rewrite: the detail is "backwards", or left out')
            arguments[-1] = True
        try:
            bound = inspect.signature(apply).bind(*arguments)
        except TypeError as error:
            raise BadInput(f"{name}: {error}") from None
        return self._tried(lambda: apply(*bound.args))

    def goals(self, session: str) -> Answer:
        """What is left to prove."""
        return self._goals(self._proof(session))

    def qed(self, session: str, certificate: str | None = None) -> Answer:
        """The theorem, when no goal is left; with a file name, its certificate is written."""
        s = self._session(session)
        th = s.qed(self._proof(session), None if certificate is None else self._inside(certificate))
        names = s.names()
        hypotheses = [one_line(h, names) for h in sorted(th.hyps, key=lambda t: t.id)]
        return {"theorem": str(explain(th.concl, names)), "hypotheses": hypotheses}

    def script(self, session: str) -> Answer:
        """What was done, as a Python script that does it again."""
        return {"script": self._session(session).script()}

    def _proof(self, session: str) -> Proof:
        s = self._session(session)
        if not s.goals:
            raise BadInput("no proof is under way: goal or lemma begins one")
        return s.goals[-1]

    def _tried(self, attempt: Callable[[], Proof]) -> Answer:
        try:
            return self._goals(attempt())
        except Wrong as wrong:
            return {"proved": False, "counterexample": wrong.countermodel.as_json()}

    def _goals(self, proof: Proof) -> Answer:
        goals = [
            {"hypotheses": [str(explain(h, proof.names)) for h in g.hyps], "claim": str(explain(g.concl, proof.names))}
            for g in proof.goals
        ]
        return {"given": [one_line(c, proof.names) for c in proof.given], "goals": goals, "ready": not goals}


TOOLS = tuple(name for name in vars(Tools) if not name.startswith("_"))


@contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    """Raise TimeLimit after that time, between two steps of Python; the SAT solver has a limit of its own. Main thread only."""

    def ring(number: int, frame: object) -> None:
        raise TimeLimit(f"not done within {seconds} s; the session is as it was")

    previous = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def server(tools: Tools) -> MCPServer:
    """The protocol's server for the tools. Raises NotAvailable without the package mcp."""
    try:
        from mcp.server.mcpserver import MCPServer  # noqa: PLC0415  (an extra)
        from mcp.server.mcpserver.exceptions import ToolError  # noqa: PLC0415
    except ImportError:
        raise NotAvailable("serve needs the package mcp: pip install 'armsym[mcp]'") from None

    def tool(method: Callable[..., Answer]) -> Callable[..., Any]:
        # On the main thread, where the time limit works; the protocol has one request at a time to offer anyway.
        @functools.wraps(method)
        async def call(**arguments: Any) -> Answer:
            try:
                with time_limit(tools.seconds):
                    return method(**arguments)
            except (ArmsymError, KernelError, TermError) as error:
                raise ToolError(str(error)) from None

        return call

    made = MCPServer("armsym", instructions=(__doc__ or "").splitlines()[0])
    for name in TOOLS:
        made.tool(name=name)(tool(getattr(tools, name)))
    return made


@click.command()
@click.option(
    "--root", type=click.Path(exists=True, file_okay=False, path_type=Path), default=".", help="Files lie below it."
)
@click.option("--seconds", type=click.IntRange(1, 3600), default=SECONDS, help="Time limit of one request.")
def command(root: Path, seconds: int) -> None:
    """Speak the Model Context Protocol on standard input and output: open objects, step, inspect, prove."""
    server(Tools(root, seconds)).run()
