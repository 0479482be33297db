# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The general-purpose instructions: one file for each encoding class, or group of near relatives, of the Arm manual."""
