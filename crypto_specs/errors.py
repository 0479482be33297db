# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What the standards do not define."""

from __future__ import annotations


class NotDefined(ValueError):
    """An input of a length for which the standard defines no output."""


def need(ok: bool, message: str) -> None:
    """Raise NotDefined with the message unless ok."""
    if not ok:
        raise NotDefined(message)
