# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What `differ` is to compute, and what its code promises."""

from __future__ import annotations

from collections.abc import Mapping

from crypto_specs.defined import Recursive
from kernel.ops import eq, read, zext
from kernel.sorts import BV, MEM
from kernel.term import Term, Var
from symsim.contract import INDEX_VARIABLE, MEMORY, Contract, Fold, Loop, Region

# The specification: differences(0) = start, differences(i + 1) = differences(i) | (a[i] ^ b[i])

i, start, previous = Var("i", BV(64)), Var("start", BV(32)), Var("previous", BV(32))
memory, a, b = Var("memory", MEM), Var("a", BV(64)), Var("b", BV(64))
here = zext(read(memory, a + i, 1) ^ read(memory, b + i, 1), 32)
differences = Recursive("differences", i, (start, memory, a, b), start, previous, previous | here)

# The contract: arguments, memory, what is required, what is ensured

seen, n = Var("seen", BV(64)), Var("n", BV(64))


def after(count: Term) -> Term:
    """What has been seen after so many bytes."""
    return differences(count, read(MEMORY, seen, 4), MEMORY, a, b)


def ensures(final: Term) -> Mapping[str, Term]:
    """What holds of the final memory."""
    return {"seen has all bits in which a and b differ": eq(read(final, seen, 4), after(n))}


CONTRACT = Contract(
    name="mine/differ",
    symbol="differ",
    summary="seen |= the bits in which the n bytes at a and at b differ",
    arguments={"x0": seen, "x1": a, "x2": b, "x3": n},
    regions=(Region("seen", seen, 4, writable=True), Region("a", a, n, unit=1), Region("b", b, n, unit=1)),
    requires={"there is a byte": ~eq(n, 0)},
    ensures=ensures,
    public=(seen, a, b, n),
    witness={seen: 0x10000, a: 0x20000, b: 0x30000, n: 3},
    loops={
        0: Loop(n, Fold(after, *differences.equations, counter=INDEX_VARIABLE, cell="seen", layout=lambda value: value))
    },
    stack=0,
)
