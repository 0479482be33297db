# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Circuits over bits, hashed structurally, written out as clauses by Tseitin's transformation.

A literal is a non-zero int, negative for the complement; TRUE and -TRUE are the constants. Every gate appends its clauses when
it is made, so the same sequence of calls always gives the same CNF: certificates depend on that (FORMAT.md, "Circuits").
"""

from __future__ import annotations

TRUE = 1 << 40
FALSE = -TRUE


class Gates:
    """A growing CNF. `clauses` are tuples of literals; `variables` is the number of variables used."""

    __slots__ = ("_ands", "_majs", "_muxes", "_xors", "clauses", "variables")

    def __init__(self) -> None:
        self.clauses: list[tuple[int, ...]] = []
        self.variables = 0
        self._ands: dict[tuple[int, int], int] = {}
        self._xors: dict[tuple[int, int], int] = {}
        self._muxes: dict[tuple[int, int, int], int] = {}
        self._majs: dict[tuple[int, int, int], int] = {}

    def fresh(self) -> int:
        """A new variable."""
        self.variables += 1
        return self.variables

    def inputs(self, width: int) -> list[int]:
        """New variables, least significant first."""
        return [self.fresh() for _ in range(width)]

    def and_(self, a: int, b: int) -> int:
        """a ∧ b."""
        if a == FALSE or b == FALSE or a == -b:
            return FALSE
        if a == TRUE or a == b:
            return b
        if b == TRUE:
            return a
        key = (a, b) if a < b else (b, a)
        c = self._ands.get(key)
        if c is None:
            c = self._ands[key] = self.fresh()
            self.clauses += [(-c, key[0]), (-c, key[1]), (c, -key[0], -key[1])]
        return c

    def or_(self, a: int, b: int) -> int:
        """a ∨ b."""
        return -self.and_(-a, -b)

    def xor(self, a: int, b: int) -> int:
        """a ⊕ b; the gate itself is made over positive literals."""
        if abs(a) == TRUE:
            return -b if a == TRUE else b
        if abs(b) == TRUE:
            return -a if b == TRUE else a
        if a == b:
            return FALSE
        if a == -b:
            return TRUE
        negative = (a < 0) != (b < 0)
        a, b = abs(a), abs(b)
        key = (a, b) if a < b else (b, a)
        c = self._xors.get(key)
        if c is None:
            c = self._xors[key] = self.fresh()
            a, b = key
            self.clauses += [(-c, a, b), (-c, -a, -b), (c, -a, b), (c, a, -b)]
        return -c if negative else c

    def mux(self, c: int, a: int, b: int) -> int:
        """a where c holds, otherwise b."""
        if c == TRUE or a == b:
            return a
        if c == FALSE:
            return b
        if abs(a) == TRUE:
            return self.or_(c, b) if a == TRUE else self.and_(-c, b)
        if abs(b) == TRUE:
            return self.or_(-c, a) if b == TRUE else self.and_(c, a)
        if a == -b:
            return self.xor(c, b)
        if c < 0:
            c, a, b = -c, b, a
        key = (c, a, b)
        d = self._muxes.get(key)
        if d is None:
            d = self._muxes[key] = self.fresh()
            self.clauses += [(-d, -c, a), (-d, c, b), (d, -c, -a), (d, c, -b)]
        return d

    def maj(self, a: int, b: int, c: int) -> int:
        """At least two of three: the carry of a full adder."""
        a, b, c = sorted((a, b, c))
        if a == FALSE:
            return self.and_(b, c)
        if c == TRUE:
            return self.or_(a, b)
        if a == b or b == c:
            return b
        if a == -b:
            return c
        if a == -c:
            return b
        if b == -c:
            return a
        key = (a, b, c)
        d = self._majs.get(key)
        if d is None:
            d = self._majs[key] = self.fresh()
            self.clauses += [(-d, a, b), (-d, a, c), (-d, b, c), (d, -a, -b), (d, -a, -c), (d, -b, -c)]
        return d

    def add(self, x: list[int], y: list[int], carry: int = FALSE) -> list[int]:
        """The ripple-carry sum of two words of one width, and the carry out as one more bit on top."""
        out = []
        for a, b in zip(x, y, strict=True):
            half = self.xor(a, b)
            out.append(self.xor(half, carry))
            carry = self.maj(a, b, carry)
        return [*out, carry]

    def less(self, x: list[int], y: list[int]) -> int:
        """x < y, unsigned: no carry out of x + ¬y + 1."""
        carry = TRUE
        for a, b in zip(x, y, strict=True):
            carry = self.maj(a, -b, carry)
        return -carry

    def equal(self, x: list[int], y: list[int]) -> int:
        """x = y, bit by bit from the least significant."""
        same = TRUE
        for a, b in zip(x, y, strict=True):
            same = self.and_(same, -self.xor(a, b))
        return same

    def shift(self, x: list[int], amount: list[int], fill: int, left: bool) -> list[int]:
        """x shifted by a variable amount, `fill` moving in; amounts of the width and above leave only fill."""
        width = len(x)
        for k, bit in enumerate(amount):
            step = min(1 << k, width)
            moved = [fill] * step + x[: width - step] if left else x[step:] + [fill] * step
            x = [self.mux(bit, m, o) for m, o in zip(moved, x, strict=True)]
        return x

    def multiply(self, x: list[int], y: list[int]) -> list[int]:
        """The product modulo 2^width: shifted copies of x added up."""
        total = [FALSE] * len(x)
        for i, bit in enumerate(y):
            if bit == FALSE:
                continue
            row = [FALSE] * i + [self.and_(a, bit) for a in x[: len(x) - i]]
            total = self.add(total, row)[:-1]
        return total

    def divide(self, x: list[int], y: list[int]) -> tuple[list[int], list[int]]:
        """Restoring division: quotient and remainder, with SMT-LIB's results for a zero divisor."""
        width = len(x)
        rest = [FALSE] * width
        wide = [*y, FALSE]
        quotient = [FALSE] * width
        for i in range(width - 1, -1, -1):
            trial = [x[i], *rest]
            fits = -self.less(trial, wide)
            difference = self.add(trial, [-b for b in wide], TRUE)[: width + 1]
            quotient[i] = fits
            rest = [self.mux(fits, d, t) for d, t in zip(difference, trial, strict=True)][:width]
        return quotient, rest
