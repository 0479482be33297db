# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What names mean in a state, and how terms are named in writing.

`x3`, `w3`, `d0`, `nzcv` are what the state holds; `x3@0` is the variable for what x3 held at the start; then there are the names that
a person gave, the folded parts ?1, ?2 … of what was printed last, and the other variables of the state and the contract.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from isa.state import INDEX, NAMES, VARIABLES
from kernel.ops import concat, number
from kernel.term import Term, free_vars
from symsim.errors import BadInput
from symsim.repl.expression import near

_LANES = {"b": 8, "h": 16, "s": 32, "d": 64, "q": 128}


def view(name: str, component: Callable[[str], Term]) -> Term | None:
    """A component of a state by its name, or a view of one."""
    if name in INDEX:
        return component(name)
    if name in ("xzr", "wzr"):
        return number(0, 64 if name == "xzr" else 32)
    if name == "nzcv":
        return concat(*[component(flag) for flag in "nzcv"])
    try:
        whole = component(component_of(name))
    except BadInput:
        return None
    width = 32 if name[0] == "w" else _LANES.get(name[0], whole.width)
    return whole if width == whole.width else whole[width - 1 : 0]


def component_of(name: str) -> str:
    """The component that a register name is about. Raises BadInput, with near matches."""
    kind, index = name[:1], name[1:]
    if name in INDEX:
        return name
    if kind == "w" and f"x{index}" in INDEX:
        return f"x{index}"
    if kind in _LANES and f"v{index}" in INDEX:
        return f"v{index}"
    if name == "lr":
        return "x30"
    raise BadInput(f"no register '{name}'{near(name, NAMES)}")


def at_start(name: str, start: Term) -> Term | None:
    """What `x3@0` is: a variable, unless a contract says what the register holds."""
    return start.args[INDEX[name[:-2]]] if name.endswith("@0") and name[:-2] in INDEX else None


def written() -> dict[Term, str]:
    """How the variables for what registers held at the start are written."""
    return {x: f"{name}@0" for name, x in zip(NAMES, VARIABLES, strict=True)}


def others(terms: Iterable[Term]) -> dict[str, Term]:
    """The variables of some terms that are no registers at the start, by name."""
    own = set(VARIABLES)
    found = set().union(*(free_vars(t) for t in terms))
    return {x.params[0]: x for x in found if x not in own}
