"""Tables of PDF files with a text layer: sheets ``page 1``, ``page 2``, … that a person confirms before they count.

What stands where on a page is concluded from the places of its text, so that nothing is recorded of a table that nobody
looked at (SPEC 12).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict, cast

from graphtrace.errors import InputError
from graphtrace.ingest.readers import child_process
from graphtrace.ingest.readers.cells import clean_cell
from graphtrace.ingest.readers.table_reader import (
    MAX_DOCUMENT_BYTES,
    MAX_LINES,
    Table,
    adds_to_tables,
    names_card,
    sheet_of_table,
    with_boxes,
)
from graphtrace.ingest.sheet import Sheet
from graphtrace.locale import phrase


class PdfTable(TypedDict):
    """A table of a page, with the lines of text around it; without rows where there is no table but text alone."""

    page: int
    rows: Table
    above: list[str]
    below: list[str]


def open_pdf(path: Path, known: Sequence[Mapping[str, Any]] = ()) -> list[Sheet]:
    """Return the tables of a PDF, those ``known`` of it before. Costs a process, and some tens of milliseconds a page.

    Raises InputError when it has no text, a password or no table and no card among its text, or is damaged; UnsafeFile
    when it needs more time or memory than a document does.
    """
    if known:
        return sheets_of_tables([cast("PdfTable", table) for table in known])
    if path.stat().st_size > MAX_DOCUMENT_BYTES:
        raise InputError("document_too_large", path=path, size=MAX_DOCUMENT_BYTES // 2**20, hint="save_as_csv")
    tables: list[PdfTable] = child_process.read_json("pdf_worker", path, phrase("pdf"))
    if not tables:
        raise InputError("pdf_without_text", path=path, hint="table_of_scan")
    sheets = sheets_of_tables(tables)
    if not sheets:
        raise InputError("pdf_without_table", path=path, hint="table_of_pdf")
    return sheets


def sheets_of_tables(tables: Sequence[PdfTable]) -> list[Sheet]:
    """Return the tables as sheets, each of which has to be confirmed, and the text that says more as another."""
    ruled = [table for table in tables if table["rows"]]
    cells: list[Table] = [[[clean_cell(cell or "") for cell in row] for row in table["rows"]] for table in ruled]
    around = with_boxes(cells, [(table["above"][-MAX_LINES:], table["below"][:MAX_LINES]) for table in ruled])
    lines = [line for table in tables for line in (*table["above"], *table["below"])]
    seen: Counter[int] = Counter()
    sheets = []
    for table, rows, (above, below) in zip(ruled, cells, around, strict=True):
        seen[table["page"]] += 1
        number = seen[table["page"]]
        name = f"page {table['page']}" if number == 1 else f"page {table['page']} ({number})"
        sheet = sheet_of_table(name, rows, above=above, below=below, text=lines)
        sheet.to_confirm = hashlib.sha256(json.dumps(table, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[
            :_DIGITS
        ]
        sheets.append(sheet)
    if any(adds_to_tables(line, cells) if sheets else names_card(line) for line in lines):
        sheets.append(sheet_of_table("text", [[line] for line in lines]))
    for sheet in sheets:
        sheet.tables = tables
    return sheets


_DIGITS = 16
"""Hexadecimal digits of the hash by which a table is confirmed."""
