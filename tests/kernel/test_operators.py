# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The operators: the circuit of each computes what its evaluation says, and other solvers agree on what it means."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence

import pytest

from kernel.bitblast import Cnf
from kernel.gates import FALSE, TRUE, Gates
from kernel.ops import eq, proj, read, tuple_
from kernel.sorts import BOOL, BV, MEM, Sort
from kernel.term import OPS, Op, Term, TermError, Var, mk

Shape = tuple[tuple[int, ...], tuple[int, ...]]  # parameters, and the widths of the arguments; 0 is Bool

WIDTHS = (1, 2, 3, 4)
NARY = ("bvand", "bvor", "bvxor", "bvadd", "bvmul")
BINARY = (
    *("bvsub", "bvudiv", "bvurem", "bvshl", "bvlshr", "bvashr"),
    *("bvult", "bvule", "bvslt", "bvsle"),
)
SHAPES: dict[str, list[Shape]] = {
    "not": [((), (0,))],
    "and": [((), (0,) * n) for n in (1, 2, 3, 4)],
    "or": [((), (0,) * n) for n in (1, 2, 3, 4)],
    "xor": [((), (0, 0))],
    "=>": [((), (0, 0))],
    "=": [((), (w, w)) for w in (0, *WIDTHS)],
    "ite": [((), (0, w, w)) for w in (0, *WIDTHS)],
    **{name: [((), (w,)) for w in WIDTHS] for name in ("bvnot", "bvneg")},
    **{name: [((), (w,) * n) for w in WIDTHS for n in (2, 3) if w * n <= 9] for name in NARY},
    **{name: [((), (w, w)) for w in WIDTHS] for name in BINARY},
    "concat": [((), ws) for n in (2, 3) for ws in itertools.product(WIDTHS, repeat=n) if sum(ws) <= 8],
    "clmul": [((), ws) for ws in itertools.product(WIDTHS, repeat=2)],
    "extract": [((hi, lo), (w,)) for w in WIDTHS for hi in range(w) for lo in range(hi + 1)],
    "rotate_right": [((k,), (w,)) for w in WIDTHS for k in range(w)],
    **{name: [((k,), (w,)) for w in WIDTHS for k in range(4)] for name in ("zero_extend", "sign_extend")},
}


def sort_of(width: int) -> Sort:
    """Bool for 0, otherwise a bit vector."""
    return BV(width) if width else BOOL


def application(op: Op, shape: Shape) -> Term:
    """The operator on variables."""
    params, widths = shape
    return mk(op, params, tuple([Var(f"x{i}", sort_of(w)) for i, w in enumerate(widths)]))


def test_every_operator_is_tested() -> None:
    assert {*SHAPES, "bool", "bv"} == {name for name, op in OPS.items() if op.circuit}
    assert {op.name for op in OPS.values() if op.evaluate and not op.circuit} == {"read", "write", "tuple", "proj"}


def simulate(gates: Gates, inputs: dict[int, int], every: int) -> dict[int, int]:
    """The values of all literals for many values of the inputs at once, one bit of `every` for each.

    A gate's value is what its clauses force: each has to be forced to exactly one value by what was made before it.
    """
    of = {TRUE: every, FALSE: 0}
    for literal, values in inputs.items():
        of |= {literal: values, -literal: values ^ every}
    for variable, clauses in itertools.groupby(gates.clauses, key=lambda c: max(map(abs, c))):
        forced = {variable: 0, -variable: 0}
        for clause in clauses:
            (head,) = (literal for literal in clause if abs(literal) == variable)
            needed = every
            for literal in clause:
                if literal != head:
                    needed &= of[-literal]
            forced[head] |= needed
        assert forced[variable] ^ forced[-variable] == every, f"gate {variable} is not a function of those before it"
        of |= forced
    assert len(of) == 2 + 2 * gates.variables
    return of


def all_values(inputs: Sequence[int]) -> tuple[dict[int, int], int]:
    """The truth tables of the inputs."""
    rows = 1 << len(inputs)
    table = {}
    for i, literal in enumerate(inputs):
        block = ((1 << (1 << i)) - 1) << (1 << i)
        table[literal] = sum(block << k for k in range(0, rows, 2 << i))
    return table, (1 << rows) - 1


def compare(op: Op, shape: Shape, rows: Sequence[Sequence[int]] | None = None) -> None:
    """The circuit's values against the evaluation's, for these rows of arguments or for all."""
    assert op.circuit is not None
    assert op.evaluate is not None
    t = application(op, shape)
    gates = Gates()
    words = [gates.inputs(a.width) for a in t.args]
    bits = [bit for word in words for bit in word]
    out = op.circuit(t, words, gates)
    assert len(out) == t.width
    if rows is None:
        table, every = all_values(bits)
        rows = [
            [sum((table[bit] >> row & 1) << i for i, bit in enumerate(word)) for word in words]
            for row in range(1 << len(bits))
        ]
    else:
        every = (1 << len(rows)) - 1
        table = dict.fromkeys(bits, 0)
        for at, values in enumerate(rows):
            for word, value in zip(words, values, strict=True):
                for i, bit in enumerate(word):
                    table[bit] |= (value >> i & 1) << at
    of = simulate(gates, table, every)
    for at, values in enumerate(rows):
        got = sum((of[bit] >> at & 1) << i for i, bit in enumerate(out))
        assert got == op.evaluate(t, values), (op, shape, values)


@pytest.mark.parametrize("name", SHAPES)
def test_circuit_is_evaluation(name: str) -> None:
    """For all values of all arguments, at small widths."""
    for shape in SHAPES[name]:
        compare(OPS[name], shape)


REAL = (8, 32, 64)
REAL_SHAPES: dict[str, list[Shape]] = {
    **{name: shapes for name, shapes in SHAPES.items() if all(not any(ws) for _, ws in shapes)},
    "=": [((), (w, w)) for w in REAL],
    "ite": [((), (0, w, w)) for w in REAL],
    **{name: [((), (w,)) for w in REAL] for name in ("bvnot", "bvneg")},
    **{name: [((), (w,) * n) for w, n in ((8, 4), (32, 3), (64, 2))] for name in NARY},
    **{name: [((), (w, w)) for w in REAL] for name in BINARY},
    "concat": [((), (8, 32, 24)), ((), (64, 64)), ((), (1, 31))],
    "clmul": [((), (8, 8)), ((), (32, 8)), ((), (64, 64))],
    "extract": [((63, 32), (64,)), ((39, 8), (64,)), ((0, 0), (32,)), ((31, 31), (32,)), ((6, 1), (8,))],
    "rotate_right": [((k,), (w,)) for w, k in ((8, 3), (32, 1), (32, 31), (64, 0), (64, 33))],
    **{
        name: [((k,), (w,)) for w, k in ((8, 56), (32, 32), (64, 64), (64, 0))]
        for name in ("zero_extend", "sign_extend")
    },
}


def samples(widths: Sequence[int], count: int) -> list[list[int]]:
    """Values at the edges, small ones, as shifts need them, and random ones."""
    chosen = random.Random(repr(widths))
    rows = []
    for _ in range(count):
        row = []
        for width in (w or 1 for w in widths):
            edge = chosen.choice((0, 1, (1 << width) - 1, 1 << (width - 1), (1 << (width - 1)) - 1, width, width - 1))
            value = chosen.choice((edge, chosen.getrandbits(width), chosen.getrandbits(3), row[-1] if row else 0))
            row.append(value & ((1 << width) - 1))
        rows.append(row)
    return rows


def test_every_operator_is_tested_at_real_widths() -> None:
    assert set(REAL_SHAPES) == set(SHAPES)


@pytest.mark.parametrize("name", REAL_SHAPES)
def test_circuit_is_evaluation_at_real_widths(name: str) -> None:
    for shape in REAL_SHAPES[name]:
        compare(OPS[name], shape, samples(shape[1], 64))


@pytest.mark.parametrize("name", REAL_SHAPES)
def test_circuit_of_constants_folds(name: str) -> None:
    op = OPS[name]
    assert op.circuit is not None
    assert op.evaluate is not None
    for shape in REAL_SHAPES[name]:
        t = application(op, shape)
        for values in samples(shape[1], 5):
            words = [
                [TRUE if v >> i & 1 else FALSE for i in range(a.width)] for a, v in zip(t.args, values, strict=True)
            ]
            gates = Gates()
            out = op.circuit(t, words, gates)
            assert not gates.clauses
            assert sum((bit == TRUE) << i for i, bit in enumerate(out)) == op.evaluate(t, values)


# What the operators mean to others: SMT-LIB scripts whose every assertion says that a value is wrong


def literal(value: int, width: int) -> str:
    """A constant in SMT-LIB."""
    return f"(_ bv{value} {width})" if width else ("false", "true")[value]


def smt_application(op: Op, params: Sequence[int], arguments: Sequence[str], widths: Sequence[int]) -> str:
    """The operator in SMT-LIB's words, which take two arguments where ours take many, and know no carry-less product."""
    if op.name == "clmul":
        total = sum(widths)
        wide = f"((_ zero_extend {widths[1]}) {arguments[0]})"
        rows = [
            f"(ite (= ((_ extract {i} {i}) {arguments[1]}) #b1) (bvshl {wide} (_ bv{i} {total})) (_ bv0 {total}))"
            for i in range(widths[1])
        ]
        return f"(bvxor {rows[0]} {' '.join(rows[1:])})" if len(rows) > 1 else rows[0]
    head = f"(_ {op.smt} {' '.join(map(str, params))})" if params else op.smt
    out, *rest = arguments
    if op.name == "ite" or not rest:
        return f"({head} {' '.join(arguments)})" if op.name not in ("and", "or") else out
    for argument in rest:
        out = f"({head} {out} {argument})"
    return out


def script(op: Op, wrong: int = 0) -> str:
    """That some value of the operator is not what we evaluate; `wrong` is added to the last one."""
    assert op.evaluate is not None
    lines = ["(set-logic QF_BV)"]
    for params, widths in REAL_SHAPES[op.name]:
        t = application(op, (params, widths))
        width = 0 if t.sort is BOOL else t.width
        for values in samples(widths, 12):
            made = smt_application(op, params, [literal(*pair) for pair in zip(values, widths, strict=True)], widths)
            lines.append(f"(distinct {made} {literal(op.evaluate(t, values), width)})")
    if wrong:
        lines[-1] = lines[-1].replace("distinct", "=", 1)
    return f"{lines[0]}\n(assert (or {' '.join(lines[1:])}))\n(check-sat)\n"


def z3_says(text: str) -> str:
    """sat or unsat, by Z3."""
    z3 = pytest.importorskip("z3", reason="the solver is not installed")
    solver = z3.Solver()
    solver.from_string(text)
    return str(solver.check())


def bitwuzla_says(text: str) -> str:
    """sat or unsat, by Bitwuzla."""
    bitwuzla = pytest.importorskip("bitwuzla", reason="the solver is not installed")
    parser = bitwuzla.Parser(bitwuzla.TermManager(), bitwuzla.Options())
    parser.parse(text, True, False)
    return str(parser.bitwuzla().check_sat())


def cvc5_says(text: str) -> str:
    """sat or unsat, by cvc5."""
    cvc5 = pytest.importorskip("cvc5", reason="the solver is not installed")
    solver = cvc5.Solver()
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "script")
    answers = []
    while not (command := parser.nextCommand()).isNull():
        answers.append(command.invoke(solver, parser.getSymbolManager()).strip())
    return str(answers[-1])


SOLVERS: dict[str, Callable[[str], str]] = {"z3": z3_says, "bitwuzla": bitwuzla_says, "cvc5": cvc5_says}


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("name", REAL_SHAPES)
def test_solvers_agree(name: str, solver: str) -> None:
    says = SOLVERS[solver]
    assert says(script(OPS[name])) == "unsat"
    assert says(script(OPS[name], wrong=1)) == "sat"


# Gates


LITERALS = (TRUE, FALSE, 1, -1, 2, -2, 3, -3)


def _value(literal: int, inputs: tuple[int, ...]) -> int:
    if abs(literal) == TRUE:
        return int(literal == TRUE)
    return inputs[abs(literal) - 1] ^ (literal < 0)


@pytest.mark.parametrize(
    ("gate", "arity", "meaning"),
    [
        ("and_", 2, lambda a, b: a & b),
        ("or_", 2, lambda a, b: a | b),
        ("xor", 2, lambda a, b: a ^ b),
        ("mux", 3, lambda c, a, b: a if c else b),
        ("maj", 3, lambda a, b, c: int(a + b + c >= 2)),
    ],
)
def test_gates(gate: str, arity: int, meaning: Callable[..., int]) -> None:
    """Every gate on every choice of constants, inputs and their complements; asked for again, it is the same literal."""
    for arguments in itertools.product(LITERALS, repeat=arity):
        gates = Gates()
        table, every = all_values(gates.inputs(3))
        out = getattr(gates, gate)(*arguments)
        made = len(gates.clauses)
        assert getattr(gates, gate)(*arguments) == out
        assert len(gates.clauses) == made
        of = simulate(gates, table, every)
        for row in range(8):
            inputs = (row & 1, row >> 1 & 1, row >> 2)
            assert of[out] >> row & 1 == meaning(*[_value(a, inputs) for a in arguments]), (arguments, inputs)


# From goals to clauses


def test_what_has_no_circuit_is_an_atom() -> None:
    m, a, b = Var("m", MEM), Var("a", BV(64)), Var("b", BV(64))
    here, there = read(m, a, 1), read(m, b, 1)
    assert Cnf(eq(here, here)).trivial
    cnf = Cnf(eq(here, there))
    assert not cnf.trivial
    assert cnf.atoms == {here: list(range(1, 9)), there: list(range(9, 17))}
    assert list(Cnf(eq(m, m)).atoms) == [eq(m, m)]
    pair = Var("s", tuple_(a, b).sort)
    assert list(Cnf(eq(proj(pair, 0), proj(pair, 1))).atoms) == [proj(pair, 0), proj(pair, 1)]


def test_the_clauses_of_a_false_goal_are_satisfiable() -> None:
    x = Var("x", BV(1))
    cnf = Cnf(eq(x, ~x))
    assert not cnf.trivial
    assert cnf.clauses == []


def test_only_bools_are_goals() -> None:
    with pytest.raises(TermError, match="only Bool terms are bit-blasted"):
        Cnf(Var("x", BV(1)))


def test_dimacs() -> None:
    x, y = Var("p", BOOL), Var("q", BOOL)
    cnf = Cnf(~(x & y))
    assert cnf.dimacs() == "p cnf 3 4\n-3 1 0\n-3 2 0\n3 -1 -2 0\n3 0\n"
    assert len(cnf.digest()) == 64
    assert cnf.digest() != Cnf(~(y | x)).digest()
