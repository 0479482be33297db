# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The regions of words that belong to no group of this model (Arm ARM C4.1, the top level; "Reserved")."""

from __future__ import annotations

from isa.dsl import instruction, unallocated, undefined_if, unsupported
from isa.encoding import Fields
from isa.machine import Machine


@instruction(encoding="0000 0000 0000 0000 imm16:16", syntax="udf #<imm16>")
def permanently_undefined(f: Fields, m: Machine) -> None:
    """UNDEFINED in every version of the architecture (UDF)."""
    undefined_if(True)


unallocated(
    name="reserved",
    encoding=(
        "0 op0:2!=00 0000 xxxxx xxxxx xxxxx xxxxx xxxxx",
        "0 00 0000 op1:9!=000000000 xxxxxxxx xxxxxxxx",
    ),
)
unallocated(name="unallocated_group", encoding="xxx 00x1 xxxxx xxxxx xxxxx xxxxx xxxxx")
unsupported(
    name="scalable_matrix_extension",
    encoding="1 xx 0000 xxxxx xxxxx xxxxx xxxxx xxxxx",
    why="the Scalable Matrix Extension (FEAT_SME) is not modelled",
    features=("FEAT_SME",),
)
unsupported(
    name="scalable_vector_extension",
    encoding="xxx 0010 xxxxx xxxxx xxxxx xxxxx xxxxx",
    why="the Scalable Vector Extension (FEAT_SVE) is not modelled",
    features=("FEAT_SVE",),
)
