# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Terms: interned, typed, immutable. Two terms are equal exactly when they are the same object."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from kernel.sorts import BOOL, BV, Sort

if TYPE_CHECKING:
    from kernel.gates import Gates

Param = Any  # int, str, Sort or a tuple of sorts
_PARAMETERS = frozenset((int, str, Sort, tuple))


class TermError(TypeError):
    """A term that does not type, or a misuse of terms in Python."""


class Op:
    """An operator, declared once: its name, typing, evaluation and circuit.

    typing(params, argument sorts) gives the sort or raises TermError; evaluate(term, values) computes on ints (Bools
    as 0 and 1); circuit(term, bits, gates) builds the result's bits, least significant first. Operators without a
    circuit are opaque to bit-blasting.
    """

    __slots__ = ("circuit", "evaluate", "name", "smt", "typing")

    def __init__(
        self,
        name: str,
        typing: Callable[[tuple[Param, ...], tuple[Sort, ...]], Sort],
        evaluate: Callable[[Term, Sequence[Any]], Any] | None = None,
        circuit: Callable[[Term, Sequence[list[int]], Gates], list[int]] | None = None,
        smt: str = "",
    ) -> None:
        self.name, self.typing, self.evaluate, self.circuit = name, typing, evaluate, circuit
        self.smt = smt or name

    def __repr__(self) -> str:
        return self.name


class Term:
    """A term: an operator with parameters (ints, names) and arguments (terms).

    Python operators build bit-vector terms (ints are taken at the other side's width), x[hi:lo] extracts. bool()
    raises: a term is no Python truth value.
    """

    __slots__ = ("args", "id", "op", "params", "sort")

    op: Op
    params: tuple[Param, ...]
    args: tuple[Term, ...]
    sort: Sort
    id: int

    def __bool__(self) -> NoReturn:
        raise TermError("a term has no truth value in Python: use ite(condition, a, b), or 'is' to compare terms")

    @property
    def width(self) -> int:
        """The number of bits of a bit-vector or Bool term."""
        return self.sort.width

    def __add__(self, other: Term | int) -> Term:
        return mk(_op("bvadd"), (), (self, coerce(other, self.sort)))

    def __radd__(self, other: int) -> Term:
        return mk(_op("bvadd"), (), (coerce(other, self.sort), self))

    def __sub__(self, other: Term | int) -> Term:
        return mk(_op("bvsub"), (), (self, coerce(other, self.sort)))

    def __rsub__(self, other: int) -> Term:
        return mk(_op("bvsub"), (), (coerce(other, self.sort), self))

    def __mul__(self, other: Term | int) -> Term:
        return mk(_op("bvmul"), (), (self, coerce(other, self.sort)))

    def __and__(self, other: Term | int) -> Term:
        return mk(_op("and" if self.sort is BOOL else "bvand"), (), (self, coerce(other, self.sort)))

    def __or__(self, other: Term | int) -> Term:
        return mk(_op("or" if self.sort is BOOL else "bvor"), (), (self, coerce(other, self.sort)))

    def __xor__(self, other: Term | int) -> Term:
        return mk(_op("xor" if self.sort is BOOL else "bvxor"), (), (self, coerce(other, self.sort)))

    def __invert__(self) -> Term:
        return mk(_op("not" if self.sort is BOOL else "bvnot"), (), (self,))

    def __neg__(self) -> Term:
        return mk(_op("bvneg"), (), (self,))

    def __lshift__(self, other: Term | int) -> Term:
        return mk(_op("bvshl"), (), (self, coerce(other, self.sort)))

    def __rshift__(self, other: Term | int) -> Term:
        """Logical shift right."""
        return mk(_op("bvlshr"), (), (self, coerce(other, self.sort)))

    def __getitem__(self, bits: int | slice) -> Term:
        """x[hi:lo] or x[i], as the Arm manual writes it: bits hi down to lo, inclusive."""
        hi, lo = (bits.start, bits.stop) if isinstance(bits, slice) else (bits, bits)
        return mk(_op("extract"), (hi, lo), (self,))

    def __repr__(self) -> str:
        from kernel.printing import show  # noqa: PLC0415  (printing is not needed to reason)

        return show(self)


_TABLE: dict[tuple[Any, ...], Term] = {}
_BY_ID: list[Term] = []
OPS: dict[str, Op] = {}


def declare(op: Op) -> Op:
    """Register an operator under its name."""
    if op.name in OPS:
        raise TermError(f"operator {op.name} is declared twice")
    OPS[op.name] = op
    return op


def _op(name: str) -> Op:
    return OPS[name]


def mk(op: Op, params: tuple[Param, ...], args: tuple[Term, ...]) -> Term:
    """The term op(params; args); TermError if it does not type."""
    key = (op, params, args)
    term = _TABLE.get(key)
    if term is None:
        for p in params:
            if type(p) not in _PARAMETERS:  # 1, True and 1.0 are one key of the table
                raise TermError(f"{op} does not take the parameter {p!r}")
        sort = op.typing(params, tuple([a.sort for a in args]))
        term = Term()
        term.op, term.params, term.args, term.sort, term.id = op, params, args, sort, len(_BY_ID)
        _BY_ID.append(term)  # before the table knows the term: an id is never given twice, whatever interrupts
        _TABLE[key] = term
    return term


def by_id(number: int) -> Term:
    """The term of that id."""
    return _BY_ID[number]


def coerce(value: Term | int, sort: Sort) -> Term:
    """The value as a term of the sort: an int becomes a constant, modulo 2^width."""
    if isinstance(value, Term):
        if value.sort is not sort:
            raise TermError(f"expected {sort}, got {value.sort}")
        return value
    if sort is BOOL:
        return mk(_op("bool"), (value & 1,), ())
    return mk(_op("bv"), (value & ((1 << sort.width) - 1), sort.width), ())


def Var(name: str, sort: Sort) -> Term:
    """The free variable of that name and sort; the same name at another sort is another variable."""
    return mk(_op("var"), (name, sort), ())


def Const(value: int, width: int) -> Term:
    """A bit-vector constant, taken modulo 2^width."""
    return coerce(value, BV(width))


def postorder(roots: Iterable[Term], done: set[Term] | None = None) -> Iterator[Term]:
    """Every subterm once, arguments before the term, left to right; terms in `done` (updated) are passed over."""
    seen = set() if done is None else done
    stack = list(roots)
    stack.reverse()
    while stack:
        term = stack[-1]
        if term in seen:
            stack.pop()
            continue
        missing = [a for a in term.args if a not in seen]
        if missing:
            missing.reverse()
            stack.extend(missing)
        else:
            stack.pop()
            seen.add(term)
            yield term


_FREE: dict[Term, frozenset[Term]] = {}


def free_vars(term: Term) -> frozenset[Term]:
    """The variables of the term, memoized over the DAG."""
    known = _FREE.get(term)
    if known is not None:
        return known
    stack = [term]
    while stack:
        t = stack[-1]
        if t in _FREE:
            stack.pop()
            continue
        missing = [a for a in t.args if a not in _FREE]
        if missing:
            stack.extend(missing)
            continue
        stack.pop()
        if t.op.name == "var":
            _FREE[t] = frozenset((t,))
        else:
            sets = {_FREE[a] for a in t.args}
            _FREE[t] = sets.pop() if len(sets) == 1 else frozenset().union(*sets)
    return _FREE[term]


def substitute(term: Term, mapping: dict[Term, Term]) -> Term:
    """The term with variables replaced simultaneously; the sorts must agree (TermError)."""
    return substitute_all((term,), mapping)[0]


def substitute_all(terms: Sequence[Term], mapping: dict[Term, Term]) -> list[Term]:
    """Several terms under one substitution, sharing the work."""
    for x, t in mapping.items():
        if x.op.name != "var" or x.sort is not t.sort:
            raise TermError(f"can't put {t} of sort {t.sort} for {x} of sort {x.sort}")
    memo: dict[Term, Term] = dict(mapping)
    get = memo.get
    for root in terms:
        for t in _ordered(root):
            if t in memo:
                continue
            args = tuple([get(a, a) for a in t.args])
            memo[t] = t if args == t.args else mk(t.op, t.params, args)
    return [get(t, t) for t in terms]


_ORDER: dict[Term, tuple[Term, ...]] = {}


def _ordered(root: Term) -> tuple[Term, ...]:
    """The non-variable subterms that contain variables, in post-order; kept, as templates are instantiated often."""
    order = _ORDER.get(root)
    if order is None:
        free_vars(root)
        order = tuple([t for t in postorder((root,)) if t.args and _FREE.get(t) != frozenset()])
        if len(order) < 512:
            _ORDER[root] = order
    return order
