# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What can go wrong outside the trusted base, as one family with exit statuses."""

from __future__ import annotations


class ArmsymError(Exception):
    """A failure to report in one line; `exit_code` is what the command line returns (DESIGN: 1, 2 or 3)."""

    exit_code = 1


class BadInput(ArmsymError):
    """The file, symbol, option or contract given can't be used as it is."""

    exit_code = 2


class NotAvailable(ArmsymError):
    """A target or resource was not there, so nothing was learnt: never a pass."""

    exit_code = 3
