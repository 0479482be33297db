# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""From an object file to a theorem: loading, symbolic execution, proof search, and the command line."""
