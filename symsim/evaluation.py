# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The value of a term as `kernel.evaluate` has it, for specifications that are computed on many inputs: defined constants are compiled
once, and those of few bits remember their results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from isa.compile import CompileError, compile_terms, constant
from kernel.ops import APP, VAR
from kernel.term import Term, postorder
from kernel.theory import introduction
from kernel.thm import KernelError


def value(term: Term, values: Mapping[Term, Any]) -> Any:
    """The value of the term, given those of its variables. Raises KernelError where a variable or constant has none."""
    known: dict[Term, Any] = {}
    for t in postorder((term,)):
        if t.op is VAR:
            if t not in values:
                raise KernelError(f"no value for {t}")
            known[t] = values[t]
        elif t.op is APP:
            known[t] = _function(t.params)([known[a] for a in t.args])
        elif t.op.evaluate is None:
            raise KernelError(f"{t.op} has no evaluation")
        else:
            known[t] = t.op.evaluate(t, [known[a] for a in t.args])
    return known[term]


@cache
def _function(key: tuple[Any, ...]) -> Callable[[list[Any]], Any]:
    """A defined constant as a function of its arguments."""
    kind, *data = introduction(key[0])
    if kind == "DEFINE":
        return _defined(key, *data)
    if kind == "DEFINE_REC":
        return _recursive(*data)
    raise KernelError(f"the constant {key[0]} has no value")


def _defined(key: tuple[Any, ...], parameters: tuple[Term, ...], body: Term) -> Callable[[list[Any]], Any]:
    try:
        compiled = constant(key)
    except CompileError:  # a recursive constant in it
        compiled = None
    if compiled is None:
        return _plain(parameters, body)
    return lambda arguments: compiled(tuple(arguments))


def _recursive(x: Term, parameters: tuple[Term, ...], base: Term, rec: Term, step: Term) -> Callable[[list[Any]], Any]:
    first, following = _body(parameters, base), _body((*parameters, x, rec), step)

    def function(arguments: list[Any]) -> Any:
        count, *rest = arguments
        result = first(rest)
        for i in range(count):
            result = following([*rest, i, result])
        return result

    return function


def _body(parameters: Sequence[Term], body: Term) -> Callable[[list[Any]], Any]:
    try:
        compiled = compile_terms((body,), parameters)
    except CompileError:
        return _plain(parameters, body)
    return lambda arguments: compiled(arguments)[0]


def _plain(parameters: Sequence[Term], body: Term) -> Callable[[list[Any]], Any]:
    return lambda arguments: value(body, dict(zip(parameters, arguments, strict=True)))
