# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Instruction semantics broken on purpose: one place of one function changed, everything else as it is.

Changed are the functions of instruction classes, what they share (Arm's functions in isa/asl*.py), and the machine's views.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from functools import cache
from types import CodeType, FunctionType
from typing import NamedTuple

import isa.asl
import kernel.ops
from isa.dsl import REGISTRY, InstructionClass

OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.Gt: ast.LtE,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
NAMES = {
    "zext": "sext",
    "sext": "zext",
    "LSL": "LSR",
    "LSR": "LSL",
    "ASR": "LSR",
    "conj": "disj",
    "disj": "conj",
    "ult": "ule",
    "ule": "ult",
    "slt": "sle",
    "sle": "slt",
}
KINDS = dict.fromkeys(("zext", "sext"), "missing or wrong extension") | dict.fromkeys(
    ("LSL", "LSR", "ASR"), "wrong shift"
)
VIEWS = {"X": "XSP", "XSP": "X"}
SWAPPED = {"ite": (1, 2), "ult": (0, 1), "slt": (0, 1), "ule": (0, 1), "sle": (0, 1), "concat": (0, 1)}
REFUSALS = {"unpredictable_if", "unsupported_if"}
"""What is refused is compared with nobody, so nothing in there can be found wrong."""
STRAY_WRITE = ast.parse('m.set("n", ~m.get("n"))').body
"""What is put into a function that does nothing."""
SHARED = ("asl", "asl_crypto", "asl_memory", "asl_multiply", "asl_shift", "asl_vector")
EXCLUSIVE = "isa.base.exclusive"
MACHINE = "isa.machine"
"""Every class may use it; the others are used by the classes whose functions get there by names."""

QUESTIONS = {"ask", "draw"}
"""What the system answers is compared with nobody either, nor is what a function makes of it."""


class Mutant(NamedTuple):
    """The `index`-th possible change of a module: the function it is in, the line of its source, what changes, and its kind."""

    module: str
    index: int
    function: str
    line: str
    change: str
    kind: str

    def __str__(self) -> str:
        return f"{self.module}.{self.function}: {self.line}: {self.change}"


class Mutator(ast.NodeTransformer):
    """Walks a module, numbers the changes that are possible, and makes the one that is wanted."""

    def __init__(self, module: str, wanted: int | None = None) -> None:
        self.module, self.wanted = module, wanted
        self.source = inspect.getsource(importlib.import_module(module)).splitlines()
        self.found: list[Mutant] = []
        self.function = ""

    def offer(self, old: ast.AST, new: ast.AST, kind: str) -> ast.AST:
        text = f"{ast.unparse(old)}  →  {ast.unparse(new)}"
        line = self.source[getattr(old, "lineno", 1) - 1].strip()
        self.found.append(Mutant(self.module, len(self.found), self.function, line, text, kind))
        return ast.copy_location(new, old) if self.wanted == len(self.found) - 1 else old

    def visit_Module(self, node: ast.Module) -> ast.AST:
        """Only functions; of classes, which only the machine has, those that read and assign a view."""
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef):
                self.change_function(statement, statement.name)
            elif isinstance(statement, ast.ClassDef) and self.module == MACHINE:
                for method in statement.body:
                    if isinstance(method, ast.FunctionDef) and method.name in ("__getitem__", "__setitem__"):
                        self.change_function(method, f"{statement.name}.{method.name}")
        return node

    def change_function(self, node: ast.FunctionDef, name: str) -> None:
        if node.returns is not None and "str" in ast.unparse(node.returns):  # a spelling, not semantics
            return
        if any(isinstance(n, ast.Attribute) and n.attr in QUESTIONS for n in ast.walk(node)):
            return
        self.function = name
        body = node.body[1:] if ast.get_docstring(node) else node.body
        if not body:
            node.body = [self.offer(node.body[0], STRAY_WRITE[0], "stray write")]
        else:
            node.body = [*node.body[: len(node.body) - len(body)], *map(self.visit, body)]

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        changed: ast.AST = node
        if type(node.op) in OPERATORS:
            changed = self.offer(node, ast.BinOp(node.left, OPERATORS[type(node.op)](), node.right), "operator")
        if isinstance(node.op, ast.Sub) and changed is node:
            changed = self.offer(node, ast.BinOp(node.right, node.op, node.left), "swapped operands")
        return changed

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        return self.offer(node, node.operand, "dropped negation") if isinstance(node.op, ast.Invert | ast.Not) else node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        if len(node.ops) != 1 or type(node.ops[0]) not in COMPARISONS:
            return node
        return self.offer(
            node, ast.Compare(node.left, [COMPARISONS[type(node.ops[0])]()], node.comparators), "comparison"
        )

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return self.offer(node, ast.Constant(node.value + 1), "constant") if type(node.value) is int else node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return (
            self.offer(node, ast.Name(NAMES[node.id], node.ctx), KINDS.get(node.id, "comparison"))
            if node.id in NAMES
            else node
        )

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if node.attr in VIEWS and isinstance(node.value, ast.Name) and node.value.id == "m":
            return self.offer(node, ast.Attribute(node.value, VIEWS[node.attr], node.ctx), "SP for XZR, or XZR for SP")
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in REFUSALS:
            return node
        self.generic_visit(node)
        i, j = SWAPPED.get(name, (0, 0))
        if i != j and len(node.args) > j and not any(isinstance(a, ast.Starred) for a in node.args):
            args = list(node.args)
            args[i], args[j] = args[j], args[i]
            return self.offer(node, ast.Call(node.func, args, node.keywords), "swapped operands")
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        node.value = self.visit(node.value)
        target = node.targets[0]
        if isinstance(target, ast.Subscript):
            self.generic_visit(target)
            target = target.value
        dropped = isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "m"
        return self.offer(node, ast.Pass(), "dropped write") if dropped else node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        self.generic_visit(node)
        called = node.value.func if isinstance(node.value, ast.Call) else None
        if isinstance(called, ast.Name) and called.id not in REFUSALS:
            return self.offer(node, ast.Pass(), "dropped check or call")
        dropped = isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "m"
        return self.offer(node, ast.Pass(), "dropped write") if dropped else node


def _tree(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(importlib.import_module(module)))


@cache
def mutants(module: str) -> list[Mutant]:
    """All changes that are possible in the functions of the module."""
    mutator = Mutator(module)
    mutator.visit(_tree(module))
    return mutator.found


def modules() -> Iterator[str]:
    """The modules that define instruction classes with semantics."""
    isa.load_all()
    yield from sorted({c.module for c in REGISTRY if c.kind == "instruction"})


def shared_modules() -> list[str]:
    """The modules of what classes share."""
    return [MACHINE, *(f"isa.{name}" for name in SHARED)]


def affected(mutant: Mutant) -> list[InstructionClass]:
    """The classes whose cases may show the mutant: those that get to the function, and for exclusives those that run with them."""
    classes = [c for c in REGISTRY if c.kind == "instruction"]
    if mutant.module == MACHINE:
        return classes
    if mutant.module == EXCLUSIVE:
        return [c for c in classes if c.module == EXCLUSIVE]
    changed = _function(mutant.module, mutant.function)
    return [c for c in classes if isinstance(c.function, FunctionType) and changed in reached(c.function)]


@cache
def reached(function: FunctionType) -> frozenset[FunctionType]:
    """The function and those of isa/ that it gets to by global names, tables of functions among them."""
    found, todo = set(), [function]
    while todo:
        one = todo.pop()
        if one in found or not one.__module__.startswith("isa."):
            continue
        found.add(one)
        for name in _names(one.__code__):
            todo += _functions_of(one.__globals__.get(name))
    return frozenset(found)


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _functions_of(value: object) -> list[FunctionType]:
    if isinstance(value, FunctionType):
        return [value]
    if isinstance(value, dict):
        value = tuple(value.values())
    return [f for item in value for f in _functions_of(item)] if isinstance(value, tuple | list) else []


def _function(module: str, name: str) -> FunctionType:
    found: object = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    assert isinstance(found, FunctionType)
    return found


def apply(mutant: Mutant) -> None:
    """Change the function, for whoever has it in hand. For good: this is for a process of its own."""
    tree = ast.fix_missing_locations(Mutator(mutant.module, mutant.index).visit(_tree(mutant.module)))
    code = compile(tree, mutant.module, "exec")
    for part in mutant.function.split("."):
        code = next(c for c in code.co_consts if isinstance(c, CodeType) and c.co_name == part)
    function = _function(mutant.module, mutant.function)
    function.__code__ = code
    # A changed name is one that the module may not import.
    function.__globals__.update({**vars(kernel.ops), **vars(isa.asl), **function.__globals__})
