# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What keeps the trusted part small and apart: who imports whom, no assertions, a budget of lines."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OWN = ("kernel", "isa", "crypto_specs", "symsim", "conformance")
ARROWS = {
    "kernel": {"kernel"},
    "isa": {"isa", "kernel"},
    "crypto_specs": {"crypto_specs", "kernel"},
    "symsim": {"symsim", "isa", "kernel"},
    "symsim.proofs": {"symsim.proofs", "symsim", "isa", "kernel", "crypto_specs"},
    "symsim.commands": {"symsim.commands", "symsim", "isa", "kernel", "conformance"},
    "conformance": {"conformance", "isa", "kernel", "symsim.errors", "symsim.from_state"},
}
"""From a package to what it may import. The errors are those of the one command that all packages serve, and its subcommands reach all
that they run; cases and counterexamples become programs in one way, which knows neither."""
TRUSTED = ("kernel", "isa", "crypto_specs")
BUDGET = 2000


def files(package: str) -> list[Path]:
    """The package's modules."""
    return sorted((ROOT / package).rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def module_of(path: Path) -> str:
    """The dotted name of a file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """The modules that a file imports anywhere, under a condition or in a function too; of a name that is computed, its beginning."""
    package = module_of(path).split(".")[: None if path.name == "__init__.py" else -1]
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) + 1 - node.level] if node.level else []
            origin = ".".join([*start, *([node.module] if node.module else [])])
            for alias in node.names:
                inner = f"{origin}.{alias.name}"
                yield node.lineno, inner if is_module(inner) else origin
        elif isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("import_module", "__import__"):
                for argument in node.args[:1]:
                    parts = argument.values if isinstance(argument, ast.JoinedStr) else [argument]
                    if isinstance(parts[0], ast.Constant):
                        yield node.lineno, str(parts[0].value).rstrip(".")


@cache
def is_module(name: str) -> bool:
    """Whether one of our modules has this name."""
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def group(module: str) -> str:
    """The row of ARROWS that a module belongs to."""
    return max((g for g in ARROWS if module == g or module.startswith(f"{g}.")), key=len)


def allowed(module: str, target: str) -> bool:
    """Whether the module may import the target, one of our own."""
    own = group(target)
    return any(target == a or target.startswith(f"{a}.") for a in ARROWS[group(module)] if len(a) >= len(own))


@pytest.mark.parametrize("package", OWN)
def test_arrows(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {target}"
        for path in files(package)
        for line, target in imports(path)
        if target.partition(".")[0] in OWN and not allowed(module_of(path), target)
    ]
    assert wrong == []


def test_the_arrows_can_be_broken() -> None:
    assert allowed("isa.asl", "kernel.ops")
    assert allowed("symsim.proofs.sha256", "crypto_specs.sha256")
    assert allowed("conformance.run", "symsim.errors")
    assert not [t for _, t in imports(ROOT / "symsim" / "from_state.py") if t.partition(".")[0] in OWN]
    for module, target in (
        ("kernel.rules", "isa.state"),
        ("isa.asl_sbox", "crypto_specs.sha256"),
        ("crypto_specs.sha256", "isa.asl"),
        ("symsim.prove", "crypto_specs.sha256"),
        ("symsim.prove", "symsim.proofs.sha256"),
        ("symsim.prove", "symsim.commands.verify"),
        ("conformance.run", "symsim.prove"),
        ("isa.asl", "conformance.run"),
    ):
        assert not allowed(module, target), (module, target)


@pytest.mark.parametrize("package", TRUSTED)
def test_the_trusted_part_needs_the_standard_library_alone(package: str) -> None:
    known = {*sys.stdlib_module_names, *OWN}
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {target}"
        for path in files(package)
        for line, target in imports(path)
        if target.partition(".")[0] not in known
    ]
    assert wrong == []


def test_the_checker_shares_no_code_with_the_kernel() -> None:
    path = ROOT / "kernel" / "replay.py"
    assert [target for _, target in imports(path) if target.partition(".")[0] in OWN] == []
    users = [p for p in files("kernel") if any(target == "kernel.replay" for _, target in imports(p))]
    assert users == []


@pytest.mark.parametrize("package", TRUSTED)
def test_no_assertions(package: str) -> None:
    """`python -O` drops them; a check of the trusted part raises."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in files(package)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Assert) or (isinstance(node, ast.Name) and node.id == "__debug__")
    ]
    assert found == []


def test_no_recursion_over_terms() -> None:
    """Functions of the kernel don't call themselves, but for those over sorts and definitions, which people write."""
    known = {"_Writer.sort", "_Writer.definition", "_Writer._definition_part"}
    found = set()
    for path in files("kernel"):
        if path.name == "replay.py":
            continue
        for owner in ast.walk(parsed(path)):
            body = owner.body if isinstance(owner, ast.Module | ast.ClassDef) else []
            for function in body:
                if isinstance(function, ast.FunctionDef):
                    prefix = f"{owner.name}." if isinstance(owner, ast.ClassDef) else ""
                    if any(calls(node, function.name, bool(prefix)) for node in ast.walk(function)):
                        found.add(prefix + function.name)
    assert found - known == set()


def calls(node: ast.AST, name: str, method: bool) -> bool:
    """Whether the node uses the function of that name, as it is called from within."""
    if method:
        return isinstance(node, ast.Attribute) and node.attr == name and getattr(node.value, "id", "") == "self"
    return isinstance(node, ast.Name) and node.id == name


def test_the_kernel_stays_small() -> None:
    sizes = {path.name: sum(1 for line in path.open(encoding="utf-8") if line.strip()) for path in files("kernel")}
    del sizes["replay.py"]
    assert sum(sizes.values()) < BUDGET, sizes
