"""The walks through the program name stations that exist."""

from __future__ import annotations

import ast
import importlib
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from .pages import ROOT

PAGES = ("docs/architecture.md", "docs/architecture.zh.md")
NAMES = {
    page: re.findall(r"`(graphtrace(?:\.\w+)+)`", (ROOT / page).read_text("utf-8"))
    for page in (*PAGES, "CONTRIBUTING.md")
}


def resolve(name: str) -> Any:
    """The module, class, function or method that a dotted name means."""
    parts = name.split(".")
    for at in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:at]))
        except ModuleNotFoundError:
            continue
        for part in parts[at:]:
            found = getattr(found, part)
        return found
    raise ModuleNotFoundError(name)


def exists(name: str) -> bool:
    try:
        resolve(name)
    except (ImportError, AttributeError):
        return False
    return True


def test_the_stations_of_the_walks_exist() -> None:
    assert [name for names in NAMES.values() for name in names if not exists(name)] == []


def test_both_languages_walk_the_same_way() -> None:
    assert NAMES[PAGES[0]] == NAMES[PAGES[1]]
    assert len(NAMES[PAGES[0]]) > 20


@pytest.mark.parametrize("page", PAGES)
def test_the_table_of_layers_is_the_contract_that_is_checked(page: str) -> None:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"][0]
    layers = [name for layer in contract["layers"] for name in layer.split(" | ")]
    rows = [line.split("|")[1] for line in (ROOT / page).read_text("utf-8").splitlines() if line.startswith("| `")]
    assert [name for row in rows for name in re.findall(r"`(\w+)`", row)] == layers


def modules() -> dict[str, Path]:
    found = {}
    for path in sorted((ROOT / "graphtrace").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def test_a_file_name_and_the_name_of_a_public_class_mean_one_thing() -> None:
    files = Counter(path.name for path in modules().values() if path.stem not in ("__init__", "__main__"))
    classes = Counter(
        node.name
        for path in modules().values()
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert len(classes) > 500
    assert {name for names in (files, classes) for name, times in names.items() if times > 1} == set()


def test_a_name_at_the_top_of_a_module_is_given_once() -> None:
    twice = []
    for path in modules().values():
        given: list[str] = []
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.Assign):
                given += [target.id for target in node.targets if isinstance(target, ast.Name)]
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                given.append(node.target.id)
            elif isinstance(node, ast.FunctionDef | ast.ClassDef) and "overload" not in map(
                ast.unparse, node.decorator_list
            ):
                given.append(node.name)
        twice += [(path.name, name) for name, times in Counter(given).items() if times > 1]
    assert twice == []


def test_modules_import_each_other_in_no_circle() -> None:
    """Imports within functions and for types alone count too: a reader follows them as well."""
    known = modules()
    imports = nx.DiGraph()
    for name, path in known.items():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                each = (f"{node.module}.{imported.name}" for imported in node.names)
                imports.add_edges_from((name, full if full in known else node.module) for full in each)
            elif isinstance(node, ast.Import):
                imports.add_edges_from((name, imported.name) for imported in node.names)
    assert imports.number_of_edges() > 1000
    assert [sorted(circle) for circle in nx.strongly_connected_components(imports) if len(circle) > 1] == []
