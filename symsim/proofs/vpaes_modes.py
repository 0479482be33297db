# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""OpenSSL's modes of AES by vector permutations (SP 800-38A; see vpaes.py): any number of blocks, each key size, disjoint and in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from crypto_specs.aes import AES, Aes
from crypto_specs.defined import Recursive
from crypto_specs.message import byte_string
from crypto_specs.modes import MODES, block_in, cbc_previous
from kernel.ops import eq, number, read, ule
from kernel.sorts import BV
from kernel.term import Term, Var
from symsim.contract import INDEX_VARIABLE, MEMORY, Call, Contract, Fold, Loop, Output, Region
from symsim.proofs.aes_v8 import ROUNDS_AT, block_at
from symsim.proofs.vpaes import DECRYPTION, ENCRYPTION, Direction, cuts, key, rules

inp, out, ivec, n = (Var(name, BV(64)) for name in ("inp", "out", "ivec", "n"))
IV = block_at(MEMORY, ivec)
_x, _y = Var("x", BV(128)), Var("y", BV(128))


def core(direction: Direction, aes: Aes, inputs: Mapping[str, Term]) -> Call:
    """What a subroutine for one or two blocks leaves, from v0 on."""
    cipher, schedule = direction.cipher(aes), direction.schedule(aes, MEMORY)
    return Call(
        name=f"the subroutine that {direction.name}s {len(inputs)} at a time",
        inputs=inputs,
        arguments={"x2": key},
        results={f"v{k}": byte_string(cipher(byte_string(x), schedule)) for k, x in enumerate(inputs.values())},
        cuts=cuts(direction),
        rules=lambda: rules(direction, cipher),
    )


def cores(direction: Direction, aes: Aes, first: int) -> Mapping[int, Call]:
    """The two subroutines, the first of which is that one of those called."""
    return {first: core(direction, aes, {"v7": _x}), first + 1: core(direction, aes, {"v14": _x, "v15": _y})}


def output(label: str, stored: Recursive, parameters: tuple[Term, ...], block: Callable[[Term], Term]) -> Output:
    """n blocks at `out`."""
    return Output(
        label=label,
        base=out,
        unit=16,
        count=n,
        block=lambda j: byte_string(block(j)),
        value=lambda c: stored(c, *parameters, out),
        zero=stored.equations[0],
        successor=stored.equations[1],
        counter=INDEX_VARIABLE,
    )


def fold(value: Callable[[Term], Term], recursion: Recursive) -> Fold:
    """What a loop leaves at ivec."""
    return Fold(value, *recursion.equations, INDEX_VARIABLE, "ivec", byte_string)


def contract(
    name: str,
    symbol: str,
    does: str,
    aes: Aes,
    source: Term,
    result: Output,
    loops: Mapping[int, Loop],
    calls: Mapping[int, Call],
    more: Mapping[str, Term],
    left: Callable[[Term], Mapping[str, Term]] = lambda memory: {},
) -> Contract:
    """The contract of a mode's routine with `more` arguments, which in the end has left something else than its output in memory, too."""
    disjoint, chained = source is inp, "x4" in more
    rounds = read(MEMORY, key + ROUNDS_AT, 4)
    return Contract(
        name=f"openssl/{name}_{aes.bits}" + ("" if disjoint else "_in_place"),
        symbol=symbol,
        summary=f"{does} with AES-{aes.bits} of n blocks at {'inp to out' if disjoint else 'out, in place'}",
        arguments={"x0": source, "x1": out, "x2": n << 4, "x3": key, **more},
        regions=(
            *([Region("input", inp, n << 4, unit=16)] if disjoint else ()),
            Region("output", out, n << 4, writable=True, unit=16),
            *([Region("ivec", ivec, 16, writable=True)] if chained else ()),
            Region("schedule", key, 16 * (aes.rounds + 1)),
            Region("rounds", key + ROUNDS_AT, 4),
        ),
        requires={
            "there is a block": ~eq(n, 0),
            "the length in bytes fits 64 bits": ule(n, (1 << 60) - 1),
            "the key has one less than the number of rounds": eq(rounds, aes.rounds - 1),
        },
        ensures=left,
        public=(*dict.fromkeys((source, out)), key, *([ivec] if chained else ()), n),
        witness={inp: 0x1_0000, out: 0x2_0000, key: 0x3_0000, ivec: 0x4_0000, n: 3, rounds: aes.rounds - 1},
        loops=loops,
        calls=calls,
        stack=80,
        output=result,
        # Where blocks are taken by two after an odd one, that may be all.
        cases={} if loops.keys() == {3} else {n: (1,)},
    )


def cbc_encrypt(bits: int, source: Term) -> Contract:
    """CBC encryption, block by block."""
    aes, modes = AES[bits], MODES[bits]
    parameters = ENCRYPTION.schedule(aes, MEMORY), IV, MEMORY, source

    def chain(i: Term) -> Term:
        return modes.cbc_chain(i, *parameters)

    return contract(
        "vpaes_cbc_encrypt",
        "vpaes_cbc_encrypt",
        "CBC encryption",
        aes,
        source,
        output("block j of the output is the one that CBC encrypts", modes.cbc_encrypt, parameters, lambda j: chain(j + 1)),
        {3: Loop(n, fold(chain, modes.cbc_chain))},
        cores(ENCRYPTION, aes, 1),
        {"x4": ivec, "x5": number(1, 64)},
        lambda memory: {"ivec holds the last block of the output": eq(read(memory, ivec, 16), byte_string(chain(n)))},
    )


def cbc_decrypt(bits: int, source: Term) -> Contract:
    """CBC decryption, two blocks at a time after one where their number is odd."""
    aes, modes = AES[bits], MODES[bits]
    schedule = DECRYPTION.schedule(aes, MEMORY)

    def previous(j: Term) -> Term:
        return cbc_previous(j, IV, MEMORY, source)

    decrypted = output(
        "block j of the output is the one that CBC decrypts",
        modes.cbc_decrypt,
        (schedule, IV, MEMORY, source),
        lambda j: aes.EqInvCipher(block_in(MEMORY, source, j), schedule) ^ previous(j),
    )
    return contract(
        "vpaes_cbc_decrypt",
        "vpaes_cbc_encrypt",
        "CBC decryption",
        aes,
        source,
        decrypted,
        {4: Loop(n >> 1, replace(fold(previous, cbc_previous), stride=2), n)},
        cores(DECRYPTION, aes, 3),
        {"x4": ivec, "x5": number(0, 64)},
        lambda memory: {"ivec holds the last block of the input": eq(read(memory, ivec, 16), byte_string(previous(n)))},
    )


def ecb(direction: Direction, bits: int, source: Term) -> Contract:
    """ECB, two blocks at a time after one where their number is odd."""
    aes, modes = AES[bits], MODES[bits]
    cipher, stored = direction.cipher(aes), modes.ecb_encrypt if direction is ENCRYPTION else modes.ecb_decrypt
    schedule = direction.schedule(aes, MEMORY)
    blocks = output(
        f"block j of the output is block j of the input {direction.name}ed",
        stored,
        (schedule, MEMORY, source),
        lambda j: cipher(block_in(MEMORY, source, j), schedule),
    )
    name = f"vpaes_ecb_{direction.name}"
    return contract(name, name, f"ECB {direction.name}ion", aes, source, blocks, {2: Loop(n >> 1)}, cores(direction, aes, 1), {})


def ecb_encrypt(bits: int, source: Term) -> Contract:
    """ECB encryption. OpenSSL's decryption calls the cipher's encryption for the block of an odd number that comes first."""
    return ecb(ENCRYPTION, bits, source)


CONTRACTS = tuple(make(bits, source) for make in (cbc_encrypt, cbc_decrypt, ecb_encrypt) for bits in AES for source in (inp, out))
