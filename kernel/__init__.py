# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The logic: everything a theorem of armsym rests on, together with isa/ and crypto_specs/."""
