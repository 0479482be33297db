# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The AArch64 instructions: how they are encoded and written, and what they do, as terms of the kernel."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

GROUPS = ("base", "simd", "crypto")


@cache
def load_all() -> None:
    """Import every module that defines instruction classes. Raises DefinitionError if one of them is wrong."""
    for group in GROUPS:
        package = import_module(f"isa.{group}")
        for module in iter_modules(package.__path__):
            import_module(f"{package.__name__}.{module.name}")
