"""No file of the project names a place that exists on one machine only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from .pages import ROOT

FOLDERS = (".ci", "benchmarks", "docs", "examples", "graphtrace", "queries", "tests")
# the brackets keep this file from naming them itself
OUTSIDE = re.compile(
    rb"/[w]ork/|/[t]mp/venv|/[r]oot/|/[h]ome/[a-z]|/[U]sers/|[p]ythonhosted|[p]ypi\.org|"
    rb"\b(?:[S]PEC|[D]OMAIN|[E]NGINES|[S]TYLE)\.md"
)


def find_files() -> Iterator[Path]:
    yield from (path for path in ROOT.iterdir() if path.is_file() and path.name != ".git")
    for folder in FOLDERS:
        yield from (path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def test_no_file_names_a_place_on_one_machine() -> None:
    named = {str(path.relative_to(ROOT)): OUTSIDE.findall(path.read_bytes()) for path in find_files()}
    assert {name: places for name, places in named.items() if places} == {}


def test_every_folder_is_there() -> None:
    assert all((ROOT / folder).is_dir() for folder in FOLDERS)
