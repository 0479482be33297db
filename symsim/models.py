# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""States in which facts hold, kept: most of what does not follow from the facts is false in one of a few states, and needs no solver."""

from __future__ import annotations

from collections.abc import Mapping

from kernel.term import Term


class Model:
    """Values of the atoms (variables, and subterms that are no bit-vector operators), as a solver finds them; 0 for all others."""

    def __init__(self, values: Mapping[Term, int]) -> None:
        self.values = dict(values)
        self._known = dict(values)

    def satisfies(self, p: Term) -> bool:
        """Whether a Boolean term is true in the model."""
        known = self._known
        stack = [p]
        while stack:
            t = stack[-1]
            if t in known:
                stack.pop()
            elif t.op.circuit is None or t.op.evaluate is None or any(not a.sort.width for a in t.args):
                known[t] = 0
                stack.pop()
            elif missing := [a for a in t.args if a not in known]:
                stack.extend(missing)
            else:
                known[t] = t.op.evaluate(t, [known[a] for a in t.args])
                stack.pop()
        return bool(known[p])

    def overlaid(self, values: Mapping[Term, int]) -> Model:
        """The model with other values for some atoms."""
        return Model({**self.values, **values})
