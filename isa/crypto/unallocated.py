# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What is left of the encoding space of the hash instructions and of the 128-bit ones at 0xCE000000."""

from __future__ import annotations

from isa.dsl import unallocated

unallocated(
    name="sha_unallocated",
    encoding=(
        "01011110 size:2!=00 0 xxxxx 0 xxx 00 xxxxxxxxxx",
        "01011110 00 0 xxxxx 0 111 00 xxxxxxxxxx",
        "01011110 size:2!=00 10100 xxxxx 10 xxxxxxxxxx",
        "01011110 00 10100 opcode:5!=00000|00001|00010 10 xxxxxxxxxx",
    ),
)
unallocated(
    name="cryptographic_128_bit_unallocated",
    encoding=(
        "11001110 00x xxxxx 1 xxxxxxxxxxxxxxx",
        "11001110 010 xxxxx 11 xxxxxxxxxxxxxx",
        "11001110 011 xxxxx 0 xxxxxxxxxxxxxxx",
        "11001110 011 xxxxx 1 O:1 middle:2!=00 opcode:2 xxxxxxxxxx",
        "11001110 011 xxxxx 1 1 00 11 xxxxxxxxxx",
        "11001110 101 xxxxxxxxxxxxxxxxxxxxx",
        "11001110 110 Rm:5!=00000 xxxxxxxxxxxxxxxx",
        "11001110 110 00000 opcode:6!=10000x xxxxxxxxxx",
        "11001110 111 xxxxxxxxxxxxxxxxxxxxx",
    ),
)
