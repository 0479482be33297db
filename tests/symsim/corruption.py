# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Certificates that were tampered with: changes of a certificate's lines, and what the checker says to each of them.

Most of a replay is the same whatever is changed later on. So one process reads the untouched text, and forks at each change: the copy goes
on with the changed line. A thousand changes then cost little more than what follows each of them.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from random import Random
from typing import NamedTuple

from kernel.replay import OPERATORS, CertificateError, Reader, text_lines

PROCESSES = 2


class Edit(NamedTuple):
    """A change: line `line`, counted from 0, becomes `new`, which has its line's end unless the change took it.

    Where it is `sealed`, the statement's digest is made right again.
    """

    kind: str
    line: int
    new: bytes
    sealed: bool = False

    def rest(self, lines: Sequence[bytes]) -> Sequence[bytes]:
        """The changed lines, from the first changed one on."""
        changed = [*lines[: self.line], self.new, *lines[self.line + 1 :]]
        return (sealed(changed) if self.sealed else changed)[self.line :]


class Outcome(NamedTuple):
    """What became of a change: the refusal, empty where the checker accepted, and the statement's digest."""

    edit: Edit
    refusal: str
    digest: str


def outcomes(lines: Sequence[bytes], edits: Iterable[Edit]) -> list[Outcome]:
    """What becomes of each change, in the order of their lines. Without a change the lines have to be accepted."""
    return _Campaign(lines, edits).run()


class _Campaign:
    def __init__(self, lines: Sequence[bytes], edits: Iterable[Edit]) -> None:
        self._lines = lines
        self._edits: defaultdict[int, list[Edit]] = defaultdict(list)
        for edit in edits:
            self._edits[edit.line].append(edit)
        self._answer: int | None = None  # in a copy of the process, the pipe to the first one
        self._running: deque[tuple[Edit, int, int]] = deque()
        self._outcomes: list[Outcome] = []

    def run(self) -> list[Outcome]:
        reader = Reader()
        refusal = ""
        try:
            reader.read(text_lines(self._text()))
        except CertificateError as error:
            refusal = str(error)
        except BaseException as error:
            if self._answer is None:
                raise
            refusal = f"no refusal: {error!r}"
        if self._answer is not None:
            os.write(self._answer, f"{reader.digest} {refusal}"[:4000].encode())
            os._exit(0)
        while self._running:
            self._await()
        assert not refusal, refusal
        return self._outcomes

    def _text(self) -> Iterator[bytes]:
        for number, line in enumerate(self._lines):
            for edit in self._edits[number]:
                if self._is_copy(edit):
                    yield from edit.rest(self._lines)
                    return
            yield line

    def _is_copy(self, edit: Edit) -> bool:
        """Fork; true in the copy, whose task is the change."""
        if len(self._running) == PROCESSES:
            self._await()
        listen, answer = os.pipe()
        process = os.fork()
        if process == 0:
            self._answer = answer
            return True
        os.close(answer)
        self._running.append((edit, process, listen))
        return False

    def _await(self) -> None:
        edit, process, listen = self._running.popleft()
        with open(listen, "rb") as pipe:
            digest, _, refusal = pipe.read().decode().partition(" ")
        os.waitpid(process, 0)
        self._outcomes.append(Outcome(edit, refusal, digest))


# What a certificate is made of


def sealed(lines: Sequence[bytes]) -> list[bytes]:
    """The lines with the statement's digest as it should be."""
    at = digest_line(lines)
    return [*lines[:at], b"H %s\n" % sha256(b"".join(lines[:at])).hexdigest().encode(), *lines[at + 1 :]]


def digest_line(lines: Sequence[bytes]) -> int:
    """The number of the line that ends the statement."""
    return next(i for i, line in enumerate(lines) if line.startswith(b"H "))


class Statement:
    """A certificate's statement: which lines introduce its terms and definitions."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        self.lines = lines
        self.terms: list[int] = []
        """The line of each term."""
        self.definitions: dict[str, int] = {}
        """The line of each definition."""
        for i, line in enumerate(lines[: digest_line(lines)]):
            words = line.decode().split()
            if words[0] == "T":
                self.terms.append(i)
            elif words[0] == "D":
                self.definitions[words[2]] = i

    def line(self, text: str) -> int:
        """The number of the only line of the statement that is this text."""
        (found,) = [i for i in range(digest_line(self.lines)) if self.lines[i] == f"{text}\n".encode()]
        return found

    def words(self, line: int) -> list[str]:
        """The words of a line."""
        return self.lines[line].decode().split()

    def conclusion(self) -> int:
        """The statement's conclusion, a term."""
        return int(self.words(digest_line(self.lines) - 1)[1])

    def arguments(self, term: int) -> list[int]:
        """The arguments of a term."""
        _, operator, *words = self.words(self.terms[term])
        written = OPERATORS[operator].parameters + (operator == "app")  # an app's sort stands in its line
        return [int(word) for word in words[written:]]

    def body(self, name: str) -> int:
        """The body of a constant of DEFINE."""
        return int(self.words(self.definitions[name])[-1])

    def below(self, *roots: int) -> set[int]:
        """The terms and all parts of their parts."""
        seen: set[int] = set()
        queue = list(roots)
        while queue:
            term = queue.pop()
            if term not in seen:
                seen.add(term)
                queue += self.arguments(term)
        return seen


# Random changes

PARTS = ("statement", "terms", "inferences", "LRAT steps")


def parts(lines: Sequence[bytes]) -> dict[str, list[int]]:
    """The numbers of the lines of a certificate's statement, and of its proof's terms and definitions, inferences, LRAT steps."""
    sealed_at = digest_line(lines)
    kinds = {b"I": "inferences", b"E": "inferences", b"L": "LRAT steps"}
    out: dict[str, list[int]] = {part: [] for part in PARTS}
    for i, line in enumerate(lines):
        out["statement" if i <= sealed_at else kinds.get(line[:1], "terms")].append(i)
    return out


def flipped(line: bytes, random: Random) -> bytes:
    """A bit of one byte is flipped."""
    i = random.randrange(len(line))
    return line[:i] + bytes([line[i] ^ 1 << random.randrange(8)]) + line[i + 1 :]


def other_digit(line: bytes, random: Random) -> bytes:
    """A digit is another digit."""
    places = [m.start() for m in re.finditer(rb"\d", line)]
    i = random.choice(places) if places else 0
    return line[:i] + str(random.randrange(10)).encode() + line[i + 1 :]


def dropped(line: bytes, random: Random) -> bytes:
    """The line is not there."""
    return b""


def swapped(line: bytes, random: Random) -> bytes:
    """Two words of the line have changed places."""
    words = line[:-1].split(b" ")
    i, j = random.randrange(len(words)), random.randrange(len(words))
    words[i], words[j] = words[j], words[i]
    return b" ".join(words) + b"\n"


KINDS = {"bit flipped": flipped, "other digit": other_digit, "line dropped": dropped, "words swapped": swapped}


def random_edits(lines: Sequence[bytes], count: int, seed: int) -> list[Edit]:
    """So many random changes, of all kinds and in all parts alike."""
    random = Random(seed)
    numbers = parts(lines)
    out: list[Edit] = []
    while len(out) < count:
        part, kind = random.choice(PARTS), random.choice(list(KINDS))
        line = random.choice(numbers[part])
        new = KINDS[kind](lines[line], random)
        if new != lines[line]:
            out.append(Edit(kind, line, new))
    return out
