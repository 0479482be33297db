# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""From an object file to a theorem: loading, symbolic execution, proof search, and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symsim.session import Session

__all__ = ["Session"]


def __getattr__(name: str) -> type[Session]:
    """Session, imported when it is asked for: the command line has answers that need none of it."""
    if name != "Session":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from symsim.session import Session  # noqa: PLC0415  (see above)

    return Session
