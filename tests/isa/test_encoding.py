# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Encodings: parsing, fields, assembling, sampling, and overlaps."""

from __future__ import annotations

import copy
import pickle
import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isa.encoding import DefinitionError, Encoding

ADD = Encoding("sf:1 op:1 S:1 01011 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5")


@st.composite
def encodings(draw: st.DrawFn, width: int = 32, prefix: str = "") -> Encoding:
    """Any encoding of `width` bits after a prefix, with constraints that leave at least one value."""
    tokens, left, number = [prefix], width, 0
    while left:
        size = draw(st.integers(1, min(left, 6)))
        left -= size
        pattern = draw(st.text("01x", min_size=size, max_size=size))
        field = f"f{number}:{size}"
        kinds = [pattern, f"({pattern.replace('x', '1')})", field, f"{field}={pattern}"]
        if "0" in pattern or "1" in pattern:
            kinds.append(f"{field}!={pattern}")
            kinds.append(f"{field}={pattern}|{draw(st.text('01x', min_size=size, max_size=size))}")
        tokens.append(draw(st.sampled_from(kinds)))
        number += 1
    return Encoding(" ".join(tokens))


def test_bits_and_fields_are_where_the_diagram_has_them() -> None:
    assert (ADD.mask, ADD.value) == (0x1F200000, 0x0B000000)
    expected = {"sf": 1, "op": 0, "S": 0, "shift": 0, "Rm": 3, "imm6": 5, "Rn": 31, "Rd": 2}
    assert dict(ADD.fields(0x8B0317E2)) == expected
    assert ADD.assemble(sf=1, Rm=3, imm6=5, Rn=31, Rd=2) == 0x8B0317E2
    assert list(ADD.layout) == list(expected)


@settings(deadline=None)
@given(encodings(), st.randoms(use_true_random=False))
def test_a_sample_matches_and_its_fields_assemble_to_it(encoding: Encoding, random: Random) -> None:
    word = encoding.sample(random)
    assert 0 <= word < 1 << 32
    assert encoding.matches(word)
    assert encoding.as_it_should_be(word)
    fields = dict(encoding.fields(word))
    assembled = encoding.assemble(**fields)
    assert dict(encoding.fields(assembled)) == fields
    named = sum(field.mask for field in encoding.layout.values())
    assert (word ^ assembled) & (named | encoding.mask | encoding.should_mask) == 0


@settings(deadline=None)
@given(encodings(width=8, prefix="0" * 24))
def test_matching_is_what_the_constraints_of_each_field_say(encoding: Encoding) -> None:
    tokens = [token for token in encoding.text.split()[1:] if "=" in token]
    for word in range(256):
        expected = word & encoding.mask == encoding.value
        for token in tokens:
            name, _, patterns = token.replace("!=", "=").partition("=")
            field = encoding.layout[name.split(":")[0]]
            bits = f"{field.of(word):0{field.width}b}"
            fits = any(re.fullmatch(pattern.replace("x", "."), bits) for pattern in patterns.split("|"))
            expected &= fits != ("!=" in token)
        assert encoding.matches(word) == expected


@settings(deadline=None)
@given(encodings(width=8, prefix="1" * 24), encodings(width=8, prefix="1" * 24))
def test_overlap_finds_a_common_word_exactly_if_there_is_one(one: Encoding, other: Encoding) -> None:
    common = [word for word in range(0xFFFFFF00, 0x100000000) if one.matches(word) and other.matches(word)]
    witness = one.overlap(other)
    assert (witness is None) == (not common)
    assert witness is None or (one.matches(witness) and other.matches(witness))


def test_samples_reach_both_corners_of_every_field_and_the_middle() -> None:
    random = Random(0)
    values = [ADD.fields(ADD.sample(random)) for _ in range(400)]
    for name, field in ADD.layout.items():
        seen = {getattr(f, name) for f in values}
        assert {0, (1 << field.width) - 1} <= seen
        assert len(seen) > (1 << field.width) * 0.6


def test_sample_keeps_the_fields_that_are_given() -> None:
    word = ADD.sample(Random(1), Rd=31, op=1)
    assert (ADD.fields(word).Rd, ADD.fields(word).op) == (31, 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sf:1 0101", "5 bits instead of 32"),
        ("sf:1 01011 Rd:27", "33 bits instead of 32"),
        ("x" * 33, "33 bits instead of 32"),
        ("", "0 bits instead of 32"),
        ("Rd:5 Rd:27", "'Rd:27' is repeated"),
        ("word:32", "'word:32' is repeated, reserved"),
        ("encoding:32", "reserved"),
        ("Rd:0 Rn:32", "empty"),
        ("Rd:5=0101 Rn:27", "a pattern of 'Rd:5=0101' is not 5 bits wide"),
        ("Rd:2!=0x|1x Rn:30", "no value is left for 'Rd:2!=0x|1x'"),
        ("Rd:2<01 Rn:30", "'Rd:2<01' is neither bits nor a field"),
        ("012 Rd:29", "'012' is neither bits nor a field"),
        ("(x) Rd:31", "neither bits nor a field"),
    ],
)
def test_a_malformed_encoding_is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(DefinitionError) as error:
        Encoding(text)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"Rq": 0}, "no field Rq holds 0"),
        ({"Rd": 32}, "no field Rd holds 32"),
        ({"Rd": -1}, "no field Rd holds -1"),
    ],
)
def test_assembling_what_does_not_fit_is_refused(fields: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ADD.assemble(**fields)
    with pytest.raises(ValueError, match=message):
        ADD.sample(Random(0), **fields)


@pytest.mark.parametrize("text", ["cond:4!=111x 0000000 00000 Rd:16", "cond:4=0xxx 0000000 00000 Rd:16"])
def test_assembling_an_excluded_value_is_refused(text: str) -> None:
    encoding = Encoding(text)
    assert encoding.fields(encoding.assemble(cond=5)).cond == 5
    with pytest.raises(ValueError, match="is excluded by the encoding"):
        encoding.assemble(cond=14)


def test_should_be_bits_decode_anyway_but_are_reported() -> None:
    encoding = Encoding("0000 (1)(1)(0)(0) (10) Rd:22")
    right, wrong = encoding.assemble(Rd=7), encoding.assemble(Rd=7) ^ 1 << 27
    assert right == 0x0C800007
    assert encoding.matches(right)
    assert encoding.matches(wrong)
    assert encoding.as_it_should_be(right)
    assert not encoding.as_it_should_be(wrong)


def test_fields_can_be_asked_and_compared_but_not_changed() -> None:
    fields = ADD.fields(0x8B0317E2)
    assert "Rd" in fields
    assert "Q" not in fields
    assert fields.word == 0x8B0317E2
    assert fields == ADD.fields(0x8B0317E2)
    assert fields != ADD.fields(0x8B0317E3)
    assert len({fields, ADD.fields(0x8B0317E2), ADD.fields(0x8B0317E3)}) == 2
    assert pickle.loads(pickle.dumps(fields)) == copy.deepcopy(fields) == fields
    with pytest.raises(AttributeError, match="has no field Q"):
        _ = fields.Q
    for name in ("Rd", "word", "other"):
        with pytest.raises(AttributeError, match="immutable"):
            setattr(fields, name, 1)
        with pytest.raises(AttributeError, match="immutable"):
            delattr(fields, name)
