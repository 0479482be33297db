# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A program under one's hands: step through it symbolically, forwards and back, look at formulas, ask, assume, prove.

    from symsim import Session
    s = Session.open("libcrypto.a", "sha256_block_armv8")
    s.until("loop")
    print(s.show("x2"), s.why("x2"))
    g = s.goal("x2 == x2@0")
    g.simplify()
    thm = s.qed(g)

Formulas may be text or terms. In text `x3` is what the register holds now, `x3@0` what it held at the start (symsim.repl.expression).
What is known of a state is a theorem, `state.thm`; all it rests on are that theorem's hypotheses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path as FilePath
from typing import Any

from isa.state import INDEX, NAMES, VARIABLES
from kernel.arrays import PROJ_TUPLE
from kernel.certificate import write_certificate
from kernel.ops import proj
from kernel.rules import CONG, EQ_MP, REFL, SYM, TRANS
from kernel.sorts import BOOL
from kernel.term import Term, free_vars
from kernel.thm import Thm
from symsim import notebook
from symsim.catalogue import Routine, of_script, routine, words
from symsim.contract import Contract
from symsim.errors import BadInput
from symsim.explain import Notation
from symsim.facts import Facts
from symsim.program import Program
from symsim.prove import RoutineProof
from symsim.repl import naming
from symsim.repl.expression import parse, parse_parameters
from symsim.repl.goals import Proof, Wrong
from symsim.repl.stepping import Stepper
from symsim.repl.subject import Subject, with_contract, without_contract
from symsim.rewrite import REPLACE
from symsim.simplify import Simplifier
from symsim.witness import check_witness
from symsim.words import Vocabulary


class Session(Stepper):
    """One function of one object, and where its symbolic execution is. Make one with `Session.open`."""

    def __init__(self, subject: Subject, script: FilePath | None = None) -> None:
        super().__init__(subject)
        self.words = Vocabulary(lambda: words(subject.function, script))
        self.lemmas: dict[str, Thm] = {}
        self.goals: list[Proof] = []
        self._begun = 0

    @staticmethod
    def open(spec: str, function: str, contract: str | None = None) -> Session:
        """The function at its start, every register a variable; with a contract, its arguments and regions.

        `spec` is a file, or a file and members in it (Program.load), or a library of the corpus; `contract` a routine of the catalogue, or
        a proof script, of which it is the first. Raises BadInput for what is not there, NoSemantics for an instruction without a meaning.
        """
        from symsim.objects import object_spec  # noqa: PLC0415  (knows the network, which a session on a file does not need)

        found = None if contract is None else _routine(contract)
        session = Session.of(
            Program.load(object_spec(spec), function),
            function,
            None if found is None else found.contract(),
            None if found is None else found.script,
        )
        named = "" if contract is None else f", {contract!r}"
        session.lines = ["from symsim import Session", f"s = Session.open({spec!r}, {function!r}{named})"]
        return session

    @staticmethod
    def of(
        program: Program, function: str, contract: Contract | None = None, script: FilePath | None = None
    ) -> Session:
        """As `open`, for a program that is loaded; the words of the script's standard come before others."""
        if contract is None:
            return Session(without_contract(program, function), script)
        return Session(with_contract(program, replace(contract, symbol=function)), script)

    def reached(self, component: str) -> Thm:
        """Γ ⊢ component(run(steps, base, start)) = its value in this state"""
        index = INDEX[naming.component_of(component)]
        th = self.now.thm
        same = CONG(proj(th.lhs, index), {0: th})
        return TRANS(same, PROJ_TUPLE(same.rhs))

    def goal(self, claim: str) -> Proof:
        """Begin to prove a claim about this state: what its registers hold is put in, and tactics go on from there. The theorem is about
        the registers of run(steps, base, start)."""
        run = self.now.thm.lhs
        about: dict[Term, Thm] = {}

        def component(name: str) -> Term:
            t = proj(run, INDEX[name])
            about[t] = self.reached(name)
            return t

        def lookup(name: str) -> Term | None:
            plain = name in self.lets or name in self.folded or name.endswith("@0")
            found = None if plain else naming.view(name, component)
            return self.lookup(name) if found is None else found

        stated = parse(claim, lookup, self.known(), BOOL, self.words)
        put_in = REPLACE(stated, about) if about else REFL(stated)
        return self._begin(f"s.goal({claim!r})", put_in.rhs, lambda th: EQ_MP(SYM(put_in), th))

    def lemma(self, name: str, parameters: str, claim: str) -> Proof:
        """Begin to prove a claim about any values of the parameters (`a:64, b:32`); `qed` keeps it under its name. Raises Wrong, with a
        counterexample, where some values refute it."""
        variables = parse_parameters(parameters) if parameters.strip() else {}
        stated = parse(claim, variables.get, variables, BOOL, self.words)
        proof = self._begin(f"s.lemma({name!r}, {parameters!r}, {claim!r})", stated, lambda th: th, Facts(), variables)
        proof.name = name
        try:
            proof.check()
        except Wrong:
            self.goals.remove(proof)
            self.lines.pop()
            self._begun -= 1
            raise
        return proof

    def _begin(
        self,
        call: str,
        statement: Term,
        finish: Callable[[Thm], Thm],
        facts: Facts | None = None,
        variables: Mapping[str, Term] | None = None,
    ) -> Proof:
        self._begun += 1
        mine = f"g{self._begun}"

        def record(tactic: str, arguments: tuple[Any, ...]) -> None:
            self.lines.append(f"{mine}.{tactic}({', '.join(map(repr, arguments))})")

        def read(text: str) -> Term:
            inner = {x for goal in proof.goals for p in (goal.concl, *goal.hyps) for x in free_vars(p)}
            names = {x.params[0]: x for x in inner if facts is not None or x not in VARIABLES} | dict(variables or {})
            known = chain(names, self.known())
            return parse(text, lambda n: names[n] if n in names else self.lookup(n), known, words=self.words)

        proof = Proof(
            statement,
            self.now.path.facts if facts is None else facts,
            self.subject.context if facts is None else (lambda known: Simplifier()),
            self.lemmas,
            self.names() if facts is None else Notation(view=self.words.view),
            finish,
            record,
            read,
            mine,
            tuple(self.conditions) if facts is None else (),
        )
        self.goals.append(proof)
        self.lines.append(f"{mine} = {call}")
        return proof

    def qed(self, proof: Proof | None = None, certificate: str | FilePath | None = None) -> Thm:
        """The theorem of a proof (the last one begun) without goals left, kept as a lemma if it has a name; writes a certificate."""
        if proof is None:
            if not self.goals:
                raise BadInput("no proof is under way: goal or lemma begins one")
            proof = self.goals[-1]
        th = proof.qed()
        if certificate is not None:
            self.certify(th, certificate, proof.name or f"{self.subject.function}: {self.where()}")
        self.goals.remove(proof)
        if proof.name:
            self.lemmas[proof.name] = th
        written = f", certificate={str(certificate)!r}" if certificate is not None else ""
        self.lines.append(f"s.qed({proof.mine}{written})")
        return th

    def abandon(self, proof: Proof) -> None:
        """Give up a proof."""
        self.goals.remove(proof)

    def certify(self, th: Thm, file: str | FilePath, title: str) -> str:
        """Write a theorem's certificate; returns the hash of its statement."""
        about = {
            "title": title,
            "object": {"path": self.program.path, "sha256": self.program.sha256},
            "symbol": self.subject.function,
            "components": list(NAMES),
        }
        try:
            with FilePath(file).open("wb") as out:
                return write_certificate(th, about, out)
        except OSError as error:
            raise BadInput(f"{file}: {error.strerror}") from None

    def prove(self, certificate: str | FilePath | None = None) -> Thm:
        """The whole theorem of the contract, by the automatic proof."""
        if self.subject.proof is None or self.subject.contract is None:
            raise BadInput("prove needs a contract")
        constants = check_witness(self.subject.contract, self.program).constants
        proved = RoutineProof(self.subject.contract, self.program, constants).prove()
        if certificate is not None:
            self.certify(proved.thm, certificate, self.subject.contract.name)
        return proved.thm

    def __repr__(self) -> str:
        return f"<Session: {self.where()}>"

    def _repr_html_(self) -> str:
        return f"<p>{notebook.code(self.where())}</p>{notebook.of_state(self.now, self.names())}"


notebook.register()


def _routine(name: str) -> Routine:
    return of_script(FilePath(name))[0] if FilePath(name).is_file() else routine(name)
