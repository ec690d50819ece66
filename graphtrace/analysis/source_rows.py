"""The row of a file that a statement stands in, with the cells as they stood there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from graphtrace.errors import NothingFound
from graphtrace.model import split_table
from graphtrace.results.source_rows import SourceExcerpt

if TYPE_CHECKING:
    from graphtrace.storage.base import Backend

AROUND: Final = 2
"""Number of rows that are shown before and after the row."""

HEAD: Final = 3
"""Maximum number of rows from the top of the sheet, where its headings are."""


def read_source_row(store: Backend, scratch: Path, sha256: str, sheet: str | None, row: int) -> SourceExcerpt:
    """Read a row of a kept source again; the file is read until the row.

    ``sheet`` is the name of a sheet, or that of one of its tables: rows are numbered as the sheet has them.

    Raises
    ------
    NothingFound
        If the case has no such file, sheet or row.
    """
    from graphtrace.ingest.readers import open_sheets
    from graphtrace.ingest.sheet import INEXACT_MARK

    file = next((file for file in store.contents().files if file.sha256 == sha256), None)
    if file is None:
        raise NothingFound("file_not_in_case", sha256=sha256, hint="status_lists_files")
    copy = scratch / f"source{Path(file.name).suffix}"
    with copy.open("wb") as out:
        out.writelines(store.read_source(sha256) or ())
    names = (sheet, split_table(sheet)[0])
    found = next((one for one in open_sheets(copy) if None in names or one.name in names), None)
    if found is None:
        raise NothingFound("sheet_not_in_file", file=file.name, sheet=sheet, hint="status_lists_files")

    def cells(raw: list[str | None] | tuple[str | None, ...]) -> tuple[str | None, ...]:
        return tuple(None if cell is None else cell.removeprefix(INEXACT_MARK) for cell in raw)

    head = [(number, cells(raw)) for number, raw in found.head_rows]
    rows = {number: raw for number, raw in head if abs(number - row) <= AROUND}
    if row + AROUND > max((number for number, _ in head), default=0):
        for frame in found.read(max(row - AROUND - 1, 0)):
            for number, *raw in frame.head(2 * AROUND + 2).iter_rows():
                if number <= row + AROUND:
                    rows[number] = cells(raw)
            break
    if row not in rows:
        raise NothingFound("row_not_in_file", file=file.name, row=row, hint="row_numbers")
    return SourceExcerpt(
        file=file.name,
        sha256=sha256,
        sheet=found.name,
        row=row,
        head=tuple(entry for entry in head[:HEAD] if entry[0] < min(rows)),
        rows=tuple(sorted(rows.items())),
    )
