# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The decoder, the registry, and what executing a decoded word refuses."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from test_encoding import encodings

import isa.decode
from isa.decode import Decoder
from isa.dsl import REGISTRY, Registry, Undefined, Unpredictable, Unsupported, undefined_if, unsupported_if
from isa.encoding import DefinitionError, Encoding, Fields
from isa.machine import Machine

HIGH = "10" * 12


def registry(*texts: str) -> Registry:
    """Classes c0, c1, ... of these encodings; executing one of them does nothing."""
    classes = Registry()
    for number, text in enumerate(texts):

        def function(f: Fields, m: Machine) -> None:
            """Nothing."""

        function.__name__ = f"c{number}"
        classes.instruction(encoding=text, syntax="nothing")(function)
    return classes


@settings(deadline=None)
@given(st.lists(encodings(width=8, prefix=HIGH), max_size=6))
def test_the_decoder_finds_the_class_that_a_search_finds_and_rejects_overlaps(candidates: list[Encoding]) -> None:
    disjoint: list[Encoding] = []
    for candidate in candidates:
        if all(candidate.overlap(other) is None for other in disjoint):
            disjoint.append(candidate)
        else:
            with pytest.raises(DefinitionError, match="overlap: both match 0x"):
                Decoder(registry(*(e.text for e in disjoint), candidate.text))
    decoder = Decoder(registry(*(e.text for e in disjoint)))
    base = int(HIGH, 2) << 8
    for word in (*range(base, base + 256), 0, 0xFFFFFFFF, base ^ 1 << 31):
        decoded = decoder.decode(word)
        expected = [number for number, e in enumerate(disjoint) if e.matches(word)]
        assert ([decoded.instruction.name] if decoded else []) == [f"c{number}" for number in expected]
        assert decoded is None or decoded.fields.word == word


@settings(deadline=None)
@given(encodings(), encodings())
def test_an_overlap_names_both_classes_and_a_word_that_both_match(one: Encoding, other: Encoding) -> None:
    assume(one.overlap(other) is not None)
    with pytest.raises(DefinitionError) as error:
        Decoder(registry(one.text, other.text))
    message = str(error.value)
    assert "c0 and c1 overlap" in message
    witness = int(message.rpartition(" ")[2], 16)
    assert one.matches(witness)
    assert other.matches(witness)


def test_encodings_of_one_class_must_not_overlap_either() -> None:
    classes = Registry()
    classes.unallocated(name="twice", encoding=("0" * 31 + " x", "0" * 32))
    with pytest.raises(DefinitionError, match="twice and twice overlap: both match 0x00000000"):
        Decoder(classes)


def test_a_field_that_excludes_a_pattern_leaves_room_for_another_class() -> None:
    rest = "0 1 011110 immb:3 000001 Rn:5 Rd:5"
    decoder = Decoder(registry(f"1 immh:4!=0000 {rest}", f"1 0000 {rest}"))
    for immh in range(16):
        decoded = decoder.decode(1 << 31 | immh << 27 | 0b01011110 << 19 | 1 << 10)
        assert decoded is not None
        assert decoded.instruction.name == ("c0" if immh else "c1")


def test_several_encodings_share_the_function_and_the_fields_tell_which() -> None:
    classes = Registry()
    seen: list[bool] = []

    @classes.instruction(encoding=("0" * 27 + " Rd:5", "1" * 26 + " Q:1 Rd:5"), syntax="x")
    def either(f: Fields, m: Machine) -> None:
        seen.append("Q" in f)

    for word in (0, 0xFFFFFFFF):
        decoded = Decoder(classes).decode(word)
        assert decoded is not None
        decoded.instruction.execute(decoded.fields, Machine())
    assert seen == [False, True]
    assert either.__name__ == "either"


def run(classes: Registry, word: int) -> None:
    decoded = Decoder(classes).decode(word)
    assert decoded is not None
    decoded.instruction.execute(decoded.fields, Machine())


def test_regions_of_words_are_undefined_or_unsupported() -> None:
    classes = Registry()
    classes.unallocated(name="reserved", encoding="0" * 16 + " imm16:16")
    classes.unsupported(name="scalable", encoding="1" * 16 + " imm16:16", why="SVE is not modelled", syntax="sve")
    with pytest.raises(Undefined):
        run(classes, 5)
    with pytest.raises(Unsupported, match="SVE is not modelled"):
        run(classes, 0xFFFF0000)
    assert [(c.name, c.kind) for c in classes] == [("reserved", "unallocated"), ("scalable", "unsupported")]
    assert classes["scalable"].disassemble(classes["scalable"].encodings[0].fields(0xFFFF0000)) == "sve"


def test_executing_refuses_should_be_bits_that_are_not_so() -> None:
    classes = registry("0" * 24 + " (1)(1)(1) Rd:5")
    run(classes, 0xE0)
    with pytest.raises(Unpredictable):
        run(classes, 0x60)


def test_conditions_raise_only_where_they_hold() -> None:
    undefined_if(False)
    unsupported_if(False, "why")
    with pytest.raises(Undefined):
        undefined_if(True)
    with pytest.raises(Unsupported, match="no exceptions"):
        unsupported_if(True, "no exceptions")


def test_a_wrong_encoding_is_refused_at_once_and_names_the_class() -> None:
    with pytest.raises(DefinitionError, match="c0: 31 bits instead of 32"):
        registry("0" * 26 + " Rd:5")
    with pytest.raises(DefinitionError, match="gap: 31 bits instead of 32"):
        Registry().unallocated(name="gap", encoding="0" * 31)


def test_a_name_is_taken_once() -> None:
    classes = registry("0" * 32)
    with pytest.raises(DefinitionError, match="c0: there is already a class"):
        classes.unallocated(name="c0", encoding="1" * 32)


def test_a_class_knows_where_it_was_written() -> None:
    (one,) = registry("0" * 32)
    assert (one.module, one.doc, repr(one)) == (__name__, "Nothing.", "<instruction c0>")
    classes = Registry()
    classes.unallocated(name="gap", encoding="0" * 32)
    classes.unsupported(name="left_out", encoding="1" * 32, why="there is none")
    assert [c.module for c in classes] == [__name__] * 2
    assert {c.group for c in REGISTRY} == {"base", "simd", "crypto"}


def test_the_classes_of_the_package_decode_their_own_words() -> None:
    decoder = isa.decode.decoder()  # raises if two classes overlap
    random = Random(0)
    for instruction in REGISTRY:
        for encoding in instruction.encodings:
            decoded = decoder.decode(encoding.sample(random))
            assert decoded is not None
            assert decoded.instruction is instruction
            assert decoded.fields.encoding is encoding


def test_a_word_without_a_spelling_is_written_as_data() -> None:
    assert isa.decode.disassemble(0x00010000) == ".inst 0x00010000"
    assert isa.decode.disassemble(0x00000000) == "udf #0"
