# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Run as `python unicorn_cpu.py MODEL WORD...`: prints 1 for each word that is UNDEFINED on that model of CPU, and 0 for others.

A program of its own, because Unicorn aborts the process on some words.
"""

from __future__ import annotations

import sys
from contextlib import suppress

import unicorn
from unicorn import arm64_const as arm64

CODE, DATA, SIZE = 0x10000, 0x80000, 0x10000
UNDEFINED_EXCEPTION = 1


def is_undefined(machine: unicorn.Uc, word: int) -> bool:
    """Whether the word raises the exception of UNDEFINED words."""
    raised: list[int] = []

    def on_exception(uc: unicorn.Uc, number: int, _: object) -> None:
        raised.append(number)
        uc.emu_stop()

    hook = machine.hook_add(unicorn.UC_HOOK_INTR, on_exception)
    machine.mem_write(CODE, word.to_bytes(4, "little"))
    for n in range(31):
        machine.reg_write(getattr(arm64, f"UC_ARM64_REG_X{n}"), DATA)
    machine.reg_write(arm64.UC_ARM64_REG_SP, DATA)
    machine.ctl_remove_cache(CODE, CODE + SIZE)
    with suppress(unicorn.UcError):  # a fault of memory: the word has been decoded
        machine.emu_start(CODE, CODE + 4, count=1)
    machine.hook_del(hook)
    return raised[:1] == [UNDEFINED_EXCEPTION]


def main() -> None:
    """Answer for the words of the command line."""
    machine = unicorn.Uc(unicorn.UC_ARCH_ARM64, unicorn.UC_MODE_ARM)
    machine.ctl_set_cpu_model(getattr(arm64, f"UC_CPU_ARM64_{sys.argv[1]}"))
    machine.reg_write(arm64.UC_ARM64_REG_CPACR_EL1, 3 << 20)
    machine.mem_map(CODE, SIZE)
    machine.mem_map(DATA, SIZE)
    print(*[int(is_undefined(machine, int(word, 16))) for word in sys.argv[2:]])


if __name__ == "__main__":
    main()
