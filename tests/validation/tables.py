"""What is required, the data with known answers and the known limits: the tables of docs/validation, checked.

A table that names a test which does not exist, or a file that is not there, cannot be read.
"""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Literal

Lang = Literal["en", "zh"]
ROOT = Path(__file__).parents[2]
TABLES = ROOT / "docs" / "validation"
GROUPS = ("identifiers", "reading", "custody", "audit", "evidence", "access")


class TableError(ValueError):
    """A table of docs/validation says something that is not so."""


@dataclass(frozen=True)
class Requirement:
    """One sentence that can be tested, and the functions that test it (``tests/FILE.py::test_name``)."""

    id: str
    group: str
    en: str
    zh: str
    spec: str
    tests: tuple[str, ...]


@dataclass(frozen=True)
class KnownData:
    """Data whose right answers are known from elsewhere: files of the project, or a synthetic case made anew.

    ``simulate`` holds the options of ``graphtrace simulate``, none where the files are those of the project.
    """

    id: str
    en: str
    zh: str
    files: tuple[Path, ...]
    simulate: tuple[str, ...]
    expected_en: str
    expected_zh: str
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Limit:
    """Something that the program does not do, or not surely, as far as is known."""

    id: str
    en: str
    zh: str


def read_requirements(tables: Path = TABLES) -> list[Requirement]:
    """Return the requirements in their order.

    Raises
    ------
    TableError
        A cell is empty, a number stands twice, or a test that is named does not exist.
    """
    rows = _read(tables / "requirements.tsv", "R", ("group", "en", "zh", "spec", "tests"))
    found = [
        Requirement(row["id"], row["group"], row["en"], row["zh"], row["spec"], find_tests(row["id"], row["tests"]))
        for row in rows
    ]
    strange = {one.group for one in found} - set(GROUPS)
    if strange:
        raise TableError(f"unknown group: {', '.join(sorted(strange))}")
    return found


def read_data(tables: Path = TABLES) -> list[KnownData]:
    """Return the data with known answers; raises as `read_requirements` does, and where a file is missing."""
    rows = _read(tables / "data.tsv", "D", ("en", "zh", "expected_en", "expected_zh", "tests"))
    return [
        KnownData(
            row["id"],
            row["en"],
            row["zh"],
            tuple(_find_files(row["id"], row["files"])),
            tuple(row["simulate"].split()),
            row["expected_en"],
            row["expected_zh"],
            find_tests(row["id"], row["tests"]),
        )
        for row in rows
    ]


def read_limits(tables: Path = TABLES) -> list[Limit]:
    """Return the known limits."""
    return [Limit(row["id"], row["en"], row["zh"]) for row in _read(tables / "limits.tsv", "L", ("en", "zh"))]


def find_tests(row: str, patterns: str) -> tuple[str, ...]:
    """Return the tests that fit some patterns, ``FILE.py::NAME`` below tests/ with ``*`` in the name, each once.

    Raises
    ------
    TableError
        Nothing fits a pattern.
    """
    found: dict[str, None] = {}
    for pattern in patterns.split():
        file, _, name = pattern.partition("::")
        fitting = [each for each in _functions_of(ROOT / "tests" / file) if fnmatchcase(each, name)]
        if not fitting:
            raise TableError(f"{row}: there is no test {pattern}")
        found |= dict.fromkeys(f"tests/{file}::{each}" for each in fitting)
    return tuple(found)


def in_order(tests: Iterable[str]) -> list[str]:
    """Return tests by file, in the order in which their file defines them, which some files rely on, each once."""
    wanted = set(tests)
    files = sorted({test.partition("::")[0] for test in wanted})
    defined = (f"{file}::{name}" for file in files for name in _functions_of(ROOT / file))
    return [test for test in defined if test in wanted]


@cache
def _functions_of(path: Path) -> tuple[str, ...]:
    if not path.is_file():
        return ()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return tuple(each.name for each in tree.body if isinstance(each, ast.FunctionDef) and each.name.startswith("test_"))


def _find_files(row: str, patterns: str) -> Iterator[Path]:
    for pattern in patterns.split():
        found = sorted(path for path in ROOT.glob(pattern) if path.is_file())
        if not found:
            raise TableError(f"{row}: there is no file {pattern}")
        yield from found


def _read(path: Path, letter: str, needed: Iterable[str]) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, restval=""))
    if not rows:
        raise TableError(f"{path.name} has no rows")
    seen = set()
    for row in rows:
        number = row["id"]
        if not re.fullmatch(rf"{letter}-\d+", number) or number in seen:
            raise TableError(f"{path.name}: {number!r} is no number, or stands twice")
        seen.add(number)
        empty = [name for name in needed if not row[name].strip()]
        if empty or None in row:
            raise TableError(f"{path.name}: {number} lacks {', '.join(empty)} or has a cell too many")
    return rows
