# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Floating-point arithmetic, which has no semantics here: the words are known, and refused.

Moves, selections and estimates of integers are elsewhere. In the vector classes a region has all sizes of its opcodes.
"""

from __future__ import annotations

from isa.dsl import unsupported

WHY = "floating-point arithmetic"
REST = "xxxxx xxxxx"

unsupported(
    name="floating_point_fixed_point_conversion",
    encoding=(
        f"1 00 11110 ftype:2!=10 0 rmode_opcode:5=0001x|1100x xxxxxx {REST}",
        f"0 00 11110 ftype:2!=10 0 rmode_opcode:5=0001x|1100x 1xxxxx {REST}",
    ),
    why=WHY,
)
unsupported(
    name="floating_point_integer_conversion",
    encoding=f"x 00 11110 ftype:2!=10 1 rmode_opcode:5!=0011x 000000 {REST}",
    why=WHY,
)
unsupported(
    name="floating_point_1_source",
    encoding=(
        f"000 11110 00 1 opcode:6=000001|00001x|0001x1|00100x|00101x|001100|00111x|0100xx 10000 {REST}",
        f"000 11110 01 1 opcode:6=000001|00001x|000100|00011x|00100x|00101x|001100|00111x|0100xx 10000 {REST}",
        f"000 11110 11 1 opcode:6=000001|00001x|00010x|00100x|00101x|001100|00111x 10000 {REST}",
    ),
    why=WHY,
)
unsupported(name="floating_point_compare", encoding="000 11110 ftype:2!=10 1 xxxxx 00 1000 xxxxx xx000", why=WHY)
unsupported(
    name="floating_point_conditional_compare", encoding=f"000 11110 ftype:2!=10 1 xxxxx xxxx 01 {REST}", why=WHY
)
unsupported(
    name="floating_point_2_source",
    encoding=f"000 11110 ftype:2!=10 1 xxxxx opcode:4=0xxx|1000 10 {REST}",
    why=WHY,
)
unsupported(name="floating_point_3_source", encoding=f"000 11111 ftype:2!=10 x xxxxx x xxxxx {REST}", why=WHY)
unsupported(
    name="floating_point_vector_3_registers",
    encoding=(
        f"0 x x 01110 xx 1 xxxxx 11 xxx 1 {REST}",
        f"0 x x 01110 x 10 xxxxx 00 xxx 1 {REST}",
        f"0 x x 01110 xx 0 xxxxx 1 1xxx 1 {REST}",
    ),
    why=WHY,
)
unsupported(
    name="floating_point_vector_2_registers",
    encoding=(
        f"0 x x 01110 1x 10000 011xx 10 {REST}",
        f"0 x x 01110 xx 10000 1011x 10 {REST}",
        f"0 x x 01110 0x 10000 11xxx 10 {REST}",
        f"0 x x 01110 1x 10000 opcode:5=110xx|11101|1111x 10 {REST}",
        f"0 x x 01110 x1 11100 opcode:5=011xx|11xxx 10 {REST}",
    ),
    why=WHY,
)
unsupported(
    name="floating_point_across_lanes",
    encoding=f"0 x x 01110 xx 11000 opcode:5=01100|01111 10 {REST}",
    why=WHY,
)
unsupported(
    name="floating_point_vector_fixed_point_conversion",
    encoding=(
        f"0 x x 011110 immh:4!=0000 xxx opcode:5=11100|11111 1 {REST}",
        f"01 x 111110 immh:4!=0000 xxx opcode:5=11100|11111 1 {REST}",
    ),
    why=WHY,
)
unsupported(
    name="floating_point_by_element",
    encoding=(
        f"0 x 0 01111 xx xxxxxx opcode:4=0x0x|1001 x 0 {REST}",
        f"0 x 0 01111 x1 xxxxxx 1111 x 0 {REST}",
        f"0 x 1 01111 xx xxxxxx opcode:4=0xx1|100x|1100 x 0 {REST}",
        f"01 0 11111 xx xxxxxx opcode:4=0x01|1001 x 0 {REST}",
        f"01 1 11111 xx xxxxxx 1001 x 0 {REST}",
    ),
    why=WHY,
)
unsupported(
    name="floating_point_scalar_3_registers",
    encoding=(
        f"01 0 11110 0x 1 xxxxx opcode:5=11011|11100|11111 1 {REST}",
        f"01 0 11110 1x 1 xxxxx 11111 1 {REST}",
        f"01 1 11110 0x 1 xxxxx 1110x 1 {REST}",
        f"01 1 11110 1x 1 xxxxx opcode:5=11010|1110x 1 {REST}",
        f"01 0 11110 0 10 xxxxx 00 opcode:3=011|100|111 1 {REST}",
        f"01 0 11110 1 10 xxxxx 00 111 1 {REST}",
        f"01 1 11110 0 10 xxxxx 00 10x 1 {REST}",
        f"01 1 11110 1 10 xxxxx 00 opcode:3=010|10x 1 {REST}",
    ),
    why=WHY,
)
unsupported(
    name="floating_point_scalar_2_registers",
    encoding=(
        f"01 0 11110 0x 10000 opcode:5=1101x|1110x 10 {REST}",
        f"01 0 11110 1x 10000 opcode:5=0110x|01110|1101x|11101|11111 10 {REST}",
        f"01 1 11110 0x 10000 opcode:5=10110|1101x|1110x 10 {REST}",
        f"01 1 11110 1x 10000 opcode:5=0110x|1101x|11101 10 {REST}",
        f"01 x 11110 01 11100 opcode:5=1101x|1110x 10 {REST}",
        f"01 0 11110 11 11100 opcode:5=0110x|01110|1101x|11101|11111 10 {REST}",
        f"01 1 11110 11 11100 opcode:5=0110x|1101x|11101 10 {REST}",
    ),
    why=WHY,
)
unsupported(
    name="floating_point_scalar_pairwise",
    encoding=f"01 x 11110 xx 11000 opcode:5=0110x|01111 10 {REST}",
    why=WHY,
)
