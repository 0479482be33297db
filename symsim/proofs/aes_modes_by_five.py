# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""OpenSSL's ECB, and CBC decryption, with the AES instructions (SP 800-38A): five blocks in a round, any number of blocks, each key size,
disjoint and in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from crypto_specs.aes import AES, Aes
from crypto_specs.defined import Recursive
from crypto_specs.message import byte_string
from crypto_specs.modes import MODES, block_in, cbc_previous
from kernel.ops import eq, number, read, ule
from kernel.sorts import BV
from kernel.term import Term, Var
from symsim.contract import INDEX_VARIABLE, MEMORY, Contract, Fold, Loop, Output, Region
from symsim.proofs.aes_halves import BACKWARD, FORWARD, Halves
from symsim.proofs.aes_modes import inp, ivec, key, n, out
from symsim.proofs.aes_v8 import ROUNDS_AT, block_at, reversed_schedule

fives = Var("fives", BV(64))
MOST = (1 << 59) - 1  # blocks whose length in bytes is below 2^63: the routines compare lengths as signed numbers


@dataclass(frozen=True, eq=False)
class Mode:
    """One direction of a mode with one key size, and one place of its input. Its routine takes more arguments in these registers; the loop
    over five blocks has this place among its loops, and folds what is to be in ivec. Of the specification, `memory_after` is the memory
    after so many blocks, with its parameters, and `block` block j of the output."""

    name: str
    symbol: str
    title: str
    halves: Halves
    registers: Mapping[str, Term]
    loop: int
    memory_after: Recursive
    parameters: tuple[Term, ...]
    block: Callable[[Term], Term]
    fold: Fold | None = None


def contract(aes: Aes, mode: Mode, in_place: bool) -> Contract:
    """What the contracts share."""
    source = out if in_place else inp
    rounds = read(MEMORY, key + ROUNDS_AT, 4)
    fold = mode.fold

    def ensures(memory: Term) -> Mapping[str, Term]:
        if fold is None:
            return {}
        return {"ivec holds the last block of the input, if there is one": eq(read(memory, ivec, 16), fold.layout(fold.value(n)))}

    chained = () if fold is None else (Region("ivec", ivec, 16, writable=True),)
    inputs = () if in_place else (Region("input", inp, n << 4, unit=16),)
    pointers = (out, key, *([] if fold is None else [ivec]), *([] if in_place else [inp]))
    return Contract(
        name=f"openssl/{mode.name}_{aes.bits}" + ("_in_place" if in_place else ""),
        symbol=mode.symbol,
        summary=f"{mode.title} with AES-{aes.bits} of n blocks at inp{', in place' if in_place else ' to out'}",
        arguments={"x0": source, "x1": out, "x2": n << 4, "x3": key, **mode.registers},
        regions=(
            *inputs,
            Region("output", out, n << 4, writable=True, unit=16),
            *chained,
            Region("schedule", key, 16 * (aes.rounds + 1)),
            Region("rounds", key + ROUNDS_AT, 4),
        ),
        requires={
            "the length in bytes fits 63 bits": ule(n, MOST),
            "the key has the number of rounds": eq(rounds, aes.rounds),
        },
        ensures=ensures,
        public=(*pointers, n),
        witness={inp: 0x1_0000, out: 0x2_0000, key: 0x3_0000, ivec: 0x4_0000, n: 13, rounds: aes.rounds},
        quotients={fives: (n, 5)},
        loops={mode.loop: Loop(fives, fold, n)},
        # Without a whole five there is no loop, and there is another tail for each rest.
        cases={fives: (0,), n: tuple([fives * 5 + rest for rest in range(5)])},
        idioms=mode.halves.idioms,
        rules=lambda: (aes.Cipher.definition, aes.EqInvCipher.definition, *mode.halves.rules()),
        stack=16,
        output=Output(
            label=f"block j of the output is the one that {mode.title} gives",
            base=out,
            unit=16,
            count=n,
            block=lambda j: byte_string(mode.block(j)),
            value=lambda c: mode.memory_after(c, *mode.parameters, MEMORY, source, out),
            zero=mode.memory_after.equations[0],
            successor=mode.memory_after.equations[1],
            counter=INDEX_VARIABLE,
        ),
    )


def ecb(bits: int, encrypts: bool, in_place: bool) -> Contract:
    """The contract of one direction of ECB."""
    aes, modes, direction = AES[bits], MODES[bits], "encrypt" if encrypts else "decrypt"
    schedule = block_at(MEMORY, key, 16 * (aes.rounds + 1)) if encrypts else reversed_schedule(MEMORY, aes)
    cipher, source = aes.Cipher if encrypts else aes.EqInvCipher, out if in_place else inp
    mode = Mode(
        name=f"aes_v8_ecb_{direction}",
        symbol="aes_v8_ecb_encrypt",
        title=f"ECB {direction}ion",
        halves=FORWARD if encrypts else BACKWARD,
        registers={"x4": number(int(encrypts), 64)},
        loop=2 if encrypts else 5,
        memory_after=modes.ecb_encrypt if encrypts else modes.ecb_decrypt,
        parameters=(schedule,),
        block=lambda j: cipher(block_in(MEMORY, source, j), schedule),
    )
    return contract(aes, mode, in_place)


def cbc_decrypt(bits: int, in_place: bool) -> Contract:
    """The contract of CBC decryption."""
    aes, modes = AES[bits], MODES[bits]
    schedule, iv = reversed_schedule(MEMORY, aes), block_at(MEMORY, ivec)
    source = out if in_place else inp

    def previous(i: Term) -> Term:
        return cbc_previous(i, iv, MEMORY, source)

    mode = Mode(
        name="aes_v8_cbc_decrypt",
        symbol="aes_v8_cbc_encrypt",
        title="CBC decryption",
        halves=BACKWARD,
        registers={"x4": ivec, "x5": number(0, 64)},
        loop=2,
        memory_after=modes.cbc_decrypt,
        parameters=(schedule, iv),
        block=lambda j: aes.EqInvCipher(block_in(MEMORY, source, j), schedule) ^ previous(j),
        fold=Fold(previous, *cbc_previous.equations, INDEX_VARIABLE, "ivec", byte_string, stride=5),
    )
    return contract(aes, mode, in_place)


PLACES = (False, True)
CONTRACTS = (
    *[ecb(bits, encrypts, in_place) for bits in AES for encrypts in (True, False) for in_place in PLACES],
    *[cbc_decrypt(bits, in_place) for bits in AES for in_place in PLACES],
)
