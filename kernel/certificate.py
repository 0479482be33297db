# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Writing a theorem with everything it rests on to a file that a stranger can check (FORMAT.md)."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, BinaryIO

from kernel.ops import APP
from kernel.sorts import Sort
from kernel.term import Term
from kernel.theory import introduction
from kernel.thm import KernelError, Thm

MAGIC = "armsym certificate 1"


class _Writer:
    """Numbers sorts, terms, definitions and inferences in the order in which they are written."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._deflate = zlib.compressobj(6)
        self._hash = sha256()
        self._lines: list[str] = []
        self._sorts: dict[Sort, int] = {}
        self._terms: dict[Term, int] = {}
        self._definitions: dict[str, int] = {}

    def line(self, text: str) -> None:
        self._lines.append(text)
        if len(self._lines) >= 4096:
            self.flush()

    def flush(self) -> None:
        if self._lines:
            data = ("\n".join(self._lines) + "\n").encode()
            self._lines.clear()
            self._hash.update(data)
            self._out.write(self._deflate.compress(data))

    def digest(self) -> str:
        """SHA-256 of all that was written so far."""
        self.flush()
        return self._hash.hexdigest()

    def close(self) -> None:
        self.flush()
        self._out.write(self._deflate.flush())

    def sort(self, sort: Sort) -> int:
        number = self._sorts.get(sort)
        if number is None:
            items = [self.sort(s) for s in sort.items]
            extra = [sort.width] if sort.kind == "BV" else items
            self.line(" ".join(map(str, ("S", sort.kind, *extra))))
            number = self._sorts[sort] = len(self._sorts)
        return number

    def term(self, root: Term) -> int:
        terms = self._terms
        stack = [root]
        while stack:
            t = stack[-1]
            if t in terms:
                stack.pop()
                continue
            missing = [a for a in t.args if a not in terms]
            if missing:
                stack.extend(missing)
                continue
            if t.op is APP and t.params[0] not in self._definitions:
                self.definition(t.params[0])
                continue
            stack.pop()
            self.line(f"T {t.op.name}{self._params(t)}{''.join([f' {terms[a]}' for a in t.args])}")
            terms[t] = len(terms)
        return terms[root]

    def _params(self, t: Term) -> str:
        name = t.op.name
        if name == "bv":
            return f" {t.params[0]:x} {t.params[1]}"
        if name == "var":
            return f" {t.params[0]} {self.sort(t.params[1])}"
        if name == "app":
            return f" {t.params[0]} {self.sort(t.params[2])}"
        return "".join([f" {p}" for p in t.params])

    def definition(self, name: str) -> int:
        """Write a definition, and before it all those that it mentions. Definitions nest as deep as a person wrote them."""
        number = self._definitions.get(name)
        if number is None:
            kind, *parts = introduction(name)
            words = [f"D {kind} {name}"]
            for part in parts:
                words.append(self._definition_part(part))
            self.line(" ".join(words))
            number = self._definitions[name] = len(self._definitions)
        return number

    def _definition_part(self, part: Any) -> str:
        if isinstance(part, Term):
            return str(self.term(part))
        if isinstance(part, Sort):
            return str(self.sort(part))
        if isinstance(part, tuple):
            return " ".join([str(len(part)), *map(self._definition_part, part)])
        return str(part)

    def inference(self, thm: Thm, numbers: Mapping[Thm, int]) -> None:
        premises = [numbers[p] for p in thm.premises]
        self.line(" ".join(map(str, ("I", thm.rule, *self._data(thm, premises)))))
        if thm.rule == "BLAST":
            for number, literals, hints in thm.data[2]:
                self.line(" ".join(map(str, ("L", number, *literals, 0, *hints, 0))))

    def _data(self, thm: Thm, premises: list[int]) -> Iterator[object]:
        data = thm.data
        if thm.rule in ("DEFINE", "DEFINE_REC", "DEFINE_PROGRAM"):
            yield self.definition(data[0])
            if thm.rule != "DEFINE":
                yield data[-1]
        elif thm.rule == "CONG":
            yield self.term(data[0])
            for i, p in zip(data[1], premises, strict=True):
                yield from (i, p)
        elif thm.rule == "INST":
            yield premises[0]
            for x, t in data:
                yield from (self.term(x), self.term(t))
        elif thm.rule == "BLAST":
            yield from (self.term(data[0]), data[1] or "-", len(data[2]))
        else:
            yield from premises
            for item in data:
                yield self.term(item) if isinstance(item, Term) else item


def order(thm: Thm) -> list[Thm]:
    """The theorems that a theorem rests on, premises first, itself last."""
    out: list[Thm] = []
    seen: set[Thm] = set()
    stack = [thm]
    while stack:
        t = stack[-1]
        if t in seen:
            stack.pop()
            continue
        missing = [p for p in t.premises if p not in seen]
        if missing:
            stack.extend(missing)
            continue
        stack.pop()
        seen.add(t)
        out.append(t)
    return out


def write_certificate(thm: Thm, about: Mapping[str, Any], out: BinaryIO) -> str:
    """Write the theorem, what it is about (JSON, for people) and its proof; returns the statement's SHA-256.

    KernelError where the theorem depends on an oracle: such a theorem has no certificate.
    """
    if thm.oracles:
        raise KernelError(f"no certificate for a theorem that rests on {', '.join(sorted(thm.oracles))}")
    w = _Writer(out)
    w.line(MAGIC)
    w.line("A " + json.dumps(about, sort_keys=True, ensure_ascii=True))
    concl = w.term(thm.concl)
    hyps = sorted([w.term(h) for h in sorted(thm.hyps, key=lambda h: h.id)])
    w.line(" ".join(map(str, ("Q", concl, *hyps))))
    digest = w.digest()
    w.line(f"H {digest}")
    numbers: dict[Thm, int] = {}
    for t in order(thm):
        w.inference(t, numbers)
        numbers[t] = len(numbers)
    w.line(f"E {numbers[thm]}")
    w.close()
    return digest
