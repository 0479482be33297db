# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""From the checker's terms back to the kernel's, so that what a certificate claims can be evaluated."""

from __future__ import annotations

from itertools import count

from kernel.ops import app
from kernel.replay import BOOL as NO_BITS
from kernel.replay import FIRST_TUPLE, OPERATORS, Reader
from kernel.sorts import BOOL, BV, MEM, TRACE, Sort, TupleSort
from kernel.term import OPS, Term, Var, mk
from kernel.theory import DECLARE, DEFINE, DEFINE_REC

_FRESH = count()


class ReadBack:
    """The statement of an accepted certificate in the kernel's terms; its constants get new names, unless `own` says that
    they are the kernel's own."""

    def __init__(self, reader: Reader, own: bool) -> None:
        self._reader = reader
        self._terms: dict[int, Term] = {}
        self._names: dict[str, str] = {}
        self._results: dict[str, Sort] = {}
        for d in reader.proof.definitions:
            name = self._names[d.name] = d.name if own else f"{d.name}_{next(_FRESH)}"
            self._results[d.name] = self.sort(d.result)
            if own:
                continue
            parameters = [self.term(x) for x in d.parameters]
            if d.kind == "DEFINE" and d.body is not None:
                DEFINE(name, parameters, self.term(d.body))
            elif d.kind == "DEFINE_REC" and d.body is not None and d.before is not None and d.step is not None:
                body, before, step = (self.term(t) for t in (d.body, d.before, d.step))
                DEFINE_REC(name, parameters[0], parameters[1:], body, before, step)
            else:
                DECLARE(name, [self.sort(s) for s in d.sorts], self.sort(d.result))

    def sort(self, number: int) -> Sort:
        """The kernel's sort."""
        if number > 0:
            return BV(number)
        if number <= FIRST_TUPLE:
            return TupleSort(*[self.sort(i) for i in self._reader.terms.items(number)])
        return BOOL if number == NO_BITS else (MEM, TRACE)[-number - 1]

    def term(self, root: int) -> Term:
        """The kernel's term."""
        terms = self._reader.terms
        for t in terms.below([root], self._terms, terms.arguments):
            node = terms.nodes[t]
            args = tuple([self._terms[i] for i in terms.arguments(t)])
            if node[0] == "var":
                made = Var(node[1], self.sort(node[2]))
            elif node[0] == "app":
                made = app(self._names[node[1]], self._results[node[1]], *args)
            else:
                made = mk(OPS[node[0]], node[1 : OPERATORS[node[0]].parameters + 1], args)
            self._terms[t] = made
        return self._terms[root]

    def statement(self) -> tuple[Term, frozenset[Term]]:
        """The conclusion and the hypotheses."""
        conclusion, hyps = self._reader.statement or (0, ())
        return self.term(conclusion), frozenset(self.term(h) for h in hyps)
