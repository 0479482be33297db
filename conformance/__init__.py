# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The semantics against machines that other people built: emulators, boards, and recordings of boards."""
