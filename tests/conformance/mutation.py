# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Instruction semantics broken on purpose: one place of a file's functions changed, everything else as it is."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from typing import NamedTuple

import isa.asl
import isa.dsl
import kernel.ops
from isa.dsl import REGISTRY, InstructionClass, Registry

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
VIEWS = {"X": "XSP", "XSP": "X"}
SWAPPED = {"ite": (1, 2), "ult": (0, 1), "slt": (0, 1), "ule": (0, 1), "sle": (0, 1), "concat": (0, 1)}
REFUSALS = {"unpredictable_if", "unsupported_if"}
"""What is refused is compared with nobody, so nothing in there can be found wrong."""

QUESTIONS = {"ask", "draw"}
"""What the system answers is compared with nobody either, nor is what a function makes of it."""


class Mutant(NamedTuple):
    """The `index`-th possible change of a module's functions: a line of its source, and what changes in it."""

    module: str
    index: int
    line: str
    change: str

    def __str__(self) -> str:
        return f"{self.module}: {self.line}: {self.change}"


class Mutator(ast.NodeTransformer):
    """Walks a module, numbers the changes that are possible, and makes the one that is wanted."""

    def __init__(self, module: str, wanted: int | None = None) -> None:
        self.module, self.wanted = module, wanted
        self.source = inspect.getsource(importlib.import_module(module)).splitlines()
        self.found: list[Mutant] = []

    def offer(self, old: ast.AST, new: ast.AST) -> ast.AST:
        text = f"{ast.unparse(old)}  →  {ast.unparse(new)}"
        line = self.source[getattr(old, "lineno", 1) - 1].strip()
        self.found.append(Mutant(self.module, len(self.found), line, text))
        return ast.copy_location(new, old) if self.wanted == len(self.found) - 1 else old

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if node.returns is not None and "str" in ast.unparse(node.returns):  # a spelling, not semantics
            return node
        if any(isinstance(n, ast.Attribute) and n.attr in QUESTIONS for n in ast.walk(node)):
            return node
        body = node.body[1:] if ast.get_docstring(node) else node.body
        kept = node.body[: len(node.body) - len(body)]
        node.body = kept + [self.visit(statement) for statement in body]
        return node

    def visit_Module(self, node: ast.Module) -> ast.AST:
        node.body = [self.visit(s) if isinstance(s, ast.FunctionDef) else s for s in node.body]
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        changed: ast.AST = node
        if type(node.op) in OPERATORS:
            changed = self.offer(node, ast.BinOp(node.left, OPERATORS[type(node.op)](), node.right))
        if isinstance(node.op, ast.Sub) and changed is node:
            changed = self.offer(node, ast.BinOp(node.right, node.op, node.left))
        return changed

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        return self.offer(node, node.operand) if isinstance(node.op, ast.Invert | ast.Not) else node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        if len(node.ops) != 1 or type(node.ops[0]) not in COMPARISONS:
            return node
        return self.offer(node, ast.Compare(node.left, [COMPARISONS[type(node.ops[0])]()], node.comparators))

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return self.offer(node, ast.Constant(node.value + 1)) if type(node.value) is int else node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self.offer(node, ast.Name(NAMES[node.id], node.ctx)) if node.id in NAMES else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if node.attr in VIEWS and isinstance(node.value, ast.Name) and node.value.id == "m":
            return self.offer(node, ast.Attribute(node.value, VIEWS[node.attr], node.ctx))
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
            return self.offer(node, ast.Call(node.func, args, node.keywords))
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        node.value = self.visit(node.value)
        target = node.targets[0]
        if isinstance(target, ast.Subscript):
            self.generic_visit(target)
            target = target.value
        dropped = isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "m"
        return self.offer(node, ast.Pass()) if dropped else node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        self.generic_visit(node)
        called = node.value.func if isinstance(node.value, ast.Call) else None
        dropped = isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "m"
        return self.offer(node, ast.Pass()) if dropped else node


def _tree(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(importlib.import_module(module)))


def mutants(module: str) -> list[Mutant]:
    """All changes that are possible in the functions of the module."""
    mutator = Mutator(module)
    mutator.visit(_tree(module))
    return mutator.found


def classes_of(module: str) -> list[InstructionClass]:
    """The instruction classes that the module defines."""
    return [c for c in REGISTRY if c.kind == "instruction" and c.module == module]


def apply(mutant: Mutant) -> None:
    """Give the classes of the module their changed functions. For good: this is for a process of its own."""
    mutator = Mutator(mutant.module, mutant.index)
    tree = ast.fix_missing_locations(mutator.visit(_tree(mutant.module)))
    changed = Registry()
    for name in ("instruction", "unallocated", "unsupported"):
        setattr(isa.dsl, name, getattr(changed, name))
    # A changed name is one that the module may not import.
    scope: dict[str, object] = {**vars(kernel.ops), **vars(isa.asl), "__name__": mutant.module}
    exec(compile(tree, mutant.module, "exec"), scope)
    for instruction in classes_of(mutant.module):
        object.__setattr__(instruction, "function", changed[instruction.name].function)


def modules() -> Iterator[str]:
    """The modules that define instruction classes with semantics."""
    isa.load_all()
    yield from sorted({c.module for c in REGISTRY if c.kind == "instruction"})
