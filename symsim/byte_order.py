# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Bytes in the opposite order: `rev(x)` in formulas, found again in concatenations of single bytes.

It is no constant of the logic: `rev(mem[a, 4])`, the word that stands at a with its highest byte first, is the concatenation of four bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kernel.ops import CONCAT, EXTRACT, READ, app, concat, read
from kernel.sorts import BV
from kernel.term import Term
from symsim.memory import split


class _Byte(NamedTuple):
    """Which byte of what: of a value, or of a memory counted from the symbolic part of its address."""

    of: tuple[Term, ...]
    number: int
    term: Term


def rev(x: Term) -> Term:
    """The bytes of x, the lowest one first. Raises ValueError where x is not whole bytes."""
    if x.width % 8 or not x.width:
        raise ValueError(f"rev of a value of {x.width} bits, which is not whole bytes")
    return concat(*[x[k + 7 : k] for k in range(0, x.width, 8)])


def with_rev(t: Term) -> Term:
    """A concatenation with `rev` for bytes in a row that descend in it and ascend where they come from; for writing only."""
    if t.op is not CONCAT:
        return t
    parts = [_written(run) if len(run) > 1 else run[0].term for run in _runs(t.args)]
    return t if len(parts) == len(t.args) else parts[0] if len(parts) == 1 else concat(*parts)


def _runs(parts: tuple[Term, ...]) -> Iterator[list[_Byte]]:
    run: list[_Byte] = []
    for part in parts:
        byte = _byte(part)
        if run and (byte.of != run[0].of or byte.number != run[-1].number + 1 or not byte.of):
            yield run
            run = []
        run.append(byte)
    yield run


def _byte(t: Term) -> _Byte:
    if t.op is EXTRACT and t.width == 8 and t.params[1] % 8 == 0:
        return _Byte(t.args, t.params[1] // 8, t)
    if t.op is READ and t.width == 8:
        root, offset = split(t.args[1])
        return _Byte((t.args[0], *root), offset, t)
    return _Byte((), 0, t)


def _written(run: list[_Byte]) -> Term:
    first, width = run[0].term, 8 * len(run)
    if first.op is READ:
        whole = read(first.args[0], first.args[1], len(run))
    else:
        value, low = first.args[0], first.params[1]
        whole = value if width == value.width else value[low + width - 1 : low]
    return app("rev", BV(width), whole)
