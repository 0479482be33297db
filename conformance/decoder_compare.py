# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What the semantics make of words, against other people's decoders, and samples of words for that.

The encodings of isa/ are a partition of all words, so they are the strata of a sample: three quarters of its words come
in equal shares from each encoding and its neighbourhood, the others from everywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from random import Random
from typing import NamedTuple

import isa
from conformance.decoder_issues import Kind, explanation
from conformance.other_decoders import OtherDecoder
from isa.decode import Decoded, decode
from isa.dsl import REGISTRY
from isa.encoding import Encoding
from isa.syntax_spelling import normal_spelling
from isa.verdict import Verdict, verdict_of

EXAMPLES = 3
"""Words shown of each sort of disagreement."""
EVERYWHERE = 1 / 4
"""The share of a sample that comes from all words alike."""

SAME, NEITHER, REFUSED, LEFT_OUT = "same", "neither", "refused", "left out"
AGREEMENTS = {
    SAME: "the same text",
    NEITHER: "UNDEFINED here, unknown there",
    REFUSED: "UNPREDICTABLE here, unknown there",
    LEFT_OUT: "not modelled here and without a text: not compared",
}


class Example(NamedTuple):
    """A word of a disagreement, with both texts."""

    word: int
    ours: str | None
    theirs: str | None


# The decoder, the instruction class, what came out, and the issue that explains it ("" for agreement or none).
Sort = tuple[str, str, str, str]


@dataclass
class Walk:
    """What was found: how many words of each sort, and some words of each disagreement."""

    words: int = 0
    counts: Counter[Sort] = field(default_factory=Counter)
    examples: dict[Sort, list[Example]] = field(default_factory=dict)

    def add(self, other: Walk) -> None:
        """Count another walk's words, too."""
        self.words += other.words
        self.counts += other.counts
        for sort, found in other.examples.items():
            self.examples[sort] = (self.examples.get(sort, []) + found)[:EXAMPLES]

    def unexplained(self) -> list[Sort]:
        """The disagreements that no issue explains."""
        return [sort for sort in sorted(self.counts) if sort[2] not in AGREEMENTS and not sort[3]]


@cache
def strata() -> tuple[Encoding, ...]:
    """The encodings of all classes: each word has exactly one of them."""
    isa.load_all()
    return tuple(encoding for instruction in REGISTRY for encoding in instruction.encodings)


def sampled_words(seed: int, chunk: int, count: int) -> list[int]:
    """The words of a chunk of the sample with this seed; the same ones every time."""
    random = Random(f"{seed} {chunk}")
    share = round(count * (1 - EVERYWHERE)) // len(strata())
    found = [word for encoding in strata() for word in _words_of(encoding, share, random)]
    return found + [random.getrandbits(32) for _ in range(count - len(found))]


def _words_of(encoding: Encoding, count: int, random: Random) -> Iterator[int]:
    """Words of an encoding: corners of its fields, any, and words that differ from it in one bit that it fixes."""
    fixed = [bit for bit in range(32) if encoding.mask >> bit & 1]
    for i in range(count):
        word = encoding.sample(random)
        if i % 3 == 1:
            any_word = random.getrandbits(32) & ~encoding.mask | encoding.value
            word = any_word if encoding.matches(any_word) else word
        yield word ^ 1 << random.choice(fixed) if i % 3 == 2 else word


def compare(words: Sequence[int], address: int, decoders: Sequence[OtherDecoder]) -> Walk:
    """The words, which follow each other from the address on, in the eyes of the semantics and of the decoders."""
    walk = Walk(len(words))
    all_texts = [decoder.texts(words, address) for decoder in decoders]
    for i, word in enumerate(words):
        decoded = decode(word)
        verdict = verdict_of(decoded)
        name = decoded.instruction.name if decoded else ""
        ours = _written(decoded, address + 4 * i)
        for decoder, texts in zip(decoders, all_texts, strict=True):
            theirs = texts[i]
            outcome = _outcome(verdict, ours, theirs)
            if outcome is Kind.SPELLING and decoder.relative:
                outcome = _outcome(verdict, _written(decoded, 0), theirs)
            issue = explanation(decoder.name, word, outcome, theirs) if isinstance(outcome, Kind) else None
            sort = (decoder.name, name, str(outcome), issue.id if issue else "")
            walk.counts[sort] += 1
            if isinstance(outcome, Kind) and len(found := walk.examples.setdefault(sort, [])) < EXAMPLES:
                found.append(Example(word, ours, theirs))
    return walk


spelling = lru_cache(8)(normal_spelling)
"""Decoders come one after the other to the same word, and often to the same text."""


def _written(decoded: Decoded | None, address: int) -> str | None:
    return decoded.instruction.disassemble(decoded.fields, address) if decoded else None


def _outcome(verdict: Verdict, ours: str | None, theirs: str | None) -> str | Kind:
    """What came out for a word: one of AGREEMENTS, or a Kind of disagreement."""
    if ours is not None and theirs is not None and (ours == theirs or spelling(ours) == spelling(theirs)):
        return SAME
    if verdict is Verdict.UNDEFINED:
        return NEITHER if theirs is None else Kind.UNDEFINED
    if verdict is Verdict.UNPREDICTABLE and theirs is None:
        return REFUSED
    if ours is None:
        return LEFT_OUT if verdict is Verdict.UNSUPPORTED else Kind.UNWRITTEN
    return Kind.UNKNOWN if theirs is None else Kind.SPELLING
