# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Accounts in files: what `symsim.report.account` tells, kept as JSON for the pages that are made of it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

FORMAT = "armsym account 1"

Account = dict[str, Any]


def save(account: Account, place: Path) -> None:
    """Write an account, whole or not at all."""
    scratch = place.with_name(f".{place.name}.{os.getpid()}")
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        scratch.write_text(json.dumps({"format": FORMAT, **account}, ensure_ascii=False), encoding="utf-8")
        os.replace(scratch, place)
    finally:
        scratch.unlink(missing_ok=True)


def load(place: Path) -> Account | None:
    """The account in a file; None where there is none of this format."""
    try:
        told = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) and told.get("format") == FORMAT else None
