# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A routine of nine instructions, its contract and its certificate: the smallest theorem that has everything a large one has.

    uint32_t KEY[2];  void scramble(uint32_t *out, const uint32_t *in) { *out = (*out + *in + KEY[0]) ^ KEY[1]; }

`python tests/symsim/small_routine.py FILE` writes the certificate to a file, or the shared object, if the file's name ends in `.so`.
"""

from __future__ import annotations

import io
import sys
from functools import cache
from pathlib import Path

from elf_builder import ALLOC, EXEC, SHARED, ElfBuilder, words

from isa.state import NAMES
from kernel.certificate import write_certificate
from kernel.ops import app, eq, read
from kernel.rules import ASSUME, MP
from kernel.sorts import BV
from kernel.term import Var
from kernel.theory import DEFINE
from symsim.contract import MEMORY, Contract, Region
from symsim.program import Program
from symsim.prove import Proved, RoutineProof

WORDS = {
    "ldr w2, [x0]": 0xB9400002,
    "ldr w3, [x1]": 0xB9400023,
    "adr x4, #0x1028": 0x10000104,
    "ldp w4, w5, [x4]": 0x29401484,
    "add w2, w2, w3": 0x0B030042,
    "add w2, w2, w4": 0x0B040042,
    "eor w2, w2, w5": 0x4A050042,
    "str w2, [x0]": 0xB9000002,
    "ret": 0xD65F03C0,
}
KEY = 0x9E3779B9, 0x85EBCA6B
ENTRY, KEY_ADDRESS = 0x1000, 0x1028

_out, _in = Var("out", BV(64)), Var("in", BV(64))
_x, _y = Var("x", BV(32)), Var("y", BV(32))
SCRAMBLED = DEFINE("scrambled", (_x, _y), (_x + _y + KEY[0]) ^ KEY[1])

CONTRACT = Contract(
    name="small/scramble",
    symbol="scramble",
    summary="*out = (*out + *in + KEY[0]) ^ KEY[1]",
    arguments={"x0": _out, "x1": _in},
    regions=(Region("out", _out, 4, writable=True), Region("in", _in, 4)),
    requires={},
    ensures=lambda memory: {
        "out is scrambled": eq(
            read(memory, _out, 4), app("scrambled", BV(32), read(MEMORY, _out, 4), read(MEMORY, _in, 4))
        )
    },
    public=(_out, _in),
    witness={_out: 0x1_0000, _in: 0x2_0000},
    rules=lambda: (SCRAMBLED,),
    stack=0,
)


def shared_object() -> bytes:
    """An ELF shared object that has the routine, and after it the key."""
    builder = ElfBuilder(SHARED)
    builder.section(".text", words(*WORDS.values(), 0, *KEY), ALLOC | EXEC, address=ENTRY)
    builder.symbol("scramble", ".text", ENTRY, 4 * len(WORDS))
    return builder.build()


@cache
def proved() -> Proved:
    """The routine's theorem."""
    return RoutineProof(CONTRACT, Program.from_bytes(shared_object(), "small.so"), [(KEY_ADDRESS, 8)]).prove()


@cache
def certificate(assuming: bool = False) -> bytes:
    """The certificate of ⊢ preconditions ⇒ promises; or, assuming, that of preconditions ⊢ promises."""
    found = proved()
    thm = MP(found.thm, ASSUME(found.thm.concl.args[0])) if assuming else found.thm
    about = {
        "title": CONTRACT.name,
        "components": NAMES,
        "labels": {"hyps": found.requires, "concl": found.ensures},
    }
    out = io.BytesIO()
    write_certificate(thm, about, out)
    return out.getvalue()


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(shared_object() if sys.argv[1].endswith(".so") else certificate())
