# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What came out, for people: as text, as pages."""
