# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Countermodels of formulas: values of the variables under which the hypotheses hold and the claim fails, checked by evaluation.

(A counterexample to a contract is a run of the bytes: symsim.counterexample.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from isa.compile import Memory
from kernel.evaluate import evaluate
from kernel.ops import READ, VAR, conj
from kernel.sorts import MEM
from kernel.term import Term, free_vars, postorder
from kernel.thm import KernelError
from symsim import notebook
from symsim.explain import explain, one_line, size

TRIES = 64
"""Random assignments that are tried before SAT."""
MOST_NODES = 20_000
"""A formula of more nodes is not evaluated again and again."""


@dataclass(frozen=True, repr=False)
class Countermodel:
    """Values of the variables; `sides` are what the two sides of an equation come to, if the claim is one; `names` are how
    variables are written."""

    claim: Term
    values: Mapping[Term, Any]
    sides: tuple[int, ...] = ()
    names: Mapping[Term, str] = field(default_factory=dict)

    def __str__(self) -> str:
        lines = [f"false, for instance where {', '.join(self.listed()) or 'anything at all holds'}"]
        if self.sides:
            lines.append(f"there the left side is {self.sides[0]:#x}, the right side {self.sides[1]:#x}")
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return "<br>".join(notebook.code(line) for line in str(self).splitlines())

    def listed(self) -> list[str]:
        """The values of what the claim is about, those of memories byte by byte."""
        out = []
        about = free_vars(self.claim)
        for x, v in sorted(self.values.items(), key=lambda item: str(item[0])):
            if x.op is VAR and x not in about:
                continue
            name = one_line(x, self.names)
            if isinstance(v, Memory):
                out += [f"{name}[{a:#x}] = {b:#04x}" for a, b in sorted(v.nonzero().items())[:16]]
            elif v is not None:
                out.append(f"{name} = {v:#x}")
        return out

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "claim": str(explain(self.claim, self.names)),
            "values": self.listed(),
            "sides": [hex(v) for v in self.sides],
        }


def countermodel(hypotheses: Iterable[Term], claim: Term, model: Mapping[Term, int]) -> Countermodel | None:
    """What the model of a formula's atoms means for its variables, if the claim then really fails; otherwise a search."""
    hyps = tuple(hypotheses)
    values = concrete(conj(claim, *hyps), model)
    return _checked(hyps, claim, values) or search(hyps, claim)


def search(hypotheses: Iterable[Term], claim: Term, tries: int = TRIES) -> Countermodel | None:
    """A counterexample among random assignments, corners first."""
    hyps = tuple(hypotheses)
    everything = conj(claim, *hyps)
    if size(everything, MOST_NODES) > MOST_NODES:
        return None
    random, variables = Random(0), sorted(free_vars(everything), key=lambda x: x.id)
    for k in range(tries):
        values = {x: _draw(x, random, k) for x in variables}
        found = _checked(hyps, claim, values)
        if found is not None:
            return found
    return None


def concrete(t: Term, model: Mapping[Term, int]) -> dict[Term, Any]:
    """Values for the variables of t from those of atoms: what is read of a memory at the start tells what is in it."""
    values: dict[Term, Any] = {x: Memory() if x.sort is MEM else model.get(x, 0) for x in free_vars(t)}
    for s in postorder((t,)):
        if s.op is READ and s in model and s.args[0].op is VAR:
            memory = s.args[0]
            try:
                address = evaluate(s.args[1], values)
            except KernelError:
                continue
            values[memory] = values[memory].write(address, s.params[0], model[s])
    return values


def _checked(hyps: tuple[Term, ...], claim: Term, values: dict[Term, Any]) -> Countermodel | None:
    try:
        if not all(evaluate(h, values) for h in hyps) or evaluate(claim, values):
            return None
        sides = [evaluate(a, values) for a in claim.args] if claim.op.name == "=" else []
    except (KernelError, TypeError):
        return None
    return Countermodel(claim, values, tuple(s for s in sides if isinstance(s, int)))


def _draw(x: Term, random: Random, k: int) -> Any:
    if x.sort is MEM:
        return Memory(0, random.randbytes(256)) if k else Memory()
    if not x.sort.width:
        return None
    corners = (0, 1, (1 << x.width) - 1, 1 << (x.width - 1))
    if k == 0:
        return 0
    return (random.choice(corners) if random.random() < 0.4 else random.getrandbits(x.width)) & ((1 << x.width) - 1)
