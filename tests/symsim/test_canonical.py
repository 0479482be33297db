# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
from __future__ import annotations

import pytest

from kernel.normal import anf
from kernel.ops import concat, ror
from kernel.rules import ANF
from kernel.sorts import BV
from kernel.term import Term, Var
from symsim.canonical import bits_term

x = Var("x", BV(8))
WORDS = {
    "twice": (concat(x, x), concat(x, x)),
    "three times": (concat(x, x, x), concat(x, x, x)),
    "three times, from another bit on": (ror(concat(x, x, x), 3), concat(x[2:0], x, x, x[7:3])),
    "twice and a half": (concat(x[3:0], x, x), concat(x[3:0], x, x)),
}


@pytest.mark.parametrize(("word", "normal"), WORDS.values(), ids=WORDS)
def test_a_word_that_repeats_another(word: Term, normal: Term) -> None:
    assert bits_term(dict(anf(word)), word.sort) is normal
    if word is not normal:
        assert ANF(word, normal).rhs is normal
