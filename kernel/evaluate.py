# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The value of a term, given those of its variables; defined constants are unfolded, recursive ones computed from 0 up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kernel.ops import APP, VAR
from kernel.term import Term, postorder
from kernel.theory import introduction
from kernel.thm import KernelError


def evaluate(term: Term, values: Mapping[Term, Any]) -> Any:
    """The value (an int for bit vectors and Bools) of the term; KernelError where a variable or constant has none."""
    known: dict[Term, Any] = {}
    for t in postorder((term,)):
        if t.op is VAR:
            if t not in values:
                raise KernelError(f"no value for {t}")
            known[t] = values[t]
        elif t.op is APP:
            known[t] = _apply(t.params[0], [known[a] for a in t.args])
        elif t.op.evaluate is None:
            raise KernelError(f"{t.op} has no evaluation")
        else:
            known[t] = t.op.evaluate(t, [known[a] for a in t.args])
    return known[term]


def _apply(name: str, args: list[Any]) -> Any:
    kind, *data = introduction(name)
    if kind == "DEFINE":
        parameters, body = data
        return evaluate(body, dict(zip(parameters, args, strict=True)))
    if kind == "DEFINE_REC":
        x, parameters, base, rec, step = data
        rest = dict(zip(parameters, args[1:], strict=True))
        result = evaluate(base, rest)
        for i in range(args[0]):
            result = evaluate(step, {**rest, x: i, rec: result})
        return result
    raise KernelError(f"the constant {name} has no value")
