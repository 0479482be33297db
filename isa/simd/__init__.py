# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The Advanced SIMD and floating-point instructions: one file for each encoding class of the Arm manual."""
