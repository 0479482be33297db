# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""How the time of a proof grows with the instructions executed: `python tests/bench/bench_scaling.py [FIGURE.svg]`.

One symbolic execution, with theorems, of each routine from entry to return: the processor time at every 256 instructions, in a process of
its own. Prints a table, and the ratio of the second half's time to the first half's: 1 is linear. docs/scaling.svg is the figure.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symsim.contract import Contract

ROOT = Path(__file__).resolve().parents[2]
ROUTINES = {
    "sha512_block_data_order": "SHA-512, scalar, 8 blocks",
    "sha512_block_armv8": "SHA-512 instructions, 8 blocks",
    "KeccakF1600": "Keccak-f[1600], scalar",
    "KeccakF1600_cext": "Keccak-f[1600], SHA-3 instructions",
    "aes_v8_ctr32_encrypt_blocks": "AES-128 CTR, 96 blocks",
}
COLOURS = ("#0072b2", "#56b4e9", "#d55e00", "#e69f00", "#009e73")
Samples = list[tuple[int, float]]


def contract_of(symbol: str) -> Contract:
    """What is executed: a contract whose sizes are fixed, so that no loop is left."""
    from crypto_specs.message import block_of, words_in_order
    from crypto_specs.sha512 import SHA512
    from kernel.ops import eq, number, read
    from symsim.catalogue import routine
    from symsim.contract import MEMORY, Cuts, Region, says_what_is_held

    if symbol.startswith("sha512"):
        blocks = 8
        whole = routine(f"openssl/{symbol}").contract()
        context, message = whole.regions
        value = words_in_order(read(MEMORY, context.base, 64), 64)
        for k in range(blocks):
            value = SHA512.compress(value, block_of(MEMORY, message.base + 128 * k, 128))
        return replace(
            whole,
            arguments={**whole.arguments, "x2": number(blocks, 64)},
            regions=(context, Region("input", message.base, 128 * blocks)),
            requires={},
            ensures=lambda memory: {"the hash value": eq(words_in_order(read(memory, context.base, 64), 64), value)},
            loops={},
            cuts=Cuts((SHA512.compress.definition,), 64),
        )
    if symbol.startswith("Keccak"):
        return routine(f"openssl/{symbol}").contract()
    size = 16 * 96
    whole = routine(f"openssl/{symbol}_128").contract()
    return replace(
        whole,
        arguments={**whole.arguments, "x2": number(size // 16, 64)},
        regions=tuple(Region(r.name, r.base, number(size, 64), r.writable, r.unit) if r.unit else r for r in whole.regions),
        requires={label: p for label, p in whole.requires.items() if says_what_is_held(p)},
        loops={},
        quotients={},
        output=None,
    )


def measure(symbol: str) -> Samples:
    """(instructions, seconds) along the run from entry to return."""
    from kernel.ops import tuple_
    from symsim import corpus
    from symsim.contract import MEMORY
    from symsim.path import Path as Run
    from symsim.program import Program
    from symsim.prove import RoutineProof
    from symsim.witness import check_witness

    contract = contract_of(symbol)
    program = Program.load(corpus.object_spec("openssl-4.0.3"), symbol)
    samples: Samples = []

    def note(message: str) -> None:
        if message.endswith(" steps"):
            samples.append((int(message.split(maxsplit=1)[0]), time.process_time()))

    proof = RoutineProof(contract, program, check_witness(contract, program).constants, note)
    gc.disable()
    run = Run(proof.theory, proof.start, proof.facts, proof.context)
    run.materialize()
    proof.follow(run, tuple_(*contract.ensures(MEMORY).values()))
    start = time.process_time()
    for _ in proof.run_until(run, lambda path: False):
        pass
    return [(0, 0.0), *((n, round(t - start, 3)) for n, t in samples)]


def ratio(samples: Samples) -> float:
    """The time per instruction in the second half of a run, compared with the first half's."""
    (n0, t0), (n1, t1), (n2, t2) = samples[0], samples[len(samples) // 2], samples[-1]
    return (t2 - t1) / (n2 - n1) / ((t1 - t0) / (n1 - n0))


def figure(measured: dict[str, Samples]) -> str:
    """The runs as curves."""
    width, height, left, bottom = 640, 400, 50, 40
    most = max(n for samples in measured.values() for n, _ in samples)
    longest = max(t for samples in measured.values() for _, t in samples)

    def place(n: float, t: float) -> str:
        return f"{left + n / most * (width - left - 20):.1f},{height - bottom - t / longest * (height - bottom - 20):.1f}"

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<path d="M{place(0, longest)} L{place(0, 0)} L{place(most, 0)}" fill="none" stroke="black"/>',
    ]
    for k in range(1, 5):
        n, t = most * k / 4, longest * k / 4
        x, y = place(n, 0).split(",")[0], place(0, t).split(",")[1]
        lines.append(f'<text x="{x}" y="{height - bottom + 16}" text-anchor="middle">{n:,.0f}</text>')
        lines.append(f'<text x="{left - 6}" y="{y}" text-anchor="end">{t:.1f}</text>')
    lines.append(f'<text x="{width - 20}" y="{height - 8}" text-anchor="end">instructions executed</text>')
    lines.append(f'<text x="{left + 8}" y="14">seconds of one processor</text>')
    for k, (name, samples) in enumerate(measured.items()):
        path = " L".join(place(n, t) for n, t in samples)
        lines.append(f'<path d="M{path}" fill="none" stroke="{COLOURS[k]}" stroke-width="2"/>')
        lines.append(f'<text x="{width - 260}" y="{40 + 16 * k}" fill="{COLOURS[k]}">{ROUTINES[name]}</text>')
    return "\n".join([*lines, "</svg>", ""])


def main() -> None:
    """Measure each routine in a fresh process; print, and draw if there is a file to draw to."""
    if len(sys.argv) == 3 and sys.argv[1] == "--one":
        print(json.dumps(measure(sys.argv[2])))
        return
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    measured: dict[str, Samples] = {}
    for name in ROUTINES:
        done = subprocess.run([sys.executable, __file__, "--one", name], env=environment, stdout=subprocess.PIPE, check=True)
        samples = [(int(n), float(t)) for n, t in json.loads(done.stdout)]
        if len(samples) < 3:
            print(f"{name}: too short a run: {samples}")
            continue
        measured[name] = samples
        (n0, t0), (n1, t1) = samples[0], samples[-1]
        print(f"{name}: {n1} instructions, {(n1 - n0) / (t1 - t0):,.0f}/s, second half to first {ratio(samples):.2f}")
    if len(sys.argv) == 2:
        Path(sys.argv[1]).write_text(figure(measured), encoding="utf-8")


if __name__ == "__main__":
    main()
