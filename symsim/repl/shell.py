# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The commands of the REPL: one method each, its docstring the help. A line that fails leaves the session as it was."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from pathlib import Path

from rich.console import Console
from rich.text import Text

from kernel.term import TermError
from kernel.thm import KernelError, Thm
from symsim import Session
from symsim.errors import ArmsymError, BadInput
from symsim.explain import one_line
from symsim.repl.countermodel import Countermodel
from symsim.repl.goals import Proof, TacticFailed

SHOWN = 12  # changed registers after a step
_SHORT = {
    "s": "step", "n": "next", "u": "until", "b": "back", "r": "run", "l": "list", "p": "show", "q": "quit", "?": "help",
    "regs": "registers", "sat?": "sat", "equal?": "equal", "exit": "quit",
}  # fmt: skip


class Quit(Exception):
    """The person is done."""


class Shell:
    """A session and a console to show it on."""

    def __init__(self, session: Session, console: Console) -> None:
        self.session, self.console = session, console

    def say(self, text: str, style: str = "") -> None:
        """Print a text as it is."""
        self.console.print(Text(text, style), soft_wrap=True)

    def execute(self, line: str) -> bool:
        """Do what a line says; whether it could be done. Errors are told, ^C keeps the states that were reached. Raises Quit."""
        name, _, rest = line.strip().partition(" ")
        if not name or name.startswith("#"):
            return True
        states = len(self.session.history)
        try:
            self.command(name)(rest.strip())
        except (ArmsymError, KernelError, TermError) as error:
            self.say(str(error), "red")
            return False
        except KeyboardInterrupt:
            moved = len(self.session.history) > states
            self.say(f"interrupted; {'the states so far stay' if moved else 'everything is as it was'}", "yellow")
            return False
        return True

    @classmethod
    def names(cls) -> list[str]:
        """The commands."""
        return [n.removeprefix("do_") for n in dir(cls) if n.startswith("do_")]

    def command(self, name: str) -> Callable[[str], None]:
        """What a command does. Raises BadInput, with near matches."""
        full = _SHORT.get(name, name)
        if full not in self.names():
            near = difflib.get_close_matches(name, [*self.names(), *_SHORT], 3, 0.5)
            raise BadInput(
                f"unknown command '{name}'; " + (f"is it {' or '.join(near)}?" if near else "help lists them")
            )
        found: Callable[[str], None] = getattr(self, f"do_{full}")
        return found

    # Going on

    def do_step(self, rest: str) -> None:
        """step [N]: execute one instruction, or N."""
        self._move(lambda: self.session.step(_count(rest)))

    def do_next(self, rest: str) -> None:
        """next: execute one instruction, a call as a whole."""
        self._move(self.session.next)

    def do_until(self, rest: str) -> None:
        """until ADDRESS|SYMBOL|loop|return: go on to there; `loop` is the next head of a loop."""
        target = _needed(rest, "until what? an address, a symbol, loop or return").lower()
        self._move(lambda: self.session.until(target if target in ("loop", "return") else rest))

    def do_run(self, rest: str) -> None:
        """run: go on to a breakpoint, or to the return."""
        self._move(self.session.run)

    def do_unroll(self, rest: str) -> None:
        """unroll [N]: at the head of a loop, go round it once, or N times; a branch that is not decided stops it."""
        self._move(lambda: self.session.unroll(_count(rest)))

    def do_over(self, rest: str) -> None:
        """over: at the head of a loop, into its last round by its invariant (with a contract)."""
        self._move(self.session.over)

    def do_back(self, rest: str) -> None:
        """back [N]: go back by one state, or N."""
        self.session.back(_count(rest))
        self.do_where("")

    def do_take(self, rest: str) -> None:
        """take [not]: where the next step depends on a condition, go on where it holds (or does not)."""
        if rest not in ("", "not"):
            raise BadInput("take, or take not")
        self._move(lambda: self.session.take(rest != "not"))

    def _move(self, move: Callable[[], object]) -> None:
        before = len(self.session.history)
        try:
            move()
        except BaseException:
            if len(self.session.history) > before:
                self._moved(len(self.session.history) - before)
            raise
        self._moved(len(self.session.history) - before)

    def _moved(self, count: int) -> None:
        session = self.session
        changes = [c for c in session.diff(count) if c.name != "mem"] if count else []
        for c in changes[:SHOWN]:
            self.say(f"  {c.name} = {one_line(c.after, session.names())}", "green")
        if (rest := len(changes) - SHOWN) > 0:
            self.say(f"  … and {rest} more register{'s' if rest > 1 else ''}: diff {count}")
        if count > 1:
            self.say(f"{count} states on")
        said = session.stopped() if count else None
        if said:
            self.say(f"stopped: {said}", "yellow")
        self.do_where("")

    def do_where(self, rest: str) -> None:
        """where: the next instruction."""
        self.say(f"→ {self.session.where()}", "bold")

    def do_break(self, rest: str) -> None:
        """break [ADDRESS|SYMBOL | writes REGISTER | reads secret]: stop there when running; without anything, list the breakpoints."""
        kind, _, register = rest.partition(" ")
        if rest and kind == "writes":
            self.session.break_on_write(register.strip())
        elif rest in ("secret", "reads secret"):
            self.session.break_on_secret()
        elif rest:
            self.session.break_at(rest)
        for k, b in enumerate(self.session.breakpoints, 1):
            self.say(f"{k}  {b.text}")

    def do_unbreak(self, rest: str) -> None:
        """unbreak N: remove a breakpoint."""
        self.session.unbreak(_count(rest))

    # Looking

    def do_list(self, rest: str) -> None:
        """list [N]: N lines of the program around the next instruction; * marks heads of loops, ! breakpoints."""
        for line in self.session.listing(_count(rest, 12)):
            name = self.session.program.name_of(line.address)
            self.say(f"{line.marks} {name:<32} {line.text}", "bold" if line.is_next else "")

    def do_registers(self, rest: str) -> None:
        """registers [NAME…]: what registers hold; those that still hold what they did at the start are left out."""
        for name, text in self.session.registers(rest.replace(",", " ").split() or None):
            self.say(f"{name:>8} = {text}")

    def do_show(self, rest: str) -> None:
        """show FORMULA: the formula in this state, simplified, deep parts folded as ?1, ?2 …, which can be shown in turn."""
        self.say(str(self.session.show(_needed(rest, "show which formula?"))))

    def do_memory(self, rest: str) -> None:
        """memory [N]: the last N stores, the latest first; mem[ADDRESS, BYTES] in a formula reads what is there."""
        for place, size, value in self.session.stores(_count(rest, 16)):
            self.say(f"  mem[{place}, {size}] = {value}")

    def do_value(self, rest: str) -> None:
        """value FORMULA [given NAME = NUMBER, …]: its value; memory that is not given is zero."""
        formula, _, given = rest.partition(" given ")
        values = {}
        for part in _parts(given) if given else ():
            name, equals, number = part.rpartition("=")
            try:
                values[name.strip()] = int(number, 0)
            except ValueError:
                equals = ""
            if not equals:
                raise BadInput(f"'{part}': write NAME = NUMBER")
        value = self.session.value(_needed(formula, "the value of what?"), values)
        self.say(f"{value:#x}")

    def do_size(self, rest: str) -> None:
        """size FORMULA: how many distinct subterms it has."""
        count = self.session.size(_needed(rest, "the size of what?"))
        self.say(f"{count:,} node{'s' if count > 1 else ''}")

    def do_inputs(self, rest: str) -> None:
        """inputs FORMULA: the variables that it depends on."""
        self.say(", ".join(self.session.inputs(_needed(rest, "the inputs of what?"))) or "none")

    def do_why(self, rest: str) -> None:
        """why REGISTER: the instructions that made what it holds."""
        for address, text in self.session.why(_needed(rest, "why which register?")):
            self.say(f"  {self.session.program.name_of(address):<32} {text}")

    def do_diff(self, rest: str) -> None:
        """diff [N]: what the last N states changed."""
        names = self.session.names()
        for c in self.session.diff(_count(rest)):
            self.say(f"  {c.name}: {one_line(c.before, names)}  →  {one_line(c.after, names)}")

    def do_path(self, rest: str) -> None:
        """path: the conditions that were taken or assumed."""
        for c in self.session.conditions or ():
            self.say(f"  {one_line(c, self.session.names())}")
        if not self.session.conditions:
            self.say("no conditions so far")

    def do_assumptions(self, rest: str) -> None:
        """assumptions: all that the theorem about this state rests on."""
        for sentence in self.session.assumed():
            self.say(f"  {sentence}")

    # Assuming and asking

    def do_assume(self, rest: str) -> None:
        """assume CONDITION: go on where it holds."""
        self._move(lambda: self.session.assume(_needed(rest, "assume what?")))

    def do_let(self, rest: str) -> None:
        """let NAME = FORMULA: a name for what the formula is in this state."""
        name, formula = _assignment(rest, "let")
        self.session.let(name, formula)

    def do_set(self, rest: str) -> None:
        """set REGISTER = FORMULA: go on with another value; what is proved is then about a run from here."""
        name, formula = _assignment(rest, "set")
        self._move(lambda: self.session.set(name, formula))

    def do_havoc(self, rest: str) -> None:
        """havoc REGISTER: forget what it holds."""
        self._move(lambda: self.session.havoc(_needed(rest, "havoc which register?")))

    def do_secret(self, rest: str) -> None:
        """secret FORMULA: mark its variables secret."""
        self.session.mark(_needed(rest, "which variables?"), True)

    def do_public(self, rest: str) -> None:
        """public FORMULA: mark its variables public."""
        self.session.mark(_needed(rest, "which variables?"), False)

    def do_sat(self, rest: str) -> None:
        """sat? CONDITION: values under which it holds here, if there are any."""
        found = self.session.sat(_needed(rest, "which condition?"))
        self.say("it never holds here" if found is None else f"it holds where {', '.join(found.listed())}")

    def do_equal(self, rest: str) -> None:
        """equal? FORMULA, FORMULA: whether they are equal here, or values that tell them apart."""
        parts = _parts(rest)
        if len(parts) != 2:
            raise BadInput("equal? takes two formulas with a comma between them")
        self._answer(self.session.equal(parts[0], parts[1]))

    def _answer(self, answer: Thm | Countermodel) -> None:
        if isinstance(answer, Countermodel):
            self.say(str(answer), "red")
        else:
            self.say("proved", "green")

    # Proving

    def do_goal(self, rest: str) -> None:
        """goal CLAIM: begin to prove a claim about this state; registers stand for what they hold."""
        self.say(str(self.session.goal(_needed(rest, "which claim?"))))

    def do_lemma(self, rest: str) -> None:
        """lemma NAME (a:64, b:32): CLAIM: begin to prove a claim about any values of the parameters."""
        head, colon, claim = rest.partition("):") if "(" in rest.partition(":")[0] else rest.partition(":")
        name, _, parameters = head.partition("(")
        if not colon or not name.strip().isidentifier():
            raise BadInput("lemma NAME (a:64, b:32): CLAIM")
        self.say(str(self.session.lemma(name.strip(), parameters.strip(), claim.strip())))

    def do_lemmas(self, rest: str) -> None:
        """lemmas: what was proved and has a name."""
        for name, th in self.session.lemmas.items():
            self.say(f"  {name}: {one_line(th.concl, self.session.names(), 40)}")

    def do_goals(self, rest: str) -> None:
        """goals: what is left to prove."""
        self.say(str(self._proof()))

    def _proof(self) -> Proof:
        if not self.session.goals:
            raise TacticFailed("no proof is under way: goal or lemma begins one")
        return self.session.goals[-1]

    def _tactic(self, apply: Callable[[Proof], Proof]) -> None:
        self.say(str(apply(self._proof())))

    def do_intro(self, rest: str) -> None:
        """intro: of p => q, make p a hypothesis."""
        self._tactic(Proof.intro)

    def do_split(self, rest: str) -> None:
        """split [CONDITION]: two goals, one where it holds and one where not; without it, one for each part of a conjunction."""
        self._tactic(lambda g: g.split(rest or None))

    def do_rewrite(self, rest: str) -> None:
        """rewrite LEMMA [backwards]: replace what matches one side of its equation by the other."""
        name, _, direction = _needed(rest, "rewrite by which lemma?").partition(" ")
        if direction not in ("", "backwards"):
            raise BadInput("rewrite LEMMA, or rewrite LEMMA backwards")
        self._tactic(lambda g: g.rewrite(name, True) if direction else g.rewrite(name))

    def do_unfold(self, rest: str) -> None:
        """unfold CONSTANT: open its definition."""
        self._tactic(lambda g: g.unfold(_needed(rest, "unfold which constant?")))

    def do_induct(self, rest: str) -> None:
        """induct VARIABLE: two goals, at 0, and at x + 1 from that at x."""
        self._tactic(lambda g: g.induct(_needed(rest, "induct over which variable?")))

    def do_generalize(self, rest: str) -> None:
        """generalize FORMULA as NAME: prove it for any value in its place."""
        formula, _, name = rest.rpartition(" as ")
        if not formula or not name.isidentifier():
            raise BadInput("generalize FORMULA as NAME")
        self._tactic(lambda g: g.generalize(formula, name))

    def do_use(self, rest: str) -> None:
        """use LEMMA: make it a hypothesis."""
        self._tactic(lambda g: g.use(_needed(rest, "use which lemma?")))

    def do_exact(self, rest: str) -> None:
        """exact LEMMA: close the goal by a lemma that says just this."""
        self._tactic(lambda g: g.exact(_needed(rest, "by which lemma?")))

    def do_simplify(self, rest: str) -> None:
        """simplify [FORMULA]: the goal's normal form; of a formula, show it."""
        if rest:
            self.do_show(rest)
        else:
            self._tactic(Proof.simplify)

    def do_blast(self, rest: str) -> None:
        """blast: close the goal by SAT, or show a counterexample."""
        self._tactic(Proof.blast)

    def do_undo(self, rest: str) -> None:
        """undo: take the last tactic back."""
        self._tactic(Proof.undo)

    def do_qed(self, rest: str) -> None:
        """qed [FILE]: the theorem, when no goal is left; with a file, its certificate is written there."""
        th = self.session.qed(self._proof(), rest or None)
        count = len(th.hyps)
        self.say(f"⊢ {one_line(th.concl, self.session.names(), 40)}", "green")
        if count:
            self.say(f"under {count} hypothes{'es' if count > 1 else 'is'} (assumptions lists them)")
        if rest:
            self.say(f"certificate: {rest}")

    def do_abandon(self, rest: str) -> None:
        """abandon: give up the proof under way."""
        self.session.abandon(self._proof())

    def do_prove(self, rest: str) -> None:
        """prove [FILE]: the whole theorem of the contract, automatically; with a file, its certificate is written there."""
        self.session.prove(rest or None)
        self.say("proved", "green")

    def do_script(self, rest: str) -> None:
        """script [FILE]: what was done, as a Python script that does it again."""
        if not rest:
            self.say(self.session.script().rstrip())
            return
        try:
            Path(rest).write_text(self.session.script(), encoding="utf-8")
        except OSError as error:
            raise BadInput(f"{rest}: {error.strerror}") from None

    def do_help(self, rest: str) -> None:
        """help [COMMAND]: this list, or what a command does."""
        if rest:
            self.say(self.command(rest).__doc__ or "")
            return
        for name in self.names():
            usage = (getattr(self, f"do_{name}").__doc__ or "").splitlines()[0]
            self.say(f"  {usage}")
        self.say(
            "In formulas x3 is what the register holds now, x3@0 what it held at the start; mem[x0 + 8, 4] reads 4 bytes."
        )

    def do_quit(self, rest: str) -> None:
        """quit: leave; what is under way is lost, unless script wrote it down."""
        raise Quit


def _count(text: str, default: int = 1) -> int:
    if not text:
        return default
    if not text.isdigit() or not 0 < int(text) <= 1_000_000:
        raise BadInput(f"'{text}' is no count")
    return int(text)


def _needed(text: str, question: str) -> str:
    if not text:
        raise BadInput(question)
    return text


def _assignment(text: str, command: str) -> tuple[str, str]:
    name, equals, formula = text.partition("=")
    if not equals or not formula.strip():
        raise BadInput(f"{command} NAME = FORMULA")
    return name.strip(), formula.strip()


def _parts(text: str) -> list[str]:
    """The parts between commas that are in no brackets."""
    parts, depth = [""], 0
    for c in text:
        depth += (c in "([") - (c in ")]")
        if c == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += c
    return [p.strip() for p in parts]


def completions(shell: Shell, line: str) -> Iterable[str]:
    """What the last word of a line may go on as."""
    words = line.split(" ")
    if len(words) == 1:
        return [n for n in [*shell.names(), "sat?", "equal?"] if n.startswith(words[0])]
    if words[0] in ("rewrite", "use", "exact"):
        known: Iterable[str] = shell.session.lemmas
    elif words[0] in ("until", "u", "break", "help"):
        known = ["loop", "return", "writes", "reads", "secret", *shell.names()] if words[0] != "help" else shell.names()
    else:
        known = shell.session.known()
    last = words[-1].split("(")[-1].split("[")[-1]
    return [n for n in known if n.startswith(last)] if last else []
