"""Every text that the code names is in the catalogues with all its parameters, and every text is named somewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

import graphtrace
from graphtrace import errors
from graphtrace.locale import load_catalogue, placeholders

PACKAGE = Path(graphtrace.__file__).parent
EN, ZH = load_catalogue("en"), load_catalogue("zh")
ERRORS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)}
NOT_FILLED_IN = {"code", "hint", "line", "kind", "missing"}
"""Keywords of errors that no text needs to name."""


@cache
def modules() -> dict[Path, ast.Module]:
    """The parsed modules of the package: made by the tests, as every worker of a run imports this."""
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}


class Use(NamedTuple):
    """A place in the code that names texts: ids by table, and the parameters that it gives, ``None`` where unknown."""

    place: str
    texts: tuple[tuple[str, str], ...]
    params: frozenset[str] | None


def literals(node: ast.expr | None) -> list[str]:
    """The ids that an expression may be, as far as they stand in it."""
    match node:
        case ast.Constant(str(text)):
            return [text]
        case ast.IfExp(body=body, orelse=other):
            return [*literals(body), *literals(other)]
        case _:
            return []


def uses() -> Iterator[Use]:
    for path, module in modules().items():
        for node in ast.walk(module):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
                continue
            name, first = node.func.id, node.args[0]
            given = {keyword.arg for keyword in node.keywords}
            params = None if None in given else frozenset(filter(None, given))
            hint = next((keyword.value for keyword in node.keywords if keyword.arg == "hint"), None)
            if name in ERRORS:
                texts = [*(("errors", text) for text in literals(first)), *(("hints", text) for text in literals(hint))]
                is_all_there = bool(literals(first)) and (hint is None or bool(literals(hint)))
            elif name == "phrase":
                texts, is_all_there = [("phrases", text) for text in literals(first)], bool(literals(first))
            else:
                continue
            place = f"{path.relative_to(PACKAGE)}:{node.lineno}"
            yield Use(place, tuple(texts), params if is_all_there else None)


def test_a_text_that_is_named_is_there_and_is_filled_in() -> None:
    named = list(uses())
    assert len(named) > 250
    faults = []
    for use in named:
        absent = [f"{table}/{text_id}" for table, text_id in use.texts if text_id not in EN[table]]
        if absent:
            faults.append(f"{use.place}: there is no {absent}")
        elif use.params is not None:
            wanted = {name for table, text_id in use.texts for name in placeholders(EN[table][text_id])}
            if not wanted <= use.params <= wanted | NOT_FILLED_IN:
                faults.append(f"{use.place}: wants {sorted(wanted)}, is given {sorted(use.params)}")
    assert faults == []


def strings() -> tuple[set[str], list[re.Pattern[str]]]:
    """Every constant text of the code, and the patterns of those that are put together."""
    whole: set[str] = set()
    made: list[re.Pattern[str]] = []
    for module in modules().values():
        for node in ast.walk(module):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [re.escape(str(one.value)) if isinstance(one, ast.Constant) else r"\w+" for one in node.values]
                if any(isinstance(one, ast.Constant) for one in node.values):
                    made.append(re.compile("".join(parts)))
    return whole, made


@pytest.mark.parametrize("table", ["errors", "hints", "phrases"])
def test_every_text_of_an_error_is_named_somewhere(table: str) -> None:
    whole, made = strings()
    prefixed = [pattern for pattern in made if pattern.pattern.startswith("meant_")]
    unused = [one for one in EN[table] if one not in whole and not any(p.fullmatch(one) for p in prefixed)]
    assert unused == []


def test_every_other_text_is_named_somewhere() -> None:
    whole, made = strings()
    other = " ".join(
        path.read_text(encoding="utf-8")
        for path in PACKAGE.rglob("*")
        if path.suffix in {".html", ".css", ".js", ".yml"}
    )
    words = set(re.findall(r"[\w/-]+", other))
    # the log names a question's parameters as its method does
    params = {node.arg for module in modules().values() for node in ast.walk(module) if isinstance(node, ast.arg)}
    unused = [
        f"{table}/{one}"
        for table in EN.keys() - {"errors", "hints", "phrases", "graph", "help", "help_words", "letter_forms", "system"}
        for one in EN[table]
        if one not in whole and one not in words and not any(pattern.fullmatch(one) for pattern in made)
        if table != "log_names" or one not in params
    ]
    assert unused == []


def test_no_error_carries_a_sentence_of_its_own() -> None:
    found = []
    for path, module in modules().items():
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
                said = [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg == "hint")]
                if any(isinstance(part, ast.JoinedStr | ast.BinOp) for one in said for part in ast.walk(one)):
                    found.append(f"{path.relative_to(PACKAGE)}:{node.lineno}")
    assert found == []
