"""One way for tests to make a small case: a table of each kind of record, all loaded by one command."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import graphtrace as gt
from graphtrace.model import Kind

Table = tuple[Sequence[str], Sequence[Sequence[Any]]]
"""Headings, and rows of cells."""


def load_tables(case: gt.Case, folder: Path, tables: Mapping[Kind, Table]) -> gt.Case:
    """Load a file of each kind that has rows; none of them may be rejected."""
    files = []
    for kind, (headings, rows) in tables.items():
        if rows:
            files.append(folder / f"{kind}.csv")
            with files[-1].open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows([("kind", *headings), *((kind, *row) for row in rows)])
    if files:
        report = case.load(*files)
        assert not [reject for entry in report.files for reject in entry.rejects]
    return case
