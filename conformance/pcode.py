# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What Ghidra's P-code says that a word does, as terms over the same state as the semantics in isa/.

P-code comes from the Python package pypcode, which is Ghidra's lifter; nothing of it is shared with this project. An
instruction that P-code describes by an operation without a meaning, by floating point, or by a loop has no opinion.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as package_version
from typing import Any

from isa.state import COMPONENTS, NAMES, VARIABLES
from kernel.ops import ashr, concat, eq, ite, mask, number, read, sext, sle, slt, udiv, ule, ult, urem, write, zext
from kernel.sorts import BOOL, BV
from kernel.term import Term, Var
from symsim.errors import NotAvailable

LANGUAGE = "AARCH64:LE:64:v8A"
PATHS = 64
"""Ways through one instruction's P-code that are followed."""
FLAGS = {"n": "NG", "z": "ZR", "c": "CY", "v": "OV"}
GENERAL = [f"x{i}" for i in range(31)]
VECTORS = {f"v{i}": f"q{i}" for i in range(32)}
OWN_NAMES = {"sp": "sp", "fpcr": "fpcr", "fpsr": "fpsr", "tpidr": "tpidr_el0"}
COMPARED = (*GENERAL, "sp", "pc", *FLAGS, *VECTORS, "tpidr", "fpcr", "mem")
"""The components that P-code has an opinion on. It has none on FPSR: no operation of it saturates into QC."""
OWN = "pcode."
"""How the variables of registers begin that only P-code has."""
WITHOUT_EFFECT = frozenset(
    {
        "DataMemoryBarrier",
        "DataSynchronizationBarrier",
        "InstructionSynchronizationBarrier",
        "LOAcquire",
        "LORelease",
        "SendEvent",
        "SendEventLocally",
        "SpeculationBarrier",
        "WaitForEvent",
        "WaitForInterrupt",
        "Yield",
    }
)
"""Operations of P-code that change nothing that the state has."""


class NoOpinion(Exception):
    """P-code does not say what the word does; the message says why."""


@cache
def version() -> str:
    """The version of pypcode. Raises NotAvailable where it is not installed."""
    try:
        return f"pypcode {package_version('pypcode')}"
    except PackageNotFoundError:
        raise NotAvailable("the Python package pypcode is not installed: pip install 'armsym[opinion]'") from None


@cache
def _context() -> Any:
    version()
    return import_module("pypcode").Context(LANGUAGE)


@dataclass
class RegisterBytes:
    """A space of variables: bytes, each the k-th of a term, so that a variable is read as it was written."""

    content: dict[int, tuple[Term, int]] = field(default_factory=dict)

    def write(self, offset: int, value: Term) -> None:
        for k in range(value.width // 8):
            self.content[offset + k] = (value, k)

    def __contains__(self, offset: int) -> bool:
        return offset in self.content

    def read(self, offset: int, size: int) -> Term:
        try:
            entries = [self.content[offset + k] for k in range(size)]
        except KeyError:
            raise NoOpinion("it reads a variable that has no value") from None
        runs: list[tuple[Term, int, int]] = []
        for value, k in entries:
            if runs and runs[-1][0] is value and runs[-1][2] == k - 1:
                runs[-1] = (value, runs[-1][1], k)
            else:
                runs.append((value, k, k))
        parts = [v if (a, b) == (0, v.width // 8 - 1) else v[8 * b + 7 : 8 * a] for v, a, b in runs]
        return concat(*reversed(parts))


@dataclass
class _State:
    """The variables and the memory on the way through an instruction."""

    spaces: dict[str, RegisterBytes]
    memory: Term

    def copy(self) -> _State:
        return _State({name: RegisterBytes(dict(space.content)) for name, space in self.spaces.items()}, self.memory)

    def get(self, node: Any) -> Term:
        if node.space.name == "const":
            return number(node.offset & mask(8 * node.size), 8 * node.size)
        if node.space.name == "ram":
            return read(self.memory, number(node.offset, 64), node.size)
        space = self.spaces[node.space.name]
        if node.space.name == "register" and node.offset not in space:
            name = node.getRegisterName() or hex(node.offset)
            space.write(node.offset, Var(OWN + name, BV(8 * node.size)))
        return space.read(node.offset, node.size)

    def set(self, node: Any, value: Term) -> None:
        if value.width != 8 * node.size:
            raise NoOpinion(f"{value.width} bits are put into {8 * node.size}")
        if node.space.name == "ram":
            self.memory = write(self.memory, number(node.offset, 64), value)
        else:
            self.spaces[node.space.name].write(node.offset, value)


Changes = dict[str, Term]


def changes(word: int, address: int) -> Changes:
    """The components of COMPARED after the word at the address, as terms over the variables of isa.state.

    Raises NoOpinion, and NotAvailable where pypcode is not installed.
    """
    context, package = _context(), import_module("pypcode")
    try:
        translation = context.translate(word.to_bytes(4, "little"), address, max_instructions=1)
    except (package.BadDataError, package.UnimplError) as error:
        raise NoOpinion(f"it does not know the word: {type(error).__name__}") from None
    return _Run(translation.ops, address).outcome()


class _Run:
    """One instruction's P-code, executed on the variables along every way through it."""

    def __init__(self, operations: Sequence[Any], address: int) -> None:
        self.operations = operations
        self.next = address + 4
        self.paths = 0

    def outcome(self) -> Changes:
        registers = RegisterBytes()
        zero = _context().registers["xzr"]
        registers.write(zero.offset, number(0, 8 * zero.size))
        for variable, name in zip(VARIABLES, NAMES, strict=True):
            if place := _place(name):
                registers.write(place.offset, zext(variable, 8) if name in FLAGS else variable)
        memory = VARIABLES[NAMES.index("mem")]
        return self.run(0, _State({"register": registers, "unique": RegisterBytes()}, memory))

    def run(self, index: int, state: _State) -> Changes:
        """The components at the end, from an operation on."""
        while index < len(self.operations):
            op = self.operations[index]
            name = op.opcode.name
            if name == "CBRANCH":
                condition = _truth(state.get(op.inputs[1]))
                taken = self.jump(index, op.inputs[0], state.copy())
                return _either(condition, taken, self.run(index + 1, state))
            if name in ("BRANCH", "CALL"):
                return self.jump(index, op.inputs[0], state)
            if name in ("BRANCHIND", "CALLIND", "RETURN"):
                return self.leave(state, state.get(op.inputs[0]))
            if name == "STORE":
                _in_memory(op)
                state.memory = write(state.memory, state.get(op.inputs[1]), state.get(op.inputs[2]))
            elif name != "IMARK":
                result = self.value(op, name, state)
                if result is not None:
                    state.set(op.output, result)
            index += 1
        return self.leave(state, number(self.next, 64))

    def jump(self, index: int, target: Any, state: _State) -> Changes:
        if target.space.name != "const":
            return self.leave(state, number(target.offset, 64))
        distance = _signed(target)
        if distance <= 0:
            raise NoOpinion("it loops")
        return self.run(index + distance, state)

    def leave(self, state: _State, pc: Term) -> Changes:
        self.paths += 1
        if self.paths > PATHS:
            raise NoOpinion("it has too many ways through")
        found: Changes = {"pc": pc, "mem": state.memory}
        registers = state.spaces["register"]
        for name in COMPARED:
            if name not in found and (place := _place(name)):
                found[name] = registers.read(place.offset, 1 if name in FLAGS else COMPONENTS[name].width // 8)
        return found

    def value(self, op: Any, name: str, state: _State) -> Term | None:
        """The result of an operation; None for one without a result that has no effect."""
        if name == "CALLOTHER":
            operation = op.inputs[0].getUserDefinedOpName()
            if op.output is None and operation in WITHOUT_EFFECT:
                return None
            raise NoOpinion(f"it is the operation {operation}")
        if name == "LOAD":
            _in_memory(op)
            return read(state.memory, state.get(op.inputs[1]), op.output.size)
        operation = OPERATIONS.get(name)
        if operation is None:
            raise NoOpinion("it is floating point" if name.startswith("FLOAT") else f"it uses {name}")
        return operation(8 * op.output.size, *[state.get(node) for node in op.inputs])


def _in_memory(op: Any) -> None:
    if op.inputs[0].getSpaceFromConst().name != "ram":
        raise NoOpinion("it chooses a register by a computed number")


def _signed(node: Any) -> int:
    sign = 1 << 8 * node.size - 1
    return int((node.offset & mask(8 * node.size) ^ sign) - sign)


@cache
def _place(name: str) -> Any:
    """Where P-code keeps a component; None for one that it does not have."""
    own = FLAGS.get(name) or VECTORS.get(name) or OWN_NAMES.get(name) or (name if name in GENERAL else None)
    return _context().registers[own] if own else None


def _either(condition: Term, one: Changes, other: Changes) -> Changes:
    return {n: a if a is other[n] else ite(condition, a, other[n]) for n, a in one.items()}


# Operations: from the width of the result in bits and the inputs. A truth value is a byte, 0 or 1.

Operation = Callable[..., Term]


def _truth(byte: Term) -> Term:
    return eq(byte[0], 1) if byte.width > 1 else eq(byte, 1)


def _byte(condition: Term, width: int = 8) -> Term:
    if condition.sort is not BOOL:
        raise NoOpinion("it takes a number for a truth value")
    return ite(condition, number(1, width), number(0, width))


def _shift(kind: str) -> Operation:
    def operation(width: int, a: Term, amount: Term) -> Term:
        wide = max(width, amount.width)
        value = (sext if kind == "SRIGHT" else zext)(a, wide)
        by = zext(amount, wide)
        shifted = value << by if kind == "LEFT" else value >> by if kind == "RIGHT" else ashr(value, by)
        return shifted if wide == width else shifted[width - 1 : 0]

    return operation


def _overflows(a: Term, b: Term, result: Term) -> Term:
    """Whether the sum of signed a and b, which is `result` at their width, does not fit."""
    top = a.width - 1
    return eq((~(a ^ b) & (a ^ result))[top], 1)


def _negative(a: Term) -> Term:
    return slt(a, 0)


def _absolute(a: Term) -> Term:
    return ite(_negative(a), -a, a)


def _signed_quotient(width: int, a: Term, b: Term) -> Term:
    quotient = udiv(_absolute(a), _absolute(b))
    return ite(eq(_negative(a), _negative(b)), quotient, -quotient)


def _signed_remainder(width: int, a: Term, b: Term) -> Term:
    remainder = urem(_absolute(a), _absolute(b))
    return ite(_negative(a), -remainder, remainder)


def _subpiece(width: int, a: Term, low: Term) -> Term:
    at = 8 * int(low.params[0])
    high = min(at + width, a.width)
    part = a if (at, high) == (0, a.width) else a[high - 1 : at]
    return zext(part, width)


def _population(width: int, a: Term) -> Term:
    total = number(0, width)
    for i in range(a.width):
        total = total + zext(a[i], width)
    return total


def _leading_zeros(width: int, a: Term) -> Term:
    count = number(a.width, width)
    for i in range(a.width):
        count = ite(eq(a[i], 1), number(a.width - 1 - i, width), count)
    return count


OPERATIONS: dict[str, Operation] = {
    "COPY": lambda w, a: a,
    "INT_EQUAL": lambda w, a, b: _byte(eq(a, b)),
    "INT_NOTEQUAL": lambda w, a, b: ite(eq(a, b), number(0, 8), number(1, 8)),
    "INT_SLESS": lambda w, a, b: _byte(slt(a, b)),
    "INT_SLESSEQUAL": lambda w, a, b: _byte(sle(a, b)),
    "INT_LESS": lambda w, a, b: _byte(ult(a, b)),
    "INT_LESSEQUAL": lambda w, a, b: _byte(ule(a, b)),
    "INT_ZEXT": lambda w, a: zext(a, w),
    "INT_SEXT": lambda w, a: sext(a, w),
    "INT_ADD": lambda w, a, b: a + b,
    "INT_SUB": lambda w, a, b: a - b,
    "INT_CARRY": lambda w, a, b: _byte(ult(a + b, a)),
    "INT_SCARRY": lambda w, a, b: _byte(_overflows(a, b, a + b)),
    "INT_SBORROW": lambda w, a, b: _byte(_overflows(a, ~b, a - b)),
    "INT_2COMP": lambda w, a: -a,
    "INT_NEGATE": lambda w, a: ~a,
    "INT_XOR": lambda w, a, b: a ^ b,
    "INT_AND": lambda w, a, b: a & b,
    "INT_OR": lambda w, a, b: a | b,
    "INT_LEFT": _shift("LEFT"),
    "INT_RIGHT": _shift("RIGHT"),
    "INT_SRIGHT": _shift("SRIGHT"),
    "INT_MULT": lambda w, a, b: a * b,
    "INT_DIV": lambda w, a, b: udiv(a, b),
    "INT_REM": lambda w, a, b: urem(a, b),
    "INT_SDIV": _signed_quotient,
    "INT_SREM": _signed_remainder,
    "BOOL_NEGATE": lambda w, a: a ^ 1,
    "BOOL_XOR": lambda w, a, b: a ^ b,
    "BOOL_AND": lambda w, a, b: a & b,
    "BOOL_OR": lambda w, a, b: a | b,
    "PIECE": lambda w, a, b: concat(a, b),
    "SUBPIECE": _subpiece,
    "POPCOUNT": _population,
    "LZCOUNT": _leading_zeros,
}
