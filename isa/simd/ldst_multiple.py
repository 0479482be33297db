# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Load and store multiple structures (Arm ARM, C4.1 "Advanced SIMD load/store multiple structures")."""

from __future__ import annotations

from isa.asl import Elems
from isa.asl_memory import AddressAdd, BaseAddress
from isa.dsl import instruction, undefined_if
from isa.encoding import Fields
from isa.machine import Machine, joined
from kernel.term import Term

# opcode: registers, and elements in a structure.
SHAPES = {
    0b0000: (4, 4),
    0b0010: (4, 1),
    0b0100: (3, 3),
    0b0110: (3, 1),
    0b0111: (1, 1),
    0b1000: (2, 2),
    0b1010: (2, 1),
}
STRUCTURE = "(4, -1, 1, -1, 3, -1, 1, 1, 2, -1, 1, -1, -1, -1, -1, -1)[opcode]"
REGISTERS = "(4, -1, 4, -1, 3, -1, 3, 1, 2, -1, 2, -1, -1, -1, -1, -1)[opcode]"


@instruction(
    encoding=(
        "0 Q:1 001100 0 L:1 000000 opcode:4 size:2 Rn:5 Rt:5",
        "0 Q:1 001100 1 L:1 0 Rm:5 opcode:4 size:2 Rn:5 Rt:5",
    ),
    syntax=(
        "[L:st|ld]<structure> {<Vt>.<T> * registers}, [<Xn|SP>], #<registers * (8 << Q)> if Rm == 31",
        "[L:st|ld]<structure> {<Vt>.<T> * registers}, [<Xn|SP>], <Xm>",
        "[L:st|ld]<structure> {<Vt>.<T> * registers}, [<Xn|SP>]",
    ),
    where={"structure": STRUCTURE, "registers": REGISTERS},
)
def load_store_multiple_structures(f: Fields, m: Machine) -> None:
    """Load or store one to four vectors, taking structures of 2, 3 or 4 elements apart or together (LD1-LD4, ST1-ST4).

    There is one access for each register, whatever the elements are.
    """
    undefined_if(f.opcode not in SHAPES)
    registers, structure = SHAPES[f.opcode]
    undefined_if(f.size == 0b11 and f.Q == 0 and structure != 1)
    datasize = 128 if f.Q else 64
    size, esize = datasize // 8, 8 << f.size
    vectors = [(f.Rt + r) % 32 for r in range(registers)]
    base = BaseAddress(m, f.Rn)
    addresses = [AddressAdd(base, r * size) for r in range(registers)]
    if f.L:
        blocks = [m.Mem[address, size] for address in addresses]
        for t, value in zip(vectors, deinterleaved(blocks, structure, esize), strict=True):
            m.V[t, datasize] = value
    else:
        blocks = interleaved([m.V[t, datasize] for t in vectors], structure, esize)
        for address, value in zip(addresses, blocks, strict=True):
            m.Mem[address, size] = value
    if "Rm" in f:
        m.XSP[f.Rn] = AddressAdd(base, registers * size) if f.Rm == 31 else base + m.X[f.Rm]


def deinterleaved(blocks: list[Term], structure: int, esize: int) -> list[Term]:
    """The vectors whose elements lie in memory as structures, from the blocks that were read."""
    if structure == 1:
        return blocks
    elements = [element for block in blocks for element in Elems(block, esize)]
    return [joined(elements[s::structure]) for s in range(structure)]


def interleaved(vectors: list[Term], structure: int, esize: int) -> list[Term]:
    """The blocks to write, from vectors whose elements belong together in structures."""
    if structure == 1:
        return vectors
    rows = zip(*[Elems(vector, esize) for vector in vectors], strict=True)
    elements = [element for row in rows for element in row]
    count = len(elements) // structure
    return [joined(elements[i : i + count]) for i in range(0, len(elements), count)]
