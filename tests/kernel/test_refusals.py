# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Every misuse of a rule is refused, with the reason; also where Python runs without its assertions."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from refusals import REFUSALS, Refusal, outcome

HERE = Path(__file__).parent


@pytest.mark.parametrize("refusal", REFUSALS, ids=[r.name for r in REFUSALS])
def test_refuses(refusal: Refusal) -> None:
    with pytest.raises(refusal.error) as caught:
        refusal.make()
    assert type(caught.value) is refusal.error
    assert re.search(refusal.message, str(caught.value))


def test_names_are_distinct() -> None:
    assert len({r.name for r in REFUSALS}) == len(REFUSALS)


def test_refuses_without_assertions() -> None:
    run = subprocess.run(
        [sys.executable, "-O", str(HERE / "refusals.py")],
        env={**os.environ, "PYTHONPATH": str(HERE.parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    report = json.loads(run.stdout)
    assert report["optimized"]
    assert report["outcomes"] == {r.name: outcome(r) for r in REFUSALS}
