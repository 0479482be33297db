# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What Valgrind's VEX says that a word does, as terms over the same state as the semantics in isa/.

VEX comes from the Python package pyvex. It is asked where P-code has no opinion, so it is needed for vectors above all: an
instruction that sets flags, has ways to part, or calls a helper in C has no opinion here.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as package_version
from typing import Any

from conformance.pcode import FLAGS, GENERAL, Changes, NoOpinion, RegisterBytes
from conformance.vex_operations import operation
from isa.state import COMPONENTS, NAMES, VARIABLES
from kernel.ops import eq, ite, number, read, write, zext
from kernel.sorts import BV
from kernel.term import Term, Var
from symsim.errors import NotAvailable

OWN = "vex."
"""How the variables of registers begin that only VEX has."""
REGISTERS = {**{name: name for name in GENERAL}, "sp": "xsp", "tpidr": "tpidr_el0"} | {
    f"v{i}": f"q{i}" for i in range(32)
}
SYSTEM = 0b11_0101_0100
"""The upper ten bits of MRS, MSR, SYS, hints and barriers: what VEX does not know of them, pyvex takes for instructions that do nothing."""
SETS_FLAGS = ("cc_op", "cc_dep1", "cc_dep2", "cc_ndep")
_IDLE = ("Ist_IMark", "Ist_AbiHint", "Ist_NoOp")


@cache
def version() -> str:
    """The version of pyvex. Raises NotAvailable where it is not installed."""
    try:
        return f"pyvex {package_version('pyvex')}"
    except PackageNotFoundError:
        raise NotAvailable("the Python package pyvex is not installed: pip install 'armsym[opinion]'") from None


def is_there() -> bool:
    """Whether pyvex is installed."""
    try:
        version()
    except NotAvailable:
        return False
    return True


@cache
def _architecture() -> Any:
    version()
    return import_module("archinfo").ArchAArch64()


def _place(name: str) -> tuple[int, int]:
    """Offset and size of a register of VEX's."""
    offset, size = _architecture().registers[name]
    return offset, size


def changes(word: int, address: int) -> Changes:
    """The components after the word at the address that VEX has, as terms over the variables of isa.state.

    Raises NoOpinion, and NotAvailable where pyvex is not installed.
    """
    if word >> 22 == SYSTEM:
        raise NoOpinion("pyvex passes over system instructions")
    block = import_module("pyvex").lift(word.to_bytes(4, "little"), address, _architecture(), max_inst=1)
    if block.jumpkind == "Ijk_NoDecode":
        raise NoOpinion("it does not know the word")
    return _Run(block).outcome()


class _Run:
    """One instruction's statements, executed on the variables."""

    def __init__(self, block: Any) -> None:
        self.block = block
        self.temporaries: dict[int, Term] = {}
        self.registers = RegisterBytes()
        self.memory = VARIABLES[NAMES.index("mem")]
        for name, own in REGISTERS.items():
            self.registers.write(_place(own)[0], VARIABLES[NAMES.index(name)])

    def outcome(self) -> Changes:
        for statement in self.block.statements:
            self.execute(statement)
        found = {name: VARIABLES[NAMES.index(name)] for name in FLAGS}
        found = {name: zext(flag, 8) for name, flag in found.items()}
        found |= {"pc": self.value(self.block.next), "mem": self.memory}
        for name, own in REGISTERS.items():
            found[name] = self.registers.read(_place(own)[0], COMPONENTS[name].width // 8)
        return found

    def execute(self, statement: Any) -> None:
        tag = statement.tag
        if tag == "Ist_WrTmp":
            self.temporaries[statement.tmp] = self.value(statement.data)
        elif tag == "Ist_Put":
            if any(statement.offset == _place(name)[0] for name in SETS_FLAGS):
                raise NoOpinion("it sets flags")
            self.registers.write(statement.offset, self.value(statement.data))
        elif tag == "Ist_Store":
            self.memory = write(self.memory, self.value(statement.addr), self.value(statement.data))
        elif tag not in _IDLE:
            raise NoOpinion(f"it is a statement {tag[4:]}")

    def value(self, expression: Any) -> Term:
        tag = expression.tag
        if tag == "Iex_RdTmp":
            return self.temporaries[expression.tmp]
        if tag == "Iex_Const":
            return _constant(expression.con)
        if tag == "Iex_Get":
            return self.register(expression.offset, _size(expression.ty))
        if tag == "Iex_Load":
            return read(self.memory, self.value(expression.addr), _size(expression.ty))
        if tag == "Iex_ITE":
            condition = eq(self.value(expression.cond), 1)
            return ite(condition, self.value(expression.iftrue), self.value(expression.iffalse))
        if tag in ("Iex_Unop", "Iex_Binop", "Iex_Triop", "Iex_Qop"):
            name = expression.op.removeprefix("Iop_")
            function = operation(name)
            if function is None:
                raise NoOpinion(f"it uses {name}")
            return function(*map(self.value, expression.args))
        raise NoOpinion(f"it is an expression {tag[4:]}")

    def register(self, offset: int, size: int) -> Term:
        if offset not in self.registers:
            self.registers.write(offset, Var(f"{OWN}{offset}", BV(8 * size)))
        return self.registers.read(offset, size)


def _size(kind: str) -> int:
    """Of a type, in bytes."""
    bits = int(import_module("pyvex").const.get_type_size(kind))
    if bits % 8:
        raise NoOpinion("it has a register of one bit")
    return bits // 8


def _constant(constant: Any) -> Term:
    if not isinstance(constant.value, int):
        raise NoOpinion("it is floating point")
    if constant.tag == "Ico_V128":  # a bit for each byte
        return number(sum(0xFF << 8 * i for i in range(16) if constant.value >> i & 1), 128)
    return number(constant.value, constant.size)
