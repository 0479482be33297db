# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Write out what a certificate proves by SAT, for LRAT checkers and SMT solvers of other people.

    python docs/export_goals.py CERTIFICATE FOLDER

The certificate is replayed first. For each BLAST with an LRAT proof FOLDER then has, N being the number of the inference: N.cnf, the
DIMACS text whose SHA-256 is in the certificate; N.lrat, a proof that its clauses can't all be true; and N.smt2, the negated goal, for an
answer `unsat`.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator
from functools import reduce
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from kernel.replay import CIRCUITS, CertificateError, Reader, circuit, replay


def proofs(text: str) -> dict[int, list[str]]:
    """The LRAT steps of each BLAST that has some, by the number of its inference."""
    found: dict[int, list[str]] = {}
    inference = -1
    for line in text.splitlines(keepends=True):
        kind, _, rest = line.partition(" ")
        if kind == "I":
            inference += 1
        elif kind == "L":
            found.setdefault(inference, []).append(rest)
    return found


def dimacs(reader: Reader, goal: int) -> str:
    """The clauses of the goal's negation."""
    made, output = circuit(reader.terms, goal)
    clauses = [*made.clauses, (-output,)]
    lines = [" ".join(map(str, (*clause, 0))) for clause in clauses]
    return "\n".join([f"p cnf {made.variables} {len(clauses)}", *lines]) + "\n"


def smtlib(reader: Reader, goal: int) -> str:
    """The goal's negation in SMT-LIB 2, a line for each term. What has no circuit is a constant of which nothing is known, and so is
    `clmul`, which SMT-LIB does not have."""
    return "\n".join([*_smtlib(reader, goal), f"(assert (not t{goal}))", "(check-sat)"]) + "\n"


def _smtlib(reader: Reader, goal: int) -> Iterator[str]:
    terms = reader.terms

    def parts(t: int) -> tuple[int, ...]:
        arguments = terms.arguments(t)
        return arguments if terms.nodes[t][0] in CIRCUITS and all(terms.sorts[a] >= 0 for a in arguments) else ()

    yield "(set-logic QF_BV)"
    for t in terms.below([goal], (), parts):
        name, *rest = terms.nodes[t]
        sort = f"(_ BitVec {terms.sorts[t]})" if terms.sorts[t] else "Bool"
        arguments = [f"t{a}" for a in parts(t)]
        parameters = [str(p) for p in rest[: len(rest) - len(arguments)]]
        if name == "bv":
            value = f"(_ bv{parameters[0]} {parameters[1]})"
        elif name == "bool":
            value = ("false", "true")[rest[0]]
        elif not arguments or name == "clmul":
            yield f"(declare-const t{t} {sort})"
            continue
        else:
            value = _applied(f"(_ {name} {' '.join(parameters)})" if parameters else name, arguments)
        yield f"(define-fun t{t} () {sort} {value})"


def _applied(head: str, arguments: list[str]) -> str:
    """An operator and its arguments; SMT-LIB has two where we may have more, or one."""
    if head == "ite" or (len(arguments) == 1 and head not in ("and", "or")):
        return f"({head} {' '.join(arguments)})"
    return reduce(lambda left, right: f"({head} {left} {right})", arguments)


def main(certificate: str, folder: str) -> None:
    """Write the files."""
    data, target = Path(certificate), Path(folder)
    with data.open("rb") as file:
        try:
            reader = replay(file)
        except CertificateError as error:
            sys.exit(f"{certificate}: refused: {error}")
    target.mkdir(parents=True, exist_ok=True)
    found = proofs(zlib.decompress(data.read_bytes()).decode())
    for inference, steps in found.items():
        goal = reader.proof.concls[inference]
        (target / f"{inference}.cnf").write_text(dimacs(reader, goal))
        (target / f"{inference}.lrat").write_text("".join(steps))
        (target / f"{inference}.smt2").write_text(smtlib(reader, goal))
    print(f"{len(found)} goals, statement SHA-256 {reader.digest}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: export_goals.py CERTIFICATE FOLDER")
    main(*sys.argv[1:])
