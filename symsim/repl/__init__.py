# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Working by hand: the notation, memory without a contract, tactics, and the commands of the REPL."""
