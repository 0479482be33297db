# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Extending the theory by constants, and induction over bit vectors.

A name is introduced once and for all; a definition mentions only names introduced before it, so no definition can bite its own tail.
Introducing a name again with the very same definition gives the same theorem.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kernel.ops import ADDRESS, APP, NOT, app, eq, implies, mask, number, proj
from kernel.sorts import Sort
from kernel.term import Term, free_vars, mk, postorder, substitute
from kernel.thm import NO_HYPS, KernelError, Thm, infer, union

_INTRODUCED: dict[tuple[Any, ...], tuple[Any, ...]] = {}
_NAMES: dict[str, tuple[Any, ...]] = {}


def _introduce(name: str, arguments: Sequence[Sort], result: Sort, definition: tuple[Any, ...]) -> None:
    if not name or len(name.split()) != 1 or name.strip() != name:
        raise KernelError(f"{name!r} is no name: it is empty or has white space")
    known = _NAMES.get(name)
    if known is not None and known != definition:
        raise KernelError(f"the constant {name} is already introduced with another meaning")
    _NAMES[name] = definition
    _INTRODUCED[(name, tuple(arguments), result)] = definition


def introduction(name: str) -> tuple[Any, ...]:
    """How a constant was introduced: the name of the rule, then its data; KernelError for a name that was not."""
    if name not in _NAMES:
        raise KernelError(f"the constant {name} is not introduced")
    return _NAMES[name]


def _check_body(name: str, body: Term, allowed: Sequence[Term]) -> None:
    if len(set(allowed)) != len(allowed) or any(x.op.name != "var" for x in allowed):
        raise KernelError(f"{name}: its parameters are not distinct variables")
    loose = free_vars(body) - set(allowed)
    if loose:
        raise KernelError(f"{name}: free in its definition: {', '.join(sorted(map(repr, loose)))}")
    for t in postorder((body,)):
        if t.op is APP and t.params not in _INTRODUCED:
            raise KernelError(f"{name}: its definition uses {t.params[0]}, which is not introduced")
        if t.op is APP and t.params[0] == name:
            raise KernelError(f"{name}: its definition uses itself")


def definition_of(constant: tuple[Any, ...]) -> tuple[tuple[Term, ...], Term] | None:
    """The parameters and body of a constant of DEFINE, given the parameters of its applications; None for others."""
    definition = _INTRODUCED.get(constant)
    return definition[1:] if definition is not None and definition[0] == "DEFINE" else None


def DECLARE(name: str, arguments: Sequence[Sort], result: Sort) -> None:
    """Introduce a constant of which nothing is known."""
    _introduce(name, arguments, result, ("DECLARE", tuple(arguments), result))


def DEFINE(name: str, parameters: Sequence[Term], body: Term) -> Thm:
    """⊢ name(x, …) = body, for a new name and a body whose free variables are among x, …"""
    _check_body(name, body, parameters)
    _introduce(name, [x.sort for x in parameters], body.sort, ("DEFINE", tuple(parameters), body))
    left = app(name, body.sort, *parameters)
    return infer("DEFINE", NO_HYPS, eq(left, body), (), (name, tuple(parameters), body))


def DEFINE_REC(name: str, x: Term, parameters: Sequence[Term], base: Term, rec: Term, step: Term) -> tuple[Thm, Thm]:
    """⊢ f(0, p, …) = base  and  ⊢ x ≠ max ⇒ f(x + 1, p, …) = step[f(x, p, …) / rec], for a new f.

    The guard matters: x + 1 wraps to 0, and without it f(0) would be both base and a step from f(max).
    """
    if x.sort.kind != "BV" or base.sort is not step.sort or rec.sort is not base.sort:
        raise KernelError(f"{name}: recursion is over a bit vector, and its base, step and result have one sort")
    _check_body(name, base, parameters)
    _check_body(name, step, [*parameters, x, rec])
    definition = ("DEFINE_REC", x, tuple(parameters), base, rec, step)
    _introduce(name, [x.sort, *(p.sort for p in parameters)], base.sort, definition)
    data = (name, x, tuple(parameters), base, rec, step)
    zero = infer("DEFINE_REC", NO_HYPS, eq(app(name, base.sort, number(0, x.width), *parameters), base), (), (*data, 0))
    here = app(name, base.sort, x, *parameters)
    there = app(name, base.sort, x + 1, *parameters)
    guard = mk(NOT, (), (eq(x, mask(x.width)),))
    successor = implies(guard, eq(there, substitute(step, {rec: here})))
    return zero, infer("DEFINE_REC", NO_HYPS, successor, (), (*data, 1))


def DEFINE_PROGRAM(name: str, base: Term, state: Term, pc: int, transitions: Mapping[int, Term]) -> dict[int, Thm]:
    """For each address a, with transition t:  ⊢ proj_pc(s) = base + a ⇒ name(base, s) = t, for a new name.

    Different addresses exclude each other, so the equations are a definition by cases, and the machine adds no axiom. A transition
    may mention base and s.
    """
    items = state.sort.items
    if base.sort is not ADDRESS or not 0 <= pc < len(items) or items[pc] is not ADDRESS:
        raise KernelError(f"{name}: a program has a 64-bit base and a tuple with a 64-bit pc")
    cases = tuple(sorted(dict(transitions).items()))
    for address, t in cases:
        if not 0 <= address < 1 << 64:
            raise KernelError(f"{name}: {address:#x} is no address")
        if t.sort is not state.sort:
            raise KernelError(f"{name}: the transition at {address:#x} is no state")
        _check_body(name, t, [base, state])
    _introduce(name, [ADDRESS, state.sort], state.sort, ("DEFINE_PROGRAM", base, state, pc, cases))
    left = app(name, state.sort, base, state)
    return {
        address: infer(
            "DEFINE_PROGRAM",
            NO_HYPS,
            implies(eq(proj(state, pc), base + address), eq(left, t)),
            (),
            (name, base, state, pc, cases, address),
        )
        for address, t in cases
    }


def INDUCT(x: Term, p: Term, base: Thm, step: Thm) -> Thm:
    """Γ ⊢ P[0]  and  Δ ⊢ P[x + 1]  give  Γ ∪ (Δ − {P[x], x ≠ max}) ⊢ P[x], for a bit vector x that is not free in what is left
    of Γ and Δ."""
    if x.op.name != "var" or x.sort.kind != "BV":
        raise KernelError(f"INDUCT: {x} is not a bit-vector variable")
    if base.concl is not substitute(p, {x: number(0, x.width)}):
        raise KernelError(f"INDUCT: the base case proves {base.concl}, not the property at 0")
    if step.concl is not substitute(p, {x: x + 1}):
        raise KernelError(f"INDUCT: the step proves {step.concl}, not the property at {x} + 1")
    guard = mk(NOT, (), (eq(x, mask(x.width)),))
    hyps = union(base.hyps, step.hyps - {p, guard})
    for h in hyps:
        if x in free_vars(h):
            raise KernelError(f"INDUCT: {x} is free in the hypothesis {h}")
    return infer("INDUCT", hyps, p, (base, step), (x, p))
