# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Times and memory of proofs, by hand: `python tests/bench/bench_proofs.py [ROUTINE...]`. Each routine runs in a process of its own.

Prints, for each, the steps, the times to prove, to write and to replay, the size of the certificate and the peak memory; the ratio of
replay to proof is the one number that does not depend on the machine.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROUTINES = ("openssl/sha256_block_armv8", "openssl/sha256_block_neon", "openssl/sha256_block_data_order")


def measure(name: str) -> dict[str, object]:
    """Prove, write and replay one routine in this process."""
    from isa.state import NAMES
    from kernel import replay
    from kernel.certificate import order, write_certificate
    from symsim import corpus
    from symsim.catalogue import routine
    from symsim.program import Program
    from symsim.prove import RoutineProof
    from symsim.witness import check_witness

    contract = routine(name).contract()
    program = Program.load(corpus.object_spec("openssl-4.0.3"), contract.symbol)
    constants = check_witness(contract, program).constants
    started = time.perf_counter()
    proved = RoutineProof(contract, program, constants).prove()
    prove_time = time.perf_counter() - started
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "certificate")
        started = time.perf_counter()
        with path.open("wb") as file:
            write_certificate(proved.thm, {"title": name, "components": NAMES}, file)
        write_time = time.perf_counter() - started
        started = time.perf_counter()
        checked = subprocess.run([sys.executable, replay.__file__, str(path)], capture_output=True, check=False)
        replay_time = time.perf_counter() - started
        size = path.stat().st_size
    return {
        "routine": name,
        "steps": proved.steps,
        "inferences": len(order(proved.thm)),
        "prove": round(prove_time, 2),
        "write": round(write_time, 2),
        "replay": round(replay_time, 2),
        "replay/prove": round(replay_time / prove_time, 2),
        "accepted": checked.returncode == 0,
        "bytes": size,
        "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """Measure each routine in a fresh process and print a line of JSON for it."""
    if len(sys.argv) == 3 and sys.argv[1] == "--one":
        print(json.dumps(measure(sys.argv[2])))
        return
    environment = os.environ | {"PYTHONPATH": str(ROOT)}  # the packages of this tree, installed or not
    for name in sys.argv[1:] or ROUTINES:
        subprocess.run([sys.executable, __file__, "--one", name], env=environment, check=False)


if __name__ == "__main__":
    main()
