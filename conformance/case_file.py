# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A case in a file, so that it can be repeated: JSON with hexadecimal numbers as strings.

    {"format": "armsym-case-1", "words": ["d50b7423"], "state": {"x3": "0x7", ...}, "memory": {"address": "0x...",
     "bytes": "0a1b..."}, ...}

What else is in it (disassembly, target, both outcomes) is for people. A counterexample of `armsym verify` serves too: its
case is the instruction where code and contract part, with the memory that it touches moved into the window.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from conformance.compare import Mismatch
from conformance.state import INITIAL, LAYOUT, WINDOW_BASE, WINDOW_SIZE, Case, Outcome, State
from conformance.wire import check_case
from isa.decode import disassemble
from symsim.errors import BadInput

FORMAT = "armsym-case-1"
COUNTEREXAMPLE = "armsym counterexample 1"
_PLACE = WINDOW_BASE + WINDOW_SIZE // 2


def mismatch_record(mismatch: Mismatch, target: str, seed: int) -> dict[str, Any]:
    """The mismatch as a value for JSON."""
    words, state = mismatch.case
    pc = state["pc"]
    return {
        "format": FORMAT,
        "instruction": mismatch.instruction,
        "words": [f"{word:08x}" for word in words],
        "disassembly": [disassemble(word, pc + 4 * i) for i, word in enumerate(words)],
        "target": target,
        "cpu": mismatch.cpu.name if mismatch.cpu else "max",
        "seed": seed,
        "state": {name: hex(state[name]) for name in LAYOUT if state[name]},
        "memory": {"address": hex(WINDOW_BASE + state.mem_at), "bytes": state.mem.hex()},
        "differences": {name: {"ours": o, "theirs": t} for name, (o, t) in mismatch.differences.items()},
        "ours": _outcome(mismatch.case, mismatch.ours),
        "theirs": _outcome(mismatch.case, mismatch.theirs),
    }


def _outcome(case: Case, outcome: Outcome) -> dict[str, Any]:
    changes = case.state.differences(outcome.state)
    return {"fault": outcome.fault.kind.name, "changes": {name: hex(after) for name, (_, after) in changes.items()}}


def _of_counterexample(record: dict[str, Any]) -> dict[str, Any]:
    """The record of the case in a counterexample."""
    parting = record.get("parting")
    if not parting:
        raise BadInput("the counterexample names no instruction where code and contract part")
    case = parting["case"]
    state = {name: int(value, 16) for name, value in case["state"].items()}
    pieces = [(int(piece["address"], 16), bytes.fromhex(piece["bytes"])) for piece in case["memory"]]
    if pieces and not case["pointers"]:
        raise BadInput("the instruction accesses memory relative to the program counter, which a case has elsewhere")
    low = min((address for address, _ in pieces), default=0)
    content = b""
    for address, data in pieces:
        content = content.ljust(address - low, b"\0")[: address - low] + data + content[address - low + len(data) :]
    if pieces:
        moved = case["pointers"][0]
        state[moved] = state.get(moved, 0) + _PLACE + low % 16 - low & 0xFFFF_FFFF_FFFF_FFFF
    return {
        "format": FORMAT,
        "words": [case["word"]],
        "state": {name: hex(value) for name, value in state.items()},
        "memory": {"address": hex(_PLACE + low % 16), "bytes": content.hex()},
    }


def read_case(path: Path) -> Case:
    """The case in a file; raises BadInput, naming the file, if there is none in it."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(record, dict) and record.get("format") == COUNTEREXAMPLE:
            record = _of_counterexample(record)
        if not isinstance(record, dict) or record.get("format") != FORMAT:
            raise BadInput(f"{path}: not a case: its format is not {FORMAT!r}")
        words = tuple(int(word, 16) for word in record["words"])
        state = State(INITIAL).edit(**{name: 0 for name in LAYOUT if name != "pc"})
        state = state.edit(**{name: int(value, 16) for name, value in record["state"].items()})
        content = bytes.fromhex(record["memory"]["bytes"])
        if content:
            state = state.store(int(record["memory"]["address"], 16), content)
        case = Case(words, state)
        check_case(case)
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadInput(f"{path}: not a whole case: {error}") from None
    except BadInput as error:
        raise BadInput(str(error) if str(path) in str(error) else f"{path}: {error}") from None
    return case
