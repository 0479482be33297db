# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Terms as text: S-expressions, with shared subterms named by let."""

from __future__ import annotations

from collections import Counter

from kernel.term import Term, postorder


def head(t: Term) -> str:
    """The operator with its parameters, as SMT-LIB writes it where it can."""
    name = t.op.name
    if name == "bv":
        digits = (t.width + 3) // 4
        return f"#x{t.params[0]:0{digits}x}" if t.width % 4 == 0 else f"#b{t.params[0]:0{t.width}b}"
    if name == "bool":
        return "true" if t.params[0] else "false"
    if name in ("var", "app"):
        return str(t.params[0])
    if t.params:
        return f"(_ {t.op.smt} {' '.join(map(str, t.params))})"
    return t.op.smt


def show(root: Term, limit: int = 400) -> str:
    """The term as one S-expression; subterms used more than once are bound by let, and a term of over `limit` distinct
    nodes is shown by its size alone.

    >>> from kernel.term import Var
    >>> from kernel.sorts import BV
    >>> x = Var("x", BV(8))
    >>> (x + 1) ^ (x + 1)
    (let ((?1 (bvadd x #x01))) (bvxor ?1 ?1))
    """
    uses: Counter[Term] = Counter()
    order = []
    for t in postorder((root,)):
        order.append(t)
        uses.update(t.args)
        if len(order) > limit:
            return f"<{head(root)}: a term of sort {root.sort} with over {limit} nodes>"
    text: dict[Term, str] = {}
    lets: list[tuple[str, str]] = []
    for t in order:
        s = head(t) if not t.args else f"({head(t)} {' '.join(text[a] for a in t.args)})"
        if uses[t] > 1 and t.args:
            lets.append((f"?{len(lets) + 1}", s))
            s = lets[-1][0]
        text[t] = s
    out = text[root]
    for name, s in reversed(lets):
        out = f"(let (({name} {s})) {out})"
    return out
