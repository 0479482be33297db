# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from symsim import corpus
from symsim.errors import ArmsymError
from symsim.program import Program

nbformat = pytest.importorskip("nbformat", reason="the extra [notebook] is not installed")
nbclient = pytest.importorskip("nbclient", reason="the extra [notebook] is not installed")
pytest.importorskip("ipykernel", reason="the extra [notebook] is not installed")

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "docs/sha256.ipynb"


def outputs(notebook: Any) -> list[list[Any]]:
    """What each cell of code says, without the numbers of their execution."""
    said = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            said.append([output.get("data") or output.get("text") for output in cell.outputs])
    return said


def executed(notebook: Any, directory: Path) -> Any:
    """The notebook after a run in a kernel of its own."""
    paths = os.environ.get("PYTHONPATH", "")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *([paths] if paths else [])])}
    from jupyter_client.kernelspec import NoSuchKernel

    client = nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(directory)}})
    try:
        return client.execute(env=environment)
    except NoSuchKernel as error:
        pytest.skip(f"no kernel to run notebooks: {error}")


def test_the_notebook_runs_and_says_what_it_says(tmp_path: Path) -> None:
    try:
        Program.load(corpus.object_spec("openssl-4.0.3"), "sha256_block_armv8")
    except ArmsymError as error:
        pytest.skip(f"the corpus is not there: {error}")
    kept = nbformat.read(NOTEBOOK, 4)
    found = executed(nbformat.from_dict(kept), tmp_path)
    if os.environ.get("ARMSYM_UPDATE_GOLDEN"):
        for cell in found.cells:
            cell.metadata.clear()
        nbformat.write(found, NOTEBOOK)
        kept = found
    assert outputs(found) == outputs(kept)
    assert (tmp_path / "claim.cert").stat().st_size > 1000
