"""The identifiers that a file asks for: one a line, or the column of a table whose heading is an identifier's."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from graphtrace.errors import InputError, UnknownHeadings

if TYPE_CHECKING:
    from graphtrace.ingest.sheet import Sheet

STANDARD_INPUT = Path("-")
_TABLES = frozenset({".csv", ".tsv", ".xlsx", ".xls", ".parquet", ".jsonl", ".ndjson"})
_FIELDS = ("iccid", "msisdn", "imsi", "imei")
"""The likeliest first: where a table has columns of several, this one is asked for."""


def read_questions(path: Path) -> list[str]:
    """The identifiers in ``path`` in their order, equal ones once.

    Parameters
    ----------
    path
        A table by its ending (CSV, TSV, XLSX, XLS, Parquet, JSON Lines), else a text with one identifier a line;
        ``-`` is the standard input.

    Raises
    ------
    InputError
        When the file cannot be read or holds no identifier.
    """
    is_table = path.suffix.lower() in _TABLES
    found = list(dict.fromkeys(_cells_of(path) if is_table else _lines_of(path)))
    if not found:
        raise InputError(f"{path}: there is no identifier in it", hint="write one identifier a line")
    return found


def _lines_of(path: Path) -> Iterator[str]:
    try:
        content = sys.stdin.buffer.read() if path == STANDARD_INPUT else path.read_bytes()
    except OSError as fault:
        raise InputError(f"{path}: {fault.strerror}", hint="check the name of the file") from fault
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    return (line.strip() for line in text.splitlines() if line.strip())


def _cells_of(path: Path) -> Iterator[str]:
    from graphtrace.ingest.readers import open_sheets

    sheets = open_sheets(path)
    columns = [(sheet, header) for sheet in sheets if (header := _column_of(sheet)) is not None]
    if not columns:
        raise UnknownHeadings(
            f"{path}: no heading is that of an ICCID, MSISDN, IMSI or IMEI",
            hint="name the column iccid, or write the identifiers into a text file, one a line",
        )
    for sheet, (below, column) in columns:
        for frame in sheet.read(below):
            yield from (_shown(cell) for cell in frame[str(column)] if cell)


def _column_of(sheet: Sheet) -> tuple[int, int] | None:
    """Number of the header's row and index of the column, where the sheet has one."""
    from graphtrace.ingest.headings import HEADINGS, comparable

    for number, cells in sheet.top:
        fields = [HEADINGS.get(comparable(cell)) if cell else None for cell in cells]
        for field in _FIELDS:
            if field in fields:
                return number, fields.index(field)
    return None


def _shown(cell: str) -> str:
    from graphtrace.ingest.sheet import INEXACT

    return cell.removeprefix(INEXACT)
