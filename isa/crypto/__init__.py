# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The cryptographic instructions."""
