# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Elements in another order (Arm ARM, C4.1 "Advanced SIMD permute" and "Advanced SIMD extract")."""

from __future__ import annotations

from isa.asl import Elems, part
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine, joined
from kernel.ops import concat


@instruction(
    encoding="0 Q:1 1 01110 00 0 Rm:5 0 imm4:4 0 Rn:5 Rd:5",
    syntax="ext <Vd>.<T:0,Q>, <Vn>.<T:0,Q>, <Vm>.<T:0,Q>, #<imm4>",
)
def extract_vector(f: Fields, m: Machine) -> None:
    """The upper bytes of a vector below the lower bytes of another one (EXT)."""
    undefined_if(f.Q == 0 and f.imm4 >= 8)
    datasize, position = 64 << f.Q, 8 * f.imm4
    lo, hi = m.V[f.Rn], m.V[f.Rm]
    upper = part(lo, datasize - 1, position)
    m.V[f.Rd, datasize] = concat(part(hi, position - 1, 0), upper) if position else upper


@instruction(
    encoding="0 Q:1 0 01110 size:2 0 Rm:5 0 op:1 01 10 Rn:5 Rd:5",
    syntax="uzp[op:1|2] <Vd>.<T>, <Vn>.<T>, <Vm>.<T>",
)
def unzip_vectors(f: Fields, m: Machine) -> None:
    """The elements at even, or at odd, positions of two vectors (UZP1, UZP2)."""
    undefined_if(f.size == 3 and f.Q == 0)
    datasize, esize = 64 << f.Q, 8 << f.size
    elements = Elems(m.V[f.Rn, datasize], esize) + Elems(m.V[f.Rm, datasize], esize)
    m.V[f.Rd, datasize] = joined(elements[f.op :: 2])


@instruction(
    encoding="0 Q:1 0 01110 size:2 0 Rm:5 0 op:1 10 10 Rn:5 Rd:5",
    syntax="trn[op:1|2] <Vd>.<T>, <Vn>.<T>, <Vm>.<T>",
)
def transpose_vectors(f: Fields, m: Machine) -> None:
    """The elements at even, or at odd, positions of two vectors, in turn (TRN1, TRN2)."""
    undefined_if(f.size == 3 and f.Q == 0)
    datasize, esize = 64 << f.Q, 8 << f.size
    pairs = zip(Elems(m.V[f.Rn, datasize], esize), Elems(m.V[f.Rm, datasize], esize), strict=True)
    m.V[f.Rd, datasize] = joined([element for pair in list(pairs)[f.op :: 2] for element in pair])


@instruction(
    encoding="0 Q:1 0 01110 size:2 0 Rm:5 0 op:1 11 10 Rn:5 Rd:5",
    syntax="zip[op:1|2] <Vd>.<T>, <Vn>.<T>, <Vm>.<T>",
)
def zip_vectors(f: Fields, m: Machine) -> None:
    """The elements of the lower, or the upper, halves of two vectors, in turn (ZIP1, ZIP2)."""
    undefined_if(f.size == 3 and f.Q == 0)
    datasize, esize = 64 << f.Q, 8 << f.size
    pairs = list(zip(Elems(m.V[f.Rn, datasize], esize), Elems(m.V[f.Rm, datasize], esize), strict=True))
    half = len(pairs) // 2
    m.V[f.Rd, datasize] = joined([element for pair in pairs[f.op * half :][:half] for element in pair])
