# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Instruction classes against Unicorn and capstone, for the tests of their files.

check("add_sub_immediate", samples=400, seed=1)
check(lambda c: c.module == "isa.base.logical", samples=200)
check_disassembly("add_sub_immediate", samples=400)
"""

from __future__ import annotations

import atexit
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import islice
from random import Random

import capstone

import isa
from conformance.generate import cases, words
from conformance.model import predict
from conformance.state import WINDOW_BASE, Case, FaultKind, Outcome
from conformance.wire import HEADER, HELLO, MAX_BATCH, RESULT, Hello, pack_request, unpack_response
from isa.decode import decode, disassemble
from isa.dsl import REGISTRY, InstructionClass

Selection = str | Callable[[InstructionClass], bool]


def selected(selection: Selection) -> list[InstructionClass]:
    """The classes of that name, or that satisfy the predicate; at least one."""
    isa.load_all()
    found = [c for c in REGISTRY if (c.name == selection if isinstance(selection, str) else selection(c))]
    assert found, f"no instruction class is selected by {selection!r}"
    return found


class Unicorn:
    """A Unicorn process that runs cases; one that dies of a case is started again."""

    def __init__(self) -> None:
        self.start()
        atexit.register(self.stop)

    def start(self) -> None:
        command = [sys.executable, "-m", "conformance.unicorn_agent"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.hello = Hello.unpack(self.read(HELLO.size))

    def stop(self) -> None:
        self.process.kill()
        self.process.communicate()

    def read(self, size: int) -> bytes:
        data = self.process.stdout.read(size)
        if len(data) < size:
            raise EOFError
        return data

    def batch(self, batch: Sequence[Case]) -> list[Outcome]:
        self.process.stdin.write(pack_request(batch))
        self.process.stdin.flush()
        _, count, heap_size, _ = HEADER.unpack(self.read(HEADER.size))
        return unpack_response(batch, self.read(count * RESULT.size), self.read(heap_size))

    def run(self, batch: Sequence[Case]) -> Iterator[Outcome | None]:
        """The outcomes of cases in order; None for one that killed the process."""
        try:
            yield from self.batch(batch)
        except (EOFError, BrokenPipeError):
            self.stop()
            self.start()
            if len(batch) == 1:
                yield None
                return
            middle = len(batch) // 2
            yield from self.run(batch[:middle])
            yield from self.run(batch[middle:])


@cache
def unicorn() -> Unicorn:
    return Unicorn()


def differences(ours: Outcome, theirs: Outcome) -> dict[str, tuple[str, str]]:
    """Component, our value, theirs; after a fault only its kind and the PC count."""
    found = {}
    if ours.fault.kind != theirs.fault.kind:
        found["fault"] = (ours.fault.kind.name, theirs.fault.kind.name)
    elif ours.fault.kind is not FaultKind.NONE:
        if ours.fault.kind is not FaultKind.HUNG and ours.state["pc"] != theirs.state["pc"]:
            found["pc"] = (f"{ours.state['pc']:#x}", f"{theirs.state['pc']:#x}")
    elif ours.state != theirs.state:
        for name, (mine, its) in ours.state.differences(theirs.state).items():
            width = 4 if name == "nzcv" else 0
            found[name] = (f"{mine:#0{width + 2}b}", f"{its:#0{width + 2}b}") if width else (f"{mine:#x}", f"{its:#x}")
    return found


def report(case: Case, found: dict[str, tuple[str, str]]) -> str:
    """A mismatch, readably: the word, what it read, and the components that differ."""
    pc = case.state["pc"]
    lines = [f"{word:#010x}  {disassemble(word, pc + 4 * i)}" for i, word in enumerate(case.words)]
    lines += [f"    {name:>16}  ours {ours}  theirs {theirs}" for name, (ours, theirs) in found.items()]
    for word in case.words:
        decoded = decode(word)
        if decoded:
            lines.append(f"    {decoded.instruction.name}: {dict(decoded.fields)}")
            numbers = {value for name, value in decoded.fields if name[0] == "R"}
            names = [f"{kind}{n}" for n in sorted(numbers) for kind in "xv" if f"{kind}{n}" != "x31"]
            lines += [f"    {name} = {case.state[name]:#x}" for name in [*names, "sp", "nzcv"]]
    if case.state.mem:
        lines.append(f"    [{WINDOW_BASE + case.state.mem_at:#x}] = {case.state.mem.hex()}")
    return "\n".join(lines)


def check(
    selection: Selection,
    samples: int = 200,
    seed: int = 0,
    *,
    known: Callable[[Case], bool] = lambda case: False,
    show: int = 3,
) -> int:
    """Run `samples` cases of each selected class here and in Unicorn; AssertionError shows the first mismatches.

    `known` tells cases in which Unicorn is known to be wrong: they are not counted. Returns the number of cases compared.
    """
    compared, reports, mismatches = 0, [], 0
    for instruction in selected(selection):
        batch = list(islice(cases(instruction, Random(f"{seed} {instruction.name}")), samples))
        assert batch or instruction.kind == "unsupported", f"{instruction.name}: no case could be generated"
        for i in range(0, len(batch), MAX_BATCH):
            some = batch[i : i + MAX_BATCH]
            for case, theirs in zip(some, unicorn().run(some), strict=True):
                if theirs is None or known(case):
                    continue
                compared += 1
                found = differences(predict(case), theirs)
                if found:
                    mismatches += 1
                    reports.append(report(case, found))
    assert not reports, f"{mismatches} of {compared} cases differ (ours, Unicorn's)\n" + "\n\n".join(reports[:show])
    return compared


def check_disassembly(
    selection: Selection, samples: int = 400, seed: int = 0, *, known: Callable[[int], bool] = lambda word: False
) -> int:
    """Compare `samples` words of each selected class with capstone's text; words that are UNDEFINED here are passed over.

    `known` tells words that capstone is known to write otherwise. Returns the number of words compared.
    """
    engine = capstone.Cs(capstone.CS_ARCH_ARM64, capstone.CS_MODE_ARM)
    address, compared, wrong = 0x1000_0000, 0, []
    for instruction in selected(selection):
        for word in islice(words(instruction, Random(f"{seed} {instruction.name}")), samples):
            theirs = next(engine.disasm_lite(word.to_bytes(4, "little"), address), None)
            if theirs is None or known(word):
                continue
            compared += 1
            text = " ".join(part for part in theirs[2:] if part)
            if text != disassemble(word, address):
                wrong.append(
                    f"{word:#010x}  {instruction.name}: ours '{disassemble(word, address)}', capstone '{text}'"
                )
    assert not wrong, f"{len(wrong)} of {compared} words differ\n" + "\n".join(wrong[:10])
    return compared
