"""Docstrings name what exists, and their examples are true."""

from __future__ import annotations

import ast
import doctest
import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import graphtrace

from .test_architecture import resolve

ROOT = Path(graphtrace.__file__).parent
ROLE = re.compile(r":(?:class|func|meth|data|mod|attr|exc):`~?([\w.]+)`")
LISTED = re.compile(r"^``(\w+)``  +\S", re.MULTILINE)


OTHER_SYSTEM = f"graphtrace.platform.{'posix' if sys.platform == 'win32' else 'windows'}"
"""It cannot be imported here."""
MODULES = [
    module.name
    for module in pkgutil.walk_packages([str(ROOT)], "graphtrace.")
    # it runs the program
    if not module.name.endswith("__main__") and module.name != OTHER_SYSTEM
]
PUBLIC = set(graphtrace.__all__)
"""Their examples run beside a case, in test_public_names.py."""


def docstrings_of(tree: ast.AST, inside: str = "") -> Iterator[tuple[str, str]]:
    """Every docstring of a module, with the name of the class that it stands in."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield node.name, ast.get_docstring(node) or ""
            yield from docstrings_of(node, node.name)
        else:
            if isinstance(node, ast.FunctionDef):
                yield inside, ast.get_docstring(node) or ""
            yield from docstrings_of(node, inside)


def names_in(text: str, module: ModuleType, inside: str) -> Iterator[str]:
    """The names that a docstring refers to and that nothing bears."""
    for name in ROLE.findall(text):
        near = [f"{module.__name__}.{name}", name]
        near += [f"{module.__name__}.{inside}.{name}"] if inside else []
        near += [f"graphtrace.{name}"] if name.split(".")[0] in PUBLIC else []
        if not any(_exists(candidate) for candidate in near):
            yield name


def _exists(name: str) -> bool:
    if name == OTHER_SYSTEM:
        return True
    try:
        resolve(name)
    except (ImportError, AttributeError):
        head, _, tail = name.rpartition(".")
        try:
            # a field of a dataclass, or what an instance is given
            return bool(head) and tail in getattr(resolve(head), "__annotations__", {})
        except (ImportError, AttributeError):
            return False
    return True


def test_what_docstrings_refer_to_exists() -> None:
    missing = []
    for name in MODULES:
        module = importlib.import_module(name)
        tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
        # a name may be imported for types only
        imported = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        for inside, text in [("", ast.get_docstring(tree) or ""), *docstrings_of(tree)]:
            found = names_in(text, module, inside)
            missing += [(name, each) for each in found if each.split(".")[0] not in imported]
    assert missing == []


def test_the_modules_that_a_package_lists_exist() -> None:
    listed = 0
    for name in MODULES:
        module = importlib.import_module(name)
        if hasattr(module, "__path__"):
            there = {found.name for found in pkgutil.iter_modules(module.__path__)}
            for said in LISTED.findall(module.__doc__ or ""):
                listed += 1
                assert said in there, (name, said)
    assert listed > 10


def test_the_examples_of_the_modules_are_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    runner = doctest.DocTestRunner()
    for name in MODULES:
        module: Any = importlib.import_module(name)
        for test in doctest.DocTestFinder().find(module, name):
            if test.name.removeprefix(f"{name}.").split(".")[0] not in PUBLIC:
                runner.run(test)
    done = runner.summarize(verbose=False)
    assert done.attempted > 50
    assert done.failed == 0
