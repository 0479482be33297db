# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""When two lines of assembly language are the same instruction, spelt by different disassemblers."""

from __future__ import annotations

import re

SYNONYMS = {"cs": "hs", "cc": "lo"}
NUMBER = re.compile(r"(?<![\w.])-?(?:0x[0-9a-f]+|\d+(?:\.\d+(?:e[+-]?\d+)?)?)(?![\w.])")
REGISTER_RANGE = re.compile(r"v(\d+)\.(\w+)\s*-\s*v(\d+)\.\2")
COMMENT = re.compile(r"\s*(?://|;).*")
SYMBOL = re.compile(r"\b([0-9a-f]+) <[^>]*>")


def normal_spelling(text: str) -> str:
    """The line in one spelling: numbers in decimal, register lists written out, hs and lo for cs and cc.

    >>> normal_spelling("ld1\\t{v31.2d-v1.2d}, [x0], #0x30  // comment")
    'ld1 {v31.2d,v0.2d,v1.2d},[x0],48'
    """
    text = text.lower().replace("#", "")
    # A walk comes here for millions of words: what most lines have not is not searched for with a pattern.
    if "/" in text or ";" in text:
        text = COMMENT.sub("", text)
    if "<" in text:
        text = SYMBOL.sub(r"0x\1", text)
    if "-v" in text.replace(" ", ""):
        text = REGISTER_RANGE.sub(written_out, text)
    text = " ".join(text.split())
    for mark in "{},[]":
        text = text.replace(f" {mark}", mark).replace(f"{mark} ", mark)
    mnemonic, space, operands = text.partition(" ")
    # A register list or an address follows the mnemonic without a space after the line above.
    if at := re.search(r"[{\[]", mnemonic):
        mnemonic, space, operands = mnemonic[: at.start()], " ", mnemonic[at.start() :] + space + operands
    stem, dot, condition = mnemonic.partition(".")
    mnemonic = stem + dot + SYNONYMS.get(condition, condition)
    operands = ",".join(SYNONYMS.get(operand, operand) for operand in operands.split(","))
    # Disassemblers disagree on which masks are negative numbers; the first register tells the width to wrap at.
    width = 32 if operands.startswith("w") else 64
    return (mnemonic + space + NUMBER.sub(lambda match: canonical_number(match[0], width), operands)).strip()


def same_disassembly(ours: str, theirs: str) -> bool:
    """Whether the two lines differ in spelling only.

    >>> same_disassembly("b.hs #0x10", "b.cs\\t10 <start>")
    True
    >>> same_disassembly("add x0, x1, #16", "add x0, x1, #0x11")
    False
    """
    return ours == theirs or normal_spelling(ours) == normal_spelling(theirs)


def written_out(match: re.Match[str]) -> str:
    """The registers of `v30.4s-v1.4s`, one after the other."""
    first, last = int(match[1]), int(match[3])
    count = (last - first) % 32 + 1
    return ",".join(f"v{(first + i) % 32}.{match[2]}" for i in range(count))


def canonical_number(text: str, width: int) -> str:
    """A fraction as Python writes it, an integer in decimal, modulo 2**width."""
    return repr(float(text)) if "." in text else str(int(text, 0) % (1 << width))
