# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The standards, in the order of their sections: executable on ints, and terms for theorems, from the same text."""
