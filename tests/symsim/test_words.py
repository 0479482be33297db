# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from crypto_specs import md5, sha256, sha512, sm3
from kernel.ops import APP, BVXOR, concat, read, ror
from kernel.sorts import BV, MEM
from kernel.term import Term, Var
from symsim import catalogue
from symsim.errors import BadInput
from symsim.explain import Notation, explain
from symsim.linear_words import Inverse
from symsim.repl.expression import ParseError, parse
from symsim.simplify import Simplifier
from symsim.words import Vocabulary, words

a, b, c = (Var(name, BV(32)) for name in ("wa", "wb", "wc"))  # as old as this file: the order of operands is by age
SHA256 = words(32, sha256.Ch, sha256.Maj, sha256.Sigma0, sha256.Sigma1, sha256.sigma0, sha256.sigma1)


def normal(t: Term) -> Term:
    """The form that a state holds."""
    return Simplifier().normalize(t).rhs


def written(t: Term, vocabulary: Vocabulary) -> str:
    """The normal form of a term in writing."""
    return str(explain(normal(t), Notation(view=vocabulary.view)))


@pytest.fixture
def vocabulary() -> Vocabulary:
    return Vocabulary(lambda: SHA256)


@pytest.mark.parametrize(
    ("t", "text"),
    [
        (c ^ (a & (b ^ c)), "Ch(wa, wb, wc)"),  # as code without a spare register computes it
        ((a & b) | (c & (a | b)), "Maj(wa, wb, wc)"),
        (ror(ror(ror(a, 9) ^ a, 11) ^ a, 2), "Sigma0(wa)"),
        (sha256.sigma1(a + sha256.Sigma1(c)), "sigma1(wa + Sigma1(wc))"),
        (sha256.Ch(a + 1, ror(b, 3), c), "Ch(wa + 1, ror(wb, 3), wc)"),
    ],
)
def test_what_code_computes_is_called_as_in_the_standard(vocabulary: Vocabulary, t: Term, text: str) -> None:
    assert written(t, vocabulary) == text


@pytest.mark.parametrize(
    "t", [a ^ b ^ c, ror(a, 2) ^ ror(a, 13) ^ ror(a, 23), (a & b) ^ (a & c), (a & b) ^ (b & c) ^ ~c, ~(a ^ b)]
)
def test_what_is_nearly_a_word_is_none(vocabulary: Vocabulary, t: Term) -> None:
    assert vocabulary.view(normal(t)) is normal(t)


def test_a_word_of_bytes_is_found_by_the_inverse(vocabulary: Vocabulary) -> None:
    memory = read(Var("mem", MEM), Var("wp", BV(64)), 8)
    swapped = concat(*[memory[8 * k + 7 : 8 * k] for k in range(4)])
    t = normal(sha256.sigma0(swapped))
    assert t.op is not BVXOR
    assert written(t, vocabulary).splitlines()[-1] == written(swapped, vocabulary).join(["sigma0(", ")"])
    assert written(sha256.Sigma1(memory[63:32]), vocabulary) == "Sigma1(mem[wp + 4, 4])"
    assert vocabulary.view(normal(swapped)) is normal(swapped)
    near = normal(sha256.sigma0(swapped) ^ 1)
    assert vocabulary.view(near) is near


def test_what_can_not_be_undone_has_no_inverse() -> None:
    for body in (a ^ ror(a, 16), a & b, a >> 3, ~a):
        with pytest.raises(ValueError, match="not"):
            Inverse(normal(body))


def test_words_at_other_widths_are_other_functions() -> None:
    x = Var("x", BV(64))
    both = Vocabulary(lambda: (*SHA256, *words(64, sha512.Sigma0)))
    assert written(sha512.Sigma0(x), both) == "Sigma0(x)"
    assert "Sigma0" not in written(ror(x, 2) ^ ror(x, 13) ^ ror(x, 22), both)
    assert normal(parse("Sigma0(x)", {"x": x}.get, words=both)) is normal(sha512.Sigma0(x))
    assert normal(parse("Sigma0(x)", {"x": a}.get, words=both)) is normal(sha256.Sigma0(a))


def test_any_function_of_a_standard_can_be_a_word() -> None:
    other = Vocabulary(lambda: words(32, sm3.P0, sm3.P1, md5.F, md5.G, md5.I))
    assert written(sm3.P1(sm3.P0(a) + 1), other) == "P1(P0(wa) + 1)"
    assert written(md5.I(a, b, c), other) == "I(wa, wb, wc)"
    assert written(sha256.Ch(a, b, c), other) == "F(wa, wb, wc)"  # the same function; the first of them is used


def test_what_is_written_is_read_back(vocabulary: Vocabulary) -> None:
    names = {"wa": a, "wb": b, "wc": c}
    t = normal(sha256.Ch(a, sha256.sigma0(b) + c, c) + sha256.Maj(a, b, c))
    assert normal(parse(written(t, vocabulary), names.get, words=vocabulary)) is t


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Ch(a, b)", "takes 3 arguments, not 2"),
        ("Sigma0(a[7:0])", "no function of values of 8 bits"),
        ("Sigma(a)", "unknown function 'Sigma'; is it "),
        ("Ch(a, b, a[7:0])", "a value of 32 bits is expected"),
    ],
)
def test_words_are_used_as_the_standard_says(vocabulary: Vocabulary, text: str, why: str) -> None:
    with pytest.raises(ParseError) as error:
        parse(text, {"a": a, "b": b}.get, words=vocabulary)
    assert why in error.value.why


def test_a_folded_word_stays_a_term_of_the_logic(vocabulary: Vocabulary) -> None:
    t = normal(sha256.Ch(sha256.Sigma0(a), sha256.Sigma1(b), c))
    folded = explain(t, Notation(view=vocabulary.view), 1).folded
    assert all(found.op is not APP for found in folded.values())


def test_the_words_of_the_routine_s_own_standard_come_first() -> None:
    def first(symbol: str) -> str:
        return Vocabulary(lambda: catalogue.words(symbol)).view(normal(sha256.Ch(a, b, c))).params[0]  # type: ignore[no-any-return]

    assert first("sha256_block_armv8") == "Ch"
    assert first("ossl_md5_block_asm_data_order") == "F"


def test_a_script_s_words_have_to_be_a_list(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("WORDS = 7\nCONTRACTS = ()\n")
    with pytest.raises(BadInput, match="WORDS is no sequence"):
        catalogue.words("f", tmp_path / "mine.py")


def test_the_words_of_the_catalogue_differ_in_meaning_or_standard() -> None:
    for one, two in combinations(SHA256, 2):
        assert one.body is not two.body
