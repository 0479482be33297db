# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The state of the machine as the logic sees it: one tuple, its components, and the constants that every theorem shares.

x0…x30, sp, pc (64 bits), the flags n z c v (1 bit each), v0…v31 (128 bits), fpcr, fpsr (64 bits), tpidr (TPIDR_EL0, 64
bits), monitor (the exclusive monitor: the size in bytes of the marked area, 0 when it is open, above its 64-bit address), mem,
and three ghosts that no instruction reads back: trace, safe and policy.
"""

from __future__ import annotations

from kernel.ops import app, conj, disj, proj, ule
from kernel.sorts import BOOL, BV, MEM, TRACE, Sort, TupleSort
from kernel.term import Term, Var
from kernel.theory import DECLARE, DEFINE

AREAS = 8  # that a policy holds, for reading and for writing each

POLICY = TupleSort(*[BV(64)] * (4 * AREAS))
"""What the code may touch: AREAS pairs (base, size) that may be read, then AREAS pairs that may be read and written."""

COMPONENTS: dict[str, Sort] = {
    **{f"x{i}": BV(64) for i in range(31)},
    "sp": BV(64),
    "pc": BV(64),
    **dict.fromkeys("nzcv", BV(1)),
    **{f"v{i}": BV(128) for i in range(32)},
    "fpcr": BV(64),
    "fpsr": BV(64),
    "tpidr": BV(64),
    "monitor": BV(72),
    "mem": MEM,
    "trace": TRACE,
    "safe": BOOL,
    "policy": POLICY,
}
NAMES = tuple(COMPONENTS)
INDEX = {name: i for i, name in enumerate(NAMES)}
STATE = TupleSort(*COMPONENTS.values())
VARIABLES = tuple(Var(name, sort) for name, sort in COMPONENTS.items())
"""One variable for each component; the meaning of an instruction is written over these."""

_a, _n, _b, _m = (Var(name, BV(64)) for name in ("a", "n", "b", "m"))
_policy = Var("policy", POLICY)

INSIDE = DEFINE("inside", (_a, _n, _b, _m), conj(ule(_n, _m), ule(_a - _b, _m - _n)))
"""[a, a + n) is part of [b, b + m)."""


def inside(address: Term, size: Term, base: Term, extent: Term) -> Term:
    """The area [address, +size) is part of [base, +extent); all are 64 bits."""
    return app("inside", BOOL, address, size, base, extent)


def _in_areas(first: int) -> Term:
    return disj(*[inside(_a, _n, proj(_policy, 2 * i), proj(_policy, 2 * i + 1)) for i in range(first, 2 * AREAS)])


ALLOWED_READ = DEFINE("allowed_read", (_policy, _a, _n), _in_areas(0))
"""[a, a + n) is part of one area of the policy."""
ALLOWED_WRITE = DEFINE("allowed_write", (_policy, _a, _n), _in_areas(AREAS))
"""[a, a + n) is part of one area of the policy that may be written."""


def allowed(policy: Term, address: Term, size: Term, write: bool) -> Term:
    """The policy lets [address, +size) be read, or written."""
    return app("allowed_write" if write else "allowed_read", BOOL, policy, address, size)


EVENTS = {"read": 0, "write": 1, "branch": 2, "question": 3}
DECLARE("log", (TRACE, BV(2), BV(64), BV(64)), TRACE)
"""log(trace, event, size in bytes, address): the trace with one more access, branch or question that an observer may see. Of a
branch or a question the size is 0, and of a question the address is the number of a system register."""

DECLARE("answer", (TRACE,), BV(64))
"""answer(trace): what the system answered to the question that the trace ends with. Nothing is known of it. Two questions make two
traces, so their answers have nothing to do with each other."""
DECLARE("random", (TRACE, MEM), BV(64))
"""random(trace, mem): the random number that the question has drawn with which the trace ends. Nothing is known of it; memory is
among the arguments so that it counts as secret as what memory holds."""
