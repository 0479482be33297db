# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What an instruction does, as text that a reviewer can read: the components that it changes, each as a term.

A golden file has some words of an instruction class, each in a line that begins with `;`, and below it what the word does. Whoever writes
the file chooses the words: a line `; 0b020020` is enough. The rest is written here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256

from isa.decode import disassemble
from isa.dsl import Undefined, Unpredictable, Unsupported
from isa.meaning import meaning
from isa.state import INDEX, NAMES, VARIABLES
from kernel.printing import show
from kernel.term import Term, postorder

MOST_NODES = 400  # of a term that is shown
WIDTH = 120
_HEADER = re.compile(r"^; ([0-9a-f]{8})(?= |$)", re.MULTILINE)
_TOKEN = re.compile(r"[()]|[^\s()]+")
_PC = INDEX["pc"]
_NEXT = VARIABLES[_PC] + 4

Tree = str | list["Tree"]


def words(text: str) -> list[int]:
    """The words that a golden file is about."""
    return [int(word, 16) for word in _HEADER.findall(text)]


def golden(chosen: Iterable[int]) -> str:
    """The golden file about some words."""
    return "\n".join([f"; {word:08x}  {disassemble(word)}\n{effect(word)}" for word in chosen])


def effect(word: int) -> str:
    """The components that a word changes, after it with a prime; the pc only where it does not just move on."""
    try:
        changes = meaning(word)
    except (Undefined, Unpredictable, Unsupported) as refusal:
        return f"{type(refusal).__name__}: {refusal}\n"
    shown = {i: t for i, t in sorted(changes.items()) if i != _PC or t is not _NEXT}
    equations = [f"(= {NAMES[i]}' {text(t)})" for i, t in shown.items()]
    return "".join([f"{layout(equation)}\n" for equation in equations])


def text(t: Term) -> str:
    """A term in one line; a large one by its size and the digest of that line."""
    nodes = sum(1 for _ in postorder((t,)))
    whole = show(t, nodes)
    return whole if nodes <= MOST_NODES else f"<{nodes} nodes, SHA-256 {sha256(whole.encode()).hexdigest()}>"


def layout(line: str) -> str:
    """An S-expression in lines that fit where they can; what a let binds stands in lines of its own, and so does its body."""
    return "\n".join(_lines(_parsed(line), 0))


def _parsed(line: str) -> Tree:
    stack: list[list[Tree]] = [[]]
    for token in _TOKEN.findall(line):
        if token == "(":
            stack.append([])
        elif token == ")":
            done = stack.pop()
            stack[-1].append(done)
        else:
            stack[-1].append(token)
    ((tree,),) = stack
    return tree


def _flat(tree: Tree) -> str:
    return tree if isinstance(tree, str) else f"({' '.join(map(_flat, tree))})"


def _lines(tree: Tree, indent: int) -> list[str]:
    flat = _flat(tree)
    if isinstance(tree, str) or indent + len(flat) <= WIDTH:
        return [" " * indent + flat]
    head, *parts = tree
    if head == "let":
        bindings, body = parts
        name, value = bindings[0]
        bound = _lines(value, indent + 8)
        bound[0] = f"{' ' * indent}(let (({name} {bound[0].lstrip()}"
        return [*_closed(bound, "))"), *_closed(_lines(body, indent))]
    *first, last = parts
    if head == "ite" and len(_flat(first)) < WIDTH - indent:
        return [f"{' ' * indent}(ite {' '.join(map(_flat, first))}", *_closed(_lines(last, indent))]
    out = [f"{' ' * indent}({_flat(head)}"]
    texts = [_flat(part) for part in parts]
    if len(parts) > 4 and max(map(len, texts)) < 30:
        return _closed([*out, *_filled(texts, indent + 2)])
    for part in parts:
        out += _lines(part, indent + 2)
    return _closed(out)


def _filled(texts: list[str], indent: int) -> list[str]:
    lines = [" " * indent + texts[0]]
    for text in texts[1:]:
        if len(lines[-1]) + 1 + len(text) <= WIDTH:
            lines[-1] += f" {text}"
        else:
            lines.append(" " * indent + text)
    return lines


def _closed(lines: list[str], end: str = ")") -> list[str]:
    return [*lines[:-1], lines[-1] + end]
