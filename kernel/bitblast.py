# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""From a Boolean goal to the CNF that is unsatisfiable exactly when its circuit is valid.

Subterms whose operator has no circuit become fresh input bits. The order of gates, and so of variables and clauses, is fixed by
the term alone (FORMAT.md, "Circuits"): the checker makes the same CNF from the same term.
"""

from __future__ import annotations

from hashlib import sha256

from kernel.gates import TRUE, Gates
from kernel.sorts import BOOL
from kernel.term import Term, TermError

Clause = tuple[int, ...]


class Cnf:
    """The clauses of a negated goal and the input bits of its atoms; `trivial` when the circuit folded to true.

    A circuit that folded to false leaves clauses that are satisfiable, as they should be.
    """

    __slots__ = ("atoms", "clauses", "trivial", "variables")

    def __init__(self, goal: Term) -> None:
        if goal.sort is not BOOL:
            raise TermError(f"only Bool terms are bit-blasted, not {goal.sort}")
        gates = Gates()
        self.atoms: dict[Term, list[int]] = {}
        output = self._circuit(goal, gates)
        self.trivial = output == TRUE
        self.clauses: list[Clause] = gates.clauses
        if abs(output) != TRUE:
            self.clauses.append((-output,))
        self.variables = gates.variables

    def _circuit(self, goal: Term, gates: Gates) -> int:
        bits: dict[Term, list[int]] = {}
        stack = [goal]
        while stack:
            t = stack[-1]
            if t in bits:
                stack.pop()
                continue
            circuit = t.op.circuit
            if circuit is None or any(not a.sort.width for a in t.args):
                if not t.sort.width:
                    raise TermError(f"no bits for a term of sort {t.sort}")
                bits[t] = self.atoms[t] = gates.inputs(t.width)
                stack.pop()
                continue
            missing = [a for a in t.args if a not in bits]
            if missing:
                stack.extend(reversed(missing))
                continue
            stack.pop()
            bits[t] = circuit(t, [bits[a] for a in t.args], gates)
        return bits[goal][0]

    def digest(self) -> str:
        """SHA-256 of the DIMACS text, to bind a proof to the clauses it refutes."""
        return sha256(self.dimacs().encode()).hexdigest()

    def dimacs(self) -> str:
        """The clauses in DIMACS."""
        lines = [f"p cnf {self.variables} {len(self.clauses)}"]
        lines += [" ".join(map(str, (*c, 0))) for c in self.clauses]
        return "\n".join(lines) + "\n"
