# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Proving by hand: goals, tactics that turn one goal into others, and the theorem when none is left.

A tactic says which goals are to do, and how their theorems give that of the goal. Nothing here is trusted: the kernel makes the theorem.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kernel.ops import AND, APP, BVADD, EQ, IMPLIES, VAR, eq, is_const, mask, number
from kernel.rules import ASSUME, CASES, CONG, DISCH, EQ_MP, EVAL, INST, MP, RING, SYM, TRANS
from kernel.term import Term, Var, free_vars, postorder, substitute
from kernel.theory import DEFINE, DEFINE_REC, INDUCT, introduction
from kernel.thm import KernelError, Thm
from symsim import notebook
from symsim.blast import Falsified
from symsim.derived import CONJ, EQT_ELIM
from symsim.errors import ArmsymError, BadInput
from symsim.explain import explain, one_line
from symsim.facts import Facts
from symsim.repl.countermodel import Countermodel, countermodel, search
from symsim.rewrite import REPLACE, replaced
from symsim.simplify import Simplifier

SHOWN = 3
"""Goals shown; the others come up when the first ones are done."""

Justify = Callable[[Sequence[Thm]], Thm]
"""From the theorems of the new goals that of the old one."""


class TacticFailed(ArmsymError):
    """The tactic does not apply; the goals are as they were."""


class Wrong(ArmsymError):
    """The goal is false: `countermodel` shows where."""

    def __init__(self, found: Countermodel) -> None:
        super().__init__(str(found))
        self.countermodel = found


@dataclass(frozen=True)
class Goal:
    """Hypotheses, and what is to follow from them."""

    hyps: tuple[Term, ...]
    concl: Term

    def text(self, names: Mapping[Term, str]) -> str:
        """The goal with its hypotheses above the line."""
        above = [line for h in self.hyps for line in explain(h, names).lines()]
        below = explain(self.concl, names).lines("⊢ ")
        return "\n".join([f"  {line}" for line in above] + [line if line[0] == "⊢" else f"  {line}" for line in below])

    def __str__(self) -> str:
        return self.text({})

    def _repr_html_(self) -> str:
        return notebook.of_goal(self, {})


@dataclass(frozen=True)
class _Step:
    """The goals after a tactic; the first `count` of them came for the goal that was first before it."""

    goals: tuple[Goal, ...]
    count: int
    justify: Justify


@dataclass(eq=False, repr=False)
class Proof:
    """A proof under way. Tactics work on the first goal; `undo` takes the last one back.

    `facts` are what may be used besides the goal's hypotheses, `context` makes simplifiers that know them, `theorems` are those that
    tactics may name; `finish` turns the theorem of the statement into the one that `qed` returns. `recorder` is told what was done, `read`
    reads formulas; `mine` is what a script calls this proof, `name` that of the lemma to be; `given` are those of the facts that a person
    took or assumed, which are shown with the goals.
    """

    statement: Term
    facts: Facts = field(default_factory=Facts)
    context: Callable[[Facts], Simplifier] = lambda facts: Simplifier()
    theorems: Mapping[str, Thm] = field(default_factory=dict)
    names: Mapping[Term, str] = field(default_factory=dict)
    finish: Callable[[Thm], Thm] = lambda th: th
    recorder: Callable[[str, tuple[Any, ...]], None] = lambda name, arguments: None
    read: Callable[[str], Term] | None = None
    mine: str = ""
    given: tuple[Term, ...] = ()
    name: str = ""

    def __post_init__(self) -> None:
        self._steps: list[_Step] = []

    @property
    def goals(self) -> tuple[Goal, ...]:
        """What is left to prove."""
        return self._steps[-1].goals if self._steps else (Goal((), self.statement),)

    def __str__(self) -> str:
        goals = self.goals
        if not goals:
            return "no goals are left: qed"
        head = f"{len(goals)} goal{'s' if len(goals) > 1 else ''}{', where' if self.given else ''}"
        given = [f"  {one_line(c, self.names)}" for c in self.given]
        return "\n".join([head, *given, *[f"{k + 1}.\n{g.text(self.names)}" for k, g in enumerate(goals[:SHOWN])]])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return notebook.of_proof(self)

    # What every tactic does

    def _goal(self) -> Goal:
        if not self.goals:
            raise TacticFailed("no goals are left: qed")
        return self.goals[0]

    def _apply(self, name: str, arguments: tuple[Any, ...], new: Sequence[Goal], justify: Justify) -> Proof:
        self._steps.append(_Step((*new, *self.goals[1:]), len(new), justify))
        self.recorder(name, arguments)
        return self

    def _term(self, value: Term | str) -> Term:
        if isinstance(value, Term):
            return value
        if self.read is None:
            raise BadInput("a formula in text needs a session to read it; give a term")
        return self.read(value)

    def _facts(self, goal: Goal) -> Facts:
        return self.facts.extended(*[ASSUME(h) for h in goal.hyps])

    def check(self) -> None:
        """Raise Wrong if some values refute the first goal."""
        goal = self._goal()
        self._refute(goal, None)

    def undo(self) -> Proof:
        """Take the last tactic back."""
        if not self._steps:
            raise TacticFailed("nothing to undo")
        self._steps.pop()
        self.recorder("undo", ())
        return self

    def qed(self) -> Thm:
        """The theorem, when no goal is left. Raises TacticFailed with what is left otherwise."""
        if self.goals:
            raise TacticFailed(f"not proved yet: {self}")
        ths: list[Thm] = []
        for step in reversed(self._steps):
            ths[: step.count] = [step.justify(ths[: step.count])]
        (th,) = ths
        if th.concl is not self.statement:
            raise TacticFailed(f"a tactic proved {th.concl}, not the statement")
        return self.finish(th)

    # Tactics

    def intro(self) -> Proof:
        """p ⇒ q: make p a hypothesis."""
        goal = self._goal()
        if goal.concl.op is not IMPLIES:
            raise TacticFailed("intro: the goal is no implication")
        p, q = goal.concl.args
        return self._apply("intro", (), [Goal((*goal.hyps, p), q)], lambda ths: DISCH(p, ths[0]))

    def split(self, c: Term | str | None = None) -> Proof:
        """Two goals: one where c holds, one where it does not; without c, one for each part of a conjunction."""
        goal = self._goal()
        if c is None:
            if goal.concl.op is not AND:
                raise TacticFailed("split: the goal is no conjunction; give a condition")
            return self._apply("split", (), [Goal(goal.hyps, p) for p in goal.concl.args], CONJ)
        p = self._term(c)
        cases = [Goal((*goal.hyps, p), goal.concl), Goal((*goal.hyps, ~p), goal.concl)]
        return self._apply("split", (c,), cases, lambda ths: CASES(p, ths[0], ths[1]))

    def rewrite(self, thm: Thm | str, backwards: bool = False) -> Proof:
        """Replace what matches the left side of an equation; its variables stand for anything. Premises become goals."""
        goal = self._goal()
        th = self._theorem(thm)
        premises, equation = premises_of(th.concl)
        if equation.op is not EQ:
            raise TacticFailed(f"rewrite: {thm if isinstance(thm, str) else equation} is no equation")
        left = equation.args[1 if backwards else 0]
        if left.op is VAR:
            raise TacticFailed("rewrite: the left side is a variable, which everything matches")
        fixed = frozenset().union(*(free_vars(h) for h in th.hyps))
        found = {t: m for t in postorder((goal.concl,)) if (m := match(left, t, fixed)) is not None}
        if not found:
            raise TacticFailed("rewrite: nothing in the goal matches the left side")
        loose = free_vars(th.concl) - free_vars(left) - fixed
        if loose:
            raise TacticFailed(f"rewrite: the left side does not say what {', '.join(map(str, loose))} stands for")
        instances = {t: INST(th, m) for t, m in found.items()}
        sides = [[substitute(p, m) for p in premises] for m in found.values()]

        def equations(ths: Sequence[Thm]) -> dict[Term, Thm]:
            out, rest = {}, iter(ths)
            for t, instance in instances.items():
                th = instance
                for _ in premises:
                    th = MP(th, next(rest))
                out[t] = SYM(th) if backwards else th
            return out

        assumed = [ASSUME(p) for group in sides for p in group]
        new = REPLACE(goal.concl, equations(assumed)).rhs
        goals = [Goal(goal.hyps, new), *[Goal(goal.hyps, p) for group in sides for p in group]]

        def justify(ths: Sequence[Thm]) -> Thm:
            return EQ_MP(SYM(REPLACE(goal.concl, equations(ths[1:]))), ths[0])

        return self._apply("rewrite", (thm, True) if backwards else (thm,), goals, justify)

    def unfold(self, name: str) -> Proof:
        """Open the definition of a constant; of a recursive one, where its count is a number or a sum with 1."""
        goal = self._goal()
        uses = [t for t in postorder((goal.concl,)) if t.op is APP and t.params[0] == name]
        if not uses:
            raise TacticFailed(f"unfold: {name} does not occur in the goal")
        equations: dict[Term, Thm] = {}
        guards: list[Term] = []
        for t in uses:
            th = definition_at(t)
            if th is not None:
                guards += premises_of(th.concl)[0]
                equations[t] = th
        if not equations:
            raise TacticFailed(f"unfold: {name} is nowhere applied to 0 or to a sum with 1")

        def opened(ths: Sequence[Thm]) -> Thm:
            rest = iter(ths)
            done = {t: MP(th, next(rest)) if th.concl.op is IMPLIES else th for t, th in equations.items()}
            return REPLACE(goal.concl, done)

        new = opened([ASSUME(p) for p in guards]).rhs
        goals = [Goal(goal.hyps, new), *[Goal(goal.hyps, p) for p in guards]]
        return self._apply("unfold", (name,), goals, lambda ths: EQ_MP(SYM(opened(ths[1:])), ths[0]))

    def induct(self, variable: Term | str) -> Proof:
        """Two goals: the goal at 0, and at x + 1 from that at x, where x is not the largest number."""
        goal = self._goal()
        x = self._term(variable)
        if x.op is not VAR or x.sort.kind != "BV":
            raise TacticFailed(f"induct: {x} is no bit-vector variable")
        if any(x in free_vars(h) for h in (*goal.hyps, *self.facts.given)):
            raise TacticFailed(f"induct: {x} is in a hypothesis")
        guard = ~eq(x, mask(x.width))
        base = Goal(goal.hyps, substitute(goal.concl, {x: number(0, x.width)}))
        step = Goal((*goal.hyps, goal.concl, guard), substitute(goal.concl, {x: x + 1}))
        return self._apply("induct", (variable,), [base, step], lambda ths: INDUCT(x, goal.concl, ths[0], ths[1]))

    def generalize(self, what: Term | str, name: str) -> Proof:
        """Prove it for any value in place of a subterm: a fresh variable of that name."""
        goal = self._goal()
        t = self._term(what)
        fresh = Var(name, t.sort)
        if any(fresh in free_vars(s) for s in (goal.concl, *goal.hyps, *self.facts.given)):
            raise TacticFailed(f"generalize: there is a variable {name} already")
        general = Goal(tuple([replaced(h, {t: fresh}) for h in goal.hyps]), replaced(goal.concl, {t: fresh}))
        if general == goal:
            raise TacticFailed("generalize: the goal does not have this subterm")
        return self._apply("generalize", (what, name), [general], lambda ths: INST(ths[0], {fresh: t}))

    def use(self, thm: Thm | str) -> Proof:
        """Make a theorem a hypothesis."""
        goal = self._goal()
        th = self._theorem(thm)
        return self._apply(
            "use", (thm,), [Goal((*goal.hyps, th.concl), goal.concl)], lambda ths: MP(DISCH(th.concl, ths[0]), th)
        )

    def simplify(self) -> Proof:
        """Rewrite the goal to its normal form, with the hypotheses as facts."""
        goal = self._goal()
        simplifier = self.context(self._facts(goal))
        for h in goal.hyps:
            assumed = ASSUME(h)
            normal = simplifier.conversion(h)
            assumed = assumed if normal is None else EQ_MP(normal, assumed)
            if not is_const(assumed.concl):
                simplifier.assume_true(assumed)
            if assumed.concl.op is EQ and is_const(assumed.concl.args[1]):
                simplifier.add_fact(assumed)
        same = simplifier.normalize(goal.concl)
        if same.rhs is goal.concl:
            raise TacticFailed("simplify: the goal is as simple as it gets")
        if is_const(same.rhs) and same.rhs.params[0]:
            return self._apply("simplify", (), [], lambda ths: EQT_ELIM(same))
        if is_const(same.rhs):
            self._refute(goal, None)
        return self._apply("simplify", (), [Goal(goal.hyps, same.rhs)], lambda ths: EQ_MP(SYM(same), ths[0]))

    def blast(self) -> Proof:
        """Close the goal by SAT. Raises Wrong with a counterexample where it is false."""
        goal = self._goal()
        try:
            th = self._facts(goal).prove(goal.concl)
        except Falsified as error:
            self._refute(goal, error)
            raise TacticFailed(
                f"blast: not valid for all values of its opaque parts ({error}); unfold, rewrite or generalize them"
            ) from None
        return self._apply("blast", (), [], lambda ths: th)

    def exact(self, thm: Thm | str) -> Proof:
        """Close the goal by a theorem that says just this."""
        goal = self._goal()
        th = self._theorem(thm)
        found = match(th.concl, goal.concl, frozenset().union(*(free_vars(h) for h in th.hyps)))
        if found is None:
            raise TacticFailed("exact: the theorem says something else")
        instance = INST(th, found)
        return self._apply("exact", (thm,), [], lambda ths: instance)

    def _theorem(self, thm: Thm | str) -> Thm:
        if isinstance(thm, Thm):
            return thm
        if thm not in self.theorems:
            known = ", ".join(self.theorems) or "none yet"
            raise TacticFailed(f"no theorem '{thm}'; there is {known}")
        return self.theorems[thm]

    def _refute(self, goal: Goal, error: Falsified | None) -> None:
        """Raise Wrong if a state is found where the goal really fails."""
        hypotheses = (*goal.hyps, *self.facts.given)
        found = countermodel(hypotheses, goal.concl, error.model) if error else search(hypotheses, goal.concl)
        if found is not None:
            raise Wrong(replace(found, names=self.names))


def premises_of(p: Term) -> tuple[list[Term], Term]:
    """What an implication asks for, one after the other, and what it says then."""
    premises = []
    while p.op is IMPLIES:
        premises.append(p.args[0])
        p = p.args[1]
    return premises, p


def match(pattern: Term, t: Term, fixed: frozenset[Term] = frozenset()) -> dict[Term, Term] | None:
    """What the pattern's variables (but the fixed ones) stand for, if t is an instance of it."""
    found: dict[Term, Term] = {}
    todo = [(pattern, t)]
    while todo:
        p, s = todo.pop()
        if p.op is VAR and p not in fixed:
            if p.sort is not s.sort or found.setdefault(p, s) is not s:
                return None
        elif p is not s:
            if p.op is not s.op or p.params != s.params or len(p.args) != len(s.args):
                return None
            todo += zip(p.args, s.args, strict=True)
        elif free_vars(p) - fixed:
            todo += zip(p.args, s.args, strict=True)
    return found


def definition_at(t: Term) -> Thm | None:
    """⊢ f(…) = …, perhaps under a guard, by the definition of the constant; None where it does not apply."""
    try:
        kind, *data = introduction(t.params[0])
    except KernelError:
        return None
    if kind == "DEFINE":
        return INST(DEFINE(t.params[0], *data), dict(zip(data[0], t.args, strict=True)))
    if kind != "DEFINE_REC":
        return None
    zero, successor = DEFINE_REC(t.params[0], *data)
    x, parameters = data[0], data[1]
    count, rest = t.args[0], dict(zip(parameters, t.args[1:], strict=True))
    if is_const(count) and count.params[0] == 0:
        return INST(zero, rest)
    if is_const(count):
        before = number(count.params[0] - 1, x.width)
        th = INST(successor, {x: before, **rest})
        th = MP(th, EQT_ELIM(EVAL(th.concl.args[0])))
        return TRANS(CONG(t, {0: SYM(EVAL(before + 1))}), th)
    if count.op is BVADD and count.args[-1].op.name == "bv":
        before = count - 1
        th = INST(successor, {x: before, **rest})
        guard = th.concl.args[0]
        same = CONG(t, {0: RING(count, before + 1)})
        return DISCH(guard, TRANS(same, MP(th, ASSUME(guard))))
    return None
