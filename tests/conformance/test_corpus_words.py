# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Every word of the corpus, hand-written or compiled: it has a meaning, or is of the few sorts that are left out, and is
written as capstone writes it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from conformance.other_decoders import Capstone
from isa.decode import decode
from isa.syntax_spelling import same_disassembly
from isa.verdict import Verdict, verdict_of
from symsim import corpus
from symsim.errors import ArmsymError, NotAvailable
from symsim.program import Program, read_files

ADDRESS = 0x4000_0000
LEFT_OUT = {
    "scalable_vector_extension": "SVE",
    "breakpoint": "what a compiler writes where control never comes",
}


def programs(name: str) -> Iterator[Program]:
    """The ELF files of a library, but for those that need a linker first."""
    for path, data in read_files(corpus.object_spec(name))[1]:
        try:
            yield Program.from_bytes(data, path)
        except ArmsymError:
            continue


LARGE = {"openssl-4.0.3", "gnutls-3.7.9"}


@pytest.mark.parametrize(
    "name", [pytest.param(e.name, marks=[pytest.mark.slow] * (e.name in LARGE)) for e in corpus.entries()]
)
def test_words_of_a_library(name: str) -> None:
    try:
        words = sorted({w for p in programs(name) for f in p.functions() for _, w in p.instructions(f)})
    except NotAvailable as error:
        pytest.skip(str(error))
    wrong = []
    for at, (word, theirs) in enumerate(zip(words, Capstone().texts(words, ADDRESS), strict=True)):
        decoded = decode(word)
        assert decoded is not None
        kind = decoded.instruction.name
        if (
            verdict_of(decoded) is not Verdict.DEFINED
            and kind not in LEFT_OUT
            and not kind.startswith("floating_point")
        ):
            wrong.append(f"{word:#010x} has no meaning: {kind}")
        ours = decoded.instruction.disassemble(decoded.fields, ADDRESS + 4 * at)
        if decoded.instruction.kind == "instruction" and not same_disassembly(ours or "", theirs or ""):
            wrong.append(f"{word:#010x} is '{ours}', for capstone '{theirs}'")
    assert len(words) > 1000
    assert not wrong, "\n".join(wrong[:10])
