# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The meaning of a word: what its instruction does to each component, and its definition in the logic."""

from __future__ import annotations

from functools import cache

from isa.decode import decode
from isa.dsl import Unsupported
from isa.machine import Machine
from isa.state import STATE, VARIABLES
from kernel.ops import proj, tuple_
from kernel.term import Term, Var, substitute_all
from kernel.theory import DEFINE
from kernel.thm import Thm

S = Var("s", STATE)


@cache
def meaning(word: int) -> dict[int, Term]:
    """The components that the word changes, as terms over the state's VARIABLES.

    Raises Undefined, Unpredictable or Unsupported (also where no encoding has the word: it has no semantics yet).
    """
    decoded = decode(word)
    if decoded is None:
        raise Unsupported(f"no semantics yet for {word:#010x}")
    m = Machine()
    decoded.instruction.execute(decoded.fields, m)
    return m.changes()


def constant_name(word: int) -> str:
    """The name of the word's meaning in the logic."""
    return f"insn_{word:08x}"


@cache
def definition(word: int) -> Thm:
    """⊢ insn_w(s) = (…), each component of the next state in terms of the components of s. Raises as `meaning` does."""
    changes = meaning(word)
    body = tuple_(*[changes.get(i, x) for i, x in enumerate(VARIABLES)])
    over_s = substitute_all((body,), {x: proj(S, i) for i, x in enumerate(VARIABLES)})[0]
    return DEFINE(constant_name(word), (S,), over_s)
