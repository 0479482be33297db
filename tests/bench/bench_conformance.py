# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Speed of conformance, by hand: `python tests/bench/bench_conformance.py [TARGET...]`, unicorn and qemu where none is named.

Prints evaluations of instruction terms a second, and for each target the tests a second of processor time, in which everything
counts: making cases, their evaluation here and by the target, and the comparison. On one core that is the speed of a run.
"""

from __future__ import annotations

import resource
import sys
import time
from random import Random

from conformance.run import choose_classes, run
from conformance.states import random_registers
from conformance.target import open_target
from isa.compile import executor
from isa.state import NAMES

COUNT = 100_000
ADD, SHA256H = 0x8B020020, 0x5E024020


def processor_seconds() -> float:
    """What this process and those that it has waited for have used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def evaluations(word: int) -> float:
    """Evaluations a second of one word, from random states."""
    transition, random = executor(word, without=("trace", "safe")), Random(0)
    record = random_registers(random, ())
    components = [int.from_bytes(record[8 * i : 8 * i + 8], "little") for i in range(len(NAMES))]
    started = time.process_time()
    for _ in range(COUNT):
        transition.function(components)
    return COUNT / (time.process_time() - started)


def tests(spec: str) -> str:
    """A run of all classes on a target, in this process."""
    started = processor_seconds()
    with open_target(spec) as target:
        result = run(target, choose_classes([]), COUNT, 1)
    rate = result.tests / (processor_seconds() - started)
    return f"{spec}: {rate:,.0f} tests/s, {result.unexplained} unexplained mismatches"


if __name__ == "__main__":
    for word, name in ((ADD, "add"), (SHA256H, "sha256h")):
        print(f"{name}: {evaluations(word):,.0f} evaluations/s")
    for spec in sys.argv[1:] or ("unicorn", "qemu"):
        print(tests(spec), flush=True)
