# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Words that no Advanced SIMD or floating-point instruction has, by encoding class (Arm ARM, C4.1 "Data Processing -
Scalar Floating-Point and Advanced SIMD"). They are UNDEFINED.

The classes of the cryptographic instructions have their own. Sizes that an opcode lacks are in the opcode's file.
"""

from __future__ import annotations

from isa.dsl import unallocated, unsupported

REST = "xxxxx xxxxx"

unallocated(
    name="scalar_floating_point_unallocated",
    encoding=(
        # The bits M, S and sf.
        f"x 01 1111 x xx x xxxxx xxxxxx {REST}",
        f"1 00 11111 xx x xxxxx xxxxxx {REST}",
        f"1 00 11110 xx 1 xxxxx low:6!=000000 {REST}",
        # The type 10, which only FMOV between a general register and the top half of a vector has.
        f"0 00 11111 10 x xxxxx xxxxxx {REST}",
        f"x 00 11110 10 0 xxxxx xxxxxx {REST}",
        f"0 00 11110 10 1 xxxxx xxxxxx {REST}",
        f"1 00 11110 10 1 rmode_opcode:5!=0111x 000000 {REST}",
        # Conversions between floating-point and fixed-point.
        f"x 00 11110 ftype:2!=10 0 rmode_opcode:5!=0001x|1100x xxxxxx {REST}",
        f"0 00 11110 ftype:2!=10 0 rmode_opcode:5=0001x|1100x 0xxxxx {REST}",
        # One source.
        f"000 11110 00 1 opcode:6=0001x0|001101|0101xx|011xxx|1xxxxx 10000 {REST}",
        f"000 11110 01 1 opcode:6=000101|001101|0101xx|011xxx|1xxxxx 10000 {REST}",
        f"000 11110 11 1 opcode:6=00011x|001101|01xxxx|1xxxxx 10000 {REST}",
        f"000 11110 ftype:2!=10 1 xxxxx 100000 {REST}",
        # Comparisons and two sources.
        f"000 11110 ftype:2!=10 1 xxxxx op:2!=00 1000 {REST}",
        "000 11110 ftype:2!=10 1 xxxxx 00 1000 xxxxx xx opcode2:3!=000",
        f"000 11110 ftype:2!=10 1 xxxxx opcode:4=1001|101x|11xx 10 {REST}",
    ),
)
unallocated(
    name="vector_permute_unallocated",
    encoding=(
        f"0 x 001110 xx 0 xxxxx 0 x00 10 {REST}",
        f"0 x 101110 op2:2!=00 0 xxxxx 0 xxxx 0 {REST}",
    ),
)
unallocated(
    name="vector_copy_unallocated",
    encoding=(
        f"0 x 0 01110000 xxxxx 0 imm4:4=0010|0100|0110|1xxx 1 {REST}",
        f"0 0 0 01110000 xxxxx 0 0011 1 {REST}",
        f"0 0 1 01110000 xxxxx 0 xxxx 1 {REST}",
        f"0 x x 01110 10 0 xxxxx 0 xxxx 1 {REST}",
        f"0 x x 01110 x1 0 xxxxx 01 xxx 1 {REST}",
    ),
)
unallocated(
    name="vector_3_registers_unallocated",
    encoding=(
        f"0 x 1 01110 xx 1 xxxxx 10111 1 {REST}",
        f"0 x x 01110 xx 1 xxxxx 1111 00 {REST}",
        f"0 x 1 01110 xx 1 xxxxx opcode:4=1001|1011|1101|1110 00 {REST}",
        f"0 x x 01110 xx 0 xxxxx 1 xxxx 0 {REST}",
        f"0 x 0 01110 xx 0 xxxxx 1 000x 1 {REST}",
        f"0 x 1 01110 xx 0 xxxxx 1 0011 1 {REST}",
        f"0 x x 01110 xx 0 xxxxx 1 011x 1 {REST}",
        f"0 x 0 01110 size:2!=10 0 xxxxx 1 0011 1 {REST}",
        f"0 x x 01110 size:2!=10 0 xxxxx 1 010x 1 {REST}",
        f"0 0 x 01110 10 0 xxxxx 1 010x 1 {REST}",
    ),
)
unallocated(
    name="vector_2_registers_unallocated",
    encoding=(
        f"0 x 0 01110 xx 10000 10011 10 {REST}",
        f"0 x 1 01110 xx 10000 opcode:5=00001|01010 10 {REST}",
        f"0 x 1 01110 1x 10000 00101 10 {REST}",
        f"0 x x 01110 0x 10000 011xx 10 {REST}",
        f"0 x x 01110 xx 10000 opcode:5=1000x|10101 10 {REST}",
        f"0 x x 01110 x1 11100 opcode:5=00xxx|010xx|10xxx 10 {REST}",
        f"0 x x 01110 x0 11100 xxxxx 10 {REST}",
        f"0 x 0 01110 xx 11000 opcode:5!=00011|x1010|11011|01100|01111 10 {REST}",
        f"0 x 1 01110 xx 11000 opcode:5!=00011|x1010|01100|01111 10 {REST}",
        f"0 x x 01110 xx 1 class:4!=xx00 xxxxx 10 {REST}",
        f"0 0 x 01110 xx 10100 xxxxx 10 {REST}",
        f"0 1 1 01110 xx 10100 xxxxx 10 {REST}",
    ),
)
unallocated(
    name="vector_immediate_unallocated",
    encoding=(
        f"0 x x 011110 immh:4!=0000 xxx opcode:5=0xxx1|10101|1011x|110xx|11101|11110 1 {REST}",
        f"0 x 0 011110 immh:4!=0000 xxx 01000 1 {REST}",
        f"0 x x 011111 xxxx xxx xxxxx 1 {REST}",
    ),
)
unallocated(name="vector_by_element_unallocated", encoding=f"0 x 1 01111 xx xxxxxx 1011 x 0 {REST}")
unallocated(
    name="scalar_copy_unallocated",
    encoding=(
        f"01 1 11110000 xxxxx 0 xxxx 1 {REST}",
        f"01 0 11110000 xxxxx 0 imm4:4!=0000 1 {REST}",
        f"01 x 11110 10 0 xxxxx 0 xxxx 1 {REST}",
        f"01 x 11110 x1 0 xxxxx 01 xxx 1 {REST}",
    ),
)
unallocated(
    name="scalar_3_registers_unallocated",
    encoding=(
        f"01 0 11110 0 10 xxxxx 00 opcode:3!=011|100|111 1 {REST}",
        f"01 0 11110 1 10 xxxxx 00 opcode:3!=111 1 {REST}",
        f"01 1 11110 0 10 xxxxx 00 opcode:3!=10x 1 {REST}",
        f"01 1 11110 1 10 xxxxx 00 opcode:3!=010|10x 1 {REST}",
        f"01 0 11110 xx 0 xxxxx 1 xxxx 1 {REST}",
        f"01 1 11110 xx 0 xxxxx 1 opcode:4!=000x 1 {REST}",
        f"01 x 11110 xx 0 xxxxx 1 xxxx 0 {REST}",
        f"01 1 11110 xx 0 xxxxx 0 xxxx 0 {REST}",
        f"01 0 11110 xx 0 xxxxx 0 xxx 10 {REST}",
        f"01 x 11110 xx 1 xxxxx opcode:5=00000|0001x|00100|011xx|1001x|1010x|10111 1 {REST}",
        f"01 0 11110 0x 1 xxxxx opcode:5=1100x|11010|11101|11110 1 {REST}",
        f"01 0 11110 1x 1 xxxxx opcode:5=110xx|1110x|11110 1 {REST}",
        f"01 1 11110 0x 1 xxxxx opcode:5=110xx|1111x 1 {REST}",
        f"01 1 11110 1x 1 xxxxx opcode:5=1100x|11011|1111x 1 {REST}",
        f"01 0 11110 xx 1 xxxxx opcode:4!=1001|1011|1101 00 {REST}",
        f"01 1 11110 xx 1 xxxxx xxxx 00 {REST}",
    ),
)
unallocated(
    name="scalar_2_registers_unallocated",
    encoding=(
        f"01 0 11110 0x 10000 opcode:5!=00x11|010xx|10100|1101x|1110x 10 {REST}",
        f"01 0 11110 1x 10000 opcode:5!=00x11|010xx|10100|0110x|01110|1101x|11101|11111 10 {REST}",
        f"01 1 11110 0x 10000 opcode:5!=00x11|0100x|01011|10010|10110|10100|1101x|1110x 10 {REST}",
        f"01 1 11110 1x 10000 opcode:5!=00x11|0100x|01011|10010|10100|0110x|1101x|11101 10 {REST}",
        f"01 x 11110 01 11100 opcode:5!=1101x|1110x 10 {REST}",
        f"01 0 11110 11 11100 opcode:5!=0110x|01110|1101x|11101|11111 10 {REST}",
        f"01 1 11110 11 11100 opcode:5!=0110x|1101x|11101 10 {REST}",
        f"01 x 11110 x0 11100 xxxxx 10 {REST}",
        f"01 0 11110 xx 11000 opcode:5!=11011|0110x|01111 10 {REST}",
        f"01 1 11110 xx 11000 opcode:5!=0110x|01111 10 {REST}",
        f"01 x 11110 xx 1 class:4!=xx00 xxxxx 10 {REST}",
        f"01 1 11110 xx 10100 xxxxx 10 {REST}",
    ),
)
unallocated(
    name="scalar_shift_unallocated",
    encoding=(
        f"01 x 111110 0000 xxx xxxxx 1 {REST}",
        f"01 x 111111 xxxx xxx xxxxx 1 {REST}",
        f"01 x 111110 immh:4!=0000 xxx opcode:5=0xxx1|101xx|110xx|11101|11110 1 {REST}",
        f"01 0 111110 immh:4!=0000 xxx opcode:5=01000|1000x 1 {REST}",
    ),
)
unallocated(
    name="scalar_by_element_unallocated",
    encoding=(
        f"01 0 11111 xx xxxxxx opcode:4!=0xx1|10x1|110x x 0 {REST}",
        f"01 1 11111 xx xxxxxx opcode:4!=1101|1111|1001 x 0 {REST}",
    ),
)
unallocated(
    name="simd_unallocated",
    encoding=(
        f"1 0 x 0 111 x xx x xxxxx xxxxxx {REST}",
        f"1 1 0 0 111 1 xx x xxxxx xxxxxx {REST}",
        f"1 1 1 0 111 x xx x xxxxx xxxxxx {REST}",
        f"1 1 x 1 111 x xx x xxxxx xxxxxx {REST}",
    ),
)
unsupported(
    name="table_lookup_packed_indices",
    encoding=f"0 x 001110 op2:2!=00 0 xxxxx 0 xxx 00 {REST}",
    why="table lookup with packed indices (FEAT_LUT)",
    features=("FEAT_LUT",),
)
