# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""From a contract and a program to the theorem: preconditions ⇒ the program runs to its return, and there everything promised holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from isa.state import INDEX, NAMES, VARIABLES
from kernel.arrays import PROJ_TUPLE
from kernel.evaluate import evaluate
from kernel.normal import ring
from kernel.ops import (
    AND,
    EQ,
    EXTRACT,
    IMPLIES,
    ITE,
    READ,
    VAR,
    conj,
    eq,
    implies,
    is_const,
    number,
    proj,
    read,
    true,
    tuple_,
    ult,
    value_of,
)
from kernel.rules import ASSUME, CONG, DISCH, EQ_MP, INST, MP, SYM, TRANS
from kernel.sorts import BV, TRACE
from kernel.term import Term, Var, coerce, free_vars
from kernel.thm import Thm
from symsim.calls import Subroutine
from symsim.canonical import sum_term
from symsim.contract import CALLEE_SAVED, LR, MEMORY, SP, Contract, Loop, Region, says_what_is_held
from symsim.contract import INDEX_VARIABLE as I
from symsim.cuts import CutPoints
from symsim.derived import CHAIN, CONJ, CONJUNCT, EX_FALSO
from symsim.errors import ArmsymError, BadInput
from symsim.facts import Facts
from symsim.flow import NoSemantics, explore
from symsim.fold import as_rewrite, blocks_ahead, open_fold, open_output
from symsim.idioms import Idioms
from symsim.journal import Journal
from symsim.loops import LoopNotProved, LoopProof, prove_claim
from symsim.machine_theory import BASE, MachineTheory
from symsim.memory import Area, D, N
from symsim.output import COUNT, WHICH, Stored, chain
from symsim.path import Misplaced, Path, Stuck, Undecided
from symsim.program import Program
from symsim.promises import ABI, CONSTANT_TIME, FRAME, RETURNS, SAFE, preserved
from symsim.quotients import ELIMINATE, bounds
from symsim.regions import Layout, apart_term, constant_fact
from symsim.rewrite import DISCHARGE, REPLACE
from symsim.simplify import Simplifier, is_general
from symsim.ways import Way, merged

ADDRESS = Var("address", BV(64))
"""Any address, to say that what is not mentioned does not change."""
Progress = Callable[[str], None]
MAX_STEPS = 1_000_000
MAX_SPLITS = 20
FEW = 8
"""Cases of a variable that are looked at one after the other."""


@dataclass(frozen=True)
class Proved:
    """The theorem ⊢ preconditions ⇒ postconditions, both conjunctions, with a label for each conjunct."""

    thm: Thm
    requires: tuple[str, ...]
    ensures: tuple[str, ...]
    instructions: int
    steps: int


class RoutineProof:
    """The proof of one contract about one program. `constants` are the parts of the program's constant data that the routine reads,
    as (address, size)."""

    def __init__(
        self,
        contract: Contract,
        program: Program,
        constants: Iterable[tuple[int, int]],
        progress: Progress = lambda message: None,
    ) -> None:
        self.contract, self.program, self._progress = contract, program, progress
        _demand_own_names(contract)
        self.journal = Journal()
        symbol = program.symbol(contract.symbol)
        self.entry = symbol.address
        self.tag = f"{contract.name.rpartition('/')[2]}_{program.sha256[:8]}"
        self.flow = explore(self.entry, program.word, program.name_of)
        self.constants = tuple(constants)
        self.regions = self._regions()
        self.stored = chain(contract.outputs)
        self.layout = Layout(self.regions, self.stored)
        self.requires = self._requires()
        self._assumption = conj(*self.requires.values())
        self._rewrites = [ASSUME(p) for p in self.requires.values() if self._is_rewrite(p)]
        self._bounds = [bounds(q, *of) for q, of in contract.quotients.items()]
        self.facts = Facts(self._pieces(), frozenset((*self.requires.values(), *self._bounds)))
        self.theory = MachineTheory(self.tag, self.flow.words, self.facts, Idioms(contract.idioms()))
        self._loops: dict[int, Loop] = {}
        self._called = {a: Subroutine(self, contract.calls[k], a) for k, a in enumerate(self.flow.called) if k in contract.calls}
        self._steps = 0
        self.public = (*contract.public, *contract.quotients, SP, LR, BASE, Var("trace", TRACE))
        self.start = self._start()

    # The statement

    def _regions(self) -> tuple[Region, ...]:
        contract = self.contract
        out = list(contract.regions)
        if contract.stack:
            out.append(Region("stack", SP + (-contract.stack & 0xFFFF_FFFF_FFFF_FFFF), contract.stack, writable=True))
        for address, size in self.constants:
            out.append(Region(f"constants at {self.program.name_of(address)}", self._at(address), size))
        for g in contract.globals:
            out.append(Region(g.symbol, self._at(self.program.address_of(g.symbol)), g.size))
        return tuple(r.normal() for r in out)

    def _at(self, address: int) -> Term:
        return BASE + address if address else BASE

    def _requires(self) -> dict[str, Term]:
        out = {
            "the load base is page-aligned": eq(BASE[11:0], 0),
            "the stack pointer is a multiple of 16": eq(SP[3:0], 0),
            **self.contract.requires,
        }
        for g in self.contract.globals:
            held = read(MEMORY, self._at(self.program.address_of(g.symbol)), g.size)
            out[g.label] = g.assumption(held)
        for address, size in self.constants:
            data = self.program.constant(address, size)
            if data is None:
                raise BadInput(f"{self.program.path}: the {size} bytes at {address:#x} are no constants")
            name = self.program.name_of(address)
            out[f"the {size} bytes at {name} are the object's"] = constant_fact(MEMORY, self._at(address), data)
        for a in self.regions:
            if a.writable:
                for b in self.regions:
                    if b is not a and not (b.writable and self.regions.index(b) < self.regions.index(a)):
                        out[f"{a.name} and {b.name} are disjoint"] = apart_term(a.base, a.extent, b.base, b.extent)
                low, high = min(self.flow.words), max(self.flow.words) + 4
                code = apart_term(a.base, a.extent, self._at(low), number(high - low, 64))
                out[f"{a.name} and the code are disjoint"] = code
        return out

    @staticmethod
    def _is_rewrite(p: Term) -> bool:
        """Whether the precondition says what memory holds, or gives some bits a constant value, and so serves as a rewrite."""
        return says_what_is_held(p) or (p.op is EQ and p.args[0].op is EXTRACT and is_const(p.args[1]))

    def _pieces(self) -> list[Thm]:
        """What the preconditions say of numbers, conjunctions taken apart, as hypotheses of their own."""
        pieces = []
        for p in (*self.requires.values(), *self._bounds):
            if p.op is not EQ or p.args[0].op is not READ:
                parts = p.args if p.op is AND else (p,)
                pieces += [CONJUNCT(ASSUME(p), k) if len(parts) > 1 else ASSUME(p) for k in range(len(parts))]
        return pieces

    def _start(self) -> Term:
        parts = dict(zip(NAMES, VARIABLES, strict=True))
        parts |= self.contract.arguments
        parts |= {"sp": SP, "x30": LR, "pc": self._at(self.entry), "mem": MEMORY, "safe": true, "policy": self.layout.policy}
        parts["trace"] = Var("trace", TRACE)
        return tuple_(*parts.values())

    def context(self, facts: Facts, more: Iterable[Area] = ()) -> Simplifier:
        """A simplifier that knows the contract's memory, constants and rules."""
        return self.knowing(facts, self.contract.rules(), more)

    def knowing(self, facts: Facts, rules: tuple[Thm, ...], more: Iterable[Area] = ()) -> Simplifier:
        """A simplifier that knows the contract's memory and constants."""
        simplifier = Simplifier()
        self.layout.attach(simplifier, facts, more)
        for rule in rules:
            if is_general(rule):
                simplifier.add_rule(rule)
        for th in (*(rule for rule in rules if not is_general(rule)), *self._rewrites):
            simplifier.add_fact(as_rewrite(th, simplifier))
        for th in facts.known:
            if th.concl.op is EQ and th.concl.args[0].op is VAR:
                simplifier.add_fact(as_rewrite(th, simplifier))
        return simplifier

    # The execution

    def run_until(self, path: Path, stop: Callable[[Path], bool]) -> Iterator[Path]:
        """All paths from here to where they stop or to the return address, each as it gets there."""
        todo = [path.copy()]
        while todo:
            p = todo.pop()
            while True:
                try:
                    if self._has_returned(p) or stop(p):
                        yield p
                        break
                    if p.address in self.flow.refused:
                        raise NoSemantics(self.flow.refused[p.address])
                    self.advance(p)
                except Undecided as undecided:
                    todo += self._branches(p, undecided.condition)
                    break
                except Misplaced:
                    case = next((c for x in self.contract.cases if (c := self.case_of(x, p)) is not None), None)
                    if case is None:
                        raise
                    todo += self._in_case(p, case)
                    break
                if p.steps % 256 == 0:
                    self._progress(f"{p.steps} steps")
                if p.steps > MAX_STEPS:
                    raise Stuck(f"no end within {MAX_STEPS} steps: a loop without an invariant?")

    def advance(self, path: Path) -> None:
        """Execute one instruction, or all of a subroutine that the contract speaks of."""
        called = self._called.get(path.address or 0) if self._called else None
        if called is None:
            path.step()
        elif (new := called.enter(path)) is not None:
            self.journal.proved(f"what {called.call.name} does", new.thm, new.run)

    def follow(self, path: Path, *specification: Term) -> None:
        """Let the path name what it computes by what the specification, and the next blocks of the output, go through, if the contract has
        cuts."""
        cuts = self.contract.cuts
        if cuts is not None:
            blocks = blocks_ahead(self.stored, cuts, path) if self.stored else ()
            if specification or blocks:
                path.cuts = CutPoints(cuts, tuple_(*specification, *blocks), path.simplifier, path.unknowns, path.state)

    def _has_returned(self, path: Path) -> bool:
        """Whether the path is at its return. Raises Undecided where the final memory, or what is promised of it, depends on a variable
        whose values are cases."""
        if path.component("pc") is not LR:
            return False
        for x in self._varied(tuple_(path.component("mem"), *self.contract.ensures(MEMORY).values())):
            condition = self.case_of(x, path)
            if condition is not None:
                raise Undecided(condition, "what is promised")
        return True

    def _branches(self, path: Path, condition: Term) -> list[Path]:
        """The paths on which the condition holds and fails, as far as the facts allow them. Where they allow both and the condition
        depends on a variable whose values are cases, a path for each of these values."""
        possible = [c for c in (condition, ~condition) if not path.facts.gives(~c)]
        if len(possible) < 2:
            return [path.assuming(c) for c in possible]
        if len(path.open) >= MAX_SPLITS:
            heads = ", ".join(self.program.name_of(h) for h in self.flow.heads)
            raise Stuck(
                f"{MAX_SPLITS} case splits on one path: a loop without an invariant? The contract must say how often it goes round "
                f"(loop heads: {heads or 'none'})"
            )
        case = None
        if path.passed or not any(loop.whole for loop in self._loops.values()):
            case = next((c for x in self._varied(condition) if (c := self.case_of(x, path)) is not None), None)
        return self._parted(path, condition) if case is None else self._in_case(path, case)

    @staticmethod
    def _parted(path: Path, condition: Term) -> list[Path]:
        out = [path.assuming(condition), path.assuming(~condition)]
        for p in out:
            p.open = (*path.open, p.conditions[-1])
        return out

    def _in_case(self, path: Path, case: Term) -> list[Path]:
        """The path where a case is the one and where it is not, or the two for halves of the cases. The last case left is assumed."""
        if path.facts.gives(case):
            return [path.assuming(case)]
        out = []
        for p in self._parted(path, case):
            only = self.case_of(case.args[0], p)
            out.append(p.assuming(only) if only is not None and p.facts.gives(only) else p)
        return out

    def prove(self) -> Proved:
        """The theorem. Raises ArmsymError (LoopNotProved, Stuck, Falsified …) with what is left open."""
        path = Path(self.theory, self.start, self.facts, self.context)
        path.materialize()
        promised = (*self.contract.ensures(MEMORY).values(), *self.contract.results.values())
        self.follow(path, *promised)
        self._loops = {h: self.contract.loops[k] for k, h in enumerate(self.flow.heads) if k in self.contract.loops}
        return self._close(merged(self._ways(path), self._promised, self.tag, self.public))

    def _ways(self, path: Path) -> Iterator[Way]:
        """All ways from here to the return, two that a condition tells apart side by side."""
        runs = [self.run_until(path, self._enters_loop)]
        while runs:
            end = next(runs[-1], None)
            if end is None:
                runs.pop()
                continue
            self._steps += end.steps
            if end.component("pc") is LR:
                self.journal.proved("the way out of the loop" if end.passed else "from entry to return", end.thm, end)
                yield self._way(end)
                continue
            self.journal.proved("to the loop", end.thm, end)
            head = end.address or 0
            self._progress(f"loop at {head:#x}")
            tag = f"{self.tag}_{len(self.journal.loops)}" if self.journal.loops else self.tag
            loop = LoopProof(self, self._loop_at(end), end, head, tag)
            self.journal.loops.append(loop)
            self.journal.proved("one round of the loop", loop.back.thm, loop.back)
            self._steps += loop.back.steps
            self._progress("induction")
            invariant = loop.invariant()
            self.journal.proved("the invariant, by induction", invariant)
            last = loop.last_round(invariant)
            runs.append(self.run_until(last, self._enters_loop))

    def _enters_loop(self, path: Path) -> bool:
        """Whether the path is at the head of a loop for the first time, and the loop goes round; once is no loop."""
        head = path.address
        if head not in self._loops or head in path.passed:
            return False
        known = self._known_number(path)
        if known is not None:
            raise Undecided(known, "what is stored where")
        count = self._loop_at(path).count
        if is_const(count) and value_of(count) <= 1:
            return False
        none = eq(count, 0) if count.op is VAR else ~ult(number(0, 64), count)
        for goes, condition in ((True, ~none), (False, none)):
            if path.facts.gives(condition):
                return goes
        raise Undecided(none, "whether the loop goes round")

    def _known_number(self, path: Path) -> Term | None:
        """What a variable in the size of a region is by the facts of the path, as a condition: places in the region depend on it."""
        sizes = set().union(*(free_vars(r.extent) for r in self.regions))
        found = free_vars(tuple_(*[t for t in path.state if t is not self.layout.policy]))
        for x in sorted(sizes & found, key=lambda x: x.id):
            value = path.facts.number(x)
            if value is not None:
                return eq(x, value)
        return None

    def _varied(self, t: Term) -> list[Term]:
        """The variables whose values are cases, where the term depends on one of them."""
        return list(self.contract.cases) if not free_vars(t).isdisjoint(self.contract.cases) else []

    def _loop_at(self, path: Path) -> Loop:
        """The loop at whose head the path is. Raises Undecided where it is not known which of several counts is the one."""
        loop = self._loops[path.address or 0]
        while loop.count.op is ITE:
            condition, yes, no = loop.count.args
            if path.facts.gives(condition):
                loop = replace(loop, count=yes)
            elif path.facts.gives(~condition):
                loop = replace(loop, count=no)
            else:
                raise Undecided(condition, "how often the loop goes round")
        return loop

    def case_of(self, x: Term, path: Path) -> Term | None:
        """The next value of a variable with cases to look at on its own, as a condition; None where the path has one or excludes all. Where
        there are many and they are numbers, a condition that parts those that facts about the variable leave in halves, as long as there
        are several."""
        conditions = [eq(x, sum_term(ring(coerce(value, x.sort)), x.width)) for value in self.contract.cases.get(x, ())]
        if not set(conditions).isdisjoint(path.conditions):
            return None
        if len(conditions) <= FEW or not all(is_const(c.args[1]) for c in conditions):
            return next((c for c in conditions if not path.facts.gives(~c)), None)
        about = [th.concl for th in path.facts.known if free_vars(th.concl) == {x}]
        values = sorted(value_of(c.args[1]) for c in conditions)
        left = [v for v in values if all(evaluate(p, {x: v}) for p in about)]
        if len(left) > 1:
            return ult(x, left[len(left) // 2])
        return eq(x, left[0]) if left else None

    # What holds in the end

    def promises(self, s: Term) -> dict[str, Term]:
        """What is promised of the final state s, but for the trace."""
        memory = proj(s, INDEX["mem"])
        results = {f"{n} holds the result": eq(_held(n, lambda k: proj(s, k)), t) for n, t in self.contract.results.items()}
        return {
            RETURNS: eq(proj(s, INDEX["pc"]), LR),
            **self.contract.ensures(memory),
            **self._output_promise(memory),
            **results,
            FRAME: implies(self._outside(), eq(read(memory, ADDRESS, 1), read(MEMORY, ADDRESS, 1))),
            SAFE: proj(s, INDEX["safe"]),
            **self._preserved(s),
        }

    def _output_promise(self, memory: Term) -> dict[str, Term]:
        out = {}
        for output in self.contract.outputs:
            held = read(memory, output.base + WHICH * output.unit, output.unit)
            out[output.label] = implies(ult(WHICH, output.count), eq(held, output.block(WHICH)))
        return out

    def _preserved(self, s: Term) -> dict[str, Term]:
        names = self.contract.preserves
        integers = [n for n in names if n[0] == "x"]
        order = [*integers, "sp", *(n for n in names if n not in integers)]
        kept = [eq(_held(n, lambda k: proj(s, k)), _held(n, self.start.args.__getitem__)) for n in order]
        return {ABI if names == CALLEE_SAVED else preserved(names): conj(*kept)}

    def _outside(self) -> Term:
        """The byte at ADDRESS is in no region that may be written."""
        one = number(1, 64)
        return conj(*[apart_term(ADDRESS, one, r.base, r.extent) for r in self.regions if r.writable] or [true])

    def _way(self, end: Path) -> Way:
        """What is promised, at the end of a way."""
        facts = self.facts.extended(*map(ASSUME, end.open))
        reached = DISCHARGE(end.arrival(), facts)
        trace = reached.rhs.args[INDEX["trace"]]
        secret = free_vars(trace).union(*map(free_vars, end.open)) - set(self.public)
        if secret:
            raise LoopNotProved(f"not constant time: accesses or branches depend on {', '.join(sorted(map(str, secret)))}")
        final, count = reached.lhs, reached.lhs.args[0]
        holds = [DISCHARGE(h, facts) for h in self._holds_at(end)]
        same = CONG(proj(final, INDEX["trace"]), {0: reached})
        seen = TRANS(same, PROJ_TUPLE(same.rhs))
        moved = []
        for th, p in zip(holds, self.promises(final).values(), strict=True):
            moved.append(EQ_MP(SYM(REPLACE(p, {final: reached})), th))
        return Way(end.open, count, trace, CONJ([*moved, seen]))

    def _promised(self, count: Term, trace: Term) -> Term:
        """All that is promised of the state after so many steps."""
        final = self.theory.run(count, self.start)
        return conj(*self.promises(final).values(), eq(proj(final, INDEX["trace"]), trace))

    def _holds_at(self, path: Path) -> list[Thm]:
        """The promises about the path's end, each Γ ⊢ promise(state)."""
        loop = next((x for x in self.contract.loops.values() if x.fold is not None), None)
        if loop is not None and loop.fold is not None:
            totals = (path.to_fold, loop.total, loop.fold.after(loop.count))
            open_fold(loop.fold, path.folded, next(t for t in totals if t is not None), path)
        outputs = {s.output.label: s for s in self.stored}
        out = []
        for label, p in self.promises(path.thm.rhs).items():
            try:
                if label == FRAME:
                    out.append(self._frame(p, path))
                elif label in outputs:
                    out.append(self._output(p, outputs[label], path))
                else:
                    out.append(self._shown(p, path))
            except ArmsymError as error:
                raise LoopNotProved(f"{label}: {error}") from None
            self.journal.proved(label, out[-1])
        return out

    def _shown(self, p: Term, path: Path) -> Thm:
        """Γ ⊢ p, in parts; what is promised for other cases is not looked at"""
        if p.op is AND:
            return CONJ([self._shown(part, path) for part in p.args])
        if p.op is not IMPLIES:
            return prove_claim(path.simplifier, p)
        premise, promised = p.args
        if path.facts.gives(~premise):
            return EX_FALSO(path.facts.prove(~premise), promised)
        return DISCH(premise, self._shown(promised, path))

    def _output(self, p: Term, stored: Stored, path: Path) -> Thm:
        """j < count ⇒ block j of the output is what the specification says: the final memory is that of the specification, but for
        what is written besides these blocks."""
        premise, same = p.args
        path = path.settled(premise)
        last, simplifier, now = self.stored[-1], path.simplifier, path.component("mem")
        open_output(last, last.output.count, path)
        told = simplifier.memory.values(simplifier.normalize(last.value(last.output.count)).rhs)
        others = {a: v for a, v in simplifier.memory.values(now).items() if a not in told}
        normal = simplifier.normalize(simplifier.memory.with_values(last.value(last.output.count), others))
        if normal.rhs is not now:
            raise ArmsymError(f"the memory is {now}, and by the specification {normal.rhs}")
        assumed = ASSUME(premise)
        here = path.simplifier.conversion(premise)  # a count that selects by what the path has decided
        facts = path.facts.extended(assumed, *([EQ_MP(here, assumed)] if here is not None else []))
        reader = self.context(facts)
        reader.memory.inherit(simplifier.memory)
        known = PROJ_TUPLE(same.args[0].args[0])
        th = CONG(same.args[0], {0: TRANS(known, SYM(normal))})
        th = CHAIN(th, reader.conversion(th.rhs)) or th
        held = INST(stored.inside(), {COUNT: stored.output.count})
        while held.concl.op is IMPLIES:
            held = MP(held, facts.prove(held.concl.args[0]))
        th = TRANS(TRANS(th, SYM(reader.normalize(held.lhs))), TRANS(held, reader.normalize(held.rhs)))
        wanted = reader.normalize(same.args[1])
        if wanted.rhs is not th.rhs:
            raise ArmsymError(f"what is stored is {th.rhs}, and what is promised {wanted.rhs}")
        return DISCH(premise, TRANS(th, SYM(wanted)))

    def _frame(self, p: Term, path: Path) -> Thm:
        premise, same = p.args
        assumed = ASSUME(premise)
        parts = [CONJUNCT(assumed, k) for k in range(len(premise.args))] if premise.op is AND else [assumed]
        pieces = [CONJUNCT(part, k) if part.concl.op is AND else part for part in parts for k in range(2)]
        facts = path.facts.extended(*pieces)
        simplifier = self.context(facts, [Area("the rest", ADDRESS, 1)])
        simplifier.memory.inherit(path.simplifier.memory)
        return DISCH(premise, prove_claim(simplifier, same))

    def _close(self, th: Thm) -> Proved:
        """Gather the preconditions into one."""
        th = ELIMINATE(DISCHARGE(th, self.facts), self.contract.quotients)
        assumed = ASSUME(self._assumption)
        for k, p in enumerate(self.requires.values()):
            th = MP(DISCH(p, th), CONJUNCT(assumed, k))
        th = DISCH(self._assumption, th)
        if th.hyps:
            raise ArmsymError(f"open: {', '.join(map(str, th.hyps))}")
        self.journal.proved("all of it", th)
        labels = (*self.promises(self.start), CONSTANT_TIME)
        return Proved(th, tuple(self.requires), labels, len(self.flow.words), self._steps)


def _held(name: str, component: Callable[[int], Term]) -> Term:
    """What a register holds, given what the components of a state are; dN is the low half of vN."""
    return component(INDEX[f"v{name[1:]}"])[63:0] if name[0] == "d" else component(INDEX[name])


def _demand_own_names(contract: Contract) -> None:
    """Raise BadInput where an argument has the name of a variable that the theorem, or its proof, uses for something else."""
    arguments = set().union(*map(free_vars, contract.arguments.values()))
    for x in (ADDRESS, I, WHICH, BASE, SP, LR, D, N):
        if x in arguments:
            raise BadInput(f"{contract.name}: no argument can be called '{x}', a name with a meaning in every theorem")
    stated = [*contract.arguments.values(), *contract.requires.values(), *contract.results.values()]
    stated += [t for r in contract.regions for t in (r.base, r.extent)] + [*contract.ensures(MEMORY).values()]
    for x in contract.quotients:
        if any(x in free_vars(t) for t in (*stated, *contract.public)):
            raise BadInput(f"{contract.name}: '{x}', a quotient to count by, can't be part of what is stated")
        secret = free_vars(contract.quotients[x][0]) - {*contract.public, *contract.quotients}
        if secret:  # its value goes into the trace
            raise BadInput(f"{contract.name}: '{x}' is a quotient of what is not public: {', '.join(map(str, secret))}")
