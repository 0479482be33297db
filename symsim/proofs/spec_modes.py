# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Theorems about modes of operation (SP 800-38A): for any number of blocks, CTR of what CTR has made is the message again."""

from __future__ import annotations

from crypto_specs.aes import AES, BLOCK, Aes
from crypto_specs.defined import Recursive
from crypto_specs.modes import BYTES, MODES, block_in
from kernel.arrays import READ_WRITE_IN, READ_WRITE_OUT, Apart
from kernel.ops import eq, implies, mask, number, read, ule, ult
from kernel.rules import ANF, ASSUME, CASES, CONG, DISCH, EQ_MP, INST, MP, RING, SYM, TRANS
from kernel.sorts import BV, MEM
from kernel.term import Term, Var, substitute
from kernel.theory import INDUCT
from kernel.thm import Thm
from symsim.blast import blast
from symsim.facts import Facts
from symsim.proofs.spec_aes import same
from symsim.rewrite import REPLACE
from symsim.theorem import Claim, Theorem

i, k, count = (Var(name, BV(64)) for name in ("i", "k", "count"))
memory, counter = Var("memory", MEM), Var("counter", BLOCK)
source, middle, output = (Var(name, BV(64)) for name in ("input", "middle", "output"))

MOST = 1 << 60
"""Blocks of 16 bytes in an address space of 64 bits."""


def kept(mode: Recursive) -> Thm:
    """⊢ k < i ⇒ i ≤ 2^60 ⇒ of the i blocks that the mode stores, block k stays as it was stored; by induction on i"""
    successor = mode.equations[1]
    after, written = successor.concl.args[1].args
    before, at, value = written.args
    place, block = substitute(at, {i: k}), substitute(value, {i: k})

    def held(m: Term) -> Term:
        return eq(read(m, place, BYTES), block)

    goal = implies(ult(k, i), implies(ule(i, MOST), held(before)))
    not_last, below, bound = ASSUME(~eq(i, mask(64))), ASSUME(ult(k, i + 1)), ASSUME(ule(i + 1, MOST))
    stored = MP(successor, not_last)

    last = ASSUME(eq(k, i))
    there = CONG(read(after, at, BYTES), {0: stored})
    there = TRANS(there, READ_WRITE_IN(there.rhs))
    there = TRANS(there, ANF(there.rhs, value))
    yes = EQ_MP(SYM(REPLACE(held(after), {k: last})), there)

    earlier = ASSUME(~last.concl)
    facts = Facts([not_last, below, bound, earlier])
    size = number(BYTES, 64)
    apart = Apart(at, BYTES, place, BYTES, facts.prove(ule(size, place - at)), facts.prove(ule(size, at - place)))
    there = CONG(read(after, place, BYTES), {0: stored})
    there = TRANS(there, READ_WRITE_OUT(there.rhs, apart))
    no = TRANS(there, MP(MP(ASSUME(goal), facts.prove(ult(k, i))), facts.prove(ule(i, MOST))))

    step = DISCH(below.concl, DISCH(bound.concl, CASES(last.concl, yes, no)))
    return INDUCT(i, goal, blast(substitute(goal, {i: number(0, 64)})), step)


def twice(aes: Aes) -> Theorem:
    """What CTR with one key size makes of its own output."""
    schedule, ctr = Var("schedule", aes.schedule), MODES[aes.bits].ctr
    once = ctr(count, schedule, counter, memory, source, middle)
    again = ctr(count, schedule, counter, once, middle, output)
    left, right = block_in(again, output, k), block_in(memory, source, k)
    inside, fits = ult(k, count), ule(count, MOST)

    def proof() -> Thm:
        th = INST(kept(ctr), {i: count})
        th = MP(MP(th, ASSUME(inside)), ASSUME(fits))
        first = INST(th, {Var("output", BV(64)): middle})
        second = INST(th, {memory: once, source: middle})
        opened = _read_by(left, second)
        opened = TRANS(opened, _read_by(opened.rhs, first))
        return DISCH(inside, DISCH(fits, TRANS(opened, same(opened.rhs, right))))

    statement = implies(inside, implies(fits, eq(left, right)))
    return Theorem(
        name=f"spec/ctr_{aes.bits}",
        summary=f"CTR with AES-{aes.bits}, done twice, gives the message back, for any number of blocks (SP 800-38A, 6.5)",
        claims={
            "block k of count blocks, k < count ≤ 2^60, is as it was, wherever the two outputs are": Claim(
                statement, proof
            )
        },
    )


def _read_by(t: Term, block: Thm) -> Thm:
    """⊢ t = t′, where the block that the theorem is about, its address a shift in t and a multiple there, has become its value"""
    m, place = block.lhs.args
    base = next(a for a in place.args if not a.args)
    shifted = base + (k << 4)
    th = REPLACE(t, {shifted: RING(shifted, place)})
    return TRANS(th, REPLACE(th.rhs, {read(m, place, BYTES): block}))


THEOREMS = tuple(map(twice, AES.values()))
