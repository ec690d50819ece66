"""Sheets by hand, as a reader would hand them on."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from graphtrace.ingest.mapping_files import ColumnMapping
from graphtrace.ingest.pipeline import SheetParser
from graphtrace.ingest.record_schema import STATEMENT_SCHEMA, decode
from graphtrace.ingest.sheet import ROW, TOP_ROWS, MalformedRow, Sheet
from graphtrace.ingest.sheet_opening import open_sheet_parser
from graphtrace.model import Kind

Row = Sequence[str | None]


def sheet_of(
    *rows: Row,
    name: str | None = None,
    uses_1904: bool = False,
    faults: Sequence[MalformedRow] = (),
    block_rows: int = 1000,
) -> Sheet:
    """A sheet whose rows are numbered from 1; a row of nothing but ``None`` is blank."""
    width = len(rows[0])
    filled = [(number, list(row)) for number, row in enumerate(rows, 1) if any(cell is not None for cell in row)]
    schema = {ROW: pl.UInt32, **{str(column): pl.String for column in range(width)}}

    def read(below: int) -> Iterator[pl.DataFrame]:
        left = [(number, *cells) for number, cells in filled if number > below]
        for start in range(0, len(left), block_rows):
            yield pl.DataFrame(left[start : start + block_rows], schema=schema, orient="row")
        sheet.faults.extend(faults)
        sheet.counted = len(left) + len(faults)

    sheet = Sheet(name, width, filled[:TOP_ROWS], read, uses_1904=uses_1904)
    return sheet


def read_all(reading: SheetParser) -> list[dict[str, Any]]:
    """All statements, by row and kind; without contacts of their sides."""
    frames = [decode(frame) for frame in reading.frames() if frame.schema["kind"] != pl.String]
    for frame in frames:
        assert frame.schema == pl.Schema(STATEMENT_SCHEMA)
    return sorted(
        (row for frame in frames for row in frame.iter_rows(named=True)), key=lambda row: (row["row"], row["kind"])
    )


def read_rows(
    *rows: Row,
    as_kind: Kind | None = None,
    mapping: ColumnMapping | None = None,
    bulk: bool | None = True,
    is_strict: bool = False,
    answers: Mapping[str, str] | None = None,
    **options: Any,
) -> tuple[list[dict[str, Any]], SheetParser]:
    """Read a sheet of these rows to the end."""
    reading = open_sheet_parser(
        sheet_of(*rows, **options),
        as_kind=as_kind,
        mapping=mapping,
        bulk=bulk,
        is_strict=is_strict,
        answers=answers,
    )
    return read_all(reading), reading


def read_both_ways(*rows: Row, **options: Any) -> tuple[list[dict[str, Any]], SheetParser]:
    """Read these rows in bulk and one by one, which may not differ."""
    loaded, parser = read_rows(*rows, **options)
    again, slow = read_rows(*rows, **options, bulk=False)
    assert (again, slow.rejects, slow.remarks) == (loaded, parser.rejects, parser.remarks)
    return loaded, parser


def write_word(path: Path, *parts: str | Sequence[Row]) -> Path:
    """Write a Word file of lines and tables."""

    def line(text: str | None) -> str:
        return f"<w:p><w:r><w:t>{text or ''}</w:t></w:r></w:p>"

    def table(rows: Sequence[Row]) -> str:
        cells = ("".join(f"<w:tc>{line(cell)}</w:tc>" for cell in row) for row in rows)
        return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"

    body = "".join(line(part) if isinstance(part, str) else table(part) for part in parts)
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>')
    return path
