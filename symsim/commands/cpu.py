# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The option `--cpu`, of the commands for which it matters what the processor has."""

from __future__ import annotations

from typing import Any

import click

from isa.profiles import NoSuchProfile, Profile, profile


class _Cpu(click.ParamType):
    name = "profile"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Profile:
        try:
            return value if isinstance(value, Profile) else profile(value)
        except NoSuchProfile as error:
            self.fail(str(error), param, ctx)


option = click.option(
    "--cpu",
    type=_Cpu(),
    metavar="PROFILE",
    help="A processor such as cortex-a72 or armv8.4-a+sha3, where words it lacks are undefined; else one with every feature.",
)
"""Adds the parameter `cpu`: the profile, or None for a processor with every feature."""
