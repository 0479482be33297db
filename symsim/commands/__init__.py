# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The commands of `armsym`, one in each module, as `command`; its function returns the exit status."""
