# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""How states, terms, theorems and goals look in a notebook, as HTML. Those of the kernel, which knows no notebooks, are registered here."""

from __future__ import annotations

import html
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from isa.state import NAMES, VARIABLES
from kernel.term import Term
from kernel.thm import Thm
from symsim.explain import Formula, Notation, explain, one_line
from symsim.repl import naming

if TYPE_CHECKING:
    from symsim.repl.goals import Goal, Proof
    from symsim.repl.moment import Moment

HYPOTHESES = 4
"""More of a theorem's are put away behind their number."""
_HIDDEN = ("pc", "trace", "safe", "policy", "mem")


def code(text: str) -> str:
    """A text as it is."""
    return f"<code>{html.escape(text)}</code>"


def table(rows: Iterable[Sequence[str]]) -> str:
    """Rows of HTML, aligned on the left."""
    cell = '<td style="text-align: left">'
    return "<table>" + "".join(f"<tr>{''.join(f'{cell}{c}</td>' for c in row)}</tr>" for row in rows) + "</table>"


def of_formula(formula: Formula) -> str:
    """The definitions above the formula, the folded parts with their sizes below."""
    *definitions, body = [*[f"{name} = {text}" for name, text in formula.lets], formula.body]
    rows = [[code(line)] for line in definitions]
    rows.append([f"<b>{code(body)}</b>"])
    if formula.folded:
        rows.append([f"<i>folded: {', '.join(html.escape(name) for name in formula.folded)}</i>"])
    return table(rows)


def of_term(t: Term, names: Mapping[Term, str] | None = None) -> str:
    """A term as a formula."""
    return of_formula(explain(t, Notation(naming.written()) if names is None else names))


def of_theorem(th: Thm) -> str:
    """⊢ and what follows from the hypotheses; an oracle is shouted about."""
    names = Notation(naming.written())
    hypotheses = [code(one_line(h, names)) for h in sorted(th.hyps, key=lambda t: t.id)]
    listed = "<br>".join(hypotheses)
    if len(hypotheses) > HYPOTHESES:
        listed = f"<details><summary>{len(hypotheses)} hypotheses</summary>{listed}</details>"
    tainted = f"<p><b>rests on {html.escape(', '.join(sorted(th.oracles)))}: no proof</b></p>" if th.oracles else ""
    return f"{listed}<p>⊢ {code(one_line(th.concl, names, 40))}</p>{tainted}"


def of_state(moment: Moment, names: Mapping[Term, str] | None = None) -> str:
    """The registers that are not as at the start."""
    written = Notation(naming.written()) if names is None else names
    held = zip(NAMES, VARIABLES, moment.path.state, strict=True)
    rows = [[code(n), code(one_line(t, written))] for n, x, t in held if t is not x and n not in _HIDDEN]
    return table(rows)


def of_goal(goal: Goal, names: Mapping[Term, str]) -> str:
    """The hypotheses, a line, and what is to follow."""
    hypotheses = "".join(of_term(h, names) for h in goal.hyps)
    return f"{hypotheses}{'<hr>' if goal.hyps else ''}<div>⊢ {of_term(goal.concl, names)}</div>"


def of_proof(proof: Proof) -> str:
    """The goals that are left."""
    if not proof.goals:
        return "<p>no goals are left: qed</p>"
    count = len(proof.goals)
    given = "".join(f"<div>{code(one_line(c, proof.names))}</div>" for c in proof.given)
    head = f"<p>{count} goal{'s' if count > 1 else ''}{', where' if given else ''}</p>{given}"
    return head + "".join(of_goal(g, proof.names) for g in proof.goals)


def _in_short(th: Thm) -> str:
    count = len(th.hyps)
    rest = f" (under {count} hypothes{'es' if count > 1 else 'is'})" if count else ""
    return f"⊢ {one_line(th.concl, Notation(naming.written()), 40)}{rest}"


def register() -> None:
    """Teach a notebook, if this runs in one, what terms and theorems look like."""
    if "IPython" not in sys.modules:
        return
    shell = sys.modules["IPython"].get_ipython()
    if shell is not None:
        formatters = shell.display_formatter.formatters
        formatters["text/html"].for_type(Term, of_term)
        formatters["text/html"].for_type(Thm, of_theorem)
        formatters["text/plain"].for_type(Thm, lambda th, printer, _: printer.text(_in_short(th)))
