# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What a certificate is about, read back into the kernel's terms: its description, its definitions, its theorem.

Only for certificates that the checker accepted. With interned terms, a definition means what this installation means by
the name if it is the very same object.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kernel.sorts import BOOL, BV, MEM, TRACE, Sort, TupleSort
from kernel.term import OPS, Term, TermError, mk
from symsim.errors import BadInput

_PIECE = 1 << 20
_SORTS = {"Bool": BOOL, "Mem": MEM, "Trace": TRACE}


@dataclass
class Statement:
    """The statement section of a certificate. `definitions` are as `kernel.theory.introduction` gives them."""

    about: dict[str, Any] = field(default_factory=dict)
    definitions: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    conclusion: Term | None = None
    hypotheses: tuple[Term, ...] = ()

    @staticmethod
    def read(path: Path) -> Statement:
        """The statement of the certificate in a file. Raises `BadInput` if it can't be read."""
        reader = _Reader()
        try:
            for line in _lines(path):
                reader.line(line)
                if reader.statement.conclusion is not None:
                    return reader.statement
        except OSError as error:
            raise BadInput(f"{path}: {error.strerror}") from None
        except (zlib.error, ValueError, LookupError, TypeError, TermError) as error:
            raise BadInput(f"{path}: damaged: {error}") from None
        raise BadInput(f"{path}: no statement in it")

    def premises(self) -> Iterator[Term]:
        """What the theorem requires: the hypotheses, and the conjuncts of what implies the conclusion."""
        goal = self.conclusion
        parts = list(self.hypotheses)
        while goal is not None and goal.op.name == "=>":
            parts.append(goal.args[0])
            goal = goal.args[1]
        for part in parts:
            yield from part.args if part.op.name == "and" else (part,)


class _Reader:
    """The lines up to the statement (FORMAT.md); sorts and terms by their numbers."""

    def __init__(self) -> None:
        self.statement = Statement()
        self._sorts: list[Sort] = []
        self._terms: list[Term] = []

    def line(self, text: str) -> None:
        kind, _, rest = text.partition(" ")
        if kind == "A":
            self.statement.about = json.loads(rest)
        elif kind == "S":
            self._sorts.append(self._sort(rest.split(" ")))
        elif kind == "T":
            self._terms.append(self._term(rest.split(" ")))
        elif kind == "D":
            rule, name, *numbers = rest.split(" ")
            self.statement.definitions[name] = (rule, *self._definition(rule, [int(n) for n in numbers]))
        elif kind == "Q":
            conclusion, *hypotheses = [self._terms[int(n)] for n in rest.split(" ")]
            self.statement.conclusion, self.statement.hypotheses = conclusion, tuple(hypotheses)

    def _sort(self, words: list[str]) -> Sort:
        if words[0] == "BV":
            return BV(int(words[1]))
        return TupleSort(*[self._sorts[int(n)] for n in words[1:]]) if words[0] == "Tuple" else _SORTS[words[0]]

    def _term(self, words: list[str]) -> Term:
        name, *rest = words
        params: tuple[Any, ...]
        if name == "bv":
            params, rest = (int(rest[0], 16), int(rest[1])), rest[2:]
        elif name == "var":
            params, rest = (rest[0], self._sorts[int(rest[1])]), rest[2:]
        elif name == "app":
            arguments = [self._terms[int(n)] for n in rest[2:]]
            params, rest = (rest[0], tuple([a.sort for a in arguments]), self._sorts[int(rest[1])]), rest[2:]
        else:
            count = _PARAMETERS.get(name, 0)
            params, rest = tuple(int(n) for n in rest[:count]), rest[count:]
        return mk(OPS[name], params, tuple([self._terms[int(n)] for n in rest]))

    def _definition(self, rule: str, numbers: list[int]) -> tuple[Any, ...]:
        terms, sorts = self._terms, self._sorts
        if rule == "DECLARE":
            count = numbers[0]
            return tuple([sorts[n] for n in numbers[1 : count + 1]]), sorts[numbers[count + 1]]
        if rule == "DEFINE":
            count = numbers[0]
            return tuple([terms[n] for n in numbers[1 : count + 1]]), terms[numbers[count + 1]]
        if rule == "DEFINE_REC":
            count = numbers[1]
            parameters = tuple([terms[n] for n in numbers[2 : count + 2]])
            return terms[numbers[0]], parameters, *[terms[n] for n in numbers[count + 2 :]]
        if rule == "DEFINE_PROGRAM":
            cases = zip(numbers[5::3], numbers[6::3], strict=True)
            return terms[numbers[0]], terms[numbers[1]], numbers[2], tuple([(a, terms[t]) for a, t in cases])
        raise ValueError(f"a definition by {rule}")


_PARAMETERS = {"bool": 1, "extract": 2, "zero_extend": 1, "sign_extend": 1, "rotate_right": 1, "read": 1, "proj": 1}


def _lines(path: Path) -> Iterator[str]:
    """The lines of a certificate, decompressed as far as they are asked for."""
    inflate = zlib.decompressobj()
    rest = b""
    with path.open("rb") as source:
        while piece := source.read(_PIECE):
            while piece:
                *whole, rest = (rest + inflate.decompress(piece, _PIECE)).split(b"\n")
                for line in whole:
                    yield line.decode()
                piece = inflate.unconsumed_tail
