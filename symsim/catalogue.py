# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What there is to prove: the contracts of routines, and theorems about the standards, in the scripts of `symsim.proofs` and of users.

A proof script is a Python file that defines CONTRACTS, or one CONTRACT, or THEOREMS. It may list WORDS, functions of its standard that
people know by name (symsim.words).
"""

from __future__ import annotations

import difflib
import importlib.util
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from symsim.errors import BadInput

if TYPE_CHECKING:
    from symsim.contract import Contract
    from symsim.theorem import Theorem
    from symsim.words import Word

_SCRIPTS = Path(__file__).with_name("proofs")
_THEOREMS = "spec/"
"""How the names of theorems begin, which no library is called."""


class Routine(NamedTuple):
    """A routine's contract, or a theorem, by its name and the script that has it: what can be handed to another process."""

    name: str
    script: Path

    @property
    def proof(self) -> str:
        """What to call it on the command line: its name, or the script of a user."""
        return self.name if holds(self.script) else str(self.script)

    @property
    def is_theorem(self) -> bool:
        """Whether it is about a standard alone, and no object."""
        return self.name.startswith(_THEOREMS)

    def goal(self) -> Contract | Theorem:
        """What is to be proved. Raises `BadInput` as `of_script` does, and if the script has nothing of that name."""
        found = _goals(self.script).get(self.name)
        if found is None:
            raise BadInput(f"{self.script}: nothing there is called '{self.name}'")
        return found

    def contract(self) -> Contract:
        """The contract itself. Raises `BadInput` as `goal` does, and for a theorem."""
        from symsim.contract import Contract  # noqa: PLC0415  (an answer from the store needs no logic)

        found = self.goal()
        if not isinstance(found, Contract):
            raise BadInput(f"{self.name} is a theorem about a standard, not the contract of a routine")
        return found


def routines() -> list[Routine]:
    """All there is in the catalogue, sorted by name."""
    found: dict[str, Routine] = {}
    for script in sorted(_SCRIPTS.rglob("*.py")):
        for name in _goals(script):
            if name in found:
                raise BadInput(f"{script}: {found[name].script} has '{name}' too")
            found[name] = Routine(name, script)
    return [found[name] for name in sorted(found)]


def routine(name: str) -> Routine:
    """The routine of that name. Raises `BadInput`, with names that look like it."""
    known = {routine.name: routine for routine in routines()}
    if name not in known:
        near = [other for other in known if name in other] or difflib.get_close_matches(name, known, 5)
        hint = f"there is {', '.join(near[:5])}" if near else "armsym list shows those there are"
        raise BadInput(f"no routine '{name}' in the catalogue; {hint}")
    return known[name]


def holds(script: Path) -> bool:
    """Whether a script is one of the catalogue's."""
    return script.is_relative_to(_SCRIPTS) and script.is_file()


def of_script(script: Path) -> list[Routine]:
    """The routines of a user's proof script, in its order.

    Raises `BadInput` when it can't be read, or does not run, or has nothing to prove.
    """
    names = list(_goals(script.resolve()))
    if not names:
        raise BadInput(f"{script}: defines none of CONTRACTS, CONTRACT and THEOREMS")
    return [Routine(name, script.resolve()) for name in names]


def words(symbol: str, script: Path | None = None) -> list[Word]:
    """The words of all standards: those of a script before the others, then those of scripts with a contract for the symbol.

    Raises `BadInput` as `of_script` does.
    """

    def is_other(other: Path) -> bool:
        return not any(getattr(goal, "symbol", None) == symbol for goal in _goals(other).values())

    scripts = [*([script] if script is not None else []), *sorted(sorted(_SCRIPTS.rglob("*.py")), key=is_other)]
    return [word for one in scripts for word in _listed(_run(one), one, "WORDS")]


@cache
def _goals(script: Path) -> dict[str, Contract | Theorem]:
    """The contracts and theorems of a script, by name."""
    from symsim.contract import Contract  # noqa: PLC0415  (an answer from the store needs no logic)
    from symsim.theorem import Theorem  # noqa: PLC0415

    module = _run(script)
    single = [module.CONTRACT] if hasattr(module, "CONTRACT") else []
    contracts = [*single, *_listed(module, script, "CONTRACTS")]
    goals: dict[str, Contract | Theorem] = {}
    for kind, found in ((Contract, contracts), (Theorem, _listed(module, script, "THEOREMS"))):
        for goal in found:
            if not isinstance(goal, kind):
                raise BadInput(f"{script}: {type(goal).__name__} among its {kind.__name__.lower()}s")
            if goal.name in goals:
                raise BadInput(f"{script}: two goals are called '{goal.name}'")
            if goal.name.startswith(_THEOREMS) is not (kind is Theorem):
                raise BadInput(f"{script}: '{goal.name}': the names of theorems, and no others, begin with {_THEOREMS}")
            goals[goal.name] = goal
    return goals


def _listed(module: ModuleType, script: Path, name: str) -> list[Any]:
    """What a script lists under a name."""
    try:
        return list(getattr(module, name, ()))
    except TypeError:
        raise BadInput(f"{script}: {name} is no sequence") from None


def _run(script: Path) -> ModuleType:
    """The module of a script: by its own name for one of ours, so that scripts may import each other."""
    ours = script.is_relative_to(_SCRIPTS)
    name = ".".join(_module_parts(script)) if ours else f"armsym_proof_{script.stem}"
    try:
        if ours:
            return importlib.import_module(name)
        spec = importlib.util.spec_from_file_location(name, script)
        if spec is None or spec.loader is None:
            raise BadInput(f"{script}: not a Python script")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    except BadInput:
        raise
    except OSError as error:
        raise BadInput(f"{script}: {error.strerror}") from None
    except (Exception, SystemExit) as error:
        raise BadInput(f"{script}{_line_of(error, script)}: {type(error).__name__}: {_first_line(error)}") from error
    return module


def _module_parts(script: Path) -> Iterator[str]:
    inner = script.relative_to(_SCRIPTS).with_suffix("")
    yield from ("symsim", "proofs", *(part for part in inner.parts if part != "__init__"))


def _line_of(error: BaseException, script: Path) -> str:
    """The line of the script that an error comes from, as `:line`."""
    if isinstance(error, SyntaxError) and error.filename == str(script):
        return f":{error.lineno}"
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(script):
            line = trace.tb_lineno
        trace = trace.tb_next
    return f":{line}" if line else ""


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0]
