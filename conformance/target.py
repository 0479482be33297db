# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What a machine to compare with is: it runs cases and returns their outcomes.

    unicorn          Unicorn, in a child process
    qemu[:PATH]      the vector agent under qemu-aarch64 (at PATH)
    ssh:DEST         the vector agent on an AArch64 Linux board
    gdb:HOST:PORT    a GDB remote stub
    replay:FILE      what one of these said before

are the specs of the targets.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from types import TracebackType
from typing import Protocol, Self

from conformance.state import Case, Outcome
from symsim.errors import BadInput, NotAvailable


class Target(Protocol):
    """A machine that runs cases. Use it as a context manager, or close it."""

    name: str
    """The spec that opens it, such as `qemu`."""
    scheme: str
    """What known issues call it: the part of its spec before the colon, of a recording that of what was recorded."""
    damage: str
    """Why it could not say all that it was asked, as a recording cut short; empty if it could."""
    description: str
    """What it is, for a person: the program and its version, or the CPU."""
    features: frozenset[str]
    """The features it announces, such as FEAT_SHA256. It may have others: a kernel does not announce every one."""
    dczid: int
    """What MRS of DCZID_EL0 reads there: the block size of DC ZVA is 4 << (dczid & 15) bytes."""

    def run(self, cases: Sequence[Case]) -> list[Outcome]:
        """The outcome of each case, in order.

        A case of which the target dies has the outcome KILLED, one that it can't run NOT_RUN. Raises BadInput for a
        case that does not fit the address space, and TargetLost when the target is gone and does not come back.
        """
        ...

    def close(self) -> None:
        """Ends the target; a second time does nothing."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class TargetLost(NotAvailable):
    """The target went away in the middle of a run and could not be started again; `outcomes` is what it said before."""

    def __init__(self, message: str, outcomes: list[Outcome]) -> None:
        super().__init__(message)
        self.outcomes = outcomes


def scheme_of(name: str) -> str:
    """The part of a spec before the colon."""
    return name.partition(":")[0]


class Closing:
    """The context manager that every target is, whole and called after its spec unless it says otherwise."""

    name = ""
    damage = ""

    @property
    def scheme(self) -> str:
        """See Target.scheme."""
        return scheme_of(self.name)

    def close(self) -> None:
        """Nothing to end."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


# Imported when asked for: whoever drives a board needs no emulator installed.
_MODULES = {
    "unicorn": "conformance.unicorn_target",
    "qemu": "conformance.qemu_target",
    "ssh": "conformance.ssh_target",
    "gdb": "conformance.gdb_target",
    "replay": "conformance.replay_target",
}


def open_target(spec: str) -> Target:
    """The target that `spec` names, started and identified.

    Raises BadInput when no target is called so, and NotAvailable when it can't be started here.
    """
    scheme, rest = scheme_of(spec), spec.partition(":")[2]
    if scheme not in _MODULES:
        raise BadInput(f"no target is called {spec!r}: unicorn, qemu[:PATH], ssh:DEST, gdb:HOST:PORT or replay:FILE")
    target: Target = import_module(_MODULES[scheme]).of_spec(rest)
    return target
