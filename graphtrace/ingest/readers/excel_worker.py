"""The process in which a workbook is parsed: ``python -m … PATH SECONDS BYTES``, frames and their places on stdout.

It may be killed at any point; whatever it wrote then is not looked at.
"""

from __future__ import annotations

import io
import json
import sys
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import IO, Any, NamedTuple
from xml.parsers import expat

import polars as pl
import python_calamine as calamine

from graphtrace.ingest.readers.cells import (
    clean_cell,
    date_text,
    drop_empty,
    filled_rows,
    float_text,
    frame_from_rows,
    integer_text,
    refuse_long,
    strip,
)
from graphtrace.ingest.readers.child_side import WorkerStatus, limit_resources
from graphtrace.ingest.readers.excel_reader import MAGIC, TRAILER
from graphtrace.ingest.readers.struck_text import Struck, struck_cells
from graphtrace.ingest.sheet import ROW, MalformedRow

BATCH_ROWS = 20_000
BATCH_CELLS = 2_000_000

TABLE_COLUMNS = 256
"""Number of columns that are read as they are; beyond, only those with a filled cell. One stray cell far right would
make thousands of empty columns of all that lie between."""

Value = str | int | float | bool | date | datetime | time | timedelta


class MergedRange(NamedTuple):
    """A merged range that the current row is in."""

    bottom: int
    columns: range
    value: Value


def main(path: Path, seconds: int, memory_bytes: int, output: IO[bytes], *, has_struck_text: bool) -> int:
    """Write all worksheets of a workbook; returns 0 or a :class:`WorkerStatus`, with the reason on stderr."""
    limit_resources(seconds, memory_bytes)
    try:
        struck = struck_cells(path) if has_struck_text else {}
        with path.open("rb") as file, calamine.load_workbook(file) as book:
            sheets = [
                {
                    **write_sheet(book.get_sheet_by_name(sheet.name), output, struck.get(sheet.name, {})),
                    "is_hidden": sheet.visible != calamine.SheetVisibleEnum.Visible,
                }
                for sheet in book.sheets_metadata
                if sheet.typ == calamine.SheetTypeEnum.WorkSheet
            ]
    except calamine.PasswordError:
        return WorkerStatus.ENCRYPTED
    except (calamine.CalamineError, expat.ExpatError) as error:
        sys.stderr.write(" ".join(str(error).split()))
        return WorkerStatus.DAMAGED
    contents = json.dumps({"sheets": sheets}).encode()
    output.write(contents + TRAILER.pack(len(contents), MAGIC))
    output.flush()
    return 0


def write_sheet(
    sheet: calamine.CalamineSheet, output: IO[bytes], struck: Mapping[int, Mapping[int, Struck]]
) -> dict[str, Any]:
    """Write the filled rows of one sheet in blocks, and return its name, columns and where the blocks are."""
    width = sheet.end[1] + 1 if sheet.end else 0
    columns = set(range(min(width, TABLE_COLUMNS)))
    blocks: list[tuple[int, int, int]] = []
    faults: list[MalformedRow] = []
    rows = enumerate(rows_of(sheet, struck), start=1)
    while batch := list(islice(rows, min(BATCH_ROWS, max(BATCH_CELLS // max(width, 1), 1)))):
        frame, refused = to_frame([number for number, _ in batch], [cells for _, cells in batch])
        faults += refused
        if not frame.is_empty():
            columns.update(int(name) for name in frame.columns if name != ROW)
            block = io.BytesIO()
            frame.write_ipc_stream(block)
            blocks.append((output.tell(), len(block.getbuffer()), frame.height))
            output.write(block.getbuffer())
    told = [(row, left) for row, cells in struck.items() for _, left in cells.values()]
    return {"name": sheet.name, "columns": sorted(columns), "blocks": blocks, "faults": faults, "struck": told}


def rows_of(sheet: calamine.CalamineSheet, struck: Mapping[int, Mapping[int, Struck]]) -> Iterator[list[Value]]:
    """Yield all rows of a sheet from the very first on, with merged cells filled from their first one.

    What is ``struck`` out within cells is left out of them.
    """
    if sheet.start is None:
        return
    left: list[Value] = [""] * sheet.start[1]
    waiting = deque(sorted(sheet.merged_cell_ranges or []))
    spans: list[MergedRange] = []
    for number, row in enumerate(sheet.iter_rows()):
        cells = left + row
        for column, (text, _) in struck.get(number + 1, {}).items():
            cells[column : column + 1] = [text or ""] * (column < len(cells))
        while waiting and waiting[0][0][0] <= number:
            (_, first), (bottom, last) = waiting.popleft()
            if first < len(cells) and cells[first] != "":
                spans.append(MergedRange(bottom, range(first, min(last + 1, len(cells))), cells[first]))
        spans = [span for span in spans if span.bottom >= number]
        for span in spans:
            for column in span.columns:
                cells[column] = span.value
        yield cells


def to_frame(numbers: Sequence[int], rows: Sequence[Sequence[Value]]) -> tuple[pl.DataFrame, list[MalformedRow]]:
    """Return the filled rows of a batch as a block of the sheet, and those that hold more than a cell can."""
    columns: dict[int, Sequence[str | None]] = {}
    written: list[str] = []
    for column, values in enumerate(zip(*rows, strict=True)):
        if column >= TABLE_COLUMNS and values.count("") == len(values):
            continue
        if set(map(type, values)) == {str}:
            written.append(str(column))
            columns[column] = values
        else:
            columns[column] = [cell_text(value) for value in values]
    whole, faults = refuse_long(frame_from_rows(numbers, columns.values(), columns), list(map(str, columns)))
    return filled_rows(drop_empty(strip(whole, written), written)), faults


def cell_text(value: Value) -> str | None:
    """Return the text of a cell by its type; an error (``#N/A``) arrives here as an empty text."""
    match value:
        case str():
            return clean_cell(value)
        case bool():
            return str(value).upper()
        case int():
            return integer_text(value)
        case float():
            return float_text(value)
        case date():
            return date_text(value)
        case _:
            return str(value)


if __name__ == "__main__":
    seconds, memory_bytes, struck = map(int, sys.argv[2:5])
    sys.exit(main(Path(sys.argv[1]), seconds, memory_bytes, sys.stdout.buffer, has_struck_text=bool(struck)))
