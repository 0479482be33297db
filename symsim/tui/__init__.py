# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The full-screen view of a session (Textual, the extra [tui])."""
