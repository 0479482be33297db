# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The witness of a contract: a state that satisfies it, so that its theorem speaks of something, run once.

The run also tells which constants of the program the routine reads, and how deep its stack goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from random import Random

from isa.state import VARIABLES
from kernel.evaluate import evaluate
from kernel.ops import READ
from kernel.term import Term
from kernel.thm import KernelError
from symsim.concrete import REGISTERS, Block, Machine
from symsim.contract import LR, SP, Contract, says_what_is_held
from symsim.counterexample import Counterexample
from symsim.errors import BadInput
from symsim.judge import Judge, Start
from symsim.machine_theory import BASE
from symsim.program import Program

GAP = 64
"""Bytes between two reads that are taken for reads of one table."""
MOST = 1 << 24
"""Bytes of the largest region that is tried."""
_LOADED_AT = 0x5555_0000_0000
_STACK_TOP = 0x7FFF_FFFF_0000
_STACK_SIZE = 1 << 20
_RETURN = 0x7000_0000_0000


@dataclass(frozen=True)
class WitnessRun:
    """What was learnt: the constant data that was read, as (address, size), the bytes of stack used, the steps taken, and, if the
    run did not even there do what is promised, that as a counterexample."""

    constants: tuple[tuple[int, int], ...]
    stack: int
    steps: int
    counterexample: Counterexample | None


def check_witness(contract: Contract, program: Program) -> WitnessRun:
    """Run a routine from its contract's witness.

    Registers that the witness does not speak of hold fixed numbers, memory holds pseudo-random bytes. Raises `BadInput` if the witness does
    not satisfy all that the contract requires, or the stack that the contract allows is not enough.
    """
    machine = Machine(program)
    judge = Judge(contract, program)
    start = _start(judge, machine)
    _demand(judge, start)
    outcome = machine.run(start.state, judge.entry)
    sp = start.state.components["sp"]
    stack = sp - outcome.lowest(sp - _STACK_SIZE // 2, sp)
    if stack > contract.stack:
        raise BadInput(
            f"{program.path}: '{contract.symbol}' uses {stack} bytes of stack, but {contract.name} allows {contract.stack}"
        )
    own = [(program.address_of(g.symbol), g.size) for g in contract.globals]
    reads = [read for read in outcome.image_reads if not any(a <= read[0] < a + size for a, size in own)]
    constants = merged(program, reads)
    judge = Judge(contract, program, constants)
    _demand(judge, start)
    failure = judge.broken(start, outcome)
    counterexample = None if failure is None else Counterexample.of(judge, program, failure, outcome.accesses, start)
    return WitnessRun(constants, stack, outcome.steps, counterexample)


def merged(program: Program, reads: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The constants among what was read, in as few (address, size) as can be without long gaps, in ascending order."""
    ranges: list[tuple[int, int]] = []
    for address, size in sorted(reads):
        if program.constant(address, size) is None:
            continue
        if ranges:
            start, length = ranges[-1]
            whole = max(length, address + size - start)
            if address <= start + length + GAP and program.constant(start, whole) is not None:
                ranges[-1] = start, whole
                continue
        ranges.append((address, size))
    return tuple(ranges)


def _demand(judge: Judge, start: Start) -> None:
    label = judge.unmet(start)
    if label is not None:
        raise BadInput(f"the contract of {judge.contract.name} is satisfied by no known state: {label}")


def _start(judge: Judge, machine: Machine) -> Start:
    """The witness's state."""
    contract = judge.contract
    random = Random(contract.name)
    values = {x: random.getrandbits(x.width) for x in registers()}
    values |= {BASE: _LOADED_AT, SP: _STACK_TOP - _STACK_SIZE // 2, LR: _RETURN}
    values |= {x: value for x, value in contract.witness.items() if x.op is not READ}
    missing = [str(x) for x in judge.variables if x not in values]
    if missing:
        raise BadInput(f"the witness of {contract.name} has no value for {', '.join(missing)}")
    room = Block("stack", _STACK_TOP - _STACK_SIZE, random.randbytes(_STACK_SIZE))
    held = {g.symbol: g.witness.to_bytes(g.size, "little") for g in contract.globals}
    blocks = lay_out(judge, values, lambda name, size: held.get(name) or random.randbytes(size))
    return judge.start(machine, values, [room, *(b for b in blocks if not 0 <= b.address - room.address < _STACK_SIZE)])


def registers() -> list[Term]:
    """The variables for what registers hold at the start, without those that say how to compute with floating-point numbers."""
    return [x for x in VARIABLES if x.params[0] in REGISTERS and x.params[0] not in ("pc", "fpcr", "fpsr")]


def lay_out(judge: Judge, values: Mapping[Term, int], contents: Callable[[str, int], bytes]) -> list[Block]:
    """The regions of the contract as blocks with these contents, then changed to what the witness and the preconditions say of memory.

    Raises `BadInput` for a region without a place or of a size that can't be tried.
    """
    contract = judge.contract
    own = {"stack", *(r.name for r in contract.regions), *(g.symbol for g in contract.globals)}
    blocks = []
    for region in judge.regions:
        if region.name in own:
            address, size = (_number(judge, t, values) for t in (region.base, region.extent))
            if size > MOST:
                raise BadInput(f"{contract.name}: {region.name} has {size:#x} bytes, more than a run can have")
            blocks.append(Block(region.name, address, contents(region.name, size)))
    held = {place: value for place, value in contract.witness.items() if place.op is READ}
    for p in contract.requires.values():
        if says_what_is_held(p):
            held[p.args[0]] = evaluate(p.args[1], values)
    return poke(blocks, values, held)


def poke(blocks: Iterable[Block], values: Mapping[Term, int], held: Mapping[Term, int]) -> list[Block]:
    """The blocks with what reads of the memory at the start are to give."""
    out = list(blocks)
    for place, value in held.items():
        address, stored = evaluate(place.args[1], values), value.to_bytes(place.width // 8, "little")
        out = [_changed(block, address, stored) for block in out]
    return out


def _number(judge: Judge, t: Term, values: Mapping[Term, int]) -> int:
    try:
        return int(evaluate(t, values))
    except KernelError as error:
        raise BadInput(f"{judge.contract.name}: {t} is not known before memory is: {error}") from error


def _changed(block: Block, address: int, stored: bytes) -> Block:
    offset = address - block.address
    if not 0 <= offset <= len(block.data) - len(stored):
        return block
    return block._replace(data=block.data[:offset] + stored + block.data[offset + len(stored) :])
