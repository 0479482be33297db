# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Instructions of architecture extensions that the model leaves out, among data processing and branches.

Sources: Arm ARM C4.1; the features are described in its section A2.
"""

from __future__ import annotations

from isa.dsl import unsupported

TAGS = "memory tags (FEAT_MTE) are not modelled"
CHECKED = "checked pointer arithmetic (FEAT_CPA) is not modelled"
AUTHENTICATION = "pointer authentication (FEAT_PAuth) is modelled only by its hints, where it is off"

unsupported(
    name="add_sub_immediate_with_tags",
    encoding="1 op:1 0 100011 0 uimm6:6 (00) uimm4:4 Rn:5 Rd:5",
    why=TAGS,
    syntax="[op:add|sub]g <Xd|SP>, <Xn|SP>, #<uimm6 * 16>, #<uimm4>",
    features=("FEAT_MTE",),
)
unsupported(
    name="subtract_pointer",
    encoding="1 0 S:1 11010110 Rm:5 000000 Rn:5 Rd:5",
    why=TAGS,
    syntax="subp[S:|s] <Xd>, <Xn|SP>, <Xm|SP>",
    features=("FEAT_MTE",),
)
unsupported(
    name="insert_tag",
    encoding="1 0 0 11010110 Rm:5 00010 exclude:1 Rn:5 Rd:5",
    why=TAGS,
    syntax=("irg <Xd|SP>, <Xn|SP>(Rm != 31?, <Xm>) if not exclude", "gmi <Xd>, <Xn|SP>, <Xm>"),
    features=("FEAT_MTE",),
)
unsupported(
    name="add_sub_checked_pointer",
    encoding="1 op:1 0 11010000 Rm:5 001 imm3:3 Rn:5 Rd:5",
    why=CHECKED,
    syntax="[op:add|sub]pt <Xd|SP>, <Xn|SP>, <Xm>(, lsl #<imm3>)",
    features=("FEAT_CPA",),
)
unsupported(
    name="multiply_add_checked_pointer",
    encoding="1 00 11011 011 Rm:5 o0:1 Ra:5 Rn:5 Rd:5",
    why=CHECKED,
    syntax="m[o0:add|sub]pt <Xd>, <Xn>, <Xm>, <Xa>",
    features=("FEAT_CPA",),
)
unsupported(
    name="pointer_authentication_code",
    encoding="1 0 0 11010110 Rm:5 001100 Rn:5 Rd:5",
    why=AUTHENTICATION,
    syntax="pacga <Xd>, <Xn>, <Xm|SP>",
    features=("FEAT_PAuth",),
)
unsupported(
    name="authenticate_register",
    encoding=(
        "1 1 0 11010110 00001 000 auth:1 key:2 Rn:5 Rd:5",
        "1 1 0 11010110 00001 001 auth:1 key:2 11111 Rd:5",
        "1 1 0 11010110 00001 01000 data:1 11111 Rd:5",
        # FEAT_PAuth_LR: the link register with the program counter as a modifier.
        "1 1 0 11010110 00001 10xxxx Rn:5 Rd:5",
        "1 11 100111 0 key:1 imm16:16 11111",
    ),
    why=AUTHENTICATION,
    syntax=(
        "[auth:pac|aut][key:ia|ib|da|db] <Xd>, <Xn|SP>",
        "[auth:pac|aut][key:iz|iz|dz|dz][key:a|b|a|b] <Xd>",
        "xpac[data:i|d] <Xd>",
    ),
    features=("FEAT_PAuth",),
)
unsupported(
    name="branch_register_authenticated",
    encoding=(
        "1101011 0 00 L:1 11111 00001 key:1 Rn:5 11111",
        "1101011 0 010 11111 00001 key:1 11111 Rm:5",
        "1101011 1 00 L:1 11111 00001 key:1 Rn:5 Rm:5",
        "0101010 1 00 key:1 imm16:16 11111",
    ),
    why=AUTHENTICATION,
    syntax=(
        "b[L:|l]ra[key:a|b] <Xn>, <Xm|SP>",
        "b[L:|l]ra[key:a|b]z <Xn>",
        "reta[key:a|b] if Rm == 31",
    ),
    features=("FEAT_PAuth",),
)
unsupported(
    name="compare_and_branch",
    encoding="sf:1 11 101 0 imm:1 cc:3 xxxxx xxxxxxxxxxx Rt:5",
    why="comparison with a branch in one instruction (FEAT_CMPBR) is not modelled",
    features=("FEAT_CMPBR",),
)
