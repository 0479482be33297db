# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
from __future__ import annotations

import click
import pytest

from kernel.ops import conj, eq
from kernel.rules import ANF
from kernel.sorts import BV
from kernel.term import Var
from symsim.blast import Falsified, blast
from symsim.catalogue import routine
from symsim.effort import _hints, _lines, effort
from symsim.promises import COLUMNS, COMMON
from symsim.report.text import summary
from symsim.result import OPEN, PROVED, REFUTED, Result
from symsim.solvers.cadical import TALLY

SCRIPT = '''\
# A licence.
"""What it is."""

from kernel.ops import (
    eq,
)

x = 1  # a comment behind code
text = """a string
that is a value"""


def f():
    """A docstring
    of two lines."""
    return (
        x
    )
'''


def test_lines_of_code_are_counted_and_no_others() -> None:
    assert _lines(SCRIPT) == 1 + 2 + 1 + 3
    assert _lines("") == 0


def test_hints_are_cuts_and_lemmas_but_no_definitions() -> None:
    assert _hints(routine("openssl/sha256_block_armv8").contract()) == 0
    aes = routine("openssl/aes_v8_encrypt_128").contract()
    assert _hints(aes) == 1 < len(aes.rules())  # that Arm's table is the standard's
    assert _hints(routine("openssl/KeccakF1600").contract()) >= 1  # its rounds


def test_what_the_solver_was_asked_is_counted_true_or_false() -> None:
    x, y = Var("asked", BV(8)), Var("more", BV(8))
    before = TALLY.calls
    proved = blast(conj(eq(x & y, y & x), eq(x + y + 7, y + 7 + x)))
    with pytest.raises(Falsified):
        blast(eq(x + y, x ^ y))
    took = effort(routine("openssl/sha256_block_armv8").script, None, proved)
    assert took.solver_calls == before + 2
    assert took.lemmas == 1 and took.hints == 0
    assert effort(routine("openssl/sha256_block_armv8").script, None, ANF(x, x)).lemmas == 0


def row(text: str, name: str) -> list[str]:
    (line,) = [line for line in click.unstyle(text).splitlines() if line.startswith(name)]
    return line.split()


def test_the_summary_says_what_is_proved_of_each_and_what_is_left() -> None:
    known = {"ensures": ["own", *COMMON], "certificate_sha256": "00", "object": "o"}
    proved = Result("lib/a", "lib/a", PROVED, any_length=True, seconds={"prove": 1.5, "replay": 0.5}, **known)
    fixed = Result("lib/b", "lib/b", PROVED, seconds={"replay": 1.0}, peak_memory=10**6, **known)
    theorem = Result("spec/c", "spec/c", PROVED, ensures=["claim"], certificate_sha256="00", seconds={"replay": 0.25})
    left = Result("lib/d", "lib/d", OPEN, object="o", detail="o: the goal that is left\nand more")
    false = Result("lib/e", "lib/e", REFUTED, object="o", detail="how they differ")
    text = summary([false, left, theorem, fixed, proved])
    assert row(text, "lib/a")[1:9] == ["proved", *"✓✓✓✓✓✓✓"]
    assert row(text, "lib/b")[1:9] == ["proved", *"✓–✓✓✓✓✓"]
    assert row(text, "spec/c")[1:9] == ["proved", *"✓–––––✓"]
    assert row(text, "lib/d")[1:2] == ["open"] and "✓" not in row(text, "lib/d")
    assert " the goal that is left" in text and "o: the goal" not in text and "and more" not in text
    assert row(text, "lib/e")[1] == "refuted" and "how they differ" in text
    assert "3 proved, 1 refuted, 1 open; 3.2 s in all, at most 1.0 MB at a time" in text


@pytest.mark.parametrize("name", COLUMNS)
def test_a_promise_that_the_theorem_does_not_have_is_not_among_the_properties(name: str) -> None:
    ensures = ["own", *(label for label in COMMON if label != COLUMNS[name])]
    result = Result("lib/a", "lib/a", PROVED, any_length=True, ensures=ensures, certificate_sha256="00")
    assert [key for key, is_proved in result.properties().items() if not is_proved] == [name]
    result.status = OPEN
    assert not any(value for key, value in result.properties().items() if key != "replayed")
