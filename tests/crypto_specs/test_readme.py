# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The table of the standards names the constants that there are."""

import importlib
import re
from pathlib import Path

import pytest

import crypto_specs
from kernel.theory import introduction
from kernel.thm import KernelError

FOLDER = Path(crypto_specs.__file__).parent
ROWS = [line.split("|")[1:-1] for line in (FOLDER / "README.md").read_text().splitlines() if ".py` |" in line]
VALUES = {"BITS": ("128", "192", "256"), "RATE": ("72", "104", "136", "144", "168")}


def names(cell: str) -> list[str]:
    """The names between backticks, with a placeholder replaced by each of its values."""
    found = re.findall(r"`([^`]+)`", cell)
    for placeholder, values in VALUES.items():
        found = [name.replace(placeholder, v) for name in found for v in (values if placeholder in name else ("",))]
    return found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[1].strip(' `')}-{row[2].strip()}")
def test_every_constant_of_the_table_is_introduced(row: list[str]) -> None:
    (module,) = names(row[1])
    importlib.import_module(f"crypto_specs.{module.removesuffix('.py')}")
    assert names(row[3])
    for name in names(row[3]):
        assert introduction(name)[0] in ("DEFINE", "DEFINE_REC")


def test_every_standard_is_in_the_table() -> None:
    helpers = {"__init__", "constants", "defined", "errors", "gf2", "iterated", "memory", "message", "stored"}
    modules = {name.removesuffix(".py") for row in ROWS for name in names(row[1])}
    assert modules == {path.stem for path in FOLDER.glob("*.py")} - helpers


def test_a_constant_that_is_none_is_noticed() -> None:
    with pytest.raises(KernelError, match="not introduced"):
        introduction("AES_512_Cipher")
