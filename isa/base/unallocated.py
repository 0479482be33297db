# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The words among data processing and branches that mean nothing, and are UNDEFINED.

Each declaration is the complement of the classes of one table of the Arm ARM, C4.1. Words that belong to a class and
are UNDEFINED by its fields are the class's own concern.
"""

from __future__ import annotations

from isa.dsl import unallocated

# Data processing (immediate)

unallocated(
    name="add_sub_immediate_with_tags_unallocated",
    encoding=("0 xx 100011 0 xxxxxx xxxxxx xxxxx xxxxx", "1 x 1 100011 0 xxxxxx xxxxxx xxxxx xxxxx"),
)
unallocated(
    name="one_source_immediate_unallocated",
    encoding=(
        "0 11 100111 xx xxxxxxxxxxxxxxxx xxxxx",
        "1 11 100111 1x xxxxxxxxxxxxxxxx xxxxx",
        "1 11 100111 0x xxxxxxxxxxxxxxxx Rd:5!=11111",
    ),
)

# Data processing (register)

unallocated(
    name="data_processing_register_unallocated",
    encoding="xxx 11010 xx1 xxxxx xxxxxx xxxxx xxxxx",
)
unallocated(
    name="add_sub_extended_register_unallocated",
    encoding="xxx 01011 opt:2!=00 1 xxxxx xxxxxx xxxxx xxxxx",
)
unallocated(
    name="add_sub_with_carry_unallocated",
    encoding=(
        # Bits 15 to 10: 000000 is addition with carry, x00001 RMIF, 0x0010 SETF8 and SETF16, 001xxx checked pointers.
        "xxx 11010000 xxxxx op:6!=000000|x00001|0x0010|001xxx xxxxx xxxxx",
        "sf_op_S:3!=101 11010000 xxxxx x00001 xxxxx xxxxx",
        "101 11010000 xxxxx x00001 xxxxx 1xxxx",
        "sf_op_S:3!=001 11010000 xxxxx 0x0010 xxxxx xxxxx",
        "001 11010000 opcode2:5!=00000 0x0010 xxxxx xxxxx",
        "001 11010000 00000 0x0010 xxxxx o3_mask:5!=01101",
        "sf_op_S:3!=1x0 11010000 xxxxx 001xxx xxxxx xxxxx",
    ),
)
unallocated(
    name="data_processing_2_source_unallocated",
    encoding=(
        "x 0 0 11010110 xxxxx opcode:6=000001|00011x|00111x|0111xx|1xxxxx xxxxx xxxxx",
        "x 0 0 11010110 xxxxx 001101 xxxxx xxxxx",
        "0 0 0 11010110 xxxxx opcode:6=000000|00010x|001100 xxxxx xxxxx",
        "0 0 1 11010110 xxxxx xxxxxx xxxxx xxxxx",
        "1 0 1 11010110 xxxxx opcode:6!=000000 xxxxx xxxxx",
    ),
)
unallocated(
    name="data_processing_1_source_unallocated",
    encoding=(
        "x 1 1 11010110 xxxxx xxxxxx xxxxx xxxxx",
        "x 1 0 11010110 opcode2:5!=0000x xxxxxx xxxxx xxxxx",
        "x 1 0 11010110 00000 opcode:6!=000xxx|001000 xxxxx xxxxx",
        "0 1 0 11010110 00001 xxxxxx xxxxx xxxxx",
        "1 1 0 11010110 00001 opcode:6=01001x|0101xx|011xxx|11xxxx xxxxx xxxxx",
        "1 1 0 11010110 00001 opcode:6=001xxx|01000x Rn:5!=11111 xxxxx",
    ),
)
unallocated(
    name="data_processing_3_source_unallocated",
    encoding=(
        "x op54:2!=00 11011 xxx xxxxx x xxxxx xxxxx xxxxx",
        "0 00 11011 op31:3!=000 xxxxx x xxxxx xxxxx xxxxx",
        "1 00 11011 op31:3=100|111 xxxxx x xxxxx xxxxx xxxxx",
        "1 00 11011 x10 xxxxx 1 xxxxx xxxxx xxxxx",
    ),
)

# Branches

unallocated(
    name="branches_unallocated",
    encoding=(
        "010 101 1x xxxxxxxx xxxxxxxx xxxxxxxx",
        "x11 101 1x xxxxxxxx xxxxxxxx xxxxxxxx",
        "110 101 011 xxxxxxx xxxxxxxx xxxxxxxx",
        "0101010 1 opc:3!=00x xxxxxxxxxxxxxxxx xxxxx",
        "0101010 1 00x xxxxxxxxxxxxxxxx op4:5!=11111",
    ),
)
unallocated(
    name="branch_register_unallocated",
    encoding=(
        "1101011 opc:4 op2:5!=11111 xxxxxx xxxxx xxxxx",
        # Among them ERET and DRPS, which EL0 may not use.
        "1101011 opc:4=0011|01xx|101x|11xx 11111 xxxxxx xxxxx xxxxx",
        "1101011 opc:4=00x0|0001 11111 op3:6!=000000|00001x xxxxx xxxxx",
        "1101011 opc:4=00x0|0001 11111 000000 xxxxx op4:5!=00000",
        "1101011 000x 11111 00001x xxxxx op4:5!=11111",
        "1101011 0010 11111 00001x Rn:5!=11111 xxxxx",
        "1101011 100x 11111 op3:6!=00001x xxxxx xxxxx",
    ),
)
