# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""OpenSSL's XTS with the AES instructions (SP 800-38E, IEEE 1619): any length from 16 bytes on, both key sizes, disjoint and in place.

Five blocks in a round, each with its own tweak in a vector register, the last one in two general registers as well; the remainders; then
ciphertext stealing, byte by byte. There are nine ways for whole blocks, and most of them go on in one for each of the 15 tails.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from crypto_specs.aes import AES
from crypto_specs.message import byte_string
from crypto_specs.modes import block_in
from crypto_specs.xts import XTS, Xts, tweak_after
from kernel.ops import APP, conj, eq, implies, ite, number, read, zext
from kernel.rules import ANF, CONG, INST, SYM, TRANS
from kernel.sorts import BV
from kernel.term import Term, Var
from kernel.thm import Thm
from symsim.contract import INDEX_VARIABLE, MEMORY, Contract, Fold, Loop, Region
from symsim.proofs.aes_halves import BACKWARD, FORWARD
from symsim.proofs.aes_v8 import ROUNDS_AT, block_at, reversed_schedule
from symsim.proofs.block_modes import SOME, fits, inp, key, n, out, output
from symsim.simplify import Simplifier

key2, iv, fives = (Var(name, BV(64)) for name in ("key2", "iv", "fives"))
tail = Var("tail", BV(4))


@cache
def _tweak_is_one_value(mode: Xts) -> Thm:
    """⊢ what the last round of the tweak's encryption substitutes = the tweak ⊕ the last round key

    Code has their sum in a register, and goes on from there with the tweak as one value, as the standard does."""
    simplifier = Simplifier()
    for rule in (mode.aes.Cipher.definition, *FORWARD.rules()):
        simplifier.add_rule(rule)
    definition = mode.first_tweak.definition
    opened = TRANS(definition, simplifier.normalize(definition.rhs))
    substituted, round_key = sorted(opened.rhs.args, key=lambda t: t.op is not APP)
    return SYM(TRANS(CONG(opened.lhs ^ round_key, {0: opened}), ANF(opened.rhs ^ round_key, substituted)))


def contract(bits: int, encrypts: bool, in_place: bool) -> Contract:
    """The contract of one direction. The last block before a tail is not like the others: decryption leaves it out of its loop."""
    aes, mode, size = AES[bits], XTS[bits], 16 * (AES[bits].rounds + 1)
    direction, cipher, halves, blocks, end = (
        ("encrypt", aes.Cipher, FORWARD, mode.encrypt_blocks, mode.encrypted_end)
        if encrypts
        else ("decrypt", aes.EqInvCipher, BACKWARD, mode.decrypt_blocks, mode.decrypted_end)
    )
    schedule = block_at(MEMORY, key, size) if encrypts else reversed_schedule(MEMORY, aes)
    unit, schedule2 = block_at(MEMORY, iv), block_at(MEMORY, key2, size)
    tweak, source, length = mode.first_tweak(unit, schedule2), out if in_place else inp, (n << 4) + zext(tail, 64)
    whole = n - ite(eq(tail, 0), number(0, 64), number(1, 64))
    fold = Fold(lambda i: tweak_after(i, tweak), *tweak_after.equations, INDEX_VARIABLE, stride=5)

    def ensures(memory: Term) -> Mapping[str, Term]:
        at, stolen = out + (n << 4), []
        for t in range(1, 16):
            last, rest = end(t, n, schedule, tweak, MEMORY, source)
            held = [eq(read(memory, at + k, 1), byte_string(rest)[8 * k + 7 : 8 * k]) for k in range(t)]
            stolen.append(implies(eq(tail, t), conj(eq(read(memory, at - 16, 16), byte_string(last)), *held)))
        return {"with a tail, the last block and the tail are those of ciphertext stealing": conj(*stolen)}

    inputs = () if in_place else (Region("input", inp, length, unit=16, rest=True),)
    rounds = [read(MEMORY, k + ROUNDS_AT, 4) for k in (key, key2)]
    return Contract(
        name=f"openssl/aes_v8_xts_{direction}_{bits}" + ("_in_place" if in_place else ""),
        symbol=f"aes_v8_xts_{direction}",
        summary=f"XTS {direction}ion with AES-{bits} of 16 · n + tail bytes at inp{', in place' if in_place else ' to out'}",
        arguments={"x0": source, "x1": out, "x2": length, "x3": key, "x4": key2, "x5": iv},
        regions=(
            *inputs,
            Region("output", out, length, writable=True, unit=16, rest=True),
            *(Region(f"schedule{name}", k, size) for name, k in (("", key), (" of the tweak", key2))),
            *(Region(f"rounds{name}", k + ROUNDS_AT, 4) for name, k in (("", key), (" of the tweak", key2))),
            Region("iv", iv, 16),
        ),
        requires={
            **SOME,
            **fits(63),  # the routines compare lengths as signed numbers
            **{f"the key{name} has the number of rounds": eq(r, aes.rounds) for name, r in zip(("", " of the tweak"), rounds, strict=True)},
        },
        ensures=ensures,
        public=(out, key, key2, iv, n, tail, *(() if in_place else (inp,))),
        witness={inp: 0x1_0000, out: 0x2_0000, key: 0x3_0000, key2: 0x4_0000, iv: 0x5_0000, n: 13, tail: 5}
        | dict.fromkeys(rounds, aes.rounds),
        quotients={fives: (n if encrypts else whole, 5)},
        loops={3: Loop(fives, fold, n, whole=True)},
        # What is left after the loop is done in another way for each remainder, and bytes are moved one by one.
        cases={fives: (0,), n: tuple(fives * 5 + k for k in range(6)), tail: tuple(range(16))},
        idioms=lambda: FORWARD.idioms() if encrypts else (*FORWARD.idioms(), *BACKWARD.idioms()),
        rules=lambda: (
            cipher.definition,
            *halves.rules(),
            INST(_tweak_is_one_value(mode), dict(zip(mode.first_tweak.definition.lhs.args, (unit, schedule2), strict=True))),
        ),
        stack=64,
        output=output(
            f"block j of the output, but for the last one before a tail, is the one that XTS {direction}s",
            blocks,
            (schedule, tweak, MEMORY, source),
            lambda j: mode.block(cipher, schedule, tweak_after(j, tweak), block_in(MEMORY, source, j)),
            count=whole,
        ),
    )


CONTRACTS = tuple(contract(bits, encrypts, in_place) for bits in XTS for encrypts in (True, False) for in_place in (False, True))
