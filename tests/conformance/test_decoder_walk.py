# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The walk over words finds what decoders disagree about, and explains what is known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from conformance import decoder_compare, decoder_walk
from conformance.decoder_compare import LEFT_OUT, NEITHER, REFUSED, SAME, Walk, compare, sampled_words, strata
from conformance.decoder_issues import DecoderIssue, Kind, decoder_issues, explanation
from conformance.decoder_walk import Log, main, number, pieces, record, walk_of_record
from conformance.other_decoders import DECODERS, OtherDecoder, open_decoder
from isa.encoding import Encoding
from symsim.errors import BadInput, NotAvailable

ADD, UDF, SVE, LDP_UNPREDICTABLE = 0x8B020020, 0x00010000, 0x04000000, 0xA8C10400
SEED = 1


def opened(name: str) -> OtherDecoder:
    try:
        return open_decoder(name)
    except NotAvailable as error:
        pytest.skip(str(error))


class Fake:
    """A decoder that says what it is told to."""

    name, description, relative = "capstone", "fake", False

    def __init__(self, *texts: str | None) -> None:
        self._texts = texts

    def texts(self, words: Sequence[int], address: int) -> list[str | None]:
        return list(self._texts)


def size(encoding: Encoding) -> int:
    """How many words an encoding has, counted without decoding any."""
    count = 1 << 32 - encoding.mask.bit_count()
    for field, allowed in encoding.constraints:
        fixed = encoding.mask & field.mask
        possible = [v for v in allowed if not (v << field.lo ^ encoding.value) & fixed]
        count = count * len(possible) >> field.width - fixed.bit_count()
    return count


def test_the_strata_are_a_partition_of_all_words() -> None:
    # No two share a word, or there would be no decoder; so it is enough that the sizes add up.
    assert sum(map(size, strata())) == 1 << 32


def test_a_sample_is_determined_by_its_seed_and_chunk() -> None:
    first = sampled_words(SEED, 0, 5000)
    assert len(first) == 5000
    assert first == sampled_words(SEED, 0, 5000)
    assert first not in (sampled_words(SEED, 1, 5000), sampled_words(SEED + 1, 0, 5000))


def test_a_sample_has_words_of_every_encoding_and_neighbours_of_it() -> None:
    words = sampled_words(SEED, 0, 1 << 15)
    for encoding in strata():
        assert any(encoding.matches(word) for word in words), encoding
        off_by_one = ((word ^ encoding.value) & encoding.mask for word in words)
        assert not encoding.mask or any(bits.bit_count() == 1 for bits in off_by_one), encoding


@pytest.mark.parametrize(
    ("word", "text", "outcome"),
    [
        (ADD, "add x0, x1, x2", SAME),
        (ADD, None, Kind.UNKNOWN),
        (ADD, "add x0, x1, x3", Kind.SPELLING),
        (UDF, None, NEITHER),
        (UDF, "add x0, x1, x2", Kind.UNDEFINED),
        (LDP_UNPREDICTABLE, None, REFUSED),
        (LDP_UNPREDICTABLE, "ldp x0, x1, [x0], #16", SAME),
        (LDP_UNPREDICTABLE, "nop", Kind.SPELLING),
        (SVE, None, LEFT_OUT),
        (SVE, "add z0.b, p0/m, z0.b, z0.b", LEFT_OUT),
    ],
)
def test_outcomes(word: int, text: str | None, outcome: str) -> None:
    walk = compare([word], 0, [Fake(text)])
    [(_, _, found, issue)] = walk.counts
    assert (found, issue) == (outcome, "")
    assert bool(walk.unexplained()) == isinstance(outcome, Kind)
    assert bool(walk.examples) == isinstance(outcome, Kind)


def test_a_relative_decoder_may_write_distances() -> None:
    fake = Fake("b #8", "b #8")
    assert compare([0x14000002, 0x14000002], 0x1000, [fake]).unexplained()
    fake.relative = True
    assert not compare([0x14000002, 0x14000002], 0x1000, [fake]).unexplained()
    assert compare([0x14000003, 0x14000002], 0x1000, [fake]).unexplained()


@pytest.mark.parametrize("name", DECODERS)
def test_every_disagreement_of_a_small_walk_is_explained(name: str) -> None:
    walk = compare(sampled_words(SEED, 0, 1 << 14), 0x4000_0000, [opened(name)])
    assert walk.words == sum(walk.counts.values()) == 1 << 14
    assert walk.unexplained() == []
    assert sum(n for (_, _, outcome, _), n in walk.counts.items() if outcome == SAME) > 4000


@pytest.mark.parametrize("issue", decoder_issues(), ids=lambda issue: issue.id)
def test_no_explanation_is_stale(issue: DecoderIssue) -> None:
    random = Random(issue.id)
    words = [e.sample(random) for e in issue.encodings for _ in range(600)]
    if issue.same:
        words = [e.sample(random, **dict.fromkeys(issue.same, k % 31)) for e in issue.encodings for k in range(600)]
    available = []
    for name in issue.decoders:
        try:
            available.append(open_decoder(name))
        except NotAvailable:
            continue
    found = compare(words, 0x4000_0000, available)
    if not any(sort[3] == issue.id for sort in found.counts):
        if "llvm" in issue.decoders or not available:
            pytest.skip("it is about a version of a decoder that is not here")
        pytest.fail("it explains nothing")


def test_an_explanation_is_about_its_decoder_kind_text_and_fields() -> None:
    word = 0xB8408800  # ldtr w0, [x0, #8]
    assert explanation("capstone", word, Kind.UNKNOWN, None) is not None
    assert explanation("binutils", word, Kind.UNKNOWN, None) is None
    assert explanation("capstone", word, Kind.SPELLING, "ldr w0, [x0, #8]") is None
    assert explanation("capstone", word ^ 1, Kind.UNKNOWN, None) is None
    eret = 0xD69F03E0
    assert explanation("capstone", eret, Kind.UNDEFINED, "eret") is not None
    assert explanation("capstone", eret, Kind.UNDEFINED, "ret") is None


# Files of issues

GOOD = """
[[decoder]]
id = "a"
decoders = ["capstone"]
encodings = ["00000000000000000000000000000000"]
kind = "unknown"
right = "both"
evidence = "the manual"
"""


def test_a_file_of_issues(tmp_path: Path) -> None:
    path = tmp_path / "issues.toml"
    path.write_text(GOOD)
    [issue] = decoder_issues(path)
    assert (issue.id, issue.kind, issue.theirs, issue.same) == ("a", Kind.UNKNOWN, None, ())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD + GOOD, "two decoders called a"),
        (GOOD.replace('kind = "unknown"', 'kind = "odd"'), "'odd' is not a valid Kind"),
        (GOOD.replace('right = "both"', 'right = "nobody"'), "'nobody' is not a valid Right"),
        (GOOD.replace("evidence", "evidences"), "there is no 'evidences'"),
        (GOOD.replace('evidence = "the manual"', ""), "lacks evidence"),
        (GOOD.replace('["capstone"]', '"capstone"'), "'decoders' is no list"),
        (GOOD.replace("[[decoder]]", "[decoder]"), "each begins with"),
        (GOOD.replace('000"]', '"]'), "29 bits instead of 32"),
        (GOOD + 'theirs = "("', "unterminated"),
        ("[[decoder", "toml"),
    ],
)
def test_a_malformed_file_of_issues_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "issues.toml"
    path.write_text(text)
    with pytest.raises(BadInput, match=message):
        decoder_issues(path)


# The command


def test_numbers_of_words() -> None:
    assert [number(text) for text in ("1", "4096", "2^22", "0x10", "2^32")] == [1, 4096, 1 << 22, 16, 1 << 32]


@pytest.mark.parametrize("text", ["0", "-1", "2^33", "2^-1", "2^999999", "many", "", "^", "1e6"])
def test_what_is_no_number_of_words(text: str) -> None:
    with pytest.raises(BadInput, match="no number of words"):
        number(text)


def test_all_words_in_order() -> None:
    parts = pieces(None, 1 << 32)
    assert sum(part.size for part in parts) == 1 << 32
    assert [parts[1].words()[0], parts[-1].words()[-1]] == [decoder_walk.CHUNK, (1 << 32) - 1]
    assert [part.size for part in pieces(1, decoder_walk.CHUNK + 1)] == [decoder_walk.CHUNK, 1]


def test_a_record_is_the_walk() -> None:
    walk = compare([ADD, UDF], 0, [Fake(None, "nop")])
    again = walk_of_record(json.loads(json.dumps(record(walk))))
    assert again == walk
    assert len(walk.unexplained()) == 2


def test_the_command_reports_and_agrees(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--count", "3000", "--seed", "3", "--decoder", "capstone", "--jobs", "1"]
    assert main(arguments) == 0
    text = capsys.readouterr().out
    assert "3,000 words" in text
    assert "classes against capstone" in text
    assert main([*arguments, "--brief"]) == 0
    assert "classes against" not in capsys.readouterr().out
    assert "seed 3" in text
    assert main([*arguments, "--json"]) == 0
    line = json.loads(capsys.readouterr().out)
    assert (line["type"], line["words"], line["unexplained"]) == ("total", 3000, 0)


def test_an_unexplained_disagreement_fails_and_is_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoder_compare, "explanation", lambda *_: None)
    assert main(["--count", "20000", "--decoder", "capstone", "--jobs", "1"]) == 1
    assert "there 'msr s0_" in capsys.readouterr().out


def test_an_interrupted_walk_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoder_walk, "CHUNK", 1000)
    out = tmp_path / "walk.jsonl"
    arguments = ["--count", "3000", "--decoder", "capstone", "--jobs", "1", "--json", "--out", str(out)]
    assert main(arguments) == 0
    whole, lines = json.loads(capsys.readouterr().out), out.read_text().splitlines(keepends=True)
    assert len(lines) == 4
    out.write_text("".join(lines[:2]) + lines[2][:40])
    assert main(arguments) == 0
    again = json.loads(capsys.readouterr().out)
    assert whole | {"seconds": 0} == again | {"seconds": 0}
    assert out.read_text().splitlines(keepends=True) == lines


def test_the_file_of_another_walk_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "walk.jsonl"
    Log(out, {"seed": 1}).open().close()
    log = Log(out, {"seed": 2})
    with pytest.raises(BadInput, match="has another walk"):
        log.read()
    assert log.walk == Walk()


@pytest.mark.parametrize("text", ["not json\n", '{"type": "walk", "seed": 1}\n{"words": 1}\n', "[]\n"])
def test_a_file_that_holds_no_walk_is_refused(tmp_path: Path, text: str) -> None:
    out = tmp_path / "walk.jsonl"
    out.write_text(text)
    with pytest.raises(BadInput, match=r"remove it|another walk"):
        Log(out, {"seed": 1}).read()


def test_bad_usage_and_absent_decoders(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["--count", "none"]) == 2
    assert main(["--jobs", "0", "--decoder", "capstone"]) == 2
    assert main(["--decoder", "nobody"]) == 2
    assert main(["--count", "8", "--decoder", "capstone", "--out", str(tmp_path / "no" / "file")]) == 2
    monkeypatch.setenv("ARMSYM_LIBLLVM", str(tmp_path / "libLLVM.so"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["--decoder", "llvm"]) == 3
    assert main(["--decoder", "binutils"]) == 3
    capsys.readouterr()
    assert main(["--count", "64", "--jobs", "1", "--json"]) == 0
    captured = capsys.readouterr()
    assert "not run: binutils" in captured.err
    assert "not run: llvm" in captured.err
    assert {row[0] for row in json.loads(captured.out)["counts"]} == {"capstone"}
