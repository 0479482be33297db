# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What is left of the encoding space of loads and stores: extensions that are not modelled, and UNDEFINED words."""

from __future__ import annotations

from isa.dsl import unallocated, unsupported

unsupported(
    name="memory_copy_and_set",
    encoding="00 011 x 01 xx 0 xxxxxxxxx 01 xxxxxxxxxx",
    why="the memory copy and set instructions (FEAT_MOPS) are not modelled",
    features=("FEAT_MOPS",),
)
unsupported(
    name="load_store_memory_tags",
    encoding="11 011 0 01 xx 1 xxxxxxxxx xx xxxxxxxxxx",
    why="memory tagging (FEAT_MTE) is not modelled",
    features=("FEAT_MTE",),
)
unsupported(
    name="load_store_ordered_pair_and_vector",
    encoding=("1x 011 0 01 xx 0 xxxxxxxxx 10 xxxxxxxxxx", "xx 011 1 01 xx 0 xxxxxxxxx 10 xxxxxxxxxx"),
    why="ordered accesses to pairs and vectors (FEAT_LRCPC3) are not modelled",
    features=("FEAT_LRCPC3",),
)
unsupported(
    name="guarded_control_stack_store",
    encoding="11 011 0 01 00 0 11111 000 unprivileged:1 11 Rn:5 Rt:5",
    syntax="gcss[unprivileged:|t]tr <Xt>, [<Xn|SP>]",
    why="guarded control stacks (FEAT_GCS) are not modelled",
    features=("FEAT_GCS",),
)
unsupported(
    name="atomics_128_bit_and_translation_hardening",
    encoding=("0x 011 0 01 xx 1 xxxxxxxxx xx xxxxxxxxxx", "0x 111 0 00 xx 1 xxxxx 1 opc:3=001|010|011 00 xxxxxxxxxx"),
    why="128-bit atomics (FEAT_LSE128) and translation hardening (FEAT_THE) are not modelled",
)
unsupported(
    name="single_copy_atomic_64_bytes",
    encoding="11 111 0 00 00 1 xxxxx 1 opc:3=001|010|011|101 00 xxxxxxxxxx",
    why="accesses to 64 bytes at once (FEAT_LS64) are not modelled",
    features=("FEAT_LS64",),
)
unsupported(
    name="load_register_authenticated",
    encoding="11 111 0 00 M:1 S:1 1 imm9:9 writeback:1 1 Rn:5 Rt:5",
    syntax=(
        "ldra[M:a|b] <Xt>, [<Xn|SP>, #<signed(S:imm9) * 8>]! if writeback",
        "ldra[M:a|b] <Xt>, [<Xn|SP>(, #<signed(S:imm9) * 8>)]",
    ),
    why="loads through authenticated pointers (FEAT_PAuth) are not modelled",
    features=("FEAT_PAuth",),
)
unallocated(
    name="compare_and_swap_unallocated",
    encoding=(
        "0 x 001000 0 x 1 xxxxx x Rt2:5!=11111 xxxxxxxxxx",
        "xx 001000 1 x 1 xxxxx x Rt2:5!=11111 xxxxxxxxxx",
        "xx 001001 xxxxxxxxxxxxxxxxxxxxxxxx",
    ),
)
unallocated(
    name="load_store_ordered_unscaled_unallocated",
    encoding=(
        "size:2!=00 011 x 01 xx 0 xxxxxxxxx 01 xxxxxxxxxx",
        # All but the stores to a guarded control stack.
        "xx 011 1 01 xx 0 xxxxxxxxx 11 xxxxxxxxxx",
        "size:2!=11 011 0 01 xx 0 xxxxxxxxx 11 xxxxxxxxxx",
        "11 011 0 01 opc:2!=00 0 xxxxxxxxx 11 xxxxxxxxxx",
        "11 011 0 01 00 0 imm9:9!=11111000x 11 xxxxxxxxxx",
        "0x 011 0 01 xx 0 xxxxxxxxx 10 xxxxxxxxxx",
        "10 011 0 01 xx 1 xxxxxxxxx xx xxxxxxxxxx",
        "xx 011 1 01 xx 0 xxxxxxxxx 00 xxxxxxxxxx",
        "xx 011 1 01 xx 1 xxxxxxxxx xx xxxxxxxxxx",
    ),
)
unallocated(
    name="atomic_memory_operation_unallocated",
    encoding=(
        "xx 111 0 00 AR:2!=10 1 xxxxx 1 100 00 xxxxxxxxxx",
        "xx 111 0 00 xx 1 xxxxx 1 11x 00 xxxxxxxxxx",
        "size:2!=11 111 0 00 xx 1 xxxxx 1 101 00 xxxxxxxxxx",
        "10 111 0 00 xx 1 xxxxx 1 opc:3=001|010|011 00 xxxxxxxxxx",
        "11 111 0 00 AR:2!=00 1 xxxxx 1 opc:3=001|010|011|101 00 xxxxxxxxxx",
        "size:2!=11 111 0 00 xx 1 xxxxxxxxx x1 xxxxxxxxxx",
        "xx 111 1 00 xx 1 xxxxxxxxx 00 xxxxxxxxxx",
        "xx 111 1 00 xx 1 xxxxxxxxx x1 xxxxxxxxxx",
    ),
)
