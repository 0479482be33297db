# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Solvers: they find proofs and counterexamples, and nothing rests on what they say."""
